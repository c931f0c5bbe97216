"""Comparing: every kind of difference is planted in a workbook that otherwise mirrors another, and must be named."""

import json
import zipfile

import openpyxl
import pytest
import xlsxwriter
from compared_books import CELLS, CHART, NAMES, rewrite, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.verifying.comparing import comparison as comparison_module
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.comparing.comparison import Difference


@pytest.fixture
def original(tmp_path):
    return write(tmp_path / "original.xlsx")


@pytest.fixture
def against(original, tmp_path):
    """Return a function that compares the original with a copy that is written with changes."""
    return lambda **changed: compare(original, write(tmp_path / "copy.xlsx", **changed))


def test_a_workbook_mirrors_itself(against):
    result = against()
    assert result.mirrors
    assert (result.differences, result.extras, result.notes) == ([], [], [])
    assert (result.sheets["basic"].compared, result.sheets["basic"].equal) == (7, 7)
    assert result.sheets["data"].compared == 0


PLANTED = [
    ({"A3": ("y", None, None)}, ("A3", "label", "x", "y")),
    ({"A3": ("x ", None, None)}, ("A3", "label", "x", "x ")),
    ({"A3": (5, None, None)}, ("A3", "label", "x", 5.0)),
    ({"A4": (14.000001, None, None)}, ("A4", "constant", 14.0, 14.000001)),
    ({"A4": ("14", None, None)}, ("A4", "constant", 14.0, "14")),
    ({"B4": (False, None, None)}, ("B4", "constant", True, False)),
    ({"B4": (1, None, None)}, ("B4", "constant", True, 1.0)),
    ({"C5": ("=C2+$D$4*A4", 3.5, "0.0000")}, ("C5", "formula", "=C2+$D$4*A5", "=C2+$D$4*A4")),
    ({"C5": ("=C2-$D$4*A5", 3.5, "0.0000")}, ("C5", "formula", "=C2+$D$4*A5", "=C2-$D$4*A5")),
    ({"C5": (3.5, None, "0.0000")}, ("C5", "formula", "=C2+$D$4*A5", 3.5)),
    ({"A4": ("=7*2", 14, None)}, ("A4", "constant", 14.0, "=7*2")),
    ({"C4": ("=C1+$D$4*A4", 2.5000001, "0.0000")}, ("C4", "value", 2.5, 2.5000001)),
    ({"C4": ("=C1+$D$4*A4", "two", "0.0000")}, ("C4", "value", 2.5, "two")),
    ({"C4": ("=C1+$D$4*A4", "#DIV/0!", "0.0000")}, ("C4", "value", 2.5, "#DIV/0!")),
    ({"E4": ('="a"&A3', "aX", None)}, ("E4", "value", "ax", "aX")),
    ({"C4": ("=C1+$D$4*A4", 2.5, "0.000")}, ("C4", "number format", "0.0000", "0.000")),
    ({"A3": ("x", None, "0.00")}, ("A3", "number format", "General", "0.00")),
]


@pytest.mark.parametrize(("cell", "expected"), PLANTED)
def test_a_planted_difference_in_a_cell_is_named(against, cell, expected):
    result = against(cells=CELLS | cell)
    assert result.differences == [Difference("basic", *expected)]
    assert not result.mirrors
    assert result.sheets["basic"].equal == 6


@pytest.mark.parametrize(("place", "kind"), [("A3", "label"), ("A4", "constant"), ("C5", "formula")])
def test_a_missing_cell_is_a_difference_and_one_more_is_not(original, tmp_path, place, kind):
    less = write(tmp_path / "less.xlsx", cells={key: cell for key, cell in CELLS.items() if key != place})
    missing, more = compare(original, less), compare(less, original)
    assert [(found.address, found.kind, found.copy) for found in missing.differences] == [(place, kind, None)]
    assert (missing.mirrors, missing.extras, missing.sheets["basic"].only_in_original) == (False, [], 1)
    assert [(found.address, found.kind, found.original) for found in more.extras] == [(place, kind, None)]
    assert (more.mirrors, more.differences, more.sheets["basic"].only_in_copy, more.extra_count) == (True, [], 1, 1)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"names": NAMES | {"basic!const": "=basic!$C$5"}}, ("basic", "CONST", "name", "=basic!$C$4", "=basic!$C$5")),
        ({"names": {"total": NAMES["total"]}}, ("basic", "CONST", "name", "=basic!$C$4", None)),
        ({"panes": (3, 3)}, ("basic", "A4", "frozen pane", "A4", "D4")),
        ({"panes": None}, ("basic", "A4", "frozen pane", "A4", None)),
        ({"charts": [CHART | {"type": "area"}]}, ("basic", "G7", "chart type", "line", "area")),
        ({"charts": [CHART | {"title": "Errors"}]}, ("basic", "G7", "chart title", "Error by epoch", "Errors")),
        ({"charts": [CHART | {"anchor": "G8"}]}, ("basic", "G7", "chart anchor", "G7", "G8")),
        (
            {"charts": [CHART | {"values": ["=basic!$C$4:$C$6"]}]},
            ("basic", "G7", "chart series", "y=(BASIC!R4C3:R5C3)", "y=(BASIC!R4C3:R6C3)"),
        ),
        ({"sheets": ["data", "basic"]}, ("", "", "sheet order", "basic, data", "data, basic")),
        ({"sheets": ["basic"]}, ("data", "", "sheet", "data", None)),
    ],
)
def test_a_planted_difference_beside_the_cells_is_named(against, changed, expected):
    result = against(**changed)
    assert result.differences == [Difference(*expected)]
    assert not result.mirrors


