"""Workbooks of others compared: what is one thing in two spellings is no difference, and what differs is one."""

import subprocess

import openpyxl
import pytest
import xlsxwriter
from foreign_books import CASES, STYLES, book, package, parts_of, sheet_xml

from xlsgd.errors import InputError
from xlsgd.verifying.comparing.compare import compare


def kinds(original, copy):
    return [(found.kind, found.original, found.copy) for found in compare(original, copy).differences]


def test_dates_that_count_from_another_day_are_a_difference():
    assert kinds(CASES / "d04.xlsx", CASES / "d00.xlsx") == [("date system", 1904.0, 1900.0)]
    assert kinds(CASES / "d00.xlsx", CASES / "d04.xlsx") == [("date system", 1900.0, 1904.0)]
    assert compare(CASES / "d04.xlsx", CASES / "d04.xlsx").mirrors


def test_a_range_of_one_cell_is_that_cell():
    assert compare(CASES / "one1.xlsx", CASES / "one2.xlsx").mirrors


def of_formula(path, formula, **options):
    return book(path, [f'<c r="A1"><v>1</v></c><c r="B1"><f>{formula}</f><v>1</v></c>'], **options)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("IF(TRUE,A1,FALSE())", "IF(TRUE(),A1,FALSE)", True),
        ("AND(TRUE( ),A1)", "AND(TRUE,A1)", True),
        ("TRUE()", "FALSE()", False),
        ("PI()", "PI", False),
    ],
)
def test_truth_values_with_and_without_parentheses(tmp_path, one, other, same):
    files = of_formula(tmp_path / "a.xlsx", one), of_formula(tmp_path / "b.xlsx", other)
    assert compare(*files).mirrors is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("R4C4", "$D$4"),
        ("r4c4", "$D$4"),
        ("SUM(r[0])", "SUM(1:1)"),
        ("R[1]C[1]", "C2"),
        ("SUM(R[0])", "SUM(1:1)"),
        ("'#REF'!A1", "#REF!A1"),
        ("'S!S'!A1", "S!S!A1"),
        ("1E+400", "1E+500"),
        ("A1+\u0663", "A1+3"),
    ],
)
def test_what_is_spelled_like_another_formula_is_not_that_one(tmp_path, one, other):
    files = of_formula(tmp_path / "a.xlsx", one), of_formula(tmp_path / "b.xlsx", other)
    assert kinds(*files) == [("formula", f"={one}", f"={other}")]


def of_name(path, meaning):
    name = f'<definedNames><definedName name="n">{meaning}</definedName></definedNames>'
    return book(path, ['<c r="A1"><v>1</v></c>'], settings=name)


def test_a_name_that_is_spelled_like_another_meaning_has_not_that_one(tmp_path):
    assert kinds(of_name(tmp_path / "a.xlsx", "R4C4"), of_name(tmp_path / "b.xlsx", "$D$4")) == [
        ("name", "=R4C4", "=$D$4")
    ]


def of_table(path, said):
    first = f'<c r="A1"><f {said}</f><v>1</v></c>'
    return book(path, [first, '<c r="A2"><v>2</v></c>'])


def test_a_data_table_of_rows_is_none_of_columns_and_no_array(tmp_path):
    row, column, array = (
        of_table(tmp_path / f"{number}.xlsx", said)
        for number, said in enumerate(
            (
                't="dataTable" ref="A1:A2" r1="B1" dtr="1">',
                't="dataTable" ref="A1:A2" r1="B1" dtr="0">',
                't="array" ref="A1:A2">TABLE(B1,)',
            )
        )
    )
    assert kinds(row, column) == [("formula", "{=TABLE(B1,)}", "{=TABLE(,B1)}")] * 2
    assert kinds(row, array) == [("formula", "{=TABLE(B1,)}", "{=TABLE(B1,)}")] * 2
    assert compare(row, row).mirrors


def test_a_name_of_two_meanings_is_refused(tmp_path):
    names = "".join(f'<definedName name="{name}">{meaning}</definedName>' for name, meaning in (("n", 1), ("N", 2)))
    path = book(tmp_path / "a.xlsx", ['<c r="A1"><v>1</v></c>'], settings=f"<definedNames>{names}</definedNames>")
    with pytest.raises(InputError, match="the name 'n' is there twice"):
        compare(path, path)


def test_an_order_of_sheets_whose_names_hold_commas(tmp_path):
    files = []
    for number, names in enumerate((["a", "b", "a, b"], ["a, b", "a", "b"])):
        with xlsxwriter.Workbook(tmp_path / f"{number}.xlsx") as made:
            for name in names:
                made.add_worksheet(name)
        files.append(tmp_path / f"{number}.xlsx")
    assert kinds(*files) == [("sheet order", "a, b, a, b", "a, b, a, b")]


