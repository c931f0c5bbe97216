"""What several engines compute unlike Excel in one way."""

import re
from collections.abc import Callable

from xlsgd.symbols.references import column_number
from xlsgd.verifying.engines import KnownDifference, are_numbers, cannot
from xlsgd.verifying.report import Disagreement

MATCH = re.compile(r"\bMATCH\([^,()]*+,\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})\)")
DATES = re.compile(
    r"\b(?:YEAR|MONTH|DAY|DAYS|DAYS360|DATE|DATEVALUE|DATEDIF|WEEKDAY|WEEKNUM|ISOWEEKNUM|EDATE|EOMONTH|YEARFRAC|TEXT"
    r"|NETWORKDAYS(?:\.INTL)?|WORKDAY(?:\.INTL)?)\("
)
PAIRS = re.compile(r"\b(?:SUMXMY2|SUMX2MY2|SUMX2PY2)\(")
POWER = re.compile(r"\^|\bPOWER\(")


def both_are_places(d: Disagreement) -> bool:
    """Return whether a formula is a two-argument MATCH, and both values are places in its range."""
    found, cached, got = MATCH.search(d.formula), d.cached, d.answer
    if not found or isinstance(cached, (str, bool)) or isinstance(got, (str, bool)) or cached is None or got is None:
        return False
    left, top, right, bottom = found.groups()
    cells = max(column_number(right) - column_number(left), int(bottom) - int(top)) + 1
    return all(1 <= place <= cells and place % 1 == 0 for place in (cached, got))


def power_is(cached: str, *answers: str) -> Callable[[Disagreement], bool]:
    """Return what tells whether a power is an error in the file, and here one of the answers, or a number if none."""

    def shows(d: Disagreement) -> bool:
        is_such = d.answer in answers if answers else are_numbers(d.answer)
        return bool(POWER.search(d.text)) and d.cached == cached and is_such

    return shows


EMPTY_PAIRS = KnownDifference(
    "SUMXMY2 and its like take an empty cell for 0, Excel leaves the pair out",
    lambda d: bool(PAIRS.search(d.text)) and None in d.inputs and are_numbers(d.cached, d.answer),
    pinned=True,
)
NO_1904 = cannot(
    "dates that count from 1904 are not known",
    lambda d: bool(DATES.search(d.text)),
    applies=lambda settings: settings.date1904,
)
ZERO_BELOW_ZERO = KnownDifference(
    "a power of 0 below 0 is #NUM!, in Excel #DIV/0!", power_is("#DIV/0!", "#NUM!"), pinned=True
)
