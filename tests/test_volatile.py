"""Which cells change at every recalculation, followed from cell to cell, sheet to sheet, and through names."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from compared_books import rewrite, write
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.reading import volatile as module
from xlsgd.reading.contents import read_book
from xlsgd.reading.grammar import Area
from xlsgd.reading.name_graph import volatile_names
from xlsgd.reading.package import open_package
from xlsgd.reading.volatile import Cells, volatile_cells
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.comparing.comparison import Difference


def found_in(path, *cells, sheet="S"):
    """Which of some cells, by row and column, of a workbook's sheet are volatile."""
    with open_package(path) as archive:
        found = volatile_cells(read_book(archive))
    return [cell for cell in cells if found.holds(sheet, *cell)]


def formulas(path, cells, names=()):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for address, formula in cells.items():
            sheet.write_formula(address, formula)
        for name, text in names:
            book.define_name(name, text)
    return path


POSITIONS = st.tuples(st.sampled_from(["S", "T"]), st.integers(1, 9), st.integers(1, 9))


@given(st.sets(POSITIONS), POSITIONS, st.integers(0, 5), st.integers(0, 5))
def test_a_set_of_cells_meets_an_area_where_it_holds_one_of_its_cells(members, corner, down, across):
    cells = Cells()
    for member in members:
        cells.add(*member)
    sheet, top, left = corner
    inside = {(sheet, row, column) for row in range(top, top + down + 1) for column in range(left, left + across + 1)}
    assert cells.meets(Area(sheet, top, left, top + down, left + across)) is bool(inside & members)
    assert cells.holds(*corner) is (corner in members)


def test_what_is_volatile_itself_and_what_refers_to_it(tmp_path):
    cells = {"A1": "=RAND()", "B1": "=A1+1", "C1": "=SUM(A1:B9)", "D1": "=E1", "E1": "=2", "F1": "=TODAY()-NOW()"}
    path = formulas(tmp_path / "a.xlsx", cells)
    assert found_in(path, *((1, column) for column in range(1, 7))) == [(1, 1), (1, 2), (1, 3), (1, 6)]


def test_a_word_that_only_holds_rand_is_none(tmp_path):
    path = formulas(tmp_path / "a.xlsx", {"A1": "=BRAND+1", "B1": '="RAND()"'}, [("BRAND", "=1")])
    assert found_in(path, (1, 1), (1, 2)) == []


def test_names_that_stand_for_what_changes_or_for_such_a_name(tmp_path):
    names = [("drawn", "=RAND()"), ("twice", "=drawn*2"), ("still", "=S!$A$1")]
    path = formulas(tmp_path / "a.xlsx", {"A1": "=2"}, names)
    with open_package(path) as archive:
        assert volatile_names(read_book(archive)) == {"DRAWN", "TWICE"}


def test_formulas_too_tangled_to_follow_are_refused(tmp_path, monkeypatch):
    """A chain that runs down and up the rows by turns takes a sweep for each turn."""
    cells = {"A1": "=RAND()"} | {
        f"A{row}": f"=A{other}" for other, row in ((1, 9), (9, 2), (2, 8), (8, 3), (3, 7), (7, 4))
    }
    path = formulas(tmp_path / "a.xlsx", cells)
    assert len(found_in(path, *((row, 1) for row in (1, 9, 2, 8, 3, 7, 4, 5)))) == 7
    monkeypatch.setattr(module, "MAX_SWEEPS", 3)
    with pytest.raises(InputError, match=r"a\.xlsx: its volatile formulas refer to each other in too tangled a way"):
        found_in(path)


def volatile_book(path: Path, number: float) -> Path:
    cells = {
        "A1": ("=RANDBETWEEN(1,100)", number, None),
        "A2": ("=A1*2", number, None),
        "A3": ("=SUM(A$1:A2)", number, None),
        "A4": ("=first+1", number, None),
        "A5": ("=B9+1", number, None),
        "B9": ("=later", number, None),
        "B10": ("=A2", number, None),
        "C1": ("=D1*2", 5, None),
        "D1": (2.5, None, None),
    }
    names = {"first": "=basic!$A$1", "basic!later": "=basic!$B$10+1"}
    return write(path, cells=cells, names=names, charts=(), panes=None)


