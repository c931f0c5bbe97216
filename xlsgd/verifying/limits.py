"""What Excel itself takes, at most: a workbook beyond it was written by no Excel, and may bring an engine down.

Source: Microsoft's "Excel specifications and limits".
"""

import re

from xlsgd.reading.contents import Book
from xlsgd.reading.trees import DEEPEST
from xlsgd.symbols.references import MAX_ROW

MAX_FORMULA = 8_192
"""Characters of a formula, as Excel shows it."""

MAX_LEVELS = 64
"""Functions that stand one in another."""

MAX_ARGUMENTS = 255
MAX_TEXT = 32_767
"""Characters of a text, as Excel counts: two for one beyond the first 65,536."""

SHORT = 3 * MAX_LEVELS - 1
"""Up to how many characters of a formula need no look: `N(` and `)` are three for a level, an argument is two."""

HIDDEN = re.compile(r"_xl(?:fn|ws|udf|pm)\.")
"""What stands before a newer function's name in the file, and is not shown."""

PIECE = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\W\d][\w.]*+\(?+|[()\[\]{},])""")
"""What tells how a formula is nested; texts and sheets' names hold nothing that counts."""

LONG = re.compile(rb"<f[^<>]*>([^<]{%d,})" % (SHORT + 1))
LONG_TEXT = re.compile(rb"<t[^<>]*>[^<]{%d}" % (MAX_TEXT + 1))
DEEP = re.compile(rb"(?:</[^<>]*>\s*){%d}" % DEEPEST)
ALL_BUT_SHAPE = bytes(set(range(256)) - set(b"</>"))


class BeyondExcel(Exception):
    """More than Excel takes: what, and where, as an address; nothing if it is no cell's."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(what)
        self.where = where


def check_formula(text: str, where: str) -> None:
    """Check a formula's length, the levels of its functions, and their arguments.

    Raises:
        BeyondExcel: there are more than Excel takes; which it has as its `where`.
    """
    if len(text) <= SHORT:
        return
    shown = len(HIDDEN.sub("", text)) if len(text) > MAX_FORMULA else len(text)
    if shown > MAX_FORMULA:
        raise BeyondExcel(f"a formula of {shown:,} characters; Excel takes {MAX_FORMULA:,}: split it up", where)
    levels, arguments = nesting(text)
    if levels > MAX_LEVELS:
        raise BeyondExcel(f"{levels:,} functions one in another; Excel takes {MAX_LEVELS}: split it up", where)
    if arguments > MAX_ARGUMENTS:
        raise BeyondExcel(f"a function of {arguments:,} arguments; Excel takes {MAX_ARGUMENTS}: split it up", where)


def nesting(formula: str) -> tuple[int, int]:
    """Return how many functions of a formula stand one in another, at most, and the most arguments of one.

    >>> nesting('IF(A1="(,(",SUM((B1,B2),{1,2}),N(3))')
    (2, 3)
    """
    opened: list[tuple[str, int]] = []
    levels = deepest = most = 0
    for piece in PIECE.findall(formula):
        if piece[-1] in "([{":
            opened.append((piece, 1))
            levels += len(piece) > 1
            deepest = max(deepest, levels)
        elif piece in ")]}" and opened:
            begin, arguments = opened.pop()
            levels -= len(begin) > 1
            most = max(most, arguments if len(begin) > 1 else 0)
        elif piece == "," and opened:
            begin, arguments = opened[-1]
            opened[-1] = begin, arguments + 1
    return deepest, most


def check_text(text: str, where: str) -> None:
    """Check how long a text is.

    Raises:
        BeyondExcel: it is longer than Excel takes; which it has as its `where`.
    """
    if len(text) > MAX_TEXT // 2 and (length := len(text.encode("utf-16-le", "surrogatepass")) // 2) > MAX_TEXT:
        raise BeyondExcel(f"a text of {length:,} characters; Excel takes {MAX_TEXT:,}: shorten it", where)


def check_row(row: int) -> None:
    """Check that a row is one of a sheet's.

    Raises:
        BeyondExcel: it lies below the last one.
    """
    if row > MAX_ROW:
        raise BeyondExcel(f"row {row:,}: a sheet of Excel's has {MAX_ROW:,}: move what stands there to another")


def check_names(book: Book) -> None:
    """Check the formulas of a workbook's names.

    Raises:
        BeyondExcel: one is more than Excel takes.
    """
    for (scope, _), name in book.names.items():
        check_formula(name.text, f"the name {f'{scope}!' if scope else ''}{name.written}")


def check_strings(book: Book) -> None:
    """Check the texts that a workbook's cells share.

    Raises:
        BeyondExcel: one is longer than Excel takes.
    """
    for number, text in enumerate(book.strings, start=1):
        check_text(text, f"the shared text {number:,} ({text[:20]!r}...)")


def check_depth(data: bytes) -> None:
    """Check a part's XML, or a piece of it, for more elements that end at once than stand one in another in real files.

    Raises:
        BeyondExcel: there are.
    """
    shape = data.translate(None, ALL_BUT_SHAPE)  # of what ends, and of what is empty, `</>` is left
    if DEEPEST * b"</>" in shape and DEEP.search(data):
        raise BeyondExcel(f"elements lie over {DEEPEST} deep in each other, as in no real file: save it again in Excel")


def may_be_beyond(rows: bytes) -> bool:
    """Say whether rows may hold a formula beyond Excel's limits, which then is looked at more closely."""
    return any(
        len(formula) > MAX_FORMULA or formula.count(b"(") > MAX_LEVELS or formula.count(b",") >= MAX_ARGUMENTS
        for formula in LONG.findall(rows)
    )


def has_long_text(data: bytes) -> bool:
    """Say whether rows, or a part, may hold a text that is longer than Excel takes."""
    return b"<t" in data and bool(LONG_TEXT.search(data))
