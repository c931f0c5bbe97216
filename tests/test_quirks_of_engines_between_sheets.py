"""A known quirk of an engine is followed from one sheet to another."""

import pytest

from xlsgd.verifying.quirks import placed_references, references


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=basic!F34", [("basic", (34, 6, 34, 6))]),
        ("=SQRT(SUM(basic!F5:F33))", [("basic", (5, 6, 33, 6))]),
        ("=A1+data!$B$5*C2", [("own", (1, 1, 1, 1)), ("data", (5, 2, 5, 2)), ("own", (2, 3, 2, 3))]),
        ("='My sheet'!A1+B2", [("own", (2, 2, 2, 2))]),
        ("=LOG10(A1)", [("own", (1, 1, 1, 1))]),
    ],
)
def test_references_carry_their_sheet(formula, expected):
    assert placed_references(formula, "own") == expected
    assert references(formula) == [area for sheet, area in expected if sheet == "own"]
