"""Workbooks made to break their reader: each a package of parts, or bytes that are hardly a zip."""

import struct
import sys
import warnings
import zipfile
import zlib
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from foreign_books import DOCUMENT, MAIN, STYLES, parts_of, relationships, sheet_xml

HEADER = '<c r="A1" t="str"><v>x</v></c><c r="B1" t="str"><v>y</v></c>'
POINT = '<c r="A2"><v>14</v></c><c r="B2"><v>58</v></c>'
FORMULA = '<c r="C2"><f>A2*2+30</f><v>58</v></c>'
BOOK, SHEET, STRINGS, STYLE = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
RELS, TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
DEEP = 100_000


def rows(*more, header=HEADER, point=POINT, formula=FORMULA):
    """A sheet's XML: two columns of one point, a formula, and further rows."""
    return sheet_xml([header, point + formula, *more])


def parts(sheet=None, changed=None, **options):
    """The parts of a workbook with one sheet, some of them others or (None) left out."""
    made = parts_of(sheet or rows(), **options) | (changed or {})
    return {name: text for name, text in made.items() if text is not None}


def zipped(made, path, **options):
    """Write a package; a list of pairs may hold a name twice."""
    method = options.pop("method", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is given twice
        for name, text in made.items() if isinstance(made, dict) else made:
            archive.writestr(name, text)
    return path


def cell(inside, attributes='r="C2"'):
    return rows(formula=f"<c {attributes}>{inside}</c>")


def formula(text, value="1"):
    return cell(f"<f>{text}</f><v>{value}</v>")


def value(text, kind=None):
    return cell(f"<f>1+1</f><v>{text}</v>", f'r="C2"{f""" t="{kind}" """ if kind else ""}')


def named(*names, text="n+1"):
    items = "".join(f'<definedName name="{name}">{meaning}</definedName>' for name, meaning in names)
    return parts(formula(text), settings=f"<definedNames>{items}</definedNames>")


def styled(inside, style=1):
    return parts(
        cell("<f>1+1</f><v>2</v>", f'r="C2" s="{style}"'), styles=f'<styleSheet xmlns="{MAIN}">{inside}</styleSheet>'
    )


def shared(inside, index=0, root="sst"):
    text = f'<{root} xmlns="{MAIN}">{inside}</{root}>'
    return parts(rows(formula=f'<c r="C2" t="s"><v>{index}</v></c>'), strings=("x",)) | {STRINGS: text}


def doctype(part, declared, inside=""):
    made = parts()
    return made | {part: f"<!DOCTYPE a [{declared}]>{made.get(part, '<a/>')}{inside}"}


def swapped(part, old, new):
    made = parts()
    assert old in made[part], (part, old)
    return made | {part: made[part].replace(old, new)}


def drawn(drawing, rels="", chart="<c:chartSpace/>"):
    sheet = rows().replace("</worksheet>", f'<drawing xmlns:r="{DOCUMENT}" r:id="rId1"/></worksheet>')
    return parts(sheet) | {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(rId1=("drawing", "../drawings/drawing1.xml")),
        "xl/drawings/drawing1.xml": drawing,
        "xl/drawings/_rels/drawing1.xml.rels": rels or relationships(rId1=("chart", "../charts/chart1.xml")),
        "xl/charts/chart1.xml": chart,
    }


XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def anchors(count, row="1", column="1"):
    place = f"<xdr:from><xdr:col>{column}</xdr:col><xdr:row>{row}</xdr:row></xdr:from>"
    frame = f'<a:graphicData><c:chart xmlns:c="{C}" xmlns:r="{DOCUMENT}" r:id="rId1"/></a:graphicData>'
    each = f"<xdr:twoCellAnchor>{place}<xdr:graphicFrame>{frame}</xdr:graphicFrame></xdr:twoCellAnchor>"
    return f'<xdr:wsDr xmlns:xdr="{XDR}" xmlns:a="{A}">{each * count}</xdr:wsDr>'


def chart(*references):
    series = "".join(f"<c:ser><c:val><c:numRef><c:f>{each}</c:f></c:numRef></c:val></c:ser>" for each in references)
    plot = f"<c:chart><c:plotArea><c:lineChart>{series}</c:lineChart></c:plotArea></c:chart>"
    return f'<c:chartSpace xmlns:c="{C}">{plot}</c:chartSpace>'


def chain(count, end):
    return named(*((f"n_{i}", f"n_{i + 1}*2") for i in range(count)), (f"n_{count}", end), text="n_0+1")


def many_sheets(count, text):
    names = {
        f"xl/worksheets/sheet{n}.xml": rows(formula=f"<c r='C2'><f>{text(n)}</f><v>1</v></c>") for n in range(count)
    }
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n + 1}" r:id="rId{n}"/>' for n in range(count))
    rels = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(count)}
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{sheets}</sheets></workbook>'
    return parts() | names | {BOOK: book, RELS: relationships(**rels)}


