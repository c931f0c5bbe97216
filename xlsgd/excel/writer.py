"""Writes filled sheets into an .xlsx file: each formula with its value beside it, the same to the byte every time."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.utility import xl_cell_to_rowcol

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError
from xlsgd.excel.charts import insert_chart
from xlsgd.excel.pictures import set_heights, shade
from xlsgd.excel.rows_xml import StreamedWorksheet, render
from xlsgd.excel.styles import STYLES, Formats
from xlsgd.excel.zip_pieces import Deflater, Piece, put_in
from xlsgd.sheets.description import (
    FOUR_PLACES,
    GENERAL,
    RIGHT_OR_WRONG,
    SCIENTIFIC,
    THOUSANDS,
    TWO_PLACES,
    UNSEEN,
    Chart,
    Choice,
    Place,
    Rows,
    Sheet,
)
from xlsgd.symbols.cells import fixed
from xlsgd.symbols.checked import Number
from xlsgd.symbols.references import column_letters
from xlsgd.symbols.to_excel import LONGEST_FORMULA, longest_row, spell, spell_sheet

CREATED = datetime(2019, 1, 1)
"""A date fixed once, so that a workbook is the same to the byte whenever it is built."""

NARROWEST, WIDEST = 8.43, 60.0
"""Bounds of a column's width in characters: Excel's default, and what still lets a neighbour be seen."""

ROW_PIXELS = 20

SHORT = 20
"""Up to how many characters a label widens its column; a longer one runs over its neighbours."""

MANY_ROWS = 10_000
"""From how many rows on they share formulas and are deflated fast, which another kind of processor may do otherwise."""

ONE_PAGE = 60
"""Up to how many rows a sheet is printed on one page."""

PAGE_COLUMNS = 26
"""From how many columns of rows on a sheet is printed on several pages side by side."""

CHARACTERS_PER_WIDTH = 1.1
"""How much of a column's width, which counts digits, a wrapped text's letters fill on average, with room to spare."""


def write_workbook(
    path: Path,
    sheets: Iterable[Sheet],
    title: str,
    progress: Callable[[int], None] = lambda rows: None,
    project: bytes = b"",
) -> None:
    """Write the sheets into a new file at `path`, which is replaced only when the new one is whole.

    Args:
        path: the file; its folder is made if need be.
        sheets: the sheets, in order.
        title: the workbook's title.
        progress: is told of every some rows written.
        project: the `vbaProject.bin` that holds its macros, if it has any.

    Raises:
        InputError: the folder cannot be written, or the disk is full.
    """
    with replacing(path) as beside:
        try:
            _write(beside, sheets, title, progress, project)
        except XlsxWriterException as error:
            raise InputError(f"{path}: cannot be written: {error}") from error


def _write(path: Path, sheets: Iterable[Sheet], title: str, progress: Callable[[int], None], project: bytes) -> None:
    skeleton = path.with_name(f"skeleton{path.suffix}")
    book = xlsxwriter.Workbook(str(skeleton), {"tmpdir": str(path.parent)})
    book.set_properties({"title": title, "comments": "Written by xlsgd", "created": CREATED})
    if project:
        book.add_vba_project(BytesIO(project), is_stream=True)
    formats = Formats(book)
    pieces = {}
    with ExitStack() as files:
        for index, sheet in enumerate(sheets):
            worksheet = book.add_worksheet(sheet.name, worksheet_class=StreamedWorksheet)
            widths = dict(sheet.widths)
            for place in sheet.places:
                assert not (sheet.rows and sheet.rows.holds(place.address)), f"{sheet.name}!{place.address}"
                _write_place(worksheet, place, formats, widths)
            if sheet.rows:
                _check_lengths(sheet.name, sheet.rows)
                mark = f"<!--rows-{index}-->"
                file = files.enter_context((path.parent / f"rows{index}").open("w+b"))
                pieces[mark] = _stream_rows(worksheet, sheet.rows, formats, widths, mark, file, progress)
            _finish(book, worksheet, sheet, widths)
        book.close()
        put_in(skeleton, pieces, path)


def _check_lengths(name: str, rows: Rows) -> None:
    """Raise an InputError if a column's formula is too long to be read."""
    for column in rows.columns:
        formula = "" if column.formula is None else f"={spell(column.formula, longest_row)}"
        if len(formula) > LONGEST_FORMULA:
            raise InputError(
                f"sheet {name}: the formula of column {column.letter} takes {len(formula):,} characters, and a "
                f"spreadsheet {LONGEST_FORMULA:,} at most; give its parts columns of their own by named()"
            )


