"""The oracle's answers for the sheets of `network.xlsx` that hold a table and no training."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.sheet import OracleSheet, across

functional = torch.nn.functional


def table(sheet: OracleSheet, first_heading: str) -> tuple[dict[str, str], int]:
    """Return the columns of a table by heading, and its first row, from the heading of its first column."""
    row = next(int(a[1:]) for a, text in sheet.values.items() if a[0] == "A" and text == first_heading)
    return across(sheet, row), row + 1


def moving_average(sheet: OracleSheet) -> None:
    """Each step's average from the one above it, and what it is once corrected."""
    columns, first = table(sheet, "t")
    beta, before = (sheet[hosts.below(sheet, name)] for name in ("beta", "average before"))
    t = torch.tensor(sheet.numbers("A", first), dtype=torch.float64).unsqueeze(1)
    y, averages = (sheet.down(columns[name], first, len(t)) for name in ("y", "average"))
    above = torch.cat((before.unsqueeze(0), averages[:-1]))
    weights = 1 - torch.exp(t * beta.log()) if bool((beta > 0).all()) else torch.ones_like(y)
    found = {"average": torch.lerp(y, above, beta), "1-beta^t": weights, "corrected": averages / weights}
    sheet.answer_down(first, {columns[name]: value for name, value in found.items()})


def lr_find(sheet: OracleSheet) -> None:
    """Each step from the one above it: the gradient by autograd over all points, the step by SGD at its rate."""
    columns, first = table(sheet, "step")
    knobs = {name: sheet[hosts.below(sheet, name)] for name in KNOBS}
    steps = torch.tensor(sheet.numbers("A", first), dtype=torch.float64).unsqueeze(1)
    own = {name: sheet.down(letter, first, len(steps)) for name, letter in columns.items() if name in READ}
    x, y = (sheet.down(columns[name], first) for name in "xy")
    found = _tried(steps, own, x, y, knobs)
    _answer_search(sheet, columns, first, found, own)
    means: dict[str, Tensor | float | str] = {
        "n": float(len(x)),
        "mean x": x.mean(0),
        "mean y": y.mean(0),
        "steps": float(len(steps)),
    }
    means |= {"mean x^2": (x * x).mean(0), "mean xy": (x * y).mean(0), "mean y^2": (y * y).mean(0)}
    sheet.answer({hosts.below(sheet, name): value for name, value in means.items()})


KNOBS = ("lr_start", "lr_end", "beta", "b at start", "a at start")
READ = ("lr", "b", "a", "mean loss", "average", "smoothed", "best")


