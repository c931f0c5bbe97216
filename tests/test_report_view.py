"""A report as text and as JSON."""

import json
import math

import pytest

from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.engines import NO_ANSWER
from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict
from xlsgd.verifying.report_view import MAGNIFIED, SHOWN, as_json, as_text, describe, plain_value

HOSTILE = '<script>alert(1)</script>&"'
TEXTS = [HOSTILE, "=1+1", "http://example.com/", "internal:adam!A1", "+1", "@SUM(A1)"]


def report(*answers, **changed):
    """A report of one source that gives the file's 1.0 in adam!H4 and below other values."""
    differing = [Disagreement("adam", row, 8, f"=C{row}", 1.0, answer) for row, answer in enumerate(answers, start=4)]
    tally = Tally(29, 29, 29 - len(answers), 3.5 if answers else 0.0, 0.25 if answers else 0.0, "adam!H4")
    verdict = Verdict("Mine 1", {("adam", "H"): tally, ("adam", "I"): Tally(29, 29, 29)}, {}, differing)
    return Report("adam.xlsx", 58, {}, 0, [verdict])._replace(**changed)


def test_nothing_to_verify():
    empty = Report("a.xlsx", 0, {}, 0, [Verdict("Mine 1", {}, {}, [])])
    lines = ["a.xlsx: 0 formulas, nothing to verify", "  Mine 1: 0 checked, 0 equal to the bit"]
    assert as_text(empty).splitlines() == lines


def test_what_a_report_comes_to():
    assert report().outcome == "all answers agree" and report(2.0).outcome == "cells differ"
    assert report(unanswered=["adam!A1", "adam!A2"]).outcome == "no answer for 2"
    assert report(2.0, unanswered=["adam!A1"]).outcome == "cells differ", "what differs is told first"


def test_the_text_of_one_that_agrees_is_two_lines():
    assert as_text(report()).splitlines() == [
        "adam.xlsx: 58 formulas, all answers agree", "  Mine 1: 58 checked, 58 equal to the bit"
    ]  # fmt: skip


def test_a_difference_in_one_line_with_every_answer():
    found = Disagreement("adam", 10, 8, "=C10", 1.0, 2.0, {"torch": 3.5, "other": NO_ANSWER, "empty": None})
    assert describe(found) == "adam!H10  =C10  file 1.0, this 2.0, torch 3.5, empty None"


def test_only_some_differences_are_spelled_out():
    text = as_text(report(*range(2, 2 + SHOWN + 3)))
    assert text.count("DIFFERS") == SHOWN and text.endswith("    ... and 3 more that differ")
    assert "more that differ" not in as_text(report(*range(2, 2 + SHOWN)))


def test_everything_else_that_is_to_be_known_has_a_line():
    (difference,) = report(2.0).verdicts[0].differences
    tally = Tally(5, 3, 2, 2.0, 2e-16, "adam!H9", magnified=1, from_file=4)
    verdict = Verdict(
        "Mine 1", {("adam", "H"): tally}, {"rounds": [difference]}, [], {"knows not": [difference]}, "a note"
    )
    whole = Report(
        "a.xlsx", 5, {"#NUM!": 3}, 2, [verdict], without_value=1, unanswered=["adam!H4"], failed={"deaf": "is deaf"}
    )
    assert as_text(whole).splitlines() == [
        "a.xlsx: 5 formulas, no answer for 1",
        "  Mine 1: 3 checked, 2 equal to the bit; no answer for the other 2; "
        "greatest relative difference 2e-16 (2 ulp), at adam!H9",
        "    a note",
        "    1 differ by more than 1e-12, but by no more than rounding does there",
        f"    4 agree only when computed from the file's own values: {MAGNIFIED}",
        "    1 known to differ (rounds): adam!H4",
        "    1 it could not compute (knows not): adam!H4",
        "  deaf gave no answers: is deaf",
        "  NO ANSWER to 1 from any engine asked: adam!H4",
        "  formulas that show an error: 3 #NUM!",
        "  1 formulas have no value in the file; open it in Excel and save it",
        "  2 cells change at every recalculation; checked by what depends on them",
    ]


def test_a_list_of_addresses_is_cut():
    many = [f"adam!A{row}" for row in range(1, SHOWN + 2)]
    assert f"asked: {' '.join(many[:SHOWN])} ..." in as_text(report(unanswered=many))
    assert as_text(report(unanswered=many[:SHOWN])).endswith(many[SHOWN - 1])


def test_json_is_json_whatever_a_source_says():
    answers = [*TEXTS, None, True, math.nan, math.inf, ExcelError("#NUM!")]
    whole = report(*answers)
    (verdict,) = whole.verdicts
    tallies = {("adam", "H"): Tally(29, 29, 20, math.inf, math.inf, "adam!H4")}
    differences = [verdict.differences[0]._replace(others={"other": 2.0, "none": NO_ANSWER}), *verdict.differences[1:]]
    whole = whole._replace(verdicts=[verdict._replace(columns=tallies, differences=differences)])
    read = json.loads(json.dumps(as_json(whole), allow_nan=False), parse_constant=pytest.fail)
    told = read["verdicts"][0]
    assert [d["answer"] for d in told["differences"]] == [*TEXTS, None, True, "nan", "inf", "#NUM!"]
    assert told["differences"][0] == {
        "cell": "adam!H4", "formula": "=C4", "file": 1.0, "answer": HOSTILE, "others": {"other": 2.0},
    }  # fmt: skip
    assert told["worst"] is None and told["worst_ulp"] is None and told["answered"] == 29
    assert read["agrees"] is False and read["file"] == "adam.xlsx" and told["columns"][0]["sheet"] == "adam"


@pytest.mark.parametrize(
    ("value", "plain"), [(math.inf, "inf"), (-math.inf, "-inf"), (1.5, 1.5), ("a", "a"), (None, None)]
)
def test_a_number_that_neither_json_nor_a_spreadsheet_has_is_text(value, plain):
    assert plain_value(value) == plain
