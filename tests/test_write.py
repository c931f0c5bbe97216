"""`xlsgd.build`: which sheets, points and epochs it asks for, before anything is written."""

import pytest
from sample_models import SAMPLES

import xlsgd
from xlsgd.library import write as module
from xlsgd.points.points import LESSON_POINTS

MODEL, POINTS = SAMPLES["parabola"]


@pytest.fixture
def asked(monkeypatch):
    calls = []
    monkeypatch.setattr(module, "write_chosen", lambda *args: calls.append(args) or args[1])
    return calls


def test_graddesc_by_default(asked):
    xlsgd.build()
    ((what, path, points, trainings, epochs, epoch, _),) = asked
    assert (what, path, points, epochs, epoch) == ("graddesc", None, LESSON_POINTS, None, 0)
    assert list(trainings) == ["basic", "momentum", "rmsprop", "adam", "adam_ann"]


def test_a_model_with_its_rules_points_and_knobs(asked):
    xlsgd.build(MODEL, "a.xlsx", POINTS, rules=["sgd", "adam"], lr=0.5, batch=4, epochs=7, epoch=3)
    ((what, path, points, trainings, epochs, epoch, _),) = asked
    assert (what, path, points, epochs, epoch) == (MODEL, "a.xlsx", POINTS, 7, 3)
    assert {name: (each.knobs.lr, each.knobs.batch) for name, each in trainings.items()} == {
        "sgd": (0.5, 4.0), "adam": (0.5, 4.0)
    }  # fmt: skip


@pytest.mark.parametrize("what", ["entropy", "network"])
@pytest.mark.parametrize(
    "more", [{"points": POINTS}, {"rules": "sgd"}, {"lr": 1.0}, {"epochs": 3}, {"batch": 2}, {"differences": ["a"]}]
)
def test_a_workbook_without_trainings_of_yours_takes_none_of_this(asked, what, more):
    with pytest.raises(xlsgd.InputError, match=f"^{what}: has no points, rules, knobs or epochs; leave them out$"):
        xlsgd.build(what, **more)
    assert asked == []
    xlsgd.build(what)
    assert asked[0][0] == what
