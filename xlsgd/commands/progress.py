"""What a person sees of long work: a bar on a terminal, elsewhere a line every few seconds; with `--quiet` nothing."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from xlsgd.commands.terminal import is_quiet, say
from xlsgd.errors import one_line

LONG_WORK = 20_000
"""From how many rows on the work is long enough for a progress bar."""

BETWEEN_LINES = 5.0
"""Seconds from the beginning to the first line, and between two, where standard error is no terminal."""

TellDoing = Callable[[str], None]
"""Is told what is being done now."""


class SaidProgress:
    """Work of a known length: is told what it is at, and how much more is done. This one says lines now and then.

    Args:
        label: what the work is.
        total: how long it is.
        quiet: whether nothing is to be said; asked for at the beginning, since it may be told from other threads.
    """

    def __init__(self, label: str, total: int, quiet: bool = False) -> None:
        self.label, self.total, self.quiet, self.done, self.said = label, total, quiet, 0, time.monotonic()
        self.part = ""

    def at(self, part: str) -> None:
        """Hear which part of the work begins."""
        self.part = f" {part}"

    def __call__(self, done: int) -> None:
        """Hear that so much more is done."""
        self.done += done
        if not self.quiet and time.monotonic() - self.said >= BETWEEN_LINES:
            self.said = time.monotonic()
            of = f" of {self.total:,}" if self.done <= self.total else ""  # a workbook's epochs have rows of their own
            say(f"{self.label}{self.part}: {self.done:,}{of}", err=True)


class DrawnProgress(SaidProgress):
    """Draws a bar of `rich`."""

    def __init__(self, label: str, total: int, bar: Any) -> None:
        super().__init__(label, total)
        self.bar, self.task = bar, bar.add_task(one_line(label), total=total)

    def at(self, part: str) -> None:
        """Show the part beside the bar."""
        self.bar.update(self.task, description=one_line(f"{self.label} {part}"))

    def __call__(self, done: int) -> None:
        """Move the bar, without an end in sight once there is more than was expected."""
        self.done += done
        self.bar.update(self.task, advance=done, **({"total": None} if self.done > self.total else {}))


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[SaidProgress]:
    """Show how far long work is, on standard error; yield what is told of it."""
    if is_quiet() or total < LONG_WORK or not sys.stderr.isatty():
        yield SaidProgress(label, total, is_quiet())
        return
    from rich import progress as rich_progress
    from rich.console import Console

    columns = (
        rich_progress.TextColumn("{task.description}", markup=False),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeRemainingColumn(),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield DrawnProgress(label, total, bar)


@contextmanager
def waiting(label: str) -> Iterator[TellDoing]:
    """Show on standard error that something without a known length runs; yield what is told what it is at."""
    if is_quiet():
        yield lambda doing: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status(Text(one_line(label))) as status:
            yield lambda doing: status.update(Text(one_line(f"{label}: {doing}")))
    else:
        with _lines(label) as tell:
            yield tell


@contextmanager
def _lines(label: str) -> Iterator[TellDoing]:
    """Say what is being done now every few seconds, from a thread: nobody else can while an engine is waited for."""
    began, ended, now = time.monotonic(), threading.Event(), [label]

    def lines() -> None:
        while not ended.wait(BETWEEN_LINES):
            say(f"{now[0]}, {time.monotonic() - began:.0f} s", err=True)

    def tell(doing: str) -> None:
        now[0] = f"{label}: {doing}"

    thread = threading.Thread(target=lines, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        ended.set()
        thread.join()
