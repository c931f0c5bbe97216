"""The progress bar: what it shows is what `history.csv` holds of the same step."""

import math

import numpy as np
import pytest
from mnist_support import few_digits

from xlsgd.mnist import progress, train
from xlsgd.mnist.checkpoint import Checkpoints
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.schedule import smoothed

DIGITS = few_digits()
RECIPE = Recipe(batch_size=16, epochs=3)
STEPS = 3 * 8


class Stop(Exception):
    """Stops a run, as a signal would."""


class Seen(progress.Bar):
    """A bar that believes in its terminal, and keeps what it showed: step, loss, smoothed loss."""

    def __init__(self, stop=math.inf):
        super().__init__(STEPS, np.full(STEPS, RECIPE.lr))
        self.bar.disable, self.seen, self.stop = False, [], stop

    def steps(self, done, *given):
        super().steps(done, *given)
        task = self.bar.tasks[0]
        self.seen.append((task.completed, task.fields["loss"], task.fields["smooth"]))
        if done >= self.stop:
            raise Stop


@pytest.fixture(autouse=True)
def looks_at_every_step(monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setattr(train, "CHUNK", 1)


def check(seen, losses, first=1):
    smooth = smoothed(losses)
    # The same sums in the same order: equal to the bit.
    assert seen == [(step, losses[step - 1], smooth[step - 1]) for step in range(first, STEPS + 1)]


def test_the_smoothed_loss_goes_on_from_epoch_to_epoch():
    bar = Seen()
    check(bar.seen, train.train(RECIPE, DIGITS, watcher=bar).losses)


def test_a_bar_that_looks_now_and_then_shows_the_same(monkeypatch):
    monkeypatch.setattr(train, "CHUNK", 5)
    bar = Seen()
    losses = train.train(RECIPE, DIGITS, watcher=bar).losses
    assert [step for step, *_ in bar.seen] == [5, 8, 13, 16, 21, 24]
    assert [smooth for *_, smooth in bar.seen] == [smoothed(losses)[step - 1] for step, *_ in bar.seen]


def test_the_bar_of_a_resumed_run_goes_on_where_the_last_one_stopped(tmp_path):
    kept = Checkpoints(tmp_path, RECIPE, DIGITS.digest(), processes=1, every=5, rank=0)
    with pytest.raises(Stop):
        train.train(RECIPE, DIGITS, checkpoints=kept, watcher=Seen(stop=11))
    bar = Seen()
    check(bar.seen, train.train(RECIPE, DIGITS, checkpoints=kept, watcher=bar).losses, first=11)


@pytest.mark.parametrize("loss", [0.0, 2.3026, 99_999.99994, 1e5, 2.4743503854e28, math.inf, math.nan])
def test_a_loss_fits_its_column(loss):
    epoch = train.Epoch(1, loss, loss, 0.1, 1.0)
    assert len(progress.line(epoch)) == len(progress.HEADER)
    # Four digits after the point, or five in all: half a unit of the last of them.
    assert float(progress.shown(loss)) == pytest.approx(loss, rel=5e-5, abs=5e-5, nan_ok=True)


def test_without_a_terminal_a_line_says_now_and_then_how_far_the_run_is(monkeypatch, capsys):
    monkeypatch.setattr(train, "CHUNK", 8)
    for between, lines in ((0.0, [f"run: {step} of {STEPS} steps" for step in (8, 16, 24)]), (60.0, [])):
        monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", between)
        with progress.Bar(STEPS, np.ones(STEPS), "run") as bar:
            train.train(RECIPE, DIGITS, watcher=bar)
        assert capsys.readouterr().err.splitlines() == lines


def test_a_quiet_run_says_nothing(monkeypatch, capsys):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    with progress.Bar(STEPS, np.ones(STEPS), "run", quiet=True) as bar:
        train.train(RECIPE, DIGITS, watcher=bar)
    assert capsys.readouterr() == ("", "")
