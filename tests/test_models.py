"""Models: one function on every kind of value, entries by name, and the lesson's line (refusals: test_bad_models)."""

import dataclasses

import numpy as np
import pytest
import torch
from sample_models import SAMPLES

from xlsgd.functions import dot
from xlsgd.losses import squared_error
from xlsgd.models import LINE, Model


def test_the_line_and_its_gradient_are_torchs():
    b, a, x, y = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (1.5, -0.5, 3.0, 2.0))
    p = LINE.packed({"b": b, "a": a})
    pred = LINE.predict(p, x)
    exact = torch.autograd.grad((pred - y) ** 2, [b, a])
    own = LINE.gradient(p, pred, x, y)
    assert (LINE.start, LINE.inputs, LINE.targets) == ({"b": 1, "a": 1}, ("x",), ("y",))
    assert [own["b"].item(), own["a"].item()] == [each.item() for each in exact]


@pytest.mark.parametrize(
    "parameters",
    [
        {"s": 1, "v": [2, 3], "m": [[4, 5, 6], [7, 8, 9]]},
        {"s": np.float64(1), "v": np.array([2, 3]), "m": np.arange(4.0, 10).reshape(2, 3)},
        {"s": np.array(1.0), "v": (2, 3), "m": ((4, 5, 6), (7, 8, 9))},
        {"s": torch.tensor(1.0), "v": torch.tensor([2, 3]), "m": torch.arange(4.0, 10).reshape(2, 3)},
    ],
    ids=["lists", "arrays", "tuples", "tensors"],
)
def test_entries_are_named_by_their_places_from_1(parameters):
    model = Model("m", "x", parameters, lambda p, x: p.s * x + dot(p.v, p.m[0]), squared_error)
    names = ["s", "v_1", "v_2", "m_1_1", "m_1_2", "m_1_3", "m_2_1", "m_2_2", "m_2_3"]
    assert model.start == dict(zip(names, map(float, range(1, 10)), strict=True))
    assert all(type(value) is float for value in model.start.values())
    packed = model.packed({name: name for name in names})
    assert packed.s == "s" and packed.v == ["v_1", "v_2"]
    assert packed.m == [["m_1_1", "m_1_2", "m_1_3"], ["m_2_1", "m_2_2", "m_2_3"]]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_model_is_one_function_on_floats_arrays_and_tensors(name):
    """1e-15 relative: the libraries' exponentials and tangents part in the last bit."""
    model, points = SAMPLES[name]
    start = {entry: 0.1 * (place + 1) for place, entry in enumerate(model.start)}
    one_by_one = []
    for row in zip(*points, strict=True):
        *inputs, y = row
        one_by_one.append(model.lost(model.predict(model.packed(start), *inputs), [y], start))
    arrays = [np.array(column, float) for column in points]
    at_once = model.lost(model.predict(model.packed(start), *arrays[:-1]), arrays[-1:], start)
    tensors = [torch.tensor(list(column), dtype=torch.float64) for column in points]
    by_torch = model.lost(model.predict(model.packed(start), *tensors[:-1]), tensors[-1:], start)
    assert all(isinstance(loss, float) for loss in one_by_one)
    assert at_once.tolist() == pytest.approx(one_by_one, rel=4e-15, abs=1e-16)
    assert by_torch.tolist() == pytest.approx(one_by_one, rel=4e-15, abs=1e-16)


def test_knobs_are_beside_the_parameters_and_reach_the_loss():
    model = Model(
        "m", "x", {"a": 2.0}, lambda p, x: p.a * x + p.k, lambda pred, y, p: p.k * (pred - y), knobs={"k": 3.0}
    )
    entries = {"a": 2.0, "k": 3.0}
    assert list(model.start) == ["a"] and model.lost(model.predict(model.packed(entries), 5.0), [1.0], entries) == 36


def test_a_model_stays_as_it_is_and_is_told_from_others():
    """It is the key of what is made of it once."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        LINE.name = "other"
    other = dataclasses.replace(LINE)
    assert other != LINE and len({LINE, other}) == 2


@pytest.mark.parametrize("function", [np.maximum, max])
def test_a_function_that_does_not_say_what_it_takes_is_taken(function):
    assert Model("m", "x", {"a": 1.0}, lambda p, x: p.a * x, function).loss is function
