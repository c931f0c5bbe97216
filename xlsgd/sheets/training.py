"""A training sheet: a model and a rule, what stands in its rows, and what its buttons do."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from xlsgd.errors import InputError, choose
from xlsgd.functions import Value, sqrt, total
from xlsgd.models import Model
from xlsgd.rules import Rule
from xlsgd.sheets.buttons import Buttons, Put
from xlsgd.sheets.layout import Layout
from xlsgd.sheets.row import Columns, Row, nothing
from xlsgd.symbols.expression import Expression, as_expression, in_order, symbol

COURSE_STARTS = {"b": ("const", "lastconst"), "a": ("slope", "lastslope")}
"""What the course calls the cells that both weights start from, and the last row's."""

ROOT_OF_SUMMED_LOSSES = "root of summed err^2"


def root_of_summed_losses(losses: Value) -> Value:
    """Return the loss of an epoch on the lesson's sheets: the root of the summed squared errors."""
    return sqrt(total(losses))


class RowKey(NamedTuple):
    """What a training sheet's row follows from, whatever the knobs' values: a key for what is made of it once.

    Args:
        model: the model.
        rule: the update rule.
        row: as of `Training`.
        knobs: the knobs' type.
        fields: the fields of the state beside the parameter, each with its names (see `Training.states_of`).
        more: the names of what else is handed on from row to row.
        summed: the columns whose sums a pass keeps: those of the footer, and the loss.
        last: the columns whose last row the next epoch starts from, in the parameters' order.
    """

    model: Model
    rule: Rule
    row: Callable[..., Row]
    knobs: Any
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    more: tuple[str, ...]
    summed: tuple[str, ...]
    last: tuple[str, ...]


class Training(NamedTuple):
    """A training sheet.

    Args:
        model: what it trains.
        rule: the update rule, the same for all parameters.
        knobs: the knobs' values after a reset.
        row: gives a row's values and the next states, from the rule, a point, the states and the knobs.
        footer: gives what stands below the rows, from the columns it needs.
        footer_columns: the columns that the footer needs.
        last: for each parameter the column whose last row the next epoch starts from.
        targets: for each field of the state the name of its last row's values and of its seeds.
        buttons: what Reset and Run do.
        starts: for each parameter the name of the cell that it starts from, and of the last row's.
        shared: the fields of the state that are one for all parameters, such as a count of steps.
        local: what else is handed on from row to row and starts anew with every pass, and from what; None stands for
            the number of points.
        seeds: further named cells that a button writes, with their value before any reset.
        sizes: gives what follows from the seeds alone, as they stand below the rows and as the first row's start.
        epoch_loss: gives the loss of an epoch from the column of the rows' losses.
        loss_name: what that loss is called on an axis.
        layout: where its cells stand; None where as on any sheet (see `xlsgd.sheets.general_layout`).
        rule_name: what the sheet says its rule is called, if it says so.
    """

    name: str
    model: Model
    rule: Rule
    knobs: Any
    row: Callable[..., Row]
    footer: Callable[[Columns], dict[str, Value]]
    footer_columns: tuple[str, ...]
    last: Mapping[str, str]
    targets: dict[str, tuple[str, str]]
    buttons: Buttons
    starts: Mapping[str, tuple[str, str]] = COURSE_STARTS
    shared: tuple[str, ...] = ()
    local: Mapping[str, float | None] = {}
    seeds: Mapping[str, float] = {}
    sizes: Callable[[Mapping[str, Value], Mapping[str, Value]], dict[str, Value]] = nothing
    epoch_loss: Callable[[Value], Value] = root_of_summed_losses
    loss_name: str = ROOT_OF_SUMMED_LOSSES
    layout: Layout | None = None
    rule_name: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters' entries."""
        return tuple(self.model.start)

    @property
    def point(self) -> tuple[str, ...]:
        """The names of a point's inputs, then of its targets."""
        return (*self.model.inputs, *self.model.targets)

    def states_of(self, field: str) -> tuple[str, ...]:
        """Return the names of a field of the state: one for each parameter, or one for all."""
        return (field,) if field in self.shared else tuple(f"{field} {name}" for name in self.parameters)

    @property
    def carried(self) -> tuple[str, ...]:
        """The names of the states beside the parameters that go on from epoch to epoch."""
        return tuple(name for field in self.targets for name in self.states_of(field))

    @property
    def states(self) -> tuple[str, ...]:
        """The names of everything that a row hands on: the parameters, then all other states."""
        return (*self.parameters, *self.carried, *self.local)

    @property
    def source(self) -> str:
        """Where its equations come from, in a line: the course, or what its rule says of itself."""
        if not self.rule_name:
            return f"From fast.ai's 2019 course, lesson 5: graddesc.xlsm, sheet {self.name}."
        first = (self.rule.update.__doc__ or "").strip().partition("\n")[0]
        return (
            f"{self.rule_name}: {first.replace('`', '')}"
            if first
            else f"Model {self.model.name}, rule {self.rule_name}."
        )

    @property
    def key(self) -> RowKey:
        """What the sheet's row follows from."""
        fields = tuple((field, self.states_of(field)) for field in self.rule.state(0.0)._fields[1:])
        more = (*(field for field in self.targets if field not in dict(fields)), *self.local)
        summed = tuple(dict.fromkeys((*self.footer_columns, self.model.error)))
        last = tuple(self.last[name] for name in self.parameters)
        return RowKey(self.model, self.rule, self.row, type(self.knobs), fields, more, summed, last)


@cache
def shared_fields(rule: Rule) -> tuple[str, ...]:
    """Return the fields of a rule's state that are one for all parameters: what follows from itself and the knobs.

    Raises:
        InputError: the rule does what symbols cannot follow, or gives no next state.
    """
    fields = rule.state(0.0)._fields
    state = rule.state(*map(symbol, fields))
    knobs = rule.knobs()._make(symbol(f"knob {name}") for name in rule.knobs()._fields)
    after = rule.update(state, symbol("gradient"), knobs)
    if getattr(after, "_fields", ()) != fields:
        raise InputError(
            f"rule {rule.update.__name__}: gives {type(after).__name__}; give the next state, of {', '.join(fields)}"
        )
    alone = zip(fields[1:], state[1:], after[1:], strict=True)
    return tuple(field for field, before, value in alone if _symbols(value) <= {before, *knobs})


def _symbols(value: Any) -> set[Expression]:
    return {part for part in in_order([as_expression(value)]) if part.op == "symbol"}


def with_knobs(training: Training, **knobs: float) -> Training:
    """Return the sheet with other knobs, to which its reset returns too.

    Raises:
        InputError: it has no such knob.
    """
    for name in knobs:
        choose("knob", name, training.knobs._fields, f"{training.name}: ")
    actions = (
        action._replace(value=knobs[action.target]) if isinstance(action, Put) and action.target in knobs else action
        for action in training.buttons.reset
    )
    buttons = training.buttons._replace(reset=tuple(actions))
    return training._replace(knobs=training.knobs._replace(**knobs), buttons=buttons)
