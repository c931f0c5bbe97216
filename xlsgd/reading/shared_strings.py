"""The texts that a workbook's cells share (ECMA-376, part 1, section 18.4), read where a cell first asks for one."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload
from xml.etree import ElementTree

from xlsgd.reading.package import chunks, damaged
from xlsgd.reading.streams import NAMESPACES, Target, parse, unescaped

START = re.compile(
    rb"""\s*+(?:<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?(?: standalone=["']\w+["'])?\s*+\?>\s*+)?"""
    rb"""<sst\b[^<>]*+>"""
)
END = re.compile(rb"\s*+</sst>\s*+")
PLAIN = re.compile(rb'(?:<si><t(?: xml:space="preserve")?>[^<]*+</t></si>|<si><t/></si>)*+')
"""Texts without runs as most programs write them, of which millions can be read without a call of Python for each."""

BETWEEN = re.compile(rb'</t></si><si><t(?: xml:space="preserve")?>')
NOT_AS_IT_STANDS = re.compile(rb"[&\x00-\x08\x0b-\x1f]|\]\]>|<t/>|\xef\xbf[\xbe\xbf]")
"""What XML spells otherwise than it means, or forbids."""

DEFAULT_NAMESPACES = tuple(b' xmlns="%b"' % namespace.encode() for namespace in NAMESPACES)
CLOSING = b"</si>"
PIECE = 2**20
MOST_PLAIN, MOST_WITH_RUNS = 2**22, 2**20
"""How many texts are read: of plain ones, and where there are others among them."""


class SharedStrings(Sequence[str]):
    """The texts of an open workbook, each that of all its runs, without their phonetic hints.

    Args:
        archive: the workbook.
        part: where they stand.

    Raises:
        InputError: by every use, the part is damaged, or there are too many texts.
    """

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self._archive, self._part = archive, part

    @cached_property
    def _texts(self) -> list[str]:
        return self._plain_texts() or self._all_texts()

    def _plain_texts(self) -> list[str]:
        """Return the texts, or none where there is anything but plain ones."""
        texts: list[str] = []
        for piece in self._pieces():
            try:
                texts += _plain_in(piece)
            except (ElementTree.ParseError, ValueError):
                return []
            self._check(texts, MOST_PLAIN)
        return [*map(unescaped, texts)]

    def _pieces(self) -> Iterator[bytes]:
        """Yield what lies between the tags of all texts, some whole texts at a time."""
        rest, is_begun = b"", False
        for chunk in chunks(self._archive, self._part):
            rest += chunk
            if not is_begun and (start := START.match(rest)) and any(name in start[0] for name in DEFAULT_NAMESPACES):
                rest, is_begun = rest[start.end() :], True
            if len(rest) > PIECE:
                end = rest.rfind(CLOSING) + len(CLOSING) if is_begun and CLOSING in rest else len(rest)
                yield rest[:end]
                rest = rest[end:]
        last = rest.rfind(CLOSING) + len(CLOSING) if CLOSING in rest else 0
        yield rest[:last] if is_begun and END.fullmatch(rest, last) else b"<"

    def _all_texts(self) -> list[str]:
        table = _Strings()
        for _ in parse(self._archive, self._part, table):
            self._check(table.strings, MOST_WITH_RUNS)
        return table.strings

    def _check(self, texts: list[str], most: int) -> None:
        if len(texts) > most:
            raise damaged(self._archive, self._part, ValueError(f"over {most:,} texts"))

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._texts[index]


def _plain_in(piece: bytes) -> list[str]:
    """Return the texts in some whole ones.

    Raises:
        ElementTree.ParseError: they are no XML.
        ValueError: they are not plain, or not in UTF-8.
    """
    if not PLAIN.fullmatch(piece):
        raise ValueError
    if NOT_AS_IT_STANDS.search(piece) or not piece:
        return [item.text or "" for item in ElementTree.fromstring(b"<sst>%b</sst>" % piece).iter("t")]
    first = piece.index(b">", len(b"<si>")) + 1
    return b"\0".join(BETWEEN.split(piece[first : -len(b"</t></si>")])).decode().split("\0")


class _Strings(Target):
    """Gathers the texts, without their phonetic hints."""

    def __init__(self) -> None:
        super().__init__("si", "t", "rPh")
        self.strings: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.deepen()
        tag = self.tags.get(name)
        if tag == "t" and not self.skips:
            self.pieces = self.text
        elif tag == "si":
            self.text = []
        elif tag == "rPh":
            self.skips = True

    def end(self, name: str) -> None:
        self.depth -= 1
        tag = self.tags.get(name)
        if tag == "t":
            self.pieces = None
        elif tag == "si":
            self.strings.append(unescaped("".join(self.text)))
        elif tag == "rPh":
            self.skips = False
