"""What a comparison of two workbooks gives: counts by sheet, and each difference with its address."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from xlsgd.reading.cells import CellValue

MAX_LISTED = 10_000
WHOLE = ""
"""The sheet of what belongs to the workbook as a whole."""


class Difference(NamedTuple):
    """One thing that is not the same: where it is, what it is, and what either side holds (None: nothing)."""

    sheet: str
    address: str
    kind: str
    original: CellValue
    copy: CellValue


@dataclass
class SheetSummary:
    """How many cells of a sheet were compared and how they came out.

    `compared` cells hold something in both files; `equal` ones are the same in everything. `volatile` counts the
    formulas whose values are left alone because every recalculation changes them, `without_value` those that have
    no value in the original. `differences` and `extras` count by kind.
    """

    compared: int = 0
    equal: int = 0
    only_in_original: int = 0
    only_in_copy: int = 0
    volatile: int = 0
    without_value: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    extras: Counter[str] = field(default_factory=Counter)


@dataclass
class Comparison:
    """Everything that was found; the lists hold `MAX_LISTED` entries a sheet, `sheets` counts all of them by sheet.

    `differences` are what the original holds and the copy lacks or holds differently, `extras` what only the copy
    holds, `notes` what was left out of the comparison.
    """

    original: str
    copy: str
    tolerance: float
    sheets: dict[str, SheetSummary] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    extras: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def mirrors(self) -> bool:
        """Whether nothing of the original is missing or different in the copy."""
        return self.difference_count == 0

    @property
    def difference_count(self) -> int:
        """How many things are missing or different in the copy, listed or not."""
        return sum(sheet.differences.total() for sheet in self.sheets.values())

    @property
    def extra_count(self) -> int:
        """How many things only the copy holds, listed or not."""
        return sum(sheet.extras.total() for sheet in self.sheets.values())

    def summary(self, name: str) -> SheetSummary:
        """Return the summary of a sheet, made when it is first asked for."""
        return self.sheets.setdefault(name, SheetSummary())

    def report(self, found: Difference) -> None:
        """Count what was found, as an extra where the original holds nothing, and list it while there is room."""
        is_extra = found.original is None
        summary = self.summary(found.sheet)
        counts = summary.extras if is_extra else summary.differences
        counts[found.kind] += 1
        if counts.total() <= MAX_LISTED:
            (self.extras if is_extra else self.differences).append(found)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as `json.dumps` takes it."""
        return {
            "original": self.original,
            "copy": self.copy,
            "tolerance": self.tolerance,
            "mirrors": self.mirrors,
            "difference_count": self.difference_count,
            "extra_count": self.extra_count,
            "sheets": {name: dict(vars(sheet)) for name, sheet in self.sheets.items()},
            "differences": [found._asdict() for found in self.differences],
            "extras": [found._asdict() for found in self.extras],
            "notes": self.notes,
        }
