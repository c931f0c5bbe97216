"""What a sweep counts the epochs to."""

import numpy as np
import pytest
from sample_models import SAMPLES

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import RULES
from xlsgd.sheets.lesson import LESSON, textbook
from xlsgd.sheets.trainings import training_of
from xlsgd.sweeping.goal import goal_of, loss_in_words
from xlsgd.sweeping.run import lock_step


def test_the_line_looks_for_its_answer_and_other_models_for_half_the_loss():
    line, other = goal_of(LESSON["adam"], LESSON_POINTS), goal_of(training_of(SAMPLES["wave"][0]), SAMPLES["wave"][1])
    assert (line.name, line.column, line.short) == ("epochs to 1 %", "epochs_to_1_percent", "within 1 %")
    assert (other.name, other.column) == ("epochs to half the loss", "epochs_to_half_the_loss")


@pytest.mark.parametrize(
    ("b", "a", "there"), [(30.0, 2.0, True), (30.29, 1.99, True), (30.31, 2.0, False), (30.0, 2.021, False)]
)
def test_near_is_within_a_percent_of_both(b, a, there):
    sheet = lock_step(LESSON["adam"], LESSON_POINTS, {"lr": np.array([1.0, 0.5])})
    reached = goal_of(LESSON["adam"], LESSON_POINTS).watch(sheet)
    sheet.put("const", b)
    sheet.put("slope", a)
    assert reached().tolist() == [there, there]


def test_half_the_loss_is_of_what_it_was_at_the_start():
    training, points = training_of(SAMPLES["parabola"][0], knobs={"lr": 0.01}), SAMPLES["parabola"][1]
    sheet = lock_step(training, points, {"lr": np.array([0.0, 0.01])})
    reached = goal_of(training, points).watch(sheet)
    start = sheet.arithmetic.loss(sheet)
    assert reached().tolist() == [False, False]
    for _ in range(50):
        sheet.step()
        assert reached().tolist() == (sheet.arithmetic.loss(sheet) <= start / 2).tolist()
    assert reached().tolist() == [False, True]


def test_points_without_a_best_line_have_no_goal():
    with pytest.raises(InputError, match="the points' x are all the same"):
        goal_of(LESSON["adam"], Points([1.0, 1.0], [1.0, 2.0]))
    goal_of(training_of(SAMPLES["parabola"][0]), Points([1.0, 1.0], [1.0, 2.0]))


def test_a_loss_in_words():
    assert loss_in_words(LESSON["adam"]) == "root of the sum of squared errors"
    assert loss_in_words(textbook("sgd", RULES["sgd"])) == "root of the sum of squared errors"
    assert loss_in_words(training_of(SAMPLES["wave"][0])) == "mean loss"
