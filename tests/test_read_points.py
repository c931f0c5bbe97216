"""A user's own points: what is read, to the bit, and what is refused, with its row."""

import datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.points import read as data
from xlsgd.points.read import read_points

finite = st.floats(allow_nan=False, allow_infinity=False)


def read_text(folder, text, encoding="utf-8", name="points.csv"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_points(path)


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


# ---- what is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,2\n3,4.5\n",
        "x;y\n1;2\n3;4.5\n",
        "x\ty\n1\t2\n3\t4.5\n",
        "x,y\r\n1,2\r\n3,4.5\r\n",
        "x,y\r1,2\r3,4.5\r",
        "x,y\n1,2\n3,4.5",
        "x,y\n1,2\n3,4.5\n\n\n\n",
        "x,y\n1,2\n3,4.5\n,\n,\n",
        " x , y \n 1 , 2 \n 3 , 4.5 \n",
        '"x","y"\n"1","2"\n"3","4.5"\n',
        "X,Y\n1,2\n3,4.5\n",
        "X,x,y,Y\n9,1,2,9\n9,3,4.5,9\n",
        "Measured in May\n\nx,y\n1,2\n3,4.5\n",
        "Length, width, and more\r\nx;y\r\n1;2\r\n3;4.5\r\n",
        '"A title, ""quoted""",\n,\nx,y\n1,2\n3,4.5\n',
        "y,x\n2,1\n4.5,3\n",
        "name,x,note,y\nfirst,1,,2\nsecond,3,a b,4.5\n",
        "x,y\n+1,2e0\n3.0,+4.5\n",
        "\ufeffx,y\n1,2\n3,4.5\n",
    ],
)
def test_a_csv_file(tmp_path, text):
    points = read_text(tmp_path, text)
    assert (list(points.x), list(points.y)) == ([1, 3], [2, 4.5])


def test_a_workbook(tmp_path):
    points = read_cells(tmp_path, ["x", "note", "y"], [1, "a", 2], [3, None, 4.5], [None, None, None])
    assert (list(points.x), list(points.y)) == ([1, 3], [2, 4.5])


def test_one_row(tmp_path):
    assert read_text(tmp_path, "x,y\n7,8\n") == read_cells(tmp_path, ["x", "y"], [7, 8])
    assert list(read_text(tmp_path, "x,y\n7,8\n").x) == [7]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=20), st.sampled_from(",;\t"))
def test_floats_come_back_to_the_bit_from_csv(tmp_path, rows, delimiter):
    text = "\n".join(delimiter.join(row) for row in [("x", "y"), *((repr(x), repr(y)) for x, y in rows)])
    points = read_text(tmp_path, text)
    assert list(zip(*points, strict=True)) == rows


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300)), min_size=1, max_size=5))
def test_floats_come_back_from_a_workbook(tmp_path, rows):
    """To 16 digits, which are all that the writer of this file writes; 1e-300 for what is nearly nothing."""
    points = read_cells(tmp_path, ["x", "y"], *rows)
    for read, row in zip(zip(*points, strict=True), rows, strict=True):
        assert read == pytest.approx(row, rel=1e-14, abs=1e-300)


