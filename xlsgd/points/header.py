"""Where a table's header stands, and which of its columns are meant."""

import csv
import shlex
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from xlsgd.errors import InputError
from xlsgd.points.plain_csv import delimiter_of
from xlsgd.points.source import Source

FORMULA_STARTS = ("=", "+", "-", "@")

FIRST_ROWS = 20
"""Among how many rows a header is looked for: a title and notes may stand above a table."""

SHOWN = 8
"""How many of a header's names a message shows."""


def names_in(header: Mapping[int, Any]) -> list[str]:
    """Return a header's cells, given by their columns from 0, as names."""
    return [_name(header.get(column)) for column in range(max(header, default=-1) + 1)]


def _name(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    return "" if cell is None else str(cell).strip()


def cells_of(line: str) -> dict[int, str]:
    """Return the cells of a line of a CSV file, none where it cannot be one by itself."""
    try:
        return dict(enumerate(next(csv.reader([line], delimiter=delimiter_of(line)), [])))
    except csv.Error:
        return {}


def header_among(rows: Sequence[Mapping[int, Any]], wanted: Sequence[str]) -> int:
    """Return which of a table's first rows, from 0, is its header.

    It is the first one with all wanted names, in whatever case; or else the first one that has as many names, so that a
    message can show what there is.
    """
    names = [names_in(cells) for cells in rows]
    folded = {name.casefold() for name in wanted}
    for index, row in enumerate(names):
        if folded <= {name.casefold() for name in row}:
            return index
    enough = (index for index, row in enumerate(names) if sum(map(bool, row)) >= len(wanted))
    return next((index for index in enough if not any(map(_is_number, names[index]))), 0)


def places_of(source: Source, number: int, names: Sequence[str], columns: Mapping[str, str]) -> list[int]:
    """Return which columns, from 0, are meant.

    Args:
        source: the file.
        number: the header's row.
        names: what its header says.
        columns: each wanted column, and what it is called in the file; a name that there is only in another case is
            taken, too.

    Raises:
        InputError: a column is missing, there twice or meant twice, or a name starts like a formula.
    """
    for name in names:
        if name.startswith(FORMULA_STARTS):
            raise InputError(f"{source}: header {name!r} starts like a formula; rename that column")
    where = "the first row" if number == 1 else f"row {number}"
    places = [_place(source, where, names, columns, name) for name in columns.values()]
    for one, other in combinations(range(len(places)), 2):
        if places[one] == places[other]:
            both = " and ".join(f"`{list(columns)[each]}`" for each in (one, other))
            raise InputError(f"{source}: {both} are one column, {names[places[one]]!r}; give two")
    return places


def _place(source: Source, where: str, names: Sequence[str], columns: Mapping[str, str], name: str) -> int:
    alike = [each for each in range(len(names)) if names[each].casefold() == name.casefold()]
    same = [each for each in alike if names[each] == name]
    found = same or alike
    if len(found) == 1:
        return found[0]
    shown = ", ".join(names[:SHOWN]) or "nothing"
    if found:
        each = " and ".join(f"one column {each}" for each in columns)
        raise InputError(f"{source}: more than one column {name!r} in {where} ({shown}); give {each}")
    raise InputError(f"{source}: no column {name!r} in {where} ({shown}); {_advice(names, columns)}")


def _advice(names: Sequence[str], columns: Mapping[str, str]) -> str:
    """Return what to do where a header lacks a column: name the others as the columns that are wanted."""
    others = [name for name in names if name]
    if len(others) == len(columns) and not all(map(_is_number, others)):
        return "give " + " ".join(f"`{each}` {shlex.quote(other)}" for each, other in zip(columns, others, strict=True))
    one = " and ".join(f"one column {each}" for each in columns)
    return f"give {one}, or say what they are called: {' '.join(f'`{each}` NAME' for each in columns)}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
