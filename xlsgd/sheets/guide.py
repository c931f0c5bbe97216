"""The first sheet, which says in plain words what the workbook shows, and the `data` sheet."""

from collections.abc import Iterable, Mapping, Sequence

from xlsgd.sheets.description import Column, Place, Rows, Sheet
from xlsgd.sheets.legend import with_legend
from xlsgd.symbols.cells import at
from xlsgd.symbols.expression import as_expression
from xlsgd.symbols.primitives import apply
from xlsgd.symbols.references import column_letters

POINTS_SHEET = "data"
"""The sheet that holds a workbook's points: headings in row 4, the first point in row 5, columns from B on."""

TRAININGS = ("basic", "momentum", "rmsprop", "adam", "adam_ann")
"""The lesson's training sheets, in the guide's order, from row 6 on."""

GUIDE: tuple[tuple[str, str, str], ...] = (
    ("A1", "title", "Gradient descent, one row at a time"),
    ("B2", "wrap", "Each row of the sheets basic, momentum, rmsprop, adam and adam_ann is one step of online training: it "
     "takes one data point (x, y), predicts y with the line b + a*x, and moves b and a against the gradient of the squared "
     "error. The next row starts from the moved values."),
    ("A4", "title", "What the sheets show"),
    ("A5", "bold", "data"),
    ("B5", "wrap", "How such points are made: x at random, y = 2x + 30. The x change at every recalculation; the training "
     "sheets hold fixed points of their own."),
    ("A6", "bold", "basic"),
    ("B6", "wrap", "Stochastic gradient descent. The gradient is there twice: estimated by moving b or a by 0.01 and "
     "looking how the error moves (est de/db, est de/da), and by formula (de/db, de/da)."),
    ("A7", "bold", "momentum"),
    ("B7", "wrap", "Steps along a moving average of the gradients (columns J and K)."),
    ("A8", "bold", "rmsprop"),
    ("B8", "wrap", "Divides each gradient by the root of a moving average of its squares (columns J and K)."),
    ("A9", "bold", "adam"),
    ("B9", "wrap", "Both at once: the average of the gradients (J, K) over the root of the average of their squares (L, M)."),
    ("A10", "bold", "adam_ann"),
    ("B10", "wrap", "Adam with a rate that is cut to a quarter when the size of the gradients doubles against its best."),
    ("A12", "title", "How to use them"),
    ("B15", "wrap", "The sheets stand as they do just after a reset: b = a = 1, with the averages warmed up by one or two "
     "passes over the data."),
    ("A17", "title", "What is odd about them, on purpose"),
    ("B18", "wrap", "These are the course's sheets, quirks included. 1: the values carried into the next epoch are the last "
     "row's starting values, so that row's own update is lost."),
    ("B19", "wrap", "2: what is called rmse is the root of the sum of the squared errors, not of their mean; adam_ann divides "
     "the root by the count."),
    ("B20", "wrap", "3: the estimated gradients look ahead by 0.01, which puts them off by 0.01 for b and by 0.01*x^2 for a."),
    ("B21", "wrap", "4: momentum is an average with weights 0.9 and 0.1. PyTorch adds the whole gradient instead; at a tenth of "
     "the rate it takes the same path."),
    ("B22", "wrap", "5: after a reset the averages are not zero but warmed up, so the first epoch has already seen the data."),
    ("B23", "wrap", "6: rmsprop divides by the mean square of the row before, adam by the row's own. There is no epsilon and no "
     "bias correction."),
    ("B24", "wrap", "7: adam_ann's annealing is no schedule; it waits for the gradients to grow."),
    ("B25", "wrap", "8: the data sheet is not linked to the training sheets."),
    ("B26", "wrap", "9: only basic and momentum show a loss in the course's sheets, and only basic has a chart."),
)  # fmt: skip
"""Address, style and text of each line."""

LESSON_ANSWER = (
    ("B3", "wrap", "The points of the lesson lie on y = 2x + 30, so b should find 30 and a should find 2."),
)  # fmt: skip

OWN_ANSWER = (
    ("B3", "wrap", "The points on the training sheets are yours. b and a should find the line of least squares through them, "
     "which the sheet race shows if the workbook has one; the sheet data still makes the lesson's."),
)  # fmt: skip


CHANGE = (
    "Change a tinted number and watch every row follow: the learning rate (below or beside learn), beta, a point, or "
)

STEP_BY_HAND = (
    ("B13", "wrap", f"{CHANGE}the starting values of b and a in C1 and C2."),
    ("B14", "wrap", "One pass down the rows is one epoch. To go on to the next, copy the values of the last row's b and a "
     "(columns C and D) into C1 and C2; where a sheet keeps averages, copy those of its last row into the row below the "
     "data at the same time. xlsgd press does exactly this, step by step: xlsgd press adam reset run."),
)  # fmt: skip

STEP_BY_BUTTON = (
    STEP_BY_HAND[0],
    ("B14", "wrap", "One pass down the rows is one epoch. On each training sheet Reset goes back to the start and Run goes on "
     "by five epochs: each time the values of the last row's b and a (columns C and D) go into C1 and C2, and where a sheet "
     "keeps averages, those of its last row into the row below the data. The macros basic_step, adam_step and so on take a "
     "single epoch. Excel asks before it runs macros; graddesc.xlsx steps without any."),
)  # fmt: skip

