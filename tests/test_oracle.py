"""The oracle against published figures, a spreadsheet engine, and the rules against the oracle."""

import ast
import importlib
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional
from xlsxwriter.utility import xl_cell_to_rowcol

from xlsgd import rules
from xlsgd.errors import InputError
from xlsgd.verifying.engines import libreoffice
from xlsgd.verifying.oracle import expected as oracle
from xlsgd.verifying.oracle import paths as oracle_paths
from xlsgd.verifying.oracle import sheet as oracle_sheet

X = [14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9, 38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8]
DATA = {f"A{4 + i}": float(x) for i, x in enumerate(X)} | {f"B{4 + i}": 2.0 * x + 30 for i, x in enumerate(X)}
START = {"C1": 1.0, "C2": 1.0}
IMAGES = {
    "B": [0.021789294543326676, -2.488055919486013, -1.7505557283129267, 2.070409245987718, 1.2502573466234175],
    "G": [-1.4210496434287527, -3.9308948574580924, -3.1933946662850063, 0.6275703080156385, -0.19258159134866187],
}
TRUTHS, PREDICTIONS = [1, 1, 0, 0, 1], [0.5, 0.98, 0.9, 0.5, 0.9]


def expected(sheet: str, constants: dict[str, float]) -> dict[str, float]:
    return oracle.expected(sheet, {sheet: constants})


def down(column: str, first: int, numbers: list[float]) -> dict[str, float]:
    return {f"{column}{first + i}": float(number) for i, number in enumerate(numbers)}


CONSTANTS = {
    "basic": DATA | START | {"F1": 1e-4},
    "momentum": DATA | START | {"D2": 1e-4, "J1": 0.9, "J33": -18.33392669020789, "K33": 98.24583039212854},
    "rmsprop": DATA | START | {"D2": 0.02, "J1": 0.9, "J33": 1000.0, "K33": 2e6},
    "adam": DATA | START | {"D2": 1.0, "J1": 0.9, "L1": 0.9, "J33": -18.0, "K33": 98.0, "L33": 5e3, "M33": 4e6},
    "adam_ann": DATA
    | START
    | {"D2": 1.0, "J1": 0.9, "L1": 0.95, "J33": -18.0, "K33": 98.0, "L33": 5e3, "M33": 4e6, "N3": 2500.0},
    "softmax": down("B", 3, IMAGES["B"]) | down("G", 3, IMAGES["G"]),
    "entropy": down("B", 2, TRUTHS) | down("C", 2, PREDICTIONS),
    "log_entropy": down("B", 2, TRUTHS) | down("D", 2, PREDICTIONS),
}

# Published figures and saved states of the course's own files.


def test_row_4_of_basic_as_published():
    answers = expected("basic", CONSTANTS["basic"])
    published = {"C": 1, "D": 1, "E": 15, "F": 1849, "G": 1848.1401, "H": -85.99, "I": 1836.9796, "J": -1202.04}
    published |= {"K": -86, "L": -1204, "M": 1.1204, "N": 1.0086}
    # H and J divide a difference of two numbers near 1849 by 0.01: 1e-13 * 1849 / 0.01 / 86 is 2e-11
    assert {column: answers[f"{column}4"] for column in published} == pytest.approx(published, rel=1e-10)


def test_basic_after_a_reset_and_five_steps():
    constants, errors = dict(CONSTANTS["basic"]), []
    for _ in range(5):
        answers = expected("basic", constants)
        constants |= {"C1": answers["C32"], "C2": answers["D32"]}
        errors.append(expected("basic", constants)["F33"])
    saved = 104.74921026693299, 104.55969980561993, 104.37053295106034, 104.18170833255277, 103.99322533093216
    # the same operations in the same order but for the sum of the errors: a few units in the last place
    assert errors == pytest.approx(saved, rel=1e-14)
    assert (constants["C1"], constants["C2"]) == pytest.approx((1.2754625002528799, 2.569996469807525), rel=1e-14)


def test_momentum_after_a_reset():
    answers = expected("momentum", CONSTANTS["momentum"] | {"J33": 0.0, "K33": 0.0})
    assert (answers["J32"], answers["K32"]) == pytest.approx((-18.33392669020789, 98.24583039212854), rel=1e-13)


