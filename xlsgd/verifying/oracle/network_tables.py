"""The oracle's answers for the sheets of `network.xlsx` that hold a table and no training."""

import torch

from xlsgd.verifying.oracle import hosts
from xlsgd.verifying.oracle.sheet import OracleSheet, across


def table(sheet: OracleSheet, first_heading: str) -> tuple[dict[str, str], int]:
    """Return the columns of a table by heading, and its first row, from the heading of its first column."""
    row = next(int(a[1:]) for a, text in sheet.values.items() if a[0] == "A" and text == first_heading)
    return across(sheet, row), row + 1


def moving_average(sheet: OracleSheet) -> None:
    """Each step's average from the one above it, and what it is once corrected."""
    columns, first = table(sheet, "t")
    beta, before = (sheet[hosts.below(sheet, name)] for name in ("beta", "average before"))
    t = torch.tensor(sheet.numbers("A", first), dtype=torch.float64).unsqueeze(1)
    y, averages = (sheet.down(columns[name], first, len(t)) for name in ("y", "average"))
    above = torch.cat((before.unsqueeze(0), averages[:-1]))
    weights = 1 - torch.exp(t * beta.log()) if bool((beta > 0).all()) else torch.ones_like(y)
    found = {"average": torch.lerp(y, above, beta), "1-beta^t": weights, "corrected": averages / weights}
    sheet.answer_down(first, {columns[name]: value for name, value in found.items()})
