"""The sheet `conventions`: optimizers as the course, PyTorch, Keras and the papers write them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from xlsgd.functions import Value, if_equal, rounded
from xlsgd.points.points import Points
from xlsgd.sheets.description import FOUR_PLACES, Chart, Place
from xlsgd.sheets.table import Contents, Grid, Inputs, Singles, Table
from xlsgd.symbols.cells import at
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import column_letters
from xlsgd.workbooks.network.published_conventions import CONVENTIONS, Convention
from xlsgd.workbooks.network.table_lesson import TableLesson, series

KNOBS = {"lr": 0.1, "beta": 0.9, "beta1": 0.9, "beta2": 0.999, "eps": 1e-3, "weight_decay": 0.1}
"""The knobs that all have at first, large enough that their parts are seen to differ within ten steps."""

FIRST_KNOB, FIRST_APART, FIRST_STATE = 3, 9, 4
"""The columns of the first knob, of the first difference, and of the first state."""

PLACES = 9
"""Decimals of a difference that may be rounding alone, no two engines the same beyond them."""

CHART_COLUMNS, CHART_ROWS = 4, 11
CHARTS_BELOW, TABLE_BELOW = 3, 13
"""How many rows below the first knobs the charts and, two rows above its headings, the table stand."""

USED_BELOW = 2 * len(CONVENTIONS) + 11
"""How many rows below that the knobs in use stand: below the table, the equations and the optimizers' names."""

REFERENCE = "PyTorch"

NONE = "\N{EN DASH}"
"""Stands where a convention has no such knob, or publishes no default."""


def _apart(name: str, step: int) -> str:
    return f"{name} apart after {step}"


