"""The squared error's gradients, against autograd and the bias that the course's sheet shows."""

import doctest

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xlsgd import losses
from xlsgd.losses import (
    H,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    central_difference,
    cross_entropy,
    error_gradient,
    finite_difference,
    forward_difference,
    huber,
    softmax,
    squared_error,
)

small = st.floats(-100, 100)
probability = st.floats(1e-6, 1 - 1e-6)
theirs = torch.nn.functional


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_the_examples_hold():
    results = doctest.testmod(losses)
    assert results.attempted >= 4 and results.failed == 0


@given(probability, st.floats(0, 1))
def test_the_cross_entropy_of_a_probability_is_torchs(p, y):
    """Relative 1e-12, for logarithms round; absolute where both of its terms are next to 0."""
    expected = theirs.binary_cross_entropy(double(p), double(y)).item()
    assert binary_cross_entropy(p, y) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@given(small, st.floats(0, 1))
def test_the_cross_entropy_of_a_logit_is_torchs(z, y):
    """Absolute 1e-13 of up to 100: z*y is taken from z where Torch takes it from 0."""
    expected = theirs.binary_cross_entropy_with_logits(double(z), double(y)).item()
    assert binary_cross_entropy_with_logits(z, y) == pytest.approx(expected, rel=1e-12, abs=1e-13)


@given(small, small, st.floats(1e-3, 10))
def test_hubers_loss_is_torchs(pred, y, delta):
    """Absolute 1e-12 of up to 2,000, for Torch multiplies in another order."""
    expected = theirs.huber_loss(double(pred), double(y), delta=delta).item()
    assert huber(pred, y, delta) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(st.lists(small, min_size=2, max_size=5), st.data())
def test_softmax_and_cross_entropy_are_torchs(logits, data):
    """Relative 1e-12; absolute 1e-13 where the chosen logit is next to all of it, and for what is as good as 0."""
    y = data.draw(st.integers(0, len(logits) - 1))
    assert softmax(logits) == pytest.approx(torch.softmax(double(*logits), 0).tolist(), rel=1e-12, abs=1e-300)
    expected = theirs.cross_entropy(double(*logits), torch.tensor(y)).item()
    assert cross_entropy(logits, float(y)) == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("logits", [(1000.0, 0.0, -1.0), (0.0, 1000.0, 0.0), (-1000.0, -2000.0, 1000.0)])
def test_the_cross_entropy_of_large_logits_is_torchs_whichever_is_the_greatest(logits):
    """Exact: next to the greatest, all others are nothing."""
    assert cross_entropy(logits, 1.0) == theirs.cross_entropy(double(*logits), torch.tensor(1)).item()


@given(small, small, small, small)
def test_the_analytic_gradient_is_autograds(b, a, x, y):
    """A relative 1e-12, for autograd multiplies in another order; 1e-9 where the gradient cancels."""
    weights = torch.tensor([b, a], dtype=torch.float64, requires_grad=True)
    squared_error(weights[0] + weights[1] * x, y).backward()
    de_db = error_gradient(b + a * x, y)
    assert [de_db, de_db * x] == pytest.approx(weights.grad.tolist(), rel=1e-12, abs=1e-9)


@given(small, small, small, small)
def test_forward_differences_are_off_by_h_and_by_h_times_x_squared_and_central_ones_are_not(b, a, x, y):
    """Published of the course's sheet; 1e-3 leaves room for the rounding of a loss of up to 1e8 over h, 1e-5."""
    de_db = error_gradient(b + a * x, y)
    cases = [
        (lambda w: squared_error(w + a * x, y), b, de_db, H),
        (lambda w: squared_error(b + w * x, y), a, de_db * x, H * x**2),
    ]
    for loss, w, exact, bias in cases:
        assert finite_difference(loss, w) == pytest.approx(exact + bias, abs=1e-3)
        assert finite_difference(loss, w, central=True) == pytest.approx(exact, abs=1e-3)


def test_the_published_estimates_of_the_first_row():
    assert forward_difference(1848.1401, 1849) == pytest.approx(-85.99, rel=1e-9)
    assert forward_difference(1836.9796, 1849) == pytest.approx(-1202.04, rel=1e-9)
    assert central_difference(4.0, 1.0, 0.5) == 3.0
