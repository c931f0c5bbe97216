"""Simplified expressions: the same value to the bit, but for the sign of a zero, and nothing idle left in them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.functions import if_above, sqrt
from xlsgd.symbols.expression import Expression, as_expression, in_order, symbol
from xlsgd.symbols.operations import evaluate
from xlsgd.symbols.simplify import left_to_right, simplified

X, Y, Z = map(symbol, "xyz")
NUMBER = as_expression
NEGATIVE = -X


@pytest.mark.parametrize(
    ("written", "short"),
    [
        (0 + X, X), (X + 0, X), (-0.0 + X, X), (X - 0, X), (0 - X, -X), (X + -Y, X - Y), (-X + Y, Y - X),
        (-X - Y, -(X + Y)),
        (X - -Y, X + Y), (1 * X, X), (X * 1, X), (0 * X, NUMBER(0)), (X * -0.0, NUMBER(0)), (-1 * X, -X),
        (X * -1, -X), (X / 1, X), (0 / X, NUMBER(0)), (X**1, X), (X**0, NUMBER(1)), (-NEGATIVE, X), (-(X - Y), Y - X),
        (-(2 * (X - Y)), 2 * (Y - X)), ((-X) * Y, -(X * Y)), (X * -Y, -(X * Y)), ((-X) / Y, -(X / Y)),
        (NUMBER(2) * 3 + X, 6 + X), (-NUMBER(2) * X, -2 * X), (NUMBER(2) - 2 + X, X), (-(NUMBER(1) - 1), NUMBER(0)),
        (if_above(X, 0, Y, Y), Y), (if_above(X, 0, 0 + Y, 1 * Z), if_above(X, 0, Y, Z)), (sqrt(1 * X), sqrt(X)),
        (X + Y, X + Y), (X - Y, X - Y), (X / Y, X / Y), (2 * X, 2 * X), (X**2, X**2),
    ],
)  # fmt: skip
def test_what_is_left_of_each_operation(written, short):
    assert simplified(written) is short


def test_known_parts_stay_as_they_are():
    part = 1 * X
    assert simplified(part + 0, {part}) is part


def operation(children):
    pairs = st.tuples(st.sampled_from(["add", "subtract", "multiply", "divide"]), children, children)
    return st.one_of(
        pairs.map(lambda parts: Expression(*parts)),
        children.map(lambda part: -part),
        children.map(lambda part: part**2),
        st.tuples(children, children, children).map(lambda parts: if_above(parts[0], 0, *parts[1:])),
    )


leaves = st.one_of(st.sampled_from([X, Y, Z]), st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, -0.5]).map(as_expression))
expressions = st.recursive(leaves, operation, max_leaves=25)
finite = st.floats(-1e3, 1e3)


def bits(number):
    """A number's bits; both zeros are one."""
    return struct.pack("d", number + 0.0)


def value(expression, numbers):
    """An expression's value, or nothing where it has none."""
    try:
        found = evaluate(expression, numbers)
    except (ZeroDivisionError, OverflowError):
        return None
    return found if abs(found) < 1e300 else None


@given(expressions, finite, finite, finite)
def test_a_simplified_expression_has_the_same_value_to_the_bit(expression, x, y, z):
    """Wherever it has one: `0/x` at 0 is an error that goes."""
    numbers = {X: x, Y: y, Z: z}
    known = value(expression, numbers)
    if known is not None:
        assert bits(evaluate(simplified(expression), numbers)) == bits(known)


@given(expressions)
def test_a_simplified_expression_is_simple(expression):
    once = simplified(expression)
    assert simplified(once) is once


@pytest.mark.parametrize(
    ("written", "ordered"),
    [
        (X + (Y + Z), X + Y + Z),
        (X + (Y - Z), X + Y - Z),
        (X + (Y + (Z + X)), X + Y + Z + X),
        ((X + Y) + (Z + X), X + Y + Z + X),
        (X - (Y + Z), X - (Y + Z)),
        (2 * (X + (Y + Z)), 2 * (X + Y + Z)),
        (X + Y * (Z + X), X + Y * (Z + X)),
    ],
)
def test_sums_are_taken_from_left_to_right(written, ordered):
    assert left_to_right([written], [])[written] is ordered


def test_a_sum_in_a_cell_of_its_own_is_not_opened():
    part = Y + Z
    assert left_to_right([X + part], {part})[X + part] is X + part


whole = st.integers(-1000, 1000).map(float)
sums = st.recursive(
    st.sampled_from([X, Y, Z]),
    lambda parts: st.tuples(st.sampled_from(["add", "subtract"]), parts, parts).map(lambda drawn: Expression(*drawn)),
    max_leaves=25,
)


@given(sums, whole, whole, whole)
def test_a_sum_from_left_to_right_is_the_sum(expression, x, y, z):
    """Of whole numbers, where nothing is rounded; and no sum is added in parentheses."""
    ordered, numbers = left_to_right([expression], [])[expression], {X: x, Y: y, Z: z}
    assert evaluate(ordered, numbers) == evaluate(expression, numbers)
    added = [part.args[1].op for part in in_order([ordered]) if part.op == "add"]
    assert {"add", "subtract"}.isdisjoint(added)
