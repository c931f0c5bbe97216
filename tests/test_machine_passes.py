"""A pass of many runs as machine code against the rows one by one on the same arrays: to the bit, tolerance none."""

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from machine_support import needs_machine_code
from random_models import drawn_models
from test_program import OPERATIONS, RATES, Pair, bits, rule_of

from xlsgd.errors import InputError
from xlsgd.functions import exp, log
from xlsgd.models import LINE
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import MomentumKnobs, Rule
from xlsgd.sheets.lesson import textbook, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.sheets.trainings import training_of
from xlsgd.sweeping import machine_passes
from xlsgd.sweeping.floats import Floats
from xlsgd.sweeping.machine_passes import MachinePasses
from xlsgd.sweeping.machine_program import LANES, machine_program
from xlsgd.sweeping.run import lock_step
from xlsgd.workbooks.network.published_conventions import CONVENTIONS

pytestmark = [needs_machine_code, pytest.mark.filterwarnings("ignore::RuntimeWarning")]  # of edges, from NumPy

SHEETS = trainings() | {
    f"{convention.optimizer} of {convention.source}": training_of(LINE, convention.rule, name="convention")
    for convention in CONVENTIONS
    if len(convention.rule.state._field_defaults) == len(convention.rule.state._fields) - 1
}
EDGES = [0.0, -0.0, 1e-300, 1e-4, 0.3, 0.5, 0.9, 0.999, 1.0, 1.5, -0.25, 1e3, 1e160, 1e308]
"""Knobs within their bounds and beyond."""

RUNS = 2 * LANES + 5


def spelled(values):
    """Return the bits of each run's value, but one NaN like another, of -0.0 and 0.0 each its own."""
    values = np.array(np.broadcast_to(np.asarray(values, float), RUNS))
    values[np.isnan(values)] = np.nan
    return values.view(np.uint64).tolist()


def everything(end):
    columns = [each for column in end.sums.values() for each in (column.total(), column.sum_of_squares())]
    return [spelled(value) for value in (*end.states.values(), *end.last.values(), *columns)] + [end.finite.tolist()]


def assert_same(training, points, knobs, epochs=3):
    """In the second epoch the states, too, are arrays; in the third they may be infinite."""
    sheet = lock_step(training, points, knobs)
    runs = len(next(iter(knobs.values())))
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            passes = MachinePasses(training, points, runs)
            states = sheet.arithmetic.states(sheet)
            found = passes.fold(states, sheet.knobs(), summed=True)
            assert everything(found) == everything(sheet.arithmetic.fold(sheet, states, summed=True))
            alone = passes.fold(states, sheet.knobs())
            assert everything(alone._replace(sums=found.sums, finite=found.finite)) == everything(found)
            assert not alone.sums
            sheet.step()


def drawn_knobs(training, seed):
    draw = np.random.default_rng(seed)
    edges = {name: draw.choice(EDGES, RUNS) for name in training.knobs._fields}
    tame = {name: draw.uniform(0, 1, RUNS) ** 4 for name in training.knobs._fields}
    return {name: np.where(draw.uniform(size=RUNS) < 0.5, edges[name], tame[name]) for name in edges}


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_is_the_same_whatever_the_knobs(name):
    assert_same(SHEETS[name], LESSON_POINTS, drawn_knobs(SHEETS[name], 1))


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_is_the_same_if_one_knob_alone_is_swept(name):
    for knob, values in drawn_knobs(SHEETS[name], 2).items():
        assert_same(SHEETS[name], LESSON_POINTS, {knob: values}, epochs=2)


@pytest.mark.parametrize("few", [0, 2000])
def test_powers_that_are_looked_up_are_those_that_are_computed(few, monkeypatch):
    monkeypatch.setattr(machine_passes, "FEW", few)
    assert_same(SHEETS["adam_textbook"], LESSON_POINTS, drawn_knobs(SHEETS["adam_textbook"], 3))


def test_many_rows_go_in_chunks(monkeypatch):
    monkeypatch.setattr(machine_passes, "ROWS", 7)
    assert_same(SHEETS["adamw"], LESSON_POINTS, drawn_knobs(SHEETS["adamw"], 4))


