"""Traces as data frames: shape, names, and the same numbers as the presses give."""

import math

import pandas as pd
import pytest

import xlsgd.run.trace
from xlsgd import trace
from xlsgd.errors import InputError
from xlsgd.points.points import Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.entropy import ENTROPY
from xlsgd.sheets.lesson import LESSON, trainings


@pytest.fixture(scope="module", params=[0, math.inf], ids=["machine code", "Python"], autouse=True)
def way(request):
    """Every trace, however small, in both ways."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(xlsgd.run.trace, "MACHINE_CODE_PAYS", request.param)
        yield


X = [14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9, 38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8]


@pytest.mark.parametrize("name", trainings())
def test_a_row_for_each_point_and_epoch(name):
    frame, first = trace(name, epochs=3), 4 if name in LESSON else 5
    assert frame.index.names == ["epoch", "row"]
    assert list(frame.index) == [(epoch, row) for epoch in range(3) for row in range(first, first + 29)]
    assert list(frame["x"]) == X * 3
    assert not frame.isna().any().any()


@pytest.mark.parametrize("name", LESSON)
def test_an_epoch_of_the_trace_is_the_sheet_after_as_many_steps(name):
    """To the bit: both are the same pass."""
    live, frame = LiveSheet(LESSON[name]), trace(name, epochs=4)
    for epoch in range(4):
        rows = frame.loc[epoch].drop(columns=["x", "y"])
        assert rows.to_dict("records") == list(live.rows())
        live.step()


def test_the_rows_of_basic_are_one_plain_loop():
    """The whole sheet said again in ten lines, without the library; to the bit."""
    frame = trace("basic")
    b, a, lr = 1.0, 1.0, 0.0001
    for (_, row), x in zip(frame.iterrows(), X, strict=True):
        y = 2 * x + 30
        pred = b + a * x
        assert (row["intercept"], row["slope"], row["y_pred"], row["err^2"]) == (b, a, pred, (y - pred) ** 2)
        de_db = 2 * (pred - y)
        a -= de_db * x * lr
        b -= de_db * lr
        assert (row["new b"], row["new a"]) == (b, a)


@pytest.mark.parametrize("name", ENTROPY)
def test_an_entropy_sheet(name):
    frame = trace(name)
    assert len(frame) == 5
    assert frame.index[0] == (3 if name == "softmax" else 2)
    assert isinstance(frame, pd.DataFrame)


def test_own_points_and_knobs():
    frame = trace("adam", Points([1.0, 2.0], [3.0, 4.0]), lr=0.5, beta1=0.75)
    assert frame["pred"].iloc[0] == 2.0
    assert len(frame) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"what": "basik"}, "did you mean 'basic'"),
        ({"what": "nothing at all"}, "there are graddesc, basic, momentum"),
        ({"what": "graddesc"}, "holds several training sheets; give one of basic"),
        ({"what": "softmax", "epochs": 2}, "softmax has no epochs"),
        ({"what": "entropy", "points": Points([1.0], [1.0])}, "no epochs, data or knobs"),
        ({"what": "entropy", "lr": 1}, "no epochs, data or knobs"),
        (
            {"what": "adam", "epochs": 10**7},
            "10,000,000 epochs of 29 points are 290,000,000 rows; at most 2,000,000",
        ),
        ({"what": "adam", "lrr": 1}, "no knob 'lrr': did you mean 'lr'?"),
        ({"what": "adam", "lr": float("nan")}, "`lr` nan: give a finite number"),
        ({"what": "adam", "rule": "sgd"}, "adam: the sheet has its rule"),
        ({"what": "adam", "batch": 2}, "adam: `batch` is for a model of your own"),
    ],
)
def test_what_cannot_be_traced(arguments, says):
    with pytest.raises(InputError) as told:
        trace(**arguments)
    assert says in str(told.value)
