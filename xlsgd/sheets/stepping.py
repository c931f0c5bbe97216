"""A training sheet that steps by a cell: what a button would have pasted is looked up from the unrolled epochs."""

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase as LETTERS
from string import digits as DIGITS
from typing import Any

from xlsgd.functions import if_above, index
from xlsgd.sheets.description import GIVEN, Chart, Choice, Place, Rows, Series, Sheet
from xlsgd.sheets.record import record
from xlsgd.sheets.unrolled import Unrolled, anneals
from xlsgd.symbols.cells import addresses, at
from xlsgd.symbols.checked import NOT_AVAILABLE
from xlsgd.symbols.expression import Expression, symbol
from xlsgd.symbols.references import column_letters, column_number

CHART_ROWS, LOWEST_ROOM = 10, 3
"""How high a chart is, and how many rows below the points are printed at least."""

GUTTER, CHART_COLUMN = 1.0, 7.0
"""The widths of the column between the rows and the charts, and of those below the charts."""

SCREEN = 18
"""How many columns a screen shows about: what is left of them beside the rows is for the charts."""

LEAST_WIDE, MOST_WIDE = 4, 7
"""How many columns wide a chart is."""

TWO, TOGETHER = 2, 20
"""How many parameters have an axis each; of more, so many share one."""


def stepping(
    sheet: Sheet,
    where: Unrolled,
    epoch: int = 0,
    losses: tuple[Any, ...] = (),
    drawn: Sequence[Chart] | None = None,
) -> Sheet:
    """Return the training sheet with a cell for the epoch, and its state looked up by it.

    Typing a number over what is looked up still works, as on the course's sheet.

    Args:
        sheet: the sheet, as it stands in that epoch.
        where: its epochs on their own sheet.
        epoch: the epoch that the cell holds.
        losses: the epochs' losses, from the first after the reset on, as far as the list of errors shows them.
        drawn: the charts, in place of those of the loss and of each parameter.
    """
    places = [_look_up(place, where) for place in sheet.places]
    places += [Place(_above(where), "epoch", style="bold")]
    places += [Place(where.layout.epoch, "", "epoch", epoch, style="entry")]
    if anneals(where.training):
        places.append(Place("E1", "at reset", style="shown"))
        places.append(Place("E2", key="lr at reset", value=where.training.knobs.lr))
    errors = _error_list(sheet, where, losses)
    charts = (*sheet.charts, *(_charts(sheet, where) if drawn is None else drawn))
    note = f"0 is the sheet just after a reset; type up to {where.epochs} to see it after that many epochs."
    return sheet._replace(
        places=(*places, *_entries(errors), *errors),
        charts=charts,
        choices=(Choice(where.layout.epoch, 0, where.epochs, "Epoch", note),),
        hide_missing=f"{errors[0].address}:{errors[-1].address}" if errors else "",
        printed="" if drawn is not None else _printed(sheet, charts),
        widths={**sheet.widths, **({} if drawn is not None or _gap(where) else _widths(sheet))},
    )


def _printed(sheet: Sheet, charts: Sequence[Chart]) -> str:
    lowest = max(int(chart.top_left.lstrip(LETTERS)) + chart.rows_high for chart in charts)
    right = max(column_number(chart.top_left.rstrip(DIGITS)) + chart.columns_wide - 1 for chart in charts)
    right = max(right, len(_rows(sheet).columns))
    return f"A1:{column_letters(right)}{max(lowest, _rows(sheet).last + LOWEST_ROOM)}"


def _look_up(place: Place, where: Unrolled) -> Place:
    """Return a cell that a button would paste into with the formula that looks its value up, any other as it is."""
    training = where.training
    pasted = {start for start, _ in training.starts.values()} | {*training.carried, *training.seeds}
    pasted |= {"lr"} if anneals(training) else set()
    if place.formula is not None or place.key not in pasted:
        return place
    return place._replace(formula=index(where.line(str(place.key)), _epoch(where) + 1))


def _epoch(where: Unrolled) -> Expression:
    return at(where.layout.epoch, fixed=True)


def _above(where: Unrolled) -> str:
    """Return the cell above the epoch's."""
    return f"A{int(where.layout.epoch[1:]) - 1}"