@pytest.mark.parametrize(
    "text", ['"size, m2";y\n1;2\n3;4.5\n', 'y;"size, m2, all"\n2;1\n4.5;3\n', '"size; m2",y\n1,2\n3,4.5\n']
)
def test_a_delimiter_within_a_quoted_name_parts_nothing(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    names = {"x": text.split('"')[1]}
    points = read_points(path, **names)
    assert (list(points.x), list(points.y)) == ([1, 3], [2, 4.5])


@pytest.mark.parametrize("text", ["x,y\n1,2,\n3,4.5\n", "x,y,\n1,2\n3,4.5,\n", "x;y\n1;2;;\n3;4.5; \n"])
def test_empty_cells_beyond_the_header_are_none(tmp_path, text):
    points = read_text(tmp_path, text)
    assert (list(points.x), list(points.y)) == ([1, 3], [2, 4.5])


# ---- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["no column 'x'"]),
        ("\n\n", ["no column 'x'"]),
        ("x\n1\n", ["no column 'y'", "(x)"]),
        ("y,z\n1,2\n", ["no column 'x'", "(y, z)"]),
        ("area,price\n1,2\n", ["no column 'x' in the first row (area, price); give `x` area `y` price"]),
        ("living area,price\n1,2\n", ["give `x` 'living area' `y` price"]),
        ("area,price,year\n1,2,3\n", ["give one column x and one column y, or say", "`x` NAME `y` NAME"]),
        ("X,x ,Y,Y\n1,2,3,4\n", ["more than one column 'y'"]),
        ("x,y,x\n1,2,3\n", ["more than one column 'x'"]),
        ("1,2\n3,4\n", ["no column 'x'"]),
        ("x,y\n", ["no rows"]),
        ("x,y\n\n\n", ["no rows"]),
        ("x,y\n1,2\n3,four\n", ["row 3", "column y", "'four'"]),
        ("x,y\n1,2\n3,\n", ["row 3", "column y", "blank"]),
        ("x,y\n1,2\n ,4\n", ["row 3", "column x", "blank"]),
        ("x,y\n1,2\n3\n", ["row 3", "column y", "blank"]),
        ("x,y\n1,2\n\n3,4\n", ["row 3", "column x", "blank"]),
        ("x,y\n1,2\n\n\n\n\n3,4\n", ["row 3", "column x", "blank"]),
        ("x,y\n1,nan\n", ["row 2", "column y", "finite"]),
        ("x,y\ninf,1\n", ["row 2", "column x", "finite"]),
        ("x,y\n-inf,1\n", ["row 2", "column x", "finite"]),
        ("x,y\n1,-Infinity\n", ["row 2", "column y", "finite"]),
        ("x,y\n1,1e999\n", ["row 2", "column y", "finite"]),
        ("Prices\n\narea,price\n1,2\n", ["no column 'x' in row 3 (area, price); give `x` area `y` price"]),
        ("x;y\n1,500;2\n", ["row 2: column x holds '1,500', which is a thousand or a fraction; give `decimal` . or"]),
        ("x;y\n-1,5;2\n", ["row 2", "'-1,5', not a number; for a decimal comma give `decimal` ,"]),
        ("x;y\n1,23,456;2\n", ["row 2", "'1,23,456', not a number"]),
        ("House prices\n\nx,y\n1,2\n3,four\n", ["row 5", "'four'"]),
        ("x,y\n1_000,1\n", ["row 2", "column x", "'1_000'"]),
        ("x,y\n1,0x10\n", ["row 2", "column y", "'0x10'"]),
        ("x;y\n1,5;2\n", ["row 2", "column x", "'1,5'", "for a decimal comma give `decimal` ,"]),
        ("x,y,=cmd()\n1,2,3\n", ["header", "'=cmd()'", "formula"]),
        ("x,y,+z\n1,2,3\n", ["header", "'+z'", "formula"]),
        ("x,y,-z\n1,2,3\n", ["header", "'-z'", "formula"]),
        ("x,y,@z\n1,2,3\n", ["header", "'@z'", "formula"]),
        ("x,y\n1,2\n=1+1,3\n", ["row 3", "'=1+1'", "formula"]),
        ("x,y\n1,+A1\n", ["row 2", "'+A1'", "formula"]),
        ("x,y\n1,-A1\n", ["row 2", "'-A1'", "formula"]),
        ("x,y\n1,@SUM(A1)\n", ["row 2", "'@SUM(A1)'", "formula"]),
        ("x,y,z\n1,2, =HYPERLINK(1)\n", ["row 2", "HYPERLINK", "formula"]),
        ('x,y\n1,"2\n', ["CSV"]),
        ('x,y\n"1"2,3\n', ["CSV"]),
    ],
)
def test_a_csv_file_that_cannot_be_used(tmp_path, text, says):
    message = refusal(read_text, tmp_path, text)
    assert message.startswith(str(tmp_path / "points.csv"))
    for words in says:
        assert words in message


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["x", "z"], [1, 2]], ["no column 'y'"]),
        ([["x", "y"]], ["no rows"]),
        ([["x", "y"], [1, 2], [3, "four"]], ["row 3", "column y", "'four'"]),
        ([["x", "y"], [1, 2], [None, 4]], ["row 3", "column x", "blank"]),
        ([["x", "y"], [1, 2], [None, None], [3, 4]], ["row 3", "column x", "blank"]),
        ([["x", "y"], [True, 2]], ["row 2", "column x", "True"]),
        ([["x", "y"], [1, datetime.datetime(2020, 1, 1)]], ["row 2", "column y holds a date, 2020-01-01 00:00:00;"]),
        ([["x", "y"], [1, 2], [datetime.time(12, 30), 2]], ["row 3", "column x holds a time, 12:30:00; give a number"]),
        ([["x", "y"], [datetime.timedelta(hours=30), 2]], ["row 2", "column x holds a time, 1 day, 6:00:00;"]),
        ([["x", "y"], [1, "#N/A"]], ["row 2", "column y", "#N/A"]),
        ([["x", "y"], [1, "'=A1"]], ["row 2", "column y"]),
        ([["x", "y"], ["nan", 1]], ["row 2", "column x", "finite"]),
        ([["x", "y"], [1, "=1+1"]], ["row 2", "column y holds a formula without a value", "open and save"]),
        ([["x", "y"], [1, 2], ["=1+1", "=2+2"]], ["row 3", "column x holds a formula without a value"]),
        ([["x", "y"], ["=1+1", "=2+2"], ["=1+1", "=2+2"]], ["row 2", "column x holds a formula without a value"]),
        ([["x", "y", '="z"'], [1, 2, 3]], ["header", '="z"', "formula"]),
        ([['="x"', "y"], [1, 2]], ["header", '="x"', "formula"]),
    ],
)
def test_a_workbook_that_cannot_be_used(tmp_path, rows, says):
    message = refusal(read_cells, tmp_path, *rows)
    assert message.startswith(str(tmp_path / "points.xlsx"))
    for words in says:
        assert words in message


