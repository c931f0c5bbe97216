"""How wide texts and numbers are in Arial 10, the font of the cells, and how wide that makes the columns.

Where a program lacks Arial it has a font of the same widths, such as Liberation Sans; so the sheets look alike.
"""

from collections.abc import Mapping

from xlsgd.excel.readable import STAND_INS
from xlsgd.excel.styles import STYLES
from xlsgd.sheets.description import GENERAL, RIGHT_OR_WRONG, Place
from xlsgd.symbols.checked import Number
from xlsgd.symbols.references import column_letters, column_number

PIXELS = {
    3: "'",
    4: " !(),-./:;I[\\]`fijlt|",
    5: "*r{}",
    6: '"',
    8: "+<=>?FLTZ^bdghnopqu~",
    9: "EPSVXY",
    10: "&ABCDGHKNOQRUw",
    11: "M",
    12: "%m",
    13: "@W",
}
"""How wide letters are in bold, which is no less than they are else; all others are as wide as a digit."""

DIGIT, INSET = 7, 5
"""A digit's width, which widths of columns are told in, and what a cell leaves free beside it, in pixels."""

LETTERS = {letter: pixels for pixels, letters in PIXELS.items() for letter in letters}

USUAL = 8.43
"""The width of a column of which nothing is said."""

NUMBER = 9.0
"""The width of a column in which any number has room, in scientific notation if need be."""

SHORT = 20
"""Up to how many characters a label widens its column; a longer one runs over its neighbours."""

ROOM = 6
"""What stays free beside a text, in pixels, so that it does not touch the next one."""


def text_pixels(text: str) -> int:
    """Return how wide a text is, in pixels.

    >>> text_pixels("1,234.50"), text_pixels("learning rate")
    (50, 78)
    """
    return sum(LETTERS.get(letter, DIGIT) for letter in text)


class Widths(dict[str, float]):
    """Widths of columns by their letters, which grow with what is put into them."""

    def widen(self, letter: str, width: float) -> None:
        """Make a column so wide at least."""
        self[letter] = max(self.get(letter, USUAL), width)

    def pixels(self, letter: str) -> int:
        """Return a column's width in pixels."""
        return int(self.get(letter, USUAL) * DIGIT + INSET)

    def span(self, first: str, columns: int) -> int:
        """Return the width of so many columns together, in pixels."""
        left = column_number(first)
        return sum(self.pixels(column_letters(left + i)) for i in range(columns))

    def hold_text(self, letter: str, place: Place) -> None:
        """Make room for a label, if it is a short heading or note."""
        if place.style in ("heading", "note", "note right") and len(place.text) <= SHORT:
            self.widen(letter, (text_pixels(place.text) + ROOM) / DIGIT)

    def hold(self, letter: str, value: Number | str, number_format: str, is_typed: bool) -> None:
        """Make room for a number or a formula's text; where a formula or a format stands, for any number at all."""
        if number_format in STAND_INS and not (is_typed and number_format == GENERAL):
            self.widen(letter, NUMBER)
        elif number_format == RIGHT_OR_WRONG:
            self.widen(letter, USUAL)
        if isinstance(value, str):
            self.widen(letter, (text_pixels(value) + ROOM) / DIGIT)
        elif number_format == GENERAL and is_typed:
            self.widen(letter, min((text_pixels(f"{value:.7g}") + ROOM) / DIGIT, NUMBER))


def is_wrapped(place: Place) -> bool:
    """Return whether a cell's text runs over as many lines as it needs."""
    return "text_wrap" in STYLES[place.style]


def lines_of(place: Place, widths: Mapping[str, float], letter: str) -> int:
    """Return over how many lines a text runs that is wrapped in its cell; of any other, none."""
    if not is_wrapped(place):
        return 0
    room = widths[letter] * DIGIT - ROOM
    lines, used = 1, 0
    for word in place.text.split(" "):
        wide = text_pixels(f" {word}")
        lines, used = (lines, used + wide) if used + wide <= room else (lines + 1, wide)
    return lines
