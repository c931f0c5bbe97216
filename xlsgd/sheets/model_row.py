"""The row of any model's sheet: forward pass, loss, errors passed back, gradients, new parameters, states.

Beside these, on request: weights that change after every k-th row by the mean of the gradients (a batch), a rate from a
schedule, and finite differences beside a gradient.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from xlsgd.errors import InputError
from xlsgd.functions import Value, if_equal, maximum, rounded
from xlsgd.losses import central_difference, forward_difference
from xlsgd.models import Model
from xlsgd.rules import Rule
from xlsgd.schedules import LayerRates, Schedule
from xlsgd.sheets.forward import ForwardBack, forward_and_back, traced
from xlsgd.sheets.row import Point, Row, States
from xlsgd.sheets.training import shared_fields

TINY = 1e-12
"""What an error is divided by where the gradient is less than this: a gradient of 0 has no relative error."""

PLACES = 9
"""Decimal places of a relative error: beyond them a central difference shows rounding, no two engines the same."""

STEP = "step"
"""How many steps were taken, where a schedule counts them itself."""

LEFT, IN_BATCH = "rows left", "in batch"
"""How many rows are left after this one, and how many gradients the batch has so far."""


class Extras(NamedTuple):
    """What a row holds beside the usual.

    Args:
        schedule: gives each step its rate.
        batched: whether the weights change after every so many rows only, as a knob `batch` says.
        differences: the parameters whose gradient is estimated by finite differences, too, with a knob `h`.
        layers: gives each layer its rate.
    """

    schedule: Schedule | None
    batched: bool
    differences: tuple[str, ...]
    layers: LayerRates | None

    def local(self, model: Model) -> dict[str, float | None]:
        """Return the states that start anew with every pass, and from what; None is the number of points."""
        if not self.batched:
            return {}
        sums: dict[str, float | None] = {_sum(model, name): 0.0 for name in model.start}
        return {LEFT: None, IN_BATCH: 0.0, **sums}


@cache
def model_row(model: Model, extras: Extras) -> Callable[..., Row]:
    """Return what gives a row of a model's sheet, on symbols.

    The row takes the rule, the symbols of a point, the parameters' states and what else it is handed on, and the knobs.

    Raises:
        InputError: as of `forward_and_back`.
    """

    def row(rule: Rule, at: Point, states: States, knobs: Any) -> Row:
        entries = {name: states[name].w for name in model.start}
        given = entries | {name: getattr(knobs, name) for name in model.knobs}
        passed = forward_and_back(model, given, at)
        gradients = {_derivative(model, name): gradient for name, gradient in passed.gradient.items()}
        step = _step(rule, states)
        scheduled = _scheduled(extras.schedule, knobs, step)
        used = knobs._replace(**{name: value for name, value in scheduled.items() if name in knobs._fields})
        rates = _rates(extras.layers, used)
        of_each = _of_layers(extras.layers, rates, used, model)
        if extras.batched:
            after, done, more = _batched(model, rule, passed, states, of_each, used.batch)
        else:
            after, done, more = _updated(rule, passed.gradient, states, of_each), 1, {}
        local = {name: more[name] for name in extras.local(model)}
        counted = {STEP: step + done} if extras.schedule and not _counts(rule) else {}
        groups = [entries, passed.values, {model.error: passed.loss}, passed.passed, gradients, rates, more]
        groups += [{f"new {name}": state.w for name, state in after.items()}, _fields(rule, after), counted]
        groups += [_differences(model, name, given, at, passed, knobs.h) for name in extras.differences]
        return Row(_together(model, [*groups, scheduled]), after, local | counted)

    return row


def _together(model: Model, groups: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    """Return the columns of several groups, one after the other."""
    groups = list(groups)
    check_headings(model, [heading for group in groups for heading in group])
    return {heading: value for group in groups for heading, value in group.items()}


def check_headings(model: Model, headings: Iterable[str]) -> None:
    """Raise an InputError if two columns would be called the same."""
    for heading, times in Counter(headings).items():
        if times > 1:
            told = f"two columns would be called {heading!r}; rename the parameter, input or value"
            raise InputError(f"model {model.name}: {told}")


def _derivative(model: Model, name: str) -> str:
    return f"d{model.symbol}/d{name}"


def _sum(model: Model, name: str) -> str:
    return f"sum {_derivative(model, name)}"


def _counts(rule: Rule) -> bool:
    """Return whether a rule counts its steps in its state."""
    return "t" in rule.state(0.0)._fields


def _step(rule: Rule, states: States) -> Value:
    """Return how many steps were taken before this row."""
    first = next(iter(states.values()))
    return first.t if _counts(rule) else states.get(STEP)


def _scheduled(schedule: Schedule | None, knobs: Any, step: Value) -> dict[str, Value]:
    """Return what a schedule gives this step, by heading."""
    given = schedule.rate(knobs.lr, step, knobs) if schedule else {}
    return dict(given) if isinstance(given, Mapping) else {"lr": given}


def _rates(layers: LayerRates | None, knobs: Any) -> dict[str, Value]:
    """Return the layers' rates by heading."""
    return {f"lr {i}": rate for i, rate in enumerate(layers.rates(knobs.lr, knobs), start=1)} if layers else {}


