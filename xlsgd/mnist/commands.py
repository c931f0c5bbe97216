"""`xlsgd train` and `xlsgd lr-find`: options in, a run's folder out."""

import importlib.util
import math
from collections.abc import Callable
from typing import Any

import click

from xlsgd.errors import InputError
from xlsgd.mnist.recipe import LESSONS, MODELS, NOTES, SCHEDULES, TEXTBOOK_RULES

EXTRA = ("torch", "matplotlib", "safetensors")
Function = Callable[..., Any]

TRAIN_EXAMPLES = """\b
Examples:
  xlsgd train                                          # digits that come along
  xlsgd train --data mnist.pkl.gz --lesson one-cycle
  xlsgd train --lesson all                             # the lesson's runs side by side
  xlsgd train --optimizer torch:adam --lr 1e-3 --epochs 3 --out runs/adam
  xlsgd train --schedule one-cycle --lr 1e-4:1e-2      # first layer : last layer
  xlsgd train --out runs/adam --optimizer torch:adam --lr 1e-3 --epochs 3 --resume
  torchrun --nproc-per-node 2 -m xlsgd train --out runs/two
"""

FIND_EXAMPLES = """\b
Examples:
  xlsgd lr-find
  xlsgd lr-find --data mnist.pkl.gz --model logistic --optimizer sgd
"""

LESSON_HELP = "One of the lesson's runs, or all of them side by side: " + "; ".join(
    f"{n} ({t})" for n, t in NOTES.items()
)


class Rates(click.ParamType):  # type: ignore[type-arg]
    """A learning rate, or those of the first and the last layer with a colon between."""

    name = "R|R:R"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return (first layer's rate or None, last layer's)."""
        if isinstance(value, tuple):
            return value
        try:
            rates = [float(part) for part in value.split(":")]
        except ValueError:
            rates = []
        if len(rates) not in (1, 2) or not all(0 < rate < math.inf for rate in rates):
            raise InputError(f"--lr {value}: give a rate greater than 0, as 1e-3, or two, as 1e-5:1e-3")
        return (rates[0] if len(rates) == 2 else None, rates[-1])


def require_extra(command: str) -> None:
    """Check that what the trainer needs is installed.

    Raises:
        InputError: It is not.
    """
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f'xlsgd {command} needs {", ".join(missing)}: pip install "xlsgd[train]" '
            '(in a checkout: pip install ".[train]")'
        )


def model_options(command: Function) -> Function:
    """Give a command the options of the data, the model and the optimizer."""
    for option in reversed(
        (
            click.option(
                "--data",
                metavar="PATH",
                help="mnist.pkl.gz, or a folder of MNIST's four IDX files.  "
                "[default: $XLSGD_MNIST, else digits that come along]",
            ),
            click.option("--model", type=click.Choice(MODELS), help="pixels-10, or pixels-hidden-10.  [default: nn]"),
            click.option("--hidden", type=click.IntRange(1, 100_000), help="Width of the hidden layer.  [default: 50]"),
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
            click.option("--batch-size", type=click.IntRange(1), help="Images a step.  [default: 64]"),
            click.option(
                "--seed",
                type=click.IntRange(0, 2**32 - 1),
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
                type=click.IntRange(1, 1024),
                default=1,
                show_default=True,
                help="Threads on the CPU; for networks this small, one is fastest.",
            ),
            click.option("--freeze", type=click.IntRange(0), help="Leave the first N layers as drawn.  [default: 0]"),
            click.option("--out", metavar="DIR", help="The run's folder.  [default: a new one under runs/]"),
        )
    ):
        command = option(command)
    return command


@click.command(epilog=TRAIN_EXAMPLES)
@click.option("--lesson", type=click.Choice([*LESSONS, "all"]), help=LESSON_HELP)
@model_options
@click.option(
    "--lr",
    type=Rates(),
    help="Learning rate, or first layer's:last layer's.  [default: the rule's; with one-cycle 1e-2]",
)
@click.option("--schedule", type=click.Choice(SCHEDULES), help="The rate by step.  [default: constant]")
@click.option(
    "--epochs",
    type=click.IntRange(1, 100_000),
    help="Passes over the images.  [default: 1; 34 of the digits that come along]",
)
@click.option(
    "--checkpoint-every",
    type=click.IntRange(1),
    metavar="STEPS",
    help="Write a checkpoint so often as well as at each epoch's end.",
)
@click.option("--resume", is_flag=True, help="Go on from the checkpoint in --out; the other options as they were.")
def train(**options: Any) -> None:
    """Train the lesson's MNIST networks by the rules that fill the sheets.

    Prints a line an epoch, and leaves in the run's folder: metrics.json, history.csv, history.xlsx, pictures,
    weights.safetensors and checkpoint.pt.
    """
    require_extra("train")
    from xlsgd.mnist.runs import train_by_options

    train_by_options(options)


@click.command("lr-find", epilog=FIND_EXAMPLES)
@model_options
def lr_find(**options: Any) -> None:
    """Find a learning rate: raise it from 1e-7 to 10 over 100 batches, and see where the loss falls fastest.

    Stops where the smoothed loss exceeds four times its best. Leaves lr-find.csv and lr-find.png in the run's folder.
    """
    require_extra("lr-find")
    from xlsgd.mnist.runs import find_by_options

    find_by_options(options)
