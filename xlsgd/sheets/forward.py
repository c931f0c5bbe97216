"""A model's forward pass and its gradient as expressions, and which of their values have a column of their own."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from xlsgd.errors import InputError, choose
from xlsgd.models import Model
from xlsgd.symbols.derivative import HEAVY, derivatives
from xlsgd.symbols.expression import NO_PLACE, Expression, NoFormula, as_expression, in_order, operands_of
from xlsgd.symbols.primitives import PRIMITIVES
from xlsgd.symbols.simplify import ZERO


class ForwardBack(NamedTuple):
    """One row's forward pass and its gradient.

    Args:
        values: the forward values that have a column, by heading, in the order in which they are computed.
        loss: what the row loses.
        passed: the errors passed back that have a column, by heading, from the loss to the inputs.
        gradient: the derivative of the loss by each parameter, by its name.
    """

    values: dict[str, Expression]
    loss: Expression
    passed: dict[str, Expression]
    gradient: dict[str, Expression]


def forward_and_back(model: Model, entries: Mapping[str, Expression], point: Mapping[str, Expression]) -> ForwardBack:
    """Return a model's forward pass on symbols, and its gradient.

    Args:
        model: the model.
        entries: the symbol of each parameter, and of each of the model's knobs.
        point: those of the inputs and the targets.

    Raises:
        InputError: the model does what no formula can express, an operation has no derivative, or the loss does not
            depend on a parameter.
    """
    predictions, loss, names = traced(model, entries, point)
    cells = {value: name for name, value in names.items()}
    for name, value in _prediction_names(predictions).items():
        cells.setdefault(value, name)
    passed, gradient = _gradient(model, entries, point, predictions, loss, cells)
    predictions, loss, cells, passed, gradient = _without_stops(predictions, loss, cells, passed, gradient)
    roots = [*predictions, loss, *passed.values(), *gradient.values()]
    unnamed = [part for part in passed if part not in cells]
    unnamed += shared(roots, {*cells, *unnamed, *passed.values(), *gradient.values(), loss})
    order = in_order([*roots, *unnamed])
    places = {part: place for place, part in enumerate(order)}
    numbered = sorted(set(unnamed), key=places.__getitem__)
    for number, part in enumerate(numbered, start=1):
        cells[part] = _free(f"v{number}", cells.values())
    ahead = set(in_order([*predictions, loss]))
    layers = _layers(order, cells)
    values = {cells[part]: part for part in sorted(ahead & cells.keys(), key=lambda p: (layers[p], places[p]))}
    back = {cells[part]: part for part in order if part in cells and part not in ahead}
    derived = {f"d{model.symbol}/d{cells[part]}": derivative for part, derivative in passed.items()}
    return ForwardBack(values, loss, back | derived, {name: gradient[name] for name in model.start})


def traced(model: Model, entries: Mapping[str, Any], point: Mapping[str, Any]) -> tuple[list[Any], Any, dict[str, Any]]:
    """Return a model's predictions and loss on symbols, and the values that it names.

    Raises:
        InputError: the model does what no formula can express.
    """
    inputs, targets = ([point[name] for name in names] for names in (model.inputs, model.targets))
    try:
        predicted = model.predict(model.packed(entries), *inputs)
        loss = as_expression(model.lost(predicted, targets, entries))
        predictions = [as_expression(value) for value in _flat(predicted)]
    except NoFormula as error:
        raise InputError(f"model {model.name}: {error}") from error
    except NO_PLACE as error:
        if parameters := getattr(getattr(error, "obj", None), "_fields", ()):
            choose("parameter", str(error.name), parameters, f"model {model.name}: ")  # type: ignore[union-attr]
        raise InputError(
            f"model {model.name}: predict or loss cannot be run on a sheet's cells: {str(error).splitlines()[0]}; "
            "write them with + - * / ** and the functions of xlsgd"
        ) from error
    names: dict[str, Expression] = {}
    plain = _without_names(model, [*predictions, loss], names)
    for part in in_order(plain):
        if part.op in PRIMITIVES and PRIMITIVES[part.op].column:
            raise InputError(f"model {model.name}: {part.op} takes a sheet's column; in a model write sum() or dot()")
    return plain[:-1], plain[-1], names


def _flat(value: Any) -> list[Any]:
    """Return a value's entries, however they are nested."""
    if not isinstance(value, (list, tuple)):
        return [value]
    return [entry for part in value for entry in _flat(part)]


def _without_names(model: Model, roots: Iterable[Expression], names: dict[str, Expression]) -> list[Expression]:
    """Return expressions without the names in them, and gather the named values."""
    roots = list(roots)
    made: dict[Expression, Expression] = {}
    for part in in_order(roots):
        args = [made[arg] if isinstance(arg, Expression) else arg for arg in part.args]
        if part.op != "named":
            made[part] = Expression(part.op, *args)
            continue
        made[part], name = args[0], str(args[1])
        if names.setdefault(name, made[part]) is not made[part]:
            raise InputError(f"model {model.name}: two values are named {name!r}; give each a name of its own")
    return [made[root] for root in roots]


