"""The compiled lock step against the rows run one by one on the same arrays: to the bit, tolerance none."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.functions import Value, exp, sqrt
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import MomentumKnobs, Rule
from xlsgd.sheets.lesson import textbook, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.sweeping.floats import Floats
from xlsgd.sweeping.passes import Passes
from xlsgd.sweeping.places import Places
from xlsgd.sweeping.program import program
from xlsgd.sweeping.run import lock_step as pressed
from xlsgd.symbols.operations import Operation

RUNS = 5
RATES = np.array([0.0, 1e-4, 0.3, 1.0, 1e3])
SHEETS = trainings()
OPERATIONS = {
    "add": lambda p, q: p + q,
    "subtract": lambda p, q: p - q,
    "multiply": lambda p, q: p * q,
    "divide": lambda p, q: p / q,
    "negate": lambda p, q: -p,
    "root": lambda p, q: sqrt(p),
    "square": lambda p, q: p**2,
    "power": lambda p, q: p**q,
    "size": lambda p, q: abs(p),
}


class Pair(NamedTuple):
    w: Value
    m: Value = 0.5


def rule_of(steps, ends):
    """Return a rule that does some operations, each to two values that it has so far, and keeps two of them."""

    def update(s, g, k):
        values = [s.w, s.m, g, k.lr, k.beta, s.w * k.lr, g + s.m, 2, 0.5, -1]
        for name, p, q in steps:
            values.append(OPERATIONS[name](values[p % len(values)], values[q % len(values)]))
        return Pair(*(values[end % len(values)] for end in ends))

    return Rule(update, Pair, MomentumKnobs)


def lock_step(training, points=LESSON_POINTS):
    return pressed(training, points, {"lr": RATES})


def bits(value):
    """Return the bits of each run's value, but one NaN like another; a number that all runs share stands for each."""
    values = np.array(np.broadcast_to(np.asarray(value, float), RUNS))
    values[np.isnan(values)] = np.nan
    return values.view(np.uint64).tolist()


def everything(end):
    return [bits(value) for value in (*end.states.values(), *end.last.values())]


def assert_same(training, points):
    with np.errstate(all="ignore"):
        sheet = lock_step(training, points)
        for _ in range(2):  # in the second the states, too, are arrays
            compiled = Passes(training, points, RUNS).fold(sheet.states(), sheet.knobs())
            if compiled is not None:
                assert everything(compiled) == everything(sheet.arithmetic.fold(sheet, sheet.arithmetic.states(sheet)))
            sheet.step()
    return compiled is not None


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_is_compiled_and_the_same(name):
    assert assert_same(SHEETS[name], LESSON_POINTS)


numbers = st.integers(0, 20)
steps = st.lists(st.tuples(st.sampled_from(sorted(OPERATIONS)), numbers, numbers), min_size=1, max_size=12)
values = st.floats(-1e3, 1e3)


@pytest.mark.filterwarnings("ignore:.*complex.*")
@settings(max_examples=150, deadline=None)
@given(steps, st.tuples(numbers, numbers), st.lists(st.tuples(values, values), min_size=1, max_size=4))
def test_any_rule_is_the_same(steps, ends, pairs):
    """No operation may write over what another still needs, whatever the rule hands on to the next row."""
    try:
        assert_same(textbook("any", rule_of(steps, ends)), Points(*zip(*pairs, strict=True)))
    except (ArithmeticError, ValueError, TypeError):  # of numbers that no knob changes: floats fail either way
        return


def test_a_state_that_is_handed_on_twice_or_not_at_all_is_not_compiled():
    twice = rule_of([("multiply", 2, 3)], (10, 10))
    swapped = rule_of([("multiply", 2, 3)], (1, 10))
    a_knob = rule_of([("multiply", 2, 3)], (10, 3))
    for rule, expected in ((twice, False), (swapped, True), (a_knob, False)):
        assert assert_same(textbook("odd", rule), LESSON_POINTS) is expected


def test_an_exponent_that_is_an_array_is_none_that_all_runs_share():
    powers = rule_of([("multiply", 1, 3), ("power", 4, 10)], (5, 11))
    training = with_knobs(textbook("powers", powers), beta=RATES.clip(0, 1).view(Floats))
    assert assert_same(training, LESSON_POINTS)


def test_zero_keeps_its_sign():
    assert bits(lock_step(SHEETS["momentum"]).arithmetic.operand(-0.0)) == bits(-0.0) != bits(0.0)


def decaying(s, g, k):
    return Pair(s.w - g * k.lr * exp(-s.m), s.m + 1)


def test_what_numpy_rounds_otherwise_is_not_compiled():
    training = textbook("decaying", Rule(decaying, Pair, MomentumKnobs))
    assert program(training.key, (False,) * 4 + (True, False)) is None
    sheet = lock_step(training)
    with np.errstate(all="ignore"):
        sheet.step()
    assert len(sheet.inputs["const"][0]) == RUNS


def test_a_pass_leaves_its_inputs_alone_and_its_results_survive_the_next():
    sheet = lock_step(SHEETS["adam"])
    sheet.step()
    passes = Passes(SHEETS["adam"], LESSON_POINTS, RUNS)
    states, knobs = sheet.states(), sheet.knobs()
    inputs = [bits(value) for value in (*states.values(), *knobs)]
    first = passes.fold(states, knobs)
    kept = everything(first)
    second = passes.fold(first.states, sheet.knobs())
    assert everything(first) == kept
    assert everything(second) != kept
    assert [bits(value) for value in (*states.values(), *knobs)] == inputs


def test_of_a_knob_and_one_exponent_for_all_runs_the_powers_are_looked_up():
    """As each run alone computes them, which NumPy's power may round otherwise."""
    places = Places(["m"], {"m", "beta", "v", "w", "x"}, {"beta"})
    operations = [
        Operation("v", "power", ("beta", "t")),
        Operation("w", "power", ("m", "t")),
        Operation("x", "add", ("v", "w")),
    ]
    assert places.spell(operations, ["x"]) == [
        "powers_beta(t, s0)", "np.float_power(m, t, out=s1)", "np.add(s0, s1, out=s1)",
    ]  # fmt: skip
    assert places.bases == ["beta"]
