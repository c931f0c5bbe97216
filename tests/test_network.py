"""The workbook from the line to the network: each sheet by itself, judged by two spreadsheet engines and by Torch."""

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from openpyxl.utils import get_column_letter

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.excel.writer import write_workbook
from xlsgd.mnist import schedule
from xlsgd.mnist.lr_find import steepest
from xlsgd.run.press import LiveSheet
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, libreoffice
from xlsgd.workbooks.network.book import LESSONS, TITLE, network_sheets
from xlsgd.workbooks.network.fill import lesson_sheets
from xlsgd.workbooks.network.lesson import Lesson
from xlsgd.workbooks.network.values import numbers_of

WORKBOOKS = Path(__file__).parent.parent / "workbooks"


def written(path, name, points=None, epochs=None):
    write_workbook(path, network_sheets([name], {name: points} if points else {}, epochs), TITLE)
    return path


def cells(path, sheet):
    return read_once(path, path.stat().st_mtime_ns, sheet)


@lru_cache(maxsize=64)
def read_once(path, written, sheet):
    """A sheet's values by address, read once however many cells are asked for; of other sheets nothing is read."""
    read = openpyxl.load_workbook(path, data_only=True, read_only=True)[sheet]
    return {cell.coordinate: cell.value for row in read.iter_rows() for cell in row if cell.value is not None}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A workbook of each sheet alone, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("network")

    def book(name):
        path = folder / f"{name}.xlsx"
        return path if path.exists() else written(path, name)

    return book


def place_of(path, sheet, text):
    """The cell below a text."""
    found = next(address for address, value in cells(path, sheet).items() if value == text)
    letters = found.rstrip("0123456789")
    return f"{letters}{int(found[len(letters) :]) + 1}"


def line_of(path, sheet, label):
    """A line of a table by the label in column A, by the headings above it."""
    at = cells(path, sheet)
    row = next(int(address[1:]) for address, value in at.items() if address[0] == "A" and value == label)
    top = max(int(a[1:]) for a, value in at.items() if a[0] == "A" and a[1:].isdigit() and value == "run")
    columns = [get_column_letter(i) for i in range(1, 40)]
    return {at[f"{c}{top}"]: at.get(f"{c}{row}") for c in columns if f"{c}{top}" in at}


@pytest.mark.parametrize("name", LESSONS)
def test_two_engines_and_torch_confirm_every_formula(built, name):
    try:
        libreoffice.installed()
        engines = ["ironcalc", "libreoffice"]
    except EngineError:
        engines = ["ironcalc"]
    report = verify(built(name), engines, ["torch"])
    assert report.agrees, [verdict.differences[:3] for verdict in report.verdicts]
    missing = [key for verdict in report.verdicts for key, t in verdict.columns.items() if t.answered < t.formulas]
    assert not missing and report.formulas > 50


