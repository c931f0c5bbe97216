"""Where reports to hand on may go, and that they are replaced whole."""

import os
import resource
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from xlsgd.errors import InputError
from xlsgd.verifying import report_files
from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict
from xlsgd.verifying.report_files import check_report_path, write_report


def report(*answers, **changed):
    """A report of one source that gives the file's 1.0 in adam!H4 and below other values."""
    differing = [Disagreement("adam", row, 8, f"=C{row}", 1.0, answer) for row, answer in enumerate(answers, start=4)]
    tally = Tally(29, 29, 29 - len(answers), 3.5 if answers else 0.0, 0.25 if answers else 0.0, "adam!H4")
    verdict = Verdict("Mine 1", {("adam", "H"): tally, ("adam", "I"): Tally(29, 29, 29)}, {}, differing)
    return Report("adam.xlsx", 58, {}, 0, [verdict])._replace(**changed)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("proof.txt", "`report` proof.txt: give a file that ends in .html or .xlsx"),
        ("proof", "give a file that ends in .html or .xlsx"),
        ("adam.xlsx", "`report` adam.xlsx: is a workbook to verify, which the report would replace; give another file"),
        ("./adam.xlsx", "is a workbook to verify"),
        ("adam.xlsx/proof.html", "adam.xlsx: is a file; give a folder"),
    ],
)
def test_where_a_report_cannot_go(tmp_path, monkeypatch, name, says):
    monkeypatch.chdir(tmp_path)
    Path("adam.xlsx").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        check_report_path(Path(name), [Path("adam.xlsx")])
    assert says in str(caught.value)
    check_report_path(Path("new/proof.HTML"), [Path("adam.xlsx"), Path("gone.xlsx")])


def test_a_report_makes_its_folder_and_a_disk_that_fills_is_one_line(tmp_path):
    for name in ("a.html", "a.xlsx"):
        write_report(tmp_path / "new" / name, [report()])
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        try:
            with pytest.raises(InputError, match=f"{name}: cannot be written: .*File too large"):
                write_report(tmp_path / "new" / name, [report()])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(os.listdir(tmp_path / "new")) == ["a.html", "a.xlsx"]


def test_a_report_replaces_only_when_it_is_whole(tmp_path, monkeypatch):
    (tmp_path / "a.html").write_text("old")

    def fails(path, reports, version, when):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report_files, "_write_html", fails)
    with pytest.raises(InputError, match="cannot be written: No space left"):
        write_report(tmp_path / "a.html", [report()])
    assert os.listdir(tmp_path) == ["a.html"] and (tmp_path / "a.html").read_text() == "old"


def test_a_report_bears_the_moment_and_the_version_that_it_is_given(tmp_path):
    when = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    for name in ("a.html", "a.xlsx"):
        write_report(tmp_path / name, [report()], "1.2.3", when)
    assert (
        "2026-05-01 09:30 UTC" in (tmp_path / "a.html").read_text()
        and "xlsgd 1.2.3" in (tmp_path / "a.html").read_text()
    )
    summary = [row[:2] for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["summary"].iter_rows(values_only=True)]
    assert ("date", "2026-05-01 09:30 UTC") in summary and ("verified by", "xlsgd 1.2.3") in summary
    write_report(tmp_path / "a.html", [report()])
    assert f"{datetime.now():%Y-}" in (tmp_path / "a.html").read_text()
