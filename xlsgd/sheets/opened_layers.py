"""The sheets of an opened run's layers: weights, their gradients by the chosen digit's loss, and weights a step on.

What comes in has a row, a unit or a class has a column, and a weight has the same address on all three.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from xlsgd.functions import index, products
from xlsgd.sheets.description import FOUR_PLACES, GIVEN, SCIENTIFIC, Column, Place, Rows, Shade, Sheet
from xlsgd.sheets.opened_equations import SLOPE, WEIGHT, OpenedRule, step_formula, went_through
from xlsgd.sheets.opened_plan import (
    BIAS,
    CHOSEN,
    CLASS_FIRST,
    DIGIT,
    DIGIT_VALUES,
    EXTRA,
    FIRST,
    GRADIENT,
    INCOMING,
    NAMES,
    PIXELS,
    STEP,
    VALUES,
    WEIGHTS,
    OpenedPlan,
    letters,
)
from xlsgd.symbols.cells import Reference, RowOf, at, here, refer
from xlsgd.symbols.expression import Expression, replaced
from xlsgd.symbols.references import column_letters, column_number

SIGNED = ("#74B3DC", "#FFFFFF", "#F2A679")
"""Of a negative number, of 0, and of a positive one: blue and vermilion, which everybody tells apart, so light that
digits are read on them."""

ParameterRows = Iterable[tuple[float, ...]]
"""Of each thing that comes in its number, perhaps what it is, and each unit's weight for it or what else there is."""

TEXTS = {
    WEIGHTS: (
        "Layer {}: the weights that the run came to",
        "A column is a unit. Its sum is SUMPRODUCT of what comes in and of its column, plus its bias (sheet digit).",
    ),
    GRADIENT: (
        "Layer {}: how the chosen digit's loss changes with each weight and bias",
        "A bias's gradient is the error of its unit, a weight's is that times what comes in.",
    ),
    STEP: (
        "Layer {}: the weights after one step of the run's rule, for the chosen digit alone",
        "The rule, its rates and what it remembers stand on the sheet digit; it remembers nothing before this step.",
    ),
}
"""The title and the text of each sheet."""


class LayerValues(NamedTuple):
    """The values of one of a layer's sheets: its rows, and above them each unit's bias, or what there is of it."""

    rows: ParameterRows
    biases: Sequence[float]
    extra: Sequence[float] = ()


def layer_sheets(plan: OpenedPlan, layer: int, rule: OpenedRule, values: Mapping[str, LayerValues]) -> Iterator[Sheet]:
    """Yield the three sheets of a layer.

    Args:
        plan: the sizes.
        layer: which, from 1.
        rule: the run's rule.
        values: the values by the sheets' names, without the layer's number. With the weights, a row has what comes in
            and, at the end, what goes back, if there is a layer before; `extra` is each hidden unit's output, or each
            class's error.
    """
    columns = letters(VALUES, plan.sizes[layer])
    weights = [
        Column("B", _comes_in(plan, layer)),
        *(Column(letter, format=FOUR_PLACES, style=GIVEN) for letter in columns),
    ]
    if layer > 1:
        row = refer_to_row(VALUES, plan.classes)
        back = went_through(here(INCOMING), products(row, plan.units(layer, EXTRA)))
        weights.append(Column(column_letters(plan.back_column), back, format=SCIENTIFIC))
    yield _sheet(plan, WEIGHTS, layer, weights, values[WEIGHTS], lambda unit: None)
    slopes = [Column("B", here(INCOMING, sheet=f"{WEIGHTS}_{layer}"))]
    slopes += [Column(letter, _slope(letter), format=SCIENTIFIC) for letter in columns]
    yield _sheet(plan, GRADIENT, layer, slopes, values[GRADIENT], lambda unit: _error(plan, layer, unit))
    steps = [Column(letter, _step(plan, layer, rule, letter), format=FOUR_PLACES) for letter in columns]
    yield _sheet(plan, STEP, layer, steps, values[STEP], lambda unit: _bias_step(plan, layer, rule, columns[unit]))


