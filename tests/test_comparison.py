"""What a comparison gives: counts by sheet, and lists that are bounded."""

import json

from xlsgd.verifying.comparing import comparison as module
from xlsgd.verifying.comparing.comparison import Comparison, Difference, SheetSummary


def made(*found):
    result = Comparison("a.xlsx", "b.xlsx", 1e-12)
    for each in found:
        result.report(each)
    return result


def test_what_the_original_lacks_is_extra_and_the_rest_a_difference():
    extra, lost, other = (
        Difference("S", "A1", "label", None, "x"), Difference("S", "A2", "label", "x", None),
        Difference("T", "A3", "value", 0.0, 1.0),
    )  # fmt: skip
    result = made(extra, lost, other)
    assert (result.differences, result.extras) == ([lost, other], [extra])
    assert (result.difference_count, result.extra_count, result.mirrors) == (2, 1, False)
    assert result.sheets["S"].differences == {"label": 1} and result.sheets["T"].differences == {"value": 1}
    assert made(extra).mirrors and made().mirrors


def test_a_value_of_false_or_nothing_written_is_still_something():
    assert not made(Difference("S", "A1", "constant", False, None)).mirrors
    assert not made(Difference("S", "A1", "label", "", None)).mirrors


def test_lists_are_bounded_by_sheet_and_counts_are_not(monkeypatch):
    monkeypatch.setattr(module, "MAX_LISTED", 2)
    result = made(*(Difference(sheet, "A1", "value", 1.0, 2.0) for sheet in "SSSST"))
    assert len(result.differences) == 3 and result.difference_count == 5
    result = made(*(Difference("S", "A1", "value", None, 2.0) for _ in range(4)))
    assert len(result.extras) == 2 and result.extra_count == 4


def test_a_summary_is_made_when_it_is_first_asked_for():
    result = made()
    summary = result.summary("S")
    assert summary == SheetSummary() and result.summary("S") is summary and list(result.sheets) == ["S"]


def test_it_is_json():
    read = json.loads(json.dumps(made(Difference("S", "A2", "label", "x", None)).to_json()))
    assert read["mirrors"] is False and read["difference_count"] == 1 and read["extra_count"] == 0
    assert read["differences"] == [{"sheet": "S", "address": "A2", "kind": "label", "original": "x", "copy": None}]
    assert read["sheets"]["S"]["differences"] == {"label": 1} and read["original"] == "a.xlsx"


def test_what_is_given_as_json_stays_as_it_was_when_more_is_found():
    """CPython 3.13.0 even empties an object's own `vars` when the object goes."""
    comparison = made(Difference("S", "A1", "label", "x", None))
    given = comparison.to_json()
    before = json.dumps(given)
    for sheet in comparison.sheets.values():
        sheet.compared += 1
    assert json.dumps(given) == before
