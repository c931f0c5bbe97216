"""Poisoned copies: every cached value wrong, nothing else touched; read back here by openpyxl and IronCalc."""

import re
import zipfile
from time import process_time

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.reading.contents import formulas_at
from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.poison import FIRST, column_number, poison, row_chunks
from xlsgd.verifying.rewriting import POISON

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PREFIXED = (
    f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
    '<x:row r="1"><x:c r="A1"><x:v>2</x:v></x:c><x:c r="B1"><x:f>A1*3</x:f><x:v>6</x:v></x:c></x:row>'
    "</x:sheetData></x:worksheet>"
)


def with_sheet(source, target, xml):
    """A copy of a workbook with other XML for its first sheet."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return target


@pytest.fixture
def small(tmp_path):
    """A workbook by XlsxWriter of a single sheet, whose XML a test may replace."""
    with xlsxwriter.Workbook(tmp_path / "small.xlsx") as book:
        book.add_worksheet("Sheet1").write("A1", 1)
    return tmp_path / "small.xlsx"


def rows(*cells):
    return f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{"".join(cells)}</row></sheetData></worksheet>'


def poisoned(small, *cells):
    path = with_sheet(small, small.with_name("a.xlsx"), rows(*cells))
    return poison(path, small.with_name("b.xlsx"))["Sheet1"]


@pytest.mark.parametrize("name", ["graddesc", "entropy"])
def test_every_cached_value_of_the_copy_is_wrong_and_nothing_else_is_touched(
    workbooks, formulas, values, name, tmp_path
):
    found = poison(workbooks[name], tmp_path / "copy.xlsx")
    copy, cached = (
        openpyxl.load_workbook(tmp_path / "copy.xlsx"),
        openpyxl.load_workbook(tmp_path / "copy.xlsx", data_only=True),
    )
    counted = 0
    for sheet in formulas[name]:
        for row in sheet.iter_rows():
            for cell in row:
                other = copy[sheet.title][cell.coordinate]
                if isinstance(cell.value, str) and cell.value.startswith("=RANDBETWEEN"):
                    assert other.value == values[name][sheet.title][cell.coordinate].value
                    continue
                assert other.value == cell.value
                assert other.number_format == cell.number_format
                if cell.data_type == "f":
                    counted += 1
                    wrong = cached[sheet.title][cell.coordinate].value
                    assert wrong == float(POISON) != values[name][sheet.title][cell.coordinate].value
    assert counted == sum(map(len, found.values()))


def test_the_values_it_notes_are_the_files(workbooks, values, tmp_path):
    for name, path in workbooks.items():
        for sheet, cells in poison(path, tmp_path / "copy.xlsx").items():
            for (row, column), value in zip(cells, cells.values, strict=True):
                assert values[name][sheet].cell(row, column).value == value


def test_an_engine_that_does_not_recalculate_hands_back_poison(engine, graddesc, tmp_path):
    """IronCalc before its evaluate() is such a one: all it has is the file's values."""
    poison(graddesc, tmp_path / "copy.xlsx")
    book = engine(tmp_path / "copy.xlsx")
    assert book.get("E4", "basic") == float(POISON)
    assert book.evaluate().get("E4", "basic") == 15


def test_volatile_cells_are_pinned_and_their_dependants_are_not(engine, graddesc, values, tmp_path):
    found = poison(graddesc, tmp_path / "copy.xlsx")["data"]
    assert found.volatile == 29
    assert len(found) == 29
    book = engine(tmp_path / "copy.xlsx").evaluate()
    for row in range(5, 34):
        assert book.get(f"B{row}", "data") == values["graddesc"]["data"][f"B{row}"].value
        assert book.get(f"C{row}", "data") == values["graddesc"]["data"][f"C{row}"].value


@pytest.mark.parametrize(
    "formula", ["RAND()", "1+RAND()*2", "NOW()", "TODAY()-1", "_xlfn.RANDARRAY(2)", "RANDBETWEEN(1,2)"]
)
def test_which_functions_are_volatile(small, formula):
    found = poisoned(small, f'<c r="A1"><f>{formula}</f><v>0.5</v></c>')
    assert (len(found), found.volatile) == (0, 1)


