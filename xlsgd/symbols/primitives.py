"""The primitives: every operation that a rule, a model or a sheet may use, a row each.

A row says what an operation is on each kind of value and in each language: a float, a spreadsheet's number, a NumPy
array, a Torch tensor, an Excel formula, Python, JavaScript, NumPy, and its derivative. Where a row is silent, the
operation goes by its name: that of NumPy's and of Torch's function, and in generated Python that of the row's own
function on floats. What has no JavaScript cannot stand on a page.
"""

import math
import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from xlsgd.symbols import of_columns
from xlsgd.symbols.checked import NOT_AVAILABLE, checked_power

NUMBERS = (float, int)

TIGHTEST = 5
"""How tightly a reference, a number or a call binds in a formula; `^` binds by 3, a sign by 4."""


class Form(NamedTuple):
    """How an operation is spelled in a formula.

    Args:
        template: with a `{}` for each operand, or a single `{*}` for all of them; or a function of their spellings.
        binding: how tightly its outermost operator binds.
        needed: how tightly each operand must bind to stand there without parentheses; those beyond need nothing.
    """

    template: str | Callable[..., str]
    binding: int = TIGHTEST
    needed: tuple[int, ...] = ()


class Primitive(NamedTuple):
    """An operation.

    Args:
        name: its name.
        number: what it is on floats; if of a column, on a sequence of numbers of any kind.
        excel: its form in a formula, or the name of Excel's function.
        derivative: for each operand its share of the derivative, from that by the result, the result, and the operands;
            empty where there is none.
        compared: how many of the first operands are only compared, so that an error among them is the result.
        column: whether it takes a column, and so has no place in a row.
        checked: what it is on spreadsheet's numbers, if not `number` once errors are handed on.
        array: what it is on arrays: a function of NumPy and the operands, or NumPy's name for it.
        tensor: what it is on tensors: a function of Torch and the operands, or Torch's name for it.
        python: its form in generated Python, on names.
        numpy: the name of NumPy's function that computes it as floats do, to the bit, if there is one.
        javascript: its form in generated JavaScript, or a function: the language's own, or one of `page/script`.
        javascript_checked: its form on a spreadsheet's numbers where it gives another error than `#NUM!`.
    """

    name: str
    number: Callable[..., Any]
    excel: Form | str
    derivative: tuple[Callable[..., Any], ...] = ()
    compared: int = 0
    column: bool = False
    checked: Callable[..., Any] | None = None
    array: Callable[..., Any] | str = ""
    tensor: Callable[..., Any] | str = ""
    python: str = ""
    numpy: str = ""
    javascript: str = ""
    javascript_checked: str = ""


def infix(sign: str, name: str, function: Callable[..., Any], binding: int, *derivative: Any, **more: Any) -> Primitive:
    """Return the row of a left-associative operator, which every kind of value has of its own."""
    form = Form(f"{{}}{sign}{{}}", binding, (binding, binding + 1))
    own = lambda _, x, y: function(x, y)  # noqa: E731
    spelled = f"{{}} {sign} {{}}"
    row = Primitive(name, function, form, derivative, array=own, tensor=own, python=spelled, numpy=name)
    return row._replace(**({"javascript": spelled} | more))


def choice(name: str, sign: str, holds: Callable[[Any, Any], Any], python: str = "") -> Primitive:
    """Return the row of a choice between the third and the fourth operand by a comparison of the first two."""
    by_numpy = lambda np, x, y, then, otherwise: np.where(holds(x, y), then, otherwise)  # noqa: E731
    by_torch = lambda torch, x, y, *either: by_comparison(torch, x, y, holds(x, y), *either)  # noqa: E731
    return Primitive(
        name,
        lambda x, y, then, otherwise: then if holds(x, y) else otherwise,
        Form(f"IF({{}}{sign}{{}},{{}},{{}})", needed=(1, 1)),
        (
            flat,
            flat,
            lambda g, out, x, y, *_: apply(name, x, y, g, 0),
            lambda g, out, x, y, *_: apply(name, x, y, 0, g),
        ),
        compared=2,
        array=by_numpy,
        tensor=by_torch,
        python=f"{{2}} if {{0}} {python or sign} {{1}} else {{3}}",
        javascript=f"{{0}} {python or sign} {{1}} ? {{2}} : {{3}}",
    )


