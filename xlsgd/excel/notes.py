"""Notes that a cell shows when one points at it."""

from typing import Any

WIDE, LETTER, LINE, MARGIN = 320, 6.2, 17, 10
"""In pixels: how wide a note is, a letter's width, a line's height, and what is left free."""


def tell(worksheet: Any, address: str, text: str) -> None:
    """Give a cell a note that is as high as its text needs."""
    lines = sum(-(-max(len(line), 1) * LETTER // (WIDE - MARGIN)) for line in text.split("\n"))
    options = {"author": "", "width": WIDE, "height": lines * LINE + 2 * MARGIN, "font_size": 9, "font_name": "Arial"}
    worksheet.write_comment(address, text, options)
