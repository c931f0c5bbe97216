"""What is said where input cannot be used: the nearest name, and numbers that nobody else reads."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError, choose, finite_number, needs, parse_number, whole_number


def refusal(function, *args):
    with pytest.raises(InputError) as caught:
        function(*args)
    return str(caught.value)


def test_a_known_name_is_itself():
    assert choose("sheet", "adam", iter(["basic", "adam"])) == "adam"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("adma", "no sheet 'adma': did you mean 'adam'? there are basic, adam, adamw"),
        ("ADAM", "no sheet 'ADAM': did you mean 'adam'? there are basic, adam, adamw"),
        ("zzz", "no sheet 'zzz': there are basic, adam, adamw"),
        ("", "no sheet '': there are basic, adam, adamw"),
    ],
)
def test_another_one_is_answered_with_the_nearest_and_all(name, says):
    assert refusal(choose, "sheet", name, ["basic", "adam", "adamw"]) == says


def test_of_names_equally_near_the_first_and_what_stands_before_the_message():
    assert refusal(choose, "knob", "beta", ["beta1", "beta2"], "adam: ").startswith(
        "adam: no knob 'beta': did you mean 'beta1'?"
    )
    assert refusal(choose, "knob", "beta", []) == "no knob 'beta': there are "


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_python_spells_is_read_back(x):
    assert parse_number("lr", repr(x)) == x


@pytest.mark.parametrize("text", ["one", "", "1_000", "0x10", "1,5", "1 000"])
def test_what_is_no_number(text):
    assert refusal(parse_number, "--set lr", text) == f"--set lr: {text!r} is not a number"


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999"])
def test_what_is_no_finite_number(text):
    assert refusal(parse_number, "lr", text) == "lr: give a finite number"


def test_a_number_with_blanks_around_is_one():
    assert parse_number("lr", " 1e-3\n") == 1e-3 and not math.isnan(parse_number("lr", "-0"))


def test_what_is_missing_and_how_to_get_it():
    assert needs("drawing", "matplotlib", "plot", "; or leave it") == (
        'drawing needs matplotlib: pip install ".[plot]" in the checkout of xlsgd; or leave it'
    )


@pytest.mark.parametrize(("given", "least"), [(1, 1), (np.int64(3), 1), (0, 0)])
def test_a_whole_number(given, least):
    assert whole_number("epochs", given, least) == given and type(whole_number("epochs", given, least)) is int


@pytest.mark.parametrize("given", ["3", 2.5, 2.0, None, 0, -1])
def test_what_is_no_whole_number(given):
    assert refusal(whole_number, "epochs", given) == f"`epochs` {given!r}: give a whole number, 1 or more"


@pytest.mark.parametrize("given", ["3", math.nan, -math.inf, None, 1j])
def test_what_is_no_finite_number_as_an_argument(given):
    assert refusal(finite_number, "lr", given) == f"`lr` {given!r}: give a finite number"
