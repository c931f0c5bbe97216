"""A rule that writes over its state against the rule itself on NumPy's arrays: to the bit, tolerance none."""

import numpy as np
import pytest

from xlsgd.functions import exp
from xlsgd.mnist.in_place import in_place
from xlsgd.mnist.recipe import TEXTBOOK_RULES
from xlsgd.mnist.step import cold_start
from xlsgd.rules import RULES

PARAMETERS = 37


def drawn(seed, dtype):
    return np.random.default_rng(seed).normal(size=PARAMETERS).astype(dtype)


def path(rule, state, rates):
    """Return a copy of each state of a rule that goes ten steps, by gradients that are drawn."""
    found = []
    for step, lr in enumerate(rates):
        gradient = drawn(step, state.w.dtype)
        before = gradient.copy()
        state = rule.update(state, gradient, rule.knobs()._replace(lr=lr))
        assert np.array_equal(gradient, before)
        found.append([value.copy() if isinstance(value, np.ndarray) else value for value in state])
    return found


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("name", TEXTBOOK_RULES)
def test_a_rule_in_place_is_the_rule_to_the_bit(name, spread, dtype):
    rule = RULES[name]
    rates = [drawn(lr, dtype) ** 2 if spread else 0.1 * lr for lr in range(10)]
    start = [cold_start(rule, drawn(100, dtype), np.zeros_like, 0) for _ in range(2)]
    expected = path(rule, start[0], rates)
    for ours, theirs in zip(path(in_place(rule, start[1], spread), start[1], rates), expected, strict=True):
        for value, same in zip(ours, theirs, strict=True):
            assert type(value) is type(same)
            assert np.array_equal(value, same) and getattr(value, "dtype", None) == getattr(same, "dtype", None)


@pytest.mark.parametrize("name", TEXTBOOK_RULES)
def test_no_two_values_share_an_array_and_none_gets_lost(name):
    rule = RULES[name]
    state = cold_start(rule, drawn(0, "float32"), np.zeros_like, 0)
    ours, seen = in_place(rule, state, False), set()
    for step in range(9):
        state = ours.update(state, drawn(step, "float32"), rule.knobs())
        own = [id(value) for value in state if isinstance(value, np.ndarray)]
        assert len(set(own)) == len(own)
        seen |= set(own)
    assert len(seen) <= len(own) + 2  # the arrays of the state, and those that the update keeps for itself


@pytest.mark.parametrize("update", [
    lambda s, g, k: type(s)(s.w - exp(g) * k.lr, s.m),
    lambda s, g, k: type(s)(s.w - g, s.w - g),
    lambda s, g, k: type(s)(s.w - s.m, g),
    lambda s, g, k: type(s)(np.where(g > 0, s.w, s.m), s.m),
])  # fmt: skip
def test_a_rule_that_cannot_be_done_in_place_is_left_as_it_is(update):
    """An exponential, which NumPy rounds otherwise than floats; a value in two places; the gradient; a comparison."""
    rule = RULES["momentum"]._replace(update=update)
    assert in_place(rule, cold_start(rule, drawn(0, "float32"), np.zeros_like, 0), False) is rule