def by_comparison(torch: Any, x: Any, y: Any, holds: Any, then: Any, otherwise: Any) -> Any:
    """Return a choice on tensors where both that were compared are finite, else NaN, as a sheet hands on an error."""
    apart = x - y
    if type(apart) in NUMBERS:
        return (then if holds else otherwise) if math.isfinite(apart) else math.nan
    if type(then) in NUMBERS and apart.is_floating_point():
        then = torch.as_tensor(then, dtype=apart.dtype, device=apart.device)  # else two numbers are taken as float32
    return torch.where(torch.isfinite(apart), torch.where(holds, then, otherwise), math.nan)


def flat(*_: Any) -> float:
    """Return the derivative of what is flat wherever it has one."""
    return 0.0


def of_column(name: str, number: Callable[..., Any], excel: Form | str) -> Primitive:
    """Return the row of what takes a column; in JavaScript `sum_of_squares` is `sumOfSquares`."""
    first, *further = name.split("_")
    return Primitive(name, number, excel, column=True, javascript=first + "".join(map(str.title, further)))


def _offset(cells: str, places: str) -> str:
    return f"OFFSET({cells.partition(':')[0]},0,{places})"


TABLE = (
    infix("+", "add", operator.add, 1, lambda g, *_: g, lambda g, *_: g),
    infix("-", "subtract", operator.sub, 1, lambda g, *_: g, lambda g, *_: -g),
    infix("*", "multiply", operator.mul, 2, lambda g, out, x, y: g * y, lambda g, out, x, y: g * x),
    infix(
        "/", "divide", operator.truediv, 2, lambda g, out, x, y: g / y, lambda g, out, x, y: -(g * out / y),
        javascript_checked="{1} === 0 ? DIV0 : {0} / {1}",
    ),
    infix(
        "^", "power", operator.pow, 3,
        lambda g, out, x, y: g * (y * x ** (y - 1)), lambda g, out, x, y: g * (out * apply("log", x)),
        checked=checked_power, python="{} ** {}", numpy="float_power", javascript="{} ** {}",
        javascript_checked="{0} === 0 && {1} <= 0 ? {1} < 0 ? DIV0 : NUM : {0} ** {1}",
    ),
    Primitive(
        "negative", operator.neg, Form("-{}", 4, (4,)), (lambda g, *_: -g,), python="-{}", numpy="negative",
        javascript="-{}",
    ),
    Primitive(
        "absolute", abs, "ABS", (lambda g, out, x: g * apply("sign", x),), numpy="absolute", javascript="Math.abs",
    ),
    Primitive("sign", lambda x: float((x > 0) - (x < 0)), "SIGN", (flat,), javascript="({0} > 0) - ({0} < 0)"),
    Primitive("sqrt", math.sqrt, "SQRT", (lambda g, out, x: g / (2 * out),), numpy="sqrt", javascript="Math.sqrt"),
    Primitive("exp", math.exp, "EXP", (lambda g, out, x: g * out,), javascript="Math.exp"),
    Primitive("log", math.log, "LN", (lambda g, out, x: g / x,), javascript="Math.log"),
    Primitive("log10", math.log10, "LOG", (lambda g, out, x: g / (x * math.log(10)),), javascript="Math.log10"),
    Primitive("floor", lambda x: float(math.floor(x)), "INT", (flat,), javascript="Math.floor"),
    Primitive("sin", math.sin, "SIN", (lambda g, out, x: g * apply("cos", x),), javascript="Math.sin"),
    Primitive("cos", math.cos, "COS", (lambda g, out, x: -(g * apply("sin", x)),), javascript="Math.cos"),
    Primitive("tanh", math.tanh, "TANH", (lambda g, out, x: g * (1 - out**2),), javascript="Math.tanh"),
    Primitive(
        "atanh", math.atanh, "ATANH", (lambda g, out, x: g / (1 - x**2),), array="arctanh", javascript="Math.atanh",
    ),
    Primitive(
        "sigmoid", lambda x: 1 / (1 + math.exp(-x)), Form("1/(1+EXP(-{}))", 2, (4,)),
        (lambda g, out, x: g * out * (1 - out),), array=lambda np, x: 1 / (1 + np.exp(-x)), javascript="sigmoid",
    ),
    Primitive(
        "relu", lambda x: max(0.0, x), Form("MAX(0,{})"), (lambda g, out, x: apply("if_above", x, 0, g, 0),),
        array=lambda np, x: np.maximum(0.0, x), javascript="{0} > 0 ? {0} : 0",
    ),
    Primitive(
        "maximum", lambda x, y: y if y > x else x, "MAX",
        (lambda g, out, x, y: apply("if_above", y, x, 0, g), lambda g, out, x, y: apply("if_above", y, x, g, 0)),
        compared=2, python="{1} if {1} > {0} else {0}", javascript="{1} > {0} ? {1} : {0}",
        array=lambda np, x, y: np.where(y > x, y, x),
        tensor=lambda torch, x, y: by_comparison(torch, x, y, y > x, y, x),
    ),
    Primitive(
        "minimum", lambda x, y: y if y < x else x, "MIN",
        (lambda g, out, x, y: apply("if_above", x, y, 0, g), lambda g, out, x, y: apply("if_above", x, y, g, 0)),
        compared=2, python="{1} if {1} < {0} else {0}", javascript="{1} < {0} ? {1} : {0}",
        array=lambda np, x, y: np.where(y < x, y, x),
        tensor=lambda torch, x, y: by_comparison(torch, x, y, y < x, y, x),
    ),
    Primitive(
        "stop_gradient", lambda x: x, Form("{}", 0), (flat,), array=lambda np, x: x,
        tensor=lambda torch, x: x.detach(), python="{}", javascript="{}",
    ),
    choice("if_equal", "=", operator.eq, "=="),
    choice("if_above", ">", operator.gt),
    choice("if_at_most", "<=", operator.le),
    Primitive(
        "round", lambda x, digits: round(x, int(digits)), "ROUND", javascript="roundTo",
        array=lambda np, x, digits: np.round(x, int(digits)),
        tensor=lambda torch, x, digits: torch.round(x, decimals=int(digits)),
    ),
    Primitive(
        "cos_pi", lambda x: math.cos(math.pi * x), Form("COS(PI()*{})", needed=(3,)), javascript="cosPi",
        array=lambda np, x: np.cos(math.pi * x), tensor=lambda torch, x: torch.cos(math.pi * x),
    ),
    Primitive("not_available", lambda: NOT_AVAILABLE, "NA", javascript="notAvailable"),
    Primitive("random_between", lambda least, greatest: NOT_AVAILABLE, "RANDBETWEEN"),
    of_column("total", of_columns.total, "SUM"),
    of_column("sum_of_squares", of_columns.sum_of_squares, "SUMSQ"),
    of_column("sum_of_products", of_columns.sum_of_products, Form("SUMPRODUCT({}-{},{}-{})", needed=(1, 2, 1, 2))),
    of_column("products", of_columns.products, "SUMPRODUCT"),
    of_column("total_unless", of_columns.total_unless, Form('SUMIF({},"<>"&{},{})', needed=(0, 1))),
    of_column("count", len, "COUNT"),
    of_column("count_equal", of_columns.count_equal, "COUNTIF"),
    of_column("greatest", of_columns.extreme(max), "MAX"),
    of_column("least", of_columns.extreme(min), "MIN"),
    of_column("match", of_columns.match, "MATCH"),
    of_column("match_exactly", of_columns.match_exactly, Form("MATCH({},{},0)")),
    of_column("index", of_columns.entry, "INDEX"),
    of_column("pick", of_columns.to_the_right, Form(_offset)),
)  # fmt: skip