@pytest.mark.parametrize("name", [name for name, lesson in LESSONS.items() if isinstance(lesson, Lesson)])
def test_an_epoch_typed_in_shows_what_the_engine_has_then(engine, built, name):
    lesson, path = LESSONS[name], built(name)
    typed, cell = engine(path), place_of(path, name, "epoch")
    for epoch in (0, 1, lesson.epochs):
        shown = next(sheet for sheet in lesson_sheets(replace(lesson, epoch=epoch)) if sheet.name == name)
        wanted = {at: v for at, v in numbers_of(shown).items() if isinstance(v, float)}
        typed.put(cell, epoch, name)
        typed.evaluate()
        assert wanted == pytest.approx({at: typed.get(at, name) for at in wanted}, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", LESSONS)
def test_a_title_and_a_text_stand_on_top(built, name):
    at = cells(built(name), name)
    lesson = LESSONS[name]
    assert at["A1"] == lesson.title and len(lesson.lines) >= 3
    assert [at[f"A{row}"] for row in range(2, 2 + len(lesson.lines))] == lesson.lines
    assert len(openpyxl.load_workbook(built(name))[name]._charts) >= 1


def typed_book(engine, path, sheet, values):
    """A workbook with values typed below headings of a sheet, recalculated by IronCalc."""
    book = engine(path)
    for heading, value in values.items():
        book.put(place_of(path, sheet, heading), value, sheet)
    return book.evaluate()


def test_batches_tells_how_many_epochs_each_batch_size_takes(built):
    runs = {name: line_of(built("batches"), "batches", name) for name in ("batches", "batches_one", "batches_all")}
    assert [run["batch"] for run in runs.values()] == [5, 1, 29]
    assert runs["batches"]["epochs to 1 %"] == 24 and runs["batches_one"]["epochs to 1 %"] == "not yet"
    assert (
        min(runs[name]["loss at end"] for name in ("batches_one", "batches_all")) > 100 * runs["batches"]["loss at end"]
    )


def test_a_batch_size_typed_into_the_sheet_is_that_of_every_epoch(engine, built, tmp_path):
    path, lesson = built("batches"), LESSONS["batches"]
    typed = typed_book(engine, path, "batches", {"batch": 7})
    training = lesson.training._replace(knobs=lesson.training.knobs._replace(batch=7.0))
    write_workbook(tmp_path / "7.xlsx", lesson_sheets(replace(lesson, training=training)), TITLE)
    wanted = {at: v for at, v in cells(tmp_path / "7.xlsx", "batches_run").items() if isinstance(v, float)}
    assert wanted == pytest.approx({at: typed.get(at, "batches_run") for at in wanted}, rel=1e-12, abs=0)


def torch_logistic(points, epochs, lr, lesson4):
    """The parameters after so many epochs by Torch's own autograd and SGD, a point at a time."""
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr)
    for _ in range(epochs):
        for x1, x2, y in zip(points["x1"], points["x2"], points["y"], strict=True):
            z = w @ torch.tensor([1.0, x1, x2], dtype=torch.float64)
            p, target = torch.sigmoid(z), torch.tensor(y, dtype=torch.float64)
            entropy = torch.nn.functional.binary_cross_entropy_with_logits(z, target)
            loss = (1 - p if y == 1 else p) if lesson4 else entropy
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return w.tolist()


@pytest.mark.parametrize("lesson4", [0, 1])
def test_logistic_under_either_loss_is_torchs_own_training(engine, built, lesson4):
    lesson, path = LESSONS["logistic"], built("logistic")
    typed = typed_book(engine, path, "logistic", {"lesson4": lesson4, "epoch": 30})
    starts = [typed.get(place_of(path, "logistic", f"new {name}"), "logistic") for name in lesson.training.parameters]
    # rounding over 720 steps
    assert starts == pytest.approx(torch_logistic(lesson.points, 30, 0.1, lesson4), rel=1e-11)


def test_the_line_of_logistic_separates_all_but_few_of_the_points(built):
    at, lesson = cells(built("logistic"), "logistic"), LESSONS["logistic"]
    b, u, v = (at[place_of(built("logistic"), "logistic", f"new {name}")] for name in lesson.training.parameters)
    p = lesson.points
    wrong = sum((b + u * x1 + v * x2 > 0) != (y == 1) for x1, x2, y in zip(p.x1, p.x2, p.y, strict=True))
    assert wrong <= 2


def test_softmax_regressions_gradient_is_p_less_y_as_autograd_has_it(engine, built):
    lesson, path = LESSONS["softmax_regression"], built("softmax_regression")
    typed = typed_book(engine, path, "softmax_regression", {"epoch": 16})
    net = torch.nn.Linear(2, 3, dtype=torch.float64)
    torch.nn.init.zeros_(net.weight), torch.nn.init.zeros_(net.bias)
    optimizer, p = torch.optim.SGD(net.parameters(), 0.1), lesson.points
    for _ in range(16):
        for x1, x2, y in zip(p.x1, p.x2, p.y, strict=True):
            optimizer.zero_grad()
            x, target = torch.tensor([x1, x2], dtype=torch.float64), torch.tensor(int(y))
            torch.nn.functional.cross_entropy(net(x), target).backward()
            optimizer.step()
    wanted = net.bias.tolist() + net.weight.flatten().tolist()
    starts = [
        typed.get(place_of(path, "softmax_regression", f"new {n}"), "softmax_regression")
        for n in lesson.training.parameters
    ]
    # rounding over 336 steps
    assert starts == pytest.approx(wanted, rel=1e-11)
    at = cells(path, "softmax_regression")
    first = int(place_of(path, "softmax_regression", "dL/db_1").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) + 1
    columns = {at[f"{get_column_letter(i)}{first - 2}"]: get_column_letter(i) for i in range(1, 40)}
    for row in range(first, first + p.n):
        errors = [at[f"{columns[f'dL/db_{k}']}{row}"] for k in (1, 2, 3)]
        probabilities = [at[f"{columns[f'p_{k}']}{row}"] for k in (1, 2, 3)]
        target = [float(at[f"{columns['y']}{row}"] == k) for k in (0, 1, 2)]
        assert errors == [share - one for share, one in zip(probabilities, target, strict=True)]


