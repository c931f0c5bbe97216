"""The oracle's answers for the history sheets: every pass over the data from a reset on.

A pass starts from the numbers in the file's line for it, so that rounding does not add up over the epochs, and all
passes are walked at once. A line's own numbers are what the buttons paste: the last row of the pass before. Columns are
found by their headings.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from xlsgd.verifying.oracle import paths
from xlsgd.verifying.oracle.paths import WeightPath, gradients, squared_error
from xlsgd.verifying.oracle.segments import Optimize, walk
from xlsgd.verifying.oracle.sheet import CellAnswers, OracleSheet, float64, number

FIRST = 4
"""The row of the first pass's line, and on the training sheets of the first point."""

WARM = {"basic": 0, "momentum": 1, "rmsprop": 2, "adam": 4, "adam_ann": 2}
"""How many passes a reset makes before epoch 0."""

RATES = {"basic": "F1", "momentum": "D2", "rmsprop": "D2", "adam": "D2", "adam_ann": "E2"}
"""Where a training sheet holds the learning rate after a reset."""

SEEDS = {"momentum": "m", "rmsprop": "v", "adam": "mv", "adam_ann": "mv"}
"""Which moving averages a sheet pastes from epoch to epoch: of the gradients, and of their squares."""

GROWN, CUT = 2.0, 4.0
"""When the gradients' size has grown by more than the one, `adam_ann` divides its rate by the other."""


class PastEpochs(NamedTuple):
    """Where a history sheet's cells stand: a line for each pass, and below the lines the rows of all passes.

    Args:
        sheet: the history sheet.
        training: the training sheet whose epochs these are.
        lines: the columns of the lines, by heading.
        passes: how many lines there are.
        columns: the columns of the rows, by heading.
        first: the first pass's first row.
        n: how many rows a pass has.
    """

    sheet: OracleSheet
    training: OracleSheet
    lines: dict[str, str]
    passes: int
    columns: dict[str, str]
    first: int
    n: int

    def line(self, name: str, index: int) -> float:
        """Return the file's value in a pass's line."""
        return self.sheet.number(f"{self.lines[name]}{FIRST + index}")

    def last(self, name: str, index: int) -> float:
        """Return the file's value in a pass's last row."""
        return self.sheet.number(f"{self.columns[name]}{self.first + (index + 1) * self.n - 1}")

    def starts(self, *names: str) -> list[Tensor]:
        """Return what the passes start from, each a tensor of shape (passes, 1 + WOBBLED)."""
        return [self.sheet.down(self.lines[name], FIRST, self.passes) for name in names]


def history(sheet: OracleSheet) -> PastEpochs:
    """Find a history sheet's parts."""
    training = sheet.other(sheet.name.removesuffix("_run"))
    passes = sheet.count("A", FIRST)
    top = next(row for row in range(FIRST + passes, FIRST + passes + 9) if sheet.values.get(f"A{row}") == "x")
    n = training.count("A", FIRST)
    return PastEpochs(sheet, training, sheet.headings(FIRST - 1), passes, sheet.headings(top), top + 1, n)


def run(sheet: OracleSheet) -> None:
    """All epochs of a training sheet."""
    past = history(sheet)
    x, y = (past.training.down(column, FIRST, past.n) for column in "AB")
    path = passes(past, x, y)
    x, y = x.unsqueeze(1), y.unsqueeze(1)
    b, a = path.before.unbind(1)
    by_b, by_a = gradients(x, y, b, a)
    error = squared_error(x, y, b, a)
    new_b, new_a = path.after.unbind(1)
    values = {"x": x, "y": y, "b": b, "a": a, "intercept": b, "slope": a, "pred": b + a * x, "y_pred": b + a * x}
    values |= {"de/db": by_b, "de/da": by_a, "new b": new_b, "new a": new_a, "err^2": error}
    for name, average in path.state.items():
        values[f"{AVERAGES[name]} b"], values[f"{AVERAGES[name]} a"] = average.unbind(1)
    known = {past.columns[name]: value for name, value in values.items() if name in past.columns}
    by_pass = {column: value.expand_as(b).transpose(0, 1).flatten(0, 1) for column, value in known.items()}
    sheet.answer_down(past.first, by_pass)
    sheet.answer_down(FIRST, {past.lines["loss"]: error.sum(0).sqrt()})
    sheet.answer(chain(past) | rates(past) | nearness(past))


AVERAGES = {"momentum_buffer": "m", "exp_avg": "m", "square_avg": "v", "exp_avg_sq": "v"}
"""The sheets' names for Torch's."""


