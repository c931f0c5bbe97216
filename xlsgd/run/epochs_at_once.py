"""Many epochs of a live sheet at once, as machine code, where its button only hands on what the last row left."""

from collections.abc import Callable, Sequence

import numpy as np

from xlsgd.run.machine_rows import DoubleArray, machine_rows, table_of
from xlsgd.run.one_pass import point_rows
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.buttons import Append, Paste
from xlsgd.sheets.training import Training

ROWS = 50_000
"""So many rows, or an epoch's if these are more, are done before what waits is told, or may interrupt."""


def rows_of(sheet: LiveSheet, epochs: int, progress: Callable[[int], None]) -> DoubleArray | None:
    """Return the rows' values of the epochs from the sheet as it stands on, of shape (epochs, points, columns).

    There are fewer if a number is not finite, which a spreadsheet would answer with an error. The sheet then stands
    after as many steps, but for the lists that a step lengthens. None if it does not go by machine code; it stands as
    it did.

    Args:
        sheet: the sheet.
        epochs: how many.
        progress: is told now and then how many rows there are more.
    """
    training, onwards = sheet.training, hands_on(sheet.training)
    states, knobs = tuple(sheet.states().values()), tuple(sheet.knobs())
    if onwards is None or not all(type(value) is float for value in (*states, *knobs)):
        return None
    compiled = machine_rows(training.key)
    points = list(point_rows(training, sheet.points))
    if compiled is None or (compiled.whole and not all(type(value) is float for point in points for value in point)):
        return None
    found, table = [], table_of(points)
    while epochs:
        some = min(epochs, max(1, ROWS // len(points)))
        stretch = compiled.stretch(table, states, knobs, some, onwards)
        found.append(stretch.rows[: stretch.good])
        states = tuple(stretch.starts[:, stretch.good].tolist())
        progress(stretch.good * len(points))
        epochs = epochs - some if stretch.good == some else 0
    _put(sheet, states, sum(map(len, found)))
    return found[0] if len(found) == 1 else np.concatenate(found)


def hands_on(training: Training) -> list[str] | None:
    """Return what each state of the next epoch is, see `MachineRows.stretch`, or nothing if a step does more."""
    actions = [action for action in training.buttons.step if not isinstance(action, Append)]
    if len(actions) != 1 or not isinstance(actions[0], Paste):
        return None
    pasted = {target: source for source, target in actions[0].pairs}
    ways = [(start, last, "last") for start, last in training.starts.values()]
    for field, (last, target) in training.targets.items():
        ways += [(target, last, "after") for _ in training.states_of(field)]
    if any(pasted.get(target, last) != last for target, last, _ in ways) or pasted.keys() - {way[0] for way in ways}:
        return None
    return [how if target in pasted else "again" for target, _, how in ways] + ["again" for _ in training.local]


def _put(sheet: LiveSheet, states: Sequence[float], steps: int) -> None:
    """Have a sheet stand as after so many more steps, with the first row's states."""
    values = dict(zip(sheet.training.states, states, strict=True))
    for name, (start, _) in sheet.training.starts.items():
        sheet.write(start, [values[name]])
    for field, (_, target) in sheet.training.targets.items():
        sheet.write(target, [values[name] for name in sheet.training.states_of(field)])
    sheet.epoch += steps
