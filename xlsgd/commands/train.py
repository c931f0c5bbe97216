"""`xlsgd train`."""

import math
from typing import Any

import click

from xlsgd.commands.options import WholeNumber
from xlsgd.commands.terminal import quiet_option
from xlsgd.commands.trainer import check_first, model_options, require_extra
from xlsgd.errors import InputError
from xlsgd.mnist.recipe import LESSONS, MOST_EPOCHS, NOTES, SCHEDULES, THREES_SEVENS

EXAMPLES = """\b
Examples:
  xlsgd train                                          # digits that come along
  xlsgd train --data mnist.pkl.gz --lesson one-cycle
  xlsgd train --lesson threes-sevens                   # lesson 4's three runs
  xlsgd train --lesson all                             # the lessons' runs side by side
  xlsgd train --optimizer torch:adam --lr 1e-3 --epochs 3 --out runs/adam
  xlsgd train --schedule one-cycle --lr 1e-4:1e-2      # first layer : last layer
  xlsgd train --out runs/adam --optimizer torch:adam --lr 1e-3 --epochs 3 --resume
  torchrun --nproc-per-node 2 -m xlsgd train --out runs/two
"""

LESSON_HELP = (
    "One of the lessons' runs, or several side by side, each in a folder of its own: all, or threes-sevens (lesson 4's "
    "three, on the 3s and 7s among MNIST's 60,000 and 10,000): " + "; ".join(f"{n} ({t})" for n, t in NOTES.items())
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


@click.command(epilog=EXAMPLES)
@click.option("--lesson", type=click.Choice([*LESSONS, THREES_SEVENS, "all"]), help=LESSON_HELP)
@model_options
@click.option(
    "--lr",
    type=Rates(),
    help="Learning rate, or first layer's:last layer's.  [default: the rule's; with one-cycle 1e-2]",
)
@click.option("--schedule", type=click.Choice(SCHEDULES), help="The rate by step.  [default: constant]")
@click.option(
    "--epochs",
    type=WholeNumber(1, MOST_EPOCHS),
    help="Passes over the images.  [default: 1; 34 of the digits that come along]",
)
@click.option(
    "--checkpoint-every",
    type=WholeNumber(1),
    metavar="STEPS",
    help="Write a checkpoint so often as well as at each epoch's end.",
)
@quiet_option
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the run in --out, or with its several runs, from the checkpoints there; the other options as they "
    "were, but more --epochs where the rate is constant.",
)
def train(**options: Any) -> None:
    """Train the lessons' MNIST networks by the rules that fill the sheets.

    Prints a line an epoch, and leaves in the run's folder: metrics.json, history.csv, history.xlsx, pictures,
    weights.safetensors and checkpoint.pt.
    """
    require_extra("train")
    several = options["lesson"] is not None and options["lesson"] not in LESSONS
    check_first(options, (options["resume"] or None) if several else options["resume"])
    from xlsgd.commands.runs import train_by_options

    train_by_options(options)
