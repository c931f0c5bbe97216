"""What a sheet's buttons do, as data: the same description is pressed by the engine and spelled as macros.

An action reads and writes ranges by the names that the sheet gives them. As in a spreadsheet, everything is
recalculated after each action, so the order of the actions is part of a button's meaning.
"""

from typing import NamedTuple


class Put(NamedTuple):
    """Write one number into every cell of a named range."""

    target: str
    value: float


class Paste(NamedTuple):
    """Paste the values of named ranges into others, all read before any is written: (source, target) pairs."""

    pairs: tuple[tuple[str, str], ...]


class Append(NamedTuple):
    """Write the value of a named cell below the last entry of a named list."""

    source: str
    target: str


class Clear(NamedTuple):
    """Empty a named list."""

    target: str


class DivideIfAbove(NamedTuple):
    """Divide a named cell by a number when another named cell exceeds a threshold."""

    target: str
    divisor: float
    tested: str
    threshold: float


class PasteIfLess(NamedTuple):
    """Paste the value of a named cell into another when it is the smaller one."""

    source: str
    target: str


Action = Put | Paste | Append | Clear | DivideIfAbove | PasteIfLess


class Buttons(NamedTuple):
    """What Reset does, and one step; Run is `STEPS_PER_RUN` steps."""

    reset: tuple[Action, ...]
    step: tuple[Action, ...]


STEPS_PER_RUN = 5
