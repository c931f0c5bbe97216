"""A2 of every training sheet: typing an epoch into it gives the state that pressing the buttons so often gives.

The states come from the engine; that the engine's are right is for other tests. The workbook is recalculated by
IronCalc, to the bit, and by LibreOffice.
"""

import os
import re

import openpyxl
import pytest
from click.testing import CliRunner
from lesson_cells import RATE, expected
from sample_models import SAMPLES

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.models import LINE
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets import stepping as stepping_sheet
from xlsgd.sheets.description import Place
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.training import with_knobs
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, libreoffice
from xlsgd.verifying.engines.libreoffice import Session
from xlsgd.workbooks import filled_history
from xlsgd.workbooks.build import build, filled_training
from xlsgd.workbooks.filled_history import checked_epochs, default_epochs, epochs_of
from xlsgd.workbooks.models import placed_trainings

EPOCHS = (0, 1, 2, 6, 50, 100)
BETAS = {"momentum": {"beta": "J1"}, "rmsprop": {"beta": "J1"}, "adam": {"beta1": "J1", "beta2": "L1"}}
BETAS["adam_ann"] = BETAS["adam"]
HEADER_RATE = RATE | {"adam_ann": "E2"}  # D2 is what annealing has made of it


def states(trainings, points, epochs):
    """Yield for each of the epochs the cells of every sheet, as the engine has them when pressed so often."""
    lives = {name: LiveSheet(training, points) for name, training in trainings.items()}
    for epoch in epochs:
        for live in lives.values():
            while live.epoch < epoch:
                live.step()
        yield epoch, {name: shown(live) for name, live in lives.items()}


def shown(live):
    """The engine's cells; the rest of the list of errors shows that there is no error yet."""
    cells = expected(live, entries=100 - live.epoch)
    return {address: "#N/A" if value is None else value for address, value in cells.items()}


def scaled(factor):
    return {name: with_knobs(training, lr=training.knobs.lr * factor) for name, training in LESSON.items()}


def with_betas():
    changed = dict(LESSON)
    for name, places in BETAS.items():
        changed[name] = with_knobs(LESSON[name], **dict.fromkeys(places, 0.8))
    return changed


def with_a_point_moved():
    xs, ys = list(LESSON_POINTS.x), list(LESSON_POINTS.y)
    xs[20], ys[20] = 33.0, 75.5
    return Points(xs, ys)


LR = {(name, address): LESSON[name].knobs.lr for name, address in HEADER_RATE.items()}
CASES = {
    "as built": ({}, LESSON, LESSON_POINTS),
    "half the rate": ({cell: lr * 0.5 for cell, lr in LR.items()}, scaled(0.5), LESSON_POINTS),
    "a greater rate": ({cell: lr * 1.3 for cell, lr in LR.items()}, scaled(1.3), LESSON_POINTS),
    "other betas": (
        {(name, address): 0.8 for name, places in BETAS.items() for address in places.values()},
        with_betas(),
        LESSON_POINTS,
    ),
    "a point moved": (
        {(name, address): value for name in LESSON for address, value in (("A24", 33.0), ("B24", 75.5))},
        LESSON,
        with_a_point_moved(),
    ),
}
BACK = (
    {cell: LESSON[cell[0]].knobs.lr for cell in LR}
    | {(n, a): getattr(LESSON[n].knobs, beta) for n, places in BETAS.items() for beta, a in places.items()}
    | {(n, a): v for n in LESSON for a, v in (("A24", LESSON_POINTS.x[20]), ("B24", LESSON_POINTS.y[20]))}
)
"""What is typed in any case, as it was built."""


@pytest.fixture(scope="module")
def ironcalc_book(engine, stepping):
    return engine(stepping)


@pytest.mark.parametrize("case", CASES)
def test_ironcalc_gives_the_state_of_press_to_the_bit(ironcalc_book, case):
    """Weights, rate, seeds, footer, list of errors, and all rows, on all sheets."""
    typed, trainings, points = CASES[case]
    for (sheet, address), value in (BACK | typed).items():
        ironcalc_book.put(address, value, sheet)
    for epoch, cells in states(trainings, points, EPOCHS):
        for name in LESSON:
            ironcalc_book.put("A2", epoch, name)
        ironcalc_book.evaluate()
        for name, wanted in cells.items():
            found = {address: ironcalc_book.get(address, name) for address in wanted}
            assert found == wanted, (name, epoch)


@pytest.fixture(scope="module")
def session(stepping):
    try:
        libreoffice.installed()
    except EngineError as missing:
        pytest.fail(f"CI must have it: {missing}") if os.environ.get("CI") else pytest.skip(str(missing))
    with Session(stepping) as opened:
        opened.recalculate()
        yield opened


