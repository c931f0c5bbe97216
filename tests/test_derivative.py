"""Derived gradients against torch.autograd: on random small models, and where a row of the table is delicate."""

import math
from collections import Counter

import pytest
import torch
from hypothesis import assume, event, given, reject, settings
from hypothesis import strategies as st
from random_models import ARITY, drawn_models

from xlsgd.errors import InputError
from xlsgd.functions import named, tanh
from xlsgd.losses import squared_error
from xlsgd.models import LINE, Model
from xlsgd.points.points import Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.placer import formula_of, training_sheet
from xlsgd.sheets.record import record
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import RowOf, here
from xlsgd.symbols.derivative import HEAVY, derivatives, weight
from xlsgd.symbols.expression import as_expression, defined_name, in_order, operands_of, symbol
from xlsgd.symbols.operations import evaluate
from xlsgd.symbols.primitives import apply
from xlsgd.symbols.references import column_letters, column_number
from xlsgd.symbols.to_excel import spell

RELATIVE = 1e-10
"""What is promised. Two right gradients in float64 differ by roundings of 1e-16 each, some dozens of them, magnified by
how ill-conditioned the point is; `CALM` bounds how much."""

CALM = 1e-3
"""A point is taken where Torch's gradients there in float64, and in float32 at a point 1e-6 away, agree to this: so
roundings grow by some 1,000 at the most, and those of float64 stay around 1e-12. What falls out lies near a kink, or
is the small rest of large parts that cancel."""

LARGEST = 1e6


def by_torch(model, start, point, dtype=torch.float64):
    """Torch's derivative of the loss by each entry, from the model's own functions run on tensors, and the loss."""
    entries = {name: torch.tensor(value, dtype=dtype, requires_grad=True) for name, value in start.items()}
    given = {name: torch.tensor(float(value), dtype=dtype) for name, value in point.items()}
    predicted = model.predict(model.packed(entries), *(given[name] for name in model.inputs))
    loss = model.loss(predicted, *(given[name] for name in model.targets))
    depends = loss + 0 * sum(entries.values())  # Torch refuses what depends on nothing
    found = torch.autograd.grad(depends, list(entries.values()))
    return dict(zip(entries, (each.item() for each in found), strict=True)), loss.item()


def nearby(values):
    """Values 1e-6 away, each by another distance."""
    return {name: value + 1e-6 * (place + 1) / len(values) for place, (name, value) in enumerate(values.items())}


def by_columns(training, point):
    """The values of the first row's columns by heading, each by the formula that its cell has."""
    points = Points(**{name: [float(point[name])] for name in training.point})
    sheet = training_sheet(training, layout_of(training), 1, LiveSheet(training, points).values())
    cells = {place.address: place.value for place in sheet.places}
    first = sheet.rows.first
    cells |= {f"{column_letters(i)}{first}": float(point[name]) for i, name in enumerate(training.point, start=1)}
    formulas = {f"{column.letter}{first}": column.formula for column in sheet.rows.columns}

    def cell(reference):
        at = reference.args[0]
        address = f"{column_letters(at.column)}{at.row + first * (at.row_of is RowOf.HERE)}"
        if address not in cells:
            parts = [part for part in in_order([formulas[address]]) if part.op == "reference"]
            cells[address] = evaluate(formulas[address], {part: cell(part) for part in parts})
        return cells[address]

    own = {place.text: place.address.removesuffix("3") for place in sheet.places if place.address.endswith("3")}
    return {name: cell(here(column_number(own[name]))) for name in record(training.key).values}


def agrees_with_torch(model, point):
    """Compare the sheet's derivatives with Torch's.

    Where Torch's is 0 to the bit, also at the point nearby, parts cancel whatever the values, as where a parameter is
    added to all logits: what the sheet's parts leave then is roundings of the other derivatives.
    """
    row = by_columns(training_of(model, "sgd"), point)
    found = {name: row[f"d{model.symbol}/d{name}"] for name in model.start}
    exact = by_torch(model, model.start, point)[0]
    assert {name: found[name] for name in exact if exact[name]} == pytest.approx(
        {name: each for name, each in exact.items() if each}, rel=RELATIVE, abs=0
    )
    largest = max(map(abs, exact.values()))
    assert all(abs(found[name]) <= RELATIVE * largest for name in exact if not exact[name])


def is_calm(model, point):
    """Whether a point is fit for comparison."""
    exact, loss = by_torch(model, model.start, point)
    if not all(math.isfinite(x) and abs(x) < LARGEST for x in (loss, *exact.values())):
        return False
    moved = point | nearby({name: point[name] for name in model.inputs})
    rough, _ = by_torch(model, nearby(model.start), moved, torch.float32)
    return rough == pytest.approx(exact, rel=CALM, abs=0)


@given(drawn_models())
@settings(max_examples=300)
def test_derived_gradients_are_torchs(drawn):
    model, point, operations = drawn
    try:
        training_of(model, "sgd")
    except InputError as error:
        (name,) = [name for name in model.start if f"does not depend on {name};" in str(error)]
        assert by_torch(model, model.start, point)[0][name] == 0
        reject()
    assume(is_calm(model, point))
    for operation in set(operations):
        event(operation)
    agrees_with_torch(model, point)


@pytest.mark.parametrize("operation", ARITY)
@pytest.mark.parametrize("values", [(0.7, -0.3, 1.3, 0.4), (0.6, 0.6, 1.3, -0.4), (2.5, 1.5, -1.3, 0.4)])
def test_each_operations_derivative_is_torchs(operation, values):
    """By each of its operands, also where the first two are equal; the squares make the loss depend on all of them."""

    def predict(p, x):
        operands = [w / 3 for w in p] if operation == "atanh" else p  # it has a value between -1 and 1
        return apply(operation, *operands) * x + sum(w**2 for w in p) / 3

    starts = dict(zip("abcd"[: ARITY[operation]], values, strict=False))
    agrees_with_torch(Model(operation, "x", starts, predict, squared_error), {"x": 1.5, "y": 0.5})


