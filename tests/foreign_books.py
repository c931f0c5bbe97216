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


def with_pivot(path, shown, formula, value):
    """A workbook whose second sheet shows a pivot table of the first, and a formula beside it.

    The points are a 1, b 2 and a 3; what the pivot table's sheet shows for a is `shown`, as it may after an edit
    without a refresh.
    """
    text = 't="inlineStr"'
    points = "".join(
        f'<row r="{r}"><c r="A{r}" {text}><is><t>{name}</t></is></c><c r="B{r}"><v>{n}</v></c></row>'
        for r, name, n in ((2, "a", 1), (3, "b", 2), (4, "a", 3))
    )
    head = f'<row r="1"><c r="A1" {text}><is><t>k</t></is></c><c r="B1" {text}><is><t>v</t></is></c></row>'
    table = "".join(
        f'<row r="{r}"><c r="A{r}" {text}><is><t>{name}</t></is></c>{cell}</row>'
        for r, name, cell in (
            (3, "k", f'<c r="B3" {text}><is><t>Sum</t></is></c><c r="D3"><f>{formula}</f><v>{value}</v></c>'),
            (4, "a", f'<c r="B4"><v>{shown}</v></c>'),
            (5, "b", '<c r="B5"><v>2</v></c>'),
            (6, "Total", f'<c r="B6"><v>{shown + 2}</v></c>'),
        )
    )
    sheets = (f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>' for rows in (head + points, table))
    parts = parts_of(*sheets)
    cache, pivot = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"
    shared = '<sharedItems count="2"><s v="a"/><s v="b"/></sharedItems>'
    parts[cache] = (
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{DOCUMENT}" refreshOnLoad="1" recordCount="3">'
        '<cacheSource type="worksheet"><worksheetSource ref="A1:B4" sheet="S"/></cacheSource><cacheFields count="2">'
        f'<cacheField name="k">{shared}</cacheField><cacheField name="v"><sharedItems containsNumber="1"/></cacheField>'
        "</cacheFields></pivotCacheDefinition>"
    )
    parts[pivot] = (
        f'<pivotTableDefinition xmlns="{MAIN}" name="P" cacheId="1" dataCaption="v"><location ref="A3:B6" '
        'firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pivotFields count="2"><pivotField axis="axisRow" '
        'showAll="0"><items count="3"><item x="0"/><item x="1"/><item t="default"/></items></pivotField><pivotField '
        'dataField="1" showAll="0"/></pivotFields><rowFields count="1"><field x="0"/></rowFields><rowItems count="3">'
        '<i><x/></i><i><x v="1"/></i><i t="grand"><x/></i></rowItems><colItems count="1"><i/></colItems><dataFields '
        'count="1"><dataField name="Sum" fld="1"/></dataFields></pivotTableDefinition>'
    )
    parts["xl/worksheets/_rels/sheet2.xml.rels"] = relationships(rId1=("pivotTable", f"/{pivot}"))
    parts["xl/pivotTables/_rels/pivotTable1.xml.rels"] = relationships(rId1=("pivotCacheDefinition", f"/{cache}"))
    rels = parts["xl/_rels/workbook.xml.rels"]
    to_cache = f'<Relationship Id="rId50" Type="{DOCUMENT}/pivotCacheDefinition" Target="/{cache}"/>'
    parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", f"{to_cache}</Relationships>")
    caches = '<pivotCaches><pivotCache cacheId="1" r:id="rId50"/></pivotCaches>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("</sheets>", f"</sheets>{caches}")
    kinds = ((pivot, "pivotTable"), (cache, "pivotCacheDefinition"))
    types = "".join(f'<Override PartName="/{part}" ContentType="{MIME}.{kind}+xml"/>' for part, kind in kinds)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", f"{types}</Types>")
    return package(path, parts)