def _sheet(plan: OpenedPlan, kind: str, layer: int, columns: list[Column], values: LayerValues, bias: Any) -> Sheet:
    units, comes = plan.sizes[layer], plan.sizes[layer - 1]
    is_last = layer == plan.layers[-1]
    title, text = TEXTS[kind]
    format, look = SCIENTIFIC if kind == GRADIENT else FOUR_PLACES, GIVEN if kind == WEIGHTS else ""
    places = [
        Place("A1", title.format(layer), style="title"),
        Place("A2", text),
        Place(f"A{NAMES}", "pixel" if layer == 1 else "unit", style="heading"),
        Place(f"A{BIAS}", "bias", style="note"),
    ]
    if kind != STEP:
        places.append(Place(f"B{NAMES}", "comes in", style="heading"))
    for unit, letter in enumerate(letters(VALUES, units)):
        name = f"class {unit}" if is_last else f"unit {unit + 1}"
        places.append(Place(f"{letter}{NAMES}", name, style="heading"))
        places.append(Place(f"{letter}{BIAS}", "", ("bias", unit), values.biases[unit], bias(unit), format, look))
    if kind == WEIGHTS:
        places += _beside(plan, layer, values.extra)
    ends = column_letters(VALUES), column_letters(VALUES + units - 1)
    shade = Shade(f"{ends[0]}{FIRST}:{ends[1]}{FIRST + comes - 1}", SIGNED)
    rows = Rows(FIRST, comes, (Column("A", style=GIVEN), *columns), values=values.rows)
    return Sheet(f"{kind}_{layer}", tuple(places), rows, freeze=f"C{FIRST}", shades=(shade,))


def _beside(plan: OpenedPlan, layer: int, extra: Sequence[float]) -> Iterator[Place]:
    """Yield what the sheet of the weights has of each unit beside its bias, and the heading of what goes back."""
    is_last = layer == plan.layers[-1]
    yield Place(f"A{EXTRA}", "error" if is_last else "output", style="note")
    for unit, (letter, value) in enumerate(zip(letters(VALUES, plan.sizes[layer]), extra, strict=True)):
        where = f"F{CLASS_FIRST + unit}" if is_last else plan.unit_cell(unit, "output")
        format = SCIENTIFIC if is_last else FOUR_PLACES
        yield Place(f"{letter}{EXTRA}", "", ("extra", unit), value, at(where, DIGIT), format)
    if layer > 1:
        yield Place(f"{column_letters(plan.back_column)}{NAMES}", "goes back", style="heading")


def refer_to_row(column: int, columns: int, sheet: str = "") -> Expression:
    """Return the cells of a formula's own row in so many columns."""
    return Expression("range", here(column, sheet=sheet), here(column + columns - 1, sheet=sheet))


def _comes_in(plan: OpenedPlan, layer: int) -> Any:
    if layer == 1:
        return index(refer_to_row(DIGIT_VALUES, plan.n, PIXELS), at(CHOSEN, DIGIT, fixed=True))
    return index(plan.units(layer - 1, EXTRA), here(1))


def _error(plan: OpenedPlan, layer: int, unit: int) -> Expression:
    return at(f"F{CLASS_FIRST + unit}", DIGIT) if layer == plan.layers[-1] else plan.goes_back(unit)


def _slope(letter: str) -> Expression:
    error = refer(Reference(column_number(letter), BIAS, fixed_row=True))
    return refer(Reference(INCOMING, 0, RowOf.HERE, fixed_column=True)) * error


def _step(plan: OpenedPlan, layer: int, rule: OpenedRule, letter: str) -> Expression:
    column = column_number(letter)
    own = here(column, sheet=f"{WEIGHTS}_{layer}"), here(column, sheet=f"{GRADIENT}_{layer}")
    return _stepped(plan, layer, rule, *own)


def _bias_step(plan: OpenedPlan, layer: int, rule: OpenedRule, letter: str) -> Expression:
    own = at(f"{letter}{BIAS}", f"{WEIGHTS}_{layer}"), at(f"{letter}{BIAS}", f"{GRADIENT}_{layer}")
    return _stepped(plan, layer, rule, *own)


def _stepped(plan: OpenedPlan, layer: int, rule: OpenedRule, parameter: Expression, slope: Expression) -> Expression:
    """Return the formula of a parameter after one step."""
    made = step_formula(rule)
    shared = (*made.cells.values(), *made.constants)
    places = {part: at(plan.knob_cell(i, layer), DIGIT, fixed=True) for i, part in enumerate(shared)}
    return replaced(made.formula, places | {WEIGHT: parameter, SLOPE: slope})
