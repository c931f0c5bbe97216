"""What a page computes in a real browser against the engine: rows, cells, losses and states of every sheet.

A relative 1e-12 is allowed, as everywhere; where only + - * / and the square root are done, the bits are the same.
"""

import pages
import pytest
from sample_models import SAMPLES

from xlsgd.page.tables import page_of_table
from xlsgd.page.trainings import page_of_training
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import RULES
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON, textbook, trainings
from xlsgd.sheets.table import numbers, table_sheet
from xlsgd.sheets.table_books import tables
from xlsgd.sheets.training import with_knobs
from xlsgd.sheets.trainings import training_of
from xlsgd.workbooks.network.known import network_tables, network_trainings, points_of, table_of

EPOCHS = (0, 1, 6, 50, 100)
NOISY = Points([3.0, 41.5, 17.25, 8.0, 26.0, 33.5, 12.0, 0.5], [35.1, 112.9, 65.0, 47.7, 81.2, 95.3, 55.5, 30.25])
TURNED = {
    "lr": 0.37, "beta": 0.8, "beta1": 0.85, "beta2": 0.97, "momentum": 0.7, "weight_decay": 0.01, "batch": 3.0,
}  # fmt: skip
"""What knobs are turned to; each sheet has some of them."""


@pytest.fixture
def open_page(chromium, tmp_path):
    return lambda *sheets: pages.opened(chromium, pages.written(tmp_path, *sheets))


def in_front(chromium, path):
    """The page, opened unless it is the one that stands there."""
    return chromium if chromium.current_url.startswith(path.as_uri()) else pages.opened(chromium, path)


def expected(live):
    cells = live.values()
    return {
        "rows": [list(row) for row in live.tuples()],
        "cells": cells,
        "inputs": [value for values in live.inputs.values() for value in values],
        "loss": live.recalculated().loss,
        "lists": live.lists,
    }


def same(found, wanted, where):
    if isinstance(wanted, str):
        assert str(found) == wanted, where
    else:
        assert float(found) == pytest.approx(wanted, rel=1e-12, abs=0, nan_ok=False), where


def check(page, sheet, training, points, typed=(), epochs=EPOCHS):
    """Compare a sheet at some epochs, after something was typed; return how many numbers are the same to the bit."""
    live, bits, total = LiveSheet(training, points), 0, 0
    for name, value in typed:
        live.put(name, value)
    for epoch, found in zip(epochs, page.execute_script(pages.NUMBERS, sheet.name, list(typed), epochs), strict=True):
        while live.epoch < epoch:
            live.step()
        wanted = expected(live)
        pairs = [
            (f"{name}, row {row}", a, b)
            for row, (ours, own) in enumerate(zip(found["rows"], wanted["rows"], strict=True))
            for name, a, b in zip(live.one_pass.names, ours, own, strict=True)
        ]
        pairs += [
            (cell["name"], value, wanted["cells"][cell["name"]])
            for cell, value in zip(sheet.data["cells"], found["cells"], strict=True)
        ]
        pairs += [("an input", a, b) for a, b in zip(found["inputs"], wanted["inputs"], strict=True)]
        pairs += [
            (name, a, b) for name in live.lists for a, b in zip(found["lists"][name], live.lists[name], strict=True)
        ]
        for name, a, b in [*pairs, ("loss", found["loss"], wanted["loss"])]:
            same(a, b, f"{sheet.name}, epoch {epoch}, {name}")
            bits, total = bits + (a == b), total + 1
    return bits / total


@pytest.fixture(scope="module")
def lesson_page(tmp_path_factory):
    sheets = {name: page_of_training(training, LESSON_POINTS) for name, training in trainings().items()}
    return pages.written(tmp_path_factory.mktemp("lesson"), *sheets.values()), sheets


@pytest.fixture
def lesson(chromium, lesson_page):
    path, sheets = lesson_page
    return in_front(chromium, path), sheets


def knobs_of(training):
    scale = 1e-4 if training.knobs.lr < 0.01 else 1
    turned = {name: TURNED[name] * (scale if name == "lr" else 1) for name in training.knobs._fields if name in TURNED}
    return tuple(turned.items())


def test_the_lessons_sheets_are_the_engines_to_the_bit(lesson):
    page, sheets = lesson
    for name, training in LESSON.items():
        assert check(page, sheets[name], training, LESSON_POINTS) == 1, name


@pytest.mark.parametrize("name", trainings())
def test_a_sheet_after_its_knobs_and_starts_were_changed(lesson, name):
    page, sheets = lesson
    training = trainings()[name]
    check(page, sheets[name], training, LESSON_POINTS, (*knobs_of(training), ("const", -3.5), ("slope", 0.25)))


def test_own_points_as_they_were_given(open_page):
    sheets = {name: page_of_training(training, NOISY) for name, training in LESSON.items()}
    page = open_page(*sheets.values())
    for name, training in LESSON.items():
        check(page, sheets[name], training, NOISY)


