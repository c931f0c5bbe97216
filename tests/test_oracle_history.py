"""The oracle's history of epochs: published figures from constants alone, and what the buttons paste."""

import math
import random

import pytest

from xlsgd.points.points import Points
from xlsgd.sheets.lesson import LESSON
from xlsgd.verifying.check import verify
from xlsgd.verifying.oracle import expected as oracle
from xlsgd.verifying.oracle import history as oracle_history
from xlsgd.verifying.oracle.answers import _Book
from xlsgd.workbooks.build import build

X = [14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9, 38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8]
STATES = {"basic": [], "momentum": ["m b", "m a"], "rmsprop": ["v b", "v a"]}
STATES |= {name: ["m b", "m a", "v b", "v a"] for name in ("adam", "adam_ann")}
CONSTANTS = {
    "basic": {"F1": 1e-4},
    "momentum": {"D2": 1e-4, "J1": 0.9},
    "rmsprop": {"D2": 0.02, "J1": 0.9},
    "adam": {"D2": 1.0, "J1": 0.9, "L1": 0.9},
    "adam_ann": {"E2": 1.0, "J1": 0.9, "L1": 0.95},
}
START = {"const": 1.0, "slope": 1.0, "m b": 0.0, "m a": 0.0, "v b": 1e4, "v a": 1e4, "prev_grad2": 1.0}


def history(name: str, passes: int, **constants: float) -> list[dict[str, float]]:
    """Return the lines of a history, from constants alone: each answer of the oracle is entered, pass after pass."""
    seeds = ["prev_grad2"] if name == "adam_ann" else []
    lines = ["pass", "epoch", "const", "slope", "lr", *STATES[name], *seeds, "loss", "near", "answer b", "answer a"]
    weights = ["intercept", "slope"] if name == "basic" else ["b", "a"]
    columns = ["x", "y", *weights, "pred", "de/db", "de/da", "new b", "new a", *STATES[name], "err^2"]
    top = 4 + passes + 3
    run = {f"{letter}3": text for letter, text in zip("ABCDEFGHIJKLMN", lines, strict=False)}
    run |= {f"{letter}{top - 1}": text for letter, text in zip("ABCDEFGHIJKLMN", columns, strict=False)}
    run |= {f"A{4 + i}": float(i) for i in range(passes)}
    places = dict(zip(lines, "ABCDEFGHIJKLMN", strict=False))
    # every cell that is read must hold something: what nothing has told yet is 1, and a rate of 1 diverges nowhere
    rows = range(4, 4 + passes)
    run |= {f"{letter}{row}": START.get(text, 1.0) for text, letter in places.items() for row in rows if letter > "A"}
    run |= {f"{letter}{row}": 0.0 for letter in "ABCDEFGHIJKLMN" for row in range(top, top + 29 * passes)}
    training = {f"A{4 + i}": float(x) for i, x in enumerate(X)} | {f"B{4 + i}": 2.0 * x + 30 for i, x in enumerate(X)}
    book = {name: training | CONSTANTS[name] | constants, f"{name}_run": run, "race": {"B3": 30.0, "B4": 2.0}}
    for index in range(passes):
        last = index == passes - 1
        for _ in range(2):  # once for the rate that this line anneals, once for the rows at that rate
            answers = oracle.expected(f"{name}_run", book)
            below = {f"{letter}{4 + index}" for letter in places.values()}
            run |= {address: answers[address] for address in below & answers.keys()}
        if not last:
            end = top + 29 * (index + 1) - 1
            run |= {f"{letter}{end}": answers.get(f"{letter}{end}", 0.0) for letter in "ABCDEFGHIJKLMN"}
    return [{text: run[f"{letter}{row}"] for text, letter in places.items()} for row in rows]


def test_the_errors_of_five_epochs_of_basic_as_published():
    lines = history("basic", 6)
    saved = 104.74921026693299, 104.55969980561993, 104.37053295106034, 104.18170833255277, 103.99322533093216
    # the same operations in the same order but for the sum of the errors: a few units in the last place
    assert [line["loss"] for line in lines[1:]] == pytest.approx(saved, rel=1e-13)
    assert (lines[5]["const"], lines[5]["slope"]) == pytest.approx((1.2754625002528799, 2.569996469807525), rel=1e-13)


def test_momentum_after_a_reset_as_published():
    warm, start = history("momentum", 2)
    assert (warm["m b"], warm["m a"]) == (0, 0)
    assert (start["m b"], start["m a"]) == pytest.approx((-18.33392669020789, 98.24583039212854), rel=1e-13)
    assert start["const"] == start["slope"] == 1.0


