"""What a workbook holds beside its cells, against openpyxl's reading and what XlsxWriter was asked to write."""

import zipfile

import openpyxl
import pytest
import xlsxwriter

from xlsgd.errors import InputError
from xlsgd.reading.cells import read_cells
from xlsgd.reading.contents import Name, frozen_pane, read_book
from xlsgd.reading.package import open_package


def opened(path, read):
    with open_package(path) as archive:
        book = read_book(archive)
        return read(archive, book, next(iter(book.sheets.values())))


def test_number_formats_built_in_and_own(tmp_path):
    path = tmp_path / "a.xlsx"
    codes = ["General", "#,##0.00", "0.0000", "0%", "yyyy-mm-dd", '0.0" kg"']
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, code in enumerate(codes):
            sheet.write(row, 0, 1, book.add_format({"num_format": code}))
    with open_package(path) as archive:
        book = read_book(archive)
        ours = [book.format(cell.style) for cell in read_cells(archive, book.sheets["Sheet1"], book.strings)]
        assert book.format(999) == "General"
    assert ours == [cell.number_format for cell in openpyxl.load_workbook(path).active["A"]] == codes


def test_names_by_scope(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("basic").autofilter("A1:B2")
        book.add_worksheet("adam")
        book.define_name("adam!lastconst", "=adam!$C$32")
        book.define_name("Total", "=basic!$A$1+1")
    assert opened(path, lambda archive, book, part: book.names) == {
        ("adam", "LASTCONST"): Name("adam!$C$32", False, "lastconst"),
        ("", "TOTAL"): Name("basic!$A$1+1", False, "Total"),
        ("basic", "_XLNM._FILTERDATABASE"): Name("basic!$A$1:$B$2", True, "_xlnm._FilterDatabase"),
    }


@pytest.mark.parametrize("cell", ["A4", "D4", "C1"])
def test_a_frozen_pane_is_where_openpyxl_finds_it(tmp_path, cell):
    book = openpyxl.Workbook()
    book.active.freeze_panes = cell
    book.save(tmp_path / "a.xlsx")
    assert opened(tmp_path / "a.xlsx", lambda archive, _, part: frozen_pane(archive, part)) == cell


def test_a_frozen_pane_stays_where_it_is_when_the_sheet_is_scrolled(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().freeze_panes(3, 0, 20, 0)
    assert opened(tmp_path / "a.xlsx", lambda archive, _, part: frozen_pane(archive, part)) == "A4"


@pytest.mark.parametrize("split", [True, False])
def test_a_sheet_that_is_split_or_whole_has_no_frozen_pane(tmp_path, split):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        if split:
            sheet.split_panes(15, 0)
    assert opened(tmp_path / "a.xlsx", lambda archive, _, part: frozen_pane(archive, part)) == ""


@pytest.mark.parametrize("split", ["-3", "1e300", "inf", "nan", "x", "1048576"])
def test_a_frozen_pane_outside_the_sheet_is_damage(tmp_path, split):
    path, broken = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().freeze_panes(3, 0)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(broken, "w") as target:
        for name in archive.namelist():
            target.writestr(name, archive.read(name).replace(b'ySplit="3"', f'ySplit="{split}"'.encode()))
    with pytest.raises(InputError, match="damaged"):
        opened(broken, lambda archive, _, part: frozen_pane(archive, part))
