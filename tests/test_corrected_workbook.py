"""The corrected workbooks as files: every formula recalculated, which functions, the same bytes, the points."""

import re
import zipfile

import openpyxl
import pytest
from corrected_books import Recalculated

from xlsgd.commands.settings import set_knobs
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.description import Rows
from xlsgd.sheets.placer import place_row
from xlsgd.symbols.cells import addresses
from xlsgd.verifying.check import verify
from xlsgd.workbooks.corrected.layout import corrected_layout
from xlsgd.workbooks.corrected.training import CORRECTED
from xlsgd.workbooks.corrected.workbook import RECIPES, build

ALLOWED = {
    "ABS", "COS", "COUNT", "EXP", "IF", "INDEX", "LN", "LOG",
    "MATCH", "MAX", "MIN", "PI", "ROUND", "SQRT", "SUM", "SUMSQ",
}  # fmt: skip
"""All of them are in Excel 2010, LibreOffice Calc 4 and Google Sheets, with the same arguments; none is volatile."""

OTHER_POINTS = Points((1.5, -2.0, 3.0, 0.0), (2.0, 0.5, -1.0, 7.0))


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corrected")
    return {name: build(name, folder) for name in RECIPES}


def formulas(path):
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield f"{sheet.title}!{cell.coordinate}", cell.value


@pytest.mark.parametrize("name", RECIPES)
def test_ironcalc_gives_every_formula_the_value_in_the_file(name, paths):
    report = verify(paths[name])
    assert report.agrees, report.verdicts
    (verdict,) = report.verdicts
    assert not verdict.quirks
    assert report.volatile == 0
    assert report.formulas == len(list(formulas(paths[name])))
    # The errors are the course's, shown on the sheet of quirks beside what mends them.
    assert report.errors == ({} if name == "graddesc" else {"#NUM!": 2})


@pytest.mark.parametrize("name", RECIPES)
def test_only_functions_that_every_spreadsheet_has_are_used(name, paths):
    used = {}
    for address, formula in formulas(paths[name]):
        for function in re.findall(r"([A-Z][A-Z0-9.]*)\(", formula):
            used.setdefault(function, address)
    assert set(used) <= ALLOWED, {function: used[function] for function in set(used) - ALLOWED}


@pytest.mark.parametrize("name", RECIPES)
def test_match_has_its_third_argument_and_only_operators_of_every_spreadsheet_are_used(name, paths):
    for address, formula in formulas(paths[name]):
        assert all(call.count(",") == 2 for call in re.findall(r"MATCH\(([^()]*)\)", formula)), address
        assert not re.search(r"[{}@#\[\]]", formula), address


@pytest.mark.parametrize("name", RECIPES)
def test_a_workbook_is_the_same_to_the_byte_each_time(name, paths, tmp_path):
    assert build(name, tmp_path).read_bytes() == paths[name].read_bytes()


def test_the_files_and_their_sheets_are_the_lessons(paths):
    names = {path.name: openpyxl.load_workbook(path).sheetnames for path in paths.values()}
    assert names == {
        "graddesc_corrected.xlsx": ["Sheet1", "data", "basic", "momentum", "rmsprop", "adam", "adam_ann", "quirks"],
        "entropy_corrected.xlsx": ["guide", "softmax", "entropy", "log_entropy", "quirks"],
    }


def test_every_training_sheet_reads_the_data_sheet(paths):
    book = Recalculated(paths["graddesc"]).put({"data!C1": 40.0, "data!C2": 3.0, "data!B6": 10.0})
    for name in CORRECTED:
        assert [book[f"{name}!{cell}"] for cell in ("A16", "B16", "A17", "B17")] == [14, 82, 10, 70]


def test_a_users_points_stand_on_data_as_constants(tmp_path):
    path = build("graddesc", tmp_path, OTHER_POINTS)
    data = openpyxl.load_workbook(path)["data"]
    assert [(data[f"B{row}"].value, data[f"C{row}"].value) for row in range(5, 9)] == list(
        zip(*OTHER_POINTS, strict=True)
    )
    assert data["C1"].value is None
    assert openpyxl.load_workbook(path)["adam"]["F20"].value == "=SQRT(SUM(F16:F19)/COUNT(F16:F19))"
    assert verify(path).agrees


def test_knobs_and_a_run_that_overflows_are_written_as_a_spreadsheet_shows_them(tmp_path):
    path = build("graddesc", tmp_path, trainings=set_knobs(CORRECTED, ["basic.lr=1e10", "adam_ann.T=0"]))
    report = verify(path)
    assert report.agrees, report.verdicts
    assert {"#NUM!", "#DIV/0!"} <= set(report.errors)


def test_the_charts_stand_above_the_rows_and_draw_the_first_of_many():
    layout = corrected_layout(CORRECTED["adam"])
    letters = place_row(CORRECTED["adam"], layout).letters
    loss, line = layout.charts(CORRECTED["adam"], letters, Rows(16, 100_000, tuple(letters)))
    assert (loss.top_left, addresses(loss.series[0].values)) == ("A3", "F16:F2015")
    assert (line.top_left, [addresses(each.values) for each in line.series]) == ("I3", ["C16:C2015", "D16:D2015"])
    (few, _) = layout.charts(CORRECTED["adam"], letters, Rows(16, 29, tuple(letters)))
    assert addresses(few.series[0].values) == "F16:F44"


def test_a_workbook_of_more_rows_than_a_page_is_recalculated_too(tmp_path):
    xs = tuple(float(i % 97) for i in range(300))
    path = build("graddesc", tmp_path, Points(xs, tuple(2 * x + 30 for x in xs)))
    assert verify(path).agrees


@pytest.mark.parametrize("name", CORRECTED)
def test_every_training_sheet_has_a_chart_of_its_loss_clear_of_the_numbers(name, paths):
    sheet = openpyxl.load_workbook(paths["graddesc"])[name]
    chart, line = sheet._charts
    assert chart.series[0].val.numRef.f == f"{name}!$F$16:$F$44"
    assert chart.y_axis.scaling.logBase == 10
    assert all(each.anchor._from.row >= 2 and each.anchor.to.row < 13 for each in (chart, line))
    titles = [text.tx.rich.p[0].r[0].t for text in (chart.title, chart.x_axis.title, chart.y_axis.title)]
    assert titles == ["Squared error, row by row", "row", "err^2"]


def test_a_charts_numbers_are_in_the_file(paths):
    values = openpyxl.load_workbook(paths["graddesc"], data_only=True)["basic"]
    with zipfile.ZipFile(paths["graddesc"]) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    cached = [float(value) for value in re.findall(r"<c:v>([^<]*)</c:v>", chart.split("<c:val>")[1])]
    # 1e-15 relative: XlsxWriter cuts a chart's numbers to 16 digits.
    assert cached == pytest.approx([values[f"F{row}"].value for row in range(16, 45)], rel=1e-15)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file: is a file; give a folder"):
        build("entropy", tmp_path / "file")


def test_points_and_knobs_leave_the_lessons_untouched(tmp_path):
    build("graddesc", tmp_path, trainings=set_knobs(CORRECTED, ["lr=0.5"]))
    assert CORRECTED["adam"].knobs.lr == 0.2
    assert LESSON_POINTS.x[0] == 14
