"""A verification report as a page to hand on: a summary on the first sheet of paper, then the details, folded."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from xlsgd.errors import one_line
from xlsgd.verifying.report import Disagreement, Report
from xlsgd.verifying.report_summary import LEGEND, differing_cells, outcome_of, sheets_of
from xlsgd.verifying.report_table import HEADINGS, Made, about, column_rows, sources_of, title_of
from xlsgd.verifying.report_view import as_text

MOST = 1000
"""How many cells of a kind a page lists; the workbook of a report lists all."""

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222 }
h1 { margin: 0 0 .3em; overflow-wrap: anywhere } h2 { margin: 1.6em 0 .3em; overflow-wrap: anywhere }
table { border-collapse: collapse; margin: .8em 0; max-width: 100% } th { text-align: left; background: #f2f2f2 }
td, th { border: 1px solid #ccc; padding: .2em .6em; vertical-align: top; overflow-wrap: anywhere; min-width: 4.5em }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.formula, td.hash { font-family: ui-monospace, monospace; font-size: .85em }
td.name { min-width: 8em }
.agrees, .all-equal { color: #00664f } .differs { color: #a33c00; font-weight: bold }
.within-rounding { color: #00527a } .known { color: #6b5200 } .no-answer { color: #666 }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
summary { cursor: pointer; overflow-wrap: anywhere; font-weight: bold; margin: .6em 0 }
dl { display: grid; grid-template-columns: max-content 1fr; overflow-wrap: anywhere; gap: .1em 1em; margin: .8em 0 }
dd { margin: 0 }
@page { size: A4; margin: 14mm }
@media print {
  body { font-size: 8.5pt; margin: 0; padding: 0; max-width: none }
  .details { break-before: page } tr { break-inside: avoid } thead { display: table-header-group }
  details:not(.long)::details-content { content-visibility: visible; height: auto; display: block }
}
"""


def page_of(reports: Sequence[Report], version: str, when: str) -> str:
    """Return reports as a page without a script.

    Args:
        reports: the reports.
        version: xlsgd's.
        when: the date and time.
    """
    title = escape(title_of(reports))
    head = f"<meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
    failing_first = sorted(reports, key=lambda report: report.agrees)
    details = f"<section class=details>{''.join(map(_details, failing_first))}</section>"
    return f"<!doctype html><html lang=en>{head}<h1>{title}</h1>{_first_page(reports, version, when)}{details}</html>"


def _first_page(reports: Sequence[Report], version: str, when: str) -> str:
    agree = all(report.agrees for report in reports)
    facts = "".join(f"<dt>{escape(what)}<dd>{escape(said)}" for what, said in about(reports, Made(version, when)))
    legend = "".join(f'<dt class="{_class(kind)}">{escape(kind)}<dd>{escape(what)}' for kind, what in LEGEND.items())
    files = _table(
        ("file", "formulas", "outcome", "SHA-256"),
        [
            [_td(r.file, "name"), _td(r.formulas), _td(r.outcome, "agrees" if r.agrees else "differs"),
             _td(r.sha256, "hash")]
            for r in reports
        ],
    )  # fmt: skip
    said = "All answers agree." if agree else "Not all answers agree."
    verdict = f'<p class="{"agrees" if agree else "differs"}">{said}</p>'
    return f"{verdict}<dl>{facts}</dl>{files}{_by_sheet(reports)}<dl>{legend}</dl>"


def _by_sheet(reports: Sequence[Report]) -> str:
    """Return the table of sheets by sources, those of each file below its name."""
    sources, rows = sources_of(reports), []
    for report in reports:
        verdicts = {verdict.source: verdict for verdict in report.verdicts}
        if len(reports) > 1:
            rows.append([f"<th colspan={len(sources) + 2}>{escape(one_line(report.file))}</th>"])
        for sheet, formulas in sheets_of(report).items():
            row = [_td(sheet), _td(formulas)]
            for source in sources:
                said = outcome_of(verdicts[source], sheet) if source in verdicts else None
                row.append(_td(said.words, _class(said.kind)) if said else _td("not asked", "no-answer"))
            rows.append(row)
    return _table(("sheet", "formulas", *sources), rows)


def _details(report: Report) -> str:
    parts = [_failing(report)]
    for verdict in report.verdicts:
        for name, found in (*verdict.quirks.items(), *verdict.unable.items()):
            what = "known to differ" if name in verdict.quirks else "could not be computed"
            parts.append(_folded(f"{verdict.source}: {len(found):,} {what} ({name})", _cells(found)))
    parts.append(_folded("All of it in words", f"<pre>{escape(as_text(report))}</pre>"))
    columns = [[_td(value) for value in row] for row in column_rows(report)]
    parts.append(_folded("Column by column (on paper only where it is opened)", _table(HEADINGS, columns), kind="long"))
    return f"<h2>{escape(one_line(report.file))}</h2>{''.join(parts)}"


def _failing(report: Report) -> str:
    """Return the cells that differ, each with its formula and every answer, and those that nobody could compute."""
    cells = differing_cells(report)
    headings = ("cell", "formula", "file's value", *(verdict.source for verdict in report.verdicts))
    rows = [
        [
            _td(cell.address, "name"),
            _td(cell.formula, "formula"),
            _td(repr_of(cell.cached)),
            *(
                _td(repr_of(answer), "differs" if verdict.source in cell.differing else "")
                for verdict, answer in zip(report.verdicts, cell.answers, strict=True)
            ),
        ]
        for cell in cells[:MOST]
    ]
    title = _cells_are(len(cells), "differs", "differ")
    parts = [_folded(title, _table(headings, rows) + _rest(len(cells)), True)] if cells else []
    if report.unanswered:
        listed = " ".join(map(one_line, report.unanswered[:MOST]))
        title = _cells_are(len(report.unanswered), *2 * ["that no engine could compute"])
        parts.append(_folded(title, f"<p>{escape(listed)}</p>{_rest(len(report.unanswered))}", True))
    return "".join(parts)


def _cells_are(count: int, one: str, many: str) -> str:
    return f"1 cell {one}" if count == 1 else f"{count:,} cells {many}"


def _cells(found: Sequence[Disagreement]) -> str:
    rows = [
        [_td(d.address, "name"), _td(d.formula, "formula"), _td(repr_of(d.cached)), _td(repr_of(d.answer))]
        for d in found[:MOST]
    ]
    return _table(("cell", "formula", "file's value", "answer"), rows) + _rest(len(found))


def _rest(count: int) -> str:
    return f"<p>... and {count - MOST:,} more: a report that ends in .xlsx lists all.</p>" if count > MOST else ""


def _folded(summary: str, content: str, is_open: bool = False, kind: str = "folded") -> str:
    opened = " open" if is_open else ""
    return f"<details class={kind}{opened}><summary>{escape(one_line(summary))}</summary>{content}</details>"


def repr_of(value: Any) -> str:
    """Return a cell's value with all its digits; a dash where there is none."""
    return repr(value) if isinstance(value, (float, int)) else "-" if value is None else str(value)


def _table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    heads = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _td(value: Any, kind: str = "") -> str:
    if isinstance(value, (int, float)) and not kind:
        kind = "number"
    shown = f"{value:.3g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    return f"<td{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{escape(one_line(shown))}</td>"


def _class(kind: str) -> str:
    return kind.replace(" ", "-")
