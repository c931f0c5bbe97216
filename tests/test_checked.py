"""A spreadsheet's numbers: the error values of single operations, as Microsoft describes them."""

import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.functions import exp, log, log10, sqrt
from xlsgd.symbols.checked import DIV0, NUM, Checked, ExcelError, plain

finite = st.floats(allow_nan=False, allow_infinity=False)
OPERATIONS = [operator.add, operator.sub, operator.mul, operator.truediv]


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (Checked(1.0) / 0, DIV0),
        (1 / Checked(0.0), DIV0),
        (Checked(0.0) / 0, DIV0),
        (Checked(0.0) ** -1, DIV0),
        (Checked(0.0) ** 0, NUM),
        (Checked(1e308) * 10, NUM),
        (Checked(1e308) + 1e308, NUM),
        (Checked(-1e308) - 1e308, NUM),
        (Checked(1e-308) / 1e308, 0.0),
        (1e308 / Checked(1e-308), NUM),
        (Checked(1e200) ** 2, NUM),
        (10 ** Checked(309.0), NUM),
        (Checked(-8.0) ** 0.5, NUM),
        (Checked(-2.0) ** 3, -8.0),
        (sqrt(Checked(-1.0)), NUM),
        (exp(Checked(710.0)), NUM),
        (exp(Checked(-710.0)), math.exp(-710.0)),
        (log(Checked(0.0)), NUM),
        (log10(Checked(-1.0)), NUM),
        (abs(Checked(-2.0)), 2.0),
        (-Checked(2.0), -2.0),
        (Checked(float("inf")), NUM),
        (Checked(float("nan")), NUM),
    ],
)
def test_one_operation(result, shown):
    assert plain(result) == shown
    assert type(plain(result)) is type(shown)


@given(finite, finite, st.sampled_from(OPERATIONS))
def test_floats_stay_floats_to_the_bit_and_nothing_is_infinite(a, b, operation):
    """Against Python's own operation; the order and the side of the checked operand make no difference."""
    try:
        expected = operation(a, b)
    except ZeroDivisionError:
        expected = DIV0
    if isinstance(expected, float) and not math.isfinite(expected):
        expected = NUM
    for left, right in [(Checked(a), b), (a, Checked(b)), (Checked(a), Checked(b))]:
        assert plain(operation(left, right)) == expected


@pytest.mark.parametrize("operation", [*OPERATIONS, operator.pow])
def test_an_error_is_the_result_the_left_ones_first(operation):
    num, div = Checked(NUM), Checked(DIV0)
    assert plain(operation(num, 1.0)) == plain(operation(1.0, num)) == NUM
    assert plain(operation(num, div)) == NUM
    assert plain(operation(div, num)) == DIV0
    assert plain(operation(div, 0.0)) == DIV0


@pytest.mark.parametrize("operation", [operator.neg, abs, sqrt, exp, log, log10])
def test_a_function_of_an_error_is_the_error(operation):
    assert plain(operation(Checked(DIV0))) == DIV0


def test_the_left_errors_precedence_is_ironcalcs(engine):
    """The one thing here that another engine says too: which of two errors a formula shows."""
    sheet = engine()
    sheet.type("A1", "=1/0")
    sheet.type("A2", "=SQRT(-1)")
    errors = {"A1": Checked(DIV0), "A2": Checked(NUM)}
    formulas = {f"{a}{sign}{b}": (a, sign, b) for a in errors for b in errors for sign in "+-*/^"}
    for row, formula in enumerate(formulas, start=1):
        sheet.type(f"B{row}", f"={formula}")
    sheet.evaluate()
    signs = dict(zip("+-*/^", [*OPERATIONS, operator.pow], strict=True))
    for row, (a, sign, b) in enumerate(formulas.values(), start=1):
        assert sheet.get(f"B{row}") == plain(signs[sign](errors[a], errors[b]))


def test_plain_leaves_the_rest_alone():
    assert plain(2.5) == 2.5
    assert plain("text") == "text"
    assert isinstance(plain(Checked(NUM)), ExcelError)
