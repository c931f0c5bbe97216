"""How much time and memory an engine may take for a workbook, and what is said where it takes more or crashes."""

import signal
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.verifying.engines import EngineError

SECONDS = 20.0
SECONDS_A_FORMULA = 1e-3
SECONDS_A_BYTE = 1e-6
MEMORY = 2 * 2**30
MEMORY_A_FORMULA = 2**11
MEMORY_A_BYTE = 2**6


class Allowance(NamedTuple):
    """How much an engine may take for one workbook.

    Args:
        seconds: of wall time, for all its recalculations together.
        memory: how many bytes; kept on Linux, where the system bounds what a process holds.
    """

    seconds: float
    memory: int


def bounds_for(formulas: int, size: int, seconds: float | None = None, memory: int | None = None) -> Allowance:
    """Return the bounds for a workbook: what is given, else many times what any real one was seen to take.

    Args:
        formulas: how many formulas it holds.
        size: the bytes of its file, deflated as they are: what a few of them could unpack to counts for nothing.
        seconds: how much time it may take; None for one that grows with the workbook.
        memory: how many bytes; likewise.

    Raises:
        InputError: what is given is not above 0.
    """
    for name, given in (("timeout", seconds), ("memory", memory)):
        if given is not None and not given > 0:
            raise InputError(f"`{name}` {given}: give a number above 0")
    if seconds is None:
        seconds = SECONDS + int(SECONDS_A_FORMULA * formulas + SECONDS_A_BYTE * size)
    return Allowance(seconds, memory or MEMORY + MEMORY_A_FORMULA * formulas + MEMORY_A_BYTE * size)


class EngineStopped(EngineError):
    """An engine that crashed, or was ended since it took more than its bounds; another file may do."""


class TookTooLong(EngineStopped):
    """An engine that was ended since it took more time than it may."""

    def __init__(self, name: str, bounds: Allowance) -> None:
        super().__init__(f"{name} took more than {bounds.seconds:g} s and was ended (`timeout` gives it more)")


class TookTooMuch(EngineStopped):
    """An engine that was ended since it took more memory than it may."""

    def __init__(self, name: str, bounds: Allowance) -> None:
        size = f"{bounds.memory / 2**30:.3g} GB"
        super().__init__(f"{name} took more than {size} of memory and was ended (`memory` gives it more)")


class Crashed(EngineStopped):
    """An engine whose process ended before it had answered."""

    def __init__(self, name: str, status: int) -> None:
        super().__init__(f"{name} crashed ({ending(status)})")


def ending(status: int) -> str:
    """Return how a process ended, given its exit status, negative for a signal.

    >>> ending(-11)
    'signal 11, SIGSEGV'
    """
    if status >= 0:
        return f"exit status {status}"
    known = {int(each): each.name for each in signal.Signals}
    return f"signal {-status}, {known.get(-status, 'of no name')}"
