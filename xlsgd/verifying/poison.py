"""A copy of a workbook in which every formula's cached value is wrong, and what the values were.

An engine may hand back a cached value instead of computing it. From a poisoned copy it cannot: whatever comes back
right has been recalculated. Cells that change at every recalculation are pinned instead: the copy holds their value as
a constant, so that what depends on them can be compared.
"""

import math
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Set
from html import unescape
from pathlib import Path

from xlsgd.errors import InputError
from xlsgd.excel.zip_pieces import Deflater, write_part
from xlsgd.reading.contents import read_book
from xlsgd.reading.grammar import is_volatile, names
from xlsgd.reading.package import open_package, sheet_parts
from xlsgd.reading.volatile import volatile_names
from xlsgd.symbols.references import column_letters, column_number, relative
from xlsgd.verifying.formula_cells import Formulas, parse_value

POISON = b"-987654321.0625"

CELL = re.compile(
    rb"<(?P<ns>(?:[\w.-]+:)?)c\s(?P<attributes>[^>]*)>\s*"
    rb"(?P<formula><(?P=ns)f[\s/>].*?)"
    rb"(?:<(?P=ns)v(?:\s[^>]*)?(?:/>|>(?P<value>[^<]*)</(?P=ns)v\s*>)\s*)?</(?P=ns)c\s*>",
    re.DOTALL,
)
PLAIN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?><f>[^<]*</f><v>([^<]*)</v></c>')
"""A formula cell as most programs write it, of which a million can be read without a call of Python for each."""

PLAIN_VALUE = re.compile(rb"</f><v>[^<]*</v>")
VOLATILE_WORDS = ("RAND", "NOW", "TODAY")
"""Without one of these, or a name that stands for one, no formula changes by itself."""

ADDRESS = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
TYPE = re.compile(rb"\s*\bt=[\"'](\w+)[\"']")
SHARED = re.compile(rb"\bsi=[\"'](\d+)[\"']")
FORMULA_TEXT = re.compile(rb">([^<]*)<")
END_OF_ROW = re.compile(rb"</(?:[\w.-]+:)?row\s*>")
CHUNK = 2**20
LONGEST_ROW = 2**26


Positions = Set[tuple[int, int]]
"""Positions of a sheet by row and column, from 1."""


def poison(path: Path, copy: Path, pinned: Mapping[str, Positions] = {}) -> dict[str, Formulas]:
    """Write a poisoned copy of a workbook and return each sheet's formula cells with their values in the file.

    Args:
        path: the workbook.
        copy: where the copy goes.
        pinned: cells by sheet that are pinned as volatile ones are, and are not among the returned.

    Raises:
        InputError: the file is not a workbook that can be read safely.
    """
    with open_package(path) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as out:
        sheets = {part: name for name, part in sheet_parts(archive).items()}
        changing = volatile_names(read_book(archive))
        found = {name: Formulas() for name in sheets.values()}
        for part in archive.infolist():
            if part.filename not in sheets:
                out.writestr(part.filename, archive.read(part))
                continue
            sheet = sheets[part.filename]
            poisoner = _Poisoner(found[sheet], f"{path}: sheet {sheet!r}", changing, pinned.get(sheet, frozenset()))
            with tempfile.TemporaryFile(dir=copy.parent) as file:
                deflater = Deflater(file, fast=True)
                for text in row_chunks(archive, part.filename):
                    deflater.write_bytes(poisoner.poisoned(text))
                write_part(out, part, [deflater.finish(last=True)])
    return found


