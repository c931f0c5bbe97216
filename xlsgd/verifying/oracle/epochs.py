"""The oracle's answers for what refers to the histories: training sheets that look up an epoch, and the race."""

import math

import torch

from xlsgd.verifying.oracle.history import FIRST, SEEDS, WARM, history
from xlsgd.verifying.oracle.sheet import OracleSheet

NOTHING = 1e-12
"""What part of the points' size the sheet takes for nothing."""


def look_up(sheet: OracleSheet, end: int) -> None:
    """Answer for the cells of a training sheet that look up the epoch in A2; `end` is the row below the last."""
    if f"{sheet.name}_run" not in sheet.book:
        return
    past = history(sheet.other(f"{sheet.name}_run"))
    epoch = int(sheet.number("A2"))
    columns = {"C1": "const", "C2": "slope"}
    averages = [f"{average} {weight}" for average in SEEDS.get(sheet.name, "") for weight in "ba"]
    columns |= {f"{column}{end}": average for column, average in zip("JKLM", averages, strict=False)}
    columns |= {"D2": "lr", "N3": "prev_grad2"} if sheet.name == "adam_ann" else {}
    epochs = past.passes - WARM[sheet.name]
    for address, name in columns.items():
        sheet.answer({address: past.line(name, WARM[sheet.name] + epoch) if 0 <= epoch < epochs else math.nan})
    if sheet.name == "basic":
        losses = [past.line("loss", index) if index <= epoch else math.nan for index in range(1, epochs)]
        sheet.answer({f"C{end + 5 + i}": loss for i, loss in enumerate(losses)})


def _least_squares(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return intercepts and slopes, of shape (2, runs), for points of shape (runs, n).

    The points are brought to about size 1 by powers of 2, which rounds nothing; the solver takes a column for none that
    is small beside another.
    """
    of_x, of_y = (torch.frexp(column.abs().amax(1, keepdim=True)).exponent for column in (x, y))
    near_1 = torch.ldexp(x, -of_x)
    solved = torch.linalg.lstsq(torch.stack((torch.ones_like(x), near_1), 2), torch.ldexp(y, -of_y).unsqueeze(2))
    intercept, slope = solved.solution.unbind(1)
    return torch.stack((torch.ldexp(intercept, of_y)[:, 0], torch.ldexp(slope, of_y - of_x)[:, 0]))


def _or_nothing(values: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    return torch.where(values.abs() <= NOTHING * sizes, 0.0, values)


def race(sheet: OracleSheet) -> None:
    """The line of least squares, and how far and how fast each optimizer gets."""
    first = sheet.other(str(sheet.values.get("A7")))
    top = first.labels().get("start", FIRST - 1) + 1  # a sheet that is not the lesson's starts below its start
    n = first.count("A", top)
    x, y = (first.down(column, top, n).T for column in "AB")
    lines = _least_squares(x, y)
    same = bool((x[0] == x[0, 0]).all())
    sizes = {"F4": x.abs().amax(1), "G4": y.abs().amax(1)}
    means = {f"{letter}3": _or_nothing(column.mean(1), sizes[f"{letter}4"]) for letter, column in (("F", x), ("G", y))}
    sheet.answer({**means, **sizes, "F5": math.nan if same else lines[1]})
    if same:
        sheet.answer({"B3": math.nan, "B4": math.nan})
    else:
        slope = torch.where(lines[1].abs() * sizes["F4"] <= NOTHING * sizes["G4"], 0.0, lines[1])
        intercept = _or_nothing(lines[0], sizes["G4"])
        sheet.answer({"B3": intercept, "B4": slope})
    row = 7
    while f"{(name := sheet.values.get(f'A{row}'))}_run" in sheet.book:
        row += 1
        if name not in WARM:  # a sheet that is not the lesson's
            continue
        past = history(sheet.other(f"{name}_run"))
        epochs = range(WARM[past.training.name], past.passes)
        near = [epoch for epoch, index in enumerate(epochs) if past.line("near", index) == 1]
        sheet.answer({f"B{row - 1}": float(near[0]) if near else "not yet"})
        sheet.answer({f"C{row - 1}": past.line("loss", epochs[0]), f"D{row - 1}": past.line("loss", epochs[-1])})
