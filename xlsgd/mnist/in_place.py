"""A rule as straight-line NumPy operations that write into the arrays of the state that they are given.

Generated from what the rule does to symbols, as a sweep's pass is (`xlsgd.sweeping.program`), in the rule's own order:
the numbers are those of the rule to the bit. A step makes no array, so that what it touches stays in the processor's
cache.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from xlsgd.mnist.heads import Matrix
from xlsgd.rules import Rule
from xlsgd.sweeping.places import FUNCTIONS, Places, all_arrays, spell_before
from xlsgd.symbols.expression import Expression, NoFormula, as_expression, symbol
from xlsgd.symbols.operations import Operations
from xlsgd.symbols.primitives import PRIMITIVES

UPDATE = """\
def update(state, g, knobs, scratch):
    {states} = state
    {knobs} = knobs
    {scratch} = scratch
    {statements}
    return {after}, {rest}
"""
SCOPE = {name: PRIMITIVES[name].number for name in FUNCTIONS} | {"np": np, "square": np.square}


def in_place(rule: Rule, state: Any, lr_is_array: bool) -> Rule:
    """Return a rule whose update may write over the arrays of the state that it is given, but not over the gradient.

    It is the rule itself if that does what symbols cannot follow or these arrays cannot hold.

    Args:
        rule: The rule.
        state: A state of it: arrays of one shape and type, and a counter where the rule counts.
        lr_is_array: Whether each parameter has a rate of its own.
    """
    states = [f"v{i}" for i, _ in enumerate(state)]
    knobs = [f"k_{name}" for name in rule.knobs()._fields]
    arrays = {name for name, value in zip(states, state, strict=True) if isinstance(value, np.ndarray)}
    try:
        source, count = _spelled(rule, states, knobs, arrays | {"g"} | ({"k_lr"} if lr_is_array else set()))
    except NoFormula:
        return rule
    scope: dict[str, Any] = dict(SCOPE)
    exec(compile(source, "<a rule in place>", "exec"), scope)  # of our own spelling alone
    scratch = tuple(np.empty_like(state.w) for _ in range(count))

    def update(s: Any, g: Matrix, k: Any) -> Any:
        nonlocal scratch
        after, scratch = scope["update"](s, g, k, scratch)
        return type(s)(*after)

    return rule._replace(update=update)


def _spelled(rule: Rule, states: Sequence[str], knobs: Sequence[str], arrays: Collection[str]) -> tuple[str, int]:
    """Return the update of a state, a gradient, knobs and scratch arrays as source, and how many of these it needs."""
    operations = Operations({symbol(name): name for name in (*states, "g", *knobs)}, knobs, FUNCTIONS)
    after = dict(zip(states, operations.names(_after(rule, states, knobs)), strict=True))
    known = all_arrays(operations, after, arrays)
    places = Places([name for name in states if name in known], known, ())
    before = [spell_before(operation, known) for operation in operations.before]
    inside = places.spell(operations.inside, after.values())
    held = {name: name for name in (*states, *places.scratch)} | places.handed_on(after)
    source = UPDATE.format(
        states=_tuple(states),
        knobs=_tuple(knobs),
        scratch=_tuple(places.scratch),
        statements="\n    ".join([*before, *inside]),
        after=_tuple(held[name] if name in known else f"int({held[name]})" for name in states),
        rest=_tuple(held[name] for name in places.scratch),
    )
    return source, len(places.scratch)


def _after(rule: Rule, states: Iterable[str], knobs: Iterable[str]) -> list[Expression]:
    given = rule.state(*map(symbol, states)), symbol("g"), rule.knobs()._make(map(symbol, knobs))
    return [as_expression(value) for value in rule.update(*given)]


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join(f'{name}, ' for name in names)})"
