"""A training of any model by any rule: its knobs, where it starts, and that epochs are nothing but rows that go on."""

import pytest
from sample_models import RULES as FOUR
from sample_models import SAMPLES

import xlsgd
from xlsgd.losses import H
from xlsgd.models import LINE
from xlsgd.points.points import Points
from xlsgd.rules import RULES
from xlsgd.run.press import LiveSheet
from xlsgd.schedules import SCHEDULES
from xlsgd.sheets.trainings import training_of


@pytest.mark.parametrize("schedule", [None, *SCHEDULES])
@pytest.mark.parametrize("rule", FOUR)
def test_two_epochs_are_one_over_the_points_twice(rule, schedule):
    """To the bit: parameters, states and steps are handed on from a pass to the next as from a row to the next."""
    model, points = SAMPLES["wave"]
    twice = Points(**{name: [*column, *column] for name, column in points.columns.items()})
    options = {"rule": rule, "schedule": schedule, "lr": 0.05}
    two, one = xlsgd.trace(model, points, 2, **options), xlsgd.trace(model, twice, 1, **options)
    for column in two.columns:
        assert two[column].tolist() == one[column].tolist(), column


@pytest.mark.parametrize("rule", RULES)
def test_a_reset_goes_back_to_the_start_and_a_cold_state(rule):
    model, points = SAMPLES["parabola"]
    live = LiveSheet(training_of(model, rule, schedule="exponential", knobs={"lr": 0.01}), points)
    before = live.state()
    live.run()
    assert live.state() != before
    live.reset()
    assert live.state() == before and live.parameters() == model.start


def test_the_knobs_are_the_rules_the_schedules_the_batchs_and_the_differences():
    training = training_of(SAMPLES["wave"][0], "adam", schedule="cosine", batch=4, differences=["a"], knobs={"lr": 0.5})
    assert training.knobs._asdict() == {
        "lr": 0.5, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "T": 100.0, "batch": 4.0, "h": H,
    }  # fmt: skip
    assert training_of(LINE).knobs._asdict() == {"lr": 1e-3}


def test_what_a_sheet_is_called():
    rule = RULES["momentum"]
    assert training_of(LINE, rule).name == "line" and training_of(LINE, rule, name="mine").name == "mine"
    assert training_of(LINE, rule).rule_name == training_of(LINE, "momentum").rule_name == "momentum"


def test_a_count_of_steps_is_one_for_all_parameters():
    model = SAMPLES["network"][0]
    assert training_of(model, "adam").shared == ("t",)
    assert training_of(model, "sgd", schedule="cosine").shared == ("step",)
    assert training_of(model, "adam", schedule="cosine").shared == ("t",), "the rule counts already"
    assert training_of(model, "momentum").shared == ()


def test_the_loss_of_an_epoch_is_the_mean_of_its_rows():
    model, points = SAMPLES["logistic"]
    frame = xlsgd.trace(model, points, 3, lr=0.1)
    live = LiveSheet(training_of(model, knobs={"lr": 0.1}), points)
    for epoch in range(3):
        assert live.state()["loss"] == pytest.approx(frame.loc[epoch]["loss"].mean(), rel=1e-15)
        live.step()
