"""How cells look in a workbook."""

from typing import Any

import xlsxwriter

STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "bold": {"bold": True, "valign": "top"},
    "heading": {"bold": True, "align": "right"},
    "title": {"bold": True, "font_size": 14},
    "wrap": {"text_wrap": True, "valign": "top"},
    "entry": {"bold": True, "bg_color": "#FFF2CC", "border": 1, "align": "center"},
    "note": {"italic": True, "font_color": "#7F7F7F"},
    "top": {"valign": "top"},
    "top right": {"valign": "top", "align": "right"},
    "bold indented": {"bold": True, "indent": 1},
    "top indented": {"valign": "top", "align": "left", "indent": 1},
    "wrap indented": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
}


class Formats:
    """The workbook's formats, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}

    def get(self, number_format: str, style: str = "") -> Any:
        """Return the format of a number format and a style, or nothing for neither."""
        if not number_format and not style:
            return None
        if (number_format, style) not in self._made:
            properties = STYLES[style] | ({"num_format": number_format} if number_format else {})
            self._made[number_format, style] = self._book.add_format(properties)
        return self._made[number_format, style]

    def index(self, number_format: str) -> int:
        """Return the place of a number format among the workbook's."""
        made = self.get(number_format)
        return int(made._get_xf_index()) if made else 0
