"""Numbers that can be read at any size: a number that does not suit its cell's format is shown by another one.

A cell keeps the format that it has, such as the course's; a conditional format stands in for it where a number would
have more than seven digits, or all of its digits behind the last place.
"""

from collections.abc import Callable, Iterator
from typing import Any

import xlsxwriter

from xlsgd.sheets.description import FOUR_PLACES, GENERAL, SCIENTIFIC, THOUSANDS, TWO_PLACES, Sheet
from xlsgd.symbols.references import column_letters, column_number

WHOLE = "#,##0"
SHORT_SCIENTIFIC = "0.0E+00"
"""For exponents of three digits."""

Test = Callable[[str], str]
"""Spells a condition on a cell, from its address."""


def _from(bound: float) -> Test:
    return lambda cell: f"ABS({cell})>={bound:g}"


def _below(bound: float) -> Test:
    return lambda cell: f"AND({cell}<>0,ABS({cell})<{bound:g})"


def _broken_from(bound: float) -> Test:
    return lambda cell: f"AND({cell}<>INT({cell}),ABS({cell})>={bound:g})"


def _has_more_than(places: int) -> Test:
    return lambda cell: f"AND({cell}<>ROUND({cell},{places}),ABS({cell})>=0.001)"


LARGE: tuple[tuple[Test, str], ...] = (
    (_from(1e99), SHORT_SCIENTIFIC),
    (_below(1e-99), SHORT_SCIENTIFIC),
    (_from(1e6), SCIENTIFIC),
)
TO_CENTS = (*LARGE, (_below(0.01), SCIENTIFIC), (_from(1e5), WHOLE))

TYPED = "typed"
"""Stands for General of a number that is typed, as it is shown then: the digits that were typed, if they are few."""

BROKEN = ((_broken_from(1e5), WHOLE), (_broken_from(1e3), THOUSANDS))

STAND_INS: dict[str, tuple[tuple[Test, str], ...]] = {
    THOUSANDS: TO_CENTS,
    TWO_PLACES: TO_CENTS,
    FOUR_PLACES: (*LARGE, (_below(0.001), SCIENTIFIC), (_from(1e5), WHOLE), (_from(1e3), THOUSANDS)),
    SCIENTIFIC: LARGE[:2],
    GENERAL: (*LARGE, (_below(0.001), SCIENTIFIC), *BROKEN, (_has_more_than(4), FOUR_PLACES)),
    TYPED: (*LARGE[:2], (_broken_from(1e6), SCIENTIFIC), *BROKEN, (_has_more_than(7), FOUR_PLACES)),
}
"""By a cell's own format what stands in for it, and when; the first that holds counts."""


def keep_readable(book: xlsxwriter.Workbook, worksheet: Any, sheet: Sheet) -> None:
    """Give the numbers of a sheet the stand-ins of their formats."""
    made = {
        format: book.add_format({"num_format": format}) for format in (SHORT_SCIENTIFIC, *STAND_INS, WHOLE) if format
    }
    for number_format, stand_ins in STAND_INS.items():
        ranges = _merged(sorted(_cells(sheet, number_format)))
        for test, other in stand_ins if ranges else ():
            rule = {"type": "formula", "criteria": f"={test(ranges[0].partition(':')[0])}", "format": made[other]}
            several = {"multi_range": " ".join(ranges)} if len(ranges) > 1 else {}
            worksheet.conditional_format(ranges[0], rule | {"stop_if_true": True} | several)


Block = tuple[int, int, int]
"""A column, and the first and the last row of cells in it."""


def _cells(sheet: Sheet, number_format: str) -> Iterator[Block]:
    for place in sheet.places:
        own = TYPED if place.format == GENERAL and place.formula is None else place.format
        if own == number_format and not place.text:
            letter = place.address.rstrip("0123456789")
            row = int(place.address[len(letter) :])
            yield column_number(letter), row, row
    if sheet.rows:
        for column in sheet.rows.columns:
            own = TYPED if column.format == GENERAL and column.formula is None else column.format
            if own == number_format:
                yield column_number(column.letter), sheet.rows.first, sheet.rows.last


def _merged(blocks: list[Block]) -> list[str]:
    """Return ranges that hold just these cells, the fewer the better."""
    down: list[Block] = []
    for column, first, last in blocks:
        if down and down[-1][0] == column and down[-1][2] + 1 == first:
            down[-1] = column, down[-1][1], last
        else:
            down.append((column, first, last))
    across: dict[tuple[int, int], list[list[int]]] = {}
    for column, first, last in down:
        spans = across.setdefault((first, last), [])
        if spans and spans[-1][1] + 1 == column:
            spans[-1][1] = column
        else:
            spans.append([column, column])
    return [
        f"{column_letters(left)}{first}:{column_letters(right)}{last}"
        for (first, last), spans in across.items()
        for left, right in spans
    ]
