"""All epochs of a training sheet at once: what each pass over the points starts from."""

from typing import Any, NamedTuple

Start = dict[str, Any]
"""What a pass starts from, by name: `const`, `slope`, `lr`, a state such as `m b`, a seed such as `prev_grad2`."""


class History(NamedTuple):
    """The passes over the data from a reset on.

    Args:
        starts: what each pass starts from.
        losses: each pass's root of the sum of squared errors.
        warm: how many passes belong to the reset; the next is epoch 0.
    """

    starts: list[Start]
    losses: list[Any]
    warm: int