@pytest.mark.parametrize(("divisor", "freeze"), [(3, 0), (100, 0), (3, 1)])
def test_relu_network_is_trained_as_torchs_layers_in_groups_are(engine, built, divisor, freeze):
    name = "relu_network"
    lesson, path = LESSONS[name], built(name)
    typed = typed_book(engine, path, name, {"divisor": divisor, "freeze": freeze, "epoch": 20})
    start, points = lesson.training.model.parameters, lesson.points
    net = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).double()
    for tensor, values in zip(net.parameters(), (start["w1"], start["b1"], [start["w2"]], [start["b2"]]), strict=True):
        tensor.data = torch.tensor(values, dtype=torch.float64)
    groups = [
        {"params": net[0].parameters(), "lr": 0.6 / divisor},
        {"params": net[2].parameters(), "lr": 0.6},
    ]
    net[0].requires_grad_(not freeze)
    optimizer = torch.optim.SGD(groups)
    for _ in range(20):
        for x1, x2, y in zip(points.x1, points.x2, points.y, strict=True):
            optimizer.zero_grad()
            z = net(torch.tensor([x1, x2], dtype=torch.float64))
            target = torch.tensor([y], dtype=torch.float64)
            torch.nn.functional.binary_cross_entropy_with_logits(z, target).backward()
            optimizer.step()
    wanted = [value for tensor in net.parameters() for value in tensor.flatten().tolist()]
    starts = [typed.get(place_of(path, name, f"new {entry}"), name) for entry in lesson.training.parameters]
    # rounding over 400 steps
    assert starts == pytest.approx(wanted, rel=1e-10)


def of_epochs(path, run, name):
    """What the passes of a run start from of a parameter, or their losses."""
    at = cells(path, f"{run}_run")
    columns = {
        at[f"{get_column_letter(i)}3"]: get_column_letter(i) for i in range(1, 40) if f"{get_column_letter(i)}3" in at
    }
    rows = sum(1 for address in at if address[0] == "A" and address[1:].isdigit() and 4 <= int(address[1:]) < 200)
    return [at[f"{columns[name]}{row}"] for row in range(4, 4 + rows) if isinstance(at.get(f"B{row}"), (int, float))][
        :21
    ]


def torch_line(points, epochs, make, wd):
    """The slope as each epoch starts, by Torch's autograd and an optimizer; `wd` times the squares is in the loss."""
    b, a = (torch.ones((), dtype=torch.float64, requires_grad=True) for _ in range(2))
    optimizer, slopes = make([b, a]), []
    for _ in range(epochs):
        slopes.append(a.item())
        for x, y in zip(points.x, points.y, strict=True):
            optimizer.zero_grad()
            ((b + a * x - y) ** 2 + wd * (a**2 + b**2)).backward()
            optimizer.step()
    return [*slopes, a.item()]


def test_weight_decay_is_one_path_under_sgd_and_two_under_adam(built):
    path, points = built("weight_decay"), LESSONS["weight_decay"].points
    runs = {
        run: of_epochs(path, run, "a")
        for run in ("weight_decay", *(f"weight_decay_{r}" for r in ("step", "small", "adam", "adamw")))
    }
    assert runs["weight_decay"] == pytest.approx(runs["weight_decay_step"], rel=1e-14)
    assert abs(runs["weight_decay_adam"][-1] - runs["weight_decay_adamw"][-1]) > 0.01
    adam = {"lr": 0.05, "betas": (0.9, 0.99)}
    wanted = {
        "weight_decay": torch_line(points, 20, lambda p: torch.optim.SGD(p, 0.05), 0.1),
        "weight_decay_step": torch_line(points, 20, lambda p: torch.optim.SGD(p, 0.05, weight_decay=0.2), 0),
        "weight_decay_small": torch_line(points, 20, lambda p: torch.optim.SGD(p, 0.05), 1e-5),
        "weight_decay_adam": torch_line(points, 20, lambda p: torch.optim.Adam(p, **adam), 0.1),
        "weight_decay_adamw": torch_line(points, 20, lambda p: torch.optim.AdamW(p, weight_decay=0.2, **adam), 0),
    }
    for run, slopes in wanted.items():
        # rounding over 240 steps
        assert runs[run] == pytest.approx(slopes, rel=1e-11), run