def _tried(
    steps: Tensor, own: Mapping[str, Tensor], x: Tensor, y: Tensor, knobs: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Return what each step computes from its rate and line, and the line of the next."""
    b, a = (own[name].detach().requires_grad_() for name in "ba")
    loss = functional.mse_loss(
        b + a * x.unsqueeze(1), y.unsqueeze(1).expand(-1, len(steps), -1), reduction="none"
    ).mean(0)
    by_b, by_a = torch.autograd.grad(loss.sum(), (b, a))
    ratio = (knobs["lr_end"] / knobs["lr_start"]).log() / (len(steps) - 1)
    lr = (knobs["lr_start"] * (steps * ratio).exp()).round(decimals=14)
    before = torch.cat((torch.zeros_like(own["average"][:1]), own["average"][:-1]))
    average = torch.lerp(loss.detach(), before, knobs["beta"])
    smoothed = own["average"] / -torch.expm1((steps + 1) * knobs["beta"].log())
    return {"lr": lr, "mean loss": loss, "de/db": by_b, "de/da": by_a, "average": average, "smoothed": smoothed}


def _answer_search(
    sheet: OracleSheet, columns: Mapping[str, str], first: int, found: dict[str, Tensor], own: Mapping[str, Tensor]
) -> None:
    """Enter the answers of a search that stops where the smoothed loss exceeds four times its best."""
    knobs = {name: sheet[hosts.below(sheet, name)] for name in KNOBS}
    rates, smoothed = sheet.numbers(columns["lr"], first), sheet.numbers(columns["smoothed"], first)
    going: list[bool] = []
    best = math.inf
    for value in smoothed:
        best = min(best, value) if all(going) else best
        going.append(all(going) and value <= 4 * best)
    goes_on = torch.tensor(going).unsqueeze(1)
    kept = torch.where(goes_on | torch.cat((goes_on[:1], goes_on[:-1])), own["smoothed"], math.inf)
    found |= {"best": kept.cummin(0).values, "goes on": goes_on.double().expand_as(kept)}
    found |= {"loss shown": torch.where(goes_on, own["mean loss"], math.nan)}
    found |= {"smoothed shown": torch.where(goes_on, own["smoothed"], math.nan)}
    lines = {}
    for name, by in ("b", "de/db"), ("a", "de/da"):
        after = torch.where(goes_on, own[name] - own["lr"] * found[by], own[name])
        lines[name] = torch.cat((knobs[f"{name} at start"].unsqueeze(0), after[:-1]))
    apart = (knobs["lr_end"] / knobs["lr_start"]).log() / (len(rates) - 1)
    slopes = torch.gradient(own["smoothed"][:, :1].squeeze(1), spacing=float(apart[0]))[0].unsqueeze(1)
    inner = torch.cat((goes_on[1:], goes_on[:1] & False)) & (torch.arange(len(rates)) > 0).unsqueeze(1)
    found |= {"slope": torch.where(inner, slopes, 0.0).round(decimals=6).expand_as(kept)}
    sheet.answer_down(first, {columns[name]: value.detach() for name, value in (lines | found).items()})
    _answer_found(sheet, rates, smoothed, found["best"][-1], found["slope"][:, 0])


def _answer_found(
    sheet: OracleSheet, rates: list[float], smoothed: list[float], lowest: Tensor, slopes: Tensor
) -> None:
    """Enter the answers for the rates that the search finds."""
    least = smoothed.index(float(lowest[0])) if float(lowest[0]) in smoothed else int(torch.tensor(smoothed).argmin())
    steepest, tenth = int(slopes.argmin()), rates[least] / 10
    below = [i for i, rate in enumerate(rates) if rate <= tenth]
    values: dict[str, Tensor | float | str] = {
        "least smoothed": lowest,
        "lr there": rates[least],
        "a tenth of it": tenth,
    }
    values |= {
        "smoothed at it": smoothed[below[-1]] if below else "#N/A",
        "steepest slope": slopes.min().item(),
    }
    values |= {"lr at steepest": rates[steepest], "smoothed there": smoothed[steepest]}
    sheet.answer({hosts.below(sheet, name): value for name, value in values.items()})


def accuracy(sheet: OracleSheet) -> None:
    """Probabilities, right answers and lesson 4's loss, with the weights as they are and times a factor."""
    columns, first = table(sheet, "x1")
    b, w1, w2, times = (sheet[hosts.below(sheet, name)] for name in ("b", "w1", "w2", "times"))
    x1, x2 = (sheet.down(columns[name], first) for name in ("x1", "x2"))
    is_one = torch.tensor(sheet.numbers(columns["y"], first)).unsqueeze(1) == 1
    z, means = b + w1 * x1 + w2 * x2, []
    for logits, names in (
        (z, ("z", "p", "right", "loss")),
        (z * times, ("z times", "p then", "right then", "loss then")),
    ):
        p = sheet.rounded(torch.sigmoid(logits))
        judged = (logits, p, ((p > 0.5) == is_one).double(), torch.where(is_one, 1 - p, p))
        sheet.answer_down(first, {columns[name]: value for name, value in zip(names, judged, strict=True)})
        means.append((judged[2].mean(0), judged[3].mean(0)))
    told = (("accuracy", "accuracy then", "its derivative"), ("mean loss", "loss at times", "loss derivative"))
    for index, headings in enumerate(told):
        before, after = means[0][index], means[1][index]
        values = (before, after, ((after - before) / (times - 1)).round(decimals=8))
        sheet.answer({hosts.below(sheet, heading): value for heading, value in zip(headings, values, strict=True)})