def passes(past: PastEpochs, x: Tensor, y: Tensor) -> WeightPath:
    """Return the paths of all passes, of shape (n, 2, passes, 1 + WOBBLED); those with one rate are walked at once."""
    rates = [past.line("lr", index) for index in range(past.passes)]
    states = [f"{average} {weight}" for average in SEEDS.get(past.training.name, "") for weight in "ba"]
    starts = past.starts("const", "slope", *states)
    columns = [past.columns[name] for name in ("new b", "new a", *states)]
    parts = []
    for rate in dict.fromkeys(map(repr, rates)):
        chosen = [index for index, lr in enumerate(rates) if repr(lr) == rate]
        tops = [past.first + index * past.n for index in chosen]
        optimize = optimizer(past.training, float(rate))
        parts.append((chosen, walk(optimize, past.sheet, columns, tops, x, y, [each[chosen] for each in starts])))
    order = torch.tensor([index for chosen, _ in parts for index in chosen]).argsort()

    def together(part: Callable[[WeightPath], Tensor]) -> Tensor:
        return torch.cat([part(path) for _, path in parts], 2)[:, :, order]

    state = {name: together(lambda path, name=name: path.state[name]) for name in parts[0][1].state}  # type: ignore[misc]
    return WeightPath(together(lambda path: path.before), together(lambda path: path.after), state)


def optimizer(training: OracleSheet, lr: float) -> Optimize:
    """Return what walks a training sheet's path at a rate."""
    if training.name == "basic":
        return lambda x, y, start, seeds: paths.sgd(x, y, start, lr)
    beta = training.number("J1")
    if training.name == "momentum":
        return lambda x, y, start, seeds: paths.momentum(x, y, start, lr, beta, *seeds)
    if training.name == "rmsprop":
        return lambda x, y, start, seeds: paths.rmsprop(x, y, start, lr, beta, *seeds)
    betas = beta, training.number("L1")
    return lambda x, y, start, seeds: paths.adam(x, y, start, lr, betas, *seeds)


def chain(past: PastEpochs) -> CellAnswers:
    """Return what the buttons paste into each line from the passes before: weights, and moving averages."""
    answers: CellAnswers = {}
    name = past.training.name
    weights = ("intercept", "slope") if name == "basic" else ("b", "a")
    averages = [f"{average} {weight}" for average in SEEDS.get(name, "") for weight in "ba"]
    for index in range(1, past.passes):
        row = FIRST + index
        if index > WARM[name]:
            for line, column in zip(("const", "slope"), weights, strict=True):
                answers[f"{past.lines[line]}{row}"] = past.last(column, index - 1)
        for average in averages:
            # adam's reset pastes the squares and the averages in turns, with a pass between
            waits = name == "adam" and index <= WARM[name] and (index % 2 == 0) == average.startswith("v")
            value = past.line(average, index - 1) if waits else past.last(average, index - 1)
            answers[f"{past.lines[average]}{row}"] = value
    return answers


def rates(past: PastEpochs) -> CellAnswers:
    """Return each line's learning rate, and what `adam_ann` anneals it by."""
    name = past.training.name
    reset = past.training.number(RATES[name])
    lr = past.lines["lr"]
    answers: CellAnswers = {}
    for index in range(past.passes):
        row = FIRST + index
        answers[f"{lr}{row}"] = reset
        if name == "adam_ann" and index >= WARM[name]:
            best = size = sum(float64(past.line(f"v {weight}", index)).sqrt().item() for weight in "ba")
            if index > WARM[name]:
                best, rate = past.line("prev_grad2", index - 1), past.line("lr", index - 1)
                growth = number((float64(size) / float64(best)).item())
                answers[f"{lr}{row}"] = math.nan if math.isnan(growth) else rate / CUT if growth > GROWN else rate
            smaller = torch.minimum(float64(size), float64(best)).item()
            answers[f"{past.lines['prev_grad2']}{row}"] = smaller
    return answers


def nearness(past: PastEpochs) -> CellAnswers:
    """Return whether each line's weights are within 1 % of the least squares on `race`, and these."""
    answers: CellAnswers = {}
    goal = [past.sheet.other("race").number(address) for address in ("B3", "B4")]
    for index in range(past.passes):
        row = FIRST + index
        weights = float64([past.line("const", index), past.line("slope", index)])
        off = (weights - float64(goal)).abs() - 0.01 * float64(goal).abs()
        answers[f"{past.lines['near']}{row}"] = math.nan if off.isnan().any() else float((off <= 0).all())
        answers |= {f"{past.lines[f'answer {weight}']}{row}": goal[i] for i, weight in enumerate("ba")}
    return answers
