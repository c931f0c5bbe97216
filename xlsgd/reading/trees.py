"""XML that is small enough to be held whole: as a tree, in bounds that no program's own XML comes near."""

import re
from xml.etree import ElementTree
from xml.parsers import expat

DEEPEST = 256
"""How deep elements may lie in each other: a workbook's parts reach some twenty levels."""

MOST_ELEMENTS = 2**20
"""How many elements are held; a workbook's largest tree, its styles, has some hundred thousand at most."""

LONGEST_NAME = 1024
"""How many characters a namespace may have: it is part of each element's name, told at its start and its end."""

SEPARATOR = "}"
NAME = re.compile(rb"<([^\s/>]++)")


def tree_of(data: bytes) -> ElementTree.Element:
    """Return the root element of a part; names are those of `xml.etree`, `{namespace}tag`.

    Raises:
        expat.ExpatError: the XML is damaged.
        ValueError: elements lie too deep in each other or are too many, or a namespace is too long.
    """
    return _Builder().parsed(data)


class _Builder:
    """Gives the parser's events to a tree builder."""

    def __init__(self) -> None:
        self._tree = ElementTree.TreeBuilder()
        self._depth = self._count = 0
        self._names: dict[str, str] = {}

    def parsed(self, data: bytes) -> ElementTree.Element:
        parser = bounded_parser()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._tree.data
        parser.Parse(data, True)
        return self._tree.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise ValueError(f"elements lie over {DEEPEST} deep in each other")
        if self._count > MOST_ELEMENTS:
            raise ValueError(f"over {MOST_ELEMENTS:,} elements")
        self._tree.start(self._spelled(name), {self._spelled(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(self._spelled(name))

    def _spelled(self, name: str) -> str:
        if name not in self._names:
            self._names[name] = f"{{{name}" if SEPARATOR in name else name
        return self._names[name]


def bounded_parser(separator: str = SEPARATOR) -> expat.XMLParserType:
    """Return a parser that parts namespaces from names by a separator, and raises ValueError for too long a one."""
    parser = expat.ParserCreate(namespace_separator=separator)
    parser.StartNamespaceDeclHandler = _check_namespace
    return parser


def _check_namespace(prefix: str | None, namespace: str) -> None:
    if namespace and len(namespace) > LONGEST_NAME:
        raise ValueError(f"a namespace of {len(namespace):,} characters")


def without_element(data: bytes, tag: str) -> bytes:
    """Return XML without its elements of a tag, in whatever namespace; every other byte stays.

    Raises:
        expat.ExpatError: the XML is damaged.
    """
    if tag.encode() not in data:
        return data
    kept: list[bytes] = []
    depth = begin = done = 0
    parser = bounded_parser()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, begin
        if name.rpartition(SEPARATOR)[2] == tag:
            begin, depth = (begin if depth else parser.CurrentByteIndex), depth + 1

    def end(name: str) -> None:
        nonlocal depth, done
        if name.rpartition(SEPARATOR)[2] == tag:
            depth -= 1
            if not depth:
                kept.append(data[done:begin])
                done = end_of_element(data, begin, parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)
    return b"".join((*kept, data[done:]))


def end_of_element(data: bytes, begin: int, event: int) -> int:
    """Return where an element ends, given where it begins and where the parser stood when it told of its end.

    That is at the closing tag, or, where the element is empty and has none, behind it.
    """
    name = NAME.match(data, begin)
    assert name is not None
    last = data.find(b">", event) + 1
    return last if data[event:last].rstrip(b" \t\r\n>") == b"</" + name[1] else event
