"""The history sheets and the race: what their formulas are made of, and what they show.

The lesson's optimizers are written here once more, as plain loops from the description of the course's sheets; the
history and the race, as IronCalc recalculates them, are held against these.
"""

import math
import re
from graphlib import TopologicalSorter

import openpyxl
import pytest

from xlsgd.sheets.lesson import LESSON
from xlsgd.workbooks.build import build

X = [14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9, 38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8]
POINTS = [(x, 2 * x + 30) for x in X]
EPOCHS = 30
WARM_UP = {"basic": 0, "momentum": 1, "rmsprop": 2, "adam": 4, "adam_ann": 2}
"""How many passes a reset makes over the data."""

# ---- the optimizers, said again -----------------------------------------------------------------------------------


def one_pass(name, b, a, m, v, lr):
    """One pass over the points: the last row's weights before its update, the averages after it, the loss."""
    beta2 = {"adam": 0.9, "adam_ann": 0.95}.get(name, 0.9)
    squares = 0.0
    for x, y in POINTS:
        last = b, a
        squares += (y - (b + a * x)) ** 2
        gradient = 2 * (a * x + b - y)
        gradient = gradient, gradient * x
        before = v
        m = [0.9 * old + (1 - 0.9) * g for old, g in zip(m, gradient, strict=True)]
        v = [beta2 * old + (1 - beta2) * g**2 for old, g in zip(v, gradient, strict=True)]
        if name == "basic":
            move = [lr * g for g in gradient]
        elif name == "momentum":
            move = [lr * average for average in m]
        elif name == "rmsprop":
            move = [g * lr / math.sqrt(square) for g, square in zip(gradient, before, strict=True)]
        else:
            move = [average * lr / math.sqrt(square) for average, square in zip(m, v, strict=True)]
        b, a = b - move[0], a - move[1]
    return last, m, v, math.sqrt(squares)


def course(name, epochs):
    """(b, a, rate, loss) from the reset on, as the course's buttons give them."""
    lr = {"basic": 0.0001, "momentum": 0.0001, "rmsprop": 0.02, "adam": 1.0, "adam_ann": 1.0}[name]
    m, v = [0.0, 0.0], [10000.0, 10000.0]
    if name == "momentum":
        m = one_pass(name, 1.0, 1.0, m, v, lr)[1]
    elif name == "rmsprop":
        for _ in range(2):
            v = one_pass(name, 1.0, 1.0, m, v, lr)[2]
    elif name == "adam":
        for _ in range(2):
            v = one_pass(name, 1.0, 1.0, m, v, lr)[2]
            m = one_pass(name, 1.0, 1.0, m, v, lr)[1]
    elif name == "adam_ann":
        for _ in range(2):
            _, m, v, _ = one_pass(name, 1.0, 1.0, m, v, lr)
    best = math.sqrt(v[0]) + math.sqrt(v[1])
    weights = 1.0, 1.0
    for _ in range(epochs + 1):
        last, next_m, next_v, loss = one_pass(name, *weights, m, v, lr)
        yield *weights, lr, loss
        weights, m, v = last, next_m, next_v
        if name == "adam_ann":
            size = math.sqrt(v[0]) + math.sqrt(v[1])
            if size / best > 2:
                lr /= 4
            best = min(best, size)


# ---- the workbook -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return build("graddesc", tmp_path_factory.mktemp("history"), epochs=EPOCHS)


@pytest.fixture(scope="module")
def recalculated(engine, path):
    return engine(path).evaluate()


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def line_columns(sheet):
    """The letters of a history sheet's table by heading."""
    return {cell.value: cell.column_letter for cell in sheet[3] if cell.value is not None}


@pytest.mark.parametrize("name", LESSON)
def test_every_epoch_is_the_course_buttons_epoch(book, recalculated, name):
    """To a relative 1e-9: where the loops round another way, Adam magnifies it."""
    columns = line_columns(book[f"{name}_run"])
    rows = range(4 + WARM_UP[name], 4 + WARM_UP[name] + EPOCHS + 1)
    assert [recalculated.get(f"B{row}", f"{name}_run") for row in rows] == list(range(EPOCHS + 1))
    for row, wanted in zip(rows, course(name, EPOCHS), strict=True):
        found = [recalculated.get(f"{columns[key]}{row}", f"{name}_run") for key in ("const", "slope", "lr", "loss")]
        assert found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", LESSON)
def test_a_reset_warms_up_as_often_as_the_courses(book, recalculated, name):
    """The passes of the reset stand above epoch 0, all at b = a = 1; the first starts from the numbers a reset puts."""
    sheet, columns = book[f"{name}_run"], line_columns(book[f"{name}_run"])
    marks = [sheet[f"B{row}"].value for row in range(4, 5 + WARM_UP[name])]
    assert marks == ["warm-up"] * WARM_UP[name] + [0]
    for row in range(4, 5 + WARM_UP[name]):
        assert [recalculated.get(f"{columns[key]}{row}", f"{name}_run") for key in ("const", "slope")] == [1, 1]
    first = {key: recalculated.get(f"{columns[key]}4", f"{name}_run") for key in columns if key[:2] in ("m ", "v ")}
    assert first == {key: 10000 if key[0] == "v" else 0 for key in first}
    assert len(first) == {"basic": 0, "momentum": 2, "rmsprop": 2}.get(name, 4)