numbers = st.integers(0, 20)
steps = st.lists(st.tuples(st.sampled_from(sorted(OPERATIONS)), numbers, numbers), min_size=1, max_size=12)
values = st.floats(-1e3, 1e3) | st.sampled_from([0.0, -0.0, 1e200, -1e308])


@pytest.mark.filterwarnings("ignore:.*complex.*")
@settings(max_examples=60, deadline=None)
@given(steps, st.tuples(numbers, numbers), st.lists(st.tuples(values, values), min_size=1, max_size=4))
def test_any_rule_is_the_same(steps, ends, pairs):
    """Arrays of floats one after the other, so that an operation may be handed on twice, or not at all."""
    try:
        training = textbook("any", rule_of(steps, ends))
        assert_same(training, Points(*zip(*pairs, strict=True)), {"lr": np.resize(RATES, RUNS)}, epochs=2)
    except (ArithmeticError, ValueError, TypeError):  # of numbers that no knob changes: floats fail either way
        return


@settings(max_examples=40, deadline=None)
@given(drawn_models())
def test_any_model_is_the_same(drawn):
    try:
        training = training_of(drawn.model, "momentum", name="drawn")
    except InputError:  # a parameter that the loss does not depend on
        reject()
    points = Points(**{name: [float(drawn.point[name])] * 2 for name in training.point})
    rates = {"lr": np.resize(RATES, RUNS)}
    assert_same(training, points, rates, epochs=2)


def decaying(s, g, k):
    return Pair(s.w - g * k.lr * exp(-s.m) * log(k.beta + 1), s.m + 1)


def test_exponentials_and_logarithms_are_those_of_floats():
    training = textbook("decaying", Rule(decaying, Pair, MomentumKnobs))
    assert_same(training, LESSON_POINTS, drawn_knobs(training, 5))


def test_a_knob_of_few_runs_is_filled_up():
    training = SHEETS["momentum"]
    sheet = lock_step(training, LESSON_POINTS, {"lr": RATES})
    found = MachinePasses(training, LESSON_POINTS, len(RATES)).fold(sheet.states(), sheet.knobs())
    wanted = sheet.arithmetic.fold(sheet, sheet.arithmetic.states(sheet))
    assert [bits(v) for v in found.states.values()] == [bits(v) for v in wanted.states.values()]


def halving(s, g, k):
    return Pair(s.w - g * k.lr / 2**s.m, s.m * 1e9)


def test_floats_that_fail_in_all_runs_raise():
    training = textbook("halving", Rule(halving, Pair, MomentumKnobs))
    sheet = lock_step(training, LESSON_POINTS, {"lr": np.resize(RATES, RUNS)})
    passes = MachinePasses(training, sheet.points, RUNS)
    with pytest.raises(OverflowError):
        passes.fold(sheet.states(), sheet.knobs())


def test_what_has_no_machine_code_is_left_to_numpy(monkeypatch):
    monkeypatch.setattr("xlsgd.sweeping.machine_program.machine_code", lambda text: None)
    machine_program.cache_clear()
    sheet = lock_step(SHEETS["momentum"], LESSON_POINTS, {"lr": RATES}, machine_code=True)
    with np.errstate(all="ignore"):
        assert MachinePasses(SHEETS["momentum"], LESSON_POINTS, len(RATES)).fold(sheet.states(), sheet.knobs()) is None
        sheet.step()
    assert isinstance(sheet.inputs["slope"][0], Floats)
    machine_program.cache_clear()


def test_inputs_stay_as_they_are():
    training = with_knobs(SHEETS["adam"], beta1=np.linspace(0, 1, RUNS).view(Floats))
    sheet = lock_step(training, LESSON_POINTS, {"lr": np.linspace(0, 1, RUNS)})
    given = {name: np.array(value) for name, value in sheet.arithmetic.states(sheet).items()}
    states = sheet.arithmetic.states(sheet)
    passes = MachinePasses(training, LESSON_POINTS, RUNS)
    first = passes.fold(states, sheet.knobs())
    kept = [spelled(value) for value in first.states.values()]
    passes.fold(first.states, sheet.knobs())
    assert [spelled(value) for value in first.states.values()] == kept
    assert [spelled(value) for value in states.values()] == [spelled(value) for value in given.values()]
