"""`xlsgd sweep`."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from xlsgd.commands.completion import training_sheets
from xlsgd.commands.divergence_note import tell_of_divergence
from xlsgd.commands.options import PointsOptions, WholeNumber, points_options
from xlsgd.commands.terminal import quiet_option

KNOBS = {
    "lr": "The learning rates, at equal ratios.",
    "beta": "The first decay: of the momentum, or where there is none of the mean square.",
    "beta1": "As --beta, on the sheets of Adam.",
    "beta2": "The decay of the mean square, on the sheets of Adam.",
    "eps": "Epsilon, on the textbook's sheets; at equal ratios.",
    "weight_decay": "The decay of the weights, on adamw; at equal ratios.",
}


def knob_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command one option for each knob."""
    for knob, what in reversed(KNOBS.items()):
        command = click.option(f"--{knob.replace('_', '-')}", metavar="RANGE", help=what)(command)
    return command


@click.command()
@click.argument("sheet", shell_complete=training_sheets)
@knob_options
@click.option("--knob", "others", multiple=True, metavar="NAME=RANGE", help="Any knob by its name; repeatable.")
@click.option("--epochs", type=WholeNumber(1), default=100, show_default=True, help="How many each run takes.")
@click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True, help="cuda needs PyTorch."
)
@click.option("--shard", metavar="I/N", default="", help="Run only this part of N, and write it for --merge.")
@click.option("--merge", is_flag=True, help="Run nothing: join the parts in the folder, which --shard wrote.")
@click.option("--out", type=click.Path(path_type=Path), default="sweeps", show_default=True, help="The folder.")
@points_options
@quiet_option
def sweep(
    sheet: str,
    others: tuple[str, ...],
    epochs: int,
    device: str,
    shard: str,
    merge: bool,
    out: Path,
    given: PointsOptions,
    **ranges: str | None,
) -> None:
    """Run a training sheet with every combination of knobs, and map where it converges.

    RANGE is START:STOP:COUNT, both ends included, or one number. Without any, learning rates 1e-5:1:200 are crossed
    with first decays 0:0.99:100. A knob that is not given keeps the sheet's value. A knob without an option of its own,
    as a rule that you add may have, is swept by --knob: at equal distances, between any two numbers.

    \b
    Written into the folder:
      sweep-SHEET.csv   a line for each combination: knobs, final loss, diverged, epochs to 1 % of the answer (empty:
                        never)
      sweep-SHEET.png   both as maps, the sheet's own setting marked
      sweep-SHEET.xlsx  the best settings, and the same maps in colour

    The loss of the lesson's sheets is the root of the sum of squared errors. The answer is the line with the least; a
    run is near it when slope and intercept are both within 1 %. On sheets of network.xlsx the loss is the mean loss,
    and the files of one that trains nothing, such as lr_find, hold what its knobs come to.

    Where llvmlite is installed a large sweep is compiled to machine code, which is several times as fast; the numbers
    are the same to the bit.

    A large sweep goes over as many machines: each runs --shard I/N, and with the same sheet, ranges and points --merge
    joins what they wrote into the files of one sweep, the same to the byte.

    \b
    Examples:
      xlsgd sweep adam
      xlsgd sweep momentum --lr 1e-5:1e-3:100 --beta 0:0.99:50 --epochs 50
      xlsgd sweep adam --lr 0.5 --beta1 0:0.99:60 --beta2 0:0.99:60 --out maps
      xlsgd sweep rmsprop --knob lr=1e-4:1:50 --knob beta=0.9
      xlsgd sweep lr_find --knob b_at_start=-50:50:11
      xlsgd sweep adam --lr 1e-3:10:40 --shard 1/2 --out parts
    """
    import math

    from xlsgd.commands.network import known_sheet
    from xlsgd.commands.progress import progress_bar
    from xlsgd.commands.terminal import is_quiet, say, show_records
    from xlsgd.sheets.lesson import trainings
    from xlsgd.sheets.training import with_knobs
    from xlsgd.sweeping.files import write_sweep
    from xlsgd.sweeping.grid import grid
    from xlsgd.sweeping.results import best
    from xlsgd.sweeping.run import combinations
    from xlsgd.sweeping.shards import read_shards

    training, points = known_sheet(sheet, given)
    axes = grid(training, *_all_ranges(ranges, others))
    if (shard or merge) and (points is None or (shard and merge)):
        raise click.UsageError("--shard and --merge: one of them, for a sheet that trains")
    if points is None:
        _sweep_table(training, axes, out)
        return
    if shard:
        _sweep_shard(training, axes, epochs, out, shard, points, device)
        return
    parts = read_shards(training, axes, epochs, out, points) if merge else None
    with progress_bar(f"Sweeping {sheet}", 0 if merge else epochs * combinations(axes)) as progress:
        results, files = write_sweep(training, axes, epochs, out, points, device, progress, parts)
    if not is_quiet():
        show_records(best(results, 5) or [{"best": "every run diverged"}], "table")
    for file in files:
        say(f"wrote {file}")
    lost, runs = sum(map(math.isnan, results.loss)), len(results.loss)
    if lost:
        say(f"{lost:,} of {runs:,} runs leave the numbers", err=True)
    if lost == runs and sheet in trainings():
        gentlest = with_knobs(training, **{axis.knob: float(min(axis.values)) for axis in axes})
        tell_of_divergence([gentlest], points, epochs, given, remedy="")


def _sweep_shard(training: Any, axes: Any, epochs: int, out: Path, shard: str, points: Any, device: str) -> None:
    """Run a part of a sweep."""
    from xlsgd.commands.progress import progress_bar
    from xlsgd.commands.terminal import say
    from xlsgd.sweeping.run import combinations
    from xlsgd.sweeping.shards import shard_of, write_shard

    part = shard_of(shard)
    start, stop = part.within(combinations(axes))
    with progress_bar(f"Sweeping {training.name} {shard}", epochs * (stop - start)) as progress:
        _, path = write_shard(training, axes, epochs, out, part, points, device, progress)
    say(f"wrote {path}")


def _sweep_table(table: Any, axes: Any, out: Path) -> None:
    """Sweep a table of the workbook `network`."""
    import math

    from xlsgd.commands.progress import progress_bar
    from xlsgd.commands.terminal import say
    from xlsgd.sweeping.tables import write_table_sweep

    with progress_bar(f"Sweeping {table.name}", math.prod(len(axis.values) for axis in axes)) as progress:
        _, files = write_table_sweep(table, axes, out, progress)
    for file in files:
        say(f"wrote {file}")


def _all_ranges(ranges: Mapping[str, str | None], others: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the range of each knob that was given one, by its own option or by `--knob`, and how the latter were."""
    given = {knob: text for knob, text in ranges.items() if text is not None}
    typed = {}
    for other in others:
        knob, assigned, text = other.partition("=")
        if not assigned:
            raise click.UsageError(f"--knob {other}: write NAME=RANGE, such as --knob lr=1e-4:1:50")
        if knob in given:
            raise click.UsageError(f"--knob {other}: {knob} has a range already; give one")
        given[knob], typed[knob] = text, f"--knob {other}"
    return given, typed
