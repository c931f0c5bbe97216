"""Torch as a second implementation: what each sheet's formula cells must hold, computed another way.

Nothing here comes from the update rules, nor from the rows and sheets made of them. From a sheet's constants alone it
computes the formula cells with `torch.optim`, `torch.autograd` and `torch.nn.functional` (see `oracle_paths`), and the
cells' places are written down here a second time. A spreadsheet's error is NaN.
"""

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

from xlsgd import oracle_paths
from xlsgd.errors import InputError
from xlsgd.oracle_paths import Path, float64, gradients, squared_error

FIRST = 4
"""The first data row of every training sheet."""

H = 0.01
"""The step of the course's finite differences."""


class Sheet:
    """A sheet's input cells, by address, and the answers for its formula cells."""

    def __init__(self, name: str, values: Mapping[str, float]) -> None:
        self.name, self.values = name, values
        self.answers: dict[str, float] = {}

    def __getitem__(self, address: str) -> float:
        if address not in self.values:
            raise InputError(f"sheet {self.name}: cell {address} holds no number; enter one")
        return self.values[address]

    def down(self, column: str, first: int) -> Tensor:
        """Return the numbers from a column's row `first` down to the first cell without one."""
        found = [self[f"{column}{first}"]]
        while (address := f"{column}{first + len(found)}") in self.values:
            found.append(self.values[address])
        return float64(found)

    def beside(self, column: str, first: int, count: int) -> Tensor:
        """Return `count` numbers from a column's row `first` down."""
        return float64([self[f"{column}{row}"] for row in range(first, first + count)])

    def answer(self, cells: Mapping[str, Tensor | float]) -> None:
        """Enter answers by address; what is not finite is an error in a spreadsheet, and NaN here."""
        for address, value in cells.items():
            self.answers[address] = number(float(value))

    def answer_down(self, first: int, **columns: Tensor) -> None:
        """Enter answers for columns, from row `first` down."""
        for column, tensor in columns.items():
            self.answers.update({f"{column}{first + i}": number(value) for i, value in enumerate(tensor.tolist())})


def number(value: float) -> float:
    """Return `value`, or NaN where it is infinite."""
    return value if math.isfinite(value) else math.nan


def expected(sheet_name: str, values: Mapping[str, float]) -> dict[str, float]:
    """Return what the formula cells of one of the lesson's sheets must hold, by address.

    Args:
        sheet_name: one of `SHEETS`; there are no answers for another.
        values: the numbers among the sheet's constants, by address. The training rows are those from A4 down to the
            first row without a number in column A; the footers and the seeds stand in the row below the last.

    Returns:
        Each answer by its address, NaN where a spreadsheet must show an error.

    Raises:
        InputError: a constant that is needed is missing, or Torch refuses it (a rate below 0, a beta not in [0, 1)).
    """
    sheet = Sheet(sheet_name, values)
    try:
        SHEETS.get(sheet_name, nothing)(sheet)
    except ValueError as error:
        raise InputError(f"sheet {sheet_name}: Torch cannot compute it: {error}; change that constant") from error
    return sheet.answers


def nothing(sheet: Sheet) -> None:
    """Answer for no cell."""


def basic(sheet: Sheet) -> None:
    """Stochastic gradient descent beside finite differences."""
    x, y, end = rows(sheet)
    path = oracle_paths.sgd(x, y, (sheet["C1"], sheet["C2"]), sheet["F1"])
    b, a = path.before.unbind(1)
    error, error_b, error_a = (squared_error(x, y, *at) for at in ((b, a), (b + H, a), (b, a + H)))
    by_b, by_a = gradients(x, y, b, a)
    new_b, new_a = path.after.unbind(1)
    sheet.answer_down(FIRST, C=b, D=a, E=b + a * x, F=error, G=error_b, H=(error_b - error) / H, I=error_a)
    sheet.answer_down(FIRST, J=(error_a - error) / H, K=by_b, L=by_a, M=new_a, N=new_b)
    sheet.answer({f"F{end}": error.sum().sqrt(), f"K{end}": size(by_b), f"L{end}": size(by_a)})


def momentum(sheet: Sheet) -> None:
    """Momentum, with a loss."""
    x, y, end = rows(sheet)
    path = oracle_paths.momentum(x, y, (sheet["C1"], sheet["C2"]), sheet["D2"], sheet["J1"], seeds(sheet, "JK", end))
    shared(sheet, x, y, path)
    error = squared_error(x, y, *path.before.unbind(1))
    averages(sheet, "JK", path, "momentum_buffer")
    sheet.answer_down(FIRST, L=error)
    sheet.answer({"K1": 1 - sheet["J1"], f"L{end}": error.sum().sqrt()})


def rmsprop(sheet: Sheet) -> None:
    """RMSProp with the mean square of the row before."""
    x, y, end = rows(sheet)
    path = oracle_paths.rmsprop(x, y, (sheet["C1"], sheet["C2"]), sheet["D2"], sheet["J1"], seeds(sheet, "JK", end))
    shared(sheet, x, y, path)
    averages(sheet, "JK", path, "square_avg")
    sheet.answer({"K1": 1 - sheet["J1"]})


