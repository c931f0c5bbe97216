"""A run's folder read back: its recipe, its weights, and the digits that it validated on; without Torch."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from xlsgd.errors import InputError
from xlsgd.mnist import data
from xlsgd.mnist.data import CLASSES, Digits
from xlsgd.mnist.files import CHECKPOINT, whole_file
from xlsgd.mnist.recipe import MODELS, SCHEDULES, Recipe, checked

WEIGHTS, METRICS = "weights.safetensors", "metrics.json"
FLOATS = ("float32", "float64")

LayerArrays = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


class FinishedRun(NamedTuple):
    """A run: what it was made of, each layer's weight, (outputs, inputs), and bias, and its images."""

    recipe: Recipe
    layers: tuple[LayerArrays, ...]
    digits: Digits


def read_run(folder: Path, images: str | os.PathLike[str] | None = None) -> FinishedRun:
    """Read what a run left in its folder, and the images that it was trained and validated on.

    Args:
        folder: The run's folder.
        images: Where the images are now, if not where the run found them.

    Raises:
        InputError: A file is missing, damaged, or not what a run of ten digits leaves; a weight is not finite; or the
            images are others.
    """
    made_of = _made_of(folder)
    recipe = _recipe(folder, made_of)
    layers = _layers(folder, recipe)
    digits = _digits(folder, made_of, images)
    if digits.pixels != layers[0][0].shape[1]:
        raise InputError(f"{folder / WEIGHTS}: not for images of {digits.pixels} pixels; give another folder")
    return FinishedRun(recipe, layers, digits)


def _made_of(folder: Path) -> dict[str, Any]:
    path = folder / METRICS
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give the folder of a run")
    if not path.exists() and (folder / CHECKPOINT).exists():
        go_on = f"go on by xlsgd train with the same options, `out` {folder} and `resume`"
        raise InputError(f"{folder}: the run has not ended; {go_on}")
    try:
        made_of = json.loads(whole_file(path).decode("utf-8"))["made_of"]
        if isinstance(made_of["options"], dict) and isinstance(made_of["data"]["name"], str):
            return dict(made_of)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give the folder of a run") from error
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    raise InputError(f"{path}: not what a run of xlsgd train leaves; give another folder")


def _recipe(folder: Path, made_of: dict[str, Any]) -> Recipe:
    """Return the recipe that the metrics tell of, checked: the file may hold anything."""
    options, fields = made_of["options"], {field.name: field for field in dataclasses.fields(Recipe)}
    for name, value in options.items():
        if name not in fields or not _is_like(value, fields[name].default, name == "lr_first"):
            raise InputError(f"{folder / METRICS}: the option {name!a} is none of a run's; give another folder")
    recipe = Recipe(**options)
    if recipe.model not in MODELS or recipe.schedule not in SCHEDULES or recipe.hidden < 1:
        raise InputError(f"{folder / METRICS}: not the options of a run; give another folder")
    if recipe.task != "digits":
        raise InputError(
            f"{folder}: a run of {recipe.task!a}; only a network that tells ten digits apart can be opened"
        )
    return checked(recipe, recipe.batch_size)


def _is_like(value: Any, default: Any, may_be_missing: bool) -> bool:
    if value is None:
        return may_be_missing
    kind = float if may_be_missing else type(default)
    return type(value) is kind or (kind is float and type(value) is int)


def _layers(folder: Path, recipe: Recipe) -> tuple[LayerArrays, ...]:
    tensors = _tensors(folder / WEIGHTS)
    first = tensors.get("layers.0.weight")
    pixels = first.shape[1] if first is not None and first.ndim == 2 else 0
    sizes = recipe.sizes(pixels, CLASSES)
    shapes: dict[str, tuple[int, ...]] = {}
    for n in range(len(sizes) - 1):
        shapes |= {f"layers.{n}.weight": (sizes[n + 1], sizes[n]), f"layers.{n}.bias": (sizes[n + 1],)}
    if {name: tensor.shape for name, tensor in tensors.items()} != shapes:
        name = "-".join(map(str, sizes))
        raise InputError(f"{folder / WEIGHTS}: not the weights of the {name} network of {METRICS}; give another folder")
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            holds = f"{name} holds numbers that are not finite: the run diverged"
            raise InputError(f"{folder / WEIGHTS}: {holds}; train again with a lower `lr`")
    pairs = ((tensors[f"layers.{n}.weight"], tensors[f"layers.{n}.bias"]) for n in range(len(sizes) - 1))
    return tuple((weight.astype(np.float64), bias.astype(np.float64)) for weight, bias in pairs)


def _tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(whole_file(path))
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); give the folder of a run that has ended"
        ) from error
    except (SafetensorError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: damaged or cut short, and not read; train the run anew") from error
    if any(tensor.dtype.name not in FLOATS for tensor in tensors.values()):
        raise InputError(f"{path}: its numbers are not float32 or float64, as a run's; give another folder")
    return tensors


def _digits(folder: Path, made_of: dict[str, Any], images: str | os.PathLike[str] | None) -> Digits:
    name = made_of["data"]["name"]
    came_along = images is None and name == data.BUNDLED
    if images is None and not came_along and not Path(name).exists():
        raise InputError(f"{name}: the images of {folder} are no longer there; say with `data` where they are")
    digits = data.bundled() if came_along else data.load(name if images is None else images)
    if digits.digest() != made_of["data"].get("sha256"):
        raise InputError(f"{digits.name}: not the images that {folder} was trained on; say with `data` where these are")
    return digits
