"""The rows of a workbook with a user's points, by whatever program it was written."""

import re
import zipfile

import openpyxl
import pytest
import xlsxwriter

from xlsgd.errors import InputError
from xlsgd.points.read import read_points
from xlsgd.points.source import Source
from xlsgd.points.workbook_rows import uncalculated, workbook_records


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


def test_rows_are_numbered_as_in_the_file_and_no_more_are_read_than_asked_for(tmp_path):
    book = openpyxl.Workbook()
    for row in ([], ["x", "y"], [1, 2], [3, 4]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    source = Source(tmp_path / "a.xlsx", "a.xlsx")
    found = [(number, tuple(cells)) for number, cells in workbook_records(source, 3)]
    assert found[1:] == [(2, ("x", "y")), (3, (1, 2))] and found[0][0] == 1


def test_formulas_without_a_value_by_their_column(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["x", "=1+1", "y", "=2+2"])
    book.save(tmp_path / "a.xlsx")
    assert uncalculated(Source(tmp_path / "a.xlsx", "a.xlsx"), 1) == {1: "=1+1", 3: "=2+2"}
    assert uncalculated(Source(tmp_path / "a.csv", "a.csv"), 1) == {}


def test_a_damaged_workbook_is_one_line(tmp_path):
    read_cells(tmp_path, ["x", "y"], [1, 2])
    with zipfile.ZipFile(tmp_path / "points.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if name.endswith("sheet1.xml") else data)
    assert "cannot be read as a workbook" in refusal(read_points, tmp_path / "a.xlsx")


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
