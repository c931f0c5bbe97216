"""The page of the chosen digit: its picture, what each layer makes of it, what is lost, and the run's rule."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsgd.functions import greatest, if_equal, index, products, relu, total, total_unless
from xlsgd.sheets.description import (
    FOUR_PLACES,
    GENERAL,
    GIVEN,
    RIGHT_OR_WRONG,
    SCIENTIFIC,
    UNSEEN,
    Choice,
    Place,
    Shade,
    Sheet,
)
from xlsgd.sheets.opened_equations import OpenedRule, error, loss, odds, prediction, probability, step_formula
from xlsgd.sheets.opened_layers import SIGNED
from xlsgd.sheets.opened_plan import (
    CHOSEN,
    CLASS_FIRST,
    DIGIT,
    DIGIT_LABEL,
    DIGIT_VALUES,
    FIRST,
    INCOMING,
    KNOB_FIRST,
    LABEL,
    LOSS,
    OF_LABEL,
    OF_OTHERS,
    PICTURE_COLUMN,
    PICTURE_FIRST,
    PIXELS,
    PREDICTION,
    UNIT_COLUMNS,
    WEIGHTS,
    OpenedPlan,
    block,
    letters,
)
from xlsgd.symbols.cells import at
from xlsgd.symbols.expression import Expression, placed
from xlsgd.symbols.references import address

INK = ("#FFFFFF", "#000000")
STRENGTH = ("#FFFFFF", "#E69F00")

TEXT = (
    "Type another number into the yellow cell, and every number follows: pixels times weights (weights_1), layer by "
    "layer, to logits, probabilities and the loss; then back again:",
    "the errors (p - 1 for the label, p for the others), the gradient of every weight (gradient_1), every weight after "
    "one step (step_1). On units: what each unit looks for. On digits: all of them.",
)

FACTS = ("digit", "label", "taken for", "p of the label", "p of the others", "loss")
CLASS_HEADINGS = ("class", "logit", "exp", "p", "target", "error")
PIXEL, ROW, TALL = 2.14, 20, 24
"""The width of a pixel's column in characters, and heights of rows in pixels: a pixel's cell is a square."""

ZOOM = 70
"""So that a page of 28 rows is seen whole on a small screen."""


class _Page:
    """The places of the page, one after the other, each formula with its value."""

    def __init__(self, values: Mapping[Any, Any]) -> None:
        self.values = values
        self.places = [Place("A1", "A digit, opened: what the trained network makes of it", style="title")]

    def put(self, address: str, key: Any, formula: Any = None, format: str = GENERAL, style: str = "") -> None:
        self.places.append(Place(address, "", key, self.values[key], formula, format, style))


def digit_sheet(plan: OpenedPlan, rule: OpenedRule, names: Sequence[str], values: Mapping[Any, Any]) -> Sheet:
    """Return the page.

    Args:
        plan: the sizes.
        rule: the run's rule.
        names: what to call the parts of a step that are the same for every weight.
        values: the values by key: `digit`, `label` and so on as in `FACTS`; of a class `(heading, number)`, and the sum
            of the exponentials as `exp`; of a hidden unit `(heading, unit)`, of a pixel `("pixel", place)`, and of a
            knob `("knob", place, layer)`.
    """
    page = _Page(values)
    page.places += [Place(f"A{row}", text) for row, text in enumerate(TEXT, start=2)]
    _facts(page, plan)
    _classes(page, plan)
    _rule(page, plan, rule, names)
    for i in range(plan.side**2):
        page.put(plan.picture(i), ("pixel", i), at(address(FIRST + i, INCOMING), f"{WEIGHTS}_1"), UNSEEN)
    for unit in range(plan.hidden):
        _unit(page, plan, unit)
    page.places += _unit_headings(plan)
    widths = dict.fromkeys(letters(PICTURE_COLUMN - 1, plan.side + 2), PIXEL)
    return Sheet(
        DIGIT,
        tuple(page.places),
        widths={"A": 15.0} | widths,
        shades=tuple(_shades(plan)),
        choices=(Choice(CHOSEN, 1, plan.n, "Digit", f"Type a number from 1 to {plan.n:,}."),),
        heights={1: TALL},
        zoom=ZOOM,
    )


def _facts(page: _Page, plan: OpenedPlan) -> None:
    for row, text in enumerate(FACTS, start=4):
        page.places.append(Place(f"A{row}", text, style="bold"))
    page.put(CHOSEN, "digit", style="entry")
    page.places.append(Place("C4", f"of {plan.n:,}", style="note"))
    page.put(LABEL, "label", index(block(PIXELS, DIGIT_VALUES, DIGIT_LABEL, plan.n, 1), at(CHOSEN)))
    page.put(PREDICTION, "taken for", prediction(plan.class_column("D")))
    page.put("C6", "right", if_equal(at(PREDICTION), at(LABEL), 1, 0), RIGHT_OR_WRONG)
    page.put(OF_LABEL, "p of the label", index(plan.class_column("D"), at(LABEL) + 1), FOUR_PLACES)
    others = total_unless(plan.class_column("A"), at(LABEL), plan.class_column("D"))
    page.put(OF_OTHERS, "p of the others", others, SCIENTIFIC)
    sum_at, most_at = plan.below_classes("C"), plan.below_classes("B")
    own = index(plan.class_column("B"), at(LABEL) + 1)
    page.put(LOSS, "loss", loss(at(OF_OTHERS), at(sum_at), at(most_at), own), FOUR_PLACES)


def _classes(page: _Page, plan: OpenedPlan) -> None:
    last = plan.layers[-1]
    for letter, heading in zip("ABCDEF", CLASS_HEADINGS, strict=True):
        page.places.append(Place(f"{letter}{CLASS_FIRST - 1}", heading, style="heading"))
    sum_at, most_at = plan.below_classes("C"), plan.below_classes("B")
    for c in range(plan.classes):
        row = CLASS_FIRST + c
        number, label = at(f"A{row}"), at(LABEL, fixed=True)
        page.put(f"A{row}", ("class", c), style=GIVEN)
        logit = products(plan.incoming(last), plan.weights(last, c)) + plan.bias(last, c)
        page.put(f"B{row}", ("logit", c), logit, FOUR_PLACES)
        page.put(f"C{row}", ("exp", c), odds(at(f"B{row}"), at(most_at, fixed=True)), SCIENTIFIC)
        page.put(f"D{row}", ("p", c), probability(at(f"C{row}"), at(sum_at, fixed=True)), FOUR_PLACES)
        page.put(f"E{row}", ("target", c), if_equal(number, label, 1, 0))
        page.put(f"F{row}", ("error", c), error(number, label, at(OF_OTHERS, fixed=True), at(f"D{row}")), SCIENTIFIC)
    page.places.append(Place(plan.below_classes("A"), "greatest, sum", style="note"))
    page.put(most_at, "greatest", greatest(plan.class_column("B")), FOUR_PLACES)
    page.put(sum_at, "exp", total(plan.class_column("C")), SCIENTIFIC)


def _unit(page: _Page, plan: OpenedPlan, unit: int) -> None:
    number, sum_at, output, back = (plan.unit_cell(unit, what) for what in UNIT_COLUMNS)
    page.put(number, ("unit", unit), style=GIVEN)
    made = products(plan.incoming(1), plan.weights(1, unit)) + plan.bias(1, unit)
    page.put(sum_at, ("sum", unit), made, FOUR_PLACES)
    page.put(output, ("output", unit), relu(at(sum_at)), FOUR_PLACES)
    page.put(back, ("error", "unit", unit), plan.goes_back(unit), SCIENTIFIC)


def _unit_headings(plan: OpenedPlan) -> Iterator[Place]:
    firsts = [unit for unit in range(plan.hidden) if plan.unit_cell(unit, "unit").endswith(f"{PICTURE_FIRST}")]
    for unit in firsts:
        for what in UNIT_COLUMNS:
            letter = plan.unit_cell(unit, what).rstrip("0123456789")
            yield Place(f"{letter}{PICTURE_FIRST - 1}", what, style="heading")


def _rule(page: _Page, plan: OpenedPlan, rule: OpenedRule, names: Sequence[str]) -> None:
    """Put the rule's name, and what a step takes: for each layer a column."""
    page.places += [
        Place(f"A{KNOB_FIRST - 2}", "The run's rule", style="bold"),
        Place(f"B{KNOB_FIRST - 2}", rule.name),
        *(Place(f"{plan.knob_cell(-1, layer)}", f"layer {layer}", style="heading") for layer in plan.layers),
    ]
    made = step_formula(rule)
    for i, name in enumerate((*made.cells, *names)):
        page.places.append(Place(f"A{KNOB_FIRST + i}", name))
        for layer in plan.layers:
            own = {cell: at(plan.knob_cell(place, layer)) for place, cell in enumerate(made.cells.values())}
            formula: Expression | None = None
            if i >= len(made.cells):
                formula = placed(made.constants[i - len(made.cells)], own)
            page.put(plan.knob_cell(i, layer), ("knob", i, layer), formula)


def _shades(plan: OpenedPlan) -> Iterator[Shade]:
    yield Shade(f"{plan.picture(0)}:{plan.picture(plan.side**2 - 1)}", INK, (0.0, 1.0))
    last = CLASS_FIRST + plan.classes - 1
    yield Shade(f"D{CLASS_FIRST}:D{last}", STRENGTH, (0.0, 1.0))
    yield Shade(f"F{CLASS_FIRST}:F{last}", SIGNED)
    blocks: dict[str, list[str]] = {}
    for unit in range(plan.hidden):
        for what in ("output", "error"):
            address = plan.unit_cell(unit, what)
            blocks.setdefault(f"{what} {address.rstrip('0123456789')}", []).append(address)
    for name, cells in blocks.items():
        yield Shade(f"{cells[0]}:{cells[-1]}", STRENGTH if name.startswith("output") else SIGNED)