@pytest.mark.parametrize("beta", [0.9, 0.5, 0.98])
def test_a_moving_average_starts_too_low_and_adams_correction_mends_it(engine, built, beta):
    name = "moving_average"
    book, y = typed_book(engine, built(name), name, {"beta": beta}), LESSONS[name].points["y"]
    first = int(place_of(built(name), name, "corrected")[1:])
    ours = [[book.get(f"{column}{first + i}", name) for i in range(len(y))] for column in "CE"]
    w = torch.zeros((), dtype=torch.float64, requires_grad=True)
    adam, averages = torch.optim.Adam([w], betas=(beta, 0.999)), []
    for value in y:
        w.grad = torch.tensor(value, dtype=torch.float64)
        adam.step()
        averages.append(adam.state[w]["exp_avg"].item())
    assert ours[0] == pytest.approx(averages, rel=1e-13), "the average of the gradients that Adam keeps"
    assert ours[1] == pytest.approx([m / (1 - beta**t) for t, m in enumerate(averages, start=1)], rel=1e-13)
    assert ours[0][0] == pytest.approx((1 - beta) * y[0]) and ours[1][0] == pytest.approx(y[0])


def test_one_cycle_is_the_trainers_schedule_and_torchs_adam_under_it(engine, built):
    name = "one_cycle"
    lesson, path, steps = LESSONS[name], built(name), 20 * 29
    at = cells(path, f"{name}_run")
    top = max(int(address[1:]) for address, value in at.items() if address[0] == "A" and value == "x")
    columns = {
        at[f"{get_column_letter(i)}{top}"]: get_column_letter(i)
        for i in range(1, 40)
        if f"{get_column_letter(i)}{top}" in at
    }
    down = {heading: [at[f"{letter}{top + 1 + i}"] for i in range(steps)] for heading, letter in columns.items()}
    curve = schedule.one_cycle(steps)
    assert down["lr"] == pytest.approx(curve.factor.tolist(), rel=1e-9)  # the last rate is what two cosines cancel to
    assert down["beta1"] == pytest.approx(curve.momentum.tolist(), rel=1e-13)
    assert (max(down["lr"]), max(down["beta1"]), min(down["beta1"])) == (1, 0.95, 0.85)
    b, a = (torch.ones((), dtype=torch.float64, requires_grad=True) for _ in range(2))
    adam, points = torch.optim.Adam([b, a], betas=(0.95, 0.99)), lesson.points
    for step, (factor, momentum) in enumerate(zip(curve.factor, curve.momentum, strict=True)):
        adam.param_groups[0] |= {"lr": factor, "betas": (momentum, 0.99)}
        adam.zero_grad()
        ((b + a * points.x[step % 29] - points.y[step % 29]) ** 2).backward()
        adam.step()
    # rounding over 580 steps
    assert (down["new b"][-1], down["new a"][-1]) == pytest.approx((b.item(), a.item()), rel=1e-9)
    runs = [line_of(path, name, run) for run in ("one_cycle", "one_cycle_constant")]
    assert runs[0]["loss at end"] < 0.1 < 10 < runs[1]["loss at end"]


