"""The models of `network.xlsx` by Torch: `torch.nn.functional` on tensors, written apart from those that it judges."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

functional = torch.nn.functional

Read = Callable[[str, Any], Any]
"""Gives what the columns behind read of a column, from its heading and its value."""

Tensors = Mapping[str, Any]


def _as_it_is(heading: str, value: Any) -> Any:
    return value


@dataclass
class TorchModel:
    """A model as `ModelColumns` asks for it.

    Args:
        name: what a sheet calls it.
        inputs: the names of the inputs.
        parameters: the names of the parameters' entries.
        forward: gives the columns of the forward pass and the loss from entries, point and `read`.
        targets: the names of the targets.
        error: the heading of the loss.
        symbol: what it is called in the headings of derivatives.
        knobs: the names of the model's own knobs, which come with the point.
        rates: the heading of each parameter's rate, where layers have rates of their own.
    """

    name: str
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    forward: Callable[[Tensors, Tensors, Read], dict[str, Any]]
    targets: tuple[str, ...] = ("y",)
    error: str = "loss"
    symbol: str = "L"
    knobs: tuple[str, ...] = ()
    rates: Mapping[str, str] = field(default_factory=dict)

    def loss(self, entries: Tensors, point: Tensors) -> Any:
        """Return the loss."""
        return self.columns(entries, point)[self.error]

    def columns(self, entries: Tensors, point: Tensors, read: Read = _as_it_is) -> dict[str, Any]:
        """Return the forward values that have a column, and the loss, by heading."""
        return self.forward(entries, point, read)


def _line(p: Tensors, at: Tensors, read: Read) -> dict[str, Any]:
    pred = read("pred", p["b"] + p["a"] * at["x"])
    return {"pred": pred, "err^2": functional.mse_loss(pred, at["y"].expand_as(pred), reduction="none")}


def _line_l2(p: Tensors, at: Tensors, read: Read) -> dict[str, Any]:
    penalty = read("penalty", torch.stack((p["b"], p["a"])).square().sum(0))
    pred = _line(p, at, read)["pred"]
    error = functional.mse_loss(pred, at["y"].expand_as(pred), reduction="none")
    return {"pred": pred, "penalty": penalty, "loss": error + at["wd"] * penalty}


def _class(at: Tensors, like: Any) -> Any:
    """Return the class of each row, which wobbles not."""
    return at["y"][..., :1].expand_as(like)


def _entropy(pred: Any, is_one: Any) -> Any:
    """Return the cross-entropy of two classes, from 1 - p as a sheet has it: Torch's own takes `log1p(-p)`."""
    logs = torch.stack((1 - pred, pred), 1).log()
    return functional.nll_loss(logs, is_one.long(), reduction="none")


def _logistic(p: Tensors, at: Tensors, read: Read) -> dict[str, Any]:
    z = read("z", p["b"] + p["w_1"] * at["x1"] + p["w_2"] * at["x2"])
    pred = read("pred", torch.sigmoid(z))
    is_one = _class(at, pred) == 1
    lesson_4 = torch.where(is_one, 1 - pred, pred)
    entropy = _entropy(pred, is_one)
    return {"z": z, "pred": pred, "loss": torch.where(at["lesson4"] == 1, lesson_4, entropy)}


def _softmax(p: Tensors, at: Tensors, read: Read) -> dict[str, Any]:
    logits = [p[f"b_{k}"] + p[f"w_{k}_1"] * at["x1"] + p[f"w_{k}_2"] * at["x2"] for k in (1, 2, 3)]
    z = [read(f"z_{k}", logit) for k, logit in enumerate(logits, start=1)]
    exps = [read(f"exp_{k}", logit.exp()) for k, logit in enumerate(z, start=1)]
    total = read("sum", torch.stack(exps).sum(0))
    shares = functional.softmax(torch.stack(z), 0) + 0 * torch.stack(exps) / total
    found = {f"p_{k}": read(f"p_{k}", share) for k, share in enumerate(shares.unbind(), start=1)}
    loss = functional.nll_loss(
        torch.stack(list(found.values())).log().movedim(0, 1), _class(at, total).long(), reduction="none"
    )
    columns = {f"z_{k}": each for k, each in enumerate(z, start=1)} | {
        f"exp_{k}": e for k, e in enumerate(exps, start=1)
    }
    return columns | {"sum": total} | found | {"loss": loss}


