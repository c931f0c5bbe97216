"""The sheets of an opened run's layers: weights, their gradients by the chosen digit's loss, and weights a step on.

A unit or a class has a row, what comes in has a column, and a weight has the same address on all three.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from xlsgd.functions import index, products
from xlsgd.sheets.description import FOUR_PLACES, SCIENTIFIC, Column, Place, Rows, Shade, Sheet
from xlsgd.sheets.opened_equations import SLOPE, WEIGHT, OpenedRule, step_formula, went_through
from xlsgd.sheets.opened_plan import (
    CHOSEN,
    DIGIT,
    FIRST,
    GRADIENT,
    INCOMING,
    PIXELS,
    STEP,
    VALUES,
    WEIGHTS,
    OpenedPlan,
    letters,
)
from xlsgd.symbols.cells import Reference, RowOf, area, at, here, refer
from xlsgd.symbols.expression import Expression, replaced
from xlsgd.symbols.references import column_number

SIGNED = ("#0072B2", "#FFFFFF", "#D55E00")
"""Of a negative number, of 0, and of a positive one: blue and vermilion, which everybody tells apart."""

ParameterRows = Iterable[tuple[float, ...]]
"""Of each unit its number, its bias, and its weights; or the gradients or the new values of these."""

TEXTS = {
    WEIGHTS: (
        "Layer {}: the weights that the run came to",
        "A row is what a unit makes of what comes in: its sum is SUMPRODUCT of row 4 and of its own row, and its bias.",
    ),
    GRADIENT: (
        "Layer {}: how the chosen digit's loss changes with each weight and bias",
        "A weight's gradient is the error of its unit, which is that of the bias (column B), times what comes in.",
    ),
    STEP: (
        "Layer {}: the weights after one step of the run's rule, for the chosen digit alone",
        "The rule, its rates and what it remembers stand on the sheet digit; it remembers nothing before this step.",
    ),
}
"""The title and the text of each sheet."""


def layer_sheets(plan: OpenedPlan, layer: int, rule: OpenedRule, values: Mapping[str, Any]) -> Iterator[Sheet]:
    """Yield the three sheets of a layer.

    Args:
        plan: the sizes.
        layer: which, from 1.
        rule: the run's rule.
        values: the rows of each sheet by its name, what comes in as `incoming`, and as `back` the errors that go back
            to the layer before, if there is one.
    """
    columns = letters(VALUES, plan.sizes[layer - 1])
    constants = [Column("B", format=FOUR_PLACES), *(Column(letter, format=FOUR_PLACES) for letter in columns)]
    yield _sheet(plan, WEIGHTS, layer, constants, values[WEIGHTS], list(_beside(plan, layer, columns, values)))
    slopes = [Column("B", _error(plan, layer), format=SCIENTIFIC)]
    slopes += [Column(letter, _slope(layer, letter), format=SCIENTIFIC) for letter in columns]
    yield _sheet(plan, GRADIENT, layer, slopes, values[GRADIENT])
    steps = [Column(letter, _step(plan, layer, rule, letter), format=FOUR_PLACES) for letter in ("B", *columns)]
    yield _sheet(plan, STEP, layer, steps, values[STEP])


def _sheet(
    plan: OpenedPlan, kind: str, layer: int, columns: list[Column], values: ParameterRows, more: Sequence[Place] = ()
) -> Sheet:
    units = plan.sizes[layer]
    own, before = ("class" if layer == plan.layers[-1] else "unit"), ("pixel" if layer == 1 else "unit")
    title, text = TEXTS[kind]
    places = (
        Place("A1", title.format(layer), style="title"),
        Place("A2", text),
        Place("A3", own, style="heading"),
        Place("B3", "bias", style="heading"),
        *(Place(f"{c.letter}3", f"{before} {i}", style="heading") for i, c in enumerate(columns[1:], start=1)),
        *more,
    )
    cells = f"{columns[1].letter}{FIRST}:{columns[-1].letter}{FIRST + units - 1}"
    rows = Rows(FIRST, units, (Column("A"), *columns), values=values)
    return Sheet(f"{kind}_{layer}", places, rows, freeze=f"C{FIRST}", shades=(Shade(cells, SIGNED),))


def _beside(plan: OpenedPlan, layer: int, columns: Sequence[str], values: Mapping[str, Any]) -> Iterator[Place]:
    """Yield what stands above the weights and below them: what comes in, and what of the errors goes back."""
    yield Place(f"A{INCOMING}", "comes in", style="note")
    for i, (letter, value) in enumerate(zip(columns, values["incoming"], strict=True)):
        yield Place(f"{letter}{INCOMING}", "", ("in", i), value, _comes_in(plan, layer, letter, i))
    if layer == 1:
        return
    yield Place(f"A{plan.going_back}", "goes back", style="note")
    for i, (letter, value) in enumerate(zip(columns, values["back"], strict=True)):
        weights = area(f"{letter}{FIRST}:{letter}{FIRST + plan.classes - 1}")
        formula = went_through(at(f"{letter}{INCOMING}"), products(plan.class_column("F", DIGIT), weights))
        yield Place(f"{letter}{plan.going_back}", "", ("back", i), value, formula, SCIENTIFIC)


def _comes_in(plan: OpenedPlan, layer: int, letter: str, i: int) -> Any:
    if layer == 1:
        pixels = area(f"{letter}{FIRST}:{letter}{FIRST + plan.n - 1}", PIXELS)
        return index(pixels, at(CHOSEN, DIGIT, fixed=True))
    return at(plan.unit_cell(i, "output"), DIGIT)


def _error(plan: OpenedPlan, layer: int) -> Any:
    """Return the formula of the error of a row's unit."""
    number = here(1)
    if layer == plan.layers[-1]:
        return index(plan.class_column("F", DIGIT), number + 1)
    return index(plan.row_of(layer + 1, plan.going_back), number)


def _slope(layer: int, letter: str) -> Expression:
    incoming = Reference(column_number(letter), INCOMING, sheet=f"{WEIGHTS}_{layer}", fixed_row=True)
    return refer(Reference(2, 0, RowOf.HERE, fixed_column=True)) * refer(incoming)


def _step(plan: OpenedPlan, layer: int, rule: OpenedRule, letter: str) -> Expression:
    """Return the formula of a parameter after one step."""
    made = step_formula(rule)
    places = {
        part: at(plan.knob_cell(i, layer), DIGIT, fixed=True)
        for i, part in enumerate((*made.cells.values(), *made.constants))
    }
    column = column_number(letter)
    places[WEIGHT] = here(column, sheet=f"{WEIGHTS}_{layer}")
    places[SLOPE] = here(column, sheet=f"{GRADIENT}_{layer}")
    return replaced(made.formula, places)
