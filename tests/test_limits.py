"""Excel's own limits ("Excel specifications and limits"): what is at one is verified, what is beyond it is one line."""

from html import escape

import pytest
from foreign_books import MAIN, STYLES, book, package, parts_of, sheet_xml

from xlsgd.errors import InputError
from xlsgd.verifying.check import verify
from xlsgd.verifying.limits import BeyondExcel, check_formula, nesting


def calls(levels):
    return "N(" * levels + "1" + ")" * levels


def arguments(count, separator=","):
    return f"SUM({separator.join(['1'] * count)})"


def of_length(length):
    """A sum of ones; with a sign before the first where the length is even."""
    return "1" * (length % 2) + "+1" * (length // 2)


def value(formula):
    """All are sums of ones, or N of a one."""
    return formula.count("1")


def written(formula, shape="<f>{}</f>"):
    return f'<c r="B2">{shape.format(escape(formula))}<v>{value(formula)}</v></c>'


BEYOND = [
    (calls(65), "65 functions one in another; Excel takes 64: split it up"),
    (calls(2000), "2,000 functions one in another; Excel takes 64: split it up"),
    (arguments(256), "a function of 256 arguments; Excel takes 255: split it up"),
    (of_length(8193), "a formula of 8,193 characters; Excel takes 8,192: split it up"),
    (calls(4000), "a formula of 12,001 characters; Excel takes 8,192: split it up"),
    ("1" + "+1" * 500_000, "a formula of 1,000,001 characters; Excel takes 8,192: split it up"),
]
WITHIN = [calls(64), arguments(255), of_length(8192), f"SUM({','.join(['SUM(1,1)'] * 255)})"]


@pytest.mark.parametrize("shape", ["<f>{}</f>", '<f ca="1">{}</f>'], ids=["plain", "with an attribute"])
@pytest.mark.parametrize(("formula", "said"), BEYOND, ids=[said[:20] for _, said in BEYOND])
def test_a_formula_beyond_is_refused_with_its_cell(formula, said, shape, tmp_path):
    path = book(tmp_path / "a.xlsx", ['<c r="A1"><v>1</v></c>', written(formula, shape)])
    with pytest.raises(InputError) as caught:
        verify(path)
    assert str(caught.value) == f"{path}: S!B2: {said}"


@pytest.mark.parametrize("formula", WITHIN[:3], ids=["levels", "arguments", "characters"])
def test_a_formula_at_a_limit_is_verified(formula, tmp_path):
    path = book(tmp_path / "a.xlsx", ['<c r="A1"><v>1</v></c>', written(formula)])
    report = verify(path)
    assert report.formulas == 1 and report.agrees, report


@pytest.mark.parametrize("formula", WITHIN, ids=range(len(WITHIN)))
def test_what_is_within_passes(formula):
    check_formula(formula, "A1")


def test_a_formula_that_the_parser_reads_is_refused_too(tmp_path):
    """Its text does not stand in one piece, and not in the usual way."""
    formula = calls(65)
    shape = f"<f><![CDATA[{formula[:100]}]]><![CDATA[{formula[100:]}]]></f>"
    with pytest.raises(InputError, match=r"S!B2: 65 functions one in another"):
        verify(book(tmp_path / "a.xlsx", ["", f'<c r="B2">{shape}<v>1</v></c>']))


def test_what_excel_does_not_show_of_a_functions_name_does_not_count():
    formula = f"SUM({','.join(['_xlfn.XOR(1)'] * 250)})" + "+1" * 2900
    assert len(formula) > 8192
    check_formula(formula, "A1")
    with pytest.raises(BeyondExcel):
        check_formula(formula.replace("_xlfn.", "ABCDE."), "A1")


@pytest.mark.parametrize(
    ("formula", "levels", "most"),
    [
        ("1", 0, 0),
        ("(((1)))", 0, 0),
        ("PI()", 1, 1),
        ('IF(A1=",(,(",SUM((B1,B2),{1,2;3,4}),N(3))', 2, 3),
        ("SUM('a,(b'!A1,T[[#All],[x]])", 1, 2),
        ('F("',  1, 0),
        (")))(((", 0, 0),
        ("LOG10(1)+_xlfn.STDEV.S(N(1),2)", 2, 2),
    ],
)  # fmt: skip
def test_levels_and_arguments(formula, levels, most):
    assert nesting(formula) == (levels, most)


@pytest.mark.parametrize("piece", ['"', "'", "a", "(", "F(", "a'", "'\"", "[", "'[", '")', "_."])
def test_reading_a_formula_takes_time_in_proportion_to_its_length(piece):
    """A million characters: in a quadratic time this would take hours."""
    nesting(piece * (1_000_000 // len(piece)))


def with_names(path, *names):
    parts = parts_of(sheet_xml(['<c r="A1"><f>1+1</f><v>2</v></c>']))
    defined = "".join(f'<definedName name="{name}">{escape(text)}</definedName>' for name, text in names)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        "</sheets>", f"</sheets><definedNames>{defined}</definedNames>"
    )
    return package(path, parts)


def test_a_names_formula_beyond_is_refused_with_the_name(tmp_path):
    path = with_names(tmp_path / "a.xlsx", ("good", "1"), ("Deep", calls(65)))
    with pytest.raises(InputError) as caught:
        verify(path)
    assert str(caught.value) == f"{path}: the name Deep: 65 functions one in another; Excel takes 64: split it up"


def inline(text):
    return f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize(
    ("cells", "options", "where"),
    [
        ([inline("x" * 32_768), '<c r="A2"><f>1+1</f><v>2</v></c>'], {}, "S!A1"),
        (['<c r="A1" t="str"><f>REPT("x",9)</f><v>' + "x" * 32_768 + "</v></c>"], {}, "S!A1"),
        ([inline("\N{GRINNING FACE}" * 16_384)], {}, "S!A1"),
        (['<c r="A1" t="s"><v>1</v></c>'], {"strings": ["a", "x" * 32_768]}, "the shared text 2 ('xxxx"),
    ],
    ids=["inline", "computed", "two units each", "shared"],
)
def test_a_text_beyond_is_refused_where_it_stands(cells, options, where, tmp_path):
    path = book(tmp_path / "a.xlsx", cells, **options)
    with pytest.raises(InputError) as caught:
        verify(path)
    assert str(caught.value).startswith(f"{path}: {where}")
    assert str(caught.value).endswith("a text of 32,768 characters; Excel takes 32,767: shorten it")


def test_texts_at_the_limit_are_read(tmp_path):
    cells = [inline("x" * 32_767), '<c r="A2"><f>LEN(A1)</f><v>32767</v></c>', '<c r="A3" t="s"><v>0</v></c>']
    assert verify(book(tmp_path / "a.xlsx", cells, strings=["y" * 32_767])).agrees


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('<row r="1048577"><c r="A1048577"><f>1+1</f><v>2</v></c></row>', "row 1,048,577: a sheet of Excel's has"),
        ('<row r="1"><c r="XFE1"><f>1+1</f><v>2</v></c></row>', "row 1 has too many cells"),
    ],
    ids=["row", "column"],
)
def test_a_cell_beyond_the_sheet_is_refused(row, said, tmp_path):
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
    with pytest.raises(InputError, match=said):
        verify(package(tmp_path / "a.xlsx", parts_of(sheet)))


