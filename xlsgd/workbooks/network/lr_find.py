"""The sheet `lr_find`: the rate raised from step to step on the lesson's line, and where the loss falls fastest."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from xlsgd.functions import (
    Value,
    count,
    if_at_most,
    if_equal,
    index,
    least,
    log,
    match,
    match_exactly,
    mean,
    minimum,
    rounded,
    sum_of_products,
)
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.schedules import RateSearch, rising
from xlsgd.sheets.description import SCIENTIFIC, THOUSANDS, Chart, Place, Series
from xlsgd.sheets.table import Contents, Inputs, Singles, Table
from xlsgd.symbols.cells import area
from xlsgd.symbols.checked import NOT_AVAILABLE
from xlsgd.workbooks.network.table_lesson import TableLesson, grid_of, series

STEPS = 100
CHART_ROWS = 14
DIVERGED = 4
"""The search stops where the smoothed loss exceeds so many times its best."""

RATE_PLACES, SLOPE_PLACES = 14, 6
"""Decimals of a rate and of a slope: where the loss runs away it magnifies the last bit of a power a millionfold, and
in the difference of two smoothed losses there is little but rounding beyond."""

NAMES = (
    "step", "lr", "b", "a", "mean loss", "de/db", "de/da", "average", "smoothed", "best", "goes on", "loss shown",
    "smoothed shown", "slope", "x", "y",
)  # fmt: skip
KNOBS = {"lr_start": 1e-7, "lr_end": 10.0, "beta": 0.98, "b at start": 1.0, "a at start": 1.0}
MOMENTS = ("n", "mean x", "mean y", "mean x^2", "mean xy", "mean y^2", "steps")
FOUND = (
    "least smoothed",
    "lr there",
    "a tenth of it",
    "smoothed at it",
    "steepest slope",
    "lr at steepest",
    "smoothed there",
)


def _moments(x: Value, y: Value, steps: Value) -> dict[str, Value]:
    """Return the numbers of the points that a line's mean loss follows from."""
    n, mean_x, mean_y = count(x), mean(x), mean(y)
    squares = (sum_of_products(u, 0, v, 0) / n for u, v in ((x, x), (x, y), (y, y)))
    return dict(zip(MOMENTS, (n, mean_x, mean_y, *squares, count(steps)), strict=True))


def _loss(b: Value, a: Value, m: dict[str, Value]) -> dict[str, Value]:
    """Return the mean of the squared errors over all points, and its derivatives."""
    off = b + a * m["mean x"] - m["mean y"]
    off_times_x = b * m["mean x"] + a * m["mean x^2"] - m["mean xy"]
    off_times_y = b * m["mean y"] + a * m["mean xy"] - m["mean y^2"]
    return {"mean loss": b * off + a * off_times_x - off_times_y, "de/db": 2 * off, "de/da": 2 * off_times_x}


def _rows(steps: Sequence[Value], k: Singles, m: dict[str, Value]) -> list[dict[str, Value]]:
    """Return the steps' values: each rate is tried on the line that the step before left."""
    search, rows = RateSearch(k["lr_end"], m["steps"]), []
    b, a, average, best, goes_on = k["b at start"] + 0, k["a at start"] + 0, 0, None, None
    for step in steps:
        row = {
            "step": step,
            "lr": rounded(rising(k["lr_start"], step, search), RATE_PLACES),
            "b": b,
            "a": a,
            **_loss(b, a, m),
        }
        average = row["average"] = k["beta"] * average + (1 - k["beta"]) * row["mean loss"]
        row["smoothed"] = average / (1 - k["beta"] ** (step + 1))
        lower = row["smoothed"] + 0 if best is None else minimum(best, row["smoothed"])
        best = row["best"] = lower if goes_on is None else if_equal(goes_on, 1, lower, best)
        still = 1 if goes_on is None else goes_on
        goes_on = row["goes on"] = if_at_most(row["smoothed"], DIVERGED * best, still, 0)
        for name, shown in (("mean loss", "loss shown"), ("smoothed", "smoothed shown")):
            row[shown] = if_equal(goes_on, 1, row[name], NOT_AVAILABLE)
        b = if_equal(goes_on, 1, b - row["lr"] * row["de/db"], b)
        a = if_equal(goes_on, 1, a - row["lr"] * row["de/da"], a)
        rows.append(row)
    return rows


