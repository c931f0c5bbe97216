"""How cells look in a workbook."""

from typing import Any

import xlsxwriter

FONT = {"font_name": "Arial", "font_size": 10, "font_scheme": "none"}
"""Of all cells; see `xlsgd.excel.widths`."""

TINT, EDGE = "#FFF2CC", "#D6B656"
"""Of a cell that one may change: its ground, and the line around it."""

INPUT_LOOK = {"bg_color": TINT, "border": 1, "border_color": EDGE}

STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "bold": {"bold": True},
    "top bold": {"bold": True, "valign": "top"},
    "heading": {"bold": True, "align": "right"},
    "title": {"bold": True, "font_size": 14},
    "wrap": {"text_wrap": True, "valign": "top"},
    "input": INPUT_LOOK,
    "blank": {"bg_color": "#DDEBF7", "border": 1, "border_color": "#9DC3E6"},
    "entry": INPUT_LOOK | {"bold": True, "align": "center"},
    "given": {"font_color": "#1F4E9E"},
    "note": {"italic": True, "font_color": "#595959"},
    "shown": {"align": "right"},
    "note shown": {"italic": True, "font_color": "#595959", "align": "right"},
    "note over": {"italic": True, "font_color": "#595959", "indent": 1},
    "note right": {"italic": True, "font_color": "#595959", "align": "right"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "top link": {"font_color": "#0563C1", "underline": 1, "valign": "top"},
    "top link bold": {"font_color": "#0563C1", "underline": 1, "bold": True, "valign": "top"},
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

    def index(self, number_format: str, style: str = "") -> int:
        """Return the place of a number format and a style among the workbook's."""
        made = self.get(number_format, style)
        return int(made._get_xf_index()) if made else 0
