"""Batches, schedules and finite differences on a model's sheets: against Torch, NumPy, and in an engine not ours."""

import dataclasses
import functools

import numpy as np
import openpyxl
import pytest
import torch
from sample_models import RULES, SAMPLES
from sample_models import points as twelve_points

import xlsgd
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS
from xlsgd.run.press import LiveSheet
from xlsgd.schedules import SCHEDULES
from xlsgd.sheets.lesson import textbook
from xlsgd.sheets.trainings import training_of
from xlsgd.sweeping.grid import grid
from xlsgd.sweeping.run import swept
from xlsgd.symbols.references import column_letters
from xlsgd.testing import sheet_values
from xlsgd.verifying.check import verify
from xlsgd.workbooks.models import build_model

STEPS = 1e-10
"""Relative: Torch updates in another order of operations, and some hundred steps hand on what each rounds."""

OPTIMIZERS = {
    "sgd": lambda parameters, lr: torch.optim.SGD(parameters, lr),
    "momentum": lambda parameters, lr: torch.optim.SGD(parameters, lr, momentum=0.9),
    "rmsprop": lambda parameters, lr: torch.optim.RMSprop(parameters, lr, alpha=0.99, eps=1e-8),
    "adam": lambda parameters, lr: torch.optim.Adam(parameters, lr, (0.9, 0.999), 1e-8),
}
SCHEDULERS = {
    "cosine": lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100),
    "exponential": lambda optimizer: torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99),
    "warm_up": lambda optimizer: torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=9),
}


def by_torch(model, points, rule, lr, batch, epochs, scheduler=None):
    """The parameters after each step, and the rate of each, by torch.autograd and torch.optim on batches' mean loss."""
    entries = {name: torch.tensor(v, dtype=torch.float64, requires_grad=True) for name, v in model.start.items()}
    optimizer = OPTIMIZERS[rule](list(entries.values()), lr)
    schedule = scheduler(optimizer) if scheduler else None
    columns = {name: torch.tensor(list(column), dtype=torch.float64) for name, column in points.columns.items()}
    after, rates = [], []
    for _ in range(epochs):
        for first in range(0, points.n, batch):
            rows = range(first, min(first + batch, points.n))
            losses = [
                model.loss(
                    model.predict(model.packed(entries), *(columns[name][row] for name in model.inputs)),
                    *(columns[name][row] for name in model.targets),
                )
                for row in rows
            ]
            optimizer.zero_grad()
            torch.stack(losses).mean().backward()
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if schedule:
                schedule.step()
            after.append({name: value.item() for name, value in entries.items()})
    return after, rates


def ends(frame):
    """The rows that end a batch."""
    return frame[frame["ends batch"] == 1]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_batch_of_1_is_no_batch_to_the_bit(name, rule):
    model, points = SAMPLES[name]
    each, single = (xlsgd.trace(model, points, 20, rule=rule, batch=batch, lr=0.05) for batch in (None, 1))
    assert (single["ends batch"] == 1).all() and len(each) == 20 * points.n
    for column in each.columns:
        assert each[column].tolist() == single[column].tolist(), column


def away_from_0(model):
    """The model with other starting values: at 0 the softmax's gradients are roundings, which adam makes large."""
    moved = {name: value + 0.1 * (place + 1) for place, (name, value) in enumerate(model.start.items())}
    return dataclasses.replace(model, parameters=model.packed(moved)._asdict())


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_batch_of_all_rows_is_gradient_descent(name, rule):
    model, points = away_from_0(SAMPLES[name][0]), SAMPLES[name][1]
    frame = ends(xlsgd.trace(model, points, 20, rule=rule, batch=points.n, lr=0.05))
    expected, _ = by_torch(model, points, rule, 0.05, points.n, 20)
    assert len(frame) == 20 == len(expected)
    for entry in model.start:
        assert frame[f"new {entry}"].tolist() == pytest.approx([each[entry] for each in expected], rel=STEPS, abs=1e-15)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("batch", "sizes"), [(5, [5, 5, 2]), (4, [4, 4, 4]), (7, [7, 5]), (11, [11, 1])])
