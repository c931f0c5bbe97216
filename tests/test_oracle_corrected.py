"""The oracle on the corrected workbooks: every cell, other numbers typed in, and rules that are wrong."""

import random

import pytest
import torch
from torch.nn import functional

from xlsgd.points.points import Points
from xlsgd.rules import CountedMoments, MeanSquare, Momentum, Rule, Weight
from xlsgd.verifying.check import verify
from xlsgd.verifying.oracle import corrected as oracle_corrected
from xlsgd.verifying.oracle import expected as oracle
from xlsgd.verifying.oracle.answers import _Book
from xlsgd.workbooks.corrected.training import CORRECTED
from xlsgd.workbooks.corrected.workbook import build


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corrected")
    return {name: build(name, folder) for name in ("graddesc", "entropy")}


def typed(engine, source, target, cells):
    """Copy a workbook with other numbers typed in by address, recalculated and saved by IronCalc."""
    book = engine(source)
    for address, number in cells.items():
        sheet, _, cell = address.partition("!")
        book.put(cell, number, sheet)
    book.evaluate().model.save_to_xlsx(str(target))
    return target


@pytest.mark.parametrize("name", ["graddesc", "entropy"])
def test_every_formula_cell_has_an_answer_that_agrees(books, name):
    report = verify(books[name], (), ("torch",))
    (torch_verdict,) = report.verdicts
    assert report.agrees and torch_verdict.total.answered == report.formulas > 100


# On the training sheets row 1 has the knobs' names, row 2 the knobs, row 4 what the first row starts from.
TYPED = {
    "no bias correction": ("graddesc", {"adam!G2": 0, "adam_ann!G2": 0, "adam!F2": 1e-3}),
    "other knobs": ("graddesc", {"basic!D2": 1.5, "momentum!D2": 0, "rmsprop!D2": 0.5, "adam!D2": 0.5, "adam!E2": 0.7}),
    "a schedule that ends and begins again": ("graddesc", {"adam_ann!H2": 7}),
    "a second epoch": (
        "graddesc",
        {
            "adam!O15": 29,
            "adam!K15": 3,
            "adam!L15": -70,
            "adam!M15": 9,
            "adam!N15": 9e3,
            "momentum!K15": 5,
            "rmsprop!L15": 1e5,
        }
        | {"adam_ann!O15": 29, "adam_ann!M15": 9, "adam_ann!N15": 9e3, "adam_ann!I15": -4},
    ),
    "other points": ("graddesc", {"data!B5": -3.25, "data!C1": 0.1, "data!C2": -7, "data!B33": 0}),
    "a gradient of 0": ("graddesc", {"basic!I15": 30, "basic!J15": 2}),
    "constants of the course": ("graddesc", {f"quirks!E{row}": 0.5 + row for row in (14, 17, 18, 19, 22, 24, 25, 26)}),
    "base 10": ("entropy", {"entropy!G2": 10, "log_entropy!K2": 10}),
    "another bound": ("entropy", {"entropy!H2": -5, "log_entropy!L2": -1}),
    "predictions that are none": ("entropy", {"entropy!C2": -0.5, "entropy!C3": 1.5, "log_entropy!D4": 7}),
    "truths of neither": ("entropy", {"entropy!B2": 0.25, "log_entropy!B3": 0}),
    "large outputs": ("entropy", {"softmax!B3": 800, "softmax!G4": -800, "softmax!B10": 1, "softmax!G10": 5}),
    "numbers to try": ("entropy", {"quirks!E11": 1e-9, "quirks!E12": 3}),
}


@pytest.mark.parametrize("case", TYPED)
def test_other_numbers(books, engine, tmp_path, case):
    name, cells = TYPED[case]
    report = verify(typed(engine, books[name], tmp_path / "typed.xlsx", cells), (), ("torch",))
    assert report.verdicts[0].differences == []
    assert report.verdicts[0].total.answered == report.formulas


