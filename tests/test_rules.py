"""The rules on every kind of value, and what adding one gives."""

import doctest
from typing import NamedTuple

import numpy as np
import openpyxl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xlsgd import rules, trace
from xlsgd.excel.writer import write_workbook
from xlsgd.functions import Value, sqrt
from xlsgd.points.points import LESSON_POINTS
from xlsgd.rules import RULES, Rule
from xlsgd.sheets.lesson import trainings
from xlsgd.symbols.checked import Checked, plain
from xlsgd.symbols.expression import Expression, defined_name
from xlsgd.symbols.to_excel import spell
from xlsgd.verifying.check import verify
from xlsgd.workbooks.build import filled_training

RUNS, STEPS = 1000, 20


def test_the_examples_in_the_docstrings_hold():
    results = doctest.testmod(rules)
    assert results.attempted >= len(rules.RULES)
    assert results.failed == 0


def warm(rule, w):
    """A state in which no rule divides by zero, the same for all kinds of value."""
    fields = rule.state(0.0)._fields[1:]
    return rule.state(w, *(0 * w if field == "t" else 0 * w + 0.25 for field in fields))


def path(rule, w, gradients, knobs):
    """The states after each gradient."""
    states = [warm(rule, w)]
    for g in gradients:
        states.append(rule.update(states[-1], g, knobs))
    return states


def inputs():
    random = np.random.default_rng(2)
    return random.normal(size=RUNS), random.normal(size=(STEPS, RUNS))


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("course_momentum", {"beta": 0.9}),
        ("course_rmsprop", {"lr": 0.02, "beta": 0.9}),
        ("course_adam", {"lr": 1.0, "beta1": 0.9, "beta2": 0.9}),
    ],
)
def test_the_courses_rules_have_the_knobs_of_its_sheets(name, published):
    """The rate of `momentum` alone is the same as that of `basic`, where the rule's own is PyTorch's."""
    knobs = RULES[name].knobs()._asdict()
    assert {knob: knobs[knob] for knob in published} == published


@pytest.mark.parametrize("name", RULES)
def test_a_thousand_runs_at_once_are_the_single_runs(name):
    """A relative 1e-13: NumPy squares by multiplying and Python by `pow`, a last bit apart now and then."""
    rule, (w, gradients) = RULES[name], inputs()
    at_once = path(rule, w, gradients, rule.knobs())[-1]
    for run in range(RUNS):
        alone = path(rule, float(w[run]), map(float, gradients[:, run]), rule.knobs())[-1]
        assert [field[run] for field in at_once] == pytest.approx(list(alone), rel=1e-13), f"run {run}"


@pytest.mark.parametrize("name", RULES)
def test_every_run_may_have_knobs_of_its_own(name):
    """Exactly: both sides are the same NumPy operations."""
    rule, (w, gradients) = RULES[name], inputs()
    factors = np.linspace(0.5, 1.0, RUNS)
    knobs = rule.knobs._make(knob * factors for knob in rule.knobs())
    at_once = path(rule, w, gradients, knobs)[-1]
    for run in (0, 17, RUNS - 1):
        own = rule.knobs._make(knob[run : run + 1] for knob in knobs)
        alone = path(rule, w[run : run + 1], gradients[:, run : run + 1], own)[-1]
        assert [field[run] for field in at_once] == [field[0] for field in alone]


@pytest.mark.parametrize("name", RULES)
def test_torch_tensors_take_the_same_path(name):
    """In float64, to a relative 1e-13 for the same reason as NumPy's."""
    rule, (w, gradients) = RULES[name], inputs()
    arrays = path(rule, w, gradients, rule.knobs())[-1]
    tensors = path(rule, torch.tensor(w), torch.tensor(gradients), rule.knobs())[-1]
    for array, tensor in zip(arrays, tensors, strict=True):
        assert isinstance(tensor, torch.Tensor)
        np.testing.assert_allclose(tensor.numpy(), array, rtol=1e-13)


@pytest.mark.parametrize("name", RULES)
def test_tensors_keep_their_precision(name):
    rule = RULES[name]
    after = rule.update(
        warm(rule, torch.ones(3, dtype=torch.float32)), torch.ones(3, dtype=torch.float32), rule.knobs()
    )
    assert after.w.dtype == torch.float32


@pytest.mark.parametrize("name", RULES)
def test_cells_spell_every_value_of_the_state(name):
    rule = RULES[name]
    state = rule.state(*map(defined_name, rule.state(0.0)._fields))
    knobs = rule.knobs._make(map(defined_name, rule.knobs._fields))
    after = rule.update(state, defined_name("g"), knobs)
    assert type(after) is type(state)
    assert all(isinstance(value, Expression) for value in after)
    assert after.w != state.w
    spelled = " ".join(spell(value) for value in after)
    assert all(knob in spelled for knob in rule.knobs._fields), "a knob that no formula mentions"


@pytest.mark.parametrize("name", RULES)
@given(w=st.floats(-1e6, 1e6), g=st.floats(-1e6, 1e6))
def test_checked_numbers_are_floats_where_floats_succeed(name, w, g):
    """To the bit: a sheet that goes wrong in row 900 must not change in row 899."""
    rule = RULES[name]
    floats = rule.update(warm(rule, w), g, rule.knobs())
    checked = rule.update(warm(rule, Checked(w)), g, rule.knobs())
    assert [plain(value) for value in checked] == list(floats)


def test_rules_do_not_change_what_they_are_given():
    for rule in RULES.values():
        w = np.ones(3)
        g = np.full(3, 0.5)
        rule.update(warm(rule, w), g, rule.knobs())
        assert (w == 1).all()
        assert (g == 0.5).all()