def row_chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a sheet's XML in pieces of about a megabyte that end where a row ends.

    Raises:
        InputError: the XML is not in UTF-8, or a row is longer than any real one.
    """
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            if b"\0" in piece:
                raise InputError(f"{archive.filename}: {part!r} is not in UTF-8: save the workbook again in Excel")
            rest += piece
            end = _last_end_of_row(rest)
            if end:
                yield rest[:end]
                rest = rest[end:]
            elif len(rest) > LONGEST_ROW:
                raise InputError(f"{archive.filename}: a row of {part} is over {LONGEST_ROW:,} bytes long")
    yield rest


def _last_end_of_row(text: bytes) -> int:
    """Return where the last whole row ends, or 0."""
    plain = text.rfind(b"</row>")
    if plain >= 0:
        return plain + len(b"</row>")
    return max((match.end() for match in END_OF_ROW.finditer(text)), default=0)


class _Poisoner:
    """Notes each formula cell and gives back the cell with a wrong value, or pinned if it is volatile."""

    def __init__(self, found: Formulas, where: str, changing: frozenset[str], pinned: Positions) -> None:
        self._found = found
        self._where = where
        self._pinned = pinned
        self._changing = changing
        self._words = tuple(word.encode() for word in (*VOLATILE_WORDS, *changing))
        self._column_numbers: dict[bytes, int] = {}
        self._volatile_shared: set[bytes] = set()

    def poisoned(self, text: bytes) -> bytes:
        """Return whole rows with their formula cells poisoned or pinned."""
        if self._note_plain(text):
            return PLAIN_VALUE.sub(b"</f><v>%b</v>" % POISON, text)
        return CELL.sub(self, text)

    def _note_plain(self, text: bytes) -> bool:
        """Note all the formula cells at once if each is plain: a number as most programs write it, not volatile."""
        if b":f" in text or self._pinned or self._may_change(text):
            return False
        parts = PLAIN.split(text)
        letters, rows, numbers = parts[1::4], parts[2::4], parts[3::4]
        if len(letters) != text.count(b"<f"):
            return False
        try:
            values = list(map(float, numbers))
        except ValueError:
            return False
        if not math.isfinite(sum(values)):
            return False
        columns = {letter: column_number(letter.decode()) for letter in set(letters)}
        self._found.rows.extend(map(int, rows))
        self._found.columns.extend(map(columns.__getitem__, letters))
        self._found.values.extend(values)
        return True

    def __call__(self, match: re.Match[bytes]) -> bytes:
        ns, attributes, formula, value = match.group("ns", "attributes", "formula", "value")
        kind = TYPE.search(attributes) if b"t=" in attributes else None
        address = self._address(attributes)
        volatile = self._is_volatile(formula)
        if volatile or address in self._pinned:
            self._found.volatile += volatile
            return b"<%bc %b><%bv>%b</%bv></%bc>" % (ns, attributes, ns, value or b"0", ns, ns)
        self._note(address, kind.group(1) if kind else b"n", value)
        if kind:
            attributes = TYPE.sub(b"", attributes)
        return b"<%bc %b>%b<%bv>%b</%bv></%bc>" % (ns, attributes, formula, ns, POISON, ns, ns)

    def _address(self, attributes: bytes) -> tuple[int, int]:
        address = ADDRESS.search(attributes)
        if not address:
            raise InputError(f"{self._where}: a formula cell has no address (r=...): save the workbook again in Excel")
        letters, row = address.groups()
        if letters not in self._column_numbers:
            self._column_numbers[letters] = column_number(letters.decode())
        return int(row), self._column_numbers[letters]

    def _note(self, address: tuple[int, int], kind: bytes, text: bytes | None) -> None:
        row, column = address
        try:
            value = parse_value(kind, text)
        except ValueError as error:
            cell = f"{column_letters(column)}{row}"
            raise InputError(f"{self._where}: {cell} holds {error}: the workbook is damaged") from None
        self._found.rows.append(row)
        self._found.columns.append(column)
        self._found.values.append(value)

    def _is_volatile(self, formula: bytes) -> bool:
        shared = SHARED.search(formula) if b"si=" in formula else None
        changes = self._may_change(formula) and self._changes(_formula_text(formula))
        if shared and changes:
            self._volatile_shared.add(shared.group(1))
        return changes or bool(shared and shared.group(1) in self._volatile_shared)

    def _may_change(self, text: bytes) -> bool:
        """Look for the words alone, which is far faster than parsing every formula."""
        capitals = text.upper()
        return any(word in capitals for word in self._words)

    def _changes(self, text: str) -> bool:
        """Return whether a formula changes by itself: by a function that it calls, or by a name that stands for one."""
        spelled = relative(text, 1, 1)
        return is_volatile(spelled) or any(name.upper() in self._changing for _, name in names(spelled))


def _formula_text(formula: bytes) -> str:
    text = FORMULA_TEXT.search(formula)
    return unescape(text.group(1).decode(errors="replace")) if text else ""
