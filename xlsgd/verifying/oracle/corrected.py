"""The oracle's answers for the corrected workbooks, whose optimizers are those of `torch.optim` as they are.

Such a workbook is known by its sheet `quirks`. Knobs, columns and starting values are found by their headings.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from xlsgd.verifying.oracle.corrected_losses import entropy, log_entropy, softmax
from xlsgd.verifying.oracle.corrected_quirks import quirks
from xlsgd.verifying.oracle.losses import guide
from xlsgd.verifying.oracle.paths import AGES, Makes, WeightPath, descend, gradients, rounded_error
from xlsgd.verifying.oracle.segments import SEGMENT
from xlsgd.verifying.oracle.sheet import OracleSheet, Values, float64

FIRST = 5
"""The first data row of `data`."""

TINY, PLACES = 1e-12, 9
"""The least gradient that an estimate's relative error is taken of, and the decimals that it is rounded to."""

Knobs = Mapping[str, float]


class Optimizer(NamedTuple):
    """How to make an optimizer of `torch.optim` from a sheet's knobs, and the sheet's names for its state."""

    make: Callable[[Knobs], Makes]
    state: Mapping[str, str]


def sgd(k: Knobs) -> Makes:
    """Return what makes the optimizer of `basic` and `momentum`."""
    return lambda weights, lr: torch.optim.SGD(weights, lr, momentum=k.get("beta", 0.0), foreach=False)


def rmsprop(k: Knobs) -> Makes:
    """Return what makes the optimizer of `rmsprop`."""
    return lambda weights, lr: torch.optim.RMSprop(weights, lr, alpha=k["beta"], eps=k["eps"], foreach=False)


def adam(k: Knobs) -> Makes:
    """Return what makes the optimizer of `adam` and `adam_ann`."""
    betas = k["beta1"], k["beta2"]
    return lambda weights, lr: torch.optim.Adam(weights, lr, betas=betas, eps=k["eps"], foreach=False)


MOMENTS = {"exp_avg": "m", "exp_avg_sq": "v"}
OPTIMIZERS = {
    "basic": Optimizer(sgd, {}),
    "momentum": Optimizer(sgd, {"momentum_buffer": "m"}),
    "rmsprop": Optimizer(rmsprop, {"square_avg": "v"}),
    "adam": Optimizer(adam, MOMENTS),
    "adam_ann": Optimizer(adam, MOMENTS),
}


def is_corrected(book: Mapping[str, Values]) -> bool:
    """Return whether this is a workbook with the course's quirks mended."""
    return "quirks" in book and book["quirks"].get("A1") == "quirk"


def data(sheet: OracleSheet) -> None:
    """Points on a line, their y by the sheet's intercept and slope."""
    if sheet.count("B", FIRST) and {"C1", "C2"} <= sheet.values.keys():
        x = sheet.down("B", FIRST)
        sheet.answer_down(FIRST, {"C": sheet["C1"] + x * sheet["C2"]})


def first_row(sheet: OracleSheet) -> int:
    """Return a training sheet's first data row: below the one that it starts from, which is below the headings."""
    return sheet.labels()["start"] + 1


def training(sheet: OracleSheet) -> None:
    """An optimizer's sheet; there are no answers where the bias correction is neither on (1) nor off (0)."""
    below = {name: sheet.values.get(f"{letter}2") for name, letter in sheet.headings(1).items()}
    knobs = {name: value for name, value in below.items() if isinstance(value, float)}
    if knobs.get("correction", 1.0) not in (0.0, 1.0):
        return
    first = first_row(sheet)
    source, columns = sheet.other("data"), sheet.headings(first - 2)
    x = source.down("B", FIRST)
    y = source.down("C", FIRST, len(x))
    values = steps(sheet, x, y, knobs, columns)
    b, a = values["b"], values["a"]
    by_b, by_a = gradients(x, y, b, a)
    error = rounded_error(sheet, x, y, b, a)
    values |= {"x": x, "y": y, "pred": b + a * x, "err^2": error, "de/db": by_b, "de/da": by_a}
    if "h" in knobs:
        values |= differences(sheet, x, y, knobs["h"], values)
    sheet.answer_down(first, {columns[name]: value for name, value in values.items() if name in columns})
    squares = {"err^2": error, "de/db": by_b.square(), "de/da": by_a.square()}
    sheet.answer({f"{columns[name]}{first + len(x)}": value.mean(0).sqrt() for name, value in squares.items()})


