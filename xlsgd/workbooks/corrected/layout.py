"""Where the corrected sheets' cells stand: as on any training sheet, with points on `data` and charts row by row."""

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
from xlsgd.sheets.general_layout import FIRST_ROW, ROOM, START, general_layout
from xlsgd.sheets.layout import Layout, Letters
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import area, at, here

CHARTED = 2000
"""The most rows that the charts draw."""

FORMATS = {
    **dict.fromkeys(("b", "a", "pred", "new b", "new a", "lr"), FOUR_PLACES),
    "t": GENERAL,
    **dict.fromkeys(("forward off b", "central off b", "forward off a", "central off a"), SCIENTIFIC),
}
"""Number formats by column; the others have thousands."""


def corrected_layout(training: Training) -> Layout:
    """Return where a corrected training sheet's cells stand."""
    return general_layout(
        training, FORMATS, THOUSANDS, "root mean square", points_on="data", names_rule=False, gap=ROOM
    )._replace(charts=_row_by_row)


def _row_by_row(training: Training, letters: Letters, rows: Rows) -> tuple[Chart, ...]:
    """Return charts of the loss and of the line, above the headings, where a change is seen at once."""

    def series(heading: str, second: bool = False) -> Series:
        letter, last = letters[heading], min(rows.last, rows.first + CHARTED - 1)
        return Series(heading, area(f"{letter}{rows.first}:{letter}{last}", training.name, fixed=True), second=second)

    top, high = START - 1, ROOM - 1
    loss = Chart("Squared error, row by row", (series("err^2"),), f"A{top}", 7, high, "row", "err^2", log=True)
    line = Chart("b and a, row by row", (series("b"), series("a", second=True)), f"I{top}", 7, high, "row", "b")
    return loss, line._replace(y_second="a")


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
