"""The buttons of the training sheets spelled as VBA.

What a button does comes from the same description that the engine presses (`xlsgd.sheets.buttons`). Cells are named by
plain addresses of their sheet: names that belong to one sheet fail silently in LibreOffice. It reads an error as 0,
too, so that an error is told by counting the numbers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsgd.errors import InputError
from xlsgd.sheets.buttons import STEPS_PER_RUN, Action, Append, Clear, DivideIfAbove, Paste, PasteIfLess, Put
from xlsgd.sheets.training import Training

MODULE = "Buttons"
QUOTE = '"'

HEADING = f"""\
Option Explicit

' Reset, one step, and Run of every training sheet. A step is one epoch; Run is {STEPS_PER_RUN} steps.

' Whether every cell of an area holds a number: no error, no text, and not nothing.
Private Function are_numbers(area As Variant) As Boolean
    are_numbers = (Application.WorksheetFunction.Count(area) = area.Count)
End Function

' The values of an area, or the formula of an error where they are not all numbers.
Private Function values_of(area As Variant) As Variant
    If are_numbers(area) Then
        values_of = area.Value
    Else
        values_of = "=NA()"
    End If
End Function
"""


class SheetButtons(NamedTuple):
    """A training sheet's buttons with the addresses, such as `C1` or `J32:K32`, of the names they read and write."""

    training: Training
    cells: Mapping[str, str]


def macro_name(sheet: str, button: str) -> str:
    """Return the name of a sheet's macro; the buttons are `reset`, `step` and `run`.

    >>> macro_name("adam", "run"), macro_name("2-4-1 network", "run")
    ('adam_run', 'sheet_2_4_1_network_run')
    """
    word = re.sub(r"[^A-Za-z0-9_]", "_", sheet)
    return f"{word if word[0].isalpha() else f'sheet_{word}'}_{button}"


def module_source(sheets: Sequence[SheetButtons]) -> str:
    """Return the VBA module of the sheets' buttons, with a Sub for each sheet's reset, step and run.

    Raises:
        InputError: the macros of two sheets would have one name.
    """
    names = [macro_name(sheet.training.name, "run").casefold() for sheet in sheets]
    for sheet, name in zip(sheets, names, strict=True):
        if names.count(name) > 1:
            raise InputError(f"sheet {sheet.training.name!r}: another sheet's macros are called {name} too; rename one")
    return "\n".join((HEADING, *(sub for sheet in sheets for sub in _subs(sheet))))


def _subs(sheet: SheetButtons) -> Iterator[str]:
    name, buttons = sheet.training.name, sheet.training.buttons
    step = macro_name(name, "step")
    yield _sub(sheet, "reset", buttons.reset, f"{name}, Reset: back to the start{_warm(sheet)}.")
    yield _sub(sheet, "step", buttons.step, f"{name}, one step: go on by one epoch.")
    yield (
        f"' {name}, Run: {STEPS_PER_RUN} steps.\nSub {macro_name(name, 'run')}()\n    Dim i As Long\n"
        f"    For i = 1 To {STEPS_PER_RUN}\n        {step}\n    Next i\nEnd Sub\n"
    )


def _warm(sheet: SheetButtons) -> str:
    return "" if sheet.training.rule_name else ", with the averages warmed up"


def _sub(sheet: SheetButtons, button: str, actions: Sequence[Action], comment: str) -> str:
    body = [line for action in actions for line in _spell(action, sheet.cells)]
    read = [source for action in actions if isinstance(action, Paste) for source, _ in action.pairs]
    declared = [f"    Dim {source} As Variant\n" for source in dict.fromkeys(read)]
    declared += ["    Dim row As Long\n"] if any(isinstance(action, Append | Clear) for action in actions) else []
    lines = "".join(f"        {line}\n" for line in (*body, ".Calculate"))
    sheet_name = sheet.training.name.replace(QUOTE, QUOTE * 2)
    return (
        f"' {comment}\nSub {macro_name(sheet.training.name, button)}()\n{''.join(declared)}"
        f'    With ThisWorkbook.Worksheets("{sheet_name}")\n{lines}    End With\nEnd Sub\n'
    )


