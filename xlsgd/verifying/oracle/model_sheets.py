"""The oracle's answers for the sheets of any model's workbook: training sheets, all epochs, the race."""

import math
from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.model_columns import ModelColumns
from xlsgd.verifying.oracle.model_names import EPOCH, RUN, holder
from xlsgd.verifying.oracle.model_rows import LEFT, ModelRows, answer_rows
from xlsgd.verifying.oracle.sheet import OracleSheet, across

START = "start"
"""What stands in column A beside what the first row starts from, below the headings."""

FIRST = 5
"""The row of the first point on the sheet that holds a workbook's points."""

LINES = 4
"""The row of the first pass's line on the sheet of all epochs."""

OF_THE_COURSE = "const"
"""What the lesson's sheets call the intercept that a pass starts from."""


class ModelSheet(NamedTuple):
    """A training sheet: its model and rule, the sheet, its columns and knobs, its points' number, the first's row."""

    model: ModelColumns
    rule: str
    sheet: OracleSheet
    letters: dict[str, str]
    knobs: dict[str, float]
    n: int
    first: int

    def start_of(self, name: str) -> str:
        """Return the address of what the first row starts from: above the column that goes on in the next row."""
        return f"{self.letters[f'new {name}' if name in self.model.parameters else name]}{self.first - 1}"


class PassLines(NamedTuple):
    """The sheet of all epochs: a line for each pass, and below the lines the rows of all passes.

    Args:
        training: the training sheet whose epochs these are.
        sheet: the sheet.
        letters: the columns of the lines, by heading.
        passes: how many lines there are.
        columns: the columns of the rows, by heading.
        first: the first pass's first row.
    """

    training: ModelSheet
    sheet: OracleSheet
    letters: dict[str, str]
    passes: int
    columns: dict[str, str]
    first: int

    def at(self, name: str, index: int) -> float:
        """Return the file's value in a pass's line."""
        return self.sheet.number(f"{self.letters[name]}{LINES + index}")


def is_model_sheet(sheet: OracleSheet, models: Iterable[ModelColumns]) -> bool:
    """Return whether a sheet is a training sheet of one of the models, or holds all epochs of one."""
    return _model_of(sheet, models) is not None


def _model_of(sheet: OracleSheet, models: Iterable[ModelColumns]) -> ModelColumns | None:
    base, host, own = sheet.name.removesuffix(RUN), hosts.host_of(sheet), holder(sheet)
    name = hosts.model(host, base) if host else own.values.get(f"B{top_of(own)}")
    if f"{base}{RUN}" in sheet.book and OF_THE_COURSE in across(sheet.other(f"{base}{RUN}"), LINES - 1):
        return None  # one of the textbook's optimizers, whose loss is a root and no mean
    return next((model for model in models if model.name == name), None)


def training_sheet(sheet: OracleSheet, models: Iterable[ModelColumns]) -> ModelSheet:
    """Find the parts of a training sheet, from its name or its epochs'."""
    model = _model_of(sheet, models)
    assert model
    base, host = sheet.name.removesuffix(RUN), hosts.host_of(sheet)
    if host:
        shared = training_sheet(host, models)
        return shared._replace(model=model, rule=hosts.rule(host, base), knobs=hosts.knobs(host, base))
    training = sheet.other(base) if sheet.name.endswith(RUN) else sheet
    top, start = top_of(training), training.labels().get(START, FIRST - 1)
    knobs = {name: training.number(f"{letter}{top + 1}") for name, letter in across(training, top, first=3).items()}
    rule, columns = str(training.values.get(f"B{top + 1}", "")), across(training, start - 1)
    return ModelSheet(model, rule, training, columns, knobs, training.count("A", start + 1), start + 1)


def top_of(training: OracleSheet) -> int:
    """Return the row of a training sheet that says what the model and the knobs are called."""
    return training.labels().get(EPOCH, 1)


def answer(sheet: OracleSheet, models: Iterable[ModelColumns]) -> None:
    """Enter the answers for a training sheet or for the sheet of all its epochs."""
    training = training_sheet(sheet, models)
    if sheet.name == training.sheet.name:
        _answer_training(training)
    else:
        _answer_epochs(lines_of(sheet, training))


def _answer_training(training: ModelSheet) -> None:
    sheet, first, n = training.sheet, training.first, training.n
    answer_rows(rows_of_training(training))
    loss = training.letters[training.model.error]
    sheet.answer({f"{loss}{first + n}": sheet.down(loss, first, n).mean(0)})
    if LEFT in training.letters:
        sheet.answer({f"{training.letters[LEFT]}{first - 1}": float(n)})
    _look_up_points(training)
    if f"{sheet.name}{RUN}" in sheet.book:
        _look_up_epoch(lines_of(sheet.other(f"{sheet.name}{RUN}"), training))


def rows_of_training(training: ModelSheet) -> ModelRows:
    """Return the rows of a training sheet."""

    def start(index: int, name: str) -> tuple[OracleSheet, str] | None:
        return None if index else (training.sheet, training.start_of(name))

    t = training
    return ModelRows(t.model, t.rule, t.sheet, t.knobs, t.letters, t.first, t.n, start)


