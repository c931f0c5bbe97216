"""Stretches of cells: they cover what is wanted, and no more than small gaps beside."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from xlsgd.verifying.engines import stretches as module
from xlsgd.verifying.engines.stretches import GAP, stretches


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(module) == (0, 1)


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 3))))
def test_stretches_cover_the_wanted_cells_and_do_not_overlap(cells):
    covered = [(row, col) for col, first, last in stretches(cells) for row in range(first, last + 1)]
    assert set(cells) <= set(covered)
    assert len(covered) == len(set(covered))
    assert all((first, col) in cells and (last, col) in cells for col, first, last in stretches(cells))


def test_only_a_gap_that_is_large_parts_a_column():
    assert stretches([(1, 1), (1 + GAP, 1)]) == [(1, 1, 1 + GAP)]
    assert stretches([(1, 1), (2 + GAP, 1)]) == [(1, 1, 1), (1, 2 + GAP, 2 + GAP)]
    assert stretches([]) == []
