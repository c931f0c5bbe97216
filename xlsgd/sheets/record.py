"""What a training sheet's row does, recorded once: the engine, the sheets and the sweep all read this record."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from xlsgd.models import Model
from xlsgd.sheets.row import Row
from xlsgd.sheets.training import RowKey
from xlsgd.symbols.expression import LEAVES, Expression, NoFormula, as_expression, symbol
from xlsgd.symbols.simplify import left_to_right


class Record(NamedTuple):
    """A row on symbols: those of a point's inputs and targets, of the states before the row, and of the knobs.

    Args:
        point: the point's symbols, by name.
        after: each state after the row, by the name that its symbol has before the row.
        knobs: the knobs' symbols, as the row takes them.
        values: the row's values by column, in the sheet's order.
        loss: what the row loses.
        summed: the columns whose sums a pass keeps, by name.
        last: what the next epoch's parameters are, if this is the last row.
    """

    point: dict[str, Expression]
    after: dict[str, Expression]
    knobs: Any
    values: dict[str, Expression]
    loss: Expression
    summed: dict[str, Expression]
    last: tuple[Expression, ...]

    def referred(self, columns: Mapping[str, Expression]) -> dict[Expression, str]:
        """Return by which column's heading formulas refer to each value of some columns: the first that holds it.

        A number is not looked up where it stands by chance, nor is an input, which has its own cell, as a knob has.
        """
        parameters = {symbol(name) for name in list(self.after)[: len(self.last)]}
        last_first = list(columns.items())[::-1]
        made = {value: name for name, value in last_first if value.op not in LEAVES or value in parameters}
        return made | {value: name for name, value in self.point.items()}

    def leaves(self) -> dict[Expression, str]:
        """Return what a row is given, each under a name that generated code can use."""
        given = {value: f"p{i}" for i, value in enumerate(self.point.values())}
        given |= {symbol(name): f"v{i}" for i, name in enumerate(self.after)}
        return given | {knob: f"k{i}" for i, knob in enumerate(self.knobs)}


@cache
def record(key: RowKey) -> Record:
    """Return what a training sheet's row does, from `Training.key`.

    Raises:
        NoFormula: the row, the rule or the model does what symbols cannot follow.
    """
    model, rule = key.model, key.rule
    knobs = key.knobs._make(symbol(f"knob {name}") for name in key.knobs._fields)
    point = {name: symbol(name) for name in (*model.inputs, *model.targets)}
    states = {
        name: rule.state(symbol(name), *(symbol(own[index % len(own)]) for _, own in key.fields))
        for index, name in enumerate(model.start)
    }
    states |= {name: symbol(name) for name in key.more}
    traced = key.row(rule, point, states, knobs)
    values = {column: as_expression(value) for column, value in traced.values.items()}
    loss, after = _loss(model, values, point), _after(key, traced)
    made = left_to_right([*values.values(), *after.values(), loss], set(values.values()))
    values, after = ({name: made[value] for name, value in group.items()} for group in (values, after))
    loss = made[loss]
    summed = {column: loss if column == model.error else values[column] for column in key.summed}
    last = tuple(values[column] for column in key.last)
    return Record(point, after, knobs, values, loss, summed, last)


def _after(key: RowKey, traced: Row) -> dict[str, Expression]:
    after = {name: as_expression(traced.states[name].w) for name in key.model.start}
    for field, own in key.fields:
        of_each = zip(own, key.model.start, strict=False)  # one for all is the first parameter's
        after |= {state: as_expression(getattr(traced.states[name], field)) for state, name in of_each}
    return after | {name: as_expression(traced.more[name]) for name in key.more}


def _loss(model: Model, values: dict[str, Expression], point: dict[str, Expression]) -> Expression:
    if model.error in values:
        return values[model.error]
    if "pred" not in values:
        raise NoFormula(f"the row has neither {model.error} nor a prediction")
    return as_expression(model.lost(values["pred"], [point[name] for name in model.targets], values))
