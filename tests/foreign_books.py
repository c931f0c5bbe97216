"""Small workbooks as others write them: a sheet's XML, and what of the package a test wants otherwise."""

import zipfile
from pathlib import Path

CASES = Path(__file__).parent / "cases"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def sheet_xml(rows):
    """A worksheet of the rows given: the cells' XML of each."""
    body = "".join(f'<row r="{number}">{cells}</row>' for number, cells in enumerate(rows, start=1))
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


def relationships(**parts):
    """Relationships by id: each a type's last word and a target."""
    lines = (f'<Relationship Id="{id}" Type="{DOCUMENT}/{kind}" Target="{to}"/>' for id, (kind, to) in parts.items())
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def content_types(*overrides):
    kinds = "".join(f'<Override PartName="/{part}" ContentType="{MIME}.{kind}+xml"/>' for part, kind in overrides)
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{kinds}</Types>'
    )


def parts_of(*sheets, settings="", styles=STYLES, strings=()):
    """The parts of a workbook whose sheets S, S2... hold the given XML."""
    numbers = range(1, len(sheets) + 1)
    names = ["S", *(f"S{number}" for number in numbers[1:])]
    listed = "".join(f'<sheet name="{names[n - 1]}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    rels = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
    kinds = [("xl/workbook.xml", "sheet.main"), *((f"xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers)]
    parts = {f"xl/worksheets/sheet{n}.xml": sheets[n - 1] for n in numbers}
    if styles:
        rels["rId98"] = ("styles", "styles.xml")
        kinds.append(("xl/styles.xml", "styles"))
        parts["xl/styles.xml"] = styles
    if strings:
        rels["rId99"] = ("sharedStrings", "sharedStrings.xml")
        kinds.append(("xl/sharedStrings.xml", "sharedStrings"))
        items = "".join(f"<si><t>{text}</t></si>" for text in strings)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
    namespaces = f'xmlns="{MAIN}" xmlns:r="{DOCUMENT}"'
    return {
        "[Content_Types].xml": content_types(*kinds),
        "_rels/.rels": relationships(rId1=("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {namespaces}>{settings}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relationships(**rels),
    } | parts


def package(path, parts):
    """Write a package of parts."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def book(path, *sheets, **options):
    """Write a workbook of sheets, each given by its rows, and return its path."""
    return package(path, parts_of(*map(sheet_xml, sheets), **options))