def test_the_rest_of_the_rows_is_a_batch_too(rule, batch, sizes):
    model, _ = SAMPLES["network"]
    points = twelve_points(("x1", "x2", "y"), lambda u, v: round(u * v, 4))
    frame = xlsgd.trace(model, points, 6, rule=rule, batch=batch, lr=0.05)
    assert ends(frame)["in batch"].tolist() == sizes * 6
    expected, _ = by_torch(model, points, rule, 0.05, batch, 6)
    for entry in model.start:
        found = ends(frame)[f"new {entry}"].tolist()
        assert found == pytest.approx([each[entry] for each in expected], rel=STEPS, abs=1e-15)
        between = frame[frame["ends batch"] == 0]
        assert between[f"new {entry}"].tolist() == between[entry].tolist(), "nothing moves within a batch"


@pytest.mark.parametrize("batch", [0, -1, 2.5, 13, 1000])
def test_a_batch_that_cannot_be_is_one_clear_line(tmp_path, batch):
    model, points = SAMPLES["parabola"]
    told = rf"^(model )?parabola: (`batch` |batch=){batch}: give a whole number of rows, 1 (or more|to 12)$"
    for use in (
        lambda: xlsgd.trace(model, points, batch=batch),
        lambda: xlsgd.press(model, "run", points, batch=batch),
        lambda: xlsgd.build(model, tmp_path / "book.xlsx", points, batch=batch),
        lambda: xlsgd.build(model, tmp_path / "book.xlsm", points, batch=batch),
        lambda: xlsgd.sweep(model, points, batch=batch, lr=0.1),
        lambda: xlsgd.plot(model, tmp_path / "a.png", points, batch=batch),
        lambda: swept(training_of(model, batch=2), grid(training_of(model, batch=2), {"batch": [2, batch]}), 1, points),
        lambda: LiveSheet(training_of(model, batch=2), points).put("batch", batch),
    ):
        with pytest.raises(InputError, match=told):
            use()
    assert not list(tmp_path.iterdir())


def test_a_batch_of_a_lessons_sheet_is_checked_too():
    with pytest.raises(InputError, match=r"^sgd: batch=30: give a whole number of rows, 1 to 29$"):
        LiveSheet(textbook("sgd", xlsgd.RULES["sgd"], batch=30), LESSON_POINTS)


def test_many_batches_swept_are_each_the_single_run():
    model, points = SAMPLES["logistic"]
    training = training_of(model, "adam", batch=2, knobs={"lr": 0.1})
    results = swept(training, grid(training, {"batch": [1, 3, 5, 12]}), 4, points)
    for batch, loss in zip((1, 3, 5, 12), results.loss.tolist(), strict=True):
        live = LiveSheet(training_of(model, "adam", batch=batch, knobs={"lr": 0.1}), points)
        for _ in range(4):
            live.step()
        assert live.state()["loss"] == loss


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_rate_from_a_column_is_torchs(rule, schedule):
    """Over several passes: the steps are counted on, whether the rule counts them or the sheet does."""
    model, points = SAMPLES["wave"]
    frame = xlsgd.trace(model, points, 12, rule=rule, schedule=schedule, lr=0.05)
    expected, rates = by_torch(model, points, rule, 0.05, 1, 12, SCHEDULERS[schedule])
    assert frame["lr"].tolist() == pytest.approx(rates, abs=1e-12), "Torch's recursions round at every step"
    assert len(set(frame["lr"].tolist())) > 5
    for entry in model.start:
        found = frame[f"new {entry}"].tolist()
        assert found == pytest.approx([each[entry] for each in expected], rel=STEPS)


