"""Cells as a stream: openpyxl, which nobody here wrote, reads the same files to the same cells."""

import datetime
import doctest
import tracemalloc
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from xlsgd.errors import InputError
from xlsgd.reading import cells, streams
from xlsgd.reading.cells import Cell, DateText, Formula, read_cells
from xlsgd.reading.contents import read_book
from xlsgd.reading.package import open_package
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.references import address

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def read(path, sheet=0) -> dict[str, Cell]:
    with open_package(path) as archive:
        book = read_book(archive)
        part = list(book.sheets.values())[sheet]
        return {address(cell.row, cell.column): cell for cell in read_cells(archive, part, book.strings)}


def shown(cell: Cell):
    return cell.formula.spelled(cell.row, cell.column) if cell.formula else cell.value


@pytest.fixture
def put(tmp_path):
    """Return a function that puts the XML of a sheet's rows into a workbook and gives its path."""

    def put(rows: str, namespace: str = MAIN, strings: str = ""):
        path = tmp_path / "put.xlsx"
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet().write("A1", "one")
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>'
        if strings:
            parts["xl/sharedStrings.xml"] = f'<sst xmlns="{namespace}">{strings}</sst>'
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return path

    return put


def test_the_docstring_examples_hold():
    for module in (cells, streams):
        assert doctest.testmod(module).failed == 0


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
content = st.one_of(st.floats(allow_nan=False, allow_infinity=False, width=32), text, st.booleans())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.tuples(st.integers(1, 12), st.integers(1, 30)), content, min_size=1, max_size=20))
def test_constants_are_those_that_openpyxl_reads(tmp_path, grid):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for (row, column), item in grid.items():
            if isinstance(item, str):
                sheet.write_string(row - 1, column - 1, item)
            else:
                sheet.write(row - 1, column - 1, item)
    theirs = {cell.coordinate: cell.value for row in openpyxl.load_workbook(path).active for cell in row}
    ours = read(path)
    assert {place: cell.value for place, cell in ours.items()} == {
        place: value for place, value in theirs.items() if value is not None
    }
    assert list(ours) == [address(*place) for place in sorted(grid)]


