"""What goes wrong when the input cannot be used; a wrong name is answered with the nearest."""

import math
import re
from collections.abc import Iterable, Sequence
from numbers import Real
from operator import index
from typing import Any

ALIKE = 0.6
"""How much of two names must be the same for one to be meant by the other."""


UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What breaks a line, steers a terminal, turns the direction of writing, or is no character."""


LONGEST = 2_000
"""How many characters of a message are shown."""


def one_line(text: str) -> str:
    r"""Return a text with what is unseen spelled as Python spells it, since names of files and sheets may hold any.

    What is far longer than a line, as a cell's text may be, is left out from its middle.

    >>> print(one_line("two\nlines"))
    two\nlines
    """
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"
    return UNSEEN.sub(lambda found: repr(found[0])[1:-1], text)


class InputError(Exception):
    """Input that cannot be used: the message is one line that says what is wrong, where, and what to do."""

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


TORCH_FOR_A_CPU = "pip install torch --index-url https://download.pytorch.org/whl/cpu"
"""What is done first where there is no GPU: by itself the extra brings CUDA along, gigabytes."""


def needs(what: str, packages: str, extra: str, instead: str = "") -> str:
    """Return the line for a user who has not installed what is optional.

    Args:
        what: what cannot be done.
        packages: what it needs.
        extra: the extra of xlsgd, which is installed from a checkout, that brings it.
        instead: what to do otherwise, if there is something.
    """
    first = f" (without a GPU first {TORCH_FOR_A_CPU})" if "torch" in packages.split(", ") else ""
    return f'{what} needs {packages}: pip install ".[{extra}]" in the checkout of xlsgd{first}{instead}'


def choose(kind: str, name: str, known: Iterable[str], where: str = "") -> str:
    """Return `name` if it is known.

    Args:
        kind: what is chosen, such as `sheet`.
        name: what a user wrote.
        known: the names that there are.
        where: what the message begins with, such as `adam: `.

    Raises:
        InputError: it is not; the message has the nearest name, and all of them.
    """
    names = list(known)
    if name in names:
        return name
    near = _nearest(name, names)
    hint = f"did you mean {near!r}? " if near else ""
    raise InputError(f"{where}no {kind} {name!r}: {hint}there are {', '.join(names)}")


def _nearest(name: str, names: Sequence[str]) -> str:
    """Return the name most like another in any case, of equals the first, or nothing if none is like it."""
    import difflib

    likeness = {known: difflib.SequenceMatcher(None, known.casefold(), name.casefold()).ratio() for known in names}
    best = max(names, key=likeness.__getitem__, default="")
    return best if best and likeness[best] >= ALIKE else ""


def parse_number(where: str, text: str) -> float:
    """Return a number that a user typed.

    Raises:
        InputError: the text is no finite number; the message begins with `where`.
    """
    try:
        value = float(text.replace("_", "?"))  # Python reads 1_000, nobody else does
    except ValueError:
        raise InputError(f"{where}: {text!r} is not a number") from None
    if not math.isfinite(value):
        raise InputError(f"{where}: give a finite number")
    return value


def finite_number(argument: str, value: Any) -> float:
    """Return a number that an argument was given.

    Raises:
        InputError: it is no number, or none that is finite.
    """
    if not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"`{argument}` {value!r}: give a finite number")
    return float(value)


def whole_number(argument: str, value: Any, least: int = 1) -> int:
    """Return a whole number that an argument was given.

    Raises:
        InputError: it is none, or less than the least.
    """
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise InputError(f"`{argument}` {value!r}: give a whole number, {least} or more")
    return number
