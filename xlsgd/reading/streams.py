"""Reading a part of a workbook as a stream of XML events, in bounded memory whatever the part holds."""

import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from xlsgd.reading.package import chunks, damaged

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
PIECE_BYTES = 2**16
MAX_PIECES = 64  # a cell's text has at most 32,767 characters, a formula 8,192
MAX_PENDING_BYTES = 2**22
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Target:
    """Takes the parser's events; `tags` gives the short name of the elements that matter.

    While `pieces` is a list, the text met is put there. While it `skips`, what it meets is no content: phonetic hints,
    extensions. `parser` is the one at work.
    """

    parser: expat.XMLParserType

    def __init__(self, *tags: str) -> None:
        self.tags = {f"{namespace} {tag}": tag for namespace in NAMESPACES for tag in tags}
        self.pieces: list[str] | None = None
        self.text: list[str] = []
        self.skips = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """Take the end of an element."""
        raise NotImplementedError

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if self.pieces is not None:
            self.pieces.append(text)
            if len(self.pieces) > MAX_PIECES:
                raise ValueError("a text longer than any cell's")


def parse(archive: zipfile.ZipFile, part: str, target: Target) -> Iterator[None]:
    """Parse a part, and stop after each chunk so that what the target gathered can be taken.

    Raises:
        InputError: the part is damaged; what the target finds wrong (`ValueError`, `LookupError`) is named.
    """
    parser = parser_for(target)
    fed = 0
    try:
        for chunk in chunks(archive, part):
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_PENDING_BYTES:
                raise ValueError("a tag without end")
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        raise damaged(archive, part, error) from error


def parser_for(target: Target) -> expat.XMLParserType:
    """Return a new parser whose events go to `target`."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = PIECE_BYTES
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.data
    target.parser = parser
    return parser


def unescaped(text: str) -> str:
    r"""Return a text with its escapes as the characters they stand for.

    >>> unescaped("two_x000A_lines")
    'two\nlines'
    """
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def read_strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    """Return the shared strings (ECMA-376, part 1, section 18.4), each the text of all its runs.

    Raises:
        InputError: the part is damaged.
    """
    table = _Strings("si", "t", "rPh")
    for _ in parse(archive, part, table):
        pass
    return table.strings


class _Strings(Target):
    """Gathers the shared strings, without their phonetic hints."""

    def __init__(self, *tags: str) -> None:
        super().__init__(*tags)
        self.strings: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self.tags.get(name)
        if tag == "t" and not self.skips:
            self.pieces = self.text
        elif tag == "si":
            self.text = []
        elif tag == "rPh":
            self.skips = True

    def end(self, name: str) -> None:
        tag = self.tags.get(name)
        if tag == "t":
            self.pieces = None
        elif tag == "si":
            self.strings.append(unescaped("".join(self.text)))
        elif tag == "rPh":
            self.skips = False
