"""Rows streamed as XML, against the same cells written through XlsxWriter's public interface."""

import inspect
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet
from xlsxwriter.xmlwriter import XMLwriter

from xlsgd.excel import writer
from xlsgd.excel.rows_xml import StreamedWorksheet, render
from xlsgd.excel.styles import STYLES
from xlsgd.excel.writer import write_workbook
from xlsgd.functions import if_at_most
from xlsgd.sheets.chunks import CHUNK
from xlsgd.sheets.description import Column, Rows
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.symbols.cells import RowOf, here
from xlsgd.symbols.checked import DIV0, NUM, ExcelError
from xlsgd.symbols.to_excel import spell
from xlsgd.verifying.check import verify
from xlsgd.verifying.poison import poison
from xlsgd.verifying.sources import all_engines
from xlsgd.workbooks.build import filled_training

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("_write_sheet_data", ["self"]),
        ("_write_rows", ["self"]),
        ("_check_dimensions", ["self", "row", "col"]),
        ("_prepare_formula", ["self", "formula", "expand_future_functions"]),
        ("_xml_number_element", ["self", "number", "attributes"]),
        ("_get_range_data", ["self", "row_start", "col_start", "row_end", "col_end"]),
    ],
)
def test_the_private_methods_of_xlsxwriter_that_streaming_relies_on(name, parameters):
    method = getattr(Worksheet, name, None) or getattr(XMLwriter, name, None)
    advice = f"XlsxWriter {xlsxwriter.__version__} has changed Worksheet.{name}: xlsgd/excel/rows_xml.py must follow"
    assert method is not None, advice
    found = inspect.signature(method).parameters
    assert list(found)[: len(parameters)] == parameters, advice
    assert all(p.default is not p.empty for p in list(found.values())[len(parameters) :]), advice


def test_the_override_of_the_number_element_is_the_one_that_is_called(tmp_path):
    """XlsxWriter writes 16 digits, of which 0.1+0.2 would come back as 0.3."""
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("ours", worksheet_class=StreamedWorksheet).write_number("A1", 0.1 + 0.2)
        book.add_worksheet("theirs").write_number("A1", 0.1 + 0.2)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<v>0.30000000000000004</v>" in archive.read("xl/worksheets/sheet1.xml")


def plainly(path, described):
    """Write a filled sheet with XlsxWriter's public methods alone, a cell at a time."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(described.name)
        formats = {}

        def look(number_format, style=""):
            properties = STYLES[style] | ({"num_format": number_format} if number_format else {})
            key = (number_format, style)
            if key not in formats:
                formats[key] = book.add_format(properties)
            return formats[key]

        for place in described.places:
            if place.text:
                sheet.write_string(place.address, place.text, look(place.format, place.style))
            elif place.formula is not None:
                sheet.write_formula(place.address, f"={spell(place.formula)}", look(place.format), place.value)
            elif isinstance(place.value, ExcelError):
                sheet.write_formula(place.address, f"={place.value}", look(place.format), place.value)
            else:
                sheet.write_number(place.address, place.value, look(place.format))
        rows = described.rows
        for number, row in enumerate(rows.values, start=rows.first):

            def row_of(reference, number=number):
                return str(reference.row if reference.row_of is RowOf.SHEET else number + reference.row)

            for column, value in zip(rows.columns, row, strict=True):
                formula = column.first if number == rows.first and column.first is not None else column.formula
                address, shown = f"{column.letter}{number}", look(column.format)
                if formula is not None:
                    sheet.write_formula(address, f"={spell(formula, row_of)}", shown, value)
                else:
                    sheet.write_number(address, value, shown)


def cells(path):
    """Every cell as openpyxl reads it: formula or constant, value, type, and how it looks."""
    formulas, values = (openpyxl.load_workbook(path, data_only=data_only).active for data_only in (False, True))
    return {
        cell.coordinate: (cell.value, values[cell.coordinate].value, cell.data_type, cell.number_format, cell.font.b)
        for row in formulas.iter_rows()
        for cell in row
        if cell.value is not None
    }


@pytest.mark.parametrize("lr", [None, 1e100])
@pytest.mark.parametrize("name", trainings())
def test_a_streamed_sheet_is_the_plainly_written_one(tmp_path, name, lr):
    """To the bit: these numbers all have 16 digits or are formulas' values, which XlsxWriter does not cut."""
    training = trainings()[name] if lr is None else with_knobs(trainings()[name], lr=lr)
    write_workbook(tmp_path / "streamed.xlsx", [filled_training(training)], "")
    plainly(tmp_path / "plain.xlsx", filled_training(training))
    ours, theirs = cells(tmp_path / "streamed.xlsx"), cells(tmp_path / "plain.xlsx")
    seeds = {place.address for place in filled_training(training).places if place.key and place.formula is None}
    assert set(ours) == set(theirs)
    for address in ours:
        if address in seeds and isinstance(ours[address][0], float):  # a constant that XlsxWriter cuts to 16 digits
            assert ours[address][0] == pytest.approx(theirs[address][0], rel=1e-15)
        else:
            assert ours[address] == theirs[address], address
    dimensions = [openpyxl.load_workbook(tmp_path / f).active.dimensions for f in ("streamed.xlsx", "plain.xlsx")]
    assert dimensions[0] == dimensions[1]


