"""The public names: lazy, documented, and what each gives; errors speak of arguments, never of a command's options."""

import inspect
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import xlsgd
from xlsgd.testing import sheet_values

LINE_POINTS = {"x": [1.0, 2.0, 3.0], "y": [3.0, 5.0, 7.0]}


def parabola(p, x):
    return p.c + p.b * x + p.a * x**2


PARABOLA = xlsgd.Model("parabola", "x", {"c": 0, "b": 0, "a": 0}, parabola, xlsgd.squared_error)


@pytest.mark.parametrize("name", xlsgd.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name):
    value = getattr(xlsgd, name)
    assert name in dir(xlsgd)
    if callable(value):
        assert inspect.getdoc(value), name


def test_nothing_is_imported_before_it_is_asked_for():
    code = (
        "import sys, xlsgd; print(*sorted(m for m in sys.modules if m.split('.')[0] in ('numpy', 'torch', 'pandas')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_name_that_there_is_not():
    with pytest.raises(AttributeError, match="module 'xlsgd' has no attribute 'nosuch'"):
        _ = xlsgd.nosuch


@pytest.mark.parametrize(
    "points",
    [
        LINE_POINTS,
        pd.DataFrame(LINE_POINTS),
        xlsgd.Points(**LINE_POINTS),
        (np.array([1.0, 2.0, 3.0]), np.array([3.0, 5.0, 7.0])),
        (np.array([[1.0], [2.0], [3.0]]), np.array([[3.0], [5.0], [7.0]])),
    ],
    ids=["mapping", "frame", "points", "vectors", "matrices"],
)
def test_points_come_as_people_have_them(points):
    frame = xlsgd.trace(PARABOLA, points, lr=0.01)
    assert frame["x"].tolist() == LINE_POINTS["x"] and frame["y"].tolist() == LINE_POINTS["y"]


@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["str", "Path"])
def test_paths_are_texts_or_paths(kind, tmp_path):
    (tmp_path / "points.csv").write_text("x,y\n1,3\n2,5\n3,7\n")
    path = xlsgd.build(PARABOLA, kind(tmp_path / "a.xlsx"), kind(tmp_path / "points.csv"), lr=0.01, epochs=3)
    assert xlsgd.verify(kind(path), models=PARABOLA, oracles="torch").agrees
    assert xlsgd.compare(kind(path), kind(path)).mirrors
    assert xlsgd.plot(PARABOLA, kind(tmp_path / "a.png"), LINE_POINTS, parameters=["b", "a"], lr=0.01) is not None
    assert (tmp_path / "a.png").stat().st_size > 10_000


def test_a_step_of_the_press_is_an_epoch_of_the_trace():
    (state,) = xlsgd.press(PARABOLA, ["step"], LINE_POINTS, lr=0.01)
    frame = xlsgd.trace(PARABOLA, LINE_POINTS, epochs=2, lr=0.01)
    assert state["epoch"] == 1
    assert [state[name] for name in "cba"] == [frame.loc[(1, 5), name] for name in "cba"]


def test_actions_may_be_one_text():
    assert xlsgd.press("adam", "reset lr=0.5 run") == xlsgd.press("adam", ["reset", "lr=0.5", "run"])


def test_a_step_is_that_of_a_plain_loop():
    c = b = a = 0.0
    for x, y in zip(*LINE_POINTS.values(), strict=True):
        slope = 2 * (c + b * x + a * x**2 - y)
        c, b, a = c - 0.01 * slope, b - 0.01 * slope * x, a - 0.01 * slope * x**2
    (state,) = xlsgd.press(PARABOLA, "step", LINE_POINTS, lr=0.01)
    assert [state[name] for name in "cba"] == pytest.approx([c, b, a], rel=1e-14)  # the order of products may differ


def test_knobs_are_keywords_and_rules_may_have_their_own(tmp_path):
    rules = {"sgd": {"lr": 0.01}, "momentum": {"lr": 0.001, "beta": 0.5}}
    path = xlsgd.build(PARABOLA, tmp_path / "a.xlsx", LINE_POINTS, rules=rules, epochs=2)
    assert sheet_values(path, "momentum").loc[2].dropna().tolist()[2:4] == [0.001, 0.5]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: xlsgd.build("grades"), "no model or sheet 'grades': did you mean 'graddesc'?"),
        (lambda: xlsgd.trace(PARABOLA, {"x": [1]}), "points: no column 'y'"),
        (lambda: xlsgd.trace(PARABOLA, {"x": [1, 2], "y": [1]}), "the columns must have one length"),
        (lambda: xlsgd.trace(PARABOLA, {"x": [1], "y": [float("nan")]}), "column y, point 1: nan is no finite number"),
        (lambda: xlsgd.trace(PARABOLA, LINE_POINTS, rule="sdg"), "no rule 'sdg': did you mean 'sgd'?"),
        (lambda: xlsgd.trace(PARABOLA, LINE_POINTS, rate=1), "no knob 'rate'"),
        (lambda: xlsgd.trace(PARABOLA, LINE_POINTS, lr=float("inf")), "`lr` inf: give a finite number"),
        (lambda: xlsgd.trace(PARABOLA, LINE_POINTS, batch=0), "`batch` 0: give a whole number of rows, 1 or more"),
        (lambda: xlsgd.build("entropy", "a.xlsm"), "entropy: has no buttons; give a file that ends in .xlsx"),
        (lambda: xlsgd.build(PARABOLA, "a.txt", LINE_POINTS), "give a file that ends in .xlsx"),
        (lambda: xlsgd.build(PARABOLA, "a.xlsx", LINE_POINTS, epochs=0), "`epochs` 0"),
        (lambda: xlsgd.build("adam", "a.xlsx", epochs=2.5), "`epochs` 2.5: give a whole number, 1 or more"),
        (
            lambda: xlsgd.build(PARABOLA, "a.xlsx", LINE_POINTS, epoch="1"),
            "`epoch` '1': give a whole number, 0 or more",
        ),
        (lambda: xlsgd.trace("adam", epochs=0), "`epochs` 0: give a whole number, 1 or more"),
        (lambda: xlsgd.sweep("adam", epochs="3"), "`epochs` '3': give a whole number, 1 or more"),
        (lambda: xlsgd.plot("adam", "a.png", epochs="3"), "`epochs` '3': give a whole number, 1 or more"),
        (lambda: xlsgd.trace(parabola, LINE_POINTS), "function: is no model; give Model(...), or the name of a sheet"),
        (lambda: xlsgd.press(PARABOLA, "jump", LINE_POINTS), "no action 'jump'"),
        (lambda: xlsgd.press(PARABOLA, "", LINE_POINTS), "no action ''"),
        (lambda: xlsgd.verify("nosuch.xlsx"), "nosuch.xlsx: no such file"),
    ],
)
def test_bad_arguments_are_one_line_about_arguments(call, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(xlsgd.InputError) as caught:
        call()
    message = str(caught.value)
    assert says in message and "\n" not in message and "--" not in message
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_of_a_model_finds_the_rate_that_learns(tmp_path):
    frame = xlsgd.sweep(PARABOLA, LINE_POINTS, lr=[1e-4, 1e-2, 10.0], epochs=50)
    losses = frame.set_index("lr").iloc[:, 0].tolist()
    assert losses[1] < losses[0] and np.isnan(losses[2])
