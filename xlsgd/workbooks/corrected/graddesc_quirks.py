"""The quirks of the course's `graddesc`, with what they do to the numbers."""

from collections.abc import Hashable, Mapping

from xlsgd.functions import Value
from xlsgd.losses import H
from xlsgd.points.points import Points
from xlsgd.run.one_pass import RunningColumn
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.description import Sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.placer import place_row
from xlsgd.sheets.training import Training
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.checked import Checked, ExcelError, Number
from xlsgd.symbols.expression import Expression
from xlsgd.workbooks.corrected.layout import corrected_layout
from xlsgd.workbooks.corrected.quirk_values import (
    adam_step,
    averaged_momentum,
    fixed_y,
    last_update_lost,
    one_sided,
    rate_without_schedule,
    rmsprop_step,
    root_of_sum,
    warm_average,
)
from xlsgd.workbooks.corrected.quirks import Constant, Key, Quirk, quirks_sheet

QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        "1. The last update is lost",
        "basic!C{last}",
        "The next epoch starts from the values that the last row started from (the names lastconst and lastslope), so "
        "one update an epoch is thrown away; its momentum and mean square are kept. So on all training sheets.",
        "the b that the next epoch starts from",
        last_update_lost,
        ("basic", ("new b", "last")),
        "optimizer.step() changes the weights in place: every step goes on from the one before, in the next epoch too.",
    ),
    Quirk(
        "2. rmse is no mean",
        "basic!F{below}",
        "The root of the sum of the squared errors, which grows with the number of rows. momentum!L{below} does the "
        "same; adam_ann!F{below}:G{below} divide the root by the count in place of the sum.",
        "rmse of the first epoch",
        root_of_sum,
        ("basic", "rmse"),
        "mse_loss takes the mean over the batch (reduction='mean'); its root is the rmse.",
    ),
    Quirk(
        "3. Differences look ahead only",
        "basic!J4",
        "With a fixed step of 0.01 ahead the estimate is off by 0.01 for b and by 0.01*x^2 for a. Central differences "
        "are exact for a squared error; here h is a cell, and both stand beside the gradient (basic!H{first}).",
        "de/da of the first row, estimated",
        one_sided,
        ("basic", ("central de/da", "first")),
        "Automatic differentiation gives the exact gradient; torch.autograd.gradcheck tests it by central differences.",
    ),
    Quirk(
        "4. Momentum is an average",
        "momentum!J4",
        "The new gradient enters with weight 0.1 and the old average with 0.9, so the steps are a tenth of the usual "
        "size. (The course's number also has the warm start of quirk 5.)",
        "momentum of b after the first row",
        averaged_momentum,
        ("momentum", ("m b", "first")),
        "SGD(momentum=0.9) adds the whole gradient to 0.9 of its buffer. At a tenth of the rate it takes the course's "
        "path.",
    ),
    Quirk(
        "5. A warm start",
        "adam!J4",
        "Reset runs one or two passes over the data at a = b = 1 and pastes the averages that they leave, so the first "
        "epoch has already seen the data. Here every average starts from 0 (row start).",
        "average of b's gradients after the first row",
        warm_average,
        ("adam", ("m b", "first")),
        "The state starts at zero with the first step of a new optimizer.",
    ),
    Quirk(
        "6. rmsprop: the row before",
        "rmsprop!H4",
        "The gradient is divided by the root of the mean square that the row before left, without epsilon: a mean "
        "square of 0 is a division by zero, so the sheet cannot start cold.",
        "new b of the first row",
        rmsprop_step,
        ("rmsprop", ("new b", "first")),
        "RMSprop updates the mean square first and divides by its root plus eps (1e-8); alpha is 0.99.",
    ),
    Quirk(
        "6. adam: no correction",
        "adam!H4",
        "No epsilon, no bias correction, and the mean square decays with 0.9 (adam) or 0.95 (adam_ann), about as fast "
        "as the average. Here eps is in adam!F2, and adam!G2 switches the correction on (1) and off (0).",
        "new b of the first row",
        adam_step,
        ("adam", ("new b", "first")),
        "Adam divides both averages by 1 - beta^t before use, adds eps 1e-8 to the root, and has betas 0.9 and 0.999.",
    ),
    Quirk(
        "7. Annealing is no schedule",
        "adam_ann!D2",
        "The rate is cut to a quarter when the size of the gradients doubles against its best, after an epoch, by the "
        "button. Here every row has its rate (column lr): half a cosine from lr down to 0 in T steps.",
        "rate of the last row",
        rate_without_schedule,
        ("adam_ann", ("lr", "last")),
        "A scheduler sets the rate step by step; CosineAnnealingLR(optimizer, T_max=T) is the schedule here.",
    ),
    Quirk(
        "8. data is not linked",
        "basic!B4",
        "data draws new points at every recalculation, and no sheet reads them: the training sheets hold constants. "
        "Here data holds the points and every training sheet reads them: type another number in data!C5 and compare.",
        "y of the first row",
        fixed_y,
        ("basic", ("y", "first")),
        "A DataLoader reads one Dataset: the data stand in one place.",
    ),
    Quirk(
        "9. Hardly any loss is shown",
        "on adam: none",
        "Only basic and momentum have a column of squared errors, and only basic has a chart. Here every sheet has the "
        "column, the rmse below it, and a chart.",
        "rmse of adam's first epoch",
        None,
        ("adam", "rmse"),
        "A training loop has the loss at every step, since backward() starts from it.",
    ),
)


