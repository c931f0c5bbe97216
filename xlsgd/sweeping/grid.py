"""The grid of a sweep: each knob's values, from what a user types."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from xlsgd.errors import InputError, choose, parse_number
from xlsgd.sheets.table import Table
from xlsgd.sheets.training import Training

GEOMETRIC = ("lr", "eps", "weight_decay", "lr_start", "lr_end")
"""The knobs whose values lie at equal ratios; those of the others lie at equal distances."""

DECAYS = ("beta", "beta1", "beta2")
"""The knobs that are shares, from 0 to 1."""

MAY_BE_ZERO = ("eps", "weight_decay")

FURTHEST = 1e100
"""Numbers beyond it, and rates below its inverse, have no place on a map's axis."""

MOST_COMBINATIONS = 20_000_000
"""Runs go in slices, but their losses stay in memory for the map, and each has a line of the table."""

DEFAULT_RANGES = {"lr": "1e-5:1:200", "beta": "0:0.99:100"}
"""What is swept if nothing is asked for."""

Range = str | float | Iterable[float]
"""What a knob is given: `start:stop:count`, a number as a text or not, or several numbers."""


class Axis(NamedTuple):
    """A knob and the values that a sweep gives it, ascending, in float64."""

    knob: str
    values: "np.ndarray[Any, np.dtype[np.float64]]"


def grid(training: Training | Table, ranges: Mapping[str, Range], typed: Mapping[str, str] = {}) -> tuple[Axis, ...]:
    """Return the axes of a sweep, in the order of the sheet's knobs.

    Args:
        training: the sheet, of a training or of a table.
        ranges: for each knob a range; `beta` is also the first decay of a sheet with two. If empty, the default:
            learning rates, and the first decay if there is one.
        typed: how a user gave each range, such as `--knob lr=1:0:5`, for messages.

    Raises:
        InputError: the sheet has no such knob, a range is none, or there are too many combinations.
    """
    known = training.knobs._fields if isinstance(training, Training) else tuple(training.knobs)
    if not ranges:
        ranges = {knob: text for knob, text in DEFAULT_RANGES.items() if _knob(known, knob) in known}
    if not ranges:
        raise InputError(f"{training.name}: say what is swept: give a range to one of {', '.join(known)}")
    axes: dict[str, Axis] = {}
    given: dict[str, str] = {}
    for name, text in ranges.items():
        knob = _knob(known, name)
        choose("knob", knob, known, f"{training.name}: ")
        where = typed.get(name) or f"`{name}` {text}"
        if knob in axes:
            raise InputError(f"{training.name}: {given[knob]} and {where} are one knob here; give one of them")
        axes[knob], given[knob] = Axis(knob, _values(knob, text, where)), where
    _check_size([len(axis.values) for axis in axes.values()])
    return tuple(axes[knob] for knob in known if knob in axes)


def _values(knob: str, given: Range, where: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return a knob's values, ascending."""
    if isinstance(given, str):
        return parse_range(knob, given, where)
    several = list(given) if isinstance(given, Iterable) else [given]
    if not several:
        raise InputError(f"{where}: give one value or more")
    return np.array(sorted({_suited(knob, where, parse_number(where, str(value))) for value in several}))


def parse_range(knob: str, text: str, where: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return the values of a number or of `start:stop:count`, both ends included.

    Args:
        knob: whose values they are.
        text: what a user typed.
        where: the same as the user typed it, knob and all.

    Raises:
        InputError: the text is neither, or its values do not suit the knob; the message begins with `where`.
    """
    parts = text.split(":")
    if len(parts) == 1:
        return np.array([_suited(knob, where, parse_number(where, text))])
    if len(parts) != 3:
        raise InputError(f"{where}: give a number or START:STOP:COUNT, such as 0.001:1:50")
    start, stop, count = parse_number(where, parts[0]), parse_number(where, parts[1]), _count(where, parts[2])
    if start >= stop:
        raise InputError(f"{where}: starts at {start:g} and stops at {stop:g}; give the smaller first")
    start, stop = _suited(knob, where, start), _suited(knob, where, stop)
    if knob not in GEOMETRIC:
        return np.linspace(start, stop, count)
    if start == 0:
        raise InputError(f"{where}: the values lie at equal ratios, so start above 0")
    return np.geomspace(start, stop, count)


def _knob(known: Sequence[str], name: str) -> str:
    return "beta1" if name == "beta" and "beta1" in known else name


def _suited(knob: str, where: str, value: float) -> float:
    """Return a value that suits its knob."""
    if knob in DECAYS and not 0 <= value <= 1:
        raise InputError(f"{where}: {knob} is a share that is kept; give 0 to 1")
    if value < 0 and knob in GEOMETRIC:
        raise InputError(f"{where}: {knob} must not be negative")
    if value == 0 and knob in GEOMETRIC and knob not in MAY_BE_ZERO:
        raise InputError(f"{where}: {knob} must be above 0")
    if (knob in GEOMETRIC and 0 < value < 1 / FURTHEST) or abs(value) > FURTHEST:
        raise InputError(f"{where}: {value:g} is too far out for a map; give {1 / FURTHEST:g} to {FURTHEST:g}")
    return value


def _count(where: str, text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal()) or (len(digits) < 12 and int(digits) < 2):
        raise InputError(f"{where}: count {text!r}: give a whole number of values, 2 or more")
    if len(digits) >= 12 or int(digits) > MOST_COMBINATIONS:
        raise InputError(f"{where}: {digits[:20]} values are too many; at most {MOST_COMBINATIONS:,} are run")
    return int(digits)


def _check_size(counts: list[int]) -> None:
    combinations = math.prod(counts)
    if combinations > MOST_COMBINATIONS:
        product = " x ".join(f"{count:,}" for count in counts)
        raise InputError(f"{product} are {combinations:,} combinations; at most {MOST_COMBINATIONS:,} are run")
