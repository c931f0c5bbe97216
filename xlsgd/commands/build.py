"""`xlsgd build`."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from xlsgd.commands.bounds import EngineBounds, bounds_options
from xlsgd.commands.divergence_note import tell_of_divergence
from xlsgd.commands.options import PointsOptions, WholeNumber, points_options, set_option
from xlsgd.commands.terminal import quiet_option
from xlsgd.commands.verify import verify_and_exit

PRESS_HELP = "Write graddesc with constants, as the course's buttons leave this sheet (see press); repeatable."

Writer = Callable[..., Path]
"""Writes a workbook: (folder, points, trainings, epochs, progress) -> its path."""


@click.command()
@click.argument("names", metavar="[graddesc] [entropy] [network]", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), default="workbooks", show_default=True, help="The folder.")
@points_options
@set_option
@click.option(
    "--epochs", type=WholeNumber(1), help="How many epochs graddesc steps through: 100, or fewer for many points."
)
@click.option("--corrected", is_flag=True, help="Write the workbooks with the course's quirks mended.")
@click.option("--sheet", "only", multiple=True, metavar="SHEET", help="Write only this sheet; repeatable.")
@click.option("--macros", is_flag=True, help="Write graddesc.xlsm: the course's constants, with Reset and Run buttons.")
@click.option(
    "--exercise", "exercises", multiple=True, metavar="LEVEL", help="Write this exercise instead; repeatable, or `all`."
)
@click.option("--press", "presses", multiple=True, metavar='"SHEET ACTION..."', help=PRESS_HELP)
@click.option("--verify/--no-verify", default=True, help="Recalculate at the end, which takes longer than writing.")
@bounds_options
@quiet_option
def build(
    names: tuple[str, ...],
    out: Path,
    given: PointsOptions,
    settings: tuple[str, ...],
    epochs: int | None,
    corrected: bool,
    only: tuple[str, ...],
    macros: bool,
    exercises: tuple[str, ...],
    presses: tuple[str, ...],
    verify: bool,
    bounds: EngineBounds,
) -> None:
    """Write the lesson's workbooks, then recalculate every formula with IronCalc.

    \b
    graddesc  graddesc.xlsx: basic, momentum, rmsprop, adam, adam_ann; type an epoch into A2
    entropy   entropy_example.xlsx: softmax, entropy, log_entropy
    network   network.xlsx: from the line to the network, a sheet for each idea

    Without a name all are written; --data, --set and --epochs are for graddesc. Of network, --sheet chooses sheets, and
    with a single one --data has the columns that stand first in its rows. With --corrected the files are
    graddesc_corrected.xlsx and entropy_corrected.xlsx, in PyTorch's conventions, with a sheet that lists each quirk. A
    file that is there is replaced only when the new one is whole.

    An exercise is a sheet without some of its formulas, which are judged beside as they are typed, with hints:
    gradient, momentum, rmsprop, adam, softmax or backward, in exercise-LEVEL.xlsx.

    \b
    Examples:
      xlsgd build
      xlsgd build graddesc --data points.csv --set adam.lr=0.5 --out mine
      xlsgd build graddesc --data houses.xlsx --worksheet May --x area --y price --out mine
      xlsgd build --corrected
      xlsgd build graddesc --macros
      xlsgd build graddesc --press "basic reset run" --press "adam reset run run lr=0.1 run" --out pressed
      xlsgd build --sheet adam --data million.csv --no-verify
      xlsgd build network --sheet relu_network --data moons.csv --out mine
      xlsgd build --exercise momentum --exercise adam --out class
    """
    if epochs is not None and (corrected or macros):
        raise click.UsageError("--epochs is for the workbook that steps by a cell: leave out --corrected and --macros")
    if presses and (corrected or only or epochs is not None or names not in ((), ("graddesc",))):
        raise click.UsageError("--press is for graddesc alone, with --macros or without: leave out the rest")
    if exercises:
        if any((names, any(given), settings, epochs is not None, corrected, only, macros, presses)):
            raise click.UsageError("--exercise goes with --out, --no-verify and -q alone: leave out the rest")
        files = _exercises(exercises, out)
    elif only and names == ("network",):
        if corrected or macros or settings:
            raise click.UsageError("network has no --corrected, --macros or --set: leave them out")
        files = [_lessons(only, given, epochs, out)]
    else:
        files = _workbooks(names, out, given, settings, epochs, corrected, only, macros, presses)
    if verify:
        verify_and_exit(files, bounds=bounds)


def _workbooks(
    names: tuple[str, ...],
    out: Path,
    given: PointsOptions,
    settings: tuple[str, ...],
    epochs: int | None,
    corrected: bool,
    only: tuple[str, ...],
    macros: bool,
    presses: tuple[str, ...],
) -> list[Path]:
    """Write the workbooks that are asked for, all if there is none, and return their paths."""
    from xlsgd.commands.progress import progress_bar
    from xlsgd.commands.settings import set_knobs
    from xlsgd.commands.terminal import say
    from xlsgd.errors import choose
    from xlsgd.sheets.lesson import trainings as all_trainings

    if only and (corrected or macros or set(names) - {"graddesc"}):
        raise click.UsageError("--sheet is for graddesc.xlsx alone: leave out --corrected, --macros and entropy")
    writers, sheets = _pressed(presses, macros) if presses else _writers(corrected, macros)
    if only:
        known = all_trainings()
        sheets = {name: known[choose("training sheet", name, known)] for name in only}
        writers = {"graddesc": writers["graddesc"]}
    if given.standardize and (corrected or macros or presses):
        raise click.UsageError("--standardize is for graddesc.xlsx alone: leave out --corrected, --macros, --press")
    chosen = [choose("workbook", name, writers) for name in names] or list(writers)
    if "graddesc" not in chosen and (any(given) or settings or epochs is not None):
        without = f"{chosen[0]} has no points, knobs or epochs: leave out what is said of them"
        of_one = "; --data and --epochs are for a sheet of it: choose one by --sheet" if "network" in chosen else ""
        raise click.UsageError(without + of_one)
    points, trainings = given.read(), set_knobs(sheets, settings)
    files = []
    for name in dict.fromkeys(chosen):
        with progress_bar(f"Writing {name}", points.n * len(sheets)) as progress:
            more = {} if macros or presses else {"begun": progress.at}
            write = partial(writers[name], out, points=points, trainings=trainings, epochs=epochs)
            files.append(write(progress=progress, **more))
        say(f"wrote {files[-1]}")
        if name == "graddesc" and not (corrected or macros or presses):
            _tell_of_epochs(points, epochs)
    if "graddesc" in chosen:
        tell_of_divergence(trainings.values(), points, _passes(points.n, epochs), given)
    return files


def _exercises(levels: tuple[str, ...], out: Path) -> list[Path]:
    """Write exercises into a folder and return their paths."""
    from xlsgd.commands.terminal import say
    from xlsgd.errors import choose
    from xlsgd.workbooks.exercise_levels import LEVELS
    from xlsgd.workbooks.exercises import build_exercise

    chosen = [name for level in levels for name in (LEVELS if level == "all" else [choose("exercise", level, LEVELS)])]
    files = [build_exercise(level, out) for level in dict.fromkeys(chosen)]
    for file in files:
        say(f"wrote {file}")
    return files


def _lessons(only: tuple[str, ...], given: PointsOptions, epochs: int | None, out: Path) -> Path:
    """Write some sheets of the workbook `network`, perhaps of a user's points, and return its path."""
    from xlsgd.commands.network import given_points
    from xlsgd.commands.terminal import say
    from xlsgd.errors import choose
    from xlsgd.workbooks.network.book import LESSONS, build_lessons

    for name in only:
        choose("sheet", name, LESSONS)
    if any(given) and len(only) > 1:
        raise click.UsageError("--data is for one sheet: give a single --sheet")
    points = {only[0]: given_points(only[0], given)} if any(given) else {}
    file = build_lessons(out, only, points, epochs)
    say(f"wrote {file}")
    return file


