"""A training sheet that steps by a cell: what a button would have pasted is looked up from the unrolled epochs."""

from collections.abc import Sequence
from string import ascii_uppercase as LETTERS
from typing import Any

from xlsgd.functions import if_above, index
from xlsgd.sheets.description import Chart, Choice, Place, Rows, Series, Sheet
from xlsgd.sheets.record import record
from xlsgd.sheets.unrolled import Unrolled, anneals
from xlsgd.symbols.cells import addresses, at
from xlsgd.symbols.checked import NOT_AVAILABLE
from xlsgd.symbols.expression import Expression, symbol
from xlsgd.symbols.references import column_letters

CHART_COLUMNS, CHART_ROWS = 7, 12

WIDE = 26
"""From how many columns on the charts stand below the rows: beside them nobody would find them."""

CHARTED_ALONE, CHARTED_TOGETHER = 4, 20
"""Up to how many parameters have a chart each; of more, so many share one."""


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
        places += [Place("E1", "at reset"), Place("E2", key="lr at reset", value=where.training.knobs.lr)]
    errors = _error_list(sheet, where, losses)
    charts = (*sheet.charts, *(_charts(sheet, where) if drawn is None else drawn))
    note = f"0 is the sheet just after a reset; type up to {where.epochs} to see it after that many epochs."
    return sheet._replace(
        places=(*places, *errors),
        charts=charts,
        choices=(Choice(where.layout.epoch, 0, where.epochs, "Epoch", note),),
        hide_missing=f"{errors[0].address}:{errors[-1].address}" if errors else "",
        printed="" if _is_wide(sheet) or drawn is not None else _printed(sheet, charts),
    )


def _printed(sheet: Sheet, charts: Sequence[Chart]) -> str:
    lowest = max(int(chart.top_left.lstrip(LETTERS)) + chart.rows_high for chart in charts)
    return f"A1:{_chart_column(sheet, CHART_COLUMNS)}{lowest}"


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


def _chart_column(sheet: Sheet, further: int = 0) -> str:
    """Return the column where the charts begin, one free column beside the rows, or one further right."""
    return column_letters((0 if _is_wide(sheet) else len(_rows(sheet).columns)) + 2 + further)


def _is_wide(sheet: Sheet) -> bool:
    return len(_rows(sheet).columns) >= WIDE


def _rows(sheet: Sheet) -> Rows:
    assert sheet.rows is not None
    return sheet.rows


def _charts(sheet: Sheet, where: Unrolled) -> tuple[Chart, ...]:
    """Return charts beside the columns: the loss, and each parameter against its answer, by epoch."""
    left, epochs = _chart_column(sheet), where.line("epoch")
    top = _rows(sheet).last + 3 if _is_wide(sheet) else 4

    def chart(title: str, row: int, y: str, log: bool, *series: tuple[str, str, str]) -> Chart:
        lines = tuple(Series(name, where.line(key), epochs, style) for name, key, style in series)
        return Chart(title, lines, f"{left}{row}", CHART_COLUMNS, CHART_ROWS, "epoch", y, "scatter", log, where.epochs)

    charts = [chart("Loss by epoch", top, where.training.loss_name, True, ("loss", "loss", "line"))]
    shown = {_heading(where, name): (name, start) for name, (start, _) in where.training.starts.items()}
    if len(shown) > CHARTED_ALONE:
        lines = [(heading, start, "line") for heading, (_, start) in shown.items()][:CHARTED_TOGETHER]
        return *charts, chart("Parameters by epoch", top + CHART_ROWS, "parameter", False, *lines)
    for position, (heading, (name, start)) in enumerate(shown.items(), start=1):
        answer = [("answer", f"answer {name}", "dashed")] if where.answered else []
        row = top + position * CHART_ROWS
        charts.append(chart(f"{heading} by epoch", row, heading, False, (heading, start, "line"), *answer))
    return tuple(charts)


def _heading(where: Unrolled, parameter: str) -> str:
    """Return what the sheet calls a parameter in its row."""
    values = record(where.training.key).values
    return next((name for name, value in values.items() if value == symbol(parameter)), parameter)
