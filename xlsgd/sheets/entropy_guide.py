"""The first sheet of the entropy workbooks: what each sheet shows, and why a loss is the negative logarithm of p."""

from collections.abc import Iterable, Iterator

from xlsgd.functions import log, log10
from xlsgd.sheets.description import FOUR_PLACES, GIVEN, Chart, Place, Series, Sheet
from xlsgd.sheets.legend import with_legend
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.checked import Checked, plain
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.operations import evaluate

NAME = "guide"

COURSE: tuple[tuple[str, str], ...] = (
    ("Softmax and cross-entropy", ""),
    (
        "",
        "From a network's outputs to probabilities, and from the probability of the right class to a loss. The "
        "less a model believed in what turned out right, the more it loses: -log(p) is 0 for p = 1 and grows "
        "without end towards p = 0, as the chart shows.",
    ),
    ("", ""),
    ("The sheets", ""),
    (
        "softmax",
        "Outputs of a network for five classes, of two images. exp makes them positive, and dividing by their sum "
        "makes them add up to 1. The second image's outputs are the first one's less a constant, so its softmax is "
        "the same; the columns binary, which ask of each class alone, are not.",
    ),
    (
        "entropy",
        "A cat or not: the truth, and a predicted probability. The loss is -log of the probability that was given "
        "to the truth, written as a sum of both classes' terms and as a choice between them.",
    ),
    (
        "log_entropy",
        "The same loss with a column for each class's logarithm, of which an index picks the right one, as "
        "PyTorch's nll_loss does.",
    ),
    ("", ""),
    ("What is odd about them, on purpose", ""),
    (
        "",
        "LOG is to base 10, so every loss is 2.3026 times smaller than PyTorch's (the dashed line of the chart). A "
        "prediction of exactly 0 or 1 is an error in the sum form. An output above 709 overflows, since no maximum "
        "is subtracted. entropy!C9 is a stray sum of the course's, 25000*128*4/1000: nothing refers to it.",
    ),
)
"""What stands in A and in B of each line of the course's workbook; what has nothing in B is a title."""

CORRECTED: tuple[tuple[str, str], ...] = (
    ("Softmax and cross-entropy, their quirks mended", ""),
    COURSE[1],
    ("", ""),
    ("The sheets", ""),
    (
        "softmax",
        "Outputs of a network for five classes, of two images: the greatest is subtracted before exp, so that none "
        "overflows. With the logarithm, the loss of a class that one chooses (target), and the mean loss.",
    ),
    (
        "entropy",
        "A cat or not: the truth, and a predicted probability, also such as are sure. The logarithm is natural and "
        "never below a least one; both are cells. Below the rows stands the mean.",
    ),
    (
        "log_entropy",
        "The same loss with a column for each class's logarithm, of which an index picks the right one.",
    ),
    (
        "quirks",
        "Each quirk of the course's workbook: what it does to the numbers, by live formulas, and what PyTorch does.",
    ),
)
"""The same of the corrected workbook."""

P = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
TABLE, CHART_ROWS = 18, 16
"""The row of the headings of what the chart draws, and how high it is."""

LOSSES = {"E": ("-ln p", log, "line"), "F": ("-log10 p", log10, "dashed")}


def entropy_guide(lines: Iterable[tuple[str, str]]) -> Sheet:
    """Return the sheet, of `COURSE` or `CORRECTED`."""
    first, last = TABLE + 1, TABLE + len(P)
    series = tuple(
        Series(name, _column(letter, first, last), _column("D", first, last), style)
        for letter, (name, _, style) in LOSSES.items()
    )
    title = "The loss of a prediction: -log p"
    chart = Chart(title, series, "D1", 6, CHART_ROWS, "p of the truth", "loss", "scatter", x_least=0, x_most=1)
    places = (*with_legend([*_told(lines)]), *_drawn(first))
    return Sheet(NAME, places, widths={"A": 14, "B": 90, "C": 3}, charts=(chart,))


def _told(lines: Iterable[tuple[str, str]]) -> Iterator[Place]:
    for row, (left, right) in enumerate(lines, start=1):
        if left:
            yield Place(f"A{row}", left, style="top link bold" if right else "title", link=left if right else "")
        if right:
            yield Place(f"B{row}", right, style="wrap")


def _drawn(first: int) -> Iterator[Place]:
    """Yield what the chart draws, below it."""
    yield Place(f"D{TABLE}", "p", style="heading")
    for letter, (name, _, _) in LOSSES.items():
        yield Place(f"{letter}{TABLE}", name, style="heading")
    for row, p in enumerate(P, start=first):
        yield Place(f"D{row}", value=p, style=GIVEN)
        for letter, (name, of, _) in LOSSES.items():
            cell = at(f"D{row}")
            formula = -of(cell)
            value = plain(evaluate(formula, {cell: Checked(p)}, Checked) + 0.0)
            yield Place(f"{letter}{row}", "", (name, row), value, formula, FOUR_PLACES)


def _column(letter: str, first: int, last: int) -> Expression:
    return area(f"{letter}{first}:{letter}{last}", NAME, fixed=True)
