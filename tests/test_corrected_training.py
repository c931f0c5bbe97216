"""The corrected training sheets against torch.optim, in the workbook itself as IronCalc recalculates it."""

import doctest
import math

import pytest
import torch
from corrected_books import Recalculated
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.commands.settings import set_knobs
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import AdamKnobs, CountedMoments, adam
from xlsgd.run.one_pass import OnePass
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.placer import states_beside
from xlsgd.sheets.training import with_knobs
from xlsgd.workbooks.corrected import rules
from xlsgd.workbooks.corrected.layout import corrected_layout
from xlsgd.workbooks.corrected.rules import SwitchedAdamKnobs, switched_adam
from xlsgd.workbooks.corrected.training import CORRECTED
from xlsgd.workbooks.corrected.workbook import build

FIRST, LAST = 16, 44
EPOCHS = 3

OPTIMIZERS = {
    "basic": lambda p: torch.optim.SGD(p, lr=1e-4),
    "momentum": lambda p: torch.optim.SGD(p, lr=1e-5, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.99, eps=1e-8),
    "adam": lambda p: torch.optim.Adam(p, lr=0.2, betas=(0.9, 0.999), eps=1e-8),
    "adam_ann": lambda p: torch.optim.Adam(p, lr=0.7, betas=(0.9, 0.999), eps=1e-8),
}
SCHEDULES = {"adam_ann": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=580, eta_min=0.0)}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return build("graddesc", tmp_path_factory.mktemp("corrected"))


@pytest.fixture
def book(path):
    return Recalculated(path)


def torch_steps(name, epochs):
    """Return for each step the loss, both gradients, the new weights and the rate, in float64."""
    torch.set_num_threads(1)
    b, a = (torch.tensor(1.0, dtype=torch.float64, requires_grad=True) for _ in range(2))
    optimizer = OPTIMIZERS[name]([b, a])
    schedule = SCHEDULES[name](optimizer) if name in SCHEDULES else None
    steps = []
    for _ in range(epochs):
        for x, y in zip(LESSON_POINTS.x, LESSON_POINTS.y, strict=True):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(b + a * x, torch.tensor(float(y), dtype=torch.float64))
            loss.backward()
            rate = optimizer.param_groups[0]["lr"]
            gradients = b.grad.item(), a.grad.item()
            optimizer.step()
            if schedule:
                schedule.step()
            steps.append((loss.item(), *gradients, b.item(), a.item(), rate))
    return steps


@pytest.mark.parametrize("name", CORRECTED)
def test_the_workbook_takes_torchs_path_over_three_epochs_carried_on_by_copying(name, book):
    # 1e-9: both are float64, in another order of operations, over 87 steps; the paths are not chaotic that early.
    columns = "FGHIJ"
    width = 2 + len(states_beside(CORRECTED[name]))
    expected = torch_steps(name, EPOCHS)
    for epoch in range(EPOCHS):
        rows = zip(*(book.column(name, letter, FIRST, LAST) for letter in columns), strict=True)
        for row, step in zip(rows, expected[epoch * 29 :], strict=False):
            assert row == pytest.approx(step[:5], rel=1e-9)
        letters = [chr(ord("I") + i) for i in range(width)]
        book.put({f"{name}!{letter}{FIRST - 1}": book[f"{name}!{letter}{LAST}"] for letter in letters})


def test_each_row_of_adam_ann_shows_the_rate_of_torchs_schedule(book):
    # 1e-12: Torch computes the schedule step by step, the sheet each row by itself.
    rates = [step[-1] for step in torch_steps("adam_ann", 1)]
    assert book.column("adam_ann", "P", FIRST, LAST) == pytest.approx(rates, rel=1e-12)


@pytest.mark.parametrize("name", CORRECTED)
def test_the_engine_carries_the_updated_weights_as_torch_does(name):
    live = LiveSheet(CORRECTED[name])
    rows = []
    for _ in range(EPOCHS):
        rows += [(row["new b"], row["new a"]) for row in live.rows()]
        live.step()
    for row, step in zip(rows, torch_steps(name, EPOCHS), strict=True):
        assert row == pytest.approx(step[3:5], rel=1e-9)


@pytest.mark.parametrize("name", CORRECTED)
def test_the_footer_is_the_root_of_torchs_mean(name, book):
    steps = torch.tensor(torch_steps(name, 1), dtype=torch.float64)
    loss, gradients = steps[:, 0].mean().sqrt(), steps[:, 1:3].square().mean(0).sqrt()
    footer = [book[f"{name}!{letter}{LAST + 1}"] for letter in "FGH"]
    assert footer == pytest.approx([loss.item(), *gradients.tolist()], rel=1e-9)


@pytest.mark.parametrize("name", CORRECTED)
def test_at_its_default_rate_the_loss_falls_over_ten_epochs(name):
    live = LiveSheet(CORRECTED[name])
    losses = []
    for _ in range(10):
        losses.append(live.footer()["rmse"])
        live.step()
    assert losses[-1] < 0.7 * losses[0]
    assert max(losses[1:]) < losses[0]


