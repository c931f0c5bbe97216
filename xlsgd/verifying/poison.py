"""A copy of a workbook in which every formula's cached value is wrong, and what the values were.

An engine may hand back a cached value instead of computing it. From a poisoned copy it cannot: whatever comes back
right has been recalculated. Cells that change at every recalculation are pinned instead: the copy holds their value as
a constant, so that what depends on them can be compared.
"""

import math
import re
import tempfile
import zipfile
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.parsers import expat

from xlsgd.errors import InputError
from xlsgd.excel.zip_pieces import Deflater, Piece, write_part
from xlsgd.reading.contents import Book, read_book
from xlsgd.reading.name_graph import volatile_names
from xlsgd.reading.package import damaged, open_package
from xlsgd.symbols.references import MAX_COLUMN, column_number
from xlsgd.verifying.alike_rows import AlikeRows, alike
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.limits import (
    SHORT,
    BeyondExcel,
    check_depth,
    check_names,
    check_row,
    check_strings,
    has_long_text,
    may_be_beyond,
)
from xlsgd.verifying.plain_package import PlainPackage, without_conditional_formats
from xlsgd.verifying.rewriting import POISON, Clock, SheetRewriter

PLAIN = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?><f>[^<]{0,%b}</f><v>([^<]*)</v></c>'
"""A formula cell as most programs write it, of which a million can be read without a call of Python for each."""

WITH_ATTRIBUTES = (
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?(?: t="n")?><f(?: (?:a?ca|bx)="[^"<]*")*'
    rb'(?:>[^<]{0,%b}</f>| t="shared"(?: a?ca="[^"<]*")? si="[0-9]+"/>)<v>([^<]*)</v></c>'
)
"""The same with what says when to recalculate, or one that shares the formula of a cell further up."""

SHORT_ENOUGH = b"%d" % SHORT
CELLS = {
    (pattern, longest): re.compile(pattern % longest)
    for pattern in (PLAIN, WITH_ATTRIBUTES)
    for longest in (SHORT_ENOUGH, b"")
}
"""Both, with formulas that are short enough to be within Excel's limits, and with formulas of any length."""

PLAIN_VALUE = re.compile(rb"</f><v>[^<]*</v>")
SHARER_VALUE = re.compile(rb'( si="[0-9]+"/>)<v>[^<]*</v>')
SHARED_INDEX = re.compile(rb' si="([0-9]+)"')
FIRST_OF_ROW = b'<row r="'
END_OF_ROW = re.compile(rb"</(?:[\w.-]+:)?row\s*>")
FIRST, CHUNK = 2**14, 2**18
LONGEST_ROW = 2**26
TAIL = 64
"""How many bytes before a piece are looked at with it, for an end of a row that lies across the seam."""


def poison(path: Path, copy: Path, pinned: Mapping[str, Container[tuple[int, int]]] = {}) -> dict[str, Formulas]:
    """Write a poisoned copy of a workbook and return each sheet's formula cells with their values in the file.

    Args:
        path: the workbook.
        copy: where the copy goes.
        pinned: cells by sheet that are pinned as volatile ones are, and are not among the returned.

    Raises:
        InputError: the file is not a workbook that can be read safely.
    """
    with open_package(path) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as out:
        book = read_book(archive)
        with _within_excel(archive):
            check_names(book)
        sheets = {part: name for name, part in book.sheets.items()}
        clock = Clock(volatile_names(book))
        found = {name: Formulas() for name in sheets.values()}
        plain = PlainPackage(archive)
        for name, data in plain.others():
            with _within_excel(archive, repr(name)):
                check_depth(data)
            with _within_excel(archive):
                if has_long_text(data):
                    check_strings(book)
            out.writestr(name, data)
        for part, sheet in sheets.items():
            poisoner = _Poisoner(found[sheet], book, clock, pinned.get(sheet, ()))
            with tempfile.TemporaryFile(dir=copy.parent) as file:
                info = zipfile.ZipInfo(plain.place(part), archive.getinfo(part).date_time)
                with _within_excel(archive, sheet):
                    write_part(out, info, [_deflated(archive, part, poisoner, file)])
    return found


@contextmanager
def _within_excel(archive: zipfile.ZipFile, where: str = "") -> Iterator[None]:
    """Turn what is more than Excel takes into an `InputError` that says where."""
    try:
        yield
    except BeyondExcel as error:
        place = "!".join(filter(None, (where, error.where)))
        raise InputError(f"{archive.filename}: {place}: {error}") from error


def _deflated(archive: zipfile.ZipFile, part: str, poisoner: "_Poisoner", file: IO[bytes]) -> Piece:
    deflater = Deflater(file, fast=True)
    for text in row_chunks(archive, part):
        try:
            deflater.write_bytes(without_conditional_formats(poisoner.poisoned(text)))
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise damaged(archive, part, error) from error
    return deflater.finish(last=True)


