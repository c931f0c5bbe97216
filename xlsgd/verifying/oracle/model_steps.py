"""Steps of `torch.optim`, for many rows at once, each from its own parameters, states and rate."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

SheetKnobs = Mapping[str, float]


class TorchOptimizer(NamedTuple):
    """An optimizer of Torch, and what a sheet calls its parts.

    Args:
        make: makes it from groups of parameters, each with its rate, and the sheet's knobs.
        knobs: the knobs that it needs.
        fields: Torch's name for each state, by the sheet's.
        counts: whether the sheet counts its steps.
        options: by the sheet's name of a knob that a schedule may change from step to step, Torch's name, and what
            Torch is given then, from its value and the other knobs.
    """

    make: Callable[[list[dict[str, Any]], SheetKnobs], torch.optim.Optimizer]
    knobs: frozenset[str]
    fields: Mapping[str, str]
    counts: bool = False
    options: Mapping[str, tuple[str, Callable[[float, SheetKnobs], Any]]] = {}


def _adam(kind: Any, **more: str) -> Callable[[list[dict[str, Any]], SheetKnobs], torch.optim.Optimizer]:
    def make(groups: list[dict[str, Any]], k: SheetKnobs) -> torch.optim.Optimizer:
        options = {name: k[knob] for name, knob in more.items()}
        betas = k["beta1"], k["beta2"]
        made: torch.optim.Optimizer = kind(groups, betas=betas, eps=k["eps"], foreach=False, **options)
        return made

    return make


MOMENTS = {"m": "exp_avg", "v": "exp_avg_sq"}
ADAM = frozenset(("lr", "beta1", "beta2", "eps"))

BETAS = {"beta1": ("betas", lambda value, k: (value, k["beta2"]))}

OPTIMIZERS = {
    "sgd": TorchOptimizer(lambda groups, k: torch.optim.SGD(groups, foreach=False), frozenset(("lr",)), {}),
    "sgd_decay": TorchOptimizer(
        lambda groups, k: torch.optim.SGD(groups, weight_decay=k["weight_decay"], foreach=False),
        frozenset(("lr", "weight_decay")),
        {},
    ),
    "momentum": TorchOptimizer(
        lambda groups, k: torch.optim.SGD(groups, momentum=k["beta"], foreach=False),
        frozenset(("lr", "beta")),
        {"m": "momentum_buffer"},
        options={"beta": ("momentum", lambda value, k: value)},
    ),
    "rmsprop": TorchOptimizer(
        lambda groups, k: torch.optim.RMSprop(groups, alpha=k["beta"], eps=k["eps"], foreach=False),
        frozenset(("lr", "beta", "eps")),
        {"v": "square_avg"},
    ),
    "adam": TorchOptimizer(_adam(torch.optim.Adam), ADAM, MOMENTS, counts=True, options=BETAS),
    "adamw": TorchOptimizer(
        _adam(torch.optim.AdamW, weight_decay="weight_decay"), ADAM | {"weight_decay"}, MOMENTS, counts=True
    ),
}
"""What steps as a sheet's rule does, by the rule's name."""


def stepped(
    optimizer: TorchOptimizer,
    knobs: SheetKnobs,
    rates: Sequence[float],
    counts: Sequence[float],
    before: Mapping[str, Tensor],
    gradients: Tensor,
    varied: Mapping[str, Sequence[Any]] = {},
) -> dict[str, Tensor]:
    """Return the parameters and the states after one step of each row.

    Args:
        optimizer: what steps.
        knobs: the sheet's knobs.
        rates: each row's learning rate.
        counts: how many steps each row has behind it.
        before: the parameters, under an empty name, and the states by the sheet's names, each of shape (rows, ...).
        gradients: the gradients, of the same shape.
        varied: each row's value of Torch's options that change from row to row.
    """
    own = [row.clone().requires_grad_() for row in before[""].unbind()]
    groups: dict[tuple[Any, ...], list[Tensor]] = {}
    for w, rate, *more in zip(own, rates, *varied.values(), strict=True):
        groups.setdefault((rate if math.isfinite(rate) else 0.0, *more), []).append(w)
    options = [dict(zip(("lr", *varied), values, strict=True)) for values in groups]
    made = optimizer.make([{"params": w, **each} for w, each in zip(groups.values(), options, strict=True)], knobs)
    for row, (w, count) in enumerate(zip(own, counts, strict=True)):
        w.grad = gradients[row].clone()
        made.state[w] = {name: before[field][row].clone() for field, name in optimizer.fields.items()}
        made.state[w]["step"] = torch.tensor(count)
    made.step()
    if "momentum_buffer" in optimizer.fields.values() and not knobs["beta"]:
        for w in own:  # without momentum SGD leaves its buffer alone, which a sheet fills with the gradient
            made.state[w]["momentum_buffer"] = w.grad
    after = {field: torch.stack([made.state[w][name] for w in own]) for field, name in optimizer.fields.items()}
    weights = torch.stack([w.detach() for w in own])
    weights[torch.tensor([not math.isfinite(rate) for rate in rates])] = math.nan
    return {"": weights} | after
