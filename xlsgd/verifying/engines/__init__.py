"""Spreadsheet engines that recalculate a workbook, none of them ours.

An engine is a module with a `NAME`, a `version()`, a tuple `QUIRKS` of what it is known to compute unlike Excel, and

    recalculate(path, wanted) -> {sheet: values}

where `wanted` gives for each sheet the (row, column) pairs to read back, from 1, and the values come in that order. It
is called in a process of its own, which may crash, is bounded in time and memory, and prints where nobody sees it. An
engine that has a process of its own anyway is called here and keeps to the bounds itself, by

    recalculate_within(path, wanted, bounds) -> ({sheet: values}, seconds)

`DATA_TABLES` says whether it computes data tables: where not, it is given a workbook without them, and has no answer.
An optional one also says by `is_installed()` whether it is there; one that is slow to start may give by `one_process()`
a block in which all recalculations share a process. To add an engine, write such a module and enter it in
`xlsgd.verifying.sources`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.errors import one_line
from xlsgd.reading.cells import CellValue
from xlsgd.reading.contents import Settings
from xlsgd.reading.grammar import areas
from xlsgd.symbols.checked import ExcelError
from xlsgd.symbols.references import relative
from xlsgd.verifying.report import Disagreement

Wanted = Mapping[str, Sequence[tuple[int, int]]]
"""The cells to read: (row, column) pairs, counted from 1, by sheet."""

NO_ANSWER: Any = object()
"""Stands among the answers for a cell that a source has no answer for."""


class EngineError(Exception):
    """An engine that is not installed or that failed: the message is one line that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class KnownDifference(NamedTuple):
    """Something an engine is known to compute unlike Excel, or to be unable to compute.

    Args:
        name: what it is, in a few words.
        starts: whether a differing cell shows it.
        carries: whether these two values of a cell, the file's and the engine's, may follow from it in a cell that
            refers to such a one.
        pinned: whether what differs is recalculated once more from the file's own values, so that what refers to such a
            cell must agree after all.
        unable: whether it is no answer at all, rather than one unlike Excel's.
        applies: whether it can turn up in a workbook that is calculated in such a way.
    """

    name: str
    starts: Callable[[Disagreement], bool]
    carries: Callable[[CellValue, CellValue], bool] = lambda cached, got: False
    pinned: bool = False
    unable: bool = False
    applies: Callable[[Settings], bool] = lambda settings: True


def cannot(
    name: str, starts: Callable[[Disagreement], bool], applies: Callable[[Settings], bool] = lambda settings: True
) -> KnownDifference:
    """Return something that an engine is unable to compute."""
    return KnownDifference(name, starts, pinned=True, unable=True, applies=applies)


UNKNOWN = ("#NAME?", "#N/IMPL!", "#ERROR!", "#CIRC!")
CIRCULAR = ("#CIRC!", "Err:522", "Err:523")
SEVERAL_SHEETS = re.compile(r"[\w']:[^!:(),\"]*+!")


def gives_up(d: Disagreement) -> bool:
    """Say whether an answer is what an engine says that does not know a function, a name or a form."""
    return isinstance(d.answer, str) and (d.answer in UNKNOWN or d.answer.startswith("Err:"))


def refers_to_itself(d: Disagreement) -> bool:
    """Say whether a formula refers to its own cell."""
    found = areas(relative(d.text, d.row, d.column), d.row, d.column)
    return any(
        area.sheet in ("", d.sheet.upper()) and area.top <= d.row <= area.bottom and area.left <= d.column <= area.right
        for area in found
    )


INABILITIES = (
    cannot("GETPIVOTDATA: pivot tables are left out of what is recalculated", lambda d: "GETPIVOTDATA(" in d.text),
    cannot(
        "a reference in a circle: an iterative calculation starts elsewhere",
        lambda d: d.answer in CIRCULAR or refers_to_itself(d),
    ),
    cannot("a structured reference is not known", lambda d: gives_up(d) and "[" in d.text),
    cannot("a reference to several sheets is not known", lambda d: gives_up(d) and _names_several_sheets(d)),
    cannot("a function or a name is not known", gives_up),
)
"""What any engine may be unable to compute; the first that fits names it."""


def _names_several_sheets(d: Disagreement) -> bool:
    return bool(SEVERAL_SHEETS.search(d.text))


def are_numbers(*values: CellValue) -> bool:
    """Say whether values are numbers, which truth values are not."""
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def as_value(value: CellValue) -> CellValue:
    """Return an engine's answer with its errors recognisable as such."""
    is_error = isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper()
    return ExcelError(value) if is_error else value
