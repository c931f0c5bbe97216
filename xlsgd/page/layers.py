"""A model's network as a drawing: which values follow from which, layer by layer, and the errors passed back."""

from typing import Any

from xlsgd.sheets.forward import ForwardBack, forward_and_back
from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, in_order, operands_of, symbol

LEAST_NODES, MOST_NODES = 4, 60
"""Of how many values a drawing says more than the rows do, and how many are drawn at most to be read."""


def drawn_network(training: Training) -> dict[str, Any] | None:
    """Return the nodes and edges of a training's model, or nothing if its rows do not show them or they are too many.

    A node has its name, its layer, its column among the rows' values or the points, and that of the error passed back
    to it. An edge has the parameter that it is multiplied by, if there is one.
    """
    model, traced = training.model, record(training.key)
    entries = {name: symbol(name) for name in model.start} | {name: symbol(f"knob {name}") for name in model.knobs}
    passed = forward_and_back(model, entries, {name: symbol(name) for name in training.point})
    values = list(traced.values)
    named = passed.values | ({model.error: passed.loss} if model.error in values else {})
    if not set(named) <= set(values) or not LEAST_NODES <= len(named) + len(model.inputs) <= MOST_NODES:
        return None
    nodes = _nodes(training, passed, named)
    return {"nodes": nodes, "edges": _edges(training, named, nodes)} if nodes else None


def _nodes(training: Training, passed: ForwardBack, named: dict[str, Expression]) -> list[dict[str, Any]]:
    model, values = training.model, list(record(training.key).values)
    nodes: list[dict[str, Any]] = [{"name": name, "point": i, "layer": 0} for i, name in enumerate(model.inputs)]
    for name in named:
        error = f"d{model.symbol}/d{name}"
        back = {"error": values.index(error)} if error in passed.passed and error in values else {}
        nodes.append({"name": name, "value": values.index(name), **back})
    return nodes


def _edges(training: Training, named: dict[str, Expression], nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the edges, and give each node its layer."""
    places = {symbol(node["name"]): i for i, node in enumerate(nodes) if "point" in node}
    places |= {value: len(places) + i for i, value in enumerate(named.values())}
    parameters = {symbol(name): i for i, name in enumerate(training.parameters)}
    edges: list[dict[str, Any]] = []
    for value in named.values():
        node, read = places[value], _read(value, places)
        nodes[node]["layer"] = 1 + max((nodes[places[part]]["layer"] for part in read), default=0)
        for part in read:
            weight = _weight(value, part, parameters, places)
            edges.append({"from": places[part], "to": node, **({"parameter": weight} if weight is not None else {})})
    return edges


def _read(value: Expression, places: dict[Expression, int]) -> list[Expression]:
    """Return the nodes that a node follows from directly."""
    inside = in_order(operands_of(value), [part for part in places if part is not value])
    return [part for part in inside if part in places]


def _weight(
    value: Expression, part: Expression, parameters: dict[Expression, int], places: dict[Expression, int]
) -> int | None:
    """Return the parameter that a node's part is multiplied by, if there is one."""
    for product in in_order([value], [each for each in places if each is not value]):
        if product.op == "multiply" and part in product.args:
            (other,) = [each for each in product.args if each is not part] or [part]
            if other in parameters:
                return parameters[other]
    return None
