"""Sheets that train nothing by `press`: what a value typed into accuracy, moving_average or lr_find comes to."""

import numpy as np
import pytest
import torch
from click.testing import CliRunner

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.run.live_table import LiveTable, following, outcomes, press_table
from xlsgd.sheets.entropy import BOOK
from xlsgd.sheets.table import numbers, with_table_knobs
from xlsgd.workbooks.network.known import network_tables, table_of

TABLES = sorted(network_tables())


@pytest.mark.parametrize("name", TABLES)
def test_what_the_knobs_come_to_is_what_the_sheet_shows(name):
    table = table_of(name)
    columns, totals = numbers(table)
    computed = {key: value for key, value in totals.items() if key not in table.singles}
    shown = computed or {key: values[-1] for key, values in columns.items()}
    found = outcomes(table, {}, following(table))
    assert found and found == {key: shown[key] for key in found}


def test_what_follows_from_the_points_alone_is_not_among_it():
    assert "mean x" not in following(table_of("lr_find")) and "lr at steepest" in following(table_of("lr_find"))
    assert following(table_of("moving_average")) == ["average", "1-beta^t", "corrected"]


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.98])
def test_a_typed_beta_gives_the_average_that_torch_has(beta):
    y = table_of("moving_average").inputs["y"]
    average = torch.zeros((), dtype=torch.float64)
    for value in y:
        average = torch.lerp(torch.tensor(value, dtype=torch.float64), average, beta)
    state = xlsgd.press("moving_average", [f"beta={beta}"])[0]
    assert state["average"] == pytest.approx(average.item(), rel=1e-13)  # rounding over 60 steps
    assert state["beta"] == beta and state["average_before"] == 0


def test_values_stay_until_a_reset():
    first, both, after = xlsgd.press("accuracy", ["times=2", "b=-3", "reset"])
    assert (first["times"], both["times"], both["b"], after["times"], after["b"]) == (2, 2, -3, 1.0001, 0.3)
    assert both["accuracy"] != after["accuracy"] == first["accuracy"] == first["accuracy then"]
    assert xlsgd.press("accuracy", "reset", times=3)[0]["times"] == 3, "to what the caller set"


def test_a_traced_table_takes_knobs():
    frame = xlsgd.trace("accuracy", times=2)
    assert (frame["z times"] == 2 * frame["z"]).all()
    done = CliRunner().invoke(
        cli, ["trace", "accuracy", "--set", "times=2", "--set", "accuracy.b=0", "--format", "csv"]
    )
    lines = [line.split(",") for line in done.output.splitlines()]
    z, twice = (np.array([float(row[lines[0].index(name)]) for row in lines[1:]]) for name in ("z", "z times"))
    assert done.exit_code == 0 and (2 * z == twice).all()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("press accuracy step", "accuracy: step: the sheet has no epochs; give NAME=VALUE or reset"),
        ("press accuracy jump", "no action 'jump': there are reset, NAME=VALUE"),
        ("press accuracy tmes=2", "accuracy: no knob 'tmes': did you mean 'times'?"),
        ("press accuracy times=x", "times=x: 'x' is not a number"),
        ("trace accuracy --set times", "--set times: write NAME=VALUE"),
        ("trace accuracy --set lr=1", "accuracy: no knob 'lr'"),
        ("trace accuracy --epochs 2", "accuracy has no epochs; give those for a training sheet"),
        ("plot accuracy --epochs 2", "accuracy has no epochs: leave out --epochs"),
        ("plot accuracy lr_find", "accuracy, lr_find: their models or points differ; draw them one by one"),
        ("sweep accuracy", "accuracy: say what is swept: give a range to one of b, w1, w2, times"),
    ],
)
def test_what_a_table_has_not_is_one_line_and_2(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, arguments.split())
    assert done.exit_code == 2 and says in done.output and done.output.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_knob_that_is_no_number_is_refused_and_a_table_of_the_lesson_has_none():
    with pytest.raises(xlsgd.InputError, match="`times` nan: give a finite number"):
        xlsgd.trace("accuracy", times=float("nan"))
    with pytest.raises(xlsgd.InputError, match="accuracy: `batch` is for a training sheet"):
        xlsgd.press("accuracy", "reset", batch=2)
    assert not BOOK.tables["softmax"].knobs
    assert with_table_knobs(table_of("accuracy"), {"b": 1}).singles["b"] == 1
    assert press_table(LiveTable(table_of("accuracy")), "reset")["action"] == "reset"
