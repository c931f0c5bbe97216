"""The rows of the lesson's sheets on plain floats, computed by hand, and what stands below them."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.rules import RULES
from xlsgd.sheets.row import (
    annealing_footer,
    annealing_sizes,
    basic_footer,
    basic_row,
    nothing,
    optimizer_row,
    optimizer_row_with_loss,
    root_of_squared_errors,
)

AT = {"x": 3.0, "y": 36.0}
SOME = st.floats(-100, 100)


def states(rule, b, a, *more):
    return {"b": rule.state(b, *more), "a": rule.state(a, *more)}


def row(make, rule, b=1.0, a=1.0, more=(), at=AT, **knobs):
    return make(RULES[rule], at, states(RULES[rule], b, a, *more), RULES[rule].knobs()._replace(**knobs))


def test_a_row_of_basic_by_hand():
    """At b = a = 1 and the point (3, 36): predicted 4, off by -32; the differences look ahead by 0.01."""
    values = row(basic_row, "sgd", lr=0.001).values
    assert list(values) == [
        "intercept", "slope", "y_pred", "err^2", "errb1", "est de/db", "erra1", "est de/da", "de/db", "de/da",
        "new a", "new b",
    ]  # fmt: skip
    assert (values["y_pred"], values["err^2"], values["de/db"], values["de/da"]) == (4.0, 1024.0, -64.0, -192.0)
    assert values["errb1"] == pytest.approx(31.99**2, rel=1e-14)
    assert values["erra1"] == pytest.approx(31.97**2, rel=1e-14)
    assert values["est de/db"] == pytest.approx(-63.99, rel=1e-9), "off by h"
    assert values["est de/da"] == pytest.approx(-191.91, rel=1e-9), "off by h*x^2"
    assert values["new b"] == pytest.approx(1.064, rel=1e-15) and values["new a"] == pytest.approx(1.192, rel=1e-15)


@given(SOME, SOME, SOME, SOME)
def test_both_gradients_are_torchs(b, a, x, y):
    """To a relative 1e-12 of the greatest term: prediction and target may nearly cancel."""
    weights = torch.tensor([b, a], dtype=torch.float64, requires_grad=True)
    ((weights[0] + weights[1] * x - y) ** 2).backward()
    size = 2 * (abs(b) + abs(a * x) + abs(y)) * max(1, abs(x))
    for make in (basic_row, optimizer_row):
        values = row(make, "sgd", b, a, at={"x": x, "y": y}).values
        assert [values["de/db"], values["de/da"]] == pytest.approx(weights.grad.tolist(), abs=1e-12 * size)


def test_an_optimizers_row_ends_with_its_state_and_hands_it_on():
    made = row(optimizer_row, "course_adam", more=(2.0, 9.0), lr=0.1, beta1=0.5, beta2=0.75)
    assert list(made.values) == [
        "b", "a", "pred", "de/db", "de/da", "new b", "new a", "m b", "m a", "v b", "v a"
    ]  # fmt: skip
    m, v = 0.5 * 2.0 + 0.5 * -64, 0.75 * 9 + 0.25 * 64**2
    assert (made.values["m b"], made.values["v b"]) == (m, v) == made.states["b"][1:]
    assert made.values["new b"] == made.states["b"].w == 1.0 - m * 0.1 / math.sqrt(v)
    assert made.values["m a"] == 0.5 * 2.0 + 0.5 * -192


def test_momentums_row_has_the_squared_error_too():
    made = row(optimizer_row_with_loss, "course_momentum", more=(0.0,))
    assert list(made.values)[-1] == "err^2" and made.values["err^2"] == 1024.0


def test_what_stands_below_basic():
    columns = {"err^2": [9.0, 16.0], "de/db": [3.0, 4.0], "de/da": [5.0, 12.0]}
    assert basic_footer(columns) == {"rmse": 5.0, "gradient size b": 5.0, "gradient size a": 13.0}
    assert root_of_squared_errors(columns) == {"rmse": 5.0}


def test_adam_ann_divides_the_sizes_by_the_count():
    """The course's: not the root of the mean."""
    found = annealing_footer({"de/db": [3.0, 4.0], "de/da": [5.0, 12.0]})
    assert found == {"gradient size b": 2.5, "gradient size a": 6.5}


def test_what_adam_ann_anneals_by():
    seeds = {"m b": 1.0, "m a": 2.0, "v b": 4.0, "v a": 9.0, "prev_grad2": 2.0}
    start = {"m b": 1.0, "m a": 4.0, "v b": 8.0, "v a": 16.0}
    assert annealing_sizes(seeds, start) == {"avg_grad2": 5.0, "1/m a": 0.25, "1/v b": 0.125, "gradrat": 2.5}


def test_nothing_is_nothing():
    assert nothing() == nothing({"a": 1}, {}) == {}