@pytest.mark.parametrize("rule", ["sgd", "adam"])
def test_a_schedule_counts_batches(rule):
    model, points = SAMPLES["parabola"]
    frame = ends(xlsgd.trace(model, points, 8, rule=rule, schedule="exponential", batch=5, lr=0.05))
    expected, rates = by_torch(model, points, rule, 0.05, 5, 8, SCHEDULERS["exponential"])
    assert frame["lr"].tolist() == pytest.approx(rates, rel=1e-12, abs=0)
    assert frame["new a"].tolist() == pytest.approx([each["a"] for each in expected], rel=STEPS)


def slopes(model, row, name, h):
    """Both finite differences of a row's loss by a parameter, from the model's own functions on NumPy's floats."""

    def loss(moved):
        entries = {entry: np.float64(row[entry]) for entry in model.start} | {name: np.float64(row[name]) + moved}
        return model.loss(model.predict(model.packed(entries), *(row[x] for x in model.inputs)), row["y"])

    return (loss(h) - loss(0)) / h, (loss(h) - loss(-h)) / (2 * h)


ENTRIES = [("wave", "b"), ("network", "w1_2_1"), ("logistic", "w_2"), ("softmax", "b_1")]


@pytest.mark.parametrize("h", [0.01, 1e-4])
@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_finite_differences_are_numpys(name, entry, h):
    """1e-13 / h: what rounds in two losses of some 10, a few 1e-15 each, divided by the step."""
    model, points = SAMPLES[name]
    frame = xlsgd.trace(model, points, 3, differences=[entry], h=h)
    for _, row in frame.iterrows():
        forward, central = slopes(model, row, entry, h)
        exact = row[f"dL/d{entry}"]
        assert row[f"forward dL/d{entry}"] == pytest.approx(forward, abs=1e-13 / h)
        assert row[f"central dL/d{entry}"] == pytest.approx(central, abs=1e-13 / h)
        assert central == pytest.approx(exact, abs=20 * h**2 + 1e-12 / h), "its error is of the order of h^2"
        off = abs(row[f"central dL/d{entry}"] - exact) / max(abs(exact), 1e-12)
        assert row[f"central off {entry}"] == pytest.approx(off, abs=1e-9), "rounded to 9 places"


def test_a_central_difference_is_exact_for_a_parabola_and_a_forward_one_is_off_by_h():
    """In a parameter: the squared error of what is linear in it has the second derivative 2 x^2."""
    frame = xlsgd.trace(*SAMPLES["parabola"], differences=["b"], h=0.01)
    assert frame["central dL/db"].tolist() == pytest.approx(frame["dL/db"].tolist(), rel=1e-9, abs=1e-11)
    ahead = frame["dL/db"] + 0.01 * frame["x"] ** 2
    assert frame["forward dL/db"].tolist() == pytest.approx(ahead.tolist(), rel=1e-9, abs=1e-11)


# ---- in a workbook, recalculated by IronCalc -------------------------------------------------------------------------


@functools.cache
def book(path):
    """A workbook, read once."""
    return openpyxl.load_workbook(path)


def start_row(path, sheet):
    """The row of what the first row of points starts from, between the headings and it."""
    return next(cell.row for cell in book(path)[sheet]["A"] if cell.value == "start")


def heads(path, sheet):
    """The columns' letters by heading."""
    cells = book(path)[sheet][start_row(path, sheet) - 1]
    return {cell.value: cell.column_letter for cell in cells if cell.value is not None}


def knob(path, sheet, name):
    """The address of a knob's cell."""
    row = book(path)[sheet][1]
    return next(f"{cell.column_letter}2" for cell in row if cell.value == name)


def column(engine, sheet, letter, first, n):
    return [engine.get(f"{letter}{row}", sheet) for row in range(first, first + n)]


