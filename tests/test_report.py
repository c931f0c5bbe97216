"""What verification found, as data."""

from xlsgd.verifying.report import Disagreement, Report, Tally, Verdict

DIFFERENCE = Disagreement("a", 1, 28, "=B1", 1.0, 2.0)


def test_a_differing_cell():
    assert DIFFERENCE.address == "a!AB1" and DIFFERENCE.text == "B1"
    assert DIFFERENCE._replace(formula="{=SUM(A1:A3)}").text == "SUM(A1:A3)"


def test_the_tally_of_all_columns():
    columns = {
        ("a", "A"): Tally(3, 2, 1, 5.0, 0.25, "a!A1", 1, 2),
        ("a", "B"): Tally(4, 4, 2, 9.0, 0.125, "a!B2", 2, 1),
    }
    assert Verdict("Mine 1", columns, {}, []).total == Tally(7, 6, 3, 9.0, 0.25, "a!A1", 3, 3)
    assert Verdict("Mine 1", {}, {}, []).total == Tally()


def test_a_report_agrees_where_nothing_differs_and_nothing_lacks_an_answer():
    right, wrong = Verdict("1", {}, {"rounds": [DIFFERENCE]}, []), Verdict("2", {}, {}, [DIFFERENCE])
    agreeing = Report("a.xlsx", 5, {}, 0, [right], failed={"deaf": "is deaf"})
    assert agreeing.agrees and not agreeing._replace(verdicts=[right, wrong]).agrees
    assert not agreeing._replace(unanswered=["a!A1"]).agrees


def test_a_report_is_shown_in_brief():
    wrong = Verdict("Mine 1", {("a", column): Tally(3, 2) for column in "ABCDEFGH"}, {}, [DIFFERENCE])
    report = Report("a.xlsx", 24, {}, 0, [wrong])
    assert str(report) == repr(report) == "a.xlsx: 24 formulas, cells differ\n  Mine 1: 16 of 24 checked, 1 differ"