def of_format(path, code):
    code = code.replace("&", "&amp;").replace('"', "&quot;")
    formats = f'<numFmts count="1"><numFmt numFmtId="164" formatCode="{code}"/></numFmts>'
    styles = STYLES.replace("<fonts", f"{formats}<fonts").replace('<xf numFmtId="0"', '<xf numFmtId="164"')
    return book(path, ['<c r="A1"><v>1</v></c>'], styles=styles)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"$"#,##0', r"\$#,##0", True),
        ('"$"#,##0', "$#,##0", True),
        ("[Red]0.0", "[RED]0.0", True),
        ("GENERAL", "General", True),
        ("YYYY-MM-DD", r"yyyy\-mm\-dd", True),
        ('0.0" km"', r"0.0\ \k\m", True),
        ("[$€-407]0.00", '"€"0.00', True),
        ("0.00E+00", "0.00e+00", True),
        ('"a"0', '"A"0', False),
        ("[Red]0.0", "[Blue]0.0", False),
        ('0"0"', "00", False),
        ("0.0", "0.00", False),
        ('"yyyy"', "yyyy", False),
        ("_(0_)", "_[0_]", False),
        ("$0", "€0", False),
    ],
)
def test_number_formats_in_two_spellings(tmp_path, one, other, same):
    result = compare(of_format(tmp_path / "a.xlsx", one), of_format(tmp_path / "b.xlsx", other))
    assert [d.kind for d in result.differences] == ([] if same else ["number format"])


def of_names(path, titles):
    names = f'<definedName name="_xlnm.Print_Titles" localSheetId="0">{titles}</definedName>'
    parts = parts_of(sheet_xml(['<c r="A1"><v>1</v></c>']))
    text = parts["xl/workbook.xml"].replace("</sheets>", f"</sheets><definedNames>{names}</definedNames>")
    return package(path, parts | {"xl/workbook.xml": text})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("S!$A:$B,S!$1:$2", "S!$1:$2,S!$A:$B", True),
        ("'S'!$A:$B,'S'!$1:$2", "S!$1:$2,S!$A:$B", True),
        ("S!$A:$B,S!$1:$2", "S!$1:$3,S!$A:$B", False),
        ("S!$A:$B,S!$1:$2", "S!$A:$B", False),
    ],
)
def test_the_order_of_print_titles_does_not_matter(tmp_path, one, other, same):
    assert compare(of_names(tmp_path / "a.xlsx", one), of_names(tmp_path / "b.xlsx", other)).mirrors is same


FORMATS = [
    '"$"#,##0', "0%", "0.00E+00", "yyyy-mm-dd", "d-mmm-yy", "h:mm AM/PM", "[Red]0.0;[Blue]-0.0", "# ?/?", '0.0" km"',
    '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', "@", "[h]:mm:ss", "mm:ss.0", '"a""b"0', "[>=100]0;0.0", "0;;;",
    "[$€-407]#,##0.00", "m/d/yyyy", "General;-General", r'#,##0\ "x"', "dddd, mmmm dd", "0.00_ ", "€ 0.00",
    *range(50),
]  # fmt: skip
FORMULAS = [
    ("=TRUE", True), ("=IF(TRUE(),1,2)", 1), ("=SUM(A1:A3,A5)", 6), ("='two sheets'!A1+1", 1), ('=A1&"x"', "1.5x"),
    ("=-2^2", 4), ("=50%*2", 1), ("=SUM(A:A)", 109.5), ("=INDEX(A1:A5,2)", 1.5), ('=IFERROR(1/0,"e")', "e"),
    ("=1/0", "#DIV/0!"), ("=ROUND(A1,0)", 2), ("=A1=A2", True), ("=total*2", 219), ("=STDEV.S(A1:A3)", 0),
    ("=+A1", 1.5), ("=SUMPRODUCT((A1:A3>1)*(A1:A3))", 4.5), ("=LOG10(100)", 2), ("=NORM.S.DIST(0,TRUE)", 0.5),
]  # fmt: skip


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """A workbook with a little of everything that a spreadsheet program may spell otherwise."""
    path = tmp_path_factory.mktemp("rich") / "rich.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("one"), book.add_worksheet("two sheets")
        for row, code in enumerate(FORMATS):
            sheet.write(row, 0, 1.5, book.add_format({"num_format": code}))
        for row, (formula, value) in enumerate(FORMULAS):
            sheet.write_formula(row, 2, formula, None, value)
        sheet.write_array_formula("D1:D3", "{=A1:A3*2}", None, 3)
        sheet.write_column("D2", [3, 3])
        sheet.write_array_formula("D5:D5", "{=SUM(A1:A3*2)}", None, 9)
        sheet.write_column("E1", [" lead", "a\nb", True, False, 1e-300, 0.1 + 0.2, 123456789.123456789, "<&>"])
        sheet.repeat_rows(0, 1)
        sheet.repeat_columns(0, 1)
        sheet.freeze_panes(2, 1)
        book.define_name("total", f"=SUM(one!$A$1:$A${len(FORMATS)})")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=one!$A$1:$A$5"})
        sheet.insert_chart("G2", chart)
        other.write(0, 0, 0)
    return path


def test_what_libreoffice_saves_again_differs_only_in_what_it_loses(rich, tmp_path, engines):
    """Converting without a window, LibreOffice writes no frozen panes."""
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    subprocess.run([*command, "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path, rich], check=True, timeout=240)
    assert kinds(rich, tmp_path / "rich.xlsx") == [("frozen pane", "B3", None)]


def test_what_openpyxl_saves_again_differs_only_in_what_it_loses(rich, tmp_path):
    """It keeps no formula's value."""
    openpyxl.load_workbook(rich).save(tmp_path / "rich.xlsx")
    lost = kinds(rich, tmp_path / "rich.xlsx")
    assert len(lost) == len(FORMULAS) + 2 and {(kind, copy) for kind, _, copy in lost} == {("value", None)}
