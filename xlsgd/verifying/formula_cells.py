"""A sheet's formula cells: where they stand, and the values that the file holds for them."""

import math
from array import array
from collections.abc import Iterator, Sequence
from html import unescape

from xlsgd.reading.cells import CellValue
from xlsgd.symbols.checked import ExcelError


class Formulas(Sequence[tuple[int, int]]):
    """A sheet's formula cells: their rows and columns, from 1, and their values in the file."""

    def __init__(self) -> None:
        self.rows = array("l")
        self.columns = array("l")
        self.values: list[CellValue] = []
        self.volatile = 0

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self.rows[index], self.columns[index]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.rows, self.columns, strict=True)


def parse_value(kind: bytes, text: bytes | None) -> CellValue:
    """Return a cell's value from its type (`n`, `e`, `b`, `str`) and the text of its `v` element; None if it has none.

    Raises:
        ValueError: the text is no finite number, or not in UTF-8; the message says what it is.
    """
    if kind == b"str":
        return _decoded(text or b"")
    if not text:
        return None
    if kind == b"b":
        return text.strip() == b"1"
    return ExcelError(_decoded(text)) if kind == b"e" else _parse_float(text)


def _decoded(text: bytes) -> str:
    try:
        return unescape(text.decode())
    except UnicodeDecodeError:
        raise ValueError("text that is not in UTF-8") from None


def _parse_float(text: bytes) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{text.decode(errors='replace')[:40]!r}, which is no number")
    return value
