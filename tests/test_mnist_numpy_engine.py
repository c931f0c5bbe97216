"""A run in NumPy's arrays beside the same run in Torch's tensors, which a GPU runs."""

import dataclasses

import numpy as np
import pytest
import torch
from mnist_support import few_digits
from threadpoolctl import threadpool_info

from xlsgd.mnist import model
from xlsgd.mnist.device import Processes
from xlsgd.mnist.engine import RuleEngine
from xlsgd.mnist.feed import Feed
from xlsgd.mnist.numpy_engine import NumpyEngine
from xlsgd.mnist.recipe import TEXTBOOK_RULES, Recipe

PLAIN = Recipe(batch_size=16, hidden=8, lr=1e-2, dtype="float64", epochs=2)
RECIPES = {
    **{name: dataclasses.replace(PLAIN, optimizer=name) for name in TEXTBOOK_RULES},
    "logistic": dataclasses.replace(PLAIN, model="logistic"),
    "penalty": dataclasses.replace(PLAIN, optimizer="sgd", l2=0.01),
    "decay": dataclasses.replace(PLAIN, optimizer="momentum", wd=0.01),
    "anew": dataclasses.replace(PLAIN, anew=True),
    "one-cycle": dataclasses.replace(PLAIN, optimizer="adamw", wd=0.01, schedule="one-cycle"),
    "frozen": dataclasses.replace(PLAIN, freeze=1),
    "two rates": dataclasses.replace(PLAIN, lr_first=1e-3),
    "threes and sevens": dataclasses.replace(PLAIN, task="threes-sevens"),
}


def digits_of(recipe):
    digits = few_digits()
    if recipe.task == "digits":
        return digits
    train, valid = (split._replace(labels=split.labels % 2) for split in (digits.train, digits.valid))
    return digits._replace(train=train, valid=valid, shows=(3, 7))


def engine_of(kind, recipe):
    feed = Feed(recipe, digits_of(recipe), torch.device("cpu"), Processes(), tables=False)
    start = model.draw(feed.sizes, 0).to(feed.dtype)
    return kind(recipe, feed, start, "eager") if kind is RuleEngine else kind(recipe, feed, start)


def run(engine, epochs=(0, 1)):
    with torch.inference_mode():
        for epoch in epochs:
            engine.begin(epoch)
            engine.advance(0, engine.feed.steps)
    return engine


@pytest.mark.parametrize("name", RECIPES)
def test_the_run_is_that_of_tensors(name):
    ours, theirs = (run(engine_of(kind, RECIPES[name])) for kind in (NumpyEngine, RuleEngine))
    # Float64 rounding over 16 steps, of which 9e-16 has been seen.
    torch.testing.assert_close(ours.weights(), theirs.weights(), rtol=0, atol=1e-14)
    torch.testing.assert_close(ours.losses, theirs.losses, rtol=0, atol=1e-14)
    for key, value in theirs.saved().items():
        assert type(ours.saved()[key]) is type(value)
        torch.testing.assert_close(ours.saved()[key], value, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["adam", "frozen"])
def test_either_goes_on_from_what_the_other_saved(name):
    recipe = RECIPES[name]
    whole = run(engine_of(RuleEngine, recipe)).weights()
    for first, second in ((NumpyEngine, RuleEngine), (RuleEngine, NumpyEngine)):
        saved = run(engine_of(first, recipe), [0]).saved()
        engine = engine_of(second, recipe)
        engine.load(saved, engine.feed.steps)
        torch.testing.assert_close(run(engine, [1]).weights(), whole, rtol=0, atol=1e-14)  # as above


def test_frozen_layers_are_those_of_the_checkpoint():
    engine = engine_of(NumpyEngine, RECIPES["frozen"])
    saved = engine.saved()
    saved["frozen"] *= 2
    other = engine_of(NumpyEngine, RECIPES["frozen"])
    other.load(saved, 1)
    assert torch.equal(other.saved()["frozen"], saved["frozen"])
    assert not torch.equal(run(other, [0]).losses, run(engine, [0]).losses)


def test_a_run_changes_nothing_that_was_given_or_saved():
    recipe = RECIPES["adam"]
    feed = Feed(recipe, few_digits(), torch.device("cpu"), Processes(), tables=False)
    start = model.draw(feed.sizes, 0).double()
    engine = NumpyEngine(recipe, feed, start)
    before, saved, weights = start.clone(), engine.saved(), engine.weights()
    run(engine)
    assert torch.equal(start, before)
    assert torch.equal(weights, before)
    assert torch.equal(saved["w"], before) and not saved["m"].any()


def test_numpys_blas_has_as_many_threads_as_torch_while_steps_are_run():
    def threads():
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    engine, seen = engine_of(NumpyEngine, PLAIN), []
    step = engine.step
    engine.step = lambda *given: seen.append(threads()) or step(*given)
    before = threads()
    run(engine, [0])
    assert all(count == torch.get_num_threads() == 1 for counts in seen for count in counts)
    assert threads() == before


def test_a_run_that_diverges_shows_in_its_losses_and_warns_of_nothing(recwarn):
    engine = run(engine_of(NumpyEngine, dataclasses.replace(PLAIN, optimizer="sgd", lr=1e38, dtype="float32")))
    assert not np.isfinite(engine.losses.numpy()).all()
    assert not recwarn.list
