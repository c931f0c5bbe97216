"""What a step of training takes from its tables."""

import pytest
import torch

from xlsgd.mnist.step import at

TABLE = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


@pytest.mark.parametrize("row", [0, 2])
def test_a_row_is_the_same_by_a_number_and_by_what_stays_on_the_device(row):
    assert at(TABLE, row).tolist() == at(TABLE, torch.tensor([row])).tolist() == TABLE[row].tolist()
