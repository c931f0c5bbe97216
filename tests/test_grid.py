"""Ranges as a user types them; the values against NumPy's own spacing and by hand."""

import numpy as np
import pytest

from xlsgd.commands.sweep import KNOBS
from xlsgd.errors import InputError
from xlsgd.rules import RULES
from xlsgd.sheets.lesson import trainings
from xlsgd.sweeping.grid import grid, parse_range

SHEETS = trainings()


def test_rates_lie_at_equal_ratios_and_decays_at_equal_distances():
    np.testing.assert_allclose(parse_range("lr", "1e-4:1:5", ""), [1e-4, 1e-3, 1e-2, 0.1, 1], rtol=1e-15)  # one ulp
    np.testing.assert_allclose(parse_range("beta", "0:0.9:4", ""), [0, 0.3, 0.6, 0.9], rtol=2e-16)
    assert parse_range("lr", "1e-5:1:200", "")[[0, -1]].tolist() == [1e-5, 1]  # the ends are exact
    assert parse_range("beta2", "0.25", "").tolist() == [0.25]
    assert parse_range("eps", "0", "").tolist() == [0]


def test_axes_are_in_the_sheet_s_order_and_beta_is_the_first_decay():
    axes = grid(SHEETS["adam"], {"beta2": "0.5", "beta": "0:1:3", "lr": "0.1"})
    assert [axis.knob for axis in axes] == ["lr", "beta1", "beta2"]
    assert [axis.knob for axis in grid(SHEETS["momentum"], {"beta": "0.5"})] == ["beta"]


@pytest.mark.parametrize(("sheet", "counts"), [("adam", [200, 100]), ("rmsprop", [200, 100]), ("basic", [200])])
def test_the_default_suits_the_sheet(sheet, counts):
    assert [len(axis.values) for axis in grid(SHEETS[sheet], {})] == counts


def test_every_knob_of_every_rule_has_an_option():
    assert {knob for rule in RULES.values() for knob in rule.knobs._fields} <= set(KNOBS)


@pytest.mark.parametrize(
    ("knob", "text", "says"),
    [
        ("lr", "1:0:5", "`lr` 1:0:5: starts at 1 and stops at 0; give the smaller first"),
        ("lr", "1:1:5", "give the smaller first"),
        ("lr", "0.1:1:0", "count '0': give a whole number of values, 2 or more"),
        ("lr", "0.1:1:1", "2 or more"),
        ("lr", "0.1:1:-3", "2 or more"),
        ("lr", "0.1:1:2.5", "2 or more"),
        ("lr", "0.1:1:", "2 or more"),
        ("lr", "-1:1:5", "lr must not be negative"),
        ("lr", "-0.5", "lr must not be negative"),
        ("lr", "0", "lr must be above 0"),
        ("lr", "0:1:5", "lr must be above 0"),
        ("eps", "0:1:5", "start above 0"),
        ("lr", "1e308", "`lr` 1e308: 1e+308 is too far out for a map; give 1e-100 to 1e+100"),
        ("lr", "5e-324:1:3", "`lr` 5e-324:1:3: 4.94066e-324 is too far out"),
        ("lr", "1:2", "START:STOP:COUNT"),
        ("lr", "1:2:3:4", "START:STOP:COUNT"),
        ("lr", "", "is not a number"),
        ("lr", "a:1:5", "'a' is not a number"),
        ("lr", "nan", "finite"),
        ("lr", "1:inf:3", "finite"),
        ("beta", "0:1.5:3", "give 0 to 1"),
        ("beta", "-0.1", "give 0 to 1"),
        ("lr", "1e-5:1:20000001", "too many; at most 20,000,000"),
        ("lr", "1e-5:1:99999999999999999999", "too many"),
    ],
)
def test_bad_ranges_are_one_line(knob, text, says):
    with pytest.raises(InputError) as caught:
        grid(SHEETS["rmsprop_textbook"], {knob: text})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_combinations_are_one_line():
    with pytest.raises(InputError, match="20,000 x 20,000 are 400,000,000 combinations; at most 20,000,000 are run"):
        grid(SHEETS["momentum"], {"lr": "1e-5:1:20000", "beta": "0:1:20000"})


def test_a_knob_that_the_sheet_has_not_is_answered_with_those_it_has():
    with pytest.raises(InputError, match="basic: no knob 'beta': there are lr"):
        grid(SHEETS["basic"], {"beta": "0:1:5"})
    with pytest.raises(InputError, match=r"momentum: no knob 'beta2': did you mean 'beta'\? there are lr, beta"):
        grid(SHEETS["momentum"], {"beta2": "0:1:5"})
    with pytest.raises(InputError, match=r"`beta` 0:1:5 and `beta1` 0\.5 are one knob"):
        grid(SHEETS["adam"], {"beta": "0:1:5", "beta1": "0.5"})


def test_a_knob_of_another_name_has_values_of_any_size_at_equal_distances():
    assert parse_range("reach", "-10:10:5", "").tolist() == [-10, -5, 0, 5, 10]
    with pytest.raises(InputError, match=r"^--knob reach=4:1:2: starts at 4 and stops at 1"):
        parse_range("reach", "4:1:2", "--knob reach=4:1:2")
