"""The oracle's answers for the sheet `conventions`: each optimizer's step from the row above, by `torch.optim`.

PyTorch's columns are its own optimizers. The others come down to them, or are written out:

- Keras' `Adam` and `AdamW` are PyTorch's with an epsilon that is divided by the square root of `1 - beta2^t`;
- the paper's AdamW is PyTorch's with a decay that is divided by the rate before the schedule multiplies it;
- Tieleman and Hinton's RMSProp is PyTorch's with an epsilon of 0;
- momenta and mean squares of the course and of Keras, and Polyak's step, are interpolations and sums.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.model_steps import OPTIMIZERS, stepped
from xlsgd.verifying.oracle.sheet import OracleSheet, column_names

KNOBS = ("lr", "beta", "beta1", "beta2", "eps", "weight_decay")
PLACES = 9


class Steps(NamedTuple):
    """A convention's rows.

    Args:
        before: the parameter and the states of the row above, by their headings, each of shape (rows, 1 + WOBBLED).
        earlier: the parameter of the row above that one.
        g: the gradients, of the same shape.
        times: what the rate is multiplied by.
        counts: how many steps each row has behind it.
        knobs: the knobs.
    """

    before: Mapping[str, Tensor]
    earlier: Tensor
    g: Tensor
    times: list[float]
    counts: list[float]
    knobs: Mapping[str, float]

    @property
    def rates(self) -> list[float]:
        """The rate of each row."""
        return [self.knobs["lr"] * times for times in self.times]

    @property
    def lr(self) -> Tensor:
        """The rates as a column."""
        return torch.tensor(self.rates, dtype=torch.float64).unsqueeze(1)


After = dict[str, Tensor]


def _torch(name: str, **knobs: float) -> Callable[[Steps], After]:
    """Return the steps of one of PyTorch's optimizers, perhaps with other knobs than the sheet's."""

    def after(s: Steps) -> After:
        before = {"": s.before["w"], **{field: s.before[field] for field in OPTIMIZERS[name].fields}}
        found = stepped(OPTIMIZERS[name], {**s.knobs, **knobs}, s.rates, s.counts, before, s.g)
        return {"w": found.pop(""), **found}

    return after


def _keras(name: str) -> Callable[[Steps], After]:
    def after(s: Steps) -> After:
        roots = [math.sqrt(1 - s.knobs["beta2"] ** (count + 1)) for count in s.counts]
        eps = [s.knobs["eps"] / root if root else math.nan for root in roots]
        before = {"": s.before["w"], "m": s.before["m"], "v": s.before["v"]}
        found = stepped(OPTIMIZERS[name], s.knobs, s.rates, s.counts, before, s.g, {"eps": eps})
        return {"w": found.pop(""), **found}

    return after


def _paper_adamw(s: Steps) -> After:
    lr, decay = s.knobs["lr"], s.knobs["weight_decay"]
    if lr:
        return _torch("adamw", weight_decay=decay / lr)(s)
    kept = 1 - decay * torch.tensor(s.times, dtype=torch.float64).unsqueeze(1)
    return _torch("adamw", weight_decay=0.0)(s) | {"w": s.before["w"] * kept}


def _average(s: Steps, field: str, value: Tensor, knob: str = "beta") -> Tensor:
    return torch.lerp(value, s.before[field], s.knobs[knob])


def _course_momentum(s: Steps) -> After:
    m = _average(s, "m", s.g)
    return {"m": m, "w": s.before["w"] - s.lr * m}


def _keras_momentum(s: Steps) -> After:
    m = torch.addcmul(s.knobs["beta"] * s.before["m"], s.lr, s.g, value=-1)
    return {"m": m, "w": s.before["w"] + m}


def _polyak(s: Steps) -> After:
    w = s.before["w"]
    return {"w": torch.lerp(s.earlier, w, 1 + s.knobs["beta"]) - s.lr * s.g}


def _course_rmsprop(s: Steps) -> After:
    return {"w": s.before["w"] - s.lr * s.g * s.before["v"].rsqrt(), "v": _average(s, "v", s.g.square())}


def _keras_rmsprop(s: Steps) -> After:
    v = _average(s, "v", s.g.square())
    return {"v": v, "w": s.before["w"] - s.lr * s.g * (v + s.knobs["eps"]).rsqrt()}


def _course_adam(s: Steps) -> After:
    m, v = _average(s, "m", s.g, "beta1"), _average(s, "v", s.g.square(), "beta2")
    return {"m": m, "v": v, "w": s.before["w"] - s.lr * m * v.rsqrt()}


STEPS: dict[tuple[str, str], Callable[[Steps], After]] = {
    ("momentum", "course"): _course_momentum,
    ("momentum", "PyTorch"): _torch("momentum"),
    ("momentum", "Keras"): _keras_momentum,
    ("momentum", "paper"): _polyak,
    ("RMSProp", "course"): _course_rmsprop,
    ("RMSProp", "PyTorch"): _torch("rmsprop"),
    ("RMSProp", "Keras"): _keras_rmsprop,
    ("RMSProp", "paper"): _torch("rmsprop", eps=0.0),
    ("Adam", "course"): _course_adam,
    ("Adam", "PyTorch"): _torch("adam"),
    ("Adam", "Keras"): _keras("adam"),
    ("Adam", "paper"): _torch("adam"),
    ("AdamW", "PyTorch"): _torch("adamw"),
    ("AdamW", "Keras"): _keras("adamw"),
    ("AdamW", "paper"): _paper_adamw,
}
"""What steps as a convention does, by the optimizer and whose it is."""


class ConventionColumns(NamedTuple):
    """A convention's columns: its optimizer, whose it is, and the letters by heading."""

    optimizer: str
    source: str
    letters: dict[str, str]


