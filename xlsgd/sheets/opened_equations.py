"""What an opened run computes, an equation a line: the same on cells, which gives formulas, and on arrays.

What a sure network says of the other classes is summed, not taken as 1 - p, and the loss is not the logarithm of a
number near 1: either would lose all but a few digits of a small number.
"""

from typing import Any, NamedTuple

from xlsgd.functions import Value, atanh, exp, greatest, if_above, if_at_most, if_equal, log, match_exactly
from xlsgd.rules import Rule
from xlsgd.symbols.expression import Expression, in_order, symbol


class OpenedRule(NamedTuple):
    """The rule of a run, with what it adds to a step, and what it remembers before it.

    Args:
        name: its name.
        rule: the rule.
        knobs: its knobs by name, the learning rate left out.
        rates: the learning rate of each layer.
        l2: the penalty on the sum of the squares of the weights.
        decay: the decoupled weight decay, where the rule has none of its own.
    """

    name: str
    rule: Rule
    knobs: dict[str, float]
    rates: tuple[float, ...]
    l2: float = 0.0
    decay: float = 0.0

    def cells(self, layer: int) -> dict[str, float]:
        """Return by name what a step of a layer, counted from 1, takes beside weight and gradient."""
        memory = dict.fromkeys(self.rule.state(0.0)._fields[1:], 0.0)
        more = {"l2": self.l2} | ({"weight_decay": self.decay} if "weight_decay" not in self.knobs else {})
        return {"lr": self.rates[layer - 1]} | self.knobs | {name: x for name, x in more.items() if x} | memory


def step(rule: OpenedRule, w: Value, gradient: Value, cells: dict[str, Value]) -> Value:
    """Return a parameter after one step of the rule, from its gradient by the chosen digit's loss alone."""
    own = rule.rule.knobs()._fields
    if rule.l2:
        gradient = gradient + 2 * cells["l2"] * w
    if rule.decay and "weight_decay" not in own:
        w = w - cells["lr"] * cells["weight_decay"] * w
    state = rule.rule.state(w, *(cells[name] for name in rule.rule.state(0.0)._fields[1:]))
    return rule.rule.update(state, gradient, rule.rule.knobs(**{name: cells[name] for name in own})).w


def probability(odds: Value, total: Value) -> Value:
    """Return a class's probability from the exponential of its logit, and from the sum of all of them."""
    return odds / total


def odds(logit: Value, most: Value) -> Value:
    """Return the exponential of a logit less the greatest of them, which leaves the probabilities as they are."""
    return exp(logit - most)


def error(number: Value, label: Value, others: Value, own: Value) -> Value:
    """Return the derivative of the loss by a class's logit: p - 1 for the label, which is less the others', else p."""
    return if_equal(number, label, -others, own)


def loss(others: Value, total: Value, most: Value, logit: Value) -> Value:
    """Return the cross-entropy, -log(p) of the label.

    Args:
        others: the probability of all other classes together.
        total: the sum of the odds.
        most: the greatest logit.
        logit: the label's.
    """
    return if_at_most(others, 0.5, 2 * atanh(others / (2 - others)), log(total) + most - logit)


def prediction(column: Value) -> Value:
    """Return the class that a column of exponentials or probabilities is greatest for."""
    return match_exactly(greatest(column), column) - 1


def went_through(total: Value, back: Value) -> Value:
    """Return an error that comes back to a ReLU: 0 where it let nothing through."""
    return if_above(total, 0, back, 0)


def constants(formula: Expression, moving: set[Expression]) -> dict[Expression, None]:
    """Return the greatest parts of a formula that do not depend on what moves, and are more than a cell or a number."""
    depends: dict[Expression, bool] = {}
    found: dict[Expression, None] = {}
    for part in in_order([formula]):
        operands = [arg for arg in part.args if isinstance(arg, Expression)]
        depends[part] = part in moving or any(depends[operand] for operand in operands)
        if depends[part]:
            found |= dict.fromkeys(each for each in operands if not depends[each] and each.args and _is_made(each))
    return found


def _is_made(part: Expression) -> bool:
    return any(isinstance(arg, Expression) for arg in part.args)


WEIGHT, SLOPE = symbol("w"), symbol("g")


class StepFormula(NamedTuple):
    """A step on symbols: what it gives, and its parts that are the same for every weight of a layer."""

    formula: Expression
    cells: dict[str, Expression]
    constants: tuple[Expression, ...]


def step_formula(rule: OpenedRule) -> StepFormula:
    """Return the step as an expression of the weight, its gradient, and the cells by name."""
    cells: dict[str, Any] = {name: symbol(name) for name in rule.cells(1)}
    formula = step(rule, WEIGHT, SLOPE, cells)
    return StepFormula(formula, cells, tuple(constants(formula, {WEIGHT, SLOPE})))
