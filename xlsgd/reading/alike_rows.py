"""Rows that differ in nothing but their numbers, as a sheet of shared formulas has a hundred thousand of them.

Once one row was read by the parser, the next ones need none: a pattern made of that row finds the numbers of all of
them at once, and what it does not match whole is read as any other row.
"""

import re
from typing import NamedTuple

import msgspec

CELL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]{1,7}"((?: s="[0-9]+")?>(?:<f t="shared" si="([0-9]+)"/>)?<v>)[^<]*</v></c>'
)
ROW = re.compile(
    rb'<row r="([1-9][0-9]{0,6})"((?: [\w.:-]+="[^"<>&]+")*>)((?:%b)+)</row>'
    % re.sub(rb"\((?!\?)", b"(?:", CELL.pattern)
)
NUMBERS = msgspec.json.Decoder(list[float])
"""Twice as fast as `float`, and as exact but for -0, which has no sign there."""

FIRST_OF_ROW, END_OF_ROW = b'<row r="', b"</row>"
LONGEST = 10_000
"""Up to how many bytes of a row a pattern is made for."""


class PatternCell(NamedTuple):
    """A cell that each of some rows has: its column, what stands between its address and its value, what it shares."""

    letters: bytes
    middle: bytes
    shared: bytes


class RowPattern(NamedTuple):
    """What rows have in common.

    Args:
        pattern: matches a row; its groups are the row's number and each cell's value.
        middle: what stands between a row's number and its cells.
        cells: its cells, each of which has a value.
    """

    pattern: re.Pattern[bytes]
    middle: bytes
    cells: list[PatternCell]

    def columns(self, text: bytes, first: int) -> list[list[bytes]]:
        """Return the rows' numbers and then each column's values, as they are written.

        Returns:
            Nothing if the rows are not all alike, or not numbered from `first` on.
        """
        parts = self.pattern.split(text)
        between, *columns = (parts[group :: self.pattern.groups + 1] for group in range(self.pattern.groups + 1))
        is_alike = not any(between) and list(map(int, columns[0])) == list(range(first, first + len(columns[0])))
        return columns if is_alike else []


def numbers(columns: list[list[bytes]]) -> list[list[float]]:
    """Return columns of numbers, or nothing if one is none that a cell may hold, or is not spelled as most are."""
    joined = [b"[%b]" % b",".join(column) for column in columns]
    if any(b"-0," in column or column.endswith(b"-0]") for column in joined):
        return []
    try:
        values = [*map(NUMBERS.decode, joined)]
    except msgspec.DecodeError:  # not JSON's spelling, as +1 is, or beyond a float
        return []
    return values if list(map(len, values)) == list(map(len, columns)) else []  # one may hold a comma, or nothing


def pattern_of(row: bytes) -> RowPattern | None:
    """Return what rows like this one have in common, if it is one of which there may be many.

    Its cells hold nothing but numbers and the results of shared formulas that stand further up.
    """
    whole = ROW.fullmatch(row) if len(row) <= LONGEST else None
    if not whole:
        return None
    cells = [PatternCell(*found) for found in CELL.findall(whole[3])]
    spelled = [rb'<c r="%b\1"%b([^<]*)</v></c>' % (cell.letters, re.escape(cell.middle)) for cell in cells]
    pattern = rb'<row r="([1-9][0-9]{0,6})"%b%b</row>' % (re.escape(whole[2]), b"".join(spelled))
    return RowPattern(re.compile(pattern), whole[2], cells)
