"""Torch as a second implementation: what each sheet's formula cells must hold, computed another way.

Nothing here comes from the update rules, nor from the rows and sheets made of them. From a sheet's numbers it computes
the formula cells with `torch.optim`, `torch.autograd` and `torch.nn.functional` (see `oracle.paths`), and the cells'
places are written down here a second time. A spreadsheet's error is NaN.
"""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from xlsgd.errors import InputError
from xlsgd.verifying.oracle import (
    corrected,
    epochs,
    history,
    losses,
    model_sheets,
    network,
    opened_network,
    opened_sheets,
    standardized,
)
from xlsgd.verifying.oracle.model_columns import ModelColumns
from xlsgd.verifying.oracle.model_names import is_of_another_model
from xlsgd.verifying.oracle.paths import WeightPath, gradients, rounded_error, squared_error
from xlsgd.verifying.oracle.segments import walk
from xlsgd.verifying.oracle.sheet import OracleSheet, Values

FIRST = 4
"""The first data row of every training sheet."""

H = 0.01
"""The step of the course's finite differences."""


def expected(
    sheet_name: str, book: Mapping[str, Values], models: Sequence[ModelColumns] = ()
) -> dict[str, float | str]:
    """Return what the formula cells of one sheet of a workbook must hold, by address.

    Args:
        sheet_name: which; there are no answers for a sheet that the lesson's workbooks do not have.
        book: for each sheet its numbers and texts by address, cached values of formulas among them, NaN for errors.
            The training rows are those from A4 down to the first row without a number in column A; the footers and
            the seeds stand in the row below the last. A history starts each pass from the values in the pass's line.

        models: the models whose sheets may stand in the workbook.

    Returns:
        Each answer by its address, NaN where a spreadsheet must show an error, a `Rounded` where rounding is magnified
        so that right answers may differ.

    Raises:
        InputError: a constant that is needed is missing, or Torch refuses it (a rate below 0, a beta not in [0, 1)).
    """
    sheet = OracleSheet(sheet_name, book)
    sheets = corrected.SHEETS if corrected.is_corrected(book) else SHEETS
    answer = recorded(sheet) or sheets.get(sheet_name, nothing)
    try:
        if network.is_network(book):
            network.answer(sheet)
        elif opened_network.is_opened(book):
            opened_sheets.answer(sheet)
        elif model_sheets.is_model_sheet(sheet, models):
            model_sheets.answer(sheet, models)
        elif not is_of_another_model(sheet):
            answer(sheet)
        standardized.look_up(sheet)
        if sheet_name == "race":
            model_sheets.race(sheet, models)
    except ValueError as error:
        raise InputError(f"sheet {sheet_name}: Torch cannot compute it: {error}; change that constant") from error
    return sheet.answers


def recorded(sheet: OracleSheet) -> Callable[[OracleSheet], None] | None:
    """Return what answers for a history sheet or the race; None for any other sheet."""
    if sheet.name.removesuffix("_run") in history.WARM and sheet.values.get("A3") == "pass":
        return history.run
    return epochs.race if sheet.name == "race" and sheet.values.get("A3") == "answer: b" else None


def nothing(sheet: OracleSheet) -> None:
    """Answer for no cell."""


def basic(sheet: OracleSheet) -> None:
    """Stochastic gradient descent beside finite differences."""
    x, y, end = rows(sheet)
    path = walked(sheet, x, y, sheet.number("F1"), "NM", "")
    b, a = path.before.unbind(1)
    steps = (b, a), (b + H, a), (b, a + H)
    error, error_b, error_a = (rounded_error(sheet, x, y, *at) for at in steps)
    by_b, by_a = gradients(x, y, b, a)
    new_b, new_a = path.after.unbind(1)
    differences = {"G": error_b, "H": (error_b - error) / H, "I": error_a, "J": (error_a - error) / H}
    sheet.answer_down(FIRST, {"C": b, "D": a, "E": b + a * x, "F": error, **differences})
    sheet.answer_down(FIRST, {"K": by_b, "L": by_a, "M": new_a, "N": new_b})
    sheet.answer({f"F{end}": error.sum(0).sqrt(), f"K{end}": size(by_b), f"L{end}": size(by_a)})
    epochs.look_up(sheet, end)


def momentum(sheet: OracleSheet) -> None:
    """Momentum, with a loss."""
    x, y, end = rows(sheet)
    path = walked(sheet, x, y, sheet.number("D2"), "HI", "JK")
    shared(sheet, x, y, path)
    error = squared_error(x, y, *path.before.unbind(1))
    averages(sheet, "JK", path, "momentum_buffer")
    sheet.answer_down(FIRST, {"L": error})
    sheet.answer({"K1": 1 - sheet.number("J1"), f"L{end}": error.sum(0).sqrt()})


