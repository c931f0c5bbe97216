"""Reports to hand on: a page and a workbook hold text and nothing that does something, and are replaced whole."""

import math
import os
import re
import resource
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from xlsgd.errors import InputError
from xlsgd.verifying import report_files
from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict
from xlsgd.verifying.report_files import HEADINGS, check_report_path, column_rows, write_report

HOSTILE = '<script>alert(1)</script>&"'
TEXTS = [HOSTILE, "=1+1", "http://example.com/", "internal:adam!A1", "+1", "@SUM(A1)"]


def report(*answers, **changed):
    """A report of one source that gives the file's 1.0 in adam!H4 and below other values."""
    differing = [Disagreement("adam", row, 8, f"=C{row}", 1.0, answer) for row, answer in enumerate(answers, start=4)]
    tally = Tally(29, 29, 29 - len(answers), 3.5 if answers else 0.0, 0.25 if answers else 0.0, "adam!H4")
    verdict = Verdict("Mine 1", {("adam", "H"): tally, ("adam", "I"): Tally(29, 29, 29)}, {}, differing)
    return Report("adam.xlsx", 58, {}, 0, [verdict])._replace(**changed)


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("href", "src") for name, _ in attrs)

    def handle_data(self, data):
        self.text += data


def test_a_page_holds_text_and_no_more(tmp_path):
    hostile = report(*TEXTS, file=f"{HOSTILE}.xlsx")
    verdict = hostile.verdicts[0]._replace(source=f"Mine {HOSTILE}", note=HOSTILE)
    write_report(tmp_path / "a.html", [hostile._replace(verdicts=[verdict])])
    page = Page((tmp_path / "a.html").read_text(encoding="utf-8"))
    assert page.tags <= {"html", "meta", "title", "style", "h1", "p", "pre", "table", "tr", "th", "td"}
    assert page.text.count(HOSTILE) > 3 and "Cells differ." in page.text
    assert os.listdir(tmp_path) == ["a.html"]


def test_a_page_tells_agreement_and_aligns_numbers(tmp_path):
    write_report(tmp_path / "a.html", [report(), report(2.0)])
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert '<p class="agrees">All answers agree.</p>' in text and '<p class="differs">Cells differ.</p>' in text
    assert '<td class="number">3.5</td><td class="number">0.25</td><td>adam!H4</td>' in text
    assert text.count("<h1>adam.xlsx</h1>") == 2 and text.count("<tr><th>sheet</th>") == 2


def test_a_workbook_holds_text_and_no_formula_or_link(tmp_path):
    write_report(tmp_path / "a.XLSX", [report(*TEXTS, math.inf, math.nan, file="http://example.com/a.xlsx")])
    book = openpyxl.load_workbook(tmp_path / "a.XLSX")
    assert [sheet.title for sheet in book] == ["columns", "differences"]
    with zipfile.ZipFile(tmp_path / "a.XLSX") as parts:
        for name in filter(re.compile(r"xl/worksheets/.*\.xml").fullmatch, parts.namelist()):
            assert b"<f>" not in parts.read(name) and b"<hyperlink" not in parts.read(name)
    shown = [row[6].value for row in book["differences"].iter_rows(min_row=2)]
    assert shown == [*TEXTS, "inf", "nan"]
    assert [cell.value for cell in book["columns"][1]] == ["file", *HEADINGS]
    assert [cell.value for cell in book["columns"][2]][:6] == [
        "http://example.com/a.xlsx",
        "adam",
        "H",
        "Mine 1",
        29,
        29,
    ]


def test_quirks_inabilities_and_notes_have_their_lines_in_the_workbook(tmp_path):
    (difference,) = report(2.0).verdicts[0].differences
    verdict = Verdict("Mine 1", {}, {"rounds": [difference]}, [difference], {"knows not": [difference]}, "a note")
    write_report(tmp_path / "a.xlsx", [report(verdicts=[verdict])])
    lines = openpyxl.load_workbook(tmp_path / "a.xlsx")["differences"].iter_rows(min_row=2, values_only=True)
    assert [line[:4] for line in lines] == [
        ("adam.xlsx", "Mine 1", "a note", None), ("adam.xlsx", "Mine 1", None, "adam!H4"),
        ("adam.xlsx", "Mine 1", "rounds", "adam!H4"), ("adam.xlsx", "Mine 1", "unable: knows not", "adam!H4"),
    ]  # fmt: skip


def test_the_table_is_by_column_and_then_by_source():
    twice = report()._replace(verdicts=[report().verdicts[0], report().verdicts[0]._replace(source="Other 2")])
    assert [row[:3] for row in column_rows(twice)] == [
        ("adam", "H", "Mine 1"), ("adam", "H", "Other 2"), ("adam", "I", "Mine 1"), ("adam", "I", "Other 2"),
    ]  # fmt: skip
    assert all(len(row) == len(HEADINGS) for row in column_rows(twice))


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

    def fails(path, reports):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report_files, "_write_html", fails)
    with pytest.raises(InputError, match="cannot be written: No space left"):
        write_report(tmp_path / "a.html", [report()])
    assert os.listdir(tmp_path) == ["a.html"] and (tmp_path / "a.html").read_text() == "old"