@pytest.mark.parametrize("name", ["logistic", "network"])
def test_a_batch_typed_into_its_cell_is_that_batch(engine, tmp_path, name):
    model, points = SAMPLES[name]
    trainings = [training_of(model, rule, name=rule, batch=5, knobs={"lr": 0.05}) for rule in RULES]
    path = build_model(tmp_path / "book.xlsx", trainings, points, epochs=6, epoch=3)
    assert verify(path).agrees
    typed = engine(path)
    for rule in RULES:
        typed.put(knob(path, rule, "batch"), 7, rule)
    typed.evaluate()
    for rule in RULES:
        expected, _ = by_torch(model, points, rule, 0.05, 7, 4)
        for entry in model.start:
            last = typed.get(f"{heads(path, rule)[f'new {entry}']}{start_row(path, rule) + points.n}", rule)
            assert last == pytest.approx(expected[-1][entry], rel=STEPS, abs=1e-15)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedules_knob_typed_into_its_cell_changes_the_rate(engine, tmp_path, schedule):
    model, points = SAMPLES["wave"]
    (name,) = SCHEDULES[schedule].knobs()._fields
    trainings = [training_of(model, rule, name=rule, schedule=schedule) for rule in ("sgd", "adam")]
    path = build_model(tmp_path / "book.xlsx", trainings, points, epochs=6, epoch=2)
    assert verify(path).agrees
    typed, value = engine(path), {"T": 50.0, "gamma": 0.9, "warm": 30.0}[name]
    steps = np.arange(2 * points.n, 3 * points.n, dtype=float)  # those of the third pass
    by_numpy = {
        "cosine": lambda lr: lr * (1 + np.cos(np.pi * steps / value)) / 2,
        "exponential": lambda lr: lr * value**steps,
        "warm_up": lambda lr: lr * np.minimum(steps + 1, value) / value,
    }[schedule]
    for training in trainings:
        typed.put(knob(path, training.name, name), value, training.name)
        typed.put(knob(path, training.name, "lr"), 0.25, training.name)
    typed.evaluate()
    for training in trainings:
        first = start_row(path, training.name) + 1
        found = column(typed, training.name, heads(path, training.name)["lr"], first, points.n)
        assert found == pytest.approx(by_numpy(0.25).tolist(), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("h", [0.01, 0.5])
def test_a_step_typed_into_its_cell_is_that_of_the_differences(engine, tmp_path, h):
    model, points = SAMPLES["wave"]
    path = build_model(tmp_path / "book.xlsx", [training_of(model, differences=["a", "b"])], points, epochs=3, epoch=2)
    assert verify(path).agrees
    typed = engine(path)
    typed.put(knob(path, "wave", "h"), h, "wave")
    typed.evaluate()
    first = start_row(path, "wave") + 1
    row = {name: column(typed, "wave", letter, first, points.n) for name, letter in heads(path, "wave").items()}
    for place in range(points.n):
        values = {name: entries[place] for name, entries in row.items()}
        for name in "ab":
            forward, central = slopes(model, values, name, h)
            assert values[f"forward dL/d{name}"] == pytest.approx(forward, abs=1e-13 / h)
            assert values[f"central dL/d{name}"] == pytest.approx(central, abs=1e-13 / h)


def test_the_rows_of_a_sheet_are_those_of_its_trace(tmp_path):
    model, points = SAMPLES["parabola"]
    options = {"schedule": "cosine", "batch": 5, "differences": ["a"]}
    path = xlsgd.build(model, tmp_path / "book.xlsx", points, rules="adam", epochs=3, epoch=2, lr=0.05, **options)
    frame = xlsgd.trace(model, points, 3, rule="adam", lr=0.05, **options).loc[2]
    sheet = sheet_values(path, "parabola", headings=start_row(path, "parabola") - 1)
    for place, name in enumerate(frame.columns, start=1):
        assert sheet.columns[place - 1] == name, column_letters(place)
        assert sheet.iloc[1 : points.n + 1, place - 1].tolist() == frame[name].tolist()


def test_a_relative_error_is_rounded_to_nine_places():
    """Beyond them a central difference shows rounding, no two engines the same."""
    frame = xlsgd.trace(*SAMPLES["wave"], 2, differences=["b"], h=0.01)
    off = frame["central off b"].tolist()
    assert max(off) > 1e-7 and off == [round(value, 9) for value in off]
