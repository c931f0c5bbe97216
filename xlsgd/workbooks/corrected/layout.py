"""Where the corrected sheets' cells stand: as on any training sheet, with points on `data` and a chart of the loss."""

from collections.abc import Sequence

from xlsgd.sheets.description import (
    FOUR_PLACES,
    GENERAL,
    SCIENTIFIC,
    THOUSANDS,
    Chart,
    Column,
    Place,
    Rows,
    Series,
    Sheet,
)
from xlsgd.sheets.general_layout import FIRST_ROW, START, general_layout
from xlsgd.sheets.layout import Layout, Letters
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import area, at, here
from xlsgd.symbols.references import column_letters

CHARTED = 2000
"""The most rows that the chart draws."""

ONE_PAGE = 60
"""The most rows that are printed on one page, with the chart below them; beyond, the chart stands beside them."""

FORMATS = {
    **dict.fromkeys(("b", "a", "pred", "new b", "new a", "lr"), FOUR_PLACES),
    "t": GENERAL,
    **dict.fromkeys(("forward off b", "central off b", "forward off a", "central off a"), SCIENTIFIC),
}
"""Number formats by column; the others have thousands."""


def corrected_layout(training: Training) -> Layout:
    """Return where a corrected training sheet's cells stand."""
    layout = general_layout(training, FORMATS, THOUSANDS, "root mean square", points_on="data", names_rule=False)
    return layout._replace(charts=_squared_error)


def _squared_error(training: Training, letters: Letters, rows: Rows) -> tuple[Chart, ...]:
    letter, last = letters["err^2"], min(rows.last, START + CHARTED)
    on_one_page = rows.n <= ONE_PAGE
    chart = Chart(
        title="Squared error, row by row",
        series=(Series("err^2", area(f"{letter}{FIRST_ROW}:{letter}{last}", training.name, fixed=True)),),
        top_left=f"C{rows.last + 4}" if on_one_page else f"{column_letters(len(rows.columns) + 2)}{FIRST_ROW}",
        columns_wide=8,
        rows_high=18,
        x="row",
        y="err^2 (logarithmic)",
        log=True,
    )
    return (chart,)


def data_sheet(x: Sequence[float], y: Sequence[float], lesson: bool) -> Sheet:
    """Return `data`: the points that every training sheet reads, their y by formula if they are the lesson's."""
    line = (
        *(Place(address, text) for address, text in (("A1", "b"), ("B1", "const"), ("A2", "a"), ("B2", "slope"))),
        Place("C1", key="b", value=30.0),
        Place("C2", key="a", value=2.0),
        Place("E1", "y = const + x*slope. Type another slope or const, or other x: every training sheet follows."),
    )
    note = Place("E1", "Every training sheet reads these points.")
    headings = (Place(f"B{START}", "x", style="heading"), Place(f"C{START}", "y", style="heading"))
    on_the_line = at("C1", fixed=True) + here(2) * at("C2", fixed=True)
    columns = (Column("B"), Column("C", on_the_line if lesson else None))
    rows = Rows(FIRST_ROW, len(x), columns, values=zip(x, y, strict=True))
    return Sheet("data", (*(line if lesson else (note,)), *headings), rows, freeze=f"A{FIRST_ROW}")
