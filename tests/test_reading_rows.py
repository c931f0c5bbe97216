"""Rows read by a pattern, many at a time, against the same sheet read by the parser alone."""

import pytest
from alike_sheets import SHEET, first_row, row, sheet, workbook
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.reading import package
from xlsgd.reading.cells import Cell, read_cells
from xlsgd.reading.package import open_package
from xlsgd.reading.rows import ReadRows, read_rows

STRINGS = ("one", "two")
SHARES = '<f t="shared" si="1"/>'
CHUNK = 300
"""A row or two at a time."""


def items(path):
    with open_package(path) as archive:
        return list(read_rows(archive, SHEET, STRINGS))


def by_pattern(path):
    """The cells, those of rows that were read at once among them."""
    return [cell for item in items(path) for cell in (item.cells() if isinstance(item, ReadRows) else [item])]


def by_parser(path):
    with open_package(path) as archive:
        return list(read_cells(archive, SHEET, STRINGS))


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Return a function that writes a sheet of some XML, which is then read a row or two at a time."""
    monkeypatch.setattr(package, "CHUNK_BYTES", CHUNK)
    return lambda *rows, after="": workbook(tmp_path / "a.xlsx", sheet(*rows, after=after))


def test_alike_rows_come_many_at_a_time(put):
    path = put(first_row(), *(row(n, n, n + 0.5, -n) for n in range(2, 40)))
    rows = [item for item in items(path) if isinstance(item, ReadRows)]
    assert sum(each.height for each in rows) > 30
    assert rows[0].columns[1].formula.text == "A1*2"
    assert rows[0].cell(0, 2) == Cell(rows[0].first, 3, rows[0].columns[2].formula, float(-rows[0].first), 0)
    assert rows[0].part(1) == ReadRows(rows[0].first + 1, rows[0].columns, [v[1:] for v in rows[0].values])
    assert by_pattern(path) == by_parser(path)


finite = st.floats(allow_nan=False, allow_infinity=False).map(repr)
spelled = finite | st.sampled_from(
    ["-0", "-0.0", "1E+3", "+1", ".5", "1_0", " 1", "12345678901234567890", "&#49;", "1e-400"]
)
odd = st.sampled_from([
    "", "\n", "<!-- </row> -->", "<?odd </row>?>", "<row/>", '<row r="90"/>', "<other><row/></other>",
])  # fmt: skip


@st.composite
def rows_with_something_else(draw):
    texts, number = [first_row()], 1
    for x, y, z in draw(st.lists(st.tuples(spelled, spelled, spelled), min_size=4, max_size=14)):
        number += draw(st.sampled_from([1] * 9 + [2]))
        text = row(number, x, y, z)
        change = draw(st.sampled_from([("", "")] * 12 + [
            (SHARES, "<f>A1+1</f>"), (SHARES, '<f t="shared" ref="C9" si="1">A9</f>'),
            ("<v>", "<v></v><v>"), (' s="1"', ' t="s"'), (' spans="1:3"', ""), ("</row>", " </row>"),
            (SHARES, f'<f t="array" ref="C{number}:C{number + 2}">A1:A3</f>'),
        ]))  # fmt: skip
        texts += [text.replace(*change), draw(odd)]
    return texts


def outcome(read, path):
    try:
        return [(cell, str(cell.value)) for cell in read(path)]
    except InputError:
        return InputError


@given(rows_with_something_else())
def test_any_sheet_is_what_the_parser_finds(tmp_path_factory, rows):
    """To the sign of a zero; and what the parser refuses is refused."""
    path = workbook(tmp_path_factory.mktemp("rows") / "a.xlsx", sheet(*rows))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(package, "CHUNK_BYTES", CHUNK)
        assert outcome(by_pattern, path) == outcome(by_parser, path)


MANY = [row(n) for n in range(6, 30)]


def further(text):
    """A row with its cells further right."""
    return text.replace('"A', '"D').replace('"B', '"E').replace('"C', '"F')


TRAPS = {
    "an instruction around": [
        *MANY[:2],
        f'<row r="8"><?x {row(8).replace(">", "?>", 1)}',
        *(each.replace(">", "?>", 1) for each in MANY[3:]),
    ],
    "a comment around": [*MANY[:2], "<!--", *MANY[2:], "-->"],
    "a comment before": [
        *MANY[:2],
        f'<row r="8"><!-- {row(8).replace(">", "-->", 1)}',
        *(each.replace(">", "-->", 1) for each in MANY[3:]),
    ],
    "an extension": [*MANY[:2], "<extLst>", *MANY[2:], "</extLst>"],
    "a row in an extension": [*MANY[:2], "<extLst>", *map(further, [row(7), *MANY[2:]]), "</extLst>"],
    "an unfinished instruction": [*MANY[:2], row(8).replace("</row>", "<?x "), row(8), *MANY[3:], "?></row>"],
    "another namespace": [*MANY[:2], '<o xmlns="urn:o">', *MANY[2:], "</o>"],
    "a twin in another namespace": [*MANY[:2], '<o xmlns="urn:o">', *MANY[1:], "</o>"],
    "an empty value": [*MANY[:2], row(8, x=""), *MANY[3:]],
    "not closed": [*MANY[:2], "<o>", *MANY[2:]],
    "closed twice": [*MANY, "</row>", row(30)],
    "an array over them": [row(5).replace(SHARES, '<f t="array" ref="C5:C20">A1</f>')]
    + [each.replace(SHARES, "") for each in MANY],
    "a twin": [*MANY, MANY[-1]],
    "back": [*MANY, *MANY],
    "beyond the sheet": [row(n) for n in range(2**20 - 9, 2**20 + 9)],
    "a rough number": [*MANY[:9], row(15, "1e999"), *MANY[10:]],
    "no number": [*MANY[:9], row(15, "nan"), *MANY[10:]],
    "two in one": [*MANY[:9], row(15, "1,2"), *MANY[10:]],
    "another's attribute": [*MANY[:2], *(each.replace(' spans="1:3"', ' xmlns="urn:o"') for each in MANY[2:])],
    "attributes twice": [*MANY[:2], *(each.replace(' spans="1:3"', ' a="1" a="1"') for each in MANY[2:])],
    "no prefix": [*MANY[:2], *(each.replace(" spans", " x:spans") for each in MANY[2:])],
    "the wrong order": [*MANY[:2], *(each.replace('"A', '"D') for each in MANY[2:])],
    "an unknown formula": [*MANY[:2], *(each.replace('si="1"', 'si="7"') for each in MANY[2:])],
    "changed underway": [
        *MANY[:9], row(15).replace(SHARES, '<f t="shared" ref="C15:C40" si="1">A1</f>'), *MANY[10:],
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_what_looks_like_alike_rows_is_what_the_parser_takes_it_for(put, monkeypatch, name):
    """Wherever a piece of the sheet ends."""
    path = put(first_row(), *TRAPS[name])
    expected = outcome(by_parser, path)
    for chunk in (50, *range(200, 1200, 10)):
        monkeypatch.setattr(package, "CHUNK_BYTES", chunk)
        assert outcome(by_pattern, path) == expected, chunk


def test_a_sheet_without_rows_or_with_a_long_one_is_read_too(put):
    assert by_pattern(put()) == []
    path = put(first_row(), *MANY[:2], f'<row r="8">{"<c><v>1</v></c>" * 400}</row>', row(9), row(10))
    assert len(by_parser(path)) == 415
    assert by_pattern(path) == by_parser(path)
