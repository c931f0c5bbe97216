"""What one pass leaves for the buttons, on numbers."""

import math

import pytest

from xlsgd.points.points import Points
from xlsgd.run.arithmetic import OnNumbers, last_values
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.symbols.checked import DIV0, NUM, Checked


def test_last_values_have_the_sheets_names():
    states = {"b": 1.0, "a": 2.0, "m b": 3.0, "m a": 4.0, "v b": 5.0, "v a": 6.0}
    assert last_values(LESSON["adam"], {"b": 7.0, "a": 8.0}, states) == {
        "lastconst": [7.0], "lastslope": [8.0], "momlast": [3.0, 4.0], "ms_last": [5.0, 6.0],
    }  # fmt: skip


def test_a_pass_over_one_point_by_hand():
    """At b = a = 1, predicted 4, off by -32: basic's rmse is that; the last row's weights before its own update."""
    end = OnNumbers().recalculated(LiveSheet(LESSON["basic"], Points([3.0], [36.0])))
    assert end.last == {"lastconst": [1.0], "lastslope": [1.0]} and end.loss == 32.0
    assert end.footer() == {"rmse": 32.0, "gradient size b": 64.0, "gradient size a": 192.0}


def test_an_error_in_the_rows_is_the_loss():
    end = OnNumbers().recalculated(LiveSheet(LESSON["basic"], Points([3.0, 1.0], [1e200, 1.0])))
    assert end.loss == NUM == end.footer()["rmse"]


@pytest.mark.parametrize(("value", "held"), [(1.5, 1.5), (math.inf, NUM), (DIV0, DIV0)])
def test_a_cells_number_is_a_spreadsheets(value, held):
    on = OnNumbers()
    assert isinstance(on.operand(value), Checked) and on.cell(on.operand(value)) == held
    assert on.cell(2.0) == 2.0 and on.keeps_lists
