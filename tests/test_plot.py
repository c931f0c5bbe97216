"""The picture of training: what is drawn, against arithmetic done here and the sheet pressed alone."""

import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.pictures.plot import draw, surface, trajectory, write_plot
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.least_squares import best_line
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.training import with_knobs

pytest.importorskip("matplotlib")
SHEETS = trainings()


def invoke(*arguments):
    return CliRunner().invoke(cli, ["plot", *map(str, arguments)])


@given(st.floats(-50, 50), st.floats(-5, 5))
def test_the_surface_is_the_loss_of_each_line(b, a):
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 100, 40)
    points = Points(x, 3 * x + 7 + rng.normal(size=40))
    direct = np.sqrt(((points.y - b - a * x) ** 2).sum())
    # Two ways to sum: rounding only, of sums that are about 1e6 times the least loss squared.
    assert surface(points, best_line(points), np.array(b), np.array(a)) == pytest.approx(direct, rel=1e-9)


def test_a_trajectory_is_the_sheet_pressed():
    way = trajectory(SHEETS["adam"], 3)
    sheet = LiveSheet(SHEETS["adam"])
    for epoch in range(4):
        state = sheet.state()
        assert (way.b[epoch], way.a[epoch], way.loss[epoch]) == (state["b"], state["a"], state["loss"])
        sheet.step()
    assert len(way.b) == 4
    assert not way.diverged


def test_a_trajectory_ends_where_it_diverges():
    way = trajectory(with_knobs(SHEETS["basic"], lr=0.01), 50)
    assert way.diverged
    assert "diverged in epoch" in way.name
    assert np.isfinite([*way.b, *way.a, *way.loss]).all()
    assert len(way.b) < 51


def svg_texts(data):
    return {text for element in ET.fromstring(data).iter() if (text := (element.text or "").strip())}


def test_axes_legend_and_answer_are_named():
    ways = [trajectory(SHEETS[name], 5) for name in ("basic", "adam")]
    texts = svg_texts(draw(ways, LESSON_POINTS, "svg"))
    wanted = {"b (intercept)", "a (slope)", "epoch", "loss (root of the sum of squared errors)", "the start"}
    assert wanted | {"basic, lr 0.0001", "adam, lr 1", "the answer: b = 30, a = 2"} <= texts


def test_any_picture_is_drawn_the_same_twice():
    ways = [trajectory(training, 2) for training in SHEETS.values()]
    for form in ("png", "svg"):
        assert draw(ways, LESSON_POINTS, form) == draw(ways, LESSON_POINTS, form)


@pytest.mark.parametrize(
    "points",
    [
        Points((0.0, 1.0), (1.0, 2.0)),  # the answer is the start
        Points((1.0, 2.0), (1e8, 3e8)),
        Points((1.0, 2.0, 3.0), (0.0, 1e-9, 0.0)),
    ],
)
def test_odd_points_are_drawn(points):
    assert draw([trajectory(SHEETS["sgd"], 3, points)], points, "png")


def test_a_run_that_diverges_at_once_is_drawn():
    way = trajectory(with_knobs(SHEETS["sgd"], lr=1e200), 3)
    assert way.diverged
    assert draw([way], LESSON_POINTS, "png")


def test_the_command_writes_what_is_asked(tmp_path):
    out = tmp_path / "new" / "paths.svg"
    result = invoke("basic", "adam", "--epochs", 3, "--set", "adam.lr=0.5", "--out", out)
    assert result.exit_code == 0, result.output
    assert "adam, lr 0.5" in svg_texts(out.read_bytes())
    assert [file.name for file in out.parent.iterdir()] == ["paths.svg"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("adm",), "no training sheet 'adm': did you mean 'adam'?"),
        (("adam", "--out", "x.pdf"), "x.pdf: give a name that ends in .png or .svg"),
        (("adam", "--set", "beta=0.5"), "no knob 'beta'"),
        (("adam", "--epochs", "0"), "--epochs"),
        ((), "SHEET"),
        (("adam", "--out", "/dev/null/x.png"), "/dev/null: is a file; give a folder"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, says):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_points_without_a_best_line_are_one_line(tmp_path):
    points = Points((1.0, 1.0), (1.0, 2.0))
    with pytest.raises(InputError, match="x are all the same"):
        write_plot(tmp_path / "x.png", [SHEETS["sgd"]], 1, points)


def test_without_matplotlib_one_line_names_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = invoke("basic", "--out", tmp_path / "x.png")
    assert result.exit_code == 2
    assert 'drawing pictures needs matplotlib: pip install ".[plot]"' in result.output