def test_adams_reset_pastes_in_turns_and_adam_anns_at_once():
    turns = history("adam", 5)
    # squares after the first and third pass, averages after the second and fourth
    assert [turns[i]["v b"] == turns[i - 1]["v b"] for i in range(1, 5)] == [False, True, False, True]
    assert [turns[i]["m b"] == turns[i - 1]["m b"] for i in range(1, 5)] == [True, False, True, False]
    at_once = history("adam_ann", 3)
    assert all(at_once[i][state] != at_once[i - 1][state] for i in (1, 2) for state in STATES["adam_ann"])
    assert at_once[2]["prev_grad2"] == math.sqrt(at_once[2]["v b"]) + math.sqrt(at_once[2]["v a"])


def test_adam_ann_cuts_its_rate_when_the_gradients_have_doubled():
    lines = history("adam_ann", 12, E2=400.0)
    sizes = [math.sqrt(line["v b"]) + math.sqrt(line["v a"]) for line in lines]
    cuts = 0
    for i in range(3, 12):
        grown = sizes[i] / lines[i - 1]["prev_grad2"] > 2
        assert lines[i]["lr"] == lines[i - 1]["lr"] / (4 if grown else 1)
        assert lines[i]["prev_grad2"] == min(sizes[i], lines[i - 1]["prev_grad2"])
        cuts += grown
    assert cuts >= 2 and lines[2]["lr"] == 400.0


@pytest.fixture(scope="module")
def book(stepping):
    return _Book(stepping)


def test_passes_at_several_rates_are_walked_as_one_by_one(book):
    past = oracle_history.history(oracle.OracleSheet("adam_ann_run", book))
    assert len({past.line("lr", index) for index in range(past.passes)}) > 1
    answers = oracle.expected("adam_ann_run", book)
    for index in (0, 2, 50, 102):
        sheet = oracle.OracleSheet("adam_ann_run", book)
        x, y = (past.training.down(column, 4, 29) for column in "AB")
        optimize = oracle_history.optimizer(past.training, past.line("lr", index))
        names = set(past.lines) - {"epoch"}
        at = {name: sheet.wobbled(oracle_history.float64(past.line(name, index))) for name in names}
        seeds = [[at[f"{average} {weight}"] for weight in "ba"] for average in "mv"]
        alone = optimize(x, y, [at["const"], at["slope"]], seeds)
        last = answers[f"{past.columns['new b']}{past.first + 29 * (index + 1) - 1}"]
        # the same operations on the same numbers; vector instructions may fuse where scalar ones do not
        assert last == pytest.approx(alone.after[-1, 0, 0].item(), rel=1e-13)


@pytest.mark.parametrize("epoch", [0, 1, 37, 100, 101, -1])
def test_a_training_sheet_looks_up_its_epoch(book, epoch):
    values = dict(book["basic"]) | {"A2": float(epoch)}
    answers = oracle.expected("basic", {name: book[name] for name in book} | {"basic": values})
    line = f"{4 + epoch}"
    outside = not 0 <= epoch <= 100
    for address, column in ("C1", "C"), ("C2", "D"):
        assert math.isnan(answers[address]) if outside else answers[address] == book["basic_run"][column + line]
    shown = [answers[f"C{38 + i}"] for i in range(100)]
    assert sum(not math.isnan(loss) for loss in shown) == max(0, min(epoch, 100))


def test_the_race_against_the_closed_form(book):
    answers = oracle.expected("race", book)
    # the points lie on y = 2x + 30: least squares find it to rounding, which the spread of x magnifies tenfold
    assert (answers["B3"], answers["B4"]) == pytest.approx((30, 2), rel=1e-13)
    assert answers["B8"] == "not yet" and isinstance(answers["B11"], float)
    one = {name: dict(book[name]) for name in book}
    one["basic"] |= {f"A{row}": 7.0 for row in range(4, 33)}
    assert math.isnan(oracle.expected("race", one)["B3"])


def test_weights_that_overflow_are_errors_in_the_same_cells(tmp_path):
    source = random.Random(3)
    x = tuple(source.uniform(-1000, 1000) for _ in range(33))
    path = build("graddesc", tmp_path, Points(x, tuple(3.7 * each + source.gauss(0, 300) for each in x)), LESSON, 6)
    report = verify(path, (), ("torch",))
    assert report.errors["#NUM!"] > 100
    assert report.agrees and report.verdicts[0].total.answered == report.formulas
