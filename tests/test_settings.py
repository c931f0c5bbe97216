"""Knobs that `--set` gives: on every sheet that has them, or on one."""

import pytest

from xlsgd.commands.settings import set_knobs
from xlsgd.errors import InputError
from xlsgd.sheets.lesson import LESSON


def knobs(*settings, sheets=("basic", "momentum", "adam")):
    found = set_knobs({name: LESSON[name] for name in sheets}, settings)
    return {name: training.knobs._asdict() for name, training in found.items()}


def test_on_every_sheet_that_has_the_knob():
    found = knobs("lr=0.5", "beta=0.25")
    assert [each["lr"] for each in found.values()] == [0.5] * 3
    assert found["momentum"]["beta"] == 0.25 and found["adam"]["beta1"] == 0.9


def test_on_one_sheet_and_the_last_word_counts():
    found = knobs("adam.lr=0.5", "lr=2", "basic.lr=3e-4")
    assert [each["lr"] for each in found.values()] == [3e-4, 2.0, 2.0]
    assert LESSON["adam"].knobs.lr == 1.0


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("lr", "--set lr: write NAME=VALUE, such as --set lr=0.01"),
        ("lr=fast", "--set lr=fast: 'fast' is not a number"),
        ("lr=inf", "--set lr=inf: give a finite number"),
        ("lrr=1", "--set lrr=1: no knob 'lrr': did you mean 'lr'?"),
        ("basic.beta=1", "--set basic.beta=1: no knob 'beta'"),
        ("adm.lr=1", "--set adm.lr=1: no training sheet 'adm': did you mean 'adam'?"),
        ("rmsprop.lr=1", "--set rmsprop.lr=1: is for the sheet rmsprop, not for basic, momentum, adam; leave it out"),
    ],
)
def test_a_setting_that_cannot_be(setting, says):
    with pytest.raises(InputError) as caught:
        knobs(setting)
    assert says in str(caught.value)


def test_nothing_set_is_nothing_changed():
    assert set_knobs(LESSON, []) == LESSON
