"""What several engines compute unlike Excel: shown by the cells that show it, and by no others."""

import pytest

from xlsgd.reading.contents import Settings
from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.engines.shared_quirks import EMPTY_PAIRS, NO_1904, ZERO_BELOW_ZERO, both_are_places, power_is
from xlsgd.verifying.report import Disagreement

NUM, DIV0 = ExcelError("#NUM!"), ExcelError("#DIV/0!")


def cell(formula, cached, answer, inputs=()):
    return Disagreement("S", 1, 1, formula, cached, answer, {}, inputs)


@pytest.mark.parametrize(
    ("formula", "cached", "answer", "shows"),
    [
        ("=MATCH(1,B2:C2)", 1.0, 2.0, True),
        ("=MATCH(1,$B$2:$B$9)", 8.0, 1.0, True),
        ("=MATCH(1,$B$2:$B$9)", 9.0, 1.0, False),
        ("=MATCH(1,B2:C2)", 0.0, 2.0, False),
        ("=MATCH(1,B2:C2)", 1.5, 2.0, False),
        ("=MATCH(1,B2:C2,0)", 1.0, 2.0, False),
        ("=XMATCH(1,B2:C2)", 1.0, 2.0, False),
        ("=MATCH(1,B2:C2)", 1.0, "#N/A", False),
        ("=MATCH(1,B2:C2)", 1.0, True, False),
        ("=MATCH(1,B2:C2)", 1.0, None, False),
    ],
)
def test_a_match_of_two_arguments_whose_values_are_places_in_the_range(formula, cached, answer, shows):
    assert both_are_places(cell(formula, cached, answer)) is shows


@pytest.mark.parametrize(
    ("formula", "cached", "answer", "any_number", "told"),
    [
        ("=A1^B1", NUM, 1.0, True, False),
        ("=POWER(A1,B1)", NUM, 1.0, True, False),
        ("=A1^B1", NUM, DIV0, False, True),
        ("=A1*B1", NUM, 1.0, False, False),
        ("=MYPOWER(A1)", NUM, 1.0, False, False),
        ("=A1^B1", DIV0, 1.0, False, False),
        ("=A1^B1", NUM, True, False, False),
    ],
)
def test_a_power_that_is_an_error_in_the_file(formula, cached, answer, any_number, told):
    assert power_is("#NUM!")(cell(formula, cached, answer)) is any_number
    assert power_is("#NUM!", "#DIV/0!")(cell(formula, cached, answer)) is told


def test_a_power_of_0_below_0():
    assert ZERO_BELOW_ZERO.starts(cell("=0^-1", DIV0, "#NUM!")) and ZERO_BELOW_ZERO.pinned
    assert not ZERO_BELOW_ZERO.starts(cell("=0^-1", "#NUM!", DIV0))


def test_an_empty_cell_in_a_pair():
    for function in ("SUMXMY2", "SUMX2MY2", "SUMX2PY2"):
        assert EMPTY_PAIRS.starts(cell(f"={function}(A1:A2,B1:B2)", 5.0, 9.0, [1.0, None]))
    assert not EMPTY_PAIRS.starts(cell("=SUMXMY2(A1:A2,B1:B2)", 5.0, 9.0, [1.0, 2.0]))
    assert not EMPTY_PAIRS.starts(cell("=SUMXMY2(A1:A2,B1:B2)", 5.0, "#N/A", [None]))
    assert not EMPTY_PAIRS.starts(cell("=SUM(A1:A2)", 5.0, 9.0, [None]))


def test_dates_are_excused_only_where_they_count_from_1904():
    assert NO_1904.applies(Settings(date1904=True)) and not NO_1904.applies(Settings())
    assert NO_1904.starts(cell("=YEAR(A1)", 1904.0, 1900.0)) and NO_1904.unable
    assert NO_1904.starts(cell("=1+WORKDAY.INTL(A1,3)", 1.0, 2.0)) and not NO_1904.starts(cell("=A1+1", 1.0, 2.0))
    assert not NO_1904.starts(cell("=MIDYEAR(A1)", 1.0, 2.0))
