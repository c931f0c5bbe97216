"""A workbook's defined names, and which of them lead to which: followed in one traversal, however they are chained."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.reading.contents import Book
from xlsgd.reading.grammar import Area, areas, is_volatile, names
from xlsgd.symbols.references import relative

MOST_TEXT = 2**22
"""How many characters all names' formulas may have together: a quarter of a gigabyte of them is no workbook's."""

NameKey = tuple[str, str]
"""A name by its sheet (empty for the whole workbook's) and itself, both in capitals."""


class NameDefinition(NamedTuple):
    """A name as it is written, whether it calls a volatile function itself, its areas, and the names it mentions."""

    written: str
    is_volatile: bool
    areas: tuple[Area, ...]
    mentioned: frozenset[str]


class NameGraph:
    """The defined names of a workbook, each read once.

    A name that mentions another leads to it, in whatever sheet that one is defined. What is relative in a name counts
    from A1; an area for which it says no sheet is one of the name's own sheet, if it has one.

    Raises:
        InputError: the names' formulas are longer than any workbook's.
    """

    def __init__(self, book: Book) -> None:
        if sum(len(item.text) for item in book.names.values()) > MOST_TEXT:
            raise InputError(f"{book.archive.filename}: its names' formulas have over {MOST_TEXT:,} characters")
        self.definitions: dict[NameKey, NameDefinition] = {}
        self._of_name: dict[str, list[NameKey]] = defaultdict(list)
        self._users: dict[str, list[NameKey]] = defaultdict(list)
        for (scope, name), item in book.names.items():
            key, text = (scope.upper(), name), relative(item.text, 1, 1)
            own = tuple(area._replace(sheet=area.sheet or key[0]) for area in areas(text, 1, 1))
            mentioned = frozenset(each for _, each in names(text))
            self.definitions[key] = NameDefinition(item.written, is_volatile(text), own, mentioned)
            self._of_name[name].append(key)
            for each in mentioned:
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
