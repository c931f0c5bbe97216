"""Numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.points.typed_number import APART, SIGNED, typed_number


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1,234.5", None, 1234.5),
        ("1,234,567", None, 1234567),
        ("-1 234 567.25e-2", None, -12345.6725),
        ("1\u00a0234", None, 1234),
        ("1\u202f234,5", ",", 1234.5),
        ("1'234.5", None, 1234.5),
        ("1,500", ".", 1500),
        ("1,500", ",", 1.5),
        ("1.234,5", ",", 1234.5),
        ("1.234", ",", 1234),
        ("-,5e3", ",", -500),
        ("12", ",", 12),
    ],
)
def test_numbers_as_people_type_them(text, decimal, number):
    assert typed_number(text, decimal) == typed_number(f" {text}\n", decimal) == number


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([".", None]))
def test_pythons_own_spelling_of_a_float_is_that_float(number, decimal):
    assert typed_number(repr(number), decimal) == number


@given(st.integers(-(10**15), 10**15), st.integers(0, 999), st.sampled_from([".", ","]), st.data())
def test_groups_of_three_are_put_together_in_either_notation(whole, fraction, decimal, data):
    """Python's own format groups by commas; what parts the groups is another sign, the same throughout."""
    group = data.draw(st.sampled_from([*APART, "," if decimal == "." else "."]))
    text = f"{whole:,}".replace(",", group) + f"{decimal}{fraction:03}"
    assert typed_number(text, decimal) == float(f"{whole}.{fraction:03}")


@pytest.mark.parametrize("text", ["1.5", "1.23.456", "1,2,3", "12,34.5"])
def test_what_a_decimal_comma_leaves_no_number(text):
    with pytest.raises(ValueError, match="not a number"):
        typed_number(text, ",")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,500", "'1,500', which is a thousand or a fraction; give `decimal` . or `decimal` ,"),
        ("-1,500", "'-1,500', which is a thousand or a fraction; give `decimal` . or `decimal` ,"),
        ("1,5", "'1,5', not a number; for a decimal comma give `decimal` ,"),
        ("-,5", "'-,5', not a number; for a decimal comma give `decimal` ,"),
        ("1,5e3", "'1,5e3', not a number; for a decimal comma give `decimal` ,"),
        ("1,23,456", "'1,23,456', not a number"),
        ("1 234'567", '"1 234\'567", not a number'),
        ("1_000", "'1_000', not a number"),
        ("four", "'four', not a number"),
        ("", "'', not a number"),
    ],
)
def test_what_says_no_number_is_told_with_what_to_do(text, says):
    with pytest.raises(ValueError) as caught:
        typed_number(text, None)
    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("text", "is_number"),
    [("-1,5", True), ("+1 234", True), ("-.5e-3", True), ("-A1", False), ("+", False), ("1", False), ("-1+2", False)],
)
def test_what_begins_with_a_sign_and_is_meant_as_a_number(text, is_number):
    assert bool(SIGNED.fullmatch(text)) is is_number
