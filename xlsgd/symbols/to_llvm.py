"""Operations spelled in LLVM's language, on doubles or on vectors of doubles, to the bit as floats compute.

LLVM does each arithmetic operation as IEEE 754 says: nothing here allows it to fuse, to reorder or to approximate.
Exponentials, logarithms and powers are calls of the C library's functions, which Python's floats call too; whoever
compiles the text says where these are.

Where floats fail there is no number: on one run such results are told apart, so that it can be done anew with error
values; in many runs at once they are NaN, as in `xlsgd.sweeping.floats`.
"""

from collections.abc import Callable

from xlsgd.symbols.expression import NoFormula
from xlsgd.symbols.llvm_helpers import PREFIX, bits, each_lane, squares_of
from xlsgd.symbols.operations import Operation

BINARY = {"add": "fadd", "subtract": "fsub", "multiply": "fmul", "divide": "fdiv"}
COMPARISONS = {"if_equal": "oeq", "if_above": "ogt", "if_at_most": "ole"}
EXTREMES = {"maximum": "ogt", "minimum": "olt"}
CALLED = {"exp": 1, "log": 1, "log10": 1, "sin": 1, "cos": 1, "tanh": 1, "atanh": 1, "pow": 2}
"""The C library's functions, and of how many numbers each is."""

SPELLABLE = frozenset(
    (
        *BINARY, *COMPARISONS, *EXTREMES, *CALLED.keys() - {"pow"}, "power", "negative", "absolute", "sign", "sqrt",
        "floor", "sigmoid", "relu", "stop_gradient", "cos_pi",
    )
)  # fmt: skip

PI = 3.141592653589793
NEAR_HALF = (1 - 1 / 40) * 2.0**-53
"""From which part of a power of two on a square's rounding error is near a half of the last place: an 80th of that.

See `xlsgd.sweeping.floats.NEAR`, which is as near, and why `pow` can differ from a product only there.
"""
LEAST_SQUARE = 1e-290
"""Below it a square's rounding error may be no number of its own."""
EXPONENT = 0x7FF0000000000000


