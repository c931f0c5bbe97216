"""The rows of any model's training sheet, each by itself: one step of `torch.optim` from the row above.

What a row starts from is read from the file, so a row is right if it follows from the one above; that one is judged in
the same way, up to the starting values. Rounding does not add up, and all rows are computed at once. What the model
predicts and loses is the model's own function, run on tensors; its derivatives come from `torch.autograd`, the steps
from `torch.optim`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from xlsgd.verifying.oracle.model_columns import ModelColumns, forward_and_back, heading
from xlsgd.verifying.oracle.model_steps import OPTIMIZERS, stepped
from xlsgd.verifying.oracle.sheet import WOBBLED, OracleSheet, answers, float64

LEFT, IN_BATCH, STEP, RATE = "rows left", "in batch", "step", "lr"
"""The columns of a batch's bookkeeping, and of a schedule's."""


class ModelRows(NamedTuple):
    """Where the rows of a training sheet, or of all its epochs, stand.

    Args:
        model: the model.
        rule: what the sheet calls its rule.
        sheet: the sheet that holds the rows.
        knobs: the knobs' values by name.
        letters: the column of each heading.
        first: the first row.
        size: how many rows there are.
        start: gives where stands what a row starts from if it is the first of a pass, from the row's index and a name;
            nothing if it is not.
    """

    model: ModelColumns
    rule: str
    sheet: OracleSheet
    knobs: Mapping[str, float]
    letters: Mapping[str, str]
    first: int
    size: int
    start: Callable[[int, str], tuple[OracleSheet, str] | None]

    def column(self, heading: str) -> Tensor:
        """Return a column's numbers, of shape (rows, 1 + WOBBLED)."""
        return self.sheet.down(self.letters[heading], self.first, self.size)

    def numbers(self, heading: str) -> list[float]:
        """Return a column's numbers as they are."""
        return self.sheet.numbers(self.letters[heading], self.first, self.size)

    def before(self, heading: str, name: str = "") -> list[float]:
        """Return what each row reads of a column in the row above; `name` is what the first of a pass reads instead."""
        letter, values = self.letters[heading], []
        for index in range(self.size):
            start = self.start(index, name or heading)
            sheet, address = start or (self.sheet, f"{letter}{self.first + index - 1}")
            values.append(sheet.number(address))
        return values


def answer_rows(rows: ModelRows) -> None:
    """Enter the answers for the rows; of a rule that Torch does not have, for all but what it makes of a gradient."""
    model = rows.model
    above = {name: rows.before(f"new {name}", name) for name in model.parameters}
    entries = {name: rows.sheet.wobbled(float64(values)).requires_grad_() for name, values in above.items()}
    point = {name: rows.column(name) for name in (*model.inputs, *model.targets)}
    point |= {name: exact([rows.knobs[name]] * rows.size) for name in model.knobs}
    values, gradient = forward_and_back(rows.sheet, model, entries, point)
    found = {name: exact(values) for name, values in above.items()} | values
    taken, done, more = batch(rows, gradient)
    found |= more
    if STEP in rows.letters:
        found[STEP] = exact(rows.before(STEP)) + done
    if rows.rule in OPTIMIZERS and OPTIMIZERS[rows.rule].knobs <= rows.knobs.keys():
        found |= steps(rows, entries, taken, done)
    enter(rows, found)


def exact(values: list[float]) -> Tensor:
    """Return numbers that nothing wobbles as a tensor of shape (rows, 1 + WOBBLED)."""
    return float64(values).unsqueeze(1).expand(-1, 1 + WOBBLED)


def batch(rows: ModelRows, gradient: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], Tensor, dict[str, Tensor]]:
    """Return the gradient that a step takes, whether a row takes one, and the columns of the batch's bookkeeping."""
    if IN_BATCH not in rows.letters:
        return dict(gradient), exact([1.0] * rows.size), {}
    size, before = rows.knobs["batch"], exact(rows.before(IN_BATCH))
    count = torch.where(before == size, 0, before) + 1
    left = exact(rows.before(LEFT)) - 1
    done = ((count == size) | (left == 0)).double()
    found, means = {LEFT: left, IN_BATCH: count, "ends batch": done}, {}
    for name, g in gradient.items():
        of = heading(rows.model, name)
        total = rows.sheet.wobbled(float64(rows.before(f"sum {of}")))
        found[f"sum {of}"] = torch.where(count == 1, 0, total) + g
        means[name] = found[f"mean {of}"] = found[f"sum {of}"] / count
    return means, done, found


def steps(
    rows: ModelRows, entries: Mapping[str, Tensor], gradient: Mapping[str, Tensor], done: Tensor
) -> dict[str, Tensor]:
    """Return the parameters and the states after each row."""
    found: dict[str, Tensor] = {}
    for rate, names in layers(rows).items():
        own, slopes = ({name: each[name] for name in names} for each in (entries, gradient))
        found |= layer_steps(rows, own, slopes, done, rate)
    return found


def layers(rows: ModelRows) -> dict[str, list[str]]:
    """Return which parameters step by the rate of each column; one that is missing stands for the header's rate."""
    groups: dict[str, list[str]] = {}
    for name in rows.model.parameters:
        groups.setdefault(rows.model.rates.get(name, RATE), []).append(name)
    return groups


def layer_steps(
    rows: ModelRows, entries: Mapping[str, Tensor], gradient: Mapping[str, Tensor], done: Tensor, rate: str
) -> dict[str, Tensor]:
    """Return the parameters of one layer and their states after each row; `rate` is the column of its rate."""
    optimizer = OPTIMIZERS[rows.rule]
    before = {"": together(entries)}
    for field in optimizer.fields:
        before[field] = together({n: rows.sheet.wobbled(float64(rows.before(f"{field} {n}"))) for n in entries})
    counts = rows.before("t") if optimizer.counts else [0.0] * rows.size
    rates = rows.numbers(rate) if rate in rows.letters else [rows.knobs["lr"]] * rows.size
    varied = {
        option: [given(value, rows.knobs) for value in rows.numbers(knob)]
        for knob, (option, given) in optimizer.options.items()
        if knob in rows.letters
    }
    found: dict[str, Tensor] = {"t": exact(counts) + done} if optimizer.counts else {}
    for field, after in stepped(optimizer, rows.knobs, rates, counts, before, together(gradient), varied).items():
        kept = torch.where(done.unsqueeze(1) == 1, after, before[field])
        found |= {f"{field or 'new'} {n}": column for n, column in zip(entries, kept.unbind(1), strict=True)}
    return found


def together(of_each: Mapping[str, Tensor]) -> Tensor:
    """Return the parameters' tensors as one of shape (rows, parameters, 1 + WOBBLED)."""
    return torch.stack(list(of_each.values()), 1).detach()


def enter(rows: ModelRows, found: Mapping[str, Tensor]) -> None:
    """Enter answers, but none where the file has an error and Torch a number: an overflow that it gets around."""
    for name in found.keys() & rows.letters.keys():
        column = found[name].detach().double().expand(rows.size, 1 + WOBBLED)
        for row, answer in enumerate(answers(column), start=rows.first):
            address = f"{rows.letters[name]}{row}"
            shown = rows.sheet.values.get(address)
            if answer != answer or shown == shown:
                rows.sheet.answers[address] = answer
