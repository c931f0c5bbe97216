"""What a heading tells when one points at it: its column's equation in the sheet's own words, and where it comes from.

The equation is the formula of the first cell below, in which what a reference stands for is called by its heading.
"""

from xlsgd.sheets.description import INPUT, Column, Place, Rows, Sheet
from xlsgd.sheets.glossary import meaning
from xlsgd.symbols.cells import Reference, RowOf
from xlsgd.symbols.expression import Expression, defined_name, in_order, replaced
from xlsgd.symbols.references import address, column_letters, letters_and_row
from xlsgd.symbols.to_excel import spell

HEADING_STYLES = ("heading", "note right", "bold indented")
HIGH = 3
"""Over how many rows a heading may stand above the first cell of its column."""

LONGEST = 300
"""How many characters an equation has at most; the rest of it is left out."""


def hinted(sheet: Sheet) -> Sheet:
    """Return a sheet of which each heading has a hint."""
    words = _Words(sheet)
    return sheet._replace(places=tuple(_hinted(place, words) for place in sheet.places))


def _hinted(place: Place, words: "_Words") -> Place:
    if not place.text or place.style not in HEADING_STYLES or place.hint:
        return place
    told = (words.equation(place), meaning(place.text) or words.role(place), words.sheet.source)
    return place._replace(hint="\n".join(filter(None, told)))


class _Words:
    """What a sheet's cells are called."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.places = {place.address: place for place in sheet.places}
        self.columns = {column.letter: column for column in sheet.rows.columns} if sheet.rows else {}
        self.headings: dict[str, list[tuple[int, str]]] = {}
        for place in sheet.places:
            if place.text and place.style in HEADING_STYLES:
                letter, row = letters_and_row(place.address)
                self.headings.setdefault(letter, []).append((row, place.text))

    def equation(self, heading: Place) -> str:
        """Return the equation of what stands below a heading: nothing if that is a number, or is not found."""
        letter, row = letters_and_row(heading.address)
        rows = self.sheet.rows
        if rows and letter in self.columns and rows.first - HIGH <= row < rows.first:
            return self._of_column(heading.text, self.columns[letter], rows)
        cell = self._below(letter, row)
        if cell is None or cell.formula is None:
            return ""
        return f"{heading.text} = {self._spelled(cell.formula, letters_and_row(cell.address)[1], rows)}"

    def role(self, heading: Place) -> str:
        """Return what to say of a heading that nothing else is known of: that a number to change stands below it."""
        letter, row = letters_and_row(heading.address)
        column, cell = self.columns.get(letter), self._below(letter, row)
        look = cell.look if cell else column.look if column else ""
        return "A number that one may change." if look == INPUT else ""

    def _below(self, letter: str, row: int) -> Place | None:
        """Return the first cell below a heading that is no text."""
        below = (self.places.get(f"{letter}{row + i}") for i in range(1, HIGH + 1))
        return next((each for each in below if each and not each.text), None)

    def _of_column(self, heading: str, column: Column, rows: Rows) -> str:
        if column.formula is None:
            return ""
        formulas = (column.formula, column.formula if column.first is None else column.first)
        every, first = (self._spelled(formula, rows.first, rows) for formula in formulas)
        return f"{heading} = {every}" + (f"\nin the first row: {first}" if first != every else "")

    def _spelled(self, formula: Expression, row: int, rows: Rows | None) -> str:
        """Return a formula in words, of a cell in a row."""
        inside = {end for part in in_order([formula]) if part.op == "range" for end in part.args}
        references = (part for part in in_order([formula]) if part.op == "reference" and part not in inside)
        names = {part: self._called(part.args[0], row, rows) for part in references}
        known = {part: defined_name(_bracketed(name)) for part, name in names.items() if name}
        text = spell(replaced(formula, known), lambda reference: str(_row(reference, row, rows)))
        return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."

    def _called(self, cell: Reference, row: int, rows: Rows | None) -> str:
        """Return what a cell is called; nothing where it has no name."""
        if cell.sheet:
            return ""
        letter, at_row = column_letters(cell.column), _row(cell, row, rows)
        if cell.row_of is RowOf.PASS:
            return f"{self._head(letter, at_row)} of the pass"
        if at_row in (row, row - 1) and not cell.fixed_row:
            head = self._head(letter, row)
            return f"{head} above" if head and at_row < row else head
        held = self.places.get(address(at_row, cell.column))
        return held.key if held and isinstance(held.key, str) else ""

    def _head(self, letter: str, row: int) -> str:
        """Return the nearest heading above a cell."""
        above = [heading for heading in self.headings.get(letter, ()) if heading[0] < row]
        return max(above)[1] if above else ""


def _row(cell: Reference, row: int, rows: Rows | None) -> int:
    """Return the row of a reference in a formula of a cell in a row."""
    starts = {RowOf.HERE: row, RowOf.PASS: rows.start if rows else 0, RowOf.POINT: rows.points if rows else 0}
    return cell.row + starts.get(cell.row_of, 0)


def _bracketed(name: str) -> str:
    return name if name.isidentifier() else f"[{name}]"
