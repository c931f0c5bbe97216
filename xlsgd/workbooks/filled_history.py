"""The history sheets and the race with their numbers."""

from collections.abc import Hashable, Mapping, Sequence

from xlsgd.errors import InputError
from xlsgd.functions import sqrt, total
from xlsgd.points.points import Points
from xlsgd.run.epochs import Recorder, SymbolicRecorder
from xlsgd.run.least_squares import least_squares
from xlsgd.sheets.description import FIRST_ROW, Filled
from xlsgd.sheets.epochs import History
from xlsgd.sheets.layout.history import LEFT_OUT, Run, run_sheet
from xlsgd.sheets.layout.race import race_sheet
from xlsgd.sheets.layout.training import trace_row
from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import Checked, ExcelError, Number, plain
from xlsgd.symbols.expression import Expression, symbol
from xlsgd.symbols.references import MAX_ROW, column_letters

EPOCHS = 100
"""How many epochs a sheet steps through by default."""

FEW_ROWS = 10_000
"""How many rows of history a sheet has at most by default, so that a workbook of many points stays small."""

WARM_PASSES = 4
HEADER_ROWS = 8


def default_epochs(n: int) -> int:
    """Return how many epochs to unroll for `n` points when nobody says: 100, fewer for many points, or none."""
    return min(EPOCHS, FEW_ROWS // n)


def most_epochs(n: int) -> int:
    """Return for how many epochs over `n` points a sheet has room; 0 or less where it has room for none."""
    return (MAX_ROW - HEADER_ROWS) // (n + 1) - WARM_PASSES - 1


def checked_epochs(n: int, epochs: int) -> int:
    """Return `epochs` if that many passes over `n` points fit on a sheet.

    Raises:
        InputError: they do not, or there are none.
    """
    most = most_epochs(n)
    if epochs < 1 or epochs > most:
        room = f"a sheet has room for 1 to {most:,}" if most >= 1 else "a sheet has room for none"
        raise InputError(f"--epochs {epochs}: of {n:,} points {room}")
    return epochs


def plan_run(training: Training, n: int, epochs: int) -> Run:
    """Return where everything stands in the history of a training sheet with `n` data points."""
    row = trace_row(training).row
    values = [name for name in row.values if name not in LEFT_OUT]
    values += [] if "err^2" in values else ["err^2"]
    letters = {name: column_letters(index) for index, name in enumerate(("x", "y", *values), start=1)}
    fields = [f"{field} {weight}" for field in training.targets for weight in ("b", "a")]
    names = ("pass", "epoch", "const", "slope", "lr", *fields, *training.seeds, "loss", "near", "answer b", "answer a")
    lines = {name: column_letters(index) for index, name in enumerate(names, start=1)}
    passes = len(_symbolic(training, n, epochs, letters, 0).starts)
    first = FIRST_ROW + passes + 3
    return Run(training, n, _symbolic(training, n, epochs, letters, first), lines, letters, first)


def _symbolic(training: Training, n: int, epochs: int, letters: dict[str, str], first: int) -> History:
    def last(index: int, column: str) -> str:
        return f"{letters[column]}{first + (index + 1) * n - 1}"

    def loss(index: int) -> Expression:
        letter = letters["err^2"]
        top = first + index * n
        return sqrt(total(symbol(f"{letter}{top}:{letter}{top + n - 1}")))  # type: ignore[no-any-return]

    return SymbolicRecorder(training, last, loss).run_for(epochs)


def filled_run(run: Run, points: Points, epochs: int) -> Filled:
    """Return a history sheet with its numbers."""
    recorder = Recorder(run.training, points)
    history = recorder.run_for(epochs)
    line = least_squares(points)
    answers = line.b, line.a
    values: dict[Hashable, Number | str] = {"answer b": line.b, "answer a": line.a}
    for index, (start, loss) in enumerate(zip(history.starts, history.losses, strict=True)):
        epoch = index - history.warm
        cells = start | {"pass": index, "epoch": epoch, "loss": loss, "near": _near(start, answers)}
        values |= {(name, index): value for name, value in cells.items()}
    names = tuple(name for name in run.letters if name not in ("x", "y"))
    return Filled(run_sheet(run), values, recorder.values_of(names))


def filled_race(runs: Sequence[Run], histories: Mapping[str, Filled], points: Points) -> Filled:
    """Return the `race` sheet with its numbers."""
    line = least_squares(points)
    values: dict[Hashable, Number | str] = {"answer b": line.b, "answer a": line.a, "slope": line.slope}
    for index, column in enumerate("xy"):
        values |= {f"mean {column}": line.means[index], f"size {column}": line.sizes[index]}
    for run in runs:
        name, history, warm = run.training.name, histories[run.name].values, run.history.warm
        near = [epoch for epoch in range(run.epochs + 1) if history["near", warm + epoch] == 1]
        values["epochs", name] = near[0] if near else "not yet"
        values["first loss", name] = history["loss", warm]
        values["last loss", name] = history["loss", warm + run.epochs]
    return Filled(race_sheet(runs), values)


def _near(start: Mapping[str, Number], answers: tuple[Number, Number]) -> Number:
    """Return 1 if both weights are within 1 % of the answer, else 0, or the first error among them."""
    near = 1.0
    for name, answer in zip(("const", "slope"), answers, strict=True):
        distance, bound = abs(Checked(start[name]) - Checked(answer)), 0.01 * abs(Checked(answer))
        difference = plain(distance - bound)
        if isinstance(difference, ExcelError):
            return difference
        near = near if difference <= 0 else 0.0
    return near
