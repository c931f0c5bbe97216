"""The pictures of a run: what stands in them, read from the figure itself."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

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
