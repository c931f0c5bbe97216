"""What in a file an engine failed on: the cell is found by halving, or told by its weight."""

import os
import signal
from html import escape

import openpyxl
import pytest
from click.testing import CliRunner
from foreign_books import book

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import formualizer, ironcalc

ROWS = [
    '<c r="A1"><v>1</v></c>',
    *(f'<c r="A{row}"><f>A{row - 1}+1</f><v>{row}</v></c>' for row in range(2, 21)),
    *(f'<c r="A{row}"><f>SUM({",".join(["A1"] * 120)})</f><v>120</v></c>' for row in range(21, 23)),
]


def crashing_at(*cells):
    """What crashes where all of some cells hold a formula."""

    def recalculate(path, wanted):
        sheet = openpyxl.load_workbook(path).active
        if all(str(sheet[cell].value).startswith("=") for cell in cells):
            os.kill(os.getpid(), signal.SIGSEGV)
        return {name: [1.0] * len(cells) for name, cells in wanted.items()}

    return recalculate


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["A2"], ", at S!A2"),
        (["A17"], ", at S!A17"),
        (["A3", "A9"], ", at S!A9"),
        (["A22"], ", at S!A22, a formula of 364 characters"),
        ([], "; what weighs most there is S!A21, a formula of 364 characters"),
    ],
    ids=["first", "one", "two together", "long", "whatever the formulas"],
)
def test_a_crash_names_the_cell(cells, said, tmp_path, monkeypatch):
    monkeypatch.setattr(ironcalc, "recalculate", crashing_at(*cells))
    path = book(tmp_path / "a.xlsx", ROWS)
    with pytest.raises(InputError) as caught:
        verify(path)
    assert str(caught.value).startswith(f"{path}: IronCalc crashed (signal 11, SIGSEGV){said}")
    assert "\n" not in str(caught.value)


def test_where_another_engine_answers_the_crash_is_in_the_report(tmp_path, monkeypatch):
    monkeypatch.setattr(ironcalc, "recalculate", crashing_at("A2"))
    report = verify(book(tmp_path / "a.xlsx", ROWS), ["ironcalc", "formualizer"])
    assert report.agrees and len(report.verdicts) == 1
    assert report.failed == {"ironcalc": "IronCalc crashed (signal 11, SIGSEGV), at S!A2"}


def doubling(texts):
    cells = (f'<c r="A{row}" t="str"><f>A{row - 1}&amp;A{row - 1}</f><v>a</v></c>' for row in range(2, texts + 1))
    return ['<c r="A1" t="inlineStr"><is><t>aaaaaaaa</t></is></c>', *cells]


def test_a_chain_of_doubling_texts_takes_no_more_than_its_memory(tmp_path):
    """Each is twice the one above: the fortieth would have 2**42 characters."""
    if not formualizer.is_installed():
        pytest.skip("Formualizer is not installed")
    with pytest.raises(
        InputError, match=r"Formualizer took more than 0.25 GB of memory and was ended .*, at S!A[12]\d"
    ):
        verify(book(tmp_path / "a.xlsx", doubling(40)), ["formualizer"], memory=2**28)


HEAVY = [
    (
        ['<c r="B1"><v>1</v></c>', '<c r="A2"><f t="array" ref="A2:XFD1048576">B1*2</f><v>2</v></c>'],
        "S!A2, an array formula for A2:XFD1048576",
    ),
    (
        [f'<c r="A1"><f>{escape("SUMPRODUCT(B1:XFD1048576*B1:XFD1048576)")}</f><v>0</v></c>'],
        "S!A1, a formula over 34,357,641,216 cells",
    ),
]


@pytest.mark.parametrize(("rows", "said"), HEAVY, ids=["an array over a sheet", "a product of sheets"])
def test_what_takes_too_long_is_ended_and_the_heaviest_is_named(rows, said, tmp_path):
    path = book(tmp_path / "a.xlsx", rows)
    done = CliRunner().invoke(cli, ["verify", "--timeout", "0.5", "--memory", "8G", str(path)])
    assert done.exit_code == 2 and done.stdout == ""
    start = f"Error: {path}: IronCalc took more than 0.5 s and was ended (--timeout gives it more)"
    assert done.stderr.startswith(f"{start}; what weighs most there is {said}; ask ")
    assert done.stderr.count("\n") == 1