def _of_layers(layers: LayerRates | None, rates: Mapping[str, Value], knobs: Any, model: Model) -> dict[str, Any]:
    """Return each parameter's knobs, with its layer's rate."""
    if layers is None:
        return dict.fromkeys(model.start, knobs)
    return {name: knobs._replace(lr=rates[f"lr {layers.group_of(name) + 1}"]) for name in model.start}


def _updated(rule: Rule, gradient: Mapping[str, Value], states: States, knobs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rule.update(states[name], g, knobs[name]) for name, g in gradient.items()}


def _fields(rule: Rule, after: Mapping[str, Any]) -> dict[str, Value]:
    """Return the states beside the parameters, field by field; one that all share stands once."""
    values: dict[str, Value] = {}
    for field in rule.state(0.0)._fields[1:]:
        of_each = {f"{field} {name}": getattr(state, field) for name, state in after.items()}
        values |= {field: next(iter(of_each.values()))} if field in shared_fields(rule) else of_each
    return values


def _batched(
    model: Model, rule: Rule, passed: ForwardBack, states: States, knobs: Mapping[str, Any], batch: Value
) -> tuple[dict[str, Any], Value, dict[str, Value]]:
    """Return the states after a row that may end a batch, whether it does, and the columns that it takes."""
    left = states[LEFT] - 1
    count = if_equal(states[IN_BATCH], batch, 0, states[IN_BATCH]) + 1
    sums = {name: if_equal(count, 1, 0, states[_sum(model, name)]) + g for name, g in passed.gradient.items()}
    means = {name: total / count for name, total in sums.items()}
    done = if_equal(count, batch, 1, if_equal(left, 0, 1, 0))
    updated = _updated(rule, means, states, knobs)
    after = {
        name: type(state)(*(if_equal(done, 1, new, old) for new, old in zip(state, states[name], strict=True)))
        for name, state in updated.items()
    }
    columns = {LEFT: left, IN_BATCH: count, **{_sum(model, name): total for name, total in sums.items()}}
    columns |= {f"mean {_derivative(model, name)}": mean for name, mean in means.items()} | {"ends batch": done}
    return after, done, columns


def _differences(
    model: Model, name: str, entries: dict[str, Any], at: Point, passed: ForwardBack, h: Value
) -> dict[str, Value]:
    """Return a parameter's gradient by forward and central differences, and how far each is off."""
    loss, gradient = passed.loss, passed.gradient[name]
    ahead, behind = (traced(model, entries | {name: moved}, at)[1] for moved in (entries[name] + h, entries[name] - h))
    forward, central = forward_difference(ahead, loss, h), central_difference(ahead, behind, h)
    return {
        f"{model.error} at {name}+h": ahead,
        f"{model.error} at {name}-h": behind,
        f"forward {_derivative(model, name)}": forward,
        f"central {_derivative(model, name)}": central,
        f"forward off {name}": relative_error(forward, gradient),
        f"central off {name}": relative_error(central, gradient),
    }


def relative_error(estimate: Value, exact: Value) -> Value:
    """Return how far an estimate is off, relative to the exact value or to `TINY` if that is greater, rounded."""
    return rounded(abs(estimate - exact) / maximum(abs(exact), TINY), PLACES)
