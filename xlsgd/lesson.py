"""The training sheets of the lesson: which values stand in one row, left to right, by name.

A row takes one data point, the states of intercept and slope, and the knobs, and gives the row's values and the next
states. It runs on floats and on cells; the order of the operations is that of the sheet's formulas.

Source: fast.ai's 2019 course, lesson 5, `graddesc.xlsm`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from xlsgd.buttons import Action, Append, Buttons, Clear, DivideIfAbove, Paste, PasteIfLess, Put
from xlsgd.functions import Value, count, sqrt, sum_of_squares, total
from xlsgd.gradients import H, error_gradient, forward_difference, squared_error
from xlsgd.rules import RULES, CourseAdamKnobs, CourseMeanSquareKnobs, MomentumKnobs, Rate, Rule


class Row(NamedTuple):
    """One row of a training sheet: its values by name, in the sheet's order, and the states after it."""

    values: dict[str, Value]
    b: Any
    a: Any


Columns = Mapping[str, Value]


def nothing(*_: Mapping[str, Value]) -> dict[str, Value]:
    """Return no values, for a sheet that has none in such a place."""
    return {}


class Training(NamedTuple):
    """A training sheet: its rule and knobs, what a row and the footer hold, what the buttons do.

    Args:
        rule: the update rule, the same for intercept and slope.
        knobs: the knobs' values after a reset.
        row: gives a row's values and the next states.
        footer: gives what stands below the rows, from the columns it needs.
        footer_columns: the columns that the footer needs.
        last: the columns whose last row the sheet names `lastconst` and `lastslope`.
        targets: for each field of the state the name of its seeds and of its last row's values.
        buttons: what Reset and Run do.
        seeds: further named cells that a button writes, with their value before any reset.
        sizes: gives what follows from the seeds alone, as they stand below the rows and as the first row's start.
    """

    name: str
    rule: Rule
    knobs: Any
    row: Callable[..., Row]
    footer: Callable[[Columns], dict[str, Value]]
    footer_columns: tuple[str, ...]
    last: tuple[str, str]
    targets: dict[str, tuple[str, str]]
    buttons: Buttons
    seeds: Mapping[str, float] = {}
    sizes: Callable[[Mapping[str, Value], Mapping[str, Value]], dict[str, Value]] = nothing


def basic_row(rule: Rule, x: Value, y: Value, b: Any, a: Any, knobs: Any) -> Row:
    """Return a row of `basic`: the loss, its gradient by forward differences and by formula, the next weights."""
    pred = b.w + a.w * x
    err2 = squared_error(pred, y)
    errb1 = (b.w + H + x * a.w - y) ** 2
    erra1 = ((a.w + H) * x + b.w - y) ** 2
    de_db = error_gradient(pred, y)
    de_da = de_db * x
    new_b = rule.update(b, de_db, knobs)
    new_a = rule.update(a, de_da, knobs)
    values = {
        "intercept": b.w,
        "slope": a.w,
        "y_pred": pred,
        "err^2": err2,
        "errb1": errb1,
        "est de/db": forward_difference(errb1, err2),
        "erra1": erra1,
        "est de/da": forward_difference(erra1, err2),
        "de/db": de_db,
        "de/da": de_da,
        "new a": new_a.w,
        "new b": new_b.w,
    }
    return Row(values, new_b, new_a)


def optimizer_row(rule: Rule, x: Value, y: Value, b: Any, a: Any, knobs: Any) -> Row:
    """Return a row of any optimizer's sheet: prediction, gradient, the next weights, the next state."""
    de_db = 2 * (a.w * x + b.w - y)
    de_da = de_db * x
    new_b = rule.update(b, de_db, knobs)
    new_a = rule.update(a, de_da, knobs)
    values = {
        "b": b.w,
        "a": a.w,
        "pred": b.w + a.w * x,
        "de/db": de_db,
        "de/da": de_da,
        "new b": new_b.w,
        "new a": new_a.w,
    }
    for field in new_b._fields[1:]:
        values[f"{field} b"] = getattr(new_b, field)
        values[f"{field} a"] = getattr(new_a, field)
    return Row(values, new_b, new_a)


