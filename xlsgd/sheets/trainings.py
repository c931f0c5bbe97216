"""A training of any model by any rule: what its row, its buttons and its footer are."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from xlsgd.errors import InputError, choose, finite_number
from xlsgd.functions import Value, mean
from xlsgd.losses import H
from xlsgd.models import Model, check_sheets_name
from xlsgd.rules import RULES, Rule
from xlsgd.schedules import SCHEDULES, LayerRates, Schedule
from xlsgd.sheets.buttons import Action, Buttons, Paste, Put
from xlsgd.sheets.model_row import STEP, Extras, check_headings, model_row
from xlsgd.sheets.record import record
from xlsgd.sheets.row import Columns
from xlsgd.sheets.training import Training, shared_fields
from xlsgd.symbols.expression import NO_PLACE, NoFormula
from xlsgd.symbols.references import MAX_COLUMN

RESERVED = ("reset", "step", "run", "epoch")
"""What `press` means otherwise."""


def training_of(
    model: Model,
    rule: str | Rule = "sgd",
    *,
    name: str = "",
    knobs: Mapping[str, float] = {},
    schedule: str | Schedule | None = None,
    batch: int | None = None,
    differences: Sequence[str] = (),
    starts: Mapping[str, tuple[str, str]] | None = None,
    layers: LayerRates | None = None,
) -> Training:
    """Return a training sheet for a model and a rule: a cold start, and an epoch goes on from the last row's update.

    Args:
        model: the model.
        rule: a rule, or the name of one of `RULES`.
        name: the sheet's name; the model's by default.
        knobs: values of the rule's knobs, and of those that come with the following, in place of the usual ones.
        schedule: gives each step its rate, or the name of one of `SCHEDULES`; without one the rate stays the same.
        batch: after how many rows the parameters change, by the mean of the gradients, and at the end of a pass too.
            Without it they change after every row.
        differences: the parameters whose gradient is estimated by finite differences beside, in steps of a knob `h`.
        layers: gives each layer of the model its rate.
        starts: as of `Training`; by default the parameters' names, and with `last_` before.

    Raises:
        InputError: there is no such rule, schedule, knob or parameter, a name has two meanings, the batch is no whole
            number above 0, the model cannot be on a sheet (see `forward_and_back`), or takes more columns than one has.
    """
    check_sheets_name(name or model.name, "sheet")
    # Each parameter takes three at least; what has more is not traced first, which takes long.
    _check_width(model, len((*model.inputs, *model.targets)) + 3 * len(model.start), "at least ")
    update = named(rule, RULES, "rule", Rule)
    by = None if schedule is None else named(schedule, SCHEDULES, "schedule", Schedule)
    for parameter in differences:
        choose("parameter", parameter, model.start, f"model {model.name}: ")
    shared = _shared(name or model.name, update)
    extras = Extras(by, batch is not None, tuple(differences), layers)
    fields = update.state(0.0)._fields[1:]
    counters = [STEP] if by and "t" not in fields else []
    targets = {field: (f"{field}_last", f"{field}_target") for field in (*fields, *counters)}
    cold = update.state(0.0)._asdict() | dict.fromkeys(counters, 0.0)
    starts = starts or {entry: (entry, f"last_{entry}") for entry in model.start}
    reset = (*(Put(start, model.start[entry]) for entry, (start, _) in starts.items()), *_cold(targets, cold))
    last = tuple((source, start) for start, source in starts.values())
    training = Training(
        name=name or model.name,
        model=model,
        rule=update,
        knobs=_knobs(model, update, (by, layers), batch, differences, knobs),
        row=model_row(model, extras),
        footer=_footer(model),
        footer_columns=(model.error,),
        last={entry: f"new {entry}" for entry in model.start},
        targets=targets,
        buttons=Buttons(reset=reset, step=(Paste((*last, *targets.values())),)),
        starts=starts,
        shared=(*shared, *counters),
        local=extras.local(model),
        epoch_loss=mean,
        loss_name=f"mean {model.error}",
        rule_name=rule if isinstance(rule, str) else rule.update.__name__,
    )
    return checked(training)


def named(given: Any, known: Mapping[str, Any], kind: str, wanted: type) -> Any:
    """Return what is given, itself or by one of the known names.

    Raises:
        InputError: there is none of the name, or it is not of the wanted type.
    """
    if isinstance(given, str):
        return known[choose(kind, given, known)]
    if not isinstance(given, wanted):
        told = f"{type(given).__name__}: is no {kind}"
        raise InputError(f"{told}; give {wanted.__name__}(...), or one of {', '.join(known)}")
    return given


def _shared(name: str, rule: Rule) -> tuple[str, ...]:
    try:
        return shared_fields(rule)
    except NoFormula as error:
        raise NoFormula(f"{name}: {error}") from error
    except NO_PLACE as error:
        raise NoFormula(
            f"{name}: the rule cannot be run on a sheet's cells: {str(error).splitlines()[0]}; "
            "write it with + - * / ** and the functions of xlsgd, and return a state"
        ) from error


def _cold(targets: Mapping[str, tuple[str, str]], cold: Mapping[str, float]) -> list[Action]:
    return [Put(target, float(cold[field])) for field, (_, target) in targets.items()]


@cache
def _footer(model: Model) -> Callable[[Columns], dict[str, Value]]:
    def mean_loss(columns: Columns) -> dict[str, Value]:
        return {f"mean {model.error}": mean(columns[model.error])}

    return mean_loss


def _knobs(
    model: Model,
    rule: Rule,
    rates: Sequence[Schedule | LayerRates | None],
    batch: int | None,
    differences: Sequence[str],
    given: Mapping[str, float],
) -> Any:
    """Return the values of all knobs: of rule, model and schedule, the batch's size and the differences' step."""
    values: dict[str, Any] = dict(rule.knobs()._asdict())
    more = dict(model.knobs)
    for each in rates:
        more |= each.knobs()._asdict() if each else {}
    more |= {"batch": batch} if batch is not None else {}
    more |= {"h": H} if differences else {}
    taken = [name for name in more if name in values]
    if taken:
        raise InputError(f"model {model.name}: the rule has a knob {taken[0]!r} already; rename one of the two")
    values |= more
    for name in given:
        choose("knob", name, values, f"model {model.name}: ")
    values |= given
    numbers = {name: finite_number(name, value) for name, value in values.items()}
    if batch is not None and (numbers["batch"] < 1 or numbers["batch"] % 1):
        raise InputError(f"model {model.name}: `batch` {batch}: give a whole number of rows, 1 or more")
    return _knobs_type(tuple(numbers))(*numbers.values())


@cache
def _knobs_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Knobs", names)


def checked(training: Training) -> Training:
    """Return a training sheet if it can be one.

    Raises:
        InputError: a name has two meanings, a heading stands twice, or a sheet has too few columns.
    """
    model = training.model
    names = [*training.knobs._fields, *(target for _, target in training.targets.values()), *RESERVED]
    for start, _ in training.starts.values():
        if start in names:
            raise InputError(f"model {model.name}: the parameter {start!r} has the name of a knob; rename it")
    try:
        headings = [*training.point, *record(training.key).values]
    except NoFormula as error:
        raise NoFormula(f"{training.name}: {error}") from error
    check_headings(model, headings)
    _check_width(model, len(headings), "")
    return training


def _check_width(model: Model, columns: int, at_least: str) -> None:
    if columns > MAX_COLUMN:
        told = f"{at_least}{columns:,} columns; a sheet has {MAX_COLUMN:,}"
        raise InputError(f"model {model.name}: {told}: give it fewer parameters")
