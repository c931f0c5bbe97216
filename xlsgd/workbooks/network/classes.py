"""Points of two inputs and a class as a picture: each class has its colour, and lines where two classes are equal."""

from collections.abc import Iterator, Sequence

from xlsgd.functions import greatest, if_equal, least
from xlsgd.sheets.description import FOUR_PLACES, Chart, Place, Series
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.checked import NOT_AVAILABLE
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import column_letters
from xlsgd.workbooks.network.lesson import CHART_ROWS, LessonCells

INPUTS = ("x1", "x2")

Line = tuple[Expression, Expression, Expression]
"""The line on which `c + u*x1 + v*x2` is 0: the cells of c, u and v."""


def class_places(cells: LessonCells, classes: Sequence[int], lines: Sequence[Line]) -> Iterator[Place]:
    """Yield what the picture is drawn from, below the rows: x2 in a column for each class, and both ends of each line.

    Args:
        cells: where the lesson's cells stand; its inputs are x1 and x2, its target is y.
        classes: the classes.
        lines: the lines.
    """
    top = cells.below
    x1, x2, y = (cells.letters[name] for name in (*INPUTS, "y"))
    yield Place(f"A{top}", "What the chart of the points shows", style="bold")
    yield Place(f"A{top + 1}", "x1", style="heading")
    for i, number in enumerate(classes, start=2):
        yield Place(f"{column_letters(i)}{top + 1}", f"x2, class {number}", style="heading")
    for row in range(cells.n):
        here, there = top + 2 + row, cells.first + row
        yield Place(f"A{here}", formula=at(f"{x1}{there}"))
        for i, number in enumerate(classes, start=2):
            shown = if_equal(at(f"{y}{there}"), number, at(f"{x2}{there}"), NOT_AVAILABLE)
            yield Place(f"{column_letters(i)}{here}", formula=shown)
    if lines:
        yield from _ends(cells, lines)


def _ends(cells: LessonCells, lines: Sequence[Line]) -> Iterator[Place]:
    ends = _first_end(cells)
    yield Place(f"A{ends - 1}", "the lines' ends", style="note")
    for row, end in ((ends, least(cells.column("x1")) - 1), (ends + 1, greatest(cells.column("x1")) + 1)):
        yield Place(f"A{row}", formula=end, format=FOUR_PLACES)
        for i, (c, u, v) in enumerate(lines, start=2):
            height = if_equal(v, 0, NOT_AVAILABLE, -(c + u * at(f"A{row}")) / v)
            yield Place(f"{column_letters(i)}{row}", formula=height, format=FOUR_PLACES)


def class_cells(cells: LessonCells, classes: Sequence[int]) -> str:
    """Return the range of the columns for each class, in which most cells show `#N/A`."""
    return f"B{cells.below + 2}:{column_letters(1 + len(classes))}{cells.below + 1 + cells.n}"


def class_chart(
    cells: LessonCells, classes: Sequence[int], lines: Sequence[str], top_left: str, wide: int = 6
) -> Chart:
    """Return the picture; `lines` are what the lines are called, the rest as of `class_places`."""
    first, last = cells.below + 2, cells.below + 1 + cells.n

    def series(i: int, name: str, style: str, first: int, last: int) -> Series:
        letter = column_letters(i)
        over, values = (area(f"{c}{first}:{c}{last}", cells.name, fixed=True) for c in ("A", letter))
        return Series(name, values, over, style)

    dots = [series(i, f"class {number}", "dots", first, last) for i, number in enumerate(classes, start=2)]
    ends = _first_end(cells)
    drawn = [series(i, name, "line", ends, ends + 1) for i, name in enumerate(lines, start=2)]
    left, right = cells.span("x1")
    return Chart(
        "The points, and where the model draws the line" if lines else "The points",
        (*dots, *drawn),
        top_left,
        wide,
        CHART_ROWS,
        "x1",
        "x2",
        "scatter",
        x_most=right,
        x_least=left,
        y_span=cells.span("x2"),
    )


def _first_end(cells: LessonCells) -> int:
    return cells.below + 3 + cells.n
