"""A verification report for people and programs: as text and as JSON."""

import math
from collections.abc import Sequence
from typing import Any

from xlsgd.errors import one_line
from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict

SHOWN = 20
"""How many differences a text spells out; the rest it counts."""

MAGNIFIED = "rounding grew, or what it computes otherwise or not at all was handed on, on the way to them"


def as_text(report: Report) -> str:
    """Return the report as text for a person."""
    return "\n".join(text_lines(report))


def text_lines(report: Report) -> list[str]:
    """Return the report as lines for a person, whatever the names of files and sheets and the formulas hold."""
    lines = [f"{report.file}: {report.formulas:,} formulas, {report.outcome}"]
    for verdict in report.verdicts:
        lines += _verdict_lines(verdict)
    lines += [f"  {name} gave no answers: {reason}" for name, reason in report.failed.items()]
    if report.unanswered:
        lines.append(f"  NO ANSWER to {len(report.unanswered):,} from any engine asked: {_listed(report.unanswered)}")
    if report.errors:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.errors.items())
        lines.append(f"  formulas that show an error: {kinds}")
    if report.without_value:
        lines.append(f"  {report.without_value:,} formulas have no value in the file; open it in Excel and save it")
    if report.volatile:
        lines.append(f"  {report.volatile:,} cells change at every recalculation; checked by what depends on them")
    return [one_line(line) for line in lines]


def _verdict_lines(verdict: Verdict) -> list[str]:
    total = verdict.total
    lines = [f"  {verdict.source}: {total.answered:,} checked, {total.equal:,} equal to the bit"]
    if total.answered < total.formulas:
        lines[0] += f"; no answer for the other {total.formulas - total.answered:,}"
    worst = max((t for t in verdict.columns.values() if t.worst <= 1e-3), key=lambda t: t.worst, default=Tally())
    if worst.worst:
        lines[0] += f"; greatest relative difference {worst.worst:.2g} ({worst.worst_ulp:.3g} ulp), at {worst.worst_at}"
    if verdict.note:
        lines.append(f"    {verdict.note}")
    if total.magnified:
        lines.append(f"    {total.magnified:,} differ by more than 1e-12, but by no more than rounding does there")
    if total.from_file:
        lines.append(f"    {total.from_file:,} agree only when computed from the file's own values: {MAGNIFIED}")
    for name, found in verdict.quirks.items():
        lines.append(f"    {len(found):,} known to differ ({name}): {_listed([d.address for d in found])}")
    for name, found in verdict.unable.items():
        lines.append(f"    {len(found):,} it could not compute ({name}): {_listed([d.address for d in found])}")
    lines += [f"    DIFFERS {describe(d)}" for d in verdict.differences[:SHOWN]]
    if len(verdict.differences) > SHOWN:
        lines.append(f"    ... and {len(verdict.differences) - SHOWN:,} more that differ")
    return lines


def _listed(addresses: Sequence[str]) -> str:
    return " ".join(addresses[:SHOWN]) + (" ..." if len(addresses) > SHOWN else "")


def describe(difference: Disagreement) -> str:
    """Return a difference in one line: the cell, its formula, and every answer."""
    others = "".join(f", {name} {value!r}" for name, value in difference.others.items() if _is_value(value))
    answers = f"file {difference.cached!r}, this {difference.answer!r}{others}"
    return f"{difference.address}  {difference.formula}  {answers}"


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, (float, int, str))


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as what `json` can write."""
    return {
        "file": report.file,
        "sha256": report.sha256,
        "agrees": report.agrees,
        "formulas": report.formulas,
        "errors": dict(report.errors),
        "volatile": report.volatile,
        "without_value": report.without_value,
        "unanswered": list(report.unanswered),
        "failed": dict(report.failed),
        "verdicts": [
            {
                "source": verdict.source,
                "note": verdict.note,
                **_finite(verdict.total),
                "quirks": {name: _cells(found) for name, found in verdict.quirks.items()},
                "unable": {name: _cells(found) for name, found in verdict.unable.items()},
                "differences": _cells(verdict.differences),
                "columns": [
                    {"sheet": sheet, "column": column, **_finite(tally)}
                    for (sheet, column), tally in verdict.columns.items()
                ],
            }
            for verdict in report.verdicts
        ],
    }


def _finite(tally: Tally) -> dict[str, Any]:
    """Return a tally with null for an infinite difference, which JSON has no number for."""
    return {name: None if value == float("inf") else value for name, value in tally._asdict().items()}


def _cells(differences: Sequence[Disagreement]) -> list[dict[str, Any]]:
    return [
        {
            "cell": d.address,
            "formula": d.formula,
            "file": plain_value(d.cached),
            "answer": plain_value(d.answer),
            "others": {name: plain_value(value) for name, value in d.others.items() if _is_value(value)},
        }
        for d in differences
    ]


def plain_value(value: Any) -> Any:
    """Return a value, as text where it is a number that neither JSON nor a spreadsheet has."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