def test_a_missing_chart_is_named(against):
    assert [(found.address, found.kind, found.copy) for found in against(charts=()).differences] == [
        ("G7", "chart", None)
    ]


def test_whatever_the_copy_holds_more_is_extra(against):
    more = CHART | {"title": "More", "anchor": "M1", "values": ["=data!$A$1:$A$2"]}
    result = against(
        cells=CELLS | {"Z99": ("more", None, None)},
        names=NAMES | {"more": "=basic!$Z$99"},
        charts=[more, CHART],
        sheets=["basic", "more", "data"],
    )
    assert result.mirrors
    assert sorted(found.kind for found in result.extras) == ["chart", "label", "name", "sheet"]
    assert result.extra_count == 4


def test_each_chart_is_compared_with_the_one_that_is_most_like_it(original, tmp_path):
    """A copy's chart that is the original's second must not be taken by the original's first."""
    first = CHART | {"title": "First", "values": ["=basic!$A$4:$A$5"], "anchor": "A9"}
    two = write(tmp_path / "two.xlsx", charts=[first, CHART])
    assert [(found.kind, found.address) for found in compare(two, original).differences] == [("chart", "A9")]


def test_a_missing_sheet_s_cells_are_counted(original, tmp_path):
    other = write(tmp_path / "other.xlsx", sheets=["basic", "gone"])
    cells = openpyxl.load_workbook(other)
    cells["gone"]["A1"] = 1
    cells["gone"]["A2"] = 2
    cells.save(other)
    assert compare(other, original).sheets["gone"].only_in_original == 2
    assert compare(original, other).sheets["gone"].only_in_copy == 2


@pytest.mark.parametrize(
    "formula", ["=(C1+$D$4*A4)", "=(C1)+(($D$4*A4))", "=c1 + $d$4 * A4", "=C1+($D$4 *A4)", "=\nC1+$D$4*A4"]
)
def test_a_formula_is_compared_as_parsed(against, formula):
    assert against(cells=CELLS | {"C4": (formula, 2.5, "0.0000")}).mirrors


def test_a_shared_formula_is_the_formula_it_stands_for(original, tmp_path):
    copy = tmp_path / "copy.xlsx"
    shared = {
        "<f>C1+$D$4*A4</f>": '<f t="shared" ref="C4:C5" si="0">C1+$D$4*A4</f>',
        "<f>C2+$D$4*A5</f>": '<f t="shared" si="0"/>',
    }
    rewrite(original, copy, "xl/worksheets/sheet1.xml", shared)
    assert compare(original, copy).mirrors
    assert compare(copy, original).mirrors
    wrong = {**shared, "<f>C1+$D$4*A4</f>": '<f t="shared" ref="C4:C5" si="0">C1+$D$4*$A4</f>'}
    rewrite(original, copy, "xl/worksheets/sheet1.xml", wrong)
    assert [(found.address, found.copy) for found in compare(original, copy).differences] == [
        ("C4", "=C1+$D$4*$A4"),
        ("C5", "=C2+$D$4*$A5"),
    ]


def test_an_array_formula_is_not_the_plain_one(tmp_path):
    paths = tmp_path / "plain.xlsx", tmp_path / "array.xlsx", tmp_path / "longer.xlsx"
    for path, area in zip(paths, (None, "A1:A2", "A1:A3"), strict=True):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            if area:
                sheet.write_array_formula(area, "{=B1:B2*2}", None, 0)
            else:
                sheet.write_formula("A1", "=B1:B2*2", None, 0)
    assert [found.kind for found in compare(paths[0], paths[1]).differences] == ["formula"]
    assert [found.address for found in compare(paths[1], paths[2]).differences] == ["A1", "A2"]
    assert compare(paths[1], paths[1]).mirrors


