"""Differing cells with all that a report says of them."""

import pytest
import xlsxwriter

from xlsgd.verifying.differing import differing
from xlsgd.verifying.engines import NO_ANSWER
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.judging import unequal
from xlsgd.verifying.quirks import NO_NAMES


@pytest.fixture
def told(tmp_path):
    """Return what tells of a sheet's formulas, each with the file's value and the answer of `mine`."""

    def made(*formulas, names=NO_NAMES, others=None):
        path, cells = tmp_path / "a.xlsx", Formulas()
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("S")
            for row, value in enumerate([3.0, 3.0, None], start=1):
                sheet.write(f"B{row}", value)
            for row, (formula, value, _) in enumerate(formulas, start=1):
                sheet.write_formula(f"A{row}", formula, None, value)
                cells.add(row, 1, value)
        answers = {"mine": {"S": [answer for _, _, answer in formulas]}}
        answers |= {name: {"S": given} for name, given in (others or {}).items()}
        far = list(unequal({"S": cells}, answers["mine"]))
        return differing(path, "mine", far, {"S": cells}, answers, names)

    return made


def test_only_what_is_far_with_its_formula_and_every_answer(told):
    (found,) = told(("=1+1", 2.0, 2.0), ("=1+2", 3.0, 4.0), others={"other": [2.0, 5.0]})
    assert found.address == "S!A2" and (found.formula, found.cached, found.answer) == ("=1+2", 3.0, 4.0)
    assert found.others == {"other": 5.0} and found.inputs == []


def test_an_answer_that_is_an_error_is_known_as_one(told):
    (found,) = told(("=1/0", 3.0, "#DIV/0!"), others={"other": [NO_ANSWER]})
    assert type(found.answer).__name__ == "ExcelError" and found.others["other"] is NO_ANSWER


def test_of_a_zero_that_stands_alone_the_inputs_are_told(told):
    """LibreOffice takes a nearly cancelled difference for 0: whether it is one shows in what it is made of."""
    (found,) = told(("=B1-B2", 1e-16, 0.0))
    assert sorted(found.inputs) == [3.0, 3.0]
    (found,) = told(("=B1-B2", 1e-16, 1e-17))
    assert found.inputs == []


def test_of_pairs_the_empty_cells_are_told(told):
    (found,) = told(("=SUMXMY2(B1:B3,B1:B3)", 5.0, 9.0))
    assert None in found.inputs and 3.0 in found.inputs


def test_inputs_behind_a_name_are_told(told):
    (found,) = told(("=size*0", 1e-16, 0.0), names={("", "SIZE"): "S!$B$1"})
    assert found.inputs == [3.0]
