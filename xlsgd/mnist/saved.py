"""What a checkpoint holds of an engine's state, and whether a state that was read is one: a file may hold anything."""

from typing import Any

import torch
from torch import Tensor

MOST_STEPS = 2**53
"""What a counter of steps stays below: the whole numbers that a float64 holds."""

OF_ANOTHER = "the state is of another model or optimizer"
EMPTY = "the optimizer's state is empty, though it has taken steps"


def on_cpu(value: Any) -> Any:
    """Return a tensor's copy; a counter as a number, wherever it is counted."""
    if isinstance(value, Tensor) and value.dim():
        return value.detach().cpu().clone()
    return int(value)


def alike(saved: Any, now: Any) -> bool:
    """Tell whether what was saved can take the place of what there is now: the same shape and type, or a counter."""
    if isinstance(saved, Tensor) and isinstance(now, Tensor):
        return (saved.shape, saved.dtype, saved.layout) == (now.shape, now.dtype, now.layout)
    return type(saved) is type(now) is int and 0 <= saved < MOST_STEPS


def like(now: Any, saved: Any) -> Any:
    """Return what was saved, on the device and in the layout of what there is now."""
    if not isinstance(now, Tensor):
        return saved
    return torch.empty_like(now).copy_(saved) if now.dim() else torch.full_like(now, saved)


def check_state(saved: dict[str, Any], now: dict[str, Any], steps: int) -> None:
    """Check that a rule's state that was saved after so many steps can take the place of the one there is now.

    Raises:
        ValueError: It is of another model or another optimizer.
    """
    if steps and set(saved) <= {"w", "frozen"} < set(now):
        raise ValueError(EMPTY)
    if set(saved) != set(now) or any(not alike(saved[name], now[name]) for name in now):
        raise ValueError(OF_ANOTHER)