HIDDEN = (1, 2, 3, 4)


def _network(p: Tensors, at: Tensors, read: Read) -> dict[str, Any]:
    a = {f"a_{k}": read(f"a_{k}", p[f"w1_{k}_1"] * at["x1"] + p[f"w1_{k}_2"] * at["x2"] + p[f"b1_{k}"]) for k in HIDDEN}
    h = {f"h_{k}": read(f"h_{k}", functional.relu(a[f"a_{k}"])) for k in HIDDEN}
    z = read("z", sum(p[f"w2_{k}"] * h[f"h_{k}"] for k in HIDDEN) + p["b2"])
    pred = read("pred", torch.sigmoid(z))
    loss = _entropy(pred, _class(at, pred) == 1)
    return a | h | {"z": z, "pred": pred, "loss": loss}


USER_AND_FILM = {"user": ("P", "bu", 3), "film": ("Q", "bf", 4)}
"""Of users and films the names of the factors and of the biases, and how many there are."""


def _embedding(p: Tensors, at: Tensors, read: Read) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for what, (matrix, bias, rows) in USER_AND_FILM.items():
        chosen = at[what][..., :1].expand_as(p[f"{bias}_1"])
        hot = [(chosen == k).double() for k in range(1, rows + 1)]
        found |= {f"{what} is_{k}": each for k, each in enumerate(hot, start=1)}
        columns = {f"{matrix.lower()}_{i}": f"{matrix}_{{}}_{i}" for i in (1, 2)} | {f"{what} bias": f"{bias}_{{}}"}
        for heading, entry in columns.items():
            table = torch.stack([p[entry.format(k)] for k in range(1, rows + 1)])
            found[heading] = read(heading, torch.einsum("knw,knw->nw", torch.stack(hot), table))
    z = found["p_1"] * found["q_1"] + found["p_2"] * found["q_2"] + found["user bias"] + found["film bias"]
    found["z"] = read("z", z)
    found["share"] = read("share", torch.sigmoid(found["z"]))
    found["pred"] = read("pred", 5.5 * found["share"])
    rating = at["rating"].expand_as(found["pred"])
    return found | {"loss": functional.mse_loss(found["pred"], rating, reduction="none")}


FACTORS = tuple(
    f"{matrix}_{k}_{i}" for matrix, _, rows in USER_AND_FILM.values() for k in range(1, rows + 1) for i in (1, 2)
)
BIASES = tuple(f"{bias}_{k}" for _, bias, rows in USER_AND_FILM.values() for k in range(1, rows + 1))
FIRST_LAYER = (*(f"w1_{k}_{i}" for k in HIDDEN for i in (1, 2)), *(f"b1_{k}" for k in HIDDEN))
LAST_LAYER = (*(f"w2_{k}" for k in HIDDEN), "b2")
LAYERS = dict.fromkeys(FIRST_LAYER, "lr 1") | dict.fromkeys(LAST_LAYER, "lr 2")
THREE = (*(f"b_{k}" for k in (1, 2, 3)), *(f"w_{k}_{i}" for k in (1, 2, 3) for i in (1, 2)))

NETWORK_MODELS = (
    TorchModel("line", ("x",), ("b", "a"), _line, error="err^2", symbol="e"),
    TorchModel("line_l2", ("x",), ("b", "a"), _line_l2, knobs=("wd",)),
    TorchModel("logistic", ("x1", "x2"), ("b", "w_1", "w_2"), _logistic, knobs=("lesson4",)),
    TorchModel("softmax_regression", ("x1", "x2"), THREE, _softmax),
    TorchModel("embedding", ("user", "film"), (*FACTORS, *BIASES), _embedding, targets=("rating",)),
    TorchModel("relu_network", ("x1", "x2"), (*FIRST_LAYER, *LAST_LAYER), _network, rates=LAYERS),
)
"""The models that come with the package."""
