"""The file graddesc.xlsm: what it holds, that it is the same to the byte every time, that other programs read it."""

import functools
import os
import re
import sys
import zipfile

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference
from openpyxl.workbook.defined_name import DefinedName
from test_lesson_sheets import FORMATS, GRADDESC, NAMES, SEEDS

from xlsgd.errors import InputError
from xlsgd.excel.macros import macro_name
from xlsgd.points.points import Points
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.training import with_knobs
from xlsgd.verifying.check import verify
from xlsgd.verifying.comparing.compare import compare
from xlsgd.workbooks.build import build
from xlsgd.workbooks.macro_workbook import build_macros, vba_project

if not os.environ.get("CI"):
    pytest.importorskip("pyopenvba", reason="the extra `macros` is not installed")

MAIN = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


@pytest.fixture(scope="module")
def macro_workbook(tmp_path_factory):
    return build_macros(tmp_path_factory.mktemp("macros"))


@functools.cache
def shown(path, name):
    """The values that a sheet of a file shows, by address; the long history sheets beside it are not read."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return {cell.coordinate: cell.value for row in book[name].iter_rows() for cell in row if cell.value is not None}


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """The list of LESSON_SHEETS.md as a workbook, written by openpyxl from the transcription of another test."""
    path = tmp_path_factory.mktemp("listed") / "listed.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for name, cells in GRADDESC.items():
        sheet = book.create_sheet(name)
        for address, held in cells.items():
            sheet[address] = held
            sheet[address].number_format = FORMATS.get(name, {}).get(address, "General")
        for key, area in NAMES.get(name, {}).items():
            fixed = ":".join(f"${end[0]}${end[1:]}" for end in area.split(":"))
            sheet.defined_names[key] = DefinedName(key, attr_text=f"{name}!{fixed}")
        if name != "data":
            sheet.freeze_panes = "A4" if name == "basic" else "D4"
        if name == "basic":
            chart = LineChart()
            chart.title = "Error by epoch"
            chart.add_data(Reference(sheet, range_string="basic!$C$38:$C$62"))
            chart.series[0].tx = None  # the course gives it no name
            sheet.add_chart(chart, "E36")
    book.save(path)
    return path


def test_every_listed_address_is_there(listed, macro_workbook):
    """Labels, constants, formulas, formats, names, panes, charts, the sheets and their order: nothing is missing."""
    result = compare(listed, macro_workbook)
    assert result.differences == []
    assert sum(sheet.only_in_original for sheet in result.sheets.values()) == 0
    assert sum(sheet.compared for sheet in result.sheets.values()) == sum(map(len, GRADDESC.values()))


UNUSED = {
    "basic": {"HistGrad": "$K$33:$L$33", "GradTarget": "$K$1:$L$1"},
    "momentum": {"HistGrad": "$F$33:$G$33", "pct_clipped": "$M$33", "max_clipped": "$M$34"},
    "rmsprop": {"HistGrad": "$F$33:$G$33", "max_clipped": "$K$34"},
    "adam": {"HistGrad": "$F$33:$G$33", "pct_clipped": "$O$33", "max_clipped": "$O$34"},
}
UNUSED["adam_ann"] = UNUSED["adam"]


def test_names_that_nothing_uses_are_there_too(macro_workbook):
    book = openpyxl.load_workbook(macro_workbook)
    for name, listed_names in UNUSED.items():
        found = {key: named.attr_text for key, named in book[name].defined_names.items() if key not in NAMES[name]}
        assert found == {key: f"{name}!{area}" for key, area in listed_names.items()}


@pytest.fixture(scope="module")
def three_epochs(tmp_path_factory):
    return build("graddesc", tmp_path_factory.mktemp("stepping"), epochs=3)


def test_the_stepping_workbook_differs_in_what_it_looks_up_alone(listed, three_epochs):
    """Where the course holds constants that its buttons paste, graddesc.xlsx looks the same values up."""
    result = compare(listed, three_epochs)
    looked_up = {(name, address) for name in LESSON for address in ("C1", "C2")} | {("adam_ann", "D2")}
    assert {(d.sheet, d.address) for d in result.differences} == looked_up
    values = {name: shown(three_epochs, name) for name in LESSON}
    assert {(name, a): values[name][a] for name, a in looked_up} == dict.fromkeys(looked_up, 1)
    assert [values["basic"][f"C{row}"] for row in range(38, 41)] == ["#N/A"] * 3


def test_seeds_are_constants_with_the_stepping_workbooks_values(macro_workbook, three_epochs):
    book = openpyxl.load_workbook(macro_workbook)
    for name, letters in SEEDS.items():
        looked_up = shown(three_epochs, name)
        for address in [f"{letter}33" for letter in letters] + (["N3"] if name == "adam_ann" else []):
            cell = book[name][address]
            assert cell.data_type == "n"
            assert cell.value == looked_up[address]
    assert [book["basic"][f"C{row}"].value for row in range(38, 110)] == [None] * 72


def test_ironcalc_recalculates_every_formula_to_the_bit(macro_workbook):
    report = verify(macro_workbook)
    assert report.agrees
    (verdict,) = report.verdicts
    assert (report.formulas, verdict.total.equal) == (1565 + 29, 1565 + 29)


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_own_points_and_knobs(tmp_path, n):
    """To the bit in IronCalc, errors too: at these rates the sheets with plain steps may diverge."""
    points = Points([(7.0 * i) % 100 for i in range(n)], [(3.0 * i) % 80 for i in range(n)])
    trainings = LESSON | {"adam": with_knobs(LESSON["adam"], lr=0.25)}
    path = build_macros(tmp_path, points, trainings)
    report = verify(path)
    assert report.agrees
    assert report.formulas > 5 * 9 * n
    assert shown(path, "adam")["D2"] == 0.25
    assert '.Range("D2").Value = 0.25  \' lr' in source(path).split("Sub adam_reset")[1].split("End Sub")[0]


def source(path):
    from pyopenvba import ExcelFile

    with ExcelFile(path) as file:
        assert file.validate() == []
        assert file.module_names() == ["ThisWorkbook", *(f"Sheet{i}" for i in range(1, 8)), "Buttons"]
        return file.get_module("Buttons")


def test_reset_and_run_fill_a1_and_a2_and_name_macros_that_exist(macro_workbook):
    code = source(macro_workbook)
    with zipfile.ZipFile(macro_workbook) as package:
        parts = sorted(name for name in package.namelist() if name.startswith("xl/drawings/vmlDrawing"))
        drawings = [text for text in (package.read(part).decode() for part in parts) if "FmlaMacro" in text]
        assert (
            f'<Override PartName="/xl/workbook.xml" ContentType="{MAIN}"/>'
            in package.read("[Content_Types].xml").decode()
        )
    for name, drawing in zip(LESSON, drawings, strict=True):
        macros = [macro_name(name, button) for button in ("reset", "run")]
        assert re.findall(r"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", drawing) == macros
        # left column and offset, top row and offset, right, bottom: each exactly a cell
        buttons = "".join(re.findall(r'<x:ClientData ObjectType="Button">.*?</x:ClientData>', drawing, re.DOTALL))
        anchors = [tuple(map(int, found.split(", "))) for found in re.findall(r"<x:Anchor>([^<]+)</x:Anchor>", buttons)]
        assert anchors == [(0, 0, 0, 0, 1, 0, 1, 0), (0, 0, 1, 0, 1, 0, 2, 0)]
        assert re.findall(r">(Reset|Run)<", drawing) == ["Reset", "Run"]
        assert all(f"Sub {macro}()\r\n" in code for macro in macros)


def test_nothing_stands_where_the_buttons_are(macro_workbook):
    book = openpyxl.load_workbook(macro_workbook)
    assert [book[name][address].value for name in LESSON for address in ("A1", "A2")] == [None] * 10


def test_each_sheets_code_name_is_a_module_of_the_project(macro_workbook):
    """Excel asks to repair a workbook of which they do not agree."""
    with zipfile.ZipFile(macro_workbook) as package:
        sheets = [package.read(f"xl/worksheets/sheet{i}.xml").decode() for i in range(1, 8)]
        assert 'codeName="ThisWorkbook"' in package.read("xl/workbook.xml").decode()
    names = [re.search(r'<sheetPr codeName="(\w+)"', sheet)[1] for sheet in sheets]
    assert names == [f"Sheet{i}" for i in range(1, 8)]


def test_the_file_is_the_same_to_the_byte(macro_workbook, tmp_path):
    assert build_macros(tmp_path / "again").read_bytes() == macro_workbook.read_bytes()


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyopenvba", None)
    with pytest.raises(InputError, match=r'^writing graddesc\.xlsm needs pyOpenVBA: pip install "\.\[macros\]"'):
        build_macros(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="needs pyOpenVBA"):
        vba_project("", sheets=1)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file: is a file; give a folder"):
        build_macros(tmp_path / "file")
