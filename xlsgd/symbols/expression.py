"""Symbolic cells: values that spell an Excel formula instead of holding a number.

A rule or a row that is run on cells leaves behind the expression that it computed. `spell` writes it as a formula,
given where values are placed: whatever is placed in a cell is spelled as that cell's address, and two expressions of
the same structure are one value.

Excel's precedence is its own: unary minus binds tighter than `^`, and `^` is left-associative. Parentheses are
written only where Excel needs them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

BINDING = {"=": 0, ">": 0, "+": 1, "-": 1, "*": 2, "/": 2, "^": 3, "neg": 4}
"""How tightly each operator of Excel binds; a reference, a number or a call binds tightest of all."""
TIGHTEST = 5


class NoExcelForm(TypeError):
    """An operation on a cell that no Excel formula can express."""


class Cell:
    """A symbolic value: a symbol, a number, an operation or a call of an Excel function.

    Cells compare by structure, so they serve as keys of a dictionary of places.

    Args:
        op: `symbol`, `number`, `range`, an operator of `BINDING`, or the name of an Excel function.
        args: a symbol's name, a number's value, or the operands, each a cell.
    """

    __slots__ = ("_hash", "args", "op")
    __array_ufunc__ = None  # so that NumPy scalars leave the operation to the cell

    def __init__(self, op: str, *args: Any) -> None:
        self.op = op
        self.args = args
        self._hash = hash((op, args))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Tell whether two cells are built alike; raises NoExcelForm for a number, which is known only in the sheet."""
        if isinstance(other, (int, float)):
            raise NoExcelForm(f"== {other} on a cell is known only in the sheet; use functions.if_equal")
        return isinstance(other, Cell) and self.op == other.op and self.args == other.args

    def __repr__(self) -> str:
        return f"Cell({spell(self, {})})"

    def __add__(self, other: object) -> "Cell":
        return Cell("+", self, as_cell(other))

    def __radd__(self, other: object) -> "Cell":
        return Cell("+", as_cell(other), self)

    def __sub__(self, other: object) -> "Cell":
        return Cell("-", self, as_cell(other))

    def __rsub__(self, other: object) -> "Cell":
        return Cell("-", as_cell(other), self)

    def __mul__(self, other: object) -> "Cell":
        return Cell("*", self, as_cell(other))

    def __rmul__(self, other: object) -> "Cell":
        return Cell("*", as_cell(other), self)

    def __truediv__(self, other: object) -> "Cell":
        return Cell("/", self, as_cell(other))

    def __rtruediv__(self, other: object) -> "Cell":
        return Cell("/", as_cell(other), self)

    def __pow__(self, other: object) -> "Cell":
        return Cell("^", self, as_cell(other))

    def __rpow__(self, other: object) -> "Cell":
        return Cell("^", as_cell(other), self)

    def __neg__(self) -> "Cell":
        return Cell("neg", self)

    def __abs__(self) -> "Cell":
        return Cell("ABS", self)

    def sqrt(self) -> "Cell":
        """Return Excel's `SQRT` of the cell."""
        return Cell("SQRT", self)

    def exp(self) -> "Cell":
        """Return Excel's `EXP` of the cell."""
        return Cell("EXP", self)

    def log(self) -> "Cell":
        """Return Excel's `LN` of the cell."""
        return Cell("LN", self)

    def log10(self) -> "Cell":
        """Return Excel's `LOG` of the cell, whose base is 10."""
        return Cell("LOG", self)

    def to(self, last: "Cell") -> "Cell":
        """Return the range from this cell to `last`, which must be placed in one row or column with it."""
        return Cell("range", self, last)

    def total(self) -> "Cell":
        """Return Excel's `SUM` of the range."""
        return Cell("SUM", self)

    def sum_of_squares(self) -> "Cell":
        """Return Excel's `SUMSQ` of the range."""
        return Cell("SUMSQ", self)

    def count(self) -> "Cell":
        """Return Excel's `COUNT` of the range."""
        return Cell("COUNT", self)

    def match(self, wanted: float) -> "Cell":
        """Return Excel's `MATCH` of a number in the range, without its third argument."""
        return call("MATCH", wanted, self)

    def offset(self, right: object) -> "Cell":
        """Return Excel's `OFFSET` to the cell that many places to the right."""
        return call("OFFSET", self, 0, right)

    def if_equal(self, other: object, then: object, otherwise: object) -> "Cell":
        """Return Excel's `IF(cell=other,then,otherwise)`."""
        return call("IF", Cell("=", self, as_cell(other)), then, otherwise)

    def if_above(self, other: object, then: object, otherwise: object) -> "Cell":
        """Return Excel's `IF(cell>other,then,otherwise)`."""
        return call("IF", Cell(">", self, as_cell(other)), then, otherwise)

    def minimum(self, other: object) -> "Cell":
        """Return Excel's `MIN` of two cells."""
        return call("MIN", self, other)

    def __bool__(self) -> NoReturn:
        raise NoExcelForm("a cell is neither true nor false: a rule cannot branch on it; use functions.if_equal")

    def __float__(self) -> NoReturn:
        raise NoExcelForm(f"{self!r} has no number yet: a rule must not turn its values into floats")

    def __iter__(self) -> Iterator[Any]:
        raise NoExcelForm(f"{self!r} is a single cell and cannot be iterated")


