"""What a workbook holds beside its cells: number formats, names and frozen panes."""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from xlsgd.errors import InputError
from xlsgd.reading.cells import CellValue, read_cells
from xlsgd.reading.package import open_package, parse_part, relationships, sheet_parts, workbook_part
from xlsgd.reading.shared_strings import SharedStrings
from xlsgd.reading.streams import Target, parse
from xlsgd.symbols.references import MAX_COLUMN, MAX_ROW, address

ACCOUNTING = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'
AS_SHOWN = (
    {14: "m/d/yyyy", 22: "m/d/yyyy h:mm", 44: ACCOUNTING, 47: "mm:ss.0"}
    | dict.fromkeys((27, 28, 29, 30, 31, 36), "m/d/yyyy")
    | dict.fromkeys((32, 33, 34, 35), "h:mm:ss")
)
"""Built-in formats that follow the reader's country, as an American Excel shows and LibreOffice saves them, and two
that openpyxl spells otherwise."""


MOST_STYLES, LONGEST_FORMAT = 2**17, 2**11
"""How many cell styles are read, and how long a number format may be; Excel's own limits are 65,490 and 255."""


class Name(NamedTuple):
    """A defined name's formula, and itself as written; a hidden one is another program's memory, not the author's."""

    text: str
    hidden: bool
    written: str


class Settings(NamedTuple):
    """How a workbook is calculated: whether its dates count from 1904, and whether formulas may refer in a circle."""

    date1904: bool = False
    iterates: bool = False


class Book(NamedTuple):
    """An open workbook: its worksheets' parts, shared strings, formats by style, names by scope, and settings."""

    archive: zipfile.ZipFile
    sheets: dict[str, str]
    strings: Sequence[str]
    formats: Callable[[], list[str]]
    names: dict[tuple[str, str], Name]
    settings: Settings

    def format(self, style: int) -> str:
        """Return the number format of a cell style."""
        formats = self.formats()
        return formats[style] if 0 <= style < len(formats) else "General"


def read_book(archive: zipfile.ZipFile) -> Book:
    """Read what every worksheet of the workbook needs.

    Raises:
        InputError: a part is missing or damaged.
    """
    part = workbook_part(archive)
    related = dict(relationships(archive, part).values())
    strings = SharedStrings(archive, related["sharedStrings"]) if "sharedStrings" in related else ()
    styles = parse_part(archive, related["styles"]) if "styles" in related else ElementTree.Element("styleSheet")
    own = _own_formats(styles)
    used = [own.get(number, "") for number in _numbers_of_formats(styles)]
    if len(used) > MOST_STYLES or any(len(code) > LONGEST_FORMAT for code in used):
        raise InputError(f"{archive.filename}: its styles have more or longer number formats than a workbook's")
    formats = cache(partial(number_formats, styles))  # told when they are asked for: openpyxl is slow to import
    workbook = parse_part(archive, part)
    names = defined_names(workbook)
    for key, name in _listed_names(workbook):
        if name.text != names[key].text:
            raise InputError(f"{archive.filename}: the name {name.written!r} is there twice: save it again in Excel")
    return Book(archive, sheet_parts(archive), strings, formats, names, settings_in(workbook))


def number_formats(styles: ElementTree.Element) -> list[str]:
    """Return the number format of each cell style, in the order that cells refer to them (section 18.8)."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    builtin = {str(number): code for number, code in (BUILTIN_FORMATS | AS_SHOWN).items()}
    known = builtin | _own_formats(styles)
    codes = [known.get(number, "General") for number in _numbers_of_formats(styles)]
    return ["General" if code.casefold() == "general" else code for code in codes]


def _own_formats(styles: ElementTree.Element) -> dict[str | None, str]:
    """Return the formats that are a workbook's own, by their numbers."""
    return {item.get("numFmtId"): item.get("formatCode", "") for item in styles.iterfind("{*}numFmts/{*}numFmt")}


def _numbers_of_formats(styles: ElementTree.Element) -> list[str | None]:
    return [item.get("numFmtId") for item in styles.iterfind("{*}cellXfs/{*}xf")]


def defined_names(workbook: ElementTree.Element) -> dict[tuple[str, str], Name]:
    """Return the defined names by their sheet (empty for the whole workbook's) and their name, in capitals."""
    return dict(_listed_names(workbook))


def _listed_names(workbook: ElementTree.Element) -> Iterator[tuple[tuple[str, str], Name]]:
    sheets = {str(i): sheet.get("name", "") for i, sheet in enumerate(workbook.iterfind("{*}sheets/{*}sheet"))}
    for item in workbook.iterfind("{*}definedNames/{*}definedName"):
        scope = sheets.get(item.get("localSheetId", ""), "")
        hidden = item.get("hidden") in ("1", "true")
        written = item.get("name", "")
        yield (scope, written.upper()), Name(item.text or "", hidden, written)


def settings_in(workbook: ElementTree.Element) -> Settings:
    """Return how a workbook is calculated."""
    return Settings(_is_set(workbook, "workbookPr", "date1904"), _is_set(workbook, "calcPr", "iterate"))


def _is_set(workbook: ElementTree.Element, element: str, switch: str) -> bool:
    return any(item.get(switch) in ("1", "true") for item in workbook.iterfind(f"{{*}}{element}"))


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
        self.deepen()
        tag = self.tags.get(name)
        if tag == "pane" and attributes.get("state", "").startswith("frozen") and not self.frozen:
            down, across = (int(float(attributes.get(side, 0))) for side in ("ySplit", "xSplit"))
            if not (0 <= down < MAX_ROW and 0 <= across < MAX_COLUMN):
                raise ValueError(f"panes frozen after row {down} and column {across}")
            self.frozen = address(down + 1, across + 1)
        elif tag == "sheetData":
            self.is_over = True

    def end(self, name: str) -> None:
        self.depth -= 1


def formulas_at(path: Path, sheet: str, cells: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return the formulas of some cells, by row and column from 1, as a spreadsheet shows them there.

    Raises:
        InputError: the file is not a workbook that can be read safely.
    """
    with open_package(path) as archive:
        book = read_book(archive)
        return {
            (cell.row, cell.column): cell.formula.spelled(cell.row, cell.column)
            for cell in read_cells(archive, book.sheets[sheet], book.strings)
            if cell.formula and (cell.row, cell.column) in cells
        }


def calculation_of(path: Path) -> tuple[Settings, dict[tuple[str, str], str]]:
    """Return how a workbook is calculated, and what each defined name refers to.

    The names are told by their sheet (empty for all sheets) and themselves, both in capitals.

    Raises:
        InputError: the file is not a workbook that can be read safely.
    """
    with open_package(path) as archive:
        workbook = parse_part(archive, workbook_part(archive))
        names = {(scope.upper(), name): item.text for (scope, name), item in defined_names(workbook).items()}
        return settings_in(workbook), names


def values_at(path: Path, wanted: Mapping[str, Set[tuple[int, int]]]) -> dict[tuple[str, int, int], CellValue]:
    """Return the values that a workbook holds for some cells, told by their sheet in capitals, row and column from 1.

    Raises:
        InputError: the file is not a workbook that can be read safely.
    """
    with open_package(path) as archive:
        book = read_book(archive)
        return {
            (name.upper(), cell.row, cell.column): cell.value
            for name, part in book.sheets.items()
            if name.upper() in wanted
            for cell in read_cells(archive, part, book.strings)
            if (cell.row, cell.column) in wanted[name.upper()]
        }
