"""Comparing: every kind of difference is planted in a workbook that otherwise mirrors another, and must be named."""

import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from xlsgd.commands.compare_view import render, show, shown, verdict
from xlsgd.errors import InputError
from xlsgd.verifying.comparing import comparison as comparison_module
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.comparing.comparison import Comparison, Difference, SheetSummary

CELLS = {
    "A3": ("x", None, None),
    "A4": (14, None, None),
    "B4": (True, None, None),
    "C4": ("=C1+$D$4*A4", 2.5, "0.0000"),
    "C5": ("=C2+$D$4*A5", 3.5, "0.0000"),
    "D4": (0.1, None, "#,##0.00"),
    "E4": ('="a"&A3', "ax", None),
}
NAMES = {"basic!const": "=basic!$C$4", "total": "=SUM(basic!$C$4:$C$5)"}
CHART = {"type": "line", "title": "Error by epoch", "values": ["=basic!$C$4:$C$5"], "anchor": "G7"}


def write(path: Path, cells=CELLS, names=NAMES, charts=(CHART,), panes=(3, 0), sheets=("basic", "data")) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name in sheets:
            book.add_worksheet(name)
        sheet = book.get_worksheet_by_name("basic")
        for place, (content, value, code) in cells.items():
            style = book.add_format({"num_format": code}) if code else None
            if isinstance(content, str) and content.startswith("="):
                sheet.write_formula(place, content, style, value)
            elif isinstance(content, str):
                sheet.write_string(place, content, style)
            else:
                sheet.write(place, content, style)
        for name, target in names.items():
            book.define_name(name, target)
        for chart in charts:
            drawn = book.add_chart({"type": chart["type"]})
            for values in chart["values"]:
                drawn.add_series({"values": values})
            drawn.set_title({"name": chart["title"]})
            sheet.insert_chart(chart["anchor"], drawn)
        if panes:
            sheet.freeze_panes(*panes)
    return path


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


def rewrite(source: Path, target: Path, part: str, replaced: dict[str, str]) -> None:
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (parts | {part: text.encode()}).items():
            archive.writestr(name, data)


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


def volatile_book(path: Path, number: float) -> Path:
    cells = {
        "A1": ("=RANDBETWEEN(1,100)", number, None),
        "A2": ("=A1*2", number, None),
        "A3": ("=SUM(A$1:A2)", number, None),
        "A4": ("=first+1", number, None),
        "A5": ("=B9+1", number, None),
        "B9": ("=later", number, None),
        "B10": ("=A2", number, None),
        "C1": ("=D1*2", 5, None),
        "D1": (2.5, None, None),
    }
    names = {"first": "=basic!$A$1", "basic!later": "=basic!$B$10+1"}
    return write(path, cells=cells, names=names, charts=(), panes=None)


def test_values_that_every_recalculation_changes_are_not_compared(tmp_path):
    paths = volatile_book(tmp_path / "a.xlsx", 7), volatile_book(tmp_path / "b.xlsx", 8)
    result = compare(*paths)
    assert result.mirrors
    assert result.sheets["basic"].volatile == 7
    assert result.sheets["basic"].equal == 9


def test_a_value_beside_volatile_ones_is_still_compared(tmp_path):
    paths = volatile_book(tmp_path / "a.xlsx", 7), volatile_book(tmp_path / "b.xlsx", 8)
    rewrite(paths[1], tmp_path / "c.xlsx", "xl/worksheets/sheet1.xml", {"<f>D1*2</f><v>5</v>": "<f>D1*2</f><v>6</v>"})
    found = compare(paths[0], tmp_path / "c.xlsx").differences
    assert found == [Difference("basic", "C1", "value", 5.0, 6.0)]


@pytest.mark.parametrize("step", [1, -1])
def test_a_long_chain_of_volatile_cells_is_followed_either_way(tmp_path, step):
    count = 3000
    paths = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for value, path in enumerate(paths):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for row in range(2, count + 2):
                sheet.write_formula(row - 1, 0, f"=A{row - step}+1", None, value)
            sheet.write_formula(0 if step == 1 else count + 1, 0, "=RAND()", None, value)
    result = compare(*paths)
    assert result.mirrors
    assert result.sheets["Sheet1"].volatile == count + 1


