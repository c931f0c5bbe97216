"""A model's forward pass and gradient as expressions, and which of their values have a column."""

import math
import time

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.functions import exp, if_above, log, named, sigmoid, stop_gradient, tanh
from xlsgd.losses import squared_error
from xlsgd.models import LINE, Model
from xlsgd.sheets.forward import forward_and_back, shared, traced
from xlsgd.symbols.derivative import HEAVY, weight
from xlsgd.symbols.expression import Expression, in_order, symbol
from xlsgd.symbols.expression import placed as placed_in_full
from xlsgd.symbols.operations import evaluate

X, Y, A, B = map(symbol, ("x", "y", "a", "b"))


def model(predict, loss=squared_error, parameters=None, **more):
    return Model("m", "x", parameters or {"a": 0.7, "b": -0.3}, predict, loss, **more)


def both_ways(own):
    entries = {name: symbol(name) for name in own.start}
    return forward_and_back(own, entries, {name: symbol(name) for name in (*own.inputs, *own.targets)})


def test_the_line_by_hand():
    """Predicted b + a*x; lost (y - pred)^2; its own gradient 2*(pred - y), and that times x."""
    found = both_ways(LINE)
    assert found.values == {"pred": B + A * X} and found.passed == {}
    assert found.loss is (Y - (B + A * X)) ** 2 and list(found.gradient) == ["b", "a"]
    known = {A: 3.0, B: 1.0, X: 2.0, Y: 4.0}
    assert [evaluate(found.gradient[name], known) for name in "ba"] == [6.0, 12.0]


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_what_is_passed_back_is_torchs_to_rounding(a, b, x, y):
    """1e-12 of the greatest: the operations are the same, in another order."""
    own = model(lambda p, x: named("out", tanh(named("z", p.a * x + p.b)) * p.a))
    found, known = both_ways(own), {A: a, B: b, X: x, Y: y}
    tensors = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (a, b)]
    z = tensors[0] * x + tensors[1]
    out = torch.tanh(z) * tensors[0]
    by_torch = torch.autograd.grad((out - y) ** 2, [*tensors, z, out])
    ours = [found.gradient["a"], found.gradient["b"], found.passed["dL/dz"], found.passed["dL/dout"]]
    expected = [value.item() for value in by_torch]
    assert [evaluate(each, known) for each in ours] == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert [evaluate(found.values[name], known) for name in ("z", "out")] == [
        pytest.approx(z.item(), abs=1e-15), pytest.approx(out.item(), rel=1e-14, abs=1e-15),
    ]  # fmt: skip


def test_columns_stand_layer_by_layer_and_errors_from_the_loss_back():
    own = model(lambda p, x: named("o", p.a * tanh(named("h", p.a * tanh(named("z", p.a * x + p.b))))))
    found = both_ways(own)
    assert [name for name in found.values if name in "zho"] == ["z", "h", "o"]
    assert [name for name in found.passed if name[-1] in "zho"] == ["dL/do", "dL/dh", "dL/dz"]


def test_a_named_value_has_a_column_under_its_name_and_the_prediction_one_without():
    found = both_ways(model(lambda p, x: named("z", p.a * x) + p.b))
    assert list(found.values) == ["z", "pred"] and found.values["z"] is A * X
    found = both_ways(model(lambda p, x: named("out", p.a * x + p.b)))
    assert list(found.values) == ["out"], "a name of one's own goes before pred"


def test_several_predictions_are_counted():
    found = both_ways(model(lambda p, x: [p.a * x, p.b * x], loss=lambda pred, y: (pred[0] - y) ** 2 + pred[1] ** 2))
    assert list(found.values) == ["pred_1", "pred_2"]


def test_what_would_be_spelled_out_twice_has_a_column_of_its_own():
    def heavy(p, x):
        inner = exp(p.a * x + p.b)
        return inner / (1 + inner)

    found = both_ways(model(heavy))
    assert found.values["v1"] is A * X + B
    placed = {value: symbol(f"column {name}") for name, value in (found.values | found.passed).items()}
    formulas = [placed_in_full(value, placed) for value in (*placed, found.loss, *found.gradient.values())]
    assert sum(A * X + B in in_order([formula]) for formula in formulas) == 1
    exponentials = [part for formula in formulas for part in in_order([formula]) if part.op == "exp"]
    assert {weight(part) for part in exponentials} == {1}, "of a cell each"


def test_a_counted_name_that_a_model_has_taken_gets_a_dash():
    def heavy(p, x):
        inner = exp(named("v1", p.a * x + p.b) * 2 + p.a)
        return inner / (1 + inner)

    assert "v1'" in both_ways(model(heavy)).values


def test_shared_values_are_found_from_the_outside_in():
    light, middle = A * X, exp(A * X)
    outer = middle / (1 + middle)
    assert shared([outer + outer * B], [outer + outer * B])[0] is outer
    assert shared([light + light * B], [light + light * B]) == [], "one operation is cheap enough"
    assert HEAVY == 2 and shared([middle + middle * B], [middle + middle * B]) == [middle]
    assert shared([middle + middle], [middle, middle + middle]) == [], "it has a cell already"
    assert shared([middle], [middle]) == []


