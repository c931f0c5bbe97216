"""Many epochs at once against step after step: to the bit, tolerance none."""

import pandas as pd
import pytest
from machine_support import needs_machine_code

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run import epochs_at_once, machine, trace
from xlsgd.run.epochs_at_once import hands_on, rows_of
from xlsgd.run.press import LiveSheet
from xlsgd.run.trace import trace_training
from xlsgd.sheets.buttons import Put
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import with_knobs

SHEETS = trainings()
DIVERGING = {"basic": 1.0, "sgd": 1e-3, "momentum": 0.1, "rmsprop": 1e300, "adam": 1e200, "adamw": 1e305}


def traced(monkeypatch, pays, *given):
    monkeypatch.setattr(trace, "MACHINE_CODE_PAYS", pays)
    return trace_training(*given)


def assert_same(monkeypatch, training, epochs, points=LESSON_POINTS):
    frames = [traced(monkeypatch, pays, training, epochs, points) for pays in (0, 1e99)]
    pd.testing.assert_frame_equal(*frames, check_exact=True)
    return frames[0]


@pytest.mark.parametrize("name", SHEETS)
def test_a_trace_is_the_same(name, monkeypatch):
    assert_same(monkeypatch, SHEETS[name], 300)


@pytest.mark.parametrize(("name", "rate"), DIVERGING.items())
def test_a_trace_that_leaves_the_numbers_is_the_same(name, rate, monkeypatch):
    frame = assert_same(monkeypatch, with_knobs(SHEETS[name], lr=rate), 40)
    assert frame.map(lambda value: isinstance(value, str)).any().any()


def test_a_power_that_becomes_zero_on_its_way_is_no_end(monkeypatch):
    """0.9^t falls below the least normal number after 6,700 rows, and to zero after 7,070."""
    assert_same(monkeypatch, SHEETS["adam_textbook"], 260)


@pytest.mark.parametrize("rows", [1, 60, 10_000])
@needs_machine_code
def test_the_rows_go_in_pieces(rows, monkeypatch):
    monkeypatch.setattr(epochs_at_once, "ROWS", rows)
    told = []
    sheet, stepped = LiveSheet(SHEETS["adam"]), LiveSheet(SHEETS["adam"])
    found = rows_of(sheet, 7, told.append)
    assert sum(told) == 7 * 29 and len(told) == {1: 7, 60: 4, 10_000: 1}[rows] and found.shape == (7, 29, 11)
    for _ in range(7):
        stepped.step()
    assert sheet.inputs == stepped.inputs and sheet.epoch == stepped.epoch and sheet.state() == stepped.state()


@needs_machine_code
def test_a_sheet_goes_on_from_where_machine_code_left_it():
    sheet, stepped = (LiveSheet(with_knobs(SHEETS["momentum"], lr=0.1)) for _ in range(2))
    found = rows_of(sheet, 100, lambda rows: None)
    assert 0 < len(found) < 100
    for _ in range(len(found)):
        stepped.step()
    assert sheet.state() == stepped.state()
    stepped.step()
    sheet.step()
    assert sheet.state() == stepped.state()


def test_what_a_step_hands_on():
    assert hands_on(SHEETS["basic"]) == ["last", "last"]  # its list is none of the rows
    assert hands_on(SHEETS["adam_textbook"]) == ["last", "last"] + ["after"] * 5
    assert hands_on(SHEETS["adam_ann"]) is None
    for more in (Put("lr", 1.0), SHEETS["adam"].buttons.step[0]._replace(pairs=(("momlast", "gradtarget"),))):
        buttons = SHEETS["adam"].buttons
        assert hands_on(SHEETS["adam"]._replace(buttons=buttons._replace(step=(*buttons.step, more)))) is None
        assert hands_on(SHEETS["adam"]._replace(buttons=buttons._replace(step=(more,)))) is None


def test_a_state_that_no_button_pastes_begins_again(monkeypatch):
    buttons = SHEETS["momentum"].buttons
    step = (buttons.step[0]._replace(pairs=buttons.step[0].pairs[:2]),)
    training = SHEETS["momentum"]._replace(buttons=buttons._replace(step=step))
    assert hands_on(training) == ["last", "last", "again", "again"]
    assert_same(monkeypatch, training, 30)


@pytest.mark.parametrize("points", [
    Points([1, 2, 3], [4, 5.5, 6]), Points([1.0, 2.0], [3.0, 1e200]), Points([2**60 + 1], [3]),
])  # fmt: skip
def test_whole_and_huge_numbers(points, monkeypatch):
    for training in (SHEETS["basic"], SHEETS["adam"]):
        assert_same(monkeypatch, training, 3, points)


@needs_machine_code
def test_a_whole_number_among_states_or_knobs_is_left_to_python():
    assert rows_of(LiveSheet(with_knobs(LESSON["basic"], lr=1)), 2, lambda rows: None) is None


def test_without_machine_code_there_are_none(monkeypatch):
    monkeypatch.setattr(epochs_at_once, "machine_rows", lambda key: None)
    sheet = LiveSheet(LESSON["basic"])
    assert rows_of(sheet, 2, lambda rows: None) is None and sheet.epoch == 0
    assert machine.machine_code
