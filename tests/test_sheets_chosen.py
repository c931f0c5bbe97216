"""Which training sheets a caller of the library means."""

import math

import numpy as np
import pytest
from sample_models import SAMPLES

from xlsgd.errors import InputError
from xlsgd.rules import RULES, sgd
from xlsgd.sheets.chosen import chosen_training, chosen_trainings, with_set_knobs
from xlsgd.sheets.lesson import LESSON, trainings

MODEL = SAMPLES["parabola"][0]


def chosen(*args, **options):
    return {name: training.rule for name, training in chosen_trainings(*args, **options).items()}


def test_a_models_one_rule_has_the_models_name_and_several_have_theirs():
    assert chosen(MODEL) == chosen(MODEL, "sgd") == {"parabola": RULES["sgd"]}
    assert chosen(MODEL, ["sgd", RULES["adam"]]) == {"sgd": RULES["sgd"], "adam": RULES["adam"]}
    assert chosen(MODEL, iter(["adam"])) == {"parabola": RULES["adam"]}


def test_rules_may_have_knobs_of_their_own_over_which_those_for_all_go():
    sheets = chosen_trainings(MODEL, {"sgd": {"lr": 0.5}, "momentum": {"beta": 0.25}}, {"lr": 0.125})
    assert sheets["sgd"].knobs._asdict() == {"lr": 0.125}
    assert sheets["momentum"].knobs._asdict() == {"lr": 0.125, "beta": 0.25}
    sheets = chosen_trainings(MODEL, {"sgd": {"lr": 0.5}, "momentum": {}}, {"beta": 0.75})
    assert sheets["sgd"].knobs.lr == 0.5 and sheets["momentum"].knobs.beta == 0.75


def test_a_models_options_reach_every_sheet():
    sheets = chosen_trainings(MODEL, ["sgd", "adam"], batch=4, schedule="cosine")
    assert [(each.knobs.batch, each.knobs.T) for each in sheets.values()] == [(4.0, 100.0)] * 2


def test_the_lessons_sheets_all_or_some_or_one():
    assert chosen_trainings("graddesc") == LESSON and chosen_trainings("graddesc") is not LESSON
    assert list(chosen_trainings("graddesc", ["adam", "adamw"])) == ["adam", "adamw"]
    assert chosen_trainings("graddesc", {"adam": {"lr": 0.5}})["adam"].knobs.lr == 0.5
    assert chosen_trainings("adamw") == {"adamw": trainings()["adamw"]}
    assert chosen_training("basic") == LESSON["basic"]


def test_a_set_knob_is_what_a_reset_goes_back_to():
    changed = with_set_knobs({"adam": LESSON["adam"]}, {"lr": 0.5})["adam"]
    assert changed.knobs.lr == 0.5
    assert [action.value for action in changed.buttons.reset if getattr(action, "target", "") == "lr"] == [0.5]
    assert LESSON["adam"].knobs.lr == 1.0


def test_a_whole_number_becomes_a_float():
    knob = with_set_knobs({"basic": LESSON["basic"]}, {"lr": 2})["basic"].knobs.lr
    assert knob == 2 and type(knob) is float


def test_a_knob_may_be_a_number_of_numpy():
    assert chosen_training("basic", knobs={"lr": np.float32(0.5)}) == chosen_training("basic", knobs={"lr": 0.5})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: chosen_trainings("adams"), "no model or sheet 'adams': did you mean 'adam'?"),
        (lambda: chosen_trainings("adam", "sgd"), "adam: the sheet has its rule; `rule` is for a model of your own"),
        (lambda: chosen_trainings("adam", batch=2), "adam: `batch` is for a model of your own"),
        (lambda: chosen_trainings("graddesc", schedule="cosine"), "graddesc: `schedule` is for a model of your own"),
        (lambda: chosen_trainings("graddesc", "sgdd"), "no training sheet 'sgdd': did you mean 'sgd'?"),
        (lambda: chosen_trainings(MODEL, "sgdd"), "no rule 'sgdd': did you mean 'sgd'?"),
        (lambda: chosen_trainings(MODEL, ["sgd", RULES["sgd"]]), "two rules are called 'sgd'; rename one"),
        (lambda: chosen_training("graddesc"), "graddesc: holds several training sheets; give one of basic, momentum"),
        (lambda: chosen_trainings("adam", knobs={"beta": 1}), "no knob 'beta': did you mean 'beta1'?"),
        (lambda: chosen_trainings("adam", knobs={"lr": math.nan}), "`lr` nan: give a finite number"),
        (lambda: chosen_trainings("adam", knobs={"lr": -math.inf}), "`lr` -inf: give a finite number"),
        (lambda: chosen_trainings("adam", knobs={"lr": "1"}), "`lr` '1': give a finite number"),
        (lambda: chosen_trainings("graddesc", {"adam": {"beta": 1}}), "no knob 'beta'"),
        (lambda: chosen_trainings(MODEL, ["adam", "sgd", "adam"]), "`rules`: adam stands there twice"),
        (lambda: chosen_trainings(MODEL, {"sgd": {"lr": "1"}}), "`lr` '1': give a finite number"),
        (lambda: chosen_trainings(MODEL, sgd), "function: is no rule; give Rule(...), or one of sgd, "),
        (lambda: chosen_trainings(MODEL, [sgd]), "function: is no rule; give Rule(...), or one of sgd, "),
        (lambda: chosen_trainings(MODEL, schedule=sgd), "function: is no schedule; give Schedule(...), or one of "),
        (lambda: chosen_trainings(MODEL.predict), "function: is no model; give Model(...), or the name of a sheet"),
        (lambda: chosen_training(MODEL, ["adam", "sgd"]), "`rule` adam, sgd: give a single one"),
    ],
)
def test_a_choice_that_there_is_not(call, says):
    with pytest.raises(InputError) as caught:
        call()
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_an_option_that_is_empty_is_none():
    assert chosen_trainings("adam", batch=None, differences=(), schedule=None) == {"adam": LESSON["adam"]}
