"""All epochs at once: on numbers and on expressions, which agree pass by pass."""

import pytest
from sample_models import SAMPLES

from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.epochs import history, symbolic_history, values_of
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.expression import as_expression, symbol
from xlsgd.symbols.operations import evaluate

WARM = {"basic": 0, "momentum": 1, "rmsprop": 2, "adam": 4, "adam_ann": 2}
"""How many passes a reset of the course's makes."""


@pytest.mark.parametrize("name", LESSON)
def test_passes_start_where_pressing_step_by_step_leaves_the_sheet(name):
    training = LESSON[name]
    found, live = history(training, LESSON_POINTS, 3), LiveSheet(training)
    assert found.warm == WARM[name] and len(found.starts) == len(found.losses) == WARM[name] + 4
    for epoch in range(4):
        start = found.starts[found.warm + epoch]
        parameters = {training.starts[parameter][0]: value for parameter, value in live.parameters().items()}
        assert start == parameters | live.seeds() | {"lr": live.inputs["lr"][0]}
        assert found.losses[found.warm + epoch] == live.state()["loss"]
        live.step()


@pytest.mark.parametrize("name", LESSON)
def test_the_formulas_of_a_pass_give_its_numbers(name):
    """What a pass starts from, as an expression of the passes before, evaluated on their numbers: to the bit."""
    training = LESSON[name]
    numbers = history(training, LESSON_POINTS, 3)
    rows = list(values_of(training, LESSON_POINTS, numbers, columns(training)))
    n = LESSON_POINTS.n
    known = {symbol(f"loss {i}"): loss for i, loss in enumerate(numbers.losses)}
    for i in range(len(numbers.starts)):
        last = dict(zip(("x", "y", *columns(training)), rows[(i + 1) * n - 1], strict=True))
        known |= {symbol(f"{column} {i}"): value for column, value in last.items()}
    known |= {symbol(f"knob {knob}"): value for knob, value in training.knobs._asdict().items()}
    formulas = symbolic_history(training, 3, lambda i, c: symbol(f"{c} {i}"), lambda i: symbol(f"loss {i}"))
    assert (formulas.warm, len(formulas.starts)) == (numbers.warm, len(numbers.starts))
    for expressions, values in zip(formulas.starts, numbers.starts, strict=True):
        assert {key: evaluate(as_expression(value), known) for key, value in expressions.items()} == values


def columns(training):
    return tuple(LiveSheet(training).one_pass.names)[len(training.point) :]


def test_the_rate_that_a_reset_puts_back_is_the_headers():
    """Typing another one there changes all epochs."""
    formulas = symbolic_history(LESSON["adam"], 1, lambda i, c: symbol(f"{c} {i}"), lambda i: symbol(f"loss {i}"))
    assert {start["lr"] for start in formulas.starts} == {symbol("knob lr")}
    assert formulas.starts[0]["slope"] == 1.0


def test_rows_of_all_passes_one_pass_after_another():
    training, points = training_of(SAMPLES["parabola"][0], knobs={"lr": 0.01}), SAMPLES["parabola"][1]
    passes = history(training, points, 2)
    rows = list(values_of(training, points, passes, ("c", "pred", "loss")))
    live, expected = LiveSheet(training, points), []
    for _ in range(3):
        expected += [(*pair, row["c"], row["pred"], row["loss"]) for pair, row in zip(zip(*points), live.rows())]  # noqa: B905
        live.step()
    assert rows == expected


def test_a_loss_that_has_no_column_is_computed():
    points = Points([3.0], [36.0])
    passes = history(LESSON["adam"], points, 0)
    ((x, y, loss, b),) = values_of(LESSON["adam"], points, passes._replace(starts=passes.starts[-1:]), ("err^2", "b"))
    assert (x, y, loss, b) == (3.0, 36.0, 32.0**2, 1.0)
