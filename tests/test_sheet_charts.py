"""A sheet's charts as a picture: what `plot` draws of a sheet that trains nothing."""

import pytest

import xlsgd
from xlsgd.pictures.picture import matplotlib
from xlsgd.pictures.sheet_charts import draw_charts
from xlsgd.workbooks.network.known import network_tables, sheet_of_table, table_of


@pytest.mark.parametrize("name", sorted(network_tables()))
def test_each_is_drawn_into_either_form_the_same_each_time(tmp_path, name):
    for form, begins in ((".png", b"\x89PNG"), (".svg", b"<?xml")):
        paths = [xlsgd.plot(name, tmp_path / f"{each}{form}") for each in "ab"]
        drawn = [path.read_bytes() for path in paths]
        assert drawn[0] == drawn[1] and drawn[0].startswith(begins) and len(drawn[0]) > 10_000


def test_the_lines_are_the_cells_of_the_sheet(monkeypatch):
    matplotlib()
    from matplotlib.axes import Axes

    lines, plot = {}, Axes.plot
    monkeypatch.setattr(
        Axes, "plot", lambda self, x, y, **look: (lines.update({look["label"]: (x, y)}), plot(self, x, y, **look))[1]
    )
    draw_charts(sheet_of_table(table_of("lr_find")), "png")
    frame = xlsgd.trace("lr_find")
    assert lines["loss"][0] == frame["lr"].tolist()
    going = frame["goes on"] == 1
    assert [y for y, on in zip(lines["loss"][1], going, strict=True) if on] == frame["mean loss"][going].tolist()
    assert all(y != y for y, on in zip(lines["loss"][1], going, strict=True) if not on), "left out"
    (rate,), (height,) = lines["steepest"]
    assert height == frame.set_index("lr")["smoothed"][rate]


def test_a_knob_and_own_points_are_drawn(tmp_path):
    usual, other, own = (
        xlsgd.plot("moving_average", tmp_path / f"{i}.png", **given).read_bytes()
        for i, given in enumerate(({}, {"beta": 0.5}, {"points": {"y": [1.0, 2.0, 1.5]}}))
    )
    assert len({usual, other, own}) == 3


def test_a_name_that_is_no_pictures_leaves_nothing(tmp_path):
    with pytest.raises(xlsgd.InputError, match=r"give a name that ends in \.png or \.svg"):
        xlsgd.plot("accuracy", tmp_path / "a.txt")
    with pytest.raises(xlsgd.InputError, match="accuracy: `rules` is for a training sheet"):
        xlsgd.plot("accuracy", tmp_path / "a.png", rules="sgd")
    assert not list(tmp_path.iterdir())