def test_sums_of_the_softmax_sheet():
    answers = expected("softmax", CONSTANTS["softmax"])
    assert [round(answers[address], 2) for address in ("C8", "H8", "D8", "I8")] == [12.70, 3.00, 1.00, 1.00]
    # image 2 is image 1 less a constant: the published outputs have 16 digits
    assert [answers[f"I{row}"] for row in range(3, 8)] == pytest.approx([answers[f"D{row}"] for row in range(3, 8)])


# LibreOffice's word, with the course's formulas written out here; `{r}` is a row, `{p}` the one before.

SHARED = {"E": "=C{r}+D{r}*A{r}", "F": "=2*(D{r}*A{r}+C{r}-B{r})", "G": "=F{r}*A{r}"}
MEANS = {"J": "=J{p}*$J$1+$K$1*F{r}", "K": "=K{p}*$J$1+$K$1*G{r}"}
ADAM = {
    **SHARED,
    **MEANS,
    "L": "=L{p}*$L$1+$M$1*F{r}^2",
    "M": "=M{p}*$L$1+$M$1*G{r}^2",
    "H": "=C{r}-J{r}*$D$2/SQRT(L{r})",
    "I": "=D{r}-K{r}*$D$2/SQRT(M{r})",
}
DOWN = {
    "basic": {
        "E": "=C{r}+D{r}*A{r}",
        "F": "=(B{r}-E{r})^2",
        "G": "=(((C{r}+0.01)+A{r}*D{r})-B{r})^2",
        "H": "=(G{r}-F{r})/0.01",
        "I": "=(((D{r}+0.01)*A{r}+C{r})-B{r})^2",
        "J": "=(I{r}-F{r})/0.01",
        "K": "=2*(E{r}-B{r})",
        "L": "=K{r}*A{r}",
        "M": "=D{r}-L{r}*$F$1",
        "N": "=C{r}-K{r}*$F$1",
    },
    "momentum": {
        **SHARED,
        **MEANS,
        "H": "=C{r}-J{r}*$D$2",
        "I": "=D{r}-K{r}*$D$2",
        "L": "=(B{r}-E{r})^2",
    },
    "rmsprop": {
        **SHARED,
        "H": "=C{r}-F{r}*$D$2/SQRT(J{p})",
        "I": "=D{r}-G{r}*$D$2/SQRT(K{p})",
        "J": "=J{p}*$J$1+$K$1*F{r}^2",
        "K": "=K{p}*$J$1+$K$1*G{r}^2",
    },
    "adam": ADAM,
    "adam_ann": ADAM,
    "softmax": {"C": "=EXP(B{r})", "D": "=C{r}/$C$8", "H": "=EXP(G{r})", "I": "=H{r}/$H$8"}
    | {"K": "=C{r}/(1+C{r})", "L": "=H{r}/(1+H{r})"},
    "entropy": {
        "D": "=-B{r}*LOG(C{r})-(1-B{r})*LOG(1-C{r})",
        "E": "=-IF(B{r}=1,LOG(C{r}),LOG(1-C{r}))",
    },
    "log_entropy": {
        "C": "=1-B{r}",
        "E": "=LOG(D{r})",
        "F": "=LOG(1-D{r})",
        "G": "=-B{r}*E{r}-C{r}*F{r}",
        "H": "=MATCH(1,B{r}:C{r})",
        "I": "=OFFSET(D{r},0,H{r})",
    },
}
RANGES = {"softmax": range(3, 8), "entropy": range(2, 7), "log_entropy": range(2, 7)}
SEEDS = {"K1": "=1-J1", "J3": "=J33", "K3": "=K33"}
ONCE = {
    "basic": {"F33": "=SQRT(SUM(F4:F32))", "K33": "=SQRT(SUMSQ(K4:K32))", "L33": "=SQRT(SUMSQ(L4:L32))"},
    "momentum": SEEDS | {"L33": "=SQRT(SUM(L4:L32))"},
    "rmsprop": SEEDS,
    "adam": SEEDS | {"M1": "=1-L1", "L3": "=L33", "M3": "=M33"},
    "adam_ann": SEEDS
    | {"M1": "=1-L1", "L3": "=L33", "M3": "=M33", "F33": "=SQRT(SUMSQ(F4:F32))/COUNT(F4:F32)"}
    | {"G33": "=SQRT(SUMSQ(G4:G32))/COUNT(G4:G32)", "N33": "=SQRT(L33)+SQRT(M33)"}
    | {"K34": "=1/K3", "L34": "=1/L3", "N34": "=N33/N3"},
    "softmax": {f"{column}8": f"=SUM({column}3:{column}7)" for column in "CDHI"},
    "entropy": {"C9": "=25000*128*4/1000"},
    "log_entropy": {},
}


