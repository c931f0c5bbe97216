"""Workbooks of others compared: what is one thing in two spellings is no difference, and what differs is one."""

import pytest
from foreign_books import CASES, STYLES, book, package, parts_of, sheet_xml

from xlsgd.comparing.compare import compare


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
