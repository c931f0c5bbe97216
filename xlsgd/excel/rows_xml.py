"""A sheet's rows straight into its XML, a formula and its value together.

XlsxWriter holds every cell of a sheet as an object and spells it with some thirty regular expressions; for a sheet
whose rows all have one shape a template does. `StreamedWorksheet` is an ordinary XlsxWriter worksheet but for that:
it leaves a mark where the rows belong, and `render` writes them elsewhere. The private methods it relies on are
`_write_sheet_data`, `_write_rows`, `_check_dimensions`, `_prepare_formula` and `_xml_number_element` (XlsxWriter 3.2
and 3.3; a test guards them).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

import msgspec
from xlsxwriter.worksheet import Worksheet

from xlsgd.excel.row_templates import PASS, POINT, PREVIOUS, ROW, templates
from xlsgd.sheets.description import Rows
from xlsgd.symbols.checked import ExcelError, Number
from xlsgd.symbols.references import column_number

CHUNK = 1000

Extremes = list[list[Number]]
"""For each column the values that may need the most room."""


class Out(Protocol):
    """What takes texts, such as a file."""

    def write(self, text: str, /) -> Any:
        """Take a text."""


class StreamedWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is not typed
    """A worksheet that may leave a mark for its rows, and whose numbers keep all their digits."""

    rows: Rows | None = None
    mark: str
    dim_rowmin: int
    dim_rowmax: int

    def leave_room(self, rows: Rows, mark: str) -> None:
        """Write a mark in place of the rows."""
        self.rows = rows
        self.mark = mark
        self._check_dimensions(rows.first - 1, 0)
        self._check_dimensions(rows.last - 1, column_number(rows.columns[-1].letter) - 1)

    def _write_sheet_data(self) -> None:
        if self.rows is None:
            super()._write_sheet_data()
            return
        first, last = self.dim_rowmin, self.dim_rowmax
        self._xml_start_tag("sheetData")
        self._write_rows_between(first, self.rows.first - 2)
        self.fh.write(self.mark)
        self._write_rows_between(self.rows.last, last)
        self._xml_end_tag("sheetData")
        self.dim_rowmin, self.dim_rowmax = first, last

    def _write_rows_between(self, first: int, last: int) -> None:
        self.dim_rowmin, self.dim_rowmax = first, last
        self._write_rows()

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # XlsxWriter looks for some thirty functions that Excel stores under another name; no formula of ours has any.
        return formula.removeprefix("=")

    def _get_range_data(self, *corners: int) -> list[Any]:
        # XlsxWriter would give a chart 0 for an error; a missing point is none.
        return [None if isinstance(value, ExcelError) else value for value in super()._get_range_data(*corners)]

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        # XlsxWriter cuts to 16 digits, which is not always the same float; repr always is.
        spelled = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{spelled}><v>{number!r}</v></c>")


def render(
    rows: Rows,
    styles: Sequence[int],
    out: Out,
    progress: Callable[[int], None],
    share: bool = False,
) -> Extremes:
    """Write the XML of a sheet's rows.

    Args:
        rows: the rows; error values are ExcelErrors.
        styles: each column's style index in the workbook.
        out: where the XML goes.
        progress: is told of every some rows written.
        share: whether rows share their formulas.

    Returns:
        For each column its least and greatest number and its error values, each where there is one.
    """
    extremes: Extremes = [[] for _ in rows.columns]
    template_of = templates(rows, styles, share)
    place = _place_in_passes if rows.start or rows.points else _place
    index = 0
    for chunk in _chunks(iter(rows.values)):
        columns = list(zip(*chunk, strict=True))
        errors = [_widen(seen, column) for seen, column in zip(extremes, columns, strict=True)]
        whole = not any(errors)
        spelled = zip(*map(_spelled, columns), strict=True) if whole else chunk
        texts = []
        for row in spelled:
            text = place(template_of(index), rows, index)
            texts.append(text % row if whole else _fill_with_errors(text, row))
            index += 1
        out.write("".join(texts))
        progress(len(chunk))
    return extremes


def _chunks(values: Iterator[tuple[Number, ...]]) -> Iterator[list[tuple[Number, ...]]]:
    while chunk := list(islice(values, CHUNK)):
        yield chunk


def _widen(seen: list[Number], column: Sequence[Any]) -> bool:
    """Keep the column's extremes, and return whether it holds errors."""
    errors = _errors(column)
    numbers = [value for value in column if not isinstance(value, ExcelError)] if errors else column
    kept = [value for value in seen if not isinstance(value, ExcelError)]
    bounds = [*kept, *numbers]
    seen[:] = [*({min(bounds), max(bounds)} if bounds else ()), *{*errors, *(set(seen) - set(kept))}]
    return bool(errors)


def _errors(column: Sequence[Any]) -> list[ExcelError]:
    try:
        sum(column)  # the fastest way to meet a text
    except TypeError:
        return [value for value in column if isinstance(value, ExcelError)]
    return []


def _spelled(column: Sequence[Number]) -> list[str]:
    """Return each number in the fewest digits that give it back, ten times as fast as `repr`."""
    return msgspec.json.encode(column).decode()[1:-1].split(",")


def _place(template: str, rows: Rows, index: int) -> str:
    number = rows.first + index
    return template.replace(ROW, str(number)).replace(PREVIOUS, str(number - 1))


def _place_in_passes(template: str, rows: Rows, index: int) -> str:
    done, point = divmod(index, rows.n)
    text = _place(template, rows, index)
    return text.replace(PASS, str(rows.start + done)).replace(POINT, str(rows.points + point))


def _fill_with_errors(text: str, row: tuple[Number, ...]) -> str:
    """Fill in a row's values of which some are errors: their cells are of type `e`."""
    cells = text.split("<c ")
    for index, value in enumerate(row, start=1):
        if isinstance(value, ExcelError):
            cells[index] = f't="e" {cells[index]}'
    return "<c ".join(cells) % row
