"""`xlsgd.verify`."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from xlsgd.models import LINE, Model
from xlsgd.sheets.forward_columns import ForwardColumns
from xlsgd.verifying import check
from xlsgd.verifying.report import Report

SourceNames = str | Sequence[str]


def verify(
    path: str | PathLike[str],
    engines: SourceNames = ("ironcalc",),
    oracles: SourceNames = (),
    models: Model | Sequence[Model] = (),
    timeout: float | None = None,
    memory: int | None = None,
) -> Report:
    """Compare every formula's value in a workbook with what others compute.

    Every cached value is overwritten with a wrong one first, so that what an engine gives back right was computed. Two
    numbers agree within a relative 1e-12.

    Args:
        path: an .xlsx or .xlsm file, by whatever program.
        engines: spreadsheet engines that recalculate it, such as `ironcalc` and `libreoffice`.
        oracles: `torch`, which knows the sheets that xlsgd writes, and computes them by torch.autograd and torch.optim.
        models: the models whose sheets stand in it, for Torch: it runs their own `predict` and `loss` on tensors, while
            gradients and steps are its own.
        timeout: how many seconds each engine may take; 20 and more for a large file if None.
        memory: how many bytes each engine may take, on Linux; 2 GB and more for a large file if None.

    Returns:
        The report: whether all `agrees`, and for each source and column how many cells it answered and which differ.

    Raises:
        InputError: the file is not a workbook or is beyond what Excel takes, or a source is not installed, cannot load
            it, crashes, or takes more time or memory than it may.
    """
    known = [ForwardColumns(model) for model in (LINE, *([models] if isinstance(models, Model) else models))]
    return check.verify(Path(path), _listed(engines), _listed(oracles), known, timeout, memory)


def _listed(names: SourceNames) -> Sequence[str]:
    return [names] if isinstance(names, str) else names