DEEP = "<ext>" * 100_000 + "</ext>" * 100_000
LIST = f"<extLst>{DEEP}</extLst>"
CELL = '<c r="A1"><f>1+1</f><v>2</v></c>'


def deep(where):
    parts = parts_of(sheet_xml([CELL]), strings=["a"])
    if where == "styles":
        parts["xl/styles.xml"] = STYLES.replace("</styleSheet>", f"{LIST}</styleSheet>")
    elif where == "cell":
        parts["xl/worksheets/sheet1.xml"] = sheet_xml([CELL.replace("</c>", f"{LIST}</c>")])
    else:
        part, end = {
            "workbook": ("xl/workbook.xml", "</workbook>"),
            "sheet": ("xl/worksheets/sheet1.xml", "</worksheet>"),
            "strings": ("xl/sharedStrings.xml", "</sst>"),
        }[where]
        parts[part] = parts[part].replace(end, LIST + end)
    return parts


@pytest.mark.parametrize(
    ("where", "part"),
    [
        ("workbook", "'xl/workbook.xml'"),
        ("styles", "'xl/styles.xml'"),
        ("strings", "'xl/sharedStrings.xml'"),
        ("sheet", "S"),
        ("cell", "S"),
    ],
)
def test_xml_deeper_than_any_real_files_is_refused(where, part, tmp_path):
    path = package(tmp_path / "a.xlsx", deep(where))
    with pytest.raises(InputError) as caught:
        verify(path)
    assert str(caught.value).startswith(f"{path}: {part}")
    assert "elements lie over 256 deep in each other" in str(caught.value)


def test_many_elements_that_are_empty_are_not_deep(tmp_path):
    cells = "".join(f'<c r="{chr(65 + i // 26)}{chr(65 + i % 26)}1" s="0"/>' for i in range(600))
    assert verify(book(tmp_path / "a.xlsx", [cells, '<c r="A2"><f>1+1</f><v>2</v></c>'])).agrees
