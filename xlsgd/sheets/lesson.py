"""The training sheets of the lesson: each a rule with its knobs, its row, and what its buttons do.

Source: fast.ai's 2019 course, lesson 5, `graddesc.xlsm`.
"""

from typing import Any

from xlsgd.models import LINE
from xlsgd.rules import RULES, CourseAdamKnobs, CourseMeanSquareKnobs, MomentumKnobs, Rate, Rule
from xlsgd.sheets.buttons import Action, Append, Buttons, Clear, DivideIfAbove, Paste, PasteIfLess, Put
from xlsgd.sheets.lesson_layout import LESSON_LAYOUTS
from xlsgd.sheets.row import (
    annealing_footer,
    annealing_sizes,
    basic_footer,
    basic_row,
    nothing,
    optimizer_row,
    optimizer_row_with_loss,
    root_of_squared_errors,
)
from xlsgd.sheets.training import COURSE_STARTS, ROOT_OF_SUMMED_LOSSES, Training, root_of_summed_losses
from xlsgd.sheets.trainings import training_of

MOMENTUM = ("momlast", "momtarget")
MEAN_SQUARE = ("ms_last", "gradtarget")
TO_THE_ORIGIN: tuple[Action, ...] = (Put("slope", 1.0), Put("const", 1.0))
LAST_WEIGHTS = (("lastslope", "slope"), ("lastconst", "const"))

LESSON: dict[str, Training] = {
    "basic": Training(
        name="basic",
        layout=LESSON_LAYOUTS["basic"],
        model=LINE,
        rule=RULES["sgd"],
        knobs=Rate(lr=0.0001),
        row=basic_row,
        footer=basic_footer,
        footer_columns=("err^2", "de/db", "de/da"),
        last={"b": "intercept", "a": "slope"},
        targets={},
        buttons=Buttons(
            reset=(*TO_THE_ORIGIN, Clear("rmses")),
            step=(Paste(LAST_WEIGHTS), Append("rmse", "rmses")),
        ),
    ),
    "momentum": Training(
        name="momentum",
        layout=LESSON_LAYOUTS["momentum"],
        model=LINE,
        rule=RULES["course_momentum"],
        knobs=MomentumKnobs(lr=0.0001, beta=0.9),
        row=optimizer_row_with_loss,
        footer=root_of_squared_errors,
        footer_columns=("err^2",),
        last={"b": "b", "a": "a"},
        targets={"m": MOMENTUM},
        buttons=Buttons(
            reset=(*TO_THE_ORIGIN, Put("momtarget", 0.0), Put("lr", 0.0001), Paste((MOMENTUM,))),
            step=(Paste((*LAST_WEIGHTS, MOMENTUM)),),
        ),
    ),
    "rmsprop": Training(
        name="rmsprop",
        layout=LESSON_LAYOUTS["rmsprop"],
        model=LINE,
        rule=RULES["course_rmsprop"],
        knobs=CourseMeanSquareKnobs(lr=0.02, beta=0.9),
        row=optimizer_row,
        footer=nothing,
        footer_columns=(),
        last={"b": "b", "a": "a"},
        targets={"v": MEAN_SQUARE},
        buttons=Buttons(
            reset=(*TO_THE_ORIGIN, Put("gradtarget", 10000.0), Paste((MEAN_SQUARE,)), Paste((MEAN_SQUARE,))),
            step=(Paste((*LAST_WEIGHTS, MEAN_SQUARE)),),
        ),
    ),
    "adam": Training(
        name="adam",
        layout=LESSON_LAYOUTS["adam"],
        model=LINE,
        rule=RULES["course_adam"],
        knobs=CourseAdamKnobs(lr=1.0, beta1=0.9, beta2=0.9),
        row=optimizer_row,
        footer=nothing,
        footer_columns=(),
        last={"b": "b", "a": "a"},
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
        layout=LESSON_LAYOUTS["adam_ann"],
        model=LINE,
        rule=RULES["course_adam"],
        knobs=CourseAdamKnobs(lr=1.0, beta1=0.9, beta2=0.95),
        row=optimizer_row,
        footer=annealing_footer,
        footer_columns=("de/db", "de/da"),
        last={"b": "b", "a": "a"},
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


def textbook(name: str, rule: Rule, **more: Any) -> Training:
    """Return a sheet of the lesson's line for any rule: cold start, and an epoch goes on from the updated weights.

    `more` are further arguments of `training_of`.
    """
    training = training_of(LINE, rule, name=name, starts=COURSE_STARTS, **more)
    return training._replace(
        footer=root_of_squared_errors, epoch_loss=root_of_summed_losses, loss_name=ROOT_OF_SUMMED_LOSSES
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
