"""The compiled row against the row itself: to the bit, tolerance none."""

import math
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.functions import Value, sqrt
from xlsgd.points.points import Points
from xlsgd.rules import Rate, Rule
from xlsgd.run.one_pass import OnePass, point_rows
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON, textbook, trainings
from xlsgd.symbols.checked import ExcelError, plain
from xlsgd.symbols.expression import NoFormula


class SquareSum(NamedTuple):
    w: Value
    v: Value = 0.0


def adagrad(s: SquareSum, g: Value, k: Rate) -> SquareSum:
    """A rule that the package does not know (Duchi et al. 2011)."""
    v = s.v + g**2
    w = s.w - k.lr * g / (sqrt(v) + 1e-10)
    return SquareSum(w, v)


def branching(s: SquareSum, g: Value, k: Rate) -> SquareSum:
    return SquareSum(s.w - k.lr * (1.0 if g > 0 else -1.0))


class Plain(NamedTuple):
    w: Value


def memoryless(s: Plain, g: Value, k: Rate) -> Plain:
    """Its square may overflow in one row and be forgotten in the next."""
    return Plain(s.w - k.lr * g / (1 + g * g))


class Counted(NamedTuple):
    w: Value
    t: Value = 0.0


def alternating(s: Counted, g: Value, k: Rate) -> Counted:
    """A negative number to a power: -1 ** t would be -(1 ** t)."""
    return Counted(s.w - k.lr * g * (2 + (-1) ** s.t), s.t + 1)


SHEETS = trainings() | {
    "alternating": textbook("alternating", Rule(alternating, Counted, Rate)),
    "adagrad": textbook("adagrad", Rule(adagrad, SquareSum, Rate)),
    "memoryless": textbook("memoryless", Rule(memoryless, Plain, Rate)),
}
extremes = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 1e200, -1e308])
numbers = st.floats(-1e3, 1e3) | extremes
pairs = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12)
points = pairs.map(lambda found: Points(*zip(*found, strict=True)))


def interpreted(training, points, states, knobs):
    fields = tuple(states.values())
    rows = OnePass(training).interpreted(point_rows(training, points), fields, knobs)
    return [(*row.point, *map(plain, row.values)) for row in rows]


def spelled(values):
    """Return numbers such that 0.0 and -0.0 are two; errors as their text."""
    return [value if isinstance(value, ExcelError) else float(value).hex() for value in values]


def sums(column):
    return spelled([column.total().value, column.sum_of_squares().value, column.count()])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of a complex number, before it is dropped
@pytest.mark.parametrize("name", SHEETS)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), points=points)
def test_compiled_rows_are_the_interpreted_ones(name, data, points):
    training = SHEETS[name]
    states = {state: data.draw(numbers) for state in training.states}
    knobs = training.knobs._make(data.draw(st.tuples(*(numbers for _ in training.knobs))))
    expected = interpreted(training, points, states, knobs)
    found = OnePass(training).rows(points, states, knobs)
    assert [spelled(row) for row in found] == [spelled(row) for row in expected]
    end = OnePass(training).fold(points, states, knobs)
    same = OnePass(training).interpreted_end(points, tuple(states.values()), knobs)
    assert spelled([*end.states.values(), *end.last.values()]) == spelled([*same.states.values(), *same.last.values()])
    assert [sums(column) for column in end.sums.values()] == [sums(column) for column in same.sums.values()]


@pytest.mark.parametrize("name", SHEETS)
@given(st.tuples(*[st.floats(-9, 9)] * 2), st.data())
def test_a_row_is_what_its_rule_gives_on_floats(name, point, data):
    """The record against the rule itself, and on the lesson's sheets against the row, which are plain arithmetic."""
    training = SHEETS[name]
    size = st.integers(1, 9).map(float)  # a count of steps among them, so that no power of -1 is complex
    state = training.rule.state
    of_b, of_a = (state(*data.draw(st.tuples(*(size for _ in state(0.0))))) for _ in "ba")
    of_a = of_a._replace(**{field: getattr(of_b, field) for field in training.shared})
    given = {"b": of_b.w, "a": of_a.w}
    for field in training.targets:
        given |= dict(zip(training.states_of(field), (getattr(of_b, field), getattr(of_a, field)), strict=False))
    one_pass = OnePass(training)
    (found,) = one_pass.rows(Points(*zip(point, strict=True)), given, training.knobs)
    values = dict(zip(one_pass.names, found, strict=True))
    if name in LESSON:
        row = training.row(training.rule, dict(zip("xy", point, strict=True)), {"b": of_b, "a": of_a}, training.knobs)
        assert spelled(found[2:]) == spelled(row.values.values())
        after = row.states
    else:
        x, y = point
        e = 2 * (of_b.w + of_a.w * x - y)
        after = {
            "b": training.rule.update(of_b, e, training.knobs),
            "a": training.rule.update(of_a, e * x, training.knobs),
        }
    expected = {f"new {w}": after[w].w for w in "ba"}
    for field in training.targets:
        expected |= dict(zip(training.states_of(field), (getattr(after[w], field) for w in "ba"), strict=False))
    assert spelled(values[column] for column in expected) == spelled(expected.values())


@pytest.mark.parametrize("name", SHEETS)
def test_compiled_rows_of_many_chunks_are_the_interpreted_ones(name):
    x = [float(1 + i * 7919 % 97) for i in range(2500)]
    many = Points(x, [2 * v + 30 + (i % 11) / 7 for i, v in enumerate(x)])
    sheet = LiveSheet(SHEETS[name], many)
    sheet.put("lr", 1e-5)
    assert list(sheet.tuples()) == interpreted(SHEETS[name], many, sheet.states(), sheet.knobs())


@pytest.mark.parametrize("bad", [0, 999, 1000, 2100])
def test_an_error_begins_at_its_row_in_any_chunk(bad):
    y = [1.0] * 2500
    y[bad] = 1e300
    many = Points([1.0] * 2500, y)
    sheet = LiveSheet(LESSON["basic"], many)
    rows = list(sheet.tuples())
    assert next(i for i, row in enumerate(rows) if "#NUM!" in row) == bad
    assert rows == interpreted(LESSON["basic"], many, sheet.states(), sheet.knobs())


def test_a_rule_that_symbols_cannot_follow_says_what_it_does():
    with pytest.raises(NoFormula, match="branching: > on a cell has no formula"):
        textbook("branching", Rule(branching, SquareSum, Rate))


def test_a_value_that_is_not_finite_for_one_row_alone_is_noticed():
    """The state forgets it, the sums that a pass keeps must not."""
    few = Points([1e160, 1.0, 2.0], [0.0, 3.0, 4.0])
    states = {"b": 1.0, "a": 1.0}
    training = SHEETS["memoryless"]
    end = OnePass(training).fold(few, states, Rate(0.5))
    same = OnePass(training).interpreted_end(few, tuple(states.values()), Rate(0.5))
    assert spelled(end.states.values()) == spelled(same.states.values())
    assert not math.isfinite(1e160 * 1e160)
