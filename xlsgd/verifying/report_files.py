"""A verification report to hand on: where it may go, and that it replaces what is there only when it is whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from xlsgd.atomic_files import check_folder, replacing
from xlsgd.errors import InputError
from xlsgd.verifying.report import Report
from xlsgd.verifying.report_html import page_of
from xlsgd.verifying.report_xlsx import write_workbook


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


def write_report(path: Path, reports: Sequence[Report], version: str = "", when: datetime | None = None) -> None:
    """Write reports into one file to hand on: a page (.html) or a workbook (.xlsx).

    Args:
        path: the file.
        reports: the reports.
        version: xlsgd's.
        when: the date and time that it bears; now if None.

    Raises:
        InputError: the file's ending is another, or it cannot be written.
    """
    check_report_path(path, [Path(report.file) for report in reports])
    moment = f"{when or datetime.now().astimezone():%Y-%m-%d %H:%M %Z}".strip()
    writers = {".html": _write_html, ".xlsx": write_workbook}
    with replacing(path) as beside:
        writers[path.suffix.lower()](beside, reports, version, moment)


def _write_html(path: Path, reports: Sequence[Report], version: str, when: str) -> None:
    path.write_text(page_of(reports, version, when), encoding="utf-8")
