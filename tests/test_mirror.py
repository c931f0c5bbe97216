"""The lesson's sheets in the state that the buttons leave: constants where the course has constants."""

import openpyxl
import pytest
from click.testing import CliRunner
from lesson_cells import expected

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet, press
from xlsgd.sheets.lesson import LESSON
from xlsgd.verifying.check import verify
from xlsgd.verifying.comparing.compare import compare
from xlsgd.workbooks.macro_workbook import build_macros
from xlsgd.workbooks.mirror import presses_of, write_pressed

PRESSED = ["basic reset run step", "adam reset run run run lr=0.1 run", "adam_ann run"]


@pytest.fixture(scope="module")
def pressed(tmp_path_factory):
    path = tmp_path_factory.mktemp("pressed") / "graddesc.xlsx"
    return write_pressed(path, LESSON_POINTS, LESSON, presses_of(PRESSED))


def test_every_number_is_that_of_the_pressed_sheet(pressed):
    """From a description of where the course's numbers stand, to the bit."""
    book = openpyxl.load_workbook(pressed, data_only=True)
    for name, training in LESSON.items():
        live = LiveSheet(training)
        for action in presses_of(PRESSED).get(name, ()):
            press(live, action)
        for address, value in expected(live).items():
            assert book[name][address].value == value, f"{name}!{address}"


def test_the_engine_agrees_and_what_a_button_pastes_is_a_constant(pressed):
    assert verify(pressed).agrees
    book = openpyxl.load_workbook(pressed)
    pasted = {"basic": ["C1", "C2", "C38", "C43"], "adam": ["C1", "D2", "J33", "M33"], "adam_ann": ["D2", "N3"]}
    assert all(book[name][address].data_type == "n" for name, cells in pasted.items() for address in cells)
    assert book["basic"]["C44"].value is None
    assert book["adam"]["D2"].value == 0.1


def test_a_copy_with_buttons_holds_the_same_cells(pressed, tmp_path):
    pytest.importorskip("pyopenvba")
    result = compare(pressed, build_macros(tmp_path, presses=presses_of(PRESSED)))
    others = [found for found in result.differences if found.sheet != "Sheet1"]  # which says how to step
    assert {(found.address, found.original) for found in others} == {("A1", "to Sheet1")}  # there a button stands


def test_the_list_stands_below_other_points_too(tmp_path):
    points = Points([1.0, 2.0, 3.0], [5.0, 7.0, 9.0])
    path = write_pressed(tmp_path / "a.xlsx", points, LESSON, presses_of(["basic step step"]))
    sheet = openpyxl.load_workbook(path)["basic"]
    assert [type(sheet[f"C{row}"].value) for row in (12, 13, 14)] == [float, float, type(None)]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["adm run"], "no training sheet 'adm': did you mean 'adam'"),
        (["adam"], "press 'adam': give actions behind the sheet, such as adam reset run"),
        (["adam run", "adam step"], "press 'adam step': adam is pressed already; give all of its actions at once"),
        ([""], "training sheet"),
    ],
)
def test_what_cannot_be_pressed_is_one_line(texts, says):
    with pytest.raises(InputError, match=says):
        presses_of(texts)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["graddesc", "--press", "adam reset run", "--no-verify"], 0, "wrote"),
        (["graddesc", "--press", "adam jump"], 2, "jump"),
        (["entropy", "--press", "adam run"], 2, "--press is for graddesc alone"),
        (["--corrected", "--press", "adam run"], 2, "--press is for graddesc alone"),
        (["graddesc", "--epochs", "3", "--press", "adam run"], 2, "--press is for graddesc alone"),
    ],
)
def test_the_command(arguments, status, says, tmp_path):
    result = CliRunner().invoke(cli, ["build", *arguments, "--out", str(tmp_path)])
    assert result.exit_code == status, result.output
    assert says in result.output
