"""Engines that run inside this process as machine code: what they print, and how they fail."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from xlsgd.verifying.engines import EngineError

STANDARD = (1, 2)
"""The file descriptors of the standard output and the standard error."""

LONGEST = 300


@contextmanager
def at_work(name: str) -> Iterator[None]:
    """Run an engine's machine code; nothing that it prints is seen, and whatever it raises is one error.

    It prints past Python, into the file descriptors themselves, where JSON may go: they lead into a file meanwhile, for
    all threads of this process.

    Raises:
        EngineError: the engine raised something; a panic in Rust arrives as a `BaseException` of its own. The message
            has what it said, or where that is nothing, what it printed last.
    """
    with tempfile.TemporaryFile() as printed:
        try:
            with _descriptors_into(printed):
                yield
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:
            said = str(error).strip() or _last_line(printed) or type(error).__name__
            raise EngineError(f"{name} cannot recalculate it: {said.splitlines()[0][:LONGEST]}") from error


@contextmanager
def _descriptors_into(file: IO[bytes]) -> Iterator[None]:
    kept = {number: _copy_of(number) for number in STANDARD}
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        for number in STANDARD:
            os.dup2(file.fileno(), number)
        yield
    finally:
        for number, copy in kept.items():
            if copy is None:
                os.close(number)
            else:
                os.dup2(copy, number)
                os.close(copy)


def _copy_of(descriptor: int) -> int | None:
    """Return a copy of a file descriptor, or None where whoever started this had closed it."""
    try:
        return os.dup(descriptor)
    except OSError:
        return None


def _last_line(printed: IO[bytes]) -> str:
    printed.seek(0)
    lines = printed.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
