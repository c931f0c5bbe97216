"""A workbook's defined names, and which of them lead to which: followed in one traversal, however they are chained."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from functools import cached_property

from xlsgd.errors import InputError
from xlsgd.reading.contents import Book
from xlsgd.reading.grammar import VOLATILE, Area, areas, is_volatile, names
from xlsgd.symbols.references import relative

LONGEST, MOST_TEXT, MOST_NAMES = 2**15, 2**21, 2**18
"""How many characters a name's formula may have (8,192 in Excel) and all together, and how many names are followed."""

WORD = re.compile(r"[^\W\d][\w.\\?]*+|\\[\w.\\?]*+")

NameKey = tuple[str, str]
"""A name by its sheet (empty for the whole workbook's) and itself, both in capitals."""


class NameDefinition:
    """A name as it is written, and what its formula refers to, which is parsed where it is asked for.

    Args:
        scope: the sheet of a sheet's own name, in capitals.
        written: the name.
        text: its formula.
        defined: all names of the workbook, in capitals.
    """

    def __init__(self, scope: str, written: str, text: str, defined: Set[str]) -> None:
        self.written, self._scope = written, scope
        words = set(WORD.findall(text.upper()))
        self._text = text
        may_be_volatile, may_mention = not words.isdisjoint(VOLATILE), not words.isdisjoint(defined)
        self.is_volatile = may_be_volatile and is_volatile(self._relative)
        self.mentioned = frozenset(name for _, name in names(self._relative)) & defined if may_mention else frozenset()

    @property
    def _relative(self) -> str:
        return relative(self._text, 1, 1)

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """Its areas, on the sheet of the name itself where they name none."""
        return tuple(area._replace(sheet=area.sheet or self._scope) for area in areas(self._relative, 1, 1))


class NameGraph:
    """The defined names of a workbook, each read once.

    A name that mentions another leads to it, in whatever sheet that one is defined. What is relative in a name counts
    from A1; an area for which it says no sheet is one of the name's own sheet, if it has one.

    Raises:
        InputError: the names' formulas are longer than any workbook's.
    """

    def __init__(self, book: Book) -> None:
        lengths = [len(item.text) for item in book.names.values()]
        if len(lengths) > MOST_NAMES or sum(lengths) > MOST_TEXT or max(lengths, default=0) > LONGEST:
            raise InputError(
                f"{book.archive.filename}: more or longer names than a workbook's: delete what nothing uses"
            )
        defined = {name for _, name in book.names}
        self.definitions: dict[NameKey, NameDefinition] = {}
        self._of_name: dict[str, list[NameKey]] = defaultdict(list)
        self._users: dict[str, list[NameKey]] = defaultdict(list)
        for (scope, name), item in book.names.items():
            key = scope.upper(), name
            self.definitions[key] = NameDefinition(key[0], item.written, item.text, defined)
            self._of_name[name].append(key)
            for each in self.definitions[key].mentioned:
                self._users[each].append(key)
        self.volatile = self.leading_to(key for key, each in self.definitions.items() if each.is_volatile)
        """The names that stand for what changes at every recalculation, or for such a name."""

    def meant(self, sheet: str, name: str) -> NameKey | None:
        """Return the name that a formula on a sheet means, the sheet's own before the whole workbook's."""
        return next((key for key in ((sheet, name), ("", name)) if key in self.definitions), None)

    def leading_to(self, starts: Iterable[NameKey]) -> set[NameKey]:
        """Return some names and all that lead to one of them."""
        return _reached(starts, lambda key: self._users[key[1]])

    def behind(self, start: NameKey) -> set[NameKey]:
        """Return a name and all that it leads to."""
        return _reached(
            [start],
            lambda key: [other for name in self.definitions[key].mentioned for other in self._of_name.get(name, ())],
        )


def _reached(starts: Iterable[NameKey], following: Callable[[NameKey], Iterable[NameKey]]) -> set[NameKey]:
    found = set(starts)
    waiting = [*found]
    while waiting:
        new = {key for key in following(waiting.pop()) if key not in found}
        found |= new
        waiting += new
    return found


def volatile_names(book: Book) -> frozenset[str]:
    """Return the defined names, in capitals, that stand for what changes at every recalculation, or for such a name."""
    return frozenset(name for _, name in NameGraph(book).volatile)
