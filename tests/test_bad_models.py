"""Models that cannot be: each is told in one line that says what is wrong, where, and what to do."""

import math
import time

import numpy as np
import pytest
import torch

import xlsgd
from xlsgd.errors import InputError
from xlsgd.functions import cos_pi, dot, if_above, named, rounded, sign, sqrt, total
from xlsgd.losses import squared_error
from xlsgd.models import LONGEST_NAME, Model
from xlsgd.points.points import Points
from xlsgd.rules import RULES, Rule
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.references import MAX_COLUMN
from xlsgd.verifying.check import verify
from xlsgd.workbooks.models import build_model

ONE = {"a": 1.0}


def model(predict=lambda p, x: p.a * x, parameters=ONE, loss=squared_error, name="m", inputs="x", **more):
    return Model(name, inputs, parameters, predict, loss, **more)


def refusal(make):
    with pytest.raises(InputError) as told:
        make()
    assert "\n" not in str(told.value) and len(str(told.value)) < 300
    return str(told.value)


CELLS = "model m: predict or loss cannot be run on a sheet's cells: "

OPERATIONS = {
    "//": (lambda p, x: p.a // x, "// on a cell has no formula here: write it with + - * / ** or a function"),
    "%": (lambda p, x: p.a % x, "% on a cell has no formula here: write it with + - * / ** or a function"),
    "@": (lambda p, x: p.a @ x, "@ on a cell has no formula here: write it with + - * / ** or a function"),
    "round": (lambda p, x: round(p.a * x), "round on a cell has no formula here"),
    "max": (lambda p, x: max(p.a * x, 0), "< on a cell has no formula here"),
    "math": (lambda p, x: math.exp(p.a * x), "float() of a cell: it has no number yet; write it with xlsgd.functions"),
    "a column's": (lambda p, x: total([p.a * x, p.a]), "total takes a sheet's column; in a model write sum() or dot()"),
    "a text": (lambda p, x: p.a * "x", "str 'x' has no place in a formula"),
    "nothing": (lambda p, x: None, "NoneType None has no place in a formula"),
}


@pytest.mark.parametrize(("predict", "message"), OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_without_a_formula(predict, message):
    told = refusal(lambda: training_of(model(predict)))
    assert told.startswith(f"model m: {message}")


OTHERS = {
    "numpy": (lambda p, x: np.exp(p.a * x), "ufunc"),
    "torch": (lambda p, x: torch.exp(p.a * x), "must be Tensor"),
    "a part of a scalar": (lambda p, x: p.a[0] * x, "not subscriptable"),
    "a part that is not there": (lambda p, x: [p.a][3] * x, "out of range"),
}


@pytest.mark.parametrize(("predict", "message"), OTHERS.values(), ids=OTHERS)
def test_what_python_refuses_of_cells(predict, message):
    told = refusal(lambda: training_of(model(predict)))
    assert told.startswith(CELLS) and message in told
    assert told.endswith("; write them with + - * / ** and the functions of xlsgd")


@pytest.mark.parametrize(
    "wrong", [{"predict": lambda p, x: p.b * x}, {"loss": lambda pred, y, p: p.b * pred, "knobs": {"c": 1.0}}]
)
def test_no_such_parameter(wrong):
    told = refusal(lambda: training_of(model(**{"parameters": {"a": 1.0, "w1": 2.0}} | wrong)))
    assert told == f"model m: no parameter 'b': there are {', '.join(('a', 'w1', *wrong.get('knobs', ())))}"


def test_an_operation_without_a_formula_in_a_rule():
    rule = Rule(lambda s, g, k: type(s)(s.w - k.lr * (g // 2)), RULES["sgd"].state, RULES["sgd"].knobs)
    told = refusal(lambda: training_of(model(), rule))
    assert told == "m: // on a cell has no formula here: write it with + - * / ** or a function"


def of_rule(update):
    rule = Rule(update, RULES["course_momentum"].state, RULES["course_momentum"].knobs)
    return refusal(lambda: training_of(model(), rule, name="r"))


IN_A_RULE = {
    "a root below 0": (lambda s, g, k: s._replace(w=s.w - sqrt(-1.0) * g), "math domain error"),
    "a division by 0": (lambda s, g, k: s._replace(w=s.w - 1 / 0), "division by zero"),
    "a whole number beyond floats": (lambda s, g, k: s._replace(w=s.w - g * 10**400), "int too large"),
}


@pytest.mark.parametrize(("update", "message"), IN_A_RULE.values(), ids=IN_A_RULE)
def test_what_python_refuses_in_a_rule(update, message):
    told = of_rule(update)
    assert told.startswith("r: the rule cannot be run on a sheet's cells: ") and message in told


def test_a_root_of_a_number_below_0_in_a_model():
    told = refusal(lambda: training_of(model(lambda p, x: p.a * x * sqrt(-1.0))))
    assert told.startswith(f"{CELLS}math domain error")


NOT_COMPUTED = {
    "a number": (lambda s, g, k: s._replace(w=5), "5.0"),
    "a knob": (lambda s, g, k: s._replace(w=k.lr), "knob lr"),
    "another state": (lambda s, g, k: s._replace(w=s.m, m=s.w), "m a"),
}


@pytest.mark.parametrize("file", ["a.xlsx", "a.html"])
@pytest.mark.parametrize(("update", "what"), NOT_COMPUTED.values(), ids=NOT_COMPUTED)
def test_a_rule_that_computes_no_next_parameter_has_no_workbook(tmp_path, update, what, file):
    rule = Rule(update, RULES["course_momentum"].state, RULES["course_momentum"].knobs)
    told = refusal(lambda: xlsgd.build(model(), tmp_path / file, {"x": [1.0], "y": [2.0]}, rules=[rule]))
    assert told == f"sheet m: the next a is {what} as it is; let the rule compute it"


def doubled(g, times=45):
    for _ in range(times):
        g = g * g + g
    return g


def added(g, times=3_000):
    total = g
    for _ in range(times):
        total = total + 2 * g
    return total


@pytest.mark.parametrize(
    ("made", "most"), [(doubled, "a billion"), (added, r"33,\d\d\d")], ids=["parts that double", "3,000 terms"]
)
@pytest.mark.parametrize("suffix", ["xlsx", "xlsm"])
def test_a_formula_that_is_too_long_is_refused_before_anything_is_computed(tmp_path, made, most, suffix):
    """With the lesson's 29 points and 100 epochs the second took more than a minute, the first more than any memory."""
    rule = Rule(lambda s, g, k: type(s)(s.w - k.lr * made(g)), RULES["sgd"].state, RULES["sgd"].knobs)
    began = time.process_time()
    with pytest.raises(InputError, match=f"sheet m: the formula of column 'new a' takes over {most} characters"):
        xlsgd.build(model(), tmp_path / f"a.{suffix}", Points(x=[1.0, 2.0], y=[1.0, 2.0]), rules=[rule])
    assert time.process_time() - began < 10  # some tenths of a second on a quiet machine
    assert not [*tmp_path.iterdir()]


def test_a_formula_without_end_is_no_pages_either(tmp_path):
    rule = Rule(lambda s, g, k: type(s)(s.w - k.lr * doubled(g)), RULES["sgd"].state, RULES["sgd"].knobs)
    with pytest.raises(InputError, match="a formula takes over 1,048,576 characters, and a spreadsheet 8,192 at most"):
        xlsgd.build(model(), tmp_path / "a.html", Points(x=[1.0, 2.0], y=[1.0, 2.0]), rules=[rule])


RULES_THAT_CANNOT_BE = {
    "an expression": (lambda s, g, k: s.w - k.lr * g, "rule <lambda>: gives Expression; give the next state, of w"),
    "another state": (lambda s, g, k: (s.w, g), "rule <lambda>: gives tuple; give the next state, of w"),
    "nothing": (lambda s, g, k: None, "rule <lambda>: gives NoneType; give the next state, of w"),
    "no such knob": (
        lambda s, g, k: s._replace(w=s.w - k.rate * g),
        "m: the rule cannot be run on a sheet's cells: 'Rate' object",
    ),
    "other arguments": (lambda s: s, "m: the rule cannot be run on a sheet's cells: "),
}


@pytest.mark.parametrize(("update", "message"), RULES_THAT_CANNOT_BE.values(), ids=RULES_THAT_CANNOT_BE)
def test_a_rule_that_gives_no_next_state(update, message):
    told = refusal(lambda: training_of(model(), Rule(update, RULES["sgd"].state, RULES["sgd"].knobs)))
    assert told.startswith(message)


UNUSED = {
    "left out": lambda p, x: p.a * x,
    "times 0": lambda p, x: p.a * x + 0 * p.b,
    "behind what is flat": lambda p, x: p.a * x + sign(p.b),
    "only compared": lambda p, x: if_above(p.b, 0, p.a, 2 * p.a) * x,
}


@pytest.mark.parametrize("predict", UNUSED.values(), ids=UNUSED)
def test_a_parameter_that_the_loss_does_not_depend_on(predict):
    told = refusal(lambda: training_of(model(predict, {"a": 1.0, "b": 2.0})))
    assert told == "model m: the loss does not depend on b; leave it out, or use it"


def test_an_entry_that_the_loss_does_not_depend_on():
    told = refusal(lambda: training_of(model(lambda p, x: p.w[0] * x, {"w": [1.0, 2.0]})))
    assert told == "model m: the loss does not depend on w_2; leave it out, or use it"


BRANCHES = {
    "its truth": (
        lambda p, x: p.a if x else 0,
        "a cell is neither true nor false: a rule cannot branch on it; use xlsgd.if_above, if_at_most or if_equal",
    ),
    "and": (lambda p, x: p.a and x, "a cell is neither true nor false: a rule cannot branch on it; use"),
    "a number": (lambda p, x: p.a * x if x == 0 else 0, "== 0 on a cell is known only in the sheet; use"),
    "another": (
        lambda p, x: p.a * x if x > p.a else 0,
        "> on a cell has no formula here: write it with xlsgd.if_above, if_a",
    ),
}


@pytest.mark.parametrize(("predict", "message"), BRANCHES.values(), ids=BRANCHES)
def test_an_if_on_a_cell(predict, message):
    assert refusal(lambda: training_of(model(predict))).startswith(f"model m: {message}")


@pytest.mark.parametrize(
    ("predict", "operation"), [(lambda p, x: rounded(p.a * x, 2), "round"), (lambda p, x: cos_pi(p.a * x), "cos_pi")]
)
def test_an_operation_without_a_derivative(predict, operation):
    told = refusal(lambda: training_of(model(predict)))
    assert told == (
        f"model m: {operation} has no derivative; write the loss without it, or give the model its gradient"
    )
    assert training_of(model(predict, gradient=lambda p, pred, x, y: {"a": 2 * (pred - y) * x}))


def test_an_operation_without_a_derivative_that_no_parameter_stands_behind():
    assert training_of(model(lambda p, x: p.a * rounded(x, 2)))


GRADIENTS = {
    "a derivative is missing": (lambda p, pred, x, y: {}, "its gradient gives none by 'a'; give one by each parameter"),
    "one too many": (lambda p, pred, x, y: {"a": x, "b": x}, "no parameter 'b': there are a"),
    "no mapping": (lambda p, pred, x, y: 2 * x, "its gradient gives Expression; give a mapping by the parameters'"),
    "other arguments": (lambda p: {}, "gradient is called as gradient(p, pred, x, y): too many positional arguments"),
    "no formula": (lambda p, pred, x, y: {"a": pred // y}, "// on a cell has no formula here"),
}


@pytest.mark.parametrize(("gradient", "message"), GRADIENTS.values(), ids=GRADIENTS)
def test_a_gradient_of_the_models_own_that_cannot_be(gradient, message):
    assert f"model m: {message}" in refusal(lambda: training_of(model(gradient=gradient)))


# ---- names --------------------------------------------------------------------------------------------------------

NO_SHEETS = [
    "a b/c", "a:b", "[a]", "a!b", "a*", "a?", "a\\b", "'a", "a'", "", "x" * (LONGEST_NAME + 1), "😀" * 14,
    "a\nb", "a\tb", "History", "history",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_SHEETS)
def test_a_name_that_no_sheet_can_have(name):
    for told in (refusal(lambda: model(name=name)), refusal(lambda: training_of(model(), name=name or " " * 40))):
        assert "no sheet can be called that; give 1 to 27 characters" in told


def test_a_name_that_is_too_long_is_shown_as_far_as_it_tells():
    assert refusal(lambda: model(name="x" * 40)).startswith(f"model {'x' * 40!r}: no sheet")
    assert refusal(lambda: model(name="x" * 400)).startswith(f"model {'x' * 60 + '...'!r}: no sheet")


SHEETS = [
    "A1", "R1C1", "TRUE", "R", "C", "r2", "XFD1048576", "1a", "=1+1", "a b", " a", "a.b", "a-b", "é", "日本", "lr",
    "x" * LONGEST_NAME, '"a"', "a,b", "(a)", "&<>", "#REF",
]  # fmt: skip


@pytest.mark.parametrize("engine_name", ["ironcalc", "libreoffice"])
def test_every_other_name_is_a_sheets(tmp_path, engine_name):
    """In one workbook: each sheet is referred to by another, from the epochs' and from the race."""
    trainings = [training_of(model(), name=name) for name in SHEETS]
    path = build_model(tmp_path / "book.xlsx", trainings, Points(x=[1.0, 2.0], y=[1.0, 3.0]), epochs=2)
    report = verify(path, [engine_name])
    assert report.agrees and all(t.answered == t.formulas for t in report.verdicts[0].columns.values())


@pytest.mark.parametrize("name", ["a b", "", "_x", "1a", "é", "a.b", "a-b", "a\n"])
@pytest.mark.parametrize("what", ["parameters", "inputs", "targets"])
def test_what_is_no_name_of_a_value(name, what):
    given = {"parameters": {name: 1.0}} if what == "parameters" else {what: (name,)}
    told = refusal(lambda: model(lambda p, x: x, **given))
    assert told == f"model m: {name!r} is no name; give letters, digits and _, a letter first"


def test_a_word_of_python_is_no_parameters_name():
    told = refusal(lambda: model(lambda p, x: x, {"class": 1.0}))
    assert told == "model m: 'class' is a word of Python, so predict could not write p.class; take another name"


LOOKING_LIKE_ELSE = [
    "A1", "R1C1", "TRUE", "C", "r", "true", "self", "w1", "const", "count", "index", "start", "last", "batch", "t", "m",
    "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("name", LOOKING_LIKE_ELSE)
def test_names_of_values_that_look_like_something_else(tmp_path, name):
    """They stand in headings alone, so that no spreadsheet takes them for a cell or a constant."""
    own = model(lambda p, u: getattr(p, name) * u, {name: 1.0}, inputs="u")
    path = build_model(tmp_path / "book.xlsx", [training_of(own)], Points(u=[1.0, 2.0], y=[1.0, 3.0]), epochs=2)
    assert verify(path).agrees
    named_so = model(lambda p, u: p.w * u, {"w": 1.0}, inputs=name)
    points = Points(**{name: [1.0, 2.0], "y": [1.0, 3.0]})
    assert verify(build_model(tmp_path / "book.xlsx", [training_of(named_so)], points, epochs=2)).agrees


TWICE = {
    "parameter and prediction": (lambda: model(lambda p, x: p.pred * x, {"pred": 1.0}), "pred"),
    "parameter and loss": (lambda: model(lambda p, x: p.loss * x, {"loss": 1.0}), "loss"),
    "input and prediction": (lambda: model(lambda p, pred: p.a * pred, inputs="pred"), "pred"),
    "input and gradient": (lambda: model(lambda p, x: named("x", p.a * x)), "x"),
    "named as a parameter": (lambda: model(lambda p, x: named("a", 2 * p.a) * x), "a"),
    "named as a new parameter": (lambda: model(lambda p, x: named("new a", 2 * p.a) * x), "new a"),
    "named as the loss": (lambda: model(lambda p, x: named("loss", p.a * x)), "loss"),
    "named as a derivative": (lambda: model(lambda p, x: named("dL/da", p.a * x)), "dL/da"),
}


@pytest.mark.parametrize(("make", "heading"), TWICE.values(), ids=TWICE)
def test_a_heading_that_would_stand_twice(make, heading):
    told = refusal(lambda: training_of(make()))
    assert told == f"model m: two columns would be called {heading!r}; rename the parameter, input or value"


def test_two_values_of_one_name():
    told = refusal(lambda: training_of(model(lambda p, x: named("h", p.a * x) + named("h", p.a))))
    assert told == "model m: two values are named 'h'; give each a name of its own"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"inputs": ("x", "x")}, "x"),
        ({"inputs": "y"}, "y"),
        ({"parameters": {"x": 1.0}}, "x"),
        ({"parameters": {"w": [1.0, 2.0], "w_1": 3.0}}, "w_1"),
        ({"parameters": {"w": [1.0, 2.0]}, "inputs": "w_2"}, "w_2"),
        ({"knobs": {"a": 1.0}, "loss": lambda pred, y, p: pred}, "a"),
    ],
)
def test_one_name_for_two_values(given, name):
    told = refusal(lambda: model(lambda p, *x: x[0], **given))
    assert told == f"model m: two of its inputs, targets and parameters are called {name!r}"


@pytest.mark.parametrize("name", ["lr", "reset", "step", "run", "epoch"])
def test_a_parameter_of_a_knobs_name(name):
    told = refusal(lambda: training_of(model(lambda p, x: getattr(p, name) * x, {name: 1.0})))
    assert told == f"model m: the parameter {name!r} has the name of a knob; rename it"


# ---- sizes, starting values, arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [5_400, 5_461, 20_000, 200_000])
def test_more_columns_than_a_sheet_has(count):
    """Each parameter takes three columns at least: itself, its derivative, its new value."""
    started = time.monotonic()
    wide = model(lambda p, x: dot(p.w, [x] * count), {"w": [0.1] * count})
    if 3 * count + 4 < MAX_COLUMN:
        assert len(training_of(wide).parameters) == count
    else:
        told = refusal(lambda: training_of(wide))
        assert f"columns; a sheet has {MAX_COLUMN:,}: give it fewer parameters" in told
    assert time.monotonic() - started < 60, "not a matter of hours, on a busy machine either"


@pytest.mark.parametrize("value", [math.nan, math.inf, "one", None, 1j, [[1.0, None]], [math.nan]])
def test_a_start_that_is_no_finite_number(value):
    told = refusal(lambda: model(lambda p, x: x, {"a": value}))
    assert told.startswith("model m: a") and told.endswith("; give a finite number")


@pytest.mark.parametrize(("value", "name"), [([], "a"), ([[]], "a_1"), ({}, "a"), ([1.0, []], "a_2")])
def test_a_parameter_without_an_entry(value, name):
    told = refusal(lambda: model(lambda p, x: x, {"a": value}))
    assert told == f"model m: the parameter {name!r} has no entries; leave it out, or give it one"


@pytest.mark.parametrize("given", [{"inputs": ()}, {"targets": ()}, {"parameters": {}}])
def test_a_model_of_nothing(given):
    assert "give at least one input, one target and one parameter" in refusal(lambda: model(**given))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"predict": lambda p: p.a}, "predict is called as predict(p, x): too many positional arguments"),
        ({"predict": lambda p, x, z: p.a}, "predict is called as predict(p, x): missing a required argument: 'z'"),
        ({"loss": lambda pred: pred}, "loss is called as loss(pred, y): too many positional arguments"),
        ({"predict": 3}, "predict is called as predict(p, x): 3 is not a callable object"),
    ],
)
def test_a_function_that_takes_other_arguments(given, message):
    assert refusal(lambda: model(**given)) == f"model m: {message}"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rule": "adm"}, "no rule 'adm': did you mean 'adam'?"),
        ({"schedule": "cosin"}, "no schedule 'cosin': did you mean 'cosine'?"),
        ({"differences": ["b"]}, "model m: no parameter 'b': there are a"),
        ({"knobs": {"beta": 0.9}}, "model m: no knob 'beta': there are lr"),
    ],
)
def test_a_choice_that_there_is_not(given, message):
    assert message in refusal(lambda: training_of(model(), **given))


def test_points_may_have_a_column_of_any_name():
    assert xlsgd.trace(model(lambda p, u: p.a * u, inputs="self"), {"self": [1.0], "y": [2.0]})["pred"].tolist() == [1]
