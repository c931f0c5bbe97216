"""What an engine computes unlike Excel, or cannot compute, has a name; and a wrong value is found all the same.

Excel's values are those of the workbooks in `cases`, which Excel computed, or what its documentation says.
"""

import pytest
import xlsxwriter
from foreign_books import CASES, book, package, parts_of, sheet_xml

from xlsgd.verifying.check import verify
from xlsgd.verifying.report_view import as_json, as_text


def verdict_of(report):
    (verdict,) = report.verdicts
    return verdict


def named(report):
    """The addresses by the name of the quirk or inability, without the sheet."""
    verdict = verdict_of(report)
    return {
        name: [d.address.partition("!")[2] for d in found]
        for name, found in (*verdict.quirks.items(), *verdict.unable.items())
    }


@pytest.fixture
def cells(tmp_path):
    """Return a report of an engine on a row of formulas with their values; constants stand in A3 to C5."""

    def ask(engine, *pairs, below=(), **options):
        row = "".join(
            f'<c r="{chr(65 + i)}1"{kind_of(value)}><f>{formula}</f><v>{text_of(value)}</v></c>'
            for i, (formula, value) in enumerate(pairs)
        )
        return verify(book(tmp_path / "a.xlsx", [row, "", *below], **options), (engine,))

    return ask


def kind_of(value):
    if isinstance(value, bool):
        return ' t="b"'
    return (' t="e"' if value.startswith("#") else ' t="str"') if isinstance(value, str) else ""


def text_of(value):
    return int(value) if isinstance(value, bool) else value


STOPS = "AND and OR stop at the first argument that decides"
SNAPS = "a nearly cancelled difference is taken for 0"
UNKNOWN = "a function or a name is not known"
CIRCLE = "a reference in a circle: an iterative calculation starts elsewhere"


def test_ironcalc_stops_at_the_first_argument_that_decides(cells):
    report = verify(CASES / "and.xlsx")
    assert report.agrees and named(report) == {STOPS: ["B1", "D1"]}
    wrong = cells("ironcalc", ("SQRT(-1)", "#NUM!"), ("AND(FALSE,A1)", "#NUM!"), ("OR(FALSE,B1=1)", 5))
    assert [d.address for d in verdict_of(wrong).differences] == ["S!C1"]
    assert named(wrong) == {STOPS: ["B1"]}


def test_libreoffice_has_what_ironcalc_stops_at(engines):
    assert named(verify(CASES / "and.xlsx", ("libreoffice",))) == {}


def test_libreoffice_takes_a_nearly_cancelled_difference_for_0(engines, cells):
    report = verify(CASES / "pct.xlsx", ("libreoffice",))
    assert report.agrees and named(report) == {SNAPS: ["A1", "B1"]}
    assert verify(CASES / "pct.xlsx").agrees
    wrong = cells("libreoffice", ("A3-A3", 1e-9), ("A3-B3", 5), ("0.1+0.2-0.3", 5.551115123125783e-17), ("C1*1E17", 9),
                  below=['<c r="A3"><v>3</v></c><c r="B3"><v>3</v></c>'])  # fmt: skip
    assert named(wrong) == {SNAPS: ["C1"]}
    over = cells("libreoffice", ("(0.1+0.2-0.3)/0.01", 5.551115123125783e-15), ("(0.1+0.2-0.3)/0.01", 0.01))
    assert named(over) == {SNAPS: ["A1"]} and [d.address for d in verdict_of(over).differences] == ["S!B1"]
    assert [d.address for d in verdict_of(wrong).differences] == ["S!A1", "S!B1", "S!D1"]


