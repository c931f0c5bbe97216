"""Points in workbooks whose formulas no reader could parse: values are read, and nothing but values."""

import time

import pytest
from foreign_books import book, package, parts_of, sheet_xml

from xlsgd.errors import InputError
from xlsgd.points.read import read_points

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
    points = read_points(book(tmp_path / "a.xlsx", rows))
    assert (list(points.x), list(points.y)) == ([14, 86], [58, 202])
    with pytest.raises(InputError, match="row 4: column x is blank; give a number"):
        read_points(book(tmp_path / "a.xlsx", [*rows, '<c r="B4"><v>1</v></c>']))


def test_a_shared_formula_without_a_value_is_one_without_a_value(tmp_path):
    row = '<c r="A2"><f t="shared" si="3"/></c><c r="B2"><v>1</v></c>'
    with pytest.raises(InputError, match=r"a\.xlsx: row 2: column x holds a formula without a value"):
        read_points(book(tmp_path / "a.xlsx", [HEADER, row]))


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
    path = book(tmp_path / "a.xlsx", [HEADER, f'{cell}<c r="B2"><v>1</v></c>'], styles=styles)
    with pytest.raises(InputError, match=rf"row 2: column x holds {says.replace('+', '.')}; give a number"):
        read_points(path)


def test_a_note_far_to_the_right_of_every_row_costs_nothing(tmp_path):
    """A row held with all its empty cells would take a minute: 2,000 rows of 16,384 cells."""
    rows = [f'{HEADER}<c r="XFD1" t="str"><v>note</v></c>']
    rows += [f'<c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>1</v></c><c r="XFD{n}"><v>0</v></c>' for n in range(2, 2002)]
    path = book(tmp_path / "a.xlsx", rows)
    start = time.process_time()
    assert read_points(path).n == 2000
    assert time.process_time() - start < 2


def test_an_empty_row_far_above_the_last_one_is_blank(tmp_path):
    xml = sheet_xml([HEADER, '<c r="A2"><v>1</v></c><c r="B2"><v>2</v></c>'])
    xml = xml.replace("</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    with pytest.raises(InputError, match="row 3: column x is blank"):
        read_points(package(tmp_path / "a.xlsx", parts_of(xml)))
