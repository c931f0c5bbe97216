"""A training sheet that steps by a cell: what a button would have pasted is looked up from the history instead."""

from string import ascii_uppercase as LETTERS

from xlsgd.sheets.description import Chart, Choice, Place, Series, Sheet, fixed
from xlsgd.sheets.layout.history import Run, anneals
from xlsgd.symbols.references import column_letters

CHART_COLUMNS, CHART_ROWS = 7, 12


def stepping(sheet: Sheet, run: Run) -> Sheet:
    """Return the training sheet with a cell for the epoch, A2, and its state looked up by it.

    Typing a number over what is looked up still works, as on the course's sheet.
    """
    looked_up = _looked_up(sheet, run)
    places = [_look_up(place, run, looked_up) for place in sheet.places]
    places += [Place("A1", "epoch", style="bold"), Place("A2", key="epoch", style="entry")]
    if anneals(run.training):
        places += [Place("E1", "at reset"), Place("E2", key="lr at reset")]
    errors = _error_list(sheet, run)
    charts = (*sheet.charts, *_charts(sheet, run))
    printed_rows = max(int(chart.top_left.lstrip(LETTERS)) + chart.rows_high for chart in charts)
    note = f"0 is the sheet just after a reset; type up to {run.epochs} to see it after that many epochs."
    return sheet._replace(
        places=(*places, *errors),
        charts=charts,
        choices=(Choice("A2", 0, run.epochs, "Epoch", note),),
        hide_missing=f"{errors[0].address}:{errors[-1].address}" if errors else "",
        printed=f"A1:{_chart_column(sheet, CHART_COLUMNS)}{printed_rows}",
    )


def _looked_up(sheet: Sheet, run: Run) -> dict[str, str]:
    """Return the addresses of the cells that a button would paste into, with the name that each looks up."""
    found = {"C1": "const", "C2": "slope"}
    targets = {target for _, target in run.training.targets.values()}
    below = {sheet.names[target] for target in targets}
    for place in sheet.places:
        is_seed = any(place.address in area.split(":") for area in below)
        if (is_seed or place.key in run.training.seeds) and not place.text and not place.formula:
            found[place.address] = str(place.key)
    return found | ({"D2": "lr"} if anneals(run.training) else {})


def _look_up(place: Place, run: Run, looked_up: dict[str, str]) -> Place:
    if place.address not in looked_up:
        return place
    return place._replace(formula=f"INDEX({fixed(run.line(looked_up[place.address]))},$A$2+1)")


def _error_list(sheet: Sheet, run: Run) -> list[Place]:
    """Return the cells of `basic`'s error list: the rmse of each epoch up to the chosen one."""
    if "rmses" not in sheet.names:
        return []
    first = int(sheet.names["rmses"].split(":")[0][1:])
    losses = fixed(run.line("loss"))
    return [
        Place(f"C{first + i}", key="no error yet", formula=f"IF($A$2>{i},INDEX({losses},{i + 2}),NA())")
        for i in range(run.epochs)
    ]


def _chart_column(sheet: Sheet, further: int = 0) -> str:
    """Return the column where the charts begin, one free column beside the rows, or one further right."""
    assert sheet.rows is not None
    return column_letters(len(sheet.rows.columns) + 2 + further)


def _charts(sheet: Sheet, run: Run) -> tuple[Chart, ...]:
    """Return three charts beside the columns: the loss, and each weight against its answer, by epoch."""
    left = _chart_column(sheet)
    epochs = run.line("epoch")

    def chart(title: str, row: int, y: str, log: bool, *series: tuple[str, str, str]) -> Chart:
        lines = tuple(Series(name, run.line(key), epochs, style) for name, key, style in series)
        return Chart(title, lines, f"{left}{row}", CHART_COLUMNS, CHART_ROWS, "epoch", y, "scatter", log, run.epochs)

    b, a = ("intercept", "slope") if run.training.name == "basic" else ("b", "a")
    return (
        chart("Loss by epoch", 4, "root of summed err^2", True, ("loss", "loss", "line")),
        chart(f"{b} by epoch", 4 + CHART_ROWS, b, False, (b, "const", "line"), ("answer", "answer b", "dashed")),
        chart(f"{a} by epoch", 4 + 2 * CHART_ROWS, a, False, (a, "slope", "line"), ("answer", "answer a", "dashed")),
    )
