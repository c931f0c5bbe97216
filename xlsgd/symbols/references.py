"""References between cells: A1 notation as in files, and R1C1 notation, in which a copied formula stays the same."""

import re
from functools import lru_cache

MAX_ROW, MAX_COLUMN = 2**20, 2**14

SKIPPED = r""" "(?:[^"]|"")*+" | '(?:[^']|'')*+' | \[(?:[^\[\]]|\[[^\[\]]*+\])*+\] """
"""What holds no reference: a string, a quoted sheet name, a table's column."""

A1 = re.compile(
    rf"""{SKIPPED}
    | (?<![\w.$\\]) (?:
        (?P<column>\$?[A-Za-z]{{1,3}}) (?P<row>\$?[0-9]{{1,7}}) (?![\w.(!\\])
      | (?P<columns>\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}) (?![\w.(!\\$])
      | (?P<rows>\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}}) (?![\w.!\\$])
      )""",
    re.VERBOSE,
)
WORD = re.compile(r"(?![rR]?[0-9]*[cC]?[0-9]*$)[A-Za-z_][A-Za-z0-9_.]*")
ADDRESS = re.compile(r"[A-Za-z]{1,3}[0-9]+")
DIGITS = "0123456789"
AXIS = r"(?:[0-9]{1,7}|\[-?[0-9]{1,7}\])"
R1C1 = re.compile(
    rf""" "(?:[^"]|"")*+" | '(?:[^']|'')*+' | (?<![\w.\\]) (?=[RC])(R{AXIS})?(C{AXIS})? (?![\w.(!\\])""", re.VERBOSE
)

LIKE_R1C1 = re.compile(
    rf""" "(?:[^"]|"")*+" | '(?:[^']|'')*+' | (?<![\w.\\]) (R{AXIS}C{AXIS} | [RC]\[-?[0-9]{{1,7}}\]) (?![\w.(!\\])""",
    re.VERBOSE | re.IGNORECASE,
)
LETTERS_OF_ROWS = frozenset("Rr")


def is_name(text: str) -> bool:
    """Return whether a sheet may have a name of that spelling: a word that is no cell's address in any notation.

    >>> [name for name in ("lr", "beta1", "b1", "R", "r1c1", "w1_2", "2x", "") if is_name(name)]
    ['lr', 'beta1', 'w1_2']
    """
    return bool(WORD.fullmatch(text)) and not (
        ADDRESS.fullmatch(text) and column_number(text.rstrip(DIGITS)) <= MAX_COLUMN
    )


def address(row: int, column: int) -> str:
    """Return the A1 address of a cell, both numbers counted from 1.

    >>> address(4, 28)
    'AB4'
    """
    return f"{column_letters(column)}{row}"


def letters_and_row(place: str) -> tuple[str, int]:
    """Return a cell's column and row from its A1 address.

    >>> letters_and_row("AB4")
    ('AB', 4)
    """
    letters = place.rstrip(DIGITS)
    return letters, int(place[len(letters) :])


@lru_cache(maxsize=MAX_COLUMN)
def column_letters(column: int) -> str:
    """Return the letters of a column, counted from 1."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """Return the number of a column, counted from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@lru_cache(maxsize=256)
def relative(formula: str, row: int, column: int) -> str:
    """Rewrite the references of the formula in cell (row, column), both from 1, as offsets from that cell.

    >>> relative("C4+$D$4*A3", 4, 3)
    'R[0]C[0]+R4C4*R[-1]C[-2]'
    """

    def rewrite(match: re.Match[str]) -> str:
        if match.lastgroup is None:
            return match.group()
        across, down, columns, rows = match.group("column", "row", "columns", "rows")
        if across:
            corners = [_corner(down, across, row, column)]
        elif columns:
            corners = [_corner("", letters, row, column) for letters in columns.split(":")]
        else:
            corners = [_corner(digits, "", row, column) for digits in rows.split(":")]
        return ":".join(corners) if all(corners) else match.group()

    return A1.sub(rewrite, formula)


def spelled_as_relative(formula: str) -> list[str]:
    """Return what stands in a formula in A1 notation as if `relative` had written it, where it is no reference.

    >>> spelled_as_relative('R4C4+$D$4+"R4C4"+RC+r[1]')
    ['R4C4', 'r[1]']
    """
    if "[" not in formula and LETTERS_OF_ROWS.isdisjoint(formula):
        return []
    return [word for word in LIKE_R1C1.findall(formula) if word]


def absolute(formula: str, row: int, column: int) -> str:
    """Spell a formula of `relative` for the cell (row, column), as Excel shows it there.

    >>> absolute("R[0]C[0]+R4C4*R[-1]C[-2]", 5, 3)
    'C5+$D$4*A4'
    """

    def spell(match: re.Match[str]) -> str:
        down, across = match.groups()
        letters = f"{_dollar(across)}{column_letters(place(across, column, MAX_COLUMN))}" if across else ""
        number = f"{_dollar(down)}{place(down, row, MAX_ROW)}" if down else ""
        return letters + number or match.group()

    return R1C1.sub(spell, formula)


def place(axis: str, origin: int, last: int) -> int:
    """Return where an axis like `R[-1]` or `C3` points from `origin`; an offset wraps at the sheet's edge, as in Excel.

    >>> place("R[-1]", 5, MAX_ROW), place("R[-1]", 1, MAX_ROW), place("R7", 5, MAX_ROW)
    (4, 1048576, 7)
    """
    return (origin + int(axis[2:-1]) - 1) % last + 1 if "[" in axis else int(axis[1:])


def _corner(down: str, across: str, row: int, column: int) -> str:
    """Return one corner in R1C1 notation, or nothing where no sheet has such a row or column."""
    i, j = int(down.lstrip("$") or 1), column_number(across.lstrip("$"))
    if not 1 <= i <= MAX_ROW or j > MAX_COLUMN:
        return ""
    return _axis("R", down, i, row) + _axis("C", across, j, column)


def _axis(name: str, written: str, number: int, origin: int) -> str:
    if not written:
        return ""
    return f"{name}{number}" if written.startswith("$") else f"{name}[{number - origin}]"


def _dollar(axis: str) -> str:
    return "" if "[" in axis else "$"
