"""What a sweep came to: the best settings, and the map over two knobs."""

import math

import numpy as np
import pytest

from xlsgd.points.points import LESSON_POINTS
from xlsgd.sheets.lesson import LESSON
from xlsgd.sweeping.goal import goal_of
from xlsgd.sweeping.grid import grid
from xlsgd.sweeping.results import Results, best, course_setting, describe, describe_others, map_of

ADAM = LESSON["adam"]
GOAL = goal_of(ADAM, LESSON_POINTS)


def results(loss, epochs=None, **ranges):
    axes = tuple(grid(ADAM, ranges or {"lr": [1.0, 2.0, 3.0], "beta1": [0.1, 0.2]}))
    epochs = np.zeros(len(loss), int) if epochs is None else np.array(epochs)
    return Results(ADAM, axes, 100, 29, np.array(loss, float), epochs, GOAL)


LOSS = [6.0, 5.0, math.nan, 3.0, 2.0, math.inf]


def test_the_best_come_first_and_diverged_ones_are_not_among_them():
    found = best(results(LOSS, [0, 9, 0, 7, 4, 0]), 4)
    assert found == [
        {"lr": 3.0, "beta1": 0.1, "loss": 2.0, "epochs to 1 %": 4},
        {"lr": 2.0, "beta1": 0.2, "loss": 3.0, "epochs to 1 %": 7},
        {"lr": 1.0, "beta1": 0.2, "loss": 5.0, "epochs to 1 %": 9},
        {"lr": 1.0, "beta1": 0.1, "loss": 6.0, "epochs to 1 %": ""},
    ]
    assert len(best(results(LOSS), 2)) == 2 and best(results([math.nan] * 6), 9) == []


def test_a_map_has_the_first_knob_across_and_the_second_down():
    shown = map_of(results(LOSS, [0, 9, 0, 7, 4, 0]), 10, 10)
    assert (shown.x.knob, shown.y.knob, shown.others) == ("lr", "beta1", ())
    np.testing.assert_array_equal(shown.loss, [[6, math.nan, 2], [5, 3, math.inf]])
    np.testing.assert_array_equal(shown.epochs, [[math.nan, math.nan, 4], [9, 7, math.nan]])


def test_of_further_knobs_the_best_run_is_taken():
    shown = map_of(results([6.0, 5.0, math.nan, 3.0], [1, 2, 3, 4], lr=[1.0, 2.0], beta1=[0.1], beta2=[0.5, 0.9]), 9, 9)
    assert (shown.x.knob, shown.y.knob) == ("lr", "beta2")
    many = results(
        [8.0, 7.0, 1.0, 9.0, 4.0, 3.0, math.nan, 2.0], range(8), lr=[1, 2], beta1=[0.1, 0.2], beta2=[0.5, 0.9]
    )
    shown = map_of(many, 9, 9)
    assert shown.others == ("beta2",) and shown.loss.tolist() == [[7, 3], [1, 2]]
    assert shown.epochs.tolist() == [[1, 5], [2, 7]]
    assert describe_others(shown) == "; each cell with its best beta2"
    assert describe_others(map_of(results(LOSS), 9, 9)) == ""


def test_where_all_runs_of_a_cell_diverged_it_is_empty():
    shown = map_of(results([math.nan] * 8, lr=[1, 2], beta1=[0.1, 0.2], beta2=[0.5, 0.9]), 9, 9)
    assert np.isnan(shown.loss).all()


def test_one_knob_makes_a_single_row_and_none_a_single_cell():
    shown = map_of(results([3.0, 2.0], lr=[1.0, 2.0]), 9, 9)
    assert shown.y is None and shown.loss.tolist() == [[3, 2]]
    assert map_of(results([3.0], lr=[1.0]), 9, 9).loss.tolist() == [[3]]


def test_a_large_map_shows_some_values_evenly_the_outer_ones_among_them():
    values = np.linspace(1, 101, 101)
    shown = map_of(results(values, lr=values), 11, 5)
    assert shown.x.values.tolist() == shown.loss[0].tolist() == list(range(1, 102, 10))


@pytest.mark.parametrize(
    ("loss", "steps", "said"),
    [(LOSS, 100, "6 runs of 100 epochs on 29 points"), ([1.0], 1, "1 run of 1 epoch on 29 points")],
)
def test_a_sweep_in_one_line(loss, steps, said):
    swept = results(loss, **({} if len(loss) > 1 else {"lr": [1.0]}))
    assert describe(swept._replace(steps=steps)) == f"adam: {said}"


def test_the_sheets_own_setting():
    assert course_setting(ADAM, "beta2") == 0.9
