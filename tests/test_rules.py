"""The rules as numbers: see also test_oracle for Torch's word on them."""

import doctest

from xlsgd import rules


def test_the_examples_in_the_docstrings_hold():
    results = doctest.testmod(rules)
    assert results.attempted >= len(rules.RULES)
    assert results.failed == 0
