"""The entropy sheets' numbers against Torch, the factor ln 10 included, and where a spreadsheet shows errors."""

import math

import pytest
import torch
from torch.nn import functional

from xlsgd.sheets.entropy import ENTROPY, IMAGE_1, IS_CAT, PREDS
from xlsgd.sheets.table import numbers
from xlsgd.symbols.checked import DIV0, NUM


def filled(name, **inputs):
    sheet = ENTROPY[name]
    return numbers(sheet._replace(inputs={**sheet.inputs, **inputs}))


def test_softmax_is_torchs():
    """1e-15: Torch subtracts the maximum first."""
    columns, totals = filled("softmax")
    expected = torch.softmax(torch.tensor(IMAGE_1, dtype=torch.float64), 0).tolist()
    assert columns["Image 1 softmax"] == pytest.approx(expected, abs=1e-15)
    assert columns["Image 2 softmax"] == pytest.approx(expected, abs=1e-15)
    sigmoid = torch.sigmoid(torch.tensor(IMAGE_1, dtype=torch.float64)).tolist()
    assert columns["binary Image 1"] == pytest.approx(sigmoid, abs=1e-15)
    assert totals["Image 1 softmax"] == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(("sheet", "column"), [("entropy", "sum form"), ("entropy", "IF form"), ("log_entropy", "NLL")])
def test_the_losses_are_torchs_over_ln_10(sheet, column):
    """1e-15 relative to losses up to 1; the sheet's logarithm has base 10."""
    losses = functional.binary_cross_entropy(
        torch.tensor(PREDS, dtype=torch.float64), torch.tensor(IS_CAT, dtype=torch.float64), reduction="none"
    )
    assert filled(sheet).columns[column] == pytest.approx((losses / math.log(10)).tolist(), rel=1e-14)


def test_a_probability_of_0_or_1_breaks_the_sum_form_and_not_the_if_form():
    columns = filled("entropy", isCat=(1.0, 0.0, 1.0, 0.0), Preds=(1.0, 0.0, 0.0, 1.0)).columns
    assert columns["sum form"] == [NUM] * 4
    assert columns["IF form"] == [0.0, 0.0, NUM, NUM]


def test_an_output_above_709_overflows_and_so_does_all_that_uses_it():
    columns, totals = filled("softmax", **{"Image 1 output": (710.0, 0.0, -1000.0)})
    assert columns["Image 1 exp"] == [NUM, 1.0, 0.0]
    assert columns["Image 1 softmax"] == [NUM] * 3
    assert totals["Image 1 exp"] == NUM
    assert DIV0 not in columns["Image 1 softmax"]


def test_the_index_picks_the_logarithm_of_the_right_class():
    columns = filled("log_entropy").columns
    assert columns["idx"] == [1.0, 1.0, 2.0, 2.0, 1.0]
    assert columns["idxPred"] == [-loss for loss in columns["NLL"]]
