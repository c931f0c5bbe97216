"""A workbook's parts where every engine looks for them, and without what an engine does otherwise than recalculate.

Pivot tables are laid out anew by LibreOffice as it loads them, over cells that the file has otherwise: they are left
out. So are conditional formats, on which no value depends, and which take IronCalc as long as all formulas. IronCalc
finds nothing but in the places that Excel uses, and needs lists of styles that a workbook may lack.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from xlsgd.reading.package import CONTENT_TYPES, WORKBOOK, parse_part, relationships, sheet_parts, workbook_part
from xlsgd.reading.part_names import relationships_part, target_of
from xlsgd.reading.trees import without_element

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = "xl/styles.xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
STYLES_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
PLACES = {"styles": STYLES, "sharedStrings": "xl/sharedStrings.xml", "theme": "xl/theme/theme1.xml"}
PIVOT = ("pivotTable", "pivotCacheDefinition", "pivotCacheRecords")
PIVOT_CACHES = "pivotCaches"
NEEDED_STYLES = {
    "numFmts": "",
    "fonts": '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>',
    "fills": '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>',
    "borders": '<borders count="1"><border/></borders>',
    "cellStyleXfs": '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
    "cellXfs": '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>',
    "cellStyles": '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
}
"""The lists of styles in the order in which they stand, each with what stands for it where there is none."""


FORMATS, END_OF_FORMATS = b"<conditionalFormatting", b"</conditionalFormatting>"


def without_conditional_formats(rows: bytes) -> bytes:
    """Return rows of a sheet and what follows without conditional formats, if they are as most programs write them.

    >>> without_conditional_formats(b'</row><conditionalFormatting sqref="A1">1</conditionalFormatting><pageMargins/>')
    b'</row><pageMargins/>'
    """
    if FORMATS not in rows or b"<!" in rows:
        return rows
    before, *parts = rows.split(FORMATS)
    behind = [part.partition(END_OF_FORMATS) for part in parts]
    return b"".join((before, *(rest for _, _, rest in behind))) if all(end for _, end, _ in behind) else rows


class PlainPackage:
    """What becomes of the parts of an open workbook in the copy that engines read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._workbook = workbook_part(archive)
        self._places = {self._workbook: WORKBOOK}
        for number, part in enumerate(sheet_parts(archive).values(), start=1):
            if not part.startswith("xl/worksheets/"):
                self._places[part] = f"xl/worksheets/xlsgd{number}.xml"
        related = dict(relationships(archive, self._workbook).values())
        self._places |= {related[kind]: place for kind, place in PLACES.items() if kind in related}
        self._styles = related.get("styles", "")
        for part, place in list(self._places.items()):
            self._places[relationships_part(part)] = relationships_part(place)

    def place(self, part: str) -> str:
        """Return the name of a part in the copy."""
        return self._places.get(part, part)

    def others(self) -> Iterator[tuple[str, bytes]]:
        """Yield the parts but for the worksheets, by their names in the copy."""
        sheets = set(sheet_parts(self._archive).values())
        for part in self._archive.namelist():
            if part not in sheets:
                yield self.place(part), self._data(part)
        if not self._styles:
            yield STYLES, _styles_of(None)

    def _data(self, part: str) -> bytes:
        if part.endswith(".rels"):
            return self._relationships(part)
        if part == CONTENT_TYPES:
            return self._content_types()
        if part == self._styles and _lacks_styles(styles := parse_part(self._archive, part)):
            return _styles_of(styles)
        data = self._archive.read(part)
        return without_element(data, PIVOT_CACHES) if part == self._workbook else data

    def _relationships(self, part: str) -> bytes:
        folder, name = posixpath.split(part)
        owner = posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))
        lines = [
            self._relationship(item, owner)
            for item in parse_part(self._archive, part)
            if not item.get("Type", "").endswith(PIVOT)
        ]
        if owner == self._workbook and not self._styles:
            lines.append(f'<Relationship Id="xlsgdStyles" Type="{STYLES_KIND}" Target="{STYLES.removeprefix("xl/")}"/>')
        return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'.encode()

    def _relationship(self, item: ElementTree.Element, owner: str) -> str:
        attributes = dict(item.items())
        if item.get("TargetMode") != "External":
            here = posixpath.dirname(self.place(owner)) or "."
            attributes["Target"] = posixpath.relpath(self.place(target_of(item, owner)), here)
        return f"<Relationship{_spelled(attributes)}/>"

    def _content_types(self) -> bytes:
        lines = []
        for item in parse_part(self._archive, CONTENT_TYPES):
            attributes = dict(item.items())
            if "PartName" in attributes:
                attributes["PartName"] = "/" + self.place(self._as_spelled(attributes["PartName"].lstrip("/")))
            lines.append(f"<{item.tag.rpartition('}')[2]}{_spelled(attributes)}/>")
        if not self._styles:
            lines.append(f'<Override PartName="/{STYLES}" ContentType="{STYLES_TYPE}"/>')
        return f'<Types xmlns="{PACKAGE}/content-types">{"".join(lines)}</Types>'.encode()

    def _as_spelled(self, name: str) -> str:
        same = (part for part in self._archive.namelist() if part.casefold() == name.casefold())
        return next(same, name)


def _spelled(attributes: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())


def _lists(styles: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {item.tag.rpartition("}")[2]: item for item in styles if len(item)}


def _lacks_styles(styles: ElementTree.Element) -> bool:
    return any(default and name not in _lists(styles) for name, default in NEEDED_STYLES.items())


def _styles_of(styles: ElementTree.Element | None) -> bytes:
    """Return styles with a list of each kind."""
    own = {} if styles is None else _lists(styles)
    lists = (
        ElementTree.tostring(own[name], "unicode") if name in own else default
        for name, default in NEEDED_STYLES.items()
    )
    return f'<styleSheet xmlns="{MAIN}">{"".join(lists)}</styleSheet>'.encode()
