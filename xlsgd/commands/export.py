"""`xlsgd export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlsgd.commands.options import WholeNumber
from xlsgd.commands.verify import verify_and_exit
from xlsgd.errors import InputError, needs

if TYPE_CHECKING:
    from xlsgd.mnist.finished import FinishedRun
    from xlsgd.mnist.recipe import Recipe

FILE = "network.xlsx"


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=f"The workbook.  [default: {FILE} in RUN]")
@click.option(
    "--digits",
    type=WholeNumber(1),
    default=100,
    show_default=True,
    metavar="N",
    help="How many test digits to take along.",
)
@click.option("--data", metavar="PATH", help="Where the run's images are, if they were moved.")
@click.option("--verify/--no-verify", default=True, help="Recalculate at the end.")
def export(run: Path, out: Path | None, digits: int, data: str | None, verify: bool) -> None:
    """Open a run that `xlsgd train` made as a workbook with live formulas, then recalculate it with IronCalc.

    RUN is the run's folder. A cell chooses one of the N first digits that the run validated on, and by formulas follow
    its picture, the hidden activations, logits, softmax and cross-entropy, the errors passed back, the gradient of
    every weight, and every weight after one step of the run's own rule. Further sheets show what each hidden unit
    looks for, and all N digits with label, prediction, probability, loss and the accuracy.

    \b
    Examples:
      xlsgd train --out runs/a && xlsgd export runs/a
      xlsgd export runs/a --out digit.xlsx --digits 20
      xlsgd verify --engine all --oracle torch runs/a/network.xlsx
    """
    from importlib.util import find_spec

    if find_spec("safetensors") is None:
        raise InputError(needs("xlsgd export", "safetensors", "train"))
    from xlsgd.commands.terminal import say, waiting
    from xlsgd.mnist.finished import read_run
    from xlsgd.workbooks.opened_run import build_opened

    opened = _opened(read_run(run, data), digits)
    path = out or run / FILE
    with waiting(f"Writing {path}"):
        build_opened(path, opened)
    say(f"wrote {path}")
    if verify:
        verify_and_exit([path])


def _opened(finished: "FinishedRun", n: int) -> Any:
    """Return a run as the workbook takes it, with its first digits."""
    from xlsgd.workbooks.opened_numbers import OpenedRun

    images, labels = finished.digits.valid
    if n > len(labels):
        raise InputError(f"--digits {n:,}: the run has {len(labels):,} test digits; give that many at most")
    scaled = images[:n] * float(finished.digits.scale)
    return OpenedRun(finished.layers, scaled, labels[:n], _rule(finished.recipe))


def _rule(recipe: "Recipe") -> Any:
    """Return a recipe's rule as the workbook takes it; a layer that was frozen has a rate of 0."""
    from xlsgd.mnist.recipe import TORCH_PREFIX, knobs_of
    from xlsgd.rules import RULES
    from xlsgd.sheets.opened_equations import OpenedRule

    name = recipe.optimizer.removeprefix(TORCH_PREFIX)
    if name not in RULES:
        raise InputError(f"the run's optimizer {recipe.optimizer} has no formula here: give a run by one of {_known()}")
    knobs = knobs_of(RULES[name], recipe)._asdict()
    del knobs["lr"]
    rates = [0.0 if layer < recipe.freeze else rate for layer, rate in enumerate(recipe.rates())]
    decay = 0.0 if "weight_decay" in knobs else recipe.wd
    return OpenedRule(name, RULES[name], knobs, tuple(rates), recipe.l2, decay)


def _known() -> str:
    from xlsgd.mnist.recipe import TEXTBOOK_RULES

    return ", ".join(TEXTBOOK_RULES)