def test_lr_find_marks_what_the_trainers_search_says_of_the_same_losses(built):
    name, top = "lr_find", int(place_of(built("lr_find"), "lr_find", "step")[1:])
    at, points = cells(built(name), name), LESSONS[name].points
    headings = {at[f"{c}{top - 1}"]: c for c in "ABCDEFGHIJKLMNOP" if f"{c}{top - 1}" in at}
    down = {
        heading: [at[f"{c}{top + i}"] for i in range(100)] for heading, c in headings.items() if heading not in "xy"
    }
    line = torch.ones(2, dtype=torch.float64, requires_grad=True)
    x, y = (torch.tensor(column, dtype=torch.float64) for column in points)
    losses = []
    for rate in schedule.exponential(1e-7, 10.0, 100):
        loss = torch.nn.functional.mse_loss(line[0] + line[1] * x, y)
        (slope,) = torch.autograd.grad(loss, line)
        losses.append(loss.item())
        if schedule.smoothed(losses)[-1] > 4 * schedule.smoothed(losses).min():
            break
        with torch.no_grad():
            line -= rate * slope
    stopped = down["goes on"].index(0)
    assert stopped == len(losses) - 1 and 50 < stopped < 70
    assert down["lr"] == pytest.approx(schedule.exponential(1e-7, 10.0, 100).tolist(), rel=1e-7)  # 14 decimals
    assert down["mean loss"][: stopped - 1] == pytest.approx(losses[:-2], rel=1e-6)
    smoothed = schedule.smoothed(losses)
    # where the loss runs away it magnifies the eighth digit of a rate, so only what the search says is compared
    assert at[place_of(built(name), name, "lr at steepest")] == pytest.approx(
        steepest(down["lr"][:stopped], smoothed[:-1])
    )
    assert at[place_of(built(name), name, "a tenth of it")] == pytest.approx(down["lr"][int(smoothed.argmin())] / 10)
    assert at[place_of(built(name), name, "lr at steepest")] == pytest.approx(4.6e-5, rel=0.01)


def test_accuracy_stands_still_where_the_loss_moves(engine, built):
    name, path = "accuracy", built("accuracy")
    at, points = cells(path, name), LESSONS[name].points
    x = torch.tensor([points.x1, points.x2], dtype=torch.float64)
    y = torch.tensor(points.y, dtype=torch.float64)
    times = torch.ones((), dtype=torch.float64, requires_grad=True)
    p = torch.sigmoid(times * (0.3 + 1.2 * x[0] + 0.6 * x[1]))
    loss = torch.where(y == 1, 1 - p, p).mean()
    loss.backward()
    told = {n: at[place_of(path, name, n)] for n in ("accuracy", "accuracy then", "its derivative", "loss derivative")}
    assert told["accuracy"] == told["accuracy then"] == ((p > 0.5) == (y == 1)).double().mean().item()
    assert told["its derivative"] == 0
    assert told["loss derivative"] == pytest.approx(times.grad.item(), rel=1e-3), "by a difference of 0.0001"
    moved = typed_book(engine, path, name, {"b": -3})
    assert moved.get(place_of(path, name, "accuracy"), name) != told["accuracy"]


def trained_row_by_row(name, epochs):
    """What the parameters start from after so many epochs of the same training, a row a step."""
    live = LiveSheet(LESSONS[name].training, LESSONS[name].points)
    for _ in range(epochs):
        live.step()
    return live


def test_threes_and_sevens_are_trained_as_a_layer_and_as_the_same_model_is_row_by_row(built):
    name, path = "threes_sevens", built("threes_sevens")
    at, points = cells(path, f"{name}_run"), LESSONS[name].points
    weights = [at[f"V{row}"] for row in range(4, 69)]
    assert at["V3"] == 20
    x = torch.tensor([points[f"x{j}"] for j in range(1, 65)], dtype=torch.float64).T
    y = torch.tensor(points.y, dtype=torch.float64)
    layer = torch.nn.Linear(64, 1, dtype=torch.float64)
    torch.nn.init.zeros_(layer.bias)
    layer.weight.data = torch.tensor([LESSONS[name].training.model.parameters["w"]], dtype=torch.float64)
    optimizer = torch.optim.SGD(layer.parameters(), 1.0)
    for _ in range(20):
        optimizer.zero_grad()
        p = torch.sigmoid(layer(x)).squeeze(1)
        torch.where(y == 1, 1 - p, p).mean().backward()
        optimizer.step()
    wanted = [layer.bias.item(), *layer.weight.flatten().tolist()]
    assert weights == pytest.approx(wanted, rel=1e-10, abs=1e-14)
    assert weights == pytest.approx(list(trained_row_by_row(name, 20).parameters().values()), rel=1e-10, abs=1e-14)
    shown = cells(path, name)
    assert shown[place_of(path, name, "accuracy")] == ((p > 0.5) == (y == 1)).double().mean().item() > 0.9
    assert shown[place_of(path, name, "its p")] > 0.5, "the first digit is a 3"


