"""Arithmetic as a spreadsheet does it, where floats would raise or run to infinity.

A spreadsheet has no infinity and no NaN: an overflow is `#NUM!`, a division by zero `#DIV/0!`, and an error taken
into a calculation is its result, the left operand's first. Rows are computed on plain floats and only where that fails
again on checked numbers, which follow these rules operation by operation.

Source: Microsoft's description of the error values; confirmed with IronCalc 0.9.1 but for one thing, that IronCalc
reports the overflow of a power as `#DIV/0!`.
"""

import math
from collections.abc import Callable, Sequence
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
        return handed_on(float.__add__, self, other)

    def __radd__(self, other: Any) -> "Checked":
        return handed_on(float.__add__, other, self)

    def __sub__(self, other: Any) -> "Checked":
        return handed_on(float.__sub__, self, other)

    def __rsub__(self, other: Any) -> "Checked":
        return handed_on(float.__sub__, other, self)

    def __mul__(self, other: Any) -> "Checked":
        return handed_on(float.__mul__, self, other)

    def __rmul__(self, other: Any) -> "Checked":
        return handed_on(float.__mul__, other, self)

    def __truediv__(self, other: Any) -> "Checked":
        return handed_on(float.__truediv__, self, other)

    def __rtruediv__(self, other: Any) -> "Checked":
        return handed_on(float.__truediv__, other, self)

    def __pow__(self, other: Any) -> "Checked":
        return handed_on(_power, self, other)

    def __rpow__(self, other: Any) -> "Checked":
        return handed_on(_power, other, self)

    def __neg__(self) -> "Checked":
        return handed_on(float.__neg__, self)

    def __abs__(self) -> "Checked":
        return handed_on(float.__abs__, self)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Checked) else other)

    __hash__ = None  # type: ignore[assignment]  # equal to floats, so it must not pose as another key

    @staticmethod
    def applied(primitive: Any, operands: Sequence[Any]) -> Any:
        """Return a primitive applied to spreadsheet's numbers: an error among them is the result, the first one's."""
        if primitive.column:
            return as_checked(primitive.number(*operands))
        if primitive.checked:
            return primitive.checked(*operands)
        if not primitive.compared:
            return handed_on(primitive.number, *operands)
        compared = [plain(operand) for operand in operands[: primitive.compared]]
        errors = [value for value in compared if isinstance(value, ExcelError)]
        return as_checked(errors[0] if errors else primitive.number(*compared, *operands[primitive.compared :]))


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent == 0:
        raise ValueError("0^0 is #NUM! in a spreadsheet")
    return math.pow(base, exponent) if base else float.__pow__(base, exponent)


def checked_power(base: Any, exponent: Any) -> Checked:
    """Return a power of spreadsheet's numbers; 0^0 and a negative number to a broken power are `#NUM!`."""
    return handed_on(_power, base, exponent)


def handed_on(operation: Callable[..., float], *operands: Any) -> Checked:
    """Return the first error among the operands, or what the operation gives of their floats."""
    for operand in operands:
        if isinstance(plain(operand), ExcelError):
            return operand if isinstance(operand, Checked) else Checked(operand)
    try:
        return Checked(operation(*(float(plain(operand)) for operand in operands)))
    except ZeroDivisionError:
        return Checked(DIV0)
    except (OverflowError, ValueError):
        return Checked(NUM)


def plain(value: Any) -> Any:
    """Return the float or the error value that a checked number holds; anything else as it is."""
    return value.value if isinstance(value, Checked) else value


def as_checked(value: Any) -> Any:
    """Return a number or an error value as a spreadsheet's number; a text or a checked number as it is."""
    is_text = isinstance(value, str) and not isinstance(value, ExcelError)
    return value if is_text or isinstance(value, Checked) else Checked(value)
