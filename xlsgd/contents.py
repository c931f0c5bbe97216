"""What a workbook holds beside its cells: number formats, names, frozen panes and charts."""

import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS

from xlsgd.grammar import canonical
from xlsgd.package import parse_part, relationships, sheet_parts
from xlsgd.references import address, relative
from xlsgd.streams import Target, parse, read_strings

WORKBOOK = "xl/workbook.xml"


class Chart(NamedTuple):
    """A chart: the cell of its upper left corner, its plot types, title, and each series' references."""

    anchor: str
    types: tuple[str, ...]
    title: str
    series: tuple[str, ...]


class Name(NamedTuple):
    """A defined name's formula; a hidden one is another program's memory, not the author's."""

    text: str
    hidden: bool


class Book(NamedTuple):
    """An open workbook: its worksheets' parts, shared strings, number formats by style, and names by scope."""

    archive: zipfile.ZipFile
    sheets: dict[str, str]
    strings: list[str]
    formats: list[str]
    names: dict[tuple[str, str], Name]

    def format(self, style: int) -> str:
        """Return the number format of a cell style."""
        return self.formats[style] if 0 <= style < len(self.formats) else "General"


def read_book(archive: zipfile.ZipFile) -> Book:
    """Read what every worksheet of the workbook needs.

    Raises:
        InputError: a part is missing or damaged.
    """
    related = dict(relationships(archive, WORKBOOK).values())
    strings = read_strings(archive, related["sharedStrings"]) if "sharedStrings" in related else []
    formats = number_formats(parse_part(archive, related["styles"])) if "styles" in related else []
    return Book(archive, sheet_parts(archive), strings, formats, defined_names(parse_part(archive, WORKBOOK)))


def number_formats(styles: ElementTree.Element) -> list[str]:
    """Return the number format of each cell style, in the order that cells refer to them (section 18.8)."""
    own = {item.get("numFmtId"): item.get("formatCode", "") for item in styles.iterfind("{*}numFmts/{*}numFmt")}
    builtin = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    known = builtin | own
    codes = [known.get(item.get("numFmtId"), "General") for item in styles.iterfind("{*}cellXfs/{*}xf")]
    return ["General" if code.casefold() == "general" else code for code in codes]


def defined_names(workbook: ElementTree.Element) -> dict[tuple[str, str], Name]:
    """Return the defined names by their sheet (empty for the whole workbook's) and their name, in capitals."""
    sheets = [sheet.get("name", "") for sheet in workbook.iterfind("{*}sheets/{*}sheet")]
    found = {}
    for item in workbook.iterfind("{*}definedNames/{*}definedName"):
        index = item.get("localSheetId", "")
        scope = sheets[int(index)] if index.isdecimal() and int(index) < len(sheets) else ""
        hidden = item.get("hidden") in ("1", "true")
        found[scope, item.get("name", "").upper()] = Name(item.text or "", hidden)
    return found


def frozen_pane(archive: zipfile.ZipFile, part: str) -> str:
    """Return the cell below and right of a worksheet's frozen panes, or nothing where none is frozen.

    Raises:
        InputError: the part is damaged.
    """
    view = _View("pane", "sheetData")
    for _ in parse(archive, part, view):
        if view.is_over:
            break
    return view.frozen


class _View(Target):
    frozen = ""
    is_over = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self.tags.get(name)
        if tag == "pane" and attributes.get("state", "").startswith("frozen") and not self.frozen:
            down, across = (int(float(attributes.get(side, 0))) for side in ("ySplit", "xSplit"))
            self.frozen = address(down + 1, across + 1)
        elif tag == "sheetData":
            self.is_over = True

    def end(self, name: str) -> None:
        """Nothing ends here that matters."""


def charts(archive: zipfile.ZipFile, sheet_part: str) -> list[Chart]:
    """Return the charts drawn on a worksheet, in the order they were placed.

    Raises:
        InputError: a part is missing or damaged.
    """
    drawings = [part for kind, part in relationships(archive, sheet_part).values() if kind == "drawing"]
    return [chart for drawing in drawings for chart in _drawn(archive, drawing)]


def _drawn(archive: zipfile.ZipFile, drawing: str) -> Iterator[Chart]:
    related = relationships(archive, drawing)
    for anchor in parse_part(archive, drawing):
        row, column = anchor.findtext("{*}from/{*}row", "0"), anchor.findtext("{*}from/{*}col", "0")
        corner = address(int(row) + 1, int(column) + 1) if row.isdecimal() and column.isdecimal() else ""
        for frame in anchor.iterfind(".//{*}graphicData/{*}chart"):
            references = (related.get(value, ("", "")) for key, value in frame.items() if key.endswith("}id"))
            for kind, part in references:
                if kind == "chart":
                    yield _chart(corner, parse_part(archive, part))
                elif kind:
                    yield Chart(corner, (kind,), "", ())


def _chart(anchor: str, root: ElementTree.Element) -> Chart:
    """Read a chart (section 21.2)."""
    plots = [plot for plot in root.iterfind(".//{*}plotArea/*") if plot.tag.endswith("Chart")]
    series = [item for plot in plots for item in plot.iterfind("{*}ser")]
    return Chart(anchor, tuple(map(_type, plots)), _title(root.find("{*}chart/{*}title")), tuple(map(_series, series)))


def _type(plot: ElementTree.Element) -> str:
    direction = plot.find("{*}barDir")
    suffix = "" if direction is None else f" ({direction.get('val', 'col')})"
    return plot.tag.rpartition("}")[2].removesuffix("Chart") + suffix


def _title(title: ElementTree.Element | None) -> str:
    if title is None:
        return ""
    if reference := title.findtext("{*}tx/{*}strRef/{*}f"):
        return f"={_shown(reference)}"
    return "".join(piece.text or "" for piece in title.iterfind("{*}tx/{*}rich//{*}t"))


def _series(series: ElementTree.Element) -> str:
    """Return a series as its parts' references; literal data counts as none, a literal name is quoted."""
    parts = []
    for label, tag in (("name", "tx"), ("x", "cat"), ("x", "xVal"), ("y", "val"), ("y", "yVal")):
        if reference := series.findtext(f"{{*}}{tag}//{{*}}f"):
            parts.append(f"{label}={_shown(reference)}")
        elif literal := series.findtext(f"{{*}}{tag}/{{*}}v"):
            parts.append(f'{label}="{literal}"')
    return " ".join(parts)


def _shown(reference: str) -> str:
    """Return a chart's reference in one spelling: without needless quotes and parentheses, in capitals."""
    return canonical(relative(reference, 1, 1))
