"""The squared error's gradients, against autograd and the bias that the course's sheet shows."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.losses import H, central_difference, error_gradient, finite_difference, forward_difference, squared_error

small = st.floats(-100, 100)


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
