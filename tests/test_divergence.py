"""Where training leaves the numbers: against a plain loop, and what the commands say of it."""

import math

import pytest
from click.testing import CliRunner

from xlsgd.commands.cli import cli
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.divergence import Divergence, divergences, explained
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.workbooks.network.known import network_trainings, points_of, training_of_sheet

AREAS, PRICES = [1180.0, 2570.0, 770.0, 1960.0, 1680.0], [221900.0, 538000.0, 180000.0, 604000.0, 510000.0]
HOUSES = Points(AREAS, PRICES)


def plain_sgd(lr, epochs):
    """The losses of the passes, by a loop; infinite or NaN where it leaves the numbers."""
    b = a = 1.0
    losses = []
    for _ in range(epochs):
        squares = 0.0
        for x, y in zip(AREAS, PRICES, strict=True):
            error = b + a * x - y
            squares += error * error
            b, a = b - lr * 2 * error, a - lr * 2 * error * x
        losses.append(math.sqrt(squares) if squares >= 0 else math.nan)
    return losses


def test_the_epoch_is_that_of_a_plain_loop_and_the_rate_works_in_one():
    textbook = with_knobs(trainings()["sgd"], lr=1e-4)  # the course's goes on from before the last row's step
    (found,) = divergences([textbook], HOUSES, 40)
    losses = plain_sgd(1e-4, 40)
    assert found.epoch == next(epoch for epoch, loss in enumerate(losses) if not math.isfinite(loss))
    slower = plain_sgd(found.rate, 41)
    assert all(map(math.isfinite, slower)) and slower[-1] < slower[0]
    assert not all(map(math.isfinite, plain_sgd(found.rate * 100, 40)))


def test_what_stays_among_the_numbers():
    assert divergences(LESSON.values(), LESSON_POINTS, 5) == []
    assert divergences(LESSON.values(), LESSON_POINTS, 101) == []
    assert divergences([LESSON["basic"]], HOUSES, 1) == [], "a loss alone has not grown"


def test_a_loss_that_grows_is_told_while_it_is_still_a_number():
    textbook = with_knobs(trainings()["sgd"], lr=1e-4)
    (found,) = divergences([textbook], HOUSES, 3)
    losses = plain_sgd(1e-4, 3)
    assert (found.epoch, found.rate) == (2, 1e-7)
    assert found.grown == pytest.approx(losses[2] / losses[0], rel=1e-12)  # the loop sums in its own order
    line = explained([found], HOUSES, 3, "--set ", "rest")
    assert line.startswith(
        f"training diverges: the loss of sgd in epoch 2 is {found.grown:.2g} times its first; a step"
    )
    assert line.endswith("; --set sgd.lr=1e-07 worked for 3 epochs; or rest")


@pytest.mark.parametrize("name", network_trainings())
def test_what_the_network_trains_is_silent(name):
    own = points_of(name, None)
    assert divergences([training_of_sheet(name, own)], own, 10) == []


@pytest.mark.parametrize(
    ("sheet", "knob", "value", "allowed"),
    [
        ("adam", "beta1", 2.0, "give 0 or more and less than 1"),
        ("rmsprop", "beta", -1.0, "give 0 or more and less than 1"),
        ("sgd", "lr", -1.0, "give 0 or more"),
    ],
)
def test_a_knob_that_no_rule_allows_is_the_reason_and_the_rate_is_not(sheet, knob, value, allowed):
    found = divergences([with_knobs(trainings()[sheet], **{knob: value})], LESSON_POINTS, 101)
    line = explained(found, LESSON_POINTS, 101, "--set ", "rest")
    assert line == f"training leaves the numbers: {found[0]}; {sheet}.{knob}={value:g}: {allowed}"


def test_the_bound_of_plain_sgd_is_told_of_plain_sgd_alone():
    (found,) = divergences([LESSON["momentum"]], HOUSES, 30)
    line = explained([found], HOUSES, 30, advice="rest")
    assert "the steps are too long for these points" in line and "SGD" not in line and line.endswith("; or rest")


def test_no_rate_works_where_the_points_themselves_are_too_large():
    (found,) = divergences([LESSON["basic"]], Points([1e200, 2e200], [1.0, 2.0]), 2)
    assert found == Divergence(LESSON["basic"], 0, None)


def test_it_is_explained_in_one_line():
    found = [Divergence(LESSON["basic"], 14, 1e-7), Divergence(LESSON["momentum"], 20, None)]
    line = explained(found, HOUSES, 100, "--set ")
    assert "\n" not in line
    assert "basic in epoch 14, momentum in epoch 20" in line
    assert f"lr exceeds 1/(1 + x^2), which is {1 / (1 + 2570**2):.2g} at x = 2570" in line
    assert "--set basic.lr=1e-07 worked for 100 epochs" in line
    other = Points(u=[1.0], y=[2.0])
    assert "the steps are too long for these points" in explained(found, other, 100)


@pytest.fixture
def houses(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "houses.csv").write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in zip(AREAS, PRICES, strict=True)))


@pytest.mark.parametrize(
    "command",
    [
        "build graddesc --epochs 30 --no-verify",
        "trace basic --epochs 30",
        "plot basic",
        "sweep basic --lr 1e-4:1:3 --epochs 30",
    ],
)
def test_the_commands_say_so(command, houses):
    pytest.importorskip("matplotlib")
    result = CliRunner().invoke(cli, [*command.split(), "--data", "houses.csv"])
    assert result.exit_code == 0
    (said,) = [line for line in result.stderr.splitlines() if line.startswith("training leaves the numbers:")]
    assert "basic in epoch" in said and "basic.lr=1e-07" in said and said.endswith("--standardize")
    again = CliRunner().invoke(cli, [*command.split(), "--data", "houses.csv", "--standardize"])
    assert again.exit_code == 0 and "training leaves the numbers" not in again.stderr


def test_a_rate_of_its_own_is_said_to_be_too_large(houses):
    result = CliRunner().invoke(
        cli, ["trace", "basic", "--epochs", "2000", "--set", "lr=5", "--data", "houses.csv", "--standardize"]
    )
    assert result.stderr.rstrip().endswith("try a smaller lr")
    assert with_knobs(LESSON["basic"], lr=5.0).knobs.lr == 5