def rmsprop(sheet: OracleSheet) -> None:
    """RMSProp with the mean square of the row before."""
    x, y, _ = rows(sheet)
    path = walked(sheet, x, y, sheet.number("D2"), "HI", "JK")
    shared(sheet, x, y, path)
    averages(sheet, "JK", path, "square_avg")
    sheet.answer({"K1": 1 - sheet.number("J1")})


def adam(sheet: OracleSheet) -> None:
    """Adam without epsilon and bias correction."""
    x, y, end = rows(sheet)
    path = walked(sheet, x, y, sheet.number("D2"), "HI", "JKLM")
    shared(sheet, x, y, path)
    averages(sheet, "JK", path, "exp_avg")
    averages(sheet, "LM", path, "exp_avg_sq")
    sheet.answer({"K1": 1 - sheet.number("J1"), "M1": 1 - sheet.number("L1")})
    if sheet.name == "adam_ann":
        annealing(sheet, end, *gradients(x, y, *path.before.unbind(1)))


def annealing(sheet: OracleSheet, end: int, by_b: Tensor, by_a: Tensor) -> None:
    """The sizes of the gradients that `adam_ann` anneals by."""
    now = sheet[f"L{end}"].sqrt() + sheet[f"M{end}"].sqrt()
    sheet.answer({f"F{end}": size(by_b) / len(by_b), f"G{end}": size(by_a) / len(by_a), f"N{end}": now})
    sheet.answer({f"N{end + 1}": now / sheet["N3"]})
    sheet.answer({f"{column}{end + 1}": 1 / sheet[f"{column}{end}"] for column in "KL"})


def rows(sheet: OracleSheet) -> tuple[Tensor, Tensor, int]:
    """Return the training rows' x and y, and the number of the row below the last."""
    x = sheet.down("A", FIRST)
    return x, sheet.down("B", FIRST, len(x)), FIRST + len(x)


def walked(sheet: OracleSheet, x: Tensor, y: Tensor, lr: float, weights: str, averages: str) -> WeightPath:
    """Return a training sheet's path.

    Args:
        sheet: the sheet.
        x: each row's input.
        y: each row's target.
        lr: the learning rate.
        weights: the columns of new intercept and slope.
        averages: the columns of the moving averages, which start from the numbers in the row below the last.
    """
    starts = [sheet[address].unsqueeze(0) for address in ("C1", "C2", *(f"{c}{FIRST + len(x)}" for c in averages))]
    path = walk(history.optimizer(sheet, lr), sheet, weights + averages, [FIRST], x, y, starts)
    state = {name: average[:, :, 0] for name, average in path.state.items()}
    return WeightPath(path.before[:, :, 0], path.after[:, :, 0], state)


def shared(sheet: OracleSheet, x: Tensor, y: Tensor, path: WeightPath) -> None:
    """Answer for what all sheets but `basic` have in the same places."""
    b, a = path.before.unbind(1)
    by_b, by_a = gradients(x, y, b, a)
    new_b, new_a = path.after.unbind(1)
    sheet.answer_down(FIRST, {"C": b, "D": a, "E": b + a * x, "F": by_b, "G": by_a, "H": new_b, "I": new_a})
    epochs.look_up(sheet, FIRST + len(x))


def averages(sheet: OracleSheet, columns: str, path: WeightPath, name: str) -> None:
    """Answer for a moving average's two columns, and for the cells above them that hold its seeds."""
    for column, average in zip(columns, path.state[name].unbind(1), strict=True):
        sheet.answer_down(FIRST, {column: average})
        sheet.answer({f"{column}{FIRST - 1}": sheet.number(f"{column}{FIRST + len(average)}")})


def size(slopes: Tensor) -> Tensor:
    """Return the root of the sum of squares of each column."""
    return slopes.square().sum(0).sqrt()


SHEETS: dict[str, Callable[[OracleSheet], None]] = {
    "data": corrected.data,
    "basic": basic,
    "momentum": momentum,
    "rmsprop": rmsprop,
    "adam": adam,
    "adam_ann": adam,
    "guide": losses.guide,
    "softmax": losses.softmax,
    "entropy": losses.entropy,
    "log_entropy": losses.log_entropy,
    standardized.NAME: standardized.answer,
}
"""What answers for a sheet, by its name."""
