"""A report in brief: what each source says of each sheet, and every cell that differs with every answer."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlsgd.reading.cells import CellValue
from xlsgd.verifying.report import Disagreement, Report, Verdict

ALL_EQUAL, ROUNDING, KNOWN, DIFFERS, NO_ANSWER = "all equal", "within rounding", "known", "differs", "no answer"

LEGEND = {
    ALL_EQUAL: "every answer is the file's value to the bit, or the same text or error",
    ROUNDING: "the rest differ by a relative 1e-12 at most, or by no more than rounding does in that cell",
    KNOWN: "the rest differ by what this source is known to compute unlike Excel; each is listed",
    DIFFERS: "cells differ; each is listed with its formula and every answer",
    NO_ANSWER: "the source could compute none of the cells",
}
"""What each outcome means."""


class Outcome(NamedTuple):
    """What a source says of a sheet: one of `LEGEND`, and it in words with its counts."""

    kind: str
    words: str


class DifferingCell(NamedTuple):
    """A cell for which a source differs: the sources' answers in their order, None where there is none to show."""

    address: str
    formula: str
    cached: CellValue
    answers: Sequence[CellValue | None]
    differing: Sequence[str]


def sheets_of(report: Report) -> dict[str, int]:
    """Return the sheets that hold formulas, and how many each."""
    found: dict[str, int] = {}
    for verdict in report.verdicts[:1]:
        for (sheet, _), tally in verdict.columns.items():
            found[sheet] = found.get(sheet, 0) + tally.formulas
    return found


def outcome_of(verdict: Verdict, sheet: str) -> Outcome:
    """Return what a source says of a sheet."""
    tallies = [tally for (name, _), tally in verdict.columns.items() if name == sheet]
    formulas, answered = sum(tally.formulas for tally in tallies), sum(tally.answered for tally in tallies)
    equal = sum(tally.equal for tally in tallies)
    differing = sum(d.sheet == sheet for d in verdict.differences)
    known = sum(d.sheet == sheet for found in verdict.quirks.values() for d in found)
    lacking = f"; no answer for {formulas - answered:,}" if answered < formulas else ""
    share = f"{equal:,} of {answered:,} equal"
    if differing:
        return Outcome(DIFFERS, f"{differing:,} differ; {share}{lacking}")
    if not answered:
        return Outcome(NO_ANSWER, NO_ANSWER)
    if known:
        return Outcome(KNOWN, f"{known:,} known to differ; {share}{lacking}")
    if equal < answered:
        return Outcome(ROUNDING, f"within rounding; {share}{lacking}")
    return Outcome(ALL_EQUAL, f"all {equal:,} equal{lacking}")


def differing_cells(report: Report) -> list[DifferingCell]:
    """Return every cell for which a source differs, in the order of the sources and then of the sheets."""
    found: dict[str, Disagreement] = {}
    by: dict[str, dict[str, CellValue | None]] = {}
    for verdict in report.verdicts:
        for d in verdict.differences:
            found.setdefault(d.address, d)
            by.setdefault(d.address, {})[verdict.source] = d.answer
    return [
        DifferingCell(address, d.formula, d.cached, _answers(report, d, by[address]), list(by[address]))
        for address, d in found.items()
    ]


def _answers(report: Report, d: Disagreement, differing: Mapping[str, CellValue | None]) -> list[CellValue | None]:
    others = {name: value for name, value in d.others.items() if isinstance(value, (float, int, str))}
    return [differing.get(verdict.source, others.get(verdict.name)) for verdict in report.verdicts]