@pytest.mark.parametrize("name", ["data", "my data", "it's", "Größe", "Maß", "ﬁt", "R&D", "2026"])
def test_what_changes_is_followed_from_sheet_to_sheet(tmp_path, name):
    """By a reference in any spelling, and by names that lead there, also through another name."""
    quoted = name.replace("'", "''")
    formulas = {
        "direct": f"='{quoted}'!A1+1",
        "louder": f"='{quoted.upper()}'!A1+1",
        "byname": "=drawn+1",
        "twice": "=Doubled+1",
        "third": "=byname!A1*2",
        "foot": "=Fuß*2",
        "apart": "=B1*2",
    }
    paths = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for value, path in enumerate(paths):
        with xlsxwriter.Workbook(path) as book:
            for sheet, formula in formulas.items():
                book.add_worksheet(sheet).write_formula("A1", formula, None, value * (sheet != "apart"))
            book.add_worksheet(name).write_formula("A1", "=RAND()", None, value)
            book.define_name("drawn", f"='{quoted}'!$A$1")
            book.define_name("doubled", "=DRAWN*2")
            book.define_name("Fuß", "=RAND()")
    result = compare(*paths)
    assert result.mirrors
    assert {sheet: counts.volatile for sheet, counts in result.sheets.items()} == {
        **dict.fromkeys(formulas, 1), "apart": 0, name: 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "spelled", ["RA<!-- -->ND()", "RA<?x y?>ND()", "<![CDATA[RAND()]]>", "&#82;AND()", "&#x52;AND()", "rand()"]
)
def test_a_volatile_function_is_found_however_xml_spells_it(tmp_path, spelled):
    original, plain, odd = tmp_path / "a.xlsx", tmp_path / "plain.xlsx", tmp_path / "odd.xlsx"
    write(original, cells={"A1": ("=RAND()", 7, None), "A2": ("=A1*2", 7, None)}, names={}, charts=(), panes=None)
    write(plain, cells={"A1": ("=RAND()", 8, None), "A2": ("=A1*2", 8, None)}, names={}, charts=(), panes=None)
    rewrite(plain, odd, "xl/worksheets/sheet1.xml", {"<f>RAND()</f>": f"<f>{spelled}</f>"})
    result = compare(original, odd)
    assert result.mirrors
    assert result.sheets["basic"].volatile == 2


def test_a_volatile_function_is_found_in_a_part_in_utf_16(tmp_path):
    paths = volatile_book(tmp_path / "a.xlsx", 7), volatile_book(tmp_path / "b.xlsx", 8)
    wide = tmp_path / "wide.xlsx"
    with zipfile.ZipFile(paths[1]) as archive, zipfile.ZipFile(wide, "w") as copy:
        for part in archive.namelist():
            text = archive.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = text.decode().replace("UTF-8", "UTF-16").encode("utf-16")
            copy.writestr(part, text)
    assert compare(paths[0], wide).mirrors


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


def printed(result, **options) -> str:
    console = Console(width=160)
    with console.capture() as capture:
        console.print(render(result, **options))
    return capture.get()


def test_the_tables_show_each_difference_with_its_address(against):
    result = against(cells=CELLS | {"A3": ("[red]y", None, None), "Z9": (1, None, None)})
    text = printed(result)
    for piece in (
        "basic!A3",
        "label",
        "'x'",
        "'[red]y'",
        "basic!Z9",
        "1.0",
        "label 1",
        "constant 1",
        verdict(result)[-30:],
    ):
        assert piece in text
    assert "does not mirror" in verdict(result)


def test_the_tables_say_how_many_more_there_are(against):
    text = printed(against(cells={}), limit=2)
    assert "Missing or different in the copy: 7" in text
    assert "5 more" in text


def test_a_long_text_is_cut_where_it_is_shown():
    assert len(shown("x" * 5000)) == 200


def large():
    """A comparison with counts of seven digits, a long sheet's name, many kinds, and texts of several lines."""
    result = Comparison("a" * 150 + ".xlsx", "b" * 150 + ".xlsx", 0.0)
    counts = {name: 1_234_560 + i for i, name in enumerate(("compared", "equal", "only_in_original", "only_in_copy"))}
    kinds = ("formula", "value", "constant", "label", "number format")
    result.sheets["a sheet's name of 31 characters"] = SheetSummary(
        **counts, volatile=7_654_321, without_value=9_876_543, differences=Counter(dict.fromkeys(kinds, 2_345_678))
    )
    result.report(Difference("basic", "A1048576", "formula", "=1+\n" + "2+" * 150, "=3"))
    return result


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 120, 200])
def test_no_count_is_cut_however_narrow_the_terminal(columns):
    console = Console(width=columns, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(render(large(), width=columns))
    text = capture.get()
    for count in (*range(1_234_560, 1_234_564), 7_654_321, 9_876_543, 2_345_678):
        assert re.search(rf"(?<!\S){count}(?![\w.])", text), count
    for heading in ("in both", "equal", "missing", "extra", "volatile", "no value"):
        assert re.search(rf"(?<!\S){heading}(?!\S)", text), heading
    assert max(map(len, text.splitlines())) <= columns


def test_off_a_terminal_nothing_wraps_and_nothing_is_coloured(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    show(large())
    lines = capsys.readouterr().out.splitlines()
    assert "\x1b" not in "".join(lines)
    (row,) = [line for line in lines if "A1048576" in line]
    assert "=1+\\n2+2+" in row and row.endswith("=3")
    (row,) = [line for line in lines if "1234560" in line]
    assert row.split()[-6:] == ["1234560", "1234561", "1234562", "1234563", "7654321", "9876543"]
    (kinds,) = [line for line in lines if "number format 2345678" in line]
    assert "formula 2345678" in kinds
    assert lines[-1] == verdict(large())