def optimizer_row_with_loss(rule: Rule, x: Value, y: Value, b: Any, a: Any, knobs: Any) -> Row:
    """Return a row of `momentum`: an optimizer's row and the squared error."""
    row = optimizer_row(rule, x, y, b, a, knobs)
    row.values["err^2"] = squared_error(row.values["pred"], y)
    return row


def root_of_squared_errors(columns: Columns) -> dict[str, Value]:
    """Return what the course calls rmse: the root of the sum, not of the mean."""
    return {"rmse": sqrt(total(columns["err^2"]))}


def basic_footer(columns: Columns) -> dict[str, Value]:
    """Return the footer of `basic`: the rmse and the sizes of both gradients."""
    return root_of_squared_errors(columns) | {
        "gradient size b": sqrt(sum_of_squares(columns["de/db"])),
        "gradient size a": sqrt(sum_of_squares(columns["de/da"])),
    }


def annealing_footer(columns: Columns) -> dict[str, Value]:
    """Return the footer of `adam_ann`: the sizes of both gradients over the count."""
    return {
        "gradient size b": sqrt(sum_of_squares(columns["de/db"])) / count(columns["de/db"]),
        "gradient size a": sqrt(sum_of_squares(columns["de/da"])) / count(columns["de/da"]),
    }


def annealing_sizes(seeds: Mapping[str, Value], start: Mapping[str, Value]) -> dict[str, Value]:
    """Return what `adam_ann` anneals by: the size of the gradients, and its ratio to the best so far."""
    avg_grad2 = sqrt(seeds["v b"]) + sqrt(seeds["v a"])
    return {
        "avg_grad2": avg_grad2,
        "1/m a": 1 / start["m a"],
        "1/v b": 1 / start["v b"],
        "gradrat": avg_grad2 / seeds["prev_grad2"],
    }


MOMENTUM = ("momlast", "momtarget")
MEAN_SQUARE = ("ms_last", "gradtarget")
TO_THE_ORIGIN: tuple[Action, ...] = (Put("slope", 1.0), Put("const", 1.0))
LAST_WEIGHTS = (("lastslope", "slope"), ("lastconst", "const"))