def test_an_epoch_and_a_digit_typed_into_threes_sevens_are_shown(engine, built):
    name, path = "threes_sevens", built("threes_sevens")
    book, points = typed_book(engine, path, name, {"epoch": 1, "digit": 2}), LESSONS[name].points
    top = int(place_of(path, name, "the digit")[1:])
    shown = [book.get(f"{'KLMNOPQR'[j % 8]}{top + j // 8}", name) for j in range(64)]
    assert shown == [points[f"x{j}"][1] for j in range(1, 65)]
    weights = [book.get(f"{'BCDEFGHI'[j % 8]}{top + j // 8}", name) for j in range(64)]
    assert weights == pytest.approx(list(trained_row_by_row(name, 1).parameters().values())[1:], rel=1e-12, abs=1e-15)


def test_an_embeddings_lookup_is_its_one_hot_times_the_matrix(engine, built):
    name, path = "embedding", built("embedding")
    places = {what: place_of(path, name, f"{what} to look up") for what in ("user", "film")}
    for user, film in ((1, 1), (3, 4), (2, 2)):
        book = typed_book(engine, path, name, {"user to look up": user, "film to look up": film})
        for (what, place), rows, chosen in zip(places.items(), (3, 4), (user, film), strict=True):
            left, row = ord(place[0]), int(place[1:]) + 3
            numbers = [[book.get(f"{chr(left + c)}{row + r}", name) for c in (2, 3, 4)] for r in range(rows + 2)]
            assert numbers[-2] == numbers[-1] == numbers[chosen - 1], f"{what} {chosen}"


def test_only_the_looked_up_rows_move_and_the_path_is_that_of_torchs_embedding(built):
    name, path = "embedding", built("embedding")
    lesson = LESSONS[name]
    start = lesson.training.model.parameters
    tables = [
        torch.nn.Embedding.from_pretrained(torch.tensor(start[m], dtype=torch.float64), freeze=False) for m in "PQ"
    ]
    biases = [torch.nn.Embedding.from_pretrained(torch.zeros(n, 1, dtype=torch.float64), freeze=False) for n in (3, 4)]
    optimizer = torch.optim.SGD([weight for each in (*tables, *biases) for weight in each.parameters()], 0.1)
    for _ in range(12):
        for u, f, r in zip(*lesson.points, strict=True):
            user, film = torch.tensor(int(u) - 1), torch.tensor(int(f) - 1)
            optimizer.zero_grad()
            z = tables[0](user) @ tables[1](film) + biases[0](user) + biases[1](film)
            torch.nn.functional.mse_loss(5.5 * torch.sigmoid(z), torch.tensor([r], dtype=torch.float64)).backward()
            still = tables[0].weight.grad.abs().sum(1) == 0
            assert still.tolist() == [k != int(u) - 1 for k in range(3)]
            optimizer.step()
    wanted = [value for each in (*tables, *biases) for value in each.weight.flatten().tolist()]
    at = cells(path, name)
    starts = [at[place_of(path, name, f"new {entry}")] for entry in lesson.training.parameters]
    # rounding over 108 steps
    assert starts == pytest.approx(wanted, rel=1e-11)
    first = lesson.points.user[0]
    row = int(place_of(path, name, "dL/dP_1_1").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) + 1
    slopes = {k: at[f"{place_of(path, name, f'dL/dP_{k}_1').rstrip('0123456789')}{row}"] for k in (1, 2, 3)}
    assert [k for k, slope in slopes.items() if slope] == [first]


# ---- trace, press, sweep, plot, own points ---------------------------------------------------------------------------