def test_adam_pastes_its_averages_one_after_the_other_and_adam_ann_both_at_once(book, recalculated):
    """After a pass of `adam`'s reset only one pair of averages has changed, after one of `adam_ann`'s both."""
    for name, changes in {"adam": [("v",), ("m",), ("v",), ("m",)], "adam_ann": [("m", "v")] * 2}.items():
        columns = line_columns(book[f"{name}_run"])
        lines = [
            {key: recalculated.get(f"{columns[key]}{row}", f"{name}_run") for key in ("m b", "m a", "v b", "v a")}
            for row in range(4, 5 + WARM_UP[name])
        ]
        for before, after, moved in zip(lines[:-1], lines[1:], changes, strict=True):
            assert {key[0] for key in before if before[key] != after[key]} == set(moved)
            assert all(before[key] != after[key] for key in before if key[0] in moved)


def test_the_race_against_the_loops(book, recalculated):
    """The answer; for each optimizer the epochs until both weights are within 1 %; its first and its last loss."""
    sheet = book["race"]
    assert [recalculated.get(address, "race") for address in ("B3", "B4")] == pytest.approx([30, 2], rel=1e-12)
    assert [sheet[f"A{row}"].value for row in range(7, 12)] == list(LESSON)
    for row, name in enumerate(LESSON, start=7):
        told = list(course(name, EPOCHS))
        near = [i for i, (b, a, *_) in enumerate(told) if abs(b - 30) <= 0.3 and abs(a - 2) <= 0.02]
        assert recalculated.get(f"B{row}", "race") == (near[0] if near else "not yet"), name
        # 1e-8: near the answer a loss is what is left of a difference
        assert recalculated.get(f"C{row}", "race") == pytest.approx(told[0][3], rel=1e-12)
        assert recalculated.get(f"D{row}", "race") == pytest.approx(told[-1][3], rel=1e-8)


def test_the_race_has_a_finisher_and_one_that_does_not_finish(recalculated):
    """Else the test before would not tell the two apart."""
    finished = [recalculated.get(f"B{row}", "race") for row in range(7, 12)]
    assert "not yet" in finished
    assert any(isinstance(epochs, float) and epochs > 1 for epochs in finished)


def test_a_rate_in_the_header_changes_all_epochs(engine, path):
    book = engine(path).evaluate()
    before = [book.get(f"C{row}", "momentum_run") for row in range(5, 36)]
    book.put("D2", 0.00005, "momentum")
    book.evaluate()
    after = [book.get(f"C{row}", "momentum_run") for row in range(5, 36)]
    assert before[0] == after[0] == 1
    assert all(old != new for old, new in zip(before[1:], after[1:], strict=True))


def test_100_epochs_take_less_than_6_mb(stepping):
    assert stepping.stat().st_size < 6e6


# ---- what the formulas are made of --------------------------------------------------------------------------------

FUNCTIONS = {
    "ABS", "COUNT", "COUNTIF", "IF", "INDEX", "MATCH", "MAX", "MIN", "NA", "SIGN", "SQRT", "SUM", "SUMPRODUCT", "SUMSQ",
}  # fmt: skip
"""Functions that Excel 2010, LibreOffice and Google Sheets share, none of which is volatile."""

REFERENCE = re.compile(r"(?:(\w+)!)?\$?([A-Z]{1,2})\$?([0-9]+)(?::\$?([A-Z]{1,2})\$?([0-9]+))?(?![\w(])")


def formulas(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, cell.value


def test_only_functions_that_every_spreadsheet_has(book):
    used = {
        (name == "data", function) for name, _, text in formulas(book) for function in re.findall(r"\w+(?=\()", text)
    }
    assert {function for on_data, function in used if not on_data} <= FUNCTIONS
    assert {function for on_data, function in used if on_data} == {"RANDBETWEEN"}
    assert not any("{" in text or "@" in text or "[" in text for _, _, text in formulas(book))


def test_nothing_is_circular(tmp_path):
    """Every cell that a formula names, ranges cell by cell and whatever INDEX picks of them: no way leads back."""
    book = openpyxl.load_workbook(build("graddesc", tmp_path, epochs=3))
    names = {sheet.title: {key: n.attr_text for key, n in sheet.defined_names.items()} for sheet in book}
    graph = {}
    for name, address, text in formulas(book):
        text = re.sub(r"[a-z_][a-z_0-9]+(?![\w!])", lambda m, own=names[name]: own.get(m[0], m[0]), text)
        graph[name, address] = set(cells_of(name, text))
    order = list(TopologicalSorter(graph).static_order())  # raises where there is a circle
    assert len(graph) > 5000
    assert order.index(("adam", "C1")) > order.index(("adam_run", "C10"))


def cells_of(own, text):
    for sheet, left, top, right, bottom in REFERENCE.findall(text):
        for column in range(column_number(left), column_number(right or left) + 1):
            for row in range(int(top), int(bottom or top) + 1):
                yield sheet or own, f"{openpyxl.utils.get_column_letter(column)}{row}"


def column_number(letters):
    return openpyxl.utils.column_index_from_string(letters)


def test_the_reading_of_references():
    assert set(cells_of("a", "=SQRT(SUM(F4:F5))+$J$1*b_run!$C$8")) == {
        ("a", "F4"), ("a", "F5"), ("a", "J1"), ("b_run", "C8"),
    }  # fmt: skip