LESSON: dict[str, Training] = {
    "basic": Training(
        name="basic",
        rule=RULES["sgd"],
        knobs=Rate(lr=0.0001),
        row=basic_row,
        footer=basic_footer,
        footer_columns=("err^2", "de/db", "de/da"),
        last=("intercept", "slope"),
        targets={},
        buttons=Buttons(
            reset=(*TO_THE_ORIGIN, Clear("rmses")),
            step=(Paste(LAST_WEIGHTS), Append("rmse", "rmses")),
        ),
    ),
    "momentum": Training(
        name="momentum",
        rule=RULES["course_momentum"],
        knobs=MomentumKnobs(lr=0.0001, beta=0.9),
        row=optimizer_row_with_loss,
        footer=root_of_squared_errors,
        footer_columns=("err^2",),
        last=("b", "a"),
        targets={"m": MOMENTUM},
        buttons=Buttons(
            reset=(*TO_THE_ORIGIN, Put("momtarget", 0.0), Put("lr", 0.0001), Paste((MOMENTUM,))),
            step=(Paste((*LAST_WEIGHTS, MOMENTUM)),),
        ),
    ),
    "rmsprop": Training(
        name="rmsprop",
        rule=RULES["course_rmsprop"],
        knobs=CourseMeanSquareKnobs(lr=0.02, beta=0.9),
        row=optimizer_row,
        footer=nothing,
        footer_columns=(),
        last=("b", "a"),
        targets={"v": MEAN_SQUARE},
        buttons=Buttons(
            reset=(*TO_THE_ORIGIN, Put("gradtarget", 10000.0), Paste((MEAN_SQUARE,)), Paste((MEAN_SQUARE,))),
            step=(Paste((*LAST_WEIGHTS, MEAN_SQUARE)),),
        ),
    ),
    "adam": Training(
        name="adam",
        rule=RULES["course_adam"],
        knobs=CourseAdamKnobs(lr=1.0, beta1=0.9, beta2=0.9),
        row=optimizer_row,
        footer=nothing,
        footer_columns=(),
        last=("b", "a"),
        targets={"m": MOMENTUM, "v": MEAN_SQUARE},
        buttons=Buttons(
            reset=(
                *TO_THE_ORIGIN,
                Put("gradtarget", 10000.0),
                Put("momtarget", 0.0),
                Put("lr", 1.0),
                *2 * (Paste((MEAN_SQUARE,)), Paste((MOMENTUM,))),
            ),
            step=(Paste((*LAST_WEIGHTS, MEAN_SQUARE, MOMENTUM)),),
        ),
    ),
    "adam_ann": Training(
        name="adam_ann",
        rule=RULES["course_adam"],
        knobs=CourseAdamKnobs(lr=1.0, beta1=0.9, beta2=0.95),
        row=optimizer_row,
        footer=annealing_footer,
        footer_columns=("de/db", "de/da"),
        last=("b", "a"),
        targets={"m": MOMENTUM, "v": MEAN_SQUARE},
        buttons=Buttons(
            reset=(
                *TO_THE_ORIGIN,
                Put("gradtarget", 10000.0),
                Put("momtarget", 0.0),
                Put("lr", 1.0),
                *2 * (Paste((MEAN_SQUARE, MOMENTUM)),),
                Paste((("avg_grad2", "prev_grad2"),)),
            ),
            step=(
                Paste((*LAST_WEIGHTS, MEAN_SQUARE, MOMENTUM)),
                DivideIfAbove("lr", 4.0, tested="gradrat", threshold=2.0),
                PasteIfLess("avg_grad2", "prev_grad2"),
            ),
        ),
        seeds={"prev_grad2": 1.0},
        sizes=annealing_sizes,
    ),
}


def textbook(name: str, rule: Rule) -> Training:
    """Return a training sheet for any rule: cold start, and an epoch goes on from the updated weights."""
    fields = rule.state(0.0)._fields[1:]
    targets = {field: (f"{field}_last", f"{field}_target") for field in fields}
    cold = tuple(Put(target, float(rule.state(0.0)._asdict()[f])) for f, (_, target) in targets.items())
    return Training(
        name=name,
        rule=rule,
        knobs=rule.knobs(),
        row=optimizer_row_with_loss,
        footer=root_of_squared_errors,
        footer_columns=("err^2",),
        last=("new b", "new a"),
        targets=targets,
        buttons=Buttons(
            reset=(*TO_THE_ORIGIN, *cold),
            step=(Paste((*LAST_WEIGHTS, *targets.values())),),
        ),
    )


def trainings() -> dict[str, Training]:
    """Return every training sheet by name: the lesson's, and one for each rule in `RULES` that is not the course's.

    A textbook rule whose name the lesson already took for a sheet gets `_textbook` behind it.
    """
    sheets = dict(LESSON)
    for name, rule in RULES.items():
        if not name.startswith("course_"):
            sheet = f"{name}_textbook" if name in LESSON else name
            sheets[sheet] = textbook(sheet, rule)
    return sheets


def with_knobs(training: Training, **knobs: float) -> Training:
    """Return the sheet with other knobs, to which its reset returns too."""
    actions = (
        action._replace(value=knobs[action.target]) if isinstance(action, Put) and action.target in knobs else action
        for action in training.buttons.reset
    )
    buttons = training.buttons._replace(reset=tuple(actions))
    return training._replace(knobs=training.knobs._replace(**knobs), buttons=buttons)