def test_a_trace_is_what_the_sheet_shows(built):
    for name in ("logistic", "relu_network", "batches", "one_cycle"):
        frame = xlsgd.trace(name, epochs=2)
        at = cells(written_at_epoch(built, name, 1), name)
        row = int(next(a for a, value in at.items() if value == "start")[1:])
        columns = {
            at[f"{get_column_letter(i)}{row - 1}"]: get_column_letter(i)
            for i in range(1, 100)
            if f"{get_column_letter(i)}{row - 1}" in at
        }
        for heading, letter in columns.items():
            wanted = frame.loc[1][heading]
            assert wanted.index[0] == row + 1
            assert [at[f"{letter}{r}"] for r in wanted.index] == pytest.approx(list(wanted), rel=0, abs=0)


def written_at_epoch(built, name, epoch):
    path = built(name).with_name(f"{name}-{epoch}.xlsx")
    write_workbook(path, lesson_sheets(replace(LESSONS[name], epoch=epoch)), TITLE)
    return path


def test_tables_are_traced_with_other_points():
    frame = xlsgd.trace("moving_average", {"y": [2.0, 4.0]})
    assert list(frame["average"]) == pytest.approx([0.2, 0.58]) and frame["corrected"].iloc[0] == pytest.approx(2)
    assert len(xlsgd.trace("lr_find")) == 100


def test_press_sweep_and_plot_take_the_sheets_too(tmp_path):
    frozen = xlsgd.press("relu_network", ["freeze=1", "run"])[-1]
    start = xlsgd.press("relu_network", "reset")[0]
    moved = [name for name in LESSONS["relu_network"].training.parameters if frozen[name] != start[name]]
    assert moved == ["w2_1", "w2_2", "w2_3", "w2_4", "b2"]
    swept = xlsgd.sweep("logistic", lr=[0.01, 0.1], lesson4=[0, 1], epochs=5)
    live = xlsgd.press("logistic", ["lr=0.1", "lesson4=1", *["step"] * 5])[-1]
    assert swept.set_index(["lr", "lesson4"])["final_loss"][0.1, 1] == pytest.approx(live["loss"])
    assert xlsgd.plot("threes_sevens", tmp_path / "way.png", epochs=2).stat().st_size > 10_000