def _write_place(sheet: Any, place: Place, formats: Formats, widths: dict[str, float]) -> None:
    format = formats.get(place.format, place.style)
    letter = place.address.rstrip("0123456789")
    if place.text:
        sheet.write_string(place.address, place.text, format)
        if place.style in ("heading", "note") and len(place.text) <= SHORT:
            _widen(widths, letter, len(place.text))
        if "text_wrap" in STYLES[place.style]:
            lines = -(-len(place.text) // int(widths[letter] * CHARACTERS_PER_WIDTH))
            sheet.set_row_pixels(int(place.address[len(letter) :]) - 1, lines * ROW_PIXELS)
        return
    value = place.value
    if place.formula is not None:
        sheet.write_formula(place.address, f"={spell(place.formula)}", format, value)
    elif isinstance(value, str):
        sheet.write_formula(place.address, f"={value}", format, value)
    else:
        sheet.write_number(place.address, value, format)
    _widen(widths, letter, shown_length(value, place.format))


def _stream_rows(
    sheet: StreamedWorksheet,
    rows: Rows,
    formats: Formats,
    widths: dict[str, float],
    mark: str,
    file: IO[bytes],
    progress: Callable[[int], None],
) -> Piece:
    """Render the rows into a piece that will stand in place of the mark."""
    styles = [formats.index(column.format) for column in rows.columns]
    many = rows.n * rows.passes >= MANY_ROWS
    out = Deflater(file, fast=many)
    extremes = render(rows, styles, out, progress, share=many)
    sheet.leave_room(rows, mark)
    for column, values in zip(rows.columns, extremes, strict=True):
        for value in values:
            _widen(widths, column.letter, shown_length(value, column.format))
    return out.finish()


def shown_length(value: Number | str, number_format: str) -> int:
    """Return how many characters a number takes as the sheet shows it; General is cut to what a column holds."""
    if isinstance(value, str):
        return len(value)
    if number_format in (UNSEEN, RIGHT_OR_WRONG):
        return 0 if number_format == UNSEEN else len("right")
    spellings = {THOUSANDS: ",.2f", TWO_PLACES: ".2f", FOUR_PLACES: ".4f", SCIENTIFIC: ".2e", GENERAL: ".10g"}
    return len(format(value, spellings[number_format])) + (number_format == GENERAL)


def _widen(widths: dict[str, float], letter: str, characters: int) -> None:
    if characters:
        widths[letter] = max(widths.get(letter, NARROWEST), min(characters + 1.5, WIDEST))


def _finish(book: xlsxwriter.Workbook, worksheet: Any, sheet: Sheet, widths: Mapping[str, float]) -> None:
    for letter, width in widths.items():
        worksheet.set_column(f"{letter}:{letter}", width)
    set_heights(worksheet, sheet.heights)
    if sheet.zoom != 100:
        worksheet.set_zoom(sheet.zoom)
    prefix = spell_sheet(sheet.name)
    for name, cells in sheet.names.items():
        book.define_name(f"{prefix}{name}", f"={prefix}{spell(fixed(cells))}")
    if sheet.freeze:
        worksheet.freeze_panes(sheet.freeze)
    for chart in sheet.charts:
        insert_chart(book, worksheet, chart, _width_of(chart, widths), ROW_PIXELS)
    for choice in sheet.choices:
        _ask(worksheet, choice)
    for each in sheet.shades:
        shade(worksheet, each)
    for button in sheet.buttons:
        worksheet.insert_button(button.address, {"caption": button.caption, "macro": button.macro})
    if sheet.hide_missing:
        unseen = book.add_format({"font_color": "#FFFFFF"})
        worksheet.conditional_format(sheet.hide_missing, {"type": "errors", "format": unseen})
    worksheet.set_landscape()
    worksheet.print_row_col_headers()
    small = sheet.rows is None or sheet.rows.last <= ONE_PAGE
    columns = len(sheet.rows.columns) if sheet.rows else 0
    worksheet.fit_to_pages(1 + columns // PAGE_COLUMNS, 1 if small else 0)
    if sheet.printed and small:
        worksheet.print_area(sheet.printed)


def _width_of(chart: Chart, widths: Mapping[str, float]) -> int:
    """Return the width of the chart's columns together, in pixels."""
    _, left = xl_cell_to_rowcol(chart.top_left)
    letters = [column_letters(left + i) for i in range(1, chart.columns_wide + 1)]
    return sum(int(widths.get(letter, NARROWEST) * 7 + 5) for letter in letters)


def _ask(worksheet: Any, choice: Choice) -> None:
    error = f"a whole number from {choice.least} to {choice.greatest}"
    worksheet.data_validation(
        choice.address,
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": choice.least,
            "maximum": choice.greatest,
            "input_title": choice.title,
            "input_message": choice.note,
            "error_title": choice.title,
            "error_message": f"Type {error}.",
        },
    )