@pytest.mark.parametrize("lr", [1.0, 1e3, 1e100])
def test_where_training_leaves_the_numbers_the_page_shows_the_errors(lesson, lr):
    page, sheets = lesson
    errors = 0
    for name, training in trainings().items():
        check(page, sheets[name], training, LESSON_POINTS, [("lr", lr)], (0, 1, 3))
        live = LiveSheet(with_knobs(training, lr=lr))
        errors += any(isinstance(value, str) for row in live.tuples() for value in row)
    assert errors or lr == 1


def test_points_that_overflow_show_errors_from_their_row_on(open_page):
    wild = Points([1.0, 1e200, 2.0, 0.0], [0.0, 1.0, -1e308, 0.0])
    sheets = {name: page_of_training(training, wild) for name, training in LESSON.items()}
    page = open_page(*sheets.values())
    for name, training in LESSON.items():
        check(page, sheets[name], training, wild, epochs=(0, 1, 2))


NETWORK = network_trainings()
QUICK = ("batches", "logistic", "softmax_regression", "relu_network", "embedding", "one_cycle", "weight_decay_adamw")


@pytest.fixture(scope="module")
def quick_page(tmp_path_factory):
    sheets = {name: page_of_training(NETWORK[name], points_of(name)) for name in QUICK}
    return pages.written(tmp_path_factory.mktemp("network"), *sheets.values()), sheets


@pytest.fixture
def network(chromium, quick_page, tmp_path):
    """Gives the page with a sheet, and the sheet; those that take long have one of their own."""

    def opened(name):
        path, sheets = quick_page
        if name in sheets:
            return in_front(chromium, path), sheets[name]
        sheet = page_of_training(NETWORK[name], points_of(name))
        return pages.opened(chromium, pages.written(tmp_path, sheet)), sheet

    return opened


@pytest.mark.parametrize(
    "name", [each if each in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in NETWORK]
)
def test_the_networks_sheets(network, name):
    """Nearly all numbers are the same to the bit; where powers or logarithms part, by a relative 1e-12 at most."""
    page, sheet = network(name)
    assert check(page, sheet, NETWORK[name], points_of(name)) > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORK)
def test_the_networks_sheets_after_their_knobs_were_changed(network, name):
    page, sheet = network(name)
    typed = [(knob, value) for knob, value in knobs_of(NETWORK[name]) if knob != "batch"]
    check(page, sheet, NETWORK[name], points_of(name), typed)


QUICK_TABLES = [*tables(), "accuracy", "moving_average"]


@pytest.mark.parametrize(
    "names", [QUICK_TABLES, pytest.param(["lr_find"], marks=pytest.mark.slow)], ids=["most", "lr_find"]
)
def test_the_tables(open_page, names):
    of_network = network_tables()
    chosen = {name: table_of(name) if name in of_network else tables()[name] for name in names}
    page = open_page(*map(page_of_table, chosen.values()))
    for name, table in chosen.items():
        script = f"{pages.PLAIN} return lesson.sheets.find((each) => each.name === arguments[0]).cells.map(plain);"
        found = dict(zip(keys_of(table), page.execute_script(script, name), strict=True))
        for key, value in flat(table).items():
            same(found[key], value, f"{name}, {key}")


def keys_of(table):
    return [place.key for place in table_sheet(table).places if not place.text]


def flat(table):
    """A table's numbers by the keys of its cells."""
    contents, keys = numbers(table), set(keys_of(table))
    columns = {(name, i): value for name, column in contents.columns.items() for i, value in enumerate(column)}
    return columns | {name: value for name, value in contents.totals.items() if name in keys}


def test_a_table_after_its_inputs_were_changed(open_page):
    table = tables()["softmax"]
    page = open_page(page_of_table(table))
    typed = "const s = lesson.sheets[0]; driven(s.put('B3', 3.25)); driven(s.put('G7', -1.5));"
    script = f"{pages.PLAIN} {typed} return s.cells.map(plain);"
    found = dict(zip(keys_of(table), page.execute_script(script), strict=True))
    one, two = (list(table.inputs[f"Image {i} output"]) for i in (1, 2))
    one[0], two[4] = 3.25, -1.5
    changed = table._replace(inputs={"Image 1 output": one, "Image 2 output": two})
    for key, value in flat(changed).items():
        same(found[key], value, key)


def test_models_of_ones_own_with_schedules_batches_and_differences(open_page):
    made = [
        (training_of(model, rule, name=f"{name}_{rule}", **more), points)
        for name, (model, points) in SAMPLES.items()
        for rule, more in (
            ("adam", {"batch": 4}),
            ("sgd", {"schedule": "cosine", "differences": [next(iter(model.start))]}),
        )
    ]
    sheets = [page_of_training(*each) for each in made]
    page = open_page(*sheets)
    for sheet, (training, points) in zip(sheets, made, strict=True):
        check(page, sheet, training, points, epochs=(0, 1, 6))


def test_a_rule_that_counts_its_steps(open_page):
    training = textbook("counted", RULES["adam"], batch=5, schedule="cosine")
    sheet = page_of_training(training, LESSON_POINTS)
    check(open_page(sheet), sheet, training, LESSON_POINTS)
