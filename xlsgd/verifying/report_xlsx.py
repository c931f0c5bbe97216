"""A verification report as a workbook to hand on: a summary first, then the columns and the cells that differ."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xlsgd.errors import one_line
from xlsgd.verifying.report import Report
from xlsgd.verifying.report_summary import LEGEND, outcome_of, sheets_of
from xlsgd.verifying.report_table import HEADINGS, Made, about, column_rows, sources_of, title_of
from xlsgd.verifying.report_view import plain_value

COLOURS = {
    "all equal": "#00664F",
    "within rounding": "#00527A",
    "known": "#6B5200",
    "differs": "#A33C00",
    "no answer": "#666666",
}
"""What the outcomes are written in."""

A4 = 9
DIFFERENCES = ("file", "source", "known quirk", "cell", "formula", "file's value", "answer")


def write_workbook(path: Path, reports: Sequence[Report], version: str, when: str) -> None:
    """Write reports into a workbook that holds texts and numbers, and no formula or link.

    Args:
        path: the file.
        reports: the reports.
        version: xlsgd's.
        when: the date and time.

    Raises:
        OSError: it cannot be written.
    """
    from xlsxwriter.exceptions import FileCreateError

    try:
        _fill(path, reports, Made(version, when))
    except FileCreateError as error:
        raise error.args[0] from error  # the OSError


def _fill(path: Path, reports: Sequence[Report], made: Made) -> None:
    import xlsxwriter

    as_they_are = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), as_they_are) as book:
        bold = book.add_format({"bold": True, "bg_color": "#F2F2F2"})
        _summary(book, book.add_worksheet("summary"), reports, made, bold)
        columns = [(one_line(report.file), *row) for report in reports for row in column_rows(report)]
        for name, headings, rows in (
            ("columns", ("file", *HEADINGS), columns),
            ("differences", DIFFERENCES, _difference_rows(reports)),
        ):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headings, bold)
            for index, row in enumerate(rows, start=1):
                sheet.write_row(index, 0, map(plain_value, row))
            sheet.freeze_panes(1, 0)
            _on_paper(sheet, 0)


def _on_paper(sheet: Any, headings: int) -> None:
    """Have a sheet printed on A4, one page across, with its headings on every page."""
    sheet.autofit()
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(headings)


def _summary(book: Any, sheet: Any, reports: Sequence[Report], made: Made, bold: Any) -> None:
    """Fill the first sheet: title and facts, the files, the table of sheets by sources, and what its words mean."""
    kinds = {kind: book.add_format({"font_color": colour}) for kind, colour in COLOURS.items()}
    facts = about(reports, made)
    row = len(facts) + 2
    sheet.write_row(row, 0, ("file", "formulas", "outcome", "SHA-256"), bold)
    for report in reports:
        row += 1
        said = kinds["all equal" if report.agrees else "differs"]
        sheet.write_row(row, 0, (one_line(report.file), report.formulas))
        sheet.write_string(row, 2, report.outcome, said)
    headings = row = row + 2
    sources = sources_of(reports)
    sheet.write_row(row, 0, ("file", "sheet", "formulas", *sources), bold)
    for report in reports:
        verdicts = {verdict.source: verdict for verdict in report.verdicts}
        for name, formulas in sheets_of(report).items():
            row += 1
            sheet.write_row(row, 0, (one_line(report.file), one_line(name), formulas))
            for column, source in enumerate(sources, start=3):
                if source in verdicts:
                    found = outcome_of(verdicts[source], name)
                    sheet.write_string(row, column, found.words, kinds[found.kind])
    _on_paper(sheet, headings)  # before what may run on to the right
    for index, report in enumerate(reports, start=len(facts) + 3):
        sheet.write_string(index, 3, report.sha256)
    sheet.write_string(0, 0, title_of(reports), book.add_format({"bold": True, "font_size": 16}))
    for index, (what, said) in enumerate(facts, start=1):
        sheet.write_row(index, 0, (what, said))
    for index, (kind, what) in enumerate(LEGEND.items(), start=row + 2):
        sheet.write_string(index, 0, kind, kinds[kind])
        sheet.write_string(index, 1, what)


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
