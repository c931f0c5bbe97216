"""Where the corrected training sheets' cells stand, and the formulas that the tracer spells for them.

All five sheets have one shape: knobs in rows 1 and 2, headings in row 3, the values that the first row starts from in
row 4, below the headings of the columns they continue, and the data from row 5 on, as on `data`. So every row has the
same formulas, and the next epoch is one copy: the values of `last` into `start`.
"""

from typing import NamedTuple

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.description import (
    FOUR_PLACES,
    GENERAL,
    PREVIOUS,
    ROW,
    SCIENTIFIC,
    THOUSANDS,
    Chart,
    Column,
    Place,
    Rows,
    Series,
    Sheet,
    fixed,
)
from xlsgd.sheets.record import Record, record
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, symbol
from xlsgd.symbols.references import column_letters
from xlsgd.symbols.to_excel import spell, spell_inside

START = 4
FIRST_ROW = START + 1
CHARTED = 2000
"""The most rows that the chart draws."""

ONE_PAGE = 60
"""The most rows that are printed on one page, with the chart below them; beyond, the chart stands beside them."""

FORMATS = {
    "b": FOUR_PLACES,
    "a": FOUR_PLACES,
    "pred": FOUR_PLACES,
    "new b": FOUR_PLACES,
    "new a": FOUR_PLACES,
    "t": GENERAL,
    "lr": FOUR_PLACES,
    "forward off b": SCIENTIFIC,
    "central off b": SCIENTIFIC,
    "forward off a": SCIENTIFIC,
    "central off a": SCIENTIFIC,
}
"""Number formats by column; the others have thousands."""

STARTS = {"const": "new b", "slope": "new a"}
"""The keys of the two weights, and the columns that they start."""


class Traced(NamedTuple):
    """A training sheet's record, and the addresses of knobs and columns.

    `carried` are the columns that go on into the next row and epoch, side by side: the new weights and the state.
    """

    row: Record
    carried: list[str]
    knobs: dict[str, str]
    letters: dict[str, str]
    places: dict[Expression, str]


def trace(training: Training) -> Traced:
    """Return a training sheet's record with the places of its values."""
    addresses = {name: f"{column_letters(index)}2" for index, name in enumerate(training.knobs._fields, start=3)}
    row = record(training.key)
    letters = {name: column_letters(index) for index, name in enumerate(("x", "y", *row.values), start=1)}
    states = _state_columns(training)
    places = {knob: fixed(address) for knob, address in zip(row.knobs, addresses.values(), strict=True)}
    places |= {symbol(name): f"{letters[name]}{ROW}" for name in ("x", "y")}
    places |= {symbol(name): f"{letters[name]}{PREVIOUS}" for name in states}
    places |= {value: f"{letters[name]}{ROW}" for name, value in row.values.items()}
    return Traced(row, ["new b", "new a", *states], addresses, letters, places)


def _state_columns(training: Training) -> list[str]:
    return [name for name in training.states if name not in training.parameters]


def training_sheet(training: Training, count: int) -> Sheet:
    """Return the layout of a corrected training sheet with `count` data points."""
    traced = trace(training)
    rows = Rows(FIRST_ROW, count, tuple(_columns(traced)))
    left, right = (traced.letters[traced.carried[end]] for end in (0, -1))
    names = {"start": f"{left}{START}:{right}{START}", "last": f"{left}{rows.last}:{right}{rows.last}"}
    places = (*_knobs(traced), *_headings(traced), *_start(training, traced), *_footer(training, traced, rows))
    on_one_page = count <= ONE_PAGE
    letter = traced.letters["err^2"]
    last = min(rows.last, START + CHARTED)
    chart = Chart(
        title="Squared error, row by row",
        series=(Series("err^2", f"{training.name}!{letter}{FIRST_ROW}:{letter}{last}"),),
        top_left=f"C{rows.last + 4}" if on_one_page else f"{column_letters(len(rows.columns) + 2)}{FIRST_ROW}",
        columns_wide=8,
        rows_high=18,
        x="row",
        y="err^2 (logarithmic)",
        log=True,
    )
    return Sheet(
        training.name,
        places,
        rows,
        traced.knobs | names,
        freeze=f"C{FIRST_ROW}",
        charts=(chart,),
    )


def _columns(traced: Traced) -> list[Column]:
    continued = {"b": "new b", "a": "new a"}
    columns = [Column("A", f"data!B{ROW}"), Column("B", f"data!C{ROW}")]
    for name, value in traced.row.values.items():
        formula = spell_inside(value, traced.places)
        if name in continued:
            formula = f"{traced.letters[continued[name]]}{PREVIOUS}"
        columns.append(Column(traced.letters[name], formula, format=FORMATS.get(name, THOUSANDS)))
    return columns


def _knobs(traced: Traced) -> list[Place]:
    labels = [Place(address.replace("2", "1"), name, style="heading") for name, address in traced.knobs.items()]
    return labels + [Place(address, key=name) for name, address in traced.knobs.items()]


def _headings(traced: Traced) -> list[Place]:
    return [Place(f"{letter}3", name, style="heading") for name, letter in traced.letters.items()]


def _start(training: Training, traced: Traced) -> list[Place]:
    weights = [Place(f"{traced.letters[name]}{START}", key=key, format=FOUR_PLACES) for key, name in STARTS.items()]
    states = [
        Place(f"{traced.letters[name]}{START}", key=name, format=FORMATS.get(name, THOUSANDS))
        for name in _state_columns(training)
    ]
    return [Place(f"A{START}", "start", style="bold"), *weights, *states]


def _footer(training: Training, traced: Traced, rows: Rows) -> list[Place]:
    ranges = {name: symbol(f"{letter}{rows.first}:{letter}{rows.last}") for name, letter in traced.letters.items()}
    below = {"rmse": "err^2", "rms de/db": "de/db", "rms de/da": "de/da"}
    return [Place(f"A{rows.last + 1}", "root mean square", style="bold")] + [
        Place(f"{traced.letters[below[key]]}{rows.last + 1}", key=key, formula=spell(value, {}), format=THOUSANDS)
        for key, value in training.footer(ranges).items()
    ]


def data_sheet(points: Points) -> Sheet:
    """Return `data`: the points that every training sheet reads, their y by formula if they are the lesson's."""
    lesson = points is LESSON_POINTS
    line = (
        *(Place(address, text) for address, text in (("A1", "b"), ("B1", "const"), ("A2", "a"), ("B2", "slope"))),
        Place("C1", key="b"),
        Place("C2", key="a"),
        Place("E1", "y = const + x*slope. Type another slope or const, or other x: every training sheet follows."),
    )
    note = Place("E1", "Every training sheet reads these points.")
    headings = (Place(f"B{START}", "x", style="heading"), Place(f"C{START}", "y", style="heading"))
    columns = (Column("B"), Column("C", f"$C$1+B{ROW}*$C$2" if lesson else ""))
    places = (*(line if lesson else (note,)), *headings)
    return Sheet("data", places, Rows(FIRST_ROW, len(points.x), columns), freeze=f"A{FIRST_ROW}")
