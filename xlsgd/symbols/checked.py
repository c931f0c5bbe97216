"""Arithmetic as a spreadsheet does it, where floats would raise or run to infinity.

A spreadsheet has no infinity and no NaN: an overflow is `#NUM!`, a division by zero `#DIV/0!`, and an error taken
into a calculation is its result, the left operand's first. Rows are computed on plain floats and only where that fails
again on checked numbers, which follow these rules operation by operation.

Source: Microsoft's description of the error values; confirmed with IronCalc 0.9.1 but for one thing, that IronCalc
reports the overflow of a power as `#DIV/0!`.
"""

import math
from collections.abc import Callable
from typing import Any


class ExcelError(str):
    """An error value of a spreadsheet, such as `#NUM!`, as the text that the sheet shows."""

    __slots__ = ()


NUM = ExcelError("#NUM!")
DIV0 = ExcelError("#DIV/0!")
NOT_AVAILABLE = ExcelError("#N/A")

Number = float | ExcelError
"""What a spreadsheet's numeric cell holds."""


class Checked:
    """A spreadsheet's number: a finite float or an error value, with the operations of a formula.

    Args:
        value: a number, of which one that is infinite or NaN becomes `#NUM!`, or an error.
    """

    __slots__ = ("value",)

    def __init__(self, value: Number) -> None:
        self.value = value if isinstance(value, ExcelError) or math.isfinite(value) else NUM

    def __repr__(self) -> str:
        return f"Checked({self.value!r})"

    def __add__(self, other: Any) -> "Checked":
        return _binary(float.__add__, self, other)

    def __radd__(self, other: Any) -> "Checked":
        return _binary(float.__add__, other, self)

    def __sub__(self, other: Any) -> "Checked":
        return _binary(float.__sub__, self, other)

    def __rsub__(self, other: Any) -> "Checked":
        return _binary(float.__sub__, other, self)

    def __mul__(self, other: Any) -> "Checked":
        return _binary(float.__mul__, self, other)

    def __rmul__(self, other: Any) -> "Checked":
        return _binary(float.__mul__, other, self)

    def __truediv__(self, other: Any) -> "Checked":
        return _binary(float.__truediv__, self, other)

    def __rtruediv__(self, other: Any) -> "Checked":
        return _binary(float.__truediv__, other, self)

    def __pow__(self, other: Any) -> "Checked":
        return _binary(_power, self, other)

    def __rpow__(self, other: Any) -> "Checked":
        return _binary(_power, other, self)

    def __neg__(self) -> "Checked":
        return _unary(float.__neg__, self)

    def __abs__(self) -> "Checked":
        return _unary(float.__abs__, self)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Checked) else other)

    __hash__ = None  # type: ignore[assignment]  # equal to floats, so it must not pose as another key

    def sqrt(self) -> "Checked":
        """Return `SQRT`; of a negative number `#NUM!`."""
        return _unary(math.sqrt, self)

    def exp(self) -> "Checked":
        """Return `EXP`; where it overflows `#NUM!`."""
        return _unary(math.exp, self)

    def log(self) -> "Checked":
        """Return `LN`; of zero or less `#NUM!`."""
        return _unary(math.log, self)

    def log10(self) -> "Checked":
        """Return `LOG`; of zero or less `#NUM!`."""
        return _unary(math.log10, self)

    def if_above(self, other: float, then: "Checked", otherwise: "Checked") -> "Checked":
        """Return `IF(self>other,then,otherwise)`; an error on the left is the result."""
        if isinstance(self.value, ExcelError):
            return self
        return then if self.value > other else otherwise

    def minimum(self, other: "Checked | float") -> "Checked":
        """Return `MIN` of two numbers; the first error of the two if there is one."""
        other = other if isinstance(other, Checked) else Checked(other)
        if isinstance(self.value, ExcelError) or isinstance(other.value, ExcelError):
            return self if isinstance(self.value, ExcelError) else other
        return self if self.value <= other.value else other


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent == 0:
        raise ValueError("0^0 is #NUM! in a spreadsheet")
    return math.pow(base, exponent) if base else float.__pow__(base, exponent)


def _unary(operation: Callable[[float], float], x: Checked) -> Checked:
    return x if isinstance(x.value, ExcelError) else _guarded(operation, x.value)


def _binary(operation: Callable[[float, float], float], left: Any, right: Any) -> Checked:
    for operand in (left, right):
        if isinstance(operand, Checked) and isinstance(operand.value, ExcelError):
            return operand
    return _guarded(operation, plain(left), plain(right))


def _guarded(operation: Callable[..., float], *operands: Any) -> Checked:
    try:
        return Checked(operation(*map(float, operands)))
    except ZeroDivisionError:
        return Checked(DIV0)
    except (OverflowError, ValueError):
        return Checked(NUM)


def plain(value: Any) -> Any:
    """Return the float or the error value that a checked number holds; anything else as it is."""
    return value.value if isinstance(value, Checked) else value
