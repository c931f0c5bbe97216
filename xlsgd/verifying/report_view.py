"""A verification report for people and programs: text, JSON, an HTML page, a workbook."""

import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from xlsgd.atomic_files import check_folder, replacing
from xlsgd.errors import InputError
from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict

SHOWN = 20
"""How many differences a text spells out; the rest it counts."""

MAGNIFIED = "rounding grew, or what it computes otherwise or not at all was handed on, on the way to them"

HEADINGS = (
    "sheet", "column", "source", "formulas", "answered", "equal", "worst ulp", "worst relative", "where", "magnified",
    "from the file's values",
)  # fmt: skip


def as_text(report: Report) -> str:
    """Return the report as lines for a person."""
    lines = [f"{report.file}: {report.formulas:,} formulas, {_outcome(report)}"]
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
    return "\n".join(lines)


def _outcome(report: Report) -> str:
    if not report.formulas:
        return "nothing to verify"
    if any(verdict.differences for verdict in report.verdicts):
        return "cells differ"
    return f"no answer for {len(report.unanswered):,}" if report.unanswered else "all answers agree"


def _verdict_lines(verdict: Verdict) -> list[str]:
    total = verdict.total
    lines = [f"  {verdict.source}: {total.answered:,} checked, {total.equal:,} equal to the bit"]
    if total.answered < total.formulas:
        lines[0] += f"; no answer for the other {total.formulas - total.answered:,}"
    worst = max((t for t in verdict.columns.values() if t.worst <= 1e-3), key=lambda t: t.worst, default=Tally())
    if worst.worst:
        lines[0] += f"; greatest relative difference {worst.worst:.2g} ({worst.worst_ulp:.3g} ulp), at {worst.worst_at}"
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
            "file": _plain(d.cached),
            "answer": _plain(d.answer),
            "others": {name: _plain(value) for name, value in d.others.items() if _is_value(value)},
        }
        for d in differences
    ]


def _plain(value: Any) -> Any:
    """Return a value, as text where it is a number that neither JSON nor a spreadsheet has."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def column_rows(report: Report) -> list[tuple[Any, ...]]:
    """Return the table of all sheets, columns and sources, its rows as `HEADINGS` names them."""
    places = dict.fromkeys(place for verdict in report.verdicts for place in verdict.columns)
    return [
        (sheet, column, verdict.source, *verdict.columns[sheet, column])
        for sheet, column in places
        for verdict in report.verdicts
    ]


def check_report_path(path: Path, verified: Iterable[Path]) -> None:
    """Check where a report shall go before the work on it begins.

    Args:
        path: the report's.
        verified: the workbooks that it is about.

    Raises:
        InputError: the file's ending is neither .html nor .xlsx, it is one of the workbooks, or a file is where its
            folder should be.
    """
    if path.suffix.lower() not in (".html", ".xlsx"):
        raise InputError(f"`report` {path}: give a file that ends in .html or .xlsx")
    if any(path.exists() and workbook.exists() and path.samefile(workbook) for workbook in verified):
        raise InputError(f"`report` {path}: is a workbook to verify, which the report would replace; give another file")
    check_folder(path.parent)


def write_report(path: Path, reports: Sequence[Report]) -> None:
    """Write reports into one file to hand on: a page (.html) or a workbook (.xlsx).

    Raises:
        InputError: the file's ending is another, or it cannot be written.
    """
    check_report_path(path, [Path(report.file) for report in reports])
    writers = {".html": _write_html, ".xlsx": _write_xlsx}
    with replacing(path) as beside:
        writers[path.suffix.lower()](beside, reports)


STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 70em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 } th { text-align: left; background: #f2f2f2 }
td, th { border: 1px solid #ddd; padding: .2em .6em }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.agrees { color: #00664f } .differs { color: #a33c00; font-weight: bold } pre { white-space: pre-wrap }
"""


def _write_html(path: Path, reports: Sequence[Report]) -> None:
    body = "".join(map(_html_of, reports))
    title = "xlsgd verify"
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>{body}</html>"
    path.write_text(page, encoding="utf-8")


def _html_of(report: Report) -> str:
    outcome = _outcome(report)
    verdict = f'<p class="{"agrees" if report.agrees else "differs"}">{outcome[:1].upper()}{outcome[1:]}.</p>'
    cells = "".join(
        "<tr>" + "".join(f"<td{_alignment(value)}>{escape(_shown(value))}</td>" for value in row) + "</tr>"
        for row in column_rows(report)
    )
    headings = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
    summary = escape(as_text(report))
    return f"<h1>{escape(report.file)}</h1>{verdict}<pre>{summary}</pre><table><tr>{headings}</tr>{cells}</table>"


def _alignment(value: Any) -> str:
    return ' class="number"' if isinstance(value, (int, float)) else ""


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _write_xlsx(path: Path, reports: Sequence[Report]) -> None:
    from xlsxwriter.exceptions import FileCreateError

    try:
        _fill_xlsx(path, reports)
    except FileCreateError as error:
        raise error.args[0] from error  # the OSError


def _fill_xlsx(path: Path, reports: Sequence[Report]) -> None:
    import xlsxwriter

    as_they_are = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), as_they_are) as book:
        bold = book.add_format({"bold": True})
        columns, cells = book.add_worksheet("columns"), book.add_worksheet("differences")
        columns.write_row(0, 0, ("file", *HEADINGS), bold)
        cells.write_row(0, 0, ("file", "source", "known quirk", "cell", "formula", "file's value", "answer"), bold)
        rows = [(report.file, *row) for report in reports for row in column_rows(report)]
        for index, row in enumerate(rows, start=1):
            columns.write_row(index, 0, map(_plain, row))
        for index, row in enumerate(_difference_rows(reports), start=1):
            cells.write_row(index, 0, map(_plain, row))
        for sheet in (columns, cells):
            sheet.freeze_panes(1, 0)
            sheet.autofit()


def _difference_rows(reports: Sequence[Report]) -> list[tuple[Any, ...]]:
    rows = []
    for report in reports:
        for verdict in report.verdicts:
            named = (*verdict.quirks.items(), *((f"unable: {name}", found) for name, found in verdict.unable.items()))
            for quirk, found in (("", verdict.differences), *named):
                rows += [(report.file, verdict.source, quirk, d.address, d.formula, d.cached, d.answer) for d in found]
    return rows