def column(count, text):
    """A column of formulas."""
    return sheet_xml([HEADER, *(f'<c r="C{n}"><f>{text(n)}</f><v>1</v></c>' for n in range(2, count + 2))])


PACKAGES = {
    # zip: what is not there, twice, elsewhere
    "no content types": lambda: parts(changed={TYPES: None}),
    "no relationships of the package": lambda: parts(changed={"_rels/.rels": None}),
    "no relationships of the workbook": lambda: parts(changed={RELS: None}),
    "no workbook": lambda: parts(changed={BOOK: None}),
    "no sheet": lambda: parts(changed={SHEET: None}),
    "no styles though they are told of": lambda: parts(changed={STYLE: None}),
    "no strings though they are told of": lambda: shared("") | {STRINGS: ""},
    "a part twice": lambda: [*parts().items(), (SHEET, rows(formula=""))],
    "a part twice in two cases": lambda: parts() | {SHEET.upper(): rows()},
    "an absolute path": lambda: parts() | {"/etc/passwd": "x"},
    "a path upwards": lambda: parts() | {"xl/../../../etc/passwd": "x"},
    "a path upwards by backslashes": lambda: parts() | {"xl\\..\\..\\evil": "x"},
    "a drive": lambda: parts() | {"C:\\evil.xml": "<a/>"},
    "a name of newlines": lambda: parts() | {"xl/a\nb\r\nc.xml": "<a>"},
    "a name of 60,000 letters": lambda: parts() | {f"xl/{'a' * 60_000}.xml": "<a/>"},
    "a folder in a folder 10,000 deep": lambda: parts() | {"a/" * 10_000 + "b.xml": "<a/>"},
    "10,001 parts": lambda: parts() | {f"xl/media/{n}": "" for n in range(10_001)},
    "9,000 parts": lambda: parts() | {f"xl/media/{n}.xml": "<a/>" for n in range(9_000)},
    "60 parts of 9 MB of zeros": lambda: parts() | {f"xl/media/{n}.bin": bytes(9 * 2**20) for n in range(60)},
    "a sheet of 100 MB of spaces": lambda: parts(rows().replace("<sheetData>", " " * 10**8 + "<sheetData>")),
    "a macro that is none": lambda: parts() | {"xl/vbaProject.bin": Random(100).randbytes(100)},
    "an external link to a device": lambda: parts() | {
        "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"/>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": relationships(rId1=("externalLinkPath", "file:///dev/zero")),
    },
    # relationships
    "relationships in a circle": lambda: parts() | {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(rId1=("worksheet", "sheet1.xml"), rId2=("x", "../workbook.xml")),
    },
    "the workbook is its own sheet": lambda: swapped(RELS, "worksheets/sheet1.xml", "workbook.xml"),
    "the sheet is the content types": lambda: swapped(RELS, "worksheets/sheet1.xml", "/[Content_Types].xml"),
    "the styles are the strings are the sheet": lambda: parts() | {
        RELS: relationships(
            rId1=("worksheet", "worksheets/sheet1.xml"), rId2=("styles", "worksheets/sheet1.xml"),
            rId3=("sharedStrings", "worksheets/sheet1.xml"),
        )
    },
    "the workbook is a sheet": lambda: swapped("_rels/.rels", BOOK, SHEET),
    "a target upwards": lambda: swapped(RELS, "worksheets/sheet1.xml", "../../../../etc/passwd"),
    "a target elsewhere": lambda: swapped(RELS, "worksheets/sheet1.xml", "http://example.org/"),
    "a target that is empty": lambda: swapped(RELS, "worksheets/sheet1.xml", ""),
    "a relationship without an id": lambda: swapped(RELS, 'Id="rId1" ', ""),
    "100,000 relationships": lambda: parts() | {
        RELS: relationships(**{f"rId{n}": ("worksheet", "worksheets/sheet1.xml") for n in range(100_000)}),
    },
    "two sheets in one part": lambda: swapped(BOOK, "</sheets>", '<sheet name="T" sheetId="2" r:id="rId1"/></sheets>'),
    "two sheets of one name": lambda: swapped(BOOK, "</sheets>", '<sheet name="s" sheetId="2" r:id="rId98"/></sheets>'),
    "no sheets": lambda: swapped(BOOK, "</sheets>", "</sheets>").copy() | {BOOK: f'<workbook xmlns="{MAIN}"/>'},
    "a sheet without a name": lambda: swapped(BOOK, 'name="S"', ""),
    "a sheet whose name has newlines": lambda: swapped(BOOK, 'name="S"', 'name="a&#10;b&#13;&#9;c"'),
    "a sheet whose name is a formula": lambda: swapped(BOOK, 'name="S"', 'name="=1+1"'),
    "a sheet whose name is 100,000 letters": lambda: swapped(BOOK, 'name="S"', f'name="{"n" * 100_000}"'),
    "a sheet whose name is quotes": lambda: swapped(BOOK, 'name="S"', "name=\"'''''\""),
    "300 sheets of which each refers to the last": lambda: many_sheets(300, lambda n: f"s{n - 1}!C2" if n else "RAND()"),
    "300 sheets of which each refers to the next": lambda: many_sheets(300, lambda n: f"s{n + 1}!C2" if n < 299 else "RAND()"),
    # XML
    "entities that double": lambda: doctype(SHEET, '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">', "&b;"),
    "an entity from a file": lambda: doctype(SHEET, '<!ENTITY a SYSTEM "file:///etc/passwd">'),
    "a parameter entity": lambda: doctype(BOOK, '<!ENTITY % a SYSTEM "http://example.org/"> %a;'),
    "a document type of the styles": lambda: doctype(STYLE, ""),
    "a document type after a megabyte": lambda: parts() | {STYLE: f"<!--{' ' * 2**20}--><!DOCTYPE a>{STYLES}"},
    "an undeclared entity": lambda: parts(cell("<f>&a;</f><v>1</v>")),
    "elements 100,000 deep in a sheet": lambda: parts(cell("<v>1</v>").replace("<sheetData>", "<x>" * DEEP + "</x>" * DEEP + "<sheetData>")),
    "cells in cells": lambda: parts(cell("<c>" * DEEP + "</c>" * DEEP)),
    "values in values": lambda: parts(cell("<v>" * DEEP + "</v>" * DEEP)),
    "rows in rows": lambda: parts(cell("<row>" * DEEP + "</row>" * DEEP)),
    "hints in hints": lambda: parts(cell("<is>" + "<rPh>" * DEEP + "</rPh>" * DEEP + "</is>", 'r="C2" t="inlineStr"')),
    "extensions 100,000 deep in the workbook": lambda: swapped(BOOK, "</workbook>", "<ext>" * DEEP + "</ext>" * DEEP + "</workbook>"),
    "extensions 100,000 deep in the styles": lambda: swapped(STYLE, "</styleSheet>", "<ext>" * DEEP + "</ext>" * DEEP + "</styleSheet>"),
    "texts 100,000 deep": lambda: shared("<si>" * DEEP + "</si>" * DEEP),
    "a namespace of a megabyte": lambda: swapped(BOOK, "<sheets>", f'<a xmlns="{"n" * 2**20}">{"<b/>" * 1000}</a><sheets>'),
    "a namespace of a megabyte in a sheet": lambda: parts(rows().replace("<sheetData>", f'<a xmlns="{"n" * 2**20}">{"<b/>" * 1000}</a><sheetData>')),
    "50,000 namespaces": lambda: swapped(BOOK, "<workbook ", "<workbook " + " ".join(f'xmlns:p{n}="urn:{n}"' for n in range(50_000)) + " "),
    "100,000 attributes": lambda: parts(cell("<f>1+1</f><v>2</v>", 'r="C2" ' + " ".join(f'a{n}="1"' for n in range(DEEP)))),
    "an attribute of 10 MB": lambda: parts(cell("<f>1+1</f><v>2</v>", f'r="C2" a="{"a" * 10**7}"')),
    "an attribute twice": lambda: parts(cell("<v>1</v>", 'r="C2" r="C2"')),
    "a tag without end": lambda: parts(rows().replace("<sheetData>", "<sheetData " + " " * 10**6)),
    "a comment without end": lambda: parts(rows().replace("<sheetData>", "<sheetData><!--" + "x" * 10**6)),
    "a comment of 30 MB": lambda: parts(rows().replace("<sheetData>", "<!--" + "ab" * (15 * 10**6) + "--><sheetData>")),
    "comments between the letters of a value": lambda: parts(value("1<!-- -->" * 200)),
    "character data without end": lambda: parts(cell("<v><![CDATA[1")),
    "a value in character data": lambda: parts(value("<![CDATA[2]]>")),
    "a formula in character data": lambda: parts(formula("<![CDATA[1+1]]>", "2")),
    "a sheet in character data": lambda: parts(rows().replace("<sheetData>", "<![CDATA[<sheetData>]]><sheetData>")),
    "instructions": lambda: parts(rows().replace("<sheetData>", "<?php system('x') ?>" * 1000 + "<sheetData>")),
    "a null byte": lambda: parts(value("1\0")),
    "control characters": lambda: parts(value("\x01\x02", "str")),
    "half a surrogate": lambda: parts(value("&#xD800;", "str")),
    "a character beyond the last": lambda: parts(value("&#x110000;", "str")),
    "a sheet in UTF-16": lambda: parts() | {SHEET: rows().encode("utf-16")},
    "a workbook in UTF-16": lambda: parts() | {BOOK: parts()[BOOK].encode("utf-16")},
    "a sheet in UTF-32": lambda: parts() | {SHEET: rows().encode("utf-32")},
    "a sheet in UTF-7": lambda: parts() | {SHEET: '<?xml version="1.0" encoding="utf-7"?>' + rows()},
    "an encoding that there is not": lambda: parts() | {SHEET: '<?xml version="1.0" encoding="klingon"?>' + rows()},
    "an encoding that is a Python codec": lambda: parts() | {SHEET: '<?xml version="1.0" encoding="zlib"?>' + rows()},
    "bytes that are no UTF-8": lambda: parts() | {SHEET: value("x", "str").encode().replace(b"<v>x", b"<v>\xff\xfe\xc0")},
    "two roots": lambda: parts(rows() + rows()),
    "no root": lambda: parts(" " * 100),
    "an empty sheet": lambda: parts() | {SHEET: ""},
    "a sheet cut short": lambda: parts() | {SHEET: rows()[:-40]},
    "a sheet of another namespace": lambda: parts(rows().replace(MAIN, "urn:else")),
    "a sheet of prefixes": lambda: parts(rows().replace("xmlns=", "xmlns:x=").replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")),
    "a sheet that is a picture": lambda: parts() | {SHEET: b"\x89PNG\r\n\x1a\n" + Random(1000).randbytes(1000)},
    "a sheet that is HTML": lambda: parts() | {SHEET: "<html><body><table><tr><td>1</td></tr></table></body></html>"},
    "a workbook that is JSON": lambda: parts() | {BOOK: "{}"},
    "rows begun and commented out": lambda: parts(rows().replace("<sheetData>", "<sheetData>" + '<row r="1"><!--' + "-" * 10 + "--></row>" * 10)),
    "a formula's cell begun 10,000 times": lambda: parts(rows().replace("<sheetData>", "<sheetData>" + '<c r="A1"><f >' * 10_000)),
    # cells and where they stand
    "a cell at A0": lambda: parts(cell("<v>1</v>", 'r="A0"')),
    "a cell at XFE2": lambda: parts(cell("<v>1</v>", 'r="XFE2"')),
    "a cell at A1048577": lambda: parts(cell("<v>1</v>", 'r="A1048577"')),
    "a cell in another row": lambda: parts(cell("<v>1</v>", 'r="C9"')),
    "a cell without a place": lambda: parts(cell("<f>1+1</f><v>2</v>", "")),
    "a cell at a place without end": lambda: parts(cell("<v>1</v>", f'r="{"A" * 100_000}1"')),
    "a cell at row 1e999": lambda: parts(cell("<v>1</v>", f'r="A{"9" * 100_000}"')),
    "cells from right to left": lambda: parts(rows(formula='<c r="D2"><v>1</v></c><c r="C2"><v>1</v></c>')),
    "a cell twice": lambda: parts(rows(formula='<c r="C2"><v>1</v></c><c r="C2"><v>2</v></c>')),
    "rows from below": lambda: parts(rows().replace('<row r="2"', '<row r="0"')),
    "a row at -1": lambda: parts(rows().replace('<row r="2"', '<row r="-1"')),
    "a row at a text": lambda: parts(rows().replace('<row r="2"', '<row r="two"')),
    "a row at a number of 10,000 digits": lambda: parts(rows().replace('<row r="2"', f'<row r="{"9" * 10_000}"')),
    "a row that is the last": lambda: parts(rows().replace('<row r="2"', '<row r="1048576"').replace("2\">", '1048576">')),
    "20,000 cells in a row": lambda: parts(sheet_xml([HEADER, "<c><v>1</v></c>" * 20_000])),
    "a style of -1": lambda: parts(cell("<f>1+1</f><v>2</v>", 'r="C2" s="-1"')),
    "a style of 10^9": lambda: parts(cell("<f>1+1</f><v>2</v>", 'r="C2" s="1000000000"')),
    "a style that is a text": lambda: parts(cell("<f>1+1</f><v>2</v>", 'r="C2" s="bold"')),
    "a style of 10,000 digits": lambda: parts(cell("<f>1+1</f><v>2</v>", f'r="C2" s="{"9" * 10_000}"')),
    "a type that there is not": lambda: parts(value("1", "z")),
    "a dimension that lies": lambda: parts(rows().replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')),
    "a dimension that is nothing": lambda: parts(rows().replace("<sheetData>", '<dimension ref="?"/><sheetData>')),
    "merged cells over everything": lambda: parts(rows().replace("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
    "50,000 merged cells in each other": lambda: parts(rows().replace("</sheetData>", "</sheetData><mergeCells>" + "".join(f'<mergeCell ref="A1:B{n}"/>' for n in range(2, 50_000)) + "</mergeCells>")),
    "columns from the last to the first": lambda: parts(rows().replace("<sheetData>", '<cols><col min="16384" max="1" width="1e308"/></cols><sheetData>')),
    "panes frozen far away": lambda: parts(rows().replace("<sheetData>", '<sheetViews><sheetView workbookViewId="0"><pane state="frozen" ySplit="1e300" xSplit="nan"/></sheetView></sheetViews><sheetData>')),
    "panes frozen at infinity": lambda: parts(rows().replace("<sheetData>", '<sheetViews><sheetView workbookViewId="0"><pane state="frozen" ySplit="inf"/></sheetView></sheetViews><sheetData>')),
    # numbers
    **{f"the number {text[:20]}": (lambda text=text: parts(value(text))) for text in (
        "1e400", "-1e400", "nan", "inf", "-Infinity", "0x10", "1_000", "1,5", "1e", "--1", "", " ", " 2 ", "+2", ".5", "2.", "1e-400",
        "4.9e-324", "-0", "٣", "2e0", "1 000", "9" * 400, "0." + "3" * 1_000_000, "1" * 1_000_000, "1e" + "9" * 100_000,
    )},
    "a point that is not finite": lambda: parts(rows(point='<c r="A2"><v>1e999</v></c><c r="B2"><v>1</v></c>')),
    "points of 1e308": lambda: parts(rows(point='<c r="A2"><v>1e308</v></c><c r="B2"><v>-1e308</v></c>')),
    "a truth value of 2": lambda: parts(value("2", "b")),
    "an error of its own": lambda: parts(value("#EVIL!", "e")),
    "an error of a megabyte": lambda: parts(value("#" * 2**20, "e")),
    # dates
    "a date of a text": lambda: parts(value("tomorrow", "d")),
    "a date of year 99999": lambda: parts(value("99999-13-99T99:99:99", "d")),
    "a date before all dates": lambda: styled('<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>') | {SHEET: rows(point='<c r="A2" s="1"><v>-1e15</v></c><c r="B2"><v>1</v></c>')},
    "dates since 1904 and before": lambda: parts(formula("YEAR(0)", "1904"), settings='<workbookPr date1904="1"/>'),
    # formulas
    **{f"the formula {text[:24]}": (lambda text=text: parts(formula(text))) for text in (
        "'", '"', "(", ")", "{", "}", "[", "]", "#", "!", "=", "==1", "1+", "+", ",", "A1:", ":A1", "A1:B2:C3", "A0", "A1048577",
        "XFE1", "R1C1", "RC[-1]", "$A$", "'a'!", "''!A1", "[1]!a", "[1]S!A1", "S!", "S:S!A1", "A:A", "1:1", "A1 A2", "A1#", "@A1",
        "1%%%", "-----1", "{1,2;3}", "{1;2,3}", "SUM()", "SUM(,)", "NOSUCH(1)", "C2", "C2:C2", "INDIRECT(&quot;C2&quot;)", "1/0", "#REF!",
        "_xlfn.LAMBDA(_xlpm.x,_xlpm.x)(1)", "A1:XFD1048576", "SUM(A:XFD)", "OFFSET(A1,1e9,1e9)", "REPT(&quot;a&quot;,1e9)",
        "T(TRUE)", "9" * 5_000, "1e999", "A" * 5_000, "A" * 5_000 + "1", "R" + "1" * 5_000, "R[" + "1" * 5_000 + "]", "😀", "\u202e1+1",
    )},
    "a formula of 100,000 characters": lambda: parts(formula("1+" * 50_000 + "1")),
    "a formula of 10 MB": lambda: parts(formula("1+" * 5_000_000 + "1")),
    "5,000 quotes": lambda: parts(formula("'" * 5_000)),
    "2,000 formulas of 5,000 quotes": lambda: parts(column(2_000, lambda n: "'" * 5_000)),
    "500 formulas of digits": lambda: parts(column(500, lambda n: "(1)/" + "1" * 5_000 + "x")),
    "500 formulas of colons": lambda: parts(column(500, lambda n: "a:" * 2_000)),
    "500 formulas of letters beyond ASCII": lambda: parts(column(500, lambda n: "é" * 4_000)),
    "5,000 formulas that refer to the whole sheet": lambda: parts(column(5_000, lambda n: "SUM(A:B)")),
    "formulas in zigzag that change": lambda: parts(column(3_000, lambda n: "RAND()" if n == 1500 else f"C{3000 - n + (n % 2)}")),
    "a circle of 2,000 formulas": lambda: parts(column(2_000, lambda n: f"C{2 + (n - 1) % 2000}+1")),
    "a shared formula of nobody": lambda: parts(cell('<f t="shared" si="9"/><v>1</v>')),
    "a shared formula that cannot be parsed": lambda: parts(rows('<c r="C3"><f t="shared" si="0"/><v>1</v></c>', formula='<c r="C2"><f t="shared" ref="C2:C3" si="0">1+"</f><v>1</v></c>')),
    "a shared formula over everything": lambda: parts(cell('<f t="shared" ref="A1:XFD1048576" si="0">1+1</f><v>2</v>')),
    "a shared index without end": lambda: parts(cell(f'<f t="shared" ref="C2" si="{"9" * 10_000}">1+1</f><v>2</v>')),
    "an array over everything": lambda: parts(cell('<f t="array" ref="A1:XFD1048576">1+1</f><v>2</v>')),
    "an array from right to left": lambda: parts(cell('<f t="array" ref="D9:A1">1+1</f><v>2</v>')),
    "an array at nothing": lambda: parts(cell('<f t="array" ref="">1+1</f><v>2</v>')),
    "an array of three corners": lambda: parts(cell('<f t="array" ref="A1:B2:C3">1+1</f><v>2</v>')),
    "2,000 arrays over the same cells": lambda: parts(sheet_xml([HEADER, "".join(f'<c><f t="array" ref="A2:ZZ9000">{n}</f><v>{n}</v></c>' for n in range(2_000))])),
    "a data table": lambda: parts(cell('<f t="dataTable" ref="C2:D3" dt2D="1" dtr="1" r1="A2" r2="B2"/><v>1</v>')),
    "a data table of nothing": lambda: parts(cell('<f t="dataTable" r1="" r2="nowhere"/><v>1</v>')),
    "two formulas in a cell": lambda: parts(cell("<f>1+1</f><f>2+2</f><v>2</v>")),
    "two values in a cell": lambda: parts(cell("<f>1+1</f><v>2</v><v>3</v>")),
    "a value and an inline text": lambda: parts(cell("<v>1</v><is><t>2</t></is>", 'r="C2" t="inlineStr"')),
    "an inline text in a number": lambda: parts(cell("<is><t>2</t></is>")),
    "a number with an underscore": lambda: parts(value("1_0")),
    "a number in digits of another script": lambda: parts(value("\u0663")),
    "a date of nothing": lambda: parts(value("", "d")),
    "a reference by row and column": lambda: parts(formula("R4C4+R[1]C[1]")),
    "a number beyond any in a formula": lambda: parts(formula("1E400")),
    "a formula without a value": lambda: parts(cell("<f>1+1</f>")),
    "a formula of braces in a format": lambda: parts(cell('<f t="dataTable" ref="C2" r1="{0.__class__}" r2="{r1}"/><v>1</v>')),
    # names
    "3,000 names in a chain that ends in RAND": lambda: chain(3_000, "RAND()"),
    "3,000 names in a chain that ends in a cell": lambda: chain(3_000, "S!$A$2"),
    "names in a circle": lambda: named(("n", "m+1"), ("m", "n+1")),
    "a name that is itself": lambda: named(("n", "n")),
    "a name without a name": lambda: named(("", "1")),
    "a name without a meaning": lambda: named(("n", "")),
    "a name of 100,000 letters": lambda: named(("n" * 100_000, "1")),
    "a name of 500,000 terms": lambda: named(("n", "1+" * 500_000 + "1")),
    "a name of 5 MB": lambda: named(("n", "1+" * 2_500_000 + "1")),
    "a name twice": lambda: named(("n", "1"), ("n", "2"), ("N", "3")),
    "a name of a sheet that there is not": lambda: parts(formula("n"), settings='<definedNames><definedName name="n" localSheetId="99">1</definedName></definedNames>'),
    "50,000 names": lambda: named(("n", "1"), *((f"name_{n}", f"name_{n - 1}+S!$A${n + 1}") for n in range(50_000))),
    "names that double": lambda: named(*((f"n_{n}", f"n_{n + 1}&amp;n_{n + 1}") for n in range(20)), ("n_20", '"x"'), text="LEN(n_0)"),
    "a formula of 2,000 names of 4,000 terms": lambda: named(("n", "A1+" * 4_000 + "1"), text="n+" * 2_000 + "1"),
    "print titles of quotes": lambda: parts(settings=f'<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">{"&apos;" * 100_001}</definedName></definedNames>'),
    # styles and shared texts
    "200,000 cell styles": lambda: styled("<cellXfs>" + '<xf numFmtId="0"/>' * 200_000 + "</cellXfs>"),
    "a number format of a megabyte": lambda: styled(f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 2**20}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs>'),
    "a number format of 2,000 brackets": lambda: styled(f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 2_000}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs>'),
    "a number format that there is not": lambda: styled('<cellXfs><xf numFmtId="0"/><xf numFmtId="99999"/></cellXfs>'),
    "styles without lists": lambda: parts(styles=f'<styleSheet xmlns="{MAIN}"/>'),
    "styles of nothing": lambda: parts() | {STYLE: "<a/>"},
    "a text that is not there": lambda: shared("<si><t>x</t></si>", 1),
    "a text of number -1": lambda: shared("<si><t>x</t></si>", -1),
    "a text of 10,000 digits": lambda: shared("<si><t>x</t></si>", "9" * 10_000),
    "a text of 10 MB": lambda: shared(f"<si><t>{'x' * 10**7}</t></si>"),
    "a text of 50,000 runs": lambda: shared(f"<si>{'<r><t>x</t></r>' * 50_000}</si>"),
    "texts of another root": lambda: shared("<si><t>x</t></si>", root="html"),
    "a header of newlines": lambda: parts(rows(header='<c r="A1" t="str"><v>x&#10;y</v></c><c r="B1" t="str"><v>y&#10;&#10;z</v></c>')),
    "a header of a megabyte": lambda: parts(rows(header=f'<c r="A1" t="str"><v>{"x" * 2**20}</v></c><c r="B1" t="str"><v>y</v></c>')),
    "a value of newlines": lambda: parts(rows(point='<c r="A2" t="str"><v>1&#10;2</v></c><c r="B2"><v>1</v></c>')),
    "a value that is a formula of another": lambda: parts(rows(point='<c r="A2" t="str"><v>=cmd|\'/C calc\'!A0</v></c><c r="B2"><v>1</v></c>')),
    # drawings and charts
    "a drawing that is not there": lambda: drawn("") | {"xl/drawings/drawing1.xml": ""},
    "a drawing of no XML": lambda: drawn("hello"),
    "a drawing in a circle": lambda: drawn(anchors(1), relationships(rId1=("chart", "drawing1.xml"))),
    "301 charts": lambda: drawn(anchors(301), chart=chart("S!$A$1")),
    "a chart of 100,000 series": lambda: drawn(anchors(1), chart=chart(*(f"S!$A${n}" for n in range(100_000)))),
    "300 anchors of a chart of 900 series": lambda: drawn(anchors(300), chart=chart(*(f"S!$A${n}" for n in range(900)))),
    "10,000 anchors of one chart": lambda: drawn(anchors(10_000), chart=chart("S!$A$1")),
    "a chart at a place without end": lambda: drawn(anchors(1, "9" * 100_000, "-1"), chart=chart("S!$A$1")),
    "a chart of a reference without end": lambda: drawn(anchors(1), chart=chart("'" * 1_000_001)),
    "a chart of a reference of parentheses": lambda: drawn(anchors(1), chart=chart("(" * 100_000 + "S!$A$1" + ")" * 100_000)),
    "a chart of elements 100,000 deep": lambda: drawn(anchors(1), chart="<a>" * DEEP + "</a>" * DEEP),
    "a pivot cache of nothing": lambda: swapped(BOOK, "</workbook>", "<pivotCaches/></workbook>"),
    "pivot caches begun in a comment": lambda: swapped(BOOK, "</workbook>", "<!--" + "<pivotCaches " * 50_000 + "--></workbook>"),
}  # fmt: skip
"""The parts of each package."""


def patched(change):
    """Return what changes the bytes of a good workbook."""

    def make(path):
        zipped(parts(), path)
        path.write_bytes(change(bytearray(path.read_bytes())))
        return path

    return make


def at(data, sign, offset, form, number, last=True):
    """Put a number beside the last or the first of a zip's signs."""
    place = data.rindex(sign) if last else data.index(sign)
    struct.pack_into(form, data, place + offset, number)
    return data


ENTRY, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"

BYTES = {
    "nothing": lambda data: b"",
    "two letters": lambda data: b"PK",
    "the end alone": lambda data: bytes(data[data.rindex(END) :]),
    "zeros": lambda data: bytes(10_000),
    "a zip of nothing": lambda data: END + bytes(18),
    "an old workbook": lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000),
    "text": lambda data: b"x,y\n1,2\n",
    "gzip": lambda data: b"\x1f\x8b" + zlib.compress(bytes(data)),
    "cut in the middle": lambda data: bytes(data[: len(data) // 2]),
    "a byte less": lambda data: bytes(data[:-1]),
    "something before it": lambda data: b"#!/bin/sh\n" + bytes(data),
    "something behind it": lambda data: bytes(data) + b"x" * 100_000,
    "twice": lambda data: bytes(data) * 2,
    "a comment of 64 kB": lambda data: bytes(at(data, END, 20, "<H", 65_535)) + b"c" * 65_535,
    "a comment that is a zip": lambda data: bytes(at(data, END, 20, "<H", len(data))) + bytes(data),
    "an encrypted part": lambda data: at(data, ENTRY, 8, "<H", 1),
    "a packing that there is not": lambda data: at(data, ENTRY, 10, "<H", 99),
    "a packing of LZMA": lambda data: at(data, ENTRY, 10, "<H", 14),
    "a checksum that is wrong": lambda data: at(data, ENTRY, 16, "<L", 1),
    "a packed size that lies": lambda data: at(data, ENTRY, 20, "<L", 3),
    "a packed size of 4 GB": lambda data: at(data, ENTRY, 20, "<L", 0xFFFFFFFE),
    "a size that lies": lambda data: at(data, ENTRY, 24, "<L", 3),
    "a size of 4 GB": lambda data: at(data, ENTRY, 24, "<L", 0xFFFFFFFE),
    "a size of a zip64 that is not there": lambda data: at(data, ENTRY, 24, "<L", 0xFFFFFFFF),
    "a place that lies": lambda data: at(data, ENTRY, 42, "<L", 7),
    "a place beyond the end": lambda data: at(data, ENTRY, 42, "<L", 0x7FFFFFFF),
    "a name that is longer": lambda data: at(data, ENTRY, 28, "<H", 60_000),
    "a name of no bytes": lambda data: at(data, ENTRY, 28, "<H", 0),
    "an extra field that is longer": lambda data: at(data, ENTRY, 30, "<H", 60_000),
    "another name before the part": lambda data: at(data, LOCAL, 30, "<L", 0x41414141),
    "a local name that is longer": lambda data: at(data, LOCAL, 26, "<H", 60_000),
    "a local packing that lies": lambda data: at(data, LOCAL, 8, "<H", 0),
    "more parts than there are": lambda data: at(data, END, 10, "<H", 60_000),
    "no parts though there are": lambda data: at(data, END, 10, "<H", 0),
    "a directory of 4 GB": lambda data: at(data, END, 12, "<L", 0xFFFFFFFE),
    "a directory of zip64 that is not there": lambda data: at(data, END, 12, "<L", 0xFFFFFFFF),
    "a directory elsewhere": lambda data: at(data, END, 16, "<L", 0xFFFFFFF0),
    "a directory in several files": lambda data: at(data, END, 4, "<H", 3),
    "a file of the future": lambda data: at(data, ENTRY, 6, "<H", 255),
    "a link": lambda data: at(data, ENTRY, 38, "<L", 0o120777 << 16),
}
"""What becomes of the bytes of a good workbook."""


def workbooks():
    """Return each hostile workbook by its name: what writes it at a path."""
    made = {name: (lambda path, make=make: zipped(make(), path)) for name, make in PACKAGES.items()}
    return made | {f"zip: {name}": patched(change) for name, change in BYTES.items()}
