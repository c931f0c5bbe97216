"""The standard streams, however they were handed over: closed, on a disk that is full, or a pipe that nobody reads.

What a command was asked for goes to standard output, so where that cannot be written the command fails. Where it was
closed, nobody wants it; and what is said on standard error is for a person: where it cannot be written, it is dropped,
and the exit status stands for it.
"""

import io
import os
import sys


class Dropping(io.FileIO):
    """A file that takes everything, and drops what cannot be written."""

    def write(self, data: "io._ReadableBuffer") -> int:  # type: ignore[name-defined]
        """Write what can be written; return the length of it all."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def open_streams() -> None:
    """Open the standard streams that are closed, and have standard error take everything.

    A closed descriptor would be the next file's that is opened: what an engine prints would go into a workbook.
    """
    for number, mode in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, mode), True)  # it takes the lowest number that is free
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process lives
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may be no text, nor fit the locale
    if sys.stderr is sys.__stderr__:
        encoding = getattr(sys.stderr, "encoding", "utf-8")
        told = io.BufferedWriter(Dropping(2, "w", closefd=False))
        sys.stderr = io.TextIOWrapper(told, encoding, "backslashreplace", line_buffering=True)


def drop_what_nobody_takes() -> None:
    """Drop what is left of the output if it cannot be written, or Python would complain of it at the very end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