def test_a_value_that_is_used_twice_by_one_that_is_used_twice_counts_four_times():
    inner = exp(A * X)
    outer = tanh(inner * B) + inner
    found = shared([outer * outer], [outer * outer])
    assert set(found) == {outer, inner}


def test_what_is_shared_in_a_large_model_is_found_in_one_go():
    """A prediction of 2,000 terms, each used twice behind: a count anew for each would take minutes."""
    terms = [exp(A * symbol(f"x{i}") + B) for i in range(2_000)]
    total = sum((term / (1 + term) for term in terms), start=A)
    began = time.process_time()
    assert set(shared([total], [total])) == set(terms)
    assert time.process_time() - began < 5


def test_a_stopped_gradient_has_no_part_in_a_formula():
    found = both_ways(model(lambda p, x: p.a * x + stop_gradient(p.a) + p.b))
    parts = in_order([*found.values.values(), found.loss, *found.gradient.values()])
    assert not [part for part in parts if part.op in ("stop_gradient", "named")]
    known = {A: 3.0, B: 0.0, X: 2.0, Y: 0.0}
    assert evaluate(found.gradient["a"], known) == 2 * (6 + 3) * 2, "the second a counts as a constant"


def test_predictions_are_traced_without_their_names():
    predictions, loss, names = traced(
        model(lambda p, x: named("z", [p.a * x, p.b]), loss=lambda pred, y: pred[0] * y),
        {"a": A, "b": B},
        {"x": X, "y": Y},
    )
    assert predictions == [A * X, B] and loss is A * X * Y and names == {"z_1": A * X, "z_2": B}


def test_one_name_may_stand_twice_for_one_value():
    found = both_ways(model(lambda p, x: named("z", p.a * x) + named("z", p.a * x) + p.b))
    assert found.values["z"] is A * X


REFUSED = {
    "Python's own function": (lambda p, x: math.sin(p.a * x) + p.b, r"float\(\) of a cell"),
    "a parameter that is not there": (lambda p, x: p.c * x, "no parameter 'c': there are a, b"),
    "a branch": (lambda p, x: p.a if x > 0 else p.b, "> on a cell"),
    "a column": (lambda p, x: Expression("total", p.a * x) + p.b, r"total takes a sheet's column; in a model write"),
    "a parameter of no effect": (lambda p, x: p.a * x, "the loss does not depend on b; leave it out, or use it"),
    "one that cancels": (lambda p, x: p.a * x + 0 * p.b, "the loss does not depend on b"),
    "one that is only compared": (lambda p, x: if_above(p.b, 0, p.a, -p.a) * x, "the loss does not depend on b"),
    "two values of one name": (
        lambda p, x: named("z", p.a * x) + named("z", p.b),
        "two values are named 'z'; give each a name of its own",
    ),
}


@pytest.mark.parametrize(("predict", "says"), REFUSED.values(), ids=REFUSED)
def test_what_no_sheet_can_hold_is_one_line_that_names_the_model(predict, says):
    with pytest.raises(InputError, match=rf"^model m: .*{says}") as caught:
        both_ways(model(predict))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("gradient", "says"),
    [
        (lambda p, pred, x, y: [pred, x], "its gradient gives list; give a mapping by the parameters' names"),
        (lambda p, pred, x, y: {"a": x}, "its gradient gives none by 'b'; give one by each parameter"),
        (lambda p, pred, x, y: {"a": x, "b": x, "c": x}, "no parameter 'c'"),
        (lambda p, pred, x, y: {"a": x, "b": "x"}, "str 'x' has no place in a formula"),
    ],
)
def test_a_gradient_of_ones_own_must_name_each_parameter(gradient, says):
    with pytest.raises(InputError, match=f"^model m: {says}"):
        both_ways(model(lambda p, x: p.a * x + p.b, gradient=gradient))


def test_a_gradient_of_ones_own_is_taken_as_it_is_in_the_parameters_order():
    found = both_ways(
        model(lambda p, x: p.a * x + p.b, gradient=lambda p, pred, x, y: {"b": pred - y, "a": (pred - y) * x})
    )
    assert list(found.gradient) == ["a", "b"] and found.gradient["b"] is A * X + B - Y and found.passed == {}


def test_a_loss_that_is_log_of_a_sigmoid_passes_back_its_difference():
    """dL/dz of -log(sigmoid(z)) is sigmoid(z) - 1."""
    own = model(lambda p, x: named("z", p.a * x + p.b), loss=lambda pred, y: -log(sigmoid(pred)) * y)
    found = both_ways(own)
    z = 0.5 * 1.5 + 0.25
    at = {A: 0.5, X: 1.5, B: 0.25, Y: 1.0}
    assert evaluate(found.gradient["b"], at) == pytest.approx(1 / (1 + math.exp(-z)) - 1, rel=1e-14)
