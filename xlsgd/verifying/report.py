"""What verification found, as data: per source, per sheet and column, and cell by cell where something differs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlsgd.reading.cells import CellValue
from xlsgd.symbols.references import address


class Disagreement(NamedTuple):
    """A cell for which a source's answer is not the value in the file.

    Args:
        sheet: the sheet.
        row: the cell's row, from 1.
        column: its column, from 1.
        formula: the formula, with the equals sign.
        cached: the value in the file.
        answer: what the source says.
        others: what the other sources say, by name.
        inputs: the values in the file of the cells that the formula refers to, None for an empty one; told only where a
            known quirk turns on them.
    """

    sheet: str
    row: int
    column: int
    formula: str
    cached: CellValue
    answer: CellValue
    others: Mapping[str, CellValue] = {}
    inputs: Sequence[CellValue] = ()

    @property
    def text(self) -> str:
        """The formula without its equals sign, nor an array's braces."""
        return self.formula[2:-1] if self.formula.startswith("{=") else self.formula[1:]

    @property
    def address(self) -> str:
        """The cell's address, such as `adam!J4`."""
        return f"{self.sheet}!{address(self.row, self.column)}"


class Tally(NamedTuple):
    """How a source's answers for some cells compare with the file's values.

    Args:
        formulas: how many formulas the cells hold.
        answered: for how many the source has an answer.
        equal: how many answers are the file's value to the bit, or the same error or text.
        worst_ulp: the greatest difference of two numbers, in units of the last place of the file's.
        worst: the greatest relative difference of two numbers; infinity where one of the values is none.
        worst_at: where that is.
        magnified: how many answers differ by more than the tolerance, but by no more than the rounding that the numbers
            themselves magnify.
        from_file: how many differ where they are computed from what else was computed, and agree where they are
            computed from the file's own values: rounding grew, or a quirk was handed on, on the way to them.
    """

    formulas: int = 0
    answered: int = 0
    equal: int = 0
    worst_ulp: float = 0.0
    worst: float = 0.0
    worst_at: str = ""
    magnified: int = 0
    from_file: int = 0


class Verdict(NamedTuple):
    """What one source says of a workbook.

    Args:
        source: its name and version.
        columns: a tally for each sheet and column letter.
        quirks: cells that differ by something the source is known to compute unlike Excel, by its name.
        differences: all other cells that differ by more than the tolerance.
        unable: cells that the source could not compute, by what it cannot.
        note: what is to be known of where its answers come from.
        name: what it is called among the others' answers for a cell.
        is_oracle: whether it computes the cells another way, instead of recalculating the file.
    """

    source: str
    columns: Mapping[tuple[str, str], Tally]
    quirks: Mapping[str, Sequence[Disagreement]]
    differences: Sequence[Disagreement]
    unable: Mapping[str, Sequence[Disagreement]] = {}
    note: str = ""
    name: str = ""
    is_oracle: bool = False

    def __repr__(self) -> str:
        total = self.total
        return f"{self.source}: {total.answered:,} of {total.formulas:,} checked, {len(self.differences):,} differ"

    @property
    def total(self) -> Tally:
        """The tally of all cells."""
        tallies = list(self.columns.values()) or [Tally()]
        greatest = max(tallies, key=lambda tally: tally.worst)
        return Tally(
            formulas=sum(tally.formulas for tally in tallies),
            answered=sum(tally.answered for tally in tallies),
            equal=sum(tally.equal for tally in tallies),
            worst_ulp=max(tally.worst_ulp for tally in tallies),
            worst=greatest.worst,
            worst_at=greatest.worst_at,
            magnified=sum(tally.magnified for tally in tallies),
            from_file=sum(tally.from_file for tally in tallies),
        )


class Report(NamedTuple):
    """What the sources say of a workbook.

    Args:
        file: the workbook.
        formulas: how many formulas were compared.
        errors: how many of them hold each kind of error.
        volatile: how many more cells were pinned since they change at every recalculation.
        verdicts: what each source says.
        without_value: how many more formulas have no value in the file to compare.
        unanswered: the addresses of cells that none of the sources could compute, where an engine was asked.
        failed: why an engine gave no answers at all, by its name, where another did.
        sha256: the file's SHA-256, in hexadecimal digits.
    """

    file: str
    formulas: int
    errors: Mapping[str, int]
    volatile: int
    verdicts: Sequence[Verdict]
    without_value: int = 0
    unanswered: Sequence[str] = ()
    failed: Mapping[str, str] = {}
    sha256: str = ""

    def __repr__(self) -> str:
        return "\n  ".join((f"{self.file}: {self.formulas:,} formulas, {self.outcome}", *map(repr, self.verdicts)))

    @property
    def outcome(self) -> str:
        """What it comes to, in some words."""
        if not self.formulas:
            return "nothing to verify"
        if any(verdict.differences for verdict in self.verdicts):
            return "cells differ"
        return f"no answer for {len(self.unanswered):,}" if self.unanswered else "all answers agree"

    @property
    def agrees(self) -> bool:
        """Whether every cell has an answer, and all agree but for what a source is known to compute unlike Excel."""
        return not self.unanswered and not any(verdict.differences for verdict in self.verdicts)