@pytest.mark.parametrize("case", CASES)
def test_libreoffice_gives_the_state_of_press(session, case):
    """To a relative 1e-12: its sums are compensated, and where all but nothing is left of a difference it has 0."""
    typed, trainings, points = CASES[case]
    for (sheet, address), value in (BACK | typed).items():
        session.set(sheet, *place(address), value)
    for epoch, cells in states(trainings, points, EPOCHS):
        for name in LESSON:
            session.set(name, 2, 1, float(epoch))
        found = session.read({name: [place(address) for address in wanted] for name, wanted in cells.items()})
        for name, wanted in cells.items():
            pairs = zip(wanted.items(), found[name], strict=True)
            wrong = {address: (value, got) for (address, value), got in pairs if not close(value, got)}
            assert not wrong, (name, epoch)


def place(address):
    return int(address[1:]), ord(address[0]) - 64


def close(wanted, found):
    if isinstance(wanted, str):
        return found == wanted
    return abs(wanted - found) <= 1e-12 * max(abs(wanted), abs(found))


@pytest.mark.parametrize("name", LESSON)
def test_what_is_looked_up_can_be_typed_over(engine, tmp_path, name):
    """The rows follow the typed weights and seeds at once, as after pressing and then typing; the history does not."""
    book = engine(build("graddesc", tmp_path, epochs=3))
    live = LiveSheet(LESSON[name])
    live.step()
    live.step()
    history = [book.get(f"{letter}{row}", f"{name}_run") for letter in "CDEFGH" for row in range(4, 12)]
    live.put("const", 5.0)
    live.put("slope", -2.5)
    for address, value in (("A2", 2), ("C1", 5.0), ("C2", -2.5)):
        book.put(address, value, name)
    for field, (_, target) in LESSON[name].targets.items():
        live.put(target, 7.0)
        for letter, value in zip("JKLM" if field == "m" or name == "rmsprop" else "LM", (7.0, 7.0), strict=False):
            book.put(f"{letter}33", value, name)
    book.evaluate()
    wanted = {a: v for a, v in shown(live).items() if not (name == "basic" and a[0] == "C" and int(a[1:]) > 37)}
    assert {address: book.get(address, name) for address in wanted} == wanted
    assert [book.get(f"{letter}{row}", f"{name}_run") for letter in "CDEFGH" for row in range(4, 12)] == history


def test_a2_takes_whole_numbers_from_0_to_the_last_epoch(tmp_path):
    book = openpyxl.load_workbook(build("graddesc", tmp_path, epochs=7))
    for name in LESSON:
        (asked,) = book[name].data_validations.dataValidation
        assert (str(asked.sqref), asked.type, asked.formula1, asked.formula2) == ("A2", "whole", "0", "7")
        assert asked.showErrorMessage and asked.showInputMessage
        assert "7" in asked.prompt and len(asked.promptTitle) <= 32 and len(asked.prompt) <= 255
        assert (book[name]["A1"].value, book[name]["A2"].value) == ("epoch", 0)


def test_charts_stand_where_no_cell_is(tmp_path):
    """Each sheet's charts are beside or below its cells and apart from one another."""
    book = openpyxl.load_workbook(build("graddesc", tmp_path, epochs=20))
    for name in (*LESSON, "race"):
        filled = {(c.row - 1, c.column - 1) for row in book[name].iter_rows() for c in row if c.value is not None}
        covered = set()
        for chart in book[name]._charts:
            start, end = chart.anchor._from, chart.anchor.to
            cells = {(r, c) for r in range(start.row, end.row + 1) for c in range(start.col, end.col + 1)}
            # a chart may end exactly where a row or column ends, which the anchor gives as the next one at offset 0
            cells -= {
                (r, c) for r, c in cells if (r == end.row and not end.rowOff) or (c == end.col and not end.colOff)
            }
            assert not cells & filled, (name, chart.anchor)
            assert not cells & covered, (name, chart.anchor)
            covered |= cells
        assert covered


# Own points.


@pytest.mark.parametrize(
    ("n", "epochs"), [(1, 100), (2, 100), (100, 100), (101, 99), (5000, 2), (10_000, 1), (10_001, 0)]
)
def test_epochs_when_nobody_says(n, epochs):
    assert default_epochs(n) == epochs


@pytest.mark.parametrize(("n", "epochs"), [(1, None), (2, None), (300, 2)])
def test_own_points_step_and_verify_to_the_bit(engine, tmp_path, n, epochs):
    points = Points([(7.0 * i + 3) % 100 for i in range(n)], [(3.0 * i + 20) % 80 for i in range(n)])
    path = build("graddesc", tmp_path, points, epochs=epochs)
    report = verify(path)
    assert report.agrees
    book = engine(path)
    steady = {name: LESSON[name] for name in ("rmsprop", "adam", "adam_ann")}
    for epoch, cells in states(steady, points, (0, 2)):
        for name in steady:
            book.put("A2", epoch, name)
        book.evaluate()
        for name, wanted in cells.items():
            assert {address: book.get(address, name) for address in wanted} == wanted, (name, epoch)


