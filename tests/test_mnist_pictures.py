"""The pictures of a run: what stands in them, read from the figure itself."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from xlsgd.mnist import pictures
from xlsgd.mnist.lr_find import Finding
from xlsgd.mnist.pictures import draw_confusion


def test_each_number_stands_out_from_its_shade():
    table = np.zeros((10, 10), dtype=np.int64)
    table[0, 0], table[1, 2], table[3, 3], table[3, 4] = 90, 70, 1, 9  # right, all wrong, mostly wrong
    figure = Figure()
    draw_confusion(figure, table)
    (axes,) = figure.axes
    image = axes.images[0]
    shades = image.cmap(image.norm(image.get_array()))[:, :, :3].mean(2)
    for text in axes.texts:
        column, row = map(int, text.get_position())
        assert abs(sum(to_rgb(text.get_color())) / 3 - shades[row, column]) > 0.4, (row, column)


RATES = np.geomspace(1e-7, 10, 30)
FINDING = Finding(RATES, np.linspace(2, 1, 30), np.linspace(2, 1, 30), 1e-2, 1e-3)
DRAWN = {
    "losses": lambda figure: pictures.draw_losses(figure, np.linspace(2, 1, 30), "cross-entropy, nats"),
    "schedule": lambda figure: pictures.draw_schedule(figure, RATES, RATES),
    "confusion": lambda figure: draw_confusion(figure, np.eye(10, dtype=np.int64)),
    "finding": lambda figure: pictures.draw_finding(figure, FINDING),
}


@pytest.mark.parametrize("name", DRAWN)
def test_each_picture_has_a_title_and_each_axis_says_what_it_shows(name):
    figure = Figure()
    DRAWN[name](figure)
    assert figure.get_suptitle() or all(axes.get_title() for axes in figure.axes)
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes)


def test_both_rates_are_marked_and_the_safer_is_named():
    figure = Figure()
    DRAWN["finding"](figure)
    (axes,) = figure.axes
    marked = {line.get_label(): float(line.get_xdata()[0]) for line in axes.lines if len(line.get_xdata()) == 2}
    assert marked == {"minimum over 10: 0.001, the safer": 1e-3, "steepest: 0.01": 1e-2}
    assert "nats" in axes.get_ylabel()
