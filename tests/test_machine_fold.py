"""The end of a pass as machine code against Python's: to the bit, tolerance none."""

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from machine_support import needs_machine_code
from test_compiled import SHEETS, numbers, points, spelled, sums

from xlsgd.points.disk_column import DiskColumn
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run import machine_fold, one_pass
from xlsgd.run.machine_fold import folded
from xlsgd.run.one_pass import OnePass
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.training import with_knobs

X = [float(1 + i * 7919 % 97) for i in range(2500)]
MANY = Points(X, [2 * v + 30 + (i % 11) / 7 for i, v in enumerate(X)])


def everything(end):
    numbers = [*end.states.values(), *end.last.values()]
    return spelled(numbers), [sums(column) for column in end.sums.values()]


def assert_same(training, points, states, knobs):
    ends = []
    for pays in (0, 10**9):
        with patch.object(one_pass, "MACHINE_CODE_PAYS", pays):
            ends.append(everything(OnePass(training).fold(points, states, knobs)))
    assert ends[0] == ends[1]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of a complex number, before it is dropped
@pytest.mark.parametrize("name", SHEETS)
@settings(max_examples=30, deadline=None)
@given(data=st.data(), points=points)
def test_any_pass_is_the_same(name, data, points):
    training = SHEETS[name]
    states = {state: data.draw(numbers) for state in training.states}
    assert_same(training, points, states, training.knobs._make(data.draw(numbers) for _ in training.knobs))


@pytest.mark.parametrize("name", SHEETS)
@needs_machine_code
def test_a_long_pass_goes_in_blocks(name, monkeypatch):
    monkeypatch.setattr(machine_fold, "BLOCK", 70)
    training = with_knobs(SHEETS[name], lr=1e-5)
    sheet = LiveSheet(training, MANY)
    assert folded(training, MANY, list(sheet.states().values()), sheet.knobs())
    assert_same(training, MANY, sheet.states(), sheet.knobs())


@needs_machine_code
def test_columns_of_any_kind():
    sheet = LiveSheet(SHEETS["basic"])
    wanted = folded(SHEETS["basic"], LESSON_POINTS, (1.0, 1.0), sheet.knobs())
    for kind in (list, tuple, DiskColumn):
        points = Points(*(kind(map(float, column)) for column in LESSON_POINTS))
        assert folded(SHEETS["basic"], points, (1.0, 1.0), sheet.knobs()) == wanted


@needs_machine_code
def test_what_is_not_finite_is_left_to_python():
    assert folded(SHEETS["basic"], Points([1.0], [1e300]), (1.0, 1.0), (1e-4,)) is None


def test_without_machine_code_there_is_none(monkeypatch):
    monkeypatch.setattr(machine_fold, "_machine_fold", lambda key: None)
    assert folded(SHEETS["basic"], LESSON_POINTS, (1.0, 1.0), (1e-4,)) is None


def test_a_presses_sheet_is_the_same(monkeypatch):
    states = []
    for pays in (0, 10**9):
        monkeypatch.setattr(one_pass, "MACHINE_CODE_PAYS", pays)
        for name in SHEETS:
            sheet = LiveSheet(SHEETS[name], MANY)
            sheet.put("lr", 1e-6)
            sheet.run()
            states.append(repr(sheet.state()))
    assert states[: len(SHEETS)] == states[len(SHEETS) :]
