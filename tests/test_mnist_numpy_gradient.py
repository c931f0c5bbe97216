"""The gradient in NumPy's arrays against Torch's autograd, and the order that its matrices lie in."""

import numpy as np
import pytest
import torch
from mnist_support import few_digits
from test_mnist_model import torch_model

from xlsgd.mnist import model
from xlsgd.mnist.data import Split
from xlsgd.mnist.device import Processes
from xlsgd.mnist.feed import Feed
from xlsgd.mnist.heads import DIGITS, TWO_CLASSES
from xlsgd.mnist.numpy_gradient import NumpyGradient, matrices, places
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.step import StepInputs

CPU, ALONE = torch.device("cpu"), Processes()
SIZES = ([16, 10], [16, 20, 10], [16, 12, 8, 10])
ROUNDING = {"float64": 1e-14, "float32": 1e-6}
"""A few units in the last place of sums of up to 64 products, few of them above 1."""


def in_floats(digits):
    """The same digits, each pixel a float32 that is no whole step."""
    split = Split(digits.train.images.astype(np.float32) / np.float32(255), digits.train.labels)
    return digits._replace(train=split, scale=1.0)


def gradient_of(digits, sizes, dtype, step=3, frozen=0, team=ALONE):
    """What NumPy gives at a step, in the order in which parameters are drawn, and what it was given."""
    feed = Feed(Recipe(batch_size=16, dtype=dtype), digits, CPU, team, tables=False)
    feed.sizes = sizes
    flat = model.draw(sizes, 3).to(feed.dtype)
    below, above = places(sizes[: frozen + 1]), places(sizes[frozen:])
    drawn = flat.numpy()
    gradient = NumpyGradient(feed, drawn[: len(below)][below], frozen)
    images, target, order, *rest = feed.epoch(0)
    shown = target[:, order].transpose(0, 1).contiguous()
    inputs = StepInputs(images.numpy(), shown.numpy(), order.numpy(), *rest)
    loss, found = gradient(inputs, drawn[len(below) :][above], step)
    by_place = np.empty_like(found)
    by_place[above] = found
    return float(loss), torch.from_numpy(by_place), order[step], flat


@pytest.mark.parametrize("dtype", ROUNDING)
@pytest.mark.parametrize("made", [lambda: few_digits(side=4), lambda: in_floats(few_digits(side=4))])
@pytest.mark.parametrize("sizes", SIZES)
def test_loss_and_gradient_are_autograds(sizes, made, dtype):
    digits = made()
    loss, found, rows, flat = gradient_of(digits, sizes, dtype)
    net = torch_model(sizes, flat)
    x = torch.from_numpy(digits.train.images)[rows].to(flat.dtype) * digits.scale
    expected = torch.nn.functional.cross_entropy(net(x), torch.from_numpy(digits.train.labels)[rows])
    expected.backward()
    by_autograd = torch.cat([p.grad.reshape(-1) for p in net.parameters()])
    assert loss == pytest.approx(float(expected.detach()), abs=ROUNDING[dtype])
    torch.testing.assert_close(found, by_autograd, rtol=0, atol=ROUNDING[dtype])


@pytest.mark.parametrize("frozen", [1, 2])
def test_frozen_layers_get_no_gradient_and_the_others_the_same(frozen):
    sizes = [16, 12, 8, 10]
    loss, whole, _, _ = gradient_of(few_digits(), sizes, "float64")
    same, part, _, _ = gradient_of(few_digits(), sizes, "float64", frozen=frozen)
    assert same == loss
    assert torch.equal(part, whole[model.count(sizes[: frozen + 1]) :])


def test_processes_gradients_of_their_parts_of_a_batch_have_the_whole_ones_as_mean():
    whole = gradient_of(few_digits(), [16, 20, 10], "float64")
    parts = [gradient_of(few_digits(), [16, 20, 10], "float64", team=Processes(rank, 2)) for rank in range(2)]
    loss = sum(part[0] for part in parts) / 2
    assert loss == pytest.approx(whole[0], abs=ROUNDING["float64"])
    torch.testing.assert_close((parts[0][1] + parts[1][1]) / 2, whole[1], rtol=0, atol=ROUNDING["float64"])


def test_a_matrix_is_a_layers_weight_turned_and_its_bias_below():
    sizes = [6, 5, 4]
    flat = torch.arange(float(model.count(sizes)))
    found = matrices(flat.numpy()[places(sizes)], sizes)
    for matrix, (weight, bias) in zip(found, model.unpack(flat, sizes), strict=True):
        assert np.array_equal(matrix, np.vstack([weight.numpy().T, bias.numpy()]))


def test_without_layers_there_is_nothing():
    assert places([784]).tolist() == [] and matrices(np.empty(0), [784]) == []


@pytest.mark.parametrize(("head", "numbers", "classes"), [(DIGITS, 10, 10), (TWO_CLASSES, 1, 2)])
@pytest.mark.parametrize("spread", [1.0, 100.0])
def test_a_heads_loss_and_slope_are_the_same_on_arrays_and_on_tensors(head, numbers, classes, spread):
    random = np.random.default_rng(0)
    z = random.normal(scale=spread, size=(numbers, 16))
    target = np.eye(classes)[random.integers(0, classes, 16)].T.copy()
    loss, slope = head.loss_and_slope(torch.from_numpy(z), torch.from_numpy(target))
    found, of_arrays = head.of_arrays(z.copy(), target)
    # Rounding of a mean of 16 losses up to some hundreds.
    assert found == pytest.approx(float(loss), rel=1e-13)
    np.testing.assert_allclose(of_arrays, slope.numpy(), rtol=0, atol=1e-15)
