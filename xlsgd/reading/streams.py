"""Reading a part of a workbook as a stream of XML events, in bounded memory whatever the part holds."""

import re
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from xlsgd.reading.package import chunks, damaged
from xlsgd.reading.trees import DEEPEST, bounded_parser

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
PIECE_BYTES = 2**16
MAX_PIECES = 64  # a cell's text has at most 32,767 characters, a formula 8,192
MAX_PENDING_BYTES = 2**20
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Target:
    """Takes the parser's events; `tags` gives the short name of the elements that matter.

    While `pieces` is a list, the text met is put there. While it `skips`, what it meets is no content: phonetic hints,
    extensions. `parser` is the one at work, `depth` how deep in each other the elements lie that it counts.
    """

    parser: expat.XMLParserType
    depth = 0

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

    def deepen(self) -> None:
        """Count an element that begins; to be called of those that may lie in each other without end."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError(f"elements lie over {DEEPEST} deep in each other")

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
            check_pending(fed, parser)
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        raise damaged(archive, part, error) from error


def check_pending(fed: int, parser: expat.XMLParserType) -> None:
    """Raise ValueError where a parser that was fed so many bytes waits too long for the end of a tag."""
    if fed - parser.CurrentByteIndex > MAX_PENDING_BYTES:
        raise ValueError("a tag without end")


def parser_for(target: Target) -> expat.XMLParserType:
    """Return a new parser whose events go to `target`."""
    parser = bounded_parser(" ")
    parser.buffer_text = True
    parser.buffer_size = PIECE_BYTES
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.data
    target.parser, target.depth = parser, 0
    return parser


def unescaped(text: str) -> str:
    r"""Return a text with its escapes as the characters they stand for.

    >>> unescaped("two_x000A_lines")
    'two\nlines'
    """
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