def formulas(sheet: str) -> dict[str, str]:
    rows = RANGES.get(sheet, range(4, 33))
    cells = {f"{column}{r}": text.format(r=r, p=r - 1) for column, text in DOWN[sheet].items() for r in rows}
    if sheet not in RANGES:
        b, a = ("N", "M") if sheet == "basic" else ("H", "I")
        cells |= {f"C{r}": f"={b}{r - 1}" for r in rows} | {f"D{r}": f"={a}{r - 1}" for r in rows}
        cells |= {"C4": "=C1", "D4": "=C2"}
    return cells | ONCE[sheet]


@pytest.fixture(scope="module")
def session(tmp_path_factory, needs_libreoffice) -> Iterator[libreoffice.Session]:
    path: Path = tmp_path_factory.mktemp("oracle") / "lesson.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, constants in CONSTANTS.items():
            sheet = book.add_worksheet(name)
            for address, number in constants.items():
                sheet.write_number(address, number)
            for address, formula in formulas(name).items():
                sheet.write_formula(address, formula, None, 12345)
    with libreoffice.Session(path) as opened:
        yield opened


def place(address: str) -> tuple[int, int]:
    row, column = xl_cell_to_rowcol(address)
    return row + 1, column + 1


def in_libreoffice(session, sheet: str, constants: dict[str, float]) -> dict[str, float]:
    """Return the sheet's formula cells with other constants, NaN for an error."""
    for address, number in constants.items():
        session.set(sheet, *place(address), number)
    session.recalculate()
    addresses = list(formulas(sheet))
    values = session.read({sheet: [place(address) for address in addresses]})[sheet]
    for address in constants:
        session.set(sheet, *place(address), CONSTANTS[sheet][address])
    return {a: math.nan if isinstance(v, str) else v for a, v in zip(addresses, values, strict=True)}


OTHERS = {
    "as published": {sheet: {} for sheet in CONSTANTS},
    "other constants": {
        "basic": {"C1": -3.5, "C2": 7.25, "F1": 3e-5, "A4": 0.1, "B32": -77.7},
        "momentum": {"C1": -3.5, "C2": 7.25, "D2": 3e-5, "J1": 0.25, "J33": 3.0, "K33": -4.0, "A4": 0.1},
        "rmsprop": {"C1": -3.5, "C2": 7.25, "D2": 0.5, "J1": 0.25, "J33": 3e4, "K33": 4e7, "B32": -77.7},
        "adam": {"C1": -3.5, "D2": 0.25, "J1": 0.25, "L1": 0.99, "J33": 3.0, "L33": 3e4, "M33": 4e7, "A4": 0.1},
        "adam_ann": {"C2": 9.5, "D2": 0.25, "J1": 0.0, "L1": 0.5, "K33": 3.0, "L33": 3e4, "M33": 4e7, "N3": 0.5},
        "softmax": {"B3": 300.5, "B7": -20.0, "G4": 0.0},
        "entropy": {"B2": 0.0, "B4": 1.0, "C3": 1e-10, "C5": 0.125},
        "log_entropy": {"B2": 0.0, "B4": 1.0, "D3": 1e-10, "D5": 0.125},
    },
    "no averages": {
        "basic": {"F1": 0.0},
        "momentum": {"J1": 0.0},
        "rmsprop": {"J1": 0.0},
        "adam": {"J1": 0.0, "L1": 0.5},
        "adam_ann": {"J1": 0.0, "L1": 0.5, "D2": 0.0},
        "softmax": {f"{column}{row}": 0.0 for column in "BG" for row in range(3, 8)},
        "entropy": {},
        "log_entropy": {},
    },
    "errors": {
        "basic": {"F1": 1e50},
        "momentum": {"D2": 1e50},
        "rmsprop": {"J33": 0.0},
        "adam": {"A10": 1e120, "D2": 1e20},
        "adam_ann": {"K33": 0.0, "N3": 0.0},
        "softmax": {"B4": 710.0},
        "entropy": {"C2": 0.0, "C3": 1.0, "C4": -0.5, "C6": 1.5},
        "log_entropy": {"D2": 0.0, "D3": 1.0, "D4": -0.5, "D6": 1.5},
    },
    "other errors": {
        "basic": {"F1": 1e150},
        "momentum": {"D2": 1e152, "K33": 1e152},
        "rmsprop": {"A10": 1e120},
        "adam": {"L1": 0.0, "A4": 0.0},
        "adam_ann": {"J33": 1e308, "D2": 1e4},
        "softmax": {"G5": 709.5, "G6": 709.5},
        "entropy": {"C2": 1.0, "C4": 0.0},
        "log_entropy": {"D2": 1.0, "D4": 0.0},
    },
}


