"""What each action of a button does, on a sheet of names and numbers."""

import pytest

from xlsgd.run.actions import ACTIONS, act
from xlsgd.run.arithmetic import OnNumbers
from xlsgd.sheets.buttons import Action, Append, Clear, DivideIfAbove, Paste, PasteIfLess, Put
from xlsgd.symbols.checked import NUM


class Names:
    """A sheet that is nothing but its named cells."""

    def __init__(self, keeps_lists=True, **cells):
        self.inputs = cells
        self.lists = {"rmses": [9.0]}
        self.arithmetic = OnNumbers()
        self.arithmetic.keeps_lists = keeps_lists

    def read(self, name):
        return self.inputs[name]

    def write(self, name, values):
        self.inputs[name] = values


def after(*actions, **cells):
    sheet = Names(**cells)
    act(sheet, actions)
    return sheet.inputs


def test_every_kind_of_action_is_done():
    assert set(ACTIONS) == set(Action.__args__)


def test_put_fills_every_cell_of_its_name():
    assert after(Put("m", 7.0), m=[1.0, 2.0, 3.0])["m"] == [7.0, 7.0, 7.0]


def test_paste_reads_all_before_it_writes_any():
    """Two ranges may be pasted into each other."""
    assert after(Paste((("a", "b"), ("b", "a"))), a=[1.0], b=[2.0]) == {"a": [2.0], "b": [1.0]}


def test_two_pastes_one_after_the_other_are_another_thing():
    assert after(Paste((("a", "b"),)), Paste((("b", "a"),)), a=[1.0], b=[2.0]) == {"a": [1.0], "b": [1.0]}


def test_lists_grow_and_are_emptied_where_they_are_kept():
    sheet = Names(rmse=[5.0])
    act(sheet, [Append("rmse", "rmses"), Append("rmse", "rmses")])
    assert sheet.lists["rmses"] == [9.0, 5.0, 5.0]
    act(sheet, [Clear("rmses")])
    assert sheet.lists["rmses"] == []
    sheet = Names(keeps_lists=False, rmse=[5.0])
    act(sheet, [Append("rmse", "rmses")])
    assert sheet.lists["rmses"] == [9.0]


@pytest.mark.parametrize(("tested", "lr"), [(2.5, 0.25), (2.0, 1.0), (1.0, 1.0)])
def test_a_rate_is_divided_only_above_the_threshold(tested, lr):
    found = after(DivideIfAbove("lr", 4.0, tested="gradrat", threshold=2.0), lr=[1.0], gradrat=[tested])
    assert found["lr"] == [lr]


@pytest.mark.parametrize(("value", "best", "kept"), [(1.0, 2.0, 1.0), (3.0, 2.0, 2.0), (2.0, 2.0, 2.0)])
def test_the_smaller_one_is_kept(value, best, kept):
    assert after(PasteIfLess("avg", "best"), avg=[value], best=[best])["best"] == [kept]


def test_an_error_that_is_tested_is_what_the_cell_shows_then():
    assert after(DivideIfAbove("lr", 4.0, "gradrat", 2.0), lr=[1.0], gradrat=[NUM])["lr"] == [NUM]
    assert after(PasteIfLess("avg", "best"), avg=[NUM], best=[1.0])["best"] == [NUM]
