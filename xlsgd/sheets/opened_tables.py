"""The sheets of all digits of an opened run: their pixels, and what is made of them; and what each unit looks for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.functions import greatest, if_equal, index, mean, products, relu, total, total_unless
from xlsgd.sheets.description import (
    FOUR_PLACES,
    GIVEN,
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
from xlsgd.sheets.opened_layers import SIGNED, refer_to_row
from xlsgd.sheets.opened_plan import (
    BIAS,
    DIGIT_LABEL,
    DIGIT_NUMBER,
    DIGIT_VALUES,
    DIGITS,
    FIRST,
    FIRST_DIGIT,
    OUTPUTS,
    PIXELS,
    UNITS,
    VALUES,
    WEIGHTS,
    OpenedPlan,
    block,
    letters,
)
from xlsgd.symbols.cells import Reference, RowOf, area, at, here, refer
from xlsgd.symbols.expression import Expression
from xlsgd.symbols.primitives import apply
from xlsgd.symbols.references import address, column_letters

ODDS_COLUMN = 10
"""The first of the columns with the exponentials of the logits."""

FACTS = (
    "digit",
    "label",
    "taken for",
    "its p",
    "p of the label",
    "p of the others",
    "loss",
    "verdict",
    "most",
)
"""The headings of the columns A to I, of which the last is the greatest logit."""


def pixels_sheet(plan: OpenedPlan, labels: Sequence[int], rows: Iterable[tuple[float, ...]]) -> Sheet:
    """Return the sheet of the pixels: a column for each digit.

    Args:
        plan: the sizes.
        labels: what the digits show.
        rows: of each pixel its number, and what it is in each digit, from 0 to 1.
    """
    columns = letters(DIGIT_VALUES, plan.n)
    text = "A pixel is 0 where the paper is white, near 1 where the pen went; a picture's rows follow one another."
    places = [
        Place("A1", "The digits, pixel by pixel", style="title"),
        Place("A2", text),
        Place(f"A{DIGIT_NUMBER}", "digit", style="bold"),
        Place(f"A{DIGIT_LABEL}", "label", style="bold"),
    ]
    for i, (letter, label) in enumerate(zip(columns, labels, strict=True), start=1):
        places.append(Place(f"{letter}{DIGIT_NUMBER}", "", ("digit", i), i, style="heading"))
        places.append(Place(f"{letter}{DIGIT_LABEL}", "", ("label", i), label, style=GIVEN))
    made = Rows(FIRST, plan.sizes[0], tuple(Column(letter, style=GIVEN) for letter in ("A", *columns)), values=rows)
    shade = Shade(f"{columns[0]}{FIRST}:{columns[-1]}{made.last}", ("#FFFFFF", "#7F7F7F"), (0.0, 1.0))
    return Sheet(PIXELS, tuple(places), made, freeze=f"B{FIRST}", shades=(shade,))


def outputs_sheet(plan: OpenedPlan, rows: Iterable[tuple[float, ...]]) -> Sheet:
    """Return the sheet of what the hidden units make of every digit: a column for each.

    Args:
        plan: the sizes.
        rows: of each unit its number, and its output for each digit.
    """
    columns = letters(DIGIT_VALUES, plan.n)
    places = (
        Place("A1", "What each hidden unit gives out for every digit", style="title"),
        Place("A2", "0 where the sum of pixels times weights and of the bias is negative, else that sum."),
        Place(f"A{DIGIT_NUMBER}", "digit", style="bold"),
        Place(f"A{DIGIT_LABEL}", "unit", style="note"),
        *(Place(f"{c}{DIGIT_NUMBER}", "", ("digit", i), i, style="heading") for i, c in enumerate(columns, start=1)),
    )
    weights = apply("index", plan.units(1, FIRST, plan.sizes[0]), 0, here(1))
    made = []
    for column, letter in enumerate(columns, start=DIGIT_VALUES):
        pixels = block(PIXELS, column, FIRST, 1, plan.sizes[0])
        output = relu(products(pixels, weights) + index(plan.units(1, BIAS), here(1)))
        made.append(Column(letter, output, format=FOUR_PLACES))
    listed = Rows(FIRST, plan.hidden, (Column("A", style=GIVEN), *made), values=rows)
    shade = Shade(f"{columns[0]}{FIRST}:{columns[-1]}{listed.last}", ("#FFFFFF", "#E69F00"))
    return Sheet(OUTPUTS, places, listed, freeze=f"B{FIRST}", shades=(shade,))


def digits_sheet(plan: OpenedPlan, rows: Iterable[tuple[float, ...]], values: Mapping[str, float]) -> Sheet:
    """Return the table of all digits.

    Args:
        plan: the sizes.
        rows: of each digit its number, its label, what it is taken for, the probabilities of that, of the label and of
            all others, the loss, 1 if it is right, the greatest logit, and the exponentials of the logits less that.
        values: `accuracy` and `loss` of all of them.
    """
    last = FIRST_DIGIT + plan.n - 1
    right, losses = area(f"H{FIRST_DIGIT}:H{last}"), area(f"G{FIRST_DIGIT}:G{last}")
    heads = zip(letters(ODDS_COLUMN, plan.classes), range(plan.classes), strict=True)
    places = (
        Place("A1", "All digits: what the trained network takes them for", style="title"),
        Place("A2", "accuracy", style="bold"),
        Place("B2", "", "accuracy", values["accuracy"], mean(right), FOUR_PLACES),
        Place("C2", "mean loss", style="bold"),
        Place("D2", "", "loss", values["loss"], mean(losses), FOUR_PLACES),
        *(Place(f"{letter}4", text, style="heading") for letter, text in zip("ABCDEFGHI", FACTS, strict=True)),
        Place(f"{column_letters(ODDS_COLUMN)}3", "exp of each class's logit less the greatest (most)"),
        *(Place(f"{letter}4", "", ("class", c), c, style="heading") for letter, c in heads),
    )
    shades = (Shade(f"H{FIRST_DIGIT}:H{last}", ("#D55E00", "#FFFFFF"), (0.0, 1.0)),)
    return Sheet(
        DIGITS, places, Rows(FIRST_DIGIT, plan.n, _digit_columns(plan), values=rows), freeze=f"C{FIRST}", shades=shades
    )


def _digit_columns(plan: OpenedPlan) -> tuple[Column, ...]:
    last = plan.layers[-1]
    goes_in = plan.of_digit(OUTPUTS if plan.hidden else PIXELS, plan.sizes[-2])
    logits = [products(goes_in, plan.weights(last, c)) + plan.bias(last, c) for c in range(plan.classes)]

    def logits_of(number: Expression) -> Any:
        weights = apply("index", plan.units(last, FIRST, plan.sizes[-2]), 0, number)
        return products(goes_in, weights) + index(plan.units(last, BIAS), number)

    all_odds = refer_to_row(ODDS_COLUMN, plan.classes)
    heads = area(f"{address(4, ODDS_COLUMN)}:{address(4, ODDS_COLUMN + plan.classes - 1)}", fixed=True)
    of_label = probability(index(all_odds, here(2) + 1), total(all_odds))
    of_others = probability(total_unless(heads, here(2), all_odds), total(all_odds))
    columns = [
        Column("A", style=GIVEN),
        Column("B", index(block(PIXELS, DIGIT_VALUES, DIGIT_LABEL, plan.n, 1), here(1))),
        Column("C", prediction(all_odds)),
        Column("D", probability(greatest(all_odds), total(all_odds)), format=FOUR_PLACES),
        Column("E", of_label, format=FOUR_PLACES),
        Column("F", of_others, format=SCIENTIFIC),
        Column("G", loss(here(6), total(all_odds), here(9), logits_of(here(2) + 1)), format=FOUR_PLACES),
        Column("H", if_equal(here(3), here(2), 1, 0), format=RIGHT_OR_WRONG),
        Column("I", apply("greatest", *logits), format=FOUR_PLACES),
    ]
    most = refer(Reference(9, 0, RowOf.HERE, fixed_column=True))
    listed = zip(letters(ODDS_COLUMN, plan.classes), logits, strict=True)
    return (*columns, *(Column(letter, odds(logit, most), format=SCIENTIFIC) for letter, logit in listed))


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
        places.append(Place(address(top - 1, left), str(unit + 1 if plan.hidden else unit)))
        cells = [address(top + row, left + column) for row in range(side) for column in range(side)]
        for where, i, value in zip(cells, range(side**2), own, strict=True):
            formula = at(address(FIRST + i, VALUES + unit), f"{WEIGHTS}_1")
            places.append(Place(where, "", ("weight", unit, i), value, formula, UNSEEN))
        shades.append(Shade(f"{cells[0]}:{cells[-1]}", SIGNED))
    width = cell / 12 if cell < 12 else (cell - 5) / 7
    widths = dict.fromkeys(letters(1, across * (side + 1)), width)
    return Sheet(UNITS, tuple(places), widths=widths, shades=tuple(shades), heights=heights)
