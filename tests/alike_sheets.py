"""Sheets of rows that are alike, as texts, with whatever stands among them, and workbooks that hold one."""

import zipfile

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def row(number, x="1.5", y="2.5", z="3.5", index=0):
    return (
        f'<row r="{number}" spans="1:3"><c r="A{number}"><v>{x}</v></c>'
        f'<c r="B{number}" s="1"><f t="shared" si="{index}"/><v>{y}</v></c>'
        f'<c r="C{number}"><f t="shared" si="1"/><v>{z}</v></c></row>'
    )


def first_row(formula="A1*2", last="B1"):
    return (
        row(1)
        .replace(' si="0"/>', f' ref="B1:B99" si="0">{formula}</f>', 1)
        .replace(' si="1"/>', f' ref="C1:C99" si="1">{last}</f>')
    )


def sheet(*rows, after=""):
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def workbook(path, xml, code="0.00"):
    """Write a workbook with a sheet of this XML, in which the style 1 is of a number format."""
    book = openpyxl.Workbook()
    book.active["A1"].number_format = code
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (parts | {SHEET: xml}).items():
            archive.writestr(name, data)
    return path