STEP_BY_CELL = (
    ("B13", "wrap", f"{CHANGE}the values that b and a start from, in the first lines of the sheets that end in _run."),
    ("A11", "bold", "race"),
    ("B11", "wrap", "Every optimizer on the same rows, and how fast each comes near the answer. The sheets that end in _run "
     "hold all epochs, row by row."),
    ("B14", "wrap", "One pass down the rows is one epoch. Type an epoch into A2 of a training sheet and it shows the sheet "
     "after that many epochs; 0 is the sheet just after a reset, and basic's list and chart of errors fill as it grows. All "
     "epochs stand on the _run sheets, as plain formulas: a change of a rate, of beta or of the points changes all of them."),
)  # fmt: skip


def guide_sheet(stepping: bool, buttons: bool = False, own_points: bool = False, standardized: bool = False) -> Sheet:
    """Return `Sheet1`: what the workbook shows, how to use it, and its quirks.

    Args:
        stepping: whether the training sheets have a cell for the epoch.
        buttons: whether they have buttons.
        own_points: whether the points on them are a user's.
        standardized: whether a sheet brings these to mean 0 and deviation 1.
    """
    answer = OWN_ANSWER if own_points else LESSON_ANSWER
    texts = (*GUIDE, *answer, *(STEP_BY_CELL if stepping else STEP_BY_BUTTON if buttons else STEP_BY_HAND))
    runs = [f"{name}_run" for name in TRAININGS] if stepping else []
    links = [Place(f"C{row}", name, style="top link", link=name) for row, name in enumerate(runs, start=6)]
    links += [Place("C5", "standardize", style="top link", link="standardize")] if standardized else []
    return Sheet("Sheet1", (*guide_places(texts), *links), widths={"A": 14, "B": 100, "C": 15})


def few_sheets_guide(sheets: Mapping[str, str], stepping: bool) -> Sheet:
    """Return the first sheet of a workbook with some training sheets: their names, and where their equations are from."""
    steps = "Type an epoch below the word epoch, and a sheet shows its training after so many. All epochs: _run."
    by_hand = "One pass down the rows is one epoch; the next starts from the last row's parameters and states."
    lines = [("A1", "title", "Training sheets"), ("B2", "wrap", steps if stepping else by_hand)]
    lines += [("A4", "title", "The sheets")]
    for row, (name, source) in enumerate(sheets.items(), start=5):
        lines += [(f"A{row}", "bold", name), (f"B{row}", "wrap", source)]
    below = 5 + len(sheets)
    if stepping:
        lines += [(f"A{below}", "bold", "race"), (f"B{below}", "wrap", "Every optimizer on the same rows.")]
    runs = [f"{name}_run" for name in sheets] if stepping else []
    links = [Place(f"C{row}", name, style="top link", link=name) for row, name in enumerate(runs, start=5)]
    return Sheet("guide", (*guide_places(lines), *links), widths={"A": 18, "B": 100, "C": 18})


def guide_places(texts: Iterable[tuple[str, str, str]]) -> tuple[Place, ...]:
    """Return a guide's cells from the address, style and text of each; a bold text names a sheet, and leads there."""
    places = [
        Place(address, text, style="top link bold" if style == "bold" else style, link=text if style == "bold" else "")
        for address, style, text in texts
    ]
    return with_legend(places)


def data_sheet(x: Sequence[float], y: Sequence[float]) -> Sheet:
    """Return `data`: points with x at random, shown as the lesson's until they are recalculated."""
    texts = (
        *(Place(address, text) for address, text in (("A1", "b"), ("B1", "const"), ("A2", "a"), ("B2", "slope"))),
        Place("B4", "x", style="heading"),
        Place("C4", "y", style="heading"),
        Place("C1", key="b", value=30.0),
        Place("C2", key="a", value=2.0),
    )
    at_random = apply("random_between", as_expression(1), 100)
    b, a = at("C1", fixed=True), at("C2", fixed=True)
    xs = tuple(Place(f"B{5 + i}", value=value, formula=at_random) for i, value in enumerate(x))
    ys = tuple(Place(f"C{5 + i}", value=value, formula=b + at(f"B{5 + i}") * a) for i, value in enumerate(y))
    return Sheet("data", (*texts, *xs, *ys))


def points_sheet(columns: Mapping[str, Sequence[float]]) -> Sheet:
    """Return the sheet that holds the points of a model, which its training sheets look up."""
    letters = {name: column_letters(i) for i, name in enumerate(columns, start=2)}
    headings = (Place(f"{letter}4", name, style="heading") for name, letter in letters.items())
    title = Place("B1", "The points: change them here, and every sheet follows.", style="bold")
    n = len(next(iter(columns.values())))
    rows = Rows(5, n, tuple(map(Column, letters.values())), values=zip(*columns.values(), strict=True))
    return Sheet(POINTS_SHEET, (title, *headings), rows, freeze="B5")