PRIMITIVES = {primitive.name: primitive for primitive in TABLE}
"""The primitives by name. To add one, write its row in the table, and a function with its docstring in
`xlsgd.functions`."""


def apply(name: str, *operands: Any) -> Any:
    """Return the primitive of that name applied to values of one kind, numbers among them.

    Expressions, spreadsheet's numbers and the like say themselves how a primitive is applied to them, by a static
    method `applied` of the primitive and the operands.
    """
    primitive = PRIMITIVES[name]
    for operand in operands:
        if type(operand) not in NUMBERS:
            return _applied(primitive, operands)
    return primitive.number(*operands)


def _applied(primitive: Primitive, operands: Sequence[Any]) -> Any:
    kinds = [type(each[0]) if isinstance(each, (list, tuple)) and each else type(each) for each in operands]
    for kind in kinds:
        if hasattr(kind, "applied"):
            return kind.applied(primitive, operands)
    modules = {kind.__module__.partition(".")[0] for kind in kinds if not issubclass(kind, float)}
    if not primitive.column:
        for library, function in (("torch", primitive.tensor), ("numpy", primitive.array)):
            if library in modules:
                return _by_library(library, function or primitive.name, operands)
    return primitive.number(*operands)


def _by_library(library: str, function: str | Callable[..., Any], operands: Sequence[Any]) -> Any:
    module = sys.modules[library]  # which there is, since there is such a value
    return getattr(module, function)(*operands) if isinstance(function, str) else function(module, *operands)
