"""Every combination of a table's knobs, and what each comes to: as CSV, as a picture, as a workbook."""

import csv
import math
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xlsxwriter

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError
from xlsgd.excel.writer import CREATED
from xlsgd.pictures.picture import COLOURS, STYLE, matplotlib, rendered
from xlsgd.run.live_table import following, outcomes
from xlsgd.sheets.table import Table
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.grid import GEOMETRIC, Axis

MOST = 100_000
"""How many combinations are tried: each is a table filled by itself, some milliseconds."""

PANELS = 3
"""How many panels of the picture stand side by side."""


class TableSweep(NamedTuple):
    """What a table's knobs come to.

    Args:
        table: the table.
        axes: the knobs' values.
        outcomes: by name, of shape (combinations,), NaN where a spreadsheet shows an error; the last axis changes
            fastest.
    """

    table: Table
    axes: tuple[Axis, ...]
    outcomes: dict[str, Array]

    def rows(self) -> Iterator[tuple[float, ...]]:
        """Yield each combination: its knobs, then what it comes to."""
        combined = product(*(axis.values.tolist() for axis in self.axes))
        for knobs, values in zip(combined, zip(*self.outcomes.values(), strict=True), strict=True):
            yield (*knobs, *map(float, values))

    @property
    def headings(self) -> list[str]:
        """What the rows hold."""
        return [*(axis.knob for axis in self.axes), *self.outcomes]


def sweep_table(table: Table, axes: Sequence[Axis], progress: Callable[[int], None] = lambda done: None) -> TableSweep:
    """Return what every combination of the axes' values comes to.

    Args:
        table: the table; a knob without an axis keeps its value.
        axes: the knobs' values.
        progress: is told of each combination.

    Raises:
        InputError: there are too many.
    """
    count = math.prod(len(axis.values) for axis in axes)
    if count > MOST:
        raise InputError(f"{table.name}: {count:,} combinations; a table is tried with {MOST:,} at most")
    names, knobs, found = following(table), [axis.knob for axis in axes], []
    for values in product(*(axis.values.tolist() for axis in axes)):
        found.append(outcomes(table, dict(zip(knobs, values, strict=True)), names))
        progress(1)
    columns = {name: np.array([_number(each[name]) for each in found]) for name in names}
    return TableSweep(table, tuple(axes), columns)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


def write_table_sweep(
    table: Table, axes: Sequence[Axis], folder: Path, progress: Callable[[int], None] = lambda done: None
) -> tuple[TableSweep, list[Path]]:
    """Sweep, and write `sweep-NAME.csv`, `.png` and `.xlsx` into a folder; files there are replaced when all are whole.

    Raises:
        InputError: as of `sweep_table`; or more than two knobs have several values, matplotlib is missing, or the
            folder cannot be written.
    """
    matplotlib()
    several = [axis.knob for axis in axes if len(axis.values) > 1]
    if len(several) > 2:
        raise InputError(f"{table.name}: {', '.join(several)}: a picture has room for two; give the others one value")
    files = [folder / f"sweep-{table.name}{suffix}" for suffix in (".csv", ".png", ".xlsx")]
    with replacing(files[0]) as listed:
        picture, workbook = (listed.with_name(file.name) for file in files[1:])
        results = sweep_table(table, axes, progress)
        with listed.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(results.headings)
            writer.writerows(tuple("" if math.isnan(v) else v for v in row) for row in results.rows())
        picture.write_bytes(draw_table_sweep(results))
        _write_workbook(workbook, results)
        os.replace(picture, files[1])
        os.replace(workbook, files[2])
    return results, files


def _write_workbook(path: Path, results: TableSweep) -> None:
    with xlsxwriter.Workbook(str(path), {"tmpdir": str(path.parent), "nan_inf_to_errors": True}) as book:
        book.set_properties({"title": f"Sweep of {results.table.name}", "created": CREATED})
        sheet, heading = book.add_worksheet("sweep"), book.add_format({"bold": True, "align": "right"})
        sheet.write_row(0, 0, results.headings, heading)
        for number, row in enumerate(results.rows(), start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, len(results.axes))
        sheet.set_column(0, len(results.headings) - 1, 14)


def draw_table_sweep(results: TableSweep) -> bytes:
    """Return the picture as a PNG file: for each outcome a curve over the knob, or a map over both.

    Raises:
        InputError: matplotlib is not installed.
    """
    with matplotlib().rc_context(STYLE):
        from matplotlib.figure import Figure

        swept = [axis for axis in results.axes if len(axis.values) > 1] or list(results.axes[:1])
        rows = math.ceil(len(results.outcomes) / PANELS)
        figure = Figure(figsize=(12.5, 3.4 * rows), layout="constrained")
        panels = figure.subplots(rows, PANELS, squeeze=False).flat
        for (name, values), panel in zip(results.outcomes.items(), panels, strict=False):
            panel.set(title=name, xlabel=swept[0].knob, xscale=_scale(swept[0]))
            if len(swept) == 1:
                panel.plot(swept[0].values, values, color=COLOURS[0], marker=".")
            else:
                panel.set(ylabel=swept[1].knob, yscale=_scale(swept[1]))
                shown = values.reshape(len(swept[0].values), -1).T
                mesh = panel.pcolormesh(swept[0].values, swept[1].values, shown, shading="nearest", cmap="viridis")
                figure.colorbar(mesh, ax=panel)
        for panel in panels:
            panel.set_axis_off()
        figure.suptitle(f"{results.table.name}: what its knobs come to", fontweight="bold")
        return rendered(figure, "png")


def _scale(axis: Axis) -> str:
    return "log" if axis.knob in GEOMETRIC else "linear"
