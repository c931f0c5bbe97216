"""Models: what is predicted, and what a prediction loses, each written once as plain arithmetic.

`predict` takes the parameters and one point's inputs, `loss` a prediction and the point's targets. The same lines run
on floats, NumPy arrays, Torch tensors and expressions, as a rule's do, so a model has a trace, a sheet with live
formulas and a gradient without another line.
"""

import math
import re
from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from keyword import iskeyword
from typing import Any

from xlsgd.errors import InputError
from xlsgd.functions import Value
from xlsgd.losses import error_gradient, squared_error

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""What an input, a target or a parameter may be called: it stands in headings, and as an argument of Python."""

LONGEST_NAME = 27
"""Of a sheet's 31 characters a model's name leaves four for the sheet of its epochs."""

SHOWN = 60
"""How many characters of a name that is too long a message shows."""

NOT_IN_A_SHEETS_NAME = "[]:*?/\\'!"

OF_EXCEL = "history"
"""A sheet's name that Excel keeps for itself."""


@dataclass(frozen=True, eq=False)
class Model:
    """A model with its parameters' starting values.

    Args:
        name: what its sheet is called.
        inputs: the names of a point's inputs.
        parameters: the starting value of each parameter by its name: a number, or a sequence of numbers or of rows.
        predict: gives the prediction, or a sequence of them, from the parameters and the inputs one by one. The
            parameters are attributes of its first argument, each a value or nested lists of values.
        loss: gives what one point loses, from the prediction and the targets one by one.
        targets: the names of a point's targets.
        gradient: gives the derivative of the loss by each parameter's entry, by its name, from the parameters, the
            prediction, the inputs and the targets; None to have it derived.
        error: what the loss is called in headings.
        symbol: what it is called in the headings of derivatives.
        knobs: numbers that are set and not trained, by name: attributes of `predict`'s first argument, which `loss`
            then takes as its last. Each has a cell, as a rule's knobs have.

    Raises:
        InputError: a name cannot stand on a sheet or occurs twice, a starting value is no finite number, or a function
            does not take as many arguments.
    """

    name: str
    inputs: tuple[str, ...]
    parameters: Mapping[str, Any]
    predict: Callable[..., Any]
    loss: Callable[..., Value]
    targets: tuple[str, ...] = ("y",)
    gradient: Callable[..., Mapping[str, Value]] | None = None
    error: str = "loss"
    symbol: str = "L"
    knobs: Mapping[str, float] = field(default_factory=dict)
    start: dict[str, float] = field(init=False)
    """The starting value of every entry: of a scalar by the parameter's name, of others as `w_1`, `w_1_2`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", _names(self.inputs))
        object.__setattr__(self, "targets", _names(self.targets))
        self._check_names()
        entries = [entry for name, value in self.parameters.items() for entry in self._entries(name, value)]
        self._check_once(name for name, _ in entries)
        self._check_call("predict", self.predict, ("p", *self.inputs))
        self._check_call("loss", self.loss, ("pred", *self.targets, *(("p",) if self.knobs else ())))
        if self.gradient:
            self._check_call("gradient", self.gradient, ("p", "pred", *self.inputs, *self.targets))
        object.__setattr__(self, "start", dict(entries))

    def packed(self, entries: Mapping[str, Any]) -> Any:
        """Return the parameters and knobs as `predict` takes them, from values by the names of entries and knobs."""
        given = {**self.parameters, **self.knobs}
        return namedtuple("Parameters", given)(*(_nested(name, value, entries) for name, value in given.items()))

    def lost(self, predicted: Any, targets: Sequence[Any], entries: Mapping[str, Any]) -> Value:
        """Return what a prediction loses, from the point's targets and values as of `packed`."""
        return self.loss(predicted, *targets, *((self.packed(entries),) if self.knobs else ()))

    def _check_names(self) -> None:
        check_sheets_name(self.name, "model")
        for name in (*self.inputs, *self.targets, *self.parameters, *self.knobs):
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise InputError(f"model {self.name}: {name!r} is no name; give letters, digits and _, a letter first")
        for name in (*self.parameters, *self.knobs):
            if iskeyword(name):
                raise InputError(
                    f"model {self.name}: {name!r} is a word of Python, so predict could not write p.{name}; "
                    "take another name"
                )
        if not self.inputs or not self.targets or not self.parameters:
            raise InputError(f"model {self.name}: give at least one input, one target and one parameter")

    def _check_once(self, entries: Iterable[str]) -> None:
        """Raise an InputError if a name stands for two values."""
        names = Counter((*self.inputs, *self.targets, *entries, *self.knobs))
        for name, times in names.items():
            if times > 1:
                raise InputError(f"model {self.name}: two of its inputs, targets and parameters are called {name!r}")

    def _check_call(self, what: str, function: Callable[..., Any], given: Sequence[str]) -> None:
        try:
            signature(function).bind(*given)
        except TypeError as error:
            raise InputError(f"model {self.name}: {what} is called as {what}({', '.join(given)}): {error}") from None
        except ValueError:  # a function of C need not say what it takes
            return

    def _entries(self, name: str, value: Any) -> Iterator[tuple[str, float]]:
        if _is_sequence(value):
            if not len(value):
                raise InputError(
                    f"model {self.name}: the parameter {name!r} has no entries; leave it out, or give it one"
                )
            for place, entry in enumerate(value, start=1):
                yield from self._entries(f"{name}_{place}", entry)
            return
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise InputError(f"model {self.name}: {name} starts at {value!r}; give a finite number")
        yield name, number


def check_sheets_name(name: str, what: str) -> None:
    """Raise an InputError if neither a sheet nor that of its epochs can be called that.

    Args:
        name: the name; Excel counts it in UTF-16.
        what: what is called so, such as `model`.
    """
    length = len(name.encode("utf-16-le")) // 2
    unfit = [character for character in name if character in NOT_IN_A_SHEETS_NAME or not character.isprintable()]
    if not 1 <= length <= LONGEST_NAME or unfit or name.casefold() == OF_EXCEL:
        shown = name[:SHOWN] + "..." * (len(name) > SHOWN)
        raise InputError(
            f"{what} {shown!r}: no sheet can be called that; give 1 to {LONGEST_NAME} characters "
            f"without {' '.join(NOT_IN_A_SHEETS_NAME)} or a control character, and not {OF_EXCEL!r}"
        )


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _is_sequence(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str) and getattr(value, "shape", None) != ()


def _nested(name: str, shape: Any, entries: Mapping[str, Any]) -> Any:
    if _is_sequence(shape):
        return [_nested(f"{name}_{place}", entry, entries) for place, entry in enumerate(shape, start=1)]
    return entries[name]


def _line(p: Any, x: Value) -> Value:
    return p.b + p.a * x


def _gradient_of_line(p: Any, pred: Value, x: Value, y: Value) -> dict[str, Value]:
    e = error_gradient(pred, y)
    return {"b": e, "a": e * x}


LINE = Model(
    "line", ("x",), {"b": 1.0, "a": 1.0}, _line, squared_error, gradient=_gradient_of_line, error="err^2", symbol="e"
)
"""The lesson's model: the line `b + a*x` from b = a = 1, and the squared error `(y - pred)^2` (sheet `basic`)."""