def _error_list(sheet: Sheet, where: Unrolled, losses: tuple[Any, ...]) -> list[Place]:
    """Return the cells of `basic`'s error list: the rmse of each epoch up to the chosen one."""
    if "rmses" not in sheet.names:
        return []
    first = int(addresses(sheet.names["rmses"]).split(":")[0][1:])
    shown = [*losses, *(NOT_AVAILABLE for _ in range(where.epochs - len(losses)))]
    return [
        Place(
            f"C{first + i}",
            key=("rmse", i),
            value=shown[i],
            formula=if_above(_epoch(where), i, index(where.line("loss"), i + 2), NOT_AVAILABLE),
        )
        for i in range(where.epochs)
    ]


def _entries(errors: Sequence[Place]) -> Iterator[Place]:
    """Yield the epochs of the list of errors, beside it."""
    for i, error in enumerate(errors, start=1):
        row = int(error.address[1:])
        if i == 1:
            yield Place(f"B{row - 1}", "epoch", style="note right")
        yield Place(f"B{row}", key=("epoch", i), value=i, style=GIVEN)


def _beside(sheet: Sheet, further: int) -> str:
    """Return the column that is so many further right than all that stands beside or above the rows."""
    first = _rows(sheet).first
    cells = [(place.address.rstrip(DIGITS), int(place.address.lstrip(LETTERS))) for place in sheet.places]
    used = [column_number(letter) for letter, row in cells if row >= first - 2]
    return column_letters(max(*used, len(_rows(sheet).columns)) + further)


def _widths(sheet: Sheet) -> dict[str, float]:
    """Return the widths of the columns beside the rows."""
    return {_beside(sheet, 1): GUTTER} | {_beside(sheet, i): CHART_COLUMN for i in range(2, 2 + MOST_WIDE)}


def _gap(where: Unrolled) -> int:
    """Return how many rows are free for charts between the knobs and the headings."""
    return where.layout.headings - int(where.layout.epoch[1:]) - 1


def _rows(sheet: Sheet) -> Rows:
    assert sheet.rows is not None
    return sheet.rows


def _charts(sheet: Sheet, where: Unrolled) -> tuple[Chart, ...]:
    """Return charts of the loss and of the parameters by epoch: beside the first rows, or in the rows free for them."""
    parameters = {_heading(where, name): (name, start) for name, (start, _) in where.training.starts.items()}
    gap, top = _gap(where), int(where.layout.epoch[1:]) + 1
    first = column_number(_beside(sheet, 2))
    wide = MOST_WIDE if gap else max(LEAST_WIDE, min(MOST_WIDE, SCREEN - first + 2))
    places = [f"{column_letters(first)}{_rows(sheet).first + i * CHART_ROWS}" for i in range(2)]
    if gap:
        places = [f"A{top}", f"{column_letters(MOST_WIDE + 2)}{top}"]
    lines = (Series("loss", where.line("loss"), where.line("epoch")),)
    loss = _by_epoch(where, "Loss by epoch", where.training.loss_name, lines)._replace(log=True)
    return tuple(
        chart._replace(top_left=place, columns_wide=wide)
        for chart, place in zip((loss, _of_parameters(where, parameters)), places, strict=True)
    )


def _by_epoch(where: Unrolled, title: str, y: str, lines: tuple[Series, ...]) -> Chart:
    return Chart(title, lines, "", 0, CHART_ROWS, "epoch", y, "scatter", x_most=where.epochs, x_least=0)


def _of_parameters(where: Unrolled, parameters: Mapping[str, tuple[str, str]]) -> Chart:
    """Return the chart of the parameters: two have an axis each, and a dashed line where the answer is known."""
    epochs, apart = where.line("epoch"), len(parameters) == TWO
    lines: list[Series] = []
    for i, (heading, (name, start)) in enumerate(list(parameters.items())[:TOGETHER]):
        second = apart and i == 1
        lines.append(Series(heading, where.line(start), epochs, second=second))
        if where.answered:
            answer, own = where.line(f"answer {name}"), len(lines) - 1
            lines.append(Series("answer", answer, epochs, "dashed", second=second, like=own))
    if not apart:
        return _by_epoch(where, "Parameters by epoch", "parameter", tuple(lines))
    left, right = parameters
    chart = _by_epoch(where, f"{left} and {right} by epoch", left, tuple(lines))
    return chart._replace(y_second=right)


def _heading(where: Unrolled, parameter: str) -> str:
    """Return what the sheet calls a parameter in its row."""
    values = record(where.training.key).values
    return next((name for name, value in values.items() if value == symbol(parameter)), parameter)
