"""An answer that is known but to within what rounding can make of it."""

import math

from hypothesis import given
from hypothesis import strategies as st

from xlsgd.verifying.rounded import Rounded

FINITE = st.floats(-1e100, 1e100)


@given(FINITE, st.floats(0, 1e100), FINITE)
def test_it_is_its_number_and_holds_what_lies_within_the_slack(value, slack, other):
    answer = Rounded(value, slack)
    assert answer == value and type(answer + 0.0) is float
    assert answer.holds(other) is (abs(other - value) <= slack)
    assert answer.holds(value)


def test_only_numbers_are_held():
    answer = Rounded(1.0, 10.0)
    assert not answer.holds("1") and not answer.holds(None) and not answer.holds(1) and not answer.holds(math.nan)