@pytest.mark.parametrize("formula", ["RANDOM_NAME+1", "BRAND(1)", "OFFSET(A1,0,1)", "KNOW()"])
def test_which_are_not(small, formula):
    found = poisoned(small, f'<c r="B1"><f>{formula}</f><v>0.5</v></c>')
    assert (len(found), found.volatile) == (1, 0)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2.0),
        ('<c r="A1" s="0" t="n"><f>1+1</f><v>2</v></c>', 2.0),
        ("<c r='A1' t='str'><f>\"a\"</f><v>a</v></c>", "a"),
        ('<c r="A1" t="str"><f>"a&amp;b"</f><v>a&amp;b</v></c>', "a&b"),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', ""),
        ('<c t="b" r="A1"><f>1=1</f><v>1</v></c>', True),
        ('<c r="A1" t="b"><f>1=2</f><v>0</v></c>', False),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', ExcelError("#DIV/0!")),
        ('<c r="A1" >\n <f>1+1</f>\n <v>2</v>\n</c >', 2.0),
        ('<c r="A1"><f t="array" ref="A1">SUM(B1:B2)</f><v>3</v></c>', 3.0),
        ('<c r="A1"><f ca="1">1+1</f><v xml:space="preserve">2</v></c>', 2.0),
    ],
)
def test_a_formula_cell_as_others_write_it(small, engine, cell, value):
    found = poisoned(small, cell)
    assert (list(found), found.values) == ([(1, 1)], [value])
    assert type(found.values[0]) is type(value)
    copy = small.with_name("b.xlsx")
    assert openpyxl.load_workbook(copy, data_only=True)["Sheet1"]["A1"].value == float(POISON)
    assert engine(copy).get("A1") == float(POISON)


FORMAT = '<conditionalFormatting sqref="A1"><cfRule type="cellIs" priority="1"/></conditionalFormatting>'


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (FORMAT, ""),
        (f"<phoneticPr/>{FORMAT}{FORMAT}<pageMargins/>", "<phoneticPr/><pageMargins/>"),
        ('<conditionalFormatting sqref="A1"/><pageMargins/>', '<conditionalFormatting sqref="A1"/><pageMargins/>'),
        (f"<!-- <conditionalFormatting -->{FORMAT}", f"<!-- <conditionalFormatting -->{FORMAT}"),
    ],
)
def test_conditional_formats_are_left_out_where_they_are_plain(small, after, kept):
    """No value depends on one; IronCalc's reader takes as long for them as for all cells."""
    xml = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>2</v></c></row></sheetData>{{}}</worksheet>'
    path = with_sheet(small, small.with_name("formats.xlsx"), xml.format(after))
    poison(path, small.with_name("copy.xlsx"))
    with zipfile.ZipFile(small.with_name("copy.xlsx")) as copy:
        assert copy.read("xl/worksheets/sheet1.xml").decode() == xml.format(kept)


def test_constants_are_left_alone(small):
    cells = (
        '<c r="A1"/>', '<c r="B1" s="1"/>', '<c r="C1"><v>5</v></c>', '<c r="D1" t="s"><v>0</v></c>',
        '<c r="E1" t="inlineStr"><is><t>&lt;f&gt;</t></is></c>',
    )  # fmt: skip
    found = poisoned(small, *cells, '<c r="F1"><f>C1+1</f><v>6</v></c>')
    assert (list(found), found.values) == ([(1, 6)], [6.0])
    with zipfile.ZipFile(small.with_name("b.xlsx")) as archive:
        assert "".join(cells).encode() in archive.read("xl/worksheets/sheet1.xml")


def test_shared_formulas(small, engine):
    found = poisoned(
        small,
        '<c r="A1"><v>1</v></c>',
        '<c r="B1"><f t="shared" ref="B1:D1" si="0">A1+1</f><v>2</v></c>',
        '<c r="C1"><f t="shared" si="0"/><v>3</v></c>',
        '<c r="D1"><f t="shared" si="0"></f><v>4</v></c>',
    )
    assert (list(found), found.values) == ([(1, 2), (1, 3), (1, 4)], [2.0, 3.0, 4.0])
    book = engine(small.with_name("b.xlsx")).evaluate()
    assert [book.get(a) for a in ("B1", "C1", "D1")] == [2, 3, 4]
    texts = formulas_at(small.with_name("a.xlsx"), "Sheet1", {(1, 2), (1, 3)})
    assert texts == {(1, 2): "=A1+1", (1, 3): "=B1+1"}


