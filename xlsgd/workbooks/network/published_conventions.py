"""How the course, PyTorch, Keras and the papers write the same optimizers: rules, published defaults, equations."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from xlsgd.rules import (
    RULES,
    AdamKnobs,
    AdamWKnobs,
    CountedMoments,
    CourseMeanSquareKnobs,
    MeanSquare,
    MeanSquareKnobs,
    Momentum,
    MomentumKnobs,
    Rule,
)
from xlsgd.workbooks.network.convention_rules import (
    HeavyBall,
    MultipliedKnobs,
    hinton_rmsprop,
    keras_adam,
    keras_adamw,
    keras_momentum,
    keras_rmsprop,
    paper_adamw,
    polyak_momentum,
)


class Convention(NamedTuple):
    """How somebody writes an optimizer.

    Args:
        optimizer: which.
        source: who.
        rule: the rule.
        defaults: the knobs that are published with it.
        equation: the rule in a line, as the source has it.
    """

    optimizer: str
    source: str
    rule: Rule
    defaults: Mapping[str, float]
    equation: str

    @property
    def name(self) -> str:
        """The name of both."""
        return f"{self.optimizer} {self.source}"

    @property
    def knobs(self) -> tuple[str, ...]:
        """The names of the rule's knobs that have a cell."""
        return tuple(name for name in self._fields_of(self.rule.knobs) if name != "times")

    @property
    def states(self) -> tuple[str, ...]:
        """The names of the states that have a column, the parameter's last."""
        fields = self._fields_of(self.rule.state)
        return tuple(name for name in (*fields[1:], fields[0]) if name not in ("t", "before"))

    @staticmethod
    def _fields_of(kind: Any) -> tuple[str, ...]:
        return tuple(kind._fields)


BETAS = {"beta1": 0.9, "beta2": 0.999}
MEAN_SQUARE = "v = beta*v + (1-beta)*g^2"
AVERAGES = "m = beta1*m + (1-beta1)*g, v = beta2*v + (1-beta2)*g^2"
CORRECTED = "lr * m/(1-beta1^t) / (sqrt(v/(1-beta2^t)) + eps)"
IN_RATE = "lr*sqrt(1-beta2^t)/(1-beta1^t) * m / (sqrt(v) + eps)"

CONVENTIONS = (
    Convention(
        "momentum",
        "course",
        RULES["course_momentum"],
        {"lr": 1e-4, "beta": 0.9},
        "m = beta*m + (1-beta)*g, w = w - lr*m",
    ),
    Convention("momentum", "PyTorch", RULES["momentum"], {"lr": 1e-3, "beta": 0.0}, "m = beta*m + g, w = w - lr*m"),
    Convention(
        "momentum",
        "Keras",
        Rule(keras_momentum, Momentum, MomentumKnobs),
        {"lr": 1e-2, "beta": 0.0},
        "m = beta*m - lr*g, w = w + m",
    ),
    Convention(
        "momentum",
        "paper",
        Rule(polyak_momentum, HeavyBall, MomentumKnobs),
        {},
        "w = w - lr*g + beta*(w - w before)   (Polyak 1964)",
    ),
    Convention(
        "RMSProp",
        "course",
        RULES["course_rmsprop"],
        {"lr": 0.02, "beta": 0.9},
        f"w = w - lr*g/sqrt(v of the row before), then {MEAN_SQUARE}",
    ),
    Convention(
        "RMSProp",
        "PyTorch",
        RULES["rmsprop"],
        {"lr": 1e-2, "beta": 0.99, "eps": 1e-8},
        f"{MEAN_SQUARE}, w = w - lr*g/(sqrt(v) + eps)",
    ),
    Convention(
        "RMSProp",
        "Keras",
        Rule(keras_rmsprop, MeanSquare, MeanSquareKnobs),
        {"lr": 1e-3, "beta": 0.9, "eps": 1e-7},
        f"{MEAN_SQUARE}, w = w - lr*g/sqrt(v + eps)",
    ),
    Convention(
        "RMSProp",
        "paper",
        Rule(hinton_rmsprop, MeanSquare, CourseMeanSquareKnobs),
        {"beta": 0.9},
        f"{MEAN_SQUARE}, w = w - lr*g/sqrt(v)   (Tieleman and Hinton 2012, lecture 6e)",
    ),
    Convention(
        "Adam",
        "course",
        RULES["course_adam"],
        {"lr": 1.0, "beta1": 0.9, "beta2": 0.9},
        f"{AVERAGES}, w = w - lr*m/sqrt(v)",
    ),
    Convention("Adam", "PyTorch", RULES["adam"], BETAS | {"lr": 1e-3, "eps": 1e-8}, f"{AVERAGES}, w = w - {CORRECTED}"),
    Convention(
        "Adam",
        "Keras",
        Rule(keras_adam, CountedMoments, AdamKnobs),
        BETAS | {"lr": 1e-3, "eps": 1e-7},
        f"{AVERAGES}, w = w - {IN_RATE}",
    ),
    Convention(
        "Adam",
        "paper",
        RULES["adam"],
        BETAS | {"lr": 1e-3, "eps": 1e-8},
        "as PyTorch   (Kingma and Ba 2015, algorithm 1; section 2 has Keras' form)",
    ),
    Convention(
        "AdamW",
        "PyTorch",
        RULES["adamw"],
        BETAS | {"lr": 1e-3, "eps": 1e-8, "weight_decay": 1e-2},
        f"w = w - lr*weight_decay*w, then w = w - {CORRECTED}",
    ),
    Convention(
        "AdamW",
        "Keras",
        Rule(keras_adamw, CountedMoments, AdamWKnobs),
        BETAS | {"lr": 1e-3, "eps": 1e-7, "weight_decay": 4e-3},
        f"w = w - lr*weight_decay*w, then w = w - {IN_RATE}",
    ),
    Convention(
        "AdamW",
        "paper",
        Rule(paper_adamw, CountedMoments, MultipliedKnobs),
        BETAS | {"lr": 1e-3, "eps": 1e-8},
        f"w = w - times*({CORRECTED} + weight_decay*w)   (Loshchilov and Hutter 2019, algorithm 2)",
    ),
)
"""All of them, PyTorch's among those of each optimizer; the course has no AdamW."""
