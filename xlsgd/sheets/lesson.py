"""The training sheets of the lesson: each a rule with its knobs, its row, and what its buttons do.

Source: fast.ai's 2019 course, lesson 5, `graddesc.xlsm`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from xlsgd.functions import Value
from xlsgd.rules import RULES, CourseAdamKnobs, CourseMeanSquareKnobs, MomentumKnobs, Rate, Rule
from xlsgd.sheets.buttons import Action, Append, Buttons, Clear, DivideIfAbove, Paste, PasteIfLess, Put
from xlsgd.sheets.row import (
    Columns,
    Row,
    annealing_footer,
    annealing_sizes,
    basic_footer,
    basic_row,
    nothing,
    optimizer_row,
    optimizer_row_with_loss,
    root_of_squared_errors,
)


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
