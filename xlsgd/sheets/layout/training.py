"""Where the training sheets' cells stand, and the formulas that the tracer spells for them.

The row and the footer are run once on symbols; what comes out is placed column by column, and every formula is spelled
with the addresses of the values that it uses. Source of the addresses: the course's `graddesc.xlsm`.
"""

from typing import NamedTuple

from xlsgd.sheets.description import (
    FIRST_ROW,
    FOUR_PLACES,
    GENERAL,
    PREVIOUS,
    ROW,
    THOUSANDS,
    TWO_PLACES,
    Chart,
    Column,
    Place,
    Rows,
    Series,
    Sheet,
)
from xlsgd.sheets.record import Record, record
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, contains, symbol
from xlsgd.symbols.references import column_letters
from xlsgd.symbols.to_excel import spell, spell_inside


class Traced(NamedTuple):
    """A training sheet's record, and the addresses of the row's values."""

    row: Record
    letters: dict[str, str]
    places: dict[Expression, str]


def training_sheet(training: Training, count: int) -> Sheet:
    """Return the layout of a training sheet with `count` data points."""
    basic = training.name == "basic"
    traced = trace_row(training)
    header = _basic_header() if basic else _optimizer_header(training, traced)
    rows = _rows(training, traced, count)
    below = rows.last + 1
    places = (*_weights(training), *header, *_headings(training, traced), *_seeds(training, traced, below))
    footer = _footer(training, traced, rows)
    names = _names(training, traced, rows)
    if not basic:
        return Sheet(training.name, (*places, *footer), rows, names, freeze="D4")
    list_top = below + 3
    errors = Series("rmse", f"basic!C{list_top + 2}:C{list_top + 26}")
    chart = Chart("Error by epoch", (errors,), f"E{list_top}", columns_wide=6, rows_high=16, x="epoch")
    places = (*places, Place(f"C{list_top}", "Paste error here:"), Place(f"C{list_top + 1}", "rmse"))
    return Sheet(training.name, (*places, *footer), rows, names, "A4", widths={"H": 13}, charts=(chart,))


def rate_address(training: Training) -> str:
    """Return the address of the learning rate."""
    return "F1" if training.name == "basic" else "D2"


def trace_row(training: Training) -> Traced:
    """Return the training sheet's record with the places of its values."""
    row = record(training.key)
    letters = {name: column_letters(index) for index, name in enumerate(("x", "y", *row.values), start=1)}
    places = {symbol("x"): f"A{ROW}", symbol("y"): f"B{ROW}"}
    places |= {value: f"{letters[name]}{ROW}" for name, value in row.values.items()}
    places |= {symbol(name): f"{letters[name]}{PREVIOUS}" for name in _state_names(training)}
    traced = Traced(row, letters, places)
    places |= {cell: address for _, cell, address in knob_cells(training, traced)}
    return traced


def knob_cells(training: Training, traced: Traced) -> list[tuple[str, Expression, str]]:
    """Return key, value and absolute address of each knob, and of `1 - knob` where the rule uses it."""
    knobs, row = traced.row.knobs, traced.row
    rate = rate_address(training)
    cells = [("lr", knobs.lr, f"${rate[0]}${rate[1]}")]
    for name, knob in zip(training.knobs._fields, knobs, strict=True):
        if name == "lr":
            continue
        cells.append((name, knob, f"${column_letters(9 + len(cells))}$1"))
        if any(contains(value, 1 - knob) for value in row.values.values()):
            cells.append((f"1-{name}", 1 - knob, f"${column_letters(9 + len(cells))}$1"))
    return cells


def _weights(training: Training) -> tuple[Place, ...]:
    b, a, format = ("intercept", "slope", GENERAL) if training.name == "basic" else ("b", "a", FOUR_PLACES)
    return (
        Place("B1", b),
        Place("C1", key="const", format=format),
        Place("B2", a),
        Place("C2", key="slope", format=format),
    )


def _basic_header() -> tuple[Place, ...]:
    return (
        Place("E1", "learn"),
        Place("F1", key="lr"),
        Place("H2", "e=(ax+b-y)^2"),
        Place("I1", "de/db=2(ax+b-y)"),
        Place("I2", "de/da=x*2(ax+b-y)"),
    )


def _optimizer_header(training: Training, traced: Traced) -> list[Place]:
    places = [Place("D1", "learn")]
    if training.name != "rmsprop" and len(training.knobs) > 1:
        places.append(Place("I1", "beta"))
    for key, value, address in knob_cells(training, traced):
        formula = spell_inside(value, traced.places) if value.op != "symbol" else ""
        places.append(Place(address.replace("$", ""), key=key, formula=formula.replace("$", "")))
        if key != "lr":
            places.append(Place(f"{address[1]}2", key, style="note"))
    return places


