"""The schedules at the points that fastai 1 and the papers fix, and the laws between them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.mnist import schedule


def fastai_one_cycle(steps, lr_max):
    """Fastai 1's `OneCycleScheduler`, as it runs: two phases, each stepped after a batch."""

    def anneal(start, end, part):
        return end + (start - end) / 2 * (math.cos(math.pi * part) + 1)

    rise = int(steps * 0.3)
    phases = [(rise, lr_max / 25, lr_max, 0.95, 0.85), (steps - rise, lr_max, lr_max / 25e4, 0.85, 0.95)]
    rates, momenta = [lr_max / 25], [0.95]
    for length, lr0, lr1, m0, m1 in phases:
        for n in range(1, length + 1):
            rates.append(anneal(lr0, lr1, n / length))
            momenta.append(anneal(m0, m1, n / length))
    return rates[:steps], momenta[:steps]


@pytest.mark.parametrize("steps", [10, 781, 782])
def test_one_cycle_is_fastais(steps):
    made = schedule.one_cycle(steps)
    rates, momenta = fastai_one_cycle(steps, 1e-2)
    # 1e-15: the same formula, but for the order of a product.
    np.testing.assert_allclose(made.factor * 1e-2, rates, rtol=0, atol=1e-15)
    np.testing.assert_allclose(made.momentum, momenta, rtol=0, atol=1e-15)


def test_one_cycle_on_the_lessons_epoch():
    made = schedule.one_cycle(781)
    assert made.factor[0] == pytest.approx(1 / 25, rel=1e-12)
    assert made.momentum[0] == pytest.approx(0.95, rel=1e-12)
    assert made.factor.argmax() == made.momentum.argmin() == 234  # int(781 * 0.3)
    assert made.factor[234] == 1.0
    assert made.factor[-1] < 2e-5  # the last batch comes a step before the end of the curve


@given(st.integers(1, 300))
def test_one_cycle_stays_in_its_bounds(steps):
    made = schedule.one_cycle(steps)
    assert len(made.factor) == len(made.momentum) == steps
    assert ((made.factor > 0) & (made.factor <= 1)).all()
    assert ((made.momentum >= 0.85 - 1e-12) & (made.momentum <= 0.95 + 1e-12)).all()


def test_constant_keeps_rate_and_leaves_momentum_alone():
    made = schedule.constant(5)
    assert made.factor.tolist() == [1.0] * 5
    assert made.momentum is None


def test_exponential_goes_from_end_to_end_by_equal_ratios():
    rates = schedule.exponential(1e-7, 10.0, 100)
    assert rates[[0, -1]] == pytest.approx([1e-7, 10.0], rel=1e-12)
    np.testing.assert_allclose(rates[1:] / rates[:-1], 1e8 ** (1 / 99), rtol=1e-12)


@given(st.floats(-100, 100), st.integers(1, 50))
def test_smoothing_a_constant_gives_the_constant(value, length):
    # The bias correction is what makes it so from the first step; 1e-9: a geometric sum against its closed form.
    np.testing.assert_allclose(schedule.smoothed([value] * length), value, rtol=1e-9, atol=1e-9)


def test_smoothing_weighs_the_past_by_powers_of_beta():
    losses = [3.0, 1.0, 4.0]
    weights = np.array([0.98**2, 0.98, 1.0])
    assert schedule.smoothed(losses)[-1] == pytest.approx((weights * losses).sum() / weights.sum(), rel=1e-12)
