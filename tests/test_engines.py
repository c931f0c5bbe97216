"""What any engine may be unable to compute, and how its answers are read."""

import pytest

from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.engines import INABILITIES, are_numbers, as_value, cannot, gives_up, refers_to_itself
from xlsgd.verifying.report import Disagreement


def cell(formula, answer, row=5, column=2):
    return Disagreement("S", row, column, formula, 1.0, answer)


def inability(formula, answer):
    return next((each.name for each in INABILITIES if each.starts(cell(formula, answer))), "")


@pytest.mark.parametrize("value", ["#NUM!", "#DIV/0!", "#N/A", "#NAME?", "#CIRC!"])
def test_an_errors_text_is_an_error(value):
    assert type(as_value(value)) is ExcelError and as_value(value) == value


@pytest.mark.parametrize("value", ["#", "#1", "# a note", "N/A", "", 1.0, True, None])
def test_anything_else_is_as_it_is(value):
    assert as_value(value) is value


def test_truth_values_are_no_numbers():
    assert are_numbers(1, 2.5) and are_numbers()
    assert not are_numbers(1.0, True) and not are_numbers("1") and not are_numbers(None)


@pytest.mark.parametrize("answer", ["#NAME?", "#N/IMPL!", "#ERROR!", "#CIRC!", "Err:508"])
def test_what_an_engine_says_that_does_not_know(answer):
    assert gives_up(cell("=A1", answer))


@pytest.mark.parametrize("answer", ["#NUM!", "#N/A", "error", 1.0, None])
def test_what_is_an_answer(answer):
    assert not gives_up(cell("=A1", answer))


@pytest.mark.parametrize(
    ("formula", "itself"),
    [
        ("=B5+1", True), ("=SUM(A1:C9)", True), ("=S!B5", True), ("=s!$B$5", True), ("=SUM(B:B)", True),
        ("=B4+1", False), ("=T!B5", False), ("=SUM(A1:A9)", False), ('="B5"', False),
    ],
)  # fmt: skip
def test_a_formula_that_refers_to_its_own_cell(formula, itself):
    assert refers_to_itself(cell(formula, 1.0)) is itself


@pytest.mark.parametrize(
    ("formula", "answer", "begins"),
    [
        ("=GETPIVOTDATA(A1)", 5.0, "GETPIVOTDATA"),
        ("=B5+1", 5.0, "a reference in a circle"),
        ("=A1", "Err:523", "a reference in a circle"),
        ("=SUM(Table1[x])", "#NAME?", "a structured reference"),
        ("=SUM(A1:Z1)+[1]Sheet1!A1", "#NAME?", "a structured reference"),
        ("=SUM('Jan:Dec'!A1)", "#NAME?", "a reference to several sheets"),
        ("=NOSUCH(A1)", "#NAME?", "a function or a name"),
        ("=SUM(Table1[x])", 5.0, ""),
        ("=A1", "#NUM!", ""),
    ],
)
def test_the_first_inability_that_fits_names_it(formula, answer, begins):
    name = inability(formula, answer)
    assert name.startswith(begins) and bool(name) is bool(begins)


def test_what_cannot_be_computed_is_recalculated_from_the_files_values():
    made = cannot("x", lambda d: True)
    assert made.pinned and made.unable and not made.carries("#NUM!", "#NUM!")
    assert all(each.unable for each in INABILITIES)
