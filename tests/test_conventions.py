"""The conventions, against `torch.optim` and against the published formulas, written down here once more."""

import doctest
import inspect
import math

import openpyxl
import pytest
import torch

import xlsgd
from xlsgd.excel.writer import write_workbook
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.table import numbers, with_table_knobs
from xlsgd.verifying.check import verify
from xlsgd.workbooks.network import convention_rules
from xlsgd.workbooks.network.book import TITLE, network_sheets
from xlsgd.workbooks.network.conventions import CONVENTIONS_SHEET, KNOBS
from xlsgd.workbooks.network.published_conventions import CONVENTIONS

NAMES = [convention.name for convention in CONVENTIONS]
POINTS = CONVENTIONS_SHEET.points
GRADIENTS, TIMES = POINTS.g, POINTS.times
KERAS = {
    "momentum": {"lr": 0.01, "beta": 0.0},
    "RMSProp": {"lr": 0.001, "beta": 0.9, "eps": 1e-7},
    "Adam": {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7},
    "AdamW": {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "weight_decay": 0.004},
}
"""The defaults in the documentation of Keras 3."""

TORCH = {
    "momentum": lambda w, k: torch.optim.SGD(w, k["lr"], momentum=k["beta"]),
    "RMSProp": lambda w, k: torch.optim.RMSprop(w, k["lr"], alpha=k["beta"], eps=k["eps"]),
    "Adam": lambda w, k: torch.optim.Adam(w, k["lr"], betas=(k["beta1"], k["beta2"]), eps=k["eps"]),
    "AdamW": lambda w, k: torch.optim.AdamW(
        w, k["lr"], betas=(k["beta1"], k["beta2"]), eps=k["eps"], weight_decay=k["weight_decay"]
    ),
}


def of(name):
    return next(convention for convention in CONVENTIONS if convention.name == name)


def columns(**knobs):
    return numbers(with_table_knobs(CONVENTIONS_SHEET.filled(), knobs)).columns


def by_torch(optimizer, knobs):
    """The parameter after each step, the rate set anew for each."""
    w = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    made, path = TORCH[optimizer]([w], knobs), []
    for g, times in zip(GRADIENTS, TIMES, strict=True):
        made.param_groups[0]["lr"] = knobs["lr"] * times
        w.grad = torch.tensor([g], dtype=torch.float64)
        made.step()
        path.append(w.item())
    return path


def published(name, k):
    """The parameter after each step by the equations as their sources print them."""
    w = before = 1.0
    m, v, path = 0.0, 1.0 if name == "RMSProp course" else 0.0, []
    for t, (g, times) in enumerate(zip(GRADIENTS, TIMES, strict=True), start=1):
        lr = k["lr"] * times
        if "beta1" in k:
            m, v = k["beta1"] * m + (1 - k["beta1"]) * g, k["beta2"] * v + (1 - k["beta2"]) * g * g
            m_hat, v_hat = m / (1 - k["beta1"] ** t), v / (1 - k["beta2"] ** t)
        match name:
            case "momentum course":
                m = k["beta"] * m + (1 - k["beta"]) * g
                w -= lr * m
            case "momentum Keras":
                m = k["beta"] * m - lr * g
                w += m
            case "momentum paper":
                w, before = w - lr * g + k["beta"] * (w - before), w
            case "RMSProp course":
                w -= lr * g / math.sqrt(v)
                v = k["beta"] * v + (1 - k["beta"]) * g * g
            case "RMSProp Keras":
                v = k["beta"] * v + (1 - k["beta"]) * g * g
                w -= lr * g / math.sqrt(v + k["eps"])
            case "RMSProp paper":
                v = k["beta"] * v + (1 - k["beta"]) * g * g
                w -= lr * g / math.sqrt(v)
            case "Adam course":
                w -= lr * m / math.sqrt(v)
            case "Adam paper":
                w -= lr * m_hat / (math.sqrt(v_hat) + k["eps"])
            case "Adam Keras" | "AdamW Keras":
                w -= w * k.get("weight_decay", 0.0) * lr
                w -= lr * math.sqrt(1 - k["beta2"] ** t) / (1 - k["beta1"] ** t) * m / (math.sqrt(v) + k["eps"])
            case "AdamW paper":
                w -= times * (k["lr"] * m_hat / (math.sqrt(v_hat) + k["eps"]) + k["weight_decay"] * w)
        path.append(w)
    return path


def test_the_examples_hold():
    results = doctest.testmod(convention_rules)
    assert results.attempted >= 6 and results.failed == 0


