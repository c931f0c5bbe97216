"""`xlsgd lr-find`."""

from typing import Any

import click

from xlsgd.commands.terminal import quiet_option
from xlsgd.commands.trainer import check_first, model_options, require_extra

EXAMPLES = """\b
Examples:
  xlsgd lr-find
  xlsgd lr-find --data mnist.pkl.gz --model logistic --optimizer sgd
"""


@click.command("lr-find", epilog=EXAMPLES)
@model_options
@quiet_option
def lr_find(**options: Any) -> None:
    """Find a learning rate: raise it from 1e-7 to 10 over 100 batches, and see where the loss falls.

    Says a tenth of the rate with the least loss, the rate at which it falls fastest, and which is the safer. Stops
    where the smoothed loss exceeds four times its best. Leaves lr-find.csv and lr-find.png in the run's folder.
    """
    require_extra("lr-find")
    check_first(options)
    from xlsgd.commands.runs import find_by_options

    find_by_options(options)