def test_points_of_ones_own(tmp_path):
    source = random.Random(1)
    x = tuple(source.gauss(0, 3) for _ in range(120))  # more rows than a segment
    points = Points(x, tuple(source.gauss(2 * each, 1) for each in x))
    report = verify(build("graddesc", tmp_path, points=points), (), ("torch",))
    assert report.agrees and report.verdicts[0].total.answered == report.formulas


def test_a_correction_that_torch_does_not_have_gets_no_answer(books, engine, tmp_path):
    path = typed(engine, books["graddesc"], tmp_path / "typed.xlsx", {"adam!G2": 0.5})
    report = verify(path, (), ("torch",))
    unanswered = {sheet for (sheet, _), tally in report.verdicts[0].columns.items() if tally.answered < tally.formulas}
    assert report.agrees and unanswered == {"adam"}


def test_the_schedule_is_torchs():
    lr, period = 0.7, 580
    closed = [lr * (1 + torch.tensor(torch.pi * t / period, dtype=torch.float64).cos().item()) / 2 for t in range(600)]
    # Torch multiplies from step to step, which near the end of the period leaves some units of lr's last place
    assert oracle_corrected.cosine(lr, period, 0, 600) == pytest.approx(closed, rel=1e-12, abs=1e-15)
    assert oracle_corrected.cosine(lr, period, 571, 29) == oracle_corrected.cosine(lr, period, 0, 600)[571:]


def test_the_sum_form_is_binary_cross_entropy(books):
    book = _Book(books["entropy"])
    answers = oracle.expected("entropy", book)
    truth, prediction = ([book["entropy"][f"{column}{row}"] for row in range(2, 10)] for column in "BC")
    pair = (torch.tensor(numbers, dtype=torch.float64) for numbers in (prediction, truth))
    wanted = functional.binary_cross_entropy(*pair, reduction="none")
    # the very call, divided by the logarithm of e
    assert [answers[f"D{row}"] for row in range(2, 10)] == pytest.approx(wanted.tolist(), rel=1e-15)
    assert answers["D9"] == 100.0


# A wrong rule is in the formulas and in the values: only Torch, which never saw the rule, can tell.


def one_step_late(s, g, k):
    m, v = k.beta1 * s.m + (1 - k.beta1) * g, k.beta2 * s.v + (1 - k.beta2) * g**2
    root = (v / (1 - k.correction * k.beta2 ** (s.t + 2))) ** 0.5
    w = s.w - k.lr * (m / (1 - k.correction * k.beta1 ** (s.t + 2))) / (root + k.eps)
    return CountedMoments(w, m, v, s.t + 1)


def dampened(s, g, k):
    m = k.beta * s.m + (1 - k.beta) * g
    return Momentum(s.w - k.lr * m, m)


def epsilon_inside(s, g, k):
    v = k.beta * s.v + (1 - k.beta) * g**2
    return MeanSquare(s.w - k.lr * g / (v + k.eps) ** 0.5, v)


def uphill(s, g, k):
    return Weight(s.w + g * k.lr)


WRONG = {
    "adam": (one_step_late, "adam!I16"),
    "momentum": (dampened, "momentum!K16"),
    "rmsprop": (epsilon_inside, "rmsprop!I16"),
    "basic": (uphill, "basic!I16"),
}


@pytest.mark.parametrize("sheet", WRONG)
def test_a_wrong_rule_is_caught_by_torch_alone(tmp_path, sheet):
    rule, first = WRONG[sheet]
    right = CORRECTED[sheet]
    wrong = right._replace(rule=Rule(rule, right.rule.state, right.rule.knobs))
    path = build("graddesc", tmp_path, trainings=CORRECTED | {sheet: wrong})
    ironcalc, theirs = verify(path, ("ironcalc",), ("torch",)).verdicts
    assert ironcalc.differences == []
    assert first in {d.address for d in theirs.differences}
    assert {d.sheet for d in theirs.differences} == {sheet}
