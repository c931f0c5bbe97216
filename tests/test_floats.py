"""Powers of arrays against Python's own floats: equal to the bit, or the C library is not as accurate as is assumed."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd import functions
from xlsgd.sweeping.floats import Floats, Powers


def assert_equal_to_floats(values, exponent):
    with np.errstate(all="ignore"):
        powers = (np.array(values).view(Floats) ** exponent).tolist()
    for value, power in zip(values, powers, strict=True):
        try:
            expected = value**exponent
        except OverflowError:
            expected = math.copysign(math.inf, value) if exponent % 2 else math.inf
        assert power == expected or (power != power and expected != expected)


@pytest.mark.parametrize("scale", [1e-160, 1e-154, 1e-30, 1.0, 100.0, 1e100, 1e154])
def test_random_squares(scale):
    values = np.random.default_rng(0).normal(size=100_000) * scale
    assert_equal_to_floats(values.tolist(), 2)


def test_numpy_alone_differs_so_that_this_is_needed():
    # If this fails NumPy or the C library now rounds otherwise, and the class may go.
    values = np.random.default_rng(0).normal(size=100_000)
    assert sum(power != value**2 for power, value in zip((values * values).tolist(), values.tolist(), strict=True)) > 0


@settings(max_examples=300)
@given(st.lists(st.floats(), min_size=1), st.sampled_from([2, 2.0, 3, -1]))
def test_any_float(values, exponent):
    assert_equal_to_floats([value for value in values if value or exponent > 0], exponent)


@pytest.mark.parametrize("value", [0.0, -0.0, 5e-324, -5e-324, 1.0, -1.0, 1.5, math.inf, -math.inf, math.nan, 1.8e308])
def test_the_edges(value):
    assert_equal_to_floats([value], 2)


def test_powers_of_many_bases_with_one_exponent():
    # Adam's bias correction: a decay to the power of the step.
    for step in (1.0, 2.0, 3.0, 100.0, 2900.0):
        assert_equal_to_floats(np.linspace(0, 1, 1001).tolist(), step)


def test_a_number_to_the_power_of_an_array():
    """NumPy alone is an ulp off here and there on some processors."""
    exponents = np.random.default_rng(0).normal(size=10_000) * 3
    powers = (0.9 ** exponents.view(Floats)).tolist()
    assert powers == [0.9**exponent for exponent in exponents.tolist()]


@pytest.mark.parametrize("exponent", [1.0, 3.0, 100.5])
def test_powers_of_a_grid_s_knob(exponent):
    bases = np.tile(np.linspace(0, 0.99, 100), 7)
    found = Powers(bases)(exponent, np.empty(700)).tolist()
    assert found == [base**exponent for base in bases.tolist()]


VALUES = [0.0, -0.0, 1.0, -1.5, 0.3, 700.0, 710.0, 5e-324, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("name", ["exp", "log", "log10"])
def test_functions_are_those_of_floats_and_nan_where_floats_have_none(name):
    values = [*VALUES, *np.random.default_rng(0).normal(size=10_000).tolist()]
    found = getattr(functions, name)(np.array(values).view(Floats))
    assert isinstance(found, Floats)
    for value, result in zip(values, found.tolist(), strict=True):
        try:
            expected = getattr(math, name)(value)
        except (ValueError, OverflowError):
            expected = math.nan
        assert result == expected or (result != result and expected != expected)


@pytest.mark.parametrize("other", [0.3, np.array([0.3] * len(VALUES)).view(Floats)])
def test_choices_are_those_of_floats_and_nan_of_what_is_not_finite(other):
    x, one, two = np.array(VALUES).view(Floats), 1.0, np.full(len(VALUES), 2.0).view(Floats)
    equal = functions.if_equal(x, other, one, two).tolist()
    assert equal[:8] == [2.0, 2.0, 2.0, 2.0, 1.0, 2.0, 2.0, 2.0]
    assert functions.if_equal(other, x, one, two).tolist()[:8] == equal[:8]
    assert functions.if_above(x, other, one, two).tolist()[:8] == [2.0, 2.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0]
    for least in (functions.minimum(x, other).tolist(), functions.minimum(other, x).tolist()):
        assert least[:8] == [0.0, 0.0, 0.3, -1.5, 0.3, 0.3, 0.3, 5e-324]
        assert np.isnan(least[8:]).all()
    assert np.isnan(equal[8:]).all()
