"""Defined names that lead to names: followed in one traversal, to every name and to none twice."""

import time

import pytest
from foreign_books import book
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.reading import name_graph
from xlsgd.reading.contents import Book, Name, Settings, read_book
from xlsgd.reading.name_graph import NameGraph, volatile_names
from xlsgd.reading.package import open_package
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.poison import poison

MANY = 3000


def named(path, names, *rows, cells='<c r="A1"><f>n_0+1</f><v>1</v></c><c r="B1"><f>n_9+1</f><v>1</v></c>'):
    """A workbook with names, and by default formulas that use the first and the tenth."""
    items = "".join(f'<definedName name="{name}">{text}</definedName>' for name, text in names.items())
    return book(path, rows or [cells], settings=f"<definedNames>{items}</definedNames>")


def chain(end):
    return {f"n_{i}": f"n_{i + 1}*2" for i in range(MANY - 1)} | {f"n_{MANY - 1}": end}


def found_in(path):
    with open_package(path) as archive:
        return volatile_names(read_book(archive))


def seconds(function, *arguments):
    start = time.process_time()
    function(*arguments)
    return time.process_time() - start


@pytest.mark.parametrize(("end", "volatile"), [("RAND()", MANY), ("S!$C$1", 0)])
def test_a_long_chain_of_names_takes_one_traversal(tmp_path, end, volatile):
    """A traversal for each name took over 40 s; one takes a tenth of one, and a busy machine has twenty times that."""
    path = named(tmp_path / "a.xlsx", chain(end))
    assert len(found_in(path)) == volatile
    assert seconds(poison, path, tmp_path / "copy.xlsx") < 2
    assert seconds(compare, path, path) < 4


def test_a_chain_of_names_that_leads_to_a_volatile_cell(tmp_path):
    cells = '<c r="A1"><f>n_0+1</f><v>{0}</v></c><c r="B1"><f>m+1</f><v>7</v></c><c r="C1"><f>RAND()</f><v>{0}</v></c>'
    names = chain("S!$C$1") | {"m": "S!$D$1"}
    paths = [named(tmp_path / f"{n}.xlsx", names, cells=cells.format(n)) for n in (1, 2)]
    found = compare(*paths)
    assert found.mirrors and found.sheets["S"].volatile == 2


def test_names_in_a_circle_and_names_that_many_mention(tmp_path):
    circle = {f"n_{i}": f"n_{(i + 1) % MANY}+n_{(i * 7) % MANY}" for i in range(MANY)}
    assert found_in(named(tmp_path / "a.xlsx", circle)) == frozenset()
    assert len(found_in(named(tmp_path / "b.xlsx", circle | {"n_5": "NOW()"}))) == MANY


def test_two_names_of_one_spelling_of_which_one_is_volatile(tmp_path):
    """The sheets' own names may be spelled alike: none hides the other."""
    own = '<definedName name="n" localSheetId="0">RAND()</definedName><definedName name="n">1</definedName>'
    path = book(tmp_path / "a.xlsx", ['<c r="A1"><f>n</f><v>1</v></c>'], settings=f"<definedNames>{own}</definedNames>")
    assert found_in(path) == {"N"}


@pytest.mark.parametrize("limit", ["LONGEST", "MOST_TEXT", "MOST_NAMES"])
def test_names_longer_than_any_workbooks_are_refused(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(name_graph, limit, 100 if limit != "MOST_NAMES" else 0)
    with pytest.raises(InputError, match=r"a\.xlsx: more or longer names than a workbook's"):
        found_in(named(tmp_path / "a.xlsx", {"n": "1+" * 50 + "1"}))


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sets(st.sampled_from("abcdefg"))), st.sampled_from("abcdefg"))
def test_what_is_reached_is_what_following_until_nothing_changes_reaches(mentioned, start):
    mentioned = mentioned | {start: mentioned.get(start, set())}
    names = {("", name.upper()): Name("+".join(["1", *uses]), False, name) for name, uses in mentioned.items()}
    graph = NameGraph(Book(None, {}, [], [], names, Settings()))
    leading = {start.upper()}
    for _ in mentioned:
        leading |= {name.upper() for name, uses in mentioned.items() if leading & {each.upper() for each in uses}}
    assert graph.leading_to({("", start.upper())}) == {("", name) for name in leading}
