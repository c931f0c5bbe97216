"""A CSV file of nothing but plain numbers, as nearly every large one is, decoded many rows at once.

Whatever is not plain (a quote, a blank, a sign before a number, a row too short) is left to the `csv` module and
`xlsgd.points.points`, which know every case and say what is wrong.
"""

import re
from array import array
from collections.abc import Sequence
from pathlib import Path

import msgspec

from xlsgd.points.disk_column import DiskColumn

DELIMITERS = ",;\t"

QUOTED = re.compile(r'"[^"]*"?')
"""A name in quotes, in which a delimiter parts nothing."""

BLOCK = 2**16
"""How many bytes are read at once; two blocks are no longer than a single field may be for the `csv` module."""

NUMBERS = b"0123456789.eE+-"
"""What numbers are made of; without them the delimiters and the line ends must be left, and no sign of JSON's."""

_floats = msgspec.json.Decoder(list[float]).decode


def delimiter_of(header: str) -> str:
    """Return what parts the columns: of comma, semicolon and tab the one that the header has most of beside quotes."""
    return max(DELIMITERS, key=QUOTED.sub("", header).count)


def plain_columns(path: Path, width: int, chosen: Sequence[int], most: int, above: int = 0) -> list[DiskColumn] | None:
    """Return columns of a CSV file if it is plain: below a header of one line every cell of every row a number.

    A number is what both JSON and Python take for one, other than -0; both round it correctly, to the same bit. A
    header of several lines has a quote in its last one, so that this is not plain.

    Args:
        path: the file, whose header the `csv` module has read.
        width: how many columns the header has.
        chosen: which of them are wanted, from 0.
        most: after how many rows no more are wanted.
        above: how many lines stand above the header.

    Returns:
        The columns, all of one length, which is over `most` where there are more; or None for a file that is not plain
        or has no rows.

    Raises:
        InputError: there is no room for a temporary file.
        OSError: the file cannot be read.
    """
    columns = [DiskColumn() for _ in chosen]
    with path.open("rb") as file:
        lines = [file.readline() for _ in range(above + 1)]
        header = lines[-1]
        if any(b"\r" in line[:-2] for line in lines):  # the end of a line for the `csv` module
            return None
        delimiter = delimiter_of(header.decode("latin-1")).encode()
        while block := file.read(BLOCK) + file.readline(BLOCK):
            if not file.peek(1):  # empty lines at the end do not count
                block = block.rstrip(b"\r\n") + b"\n"
            values = _values(block, delimiter, width)
            if values is None:
                return None
            for column, place in zip(columns, chosen, strict=True):
                column.extend(array("d", values[place::width]))
            if len(columns[0]) > most:
                break
    return columns if len(columns[0]) else None


def _values(block: bytes, delimiter: bytes, width: int) -> list[float] | None:
    """Return the numbers of some lines, row by row, or None if there is anything else in them."""
    if not block.endswith(b"\n"):  # too long a line
        return None
    block = block.replace(b"\r\n", b"\n")
    line = delimiter * (width - 1) + b"\n"
    if block.translate(None, NUMBERS) != line * block.count(b"\n"):
        return None
    listed = block.replace(delimiter, b",").replace(b"\n", b",")
    if b"-0," in listed:  # in JSON an integer, which has no sign
        return None
    try:
        return _floats(b"[" + listed[:-1] + b"]")
    except msgspec.DecodeError:
        return None
