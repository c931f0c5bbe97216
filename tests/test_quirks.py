"""Which cells a quirk explains, and which it must not."""

import pytest

from xlsgd.verifying.engines.ironcalc import QUIRKS
from xlsgd.verifying.quirks import explain, references
from xlsgd.verifying.report import Disagreement

NUM, DIV = "#NUM!", "#DIV/0!"


def difference(address, formula, cached, recalculated, sheet="s"):
    return Disagreement(sheet, int(address[1:]), ord(address[0]) - 64, formula, cached, recalculated)


def explained(*apart):
    found, rest = explain(apart, QUIRKS)
    return sorted(d.address for each in found.values() for d in each), sorted(d.address for d in rest)


@pytest.mark.parametrize(
    ("formula", "areas"),
    [
        ("=A1+$B$2*C$3", [(1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)]),
        ("=SUM($A$1:B20)", [(1, 1, 20, 2)]),
        ("=LOG10(A1)", [(1, 1, 1, 1)]),
        ("=1E10+AB12", [(12, 28, 12, 28)]),
        ("=other!A1+'my sheet'!B2", []),
        ("=avg_grad2/prev_grad2", []),
        ("=2^3", []),
    ],
)
def test_references(formula, areas):
    assert references(formula) == areas


def test_a_power_that_overflows_and_what_refers_to_it():
    apart = [
        difference("F4", "=(B4-E4)^2", NUM, DIV),
        difference("G4", "=F4+1", NUM, DIV),
        difference("F33", "=SQRT(SUM(F4:F32))", NUM, DIV),
        difference("H4", "=F33*2", NUM, DIV),
    ]
    assert explained(*apart) == (["s!F33", "s!F4", "s!G4", "s!H4"], [])


@pytest.mark.parametrize(
    "other",
    [
        difference("G4", "=A1+1", NUM, DIV),  # refers to no explained cell
        difference("G4", "=F4+1", DIV, NUM),  # the other way round
        difference("G4", "=F4+1", NUM, 5.0),
        difference("G4", "=F4+1", 5.0, DIV),
        difference("G4", "=F4+1", NUM, DIV, sheet="another"),
        difference("G33", "=SUM(G4:G32)", NUM, DIV),
        difference("G4", "=2*3", NUM, DIV),
    ],
)
def test_what_does_not_follow_from_an_overflowing_power_is_a_difference(other):
    start = difference("F4", "=(B4-E4)^2", NUM, DIV)
    assert explained(start, other) == (["s!F4"], [other.address])


@pytest.mark.parametrize(
    ("formula", "is_quirk"),
    [
        ("=MATCH(1,B2:C2)", True),
        ("=1+MATCH(1,B2:C2)", True),
        ("=MATCH(1,B2:C2,0)", False),
        ("=XMATCH(1,B2:C2)", False),
        ("=A1+1", False),
    ],
)
def test_a_match_without_its_third_argument(formula, is_quirk):
    found, rest = explained(difference("H2", formula, 1.0, 2.0))
    assert (found, rest) == ((["s!H2"], []) if is_quirk else ([], ["s!H2"]))


def test_a_long_chain_is_followed_quickly():
    chain = [difference("A1", "=B1^2", NUM, DIV)]
    chain += [Disagreement("s", row, 1, f"=A{row - 1}+1", NUM, DIV) for row in range(2, 20_000)]
    found, rest = explain(chain[::-1], QUIRKS)
    assert len(next(iter(found.values()))) == len(chain)
    assert not rest


def test_nothing_apart():
    assert explain([], QUIRKS) == ({}, [])


def test_a_quirk_is_followed_through_a_name():
    chain = [
        Disagreement("s", 1, 1, "=B1^2", NUM, DIV),
        Disagreement("s", 2, 1, "=size/best", NUM, DIV),
        Disagreement("s", 3, 1, "=other/best", NUM, DIV),
    ]
    names = {("S", "SIZE"): "s!$A$1", ("", "BEST"): "s!$C$1", ("T", "OTHER"): "s!$A$1"}
    explained, rest = explain(chain, QUIRKS, names)
    assert [d.row for found in explained.values() for d in found] == [1, 2]
    assert [d.row for d in rest] == [3], "a name of another sheet is not this one's"
