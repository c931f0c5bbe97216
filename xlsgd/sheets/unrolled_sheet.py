"""The sheet of all epochs: a line for each pass, and the rows of all passes, by plain formulas."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import mul
from typing import Any

from xlsgd.functions import is_at_most
from xlsgd.sheets.description import GENERAL, GIVEN, Column, Place, Rows, Sheet
from xlsgd.sheets.layout import shown_by
from xlsgd.sheets.placer import Numbers, formula_of, knob_places, place_row, states_beside
from xlsgd.sheets.record import record
from xlsgd.sheets.unrolled import LINES, History, Unrolled, anneals
from xlsgd.symbols.cells import Reference, RowOf, at, here, refer
from xlsgd.symbols.checked import Checked, Number, plain
from xlsgd.symbols.expression import Expression, as_expression, replaced, symbol
from xlsgd.symbols.operations import evaluate
from xlsgd.symbols.references import column_number

NEAR = 0.01
"""How near the answer is near: every parameter within 1 % of it."""

LESS = 0.5
"""Where no answer is known: which part of epoch 0's loss is to be reached."""


def unrolled_sheet(
    where: Unrolled,
    formulas: History,
    numbers: History,
    answers: Mapping[str, tuple[Expression, Number]],
    values: Iterable[tuple[Number, ...]],
) -> Sheet:
    """Return the sheet.

    Args:
        where: where everything stands.
        formulas: the passes as expressions.
        numbers: the same passes' numbers.
        answers: for each parameter the cell that holds the best value, and that; none where it is not known.
        values: the numbers of each row.
    """
    places = [Place(f"{letter}3", name, style="heading") for name, letter in where.lines.items()]
    places += [Place(f"{letter}{where.first - 1}", name, style="heading") for name, letter in where.letters.items()]
    title = f"All epochs of {where.training.name}: what each pass over the data starts from, and its loss"
    places += [Place("A1", title, style="bold")]
    places += [Place(f"A{where.first - 2}", "The rows of all passes, one pass after another", style="bold")]
    known = _header(where)
    for index in range(where.passes):
        first = numbers.losses[where.warm]
        places += _line(where, index, _of_pass(formulas, index), _of_pass(numbers, index), answers, known, first)
    rows = Rows(where.first, where.n, _columns(where), where.passes, LINES, where.layout.first_row, values)
    return Sheet(where.name, tuple(places), rows, freeze="A4", source=where.training.source, first_page=True)


def _of_pass(history: History, index: int) -> dict[str, Any]:
    return history.starts[index] | {"loss": history.losses[index]}


def _line(
    where: Unrolled,
    index: int,
    formulas: Mapping[str, Any],
    numbers: Numbers,
    answers: Mapping[str, tuple[Expression, Number]],
    known: dict[Expression, Expression],
    first: Number,
) -> Iterator[Place]:
    """Yield a pass's line; `known` gathers the values' places, the header's first; `first` is epoch 0's loss."""
    row, epoch = LINES + index, index - where.warm
    yield Place(f"A{row}", key=("pass", index), value=index, style=GIVEN)
    if epoch >= 0:
        yield Place(f"B{row}", key=("epoch", index), value=epoch, style=GIVEN)
    else:
        yield Place(f"B{row}", "warm-up", style="note")
    here = {name: as_expression(value) for name, value in formulas.items() if name != "loss"}
    # Seeds first: what anneals by them is spelled with this line's cells.
    for name in sorted(here, key=lambda each: each in ("lr", *where.training.seeds)):
        value, address = here[name], f"{where.lines[name]}{row}"
        constant = value.op == "number"
        formula = None if constant else replaced(value, known)
        format = GENERAL if name == "lr" else shown_by(name)
        yield Place(address, key=(name, index), value=numbers[name], formula=formula, format=format)
        if not constant:
            known.setdefault(value, at(address))
    at_loss = f"{where.lines['loss']}{row}"
    yield Place(at_loss, "", ("loss", index), numbers["loss"], formulas["loss"], shown_by("loss"))
    yield _near(where, index, row, numbers, answers) if answers else _reached(where, index, row, numbers, first)
    for name, (cell, answer) in answers.items():
        key = f"answer {name}"
        yield Place(f"{where.lines[key]}{row}", "", key, answer, cell, shown_by(key))


