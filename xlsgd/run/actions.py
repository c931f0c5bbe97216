"""What each action of a button does to a live sheet."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from xlsgd.functions import if_above, minimum
from xlsgd.sheets.buttons import Action, Append, Clear, DivideIfAbove, Paste, PasteIfLess, Put

if TYPE_CHECKING:
    from xlsgd.run.press import LiveSheet


def act(sheet: "LiveSheet", actions: Iterable[Action]) -> None:
    """Do actions one after the other."""
    for action in actions:
        ACTIONS[type(action)](sheet, action)


def _put(sheet: "LiveSheet", action: Put) -> None:
    sheet.write(action.target, [action.value] * len(sheet.inputs[action.target]))


def _paste(sheet: "LiveSheet", action: Paste) -> None:
    read = [(target, sheet.read(source)) for source, target in action.pairs]
    for target, values in read:
        sheet.write(target, values)


def _append(sheet: "LiveSheet", action: Append) -> None:
    if sheet.arithmetic.keeps_lists:
        sheet.lists[action.target] += sheet.read(action.source)


def _clear(sheet: "LiveSheet", action: Clear) -> None:
    sheet.lists[action.target] = []


def _divide_if_above(sheet: "LiveSheet", action: DivideIfAbove) -> None:
    tested, current = (sheet.arithmetic.operand(*sheet.read(name)) for name in (action.tested, action.target))
    chosen = if_above(tested, action.threshold, current / action.divisor, current)
    sheet.write(action.target, [sheet.arithmetic.cell(chosen)])


def _paste_if_less(sheet: "LiveSheet", action: PasteIfLess) -> None:
    value, best = (sheet.arithmetic.operand(*sheet.read(name)) for name in (action.source, action.target))
    sheet.write(action.target, [sheet.arithmetic.cell(minimum(value, best))])


ACTIONS: dict[type, Callable[["LiveSheet", Any], None]] = {
    Put: _put,
    Paste: _paste,
    Append: _append,
    Clear: _clear,
    DivideIfAbove: _divide_if_above,
    PasteIfLess: _paste_if_less,
}