def adam(sheet: Sheet) -> None:
    """Adam without epsilon and bias correction."""
    x, y, end = rows(sheet)
    start, betas = (sheet["C1"], sheet["C2"]), (sheet["J1"], sheet["L1"])
    path = oracle_paths.adam(x, y, start, sheet["D2"], betas, seeds(sheet, "JK", end), seeds(sheet, "LM", end))
    shared(sheet, x, y, path)
    averages(sheet, "JK", path, "exp_avg")
    averages(sheet, "LM", path, "exp_avg_sq")
    sheet.answer({"K1": 1 - sheet["J1"], "M1": 1 - sheet["L1"]})


def adam_ann(sheet: Sheet) -> None:
    """Adam, with the sizes of the gradients that its annealing goes by."""
    adam(sheet)
    x, _, end = rows(sheet)
    by_b, by_a = (float64([sheet.answers[f"{column}{FIRST + i}"] for i in range(len(x))]) for column in "FG")
    now, best = float64(seeds(sheet, "LM", end)).sqrt().sum(), sheet["N3"]
    sheet.answer({f"F{end}": size(by_b) / len(x), f"G{end}": size(by_a) / len(x), f"N{end}": now})
    sheet.answer({f"N{end + 1}": now / best})
    sheet.answer({f"{column}{end + 1}": 1 / float64(sheet[f"{column}{end}"]) for column in "KL"})


def rows(sheet: Sheet) -> tuple[Tensor, Tensor, int]:
    """Return the training rows' x and y, and the number of the row below the last."""
    x = sheet.down("A", FIRST)
    return x, sheet.beside("B", FIRST, len(x)), FIRST + len(x)


def seeds(sheet: Sheet, columns: str, end: int) -> list[float]:
    """Return the constants below the last row that a moving average starts from, for intercept and slope."""
    return [sheet[f"{column}{end}"] for column in columns]


def shared(sheet: Sheet, x: Tensor, y: Tensor, path: Path) -> None:
    """Answer for the columns that all sheets but `basic` have in the same places."""
    b, a = path.before.unbind(1)
    by_b, by_a = gradients(x, y, b, a)
    new_b, new_a = path.after.unbind(1)
    sheet.answer_down(FIRST, C=b, D=a, E=b + a * x, F=by_b, G=by_a, H=new_b, I=new_a)


def averages(sheet: Sheet, columns: str, path: Path, name: str) -> None:
    """Answer for a moving average's two columns, and for the cells above them that hold its seeds."""
    for column, average in zip(columns, path.state[name].unbind(1), strict=True):
        sheet.answer_down(FIRST, **{column: average})
        sheet.answer({f"{column}{FIRST - 1}": sheet[f"{column}{FIRST + len(average)}"]})


def size(slopes: Tensor) -> Tensor:
    """Return the root of the sum of squares."""
    return slopes.square().sum().sqrt()


def softmax(sheet: Sheet) -> None:
    """Two images' softmax, and the binary one of each output."""
    for outputs, exponential, share, binary in "BCDK", "GHIL":
        logits = sheet.down(outputs, 3)
        total = logits.exp().sum()
        # the sheet overflows, or divides by 0, where Torch subtracts the largest output first
        shares = functional.softmax(logits, 0) + (0 * total / total)
        binaries = torch.sigmoid(logits) + 0 * logits.exp()
        sheet.answer_down(3, **{exponential: logits.exp(), share: shares, binary: binaries})
        sheet.answer({f"{exponential}{3 + len(logits)}": total, f"{share}{3 + len(logits)}": shares.sum()})


def entropy(sheet: Sheet) -> None:
    """The cross-entropy of a truth and a prediction, as a sum and as a choice."""
    truth = sheet.down("B", 2)
    losses = losses_base_10(sheet.beside("C", 2, len(truth)))
    chosen = torch.where(truth == 1, losses[1], losses[0])
    sheet.answer_down(2, D=truth * losses[1] + (1 - truth) * losses[0], E=chosen)
    sheet.answer({"C9": 25000 * 128 * 4 / 1000})


def log_entropy(sheet: Sheet) -> None:
    """The cross-entropy from logarithms, and the true class's logarithm by its index."""
    truth = sheet.down("B", 2)
    losses = losses_base_10(sheet.beside("D", 2, len(truth)))
    sheet.answer_down(2, C=1 - truth, E=-losses[1], F=-losses[0], G=truth * losses[1] + (1 - truth) * losses[0])
    for i, is_cat in enumerate(truth.tolist()):
        if is_cat in (0, 1):  # MATCH finds no other truth
            sheet.answer({f"H{2 + i}": 2 - is_cat, f"I{2 + i}": -losses[int(is_cat)][i]})


def losses_base_10(predictions: Tensor) -> tuple[Tensor, Tensor]:
    """Return the negative log likelihoods to base 10 where the truth is 0, and where it is 1.

    Infinite where a logarithm is of 0, and NaN where it is of less, so that either spoils a sum even if times 0.
    """
    logs = torch.stack((1 - predictions, predictions), 1).log() / math.log(10)
    truths = torch.zeros(len(predictions), dtype=torch.long)
    return functional.nll_loss(logs, truths, reduction="none"), functional.nll_loss(logs, truths + 1, reduction="none")


SHEETS: dict[str, Callable[[Sheet], None]] = {
    "basic": basic,
    "momentum": momentum,
    "rmsprop": rmsprop,
    "adam": adam,
    "adam_ann": adam_ann,
    "softmax": softmax,
    "entropy": entropy,
    "log_entropy": log_entropy,
}
"""What answers for a sheet, by its name."""
