"""A sweep into files: every combination as CSV, the map as a picture and as a workbook."""

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from xlsxwriter.exceptions import XlsxWriterException

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError
from xlsgd.pictures.picture import matplotlib
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.goal import goal_of
from xlsgd.sweeping.grid import Axis
from xlsgd.sweeping.heatmap import draw
from xlsgd.sweeping.results import Results
from xlsgd.sweeping.run import Slice, combinations, sweep
from xlsgd.sweeping.workbook import write_sweep_workbook


def write_sweep(
    training: Training,
    axes: Sequence[Axis],
    epochs: int,
    folder: Path,
    points: Points = LESSON_POINTS,
    device: str = "cpu",
    progress: Callable[[int], None] = lambda runs: None,
    slices: Iterable[Slice] | None = None,
) -> tuple[Results, list[Path]]:
    """Sweep, and write `sweep-NAME.csv`, `.png` and `.xlsx` into a folder; files there are replaced when all are whole.

    Args:
        training: the sheet.
        axes: the knobs' values, see `xlsgd.sweeping.grid.grid`.
        epochs: how many steps each run takes from the reset.
        folder: where to; it is made if need be.
        points: the data.
        device: see `xlsgd.sweeping.run.sweep`.
        progress: is told of every epoch how many runs took it.
        slices: what it came to, if it has been run, as of `xlsgd.sweeping.shards.read_shards`.

    Returns:
        What the sweep came to, and the files.

    Raises:
        InputError: matplotlib or the device is missing, the folder cannot be written, or the points have no best line.
    """
    matplotlib()
    files = [folder / f"sweep-{training.name}{suffix}" for suffix in (".csv", ".png", ".xlsx")]
    with replacing(files[0]) as table:
        picture, workbook = (table.with_name(file.name) for file in files[1:])
        goal = goal_of(training, points)
        headings = [*(axis.knob for axis in axes), "final_loss", "diverged", goal.column]
        parts = sweep(training, axes, epochs, points, device, progress=progress) if slices is None else slices
        loss, reached = _written(parts, table, headings, combinations(axes))
        results = Results(training, tuple(axes), epochs, points.n, loss, reached, goal)
        picture.write_bytes(draw(results))
        try:
            write_sweep_workbook(workbook, results)
        except XlsxWriterException as error:
            raise InputError(f"{files[2]}: cannot be written: {error}") from error
        os.replace(picture, files[1])
        os.replace(workbook, files[2])
    return results, files


def _written(slices: Iterable[Slice], path: Path, headings: Sequence[str], total: int) -> tuple[Array, Array]:
    """Write each slice's lines as it comes; return the losses and epochs of all, which is what the maps need."""
    loss, reached = np.empty(total), np.empty(total, np.int32)
    done = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        for part in slices:
            writer.writerows(_lines(part))
            here = slice(done, done := done + len(part.loss))
            loss[here], reached[here] = part.loss, part.epochs
    return loss, reached


def _lines(part: Slice) -> Iterator[tuple[Any, ...]]:
    knobs = [values.tolist() for values in part.knobs.values()]
    diverged = np.isnan(part.loss).tolist()
    losses = ("" if bad else loss for bad, loss in zip(diverged, part.loss.tolist(), strict=True))
    return zip(*knobs, losses, map(int, diverged), (epoch or "" for epoch in part.epochs.tolist()), strict=True)
