"""Rows read by a pattern, against the same rows read by the parser."""

import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.reading import alike_rows as reading
from xlsgd.verifying import poison as poisoning
from xlsgd.verifying.alike_rows import alike
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.poison import poison
from xlsgd.verifying.rewriting import POISON

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
finite = st.floats(allow_nan=False, allow_infinity=False)


def row(number, x=1.5, y=2.5, z=3.5, index=0):
    return (
        f'<row r="{number}" spans="1:3"><c r="A{number}"><v>{x}</v></c>'
        f'<c r="B{number}" s="2"><f t="shared" si="{index}"/><v>{y}</v></c>'
        f'<c r="C{number}"><f t="shared" si="1"/><v>{z}</v></c></row>'
    )


def test_a_row_gives_the_pattern_of_its_like():
    found = Formulas()
    text = row(7, x="1E+3", y=-0.25, z=12345678901234567890).encode() + row(8).encode()
    wrong, rows = alike(row(6).encode(), {"0", "1"}).poison(text, 7, found)
    assert rows == 2
    assert wrong.decode() == "".join(row(n, x, POISON.decode(), POISON.decode()) for n, x in ((7, "1E+3"), (8, 1.5)))
    assert list(found) == [(7, 2), (7, 3), (8, 2), (8, 3)]
    assert found.values == [-0.25, 12345678901234567890.0, 2.5, 3.5]


@pytest.mark.parametrize(
    "like",
    [
        row(6).replace("spans", "a:spans"),
        row(6).replace('<f t="shared" si="1"/>', "<f>A6</f>"),
        row(6).replace(' s="2"', ' t="e"'),
        row(6).replace(' spans="1:3"', ' s=""'),
        row(6, index=5),
        '<row r="6"><c r="A6"><v>1</v></c></row>',
        row(6).replace("</row>", " </row>"),
        f'<row r="6" spans="{"1:3 " * 5000}">' + row(6).partition(">")[2],
    ],
    ids=["namespace", "own formula", "type", "no style", "unknown", "no formula", "blank", "long"],
)
def test_a_row_that_only_the_parser_understands_gives_none(like):
    found = alike(like.encode(), {"0", "1"})
    assert found is None or like.startswith('<row r="6" a:')


@pytest.mark.parametrize(
    "text",
    [
        row(7) + row(9),
        row(8),
        row(7, y="nan"),
        row(7, y="1e999"),
        row(7, y="1_0"),
        row(7, y=""),
        row(7, y="1,2"),
        row(7, index=1),
        row(7) + "\n" + row(8),
        row(7).replace('"B7"', '"B8"'),
        row(7).replace("<v>2.5</v>", "<v>2.5</v><v>1</v>"),
        "",
    ],
    ids=[
        "gap",
        "number",
        "nan",
        "great",
        "underscore",
        "nothing",
        "comma",
        "other",
        "blank",
        "address",
        "values",
        "empty",
    ],
)
def test_rows_that_are_not_all_alike_are_left_to_the_parser(text):
    found = Formulas()
    assert alike(row(6).encode(), {"0", "1"}).poison(text.encode(), 7, found) == (b"", 0)
    assert not len(found)


def sheet(rows):
    first = (
        row(1).replace(' si="0"/>', ' ref="B1:B9" si="0">A1*2</f>').replace(' si="1"/>', ' ref="C1:C9" si="1">B1</f>')
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{first}{"".join(rows)}</sheetData></worksheet>'


def both_ways(path, folder, monkeypatch):
    """The copy's sheet and the cells noted, by patterns and by the parser alone, in pieces of a row or two."""
    monkeypatch.setattr(poisoning, "CHUNK", 300)
    found = []
    for longest in (reading.LONGEST, 0):
        monkeypatch.setattr(reading, "LONGEST", longest)
        (cells,) = poison(path, folder / "copy.xlsx").values()
        with zipfile.ZipFile(folder / "copy.xlsx") as copy:
            found.append((copy.read("xl/worksheets/sheet1.xml"), list(cells), cells.values))
    return found


@given(st.lists(st.tuples(finite, finite, finite), min_size=2, max_size=12), st.integers(0, 11))
def test_a_sheet_of_alike_rows_is_what_the_parser_finds(tmp_path_factory, values, odd):
    """Numbers, addresses and bytes are the same, a row in the midst that is not like the others among them."""
    folder = tmp_path_factory.mktemp("alike")
    rows = [row(number, *map(repr, row_values)) for number, row_values in enumerate(values, start=2)]
    if odd < len(rows):
        rows[odd] = rows[odd].replace('<f t="shared" si="1"/>', "<f>A1+1</f>")
    path = folder / "a.xlsx"
    openpyxl.Workbook().save(folder / "empty.xlsx")
    with zipfile.ZipFile(folder / "empty.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet(rows) if name == "xl/worksheets/sheet1.xml" else old.read(name))
    with pytest.MonkeyPatch.context() as monkeypatch:
        by_pattern, by_parser = both_ways(path, folder, monkeypatch)
    assert by_pattern == by_parser
    assert by_pattern[2] == [v for row_values in [(1.5, 2.5, 3.5), *values] for v in row_values[1:]]
