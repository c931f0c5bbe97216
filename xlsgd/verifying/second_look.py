"""Cells that differ, computed once more: each from the file's own values.

What an engine rounds otherwise, or cannot compute, is handed on: along the rows of a training an ulp grows until no
value agrees, though no formula is wrong. So cells that differ are computed in groups in which no cell refers to
another, from a copy in which everything else is pinned to the file's values. What then still differs is a formula's
own, or follows directly from a wrong value.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsgd.reading.grammar import areas
from xlsgd.symbols.references import relative
from xlsgd.verifying.formula_cells import Formulas
from xlsgd.verifying.quirks import Names, Position, without_names
from xlsgd.verifying.report import Disagreement

MAX_GROUPS = 16
MANY = 256
"""From how many others on, or through what is no plain reference, a cell's references are not told one by one."""

INDIRECT = ("[", "INDIRECT(", "OFFSET(")


class AllBut:
    """All cells but some: what is pinned while those are computed."""

    def __init__(self, cells: set[tuple[int, int]]) -> None:
        self._cells = cells

    def __contains__(self, cell: object) -> bool:
        return cell not in self._cells


class _Node(NamedTuple):
    """What is computed together: a cell, or a range by its first cell; and whether all it refers to can be told."""

    place: Position
    is_plain: bool


def groups(
    apart: Sequence[Disagreement], sheets: Mapping[str, Formulas], names: Names
) -> list[dict[str, set[tuple[int, int]]]]:
    """Return groups of differing cells, by sheet, in which none refers to another; data tables are in none.

    A range is in a group by its first cell. What refers to others by a name in a table or by an address that is
    computed has groups of its own. Cells that would need more than `MAX_GROUPS` are left out.
    """
    nodes = [(d, place) for d in apart if (place := _first_place(d, sheets[d.sheet])) is not None]
    columns: dict[tuple[str, int], list[int]] = defaultdict(list)
    owners: dict[Position, set[Position]] = defaultdict(set)
    for d, place in nodes:
        columns[d.sheet.upper(), d.column].append(d.row)
        owners[d.sheet.upper(), d.row, d.column].add(place)
    for rows in columns.values():
        rows.sort()
    return _grouped(_links(nodes, columns, owners, names))


def _first_place(d: Disagreement, cells: Formulas) -> Position | None:
    formula = cells.arrays.get((d.row, d.column))
    if formula is None:
        return d.sheet, d.row, d.column
    return None if formula.is_table else (d.sheet, formula.row, formula.column)


def _links(
    nodes: Sequence[tuple[Disagreement, Position]],
    columns: Mapping[tuple[str, int], Sequence[int]],
    owners: Mapping[Position, set[Position]],
    names: Names,
) -> dict[_Node, set[Position]]:
    """Return for each node those to which it refers."""
    found: dict[Position, set[Position]] = {}
    is_plain: dict[Position, bool] = {}
    for d, place in nodes:
        if place not in found:
            used = {owner for cell in _used(d, columns, names) for owner in owners[cell]}
            is_plain[place] = len(used) <= MANY and not any(sign in d.formula.upper() for sign in INDIRECT)
            found[place] = used - {place}
    return {_Node(place, is_plain[place]): used for place, used in found.items()}


def _used(d: Disagreement, columns: Mapping[tuple[str, int], Sequence[int]], names: Names) -> Iterator[Position]:
    """Yield the differing cells to which a formula refers."""
    text = without_names(d.text, d.sheet, names)
    for area in areas(relative(text, d.row, d.column), d.row, d.column):
        sheet = area.sheet or d.sheet.upper()
        if area.right - area.left < MANY:
            wanted = [(sheet, column) for column in range(area.left, area.right + 1)]
        else:
            wanted = [key for key in columns if key[0] == sheet and area.left <= key[1] <= area.right]
        for key in wanted:
            rows = columns.get(key, ())
            for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]:
                yield key[0], row, key[1]


def _grouped(links: Mapping[_Node, set[Position]]) -> list[dict[str, set[tuple[int, int]]]]:
    """Colour the cells so that no two that refer to each other have one colour, each the first that is free."""
    neighbours: dict[Position, set[Position]] = defaultdict(set)
    for node, used in links.items():
        for other in used:
            neighbours[node.place].add(other)
            neighbours[other].add(node.place)
    colours: dict[Position, tuple[bool, int]] = {}
    members: dict[tuple[bool, int], dict[str, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
    for place, is_plain in links:
        taken = {colours[other] for other in neighbours[place] if other in colours}
        number = next(n for n in range(len(taken) + 1) if (is_plain, n) not in taken)
        colours[place] = (is_plain, number)
        members[colours[place]][place[0]].add(place[1:])
    by_size = sorted(members.values(), key=lambda group: -sum(map(len, group.values())))
    return by_size[:MAX_GROUPS]
