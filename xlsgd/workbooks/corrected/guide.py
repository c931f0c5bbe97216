"""The first sheet of the corrected `graddesc`: what is on the sheets and how to go on from epoch to epoch."""

from xlsgd.sheets.description import Sheet
from xlsgd.sheets.guide import guide_places

GUIDE: tuple[tuple[str, str, str], ...] = (
    ("A1", "title", "Gradient descent, one row at a time: the corrected sheets"),
    ("B2", "wrap", "The course's sheets with their quirks mended. The sheet quirks lists each of them: where it is in "
     "the course's workbook, what it does to the numbers, and what PyTorch does. Here every optimizer is PyTorch's."),
    ("A4", "title", "What the sheets show"),
    ("A5", "bold", "data"),
    ("B5", "wrap", "The points, which every training sheet reads. Change a point and all of them follow."),
    ("A6", "bold", "basic"),
    ("B6", "wrap", "Stochastic gradient descent. Columns K to V estimate the gradient by forward and by central "
     "differences with the step h, and show how far each is off, relative to the gradient by formula."),
    ("A7", "bold", "momentum"),
    ("B7", "wrap", "Each step goes along beta times the last step's direction plus the new gradient."),
    ("A8", "bold", "rmsprop"),
    ("B8", "wrap", "The gradient over the root of the row's own mean square, plus eps."),
    ("A9", "bold", "adam"),
    ("B9", "wrap", "Average over root of mean square, both corrected for their start at 0. The cell correction "
     "switches that on (1) and off (0)."),
    ("A10", "bold", "adam_ann"),
    ("B10", "wrap", "Adam with a rate of its own in every row (column lr): half a cosine from lr to 0 in T steps."),
    ("A11", "bold", "quirks"),
    ("B11", "wrap", "Each quirk of the course's: where it is, what it does to the numbers, by live "
     "formulas, and what PyTorch does."),
    ("A13", "title", "How to use them"),
    ("B14", "wrap", "Change a tinted number (a knob in row 2, a starting value below the headings, or a point on "
     "data) and watch every row follow."),
    ("B15", "wrap", "One pass down the rows is one epoch. To go on to the next, copy the last row's values from new b "
     "on (the name last) into the row start (the name start), as values; on adam and adam_ann up to the column t."),
    ("B16", "wrap", "Below the rows stand the root mean squares of the error and of both gradients; above them "
     "charts of the squared error and of the line, row by row."),
)  # fmt: skip
"""Address, style and text of each line."""


def guide_sheet() -> Sheet:
    """Return `Sheet1`: what the workbook shows and how to use it."""
    return Sheet("Sheet1", guide_places(GUIDE), widths={"A": 14, "B": 100})
