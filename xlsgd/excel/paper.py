"""How a sheet is printed: on A4, one page across, its headings on every page, its name and the page below."""

from typing import Any

from xlsgd.excel.pictures import EVERY_ROW
from xlsgd.excel.widths import Widths, is_wrapped, lines_of
from xlsgd.sheets.description import Sheet
from xlsgd.symbols.references import column_letters, column_number, letters_and_row

A4 = 9
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.45, "bottom": 0.6}
FOOTER = "&L&8&F, sheet &A&R&8page &P of &N"

ROW = 20
"""The usual height of a row, in pixels."""

ONE_PAGE = 60 * ROW
"""Up to how many pixels a sheet is printed on one page; a longer one on as many as it takes."""

WIDEST = 2400
"""How many pixels of a sheet are printed across at most, so that a page can be read."""

PAGE = 1020, 680
"""The width and the height of a page in pixels, at full size."""


def set_up_page(worksheet: Any, sheet: Sheet, widths: Widths) -> None:
    """Set up a sheet's pages."""
    worksheet.set_paper(A4)
    worksheet.set_landscape()
    worksheet.set_margins(**MARGINS)
    worksheet.set_footer(FOOTER, {"margin": 0.3})
    worksheet.print_row_col_headers()
    if sheet.repeated:
        first, last = sheet.repeated
        worksheet.repeat_rows(first - 1, last - 1)
    right, bottom = _ends(sheet)
    if sheet.printed:
        letter, row = letters_and_row(sheet.printed.partition(":")[2])
        right, bottom = column_number(letter), row
    shown = _fitting(right, widths)
    if sheet.first_page:
        bottom = min(bottom, max(PAGE[1], widths.span("A", shown) * PAGE[1] // PAGE[0]) // ROW)
    if (sheet.first_page or sheet.printed or shown < right) and not sheet.hidden:  # one with an area is printed
        worksheet.print_area(f"A1:{column_letters(shown)}{bottom}")
    worksheet.fit_to_pages(1, 0 if _high(sheet, bottom, widths) > ONE_PAGE else 1)


def _ends(sheet: Sheet) -> tuple[int, int]:
    """Return the last column and the last row that hold something, or are covered by a chart."""
    cells = [(column_number(c), row) for c, row in map(letters_and_row, (place.address for place in sheet.places))]
    for chart in sheet.charts:
        letter, row = letters_and_row(chart.top_left)
        cells.append((column_number(letter) + chart.columns_wide - 1, row + chart.rows_high - 1))
    if sheet.rows:
        cells.append((column_number(sheet.rows.columns[-1].letter), sheet.rows.last))
    columns, rows = zip(*cells, strict=True)
    return max(columns), max(rows)


def _fitting(right: int, widths: Widths) -> int:
    """Return how many columns up to the last one fit on a page that can be read."""
    used = 0
    for column in range(1, right + 1):
        used += widths.pixels(column_letters(column))
        if used > WIDEST:
            return max(1, column - 1)
    return right


def _high(sheet: Sheet, bottom: int, widths: Widths) -> int:
    """Return how high the rows are together, in pixels."""
    usual = sheet.heights.get(EVERY_ROW, ROW)
    heights = {row: height for row, height in sheet.heights.items() if row != EVERY_ROW}
    for place in sheet.places:
        if not is_wrapped(place):
            continue
        letter, row = letters_and_row(place.address)
        if lines := lines_of(place, widths, letter):
            heights[row] = lines * ROW  # of several texts in a row the last one counts, as where it is written
    return bottom * usual + sum(height - usual for height in heights.values())
