"""Expressions as operations: each once, in an order in which they can be done, the same number to the bit."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.functions import exp, total
from xlsgd.symbols.expression import NoFormula, as_operand, symbol, text
from xlsgd.symbols.operations import IN_A_ROW, Operation, Operations, evaluate, evaluate_all, evaluator, perform

X, Y, K = map(symbol, "xyk")
LEAVES = {X: "x", Y: "y", K: "k"}


def operations(*expressions, fixed=("k",)):
    made = Operations(LEAVES, fixed, IN_A_ROW)
    return made, made.names(expressions)


def test_what_is_asked_for_twice_is_computed_once():
    made, (one, other) = operations(X * Y + 1, X * Y - 1)
    assert made.inside == [
        Operation("t0", "multiply", ("x", "y")),
        Operation("t1", "add", ("t0", "1.0")),
        Operation("t2", "subtract", ("t0", "1.0")),
    ]
    assert (one, other) == ("t1", "t2")


@pytest.mark.parametrize(("make", "alike"), [
    (lambda a, b: a + b, True), (lambda a, b: a * b, True), (lambda a, b: a - b, False), (lambda a, b: a / b, False),
    (lambda a, b: a**b, False),
])  # fmt: skip
def test_the_other_way_round_is_the_same_float_only_of_sums_and_products(make, alike):
    _, (one, other) = operations(make(X, Y), make(Y, X))
    assert (one == other) is alike


def test_what_follows_from_the_knobs_alone_is_done_before_the_rows():
    made, _ = operations(X * (1 - K) ** 2)
    assert [each.op for each in made.before] == ["subtract", "power"]
    assert [each.op for each in made.inside] == ["multiply"]
    made, _ = operations(X * (1 - K), fixed=())
    assert made.before == [] and len(made.inside) == 2


def test_a_negative_number_stands_in_parentheses():
    """`-1 ** x` would be -(1 ** x) in Python."""
    made, _ = operations((-1.0) ** X, X - -0.0)
    assert made.inside[0].operands == ("(-1.0)", "x")
    assert made.numbers == {"(-1.0)": -1.0, "(-0.0)": -0.0}


def test_leaves_and_numbers_need_no_operation():
    made, names = operations(X, 0 * K + 2)
    assert names[0] == "x" and made.inside == [] and len(made.before) == 2


def test_what_takes_a_column_has_no_place_in_a_row():
    with pytest.raises(NoFormula, match="range cannot be computed within a row"):
        operations(total([X, Y]))
    with pytest.raises(NoFormula, match="total cannot be computed within a row"):
        operations(total(symbol("x")))


leaves = st.sampled_from([X, Y, K]) | st.floats(-3, 3).map(lambda number: number * (X * 0 + 1))
trees = st.recursive(
    leaves,
    lambda inner: st.tuples(st.sampled_from("+-*"), inner, inner).map(
        lambda parts: {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}[parts[0]](*parts[1:])
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(st.lists(trees, min_size=1, max_size=3), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_done_one_by_one_the_numbers_are_the_evaluated_ones_to_the_bit(expressions, x, y, k):
    made, names = operations(*expressions)
    values = {"x": x, "y": y, "k": k, **made.numbers}
    perform(made.before, values)
    perform(made.inside, values)
    assert [values[name] for name in names] == evaluate_all(expressions, {X: x, Y: y, K: k})


@settings(max_examples=40)
@given(trees, st.lists(st.tuples(*[st.floats(-2, 2)] * 3), min_size=1, max_size=5))
def test_prepared_once_the_numbers_are_the_evaluated_ones_to_the_bit(expression, rows):
    prepared = evaluator([expression], [X, Y, K])
    assert [prepared(row) for row in rows] == [
        evaluate_all([expression], dict(zip((X, Y, K), row, strict=True))) for row in rows
    ]


def test_of_a_value_that_is_known_twice_the_last_counts():
    assert evaluator([X + 1], [X, X])([1.0, 2.0]) == [3.0]


def test_values_may_be_of_any_kind():
    found = evaluate(exp(X) * 2, {X: np.array([0.0, 1.0])})
    assert found.tolist() == [2.0, 2 * math.exp(1)]
    assert evaluate(total([X, Y]), {as_operand([X, Y]): [1.0, 2.0]}) == 3.0
    assert evaluate(text("a"), {}) == "a"


def test_literals_are_made_of_the_wanted_kind():
    assert evaluate(X + 2, {X: np.float32(1)}, np.float32).dtype == np.float32


def test_known_parts_are_not_opened():
    assert evaluate((X + Y) * 2, {X + Y: 5.0}) == 10.0
