"""`xlsgd.compare`."""

from os import PathLike
from pathlib import Path

from xlsgd.verifying.comparing import compare as comparing
from xlsgd.verifying.comparing.comparison import Comparison


def compare(
    original: str | PathLike[str], copy: str | PathLike[str], tolerance: float = comparing.TOLERANCE
) -> Comparison:
    """Tell whether a workbook holds all that another one holds: cells, formulas, values, number formats, names, charts.

    Args:
        original: the workbook (.xlsx or .xlsm) whose content is looked for.
        copy: the workbook where it is looked for; more may stand in it.
        tolerance: the relative difference up to which two numbers are equal.

    Returns:
        The comparison: whether the copy `mirrors` the original, the `differences`, and the copy's `extras`.

    Raises:
        InputError: a file is not a workbook, or the tolerance is no number from 0 to below 1.
    """
    return comparing.compare(Path(original), Path(copy), tolerance)
