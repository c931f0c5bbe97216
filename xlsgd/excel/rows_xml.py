"""A sheet's rows straight into its XML, a formula and its value together.

XlsxWriter holds every cell of a sheet as an object and spells it with some thirty regular expressions; for a sheet
whose rows all have one shape a template does. `StreamedWorksheet` is an ordinary XlsxWriter worksheet but for that:
it leaves a mark where the rows belong, and `render` writes them elsewhere. The private methods it relies on are
`_write_sheet_data`, `_write_rows`, `_check_dimensions`, `_prepare_formula` and `_xml_number_element` (XlsxWriter 3.2
and 3.3; a test guards them).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, repeat
from typing import Any, Protocol

import msgspec
from xlsxwriter.worksheet import Worksheet

from xlsgd.excel.row_templates import PASS, POINT, PREVIOUS, ROW, VALUE, SpelledRows, templates
from xlsgd.sheets.chunks import NumberColumns, chunks_of
from xlsgd.sheets.description import Rows
from xlsgd.symbols.checked import ExcelError, Number
from xlsgd.symbols.references import column_number

Extremes = list[list[Number]]
"""For each column the values that may need the most room."""


class Out(Protocol):
    """What takes texts, such as a file."""

    def write(self, text: str, /) -> Any:
        """Take a text."""

    def write_rows(self, text: bytes, rows: SpelledRows, /) -> Any:
        """Take a text that is these rows, as UTF-8."""


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
    index = 0
    for columns, bounds in chunks_of(rows.values):
        errors = [_widen(seen, some) for seen, some in zip(extremes, bounds, strict=True)]
        indices = range(index, index + len(columns[0]))
        if any(errors):
            each_row = zip(indices, zip(*columns, strict=True), strict=True)
            texts = [_with_errors(template_of(i), rows, i, row) for i, row in each_row]
            out.write("".join(texts))
        else:
            for text, alike in _filled(template_of, rows, indices, columns):
                out.write_rows(text, alike)
        progress(len(indices))
        index = indices.stop
    return extremes


def _widen(seen: list[Number], column: Sequence[Number]) -> bool:
    """Keep the column's extremes, and return whether it holds errors."""
    bounds = _bounds(column)
    errors = [] if bounds else [value for value in column if isinstance(value, ExcelError)]
    bounds = bounds or [value for value in column if not isinstance(value, ExcelError)]
    kept = [value for value in seen if not isinstance(value, ExcelError)]
    bounds = [*kept, *bounds]
    seen[:] = [*({min(bounds), max(bounds)} if bounds else ()), *{*errors, *(set(seen) - set(kept))}]
    return bool(errors)


def _bounds(column: Sequence[Any]) -> list[Number]:
    """Return the least and the greatest of numbers, or nothing if there are errors among them."""
    try:
        bounds = [min(column), max(column)]
    except TypeError:  # a text is neither more nor less than a number
        return []
    return [] if isinstance(bounds[0], ExcelError) else bounds


def _filled(
    template_of: Callable[[int], str], rows: Rows, indices: range, columns: NumberColumns
) -> Iterator[tuple[bytes, SpelledRows]]:
    """Yield the text of rows without errors, those that have one template together."""
    done = 0
    for template, alike in groupby(indices, template_of):
        start, done = done, done + len(list(alike))
        first = rows.first + indices[start]
        spelled = [_spelled(column[start:done]) for column in columns]
        numbers = map(b"%d".__mod__, range(first, first + done - start))
        texts = map(bytes.join, numbers, zip(*_between_numbers(template, spelled, done - start), strict=True))
        if any(mark in template for mark in (PREVIOUS, PASS, POINT)):
            decoded = map(bytes.decode, texts)
            texts = map(str.encode, map(_placed, decoded, repeat(rows), indices[start:done]))
        yield b"".join(texts), SpelledRows(template, first, spelled, done - start)


def _spelled(column: Sequence[Number]) -> bytes:
    """Return each number in the fewest digits that give it back, ten times as fast as `repr`, with commas between."""
    return msgspec.json.encode(column)[1:-1]


def _between_numbers(template: str, columns: Iterable[bytes], n: int) -> Iterator[Iterable[bytes]]:
    """Yield what stands between two numbers of the row, for each of `n` rows."""
    remaining = iter(columns)
    for part in map(str.encode, template.split(ROW)):
        before, value, after = part.partition(VALUE.encode())
        if value:
            numbers = next(remaining).replace(b",", after + value + before)
            yield (before + numbers + after).split(value)
        else:
            yield repeat(part, n)


def _placed(text: str, rows: Rows, index: int) -> str:
    done, point = divmod(index, rows.n)
    text = text.replace(PREVIOUS, str(rows.first + index - 1))
    return text.replace(PASS, str(rows.start + done)).replace(POINT, str(rows.points + point))


def _with_errors(template: str, rows: Rows, index: int, row: tuple[Number, ...]) -> str:
    """Return the text of a row of whose values some are errors: their cells are of type `e`."""
    cells = _placed(template.replace(ROW, str(rows.first + index)), rows, index).split("<c ")
    for cell, value in enumerate(row, start=1):
        kind = 't="e" ' if isinstance(value, ExcelError) else ""
        cells[cell] = kind + cells[cell].replace(VALUE, str(value))
    return "<c ".join(cells)