@pytest.mark.parametrize("name", trainings())
def test_a_sheet_of_many_rows_has_the_same_cells(tmp_path, name, monkeypatch):
    """Its rows share their formulas, which openpyxl gives in full."""
    write_workbook(tmp_path / "full.xlsx", [filled_training(trainings()[name])], "")
    monkeypatch.setattr(writer, "MANY_ROWS", 1)
    write_workbook(tmp_path / "shared.xlsx", [filled_training(trainings()[name])], "")
    with zipfile.ZipFile(tmp_path / "shared.xlsx") as archive:
        assert archive.read("xl/worksheets/sheet1.xml").count(b'<f t="shared" si=') > 27 * 4
    assert cells(tmp_path / "shared.xlsx") == cells(tmp_path / "full.xlsx")
    assert verify(tmp_path / "shared.xlsx", tuple(all_engines())).agrees


FORMULA = if_at_most(here(1) * 1.5, 2, here(1, up=1, sheet="5% & %s"), 0)
ROWS = Rows(4, 1, (Column("A"), Column("B", FORMULA, format="0.00")))


class Text(io.StringIO):
    """Takes rows as their text."""

    def write_rows(self, text, rows):
        self.write(text.decode())


def rendered(values, progress=lambda n: None):
    out = Text()
    extremes = render(ROWS._replace(values=values), [0, 7], out, progress)
    return out.getvalue(), extremes


@given(finite, finite)
def test_values_come_back_to_the_bit(x, y):
    xml, _ = rendered([(x, y)])
    assert [float(text.partition("</v>")[0]) for text in xml.split("<v>")[1:]] == [x, y]


def test_the_xml_of_rows_is_escaped_and_typed():
    xml, _ = rendered([(1, 2.5), (NUM, DIV0), (3.0, NUM)])
    formulas = [f"<f>IF(A{row}*1.5&lt;=2,'5% &amp; %s'!A{row - 1},0)</f>" for row in (4, 5, 6)]
    assert xml == (
        f'<row r="4"><c r="A4"><v>1</v></c><c r="B4" s="7">{formulas[0]}<v>2.5</v></c></row>'
        '<row r="5"><c t="e" r="A5"><v>#NUM!</v></c>'
        f'<c t="e" r="B5" s="7">{formulas[1]}<v>#DIV/0!</v></c></row>'
        f'<row r="6"><c r="A6"><v>3.0</v></c><c t="e" r="B6" s="7">{formulas[2]}<v>#NUM!</v></c></row>'
    )


@given(st.lists(st.tuples(finite, st.one_of(finite, st.sampled_from([NUM, DIV0]))), min_size=1, max_size=20))
def test_the_extremes_are_the_least_and_the_greatest_of_each_column(values):
    _, extremes = rendered(values)
    for seen, column in zip(extremes, zip(*values, strict=True), strict=True):
        numbers = [value for value in column if not isinstance(value, ExcelError)]
        assert {value for value in seen if not isinstance(value, ExcelError)} == (
            {min(numbers), max(numbers)} if numbers else set()
        )
        assert {value for value in seen if isinstance(value, ExcelError)} == set(column) - set(numbers)


def test_extremes_and_progress_across_chunks():
    seen = []
    values = [(float(i), NUM if i == 5 else -float(i)) for i in range(2 * CHUNK + 7)]
    xml, extremes = rendered(values, seen.append)
    assert sum(seen) == len(values) == xml.count("<row")
    assert sorted(extremes[0]) == [0.0, 2.0 * CHUNK + 6]
    assert {*extremes[1]} == {NUM, -2.0 * CHUNK - 6, -0.0}
    assert xml.count('t="e"') == 1


def test_what_is_streamed_can_be_found_again(tmp_path):
    write_workbook(tmp_path / "a.xlsx", [filled_training(LESSON["adam"])], "")
    found = poison(tmp_path / "a.xlsx", tmp_path / "b.xlsx")["adam"]
    assert len(found) == 325
