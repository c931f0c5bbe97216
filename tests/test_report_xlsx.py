"""The workbook of a report: text and no formula or link; a summary first; printed on A4, one page across."""

import math
import re
import zipfile

import openpyxl
import pytest
from test_report_summary import FIRST, verdict

from xlsgd.verifying.report import Report, Tally, Verdict
from xlsgd.verifying.report_table import HEADINGS, column_rows
from xlsgd.verifying.report_xlsx import DIFFERENCES, write_workbook

TEXTS = ['<script>alert(1)</script>&"', "=1+1", "http://example.com/", "internal:adam!A1", "+1", "@SUM(A1)"]


def report(*answers, **changed):
    cells = [FIRST._replace(row=row, answer=answer) for row, answer in enumerate(answers, start=4)]
    told = verdict(equal=29 - len(cells), differences=cells)
    return Report("adam.xlsx", 29, {}, 0, [told], sha256="c0ffee")._replace(**changed)


@pytest.fixture
def written(tmp_path):
    def write(*reports):
        write_workbook(tmp_path / "a.xlsx", reports, "1.2.3", "2026-05-01 09:30 UTC")
        return openpyxl.load_workbook(tmp_path / "a.xlsx")

    return write


def test_it_holds_text_and_no_formula_or_link(written, tmp_path):
    book = written(report(*TEXTS, math.inf, math.nan, file="http://example.com/a.xlsx"))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        for name in filter(re.compile(r"xl/worksheets/.*\.xml").fullmatch, parts.namelist()):
            assert b"<f>" not in parts.read(name) and b"<hyperlink" not in parts.read(name)
    shown = [row[6].value for row in book["differences"].iter_rows(min_row=2)]
    assert shown == [*TEXTS, "inf", "nan"]
    assert [cell.value for cell in book["columns"][1]] == ["file", *HEADINGS]
    found = [cell.value for cell in book["columns"][2]][:6]
    assert found == ["http://example.com/a.xlsx", "adam", "H", "Mine 1", 29, 29]


def test_the_first_sheet_is_the_summary(written):
    oracle = verdict(source="Torch 2", name="torch", is_oracle=True, equal=20)
    book = written(report(2.0), report(file="b.xlsx", verdicts=[verdict(), oracle]))
    assert book.sheetnames == ["summary", "columns", "differences"]
    rows = [[value for value in row if value is not None] for row in book["summary"].iter_rows(values_only=True)]
    assert rows[0] == ["Verification of 2 workbooks"]
    assert ["date", "2026-05-01 09:30 UTC"] in rows and ["verified by", "xlsgd 1.2.3"] in rows
    assert ["adam.xlsx", 29, "cells differ", "c0ffee"] in rows
    at = rows.index(["file", "sheet", "formulas", "Mine 1", "Torch 2"])
    assert rows[at + 1] == ["adam.xlsx", "adam", 29, "1 differ; 28 of 29 equal"]
    assert rows[at + 2] == ["b.xlsx", "adam", 29, "all 29 equal", "within rounding; 20 of 29 equal"]


def test_every_sheet_prints_on_a4_one_page_across(written):
    book = written(report(2.0))
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.print_title_rows, sheet.title
    assert [cell.value for cell in book["differences"][1]] == [*DIFFERENCES]


def test_quirks_inabilities_and_notes_have_their_lines(written):
    told = Verdict("Mine 1", {}, {"rounds": [FIRST]}, [FIRST], {"knows not": [FIRST]}, "a note")
    lines = written(report(verdicts=[told]))["differences"].iter_rows(min_row=2, values_only=True)
    assert [line[:4] for line in lines] == [
        ("adam.xlsx", "Mine 1", "a note", None), ("adam.xlsx", "Mine 1", None, "adam!H4"),
        ("adam.xlsx", "Mine 1", "rounds", "adam!H4"), ("adam.xlsx", "Mine 1", "unable: knows not", "adam!H4"),
    ]  # fmt: skip


def test_the_table_is_by_column_and_then_by_source():
    columns = {("adam", "H"): Tally(29, 29, 29), ("adam", "I"): Tally(29, 29, 29)}
    twice = report(verdicts=[verdict(columns=columns), verdict(columns=columns, source="Other 2")])
    assert [row[:3] for row in column_rows(twice)] == [
        ("adam", "H", "Mine 1"), ("adam", "H", "Other 2"), ("adam", "I", "Mine 1"), ("adam", "I", "Other 2"),
    ]  # fmt: skip
    assert all(len(row) == len(HEADINGS) for row in column_rows(twice))
