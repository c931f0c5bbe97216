"""The loop around a row's operations, on a small sum, by hand."""

import ctypes
import math

import pytest
from machine_support import needs_machine_code

from xlsgd.run.kernel import ARGUMENTS, Kernel, pairwise_of, text_of
from xlsgd.run.machine import machine_code
from xlsgd.symbols.operations import Operation

pytestmark = needs_machine_code

HALVING = Kernel(
    before=[Operation("twice", "multiply", ("2.0", "k"))],
    inside=[Operation("sum", "add", ("state", "p")), Operation("next", "divide", ("sum", "twice"))],
    numbers={"2.0": 2.0},
    runs=["state", "k"],
    fixed=[],
    rows=["p"],
    powers=[],
    after={"state": "next"},
    ends=["sum"],
    sums=["sum"],
)
"""state = (state + p) / (2 k)"""


def call(kernel, lanes, arrays, points, stop, first=0):
    code = machine_code(text_of("run", kernel, lanes))
    doubles = [(ctypes.c_double * len(array))(*array) for array in arrays]
    results = [(ctypes.c_double * len(arrays[0]))() for _ in range(len(kernel.carried()) + len(kernel.ends) + 1)]
    lists = [(ctypes.c_void_p * len(each))(*map(ctypes.addressof, each)) for each in (doubles, results)]
    table, kept = (ctypes.c_double * len(points))(*points), (ctypes.c_double * 9)()
    code.function("run", *ARGUMENTS)(
        *lists, None, ctypes.addressof(table), ctypes.addressof(kept), len(points), first, stop
    )
    assert code
    return [list(result) for result in results], list(kept)


def test_a_single_run():
    results, kept = call(HALVING._replace(kept=["p", "sum"]), 1, [[1.0], [1.0], [0.0], [10.0]], [3.0, 4.0], 1)
    assert results == [[3.0], [10.0], [62.0], [6.0], [0.0]]  # (1 + 3) / 2, (2 + 4) / 2; 4 + 6; 10 + 16 + 36
    assert kept[:5] == [3, 4, 4, 6, 0]


def test_what_is_not_finite_is_told():
    results, _ = call(HALVING, 1, [[1.0], [0.0], [0.0], [0.0]], [3.0], 1)
    assert math.isnan(results[-1][0])


def test_what_is_not_finite_before_the_rows_is_told_though_no_row_shows_it():
    """A number divided by an infinity is 0: a spreadsheet has an error in every row."""
    inverse = Operation("inverse", "divide", ("2.0", "k"))
    hidden = HALVING._replace(
        before=[inverse], inside=[*HALVING.inside[:1], Operation("next", "divide", ("sum", "inverse"))]
    )
    results, _ = call(hidden, 1, [[1.0], [0.0], [0.0], [0.0]], [3.0], 1)
    assert results[0] == [0.0] and math.isnan(results[-1][0])


@pytest.mark.parametrize("runs", [4, 5, 7, 8, 11])
def test_as_many_runs_as_there_are(runs):
    """The last vector reaches back over runs that are done already."""
    states, knobs = [float(i) for i in range(runs)], [1.0 + i for i in range(runs)]
    results, _ = call(HALVING, 4, [states, knobs, [0.0] * runs, [0.0] * runs], [3.0], runs)
    assert results[0] == [(s + 3) / (2 * k) for s, k in zip(states, knobs, strict=True)]
    assert results[3] == [s + 3 for s in states] and results[4] == [0.0] * runs


def test_a_piece_of_the_runs():
    zeros = [0.0] * 12
    results, _ = call(HALVING, 4, [zeros, [1.0] * 12, zeros, zeros], [3.0], 11, first=5)
    assert results[0] == [0.0] * 5 + [1.5] * 6 + [0.0]


def test_of_many_runs_a_state_that_was_not_finite_is_told_of_the_last_row():
    results, _ = call(HALVING, 4, [[1.0, math.inf, 1.0, 1.0], [1.0, 1.0, 0.0, 1.0], *[[0.0] * 4] * 2], [3.0], 4)
    assert [math.isnan(sign) for sign in results[-1]] == [False, True, False, False]


def test_pairs_leave_an_odd_one_at_the_beginning():
    assert list(pairwise_of("abcde")) == [("b", "c"), ("d", "e")] and list(pairwise_of("ab")) == [("a", "b")]
