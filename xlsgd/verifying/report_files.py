"""A verification report to hand on: as an HTML page, or as a workbook."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from xlsgd.atomic_files import check_folder, replacing
from xlsgd.errors import InputError, one_line
from xlsgd.verifying.report import Report
from xlsgd.verifying.report_view import as_text, outcome, plain_value

HEADINGS = (
    "sheet", "column", "source", "formulas", "answered", "equal", "worst ulp", "worst relative", "where", "magnified",
    "from the file's values",
)  # fmt: skip


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
    said = outcome(report)
    verdict = f'<p class="{"agrees" if report.agrees else "differs"}">{said[:1].upper()}{said[1:]}.</p>'
    cells = "".join(
        "<tr>" + "".join(f"<td{_alignment(value)}>{escape(_shown(value))}</td>" for value in row) + "</tr>"
        for row in column_rows(report)
    )
    headings = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
    summary = escape(as_text(report))
    file = escape(one_line(report.file))
    return f"<h1>{file}</h1>{verdict}<pre>{summary}</pre><table><tr>{headings}</tr>{cells}</table>"


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
        rows = [(one_line(report.file), *row) for report in reports for row in column_rows(report)]
        for index, row in enumerate(rows, start=1):
            columns.write_row(index, 0, map(plain_value, row))
        for index, row in enumerate(_difference_rows(reports), start=1):
            cells.write_row(index, 0, map(plain_value, row))
        for sheet in (columns, cells):
            sheet.freeze_panes(1, 0)
            sheet.autofit()


def _difference_rows(reports: Sequence[Report]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for report in reports:
        for verdict in report.verdicts:
            rows += [(one_line(report.file), verdict.source, verdict.note)] if verdict.note else []
            named = (*verdict.quirks.items(), *((f"unable: {name}", found) for name, found in verdict.unable.items()))
            for quirk, found in (("", verdict.differences), *named):
                rows += [
                    (one_line(report.file), verdict.source, quirk, d.address, d.formula, d.cached, d.answer)
                    for d in found
                ]
    return rows
