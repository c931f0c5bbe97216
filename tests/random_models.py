"""Small models at random: drawn operations of the table fold parameters, inputs and numbers into predictions."""

import math
import operator
from typing import NamedTuple

from hypothesis import strategies as st

from xlsgd.functions import dot, named
from xlsgd.losses import binary_cross_entropy_with_logits, cross_entropy, huber, squared_error
from xlsgd.models import Model
from xlsgd.symbols.primitives import TABLE, apply

ARITY = {primitive.name: len(primitive.derivative) for primitive in TABLE if primitive.derivative}
"""Every operation that has a derivative, with its number of operands: a new row of the table is drawn, too."""

MOST_ENTRIES = 12

SIGNS = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "power": operator.pow, "negative": operator.neg, "absolute": abs,
}  # fmt: skip


def as_it_is(x):
    return x


def positive(x):
    return abs(x) + 0.25


def at_most_1(x):
    return apply("tanh", x)


WITHIN = {
    "sqrt": [positive],
    "log": [positive],
    "log10": [positive],
    "exp": [at_most_1],
    "atanh": [lambda x: 0.9 * at_most_1(x)],
    "divide": [as_it_is, lambda y: y**2 + 0.5],
    "power": [positive, at_most_1],
}
"""What brings operands to where an operation has a value, and not a huge one."""


def linear(pred, y):
    return pred * y + pred


LOSSES = (squared_error, huber, binary_cross_entropy_with_logits, linear)

numbers = st.floats(-2, 2).map(lambda x: round(x, 3))
SHAPES = [(), *((n,) for n in range(1, 5)), *((n, m) for n in range(1, 4) for m in range(1, 4))]
"""Scalars, vectors and matrices."""


class Drawn(NamedTuple):
    """A model, a point for it, and the operations that were drawn."""

    model: Model
    point: dict[str, float]
    operations: tuple[str, ...]


class Step(NamedTuple):
    """An operation on values of a pool, which perhaps stay there to be used again."""

    name: str
    places: tuple[int, ...]
    kept: bool


def done(name, operands):
    operands = [bring(x) for bring, x in zip([*WITHIN.get(name, []), *[as_it_is] * 4], operands, strict=False)]
    return SIGNS[name](*operands) if name in SIGNS else apply(name, *operands)


def folded(pool, steps, left):
    """Do the steps, then add up until so many values are left: every value is used."""
    for name, places, kept in steps:
        chosen = [place % len(pool) for place in places]
        result = done(name, [pool[place] for place in chosen])
        pool = [value for place, value in enumerate(pool) if kept or place not in chosen] + [result]
    while len(pool) > left:
        pool = [*pool[2:], pool[0] + pool[1]]
    return pool


def flat(value):
    return [entry for part in value for entry in flat(part)] if isinstance(value, list) else [value]


def shaped(shape, entries):
    if not shape:
        return entries.pop()
    return [shaped(shape[1:], entries) for _ in range(shape[0])]


@st.composite
def starts(draw):
    """The starting values of one to three parameters: scalars, vectors, matrices, of at most 12 entries in all."""
    found, left, names = {}, MOST_ENTRIES, "uvw"[: draw(st.integers(1, 3))]
    for later, name in zip(range(len(names))[::-1], names, strict=True):
        shape = draw(st.sampled_from([shape for shape in SHAPES if math.prod(shape) <= left - later]))
        left -= math.prod(shape)
        found[name] = shaped(shape, [draw(numbers) for _ in range(math.prod(shape))])
    return found


@st.composite
def steps(draw):
    name = draw(st.sampled_from(sorted(ARITY)))
    return Step(name, tuple(draw(st.integers(0, 30)) for _ in range(ARITY[name])), draw(st.booleans()))


@st.composite
def drawn_models(draw):
    """A model of one to three inputs whose loss is made of every parameter, and a point."""
    given, program = draw(starts()), tuple(draw(st.lists(steps(), min_size=1, max_size=8)))
    inputs = {f"x{i}": draw(numbers) for i in range(1, draw(st.integers(1, 3)) + 1)}
    constant = draw(numbers.filter(lambda x: x not in (0, 1, -1)))  # that would be an idle operation of the model's own
    classes, shows = draw(st.sampled_from([1, 1, 2, 3])), draw(st.booleans())

    def predict(p, *x):
        groups = [getattr(p, name) for name in given]
        products = [
            dot(group, x[: len(group)])
            for group in groups
            if isinstance(group, list) and len(group) <= len(x) and not isinstance(group[0], list)
        ]
        values = folded([*flat(groups), *products, *x, constant], program, classes)
        values = [*values, *[2 * values[0]] * (classes - len(values))]
        return named("z", values if classes > 1 else values[0]) if shows else values if classes > 1 else values[0]

    loss = cross_entropy if classes > 1 else draw(st.sampled_from(LOSSES))
    y = float(draw(st.integers(0, classes - 1))) if classes > 1 else draw(numbers)
    model = Model("drawn", tuple(inputs), given, predict, loss)
    return Drawn(model, inputs | {"y": y}, tuple(step.name for step in program))
