"""What a row does, recorded once: its values, what it hands on, and what formulas refer to."""

import pytest
from sample_models import SAMPLES

from xlsgd.rules import RULES, Rule
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.record import record
from xlsgd.sheets.row import Row, optimizer_row
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.expression import NoFormula, symbol
from xlsgd.symbols.operations import evaluate_all

AT = {"x": 3.0, "y": 36.0}


def on_numbers(traced, training, states):
    """The record's values with numbers for its symbols."""
    known = {traced.point[name]: value for name, value in AT.items()}
    known |= {symbol(name): value for name, value in states.items()}
    known |= dict(zip(traced.knobs, training.knobs, strict=True))
    return dict(zip(traced.values, evaluate_all(list(traced.values.values()), known), strict=True))


@pytest.mark.parametrize("name", LESSON)
def test_a_recorded_row_is_the_row_run_on_floats_to_the_bit(name):
    training = LESSON[name]
    traced = record(training.key)
    states = {state: 1.5 + place for place, state in enumerate(training.states)}
    fields = training.rule.state(0.0)._fields[1:]
    own = {each: training.rule.state(states[each], *(states[f"{field} {each}"] for field in fields)) for each in "ba"}
    row = training.row(training.rule, AT, own, training.knobs)
    assert on_numbers(traced, training, states) == row.values


@pytest.mark.parametrize("name", trainings())
def test_states_before_and_after_have_the_trainings_names(name):
    training = trainings()[name]
    traced = record(training.key)
    assert tuple(traced.after) == training.states and tuple(traced.point) == training.point
    assert len(traced.last) == len(training.parameters)


def test_a_record_is_made_once_whatever_the_knobs_are():
    adam = LESSON["adam"]
    assert record(adam.key) is record(adam._replace(knobs=adam.knobs._replace(lr=0.5)).key)
    assert record(adam.key) is not record(LESSON["adam_ann"].key)


def test_leaves_have_names_that_code_can_use_and_no_two_the_same():
    traced = record(training_of(SAMPLES["network"][0], "adam").key)
    names = list(traced.leaves().values())
    assert len(set(names)) == len(names) == len(traced.point) + len(traced.after) + len(traced.knobs)
    assert all(each.isidentifier() for each in names)
    assert traced.leaves()[traced.point["x1"]] == "p0"


def test_formulas_refer_to_the_first_column_that_holds_a_value_to_no_knob_and_to_inputs_by_their_own():
    traced = record(LESSON["momentum"].key)
    x = traced.point["x"]
    columns = {"b": traced.values["b"], "pred": traced.values["pred"], "again": traced.values["pred"]}
    columns |= {"rate": traced.knobs.lr, "copy": x}
    found = traced.referred(columns)
    assert found[traced.values["pred"]] == "pred" and found[traced.values["b"]] == "b"
    assert traced.knobs.lr not in found and found[x] == "x"


def test_what_the_row_lost_stands_in_its_column_or_follows_from_the_prediction():
    basic, adam = record(LESSON["basic"].key), record(LESSON["adam"].key)
    assert basic.loss is basic.values["err^2"] and "err^2" not in adam.values
    assert adam.loss is (adam.point["y"] - adam.values["pred"]) ** 2
    assert adam.summed == {"err^2": adam.loss}


def test_a_row_without_a_loss_and_a_prediction_is_told():
    def blind(rule, at, states, knobs):
        made = optimizer_row(rule, at, states, knobs)
        return Row({name: value for name, value in made.values.items() if name != "pred"}, made.states)

    with pytest.raises(NoFormula, match=r"the row has neither err\^2 nor a prediction"):
        record(LESSON["adam"]._replace(row=blind).key)


def test_a_rule_that_branches_is_told():
    def branching(s, g, k):
        return type(s)(s.w - k.lr * g if g > 0 else s.w)

    rule = Rule(branching, RULES["sgd"].state, RULES["sgd"].knobs)
    with pytest.raises(NoFormula, match="> on a cell"):
        record(LESSON["basic"]._replace(rule=rule).key)


def test_a_sum_is_recorded_from_left_to_right():
    """`w - (g + (decay + more))`, as a rule may write it, is spelled without inner parentheses."""

    def decaying(s, g, k):
        return type(s)(s.w + (g + (k.lr + s.w)))

    rule = Rule(decaying, RULES["sgd"].state, RULES["sgd"].knobs)
    traced = record(LESSON["adam"]._replace(rule=rule, targets={}, knobs=rule.knobs()).key)
    b, g, lr = symbol("b"), traced.values["de/db"], traced.knobs.lr
    assert traced.after["b"] is b + g + lr + b
