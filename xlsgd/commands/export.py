"""`xlsgd export`."""

from pathlib import Path

import click

from xlsgd.commands.options import WholeNumber
from xlsgd.commands.terminal import quiet_option
from xlsgd.commands.verify import verify_and_exit


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="The workbook.  [default: network.xlsx in RUN]"
)
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
@quiet_option
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
    from xlsgd.commands.progress import waiting
    from xlsgd.commands.terminal import say
    from xlsgd.library.export import export as exported

    with waiting(f"Writing {out or run}"):
        path = exported(run, out, digits, data=data)
    say(f"wrote {path}")
    if verify:
        verify_and_exit([path])