def _marks(n: int) -> tuple[int, ...]:
    """Return after which steps differences are shown: the first, the last before the rate changes, the last."""
    return tuple(sorted({1, (n + 1) // 2, n}))


def _filled(inputs: Inputs, singles: Singles) -> Contents:
    columns = {"step": _steps(singles["step before"], len(inputs["g"])), **{name: [*inputs[name]] for name in inputs}}
    for convention in CONVENTIONS:
        columns |= _path(convention, columns, singles)
    totals = {}
    for convention in CONVENTIONS:
        own, theirs = (columns[f"{name} w"] for name in (convention.name, f"{convention.optimizer} {REFERENCE}"))
        for step in _marks(len(own)):
            totals[_apart(convention.name, step)] = rounded(own[step - 1] - theirs[step - 1], PLACES)
    return Contents(columns, totals)


def _steps(before: Value, n: int) -> list[Value]:
    steps = []
    for _ in range(n):
        before = before + 1
        steps.append(before)
    return steps


def _path(convention: Convention, columns: dict[str, list[Value]], singles: Singles) -> dict[str, list[Value]]:
    """Return the columns of a convention's states, one step a row."""
    rule, name = convention.rule, convention.name
    knobs = {knob: singles[f"{name} {knob}"] for knob in convention.knobs}
    start = {field: singles[f"{name} {field} before"] for field in convention.states}
    start |= {"t": singles["step before"], "before": start["w"]}
    state: Any = rule.state(*(start[field] for field in rule.state(0.0, 0.0)._fields))
    found: dict[str, list[Value]] = {f"{name} {field}": [] for field in convention.states}
    for g, times in zip(columns["g"], columns["times"], strict=True):
        state = rule.update(state, g, _knobs_of(convention, knobs, times))
        for field in convention.states:
            found[f"{name} {field}"].append(getattr(state, field))
    return found


def _knobs_of(convention: Convention, knobs: dict[str, Value], times: Value) -> Any:
    """Return a step's knobs: the schedule multiplies the rate, or is a knob of its own."""
    if "times" in convention.rule.knobs()._fields:
        return convention.rule.knobs(**knobs, times=times)
    return convention.rule.knobs(**knobs | {"lr": knobs["lr"] * times})


def _table(points: Points, row: int) -> Table:
    letters = dict(zip(("step", "g", "times"), "ABC", strict=True))
    names = [f"{convention.name} {field}" for convention in CONVENTIONS for field in convention.states]
    letters |= {name: column_letters(index) for index, name in enumerate(names, start=FIRST_STATE)}
    top = row + TABLE_BELOW
    used = top + USED_BELOW
    first = used + len(KNOBS) + 2
    cells, singles = _own_cells(row, top)
    for knob, at_row in zip(KNOBS, range(used, first), strict=False):
        cells |= {f"{each.name} {knob}": f"{letters[f'{each.name} w']}{at_row}" for each in _with(knob)}
    cells |= {f"{name} before": f"{letters[name]}{first - 1}" for name in ("step", *names)}
    singles |= _in_use(cells) | {f"{name} before": _start(name, cells) for name in names} | {"step before": 0.0}
    for index, convention in enumerate(CONVENTIONS, start=top + 5):
        for column, step in enumerate(_marks(points.n), start=FIRST_APART):
            cells[_apart(convention.name, step)] = f"{column_letters(column)}{index}"
    formats = dict.fromkeys((*names, *(name for name in cells if "apart" in name)), FOUR_PLACES)
    texts = (
        *_knob_headings(row),
        *_table_texts(top, _marks(points.n)),
        *_equations(top + len(CONVENTIONS) + 6),
        *_headings(letters, used),
    )
    styles = {name: "" for name, value in singles.items() if isinstance(value, Expression)}
    inputs = {"g": points.g, "times": points.times}
    return Table("conventions", inputs, _filled, Grid(letters, first, cells, formats, texts, styles=styles), singles)


def _with(knob: str) -> list[Convention]:
    return [convention for convention in CONVENTIONS if knob in convention.knobs]


def _own_cells(row: int, top: int) -> tuple[dict[str, str], dict[str, float | Expression]]:
    """Return the cells that one types into, and what stands there: knobs of all, and each convention's defaults."""
    cells = {"own defaults": f"A{row + 1}", "w at start": f"C{row + 1}", "v at start": f"D{row + 1}"}
    singles: dict[str, float | Expression] = {"own defaults": 0.0, "w at start": 1.0, "v at start": 1.0}
    for column, (knob, value) in enumerate(KNOBS.items(), start=FIRST_KNOB):
        letter = column_letters(column)
        cells[knob], singles[knob] = f"{letter}{top + 4}", value
        for index, convention in enumerate(CONVENTIONS, start=top + 5):
            if knob in convention.defaults:
                name = f"{convention.name} default {knob}"
                cells[name], singles[name] = f"{letter}{index}", convention.defaults[knob]
    return cells, singles


def _in_use(cells: dict[str, str]) -> dict[str, Expression]:
    """Return each convention's knobs: its own defaults where it has them and they are asked for, else those of all."""
    found = {}
    for knob in KNOBS:
        for convention in _with(knob):
            default = cells.get(f"{convention.name} default {knob}")
            of_all, own = at(cells[knob], fixed=True), at(cells["own defaults"], fixed=True)
            chosen = if_equal(own, 1, at(default, fixed=True), of_all) if default else of_all
            found[f"{convention.name} {knob}"] = chosen
    return found


def _start(name: str, cells: dict[str, str]) -> float | Expression:
    """Return what a state's column starts from; the course's mean square from a cell, for it divides by that first."""
    if name.endswith(" w"):
        return at(cells["w at start"], fixed=True)
    return at(cells["v at start"], fixed=True) if name == "RMSProp course v" else 0.0


def _knob_headings(row: int) -> Iterator[Place]:
    for letter, text in zip("ACD", ("own defaults", "w at start", "v at start"), strict=True):
        yield Place(f"{letter}{row}", text, style="heading")


def _table_texts(row: int, marks: Sequence[int]) -> Iterator[Place]:
    headings = ("optimizer", "convention", *KNOBS, *(f"after {step}" for step in marks))
    for column, text in enumerate(headings, start=1):
        yield Place(f"{column_letters(column)}{row + 3}", text, style="heading")
    yield Place(f"{column_letters(FIRST_APART)}{row + 2}", f"apart from {REFERENCE}", style="bold")
    yield Place(f"A{row + 4}", "all", style="bold")
    for index, convention in enumerate(CONVENTIONS, start=row + 5):
        yield Place(f"A{index}", convention.optimizer)
        yield Place(f"B{index}", convention.source)
        for column, knob in enumerate(KNOBS, start=FIRST_KNOB):
            if knob not in convention.defaults:
                yield Place(f"{column_letters(column)}{index}", NONE, style="note right")


def _equations(row: int) -> Iterator[Place]:
    yield Place(f"A{row}", "the equations", style="bold")
    for index, convention in enumerate(CONVENTIONS, start=row + 1):
        yield Place(f"A{index}", convention.optimizer)
        yield Place(f"B{index}", convention.source)
        yield Place(f"C{index}", convention.equation)


def _headings(letters: dict[str, str], used: int) -> Iterator[Place]:
    """Yield what stands over the steps: the optimizers, the conventions, the names of the knobs and of the columns."""
    for optimizer, group in groupby(CONVENTIONS, lambda convention: convention.optimizer):
        conventions = list(group)
        yield Place(f"{_left(letters, conventions[0])}{used - 2}", optimizer, style="bold")
        for convention in conventions:
            yield Place(f"{_left(letters, convention)}{used - 1}", convention.source, style="bold")
    for row, knob in enumerate(KNOBS, start=used):
        yield Place(f"A{row}", knob, style="heading")
        for convention in CONVENTIONS:
            if knob not in convention.knobs:
                yield Place(f"{letters[f'{convention.name} w']}{row}", NONE, style="note right")
    for name, letter in letters.items():
        yield Place(f"{letter}{used + len(KNOBS)}", name.split()[-1], style="heading")


def _left(letters: dict[str, str], convention: Convention) -> str:
    """Return the first of a convention's columns."""
    return letters[f"{convention.name} {convention.states[0]}"]


def _charts(table: Table) -> Iterable[Chart]:
    top = int(table.grid.cells["own defaults"][1:]) - 1 + CHARTS_BELOW
    optimizers = dict.fromkeys(convention.optimizer for convention in CONVENTIONS)
    for index, optimizer in enumerate(optimizers):
        lines = tuple(
            series(table, f"{each.name} w", "step", name=each.source)
            for each in CONVENTIONS
            if each.optimizer == optimizer
        )
        place = f"{column_letters(1 + CHART_COLUMNS * index)}{top}"
        n = len(table.inputs["g"])
        yield Chart(
            f"{optimizer}: w by step", lines, place, CHART_COLUMNS, CHART_ROWS, "step", "w", "scatter", x_most=n
        )


CONVENTIONS_SHEET = TableLesson(
    name="conventions",
    title="Conventions: one name, several optimizers",
    text="""
Four optimizers, each as the course's sheets, PyTorch, Keras and the papers write it. All take the same gradients g
from the same w; times multiplies the rate, as a schedule does, here by a tenth from step 6 on. The columns after 1,
5 and 10 say how far w is from PyTorch's by then.

Momentum: the course averages, so that its steps are a tenth of PyTorch's at beta 0.9; PyTorch, Keras and Polyak take
the same path until the rate changes, for PyTorch's buffer forgets the old rate and theirs has it built in. RMSProp
and Adam: where eps stands decides what happens to small gradients, and the course's RMSProp divides by the mean
square of the row before. AdamW: PyTorch and Keras multiply the decay by the rate, the paper does not.

Try it: type 1 below own defaults, and each takes the knobs that it is published with. Type 1 into all of times, and
three momenta are one. Type 0 for eps on the line all.
""",
    points=Points(
        g=[1.0, 0.5, 2.0, -1.0, 0.25, 1.5, -0.5, 1.0, 0.1, -2.0],
        times=[1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.1],
    ),
    table=_table,
    charts=_charts,
    widths={"A": 12},
)
