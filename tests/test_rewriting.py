"""Rows rewritten around what the parser tells: where elements end, what their tags keep; read back by expat."""

from xml.etree import ElementTree

import pytest

from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.rewriting import POISON, Clock, SheetRewriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rewritten(rows):
    found = Formulas()
    text = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    new = SheetRewriter(found, [], Clock(), frozenset()).rewritten(text.encode())
    return found, new.removeprefix(text[: text.index("<row")].encode()).removesuffix(b"</sheetData></worksheet>"), new


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('<c r="A1" s="3"><f>1+1</f><v>2</v></c>', b'<c r="A1" s="3"><f>1+1</f><v>%b</v></c>'),
        ("<c r='A1' t='n'  ><f>1+1</f><v>2</v></c>", b"<c r='A1'><f>1+1</f><v>%b</v></c>"),
        ('<c t="str" r="A1"><f>"x"</f><v>x</v></c>', b'<c r="A1"><f>"x"</f><v>%b</v></c>'),
        ('<c r="A1" note="1/2>1"><f>1+1</f><v>2</v></c>', b'<c r="A1" note="1/2>1"><f>1+1</f><v>%b</v></c>'),
        ('<c r="A1"><f>1+1</f><v>2</v></c  >', b'<c r="A1"><f>1+1</f><v>%b</v></c>'),
    ],
)
def test_a_cell_keeps_its_place_and_look_and_gets_a_wrong_value(cell, kept):
    found, new, whole = rewritten(f'<row r="1">{cell}</row>')
    assert new == b'<row r="1">' + kept % POISON + b"</row>"
    assert list(found) == [(1, 1)]
    assert ElementTree.fromstring(whole) is not None


def test_an_empty_element_before_the_end_of_one_whose_name_begins_alike():
    """Where `</cx>` follows `<c/>` it does not end the cell."""
    rows = '<row r="1"><cx><c r="A1"/></cx><c r="B1"><f>1+1</f><v>2</v></c></row>'
    found, new, whole = rewritten(rows)
    assert new == rows.replace("<v>2</v>", f"<v>{POISON.decode()}</v>").encode()
    assert list(found) == [(1, 2)] and ElementTree.fromstring(whole) is not None


def test_an_empty_formula_before_the_end_of_an_element_whose_name_begins_alike():
    rows = (
        '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:B1">1+1</f><v>2</v></c>'
        '<c r="B1"><fx><f t="shared" si="0"/></fx><v>2</v></c></row>'
    )
    found, _, whole = rewritten(rows)
    assert list(found) == [(1, 1), (1, 2)] and ElementTree.fromstring(whole) is not None


@pytest.mark.parametrize("empty", ['s=""', "s = ''"])
def test_a_style_that_says_nothing_is_left_out(empty):
    _, new, _ = rewritten(f'<row r="1" {empty}><c {empty} r="A1" s2="x"><f>1+1</f><v>2</v></c></row>')
    assert new == b'<row r="1"><c r="A1" s2="x"><f>1+1</f><v>%b</v></c></row>' % POISON