EMPTY = [
    '<c r="A3"><v>1</v></c><c r="B3"><v>2</v></c>',
    '<c r="A4"><v>3</v></c>',
    '<c r="A5"><v>4</v></c><c r="B5"><v>6</v></c>',
]


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice", "formualizer"])
def test_sumxmy2_with_an_empty_cell(cells, engines, engine):
    """Excel: a pair with an empty cell is ignored."""
    report = cells(engine, ("SUMXMY2(A3:A5,B3:B5)", 5), below=EMPTY)
    ((name, found),) = named(report).items()
    assert report.agrees and name.startswith("SUMXMY2") and found == ["A1"]
    full = cells(engine, ("SUMXMY2(A3:A3,B3:B3)", 5), below=EMPTY)
    assert [d.address for d in verdict_of(full).differences] == ["S!A1"], "no empty cell, no excuse"


def test_powers_that_libreoffice_takes_otherwise(cells, engines):
    right = cells("libreoffice", ("0^0", "#NUM!"), ("(-8)^(1/3)", "#NUM!"), ("POWER(0,-1)", "#DIV/0!"), ("2^3", 8))
    assert right.agrees and sorted(found for each in named(right).values() for found in each) == ["A1", "B1", "C1"]
    wrong = cells("libreoffice", ("2*3", "#NUM!"), ("0^0", 7), ("2^3", "#DIV/0!"))
    assert [d.address for d in verdict_of(wrong).differences] == ["S!A1", "S!B1", "S!C1"]


def test_what_ironcalc_computes_otherwise(cells):
    """The value of ERF(1) is Abramowitz and Stegun's, table 7.1."""
    right = cells("ironcalc", ("(-8)^(1/3)", "#NUM!"), ("1E200^2", "#NUM!"), ("ERF(1)", 0.8427007929497149))
    assert right.agrees and sorted(found for each in named(right).values() for found in each) == ["A1", "B1", "C1"]
    wrong = cells("ironcalc", ("2*3", "#NUM!"), ("ERF(1)", 0.8427017929), ("1E200^2", 7))
    assert [d.address for d in verdict_of(wrong).differences] == ["S!A1", "S!B1", "S!C1"]


def test_what_formualizer_computes_otherwise(cells):
    right = cells("formualizer", ("0^0", "#NUM!"), ("POWER(0,-1)", "#DIV/0!"), ("MATCH(1,A3:C3)", 1),
                  below=['<c r="A3"><v>1</v></c><c r="B3"><v>2</v></c><c r="C3"><v>0</v></c>'])  # fmt: skip
    assert right.agrees and sorted(found for each in named(right).values() for found in each) == ["A1", "B1", "C1"]
    wrong = cells("formualizer", ("2-2", "#NUM!"), ("0^0", 7), ("MATCH(1,A3:C3)", 4), ("MATCH(1,A3:C3,0)", 2),
                  below=['<c r="A3"><v>1</v></c><c r="B3"><v>2</v></c><c r="C3"><v>0</v></c>'])  # fmt: skip
    assert [d.address for d in verdict_of(wrong).differences] == ["S!A1", "S!B1", "S!C1", "S!D1"]


def test_a_truth_value_in_a_cell_with_a_number_format(tmp_path, engines):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        sheet, form = made.add_worksheet("S"), made.add_format({"num_format": "0.00"})
        for row, (formula, value) in enumerate([("=1=1", True), ("=1=2", False), ("=1=1", False)]):
            sheet.write_formula(row, 0, formula, form, value)
    report = verify(tmp_path / "a.xlsx", ("libreoffice",))
    assert named(report) == {"a truth value in a cell with a number format is 1 or 0": ["A1", "A2"]}
    assert [d.address for d in verdict_of(report).differences] == ["S!A3"]


@pytest.mark.parametrize("engine", ["ironcalc", "formualizer"])
def test_dates_that_count_from_1904(engines, engine):
    alone = verify(CASES / "d04.xlsx", (engine,))
    assert named(alone) == {"dates that count from 1904 are not known": ["B1"]}
    assert not alone.agrees and alone.unanswered == ["S!B1"], "nobody has computed it"
    both = verify(CASES / "d04.xlsx", (engine, "libreoffice"))
    assert both.agrees and not both.unanswered and both.verdicts[1].total.equal == 1
    assert [d.address for d in verdict_of(verify(CASES / "d00.xlsx", (engine,))).differences] == ["S!B1"]


