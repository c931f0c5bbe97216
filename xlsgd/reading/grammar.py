"""Formulas as parsed, so that two spellings of one formula are equal and two formulas are not.

Every function here takes a formula that `references.relative` wrote. Precedence is Excel's own: reference operators,
unary minus, `%`, `^` (left-associative), `* /`, `+ -`, `&`, comparisons.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from xlsgd.symbols.references import AXIS, MAX_COLUMN, MAX_ROW, place

VOLATILE = frozenset({"RAND", "RANDBETWEEN", "RANDARRAY", "_XLFN.RANDARRAY", "NOW", "TODAY"})
COMPARISONS = dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), 1)
LEVELS = COMPARISONS | {"&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, "%": 6, " ": 8, ":": 9, "#": 10}
UNARY_LEVEL = 7
CACHED = 256  # a sheet has few different formulas once they are relative
MOST_PARSED = 2**14  # tokens: a formula of Excel's has at most 8,192 characters
TRUTHS = ("TRUE", "FALSE")
"""Functions that are constants, too."""

DELETED = "#REF!"
PREFIXES = ("+", "-", "@")
POSTFIXES = ("%", "#")

BRACKETS = r"\[(?:[^\[\]]|\[[^\[\]]*+\])*+\]"
TOKEN = re.compile(
    rf"""(?P<space>\s+)
    | (?P<string>"(?:[^"]|"")*+")
    | (?P<area>R{AXIS}(?:C{AXIS})?(?![\w.(!\\]) | C{AXIS}(?![\w.(!\\]))
    | (?P<sheet>'(?:[^']|'')*+'! | (?:\[[0-9]++\])?[^\W\d][\w.]*+(?::[\w.]++)?! | \[[0-9]++\]! | \#REF!(?=[RC][\[0-9]))
    | (?P<quoted>'(?:[^']|'')*+')
    | (?P<error>\#(?:DIV/0!|NAME\?|N/A|[A-Za-z_]+!))
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    | (?P<name>(?:[^\W\d]|\\)[\w.\\?]*(?:{BRACKETS})? | {BRACKETS})
    | (?P<operator><=|>=|<>|[-+*/^&=<>%:@\#])
    | (?P<mark>[(),;{{}}])
    | (?P<unknown>.)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of a formula: what it is, and its text in one spelling."""

    kind: str
    text: str


class Area(NamedTuple):
    """The cells that a reference points to, as seen from one cell; `sheet` is empty where none is written."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int


NOTHING = Token("end", "")


@lru_cache(maxsize=CACHED)
def tokens(formula: str) -> tuple[Token, ...]:
    """Split a formula; a space is kept only where it intersects two references.

    >>> [token.text for token in tokens("sum( R[0]C1 ,'my sheet'!total )*0.50")]
    ['SUM', '(', 'R[0]C1', ',', 'MY SHEET!', 'TOTAL', ')', '*', '0.5']
    """
    pieces: list[Token] = []
    space = False
    for match in TOKEN.finditer(formula):
        token = Token(str(match.lastgroup), _spelling(str(match.lastgroup), match.group()))
        if token.kind != "space":
            if space and pieces and _is_intersection(pieces[-1], token):
                pieces.append(Token("operator", " "))
            pieces.append(token)
        space = token.kind == "space"
    return tuple(pieces)


def _is_intersection(before: Token, after: Token) -> bool:
    ends = before.kind in ("area", "error", "name") or before.text == ")"
    starts = after.kind in ("area", "error", "name", "sheet") or (after.text == "(" and before.kind != "name")
    return ends and starts


def _spelling(kind: str, text: str) -> str:
    if kind == "string":
        return text
    if kind == "number":
        return repr(float(text)) if isfinite(float(text)) else text
    if kind == "sheet" and text == DELETED:
        return f"{text}!"  # as no sheet is called
    if kind == "sheet" and text.startswith("'"):
        return text[1:-2].replace("''", "'").upper() + "!"
    return text.upper()


@lru_cache(maxsize=CACHED)
def canonical(formula: str) -> str:
    """Spell a formula with every parenthesis that its parse has, and no other.

    What does not parse, or is longer than any formula, is spelled token by token, so it still equals itself in another
    spacing and case.

    >>> canonical("-a^2^(b)*0.010 + SUM( c , 1)")
    '(((((-A)^2.0)^B)*0.01)+SUM(C,1.0))'
    """
    pieces = tokens(formula)
    try:
        if len(pieces) <= MOST_PARSED:
            return _Parser(pieces).formula()
    except (_Unparsed, RecursionError):
        pass
    return "\n".join(("unparsed", *(token.text for token in pieces)))


@lru_cache(maxsize=CACHED)
def is_volatile(formula: str) -> bool:
    """Say whether a formula itself calls a function that gives another value at every recalculation."""
    return any(token.text in VOLATILE and after.text == "(" for token, after in pairwise(tokens(formula)))


@lru_cache(maxsize=CACHED)
def names(formula: str) -> tuple[tuple[str, str], ...]:
    """Return the names that a formula refers to, each with its sheet, which is empty where none is written."""
    pieces = (NOTHING, *tokens(formula), NOTHING)
    return tuple(
        (_sheet(pieces[i - 1]), pieces[i].text)
        for i in range(1, len(pieces) - 1)
        if pieces[i].kind == "name" and pieces[i + 1].text != "("
    )


def areas(formula: str, row: int, column: int) -> Iterator[Area]:
    """Yield the areas that a formula refers to when it stands in the cell (row, column), both counted from 1."""
    for sheet, (down, across), (last_down, last_across) in _corners(formula):
        rows, columns = [1, MAX_ROW], [1, MAX_COLUMN]
        if down and last_down:
            rows = sorted((place(down, row, MAX_ROW), place(last_down, row, MAX_ROW)))
        if across and last_across:
            columns = sorted((place(across, column, MAX_COLUMN), place(last_across, column, MAX_COLUMN)))
        yield Area(sheet, rows[0], columns[0], rows[1], columns[1])


@lru_cache(maxsize=CACHED)
def _corners(formula: str) -> tuple[tuple[str, tuple[str, str], tuple[str, str]], ...]:
    """Return each reference's sheet and two corners, each the texts of its row and its column."""
    pieces = (NOTHING, *tokens(formula), NOTHING, NOTHING)
    found = []
    for i in range(1, len(pieces) - 2):
        if pieces[i].kind == "area" and pieces[i - 1].text != ":":
            is_range = pieces[i + 1].text == ":" and pieces[i + 2].kind == "area"
            last = pieces[i + 2] if is_range else pieces[i]
            found.append((_sheet(pieces[i - 1]), _axes(pieces[i]), _axes(last)))
    return tuple(found)


def _sheet(token: Token) -> str:
    return token.text.removesuffix("!") if token.kind == "sheet" else ""


def _axes(token: Token) -> tuple[str, str]:
    down, mark, across = token.text.partition("C")
    return down, mark + across


class _Unparsed(Exception):
    """The formula has a form that the grammar does not know."""


class _Parser:
    """Precedence climbing over a formula's tokens (Pratt 1973), which spells as it parses."""

    def __init__(self, pieces: tuple[Token, ...]) -> None:
        self.pieces = iter(pieces)
        self.ahead = next(self.pieces, NOTHING)

    def take(self) -> str:
        text, self.ahead = self.ahead.text, next(self.pieces, NOTHING)
        return text

    def formula(self) -> str:
        """Parse to the end; a comma at the top joins references, as in the name of a print area."""
        return "".join(self.items("", ","))

    def items(self, end: str, separators: str) -> list[str]:
        """Parse expressions, any of which may be left out, with their separators, through the mark that ends them."""
        parsed = [self.item()]
        while self.ahead.kind == "mark" and self.ahead.text in separators:
            parsed += [self.take(), self.item()]
        if self.take() != end:
            raise _Unparsed
        return parsed

    def item(self) -> str:
        return "" if self.ahead.text in (",", ";", ")", "}", "") else self.expression(0)

    def expression(self, level: int) -> str:
        """Parse an operand and the operators that bind tighter than `level`."""
        left = f"({self.take()}{self.expression(UNARY_LEVEL)})" if self.ahead.text in PREFIXES else self.operand()
        while LEVELS.get(self.ahead.text, 0) > level:
            operator = self.take()
            right = "" if operator in POSTFIXES else self.expression(LEVELS[operator])
            left = f"({left}{operator}{right})"
        return left

    def operand(self) -> str:
        kind, text = self.ahead.kind, self.take()
        if kind == "sheet":
            return f"{text if text.count('!') == 1 else repr(text)}{self.operand()}"  # a name may hold that mark
        if kind == "name" and self.ahead.text == "(":
            self.take()
            arguments = "".join(self.items(")", ","))
            return text if text in TRUTHS and not arguments else f"{text}({arguments})"
        if kind in ("area", "error", "name", "number", "string"):
            return text
        if text == "{":
            return f"{{{''.join(self.items('}', ',;'))}}}"
        if text == "(":
            return self.parenthesised()
        raise _Unparsed

    def parenthesised(self) -> str:
        """Parse what follows a parenthesis, which is redundant except around a union of references."""
        parsed = self.items(")", ",")
        if parsed == [""]:
            raise _Unparsed
        return parsed[0] if len(parsed) == 1 else f"({''.join(parsed)})"
