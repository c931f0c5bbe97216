"""What is left of a run as numbers: `history.csv`, `metrics.json` and `weights.safetensors`."""

import csv
import dataclasses
import json
import math
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xlsgd.mnist import model
from xlsgd.mnist.data import Digits
from xlsgd.mnist.files import write_beside
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.schedule import smoothed
from xlsgd.mnist.train import Run

STEP_COLUMNS = ("step", "epoch", "rate", "momentum", "loss", "smoothed_loss")


def made_of(recipe: Recipe, digits: Digits, device: torch.device, threads: int, processes: int) -> dict[str, Any]:
    """Return what a run is made of: options, versions, device, and the data's digest."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "options": dataclasses.asdict(recipe),
        "versions": {
            "xlsgd": version("xlsgd"),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
        },
        "device": f"{device.type} ({name})",
        "threads": threads,
        "processes": processes,
        "data": {
            "name": digits.name,
            "sha256": digits.digest(),
            "train": len(digits.train.labels),
            "valid": len(digits.valid.labels),
        },
    }


def step_rows(run: Run) -> list[tuple[Any, ...]]:
    """Return a row a step, as `STEP_COLUMNS` names them; the momentum is None where the schedule leaves it alone."""
    steps = len(run.losses) // len(run.epochs)
    momenta = [None] * len(run.losses) if run.momenta is None else run.momenta.tolist()
    columns = (run.rates.tolist(), momenta, run.losses.tolist(), smoothed(run.losses).tolist())
    return [(n + 1, n // steps + 1, *row) for n, row in enumerate(zip(*columns, strict=True))]


def write_csv(path: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Write a table; numbers are written so that they read back the same."""

    def write(beside: Path) -> None:
        with beside.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    write_beside(path, write)


def write_json(path: Path, value: Any) -> None:
    """Write JSON in which a number that is not finite is null, since JSON has none."""
    text = json.dumps(_finite(value), indent=2, allow_nan=False) + "\n"
    write_beside(path, lambda beside: beside.write_text(text, encoding="utf-8"))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_metrics(path: Path, run: Run, parts: dict[str, Any]) -> None:
    """Write `metrics.json`: what each epoch came to, and what the run was made of."""
    write_json(path, {"epochs": [epoch._asdict() for epoch in run.epochs], "made_of": parts})


def write_weights(path: Path, run: Run) -> None:
    """Write each layer's weight and bias as safetensors."""
    from safetensors.torch import save

    layers = model.unpack(run.weights.cpu(), run.feed.sizes)
    tensors = {
        f"layers.{n}.{name}": tensor.contiguous().clone()
        for n, layer in enumerate(layers)
        for name, tensor in zip(("weight", "bias"), layer, strict=True)
    }
    write_beside(path, lambda beside: beside.write_bytes(save(tensors)))
