"""What `_uno_worker.py` does with a document in LibreOffice: load it, read and assign its cells, run its macros.

It needs Python 3.9 and the standard library only, as the worker does that imports it from beside itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}

ERRORS = {
    502: "#NUM!",  # invalid argument: SQRT(-1), LOG(0); Excel has other texts for some functions outside its use here
    503: "#NUM!",  # overflow: 1E200*1E200, 1E200^2, EXP(710); also POWER(0,-1), where Excel has #DIV/0!
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
"""Excel's text for LibreOffice's error codes; another code is told as `Err:` and its number."""

KIND = "=IF(ISLOGICAL({0});-1;IF(ISBLANK({0});-2;ERRORTYPE({0})))"
LOGICAL, BLANK = -1, -2


def load(desktop: Any, path: Path, macros: bool) -> Any:
    """Return the document in `path`, hidden, with no link followed; its macros can run only where `macros` says so."""
    from com.sun.star.beans import PropertyValue
    from com.sun.star.document import MacroExecMode

    never = 0
    mode = MacroExecMode.ALWAYS_EXECUTE_NO_WARN if macros else MacroExecMode.NEVER_EXECUTE
    options = {"Hidden": True, "FilterName": FILTERS[path.suffix], "MacroExecutionMode": mode, "UpdateDocMode": never}
    arguments = tuple(PropertyValue(Name=name, Value=value) for name, value in options.items())
    document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, arguments)
    if document is None:
        raise RuntimeError("LibreOffice cannot read it as a workbook")
    return document


def assign(document: Any, sheet: str, row: int, column: int, value: Any) -> None:
    """Write a constant into a cell."""
    cell = sheet_of(document, sheet).getCellByPosition(column - 1, row - 1)
    if value is None:
        cell.setFormula("")
    elif isinstance(value, bool):
        cell.NumberFormat = 0  # under any other, such as a text's, it would be a plain number
        cell.setFormula("=TRUE()" if value else "=FALSE()")
    elif isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def sheet_of(document: Any, name: str) -> Any:
    """Return a sheet by its name."""
    if not document.Sheets.hasByName(name):
        raise RuntimeError(f"there is no sheet named {name}")
    return document.Sheets.getByName(name)


def read(document: Any, stretches: list[tuple[str, int, int, int]]) -> list[list[Any]]:
    """Return the values of stretches of cells: each a sheet, a column, its first and its last row."""
    scratch = "xlsgd" + os.urandom(8).hex()

    def kinds() -> Any:  # only where it is needed: in a large workbook a new sheet takes a third of a second
        if not document.Sheets.hasByName(scratch):
            document.Sheets.insertNewByName(scratch, document.Sheets.Count)
        return document.Sheets.getByName(scratch)

    try:
        return [read_stretch(sheet_of(document, name), kinds, *stretch) for name, *stretch in stretches]
    finally:
        if document.Sheets.hasByName(scratch):
            document.Sheets.removeByName(scratch)


def read_stretch(sheet: Any, kinds: Callable[[], Any], column: int, first: int, last: int) -> list[Any]:
    """Return the values of the rows `first` to `last` of a column.

    `getDataArray` gives nothing for an error, 0 or 1 for a truth value, and an empty text for an empty cell, so where
    one of these turns up, formulas on the scratch sheet that `kinds` gives tell which it is: a thousand times faster
    than asking cell by cell.
    """
    block = sheet.getCellRangeByPosition(column - 1, first - 1, column - 1, last - 1)
    values = [value for (value,) in block.getDataArray()]
    unclear = [i for i, value in enumerate(values) if value in (None, "", 0.0, 1.0)]
    if unclear:
        low, high = unclear[0], unclear[-1]
        told = kinds_of(block.getCellByPosition(0, low), kinds(), high - low + 1)
        if any(values[low + i] is None and kind <= 0 for i, kind in enumerate(told)):
            # No error, and yet nothing: the chain before that cell was too deep. It has its value once asked for.
            told = kinds_of(block.getCellByPosition(0, low), kinds(), high - low + 1)
            values = [value for (value,) in block.getDataArray()]
        values[low : high + 1] = map(value_of, values[low : high + 1], told)
    return values


def kinds_of(cell: Any, kinds: Any, count: int) -> list[int]:
    """Return for `cell` and those below it an error's code, `LOGICAL`, `BLANK` or 0."""
    from com.sun.star.sheet.FillDirection import TO_BOTTOM

    before, _, row = cell.AbsoluteName.rpartition("$")
    block = kinds.getCellRangeByPosition(0, 0, 0, count - 1)
    block.getCellByPosition(0, 0).setFormula(KIND.format(before + row))
    if count > 1:
        block.fillAuto(TO_BOTTOM, 1)
    told = [int(kind or 0) for (kind,) in block.getDataArray()]
    block.clearContents(1023)
    return told


def value_of(value: Any, kind: int) -> Any:
    """Return a cell's value, given what `getDataArray` and `kinds_of` said."""
    if kind > 0:
        return ERRORS.get(kind, f"Err:{kind}")
    if kind == LOGICAL:
        return bool(value)
    return None if kind == BLANK else value


def run(document: Any, name: str) -> None:
    """Run a macro of the workbook, `Module.Sub`."""
    script = f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
    document.getScriptProvider().getScript(script).invoke((), (), ())


def answer(document: Any, request: dict[str, Any]) -> Any:
    """Do what a request asks and return its answer."""
    if "run" in request:
        return run(document, request["run"])
    if "assign" in request:
        return assign(document, *request["assign"])
    if "read" in request:
        return read(document, request["read"])
    return document.calculateAll()