COURSE_FIRST_ROW = 4
PASTED = ("momentum", "rmsprop", "adam", "adam_ann")


def constants(points: Points) -> list[Constant]:
    """Return what the course's sheets hold just after a reset with these points: knobs, pasted seeds, a point."""
    momentum, rmsprop, adam, annealed = (LiveSheet(LESSON[name], points).values() for name in PASTED)
    below = COURSE_FIRST_ROW + points.n
    return [
        Constant("h", "basic: step of the differences", "basic!G4:J4", H),
        Constant("momentum beta", "momentum: beta", "momentum!J1", momentum["beta"]),
        Constant("momentum m b", "momentum: pasted average of b's gradients", f"momentum!J{below}", momentum["m b"]),
        Constant("adam lr", "adam: rate", "adam!D2", adam["lr"]),
        Constant("adam beta1", "adam: decay of the average", "adam!J1", adam["beta1"]),
        Constant("adam beta2", "adam: decay of the mean square", "adam!L1", adam["beta2"]),
        Constant("adam m b", "adam: pasted average of b's gradients", f"adam!J{below}", adam["m b"]),
        Constant("adam v b", "adam: pasted mean square of b's gradients", f"adam!L{below}", adam["v b"]),
        Constant("rmsprop lr", "rmsprop: rate", "rmsprop!D2", rmsprop["lr"]),
        Constant("rmsprop v b", "rmsprop: pasted mean square of b's gradients", f"rmsprop!J{below}", rmsprop["v b"]),
        Constant("annealed lr", "adam_ann: rate", "adam_ann!D2", annealed["lr"]),
        Constant(
            "annealed v b", "adam_ann: pasted mean square of b's gradients", f"adam_ann!L{below}", annealed["v b"]
        ),
        Constant(
            "annealed v a", "adam_ann: pasted mean square of a's gradients", f"adam_ann!M{below}", annealed["v a"]
        ),
        Constant("annealed best", "adam_ann: best gradient size so far", "adam_ann!N3", annealed["prev_grad2"]),
        Constant("y", "first y of every training sheet", "basic!B4", float(points.y[0])),
    ]


def graddesc_quirks(sheets: Mapping[str, LiveSheet]) -> Sheet:
    """Return the sheet `quirks` of the corrected `graddesc`, from the training sheets by name."""
    points = next(iter(sheets.values())).points
    cells: dict[Key, Expression] = {}
    values: dict[Key, Value] = {}
    for name, sheet in sheets.items():
        cells |= {(name, key): cell for key, cell in _cells(sheet.training, points.n).items()}
        values |= {(name, key): value for key, value in _numbers(sheet).items()}
    first = corrected_layout(next(iter(sheets.values())).training).first_row
    rows = {"first": first, "last": COURSE_FIRST_ROW - 1 + points.n, "below": COURSE_FIRST_ROW + points.n}
    quirks = [q._replace(where=q.where.format(**rows), effect=q.effect.format(**rows)) for q in QUIRKS]
    return quirks_sheet(quirks, constants(points), cells, values)


def _cells(training: Training, n: int) -> dict[Hashable, Expression]:
    """Return where a sheet's values stand: by column and end of it, and by the keys of its footer."""
    layout = corrected_layout(training)
    last = layout.first_row - 1 + n
    cells: dict[Hashable, Expression] = {
        below.key: at(f"{below.letter}{last + below.down}", training.name) for below in layout.below if below.key
    }
    for name, letter in place_row(training, layout).letters.items():
        first, bottom = f"{letter}{layout.first_row}", f"{letter}{last}"
        cells |= {(name, "first"): at(first, training.name), (name, "last"): at(bottom, training.name)}
        cells[name, "all"] = area(f"{first}:{bottom}", training.name)
    return cells


def _numbers(sheet: LiveSheet) -> dict[Hashable, Value]:
    """Return the numbers of the same cells: of the first row, of the last, of all errors, and of the footer."""
    points = sheet.points
    errors = RunningColumn()
    ends: dict[str, dict[str, Number]] = {}
    for x, y, row in zip(points.x, points.y, sheet.rows(), strict=True):
        ends["last"] = {"x": x, "y": y, **row}
        ends.setdefault("first", ends["last"])
        errors.append(row["err^2"])
    numbers: dict[Hashable, Value] = {key: _checked(value) for key, value in sheet.footer().items()}
    for end, values in ends.items():
        numbers |= {(name, end): _checked(value) for name, value in values.items()}
    return numbers | {("err^2", "all"): errors}


def _checked(value: Number) -> Checked:
    return Checked(value if isinstance(value, ExcelError) else float(value))
