"""How many epochs fit, and the unrolled epochs and the race with their numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_models import SAMPLES

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.trainings import training_of
from xlsgd.workbooks.filled_history import (
    checked_epochs,
    default_epochs,
    epochs_of,
    filled_race,
    filled_run,
    most_epochs,
)

EXCELS_ROWS = 1_048_576
"""By Excel's published limits."""


@pytest.mark.parametrize(("n", "epochs"), [(1, 100), (29, 100), (100, 100), (101, 99), (10_000, 1), (10_001, 0)])
def test_by_default_a_hundred_epochs_and_fewer_for_many_points(n, epochs):
    assert default_epochs(n) == epochs


@settings(max_examples=40)
@given(st.integers(1, 2_000_000))
def test_the_most_epochs_fit_on_a_sheet_and_one_more_might_not(n):
    """A pass takes a line and its rows; a reset takes at most four, and the sheet some rows of headings."""
    most = most_epochs(n)
    assert (most + 5) * (n + 1) + 8 <= EXCELS_ROWS < (most + 6) * (n + 1) + 8


@pytest.mark.parametrize(
    ("n", "epochs", "says"),
    [
        (29, 0, "`epochs` 0: of 29 points a sheet has room for 1 to 34,947"),
        (29, 34_948, "`epochs` 34948: of 29 points a sheet has room for 1 to 34,947"),
        (500_000, 1, "`epochs` 1: of 500,000 points a sheet has room for none"),
    ],
)
def test_epochs_that_do_not_fit_are_one_line(n, epochs, says):
    with pytest.raises(InputError) as caught:
        checked_epochs(n, epochs)
    assert str(caught.value) == says


def test_epochs_that_fit_are_what_they_are():
    assert checked_epochs(29, 1) == 1 and checked_epochs(29, 34_947) == 34_947


@pytest.mark.parametrize("name", LESSON)
def test_a_line_holds_what_a_pass_starts_from_and_loses(name):
    epochs = epochs_of(LESSON[name], LESSON_POINTS, 3)
    sheet = filled_run(epochs, LESSON_POINTS)
    values = {place.key: place.value for place in sheet.places if place.key}
    live, warm = LiveSheet(LESSON[name]), epochs.where.warm
    for epoch in range(4):
        assert [values[key, warm + epoch] for key in ("epoch", "const", "slope", "loss")] == [
            epoch, live.state()["b"], live.state()["a"], live.state()["loss"]
        ]  # fmt: skip
        live.step()
    assert len(list(sheet.rows.values)) == (warm + 4) * LESSON_POINTS.n == sheet.rows.last - sheet.rows.first + 1


def test_a_model_without_a_known_answer_tells_when_half_the_loss_is_reached():
    model, points = SAMPLES["parabola"]
    epochs = epochs_of(training_of(model, knobs={"lr": 0.01}), points, 5)
    sheet = filled_run(epochs, points)
    values = {place.key: place.value for place in sheet.places if place.key}
    losses = epochs.numbers.losses
    assert [values["half the loss", i] for i in range(6)] == [int(loss <= losses[0] / 2) for loss in losses]
    assert not any("answer" in str(place.key) for place in sheet.places)


def test_whether_an_answer_is_told_may_be_said():
    epochs = epochs_of(LESSON["adam"], LESSON_POINTS, 1, answered=False)
    assert not epochs.where.answered and epochs_of(LESSON["adam"], LESSON_POINTS, 1).where.answered


def test_the_race_has_the_values_of_the_lines():
    all_epochs = [epochs_of(LESSON[name], LESSON_POINTS, 2) for name in ("basic", "adam")]
    sheets = {each.where.name: filled_run(each, LESSON_POINTS) for each in all_epochs}
    race = filled_race(all_epochs, sheets, LESSON_POINTS)
    for each in all_epochs:
        losses = each.numbers.losses[each.where.warm :]
        name = each.where.training.name
        assert (race.place(("first loss", name)).value, race.place(("last loss", name)).value) == (
            losses[0],
            losses[-1],
        )
    assert (race.place("b").value, race.place("a").value) == (30.0, 2.0)