def _prediction_names(predictions: list[Expression]) -> dict[str, Expression]:
    if len(predictions) == 1:
        return {"pred": predictions[0]}
    return {f"pred_{place}": value for place, value in enumerate(predictions, start=1)}


def _without_stops(
    predictions: list[Expression],
    loss: Expression,
    cells: Mapping[Expression, str],
    passed: Mapping[Expression, Expression],
    gradient: Mapping[str, Expression],
) -> tuple[list[Expression], Expression, dict[Expression, str], dict[Expression, Expression], dict[str, Expression]]:
    """Return the same without `stop_gradient`, which has no part in a formula."""
    roots = [*predictions, loss, *passed.values(), *gradient.values(), *cells, *passed]
    plain: dict[Expression, Expression] = {}
    for part in in_order(roots):
        args = [plain[arg] if isinstance(arg, Expression) else arg for arg in part.args]
        plain[part] = args[0] if part.op == "stop_gradient" else Expression(part.op, *args)
    return (
        [plain[value] for value in predictions],
        plain[loss],
        {plain[value]: name for value, name in cells.items()},
        {plain[value]: plain[derivative] for value, derivative in passed.items()},
        {name: plain[derivative] for name, derivative in gradient.items()},
    )


def _gradient(
    model: Model,
    entries: Mapping[str, Expression],
    point: Mapping[str, Expression],
    predictions: list[Expression],
    loss: Expression,
    cells: Collection[Expression],
) -> tuple[dict[Expression, Expression], dict[str, Expression]]:
    """Return the errors passed back by the value that they belong to, and the gradient by parameter."""
    if model.gradient:
        return {}, _own_gradient(model, entries, point, predictions)
    try:
        found = derivatives(loss, [entries[name] for name in model.start], cells)
    except InputError as error:
        raise InputError(f"model {model.name}: {error}") from error
    gradient = {name: found.by[entries[name]] for name in model.start}
    for name, derivative in gradient.items():
        if derivative is ZERO:
            raise InputError(f"model {model.name}: the loss does not depend on {name}; leave it out, or use it")
    return found.passed, gradient


def _own_gradient(
    model: Model, entries: Mapping[str, Expression], point: Mapping[str, Expression], predictions: list[Expression]
) -> dict[str, Expression]:
    """Return the gradient that a model brings with it, by parameter."""
    assert model.gradient
    predicted = predictions[0] if len(predictions) == 1 else predictions
    given = (point[name] for name in (*model.inputs, *model.targets))
    try:
        own = model.gradient(model.packed(entries), predicted, *given)
        if not isinstance(own, Mapping):
            raise InputError(f"its gradient gives {type(own).__name__}; give a mapping by the parameters' names")
        for name in own:
            choose("parameter", name, model.start)
        missing = [name for name in model.start if name not in own]
        if missing:
            raise InputError(f"its gradient gives none by {missing[0]!r}; give one by each parameter")
        return {name: as_expression(own[name]) for name in model.start}
    except InputError as error:
        raise InputError(f"model {model.name}: {error}") from error


def shared(roots: Iterable[Expression], cells: Collection[Expression]) -> list[Expression]:
    """Return what takes several operations and would be spelled out several times, the outermost first.

    Args:
        roots: what stands in cells of its own.
        cells: the same, and all else that does.
    """
    order, cells = in_order(roots), set(cells)
    weights = _weights(order, cells)
    found: list[Expression] = []
    times: Counter[Expression] = Counter()
    for part in reversed(order):  # what a part is spelled in comes before it, so how often it is spelled out is known
        if part not in cells and times[part] > 1 and weights[part] >= HEAVY:
            found.append(part)
            cells.add(part)
        for operand in operands_of(part):
            times[operand] += 1 if part in cells else times[part]
    return found


def _weights(order: list[Expression], cells: Collection[Expression]) -> dict[Expression, int]:
    """Return how many operations each part takes from the cells, spelled out."""
    weights: dict[Expression, int] = {}
    for part in order:
        weights[part] = sum(weights[each] for each in operands_of(part) if each not in cells) + bool(operands_of(part))
    return weights


def _layers(order: list[Expression], cells: Collection[Expression]) -> dict[Expression, int]:
    """Return how many cells lie one behind the other on the longest way to each part."""
    layers: dict[Expression, int] = {}
    for part in order:
        layers[part] = max((layers[operand] for operand in operands_of(part)), default=0) + (part in cells)
    return layers


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken yet."""
    return _free(f"{name}'", taken) if name in taken else name
