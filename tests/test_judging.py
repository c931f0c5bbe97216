"""How far answers are from the file's values, and what that comes to for each column."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.engines import NO_ANSWER
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.judging import TOLERANCE, Judged, distance, gap, tallies, unequal
from xlsgd.verifying.rounded import Rounded

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def formulas(*values, column=2, first=1):
    """Formula cells below each other."""
    cells = Formulas()
    for row, value in enumerate(values, start=first):
        cells.add(row, column, value)
    return cells


@pytest.mark.parametrize(
    ("cached", "answer", "ulp", "relative"),
    [
        (1.0, 2.0, 2.0**52, 0.5),
        (-1.0, 1.0, 2.0**53, 2.0),
        (1.0, 1.0 + 2.0**-52, 1.0, 2.0**-52),
        (0.0, 5e-324, 1.0, 1.0),
        (1.0, 2, 2.0**52, 0.5),
        (1.0, "1", float("inf"), float("inf")),
        ("1", 1.0, float("inf"), float("inf")),
        (None, 1.0, float("inf"), float("inf")),
        (1.0, None, float("inf"), float("inf")),
        (1.0, True, float("inf"), float("inf")),
        (ExcelError("#NUM!"), 1.0, float("inf"), float("inf")),
    ],
)
def test_distance(cached, answer, ulp, relative):
    assert distance(cached, answer) == pytest.approx((ulp, relative))


@given(FINITE, FINITE)
def test_a_gap_is_near_within_the_tolerance_of_the_greater(cached, answer):
    found = gap(cached, answer)
    if cached == answer:
        assert found is None
    else:
        assert found[2] is (abs(cached - answer) <= TOLERANCE * max(abs(cached), abs(answer)) or found[1] <= TOLERANCE)
        assert found[2] is gap(answer, cached)[2]


@given(FINITE, st.integers(1, 2**10))
def test_an_ulp_is_the_step_to_the_next_float(cached, steps):
    answer = cached
    for _ in range(min(steps, 3)):
        answer = math.nextafter(answer, math.inf)
    if math.isfinite(answer) and math.ulp(answer) == math.ulp(cached) and cached > 0:
        assert distance(cached, answer)[0] == min(steps, 3)


def test_a_truth_value_is_no_number_and_a_text_no_error():
    assert gap(1.0, True)[2] is False and gap(True, True) is None
    assert gap("a", "a") is None and gap("a", "b") == (math.inf, math.inf, False)
    assert gap(ExcelError("#NUM!"), ExcelError("#NUM!")) is None
    assert gap(ExcelError("#NUM!"), ExcelError("#N/A"))[2] is False
    assert gap(1.0, math.inf) == gap(1.0, math.nan) == (math.inf, math.inf, False)


def test_an_answer_with_slack_excuses_what_lies_within():
    assert gap(1.0, Rounded(1.001, 0.01))[2] and not gap(1.0, Rounded(1.001, 0.0001))[2]


def test_cells_without_an_answer_and_equal_ones_are_not_unequal():
    sheets = {"S": formulas(1.0, 2.0, 3.0, 4.0), "T": formulas(5.0)}
    found = list(unequal(sheets, {"S": [1.0, NO_ANSWER, 3.5, 4.0], "T": [5.0]}))
    assert [(cell.sheet, cell.at) for cell in found] == [("S", 2)]
    assert found[0][2:] == (*distance(3.0, 3.5), False)


def test_a_sheet_of_truths_beside_ones_is_looked_at():
    """`[1.0] == [True]` in Python."""
    assert len(list(unequal({"S": formulas(1.0)}, {"S": [True]}))) == 1


def tally(values, answers, known=(), unable=(), from_file=()):
    sheets = {"S": formulas(*values)}
    given = {"S": answers}
    judged = Judged(set(known), set(unable), set(from_file))
    return tallies(sheets, given, list(unequal(sheets, given)), judged)["S", "B"]


def test_a_columns_tally():
    found = tally([1.0, 1.0, 1.0, 4.0], [1.0, 1.0 + 2**-52, NO_ANSWER, 5.0])
    assert (found.formulas, found.answered, found.equal) == (4, 3, 1)
    assert (found.worst, found.worst_at, found.worst_ulp) == (0.2, "S!B4", 2.0**50)
    assert (found.magnified, found.from_file) == (0, 0)


def test_what_is_known_to_differ_is_answered_but_never_the_worst():
    found = tally([1.0, 1.0], [2.0, 1.0 + 2**-52], known=[("S", 1, 2)])
    assert (found.answered, found.equal, found.worst, found.worst_at) == (2, 0, 2.0**-52 / (1 + 2**-52), "S!B2")


def test_what_could_not_be_computed_is_no_answer():
    found = tally([1.0, 1.0], ["#NAME?", 1.0], unable=[("S", 1, 2)])
    assert (found.formulas, found.answered, found.equal, found.worst) == (2, 1, 1, 0.0)


def test_what_only_rounding_excuses_and_what_agrees_from_the_file_are_counted():
    found = tally([1.0, 1.0], [Rounded(1.001, 0.01), 1.0], from_file=[("S", 2, 2)])
    assert (found.magnified, found.from_file, found.equal) == (1, 1, 1)
    assert tally([1.0], [1.0 + 2**-52]).magnified == 0, "within the tolerance nothing is to be excused"


def test_columns_are_in_order_and_by_sheet():
    sheets = {"T": formulas(1.0, column=28), "S": formulas(1.0)}
    sheets["T"].add(1, 3, 2.0)
    answers = {"T": [1.0, 2.0], "S": [1.0]}
    found = tallies(sheets, answers, [], Judged(set(), set(), set()))
    assert list(found) == [("T", "C"), ("T", "AB"), ("S", "B")]