@pytest.mark.parametrize(("tolerance", "equal"), [(1e-12, True), (1e-14, False), (0.0, False)])
def test_values_and_constants_within_the_tolerance_are_equal(original, tmp_path, tolerance, equal):
    changed = {"C4": ("=C1+$D$4*A4", 2.5 * (1 + 4e-13), "0.0000"), "D4": (0.1 * (1 + 4e-13), None, "#,##0.00")}
    result = compare(original, write(tmp_path / "copy.xlsx", cells=CELLS | changed), tolerance)
    assert result.mirrors is equal
    assert [found.kind for found in result.differences] == ([] if equal else ["value", "constant"])


@pytest.mark.parametrize("tolerance", [-1e-9, 1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_none(original, tolerance):
    with pytest.raises(InputError, match="tolerance"):
        compare(original, original, tolerance)


def test_a_copy_without_values_lacks_them_and_an_original_without_asks_for_none(original, tmp_path):
    book = openpyxl.load_workbook(original)
    book.save(tmp_path / "bare.xlsx")
    lacking = compare(original, tmp_path / "bare.xlsx")
    assert [(found.address, found.kind, found.copy) for found in lacking.differences] == [
        ("C4", "value", None),
        ("E4", "value", None),
        ("C5", "value", None),
    ]
    asking = compare(tmp_path / "bare.xlsx", original)
    assert asking.mirrors
    assert asking.sheets["basic"].without_value == 3


def test_names_that_are_hidden_or_point_nowhere_are_only_counted(original, tmp_path):
    other = tmp_path / "other.xlsx"
    extra = '<definedName name="solver_x" hidden="1">1</definedName><definedName name="gone">#REF!</definedName>'
    rewrite(original, other, "xl/workbook.xml", {"<definedNames>": f"<definedNames>{extra}"})
    result = compare(other, original)
    assert result.mirrors
    assert [note.split(":")[1].split()[0] for note in result.notes] == ["1", "1"]
    assert compare(original, other).extra_count == 2


def test_a_macro_workbook_is_compared_and_its_macro_left_alone(original, tmp_path):
    macro = tmp_path / "with_macro.xlsm"
    rewrite(original, macro, "xl/workbook.xml", {})
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 not a macro that anything could run")
    assert compare(macro, original).mirrors


def test_a_pivot_cache_that_is_broken_does_not_matter(original, tmp_path):
    broken = tmp_path / "broken.xlsx"
    rewrite(
        original,
        broken,
        "xl/workbook.xml",
        {"</sheets>": '</sheets><pivotCaches><pivotCache cacheId="1"/></pivotCaches>'},
    )
    assert compare(original, broken).mirrors


@pytest.mark.parametrize("side", ["original", "copy"])
def test_a_file_that_is_no_workbook_is_named(original, tmp_path, side):
    text = tmp_path / "text.xlsx"
    text.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"text\.xlsx") as caught:
        compare(*((text, original) if side == "original" else (original, text)))
    assert "\n" not in str(caught.value)


def test_lists_are_bounded_and_counts_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(comparison_module, "MAX_LISTED", 3)
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for value, path in enumerate(paths):
        with xlsxwriter.Workbook(path) as book:
            for name in ("one", "two"):
                book.add_worksheet(name).write_column("A1", [value] * 10)
    result = compare(*paths)
    assert len(result.differences) == 6
    assert result.difference_count == 20
    assert result.sheets["two"].differences == {"constant": 10}


numbers = st.floats(-1e300, 1e300).filter(lambda number: abs(number - 14) > 1e-9 and abs(number - 0.1) > 1e-9)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(CELLS)), numbers))
def test_exactly_the_cells_that_were_changed_are_reported(against, changed):
    """Far outside the tolerance: 0.1 and 14 are the only numbers there are to be changed."""
    cells = {place: (number, None, CELLS[place][2]) for place, number in changed.items()}
    assert sorted(found.address for found in against(cells=CELLS | cells).differences) == sorted(changed)


def test_json_round_trips(against):
    result = against(cells=CELLS | {"A3": ("y", None, None), "Z9": (1, None, None)}, panes=None)
    data = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert data["mirrors"] is False
    assert (data["difference_count"], data["extra_count"]) == (2, 1)
    assert data["differences"][1] == {"sheet": "basic", "address": "A3", "kind": "label", "original": "x", "copy": "y"}
    assert data["sheets"]["basic"]["compared"] == 7
    assert data["sheets"]["basic"]["differences"] == {"frozen pane": 1, "label": 1}