def _near(
    where: Unrolled, index: int, row: int, numbers: Numbers, answers: Mapping[str, tuple[Expression, Number]]
) -> Place:
    """Return the cell that tells whether all parameters are near the answer as a pass starts."""
    starts = [start for start, _ in where.training.starts.values()]
    cells = [at(f"{where.lines[start]}{row}") for start in starts]
    # Not by AND: engines disagree about an error that stands behind what is false.
    formula = reduce(
        mul,
        (
            is_at_most(abs(cell - answer), NEAR * abs(answer))
            for cell, (answer, _) in zip(cells, answers.values(), strict=True)
        ),
    )
    known = {cell: Checked(numbers[start]) for cell, start in zip(cells, starts, strict=True)}
    known |= {answer: Checked(value) for answer, value in answers.values()}
    value = plain(evaluate(formula, known, Checked))
    return Place(f"{where.lines['near']}{row}", key=("near", index), value=value, formula=formula)


def _reached(where: Unrolled, index: int, row: int, numbers: Numbers, first: Number) -> Place:
    """Return the cell that tells whether a pass has at most half of the loss of epoch 0."""
    loss, start = (at(f"{where.lines['loss']}{each}") for each in (row, LINES + where.warm))
    formula = is_at_most(loss, LESS * start)
    value = plain(evaluate(formula, {loss: Checked(numbers["loss"]), start: Checked(first)}, Checked))
    return Place(f"{where.lines[where.goal]}{row}", key=(where.goal, index), value=value, formula=formula)


def _header(where: Unrolled) -> dict[Expression, Expression]:
    """Return the knobs' places on the training sheet, seen from another sheet."""
    knobs = record(where.training.key).knobs
    places = knob_places(where.training, where.layout, knobs, where.host)
    if anneals(where.training):
        places[knobs.lr] = at("E2", where.host, fixed=True)
    return places


def _columns(where: Unrolled) -> tuple[Column, ...]:
    """Return the columns of the rows: the points looked up, and the row's values, each pass from its own line."""
    training, traced = where.training, record(where.training.key)
    values = traced.point | {training.model.error: traced.loss} | traced.values
    columns_of = traced.referred({name: values[name] for name in where.letters})
    places = {value: _here(where.letters[name]) for value, name in columns_of.items()}
    places |= _header(where) | {traced.knobs.lr: _of_line(where, "lr", fixed=True)}  # a column may hold a knob as it is
    states = states_beside(training)
    before = places | {symbol(name): _here(where.letters[name], up=1) for name in states}
    at_start = places | {symbol(name): _of_line(where, name) for name in training.carried}
    at_start |= {symbol(name): at(_local(where, name), where.host) for name in training.local}
    columns = [Column(where.letters[name], _of_point(where, where.letters[name])) for name in traced.point]
    looks = {where.letters[name]: shown_by(name) for name in where.letters if name not in traced.point}
    for name, letter in list(where.letters.items())[len(traced.point) :]:
        value = values[name]
        parameter = str(value.args[0]) if value.op == "symbol" else ""
        if parameter in training.parameters and places[value] is _here(letter):
            carried = places[traced.after[parameter]].args[0]
            columns.append(Column(letter, here(carried.column, up=1), _of_line(where, training.starts[parameter][0])))
        else:
            every, first = (formula_of(value, _here(letter), cells) for cells in (before, at_start))
            columns.append(Column(letter, every, first))
    return tuple(column._replace(format=looks.get(column.letter, GENERAL)) for column in columns)


def _local(where: Unrolled, name: str) -> str:
    """Return the cell of the training sheet that every pass starts anew from."""
    letters = place_row(where.training, where.layout).letters
    return f"{letters[name]}{where.layout.first_row - 1}"


def _here(letter: str, up: int = 0) -> Expression:
    return here(column_number(letter), up)


def _of_line(where: Unrolled, name: str, fixed: bool = False) -> Expression:
    """Return the reference to a value in the line of the row's pass."""
    return refer(Reference(column_number(where.lines[name]), 0, RowOf.PASS, fixed_column=fixed))


def _of_point(where: Unrolled, letter: str) -> Expression:
    """Return the reference to the row's point on the training sheet."""
    return refer(Reference(column_number(letter), 0, RowOf.POINT, where.host))