def test_what_is_not_known_is_named_by_what_it_is(tmp_path, engines):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        sheet, _ = made.add_worksheet("S"), made.add_worksheet("S2")
        sheet.add_table("A3:B5", {"columns": [{"header": "x"}, {"header": "y"}], "data": [[1, 2], [3, 4]], "name": "T"})
        for column, (formula, value) in enumerate(
            [("=SUM(S:S2!A4)", 1), ("=SUM(T[])", 10), ("=CUBEVALUE(1,2)", 3), ("=SUM(T[x])", 4)]
        ):
            sheet.write_formula(0, column, formula, None, value)
    report = verify(tmp_path / "a.xlsx")
    assert named(report) == {
        "a reference to several sheets is not known": ["A1"],
        "a structured reference is not known": ["B1"],
        UNKNOWN: ["C1"],
    }
    assert report.unanswered == ["S!A1", "S!B1", "S!C1"] and not report.agrees
    both = verify(tmp_path / "a.xlsx", ("ironcalc", "libreoffice"))
    assert named(both._replace(verdicts=both.verdicts[1:])) == {UNKNOWN: ["C1"]} and both.unanswered == ["S!C1"]


def test_a_function_unknown_to_libreoffice(cells, engines):
    report = cells("libreoffice", ("_xlfn.SEQUENCE(1)", 1), ("A1+1", 2), ("A1+1", 3))
    assert named(report) == {UNKNOWN: ["A1"]}
    assert [d.address for d in verdict_of(report).differences] == ["S!C1"]


def iterating(path, *formulas):
    row = "".join(f'<c r="{chr(65 + i)}1"><f>{f}</f><v>{v}</v></c>' for i, (f, v) in enumerate(formulas))
    parts = parts_of(sheet_xml([row]))
    text = parts["xl/workbook.xml"].replace("</sheets>", '</sheets><calcPr iterate="1" iterateCount="100"/>')
    return package(path, parts | {"xl/workbook.xml": text})


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice", "formualizer"])
def test_an_iterative_calculation_starts_elsewhere(tmp_path, engines, engine):
    """Of a circle through two cells each follows from the other's value; a cell's own value is nobody's to compute."""
    path = iterating(tmp_path / "a.xlsx", ("B1/2+1", 2), ("A1", 2), ("C1+1", 5), ("C1*2", 10), ("C1*2", 11))
    report = verify(path, (engine,))
    assert named(report) == {CIRCLE: ["C1"]} and report.unanswered == ["S!C1"]
    assert [d.address for d in verdict_of(report).differences] == ["S!E1"]


def test_getpivotdata(cells):
    report = cells("ironcalc", ('GETPIVOTDATA("x",A3)', 5), ("A1*2", 10))
    assert list(named(report).values()) == [["A1"]] and report.unanswered == ["S!A1"]


@pytest.mark.parametrize(("engine", "wrong"), [("ironcalc", []), ("formualizer", []), ("libreoffice", ["S!B6"])])
def test_a_data_table(engines, engine, wrong):
    """IronCalc refuses a workbook with one; it is given the rest."""
    report = verify(CASES / "dt_wrong.xlsx", (engine,))
    assert [d.address for d in verdict_of(report).differences] == wrong and not report.agrees
    assert report.unanswered == ([] if wrong else ["S!B4", "S!B5", "S!B6"])


def test_the_report_says_what_was_not_computed(cells):
    report = cells("ironcalc", ("UNHEARD(1)", 1), ("1+1", 2))
    text = as_text(report)
    assert "2 formulas, no answer for 1" in text and f"1 it could not compute ({UNKNOWN}): S!A1" in text
    assert "NO ANSWER to 1 from any engine asked: S!A1" in text
    read = as_json(report)
    assert not read["agrees"] and read["unanswered"] == ["S!A1"]
    assert [cell["cell"] for cell in read["verdicts"][0]["unable"][UNKNOWN]] == ["S!A1"]
    assert read["verdicts"][0]["answered"] == 1
