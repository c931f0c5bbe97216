"""The loss over a model's parameters, against NumPy's arithmetic and the sheet's own loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_models import SAMPLES

from xlsgd.models import LINE
from xlsgd.pictures.surface import line_loss, surface_of
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.least_squares import best_line
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.trainings import training_of


@given(st.floats(-50, 50), st.floats(-5, 5))
def test_the_lines_surface_is_the_loss_of_each_line(b, a):
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 100, 40)
    points = Points(x, 3 * x + 7 + rng.normal(size=40))
    direct = np.sqrt(((points.y - b - a * x) ** 2).sum())
    # Two ways to sum: rounding only, of sums that are about 1e6 times the least loss squared.
    assert line_loss(points, best_line(points), np.array(b), np.array(a)) == pytest.approx(direct, rel=1e-9)


@pytest.mark.parametrize("name", SAMPLES)
def test_any_models_surface_is_the_sheets_loss_where_nothing_is_learned(name):
    model, points = SAMPLES[name]
    still = training_of(model, "sgd", knobs={"lr": 0.0})
    surface = surface_of(still, points, (), model.start)
    for change in (0.0, 0.3, -1.2):
        sheet = LiveSheet(still, points)
        for parameter in surface.parameters:
            sheet.put(parameter, model.start[parameter] + change)
        at = [np.array(start + change) for start in surface.start]
        assert float(surface.loss(*at)) == pytest.approx(sheet.state()["loss"], rel=1e-12)  # a sum in another order


def test_the_parabolas_surface_is_numpys():
    model, points = SAMPLES["parabola"]
    surface = surface_of(training_of(model), points, ("a", "c"), {"a": 9, "b": -1.5, "c": 9})
    a, c = np.meshgrid(np.linspace(-1, 3, 4), np.linspace(-2, 2, 5))
    x, y = np.array(points.x), np.array(points.y)
    wanted = ((y - c[..., None] + 1.5 * x - a[..., None] * x**2) ** 2).mean(-1)
    np.testing.assert_allclose(surface.loss(a, c), wanted, rtol=1e-12)


def test_the_line_has_an_answer_whatever_its_loss():
    for training in (training_of(LINE), training_of(LINE)._replace(loss_name="root of summed err^2")):
        surface = surface_of(training, LESSON_POINTS, (), LINE.start)
        assert surface.answer == (30, 2) and float(surface.loss(np.array(30.0), np.array(2.0))) == 0


def test_of_very_many_points_some_are_taken():
    model, points = SAMPLES["parabola"]
    many = Points(x=points.x * 20_000, y=points.y * 20_000)
    surface = surface_of(training_of(model), many, (), model.start)
    grid = np.meshgrid(np.linspace(-1, 1, 300), np.linspace(-1, 1, 300))
    alike = surface_of(training_of(model), points, (), model.start).loss(*grid)
    np.testing.assert_allclose(surface.loss(*grid), alike, rtol=0.3)  # 222 of 240,000 that repeat twelve
