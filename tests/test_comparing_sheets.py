"""Sheets of alike rows compared many rows at a time: what is found is what cell by cell is found, to the letter."""

import pytest
from alike_sheets import first_row, row, sheet, workbook
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.reading import package
from xlsgd.reading.cells import read_cells
from xlsgd.verifying.comparing import compare as comparing
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.comparing.sheets import SheetPair

COUNT = 60
SHARES = '<f t="shared" si="1"/>'


def rows(count=COUNT, first="", **changed):
    """Rows, some of them changed; each number is another."""
    texts = {1: first or first_row()} | {n: row(n, n / 7, n / 3, -n / 9) for n in range(2, count + 1)}
    return list((texts | {int(number): text for number, text in changed.items()}).values())


@pytest.fixture
def both(tmp_path, monkeypatch):
    """Return a function that compares two sheets' rows, in pieces of other sizes."""
    monkeypatch.setattr(package, "CHUNK_BYTES", 1000)

    def both(mine, theirs, **options):
        path = workbook(tmp_path / "a.xlsx", sheet(*mine))
        copy = workbook(tmp_path / "b.xlsx", sheet("<!-- moved -->", *theirs), **options)
        return compare(path, copy)

    return both


def kinds(result):
    return [(found.address, found.kind, found.original, found.copy) for found in result.differences]


def test_rows_are_compared_at_once(both, monkeypatch):
    """Of 180 cells few come one by one: those of the first rows, of the last piece, and the two that differ."""
    seen = []
    compared = SheetPair.compare_cells
    monkeypatch.setattr(SheetPair, "compare_cells", lambda self, *pair: seen.append(pair) or compared(self, *pair))
    result = both(rows(), rows(**{"30": row(30, 30 / 7, 11, -30 / 9), "31": row(31, 5, 31 / 3, -31 / 9)}))
    assert kinds(result) == [("B30", "value", 10.0, 11.0), ("A31", "constant", 31 / 7, 5.0)]
    assert (result.sheets["Sheet"].compared, result.sheets["Sheet"].equal) == (180, 178)
    assert len(seen) < 80


def test_numbers_within_the_tolerance_are_equal(both):
    near = 30 / 7 * (1 + 9e-13)
    assert both(rows(), rows(**{"30": row(30, near, 10.0, -30 / 9)})).mirrors
    assert not both(rows(), rows(**{"30": row(30, 30 / 7 * (1 + 2e-12), 10.0, -30 / 9)})).mirrors


def test_other_formulas_and_formats_are_told_cell_by_cell(both):
    result = both(rows(), rows(first=first_row("A1*3")))
    assert kinds(result)[1] == ("B2", "formula", "=A2*2", "=A2*3")
    assert result.sheets["Sheet"].differences == {"formula": COUNT}
    assert both(rows(), rows(first=first_row(" A1 * 2"))).mirrors
    assert both(rows(), rows(), code="0.0").sheets["Sheet"].differences == {"number format": COUNT}


def test_values_that_change_by_themselves_are_left_alone(both):
    result = both(rows(first=first_row("A1*RAND()")), rows(first=first_row("A1*RAND()"), **{"30": row(30, 30 / 7)}))
    assert result.mirrors
    assert result.sheets["Sheet"].volatile == 2 * COUNT


def test_damage_behind_rows_that_were_read_at_once_is_told_with_its_place(both, monkeypatch):
    spoiled = rows(**{"40": row(40, "none")})
    with pytest.raises(InputError, match="cell A40 holds 'none'"):
        both(rows(), spoiled)
    with pytest.raises(InputError) as by_rows:
        both(rows(), [*rows(), "<"])
    monkeypatch.setattr(comparing, "read_rows", read_cells)
    with pytest.raises(InputError) as by_cells:
        both(rows(), [*rows(), "<"])
    assert str(by_rows.value) == str(by_cells.value)


changed_row = st.sampled_from([
    lambda text: text, lambda text: "", lambda text: text.replace("<v>", "<v>1"), lambda text: text.replace(SHARES, ""),
    lambda text: text.replace(SHARES, "<f>A1</f>"), lambda text: text.replace(' s="1"', ""),
    lambda text: text.replace(' spans="1:3"', ""), lambda text: text + "<!-- -->",
    lambda text: text.replace(SHARES, '<f t="shared" ref="C9:C80" si="1">RAND()</f>'),
])  # fmt: skip
changes = st.dictionaries(st.integers(0, 29), changed_row, max_size=4)


@given(changes, changes, st.sampled_from([300, 700, 5000]))
def test_what_is_found_is_what_is_found_cell_by_cell(tmp_path_factory, first, second, chunk):
    folder = tmp_path_factory.mktemp("sheets")
    paths = []
    for name, changed in (("a", first), ("b", second)):
        texts = [changed.get(n, str)(text) for n, text in enumerate(rows(30))]
        paths.append(workbook(folder / f"{name}.xlsx", sheet(*(texts if 0 in changed else [first_row(), *texts[1:]]))))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(package, "CHUNK_BYTES", chunk)
        found = outcome(*paths)
        monkeypatch.setattr(comparing, "read_rows", read_cells)
        assert found == outcome(*paths)


def outcome(*paths):
    try:
        return compare(*paths).to_json()
    except InputError as error:
        return str(error)
