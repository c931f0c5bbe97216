"""Packages as others make them, which Excel opens: names in another case, parts elsewhere, styles left out, pivots."""

import pytest
from foreign_books import CASES, book, content_types, package, parts_of, relationships, sheet_xml, with_pivot

from xlsgd.errors import InputError
from xlsgd.reading.package import open_package
from xlsgd.verifying.check import verify
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.engines import libreoffice

ENGINES = ("ironcalc", "libreoffice")
ROW = '<c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>{}</v></c>'


def found(path):
    """What both engines say of a workbook."""
    report = verify(path, ENGINES)
    assert report.formulas and not report.failed and not report.unanswered
    return [{d.address: d.answer for d in verdict.differences} for verdict in report.verdicts]


@pytest.mark.parametrize("name", ["case", "emptystyles", "vert"])
def test_what_excel_opens_has_its_answers(engines, name):
    assert found(CASES / f"{name}.xlsx") == [{}, {}]
    assert compare(CASES / f"{name}.xlsx", CASES / f"{name}.xlsx").mirrors


def parts(value=5, **options):
    return parts_of(sheet_xml([ROW.format(value)]), **options)


def renamed(names, text=lambda part: part, value=5):
    """The parts with others for some names, in the zip alone or in the text of all parts, too."""
    return {names.get(name, name): text(part) for name, part in parts(value).items()}


def elsewhere():
    """A workbook in a folder of its own, and its sheet and its styles in others."""
    found = parts()
    return {
        "[Content_Types].xml": content_types(
            ("book/main.xml", "sheet.main"), ("s/one.xml", "worksheet"), ("looks.xml", "styles")
        ),
        "_rels/.rels": relationships(rId1=("officeDocument", "/book/main.xml")),
        "book/main.xml": found["xl/workbook.xml"],
        "book/_rels/main.xml.rels": relationships(rId1=("worksheet", "../s/one.xml"), rId98=("styles", "/looks.xml")),
        "s/one.xml": found["xl/worksheets/sheet1.xml"],
        "looks.xml": found["xl/styles.xml"],
    }


PACKAGES = {
    "in another case": renamed(
        {"xl/worksheets/sheet1.xml": "XL/Worksheets/Sheet1.XML", "xl/styles.xml": "xl/Styles.XML"}
    ),
    "the list of types in another case": renamed({"[Content_Types].xml": "[content_types].xml"}),
    "relationships in another case": renamed({"xl/_rels/workbook.xml.rels": "xl/_RELS/Workbook.xml.rels"}),
    "backslashes": renamed({name: name.replace("/", "\\") for name in parts()}),
    "backslashes in targets": renamed({}, lambda part: part.replace("worksheets/sheet1", "worksheets\\sheet1")
                                      if part.startswith("<Rel") else part),
    "the workbook elsewhere": elsewhere(),
    "no styles": parts(styles=""),
    "s without a number": renamed({}, lambda part: part.replace('<c r="A1">', '<c s="" r="A1">').replace(
        '<c r="B1">', '<c r="B1" s="">')),
}  # fmt: skip


@pytest.mark.parametrize("kind", PACKAGES)
def test_a_wrong_value_is_found_in_whatever_package(tmp_path, engines, kind):
    path = package(tmp_path / "a.xlsx", PACKAGES[kind])
    assert found(path) == [{"S!B1": 4.0}, {"S!B1": 4.0}]
    assert compare(path, book(tmp_path / "b.xlsx", [ROW.format(5)])).mirrors
    assert not compare(path, book(tmp_path / "c.xlsx", [ROW.format(6)])).mirrors


@pytest.mark.parametrize("other", ["XL/workbook.xml", "xl\\workbook.xml"])
def test_two_parts_whose_names_are_one_are_refused(tmp_path, other):
    path = package(tmp_path / "a.xlsx", parts() | {other: "<x/>"})
    with pytest.raises(InputError, match="two parts of one name"), open_package(path):
        pass


def test_backslashes_do_not_lead_out(tmp_path):
    path = package(tmp_path / "a.xlsx", parts() | {"xl\\..\\..\\x.xml": "<x/>"})
    with pytest.raises(InputError, match="points outside"), open_package(path):
        pass


def test_a_pivot_table_is_not_laid_out_anew(tmp_path, engines):
    """LibreOffice would: the formula beside it reads a cell that holds 30 in the file, and 4 after a refresh."""
    path = with_pivot(tmp_path / "a.xlsx", 30, "B4*2", 60)
    assert libreoffice.recalculate(path, {"S2": [(3, 4)]}) == {"S2": [8.0]}, "as it stands"
    assert found(path) == [{}, {}]
    assert found(with_pivot(tmp_path / "b.xlsx", 30, "B4*2", 8)) == 2 * [{"S2!D3": 60.0}]