def test_values_that_every_recalculation_changes_are_not_compared(tmp_path):
    paths = volatile_book(tmp_path / "a.xlsx", 7), volatile_book(tmp_path / "b.xlsx", 8)
    result = compare(*paths)
    assert result.mirrors
    assert result.sheets["basic"].volatile == 7
    assert result.sheets["basic"].equal == 9


def test_a_value_beside_volatile_ones_is_still_compared(tmp_path):
    paths = volatile_book(tmp_path / "a.xlsx", 7), volatile_book(tmp_path / "b.xlsx", 8)
    rewrite(paths[1], tmp_path / "c.xlsx", "xl/worksheets/sheet1.xml", {"<f>D1*2</f><v>5</v>": "<f>D1*2</f><v>6</v>"})
    found = compare(paths[0], tmp_path / "c.xlsx").differences
    assert found == [Difference("basic", "C1", "value", 5.0, 6.0)]


@pytest.mark.parametrize("step", [1, -1])
def test_a_long_chain_of_volatile_cells_is_followed_either_way(tmp_path, step):
    count = 3000
    paths = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for value, path in enumerate(paths):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for row in range(2, count + 2):
                sheet.write_formula(row - 1, 0, f"=A{row - step}+1", None, value)
            sheet.write_formula(0 if step == 1 else count + 1, 0, "=RAND()", None, value)
    result = compare(*paths)
    assert result.mirrors
    assert result.sheets["Sheet1"].volatile == count + 1


@pytest.mark.parametrize("name", ["data", "my data", "it's", "Größe", "Maß", "ﬁt", "R&D", "2026"])
def test_what_changes_is_followed_from_sheet_to_sheet(tmp_path, name):
    """By a reference in any spelling, and by names that lead there, also through another name."""
    quoted = name.replace("'", "''")
    formulas = {
        "direct": f"='{quoted}'!A1+1",
        "louder": f"='{quoted.upper()}'!A1+1",
        "byname": "=drawn+1",
        "twice": "=Doubled+1",
        "third": "=byname!A1*2",
        "foot": "=Fuß*2",
        "apart": "=B1*2",
    }
    paths = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for value, path in enumerate(paths):
        with xlsxwriter.Workbook(path) as book:
            for sheet, formula in formulas.items():
                book.add_worksheet(sheet).write_formula("A1", formula, None, value * (sheet != "apart"))
            book.add_worksheet(name).write_formula("A1", "=RAND()", None, value)
            book.define_name("drawn", f"='{quoted}'!$A$1")
            book.define_name("doubled", "=DRAWN*2")
            book.define_name("Fuß", "=RAND()")
    result = compare(*paths)
    assert result.mirrors
    assert {sheet: counts.volatile for sheet, counts in result.sheets.items()} == {
        **dict.fromkeys(formulas, 1), "apart": 0, name: 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "spelled", ["RA<!-- -->ND()", "RA<?x y?>ND()", "<![CDATA[RAND()]]>", "&#82;AND()", "&#x52;AND()", "rand()"]
)
def test_a_volatile_function_is_found_however_xml_spells_it(tmp_path, spelled):
    original, plain, odd = tmp_path / "a.xlsx", tmp_path / "plain.xlsx", tmp_path / "odd.xlsx"
    write(original, cells={"A1": ("=RAND()", 7, None), "A2": ("=A1*2", 7, None)}, names={}, charts=(), panes=None)
    write(plain, cells={"A1": ("=RAND()", 8, None), "A2": ("=A1*2", 8, None)}, names={}, charts=(), panes=None)
    rewrite(plain, odd, "xl/worksheets/sheet1.xml", {"<f>RAND()</f>": f"<f>{spelled}</f>"})
    result = compare(original, odd)
    assert result.mirrors
    assert result.sheets["basic"].volatile == 2


def test_a_volatile_function_is_found_in_a_part_in_utf_16(tmp_path):
    paths = volatile_book(tmp_path / "a.xlsx", 7), volatile_book(tmp_path / "b.xlsx", 8)
    wide = tmp_path / "wide.xlsx"
    with zipfile.ZipFile(paths[1]) as archive, zipfile.ZipFile(wide, "w") as copy:
        for part in archive.namelist():
            text = archive.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = text.decode().replace("UTF-8", "UTF-16").encode("utf-16")
            copy.writestr(part, text)
    assert compare(paths[0], wide).mirrors
