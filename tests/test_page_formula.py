"""Formulas that a learner types on a page, in a real browser: against IronCalc, and what is refused."""

import random

import pages
import pytest

from xlsgd.page.tables import page_of_table
from xlsgd.sheets.entropy import ENTROPY
from xlsgd.symbols.primitives import PRIMITIVES

CELLS = {
    "A1": 3.5, "A2": -2.0, "A3": 0.25, "B1": 7.0, "B2": -0.125, "B3": 0.001, "C1": 0.0, "C2": 12.0, "C3": -1.0,
}  # fmt: skip
RANGES = ("A1:A3", "A1:B2", "$B$1:C3", "C3:A1")
OF_ONE = ("SQRT", "EXP", "LN", "LOG10", "ABS", "TANH", "SIGN", "SIN", "COS", "INT")
OF_MANY = ("SUM", "SUMSQ", "MAX", "MIN", "COUNT", "AVERAGE")
SEEDS, OF_EACH = range(4), 150

VALUES = f"""{pages.PLAIN}
const [formulas, given] = arguments;
const at = (column, row) => given[addressOf(column, row)];
return formulas.map((text) => {{
  try {{ return plain(valueOfFormula(readFormula(text), at)); }}
  catch (error) {{ if (error instanceof FormulaError) return `refused: ${{error.message}}`; throw error; }}
}});"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return pages.written(tmp_path_factory.mktemp("page"), page_of_table(ENTROPY["softmax"]))


@pytest.fixture
def values(chromium, path):
    page = pages.opened(chromium, path)
    yield lambda *formulas: page.execute_script(VALUES, formulas, CELLS)
    assert not pages.complaints(page)


def number(choose):
    return choose.choice(["2", "0.5", "3", "10", "1e-2", "0", "1", "25%", ".75", "-4"])


def drawn(choose, depth=0):
    """A formula's text, without that in which IronCalc is known to part from Excel.

    It ends AND and OR at the first value that decides, where Excel hands errors on; its SUMSQ leaves out a truth value
    that is written, which Excel counts; a power beyond all floats is #DIV/0! to it and #NUM! to Excel.
    """
    if depth > 3:
        return number(choose)
    inner = lambda: drawn(choose, depth + 1)  # noqa: E731
    column, row = choose.choice(list(CELLS))
    dollars = choose.choice(["", "$"]), choose.choice(["", "$"])
    compared = f"{inner()}{choose.choice(['<', '>', '<=', '>=', '<>', '='])}{inner()}"
    shapes = [
        lambda: number(choose),
        lambda: f"{dollars[0]}{column}{dollars[1]}{row}",
        lambda: f"{inner()}{choose.choice('+-*/')}{inner()}",
        lambda: f"{inner()} {choose.choice('+-*/')} {inner()}",
        lambda: f"{inner()}^{choose.choice(['2', '-2', '3', '.5', '0', '-1^2', 'A3', '$A$2'])}",
        lambda: f"-{inner()}",
        lambda: f"({inner()})",
        lambda: f"{choose.choice(OF_ONE)}({inner()})",
        lambda: f"{choose.choice(OF_MANY)}({choose.choice(RANGES)},{inner()})",
        lambda: f"SUMPRODUCT({choose.choice(['A1:A3,B1:B3', 'A1:B2,B2:C3', 'A1:A3,B1:B2', 'A1:A3'])})",
        lambda: f"IF({compared},{inner()},{inner()})",
        lambda: f"IF({choose.choice(['AND', 'OR'])}(A1>2,{column}{row}<=1),{inner()},PI())",
        lambda: f"POWER({inner()},{choose.choice(['2', '-1', '0.5'])})",
        lambda: f"ROUND({column}{row}*{choose.choice(['1.37', '10', '-3.3'])},{choose.choice('012')})",
    ]
    return choose.choice(shapes)()


def same(ours, theirs):
    """Functions of the browser's library may part in the last places, and a sum carry that further: 1e-12, relative."""
    if isinstance(ours, (str, bool)) or isinstance(theirs, (str, bool)):
        return ours is theirs or ours == theirs
    return ours == pytest.approx(theirs, rel=1e-12, abs=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_typed_comes_to_what_a_spreadsheet_says(values, engine, seed):
    choose = random.Random(seed)
    formulas = [f"={drawn(choose)}" for _ in range(OF_EACH)]
    sheet = engine()
    for address, value in CELLS.items():
        sheet.put(address, value)
    for row, formula in enumerate(formulas, start=1):
        sheet.type(f"H{row}", formula)
    sheet.evaluate()
    found = values(*formulas)
    wanted = [sheet.get(f"H{row}") for row in range(1, OF_EACH + 1)]
    parted = [each for each in zip(formulas, found, wanted, strict=True) if not same(*each[1:])]
    assert not parted
    assert sum(isinstance(value, float) for value in wanted) > OF_EACH / 2
    assert any(isinstance(value, str) for value in wanted), "errors are among them"


def test_every_function_of_a_rows_formulas_is_known(chromium, path):
    """A column's functions stand below the rows; what is random or not available is no formula to find."""
    own = {row.excel for row in PRIMITIVES.values() if not row.column and isinstance(row.excel, str)}
    known = pages.opened(chromium, path).execute_script("return Object.keys(FUNCTIONS_OF_SHEETS)")
    assert own - {"NA", "RANDBETWEEN"} <= set(known)


KNOWN = {
    "=-2^2": 4, "=2^-2^2": 0.0625, "=2^3^2": 64, "=-A1^2": 12.25, "=0-2^2": -4, "=50%^2": 0.25, "=10%%": 0.001,
    "=1=1": True, "=2<1=FALSE": True, "=TRUE+1": 2, "=2>TRUE": False, "=IF(1>2,3)": False, "=ROUND(2.5,0)": 3,
    "=ROUND(-2.5,0)": -3, "=ROUND(1234,-2)": 1200, "=0^0": "#NUM!", "=1/0": "#DIV/0!", "=0^-1": "#DIV/0!",
    "=SQRT(-1)": "#NUM!", "=LN(0)": "#NUM!", "=1e300*1e300": "#NUM!", "=IF(FALSE,1/0,1)": 1, "=Z99+1": 1,
    "=COUNT(1/0,2,Z1:Z9)": 1, "=AVERAGE(Z1:Z9)": "#DIV/0!", "=SUMSQ(TRUE,2)": 5, "=OR(TRUE,1/0)": "#DIV/0!",
    "=sum( a1 : a2 )": 1.5, "\u22123": -3, "=2*\u22123": -6, "=POWER(2,TRUE)": 2, "=-(-1)": 1, "=--1": 1,
    "=+-+1": -1,
}  # fmt: skip
"""What Excel's documentation says of precedence, truth values, errors and empty cells."""


def test_precedence_truth_values_and_errors_are_excels(values):
    assert dict(zip(KNOWN, values(*KNOWN), strict=True)) == KNOWN


REFUSED = {
    "=2*(3+4": "The formula ends too soon: the bracket at place 4 is not closed.",
    "=1+": "The formula ends too soon: a number, a cell or a function is missing here.",
    "=": "The formula ends too soon: a number, a cell or a function is missing here.",
    "=A1)": "“)” at place 4: no bracket is open.",
    "=@A1": "“@” at place 2 has no meaning in a formula.",
    '="a"': '“"” at place 2 has no meaning in a formula.',
    "=2 3": "“3” at place 4: an operator or the end is expected.",
    "=SUM(A1;A2)": "“;” at place 8 has no meaning in a formula; write a comma.",
    "=A1:A3+1": "The range at place 2 can stand only within a function of many cells, such as SUM.",
    "=SQRT(A1:A3)": "The range at place 7 can stand only within a function of many cells, such as SUM.",
    "=SUM(A1:)": "“)” at place 9: a cell is missing behind the colon.",
    "=beta*2": "“beta” at place 2 is neither a cell nor a function; write a cell, such as B2.",
    "=SQRTT(2)": "“SQRTT” at place 2: this page does not know such a function.",
    "=constructor(2)": "“constructor” at place 2: this page does not know such a function.",
    "=SQRT()": "SQRT at place 2 takes 1 value, not 0.",
    "=IF(1,2,3,4)": "IF at place 2 takes 2 to 3 values, not 4.",
    "=SUM()": "SUM at place 2 takes 1 value or more, not 0.",
    "=A0": "“A0” at place 2: no sheet has such a cell.",
    "=XFE1+1": "“XFE1” at place 2: no sheet has such a cell.",
    "=1e999": "“1e999” at place 2 is too large a number.",
    "=😀": "“😀” at place 2 has no meaning in a formula.",
    "=<img src=x>": "“<” at place 2: a number, a cell or a function is missing here.",
    "=" + "(" * 70 + "1" + ")" * 70: "At place 67 brackets stand more than 64 deep.",
}


def test_what_cannot_be_read_is_said_with_its_place(values):
    found = dict(zip(REFUSED, values(*REFUSED), strict=True))
    assert found == {text: f"refused: {message}" for text, message in REFUSED.items()}
