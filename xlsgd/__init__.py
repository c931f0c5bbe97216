"""xlsgd: see how neural networks learn, one spreadsheet row at a time.

A model is what it predicts and what a prediction loses, in plain arithmetic. With a rule and points it is trained,
traced, pressed, swept, drawn, written as a workbook with live formulas, and verified by spreadsheet engines and Torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsgd.errors import InputError as InputError
    from xlsgd.functions import cos as cos
    from xlsgd.functions import dot as dot
    from xlsgd.functions import exp as exp
    from xlsgd.functions import if_above as if_above
    from xlsgd.functions import if_at_most as if_at_most
    from xlsgd.functions import if_equal as if_equal
    from xlsgd.functions import log as log
    from xlsgd.functions import maximum as maximum
    from xlsgd.functions import minimum as minimum
    from xlsgd.functions import named as named
    from xlsgd.functions import relu as relu
    from xlsgd.functions import sigmoid as sigmoid
    from xlsgd.functions import sign as sign
    from xlsgd.functions import sin as sin
    from xlsgd.functions import sqrt as sqrt
    from xlsgd.functions import stop_gradient as stop_gradient
    from xlsgd.functions import summed as summed
    from xlsgd.functions import tanh as tanh
    from xlsgd.library.compare import compare as compare
    from xlsgd.library.export import export as export
    from xlsgd.library.plot import plot as plot
    from xlsgd.library.sweep import sweep as sweep
    from xlsgd.library.trace import press as press
    from xlsgd.library.trace import trace as trace
    from xlsgd.library.verify import verify as verify
    from xlsgd.library.write import build as build
    from xlsgd.losses import binary_cross_entropy as binary_cross_entropy
    from xlsgd.losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
    from xlsgd.losses import cross_entropy as cross_entropy
    from xlsgd.losses import huber as huber
    from xlsgd.losses import softmax as softmax
    from xlsgd.losses import squared_error as squared_error
    from xlsgd.models import Model as Model
    from xlsgd.points.points import Points as Points
    from xlsgd.points.read import read_points as read_points
    from xlsgd.rules import RULES as RULES
    from xlsgd.rules import Rule as Rule
    from xlsgd.run.standardized import standardized as standardized
    from xlsgd.schedules import SCHEDULES as SCHEDULES
    from xlsgd.schedules import Schedule as Schedule

__version__ = "0.1.0"

FUNCTIONS = (
    "cos", "dot", "exp", "if_above", "if_at_most", "if_equal", "log", "maximum", "minimum", "named", "relu", "sigmoid",
    "sign", "sin", "sqrt", "stop_gradient", "summed", "tanh",
)  # fmt: skip
"""What models and rules are written with, beside + - * / **."""

LOSSES = (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "huber", "softmax", "squared_error",
)  # fmt: skip

HOMES = {
    "build": "library.write", "compare": "library.compare", "export": "library.export", "plot": "library.plot",
    "press": "library.trace", "sweep": "library.sweep", "trace": "library.trace", "verify": "library.verify",
    "InputError": "errors", "Model": "models", "Points": "points.points", "RULES": "rules", "Rule": "rules",
    "SCHEDULES": "schedules", "read_points": "points.read", "standardized": "run.standardized", "Schedule": "schedules",
    **dict.fromkeys(FUNCTIONS, "functions"), **dict.fromkeys(LOSSES, "losses"),
}  # fmt: skip
"""The module of each name that the package gives; it is imported when the name is first asked for."""

__all__ = list(HOMES)


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'xlsgd' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"xlsgd.{HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