@pytest.mark.parametrize("case", OTHERS)
@pytest.mark.parametrize("sheet", CONSTANTS)
def test_every_formula_cell_as_libreoffice_has_it(session, sheet, case):
    theirs = in_libreoffice(session, sheet, OTHERS[case][sheet])
    ours = expected(sheet, CONSTANTS[sheet] | OTHERS[case][sheet])
    assert ours.keys() == theirs.keys()
    assert any(map(math.isnan, theirs.values())) == ("errors" in case)
    # sums in another order, and rounding errors that near-cancelling differences enlarge: the worst of all is 1.2e-13
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12, nan_ok=True)


def test_a_parameter_fails_one_row_after_the_state_it_is_computed_from():
    # G10^2 overflows, F10^2 does not: adam's slope is lost at once, rmsprop's, with the row before's, a row later
    for sheet, fails in ("adam", "I10"), ("rmsprop", "I11"):
        answers = expected(sheet, CONSTANTS[sheet] | OTHERS["other errors" if sheet == "rmsprop" else "errors"][sheet])
        slopes = [f"I{row}" for row in range(4, 33)]
        assert next(address for address in slopes if math.isnan(answers[address])) == fails
        assert math.isfinite(answers["H10"])


# The parts, against closed forms and against each other.

numbers = st.floats(-100, 100)
lists = st.lists(numbers, min_size=1, max_size=6)


@given(lists, numbers, numbers)
def test_gradients_are_the_closed_form(xs, b, a):
    x, ones = torch.tensor(xs, dtype=torch.float64), torch.ones(len(xs), dtype=torch.float64)
    by_b, by_a = oracle_paths.gradients(x, 2 * x + 30, b * ones, a * ones)
    residual = b + a * x - (2 * x + 30)
    # one multiplication more or less: exact
    assert torch.equal(by_b, 2 * residual)
    assert torch.equal(by_a, 2 * residual * x)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_momentum_is_torchs_at_the_rate_times_1_less_beta(beta):
    x = torch.tensor(X, dtype=torch.float64)
    start, seeds = (oracle_sheet.float64(pair).unbind() for pair in ([1.0, 1.0], [-18.3, 98.2]))
    path = oracle_paths.momentum(x, 2 * x + 30, start, 1e-4, beta, seeds)

    def scaled(weights, lr):
        return torch.optim.SGD(weights, lr, momentum=beta)

    buffers = {"momentum_buffer": [seed / (1 - beta) for seed in seeds]}
    other = oracle_paths.descend(x, 2 * x + 30, start, 1e-4 * (1 - beta), scaled, buffers)
    # dividing by 1 - beta, 0.01 at the least, enlarges rounding errors by 100
    assert path.after.tolist() == [pytest.approx(row, rel=1e-12) for row in other.after.tolist()]
    average = other.state["momentum_buffer"] * (1 - beta)
    assert path.state["momentum_buffer"].tolist() == [pytest.approx(row, rel=1e-11) for row in average.tolist()]


def test_many_starts_at_once_are_each_alone():
    x = torch.tensor(X, dtype=torch.float64)
    b, a = torch.tensor([[1.0, -7.0, 30.0], [1.0, 5.0, 2.0]], dtype=torch.float64).unbind()
    seeds = torch.tensor([[3.0, 0.0, -4.0], [5e3, 1e6, 2e5]], dtype=torch.float64).unbind()
    together = oracle_paths.adam(x.unsqueeze(1), 2 * x.unsqueeze(1) + 30, (b, a), 0.5, (0.9, 0.95), seeds, seeds[::-1])
    for i in range(3):
        means, squares = ([seed[i] for seed in both] for both in (seeds, seeds[::-1]))
        alone = oracle_paths.adam(x, 2 * x + 30, (b[i], a[i]), 0.5, (0.9, 0.95), means, squares)
        # the same operations on the same numbers, but for a vector's instructions, which fuse and round elsewhere
        assert torch.allclose(together.after[..., i], alone.after, rtol=1e-12, atol=0, equal_nan=True)


