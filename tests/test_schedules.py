"""The schedules against PyTorch's, step by step."""

import doctest

import pytest
import torch

from xlsgd import schedules
from xlsgd.schedules import SCHEDULES, Decay, LayerRates, Period, WarmUp

THEIRS = {
    "cosine": (Period(10.0), lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)),
    "exponential": (Decay(0.9), lambda optimizer: torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)),
    "warm_up": (
        WarmUp(10.0),
        lambda optimizer: torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / 10, total_iters=9),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_is_pytorchs_beyond_its_end_too(name):
    """1e-12 of the rate: Torch's recursions round at every step."""
    knobs, make = THEIRS[name]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    schedule = make(optimizer)
    for step in range(35):
        assert SCHEDULES[name].rate(0.5, step, knobs) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-12)
        optimizer.step()
        schedule.step()


def test_the_examples_hold():
    results = doctest.testmod(schedules)
    assert results.attempted >= 3 and results.failed == 0


def test_an_entry_belongs_to_the_group_of_its_parameter():
    rates = LayerRates((("w1", "c1"), ("w", "c"), ("w2",)), lambda lr, k: [lr] * 3, Decay)
    entries = {"w1_2_1": 0, "c1_3": 0, "w_1_2": 1, "c": 1, "w2_1": 2}
    assert {entry: rates.group_of(entry) for entry in entries} == entries


def test_a_warm_up_is_ten_steps_unless_it_is_said_otherwise():
    """As its example and the help say."""
    assert (WarmUp().warm, Period().T) == (10.0, 100.0)


def test_the_cycles_knobs_are_fastais():
    """Published defaults of its `fit_one_cycle`: 30 % of the steps rise, from a 25th of the rate, to a 250,000th."""
    k = schedules.Cycle()
    assert (k.pct_start, k.div_factor, k.final_div, k.beta_top) == (0.3, 25.0, 25.0 * 1e4, 0.85)
