"""A row as machine code against the compiled row in Python: to the bit, tolerance none."""

import math

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from machine_support import needs_machine_code
from random_models import drawn_models
from test_compiled import SHEETS, numbers, points, spelled

from xlsgd.errors import InputError
from xlsgd.functions import if_equal, maximum
from xlsgd.losses import squared_error
from xlsgd.models import Model
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import Rate, Rule
from xlsgd.run.compiled import compiled
from xlsgd.run.machine_rows import machine_rows, table_of
from xlsgd.run.one_pass import FLOATS_FAIL, OnePass, point_rows
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import textbook
from xlsgd.sheets.trainings import training_of

pytestmark = needs_machine_code


def assert_same_or_told(training, points, states, knobs):
    """Where Python fails, or a number is not finite, no epoch is good; where Python does not, the rows are the same."""
    stretch = machine_rows(training.key).stretch(
        table_of(point_rows(training, points)), states, knobs, 1, ["after"] * len(states)
    )
    try:
        rows, after = compiled(training.key).rows(list(point_rows(training, points)), states, knobs)
        done = all(math.isfinite(value) for row in rows for value in row)
    except FLOATS_FAIL:
        done = False
    if stretch.good:
        assert done
        given = len(training.point)
        assert [spelled(row) for row in stretch.rows[0].tolist()] == [spelled(row[given:]) for row in rows]
        assert spelled(stretch.starts[:, 1].tolist()) == spelled(after)
    return bool(stretch.good)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of a complex number, before it is dropped
@pytest.mark.parametrize("name", SHEETS)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), points=points)
def test_rows_are_those_of_python_or_none(name, data, points):
    training = SHEETS[name]
    states = tuple(data.draw(numbers) for _ in training.states)
    knobs = tuple(data.draw(numbers) for _ in training.knobs)
    assert_same_or_told(training, points, states, knobs)


@settings(max_examples=40, deadline=None)
@given(drawn_models())
def test_any_model_is_the_same(drawn):
    try:
        training = training_of(drawn.model, "adam", name="drawn")
    except InputError:  # a parameter that the loss does not depend on
        reject()
    points = Points(**{name: [float(drawn.point[name])] * 2 for name in training.point})
    sheet = LiveSheet(training, points)
    assert_same_or_told(training, points, tuple(sheet.states().values()), tuple(sheet.knobs()))


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_just_after_its_reset_is_done(name):
    sheet = LiveSheet(SHEETS[name])
    sheet.put("lr", 1e-4)
    assert assert_same_or_told(SHEETS[name], LESSON_POINTS, tuple(sheet.states().values()), tuple(sheet.knobs()))


def test_each_state_goes_on_as_it_is_said():
    training = SHEETS["basic"]
    table = table_of(point_rows(training, LESSON_POINTS))
    for ways in (["last", "last"], ["again", "after"]):
        starts = machine_rows(training.key).stretch(table, (1.0, 1.0), (1e-4,), 2, ways).starts
        end = OnePass(training).fold(LESSON_POINTS, {"b": 1.0, "a": 1.0}, Rate(1e-4))
        wanted = {"last": end.last, "after": end.states, "again": {"b": 1.0, "a": 1.0}}
        assert starts[:, 1].tolist() == [wanted[how][name] for name, how in zip("ba", ways, strict=True)]


def test_the_first_epoch_with_an_infinity_and_those_after_it_do_not_count():
    training = SHEETS["sgd"]
    table = table_of(point_rows(training, LESSON_POINTS))
    stretch = machine_rows(training.key).stretch(table, (1.0, 1.0), (1.0,), 20, ["last", "last"])
    assert 0 < stretch.good < 20
    assert np.isfinite(stretch.rows[: stretch.good]).all() and not np.isfinite(stretch.rows[stretch.good]).all()
    assert np.isfinite(stretch.starts[:, stretch.good]).all()


def clipped(s, g, k):
    return type(s)(s.w - k.lr * maximum(g, 3))


def test_whole_numbers_that_python_keeps_whole_are_noticed():
    assert not any(machine_rows(training.key).whole for training in SHEETS.values())

    def products(p, x1, x2):
        return p.b + p.a * (x1 * x2)

    def at_least(p, x):
        return p.b + p.a * maximum(x, p.b)

    def powers(p, x1, x2):
        return p.b + p.a * x1**x2

    def ratios(p, x1, x2):
        return p.b + p.a * (x1 / x2)

    def alike(p, x1, x2):
        return p.b + if_equal(x1, x2, p.a, 0.0)

    two = ("x1", "x2")
    for inputs, predict in ((two, products), (two, powers), (two, ratios), (two, alike), (("x",), at_least)):
        model = Model("drawn", inputs, {"b": 1.0, "a": 1.0}, predict, squared_error)
        assert machine_rows(training_of(model, "sgd", name="drawn").key).whole


def test_a_row_that_is_not_spelled_is_none(monkeypatch):
    monkeypatch.setattr("xlsgd.run.machine_rows.machine_code", lambda text, quickly: None)
    machine_rows.cache_clear()
    assert machine_rows(textbook("clipped", Rule(clipped, SHEETS["sgd"].rule.state, Rate)).key) is None
    machine_rows.cache_clear()