def _slopes(rows: Sequence[dict[str, Value]], k: Singles, m: dict[str, Value]) -> list[Value]:
    """Return how the smoothed loss changes by the logarithm of the rate, from the steps around; 0 at the ends."""
    apart = 2 * log(k["lr_end"] / k["lr_start"]) / (m["steps"] - 1)
    inner = [
        if_equal(after["goes on"], 1, rounded((after["smoothed"] - before["smoothed"]) / apart, SLOPE_PLACES), 0)
        for (before, _), (_, after) in pairwise(pairwise(rows))
    ]
    return [0 * rows[0]["lr"], *inner, 0 * rows[-1]["lr"]]


def _found(columns: dict[str, list[Value]]) -> dict[str, Value]:
    """Return what the search says: the rate of the least smoothed loss, a tenth of it, and the rate at the steepest."""
    rates, smoothed, slopes = columns["lr"], columns["smoothed"], columns["slope"]
    lowest = columns["best"][-1] + 0
    there = index(rates, match_exactly(lowest, smoothed))
    tenth = there / 10
    steepest = least(slopes)
    at = match_exactly(steepest, slopes)
    values = (
        lowest,
        there,
        tenth,
        index(smoothed, match(tenth, rates)),
        steepest,
        index(rates, at),
        index(smoothed, at),
    )
    return dict(zip(FOUND, values, strict=True))


def _fill(inputs: Inputs, singles: Singles) -> Contents:
    x, y, steps = [*inputs["x"]], [*inputs["y"]], [*inputs["step"]]
    moments = _moments(x, y, steps)
    rows = _rows(steps, singles, moments)
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in NAMES[:-3]}
    columns |= {"slope": _slopes(rows, singles, moments), "x": x, "y": y}
    return Contents(columns, moments | _found(columns))


def _table(points: Points, row: int) -> Table:
    lines = (tuple(KNOBS), MOMENTS, FOUND)
    cells = {
        name: f"{letter}{row + 1 + 3 * i}"
        for i, line in enumerate(lines)
        for name, letter in zip(line, "ABCDEFG", strict=False)
    }
    headings = (Place(f"{cell[0]}{int(cell[1:]) - 1}", name, style="heading") for name, cell in cells.items())
    formats = dict.fromkeys(NAMES[2:-2], THOUSANDS) | {"lr": SCIENTIFIC, "goes on": "", "slope": THOUSANDS}
    formats |= dict.fromkeys(MOMENTS[1:-1], THOUSANDS) | dict.fromkeys(FOUND, THOUSANDS)
    formats |= dict.fromkeys(("lr there", "a tenth of it", "lr at steepest"), SCIENTIFIC)
    grid = grid_of(NAMES, row + CHART_ROWS + 1, cells, formats, *headings)
    inputs = {"step": [float(i) for i in range(STEPS)], "x": points.x, "y": points.y}
    return Table("lr_find", inputs, _fill, grid, dict(KNOBS))


def _mark(table: Table, name: str, x: str, y: str) -> Series:
    over, values = (area(f"{table.grid.cells[each]}", table.name, fixed=True) for each in (x, y))
    return Series(name, values, over, "point")


def _charts(table: Table) -> Iterable[Chart]:
    lines = (
        series(table, "loss shown", "lr", name="loss"),
        series(table, "smoothed shown", "lr", name="smoothed"),
        _mark(table, "steepest", "lr at steepest", "smoothed there"),
        _mark(table, "a tenth of the least", "a tenth of it", "smoothed at it"),
    )
    top_left = f"I{table.grid.first_row - CHART_ROWS - 2}"
    yield Chart("Loss by rate", lines, top_left, 6, CHART_ROWS, "lr", "loss", "scatter", log=True, x_log=True)


LR_FIND = TableLesson(
    name="lr_find",
    title="lr_find: raise the rate until the loss runs away, and look where it falls",
    text="""
The lesson's line, and in each step the rate is larger by the same ratio: from lr_start to lr_end in 100 steps. A
step looks at all 29 points at once (the mean loss of a line follows from the means of x, y and their products) and
moves b and a by its own rate. The loss first stands still, then falls, then runs away.

The smoothed loss is the moving average with beta 0.98, corrected; it lags behind, since it remembers about 50
steps. The search stops where it exceeds four times its
best (column goes on). Two ways to choose a rate: where the smoothed loss falls most steeply by the logarithm of the
rate (column slope; what fastai marks), or a tenth of the rate at which it is least (what the lesson says by eye).

Try it: type another lr_end, or other starting values of b and a; the rate at which it runs away stays, for it
follows from the x alone: above 1 / (mean of x squared) a step goes further past the answer than it was before.
""",
    points=LESSON_POINTS,
    table=_table,
    charts=_charts,
    widths={"A": 16},
)