def test_a_shared_volatile_formula_is_pinned_everywhere(small):
    found = poisoned(
        small,
        '<c r="A1"><f t="shared" ref="A1:B1" si="3">RAND()</f><v>0.25</v></c>',
        '<c r="B1"><f t="shared" si="3"/><v>0.5</v></c>',
        '<c r="C1"><f t="shared" ref="C1" si="4">A1+1</f><v>1.25</v></c>',
    )
    assert (list(found), found.volatile) == ([(1, 3)], 2)


def test_xml_with_a_namespace_prefix(small, engine):
    path = with_sheet(small, small.with_name("a.xlsx"), PREFIXED)
    found = poison(path, small.with_name("b.xlsx"))["Sheet1"]
    assert (list(found), found.values) == ([(1, 2)], [6.0])
    assert formulas_at(path, "Sheet1", {(1, 2)}) == {(1, 2): "=A1*3"}
    assert PREFIXED.replace(">6<", f">{POISON.decode()}<").encode() == zipfile.ZipFile(small.with_name("b.xlsx")).read(
        "xl/worksheets/sheet1.xml"
    )


def test_a_prefix_that_is_no_plain_word(small):
    xml = PREFIXED.replace("x:", "ss-2.x:").replace("xmlns:x=", "xmlns:ss-2.x=")
    found = poison(with_sheet(small, small.with_name("a.xlsx"), xml), small.with_name("b.xlsx"))["Sheet1"]
    assert found.values == [6.0]


def test_a_sheet_that_is_not_in_utf_8_is_read_or_refused_but_not_passed_over(small):
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + rows('<c r="A1"><f>1+1</f><v>2</v></c>')
    path = with_sheet(small, small.with_name("a.xlsx"), xml.encode("utf-16"))
    try:
        found = poison(path, small.with_name("b.xlsx"))["Sheet1"]
    except InputError as error:
        assert "UTF-8" in str(error)
    else:
        assert found.values == [2.0]


def test_rows_across_the_pieces_in_which_a_sheet_is_read(small):
    filler = "".join(
        f'<c r="{c}1" t="inlineStr"><is><t>{"x" * 30_000}</t></is></c>' for c in "BCDEFGHIJKLMNOPQRSTUVWXY"
    )
    many = "".join(f'<row r="{n}"><c r="A{n}"><f>{n}+1</f><v>{n + 1}</v></c>{filler}</row>' for n in range(1, 8))
    path = with_sheet(
        small, small.with_name("a.xlsx"), f'<worksheet xmlns="{MAIN}"><sheetData>{many}</sheetData></worksheet>'
    )
    found = poison(path, small.with_name("b.xlsx"))["Sheet1"]
    assert found.values == [float(n + 1) for n in range(1, 8)]
    assert len(zipfile.ZipFile(small.with_name("b.xlsx")).read("xl/worksheets/sheet1.xml")) == pytest.approx(
        7 * 24 * 30_000, rel=0.01
    )


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('<c r="A1"><f>1+1</f><v>two</v></c>', "'two'"),
        ('<c r="A1"><f>1+1</f><v>nan</v></c>', "'nan'"),
        ('<c r="A1"><f>1+1</f><v>-inf</v></c>', "'-inf'"),
        ('<c r="A1"><f>1+1</f><v>1E+999</v></c>', "'1E+999'"),
        ('<c r="A99999999999999999999"><f>1+1</f><v t="">2</v></c>', "'A99999999999999999999'"),
        ('<c r="AAAAAAAAAAAAAAAA1"><f>1+1</f><v t="">2</v></c>', "'AAAAAAAAAAAAAAAA1'"),
        ('<c r="A1" t="str"><f>1+1</f><v>\udcff</v></c>', "not well-formed"),
        ('<c r="A1" t="s"><f>1+1</f><v>7</v></c>', "A1 holds the text number '7'"),
        ('<c r="A1"><f t="shared" si="0"/><v>7</v></c>', "A1 shares a formula"),
    ],
)
def test_a_value_or_cell_that_no_workbook_may_hold(small, cell, says):
    """One line with the file's name, the sheet and what is wrong."""
    xml = rows(cell).encode(errors="surrogateescape")
    path = with_sheet(small, small.with_name("a.xlsx"), xml)
    with pytest.raises(InputError, match=re.escape(says)) as caught:
        poison(path, small.with_name("b.xlsx"))
    assert str(path) in str(caught.value)
    assert "Sheet1" in str(caught.value) or "sheet1.xml" in str(caught.value)


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>", "<v />"])
def test_a_formula_without_a_value_is_counted_apart(small, engine, value):
    found = poisoned(small, f'<c r="A1"><f>1+1</f>{value}</c>')
    assert (len(found), found.without_value) == (0, 1)
    assert engine(small.with_name("b.xlsx")).evaluate().get("A1") == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_to_the_bit(small, x):
    for cell in (f'<c r="A1"><f>1+1</f><v>{x!r}</v></c>', f'<c r="A1" t="n"><f>1+1</f><v>{x!r}</v></c>'):
        assert poisoned(small, cell).values == [x]


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("AZ", 52), ("XFD", 16384)])
def test_column_numbers(letters, number):
    assert column_number(letters) == number