# ---- facts from outside -------------------------------------------------------------------------------------------

TORCH = {
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3),
    "momentum": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p),
    "adam": lambda p: torch.optim.Adam(p),
    "adamw": lambda p: torch.optim.AdamW(p),
}


def torch_path(optimizer, w, gradients):
    p = torch.tensor([w], dtype=torch.float64, requires_grad=True)
    making = optimizer([p])
    for g in gradients:
        p.grad = torch.tensor([g], dtype=torch.float64)
        making.step()
    return p.item()


@pytest.mark.parametrize("name", TORCH)
@given(st.floats(-10, 10), st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_the_textbook_rules_with_their_defaults_are_torchs(name, w, gradients):
    """1e-11, absolute since weights cross zero: Torch's Adam orders its divisions otherwise."""
    rule = RULES[name]
    state = rule.state(w)
    for g in gradients:
        state = rule.update(state, g, rule.knobs())
    assert state.w == pytest.approx(torch_path(TORCH[name], w, gradients), rel=1e-11, abs=1e-11)


def test_every_textbook_rule_is_compared_with_torch():
    assert set(TORCH) == {name for name in RULES if not name.startswith("course_")}


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_the_courses_momentum_is_torchs_at_a_tenth_of_the_rate(gradients):
    """1e-12 absolute: `1 - 0.9` is not `0.1` to the last bit."""
    state, knobs = rules.Momentum(1.0), rules.MomentumKnobs(lr=0.01, beta=0.9)
    for g in gradients:
        state = rules.course_momentum(state, g, knobs)
    there = torch_path(lambda p: torch.optim.SGD(p, lr=0.01 * (1 - 0.9), momentum=0.9), 1.0, gradients)
    assert state.w == pytest.approx(there, abs=1e-12)


# ---- adding an optimizer touches one file -------------------------------------------------------------------------


class AdaGradState(NamedTuple):
    w: Value
    v: Value = 0.0


class AdaGradKnobs(NamedTuple):
    lr: Value = 1e-2
    eps: Value = 1e-10


def adagrad(s, g, k):
    v = s.v + g**2
    w = s.w - k.lr * g / (sqrt(v) + k.eps)
    return AdaGradState(w, v)


@pytest.fixture
def with_adagrad(monkeypatch):
    monkeypatch.setitem(RULES, "adagrad", Rule(adagrad, AdaGradState, AdaGradKnobs))


def line(epochs, optimizer):
    """Train the lesson's line in Torch, which knows neither our rules nor our rows; the weights before each row."""
    b, a = (torch.tensor(1.0, dtype=torch.float64, requires_grad=True) for _ in "ba")
    making = optimizer([b, a])
    weights = []
    for _ in range(epochs):
        for x, y in zip(*LESSON_POINTS, strict=True):
            weights.append((b.item(), a.item()))
            making.zero_grad()
            ((y - (b + a * x)) ** 2).backward()
            making.step()
    return weights


def test_a_new_rule_has_a_trace_and_it_is_torchs(with_adagrad):
    frame = trace("adagrad", epochs=3, lr=0.5)
    weights = line(3, lambda p: torch.optim.Adagrad(p, lr=0.5))
    assert len(frame) == 87
    np.testing.assert_allclose(frame[["b", "a"]].to_numpy(), weights, rtol=1e-12)  # sums in another order


def test_a_new_rule_has_a_sheet_and_a_verified_workbook(with_adagrad, tmp_path):
    write_workbook(tmp_path / "adagrad.xlsx", [filled_training(trainings()["adagrad"])], "AdaGrad")
    sheet = openpyxl.load_workbook(tmp_path / "adagrad.xlsx")["adagrad"]
    assert sheet["I6"].value == "=C6-$C$2*G6/(SQRT(K6)+$D$2)"
    report = verify(tmp_path / "adagrad.xlsx")
    assert report.agrees
    assert report.verdicts[0].total.equal == report.formulas == 29 * 10 + 1


class OddNames(NamedTuple):
    lr: Value = 1e-3
    a: Value = 0.5
    b: Value = 0.25
    x: Value = 2.0


class RateLast(NamedTuple):
    beta: Value = 0.5
    lr: Value = 1e-5


class Fixed(NamedTuple):
    w: Value
    c: Value = 1.5


class Delayed(NamedTuple):
    w: Value
    m: Value = 0.0
    before: Value = 0.25


def with_odd_names(s, g, k):
    return rules.Weight(s.w - k.lr * g * k.a * k.x - k.b)


def with_the_rate_last(s, g, k):
    return rules.Momentum(s.w - k.lr * s.m, k.beta * s.m + g)


def with_a_fixed_state(s, g, k):
    return Fixed(s.w - k.lr * g * s.c, s.c)


def with_a_delay(s, g, k):
    return Delayed(s.w - k.lr * s.before, s.m * 0.5 + g, s.m)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(with_odd_names, rules.Weight, OddNames),
        Rule(with_the_rate_last, rules.Momentum, RateLast),
        Rule(with_a_fixed_state, Fixed, rules.Rate),
        Rule(with_a_delay, Delayed, rules.Rate),
    ],
    ids=lambda rule: rule.update.__name__,
)
def test_an_unusual_rule_has_a_verified_sheet_too(monkeypatch, tmp_path, rule):
    monkeypatch.setitem(RULES, "unusual", rule)
    write_workbook(tmp_path / "a.xlsx", [filled_training(trainings()["unusual"])], "unusual")
    report = verify(tmp_path / "a.xlsx")
    assert report.agrees
    assert report.verdicts[0].total.equal == report.formulas > 29 * 7
