"""Which charts of two sheets belong together, and what differs between them."""

from collections import Counter
from collections.abc import Iterator
from itertools import product, zip_longest

from xlsgd.reading.charts import ReadChart
from xlsgd.verifying.comparing.comparison import Difference


def paired(first: list[ReadChart], second: list[ReadChart]) -> list[tuple[ReadChart | None, ReadChart | None]]:
    """Pair the charts of two sheets, the most alike first; a chart like none that is left stays alone."""
    places = product(range(len(first)), range(len(second)))
    scored = sorted(((-_likeness(first[i], second[j]), i, j) for i, j in places))
    partners: dict[int, int] = {}
    for score, i, j in scored:
        if score < 0 and i not in partners and j not in partners.values():
            partners[i] = j
    together = [(one, second[partners[i]] if i in partners else None) for i, one in enumerate(first)]
    return together + [(None, other) for j, other in enumerate(second) if j not in partners.values()]


def _likeness(one: ReadChart, other: ReadChart) -> int:
    """Count what two charts share: their place, title, types, and each series."""
    shared = len(set(one.series) & set(other.series))
    return (one.anchor == other.anchor) + (one.title == other.title != "") + (one.types == other.types) + shared


def differences(sheet: str, one: ReadChart | None, other: ReadChart | None) -> Iterator[Difference]:
    """Yield what differs between a chart of the original and its partner in the copy; either may be missing."""
    if one and other:
        yield from _partners(sheet, one, other)
    elif one:
        yield Difference(sheet, one.anchor, "chart", _spelled(one), None)
    elif other:
        yield Difference(sheet, other.anchor, "chart", None, _spelled(other))


def _spelled(chart: ReadChart) -> str:
    return f"{' and '.join(chart.types)} chart {chart.title!r} of {'; '.join(chart.series) or 'nothing'}"


def _partners(sheet: str, one: ReadChart, other: ReadChart) -> Iterator[Difference]:
    if one.types != other.types:
        yield Difference(sheet, one.anchor, "chart type", " and ".join(one.types), " and ".join(other.types))
    if one.title != other.title:
        yield Difference(sheet, one.anchor, "chart title", one.title or None, other.title or None)
    if one.anchor != other.anchor:
        yield Difference(sheet, one.anchor, "chart anchor", one.anchor, other.anchor)
    mine_all, theirs_all = Counter(one.series), Counter(other.series)
    missing, extra = mine_all - theirs_all, theirs_all - mine_all
    for mine, theirs in zip_longest(missing.elements(), extra.elements()):
        yield Difference(sheet, one.anchor, "chart series", mine, theirs)
