"""What a person sees while a run goes on: a bar where there is a terminal, and a line an epoch."""

import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from copy import copy
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from xlsgd.mnist.divergence import diverged, where_diverged
from xlsgd.mnist.recipe import CONSTANT, Recipe
from xlsgd.mnist.schedule import Curve, Smoother
from xlsgd.mnist.train import Engine, Epoch, Watcher

SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_BETWEEN_LINES = 5.0
"""Where there is no terminal to draw on."""

HEADER = f"{'epoch':>5} {'train loss':>11} {'valid loss':>11} {'accuracy':>9} {'seconds':>8}"


MOST_IN_FULL = 1e5
"""Losses from here on are shown by an exponent, as their columns are no wider."""


def shown(loss: float) -> str:
    """Return a loss as tables show it."""
    return f"{loss:.4f}" if loss < MOST_IN_FULL else f"{loss:.4e}"


def line(epoch: Epoch) -> str:
    """Return an epoch as a line under `HEADER`."""
    return (
        f"{epoch.epoch:>5} {shown(epoch.train_loss):>11} {shown(epoch.valid_loss):>11} "
        f"{epoch.accuracy:>9.4f} {epoch.seconds:>8.2f}"
    )


class EpochLines(Watcher):
    """Prints a line an epoch on standard output, and one on standard error when the run diverges."""

    def __init__(self, name: str = "", advice: str = "", quiet: bool = False) -> None:
        """Take what the run is called, what to try if it diverges, and whether nothing else is to be said."""
        self.name, self.advice, self.quiet, self.begun, self.warned = name, advice, quiet, False, False

    def epoch(self, epoch: Epoch, losses: list[float]) -> None:
        """Print the epoch, under a header the first time."""
        if not (self.begun or self.quiet):
            print(HEADER)
        self.begun = True
        if not self.quiet:
            print(line(epoch))  # not click.echo, which writes past the bar
        if diverged(epoch) and not self.warned:
            self.warned = True
            print(f"{self.name}: {where_diverged(epoch, losses)}; {self.advice}", file=sys.stderr)


def held(name: str, epochs: Sequence[Epoch], recipe: Recipe, lesson: str | None = None) -> str:
    """Return what a finished run holds, and what it takes to go on where no lesson sets its epochs, in a line."""
    count, last = len(epochs), epochs[-1]
    more = (
        f"`epochs` {count + 1} or more goes on"
        if recipe.schedule == CONSTANT
        else (f"`schedule` {recipe.schedule} is at its end, so it goes no further")
    )
    return (
        f"{name}: holds a finished run of {count} epoch{'s' * (count > 1)}: train loss {shown(last.train_loss)}, "
        f"valid loss {shown(last.valid_loss)}, accuracy {last.accuracy:.4f}{'' if lesson else f'; {more}'}"
    )


def kept(name: str, epochs: int, steps: int) -> str:
    """Return what is kept of a run that is interrupted: epochs, and steps of the one begun."""
    begun = f" and {steps} step{'s' * (steps > 1)}" if steps else ""
    return f"{name} keeps {epochs} epoch{'s' * (epochs != 1)}{begun}"


class Bar(EpochLines, AbstractContextManager["Bar"]):
    """Draws a bar on standard error as well, if that is a terminal; else says now and then how far it is.

    Only for the bar, and five times a second at most, a loss is read back from the device before the epoch ends.
    """

    def __init__(self, total: int, rates: Curve, name: str = "", advice: str = "", quiet: bool = False) -> None:
        """Expect `total` steps at these rates; see `EpochLines` for the rest."""
        super().__init__(name, advice, quiet)
        self.total, self.rates, self.looked = total, rates, time.monotonic()
        self.smoother = Smoother()  # over the epochs that are done
        console = Console(stderr=True)
        self.bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(
                "loss {task.fields[loss]:.4f}  smoothed {task.fields[smooth]:.4f}  rate {task.fields[rate]:.2e}"
            ),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
            redirect_stdout=sys.stdout.isatty(),
            transient=True,
        )
        self.task = self.bar.add_task("", total=total, loss=float("nan"), smooth=float("nan"), rate=float(rates[0]))

    def __enter__(self) -> "Bar":
        """Begin to draw."""
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar off the screen."""
        self.bar.stop()

    def epoch(self, epoch: Epoch, losses: list[float]) -> None:
        """Print the epoch, and move the bar to its end, however short it was."""
        super().epoch(epoch, losses)
        done = epoch.epoch * len(losses)
        if not self.bar.disable and self.smoother.count == done - len(losses):
            smooth = [self.smoother.add(loss) for loss in losses][-1]
            self._show(done, losses[-1], smooth)

    def _show(self, done: int, loss: float, smooth: float) -> None:
        self.bar.update(self.task, completed=done, loss=loss, smooth=smooth, rate=float(self.rates[done - 1]))

    def steps(self, done: int, engine: Engine, before: list[float]) -> None:
        """Move the bar."""
        now = time.monotonic()
        if self.quiet or now - self.looked < (SECONDS_BETWEEN_LINES if self.bar.disable else SECONDS_BETWEEN_LOOKS):
            return
        self.looked = now
        if self.bar.disable:
            print(f"{self.name}: {done:,} of {self.total:,} steps", file=sys.stderr)
            return
        for loss in before[self.smoother.count :]:
            self.smoother.add(loss)
        losses, smoother = engine.losses[: done - len(before)].tolist(), copy(self.smoother)
        smooth = [smoother.add(loss) for loss in losses]
        self._show(done, losses[-1], smooth[-1])
