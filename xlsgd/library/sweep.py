"""`xlsgd.sweep`."""

from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsgd.errors import InputError, whole_number
from xlsgd.library.known import table_given, training_and_points
from xlsgd.models import Model
from xlsgd.rules import Rule
from xlsgd.schedules import Schedule
from xlsgd.sheets.table import Table
from xlsgd.sweeping.files import write_sweep
from xlsgd.sweeping.goal import goal_of
from xlsgd.sweeping.grid import Range, grid
from xlsgd.sweeping.results import Results
from xlsgd.sweeping.run import Slice, swept
from xlsgd.sweeping.shards import read_shards, shard_of, write_shard
from xlsgd.sweeping.tables import sweep_table, write_table_sweep

if TYPE_CHECKING:
    import pandas as pd


def sweep(
    what: Model | str,
    points: Any = None,
    *,
    epochs: int = 100,
    rule: str | Rule | None = None,
    schedule: str | Schedule | None = None,
    batch: int | None = None,
    folder: str | PathLike[str] | None = None,
    device: str = "cpu",
    shard: str = "",
    merge: bool = False,
    progress: Callable[[int], None] = lambda runs: None,
    **ranges: Range,
) -> "pd.DataFrame":
    """Train a sheet with every combination of knobs' values, thousands of runs in lock step.

    Args:
        what: a model, or a training sheet as of `xlsgd.trace`.
        points: as of `xlsgd.build`.
        epochs: how many each run takes.
        rule: as of `xlsgd.trace`.
        schedule: as of `xlsgd.build`.
        batch: as of `xlsgd.build`.
        folder: where `sweep-NAME.csv`, `.png` and `.xlsx` are written, if they are wanted (needs matplotlib).
        device: `cpu`, or `cuda`, which needs Torch.
        shard: only this part of the combinations, such as `3/8`, written into `folder` for another call to join.
        merge: whether nothing is run, but the parts in `folder` are joined, all of them, into its files.
        progress: is told of every epoch how many runs took it.
        ranges: for each knob a number, several, or a text `start:stop:count` (both ends included; rates, eps and
            weight decay at equal ratios, other knobs at equal distances); `beta` is also the first decay of a rule with
            two. Without any, rates from 1e-5 to 1 and first decays from 0 to 0.99.

    Returns:
        A frame with a row for each combination: its knobs; `final_loss`, that of the pass after the last epoch, NaN if
        the run diverged; `diverged`; and after how many epochs both weights were within 1 % of the answer
        (`epochs_to_1_percent`), or where none is known the loss was half of what it was (`epochs_to_half_the_loss`),
        0 if never. Of a sheet that trains nothing, such as accuracy, the knobs and what they come to.

    Raises:
        InputError: there is no such sheet, rule, knob or device, a range is none, the points do not fit, or a part is
            missing or of another sweep.
    """
    epochs = whole_number("epochs", epochs)
    table = table_given(what, points, rule=rule, schedule=schedule, batch=batch)
    if (shard or merge) and (table is not None or folder is None or (shard and merge)):
        raise InputError("`shard` and `merge`: one of them, with a `folder`, for a sheet that trains")
    if table is not None:
        return _frame_of_table(table, ranges, folder, progress)
    training, given = training_and_points(what, points, rule, {}, schedule=schedule, batch=batch)
    axes = grid(training, ranges)
    if folder is None:
        return _frame(swept(training, axes, epochs, given, device, progress))
    folder = Path(folder)
    if shard:
        slices, _ = write_shard(training, axes, epochs, folder, shard_of(shard), given, device, progress)
        return _frame_of_slices(slices, goal_of(training, given).column)
    parts = read_shards(training, axes, epochs, folder, given) if merge else None
    results, _ = write_sweep(training, axes, epochs, folder, given, device, progress, parts)
    return _frame(results)


def _frame_of_slices(slices: Iterable[Slice], column: str) -> "pd.DataFrame":
    import pandas as pd

    frames = (
        pd.DataFrame({**s.knobs, "final_loss": s.loss, "diverged": s.loss != s.loss, column: s.epochs}) for s in slices
    )
    return pd.concat(frames, ignore_index=True)


def _frame_of_table(
    table: Table, ranges: Mapping[str, Range], folder: str | PathLike[str] | None, progress: Callable[[int], None]
) -> "pd.DataFrame":
    import pandas as pd

    axes = grid(table, ranges)
    results = sweep_table(table, axes, progress) if folder is None else write_table_sweep(table, axes, Path(folder))[0]
    return pd.DataFrame(list(results.rows()), columns=results.headings)


def _frame(results: Results) -> "pd.DataFrame":
    import pandas as pd

    knobs = pd.MultiIndex.from_product([axis.values for axis in results.axes], names=[a.knob for a in results.axes])
    frame = knobs.to_frame(index=False)
    frame["final_loss"], frame["diverged"] = results.loss, results.loss != results.loss
    frame[results.goal.column] = results.epochs
    return frame
