"""Cells that look right or wrong, as an exercise's do once something is typed into them."""

from typing import NamedTuple


class Verdicts(NamedTuple):
    """A range of cells that look right or wrong: right where the cell of the judgement is 0, wrong at another number.

    `judged_by` is the judgement of the range's first cell; those of the others lie as they do.
    """

    cells: str
    judged_by: str