def conventions(sheet: OracleSheet) -> None:
    """Each convention's knobs, start, steps, and how far its parameter is from PyTorch's."""
    heading = sheet.labels()["step"]
    first, found = heading + 2, _columns(sheet, heading)
    n = sheet.count("A", first)
    numbers = [float(sheet.number(f"A{first - 1}")) + i for i in range(n + 1)]
    sheet.answer({f"A{first + i}": step for i, step in enumerate(numbers[1:])})
    for columns in found:
        _answer_knobs(sheet, columns, heading)
        start = {"w": "w at start"} | ({"v": "v at start"} if columns[:2] == ("RMSProp", "course") else {})
        sheet.answer({f"{columns.letters[f]}{first - 1}": sheet[hosts.below(sheet, text)] for f, text in start.items()})
        after = STEPS[columns[:2]](_steps_of(sheet, columns, first, n, numbers))
        sheet.answer_down(first, {columns.letters[field]: value for field, value in after.items()})
        _answer_apart(sheet, columns, found, first, n)


def _columns(sheet: OracleSheet, heading: int) -> list[ConventionColumns]:
    """Return the conventions' columns: the source stands over the first, the optimizer over the first source's."""
    found: list[ConventionColumns] = []
    optimizer = ""
    for letter in column_names():
        name = sheet.values.get(f"{letter}{heading}")
        if not isinstance(name, str):
            return found
        optimizer = str(sheet.values.get(f"{letter}{heading - len(KNOBS) - 2}", optimizer))
        source = sheet.values.get(f"{letter}{heading - len(KNOBS) - 1}")
        if isinstance(source, str):
            found.append(ConventionColumns(optimizer, source, {}))
        if found:
            found[-1].letters[name] = letter
    return found


def _knob_cells(columns: ConventionColumns, heading: int) -> dict[str, str]:
    """Return the cells of the knobs in use, above the parameter's column, those of all conventions alike."""
    return {knob: f"{columns.letters['w']}{heading - len(KNOBS) + i}" for i, knob in enumerate(KNOBS)}


def _line(sheet: OracleSheet, columns: ConventionColumns) -> tuple[int, int]:
    """Return the rows of the table's headings and of a convention in it."""
    top = sheet.labels()["all"] - 1
    rows = range(top + 2, top + 2 + len(STEPS))
    return top, next(row for row in rows if (sheet.values[f"A{row}"], sheet.values[f"B{row}"]) == columns[:2])


def _answer_knobs(sheet: OracleSheet, columns: ConventionColumns, heading: int) -> None:
    top, row = _line(sheet, columns)
    of_table = {str(sheet.values.get(f"{letter}{top}")): letter for letter in "CDEFGH"}
    is_own = sheet.number(hosts.below(sheet, "own defaults")) == 1
    for knob, cell in _knob_cells(columns, heading).items():
        own = sheet.values.get(f"{of_table[knob]}{row}")
        if isinstance(sheet.values.get(cell), float):
            of_all = sheet.number(f"{of_table[knob]}{top + 1}")
            sheet.answer({cell: own if is_own and isinstance(own, float) else of_all})


def _steps_of(sheet: OracleSheet, columns: ConventionColumns, first: int, n: int, numbers: list[float]) -> Steps:
    cells = _knob_cells(columns, first - 2)
    knobs = {knob: value for knob, cell in cells.items() if isinstance(value := sheet.values.get(cell), float)}
    before = {field: sheet.down(letter, first - 1, n) for field, letter in columns.letters.items()}
    earlier = torch.cat((before["w"][:1], before["w"][:-1]))
    return Steps(before, earlier, sheet.down("B", first, n), sheet.numbers("C", first, n), numbers[:-1], knobs)


def _answer_apart(
    sheet: OracleSheet, columns: ConventionColumns, found: list[ConventionColumns], first: int, n: int
) -> None:
    top, row = _line(sheet, columns)
    theirs = next(each for each in found if each[:2] == (columns.optimizer, "PyTorch"))
    own, other = (sheet.down(each.letters["w"], first, n) for each in (columns, theirs))
    for letter in "IJK":
        text = sheet.values.get(f"{letter}{top}")
        if isinstance(text, str):
            step = int(text.removeprefix("after ")) - 1
            sheet.answer({f"{letter}{row}": (own[step] - other[step]).round(decimals=PLACES)})