def test_formulas_with_their_values_as_openpyxl_reads_them_in_two_passes(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(1, 9):
            sheet.write_number(row, 0, row / 7)
            sheet.write_formula(row, 1, f"=A{row + 1}*$A$2+SUM(A$1:A{row})", None, row / 3)
            sheet.write_formula(row, 2, f'="row "&{row}&"<&>"', None, f"row {row}<&>")
            sheet.write_formula(row, 3, f"=A{row}>1", None, True)
            sheet.write_formula(row, 4, "=1/0", None, "#DIV/0!")
    formulas, values = openpyxl.load_workbook(path).active, openpyxl.load_workbook(path, data_only=True).active
    ours = read(path)
    assert len(ours) == 40
    for place, cell in ours.items():
        assert shown(cell) == formulas[place].value
        assert cell.value == values[place].value
    assert type(ours["E2"].value) is ExcelError
    assert type(ours["C2"].value) is str


def test_a_workbook_of_openpyxl_has_formulas_without_values(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.active["A2"] = datetime.date(2019, 5, 1)
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")["A1"] == Cell(1, 1, Formula("1+1", 1, 1), None, 0)
    assert read(tmp_path / "a.xlsx")["A2"].value == 43586


SHARED = (
    '<row r="4"><c r="C4"><f t="shared" ref="C4:C6" si="0">C3+$D$4*A4</f><v>1</v></c></row>'
    '<row r="5"><c r="C5"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="6"><c r="C6"><f t="shared" si="0"/><v>3</v></c></row>'
)


def test_shared_formulas_are_spelled_as_openpyxl_translates_them(put):
    path = put(SHARED)
    theirs = openpyxl.load_workbook(path).active
    assert {place: shown(cell) for place, cell in read(path).items()} == {
        place: theirs[place].value for place in ("C4", "C5", "C6")
    }


def test_a_second_formula_shared_under_the_same_number_takes_its_place(put):
    path = put(SHARED.replace("</row><row r=\"6\">", '</row><row r="6">').replace(
        '<c r="C6">', '<c r="B6"><f t="shared" ref="B6:C6" si="0">B1*2</f></c><c r="C6">'
    ))  # fmt: skip
    assert shown(read(path)["C6"]) == "=C1*2"


def test_an_array_formula_covers_its_range(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_array_formula("B1:B3", "{=A1:A3*2}", None, 4)
        sheet.write_array_formula("C1", "{=SUM(A1:A3*2)}", None, 9)
        sheet.write("D3", 5)
    theirs = openpyxl.load_workbook(path).active["B1"].value
    ours = read(path)
    assert isinstance(theirs, ArrayFormula)
    assert ours["B1"].formula == Formula("A1:A3*2", 1, 2, theirs.ref)
    assert ours["B3"].formula == ours["B1"].formula
    assert shown(ours["B2"]) == "{=A1:A3*2}"
    assert ours["C1"].formula == Formula("SUM(A1:A3*2)", 1, 3, "C1")
    assert ours["D3"].formula is None


@pytest.mark.parametrize(
    ("said", "formula"),
    [
        ('r1="A1"', "TABLE(,A1)"),
        ('r1="A1" dtr="1"', "TABLE(A1,)"),
        ('r1="A1" dtr="0" r2="A2"', "TABLE(,A1)"),
        ('r1="A1" r2="A2" dt2D="1" dtr="1"', "TABLE(A1,A2)"),
        ('r1="A1" r2="A2" dt2D="true" del2="1"', "TABLE(A1,#REF!)"),
    ],
)
def test_a_data_table_says_whose_input_a_rows_or_a_columns_goes_into_which_cell(put, said, formula):
    # ECMA-376, part 1, section 18.3.1.40: `dtr` of a table of one input says that it stands in a row
    first = f'<row r="2"><c r="B2"><f t="dataTable" ref="B2:B3" {said}/><v>1</v></c></row>'
    ours = read(put(f'{first}<row r="3"><c r="B3"><v>2</v></c></row>'))
    assert shown(ours["B2"]) == shown(ours["B3"]) == f"{{={formula}}}"


def test_rich_text_phonetic_hints_and_escapes(put):
    strings = (
        '<si><r><t>de</t></r><r><rPr><b/></rPr><t xml:space="preserve"> /db</t></r></si>'
        "<si><t>plain</t><rPh sb=\"0\" eb=\"1\"><t>hint</t></rPh></si><si><t>two_x000A_lines</t></si><si/>"
    )  # fmt: skip
    cells = "".join(f'<c t="s"><v>{index}</v></c>' for index in range(4))
    inline = '<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>'
    values = [cell.value for cell in read(put(f"<row>{cells}{inline}</row>", strings=strings)).values()]
    assert values == ["de /db", "plain", "two\nlines", "", "inline"]


def test_values_of_every_type_and_places_that_are_not_written(put):
    row = '<row/><row><c><v>1.5</v></c><c s="3"/><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c>'
    row += '<c t="d"><v>2019-05-01</v></c><c t="str"><f>""</f><v></v></c><c t="d"/><c><is><t>5</t></is></c></row>'
    ours = read(put(row, STRICT))
    assert {place: cell.value for place, cell in ours.items()} == {
        "A2": 1.5, "C2": False, "D2": "#N/A", "E2": "2019-05-01", "F2": ""
    }  # fmt: skip
    assert [type(ours[place].value) for place in ("C2", "D2", "E2")] == [bool, ExcelError, DateText]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ('<row r="3"/><row r="2"/>', "row 2"),
        ('<row r="1048577"/>', "1048577"),
        ('<row r="1"><c r="B1"/><c r="A1"/></row>', "'A1'"),
        ('<row r="1"><c r="A2"><v>1</v></c></row>', "'A2'"),
        ('<row r="1"><c r="XFE1"/></row>', "too many"),
        ('<row r="1"><c r="A1"><v>1,5</v></c></row>', "1,5"),
        ('<row r="1"><c r="A1"><v>nan</v></c></row>', "A1"),
        ('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', "'7'"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "'-1'"),
        ('<row r="1"><c r="A1"><f t="shared" si="0"/></c></row>', "A1"),
        ('<row r="1"><c r="A1"><f t="array" ref="A1:?">1</f></c></row>', "A1"),
        ('<row r="1"><c r="A1"><v>1</v>', "damaged"),
        ('<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>', "A1 has a second value"),
        ('<row r="1"><c r="A1"><f>1+1</f><f>2</f><v>2</v></c></row>', "A1 has a second formula"),
        ('<row r="1"><c r="A1" t="inlineStr"><v>1</v><is><t>2</t></is></c></row>', "A1 has a second value"),
        ('<row r="1"><c r="A1" t="b"><v>2</v></c></row>', "A1 holds '2'"),
        ('<row r="1"><c r="A1" t="b"><v>yes</v></c></row>', "A1 holds 'yes'"),
        ('<row r="1"><c r="A1"><v>1_0</v></c></row>', "A1 holds '1_0'"),
        ('<row r="1"><c r="A1"><v>\u0663</v></c></row>', "A1 holds"),
        (f'<row r="1"><c r="A1"><f>{"1+" * 9000}1</f></c></row>', "18001 characters"),
        (f'<row r="1"><c r="A1" t="str"><v>{"x y z " * 1_000_000}</v></c></row>', "longer"),
        (f'<row r="1"><c r="A1" s="{"".join(map(str, range(800_000)))}"/></row>', "without end"),
    ],
)
def test_a_damaged_sheet_is_one_line(put, rows, reason):
    path = put(rows)
    with pytest.raises(InputError) as caught:
        read(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_memory_stays_bounded_however_many_rows_there_are(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(30_000):
            sheet.write_formula(row, 0, f"=B{row + 1}*2", None, row / 7)
            sheet.write_number(row, 1, row / 9)
    with open_package(path) as archive:
        tracemalloc.start()
        count = sum(1 for _ in read_cells(archive, "xl/worksheets/sheet1.xml", []))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 60_000
    assert peak < 3 * 2**20  # the sheet's XML alone is 3.6 MB, its cells as objects over 15