def _spell(action: Action, cells: Mapping[str, str]) -> list[str]:
    """Return the statements of an action; before it reads a formula's value it has the sheet recalculated."""
    match action:
        case Put():
            return [f"{_area(cells[action.target])}.Value = {number(action.value)}  ' {action.target}"]
        case Paste():
            return _spell_paste(action, cells)
        case Append():
            return _spell_append(action, cells)
        case Clear():
            return _spell_clear(action, cells)
        case DivideIfAbove():
            return _spell_divide(action, cells)
        case PasteIfLess():
            return _spell_paste_if_less(action, cells)


def _spell_paste(action: Paste, cells: Mapping[str, str]) -> list[str]:
    return [
        "' Values are pasted; all are read before any is written.",
        ".Calculate",
        *(f"{source} = values_of({_area(cells[source])})" for source, _ in action.pairs),
        *(f"{_area(cells[target])}.Value = {source}  ' {target}" for source, target in action.pairs),
    ]


def _spell_append(action: Append, cells: Mapping[str, str]) -> list[str]:
    letter, first, _ = _list(cells[action.target])
    return [
        f"' {action.source} below the last entry of {action.target}.",
        ".Calculate",
        *_first_empty(letter, first),
        f'.Range("{letter}" & row).Value = values_of({_area(cells[action.source])})',
    ]


def _spell_clear(action: Clear, cells: Mapping[str, str]) -> list[str]:
    letter, first, last = _list(cells[action.target])
    return [
        f"' {action.target} is emptied, with the entries that run on below it.",
        *_first_empty(letter, last + 1),
        f'.Range("{letter}{first}:{letter}" & row).ClearContents',
    ]


def _spell_divide(action: DivideIfAbove, cells: Mapping[str, str]) -> list[str]:
    target, tested = _area(cells[action.target]), _area(cells[action.tested])
    return [
        f"' When {action.tested} exceeds {number(action.threshold)}, {action.target} is divided by "
        f"{number(action.divisor)}.",
        ".Calculate",
        f"If Not (are_numbers({tested}) And are_numbers({target})) Then",
        f'    {target}.Value = "=NA()"',
        f"ElseIf {tested}.Value > {number(action.threshold)} Then",
        f"    {target}.Value = {target}.Value / {number(action.divisor)}",
        "End If",
    ]


def _spell_paste_if_less(action: PasteIfLess, cells: Mapping[str, str]) -> list[str]:
    source, target = _area(cells[action.source]), _area(cells[action.target])
    return [
        f"' When {action.source} is less than {action.target}, {action.target} takes its value.",
        ".Calculate",
        f"If Not (are_numbers({source}) And are_numbers({target})) Then",
        f'    {target}.Value = "=NA()"',
        f"ElseIf {source}.Value < {target}.Value Then",
        f"    {target}.Value = {source}.Value",
        "End If",
    ]


def _first_empty(letter: str, first: int) -> list[str]:
    """Return the statements that put into `row` the first row from `first` on of which the cell is empty."""
    return [
        f"row = {first}",
        f'Do Until IsEmpty(.Range("{letter}" & row).Value)',
        "    row = row + 1",
        "Loop",
    ]


def _area(address: str) -> str:
    return f'.Range("{address}")'


def _list(address: str) -> tuple[str, int, int]:
    """Return the column and the first and last row of a list such as `C38:C106`."""
    first, last = address.split(":")
    letter = first.rstrip("0123456789")
    return letter, int(first[len(letter) :]), int(last[len(letter) :])


def number(value: float) -> str:
    """Return a number as VBA spells it; a literal is cut to 15 digits there, so one of more is read from a text.

    >>> number(10000.0), number(1e-05), number(0.1 + 0.2)
    ('10000', '1e-05', 'Val("0.30000000000000004")')
    """
    short = f"{value:.15g}"
    return short if float(short) == value else f'Val("{value!r}")'