def _headings(training: Training, traced: Traced) -> list[Place]:
    states = _state_names(training)
    named = [name for name in traced.letters if name not in states]
    return [Place(f"{traced.letters[name]}3", name, style="heading") for name in named]


def _state_names(training: Training) -> list[str]:
    return [name for name in training.states if name not in training.parameters]


def _seeds(training: Training, traced: Traced, below: int) -> list[Place]:
    """Return row 3's states, which the first row starts from, and the constants below the rows that they are."""
    places = [Place("N3", key=name) for name in training.seeds]
    places += [Place("N2", name, style="note") for name in training.seeds]
    for name in _state_names(training):
        letter = traced.letters[name]
        places.append(Place(f"{letter}3", key=name, formula=f"{letter}{below}"))
        places.append(Place(f"{letter}{below}", key=name))
    return places


def _rows(training: Training, traced: Traced, count: int) -> Rows:
    carried = {value: ("", place) for value, place in traced.places.items() if place.endswith(PREVIOUS)}
    carried |= {
        symbol("b"): ("C1", traced.places[traced.row.after["b"]].replace(ROW, PREVIOUS)),
        symbol("a"): ("C2", traced.places[traced.row.after["a"]].replace(ROW, PREVIOUS)),
    }
    columns = [Column("A"), Column("B")]
    for name, value in traced.row.values.items():
        spelled = spell_inside(value, traced.places)
        first, formula = carried.get(value, ("", spelled))
        columns.append(Column(traced.letters[name], formula, first, _format(training, name)))
    return Rows(FIRST_ROW, count, tuple(columns))


def _format(training: Training, name: str) -> str:
    if training.name == "basic":
        return GENERAL if name in ("intercept", "slope", "y_pred") else THOUSANDS
    if name in ("b", "a", "pred"):
        return THOUSANDS if training.name == "adam_ann" else FOUR_PLACES
    return {"de/db": TWO_PLACES, "de/da": TWO_PLACES, "new b": THOUSANDS, "new a": THOUSANDS}.get(name, GENERAL)


FOOTERS: dict[str, dict[str, tuple[str, int, str]]] = {
    "basic": {
        "rmse": ("F", 0, THOUSANDS),
        "gradient size b": ("K", 0, THOUSANDS),
        "gradient size a": ("L", 0, THOUSANDS),
    },
    "adam_ann": {
        "gradient size b": ("F", 0, TWO_PLACES),
        "gradient size a": ("G", 0, TWO_PLACES),
        "avg_grad2": ("N", 0, THOUSANDS),
        "1/m a": ("K", 1, GENERAL),
        "1/v b": ("L", 1, GENERAL),
        "gradrat": ("N", 1, GENERAL),
    },
}
"""Column, rows below the footer row, and format of what stands there; elsewhere the rmse stands below its errors."""


def _footer(training: Training, traced: Traced, rows: Rows) -> list[Place]:
    below = rows.last + 1
    ranges = {name: symbol(f"{letter}{rows.first}:{letter}{rows.last}") for name, letter in traced.letters.items()}
    states = _state_names(training)
    seeds = {name: symbol(f"{traced.letters[name]}{below}") for name in states}
    seeds |= {name: symbol(name) for name in training.seeds}
    start = {name: symbol(f"{traced.letters[name]}3") for name in states}
    values = {**training.footer(ranges), **training.sizes(seeds, start)}
    spots = FOOTERS.get(training.name) or {"rmse": (traced.letters.get("err^2", ""), 0, GENERAL)}
    named = {values["avg_grad2"]: "avg_grad2"} if "avg_grad2" in values else {}
    places = [Place(f"E{below}", "rmse")] if training.name == "basic" else []
    for key, value in values.items():
        letter, down, format = spots[key]
        formula = spell(value, {} if key == "avg_grad2" else named)
        places.append(Place(f"{letter}{below + down}", key=key, formula=formula, format=format))
    return places


def _names(training: Training, traced: Traced, rows: Rows) -> dict[str, str]:
    below = rows.last + 1
    b, a = (traced.letters[column] for column in training.last.values())
    names = {"const": "C1", "slope": "C2", "lastconst": f"{b}{rows.last}", "lastslope": f"{a}{rows.last}"}
    if training.name == "basic":
        errors = {"rmse": f"F{below}", "rmsestart": f"C{below + 3}", "rmses": f"C{below + 5}:C{below + 73}"}
        return names | errors
    if training.name != "rmsprop":
        names["lr"] = "D2"
    for field, (last, target) in training.targets.items():
        left, right = traced.letters[f"{field} b"], traced.letters[f"{field} a"]
        names |= {last: f"{left}{rows.last}:{right}{rows.last}", target: f"{left}{below}:{right}{below}"}
    if training.name == "adam_ann":
        names |= {"avg_grad2": f"N{below}", "prev_grad2": "N3", "gradrat": f"N{below + 1}"}
    return names
