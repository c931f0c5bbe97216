"""Rows that differ in nothing but their numbers, as a sheet of shared formulas has a hundred thousand of them.

Once one row was read by the parser, the next ones need none: a pattern made of that row finds the numbers of all of
them at once, and what it does not match whole is read as any other row.
"""

import re
from array import array
from collections.abc import Container
from itertools import chain, repeat
from typing import NamedTuple

import msgspec

from xlsgd.symbols.references import column_number
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.rewriting import POISON

CELL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]{1,7}"((?: s="[0-9]+")?>(?:<f t="shared" si="([0-9]+)"/>)?<v>)[^<]*</v></c>'
)
ROW = re.compile(rb'<row r="[0-9]{1,7}"([^<>]*>)((?:%b)+)</row>' % re.sub(rb"\((?!\?)", b"(?:", CELL.pattern))
NUMBERS = msgspec.json.Decoder(list[float])
"""Twice as fast as `float`, and as exact."""

LONGEST = 10_000
"""Up to how many bytes of a row a pattern is made for."""


class AlikeRows(NamedTuple):
    """What rows have in common.

    Args:
        pattern: matches a row; its groups are the row's number and each cell's value.
        poisoned: the pieces of a row with a wrong value in each formula cell: what it is, or the group that it is.
        columns: the columns of the formula cells, from 1.
        formulas: the groups of their values.
    """

    pattern: re.Pattern[bytes]
    poisoned: list[bytes | int]
    columns: list[int]
    formulas: list[int]

    def poison(self, text: bytes, first: int, found: Formulas) -> bytes:
        """Return rows with a wrong value in each formula cell, which are noted in `found`.

        Returns:
            Nothing if the rows are not all alike, or not numbered from `first` on, or a value is no number.
        """
        parts = self.pattern.split(text)
        width = self.pattern.groups + 1
        groups = [parts[group::width] for group in range(width)]
        rows = range(first, first + len(groups[1]))
        if any(groups[0]) or list(map(int, groups[1])) != list(rows):
            return b""
        values = _numbers([groups[group] for group in self.formulas])
        if not values:
            return b""
        found.rows.extend(array("l", chain.from_iterable(map(repeat, rows, repeat(len(self.columns))))))
        found.columns.extend(array("l", self.columns * len(rows)))
        found.values.extend(chain.from_iterable(zip(*values, strict=True)))
        pieces = [b""] * (len(self.poisoned) * len(rows))
        for at, piece in enumerate(self.poisoned):
            pieces[at :: len(self.poisoned)] = groups[piece] if isinstance(piece, int) else [piece] * len(rows)
        return b"".join(pieces)


def _numbers(columns: list[list[bytes]]) -> list[list[float]]:
    """Return columns of numbers, or nothing if one is none that a cell may hold."""
    try:
        values = [NUMBERS.decode(b"[%b]" % b",".join(column)) for column in columns]
    except msgspec.DecodeError:  # not JSON's spelling, as +1 is, or beyond a float
        return []
    return values if list(map(len, values)) == list(map(len, columns)) else []  # one may hold a comma, or nothing


def alike(row: bytes, shared: Container[str]) -> AlikeRows | None:
    """Return what rows like this one have in common, if each formula of it is one of those that are `shared`."""
    whole = ROW.fullmatch(row) if len(row) <= LONGEST else None
    if not whole or b'=""' in whole[1]:
        return None
    pattern = [rb'<row r="([0-9]{1,7})"', re.escape(whole[1])]
    pieces: list[bytes | int] = [b'<row r="', 1, b'"' + whole[1]]
    found = AlikeRows(re.compile(b""), pieces, [], [])
    for group, (letters, middle, index) in enumerate(CELL.findall(whole[2]), start=2):
        if index and index.decode() not in shared:
            return None
        begin, end = b'<c r="' + letters, b"</v></c>"
        pattern += [begin, rb'\1"', re.escape(middle), b"([^<]*)", end]
        pieces += [begin, 1, b'"' + middle, POISON if index else group, end]
        if index:
            found.columns.append(column_number(letters.decode()))
            found.formulas.append(group)
    pieces.append(b"</row>")
    return found._replace(pattern=re.compile(b"".join((*pattern, b"</row>")))) if found.formulas else None
