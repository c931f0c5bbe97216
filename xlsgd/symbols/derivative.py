"""Derivatives by reverse mode, as expressions: the error is passed back from a value to all that it is made of.

The derivative by an inner value is handed on to its operands by the rows of the table of primitives. Where it shall
stand in a cell of its own it is a symbol in what follows from it, so that it is never spelled out again.
"""

from collections.abc import Collection
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.symbols.expression import Expression, as_expression, in_order, operands_of, replaced, symbol
from xlsgd.symbols.primitives import PRIMITIVES
from xlsgd.symbols.simplify import ONE, ZERO, simplified

HEAVY = 2
"""From how many operations on a value that is used twice is worth a cell of its own."""


class Derivatives(NamedTuple):
    """What a value's reverse mode gives.

    Args:
        passed: the derivative by each inner value that has a cell, the nearest to the value first.
        by: the derivative by each of the values asked for.
    """

    passed: dict[Expression, Expression]
    by: dict[Expression, Expression]


def derivatives(value: Expression, by: Collection[Expression], cells: Collection[Expression]) -> Derivatives:
    """Return the derivatives of a value, each in terms of those before it.

    Args:
        value: what is derived.
        by: the symbols that it is derived by.
        cells: inner values that have cells, and so has the derivative by each.

    Raises:
        InputError: an operation on the way has no derivative.
    """
    order, by = in_order([value]), dict.fromkeys(by)
    depending = _depending(order, by)
    shares: dict[Expression, list[Expression]] = {value: [ONE]}
    standing: dict[Expression, Expression] = {}
    defined: dict[Expression, Expression] = {}
    for part in reversed(order):
        if part not in depending or part not in shares:
            continue
        total = _total(shares[part])
        if part in by:
            defined[part] = total
            continue
        if part is not value and total is not ZERO and (part in cells or _is_worth_a_cell(part, total, depending)):
            standing[symbol(f"derivative {len(standing)}")] = part
            defined[part], total = total, list(standing)[-1]
        for operand, share in _shares(part, total, depending):
            shares.setdefault(operand, []).append(share)
    full: dict[Expression, Expression] = {}
    for stand_in, part in standing.items():
        full[stand_in] = replaced(defined[part], full)
    passed = _by_layer(order, {part: full[stand_in] for stand_in, part in standing.items()})
    return Derivatives(passed, {each: replaced(defined.get(each, ZERO), full) for each in by})


def _depending(order: Collection[Expression], by: Collection[Expression]) -> set[Expression]:
    found: set[Expression] = set()
    for part in order:
        if part in by or not found.isdisjoint(operands_of(part)):
            found.add(part)
    return found


def _total(shares: list[Expression]) -> Expression:
    total = shares[0]
    for share in shares[1:]:
        total = simplified(total + share, {total, share})
    return total


def _shares(
    part: Expression, total: Expression, depending: Collection[Expression]
) -> list[tuple[Expression, Expression]]:
    """Return what is handed on to each operand.

    Raises:
        InputError: the operation has no derivative.
    """
    operands = operands_of(part)
    primitive = PRIMITIVES[part.op]
    if not primitive.derivative:
        raise InputError(f"{part.op} has no derivative; write the loss without it, or give the model its gradient")
    known = {total, part, *operands}
    return [
        (operand, simplified(as_expression(share(total, part, *operands)), known))
        for operand, share in zip(operands, primitive.derivative, strict=True)
        if operand in depending
    ]


def _is_worth_a_cell(part: Expression, total: Expression, depending: Collection[Expression]) -> bool:
    """Return whether a derivative takes several operations and is used several times."""
    if weight(total) < HEAVY:
        return False
    probe = symbol("derivative")
    return sum(probe in in_order([share]) for _, share in _shares(part, probe, depending)) > 1


def weight(expression: Expression, known: Collection[Expression] = ()) -> int:
    """Return how many operations an expression takes from known values, spelled out."""
    weights: dict[Expression, int] = {}
    for part in in_order([expression], known):
        operands = () if part in known else operands_of(part)
        weights[part] = sum(weights[operand] for operand in operands) + bool(operands)
    return weights[expression]


def _by_layer(order: list[Expression], passed: dict[Expression, Expression]) -> dict[Expression, Expression]:
    """Return what is passed back ordered by how many cells lie between it and the value, then as it was computed."""
    layers = dict.fromkeys(order, 0)
    for part in reversed(order):
        for operand in operands_of(part):
            layers[operand] = max(layers[operand], layers[part] + (part in passed))
    places = {part: index for index, part in enumerate(order)}
    return dict(sorted(passed.items(), key=lambda item: (layers[item[0]], places[item[0]])))
