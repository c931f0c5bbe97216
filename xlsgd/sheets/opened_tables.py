"""The sheets of all digits of an opened run: their pixels, and what is made of them; and what each unit looks for."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from xlsgd.functions import greatest, if_equal, index, mean, products, relu, total, total_unless
from xlsgd.sheets.description import (
    FOUR_PLACES,
    RIGHT_OR_WRONG,
    SCIENTIFIC,
    UNSEEN,
    Column,
    Place,
    Rows,
    Shade,
    Sheet,
)
from xlsgd.sheets.opened_equations import loss, odds, prediction, probability
from xlsgd.sheets.opened_layers import SIGNED
from xlsgd.sheets.opened_plan import DIGITS, FIRST, PIXELS, UNITS, VALUES, WEIGHTS, OpenedPlan, letters
from xlsgd.symbols.cells import area, at, here
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.references import address, column_letters

ODDS_COLUMN = 10
"""The first of the columns with the exponentials of the logits; behind them stand the hidden units' outputs."""

FACTS = ("digit", "label", "taken for", "p", "p of the label", "p of the others", "loss", "verdict")
"""The headings of the columns A to H."""


def pixels_sheet(plan: OpenedPlan, rows: Iterable[tuple[float, ...]]) -> Sheet:
    """Return the sheet of the pixels: of each digit its number, its label, and its pixels from 0 to 1, row by row."""
    columns = letters(VALUES, plan.sizes[0])
    places = (
        Place("A1", "The digits, pixel by pixel", style="title"),
        Place(
            "A2",
            "A pixel is 0 where the paper is white, near 1 where the pen went; a picture's rows follow one another.",
        ),
        Place("A3", "digit", style="heading"),
        Place("B3", "label", style="heading"),
        *(Place(f"{letter}3", f"pixel {i}", style="heading") for i, letter in enumerate(columns, start=1)),
    )
    made = Rows(FIRST, plan.n, tuple(Column(letter) for letter in ("A", "B", *columns)), values=rows)
    cells = f"{columns[0]}{FIRST}:{columns[-1]}{FIRST + plan.n - 1}"
    return Sheet(PIXELS, places, made, freeze=f"C{FIRST}", shades=(Shade(cells, ("#FFFFFF", "#7F7F7F"), (0.0, 1.0)),))


def digits_sheet(plan: OpenedPlan, rows: Iterable[tuple[float, ...]], values: Mapping[str, float]) -> Sheet:
    """Return the table of all digits.

    Args:
        plan: the sizes.
        rows: of each digit its number, its label, what it is taken for, the probabilities of that, of the label and of
            all others, the loss, 1 if it is right, the exponentials of the logits, and the hidden units' outputs.
        values: `accuracy` and `loss` of all of them.
    """
    last = FIRST + plan.n - 1
    right, losses = area(f"H{FIRST}:H{last}"), area(f"G{FIRST}:G{last}")
    heads = zip(letters(ODDS_COLUMN, plan.classes), range(plan.classes), strict=True)
    places = (
        Place("A1", "All digits: what the trained network takes them for", style="title"),
        Place("A2", "accuracy", style="bold"),
        Place("B2", "", "accuracy", values["accuracy"], mean(right), FOUR_PLACES),
        Place("C2", "mean loss", style="bold"),
        Place("D2", "", "loss", values["loss"], mean(losses), FOUR_PLACES),
        *(Place(f"{letter}3", text, style="heading") for letter, text in zip("ABCDEFGH", FACTS, strict=True)),
        Place(f"{column_letters(ODDS_COLUMN)}2", "exp of the logit of each class"),
        *(Place(f"{letter}3", "", ("class", c), c, style="heading") for letter, c in heads),
        *_unit_headings(plan),
    )
    shades = (Shade(f"H{FIRST}:H{last}", ("#D55E00", "#FFFFFF"), (0.0, 1.0)),)
    return Sheet(
        DIGITS, places, Rows(FIRST, plan.n, _digit_columns(plan), values=rows), freeze=f"C{FIRST}", shades=shades
    )


def _unit_headings(plan: OpenedPlan) -> Iterable[Place]:
    first = ODDS_COLUMN + plan.classes + 1
    if plan.hidden:
        yield Place(f"{column_letters(first)}2", "output of each hidden unit")
    for unit, letter in enumerate(letters(first, plan.hidden), start=1):
        yield Place(f"{letter}3", "", ("unit", unit), unit, style="heading")