MOONS = {"x1": [1, 2, 3, 4], "x2": [1, 1, 2, 2], "y": [0, 1, 0, 1]}
LINE_POINTS = {"x": [1, 2, 3, 4, 5], "y": [3.5, 4.8, 7.2, 9.1, 10.7]}
RATINGS = {"user": [1, 2, 3], "film": [4, 1, 2], "rating": [5, 1, 3]}
THREE_CLASSES = MOONS | {"y": [0, 1, 2, 1]}


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("batches", LINE_POINTS | {"x": [*range(40)], "y": [2 * x + x % 3 for x in range(40)]}),
        ("accuracy", MOONS),
        ("logistic", MOONS),
        ("softmax_regression", THREE_CLASSES),
        ("relu_network", MOONS),
        ("threes_sevens", {f"x{j}": [j / 64, 1 - j / 64, 0.5] for j in range(1, 65)} | {"y": [1, 0, 1]}),
        ("embedding", RATINGS),
        ("weight_decay", {"x": [-1, 0, 1], "y": [0.5, 1, 1.7]}),
        ("moving_average", {"y": [1.5, 2, 1, 3]}),
        ("one_cycle", LINE_POINTS),
        ("lr_find", LINE_POINTS),
        ("conventions", {"g": [0.5, -1, 2], "times": [1, 0.5, 0.25]}),
    ],
)
def test_each_sheet_takes_ones_own_points(tmp_path, name, points):
    pd.DataFrame(points).to_csv(tmp_path / "own.csv", index=False)
    arguments = ["build", "network", "--sheet", name, "--data", tmp_path / "own.csv", "--out", tmp_path, "--no-verify"]
    done = CliRunner().invoke(cli, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    report = verify(tmp_path / "network.xlsx", oracles=["torch"])
    assert report.agrees, [verdict.differences[:3] for verdict in report.verdicts]
    for verdict in report.verdicts:
        assert all(tally.answered == tally.formulas for tally in verdict.columns.values()), verdict.source


@pytest.mark.parametrize(
    ("name", "points", "more", "says"),
    [
        ("logistic", MOONS | {"y": [0, 1, 2, 1]}, "", "column y, point 3: 2 is no class; there are 0, 1"),
        ("relu_network", MOONS | {"y": [1, 1, 1, 1]}, "", "column y: all are of class 1; give points of two classes"),
        ("softmax_regression", MOONS | {"y": [0, 1, 0.5, 1]}, "", "point 3: 0.5 is no class; there are 0, 1, 2"),
        ("accuracy", MOONS | {"y": [0, 0, 0, 0]}, "", "all are of class 0"),
        ("embedding", RATINGS | {"user": [1, 2, 4]}, "", "column user, point 3: 4 is no user; there are 1, 2, 3"),
        ("embedding", RATINGS | {"film": [1, 2, 5]}, "", "column film, point 3: 5 is no film"),
        ("embedding", RATINGS | {"rating": [5, 6, 3]}, "", "column rating, point 2: 6; the sheet predicts 0 to 5.5"),
        ("embedding", MOONS, "", "user"),
        ("batches", LINE_POINTS, "--set batch=0", "batches: batch=0: give a whole number of rows, 1 to 5"),
        ("batches", LINE_POINTS, "--set batch=6", "batches: batch=6: give a whole number of rows, 1 to 5"),
        ("batches", LINE_POINTS, "--set batch=2.5", "batches: batch=2.5: give a whole number of rows, 1 to 5"),
        ("moving_average", {"z": [1, 2]}, "", "y"),
    ],
)
def test_what_a_sheet_cannot_use_is_one_line_and_2(tmp_path, name, points, more, says):
    pd.DataFrame(points).to_csv(tmp_path / "own.csv", index=False)
    done = CliRunner().invoke(cli, ["trace", name, "--data", str(tmp_path / "own.csv"), *more.split()])
    (line,) = done.output.splitlines()
    assert done.exit_code == 2 and line.startswith("Error: ") and says in line


def test_a_build_of_points_that_cannot_be_used_leaves_the_old_file(tmp_path):
    (tmp_path / "network.xlsx").write_text("mine")
    pd.DataFrame(MOONS | {"y": [7, 7, 7, 7]}).to_csv(tmp_path / "own.csv", index=False)
    arguments = ["build", "network", "--sheet", "logistic", "--data", tmp_path / "own.csv", "--out", tmp_path]
    assert CliRunner().invoke(cli, list(map(str, arguments))).exit_code == 2
    assert (tmp_path / "network.xlsx").read_text() == "mine"


# ---- what the sheets needed: knobs of a model, rates of layers -------------------------------------------------------


def decayed(knobs):
    def loss(pred, y, p):
        return (y - pred) ** 2 + p.wd * p.a**2

    return xlsgd.Model("decayed", "x", {"a": 1.0}, lambda p, x: p.a * x, loss, knobs=knobs)


def test_a_models_own_knob_has_a_cell_and_torch_reads_it(tmp_path):
    model, points = decayed({"wd": 0.5}), {"x": [1, 2, 3], "y": [2, 4.5, 5]}
    path = xlsgd.build(model, tmp_path / "book.xlsx", points, rules=["sgd", "adam"], epochs=3, lr=0.05)
    assert xlsgd.verify(path, oracles="torch", models=model).agrees
    at = cells(path, "sgd")
    assert (at["C1"], at["D1"], at["D2"]) == ("lr", "wd", 0.5)
    a = 1.0
    for x, y in zip(points["x"], points["y"], strict=True):
        a -= 0.05 * (-2 * (y - a * x) * x + 2 * 0.5 * a)
    assert xlsgd.trace(model, points, lr=0.05)["new a"].iloc[-1] == pytest.approx(a, rel=1e-14)
    assert xlsgd.trace(model, points, lr=0.05, wd=0)["new a"].iloc[-1] != pytest.approx(a)


@pytest.mark.parametrize(
    ("knobs", "says"), [({}, "loss is called as loss(pred, y)"), ({"a": 1.0}, "two of its"), ({"lr": 1.0}, "'lr'")]
)
def test_a_models_knobs_that_cannot_be_are_one_line(knobs, says):
    with pytest.raises(xlsgd.InputError, match=re.escape(says)):
        xlsgd.trace(decayed(knobs), {"x": [1], "y": [1]})


def test_the_whole_workbook_by_the_library(tmp_path):
    assert xlsgd.build("network", tmp_path).read_bytes() == (WORKBOOKS / "network.xlsx").read_bytes()
