"""The rows of a workbook with a user's points, by whatever program it was written."""

import re
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter
from foreign_books import book as book_of
from foreign_books import package, parts_of, sheet_xml

from xlsgd.errors import InputError
from xlsgd.points.read import read_points
from xlsgd.points.source import Source
from xlsgd.points.workbook_rows import Uncalculated, workbook_records


def read_cells(folder, *rows):
    """Read a workbook of these rows, written by openpyxl."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "points.xlsx")
    return read_points(folder / "points.xlsx")


def refusal(function, *args):
    with pytest.raises(InputError) as caught:
        function(*args)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_first_sheet_of_a_workbook_is_read_and_formulas_by_their_values(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        first, second = book.add_worksheet("points"), book.add_worksheet("other")
        first.write_row(0, 0, ["x", "y"])
        first.write_number("A2", 5)
        first.write_formula("B2", "=2*A2+30", None, 40)
        second.write_row(0, 0, ["x", "y"])
    points = read_points(tmp_path / "a.xlsx")
    assert (list(points.x), list(points.y)) == ([5], [40])


@pytest.mark.parametrize("dimension", ["A1", "A1:B2", "A1:A3", "A1:B3", "A1:Z99"])
def test_a_workbook_whose_dimension_is_wrong(tmp_path, dimension):
    """Other programs leave such there; all rows must be read all the same, and none be lost in silence."""
    read_cells(tmp_path, ["x", "y"], [1, 2], [3, 4.5])
    true, wrong = b'<dimension ref="A1:B3"', f'<dimension ref="{dimension}"'.encode()
    with zipfile.ZipFile(tmp_path / "points.xlsx") as old, zipfile.ZipFile(tmp_path / "wrong.xlsx", "w") as new:
        assert true in old.read("xl/worksheets/sheet1.xml")
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(true, wrong))
    points = read_points(tmp_path / "wrong.xlsx")
    assert (list(points.x), list(points.y)) == ([1, 3], [2, 4.5])


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (b'<c r="B2"><f t="array" ref="B2">SUM(A2)</f></c>', "holds a formula without a value"),
        (b'<c r="B2"><f>SUM(A2)</f><v></v></c>', "holds a formula without a value"),
        (b'<c r="B2" t="str"><f>""</f><v></v></c>', "is blank"),  # an empty text is a value: to save again is no help
    ],
)
def test_formulas_as_other_programs_leave_them(tmp_path, cell, says):
    read_cells(tmp_path, ["x", "y"], [1, 2])
    with zipfile.ZipFile(tmp_path / "points.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<c r="B2".*?</c>', cell, old.read(name)))
    assert f"row 2: column y {says}" in refusal(read_points, tmp_path / "a.xlsx")


def test_rows_are_numbered_as_in_the_file(tmp_path):
    book = openpyxl.Workbook()
    for row in ([], ["x", "y"], [1, 2], [], [3, None, 4]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = list(workbook_records(Source(tmp_path / "a.xlsx", "a.xlsx")))
    assert found == [(1, {}), (2, {0: "x", 1: "y"}), (3, {0: 1, 1: 2}), (4, {}), (5, {0: 3, 2: 4})]


def test_formulas_without_a_value_by_their_column(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["x", "=1+1", "y", "=2+2"])
    book.save(tmp_path / "a.xlsx")
    ((_, cells),) = workbook_records(Source(tmp_path / "a.xlsx", "a.xlsx"))
    assert {at: str(cell) for at, cell in cells.items() if isinstance(cell, Uncalculated)} == {1: "=1+1", 3: "=2+2"}


def test_a_damaged_workbook_is_one_line(tmp_path):
    read_cells(tmp_path, ["x", "y"], [1, 2])
    with zipfile.ZipFile(tmp_path / "points.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if name.endswith("sheet1.xml") else data)
    assert "is damaged (unclosed token" in refusal(read_points, tmp_path / "a.xlsx")


def workbook_of_two(path, state):
    """Write a workbook whose first sheet, in some state, and whose second one hold points."""
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("May")
    first.title, first.sheet_state = "April", state
    for sheet, x in ((first, 1), (second, 2)):
        for row in (["Measured outside"], [], ["x", "y"], [x, 5]):
            sheet.append(row)
    book.active = 1
    book.save(path)
    return path


def test_a_worksheet_by_its_name_and_a_hidden_first_one(tmp_path):
    path = workbook_of_two(tmp_path / "a.xlsx", "visible")
    assert list(read_points(path).x) == [1]
    assert list(read_points(path, worksheet="May").x) == [2]
    assert "no worksheet 'may': did you mean 'May'?" in refusal(lambda: read_points(path, worksheet="may"))
    path = workbook_of_two(tmp_path / "b.xlsx", "hidden")
    assert "its first worksheet, 'April', is hidden; give `worksheet`, of 'April', 'May'" in refusal(read_points, path)
    assert list(read_points(path, worksheet="April").x) == [1]


HEADER = '<c r="A1" t="str"><v>x</v></c><c r="B1" t="str"><v>y</v></c>'

FORMULAS = {
    "a shared formula that cannot be parsed": (
        '<f t="shared" ref="A2:A3" si="0">1+"</f>',
        '<f t="shared" si="0"/>',
    ),
    "a shared formula of nobody": ('<f t="shared" si="7"/>', '<f t="shared" si="8"/>'),
    "a data table": ('<f t="dataTable" ref="A2:A3" dt2D="1" dtr="1" r1="C1" r2="D1"/>', ""),
    "a data table that says nothing": ('<f t="dataTable"/>', '<f t="dataTable" ref="?"/>'),
    "an array over nothing": ('<f t="array" ref="#REF!">"</f>', '<f t="array"/>'),
    "a kind that there is not": ('<f t="lambda">=</f>', "<f>((((</f>"),
    "a formula that no cell could hold": (f"<f>{'(' * 20_000}</f>", f"<f>{'1+' * 100_000}1</f>"),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_values_are_read_whatever_the_formulas_are(tmp_path, name):
    first, second = FORMULAS[name]
    rows = [HEADER, f'<c r="A2">{first}<v>14</v></c><c r="B2"><v>58</v></c>', f'<c r="A3">{second}<v>86</v></c>']
    rows[2] += '<c r="B3"><v>202</v></c>'
    points = read_points(book_of(tmp_path / "a.xlsx", rows))
    assert (list(points.x), list(points.y)) == ([14, 86], [58, 202])
    with pytest.raises(InputError, match="row 4: column x is blank; give a number"):
        read_points(book_of(tmp_path / "a.xlsx", [*rows, '<c r="B4"><v>1</v></c>']))


def test_a_shared_formula_without_a_value_is_one_without_a_value(tmp_path):
    row = '<c r="A2"><f t="shared" si="3"/></c><c r="B2"><v>1</v></c>'
    with pytest.raises(InputError, match=r"a\.xlsx: row 2: column x holds a formula without a value"):
        read_points(book_of(tmp_path / "a.xlsx", [HEADER, row]))


STYLES = (
    '<numFmts count="1"><numFmt numFmtId="200" formatCode="[h]:mm"/></numFmts><cellXfs count="3">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/></cellXfs>'
)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('<c r="A2" s="1"><v>43831</v></c>', "a date, 2020-01-01 00:00:00"),
        ('<c r="A2" s="1"><v>0.5</v></c>', "a time, 12:00:00"),
        ('<c r="A2" s="2"><v>1.25</v></c>', "a time, 1 day, 6:00:00"),
        ('<c r="A2" s="1"><v>1e300</v></c>', "a date, number 1e+300"),
        ('<c r="A2" s="2"><v>-1e300</v></c>', "a date, number -1e+300"),
        ('<c r="A2" t="d"><v>2020-01-01</v></c>', "a date, 2020-01-01"),
    ],
)
def test_dates_are_no_numbers(tmp_path, cell, says):
    """43,831 days after the last day of 1899, or what no calendar has."""
    styles = f'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{STYLES}</styleSheet>'
    path = book_of(tmp_path / "a.xlsx", [HEADER, f'{cell}<c r="B2"><v>1</v></c>'], styles=styles)
    with pytest.raises(InputError, match=rf"row 2: column x holds {says.replace('+', '.')}; give a number"):
        read_points(path)


def test_a_note_far_to_the_right_of_every_row_costs_nothing(tmp_path):
    """A row held with all its empty cells would take a minute: 2,000 rows of 16,384 cells."""
    rows = [f'{HEADER}<c r="XFD1" t="str"><v>note</v></c>']
    rows += [f'<c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>1</v></c><c r="XFD{n}"><v>0</v></c>' for n in range(2, 2002)]
    path = book_of(tmp_path / "a.xlsx", rows)
    start = time.process_time()
    assert read_points(path).n == 2000
    assert time.process_time() - start < 2


def test_an_empty_row_far_above_the_last_one_is_blank(tmp_path):
    xml = sheet_xml([HEADER, '<c r="A2"><v>1</v></c><c r="B2"><v>2</v></c>'])
    xml = xml.replace("</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    with pytest.raises(InputError, match="row 3: column x is blank"):
        read_points(package(tmp_path / "a.xlsx", parts_of(xml)))