@pytest.mark.parametrize("name", ["=cmd()", "+z", "-z", "@z"])
def test_a_header_that_starts_like_a_formula_in_a_workbook(tmp_path, name):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for column, heading in enumerate(["x", "y", name]):
            sheet.write_string(0, column, heading)
        sheet.write_row(1, 0, [1, 2])
    message = refusal(read_points, tmp_path / "a.xlsx")
    assert f"header {name!r} starts like a formula" in message


def test_a_text_that_starts_like_a_formula_in_a_workbook(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["x", "y", "note"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write_string(1, 2, "=cmd()")
    message = refusal(read_points, tmp_path / "a.xlsx")
    assert "row 2" in message and "formula" in message


def test_files_that_are_not_there_or_not_what_they_say(tmp_path):
    assert "No such file" in refusal(read_points, tmp_path / "none.csv")
    assert "no such file" in refusal(read_points, tmp_path / "none.xlsx")
    assert "directory" in refusal(read_points, tmp_path)
    assert "UTF-8" in refusal(read_text, tmp_path, "x,y\n1,2\n", "utf-16")
    assert "UTF-8" in refusal(read_text, tmp_path, "x,y,é\n1,2,3\n", "latin-1")
    text = refusal(read_text, tmp_path, "x,y\n1,2\n", "utf-8", "points.xlsx")
    assert text.endswith(
        "points.xlsx: not a workbook; give an .xlsx, .xlsm or .ods file, or call it .csv if it is text"
    )
    with xlsxwriter.Workbook(tmp_path / "points.csv") as book:
        book.add_worksheet()
    message = refusal(read_points, tmp_path / "points.csv")
    assert message.endswith("points.csv: looks like a workbook; call it .xlsx, or .ods if it is one")
    assert refusal(read_text, tmp_path, "x,y\n1,\0\n")


def test_as_many_rows_as_a_sheet_holds_and_one_more(tmp_path, monkeypatch):
    """With a smaller sheet, for speed; that the true one is reached is written in MAX_ROWS' own terms."""
    assert data.MAX_ROWS >= 1_000_000
    assert data.MAX_ROWS + 3 + 74 == 2**20
    monkeypatch.setattr(data, "MAX_ROWS", 1000)
    rows = [[n, n] for n in range(1000)]
    assert len(read_text(tmp_path, "x,y\n" + "".join(f"{x},{y}\n" for x, y in rows)).x) == 1000
    assert len(read_cells(tmp_path, ["x", "y"], *rows).x) == 1000
    rows.append([1, 1])
    for message in (
        refusal(read_text, tmp_path, "x,y\n" + "".join(f"{x},{y}\n" for x, y in rows)),
        refusal(read_cells, tmp_path, ["x", "y"], *rows),
    ):
        assert "more than 1,000 rows" in message


@pytest.mark.parametrize("text", ["x,y\n14,5,58,2\n", "x,y\n1,2\n3,4,5\n", 'x,y\n1,2\n3,4,"5"\n'])
def test_more_cells_than_the_header_has_are_refused(tmp_path, text):
    """A decimal comma would make other numbers of them."""
    row = text.count("\n")
    with pytest.raises(InputError, match=rf"row {row}: \d cells under a header of 2; a comma within a number\?"):
        read_text(tmp_path, text)


def test_a_note_beside_the_points_of_a_workbook_is_nobody_s_number(tmp_path):
    """In a workbook no comma moves a cell, and people write beside their columns."""
    points = read_cells(tmp_path, ["x", "y"], [1, 2], [3, 4.5, None, "measured twice"])
    assert (list(points.x), list(points.y)) == ([1, 3], [2, 4.5])


# ---- how it is to be read ------------------------------------------------------------------------------------------


def test_numbers_are_read_as_they_are_typed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x;y\n1.234,5;1'000\n", encoding="utf-8")
    points = read_points(path, decimal=",")
    assert (list(points.x), list(points.y)) == ([1234.5], [1000])
    assert "row 2: column x holds '1.234,5', not a number" in refusal(read_points, path)


def test_columns_by_other_names(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Living area,rooms,price\n1180,3,221900\n")
    points = read_points(path, x="living area", y="price")
    assert (list(points.x), list(points.y)) == ([1180], [221900])
    assert "no column 'area' in the first row" in refusal(lambda: read_points(path, x="area", y="price"))
    assert "`z` price: there is no such column; wanted are x, y" in refusal(lambda: read_points(path, z="price"))


@pytest.mark.parametrize("before", ["", "x,y\n1,2\n" + "3,4\n" * 30])
def test_a_line_without_an_end(tmp_path, monkeypatch, before):
    monkeypatch.setattr(data, "LONGEST_LINE", 1000)
    line = before.count("\n") + 1
    says = f"line {line} is longer than 1,000 characters"
    assert says in refusal(read_text, tmp_path, before + "1," * 600 + "\n")


def test_a_column_is_called_what_the_user_calls_it(tmp_path):
    (tmp_path / "points.csv").write_text("area,price\n1,2\n,4\n")
    message = refusal(lambda: read_points(tmp_path / "points.csv", x="area", y="price"))
    assert message.endswith("points.csv: row 3: column area is blank; give a number")


def test_a_worksheet_that_was_asked_for_is_named(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("May", "June"):
            book.add_worksheet(name).write_row(0, 0, ["x", "y"])
    message = refusal(lambda: read_points(tmp_path / "a.xlsx", worksheet="June"))
    assert message.endswith("a.xlsx, worksheet June: no rows below the header; give at least one x and y")
    message = refusal(lambda: read_points(tmp_path / "a.xlsx", worksheet="Jun"))
    assert message.endswith("a.xlsx: no worksheet 'Jun': did you mean 'June'? there are May, June")
