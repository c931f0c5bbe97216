"""What an opened run computes, on arrays: against Torch, also where plain formulas lose their digits."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from xlsgd.rules import RULES
from xlsgd.sheets.opened_equations import (
    SLOPE,
    WEIGHT,
    OpenedRule,
    error,
    loss,
    odds,
    prediction,
    probability,
    step,
    step_formula,
    went_through,
)
from xlsgd.symbols.operations import evaluate

LOGITS = st.lists(st.floats(-30, 30), min_size=2, max_size=10)


def sgd(**more):
    return OpenedRule("sgd", RULES["sgd"], {}, (0.1, 0.2), **more)


def of_label(logits, label):
    most = max(logits)
    shares = [odds(logit, most) for logit in logits]
    total = sum(shares)
    others = probability(sum(share for i, share in enumerate(shares) if i != label), total)
    return shares, total, most, others


@settings(max_examples=40)
@given(LOGITS, st.data())
def test_loss_and_errors_are_torchs(logits, data):
    """A relative 1e-12: in float64, whose logarithm Torch takes another way."""
    label = data.draw(st.integers(0, len(logits) - 1))
    shares, total, most, others = of_label(logits, label)
    z = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    lost = functional.cross_entropy(z, torch.tensor([label]))
    lost.backward()
    with np.errstate(divide="ignore"):  # in the form that is not taken
        found = loss(np.array([others]), np.array([total]), most, logits[label])
    assert found.item() == pytest.approx(lost.item(), rel=1e-12, abs=1e-15)
    found = [error(i, label, others, probability(share, total)) for i, share in enumerate(shares)]
    assert found == pytest.approx(z.grad[0].tolist(), rel=1e-12, abs=1e-15)
    assert prediction(shares) == int(np.argmax(shares))


def test_a_sure_networks_loss_keeps_its_digits():
    """-log(1/(1 + e^-40)) is log1p(e^-40), of which 1 - p in float64 has no digit left."""
    shares, total, most, others = of_label([40.0, 0.0], 0)
    exact = math.log1p(math.exp(-40))
    assert loss(others, total, most, 40.0) == pytest.approx(exact, rel=1e-14, abs=0)
    assert -math.log(shares[0] / total) == 0 != exact
    slope = -math.exp(-40) / (1 + math.exp(-40))
    assert error(0, 0, others, shares[0] / total) == pytest.approx(slope, rel=1e-14, abs=0)


def test_a_relu_lets_an_error_through_only_above_0():
    assert [went_through(total, 5.0) for total in (1.0, 0.0, -1.0)] == [5.0, 0.0, 0.0]


def test_what_a_step_takes_beside_weight_and_gradient():
    assert sgd().cells(1) == {"lr": 0.1} and sgd().cells(2) == {"lr": 0.2}
    assert sgd(l2=0.5, decay=0.25).cells(1) == {"lr": 0.1, "l2": 0.5, "weight_decay": 0.25}
    adam = OpenedRule("adam", RULES["adam"], {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}, (0.1,))
    assert adam.cells(1) == {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "m": 0.0, "v": 0.0, "t": 0.0}


@pytest.mark.parametrize(("l2", "decay"), [(0.0, 0.0), (0.01, 0.0), (0.0, 0.1), (0.01, 0.1)])
def test_a_step_of_sgd_with_either_decay_is_torchs(l2, decay):
    rule = sgd(l2=l2, decay=decay)
    w = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    with torch.no_grad():
        w.mul_(1 - 0.1 * decay)  # decoupled: before the step, by the rate
    w.grad = torch.tensor([0.3 + 2 * l2 * 0.5], dtype=torch.float64)
    torch.optim.SGD([w], 0.1).step()
    assert step(rule, 0.5, 0.3, rule.cells(1)) == pytest.approx(w.item(), rel=1e-15)


def test_a_first_step_of_adamw_is_torchs():
    rule = OpenedRule(
        "adamw", RULES["adamw"], {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.1}, (0.01,)
    )
    w = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    w.grad = torch.tensor([0.3], dtype=torch.float64)
    torch.optim.AdamW([w], 0.01, weight_decay=0.1).step()
    assert step(rule, 0.5, 0.3, rule.cells(1)) == pytest.approx(w.item(), rel=1e-14)


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_the_formula_gives_the_step_and_its_constants_do_not_move(name):
    knobs = {key: value for key, value in RULES[name].knobs()._asdict().items() if key != "lr"}
    rule = OpenedRule(name, RULES[name], knobs, (0.1,), l2=0.01)
    made, cells = step_formula(rule), rule.cells(1)
    known = {made.cells[key]: value for key, value in cells.items()} | {WEIGHT: 0.5, SLOPE: 0.3}
    assert evaluate(made.formula, known) == step(rule, 0.5, 0.3, cells)
    fixed = {part: value for part, value in known.items() if part not in (WEIGHT, SLOPE)}
    assert all(math.isfinite(evaluate(part, fixed)) for part in made.constants), "no weight and no gradient in them"
    assert bool(made.constants)