def _look_up_points(training: ModelSheet) -> None:
    """Answer for the points, where they stand on a sheet of their own."""
    if "data" not in training.sheet.book:
        return
    data = training.sheet.other("data")
    letters = across(data, LINES, first=2)
    for name in (*training.model.inputs, *training.model.targets):
        if name in letters and data.count(letters[name], FIRST) == training.n:
            values = data.numbers(letters[name], FIRST, training.n)
            own = training.letters[name]
            training.sheet.answer({f"{own}{training.first + i}": value for i, value in enumerate(values)})


def _look_up_epoch(lines: PassLines) -> None:
    """Answer for what a training sheet looks up by the epoch in A2."""
    training = lines.training
    epoch = training.sheet.number(f"A{top_of(training.sheet) + 1}")
    for name in _carried(lines):
        known = 0 <= epoch < lines.passes and epoch == int(epoch)
        value = lines.at(name, int(epoch)) if known else math.nan
        training.sheet.answer({training.start_of(name): value})


def lines_of(sheet: OracleSheet, training: ModelSheet) -> PassLines:
    """Find the parts of a sheet of all epochs."""
    passes = sheet.count("A", LINES)
    first = LINES + passes + 3
    return PassLines(training, sheet, across(sheet, LINES - 1), passes, across(sheet, first - 1), first)


def _carried(lines: PassLines) -> list[str]:
    """Return what goes on from pass to pass: parameters, and states that start from a line."""
    return [name for name in lines.letters if name in lines.columns and name not in ("lr", lines.training.model.error)]


def _answer_epochs(lines: PassLines) -> None:
    training, sheet, rows = lines.training, lines.sheet, rows_of_epochs(lines)
    answer_rows(rows)
    for name in (*training.model.inputs, *training.model.targets):
        values = training.sheet.numbers(training.letters[name], training.first, training.n) * lines.passes
        sheet.answer({f"{lines.columns[name]}{lines.first + i}": value for i, value in enumerate(values)})
    _answer_lines(lines, _carried(lines))


def rows_of_epochs(lines: PassLines) -> ModelRows:
    """Return the rows of a sheet of all epochs."""
    training, sheet, carried = lines.training, lines.sheet, _carried(lines)

    def start(index: int, name: str) -> tuple[OracleSheet, str] | None:
        if index % training.n:
            return None
        if name in carried:
            return sheet, f"{lines.letters[name]}{LINES + index // training.n}"
        return training.sheet, training.start_of(name)

    rows, t = lines.passes * training.n, training
    return ModelRows(t.model, t.rule, sheet, t.knobs, lines.columns, lines.first, rows, start)


def _answer_lines(lines: PassLines, carried: list[str]) -> None:
    """Answer for the passes' lines: what the last row of the pass before hands on, the loss, and how near it is."""
    training, sheet, n = lines.training, lines.sheet, lines.training.n
    losses = sheet.down(lines.columns[training.model.error], lines.first, lines.passes * n)
    means = losses.reshape(lines.passes, n, -1).mean(1)
    sheet.answer_down(LINES, {lines.letters["loss"]: means})
    for index in range(lines.passes):
        row, last = LINES + index, lines.first + index * n - 1
        sheet.answer({f"{lines.letters['lr']}{row}": training.knobs["lr"]})
        for name in carried if index else ():
            column = f"new {name}" if name in training.model.parameters else name
            sheet.answer({f"{lines.letters[name]}{row}": sheet.number(f"{lines.columns[column]}{last}")})
        if "half the loss" in lines.letters:
            half = 0.5 * lines.at("loss", 0)
            sheet.answer({f"{lines.letters['half the loss']}{row}": _at_most(lines.at("loss", index), half)})
    if "near" in lines.letters:
        _answer_nearness(lines)


def _at_most(value: float, most: float) -> float:
    return math.nan if math.isnan(value + most) else float(value <= most)


def _answer_nearness(lines: PassLines) -> None:
    """Answer whether a line's parameters are within 1 % of the least squares on the race, and for these."""
    goal = hosts.answer(lines.training.sheet)
    for index in range(lines.passes):
        row = LINES + index
        off = [abs(lines.at(name, index) - best) - 0.01 * abs(best) for name, best in goal.items()]
        lines.sheet.answer({f"{lines.letters['near']}{row}": _at_most(max(off) + 0 * sum(off), 0.0)})
        lines.sheet.answer({f"{lines.letters[f'answer {name}']}{row}": best for name, best in goal.items()})


def race(sheet: OracleSheet, models: Iterable[ModelColumns]) -> None:
    """Answer for how far and how fast each optimizer of a model gets."""
    for row in count(7):
        name = sheet.values.get(f"A{row}")
        if f"{name}{RUN}" not in sheet.book:
            return
        run = sheet.other(f"{name}{RUN}")
        if not is_model_sheet(run, models):
            continue
        came_to(sheet, lines_of(run, training_sheet(run, models)), "BCD", row)


def came_to(sheet: OracleSheet, lines: PassLines, columns: Sequence[str], row: int) -> None:
    """Answer, in three cells of a row, for after how many epochs a run is near, and its first and last loss."""
    goal = "near" if "near" in lines.letters else "half the loss"
    reached = [index for index in range(lines.passes) if lines.at(goal, index) == 1]
    values = (float(reached[0]) if reached else "not yet", lines.at("loss", 0), lines.at("loss", lines.passes - 1))
    sheet.answer({f"{column}{row}": value for column, value in zip(columns, values, strict=True)})
