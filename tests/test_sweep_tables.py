"""Sweeps of sheets that train nothing: each combination is the table with those knobs, in all files."""

import csv

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.sweeping.grid import grid
from xlsgd.sweeping.tables import sweep_table
from xlsgd.workbooks.network.known import table_of


def test_each_combination_is_what_pressing_comes_to():
    frame = xlsgd.sweep("accuracy", times=[0.5, 2], b=[-1, 0, 1])
    assert len(frame) == 6
    for _, row in frame.iterrows():
        pressed = xlsgd.press("accuracy", [f"b={row['b']}", f"times={row['times']}"])[-1]
        assert row.to_dict() == {name: pressed[name] for name in frame.columns}


def test_the_rate_at_which_it_runs_away_stays_wherever_the_line_starts():
    """What the sheet's text says: above 1 / (mean of x squared) a step goes further past the answer than it was."""
    frame = xlsgd.sweep("lr_find", b_at_start=[-50, 1, 50], a_at_start=[-3, 5])
    x = np.array(table_of("lr_find").inputs["x"])
    assert (frame["lr there"] > 1 / (x**2).mean()).all() and (frame["lr there"] < 10 / (x**2).mean()).all()
    assert frame["least smoothed"].max() > 3 * frame["least smoothed"].min()


def test_the_files_hold_what_the_frame_does(tmp_path):
    arguments = ["sweep", "moving_average", "--knob", "beta=0.5:1:3", "--out", str(tmp_path)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"sweep-moving_average.{end}" for end in ("csv", "png", "xlsx")
    ]
    frame = xlsgd.sweep("moving_average", beta=[0.5, 0.75, 1])
    with (tmp_path / "sweep-moving_average.csv").open() as file:
        header, *lines = csv.reader(file)
    assert header == list(frame.columns)
    assert [[float(cell) if cell else None for cell in line] for line in lines[:2]] == frame.values.tolist()[:2]
    assert lines[2][-1] == "", "nothing divided by nothing"
    sheet = openpyxl.load_workbook(tmp_path / "sweep-moving_average.xlsx")["sweep"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(header)
    assert list(rows[1]) == pytest.approx(frame.values.tolist()[0], rel=1e-15)  # XlsxWriter's 16 digits


def test_maps_are_drawn_of_two_knobs(tmp_path):
    frame = xlsgd.sweep("accuracy", b=[-1, 1], w1=[0.5, 1, 2], folder=tmp_path)
    assert len(frame) == 6 and (tmp_path / "sweep-accuracy.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("ranges", "says"),
    [
        ({}, "say what is swept"),
        ({"lr": [1, 2]}, "accuracy: no knob 'lr'"),
        ({"b": "0:1:500", "w1": "0:1:500"}, "250,000 combinations; a table is tried with 100,000 at most"),
        ({"b": [0, 1], "w1": [0, 1], "w2": [0, 1]}, "b, w1, w2: a picture has room for two"),
    ],
)
def test_what_cannot_be_swept_is_one_line_and_leaves_the_old_file(tmp_path, ranges, says):
    (tmp_path / "sweep-accuracy.csv").write_text("old")
    with pytest.raises(xlsgd.InputError, match=says):
        xlsgd.sweep("accuracy", folder=tmp_path, **ranges)
    assert (tmp_path / "sweep-accuracy.csv").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_a_sweep_tells_of_each_combination():
    told = []
    table = table_of("accuracy")
    sweep_table(table, grid(table, {"times": "1.5:2:7"}), told.append)
    assert sum(told) == 7