def test_a_text_that_speaks_of_now_is_no_clock(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", '="NOW("&"x"', None, "WRONG")
        sheet.write_formula("A2", "=NOW()", None, 45000)
    (found,) = poison(path, tmp_path / "b.xlsx").values()
    assert (list(found), found.values, found.volatile) == ([(1, 1)], ["WRONG"], 1)


def test_a_name_that_stands_for_a_die_is_one(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        book.define_name("dice", "=RAND()")
        book.define_name("twice", "=2*dice")
        for row, formula in enumerate(("=dice", "=twice+1", "=1+1")):
            sheet.write_formula(row, 0, formula, None, 2)
    (found,) = poison(path, tmp_path / "b.xlsx").values()
    assert (list(found), found.volatile) == ([(3, 1)], 2)


@pytest.mark.parametrize("name", ["würfel", "Würfel"])
def test_a_name_beyond_ascii_that_stands_for_a_die_is_one_in_either_case(tmp_path, name):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        book.define_name("Würfel", "=RAND()")
        sheet.write_formula("A1", f"={name}+1", None, 2)
        sheet.write_formula("A2", "=1+1", None, 2)
    (found,) = poison(path, tmp_path / "b.xlsx").values()
    assert (list(found), found.volatile) == ([(2, 1)], 1)


def test_thousands_of_names_that_change_are_looked_for_at_once(tmp_path):
    """Each formula's words are looked up, or 5,000 names would be looked for in each of 20,000 formulas."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for n in range(5000):
            book.define_name(f"die_{n}", "=RAND()")
        for row in range(20_000):
            sheet.write_formula(row, 0, f"={row}+1", None, row + 1)
        sheet.write_formula(0, 1, "=die_7+1", None, 2)
    began = process_time()
    (found,) = poison(path, tmp_path / "b.xlsx").values()
    assert (len(found.values), found.volatile) == (20_000, 1)
    assert process_time() - began < 20  # 2 s on a quiet machine; a look for each name in each formula takes minutes


def test_a_sheet_of_nothing_but_spaces_is_read_once(tmp_path):
    """A hundred megabytes are refused at the longest row; until then no piece is looked at twice."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as new, new.open("sheet", "w") as part:
        part.write(f'<worksheet xmlns="{MAIN}"><sheetData></row'.encode())
        for _ in range(100):
            part.write(b" " * 2**20)
    began = process_time()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, pytest.raises(InputError, match="is over 67,108,864 bytes"):
        list(row_chunks(archive, "sheet"))
    assert process_time() - began < 10  # under 1 s on a quiet machine; 25 s where each piece is looked at again


def test_an_end_of_a_row_across_the_seam_of_two_pieces_is_one(tmp_path):
    rows = [b'<row r="1">' + b"x" * (FIRST - 14), b'<row r="2"></row >', b'<row r="3"></row>' * 4]
    rows[0] += b"</row>"
    text = b"".join(rows) + b" " * 70 + b"end"
    assert text[FIRST - 3 : FIRST + 3] == b"</row>"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as new:
        new.writestr("sheet", text)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert list(row_chunks(archive, "sheet")) == [b"".join(rows), text[-73:]]


def test_a_number_that_python_alone_reads_is_refused(small):
    assert poisoned(small, '<c r="A1"><f>1+1</f><v>1000</v></c>').values == [1000]
    with pytest.raises(InputError, match="A1 holds '1_000'"):
        poisoned(small, '<c r="A1"><f>1+1</f><v>1_000</v></c>')
