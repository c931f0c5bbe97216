"""Cells as others write them: every formula's cell is found, poisoned and compared, whatever its XML looks like.

Where a right answer is not plain arithmetic, LibreOffice's says what it is.
"""

import pytest
from foreign_books import CASES, MAIN, book, package, parts_of, sheet_xml

from xlsgd.errors import InputError
from xlsgd.reading.cells import read_cells
from xlsgd.reading.contents import read_book
from xlsgd.reading.package import open_package
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import ironcalc
from xlsgd.verifying.poison import poison


def differing(path, engine="ironcalc"):
    """The cells for which an engine has another value, with both."""
    (verdict,) = verify(path, (engine,)).verdicts
    return {d.address: (d.cached, d.answer) for d in verdict.differences}


def poisoned(path):
    (found,) = poison(path, path.with_name("copy.xlsx")).values()
    return found


@pytest.fixture
def written(tmp_path):
    return lambda *rows, **options: book(tmp_path / "a.xlsx", rows, **options)


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
def test_a_cell_of_an_array_formula_that_has_no_formula_of_its_own(engine):
    report = verify(CASES / "arr_only.xlsx", (engine,))
    assert report.formulas == 3 and not report.agrees
    assert differing(CASES / "arr_only.xlsx", engine) == {"S!B3": (999.0, 6.0)}


@pytest.mark.parametrize("kind", ['t="b"', 't="e"', 't="s"', 't="str"', ""])
def test_a_cell_of_an_array_may_hold_anything(written, kind):
    """Of the types none stays in the copy, where the value is a number."""
    value = "#N/A" if "e" in kind else "0"
    anchor = '<c r="A1"><f t="array" ref="A1:B1">{1,2}+0</f><v>1</v></c>'
    path = written(f'{anchor}<c {kind} r="B1" s="0"><v>{value}</v></c>', strings=("text",))
    assert list(differing(path)) == ["S!B1"]


def test_a_range_over_many_rows_and_pieces(tmp_path):
    """A spilled column, longer than the pieces in which a sheet is read; one wrong value deep inside."""
    rows = ['<c r="A1"><v>1</v></c><c r="B1" cm="1"><f t="array" ref="B1:B60000">A1:A60000*2</f><v>2</v></c>']
    rows += [f'<c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>{2 * n}</v></c>' for n in range(2, 60001)]
    rows[54320] = '<c r="A54321"><v>54321</v></c><c r="B54321"><v>7</v></c>'
    path = book(tmp_path / "a.xlsx", rows)
    assert verify(path).formulas == 60000
    assert differing(path) == {"S!B54321": (7.0, 108642.0)}


def test_plain_rows_before_and_after_a_range_are_counted_once(tmp_path):
    plain = [f'<c r="A{n}"><f>{n}+1</f><v>{n + 1}</v></c>' for n in range(1, 40001)]
    plain[20000] = '<c r="A20001"><f t="array" ref="A20001:B20002">{1,2;3,4}</f><v>1</v></c><c r="B20001"><v>2</v></c>'
    plain[20001] = '<c r="A20002"><v>3</v></c><c r="B20002"><v>5</v></c>'
    path = book(tmp_path / "a.xlsx", plain)
    assert verify(path).formulas == 40002
    assert differing(path) == {"S!B20002": (5.0, 4.0)}


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
def test_rows_and_cells_that_say_nothing_of_where_they_stand(engine):
    assert differing(CASES / "norbad.xlsx", engine) == {"S!B1": (5.0, 4.0)}


def test_places_are_counted_on_from_the_last_that_is_written(tmp_path):
    xml = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>2</v></c></row>'
        f'<row r="5"><c/><c r="D5"><f>A1*2</f><v>4</v></c>'
        '<c s="0"><f>D5+1</f><v>6</v></c><c t="b"><f t="array" ref="F5:F6">{1;2}+0</f><v>1</v></c></row>'
        "<row><c r='F6'><v>3</v></c><c><f>F6</f><v>2</v></c></row></sheetData></worksheet>"
    )
    path = package(tmp_path / "a.xlsx", parts_of(xml))
    found = poisoned(path)
    assert list(found) == [(5, 4), (5, 5), (5, 6), (6, 6), (6, 7)]
    assert differing(path) == {"S!E5": (6.0, 5.0), "S!F5": (True, 1.0), "S!F6": (3.0, 2.0)}


def test_a_shared_index_used_again_after_a_volatile_formula_is_not_volatile(written):
    def row(number, formula, *values):
        first = f'<c r="A{number}"><f t="shared" ref="A{number}:B{number}" si="0">{formula}</f><v>{values[0]}</v></c>'
        return f'{first}<c r="B{number}"><f t="shared" si="0"/><v>{values[1]}</v></c>'

    found = poisoned(written(row(1, "RAND()", 0.5, 0.25), row(2, "1+1", 2, 3)))
    assert (list(found), found.values, found.volatile) == ([(2, 1), (2, 2)], [2.0, 3.0], 2)


def test_a_formula_without_a_value_is_no_difference(written):
    report = verify(written('<c r="A1"><f>1+1</f></c><c r="B1"><f>A1+1</f><v>3</v></c><c r="C1"><f>A1+1</f><v/></c>'))
    assert report.agrees and (report.formulas, report.without_value) == (1, 2)


