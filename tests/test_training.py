"""A training sheet: its names, and knobs to which a reset returns."""

import pytest
from sample_models import SAMPLES

from xlsgd.errors import InputError
from xlsgd.rules import RULES, Rule
from xlsgd.sheets.buttons import Put
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import root_of_summed_losses, shared_fields, with_knobs
from xlsgd.sheets.trainings import training_of


def test_the_lessons_names():
    adam = LESSON["adam"]
    assert adam.parameters == ("b", "a") and adam.point == ("x", "y")
    assert adam.carried == ("m b", "m a", "v b", "v a") and adam.states == ("b", "a", *adam.carried)
    assert LESSON["basic"].carried == ()


def test_a_field_of_all_parameters_has_one_name():
    training = training_of(SAMPLES["parabola"][0], "adam")
    assert training.states_of("t") == ("t",) and training.states_of("m") == ("m c", "m b", "m a")
    assert training.states == ("c", "b", "a", "m c", "m b", "m a", "v c", "v b", "v a", "t")
    batched = training_of(SAMPLES["parabola"][0], "sgd", batch=4)
    assert batched.states[-len(batched.local) :] == tuple(batched.local) and not set(batched.local) & {*batched.carried}


@pytest.mark.parametrize(
    ("rule", "fields"),
    [("sgd", ()), ("momentum", ()), ("rmsprop", ()), ("adam", ("t",)), ("adamw", ("t",)), ("course_adam", ())],
)
def test_what_is_one_for_all_parameters_is_what_no_gradient_reaches(rule, fields):
    assert shared_fields(RULES[rule]) == fields


def test_a_field_that_follows_from_another_one_is_no_shared_one():
    """A second count that follows from the first is not its own alone."""
    counted = RULES["adam"].state

    def update(s, g, k):
        return s._replace(w=s.w - g, t=s.m + 1, m=s.m * k.beta1)

    assert shared_fields(Rule(update, counted, RULES["adam"].knobs)) == ("m", "v")


def test_the_key_is_the_same_for_other_knobs_and_another_for_another_footer():
    basic = LESSON["basic"]
    assert with_knobs(basic, lr=5.0).key == basic.key != basic._replace(footer_columns=()).key
    assert basic.key.summed == ("err^2", "de/db", "de/da") and LESSON["adam"].key.summed == ("err^2",)
    assert basic.key.last == ("intercept", "slope")


def test_a_reset_returns_to_other_knobs():
    adam = with_knobs(LESSON["adam"], lr=0.25, beta1=0.5)
    puts = {action.target: action.value for action in adam.buttons.reset if isinstance(action, Put)}
    assert puts == {"slope": 1.0, "const": 1.0, "gradtarget": 10000.0, "momtarget": 0.0, "lr": 0.25}
    assert (adam.knobs.lr, adam.knobs.beta1, adam.knobs.beta2) == (0.25, 0.5, 0.9)
    assert adam.buttons.step == LESSON["adam"].buttons.step
    basic = with_knobs(LESSON["basic"], lr=0.25)
    assert "lr" not in [getattr(action, "target", "") for action in basic.buttons.reset], "its reset leaves the rate"


def test_a_knob_that_there_is_not():
    with pytest.raises(InputError, match="basic: no knob 'beta'"):
        with_knobs(LESSON["basic"], beta=1)


def test_the_loss_of_an_epoch_on_the_lessons_sheets():
    assert root_of_summed_losses([9.0, 16.0]) == 5.0


def test_every_training_has_its_own_names_for_what_a_button_copies():
    for training in trainings().values():
        names = [name for pair in (*training.targets.values(), *training.starts.values()) for name in pair]
        assert len(names) == len(set(names)), training.name