@pytest.mark.parametrize("name", CORRECTED)
def test_every_knob_is_a_cell_on_which_the_rows_depend(name, book):
    before = book.column(name, "I", FIRST, LAST)
    cells = corrected_layout(CORRECTED[name]).cells
    for knob, address in ((knob, cells[knob]) for knob in CORRECTED[name].knobs._fields):
        value = CORRECTED[name].knobs._asdict()[knob]
        other = {"eps": 0.5, "correction": 0.0}.get(knob, value * 0.75)
        book.put({f"{name}!{address}": other})
        rows = list(LiveSheet(with_knobs(CORRECTED[name], **{knob: other})).rows())
        assert book.column(name, "I", FIRST, LAST) == pytest.approx([row["new b"] for row in rows], rel=1e-12)
        if knob == "h":
            assert book[f"{name}!M16"] == pytest.approx(rows[0]["forward de/db"], rel=1e-12)
            assert book[f"{name}!M16"] != pytest.approx(-85.99, rel=1e-6)
        else:
            assert book.column(name, "I", FIRST, LAST) != before
        book.put({f"{name}!{address}": value})


def test_the_switch_turns_the_bias_correction_off(book):
    # By hand: without correction the first step of Adam divides 0.1 of the gradient by the root of 0.001 of its square.
    gradient = -86.0
    step = 0.2 * (0.1 * gradient) / (math.sqrt(0.001 * gradient**2) + 1e-8)
    assert book.put({"adam!G2": 0.0})["adam!I16"] == pytest.approx(1 - step, rel=1e-12)
    assert book.put({"adam!G2": 1.0})["adam!I16"] == pytest.approx(1.2, rel=1e-9)


@given(st.floats(-10, 10), st.floats(0, 10), st.floats(0, 100), st.integers(0, 50))
def test_with_the_switch_on_the_rule_is_the_textbooks_to_the_bit(g, m, v, t):
    state = CountedMoments(1.0, m, v, t)
    assert switched_adam(state, g, SwitchedAdamKnobs()) == adam(state, g, AdamKnobs())


def test_central_differences_are_exact_and_forward_ones_biased_by_h(book):
    # 1e-6 for the central ones: a squared error is a parabola, so only rounding is left, of about 1e-13 / h.
    x, de_db, de_da = (book.column("basic", letter, FIRST, LAST) for letter in "AGH")
    assert book.column("basic", "N", FIRST, LAST) == pytest.approx(de_db, rel=1e-6)
    assert book.column("basic", "T", FIRST, LAST) == pytest.approx(de_da, rel=1e-6)
    ahead_b, ahead_a = (book.column("basic", letter, FIRST, LAST) for letter in "MS")
    assert ahead_b == pytest.approx([g + 0.01 for g in de_db], abs=1e-8)
    assert ahead_a == pytest.approx([g + 0.01 * each**2 for g, each in zip(de_da, x, strict=True)], abs=1e-6)
    assert book.column("basic", "P", FIRST, LAST) == [0] * 29
    assert book["basic!O16"] == pytest.approx(0.01 / 86, rel=1e-6)


@given(st.floats(1, 100), st.floats(-300, 300), st.floats(-50, 50), st.floats(-5, 5))
def test_central_differences_are_exact_wherever_they_are_taken(x, y, b, a):
    # 1e-6 of the gradient, or 1e-6 of what one of h would be: where the gradient vanishes, rounding is all there is.
    one_pass = OnePass(CORRECTED["basic"])
    (values,) = one_pass.rows(Points([x], [y]), {"b": b, "a": a}, CORRECTED["basic"].knobs)
    row = dict(zip(one_pass.names, values, strict=True))
    assert row["central de/db"] == pytest.approx(row["de/db"], rel=1e-6, abs=1e-6)
    assert row["central de/da"] == pytest.approx(row["de/da"], rel=1e-6, abs=1e-4)


def test_a_gradient_of_zero_leaves_no_error_value(book):
    book.put({"basic!I15": 30.0, "basic!J15": 2.0})
    assert book["basic!G16"] == 0
    for letter in "OPUV":
        assert all(isinstance(value, float) for value in book.column("basic", letter, FIRST, LAST))


def test_knobs_are_set_as_on_the_lessons_sheets():
    changed = set_knobs(CORRECTED, ["lr=0.5", "adam_ann.T=58", "adam.correction=0"])
    assert {sheet.knobs.lr for sheet in changed.values()} == {0.5}
    expected = {**SwitchedAdamKnobs(lr=0.5)._asdict(), "T": 58.0}
    assert changed["adam_ann"].knobs._asdict() == expected
    assert changed["adam"].knobs.correction == 0
    with pytest.raises(InputError, match=r"no knob 'correcton': did you mean 'correction'\?"):
        set_knobs(CORRECTED, ["adam.correcton=0"])


def test_the_examples_in_the_rules_docstrings_hold():
    results = doctest.testmod(rules)
    assert results.attempted >= 2
    assert results.failed == 0