def row_chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a sheet's XML in pieces of about a megabyte that end where a row ends, the first ones smaller.

    What the first rows are like is found out by the parser, and the fewer they are the sooner it need not be asked.

    Raises:
        InputError: the XML is not in UTF-8, or a row is longer than any real one.
    """
    rest: list[bytes] = []
    tail, is_plain, size = b"", True, FIRST
    with archive.open(part) as stream:
        while piece := stream.read(size):
            size = min(8 * size, CHUNK)
            if b"\0" in piece:
                raise InputError(f"{archive.filename}: {part!r} is not in UTF-8: save the workbook again in Excel")
            seen = tail + piece
            is_plain = is_plain and not _has_declaration(seen)  # in a comment or CDATA the end of a row may be none
            end = _last_end_of_row(seen) - len(tail) if is_plain else 0
            if end > 0:
                yield b"".join((*rest, piece[:end]))
                rest, piece = [], piece[end:]
            rest.append(piece)
            if sum(map(len, rest)) > LONGEST_ROW:
                raise InputError(f"{archive.filename}: a row of {part!r} is over {LONGEST_ROW:,} bytes long")
            tail = piece[-TAIL:]
    yield b"".join(rest)


def _has_declaration(text: bytes) -> bool:
    return b"!" in text and b"<!" in text  # one sign is sought for twenty times as fast


def _last_end_of_row(text: bytes) -> int:
    """Return where the last whole row ends, or 0."""
    plain = text.rfind(b"</row>")
    if plain >= 0:
        return plain + len(b"</row>")
    return max((match.end() for match in END_OF_ROW.finditer(text)), default=0)


def _plain_cells(text: bytes) -> list[bytes]:
    """Split rows at their plain formula cells, if each formula is within Excel's limits."""
    pattern = WITH_ATTRIBUTES if b"<f " in text else PLAIN
    parts = CELLS[pattern, SHORT_ENOUGH].split(text)
    if len(parts) // 4 == text.count(b"<f") or may_be_beyond(text):
        return parts
    return CELLS[pattern, b""].split(text)


class _Poisoner:
    """Notes each formula cell and gives back the rows with a wrong value in each, or with it pinned."""

    def __init__(self, found: Formulas, book: Book, clock: Clock, pinned: Container[tuple[int, int]]) -> None:
        self._found = found
        self._clock = clock
        self._pins = bool(pinned)
        self._changed = False
        self._last_row = b""
        self._alike: AlikeRows | None = None
        self._rewriter = SheetRewriter(found, book.strings, clock, pinned)

    def poisoned(self, text: bytes) -> bytes:
        """Return whole rows with their formula cells poisoned or pinned.

        Raises:
            BeyondExcel: they hold more than Excel takes.
        """
        wrong = self._poisoned_alike(text) or self._poisoned_apart(text)
        check_row(self._rewriter.row)
        return wrong

    def _poisoned_apart(self, text: bytes) -> bytes:
        self._last_row, self._alike = text[text.rfind(FIRST_OF_ROW) :], None
        if self._note_plain(text):
            last = text.rpartition(FIRST_OF_ROW)[2].partition(b'"')[0]
            self._rewriter.skip(text, int(last))
            plain = PLAIN_VALUE.sub(b"</f><v>%b</v>" % POISON, text)
            return SHARER_VALUE.sub(rb"\1<v>%b</v>" % POISON, plain) if b' si="' in plain else plain
        return self._rewriter.rewritten(text)

    def _poisoned_alike(self, text: bytes) -> bytes:
        """Return rows that are like the last one read, or nothing if they are not, or it is not such a row."""
        if self._pins or self._changed or not self._rewriter.is_between_arrays:
            return b""
        if not self._alike and self._last_row:
            self._alike, self._last_row = alike(self._last_row, self._rewriter.shared), b""
        if not self._alike:
            return b""
        wrong, rows = self._alike.poison(text, self._rewriter.row + 1, self._found)
        self._rewriter.row += rows
        return wrong

    def _note_plain(self, text: bytes) -> bool:
        """Note all the formula cells at once if each is plain: a number as most programs write it, not volatile."""
        if self._pins or not self._rewriter.is_between_arrays or not self._is_plain(text):
            return False
        parts = _plain_cells(text)
        letters, rows, numbers = parts[1::4], parts[2::4], parts[3::4]
        if len(letters) != text.count(b"<f") or b"_" in b"".join(numbers):  # 1_000 is a number of Python's alone
            return False
        try:
            values = list(map(float, numbers))
        except ValueError:
            return False
        if not math.isfinite(sum(values)):
            return False
        columns = {letter: column_number(letter.decode()) for letter in set(letters)}
        if max(columns.values(), default=0) > MAX_COLUMN:
            return False
        self._found.rows.extend(map(int, rows))
        self._found.columns.extend(map(columns.__getitem__, letters))
        self._found.values.extend(values)
        return True

    def _is_plain(self, text: bytes) -> bool:
        """Say whether rows hold nothing that only a parser understands."""
        last = text.rfind(b"<row")
        has_rows = text.startswith(FIRST_OF_ROW, last) and text.endswith(b"</row>")
        changes = self._clock.may_run_in(text)
        self._changed = self._changed or changes
        is_simple = b":f" not in text and b"<!" not in text and b's=""' not in text and not has_long_text(text)
        return has_rows and is_simple and not changes and self._sharers_are_plain(text)

    def _sharers_are_plain(self, text: bytes) -> bool:
        """Say whether what rows share stands further up and nothing there may be volatile."""
        shared = {index.decode() for index in SHARED_INDEX.findall(text)} if b' si="' in text else set()
        return not shared or (not self._changed and shared <= self._rewriter.shared.keys())
