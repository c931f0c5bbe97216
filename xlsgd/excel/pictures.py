"""Cells as pictures: shaded by their numbers, in rows and columns that make them small."""

from collections.abc import Mapping
from typing import Any

from xlsgd.sheets.description import Shade
from xlsgd.sheets.verdicts import Verdicts

RIGHT = {"bg_color": "#C6E9D5", "font_color": "#0B5D3B"}
WRONG = {"bg_color": "#FADBD0", "font_color": "#9C2A00"}

EVERY_ROW = 0
"""The key of the height that all rows have for which there is no other."""


def shade(worksheet: Any, cells: Shade) -> None:
    """Shade cells by a colour scale of two or three colours, the middle one at a number of its own."""
    least, *middle, greatest = cells.colours
    options: dict[str, Any] = {
        "type": "3_color_scale" if middle else "2_color_scale",
        "min_color": least,
        "max_color": greatest,
    }
    if middle:
        options |= {"mid_type": "num", "mid_value": cells.middle, "mid_color": middle[0]}
    if cells.bounds:
        bounds = zip(("min", "max"), cells.bounds, strict=True)
        options |= {
            f"{end}_{what}": given for end, bound in bounds for what, given in (("type", "num"), ("value", bound))
        }
    worksheet.conditional_format(cells.cells, options)


def colour(book: Any, worksheet: Any, cells: Verdicts) -> None:
    """Colour cells green where they are right, and red where they are wrong."""
    judged = cells.judged_by
    for is_so, look in ((f"={judged}=0", RIGHT), (f"=ISNUMBER({judged})", WRONG)):
        options = {"type": "formula", "criteria": is_so, "format": book.add_format(look), "stop_if_true": True}
        worksheet.conditional_format(cells.cells, options)


def set_heights(worksheet: Any, heights: Mapping[int, int]) -> None:
    """Set the heights of rows, in pixels; that of row 0 is for all others."""
    if EVERY_ROW in heights:
        worksheet.set_default_row(0.75 * heights[EVERY_ROW])
    for row, height in heights.items():
        if row != EVERY_ROW:
            worksheet.set_row_pixels(row - 1, height)