def _passes(n: int, epochs: int | None) -> int:
    """Return how many passes over the points a workbook shows at most."""
    from xlsgd.workbooks.filled_history import default_epochs

    return 1 + (default_epochs(n) if epochs is None else epochs)


def _tell_of_epochs(points: Any, epochs: int | None) -> None:
    """Say so where no line is the best, or where the workbook steps through fewer epochs than the lesson's."""
    from xlsgd.commands.terminal import say
    from xlsgd.errors import InputError
    from xlsgd.run.least_squares import best_line
    from xlsgd.workbooks.filled_history import EPOCHS, default_epochs, most_epochs

    held, n = default_epochs(points.n) if epochs is None else epochs, points.n
    if epochs is None and held < EPOCHS:
        told = f"{held or 'no'} epochs to step through by A2, for so many rows take long to recalculate"
        room = f"; with --epochs a sheet has room for up to {most_epochs(n):,}" if most_epochs(n) > 0 else ""
        say(f"  {n:,} points: {told}{room}", err=True)
    try:
        if held:
            best_line(points)
    except InputError as error:
        say(f"  the cells of the answer show errors: {error}", err=True)


def _writers(corrected: bool, macros: bool) -> tuple[dict[str, Writer], Mapping[str, Any]]:
    """Return what writes each workbook of the kind asked for, and the training sheets that it can take."""
    if corrected and macros:
        raise click.UsageError("--corrected and --macros are different workbooks: give one of them")
    if corrected:
        from xlsgd.workbooks.corrected import workbook as mended
        from xlsgd.workbooks.corrected.training import CORRECTED

        return {name: partial(mended.build, name) for name in mended.RECIPES}, CORRECTED
    from xlsgd.sheets.lesson import LESSON
    from xlsgd.workbooks import build as workbook

    if macros:
        return {"graddesc": _with_macros}, LESSON
    return {name: partial(workbook.build, name) for name in workbook.RECIPES}, LESSON


def _pressed(presses: tuple[str, ...], macros: bool) -> tuple[dict[str, Writer], Mapping[str, Any]]:
    """Return what writes graddesc as buttons leave it, and the training sheets that it can take."""
    from xlsgd.sheets.lesson import LESSON
    from xlsgd.workbooks.mirror import presses_of

    pressed = presses_of(presses)

    def write(folder: Path, points: Any, trainings: Any, epochs: int | None, progress: Any) -> Path:
        from xlsgd.workbooks.macro_workbook import build_macros
        from xlsgd.workbooks.mirror import write_pressed

        if macros:
            return build_macros(folder, points, trainings, progress, pressed)
        return write_pressed(folder / "graddesc.xlsx", points, trainings, pressed, progress)

    return {"graddesc": write}, LESSON


def _with_macros(folder: Path, points: Any, trainings: Any, epochs: int | None, progress: Any) -> Path:
    from xlsgd.workbooks.macro_workbook import build_macros

    return build_macros(folder, points, trainings, progress)
