"""The first sheet of an opened run: what each sheet shows."""

from collections.abc import Iterator

from xlsgd.sheets.description import Place, Sheet
from xlsgd.sheets.legend import with_legend
from xlsgd.sheets.opened_plan import (
    DIGIT,
    DIGITS,
    GRADIENT,
    OUTPUTS,
    PIXELS,
    STEP,
    UNITS,
    WEIGHTS,
    OpenedPlan,
)

NAME = "guide"
TITLE = "A trained network, opened"


def opened_guide(plan: OpenedPlan) -> Sheet:
    """Return the sheet."""
    places = []
    for row, (left, right) in enumerate(_lines(plan), start=1):
        if left:
            style = "top link bold" if right else "title"
            places.append(Place(f"A{row}", left, style=style, link=left if right else ""))
        if right:
            places.append(Place(f"B{row}", right, style="wrap"))
    return Sheet(NAME, with_legend(places), widths={"A": 14, "B": 100})


def _lines(plan: OpenedPlan) -> Iterator[tuple[str, str]]:
    """Yield what stands in A and in B of each line."""
    pixels, *hidden, classes = plan.sizes
    layers = ", ".join(map(str, (pixels, *hidden, classes)))
    yield TITLE, ""
    made = f"A network with layers of {layers} numbers, as it was trained, and {plan.n:,} digits that are new to it."
    yield "", f"{made} Every number is a formula of the weights and the pixels."
    yield "", ""
    yield "The sheets", ""
    yield DIGIT, "A digit that a cell chooses: what each layer makes of it, the loss, and the errors passed back."
    yield UNITS, f"What each {'hidden unit' if hidden else 'class'} looks for: its weights as a picture."
    yield DIGITS, "All digits: what they are taken for, how surely, the loss, and the accuracy."
    if hidden:
        yield OUTPUTS, "What each hidden unit gives out for every digit."
    yield PIXELS, "The digits, a column each."
    for layer in plan.layers:
        yield f"{WEIGHTS}_{layer}", f"Layer {layer}: its weights and biases, a column for each of its units."
        yield f"{GRADIENT}_{layer}", "The gradient of each of them by the chosen digit's loss."
        yield f"{STEP}_{layer}", "Each of them after one step of the run's rule."