@pytest.mark.parametrize("pinned", [{(1, 3)}, {(1, 3), (2, 3)}, {(2, 3)}, set()])
def test_followers_of_a_pinned_formula_keep_it(tmp_path, pinned):
    rows = [
        '<c r="A1"><v>1</v></c><c r="B1"><v>5</v></c>'
        '<c r="C1"><f t="shared" ref="C1:C3" si="0">A1&lt;$B$1</f><v>9</v></c>',
        '<c r="A2"><v>6</v></c><c r="C2"><f t="shared" si="0"/><v>9</v></c>',
        '<c r="A3"><v>3</v></c><c r="C3"><f t="shared" si="0"></f><v>9</v></c>',
    ]
    copy = tmp_path / "copy.xlsx"
    poison(book(tmp_path / "a.xlsx", rows), copy, {"S": pinned})
    cells = [(1, 3), (2, 3), (3, 3)]
    right = dict(zip(cells, (True, False, True), strict=True))
    expected = [9.0 if cell in pinned else right[cell] for cell in cells]
    assert ironcalc.recalculate(copy, {"S": cells}) == {"S": expected}


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
def test_a_shared_formula_with_a_pinned_first_cell(engine, tmp_path):
    assert verify(CASES / "shared_match.xlsx", (engine,)).agrees
    parts = {
        "wrong": '<c r="A3"><v>0</v></c><c r="B3"><v>1</v></c><c r="C3"><f t="shared" si="0"/><v>7</v></c>',
        "second": '<c r="A2"><v>0</v></c><c r="B2"><v>1</v></c><c r="C2"><f t="shared" si="0"/><v>2</v></c>',
        "first": (
            '<c r="A1"><v>1</v></c><c r="B1"><v>0</v></c>'
            '<c r="C1"><f t="shared" ref="C1:C3" si="0">MATCH(1,A1:B1)</f><v>1</v></c>'
        ),
    }
    path = book(tmp_path / "a.xlsx", [parts["first"], parts["second"], parts["wrong"]])
    assert differing(path, engine) == {"S!C3": (7.0, 2.0)}


VALUES = [
    ('<c r="A1" t="str"><f>"a"&amp;CHAR(13)</f><v>a_x000D_</v></c>', "a\r"),
    ('<c r="A1" t="str"><f>"_x000D_"</f><v>_x005F_x000D_</v></c>', "_x000D_"),
    ('<c r="A1" t="str"><f>"a&lt;b"</f><v><![CDATA[a<b]]></v></c>', "a<b"),
    ('<c r="A1"><f><![CDATA[1<2]]></f><v>5</v></c>', 5.0),
    ('<c r="A1" t="str"><f>"x"</f><v>x</v><extLst><ext uri="u"/></extLst></c>', "x"),
    ('<c r="A1"><f>1+1</f><v>2</v><extLst><ext uri="u"><v>9</v></ext></extLst></c>', 2.0),
    ('<c r="A1" t="s"><f>"text"</f><v>1</v></c>', "text"),
    ('<c r="A1" t="inlineStr"><f>"in"</f><is><t>in</t></is></c>', "in"),
    ('<c r="A1" t="b"><f>1=1</f><v>true</v></c>', True),
    ('<c r="A1"><!-- <f>2</f> --><f>1+1</f><v>2</v></c>', 2.0),
    ('<c r="A1" s=""><f>1+1</f><v>2</v></c>', 2.0),
]


@pytest.mark.parametrize(("cell", "value"), VALUES)
def test_verify_and_compare_read_one_value(tmp_path, cell, value):
    path = book(tmp_path / "a.xlsx", [cell], strings=("other", "text"))
    with open_package(path) as archive:
        opened = read_book(archive)
        (read,) = read_cells(archive, opened.sheets["S"], opened.strings)
    assert read.value == value
    assert poisoned(path).values == [value]
    expected = {"S!A1": (5.0, True)} if value == 5.0 else {}
    assert differing(path) == expected


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
def test_a_cached_text_with_a_carriage_return(engine):
    report = verify(CASES / "cr.xlsx", (engine,))
    assert (report.formulas, report.agrees) == (1, True)


def test_a_cut_sheet_is_damaged_and_not_nearly_read(tmp_path):
    whole = sheet_xml(['<c r="A1"><f>1+1</f><v>2</v></c>'])
    for cut in (whole.replace("</worksheet>", ""), whole.replace("</row></sheetData></worksheet>", "")):
        with pytest.raises(InputError, match="damaged"):
            poison(package(tmp_path / "a.xlsx", parts_of(cut)), tmp_path / "b.xlsx")


@pytest.mark.parametrize(("formula", "volatile"), [("A1*2", 0), ("A1*2+0*RAND()", 30000)])
def test_a_shared_formula_down_a_long_column(tmp_path, formula, volatile):
    """Its text stands in the first of many pieces; with attributes as LibreOffice and Excel write them."""
    rows = [f'<c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B30000" si="0">{formula}</f><v>2</v></c>']
    rows += [
        f'<c r="A{n}"><v>{n}</v></c><c r="B{n}"><f t="shared" si="0"/><v>{2 * n}</v></c>'
        f'<c r="C{n}" t="n"><f aca="false" ca="1">A{n}+1</f><v>{n + 1}</v></c>'
        for n in range(2, 30001)
    ]
    rows[25000] = rows[25000].replace("<v>50002</v>", "<v>7</v>").replace("<v>25002</v>", "<v>8</v>")
    path = book(tmp_path / "a.xlsx", rows)
    found = poisoned(path)
    assert (len(found), found.volatile) == (59999 - volatile, volatile)
    wrong = {"S!B25001": (7.0, 50002.0), "S!C25001": (8.0, 25002.0)}
    assert differing(path) == {place: pair for place, pair in wrong.items() if not volatile or place[2] == "C"}
