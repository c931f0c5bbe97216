"""What LibreOffice (7.4) is known to compute unlike Excel."""

import re

from xlsgd.verifying.engines import INABILITIES, KnownDifference, are_numbers
from xlsgd.verifying.engines.shared_quirks import ZERO_BELOW_ZERO, power_is
from xlsgd.verifying.report import Disagreement

NUMBER = re.compile(r"(?<![\w$.])[0-9]++(?:\.[0-9]*+)?(?:[Ee][+-]?[0-9]++)?(?![\w.:!])")
QUOTIENT = re.compile(r"=?\([^()]*\)/([0-9]++(?:\.[0-9]*+)?|\.[0-9]++)")
SNAP = 2.0**-47
"""A difference below 2**-48 of what it is a difference of is taken for 0; of several one after another, a few such."""


def _snaps_to_zero(d: Disagreement) -> bool:
    """Return whether the file has a nearly cancelled sum or difference, or one over a number, and LibreOffice 0."""
    if not are_numbers(d.cached, d.answer) or d.answer != 0:
        return False
    is_sum = "-" in d.text or "+" in d.text or "SUM" in d.text
    numbers = [*map(float, NUMBER.findall(d.text)), *(value for value in d.inputs if isinstance(value, float))]
    largest = max(map(abs, numbers), default=0.0)
    over = QUOTIENT.fullmatch(d.text)
    nearly = SNAP * largest / ((over and float(over[1])) or 1.0)
    return is_sum and isinstance(d.cached, float) and 0 < abs(d.cached) <= nearly


QUIRKS = (
    KnownDifference("a nearly cancelled difference is taken for 0", _snaps_to_zero, pinned=True),
    KnownDifference(
        "SUMXMY2 takes an empty cell for 0, Excel leaves the pair out",
        lambda d: "SUMXMY2(" in d.text and None in d.inputs and are_numbers(d.cached, d.answer),
        pinned=True,
    ),
    KnownDifference(
        "0^0 is 1, and an odd root of a negative number is one; in Excel #NUM!", power_is("#NUM!"), pinned=True
    ),
    ZERO_BELOW_ZERO,
    KnownDifference(
        "a truth value in a cell with a number format is 1 or 0",
        lambda d: isinstance(d.cached, bool) and are_numbers(d.answer) and d.cached == d.answer,
        pinned=True,
    ),
    *INABILITIES,
)
