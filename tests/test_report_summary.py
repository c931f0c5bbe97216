"""What a report comes to in brief: a word for each sheet and source, and each differing cell with every answer."""

from xlsgd.verifying.engines import NO_ANSWER
from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict
from xlsgd.verifying.report_summary import differing_cells, outcome_of, sheets_of

FIRST = Disagreement("adam", 4, 8, "=C4", 1.0, 2.0, {"other": 1.5, "deaf": NO_ANSWER})
SAME_BY_OTHER = FIRST._replace(answer=1.5, others={"mine": 2.0, "deaf": NO_ANSWER})


def verdict(answered=29, equal=29, **changed):
    return Verdict("Mine 1", {("adam", "H"): Tally(29, answered, equal)}, {}, [], name="mine")._replace(**changed)


def said(**changed):
    return outcome_of(verdict(**changed), "adam")


def test_each_outcome_has_a_word_and_its_counts():
    assert said() == ("all equal", "all 29 equal")
    assert said(equal=20) == ("within rounding", "within rounding; 20 of 29 equal")
    assert said(equal=28, differences=[FIRST]) == ("differs", "1 differ; 28 of 29 equal")
    assert said(equal=28, quirks={"rounds": [FIRST]}) == ("known", "1 known to differ; 28 of 29 equal")
    assert said(answered=0, equal=0) == ("no answer", "no answer")
    assert said(answered=9, equal=9) == ("all equal", "all 9 equal; no answer for 20")


def test_what_differs_on_one_sheet_is_not_told_of_another():
    both = verdict(columns={("adam", "H"): Tally(29, 29, 28), ("basic", "H"): Tally(5, 5, 5)}, differences=[FIRST])
    assert outcome_of(both, "basic") == ("all equal", "all 5 equal")
    assert outcome_of(both, "adam").kind == "differs"


def test_sheets_and_their_formulas_are_counted_once():
    columns = {("adam", "H"): Tally(29), ("adam", "I"): Tally(29), ("basic", "A"): Tally(3)}
    report = Report("a.xlsx", 61, {}, 0, [verdict(columns=columns), verdict(columns=columns)])
    assert sheets_of(report) == {"adam": 58, "basic": 3}


def test_a_cell_that_differs_is_told_once_with_every_answer():
    verdicts = [
        verdict(differences=[FIRST]),
        verdict(source="Other 2", name="other", differences=[SAME_BY_OTHER]),
        verdict(source="Deaf 3", name="deaf"),
    ]
    (cell,) = differing_cells(Report("a.xlsx", 29, {}, 0, verdicts))
    assert cell == ("adam!H4", "=C4", 1.0, [2.0, 1.5, None], ["Mine 1", "Other 2"])