def test_adam_that_has_taken_ages_is_not_corrected():
    assert all(1 - beta**oracle_paths.AGES == 1 for beta in (0.0, 0.9, 0.999, 0.9999999))


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=6), st.data())
def test_cross_entropy_and_its_gradient_in_both_bases(outputs, data):
    target = data.draw(st.integers(0, len(outputs) - 1))
    exponentials = [math.exp(z - max(outputs)) for z in outputs]
    shares = [e / sum(exponentials) for e in exponentials]
    for base in math.e, 10:
        loss, slopes = oracle_paths.cross_entropy(outputs, target, base)
        # 60 is the largest loss: its rounding error times a few operations
        assert loss == pytest.approx(-math.log(shares[target], base), rel=1e-12, abs=1e-13)
        wanted = [(share - (i == target)) / math.log(base) for i, share in enumerate(shares)]
        assert slopes == pytest.approx(wanted, rel=1e-12, abs=1e-14)


@given(st.floats(1e-6, 1 - 1e-6), st.sampled_from([0.0, 1.0]))
def test_entropy_is_torchs_over_log_of_10(prediction, truth):
    answers = expected("entropy", {"B2": truth, "C2": prediction})
    pair = torch.tensor([prediction], dtype=torch.float64), torch.tensor([truth], dtype=torch.float64)
    wanted = functional.binary_cross_entropy(*pair).item() / math.log(10)
    # Torch has log1p(-p), the sheet LOG(1-p): they differ by half an ulp of 1, which is the absolute tolerance
    assert (answers["D2"], answers["E2"]) == pytest.approx((wanted, wanted), rel=1e-12, abs=1e-16)


# The rules against `torch.optim`.

STEPS = 400


def slopes(seed: int) -> list[float]:
    """Return gradients of both signs over twelve orders of magnitude."""
    source = random.Random(seed)
    return [source.gauss(0, 1) * 10 ** source.uniform(-6, 6) for _ in range(STEPS)]


def rule_path(name: str, start: float, slopes: list[float], **knobs: float) -> list[float]:
    rule, path = rules.RULES[name], []
    state, chosen = rule.state(start), rule.knobs(**knobs)
    for slope in slopes:
        state = rule.update(state, slope, chosen)
        path.append(state.w)
    return path


TEXTBOOK = [
    ("sgd", {"lr": 0.03}, {"lr": 0.03}),
    ("momentum", {"lr": 0.03, "beta": 0.9}, {"lr": 0.03, "momentum": 0.9}),
    ("rmsprop", {"lr": 0.03, "beta": 0.95, "eps": 1e-3}, {"lr": 0.03, "alpha": 0.95, "eps": 1e-3}),
    (
        "adam",
        {"lr": 0.03, "beta1": 0.8, "beta2": 0.99, "eps": 1e-3},
        {"lr": 0.03, "betas": (0.8, 0.99), "eps": 1e-3},
    ),
    (
        "adamw",
        {"lr": 0.03, "beta1": 0.8, "beta2": 0.99, "eps": 1e-3, "weight_decay": 0.1},
        {"lr": 0.03, "betas": (0.8, 0.99), "eps": 1e-3, "weight_decay": 0.1},
    ),
]
DEFAULTS = [
    ("rmsprop", {}, {}),
    ("adam", {}, {}),
    ("adamw", {}, {}),
]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("name", "knobs", "options"), TEXTBOOK + DEFAULTS)
def test_the_textbook_rules_are_torchs(name, knobs, options, seed):
    ours = rule_path(name, 2.0, slopes(seed), **knobs)
    theirs = oracle_paths.textbook(name, 2.0, slopes(seed), **options)
    # relative to the path's size, since a weight that crosses 0 has lost its digits to the steps that led there
    assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12 * max(map(abs, theirs)))
    assert len(ours) == STEPS and ours[0] != ours[-1]


