"""Expressions: one object for a structure, what they are made of, and what no formula can say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.functions import total
from xlsgd.symbols.cells import at
from xlsgd.symbols.checked import DIV0, NOT_AVAILABLE
from xlsgd.symbols.expression import (
    Expression,
    NoFormula,
    as_expression,
    as_operand,
    contains,
    defined_name,
    in_order,
    operands_of,
    placed,
    replaced,
    symbol,
    text,
)
from xlsgd.symbols.operations import evaluate

p, q, r = map(symbol, "pqr")


def test_cells_are_equal_by_structure():
    assert p + q == symbol("p") + symbol("q")
    assert hash(p * 2) == hash(symbol("p") * 2.0)
    assert p + q != q + p
    assert p - 1 != p + -1
    assert (p + q) + r != p + (q + r)
    assert p != as_expression(1) and p != defined_name("p") and p != text("p")
    assert p != "p"


@given(st.sampled_from("+-*/^"), st.floats(-9, 9), st.booleans())
def test_an_operator_with_a_number_on_either_side_keeps_the_order_of_its_operands(sign, x, left):
    operate = {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
        "/": lambda a, b: a / b, "^": lambda a, b: a**b,
    }[sign]  # fmt: skip
    made = operate(x, p) if left else operate(p, x)
    assert operands_of(made) == ((as_expression(x), p) if left else (p, as_expression(x)))
    if x > 0:
        assert evaluate(made, {p: 2.0}) == (operate(x, 2.0) if left else operate(2.0, x))


def test_two_zeros_are_two_literals():
    """1/0 and 1/-0 are not the same float."""
    assert as_expression(0.0) is as_expression(0) and as_expression(0.0) is not as_expression(-0.0)


def test_an_expression_that_nobody_holds_is_forgotten():
    before = len(Expression._all)
    made = [symbol("only here") + number for number in range(100)]
    assert len(Expression._all) > before + 100
    del made
    assert len(Expression._all) <= before


def test_what_has_a_place_in_a_formula():
    assert as_expression(p) is p
    assert as_expression(2) is as_expression(2.0) and as_expression(2).args == (2.0,)
    assert as_expression(NOT_AVAILABLE) is Expression("not_available")
    assert as_operand([p, q, r]) is as_operand((p, r)) is Expression("range", p, r)
    for value in (DIV0, "1", True, None, [p]):
        with pytest.raises(NoFormula, match=f"{type(value).__name__} .* has no place in a formula"):
            as_expression(value)


def test_what_an_expression_is_made_of():
    assert operands_of(p - q * 2) == (p, q * 2)
    assert operands_of(at("A1")) == operands_of(p) == operands_of(text("p")) == operands_of(as_expression(1)) == ()
    assert operands_of(Expression("named", p, "h")) == (p,)


def test_each_part_comes_once_and_behind_its_own_parts():
    both = p + q
    assert in_order([both * both, r, both]) == [p, q, both, both * both, r]
    assert in_order([both * r], known=[both]) == [both, r, both * r]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["add", "multiply"]), st.integers(0, 99), st.integers(0, 99)), max_size=20))
def test_any_order_is_one_in_which_the_parts_can_be_computed(steps):
    made = [p, q]
    for op, one, other in steps:
        made.append(Expression(op, made[one % len(made)], made[other % len(made)]))
    order = in_order(made)
    assert len(order) == len(set(order)) and set(made) == set(order)
    for place, part in enumerate(order):
        assert all(operand in order[:place] for operand in operands_of(part))


def test_a_chain_of_thousands_needs_no_recursion():
    chain = p
    for _ in range(5_000):
        chain = chain + q
    assert len(in_order([chain])) == 5_002
    assert evaluate(replaced(chain, {p: q}), {q: 1.0}) == 5_001


def test_whether_a_part_occurs():
    assert contains(p - q * 2, q * 2) and contains(p, p)
    assert not contains(p - q * 2, q * 3)


def test_replaced_parts_are_not_opened():
    """`p+q` stands for `q`: what stands in its place is not replaced again, and what it was made of is gone."""
    assert replaced((p + q) * q, {p + q: q, q: r}) is q * r
    assert replaced(total([p, q]), {q: r}) is total([p, r])
    assert replaced(p, {q: r}) is p


def test_a_placed_value_is_written_in_full_where_it_stands_and_by_its_place_elsewhere():
    places = {p + q: at("C1"), p: at("A1")}
    assert placed(p + q, places) is at("A1") + q
    assert placed((p + q) * 2, places) is at("C1") * 2
    assert placed(p, places) is at("A1"), "a leaf has nothing to be written in full"


def test_an_expression_shows_what_it_is():
    assert repr(p + 1) == "Expression(add, Expression(symbol, p), Expression(number, 1.0))"


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("true nor false", lambda: p if p else q),
        ("true nor false", lambda: p and q),
        ("true nor false", lambda: not p),
        ("<", lambda: p < q),
        (">", lambda: max(0, p)),
        ("<", lambda: min(p, q)),
        (">=", lambda: p >= 1),
        ("<=", lambda: q <= p),
        ("==", lambda: q if p == 0 else r),
        ("==", lambda: q if p != 0.5 else r),
    ],
)
def test_a_branch_on_a_cell_raises_and_says_so(name, branch):
    with pytest.raises(NoFormula) as caught:
        branch()
    assert f" {name} " in f" {caught.value}".replace(":", " ")


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("%", lambda: p % 2),
        ("//", lambda: p // 2),
        ("//", lambda: 7 // p),
        ("divmod", lambda: divmod(p, 2)),
        ("@", lambda: p @ q),
        ("@", lambda: np.ones(2).tolist() @ q),
        ("&", lambda: p & q),
        ("|", lambda: p | q),
        ("^", lambda: p ^ q),
        ("~", lambda: ~p),
        ("<<", lambda: p << q),
        (">>", lambda: p >> q),
        ("round", lambda: round(p)),
        ("floor", lambda: math.floor(p)),
        ("ceil", lambda: math.ceil(p)),
        ("trunc", lambda: math.trunc(p)),
        ("int", lambda: int(p)),
        ("float", lambda: math.sin(p)),
        ("iterated", lambda: sum(p)),
        ("str", lambda: p + "1"),
        ("bool", lambda: p * True),
        ("NoneType", lambda: p - None),
        ("ndarray", lambda: p * np.ones(3)),
        ("ndarray", lambda: np.ones(3) * p),
    ],
)
def test_an_operation_without_excel_form_raises_and_names_itself(name, operation):
    with pytest.raises(NoFormula) as caught:
        operation()
    assert name in str(caught.value).replace("(", " ").split()


def test_numpy_scalars_leave_the_operation_to_the_cell():
    assert np.float64(2.5) * p is 2.5 * p
    assert isinstance(p - np.float64(1), Expression)
