"""Many runs in lock step: sums of columns, and when a run counts as near or lost."""

from typing import NamedTuple

import numpy as np
import pytest
from machine_support import needs_machine_code

from xlsgd.functions import if_equal, log
from xlsgd.models import LINE
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import RULES, Rule
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.training import with_knobs
from xlsgd.sheets.trainings import training_of
from xlsgd.sweeping.floats import Floats
from xlsgd.sweeping.lockstep import ColumnSums
from xlsgd.sweeping.run import lock_step

RATES = np.array([0.0, 1e-4, 1e-3])


def test_a_column_of_arrays_by_its_sums():
    column = ColumnSums()
    for row in ([1.0, 2.0], [3.0, -4.0]):
        column.append(np.array(row))
    assert column.total().tolist() == [4, -2] and column.sum_of_squares().tolist() == [10, 20] and column.count() == 2


def test_each_runs_loss_is_the_single_sheets():
    sheet = lock_step(LESSON["basic"], LESSON_POINTS, {"lr": RATES})
    with np.errstate(all="ignore"):
        found = sheet.arithmetic.loss(sheet)
    for rate, loss in zip(RATES.tolist(), found.tolist(), strict=True):
        single = LiveSheet(with_knobs(LESSON["basic"], lr=rate)).state()["loss"]
        assert np.isnan(loss) if isinstance(single, str) else loss == single


def test_a_run_that_left_the_numbers_has_no_loss_and_is_never_near():
    sheet = lock_step(LESSON["basic"], LESSON_POINTS, {"lr": np.array([1e-4, 1e300])})
    with np.errstate(all="ignore"):
        sheet.step()
        loss = sheet.arithmetic.loss(sheet)
        near = sheet.arithmetic.within(sheet, {"b": 1.0, "a": 1.0}, 1e6)
    assert np.isfinite(loss).tolist() == [True, False] and near.tolist() == [True, False]


@pytest.mark.parametrize(("b", "near"), [(30.0, True), (30.3, True), (29.69, False)])
def test_within_a_relative_tolerance(b, near):
    sheet = lock_step(LESSON["basic"], LESSON_POINTS, {"lr": RATES})
    sheet.put("const", b)
    sheet.put("slope", 2.0)
    assert sheet.arithmetic.within(sheet, {"b": 30.0, "a": 2.0}, 0.0100001).tolist() == [near] * 3


def test_a_number_becomes_an_array_and_an_array_stays():
    on = lock_step(LESSON["basic"], LESSON_POINTS, {"lr": RATES}).arithmetic
    made = on.operand(-0.0)
    assert isinstance(made, Floats) and np.signbit(made).all() and on.operand(made) is made
    assert on.all_finite(1.0, made).all() and not on.all_finite(np.inf).any()


def test_a_failure_that_no_knob_changes_is_every_runs():
    """A division by zero on the points themselves raises on floats; in the sweep every run is lost."""
    with np.errstate(all="ignore"):
        sheet = lock_step(LESSON["rmsprop"], Points([1e308], [-1e308]), {"lr": RATES})
        sheet.step()
        assert not np.isfinite(sheet.arithmetic.loss(sheet)).any()


class Timed(NamedTuple):
    w: float
    t: float = 0.0


@needs_machine_code
@pytest.mark.parametrize("machine_code", [False, True])
def test_a_number_that_fails_in_a_branch_not_taken_is_no_runs_failure(machine_code):
    """The time is the same number in all runs as the first row begins, and has no logarithm there."""

    def late(s, g, k):
        return Timed(s.w - k.lr * if_equal(s.t, 0, g, g * log(s.t)), s.t + k.lr)

    training = training_of(LINE, Rule(late, Timed, RULES["sgd"].knobs), name="late")
    rates = np.array([1e-4, 2e-4])
    sheet = lock_step(training, LESSON_POINTS, {"lr": rates}, machine_code=machine_code)
    with np.errstate(all="ignore"):
        sheet.step()
        found = sheet.arithmetic.loss(sheet)
    for rate, loss in zip(rates.tolist(), found.tolist(), strict=True):
        single = LiveSheet(with_knobs(training, lr=rate))
        single.step()
        assert loss == single.state()["loss"]
