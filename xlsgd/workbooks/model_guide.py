"""The first sheet of a model's workbook: what it shows, how to use it, and every column's equation in words."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from xlsgd.sheets.description import Place, Sheet
from xlsgd.sheets.equations import equations
from xlsgd.sheets.legend import with_legend
from xlsgd.sheets.training import Training
from xlsgd.symbols.to_excel import spell

GUIDE = "guide"

MOST_EQUATIONS = 120
"""Up to how many columns of a sheet are explained; those that follow are of the same kind."""

SAME = "and so for the others"

STEPPING = (
    "Type an epoch into A2 of a training sheet and it shows the sheet after that many epochs, 0 to {epochs:,}. All "
    "epochs stand on the sheets that end in _run, as plain formulas: a change of a knob, of a starting value or of the "
    "points changes all of them. The sheet race shows every optimizer on the same rows."
)
BUTTONS = (
    "The sheets show the first epoch. Run goes on by five: each time the last row's new parameters and its states are "
    "copied over the starting values in the row start. Reset goes back to the start. Excel asks before it runs macros."
)
NOT_STEPPING = (
    "The sheets show the first epoch. For the next one copy the last row's new parameters, and its states, over the "
    "starting values in the row start."
)


def model_guide(trainings: Sequence[Training], n: int, epochs: int, buttons: bool = False) -> Sheet:
    """Return the sheet.

    Args:
        trainings: the training sheets, of one model.
        n: how many points there are.
        epochs: how many epochs the sheets step through.
        buttons: whether they have buttons.
    """
    steps = STEPPING.format(epochs=epochs) if epochs else BUTTONS if buttons else NOT_STEPPING
    runs = [training.name for training in trainings] if epochs else []
    return Sheet(GUIDE, with_legend([*_places(trainings, n, steps, runs)]), widths={"A": 24, "B": 100, "C": 15})


def _places(trainings: Sequence[Training], n: int, steps: str, runs: Sequence[str]) -> Iterator[Place]:
    """Yield the lines; `runs` are the training sheets whose epochs stand on sheets of their own."""
    leads = ["data", *(training.name for training in trainings), *(["race"] if runs else [])]
    for row, (left, right) in enumerate(_lines(trainings, n, steps, bool(runs)), start=1):
        if left and right and left in leads:
            yield Place(f"A{row}", left, style="top link bold", link=left)
            leads.remove(left)
            if left in runs:
                yield Place(f"C{row}", f"{left}_run", style="top link", link=f"{left}_run")
        elif left:
            yield Place(f"A{row}", left, style="top bold" if right else "title")
        if right:
            yield Place(f"B{row}", right, style="wrap")


def _lines(trainings: Sequence[Training], n: int, steps: str, race: bool) -> Iterator[tuple[str, str]]:
    """Yield what stands in A and in B of each line; a line with nothing in B is a title."""
    model = trainings[0].model
    yield model.name, ""
    yield (
        "",
        f"Each row of the training sheets is one step: it takes one of the {n:,} points, predicts "
        f"{_listed(model.targets)} from {_listed(model.inputs)}, measures the loss, passes its derivative back, and "
        "moves every parameter against its gradient. The next row starts from the moved values.",
    )
    yield "", ""
    yield "How to use it", ""
    yield "data", "The points. Change them there, and every sheet follows."
    for training in trainings:
        yield training.name, _about(training, race)
    if race:
        yield "race", "Every optimizer on the same rows, and how fast each comes to a small loss."
    yield "epochs", steps
    yield "", ""
    yield "Columns of every training sheet", ""
    yield from _table(_shared(trainings[0]))
    for training in trainings:
        yield "", ""
        yield f"Further columns of {training.name}", ""
        yield from _table(_own(training))


def _about(training: Training, steps: bool) -> str:
    """Return what a sheet is, and where what one may change stands; `steps`: whether it looks its start up."""
    knobs = ", ".join(f"{name} = {value:g}" for name, value in training.knobs._asdict().items())
    start = f"the first line of {training.name}_run" if steps else "the row start"
    return (
        f"{training.rule_name}, with {knobs}. The knobs stand in row 2, the starting values in {start}; change either."
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _table(spelled: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from islice(spelled.items(), MOST_EQUATIONS)
    if len(spelled) > MOST_EQUATIONS:
        yield "", f"and {len(spelled) - MOST_EQUATIONS:,} more"


def _shared(training: Training) -> dict[str, str]:
    """Return the equations of what every rule's sheet has: forward pass, loss, errors passed back, gradient."""
    spelled, last = _spelled(training), f"d{training.model.symbol}/d{training.parameters[-1]}"
    headings = list(spelled)
    return {heading: spelled[heading] for heading in headings[: headings.index(last) + 1]}


def _own(training: Training) -> dict[str, str]:
    """Return the equations that are the rule's own, of several parameters the first's."""
    shared, others = _shared(training), training.parameters[1:]
    names = {f" {other}" for other in others} | {f"/d{other}" for other in others}
    return {
        heading: equation
        for heading, equation in _spelled(training).items()
        if heading not in shared and not any(heading.endswith(name) for name in names)
    } | ({SAME: ", ".join(others)} if others else {})


def _spelled(training: Training) -> dict[str, str]:
    return {heading: spell(equation) for heading, equation in equations(training).items()}
