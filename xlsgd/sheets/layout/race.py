"""The `race` sheet: every optimizer on the same rows."""

from collections.abc import Sequence

from xlsgd.sheets.description import FIRST_ROW, SCIENTIFIC, Chart, Place, Series, Sheet
from xlsgd.sheets.layout.history import Run

TABLE = 7
"""The row of the table's first optimizer."""

ROWS_HIGH = 24
LOSS = "root of summed err^2"


def race_sheet(runs: Sequence[Run]) -> Sheet:
    """Return the layout of `race`; keys are `answer b`, `answer a`, what these are made of, and (what, sheet)."""
    last = FIRST_ROW + runs[0].n - 1
    x, y = (f"{runs[0].training.name}!${letter}${FIRST_ROW}:${letter}${last}" for letter in "AB")
    places = [
        Place("A1", "Every optimizer on the same rows: how far does each get, and how fast?", style="title"),
        Place("A3", "answer: b", style="bold"),
        Place("B3", key="answer b", formula="IF(ABS(G3-B4*F3)<=1E-12*G4,0,G3-B4*F3)"),
        Place("A4", "answer: a", style="bold"),
        Place("B4", key="answer a", formula="IF(ABS(F5)*F4<=1E-12*G4,0,F5)"),
        *_least_squares(x, y),
        Place("A5", f"Epochs until b and a are both within 1 % of the answer, of {runs[0].epochs}:", style="note"),
        Place(f"A{TABLE - 1}", "sheet", style="bold"),
        Place(f"B{TABLE - 1}", "epochs to 1 %", style="heading"),
        Place(f"C{TABLE - 1}", "loss at start", style="heading"),
        Place(f"D{TABLE - 1}", "loss at end", style="heading"),
        Place("A5", f"Epochs until b and a are both within 1 % of the answer, of {runs[0].epochs}:", style="note"),
    ]
    for row, run in enumerate(runs, start=TABLE):
        places += _line(row, run)
    return Sheet("race", tuple(places), widths={"A": 12, "B": 14, "C": 14, "D": 14}, charts=_charts(runs))


def _least_squares(x: str, y: str) -> list[Place]:
    """Return the cells that the answer is made of, as `answer.least_squares` makes it."""
    slope = f"IF(MAX({x})=MIN({x}),NA(),SUMPRODUCT({x}-F3,{y}-G3)/SUMPRODUCT({x}-F3,{x}-F3))"
    places = [
        Place("E2", "least squares", style="note"),
        Place("E3", "mean", style="note"),
        Place("E4", "greatest size", style="note"),
        Place("E5", "slope", style="note"),
        Place("F5", key="slope", formula=slope),
    ]
    for letter, name, column in (("F", "x", x), ("G", "y", y)):
        places.append(Place(f"{letter}2", name, style="note"))
        places.append(Place(f"{letter}3", key=f"mean {name}", formula=f"SUM({column})/COUNT({column})"))
        places.append(Place(f"{letter}4", key=f"size {name}", formula=f"MAX(MAX({column}),-MIN({column}))"))
    return places


def _line(row: int, run: Run) -> list[Place]:
    name, near, losses = run.training.name, run.line("near"), run.line("loss")
    epochs = f'IF(COUNTIF({near},1)=0,"not yet",MATCH(1,{near},0)-1)'
    return [
        Place(f"A{row}", name),
        Place(f"B{row}", key=("epochs", name), formula=epochs),
        Place(f"C{row}", "", ("first loss", name), f"INDEX({losses},1)", SCIENTIFIC),
        Place(f"D{row}", "", ("last loss", name), f"INDEX({losses},{run.epochs + 1})", SCIENTIFIC),
    ]


def _charts(runs: Sequence[Run]) -> tuple[Chart, ...]:
    top = TABLE + len(runs) + 1
    losses = tuple(Series(run.training.name, run.line("loss"), run.line("epoch")) for run in runs)
    paths = tuple(Series(run.training.name, run.line("slope"), run.line("const")) for run in runs)
    answer = Series("answer", "race!B4:B4", "race!B3:B3", "point")
    epochs = runs[0].epochs
    return (
        Chart("Loss by epoch", losses, f"A{top}", 6, ROWS_HIGH, "epoch", LOSS, "scatter", True, epochs),
        Chart("Path of the weights, epoch by epoch", (*paths, answer), f"H{top}", 9, ROWS_HIGH, "b", "a", "scatter"),
    )
