"""Training sheets as whoever calls the library chooses them: a model and its rules, or sheets of the lesson by name."""

from collections.abc import Iterable, Mapping
from typing import Any

from xlsgd.errors import InputError, choose, finite_number
from xlsgd.models import Model
from xlsgd.rules import RULES, Rule
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import Training, with_knobs
from xlsgd.sheets.trainings import named, training_of

GRADDESC = "graddesc"
"""All training sheets of the lesson at once."""

Rules = str | Rule | Iterable[str | Rule] | Mapping[Any, Mapping[str, float]] | None
"""One rule, several, or several with the knobs of each; None for the usual."""


def chosen_trainings(
    what: Model | str, rules: Rules = None, knobs: Mapping[str, float] = {}, **options: Any
) -> dict[str, Training]:
    """Return training sheets by their names.

    Args:
        what: a model; the name of a training sheet; or `graddesc` for those of the lesson.
        rules: of a model its rules, `sgd` if there are none; of `graddesc` the sheets that are wanted.
        knobs: values for every sheet that has a knob of the name.
        options: as of `training_of`, for a model.

    Raises:
        InputError: there is no such sheet, rule or knob, or `training_of` refuses the model.
    """
    own = _with_own_knobs(rules)
    if isinstance(what, Model):
        sheets = _of_model(what, own, options)
    elif not isinstance(what, str):
        raise InputError(f"{type(what).__name__}: is no model; give Model(...), or the name of a sheet or a workbook")
    else:
        used = [name for name, value in options.items() if value]
        if used:
            raise InputError(f"{what}: `{used[0]}` is for a model of your own")
        sheets = _of_lesson(what, own)
    return with_set_knobs(sheets, knobs)


def chosen_training(
    what: Model | str, rule: str | Rule | None = None, knobs: Mapping[str, float] = {}, **options: Any
) -> Training:
    """Return one training sheet; the rest as of `chosen_trainings`.

    Raises:
        InputError: as of `chosen_trainings`, or `what` names all sheets of the lesson.
    """
    if what == GRADDESC:
        raise InputError(f"{GRADDESC}: holds several training sheets; give one of {', '.join(LESSON)}")
    training, *others = chosen_trainings(what, rule, knobs, **options).values()
    if others:
        raise InputError(f"`rule` {training.name}, {others[0].name}: give a single one")
    return training


def _with_own_knobs(rules: Rules) -> dict[str | Rule, Mapping[str, float]]:
    """Return the rules that are asked for, each with the knobs that are its own."""
    if rules is None:
        return {}
    if isinstance(rules, Mapping):
        return dict(rules.items())
    several = list(rules) if isinstance(rules, Iterable) and not isinstance(rules, (str, Rule)) else [rules]
    for rule in several:
        if several.count(rule) > 1:
            raise InputError(f"`rules`: {rule if isinstance(rule, str) else rule.update.__name__} stands there twice")
    return {rule: {} for rule in several}


def _of_model(
    model: Model, rules: Mapping[str | Rule, Mapping[str, float]], options: Mapping[str, Any]
) -> dict[str, Training]:
    rules = rules or {"sgd": {}}
    sheets = {}
    for rule, knobs in rules.items():
        name = rule if isinstance(rule, str) else named(rule, RULES, "rule", Rule).update.__name__
        sheet = name if len(rules) > 1 else model.name
        if sheet in sheets:
            raise InputError(f"two rules are called {name!r}; rename one of the functions")
        sheets[sheet] = training_of(model, rule, name=sheet, knobs=knobs, **options)
    return sheets


def _of_lesson(what: str, rules: Mapping[str | Rule, Mapping[str, float]]) -> dict[str, Training]:
    known = trainings()
    choose("model or sheet", what, [GRADDESC, *known])
    if what != GRADDESC:
        if rules:
            raise InputError(f"{what}: the sheet has its rule; `rule` is for a model of your own")
        return {what: known[what]}
    names = [choose("training sheet", str(name), known) for name in rules]
    own = {name: with_set_knobs({name: known[name]}, rules[name])[name] for name in names}
    return own or dict(LESSON)


def with_set_knobs(sheets: Mapping[str, Training], knobs: Mapping[str, float]) -> dict[str, Training]:
    """Return the sheets with values of knobs, each on those that have it."""
    known = dict.fromkeys(field for training in sheets.values() for field in training.knobs._fields)
    for knob, value in knobs.items():
        choose("knob", knob, known)
        finite_number(knob, value)
    return {
        name: with_knobs(training, **{k: float(v) for k, v in knobs.items() if k in training.knobs._fields})
        for name, training in sheets.items()
    }
