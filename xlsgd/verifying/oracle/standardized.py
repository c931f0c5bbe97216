"""The oracle's answers for the sheet that brings points to mean 0 and deviation 1, and for what looks them up there."""

import torch

from xlsgd.verifying.oracle.sheet import OracleSheet

NAME = "standardize"
FIRST = 4
"""The row of the first point."""

COLUMNS = {"x": ("A", "B", "D"), "y": ("B", "C", "E")}
"""Where a point stands on a training sheet, where on this one, and where in its own units."""


LINES = "HIJKLMNOPQRSTUVWXYZ"
"""The columns in which lines may stand, each under its name."""


def answer(sheet: OracleSheet) -> None:
    """Answer for the transform, the points, and each line in the points' own units."""
    transforms = {}
    for name, (_, letter, own) in COLUMNS.items():
        column = sheet.down(own, FIRST)
        deviation, mean = torch.std_mean(column, 0, correction=0)
        sheet.answer({f"{own}1": mean, f"{own}2": deviation})
        transforms[name] = sheet[f"{own}1"], sheet[f"{own}2"]
        sheet.answer_down(FIRST, {letter: (column - transforms[name][0]) / transforms[name][1]})
    (mean_x, deviation_x), (mean_y, deviation_y) = transforms["x"], transforms["y"]
    for letter in LINES:
        name = str(sheet.values.get(f"{letter}1", ""))
        if name in ("least squares", *sheet.book) and name not in ("", NAME):
            b, a = _weights(sheet, name)
            slope = a * (deviation_y / deviation_x)
            sheet.answer({f"{letter}3": slope, f"{letter}2": mean_y + deviation_y * b - slope * mean_x})


def _weights(sheet: OracleSheet, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    if name == "least squares":
        race = sheet.other("race")
        return race["B3"], race["B4"]
    training = sheet.other(name)
    if training.values.get("B1") in ("intercept", "b"):
        return training["C1"], training["C2"]
    letters = {training.values.get(f"{letter}3"): letter for letter in map(chr, range(ord("A"), ord("Z") + 1))}
    return training[f"{letters['new b']}4"], training[f"{letters['new a']}4"]


def look_up(sheet: OracleSheet) -> None:
    """Answer for the points of a training sheet that looks them up."""
    if NAME not in sheet.book or f"{sheet.values.get('A3')}{sheet.values.get('B3')}" != "xy":
        return
    points = sheet.other(NAME)
    first = FIRST if sheet.count("A", FIRST) else FIRST + 1
    for here, there, _ in COLUMNS.values():
        sheet.answer_down(first, {here: points.down(there, FIRST)})
