"""Where everything stands on a training sheet that has no model in the course's workbook.

All such sheets have one shape: knobs in rows 1 and 2, headings in row 3, the values that the first row starts from in
row 4, below the headings of the columns they continue, and the points from row 5 on. So every row has the same
formulas, and the next epoch is one copy: the values of the last row into row 4. Where a text stands on top, all of it
stands lower, and where charts stand below the knobs, the headings and the rows do.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from xlsgd.sheets.description import Place, Rows
from xlsgd.sheets.layout import Below, Layout, Letters, shown_by
from xlsgd.sheets.placer import place_row
from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import symbol
from xlsgd.symbols.references import column_letters, is_name

HEADINGS = 3
START = 4
FIRST_ROW = START + 1
FIRST_KNOB = 3
"""The column of the first knob."""


BESIDE = 13
"""Up to how many columns of rows leave room on a screen for charts beside them."""

ROOM = 11
"""How many rows are left free for charts above the headings of a sheet with more columns."""


def room_for_charts(training: Training) -> int:
    """Return how many rows a sheet needs above its headings for charts that are seen at once."""
    traced = record(training.key)
    return ROOM if len(traced.point) + len(traced.values) > BESIDE else 0


def with_room(training: Training) -> Training:
    """Return a training sheet that leaves room for its charts, if it does not say itself where its cells stand."""
    gap = room_for_charts(training)
    return training if training.layout or not gap else training._replace(layout=general_layout(training, gap=gap))


def layout_of(training: Training) -> Layout:
    """Return where a training sheet's cells stand: as it says itself, or as on any other."""
    return training.layout or general_layout(training)


def general_layout(
    training: Training,
    formats: Mapping[str, str] = {},
    format: str = "",
    footer: str = "",
    points_on: str = "",
    names_rule: bool = True,
    top: int = 0,
    gap: int = 0,
) -> Layout:
    """Return where a training sheet's cells stand.

    Args:
        training: the sheet.
        formats: the number formats of columns, by heading.
        format: that of the others; by default what suits the column (see `shown_by`).
        footer: what the row below the points is called.
        points_on: as of `Layout`.
        names_rule: whether the sheet says what its model and its rule are called, in B1 and B2.
        top: how many rows are left free above the knobs.
        gap: how many rows are left free between the knobs and the headings.
    """
    start = START + top + gap
    traced = record(training.key)
    letters = {name: column_letters(i) for i, name in enumerate((*traced.point, *traced.values), start=1)}
    starts = {start: _continued(training, name) for name, (start, _) in training.starts.items()}
    own = {name: format or shown_by(name) for name in traced.values} | dict(formats)
    formats_of_starts = {start: own[column] for start, column in starts.items()}
    return Layout(
        head=(*(_named(training, top) if names_rule else ()), *_knobs(training.knobs._fields, top)),
        first_row=start + 1,
        headings=start - 1,
        freeze="" if top or gap else f"{column_letters(len(traced.point) + 1)}{FIRST_ROW}",
        formats=own,
        start=(
            Place(f"A{start}", "start", style="bold"),
            *(Place(f"{letters[c]}{start}", key=name, format=formats_of_starts[name]) for name, c in starts.items()),
        ),
        heads_states=True,
        seeds_below=False,
        below=(
            *([Below("A", 1, footer, style="bold")] if footer else []),
            *_footer(training, letters, own),
        ),
        names=partial(_names, top=top),
        points_on=points_on,
        points_row=FIRST_ROW if points_on and start + 1 != FIRST_ROW else 0,
        epoch=f"A{top + 2}",
    )


def _named(training: Training, top: int) -> tuple[Place, ...]:
    return (
        Place(f"B{top + 1}", training.model.name, style="heading"),
        Place(f"B{top + 2}", training.rule_name, style="shown"),
    )


def _knobs(names: Iterable[str], top: int) -> Iterable[Place]:
    """Yield the knobs' headings, then their cells."""
    letters = {name: column_letters(i) for i, name in enumerate(names, start=FIRST_KNOB)}
    yield from (Place(f"{letter}{top + 1}", name, style="heading") for name, letter in letters.items())
    yield from (Place(f"{letter}{top + 2}", key=name) for name, letter in letters.items())


def _continued(training: Training, parameter: str) -> str:
    """Return the column that a parameter goes on from in the next row."""
    traced = record(training.key)
    return next(name for name, value in traced.values.items() if value is traced.after[parameter])


def _footer(training: Training, letters: Letters, formats: Mapping[str, str]) -> Iterable[Below]:
    """Yield what stands below the rows, each value below the column that it is made from."""
    values = training.footer({column: symbol(column) for column in training.footer_columns})
    for key, column in zip(values, training.footer_columns, strict=True):
        yield Below(letters[column], 1, key=key, format=formats[column])


def _names(training: Training, letters: Letters, rows: Rows, top: int) -> dict[str, str]:
    """Return the knobs' names, `start` for the row of starting values, and `last` for the last row's."""
    knobs = {name: f"{column_letters(i)}{top + 2}" for i, name in enumerate(training.knobs._fields, start=FIRST_KNOB)}
    names = {"start": _across(training, letters, rows.first - 1), "last": _across(training, letters, rows.last)}
    return {name: cell for name, cell in knobs.items() if is_name(name)} | names


def _across(training: Training, letters: Letters, row: int) -> str:
    """Return the range of all that goes on to the next epoch, parameters and states, in a row."""
    carried = [*(_continued(training, name) for name in training.parameters), *training.carried]
    return f"{letters[carried[0]]}{row}:{letters[carried[-1]]}{row}"


def button_cells(training: Training, n: int) -> dict[str, str]:
    """Return the addresses of all that a button reads or writes, by name, on a sheet of so many points."""
    letters = place_row(training, layout_of(training)).letters
    cells = {name: f"{column_letters(i)}2" for i, name in enumerate(training.knobs._fields, start=FIRST_KNOB)}
    for row, which in ((FIRST_ROW + n - 1, 0), (START, 1)):
        cells["start" if which else "last"] = _across(training, letters, row)
        for field, names in training.targets.items():
            own = training.states_of(field)
            cells[names[which]] = f"{letters[own[0]]}{row}:{letters[own[-1]]}{row}"
    starts = {start: _continued(training, name) for name, (start, _) in training.starts.items()}
    return cells | {start: f"{letters[column]}{START}" for start, column in starts.items()}