class Body:
    """Instructions, one after the other, and what holds each value.

    Args:
        lanes: how many doubles a vector has; 1 for plain doubles.
        block: the label of the block that they begin in.

    Attributes:
        lines: the instructions.
        block: the label of the block that they have come to.
        values: what holds each name: an instruction's result or a constant.
        may_fail: what holds results that are not finite wherever floats fail, if there is one lane.
        helpers: the functions that are called, by their names.
    """

    def __init__(self, lanes: int, block: str) -> None:
        self.lanes, self.block = lanes, block
        self.type = "double" if lanes == 1 else f"<{lanes} x double>"
        self.whole = "i64" if lanes == 1 else f"<{lanes} x i64>"
        self.mask = "i1" if lanes == 1 else f"<{lanes} x i1>"
        self.lines: list[str] = []
        self.values: dict[str, str] = {}
        self.may_fail: list[str] = []
        self.helpers: dict[str, str] = {}
        self._made = 0

    def do(self, operation: Operation) -> None:
        """Do an operation on values that are there.

        Raises:
            NoFormula: it cannot be spelled so.
        """
        operands = [self.values[operand] for operand in operation.operands]
        self.values[operation.name] = self._spell(operation, operands)

    def add(self, instruction: str) -> str:
        """Add an instruction, and return what holds its result."""
        self._made += 1
        self.lines.append(f"  %r{self._made} = {instruction}")
        return f"%r{self._made}"

    def number(self, value: float) -> str:
        """Return a number as a constant."""
        return self._constant("double", bits(value))

    def splat(self, double: str) -> str:
        """Return a vector all of whose elements are one double."""
        if self.lanes == 1:
            return double
        first = self.add(f"insertelement {self.type} poison, double {double}, i32 0")
        return self.add(f"shufflevector {self.type} {first}, {self.type} poison, <{self.lanes} x i32> zeroinitializer")

    def begin(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.block = label

    def _spell(self, operation: Operation, operands: list[str]) -> str:
        op, x = operation.op, operands[0] if operands else ""
        if op in BINARY:
            result = self.add(f"{BINARY[op]} {self.type} {x}, {operands[1]}")
            return self._failing(result) if op == "divide" else result
        if op in COMPARISONS:
            chosen = self._choose(COMPARISONS[op], x, operands[1], *operands[2:])
            return self._where_finite(chosen, x, operands[1])
        if op in EXTREMES:
            chosen = self._choose(EXTREMES[op], operands[1], x, operands[1], x)
            return self._where_finite(chosen, x, operands[1])
        if op == "power":
            square = operation.operands[1] in ("2", "2.0")
            return self._failing(self._square(x) if square else self._call("pow", *operands))
        if op in CALLED:
            return self._function(op, x)
        if op not in OTHERS:
            raise NoFormula(f"{op} cannot be spelled for LLVM")
        return OTHERS[op](self, x)

    def _failing(self, result: str) -> str:
        if self.lanes == 1:
            self.may_fail.append(result)
        return result

    def _choose(self, comparison: str, x: str, y: str, then: str, otherwise: str) -> str:
        holds = self.add(f"fcmp {comparison} {self.type} {x}, {y}")
        return self._select(holds, then, otherwise)

    def _select(self, mask: str, then: str, otherwise: str) -> str:
        return self.add(f"select {self.mask} {mask}, {self.type} {then}, {self.type} {otherwise}")

    def _where_finite(self, chosen: str, x: str, y: str) -> str:
        """Return NaN in many runs where what was compared is not finite; a single one is done anew then."""
        if self.lanes == 1:
            return chosen
        apart = [self.add(f"fsub {self.type} {each}, {each}") for each in (x, y)]
        finite = self.add(f"fcmp ord {self.type} {apart[0]}, {apart[1]}")
        return self._select(finite, chosen, self.number(float("nan")))

    def _intrinsic(self, name: str, *operands: str) -> str:
        kind = "f64" if self.lanes == 1 else f"v{self.lanes}f64"
        types = ", ".join(self.type for _ in operands)
        self.helpers[f"llvm.{name}.{kind}"] = f"declare {self.type} @llvm.{name}.{kind}({types})"
        return self.add(f"call {self.type} @llvm.{name}.{kind}({', '.join(f'{self.type} {x}' for x in operands)})")

    def _function(self, name: str, x: str) -> str:
        """Return what a function of Python's `math` gives: where C's is infinite of a finite number, Python's fails."""
        result = self._call(name, x)
        if self.lanes == 1:
            return self._failing(result)
        infinite, there = (
            self.add(f"fcmp {how} {self.type} {self._intrinsic('fabs', value)}, {self.number(float('inf'))}")
            for how, value in (("oeq", result), ("one", x))
        )
        return self._select(self.add(f"and {self.mask} {infinite}, {there}"), self.number(float("nan")), result)

    def _call(self, name: str, *operands: str) -> str:
        self._declare(name)
        if self.lanes == 1:
            return self.add(f"call double @{PREFIX}{name}({', '.join(f'double {x}' for x in operands)})")
        self.helpers.setdefault(f"each {name}", each_lane(name, len(operands), self.lanes))
        return self.add(f"call {self.type} @each_{name}({', '.join(f'{self.type} {x}' for x in operands)})")

    def _declare(self, name: str) -> None:
        self.helpers[name] = f"declare double @{PREFIX}{name}({', '.join(['double'] * CALLED[name])})"

    def _square(self, x: str) -> str:
        """Return the squares as `pow` gives them: the products, but where those are near a half of the last place."""
        if self.lanes == 1:  # a call is made sooner than all this
            return self._call("pow", self._intrinsic("fabs", x), self.number(2.0))
        square = self.add(f"fmul {self.type} {x}, {x}")
        negative = self.add(f"fneg {self.type} {square}")
        error = self._intrinsic("fabs", self._intrinsic("fma", x, x, negative))
        whole = self.add(f"bitcast {self.type} {square} to {self.whole}")
        whole = self.add(f"and {self.whole} {whole}, {self._constant('i64', str(EXPONENT))}")
        power = self.add(f"bitcast {self.whole} {whole} to {self.type}")
        bound = self.add(f"fmul {self.type} {power}, {self.number(NEAR_HALF)}")
        near = self.add(f"fcmp ogt {self.type} {error}, {bound}")
        small = self.add(f"fcmp olt {self.type} {square}, {self.number(LEAST_SQUARE)}")
        return self._squared_by_pow(x, square, self.add(f"or {self.mask} {near}, {small}"))

    def _squared_by_pow(self, x: str, square: str, where: str) -> str:
        """Return the squares, and where a mask says so what `pow` gives."""
        self._declare("pow")
        self.helpers["square"] = squares_of(self.lanes)
        some = self.add(f"bitcast {self.mask} {where} to i{self.lanes}")
        some = self.add(f"icmp ne i{self.lanes} {some}, 0")
        self._made += 1
        before, by_pow, on = self.block, f"by_pow{self._made}", f"squared{self._made}"
        self.lines.append(f"  br i1 {some}, label %{by_pow}, label %{on}")
        self.begin(by_pow)
        mended = self.add(f"call {self.type} @square({self.type} {x}, {self.type} {square}, {self.mask} {where})")
        self.lines.append(f"  br label %{on}")
        self.begin(on)
        return self.add(f"phi {self.type} [ {square}, %{before} ], [ {mended}, %{by_pow} ]")

    def _constant(self, kind: str, spelled: str) -> str:
        if self.lanes == 1:
            return spelled
        return f"<{', '.join(f'{kind} {spelled}' for _ in range(self.lanes))}>"


def _sign(body: Body, x: str) -> str:
    ones = [body._choose(how, x, body.number(0.0), body.number(1.0), body.number(0.0)) for how in ("ogt", "olt")]
    return body.add(f"fsub {body.type} {ones[0]}, {ones[1]}")


def _floor(body: Body, x: str) -> str:
    apart = body.add(f"fsub {body.type} {x}, {x}")  # NaN of what is not finite
    floor = body._intrinsic("floor", x)
    return body._failing(body.add(f"fadd {body.type} {floor}, {apart}"))  # and -0.0 becomes 0.0, as of whole numbers


def _sigmoid(body: Body, x: str) -> str:
    growth = body._function("exp", body.add(f"fneg {body.type} {x}"))
    below = body.add(f"fadd {body.type} {body.number(1.0)}, {growth}")
    return body._failing(body.add(f"fdiv {body.type} {body.number(1.0)}, {below}"))


OTHERS: dict[str, Callable[[Body, str], str]] = {
    "negative": lambda body, x: body.add(f"fneg {body.type} {x}"),
    "absolute": lambda body, x: body._intrinsic("fabs", x),
    "sign": _sign,
    "sqrt": lambda body, x: body._failing(body._intrinsic("sqrt", x)),
    "floor": _floor,
    "sigmoid": _sigmoid,
    "relu": lambda body, x: body._choose("ogt", x, body.number(0.0), x, body.number(0.0)),
    "stop_gradient": lambda body, x: x,
    "cos_pi": lambda body, x: body._function("cos", body.add(f"fmul {body.type} {body.number(PI)}, {x}")),
}
