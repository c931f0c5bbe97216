"""A row done operation by operation, on numbers of any kind."""

import numpy as np
import torch

from xlsgd.run.interpreted import as_it_is, interpreter
from xlsgd.sheets.lesson import LESSON
from xlsgd.symbols.checked import NUM, Checked, plain

BASIC = LESSON["basic"]
POINT = (3.0, 36.0)


def test_a_row_of_basic_by_hand():
    does = interpreter(BASIC.key)
    done = does.row(POINT, (1.0, 1.0), does.begin((0.001,), as_it_is), as_it_is)
    assert done.point == POINT and done.values[:4] == (1.0, 1.0, 4.0, 1024.0)
    assert done.after == (1.0 + 0.064, 1.0 + 0.192) and done.last == (1.0, 1.0)
    assert done.summed == (1024.0, -64.0, -192.0)


def test_rows_go_on_from_each_other():
    does = interpreter(BASIC.key)
    first, second = does.rows([POINT, (1.0, 32.0)], (1.0, 1.0), (0.001,))
    again = does.row((1.0, 32.0), first.after, does.begin((0.001,), as_it_is), as_it_is)
    assert second == again and second.values[:2] == first.after


def test_arrays_and_tensors_are_many_runs_at_once():
    does = interpreter(LESSON["adam"].key)
    states = (1.0, 1.0, 0.0, 0.0, 10.0, 10.0)
    singles = [next(does.rows([POINT], states, (lr, 0.9, 0.9))).after for lr in (0.5, 1.0)]
    for rates in (np.array([0.5, 1.0]), torch.tensor([0.5, 1.0], dtype=torch.float64)):
        done = does.row(POINT, states, does.begin((rates, 0.9, 0.9), as_it_is), as_it_is)
        for found, expected in zip(done.after, zip(*singles, strict=True), strict=True):
            # a square root of two libraries, and a state that no rate reaches is one for all runs
            np.testing.assert_allclose(np.broadcast_to(np.asarray(found), 2), expected, rtol=1e-15)


def test_on_a_spreadsheets_numbers_an_overflow_is_an_error_and_not_the_end():
    does = interpreter(BASIC.key)
    done = does.row((1e200, 1.0), (1.0, 1e200), does.begin((0.001,), Checked), Checked)
    assert plain(done.values[2]) == NUM and plain(done.values[0]) == 1.0


def test_what_follows_from_the_knobs_alone_is_done_once():
    fixed = interpreter(LESSON["adam"].key).begin((1.0, 0.75, 0.5), as_it_is)
    assert {0.25, 0.5} <= set(fixed.values()), "1 - beta1 and 1 - beta2"


def test_one_interpreter_for_one_row():
    assert interpreter(BASIC.key) is interpreter(BASIC._replace(knobs=BASIC.knobs._replace(lr=5.0)).key)