def steps(sheet: OracleSheet, x: Tensor, y: Tensor, knobs: Knobs, columns: Mapping[str, str]) -> dict[str, Tensor]:
    """Return the columns of weights and state, as the optimizer walks down the rows."""
    optimizer, first = OPTIMIZERS[sheet.name], first_row(sheet)
    above = {name: sheet[f"{letter}{first - 1}"] for name, letter in columns.items() if name in carried(optimizer)}
    taken = sheet.number(f"{columns['t']}{first - 1}") if "t" in columns else 0.0
    values, rates = {}, [knobs["lr"]] * len(x)
    if "t" in columns:
        values["t"] = (float64(taken) + torch.arange(1, len(x) + 1)).unsqueeze(1).expand(x.shape)
    if "T" in knobs:
        rates = cosine(knobs["lr"], knobs["T"], int(taken), len(x))
        # the schedule adds 1 to a cosine, which is where its rounding stands
        whole = torch.full(x.shape, knobs["lr"], dtype=torch.float64)
        values["lr"] = float64(rates).unsqueeze(1) + (sheet.rounded(whole) - whole)
    paths = []
    for row in range(0, len(x), SEGMENT):
        if row:
            above = {name: sheet[f"{columns[name]}{first + row - 1}"] for name in carried(optimizer)}
        seeds = {name: [above[f"{ours} b"], above[f"{ours} a"]] for name, ours in optimizer.state.items()}
        seeds["step"] = 2 * [float64(taken + row if knobs.get("correction", 1.0) else AGES)]
        part, start = slice(row, row + SEGMENT), (above["new b"], above["new a"])
        paths.append(descend(x[part], y[part], start, rates[part], optimizer.make(knobs), seeds))
    return values | named(paths, optimizer)


def carried(optimizer: Optimizer) -> list[str]:
    """Return the columns of weights and state that go on into the next row."""
    return ["new b", "new a", *(f"{ours} {weight}" for ours in optimizer.state.values() for weight in "ba")]


def named(paths: list[WeightPath], optimizer: Optimizer) -> dict[str, Tensor]:
    """Return the columns of paths, one below the other, by the sheet's headings."""
    columns = dict(zip(("b", "a"), torch.cat([path.before for path in paths]).unbind(1), strict=True))
    columns |= zip(("new b", "new a"), torch.cat([path.after for path in paths]).unbind(1), strict=True)
    for name, ours in optimizer.state.items():
        states = torch.cat([path.state[name] for path in paths]).unbind(1)
        columns |= zip((f"{ours} b", f"{ours} a"), states, strict=True)
    return columns


def cosine(lr: float, period: float, taken: int, count: int) -> list[float]:
    """Return the rates of `count` steps of `CosineAnnealingLR`, after `taken` steps."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=period)  # type: ignore[arg-type]
    rates = []
    for _ in range(taken + count):
        rates.append(float(schedule.get_last_lr()[0]))
        optimizer.step()
        schedule.step()
    return rates[taken:]


def differences(sheet: OracleSheet, x: Tensor, y: Tensor, h: float, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the columns of finite differences with step `h`, and how far off they are."""
    b, a = values["b"], values["a"]
    found: dict[str, Tensor] = {}
    for weight, ahead, behind in ("b", (b + h, a), (b - h, a)), ("a", (b, a + h), (b, a - h)):
        plus, minus = (rounded_error(sheet, x, y, *at) for at in (ahead, behind))
        estimates = {"forward": (plus - values["err^2"]) / h, "central": (plus - minus) / (2 * h)}
        exact = values[f"de/d{weight}"]
        found |= {f"err^2 at {weight}+h": plus, f"err^2 at {weight}-h": minus}
        for name, estimate in estimates.items():
            off = (estimate - exact).abs() / exact.abs().clamp(min=TINY)
            found |= {f"{name} de/d{weight}": estimate, f"{name} off {weight}": off.round(decimals=PLACES)}
    return found


SHEETS: dict[str, Callable[[OracleSheet], None]] = {
    "data": data,
    **dict.fromkeys(OPTIMIZERS, training),
    "guide": guide,
    "softmax": softmax,
    "entropy": entropy,
    "log_entropy": log_entropy,
    "quirks": quirks,
}
"""What answers for a sheet, by its name."""
