"""Number formats in one spelling, by ECMA-376 (part 1, 18.8.31)."""

import doctest
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.reading import number_formats
from xlsgd.reading.number_formats import canonical_format


def test_the_docstrings_examples_hold():
    results = doctest.testmod(number_formats)
    assert results.attempted >= 2 and not results.failed


SAME = [
    ('"$"#,##0', r"\$#,##0"), ('"$"#,##0', "$#,##0"), ("[Red]0.0", "[RED]0.0"), ("GENERAL", "General"),
    ("YYYY-MM-DD", r"yyyy\-mm\-dd"), ('0.0" km"', r"0.0\ \k\m"), ("[$€-407]0.00", '"€"0.00'),
    ("0.00E+00", "0.00e+00"), ("yyyy,mm", r"yyyy\,mm"), ('0.0;"-"0.0', r"0.0;\-0.0"),
]  # fmt: skip
OTHER = [
    ('"a"0', '"A"0'), ("[Red]0.0", "[Blue]0.0"), ('0"0"', "00"), ("0.0", "0.00"), ('"yyyy"', "yyyy"),
    ("_(0_)", "_[0_]"),
    ("$0", "€0"), ("#,##0", r"#\,##0"), ("0;0", "0"), ("*-0", "*x0"), ("[$€-407]0", "[$$-409]0"),
    ("[h]:mm", "h:mm"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_format(one, other):
    assert canonical_format(one) == canonical_format(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_formats(one, other):
    assert canonical_format(one) != canonical_format(other)


def test_a_comma_parts_thousands_only_in_a_section_with_digits():
    assert canonical_format("0,;@,") == canonical_format(r"0,;@\,") != canonical_format(r"0\,;@\,")


@given(st.text(string.printable + "€äß", max_size=12))
def test_any_text_has_a_spelling_and_quoted_it_is_shown_as_it_is(text):
    canonical_format(text)
    shown = text.replace('"', "")
    if shown:
        assert canonical_format(f'"{shown}"') == "".join(f"\\{letter}" for letter in shown)
