"""What a step of training takes from its tables."""

from dataclasses import replace

import pytest
import torch
from mnist_support import few_digits

from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.step import at
from xlsgd.mnist.train import train

TABLE = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


@pytest.mark.parametrize("row", [0, 2])
def test_a_row_is_the_same_by_a_number_and_by_what_stays_on_the_device(row):
    assert at(TABLE, row).tolist() == at(TABLE, torch.tensor([row])).tolist() == TABLE[row].tolist()


def test_the_penalty_is_the_sum_of_the_squared_weights_times_its_factor():
    """At the first step of two runs from the same weights; 1e-5 relative, for these are 32 bits wide."""
    recipe = Recipe(batch_size=16, epochs=1, hidden=8, lr=1e-3)
    plain, small, great = (train(replace(recipe, l2=l2), few_digits()).losses[0] for l2 in (0.0, 0.01, 0.03))
    assert small - plain > 0.01 * 0.1  # of eight hidden units' weights
    assert great - plain == pytest.approx(3 * (small - plain), rel=1e-5)
