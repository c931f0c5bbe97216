"""The macros of any model's workbook, run by two programs that nobody here wrote, against the sheet that is pressed."""

import os

import openpyxl
import pytest
from sample_models import SAMPLES
from test_macros import TOLERANCES, LibreOffice, PyOpenVBA, same

from xlsgd.errors import InputError
from xlsgd.excel.macros import macro_name
from xlsgd.models import LINE
from xlsgd.points.points import LESSON_POINTS
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.references import column_number
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, libreoffice
from xlsgd.workbooks.model_macros import build_model_macros

if not os.environ.get("CI"):
    pytest.importorskip("pyopenvba", reason="the extra `macros` is not installed")


def opened(kind, path):
    if kind is LibreOffice and not os.environ.get("CI"):
        try:
            libreoffice.version()
        except EngineError as error:
            pytest.skip(str(error))
    return kind(path)


def read(office, sheet, addresses):
    if isinstance(office, PyOpenVBA):
        return office.read(sheet, addresses)
    places = [(int(a.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), column_number(a.rstrip("0123456789"))) for a in addresses]
    return office.session.read({sheet: places})[sheet]


def starting_cells(path, training):
    """What a sheet's first row starts from, by the name in its heading, and the mean loss below the rows."""
    sheet = openpyxl.load_workbook(path)[training.name]
    headings = {cell.value: cell.column_letter for cell in sheet[3] if cell.value}
    cells = {name: f"{headings[f'new {name}']}4" for name in training.parameters}
    cells |= {name: f"{headings[name]}4" for name in training.carried}
    rows = [cell.row for cell in sheet["A"] if cell.row > 4 and str(cell.value).startswith("=")]
    return cells | {"loss": f"{headings['loss']}{max(rows) + 1}"}


@pytest.mark.parametrize("kind", [LibreOffice, PyOpenVBA], ids=["LibreOffice", "pyOpenVBA"])
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("parabola", {}),
        ("network", {}),
        ("logistic", {"batch": 5}),
        ("wave", {"schedule": "cosine"}),
    ],
)
def test_the_buttons_do_what_the_engine_does_when_pressed(tmp_path, kind, name, more):
    model, points = SAMPLES[name]
    rules = ("sgd", "adam")
    trainings = [training_of(model, rule, name=f"by {rule}", knobs={"lr": 0.02}, **more) for rule in rules]
    path = build_model_macros(tmp_path / "book.xlsm", trainings, points)
    with opened(kind, path) as office:
        for training in trainings:
            cells, live = starting_cells(path, training), LiveSheet(training, points)
            for button in ("step", "run", "reset", "step"):
                getattr(live, button)()
                office.run(macro_name(training.name, button))
                wanted = live.parameters() | live.seeds() | {"loss": live.state()["loss"]}
                found = dict(zip(cells, read(office, training.name, list(cells.values())), strict=True))
                wrong = {
                    k: (wanted[k], found[k]) for k in cells if not same(wanted[k], found[k], TOLERANCES[kind.name])
                }
                assert not wrong, button


def test_the_workbook_verifies_and_its_guide_names_the_buttons(tmp_path):
    model, points = SAMPLES["parabola"]
    path = build_model_macros(tmp_path / "book.xlsm", [training_of(model, "adam", name="adam")], points)
    assert verify(path).agrees
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["guide", "data", "adam"]
    assert any("Reset goes back to the start" in str(cell.value) for cell in book["guide"]["B"])


def test_macros_that_would_have_one_name_are_refused(tmp_path):
    trainings = [training_of(LINE, "sgd", name=name) for name in ("a b", "a_b")]
    with pytest.raises(InputError, match="another sheet's macros are called a_b_run too; rename one"):
        build_model_macros(tmp_path / "book.xlsm", trainings, LESSON_POINTS)
