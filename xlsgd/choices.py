"""What a user names on the command line: sheets, workbooks, knobs. A wrong name is answered with the nearest."""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlsgd.errors import InputError
from xlsgd.lesson import Training, with_knobs
from xlsgd.lesson import trainings as all_trainings

ALIKE = 0.6
"""How much of two names must be the same for one to be meant by the other."""


def choose(kind: str, name: str, known: Iterable[str], where: str = "") -> str:
    """Return `name` if it is known.

    Args:
        kind: what is chosen, such as `sheet`.
        name: what a user wrote.
        known: the names that there are.
        where: what the message begins with, such as `adam: `.

    Raises:
        InputError: it is not; the message has the nearest name, and all of them.
    """
    names = list(known)
    if name in names:
        return name
    near = _nearest(name, names)
    hint = f"did you mean {near!r}? " if near else ""
    raise InputError(f"{where}no {kind} {name!r}: {hint}there are {', '.join(names)}")


def _nearest(name: str, names: Sequence[str]) -> str:
    """Return the name most like another in any case, of equals the first, or nothing if none is like it."""
    likeness = {known: difflib.SequenceMatcher(None, known.casefold(), name.casefold()).ratio() for known in names}
    best = max(names, key=likeness.__getitem__, default="")
    return best if best and likeness[best] >= ALIKE else ""


def set_knobs(trainings: Mapping[str, Training], settings: Iterable[str]) -> dict[str, Training]:
    """Return the training sheets with the knobs that a user set.

    Args:
        trainings: the sheets by name.
        settings: such as `lr=0.01`, for every sheet that has the knob, or `adam.lr=0.5` for one.

    Raises:
        InputError: a setting is not of that form, or names a sheet or knob that is not among these.
    """
    changed = dict(trainings)
    for setting in settings:
        name, assigned, text = setting.partition("=")
        if not assigned:
            raise InputError(f"--set {setting}: write NAME=VALUE, such as --set lr=0.01")
        sheet, dot, knob = name.rpartition(".")
        sheets = [_sheet(setting, sheet, changed)] if dot else list(changed)
        known = dict.fromkeys(field for each in sheets for field in knobs_of(changed[each]))
        choose("knob", knob, known)
        value = parse_number(f"--set {setting}", text)
        for each in sheets:
            if knob in knobs_of(changed[each]):
                changed[each] = with_knobs(changed[each], **{knob: value})
    return changed


def _sheet(setting: str, sheet: str, chosen: Mapping[str, Training]) -> str:
    """Return the sheet that a setting is for, if it is one of those chosen."""
    if choose("training sheet", sheet, {**chosen, **all_trainings()}, f"--set {setting}: ") in chosen:
        return sheet
    raise InputError(f"--set {setting}: is for the sheet {sheet}, not for {', '.join(chosen)}; leave it out")


def knobs_of(training: Training) -> tuple[Any, ...]:
    """Return the names of a training sheet's knobs."""
    return tuple(training.knobs._fields)


def parse_number(where: str, text: str) -> float:
    """Return a number that a user typed.

    Raises:
        InputError: the text is no finite number; the message begins with `where`.
    """
    try:
        value = float(text.replace("_", "?"))  # Python reads 1_000, nobody else does
    except ValueError:
        raise InputError(f"{where}: {text!r} is not a number") from None
    if not math.isfinite(value):
        raise InputError(f"{where}: give a finite number")
    return value
