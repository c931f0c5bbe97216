"""The assertions for other people's test suites: they hold of right files, and list what is wrong in wrong ones."""

import openpyxl
import pytest

import xlsgd
from xlsgd.errors import InputError
from xlsgd.testing import assert_mirrors, assert_verified, sheet_values


@pytest.fixture
def book(tmp_path):
    """Written by openpyxl, recalculated by nobody yet."""
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    for row in ["x", "twice"], [1, "=A2*2"], [2, "=A3*2"]:
        book.active.append(row)
    book.save(path)
    return path


@pytest.fixture
def wrong(tmp_path):
    """A workbook of which one value is wrong: 2 * 2 is not 5."""
    import xlsxwriter

    path = tmp_path / "wrong.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("sums")
        sheet.write_row("A1", [1, 2])
        sheet.write_formula("A2", "=A1*2", None, 2)
        sheet.write_formula("B2", "=B1*2", None, 5)
    return path


def test_a_verified_workbook_gives_its_report(entropy_example):
    report = assert_verified(entropy_example, engines="ironcalc", oracles=["torch"])
    assert report.formulas == 113 and len(report.verdicts) == 2


def test_the_cells_that_differ_are_listed_with_formula_and_both_values(wrong):
    with pytest.raises(AssertionError) as caught:
        assert_verified(wrong)
    head, line = str(caught.value).splitlines()
    assert head == f"{wrong}: 1 cells differ"
    assert line.startswith("  sums!B2  =B1*2  file 5.0, IronCalc") and line.endswith(" 4.0")


def test_what_was_not_verified_is_no_proof(book, tmp_path):
    with pytest.raises(AssertionError, match="holds 2 formulas without a value, so nothing was verified"):
        assert_verified(book)
    empty = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(empty)
    with pytest.raises(AssertionError, match="holds no formulas"):
        assert_verified(empty)


def test_a_cell_that_nobody_can_compute_is_named(tmp_path):
    import xlsxwriter

    path = tmp_path / "unknown.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("one").write_formula("A1", "=NOSUCHFUNCTION(1)", None, 1)
    with pytest.raises(AssertionError, match=r"no source could compute 1 cells\n  one!A1"):
        assert_verified(path)


def test_a_copy_that_lacks_something_is_told_from_one_that_is_whole(wrong, tmp_path):
    assert_mirrors(wrong, wrong)
    changed = tmp_path / "changed.xlsx"
    book = openpyxl.load_workbook(wrong)
    book["sums"]["A1"] = 7
    book.save(changed)
    with pytest.raises(AssertionError) as caught:
        assert_mirrors(wrong, changed)
    assert "sums!A1  constant  original 1.0, copy 7.0" in str(caught.value)


def test_only_some_differences_are_listed(tmp_path):
    import xlsxwriter

    path = tmp_path / "many.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("one")
        for row in range(30):
            sheet.write_formula(row, 0, f"={row}+1", None, -1)
    with pytest.raises(AssertionError) as caught:
        assert_verified(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 22 and lines[-1] == "  ... and 10 more"


def test_a_sheets_values_are_a_frame(wrong):
    frame = sheet_values(wrong, "sums")
    assert frame.loc[1].tolist() == [1, 2] and frame.loc[2].tolist() == [2, 5]
    assert list(frame.columns) == ["A", "B"] and frame.index.name == "row"


def test_headings_name_the_columns(tmp_path):
    path = xlsgd.build("basic", tmp_path / "basic.xlsx")
    rows = sheet_values(str(path), "basic", headings=3)
    assert rows.loc[4, "x"] == 14 and rows.loc[4, "y"] == 58


def test_a_sheet_that_there_is_not(wrong):
    with pytest.raises(InputError, match="no sheet 'summs': did you mean 'sums'"):
        sheet_values(wrong, "summs")
