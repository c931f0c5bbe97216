"""What docs/security.md claims: what a workbook of ours may do to its reader, and what a stranger's may do to us."""

import csv
import html
import http.server
import re
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.points.points import Points
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.trainings import training_of
from xlsgd.sweeping.files import write_sweep
from xlsgd.sweeping.grid import grid
from xlsgd.verifying.check import verify
from xlsgd.verifying.report_files import write_report

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
COMMITTED = sorted((ROOT / "workbooks").glob("*.xlsx"))

PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml"
    r"|xl/(workbook|styles|sharedStrings|theme/theme1|charts/chart[0-9]+|drawings/drawing[0-9]+|worksheets/sheet[0-9]+"
    r"|comments[0-9]+)\.xml|xl/drawings/vmlDrawing[0-9]+\.vml"
    r"|xl/(_rels/workbook|drawings/_rels/drawing[0-9]+|worksheets/_rels/sheet[0-9]+)\.xml\.rels"
)
"""All that a workbook of ours is made of: no macros, links, queries, embedded objects, controls or ribbons."""

ELSEWHERE = re.compile(
    r"<hyperlink [^>]*\bid=|<(oleObject|control|dde|webPublish|externalReference)\b|FmlaMacro|ObjectType=\"(?!Note)"
)
"""Links to what a relationship names, objects and macros; a link with a place alone leads within the workbook."""

REACHING_OUT = {
    "CALL", "CELL", "EXEC", "FILTERXML", "HYPERLINK", "IMAGE", "IMPORTDATA", "INDIRECT", "INFO", "REGISTER",
    "REGISTER.ID", "RTD", "SQL.REQUEST", "STOCKHISTORY", "WEBSERVICE", "DDE", "PY", "LAMBDA",
}  # fmt: skip
"""Functions that fetch, run, or name what is outside of their workbook, or build a reference from text."""

HOSTILE = ("=1+1", '=HYPERLINK("http://example.org")', "+1+1", "-1+1", "@SUM(1)", "{=1+1}", "http://example.org", "'=1")
"""Texts of a user that a spreadsheet, or a careless writer, would take for a formula or a link."""


def texts(path):
    """Each part of a package as text."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name).decode("utf-8") for name in package.namelist()}


FORMULA = re.compile(r"<(?:\w+:)?(?:f|definedName|formula[12]?)\b[^>]*>([^<]+)<")


def formulas(path):
    """Every formula, wherever one stands: cells, names, validations, conditional formats, charts; numbers as 0."""
    parts = (text for name, text in texts(path).items() if name.endswith(".xml"))
    return {html.unescape(re.sub("[0-9]+", "0", each)) for text in parts for each in FORMULA.findall(text)}


def assert_harmless(path, parts=PARTS):
    found = texts(path)
    assert [name for name in found if not parts.fullmatch(name)] == []
    assert not any("TargetMode" in text for name, text in found.items() if name.endswith(".rels"))
    assert not any(ELSEWHERE.search(text) for text in found.values())
    for formula in formulas(path):
        bare = re.sub(r"\"[^\"]*\"|'(?:[^']|'')*'", "", formula)
        assert not REACHING_OUT & set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare)), formula
        assert not set("[]|") & set(bare), formula
    names = re.findall(r'definedName name="([^"]+)"', found["xl/workbook.xml"])
    assert not [name for name in names if name.lower().startswith(("auto_", "_xlnm.auto"))]


def network(p, x):
    return p.w * x


def hostile_model(name):
    return xlsgd.Model(name, ("x",), {"w": 0.5}, network, xlsgd.squared_error)


# ---- to its reader ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.name)
def test_a_built_workbook_holds_cells_charts_and_notes_alone(path):
    assert len(formulas(path)) > 10
    assert_harmless(path)


def test_so_does_one_of_a_user_s_points(tmp_path):
    with (tmp_path / "points.csv").open("w", newline="") as file:
        rows = [[i, 2 * i, "with a garden"] for i in range(1, 5)]
        csv.writer(file).writerows([["the area", "the price", "note"], *rows])
    named = ["--data", tmp_path / "points.csv", "--x", "the area", "--y", "the price"]
    result = CliRunner().invoke(cli, [*map(str, ["build", "graddesc", "--epochs", 2, *named, "--out", tmp_path])])
    assert result.exit_code == 0, result.output
    path = tmp_path / "graddesc.xlsx"
    assert_harmless(path)
    assert not any("calc'" in text or "the area" in text for text in texts(path).values()), (
        "of a file its numbers alone"
    )


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(1)", "=cmd|' /C calc'!A0"])
@pytest.mark.parametrize("table", ["x,y\n1,2\n{cell},4\n", "x,y,{cell}\n1,2,3\n3,4,5\n"])
def test_a_text_where_a_number_belongs_is_refused(tmp_path, table, cell):
    """And a heading that starts like a formula."""
    (tmp_path / "points.csv").write_text(table.format(cell=cell))
    result = CliRunner().invoke(cli, ["build", "--data", str(tmp_path / "points.csv"), "--out", str(tmp_path)])
    assert result.exit_code == 2 and result.stderr.count("\n") == 1
    assert not list(tmp_path.glob("*.xlsx"))


def strings_with(path, text):
    """The types of all cells that hold a text."""
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell for cell in cells if isinstance(cell.value, str) and text in cell.value]


@pytest.mark.parametrize("name", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "{=1+1}", "=A1&b"])
def test_a_model_s_name_is_a_text_wherever_it_stands(tmp_path, name):
    """A sheet is called so as well, which in a formula stands in apostrophes."""
    path = xlsgd.build(hostile_model(name), tmp_path / "m.xlsx", {"x": [1, 2, 3], "y": [1, 2, 4]}, epochs=2)
    assert_harmless(path)
    found = strings_with(path, name)
    assert [cell for cell in found if cell.value == name]
    quoted = "'" + name.replace("'", "''")
    assert all(cell.data_type == "s" or quoted in cell.value for cell in found)
    assert verify(path).agrees


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_inputs_and_parameters_are_names(text):
    for given in ({"inputs": (text,)}, {"start": {text: 1.0}}):
        inputs, start = given.get("inputs", ("x",)), given.get("start", {"w": 0.5})
        with pytest.raises(xlsgd.InputError, match="is no name"):
            xlsgd.Model("m", inputs, start, network, xlsgd.squared_error)


def test_a_sweep_s_workbook_takes_a_name_for_a_text(tmp_path):
    pytest.importorskip("matplotlib")
    training = training_of(hostile_model("=1+1"), "sgd")
    points = Points((1.0, 2.0, 3.0), (1.0, 2.0, 4.0))
    _, files = write_sweep(training, grid(training, {"lr": "1e-3:1e-2:2"}), 2, tmp_path, points)
    (path,) = [file for file in files if file.suffix == ".xlsx"]
    assert not formulas(path) and strings_with(path, "=1+1")
    assert not any("TargetMode" in text for text in texts(path).values())


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """A stranger's workbook whose values are wrong, its texts and formulas such as would do something elsewhere."""
    path = tmp_path_factory.mktemp("stranger") / "=1+1<script>.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("<img src=x onerror=alert(1)>"[:31])
        for row, text in enumerate(HOSTILE):
            sheet.write_string(row, 0, text)
            sheet.write_formula(row, 1, f'=A{row + 1}&"<script>"', None, "wrong")
        sheet.write_formula(20, 0, "=1+1", None, 3)
    return path


