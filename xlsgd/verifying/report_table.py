"""What a report to hand on says, as a page or as a workbook: its title, its facts, its tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xlsgd.errors import one_line
from xlsgd.verifying.report import Report

HEADINGS = (
    "sheet", "column", "source", "formulas", "answered", "equal", "worst ulp", "worst relative", "where", "magnified",
    "from the file's values",
)  # fmt: skip


class Made(NamedTuple):
    """Who verified and when: xlsgd's version, and the date and time."""

    version: str
    when: str


def title_of(reports: Sequence[Report]) -> str:
    """Return what a report is called."""
    (first, *others) = reports
    return (
        f"Verification of {one_line(Path(first.file).name)}"
        if not others
        else (f"Verification of {len(reports)} workbooks")
    )


def about(reports: Sequence[Report], made: Made) -> list[tuple[str, str]]:
    """Return what is to be known of how the reports came about, each fact with what it is."""
    verdicts = [verdict for report in reports for verdict in report.verdicts]
    engines = dict.fromkeys(verdict.source for verdict in verdicts if not verdict.is_oracle)
    oracles = dict.fromkeys(verdict.source for verdict in verdicts if verdict.is_oracle)
    facts = [("date", made.when), ("verified by", f"xlsgd {made.version}".strip())]
    facts += (
        [("engines", ", ".join(engines) + ": each recalculated a copy whose values were all wrong")] if engines else []
    )
    facts += [("oracle", ", ".join(oracles) + ": computed the cells another way")] if oracles else []
    for report in reports:
        facts += [("no answers", f"{name}, {report.file}: {reason}") for name, reason in report.failed.items()]
    return [(what, one_line(said)) for what, said in facts]


def sources_of(reports: Sequence[Report]) -> list[str]:
    """Return all sources, each once."""
    return list(dict.fromkeys(verdict.source for report in reports for verdict in report.verdicts))


def column_rows(report: Report) -> list[tuple[Any, ...]]:
    """Return the table of all sheets, columns and sources, its rows as `HEADINGS` names them."""
    places = dict.fromkeys(place for verdict in report.verdicts for place in verdict.columns)
    return [
        (sheet, column, verdict.source, *verdict.columns[sheet, column])
        for sheet, column in places
        for verdict in report.verdicts
    ]
