"""What is said of a run that diverges."""

import math

import numpy as np
import pytest
from mnist_support import few_digits

from xlsgd.mnist.data import bundled
from xlsgd.mnist.divergence import advice, diverged, where_diverged
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.train import Epoch, train


@pytest.mark.parametrize(
    ("losses", "valid", "says"),
    [
        ([2.0, math.inf, math.nan], math.nan, "the loss became inf at step 2 of epoch 3"),
        ([math.nan] * 3, math.nan, "the loss became nan at step 1 of epoch 3"),
        ([2.0, 2.0, 1.0], math.inf, "the validation loss became inf in epoch 3, where a guess loses 2.3"),
        ([2.0, 1e30, 1e6], 5.5736e5, "the validation loss became 5.57e+05 in epoch 3, where a guess loses 2.3"),
    ],
)
def test_the_first_loss_that_is_no_number_is_named_or_what_the_epoch_came_to(losses, valid, says):
    epoch = Epoch(3, sum(losses) / 3, valid, 0.1, 1.0)
    assert diverged(epoch)
    assert where_diverged(epoch, losses) == says


def test_a_great_loss_that_is_gone_at_the_end_of_an_epoch_or_tells_digits_apart_is_none():
    assert not diverged(Epoch(1, 1e30, 2.4, 0.1, 1.0))
    assert not diverged(Epoch(1, 1e30, 1e30, 0.9, 1.0))


@pytest.mark.parametrize(("rate", "model", "bad"), [(1e6, "nn", True), (0.1, "nn", False), (1e3, "logistic", False)])
def test_a_loss_far_above_a_guess_s_has_diverged(rate, model, bad):
    """A logistic network's boundaries stay where they are when all weights grow alike, so it learns at any rate."""
    recipe = Recipe(model=model, optimizer="sgd", lr=rate, epochs=10)
    last = train(recipe, bundled()).epochs[-1]
    assert math.isfinite(last.train_loss)
    assert diverged(last) is bad


@pytest.mark.parametrize(
    ("recipe", "lesson", "says"),
    [
        (Recipe(lr=1e-3), None, "the rate 0.001 is probably too high: try `lr` 0.0001, or"),
        (Recipe(lr=1e3), None, "the rate 1e+03 is probably too high: try `lr` 0.001, or"),
        (Recipe(lr=1.0, lr_first=0.1), None, "the rate 0.1:1 is probably too high: try `lr` 0.0001:0.001, or"),
        (Recipe(optimizer="torch:rprop", lr=5e-3), None, "try `lr` 0.0005, or look for one by xlsgd lr-find"),
        (Recipe(lr=1e-3, wd=1e30), None, "`wd` 1e+30 takes all of a weight off in a step: try a smaller one"),
        (Recipe(lr=1e3, l2=5e2), None, "`l2` 500 takes all of a weight off in a step: try a smaller one"),
        (Recipe(lr=2e-2), "nn-adam-2e-2", "try `lr` 0.001 without `lesson`, or look for one by xlsgd lr-find"),
    ],
)
def test_the_advice_is_a_tenth_of_the_rate_or_the_usual_one(recipe, lesson, says):
    assert says in advice(recipe, lesson)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_what_is_advised_after_a_run_that_diverged_learns(optimizer):
    high = Recipe(optimizer=optimizer, lr=1e30, batch_size=16, epochs=2)
    assert diverged(train(high, few_digits()).epochs[-1])
    rate = float(advice(high, None).split("`lr` ")[1].split(",")[0])
    losses = train(Recipe(optimizer=optimizer, lr=rate, batch_size=16, epochs=2), few_digits()).losses
    assert np.isfinite(losses).all()