def _digit_columns(plan: OpenedPlan) -> tuple[Column, ...]:
    all_odds = _across(ODDS_COLUMN, plan.classes)
    heads = area(f"{address(3, ODDS_COLUMN)}:{address(3, ODDS_COLUMN + plan.classes - 1)}", fixed=True)
    of_label = probability(index(all_odds, here(2) + 1), total(all_odds))
    of_others = probability(total_unless(heads, here(2), all_odds), total(all_odds))
    columns = [
        Column("A"),
        Column("B", here(2, sheet=PIXELS)),
        Column("C", prediction(all_odds)),
        Column("D", probability(greatest(all_odds), total(all_odds)), format=FOUR_PLACES),
        Column("E", of_label, format=FOUR_PLACES),
        Column("F", of_others, format=SCIENTIFIC),
        Column("G", loss(here(5), here(6)), format=FOUR_PLACES),
        Column("H", if_equal(here(3), here(2), 1, 0), format=RIGHT_OR_WRONG),
    ]
    first, last = ODDS_COLUMN + plan.classes + 1, plan.layers[-1]
    pixels = _across(VALUES, plan.sizes[0], PIXELS)
    goes_in = _across(first, plan.hidden) if plan.hidden else pixels
    for c, letter in enumerate(letters(ODDS_COLUMN, plan.classes)):
        logit = products(goes_in, plan.row_of(last, FIRST + c)) + plan.bias(last, c)
        columns.append(Column(letter, odds(logit), format=SCIENTIFIC))
    for unit, letter in enumerate(letters(first, plan.hidden)):
        made = relu(products(pixels, plan.row_of(1, FIRST + unit)) + plan.bias(1, unit))
        columns.append(Column(letter, made, format=FOUR_PLACES))
    return tuple(columns)


def _across(first: int, width: int, sheet: str = "") -> Expression:
    return Expression("range", here(first, sheet=sheet), here(first + width - 1, sheet=sheet))


class Mosaic(NamedTuple):
    """How pictures of the units are laid out: how many stand side by side, and how many pixels wide a cell is."""

    across: int
    cell: int


SCREEN_WIDTH, SCREEN_HEIGHT, CAPTION = 1240, 500, 18
"""What of a small screen is left for the pictures, and the height of the line above each, in pixels."""


def mosaic(units: int, side: int) -> Mosaic:
    """Return the layout with the largest cells that fits on a small screen, if one does.

    >>> mosaic(50, 28), mosaic(10, 28), mosaic(50, 8)
    (Mosaic(across=14, cell=3), Mosaic(across=5, cell=8), Mosaic(across=13, cell=10))
    """
    for cell in range(16, 2, -1):
        across = min(units, SCREEN_WIDTH // ((side + 1) * cell))
        if across and -(-units // across) * (side * cell + CAPTION) <= SCREEN_HEIGHT:
            break
    return Mosaic(across, cell)


def units_sheet(plan: OpenedPlan, weights: Iterable[tuple[float, ...]]) -> Sheet:
    """Return the pictures of what each unit of the first layer looks for: its weights, where the pixels are.

    Args:
        plan: the sizes.
        weights: each unit's weights.
    """
    units, side = plan.sizes[1], plan.side
    across, cell = mosaic(units, side)
    what = "hidden unit" if plan.hidden else "class"
    text = (
        f"The weights of each {what}, where its pixels are. A pen stroke where it is orange speaks for the {what}, "
        "where it is blue against it."
    )
    places = [Place("A1", f"What each {what} looks for", style="title"), Place("A2", text)]
    shades, heights = [], {0: cell, 1: 24, 2: 20, 3: CAPTION}
    for unit, own in enumerate(weights):
        band, place = divmod(unit, across)
        top, left = 5 + band * (side + 1), 1 + place * (side + 1)
        heights[top - 1] = CAPTION
        places.append(Place(address(top - 1, left), str(unit + 1 if plan.hidden else unit), style="note"))
        cells = [address(top + row, left + column) for row in range(side) for column in range(side)]
        for where, i, value in zip(cells, range(side**2), own, strict=True):
            formula = at(address(FIRST + unit, VALUES + i), f"{WEIGHTS}_1")
            places.append(Place(where, "", ("weight", unit, i), value, formula, UNSEEN))
        shades.append(Shade(f"{cells[0]}:{cells[-1]}", SIGNED))
    width = cell / 12 if cell < 12 else (cell - 5) / 7
    widths = dict.fromkeys(letters(1, across * (side + 1)), width)
    return Sheet(UNITS, tuple(places), widths=widths, shades=tuple(shades), heights=heights)
