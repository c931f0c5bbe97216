"""What LibreOffice is known to compute unlike Excel: near-cancelled sums, truths as numbers."""

import pytest

from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.engines.libreoffice_quirks import QUIRKS, SNAP
from xlsgd.verifying.report import Disagreement


def shown(formula, cached, answer, inputs=()):
    """The name of the first quirk that a cell shows."""
    found = Disagreement("S", 9, 26, formula, cached, answer, {}, inputs)
    return next((quirk.name for quirk in QUIRKS if quirk.starts(found)), "")


@pytest.mark.parametrize(
    ("formula", "cached", "inputs", "snaps"),
    [
        ("=0.1+0.2-0.3", 5.551115123125783e-17, [], True),
        ("=A1-B1", 1e-16, [1.0, 1.0], True),
        ("=A1-B1", 1e-12, [1.0, 1.0], False),
        ("=A1-B1", 1e-12, [1e4, 1e4], True),
        ("=SUM(A1:A2)", 1e-16, [1.0, -1.0], True),
        ("=A1*B1", 1e-16, [1.0, 1.0], False),
        ("=(0.1+0.2-0.3)/0.01", 5.551115123125783e-15, [], True),
        ("=(0.1+0.2-0.3)/0.01", 5.551115123125783e-13, [], False),
        ("=A1-B1", 1e-16, [], False),
        ("=A1-B1", 1e-16, [None, "text"], False),
    ],
)
def test_a_nearly_cancelled_difference_is_0_there(formula, cached, inputs, snaps):
    name = "a nearly cancelled difference is taken for 0"
    assert (shown(formula, cached, 0.0, inputs) == name) is snaps
    assert shown(formula, cached, 1e-300, inputs) != name, "only where it is 0"


def test_how_near_is_near():
    assert shown("=A1-B1", SNAP, 0.0, [1.0]) and not shown("=A1-B1", SNAP * 1.01, 0.0, [1.0])


@pytest.mark.parametrize(
    ("formula", "cached", "answer", "inputs", "begins"),
    [
        ("=SUMXMY2(A1:A2,B1:B2)", 5.0, 9.0, [None], "SUMXMY2 takes an empty cell"),
        ("=0^0", ExcelError("#NUM!"), 1.0, [], "0^0 is 1"),
        ("=0^-1", ExcelError("#DIV/0!"), "#NUM!", [], "a power of 0 below 0"),
        ("=A1>0", True, 1.0, [], "a truth value in a cell with a number format"),
        ("=NOSUCH(1)", 5.0, "#NAME?", [], "a function or a name is not known"),
    ],
)
def test_each_has_a_name(formula, cached, answer, inputs, begins):
    assert shown(formula, cached, answer, inputs).startswith(begins)


def test_a_wrong_truth_value_is_none():
    assert shown("=A1>0", True, 0.0) == shown("=A1>0", True, False) == ""