@pytest.mark.parametrize("operation", ["absolute", "relu", "sign"])
def test_the_derivative_at_a_kink_at_0_is_torchs(operation):
    model = Model(operation, "x", {"a": 0.0}, lambda p, x: apply(operation, p.a) * x + p.a, squared_error)
    agrees_with_torch(model, {"x": 1.5, "y": 0.5})


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, -1.0, -2.0])
@pytest.mark.parametrize("value", [-1.3, 0.8])
def test_a_power_of_a_negative_number_has_its_derivative(exponent, value):
    model = Model("power", "x", {"a": value}, lambda p, x: p.a**exponent * x + p.a, squared_error)
    agrees_with_torch(model, {"x": 1.5, "y": 0.5})


def test_a_square_has_a_derivative_at_0():
    agrees_with_torch(Model("power", "x", {"a": 0.0}, lambda p, x: p.a**2 * x + p.a, squared_error), {"x": 1, "y": 2})


finite = st.floats(-1e6, 1e6)


@given(finite, finite, finite, finite)
def test_the_lines_own_gradient_is_the_derived_one_to_the_bit(b, a, x, y):
    own = Model("line", "x", {"b": b, "a": a}, LINE.predict, LINE.loss, gradient=LINE.gradient)
    derived = Model("line", "x", {"b": b, "a": a}, LINE.predict, LINE.loss)
    rows = [by_columns(training_of(model, "sgd"), {"x": x, "y": y}) for model in (own, derived)]
    assert [rows[0][f"dL/d{name}"] for name in "ba"] == [rows[1][f"dL/d{name}"] for name in "ba"]


def formulas(model, rule="sgd"):
    """The formulas of a model's columns as their cells have them, with headings in place of addresses."""
    training = training_of(model, rule)
    traced = record(training.key)
    cells = {value: defined_name(heading) for value, heading in traced.referred(traced.values).items()}
    cells |= {knob: defined_name(name) for name, knob in traced.knobs._asdict().items()}
    cells |= {symbol(name): defined_name(f"{name} above") for name in training.carried}
    return {heading: formula_of(v, defined_name(heading), cells) for heading, v in traced.values.items()}


def spelled_parts(formula):
    """Every operation that a formula spells, as often as it spells it."""
    parts = [formula] if operands_of(formula) else []
    return parts + [part for operand in operands_of(formula) for part in spelled_parts(operand)]


@given(drawn_models())
@settings(max_examples=100)
def test_no_formula_spells_again_what_takes_two_operations_or_more(drawn):
    try:
        told = formulas(drawn.model)
    except InputError:
        reject()
    parts = Counter(part for formula in told.values() for part in spelled_parts(formula) if weight(part) >= HEAVY)
    assert not {part: times for part, times in parts.items() if times > 1}


def is_idle(part):
    """Whether an operation leaves a value as it is: 0 added, 1 times, a sign twice."""
    signs = [x.args[0] if x.op == "number" else None for x in operands_of(part)]
    return (
        (part.op in ("add", "subtract") and 0 in signs)
        or (part.op == "multiply" and not {0, 1, -1}.isdisjoint(signs))
        or (part.op == "divide" and signs[1] == 1)
        or (part.op == "negative" and operands_of(part)[0].op in ("negative", "number"))
    )


@given(drawn_models())
@settings(max_examples=100)
def test_no_derived_formula_holds_an_idle_operation(drawn):
    try:
        told = formulas(drawn.model)
    except InputError:
        reject()
    derived = [formula for heading, formula in told.items() if heading.startswith("dL/d")]
    assert derived and not [part for formula in derived for part in spelled_parts(formula) if is_idle(part)]


def test_the_columns_follow_the_pass_forward_and_back():
    """By hand: what each layer computes, the loss, the errors from the loss back, gradients, new weights, states."""

    def predict(p, x):
        h = named("h", tanh(p.v * x + p.u))
        return p.w * h + p.c

    model = Model("deep", "x", {"u": 0.5, "v": 0.25, "w": 2.0, "c": 1.0}, predict, squared_error)
    told = {heading: spell(formula) for heading, formula in formulas(model, "momentum").items()}
    assert list(told.items())[4:] == [
        ("v1", "v*x+u"),
        ("h", "TANH(v1)"),
        ("pred", "w*h+c"),
        ("loss", "(y-pred)^2"),
        ("dL/dpred", "2*(pred-y)"),
        ("dL/dh", "dL/dpred*w"),
        ("dL/dv1", "dL/dh*(1-h^2)"),
        ("dL/du", "dL/dv1"),
        ("dL/dv", "dL/dv1*x"),
        ("dL/dw", "dL/dpred*h"),
        ("dL/dc", "dL/dpred"),
        *((f"new {name}", f"{name}-lr*m {name}") for name in "uvwc"),
        ("m u", "beta*m u above+dL/dv1"),
        ("m v", "beta*m v above+dL/dv"),
        ("m w", "beta*m w above+dL/dw"),
        ("m c", "beta*m c above+dL/dpred"),
    ]


def test_a_value_that_nothing_depends_on_has_the_derivative_0():
    x, y = symbol("x"), symbol("y")
    assert derivatives(x * 2, [x, y], []).by == {x: as_expression(2), y: as_expression(0)}


def test_a_value_is_its_own_derivative_of_1():
    x = symbol("x")
    assert derivatives(x, [x], []).by == {x: as_expression(1)}
