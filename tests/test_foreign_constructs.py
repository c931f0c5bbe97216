"""What real workbooks hold beside plain formulas, each with one wrong value in the file, which every way finds."""

import pytest
from foreign_books import book, package, parts_of, sheet_xml, with_pivot

from xlsgd.verifying.check import verify
from xlsgd.verifying.sources import all_engines

COLUMN = ['<c r="A1"><v>1</v></c>', '<c r="A2"><v>2</v></c>', '<c r="A3"><v>3</v></c>']


def array(path):
    anchor = '<c r="B1"><f t="array" ref="B1:B3">A1:A3*2</f><v>2</v></c><c r="C1"><f>SUM(B1:B3)</f><v>12</v></c>'
    return book(path, [COLUMN[0] + anchor, COLUMN[1] + '<c r="B2"><v>5</v></c>', COLUMN[2] + '<c r="B3"><v>6</v></c>'])


def data_table(path):
    return book(
        path,
        [
            '<c r="A1"><v>5</v></c><c r="B1"><f>A1*2</f><v>10</v></c>',
            "",
            '<c r="B3"><f>B1</f><v>10</v></c>',
            '<c r="A4"><v>1</v></c><c r="B4"><f t="dataTable" ref="B4:B5" dt2D="0" dtr="0" r1="A1"/><v>2</v></c>',
            '<c r="A5"><v>2</v></c><c r="B5"><v>5</v></c>',
        ],
    )


def spilled(path):
    """What a dynamic array fills, and a cell that sums it."""
    anchor = '<c r="B1" cm="1"><f t="array" ref="B1:B3">A1:A3+1</f><v>2</v></c><c r="C1"><f>SUM(B1:B3)</f><v>9</v></c>'
    return book(path, [COLUMN[0] + anchor, COLUMN[1] + '<c r="B2"><v>5</v></c>', COLUMN[2] + '<c r="B3"><v>4</v></c>'])


def shared_and_pinned(path):
    """The first cell shows a quirk of two engines, and is pinned when they are asked once more."""
    rows = [
        '<c r="A1"><v>1</v></c><c r="B1"><v>0</v></c>'
        '<c r="C1"><f t="shared" ref="C1:C2" si="0">MATCH(1,A1:B1)</f><v>1</v></c><c r="D1"><f>C1*2</f><v>2</v></c>',
        '<c r="A2"><v>0</v></c><c r="B2"><v>1</v></c><c r="C2"><f t="shared" si="0"/><v>5</v></c>',
    ]
    return book(path, rows)


def pivot(path):
    return with_pivot(path, 30, "B4*2", 5)


def of_1904(path):
    parts = parts_of(sheet_xml(['<c r="A1"><v>1</v></c><c r="B1"><f>YEAR(A1)+A1</f><v>5</v></c>']))
    text = parts["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    return package(path, parts | {"xl/workbook.xml": text})


WRONG = {
    array: ("S!B2", 4.0),
    data_table: ("S!B5", 4.0),
    spilled: ("S!B2", 3.0),
    shared_and_pinned: ("S!C2", 2.0),
    pivot: ("S2!D3", 60.0),
    of_1904: ("S!B1", 1905.0),
}
UNABLE = {(data_table, "ironcalc"), (data_table, "formualizer"), (of_1904, "ironcalc"), (of_1904, "formualizer")}
"""What an engine cannot compute: it says so, and the cell is reported as one without an answer."""


@pytest.mark.parametrize("make", WRONG, ids=lambda make: make.__name__)
def test_the_wrong_value_is_found(tmp_path, engines, make):
    """By each engine alone, or it is told that nobody has computed it; and by all of them together."""
    path, (cell, right) = make(tmp_path / "a.xlsx"), WRONG[make]
    for name in all_engines():
        report = verify(path, (name,))
        (verdict,) = report.verdicts
        assert not report.agrees
        if (make, name) in UNABLE:
            assert cell in report.unanswered and not verdict.differences
        else:
            assert [(d.address, d.cached, d.answer) for d in verdict.differences] == [(cell, 5.0, right)]
    together = verify(path, all_engines())
    assert {d.address for verdict in together.verdicts for d in verdict.differences} == {cell}
    assert not together.unanswered