@pytest.mark.parametrize("sheet", ["basic", "momentum", "rmsprop", "adam"])
def test_the_courses_rules_walk_the_oracles_path(sheet):
    constants = CONSTANTS[sheet]
    answers = expected(sheet, constants)
    name = "sgd" if sheet == "basic" else f"course_{sheet}"
    rate = constants["F1" if sheet == "basic" else "D2"]
    betas = [constants[address] for address in ("J1", "L1") if address in constants]
    knobs = rules.RULES[name].knobs(rate, *betas)
    seeds = [[constants[f"{column}33"] for column in pair if f"{column}33" in constants] for pair in ("JL", "KM")]
    states = [rules.RULES[name].state(1.0, *seed) for seed in seeds]
    for row, (x, y) in enumerate(zip(X, [2.0 * x + 30 for x in X], strict=True), 4):
        error = states[0].w + states[1].w * x - y
        gradients = 2 * error, 2 * error * x
        states = [rules.RULES[name].update(s, g, knobs) for s, g in zip(states, gradients, strict=True)]
        new = ("N", "M") if sheet == "basic" else ("H", "I")
        # rounding errors along 29 rows
        assert [s.w for s in states] == pytest.approx([answers[f"{column}{row}"] for column in new], rel=1e-12)


# Any number of rows, and bad input.


def test_any_number_of_rows():
    rows = 7
    constants = {f"{column}{4 + i}": float(i + 1) for column in "AB" for i in range(rows)}
    answers = expected("basic", constants | START | {"F1": 0.01})
    assert {"N10", "F11", "K11", "L11"} <= answers.keys() and "C11" not in answers
    assert answers["F11"] == pytest.approx(math.sqrt(sum(answers[f"F{row}"] for row in range(4, 11))), rel=1e-15)


def test_unknown_sheets_have_no_answers():
    assert expected("mine", {"C1": 30.0}) == {} == expected("Sheet1", {})
    assert expected("race", {"A1": 30.0}) == {} == expected("adam_run", {"A3": 1.0})


def test_points_on_a_line():
    assert expected("data", {"C1": 30.0, "C2": 2.0, "B5": 14.0, "B6": -1.0}) == {"C5": 58.0, "C6": 28.0}


@pytest.mark.parametrize(
    ("sheet", "changes", "message"),
    [
        ("basic", {"A4": None}, "sheet basic: cell A4 holds no number"),
        ("basic", {"B20": None}, "sheet basic: cell B20 holds no number"),
        ("momentum", {"D2": None}, "sheet momentum: cell D2 holds no number"),
        ("adam", {"M33": None}, "sheet adam: cell M33 holds no number"),
        ("adam", {"L1": 1.0}, "sheet adam: Torch cannot compute it: Invalid beta parameter at index 1: 1.0"),
        ("momentum", {"D2": -1.0}, "sheet momentum: Torch cannot compute it: Invalid learning rate: -1.0"),
        ("entropy", {"C3": None}, "sheet entropy: cell C3 holds no number"),
    ],
)
def test_bad_input_is_one_clear_line(sheet, changes, message):
    constants = {address: number for address, number in (CONSTANTS[sheet] | changes).items() if number is not None}
    with pytest.raises(InputError) as caught:
        expected(sheet, constants)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


# Independence.

JUDGED = ("rules", "functions", "losses", "symbols", "sheets", "run", "workbooks")
FORBIDDEN = tuple(f"xlsgd.{name}" for name in JUDGED)


APART = ("__init__", "answers")  # the latter hands the answers over, and knows workbooks
FOLDER = Path(oracle.__file__).parent
MODULES = [
    importlib.import_module(f"xlsgd.verifying.oracle.{path.stem}")
    for path in FOLDER.glob("*.py")
    if path.stem not in APART
]
assert len(MODULES) > 5


@pytest.mark.parametrize("module", MODULES)
def test_it_imports_nothing_that_it_judges(module):
    names = set()
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    assert names & {"torch", "xlsgd.verifying.oracle.sheet"}, "it computes with Torch, or by way of a sheet that does"
    assert not [name for name in names if name.startswith(FORBIDDEN)]


def test_nothing_that_it_judges_is_imported_as_it_runs():
    code = (
        "import sys; from xlsgd.verifying.oracle.expected import expected\n"
        f"assert expected('adam', {{'adam': {CONSTANTS['adam']!r}}})\n"
        "print(*sorted(name for name in sys.modules if name.startswith('xlsgd')))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    modules = {
        "xlsgd",
        "xlsgd.errors",
        "xlsgd.verifying",
        "xlsgd.verifying.oracle",
        "xlsgd.verifying.rounded",
        *(module.__name__ for module in MODULES),
    }
    assert set(done.stdout.split()) == modules
    assert not [name for name in done.stdout.split() if name.startswith(FORBIDDEN)]
