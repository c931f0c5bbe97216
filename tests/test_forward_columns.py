"""A model's forward pass on values of any kind, column by column: against Torch and plain Python."""

import math

import numpy as np
import pytest
import torch
from sample_models import SAMPLES

from xlsgd.functions import named, tanh
from xlsgd.losses import squared_error
from xlsgd.models import LINE, Model
from xlsgd.sheets.forward_columns import ForwardColumns

TWO_LAYERS = Model(
    "m", "x", {"a": 0.7, "b": -0.3}, lambda p, x: named("o", p.b * tanh(named("z", p.a * x))), squared_error
)
AT = {"a": 0.5, "b": 2.0}
POINT = {"x": 3.0, "y": 1.0}


def test_what_is_known_of_the_model():
    known = ForwardColumns(LINE)
    assert (known.name, known.parameters, known.inputs, known.targets) == ("line", ("b", "a"), ("x",), ("y",))
    assert (known.error, known.symbol, known.knobs, known.rates) == ("err^2", "e", (), {})


def test_columns_are_those_of_the_sheet_and_the_loss_last():
    values = ForwardColumns(TWO_LAYERS).columns(AT, POINT)
    z = 0.5 * 3.0
    assert values["z"] == z and values["o"] == 2.0 * math.tanh(z)
    assert list(values)[-1] == "loss" and values["loss"] == (2.0 * math.tanh(z) - 1.0) ** 2
    assert ForwardColumns(TWO_LAYERS).loss(AT, POINT) == values["loss"]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_columns_loss_is_the_models_own(name):
    """To a relative 1e-12: a column may be computed in another order than the model's function."""
    model, points = SAMPLES[name]
    entries = {entry: 0.1 * place + 0.05 for place, entry in enumerate(model.start)}
    columns = ForwardColumns(model)
    for row in zip(*points, strict=True):
        point = dict(zip(points.columns, row, strict=True))
        assert columns.columns(entries, point)[model.error] == pytest.approx(columns.loss(entries, point), rel=1e-12)


def test_arrays_and_tensors_are_taken_as_they_are():
    columns = ForwardColumns(TWO_LAYERS)
    many = columns.columns({name: np.full(2, value) for name, value in AT.items()}, {"x": np.array([3.0, 0.0]), "y": 1})
    assert many["z"].tolist() == [1.5, 0.0] and many["loss"][1] == 1.0
    tensors = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in AT.items()}
    values = columns.columns(tensors, POINT)
    (by_z,) = torch.autograd.grad(values["loss"], [values["z"]])
    tanh_z = math.tanh(1.5)
    assert by_z.item() == pytest.approx(2 * (2 * tanh_z - 1) * 2 * (1 - tanh_z**2), rel=1e-12)


def test_the_columns_behind_read_what_stands_in_the_cell():
    """A sheet's cell is asked once for its column; what follows is computed from what it says."""
    asked = []

    def read(heading, value):
        asked.append(heading)
        return 0.25 if heading == "z" else value

    values = ForwardColumns(TWO_LAYERS).columns(AT, POINT, read)
    assert asked == list(values) and len(set(asked)) == len(asked)
    assert values["o"] == 2.0 * math.tanh(0.25)


def test_a_prediction_that_is_a_parameter_itself_is_no_place_for_others_to_read():
    """`pred` is b: dropping b's own symbol for the column would make the column read itself."""
    model = Model("m", "x", {"b": 1.0}, lambda p, x: p.b, lambda pred, y: (pred - y) ** 2)
    assert ForwardColumns(model).columns({"b": 3.0}, {"x": 0.0, "y": 1.0})["loss"] == 4.0


def test_a_knob_of_the_model_is_given_with_the_point():
    model = Model(
        "m", "x", {"a": 1.0}, lambda p, x: p.a * x, lambda pred, y, p: (pred - y) ** 2 + p.wd * p.a**2,
        knobs={"wd": 0.1},
    )  # fmt: skip
    known = ForwardColumns(model)
    point = {"x": 2.0, "y": 1.0, "wd": 0.5}
    assert known.knobs == ("wd",)
    assert known.loss({"a": 3.0}, point) == known.columns({"a": 3.0}, point)["loss"] == 25.0 + 0.5 * 9.0
