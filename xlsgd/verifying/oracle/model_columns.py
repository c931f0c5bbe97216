"""A model's own forward pass on tensors, its derivatives by `torch.autograd`, and how far rounding may carry them.

A sheet's formula for a derivative need not be the one that Torch has: where a unit saturates, `1 - h^2` keeps of the
rounding of `h` what Torch, which has its input, does not. So a column is wobbled by as much of itself as moves the
column that reads it by that one's own rounding.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from xlsgd.verifying.oracle.sheet import WOBBLE, WOBBLED, OracleSheet

MOST = 0.1
"""By how much of itself, or of 1, a column is wobbled at most."""


class ModelColumns(Protocol):
    """What the oracle asks of a model: its names, and its own forward pass on tensors.

    `rates` gives the heading of a parameter's rate, where layers have rates of their own.
    """

    name: str
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    parameters: tuple[str, ...]
    error: str
    symbol: str
    knobs: tuple[str, ...]
    rates: Mapping[str, str]

    def loss(self, entries: Mapping[str, Any], point: Mapping[str, Any]) -> Any:
        """Return the loss."""

    def columns(
        self, entries: Mapping[str, Any], point: Mapping[str, Any], read: Callable[[str, Any], Any] = ...
    ) -> dict[str, Any]:
        """Return the forward values that have a column, and the loss, by heading."""


def heading(model: ModelColumns, name: str) -> str:
    """Return the heading of the loss's derivative by a parameter or a column."""
    return f"d{model.symbol}/d{name}"


def forward_and_back(
    sheet: OracleSheet, model: ModelColumns, entries: Mapping[str, Tensor], point: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return each row's forward values, errors passed back and gradients by heading, and the gradients by parameter.

    Args:
        sheet: whose rounding is wobbled.
        model: the model.
        entries: the parameters, of shape (rows, 1 + WOBBLED), which gradients are asked of.
        point: the inputs and targets, of the same shape.
    """
    values, passed, gradient = _derivatives(
        model, entries, model.columns(entries, point, _wobbling(sheet, model, entries, point))
    )
    loss = model.loss(entries, point)
    direct = torch.autograd.grad(loss.sum(), list(entries.values()))
    values[model.error] = _with_slack(loss, values[model.error])
    by = {name: _with_slack(own, gradient[name]) for name, own in zip(entries, direct, strict=True)}
    return values | passed | {heading(model, name): g for name, g in by.items()}, by


def _with_slack(value: Tensor, wobbled: Tensor) -> Tensor:
    """Return a value that is to be judged by how far another wobbles that is computed through the columns."""
    return value[:, :1] + (wobbled - wobbled[:, :1])


def _derivatives(
    model: ModelColumns, entries: Mapping[str, Tensor], columns: Mapping[str, Any]
) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, Tensor]]:
    """Return the columns, the loss's derivatives by them, and those by the parameters."""
    rows = next(iter(entries.values()))
    values = {name: torch.as_tensor(value).expand_as(rows) for name, value in columns.items()}
    followed = {name: columns[name] for name, value in values.items() if value.requires_grad and name != model.error}
    asked = [*followed.values(), *entries.values()]
    found = torch.autograd.grad(values[model.error].sum(), asked, allow_unused=True)
    passed = {heading(model, name): g for name, g in zip(followed, found, strict=False) if g is not None}
    own = zip(entries, found[len(followed) :], strict=True)
    return values, passed, {name: torch.zeros_like(rows) if g is None else g for name, g in own}


def _wobbling(
    sheet: OracleSheet, model: ModelColumns, entries: Mapping[str, Tensor], point: Mapping[str, Tensor]
) -> Callable[[str, Any], Any]:
    """Return what wobbles each column as far as those that read it round."""
    most = _wobbles(model, entries, point)

    def read(name: str, value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        noise = sheet.rounded(torch.ones_like(value).expand(-1, 1 + WOBBLED)) - 1
        return sheet.rounded(value) + (most[name] * noise / WOBBLE if name in most else 0)

    return read


def _wobbles(model: ModelColumns, entries: Mapping[str, Tensor], point: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return by how much of itself each column moves the columns that read it by their own rounding."""
    made: dict[str, Tensor] = {}
    leaves: dict[str, Tensor] = {}

    def cut(name: str, value: Any) -> Any:
        if not isinstance(value, Tensor) or not value.requires_grad:
            return value
        made[name], leaves[name] = value, value.detach().requires_grad_()
        return leaves[name]

    model.columns(entries, point, cut)
    found: dict[str, Tensor] = {}
    for value in made.values():
        by = torch.autograd.grad(value.sum(), list(leaves.values()), allow_unused=True, retain_graph=True)
        for read, slope in zip(leaves, by, strict=True):
            if slope is not None:
                moves = WOBBLE * value.detach().abs() / slope.abs()
                moves = torch.where(moves.isfinite(), moves, 0).minimum(MOST * leaves[read].detach().abs().clamp(min=1))
                found[read] = found[read].minimum(moves) if read in found else moves
    return found