def test_so_many_points_that_no_epoch_fits_by_default_give_constants(monkeypatch, tmp_path):
    monkeypatch.setattr(filled_history, "FEW_ROWS", 28)
    book = openpyxl.load_workbook(build("graddesc", tmp_path))
    assert book.sheetnames == ["Sheet1", "data", *LESSON]
    assert (book["adam"]["A1"].value, book["adam"]["C1"].value) == ("to Sheet1", 1), "no epoch to type"


# The command line.


@pytest.mark.parametrize(
    ("epochs", "message"),
    [
        ("0", "--epochs 0: give a whole number, 1 or more"),
        ("-1", "--epochs -1: give a whole number, 1 or more"),
        ("40000", "--epochs 40000: of 29 points a sheet has room for 1 to 34,9"),
        ("ten", "--epochs ten: give a whole number, 1 or more"),
        ("1.5", "--epochs 1.5: give a whole number, 1 or more"),
    ],
)
def test_epochs_that_cannot_be_are_one_clear_line(tmp_path, epochs, message):
    result = CliRunner().invoke(cli, ["build", "graddesc", "--epochs", epochs, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert message in result.output
    assert re.fullmatch(r"Error: .*\n", result.output)
    assert not (tmp_path / "out").exists()


def test_the_most_epochs_that_are_told_are_the_most_that_fit(tmp_path):
    """On 300,000 points a sheet has room for no pass beyond the warm-up; the line says so."""
    most = 1_048_576 // 30
    assert checked_epochs(29, 30_000) == 30_000
    with pytest.raises(InputError, match="has room for 1 to") as caught:
        checked_epochs(29, most)
    told = int(str(caught.value).rsplit(" ", 1)[1].replace(",", ""))
    assert checked_epochs(29, told) == told
    assert most - 10 <= told < most
    with pytest.raises(InputError, match="of 300,000 points a sheet has room for none"):
        checked_epochs(300_000, 1)


def test_errors_step_like_numbers(engine, tmp_path):
    """At a rate at which `basic` diverges the sheet shows errors where the engine does, else its numbers."""
    book = engine(build("graddesc", tmp_path, epochs=3))
    book.put("F1", 1.0, "basic")
    wild = {"basic": with_knobs(LESSON["basic"], lr=1.0)}
    seen = set()
    for epoch, cells in states(wild, LESSON_POINTS, (0, 1, 2, 3)):
        book.put("A2", epoch, "basic")
        book.evaluate()
        wanted = {a: v for a, v in cells["basic"].items() if v != "#N/A"}
        found = {address: book.get(address, "basic") for address in wanted}
        numbers = {a for a, v in wanted.items() if not isinstance(v, str)}
        assert {a: found[a] for a in numbers} == {a: wanted[a] for a in numbers}
        assert all(isinstance(found[a], str) for a in set(wanted) - numbers)
        seen |= {type(value) for value in wanted.values()}
    assert ExcelError in seen


def charts_of(name):
    model, points = SAMPLES.get(name, (LINE, LESSON_POINTS))
    (training,) = placed_trainings([training_of(model, "sgd")], with_charts=True)
    where = epochs_of(training, points, 3).where
    return filled_training(where.training, points, where).charts


def test_charts_stand_just_below_the_knobs_where_rows_are_free_for_them_and_else_beside_the_first_row():
    assert [chart.top_left for chart in charts_of("network")] == ["A3", "I3"]
    assert [chart.top_left for chart in charts_of("line")] == ["L5", "L15"]


def test_charts_stand_beside_what_is_beside_the_headings_too():
    training = placed_trainings([training_of(LINE, "sgd")], with_charts=True)[0]
    sheet = filled_training(training, LESSON_POINTS)
    wider = sheet._replace(places=(*sheet.places, Place("Z3", "beside the headings"), Place("AB2", "above them")))
    assert (stepping_sheet._beside(sheet, 1), stepping_sheet._beside(wider, 1)) == ("K", "AA")


def test_two_parameters_have_an_axis_each_and_more_share_one():
    (loss, two), many = charts_of("line"), charts_of("network")
    assert (loss.title, two.title) == ("Loss by epoch", "b and a by epoch")
    assert [(series.name, series.second) for series in two.series] == [
        ("b", False), ("answer", False), ("a", True), ("answer", True),
    ]  # fmt: skip
    assert [chart.title for chart in many] == ["Loss by epoch", "Parameters by epoch"]
    names = [series.name for series in many[1].series]
    assert names == list(SAMPLES["network"][0].start) and len(names) == 17
    assert not any(series.second for series in many[1].series)