def _refusal(operation: str) -> Any:
    def refuse(*_: object) -> NoReturn:
        raise NoExcelForm(f"{operation} on a cell has no Excel form here: write it with + - * / ** or a function")

    return refuse


for _method, _operation in {
    "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=", "__mod__": "%", "__rmod__": "%",
    "__floordiv__": "//", "__rfloordiv__": "//", "__divmod__": "divmod", "__matmul__": "@", "__rmatmul__": "@",
    "__and__": "&", "__or__": "|", "__xor__": "^", "__invert__": "~", "__lshift__": "<<", "__rshift__": ">>",
    "__round__": "round", "__trunc__": "trunc", "__floor__": "floor", "__ceil__": "ceil", "__int__": "int",
}.items():  # fmt: skip
    setattr(Cell, _method, _refusal(_operation))


def symbol(name: str) -> Cell:
    """Return a value that is known by its name alone until it is placed."""
    return Cell("symbol", name)


def as_cell(value: object) -> Cell:
    """Return `value` as a cell: a cell as it is, a number as a literal.

    Raises:
        NoExcelForm: `value` is neither.
    """
    if isinstance(value, Cell):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Cell("number", float(value))
    raise NoExcelForm(f"{type(value).__name__} {value!r} has no place in an Excel formula")


def call(function: str, *args: object) -> Cell:
    """Return a call of an Excel function, its arguments made cells."""
    return Cell(function, *map(as_cell, args))


def spell(cell: Cell, places: Mapping[Cell, str]) -> str:
    """Return the formula of `cell`, without the equals sign.

    Args:
        cell: the expression to spell out, down to the values that `places` knows.
        places: for each placed value the reference to write for it, such as `$D$2`.

    Raises:
        NoExcelForm: a number of the expression is NaN or infinite.
    """
    return _spell(cell, places)[0]


def spell_inside(cell: Cell, places: Mapping[Cell, str]) -> str:
    """Return the formula that stands in the very cell where `cell` is placed: itself spelled out, the rest by place."""
    return spell(cell, {value: place for value, place in places.items() if value != cell})


def contains(cell: Cell, part: Cell) -> bool:
    """Return whether `part` occurs in `cell`."""
    return cell == part or any(contains(arg, part) for arg in cell.args if isinstance(arg, Cell))


def _spell(cell: Cell, places: Mapping[Cell, str]) -> tuple[str, int]:
    """Return the spelling and how tightly its outermost operator binds."""
    if cell in places:
        return places[cell], TIGHTEST
    if cell.op == "symbol":
        return cell.args[0], TIGHTEST
    if cell.op == "number":
        return _spell_number(cell.args[0])
    if cell.op == "neg":
        return "-" + _within(cell.args[0], BINDING["neg"], places), BINDING["neg"]
    if cell.op == "range":
        return ":".join(spell(end, places) for end in cell.args), TIGHTEST
    if cell.op in BINDING:
        binding = BINDING[cell.op]
        left, right = cell.args
        return _within(left, binding, places) + cell.op + _within(right, binding + 1, places), binding
    return f"{cell.op}({','.join(spell(arg, places) for arg in cell.args)})", TIGHTEST


def _within(cell: Cell, needed: int, places: Mapping[Cell, str]) -> str:
    text, binding = _spell(cell, places)
    return text if binding >= needed else f"({text})"


def _spell_number(value: float) -> tuple[str, int]:
    if value != value or value in (float("inf"), float("-inf")):
        raise NoExcelForm(f"{value} cannot be written in an Excel formula")
    text = repr(value).removesuffix(".0").upper()
    return text, BINDING["neg"] if text.startswith("-") else TIGHTEST
