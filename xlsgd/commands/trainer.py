"""What `xlsgd train` and `xlsgd lr-find` share: their options, and what must be installed for them."""

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

import click

from xlsgd.commands.options import WholeNumber
from xlsgd.errors import InputError, needs
from xlsgd.mnist.recipe import MODELS, TEXTBOOK_RULES, check_optimizer

EXTRA = ("torch", "matplotlib", "safetensors", "threadpoolctl")
Function = Callable[..., Any]

MODEL_OPTIONS: tuple[Function, ...] = (
    click.option(
        "--data",
        metavar="PATH",
        help="mnist.pkl.gz, or a folder of MNIST's four IDX files.  "
        "[default: $XLSGD_MNIST, else digits that come along]",
    ),
    click.option("--model", type=click.Choice(MODELS), help="pixels-10, or pixels-hidden-10.  [default: nn]"),
    click.option("--hidden", type=WholeNumber(1, 100_000), help="Width of the hidden layer.  [default: 50]"),
    click.option(
        "--optimizer",
        metavar="NAME",
        help=f"A rule of the sheets ({', '.join(TEXTBOOK_RULES)}), or "
        "PyTorch's own, as torch:adam.  [default: adam; with one-cycle adamw]",
    ),
    click.option(
        "--wd",
        type=float,
        metavar="W",
        help="Decoupled weight decay: lr * W * w off the weight.  [default: 0; with adamw or one-cycle 0.01]",
    ),
    click.option("--l2", type=float, metavar="W", help="Add W * sum(w**2) to the loss.  [default: 0]"),
    click.option("--batch-size", type=WholeNumber(1), help="Images a step.  [default: 64]"),
    click.option(
        "--seed",
        type=WholeNumber(0, 2**32 - 1),
        default=0,
        show_default=True,
        help="Draws weights and order.",
    ),
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda", "mps"]),
        default="auto",
        show_default=True,
        help="auto takes CUDA, then MPS, then the CPU.",
    ),
    click.option(
        "--threads",
        type=WholeNumber(1, 1024),
        default=1,
        show_default=True,
        help="Threads on the CPU; for networks this small, one is fastest.",
    ),
    click.option("--freeze", type=WholeNumber(0), help="Leave the first N layers as drawn.  [default: 0]"),
    click.option("--out", metavar="DIR", help="The run's folder.  [default: a new one under runs/]"),
)
"""The options of the data, the model and the optimizer."""


def require_extra(command: str) -> None:
    """Check that what the trainer needs is installed.

    Raises:
        InputError: It is not.
    """
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(needs(f"xlsgd {command}", ", ".join(missing), "train"))


def check_first(options: Mapping[str, Any], resume: bool | None = None) -> None:
    """Check what takes neither Torch, which is slow to import, nor the images.

    Args:
        options: The command's options.
        resume: Whether the run in the folder is to go on; None where there is no such option.

    Raises:
        InputError: There is no such optimizer, the images are not there, or the folder cannot be the run's.
    """
    from xlsgd.mnist.data import place_of
    from xlsgd.mnist.files import check_run_folder

    if options["optimizer"] is not None:
        check_optimizer(options["optimizer"])
    place_of(options["data"])
    check_run_folder(options["out"], resume)


def model_options(command: Function) -> Function:
    """Give a command `MODEL_OPTIONS`."""
    for option in reversed(MODEL_OPTIONS):
        command = option(command)
    return command
