"""What a caller of the library names: sheets of one's own model, of the lesson, and of the workbook `network`."""

import pytest
from sample_models import SAMPLES

from xlsgd.errors import InputError
from xlsgd.library.known import training_and_points, trainings_and_points
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet
from xlsgd.workbooks.network.known import network_trainings

MODEL, POINTS = SAMPLES["logistic"]


def test_a_model_comes_with_the_points_that_are_given():
    training, points = training_and_points(MODEL, POINTS, "adam", {"lr": 0.5}, batch=4)
    assert (training.model, training.knobs.lr, training.knobs.batch) == (MODEL, 0.5, 4.0) and points == POINTS
    sheets, points = trainings_and_points(MODEL, POINTS, ["sgd", "adam"], {})
    assert list(sheets) == ["sgd", "adam"] and points == POINTS


def test_the_lessons_sheets_have_its_points():
    training, points = training_and_points("adam", None, None, {"lr": 0.5})
    assert training.knobs.lr == 0.5 and points is LESSON_POINTS
    sheets, points = trainings_and_points("graddesc", None, None, {})
    assert list(sheets) == ["basic", "momentum", "rmsprop", "adam", "adam_ann"] and points is LESSON_POINTS


@pytest.mark.parametrize("name", sorted(network_trainings()))
def test_a_sheet_of_the_network_workbook_has_its_own_points(name):
    training, points = training_and_points(name, None, None, {})
    assert training.name == name and set(training.point) <= set(points.columns)
    sheets, again = trainings_and_points(name, None, None, {})
    assert list(sheets) == [name] and again == points


def test_a_batch_of_such_a_sheet_is_its_knob():
    training, _ = training_and_points("batches", None, None, {}, batch=3)
    assert training.knobs.batch == 3.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: training_and_points(MODEL, None, None, {}), "points: give columns x1, x2, y, as a file, a DataFrame"),
        (lambda: training_and_points("batches", None, "adam", {}), "batches: `rule` is for a model of your own"),
        (
            lambda: training_and_points("batches", None, None, {}, schedule="cosine"),
            "batches: `schedule` is for a model of your own",
        ),
        (lambda: training_and_points("batches", None, None, {"lrr": 1}), "no knob 'lrr': did you mean 'lr'?"),
        (
            lambda: LiveSheet(*training_and_points("batches", None, None, {}, batch=10**6)),
            "batches: batch=1e+06: give a whole number of rows, 1 to 29",
        ),
        (lambda: training_and_points("batches", {"q": [1.0]}, None, {}), "points: no column"),
        (lambda: training_and_points("graddesc", None, None, {}), "graddesc: holds several training sheets"),
    ],
)
def test_what_cannot_be_is_one_line(call, says):
    with pytest.raises(InputError) as caught:
        call()
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_other_points_are_checked_as_the_sheet_needs():
    _, points = training_and_points("batches", None, None, {})
    few = Points(**{name: list(points[name])[:2] for name in points.columns})
    assert training_and_points("weight_decay", few, None, {})[1].n == 2
