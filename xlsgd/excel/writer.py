"""Writes filled sheets into an .xlsx file: each formula with its value beside it, the same to the byte every time."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError
from xlsgd.excel.charts import insert_chart
from xlsgd.excel.notes import tell
from xlsgd.excel.paper import set_up_page
from xlsgd.excel.pictures import colour, set_heights, shade
from xlsgd.excel.readable import keep_readable
from xlsgd.excel.rows_xml import StreamedWorksheet, render
from xlsgd.excel.styles import FONT, Formats
from xlsgd.excel.widths import Widths, lines_of
from xlsgd.excel.zip_pieces import Deflater, Piece, put_in
from xlsgd.sheets.description import Choice, Place, Rows, Sheet
from xlsgd.symbols.cells import fixed
from xlsgd.symbols.to_excel import LONGEST_FORMULA, TOO_LONG, longest_row, spell, spell_sheet

CREATED = datetime(2019, 1, 1)
"""A date fixed once, so that a workbook is the same to the byte whenever it is built."""

ROW_PIXELS = 20

MANY_ROWS = 10_000
"""From how many rows on they share formulas and are deflated fast, the few others not alike on every processor."""


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
    book = xlsxwriter.Workbook(str(skeleton), {"tmpdir": str(path.parent), "default_format_properties": dict(FONT)})
    book.set_properties({"title": title, "comments": "Written by xlsgd", "created": CREATED})
    if project:
        book.add_vba_project(BytesIO(project), is_stream=True)
    formats = Formats(book)
    pieces = {}
    with ExitStack() as files:
        for index, sheet in enumerate(sheets):
            worksheet = book.add_worksheet(sheet.name, worksheet_class=StreamedWorksheet)
            widths = Widths(sheet.widths)
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
                f"sheet {name}: the formula of column {column.letter} takes {len(formula):,} characters{TOO_LONG}"
            )


def _write_place(sheet: Any, place: Place, formats: Formats, widths: Widths) -> None:
    format = formats.get(place.format, place.look)
    letter = place.address.rstrip("0123456789")
    if place.hint:
        tell(sheet, place.address, place.hint)
    if place.text:
        if place.link:
            sheet.write_url(place.address, f"internal:{spell_sheet(place.link)}A1", format, place.text)
        else:
            sheet.write_string(place.address, place.text, format)
        widths.hold_text(letter, place)
        if lines := lines_of(place, widths, letter):
            sheet.set_row_pixels(int(place.address[len(letter) :]) - 1, lines * ROW_PIXELS)
        return
    value = place.value
    if place.formula is not None:
        sheet.write_formula(place.address, f"={spell(place.formula)}", format, value)
    elif value == "":
        sheet.write_blank(place.address, None, format)
    elif isinstance(value, str):
        sheet.write_formula(place.address, f"={value}", format, value)
    else:
        sheet.write_number(place.address, value, format)
    widths.hold(letter, value, place.format, place.formula is None)


def _stream_rows(
    sheet: StreamedWorksheet,
    rows: Rows,
    formats: Formats,
    widths: Widths,
    mark: str,
    file: IO[bytes],
    progress: Callable[[int], None],
) -> Piece:
    """Render the rows into a piece that will stand in place of the mark."""
    styles = [formats.index(column.format, column.look) for column in rows.columns]
    many = rows.n * rows.passes >= MANY_ROWS
    out = _deflater_of_rows(file) if many else Deflater(file)
    extremes = render(rows, styles, out, progress, share=many)
    sheet.leave_room(rows, mark)
    for column, values in zip(rows.columns, extremes, strict=True):
        for value in values:
            widths.hold(column.letter, value, column.format, column.formula is None)
    return out.finish()


def _deflater_of_rows(file: IO[bytes]) -> Deflater:
    from xlsgd.excel.row_deflater import RowDeflater  # imports NumPy, which a small workbook does without

    return RowDeflater(file)


def _finish(book: xlsxwriter.Workbook, worksheet: Any, sheet: Sheet, widths: Widths) -> None:
    for letter, width in widths.items():
        worksheet.set_column(f"{letter}:{letter}", width)
    set_heights(worksheet, sheet.heights)
    if sheet.zoom != 100:
        worksheet.set_zoom(sheet.zoom)
    if sheet.hidden:
        worksheet.hide()
    prefix = spell_sheet(sheet.name)
    for name, cells in sheet.names.items():
        book.define_name(f"{prefix}{name}", f"={prefix}{spell(fixed(cells))}")
    if sheet.freeze:
        worksheet.freeze_panes(sheet.freeze)
    for chart in sheet.charts:
        left = chart.top_left.rstrip("0123456789")
        insert_chart(book, worksheet, chart, widths.span(left, chart.columns_wide), ROW_PIXELS)
    for choice in sheet.choices:
        _ask(worksheet, choice)
    for each in sheet.shades:
        shade(worksheet, each)
    for verdicts in sheet.verdicts:
        colour(book, worksheet, verdicts)
    for button in sheet.buttons:
        wide = widths.pixels(button.address.rstrip("0123456789"))
        worksheet.insert_button(button.address, {"caption": button.caption, "macro": button.macro, "width": wide})
    if sheet.hide_missing:
        unseen = book.add_format({"font_color": "#FFFFFF"})
        worksheet.conditional_format(sheet.hide_missing, {"type": "errors", "format": unseen})
    keep_readable(book, worksheet, sheet)
    set_up_page(worksheet, sheet, widths)


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