def test_a_report_about_a_stranger_s_workbook_holds_no_formula_and_no_markup_of_its(stranger, tmp_path):
    report = verify(stranger)
    assert not report.agrees
    write_report(tmp_path / "a.xlsx", [report])
    write_report(tmp_path / "a.html", [report])
    headings = {f"{sheet}!$0:$0" for sheet in ("summary", "columns", "differences")}  # printed on each page
    assert formulas(tmp_path / "a.xlsx") == headings
    assert not any("TargetMode" in text for text in texts(tmp_path / "a.xlsx").values())
    assert strings_with(tmp_path / "a.xlsx", "=1+1")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|img|iframe|link|object|a)\b", page) and "http-equiv" not in page
    assert "&lt;script&gt;" in page


def test_macros_come_only_where_they_are_asked_for(tmp_path):
    """And then run only where a button is pressed, and touch cells of their own sheet alone."""
    pyopenvba = pytest.importorskip("pyopenvba", reason="the extra `macros` is not installed")
    from xlsgd.workbooks.macro_workbook import build_macros

    path = build_macros(tmp_path)
    with pyopenvba.ExcelFile(path) as file:
        source = file.get_module("Buttons")
    assert set(re.findall(r"(?:Sub|Function) (\w+)", source)) == {
        *(f"{name}_{button}" for name in LESSON for button in ("reset", "step", "run")), "are_numbers", "values_of",
    }  # fmt: skip
    code = re.sub(r"'.*|\"[^\"]*\"", "", source)
    assert set(re.findall(r"\.([A-Za-z]\w*)", code)) <= {
        "Calculate", "ClearContents", "Count", "Range", "Value", "Worksheets", "WorksheetFunction",
    }  # fmt: skip
    words = {word.lower() for word in re.findall(r"[A-Za-z_]\w*", code)}
    assert not words & {"shell", "createobject", "getobject", "declare", "open", "kill", "environ", "sendkeys", "call"}
    macros = re.compile(PARTS.pattern + r"|xl/vbaProject\.bin")
    with zipfile.ZipFile(path) as package:
        assert [name for name in package.namelist() if not macros.fullmatch(name)] == []
    assert all(path.suffix == ".xlsx" for path in COMMITTED)


# ---- from strangers -----------------------------------------------------------------------------------------------


@pytest.fixture
def listener():
    """A server on this machine, and what was asked of it."""
    asked = []

    class Asked(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"1")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def calling(path, address):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("a")
        sheet.write_formula("A1", f'=_xlfn.WEBSERVICE("{address}/service")', None, 1)
        sheet.write_formula("A2", f"='{address}/[book.xlsx]a'!A1", None, 1)
        sheet.write_formula("A3", f'=HYPERLINK("{address}/link")', None, 1)
        sheet.write_formula("A4", f'=_xlfn.IMAGE("{address}/image")', None, 1)
        sheet.write_formula("A5", "=1+1", None, 2)
        sheet.write_url("A6", f"{address}/url")
    return path


@pytest.mark.parametrize("engine", ["ironcalc", pytest.param("libreoffice", marks=pytest.mark.slow)])
def test_a_workbook_that_would_call_out_calls_nobody(listener, tmp_path, engine, request):
    if engine == "libreoffice":
        request.getfixturevalue("needs_libreoffice")
    address, asked = listener
    path = calling(tmp_path / "calling.xlsx", address)
    report = verify(path, [engine])
    assert report.formulas == 5
    assert asked == []


def test_comparing_calls_nobody_either(listener, tmp_path):
    address, asked = listener
    path = calling(tmp_path / "calling.xlsx", address)
    assert xlsgd.compare(path, path).mirrors
    assert asked == []


def test_each_test_that_the_page_names_is_there():
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT)
    assert len(named) > 15
    for file, test in named:
        (path,) = (ROOT / "tests").rglob(file)
        assert f"def {test}(" in path.read_text(encoding="utf-8"), f"{file}::{test}"