@pytest.mark.parametrize("own", [0.0, 1.0])
@pytest.mark.parametrize("name", NAMES)
def test_each_takes_the_path_of_its_source(name, own):
    """1e-12 relative: the same equations in another order of their operations."""
    convention = of(name)
    knobs = KNOBS | (convention.defaults if own else {})
    knobs = {knob: knobs[knob] for knob in convention.knobs}
    path = by_torch(convention.optimizer, knobs) if convention.source == "PyTorch" else published(name, knobs)
    assert columns(own_defaults=own)[f"{name} w"] == pytest.approx(path, rel=1e-12)


@pytest.mark.parametrize("optimizer", TORCH)
def test_pytorchs_defaults_are_those_that_it_has(optimizer):
    kind = type(TORCH[optimizer]([torch.zeros(1, requires_grad=True)], KNOBS))
    theirs = {name: each.default for name, each in inspect.signature(kind).parameters.items()}
    beta1, beta2 = theirs.get("betas", (None, None))
    told = {"lr": theirs["lr"], "beta": theirs.get("momentum" if optimizer == "momentum" else "alpha"), "beta1": beta1}
    told |= {"beta2": beta2, "eps": theirs.get("eps"), "weight_decay": theirs.get("weight_decay")}
    defaults = of(f"{optimizer} PyTorch").defaults
    assert {knob: told[knob] for knob in defaults} == defaults


@pytest.mark.parametrize("optimizer", KERAS)
def test_keras_defaults_are_those_of_its_documentation(optimizer):
    assert of(f"{optimizer} Keras").defaults == KERAS[optimizer]


@pytest.mark.parametrize(("optimizer", "sheet"), [("momentum", "momentum"), ("RMSProp", "rmsprop"), ("Adam", "adam")])
def test_the_courses_defaults_are_its_sheets(optimizer, sheet):
    assert of(f"{optimizer} course").defaults == trainings()[sheet].knobs._asdict()


def test_three_momenta_are_one_until_the_rate_changes():
    found = columns()
    torch_w, keras, paper = (found[f"momentum {source} w"] for source in ("PyTorch", "Keras", "paper"))
    assert keras == pytest.approx(paper, rel=1e-12)
    assert keras[:5] == pytest.approx(torch_w[:5], rel=1e-12)
    assert abs(keras[5] - torch_w[5]) > 0.1


def test_the_published_adam_is_pytorchs_to_the_bit():
    found = columns()
    assert found["Adam paper w"] == found["Adam PyTorch w"]


def test_the_paper_decays_by_the_multiplier_alone():
    """Where PyTorch's decay is that of the paper divided by the rate, both take the same path; the rate is 0.1."""
    found = columns()
    assert found["AdamW paper w"] != pytest.approx(found["AdamW PyTorch w"], rel=1e-3)
    knobs = {knob: KNOBS[knob] for knob in of("AdamW PyTorch").knobs} | {"weight_decay": KNOBS["weight_decay"] / 0.1}
    assert found["AdamW paper w"] == pytest.approx(by_torch("AdamW", knobs), rel=1e-12)


def test_defaults_that_are_asked_for_in_the_sheet_are_used_at_once(engine, tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, network_sheets(["conventions"]), TITLE)
    sheet = openpyxl.load_workbook(path)["conventions"]
    switch = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "own defaults")
    last = sheet.max_row
    typed = engine(path)
    typed.put(f"{switch.column_letter}{switch.row + 1}", 1, "conventions")
    typed.evaluate()
    shown = CONVENTIONS_SHEET.filled().grid.letters
    expected = columns(own_defaults=1.0)
    for name in NAMES:
        assert typed.get(f"{shown[f'{name} w']}{last}", "conventions") == pytest.approx(
            expected[f"{name} w"][-1], rel=1e-12
        )


@pytest.mark.parametrize("knobs", [{"own_defaults": 1.0}, {"lr": 0.0}, {"weight_decay": 0.0, "beta": 0.0}])
def test_torch_and_ironcalc_answer_for_every_cell_of_other_knobs(tmp_path, knobs):
    path = tmp_path / "a.xlsx"
    sheet = CONVENTIONS_SHEET.shown(with_table_knobs(CONVENTIONS_SHEET.filled(), knobs))
    guide, *_ = network_sheets(["conventions"])
    write_workbook(path, [guide, sheet], TITLE)
    report = verify(path, oracles=["torch"])
    assert report.agrees, [verdict.differences[:3] for verdict in report.verdicts]
    assert all(t.answered == t.formulas for verdict in report.verdicts for t in verdict.columns.values())


def test_a_trace_names_each_column():
    frame = xlsgd.trace("conventions")
    assert len(frame) == 10 and {f"{name} w" for name in NAMES} <= set(frame.columns)
