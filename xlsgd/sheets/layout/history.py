"""The history sheets: all epochs of a training sheet unrolled, by plain formulas, and what looks them up.

A table holds a line for each pass over the data: what the pass starts from, and its loss. Below it stand the rows of
all passes, one pass after another. Nothing refers back to where the epoch is chosen, so nothing is circular.
"""

from typing import Any, NamedTuple

from xlsgd.sheets.description import FIRST_ROW, PASS, POINT, PREVIOUS, ROW, Column, Place, Rows, Sheet
from xlsgd.sheets.epochs import History
from xlsgd.sheets.layout.training import knob_cells, trace_row
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, as_expression, symbol
from xlsgd.symbols.to_excel import spell

LEFT_OUT = ("errb1", "est de/db", "erra1", "est de/da", "gradient size b", "gradient size a")
"""Columns of a training sheet that no later row depends on: not repeated for every epoch."""


ANSWERS = {"const": "race!$B$3", "slope": "race!$B$4"}
"""Where the best intercept and slope stand."""


class Run(NamedTuple):
    """Where a history sheet's cells stand.

    Args:
        training: the training sheet whose history it is.
        n: how many data points it has.
        history: the passes, as formulas.
        lines: the column of each name of a pass's line; each line is a row from `FIRST_ROW` on.
        letters: the column of each of a row's values.
        first: the sheet row of the first pass's first point.
    """

    training: Training
    n: int
    history: History
    lines: dict[str, str]
    letters: dict[str, str]
    first: int

    @property
    def name(self) -> str:
        """The history sheet's name."""
        return f"{self.training.name}_run"

    @property
    def epochs(self) -> int:
        """How many epochs the history goes on after the reset."""
        return len(self.history.starts) - self.history.warm - 1

    def line(self, name: str) -> str:
        """The range of a name's values from epoch 0 on, with the sheet's name."""
        top = FIRST_ROW + self.history.warm
        return f"{self.name}!{self.lines[name]}{top}:{self.lines[name]}{top + self.epochs}"


def run_sheet(run: Run) -> Sheet:
    """Return the layout of a history sheet; a line's keys are its names with the index of its pass."""
    places = [Place(f"{letter}3", name, style="heading") for name, letter in run.lines.items()]
    places += [Place(f"{letter}{run.first - 1}", name, style="heading") for name, letter in run.letters.items()]
    title = f"All epochs of {run.training.name}: what each pass over the data starts from, and its loss"
    places += [Place("A1", title, style="bold")]
    places += [Place(f"A{run.first - 2}", "The rows of all passes, one pass after another", style="bold")]
    known: dict[Expression, str] = {}
    for index, (start, loss) in enumerate(zip(run.history.starts, run.history.losses, strict=True)):
        places += _line(run, index, start, loss, known)
    columns = _columns(run)
    rows = Rows(run.first, run.n, columns, passes=len(run.history.starts), start=FIRST_ROW)
    return Sheet(run.name, tuple(places), rows, freeze="A4")


def _line(run: Run, index: int, start: dict[str, Any], loss: Expression, known: dict[Expression, str]) -> list[Place]:
    """Return the cells of a pass's line; `known` gathers the lines' values with their addresses."""
    row = FIRST_ROW + index
    epoch = index - run.history.warm
    places = [Place(f"A{row}", key=("pass", index))]
    places.append(Place(f"B{row}", key=("epoch", index)) if epoch >= 0 else Place(f"B{row}", "warm-up", style="note"))
    here = {name: as_expression(value) for name, value in start.items()}
    # Seeds first: what anneals by them is spelled with this line's cells.
    for name in sorted(here, key=lambda each: each in ("lr", *run.training.seeds)):
        value, address = here[name], f"{run.lines[name]}{row}"
        constant = value.op == "number"
        formula = "" if constant else spell(value, known | _header(run))
        places.append(Place(address, key=(name, index), formula=formula))
        if not constant and value not in known:
            known[value] = address
    places.append(Place(f"{run.lines['loss']}{row}", key=("loss", index), formula=spell(loss, {})))
    near = ",".join(f"ABS({run.lines[name]}{row}-{answer})<=0.01*ABS({answer})" for name, answer in ANSWERS.items())
    places.append(Place(f"{run.lines['near']}{row}", key=("near", index), formula=f"IF(AND({near}),1,0)"))
    for name, answer in (("answer b", ANSWERS["const"]), ("answer a", ANSWERS["slope"])):
        places.append(Place(f"{run.lines[name]}{row}", key=name, formula=answer))
    return places


def _header(run: Run) -> dict[Expression, str]:
    """Return the knobs' places on the training sheet, seen from another sheet."""
    traced = trace_row(run.training)
    places = {value: f"{run.training.name}!{address}" for _, value, address in knob_cells(run.training, traced)}
    if anneals(run.training):
        places[traced.row.knobs.lr] = f"{run.training.name}!$E$2"
    return places


def anneals(training: Training) -> bool:
    """Return whether a step changes the learning rate, so that the rate in the header is looked up."""
    return bool(training.seeds)


def _columns(run: Run) -> tuple[Column, ...]:
    traced = trace_row(run.training)
    sheet = run.training.name
    places = _header(run) | {traced.row.knobs.lr: f"${run.lines['lr']}{PASS}"}
    places |= {symbol("x"): f"A{ROW}", symbol("y"): f"B{ROW}"}
    values = {"err^2": traced.row.loss} | traced.row.values
    places |= {values[name]: f"{letter}{ROW}" for name, letter in run.letters.items() if name in values}
    states = [f"{field} {weight}" for field in run.training.targets for weight in ("b", "a")]
    before = {symbol(name): f"{run.letters[name]}{PREVIOUS}" for name in states}
    at_start = {symbol(name): f"{run.lines[name]}{PASS}" for name in states}
    columns = [Column(letter, f"{sheet}!{letter}{POINT}") for letter in "AB"]
    for name, letter in run.letters.items():
        if name in ("x", "y"):
            continue
        value = values[name]
        inside = {cell: place for cell, place in places.items() if cell != value}
        if value in (symbol("b"), symbol("a")):
            carried = traced.row.after[str(value.args[0])]
            weight = "const" if value == symbol("b") else "slope"
            formula, first = places[carried].replace(ROW, PREVIOUS), f"{run.lines[weight]}{PASS}"
        else:
            formula, first = spell(value, inside | before), spell(value, inside | at_start)
        columns.append(Column(letter, formula, first))
    return tuple(columns)
