"""How the sheets look, found from the files themselves: widths, tints, headings, charts, pages, links."""

import functools
import re
from typing import NamedTuple

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

BOOKS = (
    "graddesc", "prices", "standardized", "textbook", "entropy", "network", "corrected", "corrected entropy", "macros",
    "model", "opened", "sweep", "history",
)  # fmt: skip
OWN_WRITING = ("sweep", "history")
"""Workbooks that are not made of the sheets' descriptions."""

TINT, GIVEN = "FFFFF2CC", "FF1F4E9E"
UNSEEN = ";;;"
SIGNIFICANT = 7

# Arial 10: a digit is 7.4 pixels wide, and so on. LibreOffice and Excel leave some pixels beside a number.
GLYPHS = {",": 3.7, ".": 3.7, "-": 4.4, "+": 7.8, "E": 8.9}
DIGIT, BESIDE = 7.4, 2.6


class Book(NamedTuple):
    """A workbook's formulas, and its values."""

    formulas: openpyxl.Workbook
    values: openpyxl.Workbook


@functools.cache
def opened(path):
    return Book(openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True))


@pytest.fixture(params=BOOKS)
def book(request, small_books):
    return opened(small_books[request.param])


@pytest.fixture(params=[name for name in BOOKS if name not in OWN_WRITING])
def described(request, small_books):
    return opened(small_books[request.param])


def numbers(sheet):
    """The cells that hold numbers."""
    return [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, (int, float))]


# ---- numbers that can be read -------------------------------------------------------------------------------------


def rules_of(sheet):
    """The conditional number formats, in their order: areas, the first cell, the condition, the format."""
    found = []
    for formatted in sheet.conditional_formatting:
        areas = [range_boundaries(str(area)) for area in formatted.sqref.ranges]
        for rule in formatted.rules:
            if rule.type == "expression" and rule.dxf and rule.dxf.numFmt:
                found.append((rule.priority, areas, rule.formula[0], rule.dxf.numFmt.formatCode))
    return sorted(found)


@functools.cache
def condition(formula):
    """A condition on one cell as a function of its number."""
    python = re.sub(r"(?<![A-Z])[A-Z]{1,3}[0-9]+", "x", formula).replace("<>", "!=")
    known = {"AND": lambda *all_of: all(all_of), "ABS": abs, "INT": lambda x: x // 1, "ROUND": round}
    return eval(f"lambda x: {python}", known)


def format_of(cell, number, rules):
    """The format by which a cell shows a number."""
    for _, areas, formula, code in rules:
        if any(a <= cell.column <= c and b <= cell.row <= d for a, b, c, d in areas) and condition(formula)(number):
            return code
    return cell.number_format


def shown(number, code, width):
    """The text that a cell shows; General is cut to what has room."""
    sections = re.fullmatch(r"\[([<>=]+)([\d.E]+)\]([^;]*);(?:\[([<>=]+)([\d.E]+)\]([^;]*);)(.*)", code)
    if sections:
        first, bound, one, second, other, two, rest = sections.groups()
        code = one if eval(f"{number}{first}{bound}") else two if eval(f"{number}{second}{other}") else rest
    spellings = {
        "#,##0.00": ",.2f", "#,##0": ",.0f", "0.00": ".2f", "0.0000": ".4f", "0.000": ".3f",
        "0.00E+00": ".2E", "0.0E+00": ".1E", "0.000E+00": ".3E",
    }  # fmt: skip
    if code in spellings:
        return format(number, spellings[code])
    assert code == "General", code
    room = int((width - 5) / DIGIT)
    return next((text for digits in range(10, 0, -1) if len(text := f"{number:.{digits}g}") <= room), "###")


def pixels(text):
    return sum(GLYPHS.get(letter, DIGIT) for letter in text) + BESIDE


def significant(text):
    return len(re.sub(r"[^0-9]", "", text.partition("E")[0]).lstrip("0"))


def widths_of(sheet):
    """The columns' widths in pixels."""
    found = {}
    for dimension in sheet.column_dimensions.values():
        for column in range(dimension.min, dimension.max + 1):
            found[get_column_letter(column)] = dimension.width
    return lambda letter: int(found.get(letter, 9.14) * 7)


def test_no_number_is_cut_or_has_more_than_seven_digits(book):
    faults = []
    for sheet in book.values:
        rules, width = rules_of(sheet), widths_of(sheet)
        for cell in numbers(sheet):
            if cell.number_format in (UNSEEN, '"right";;"wrong"') or cell.alignment.textRotation:
                continue
            text = shown(cell.value, format_of(cell, cell.value, rules), width(cell.column_letter))
            if "#" in text or pixels(text) > width(cell.column_letter) or significant(text) > SIGNIFICANT:
                faults.append(f"{sheet.title}!{cell.coordinate} {text} in {width(cell.column_letter)}")
    assert not faults


@pytest.mark.parametrize("size", [1e9, 1e-9, 2.9e39, 8.88e105, 8.88e-105, 99999.99, 9999.9999, 999999.4])
def test_a_number_of_any_size_has_room_where_a_formula_may_give_it(described, size):
    for sheet in described.formulas:
        rules, width = rules_of(sheet), widths_of(sheet)
        seen = set()
        for row in sheet.iter_rows():
            for cell in row:
                kind = (cell.column, cell.number_format)
                if cell.data_type != "f" or cell.number_format in (UNSEEN, '"right";;"wrong"') or kind in seen:
                    continue
                seen.add(kind)
                text = shown(-size, format_of(cell, -size, rules), width(cell.column_letter))
                assert pixels(text) <= width(cell.column_letter), f"{sheet.title}!{cell.coordinate} {text}"
                assert significant(text) <= SIGNIFICANT, f"{sheet.title}!{cell.coordinate} {text}"


# ---- inputs are seen ----------------------------------------------------------------------------------------------

REFERENCE = re.compile(
    r"(?:(?:'([^']+)'|([A-Za-z_]\w*))!)?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\w(])"
)


def used(formulas):
    """The cells that formulas refer to, as sheet and address."""
    found = set()
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    for quoted, plain, *corners in REFERENCE.findall(str(cell.value)):
                        name = quoted or plain or sheet.title
                        area = corners[0] + corners[1] + (f":{corners[2]}{corners[3]}" if corners[2] else "")
                        found.add((name, area))
    return found


def is_tinted(cell):
    return cell.fill.fgColor.rgb == TINT


def test_every_number_that_a_formula_uses_is_seen_to_be_one(described):
    """A constant is tinted, or blue where it is given; a formula is neither, but for the base of a logarithm."""
    areas = {}
    for name, area in used(described.formulas):
        areas.setdefault(name, []).append(range_boundaries(area))
    for sheet in described.formulas:
        for cell in numbers(sheet):
            hit = any(a <= cell.column <= c and b <= cell.row <= d for a, b, c, d in areas.get(sheet.title, ()))
            is_given = cell.font.color is not None and cell.font.color.rgb == GIVEN
            assert not hit or is_tinted(cell) or is_given or cell.font.b, f"{sheet.title}!{cell.coordinate}"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and is_tinted(cell):
                    assert cell.value == "=EXP(1)", f"{sheet.title}!{cell.coordinate}: {cell.value}"


KNOBS = {
    "graddesc": ["basic!F1", "basic!A2", "momentum!D2", "momentum!J1", "adam!L1", "adam_ann!E2", "basic_run!C4"],
    "macros": ["basic!C1", "basic!C2", "adam!J33", "adam!M33", "adam_ann!N3", "rmsprop!D2", "adam!A4", "adam!B32"],
    "entropy": ["softmax!B3", "softmax!G7", "entropy!B2", "entropy!C6", "log_entropy!D2"],
    "corrected": ["data!B5", "basic!C2", "basic!D2", "adam!G2", "adam!I15", "quirks!E14"],
    "corrected entropy": ["entropy!G2", "entropy!H2", "softmax!B10"],
    "opened": ["digit!B4", "digit!B27"],
    "model": ["data!B5", "sgd!A2", "sgd!C2", "adam!D2"],
    "standardized": ["standardize!D4", "standardize!E8"],
}  # fmt: skip


@pytest.mark.parametrize("name", KNOBS)
def test_knobs_are_tinted(name, small_books):
    formulas = opened(small_books[name]).formulas
    cells = [formulas[sheet][address] for sheet, address in (each.split("!") for each in KNOBS[name])]
    assert [cell.coordinate for cell in cells if not is_tinted(cell)] == []


# ---- headings, hints, links ---------------------------------------------------------------------------------------

TALL = 3
"""From how many numbers on, one below the other, they are a column that needs a heading."""


def pictures(sheet):
    """The areas that are coloured by their numbers."""
    return [
        range_boundaries(str(area))
        for formatted in sheet.conditional_formatting
        if any(rule.type == "colorScale" for rule in formatted.rules)
        for area in formatted.sqref.ranges
    ]


def test_every_column_of_numbers_has_its_heading(book):
    for sheet in book.values:
        shaded = pictures(sheet)
        held = {
            (cell.column, cell.row): cell
            for cell in numbers(sheet)
            if not any(a <= cell.column <= c and b <= cell.row <= d for a, b, c, d in shaded)
        }
        for column, row in held:
            is_top = (column, row - 1) not in held and all((column, row + i) in held for i in range(TALL))
            if is_top and row > 1 and not held[column, row].font.b:
                above = [sheet.cell(row - i, column) for i in range(1, min(row, 4))]
                first = next((cell for cell in above if cell.value is not None), None)
                ok = first is not None and (isinstance(first.value, str) or first.font.b)
                coloured = held[column, row].font.color is not None and held[column, row].font.color.rgb == GIVEN
                beside = [sheet.cell(row, column - 1)] if column > 1 else []
                is_labelled = any(isinstance(cell.value, str) for cell in beside)
                assert ok or coloured or is_labelled, f"{sheet.title}!{held[column, row].coordinate}"


@pytest.mark.parametrize("name", ["graddesc", "macros"])
def test_the_lessons_states_and_the_rows_below_have_names(name, small_books):
    formulas = opened(small_books[name]).formulas
    states = {"momentum": ["m b", "m a"], "rmsprop": ["v b", "v a"]}
    for sheet in ("momentum", "rmsprop", "adam", "adam_ann"):
        told = states.get(sheet, ["m b", "m a", "v b", "v a"])
        cells = [formulas[sheet].cell(2, 10 + i) for i in range(len(told))]
        assert [cell.value for cell in cells] == told
        assert all(cell.font.i for cell in cells), "as notes, for the course has nothing there"
        for row in (33, 34):
            if any(formulas[sheet].cell(row, column).value is not None for column in range(3, 15)):
                assert isinstance(formulas[sheet].cell(row, 1).value, str), f"{sheet} row {row}"


def test_every_heading_tells_something(described):
    for sheet in described.formulas:
        for row in sheet.iter_rows():
            for cell in row:
                is_heading = cell.data_type == "s" and cell.font.b and cell.alignment.horizontal == "right"
                if is_heading and not re.fullmatch(r"w_\d+|unit \d+|class \d+|digit|user \d|film \d", cell.value):
                    assert cell.comment and len(cell.comment.text) > 8, f"{sheet.title}!{cell.coordinate} {cell.value}"


def test_a_hint_says_the_equation_and_where_it_is_from(small_books):
    sheet = opened(small_books["graddesc"]).formulas["adam"]
    assert sheet["J2"].comment.text.startswith("m b = [m b above]*beta1+[1-beta1]*[de/db]\n")
    assert sheet["H3"].comment.text.splitlines()[0] == "new b = b-[m b]*lr/SQRT([v b])"
    assert "lesson 5" in sheet["H3"].comment.text
    assert "Kingma and Ba 2015" in opened(small_books["corrected"]).formulas["adam"]["K14"].comment.text


def links(sheet):
    return {
        cell.hyperlink.location.rpartition("!")[0].strip("'")
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink
    }


@pytest.mark.parametrize("name", [name for name in BOOKS if name != "history"])
def test_the_first_sheet_leads_to_all_and_all_lead_back(name, small_books):
    formulas = opened(small_books[name]).formulas
    guide, *others = formulas.sheetnames
    assert links(formulas[guide]) == set(others)
    assert [sheet for sheet in others if links(formulas[sheet]) != {guide}] == []
    words = " ".join(str(cell.value) for row in formulas[guide].iter_rows() for cell in row if cell.value)
    assert name == "sweep" or "How cells look" in words


def test_the_way_back_is_not_taken_for_a_knob(small_books):
    """Knobs' headings stand side by side, and whoever reads the sheet by them stops at the first cell without one."""
    for sheet in opened(small_books["model"]).formulas.worksheets[2:4]:
        (link,) = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        assert link.row == 1 and sheet.cell(1, link.column - 1).value is None, sheet.title
        assert sheet["C1"].value == "lr"


# ---- charts -------------------------------------------------------------------------------------------------------


def placed(sheet):
    """The charts' areas: left, top, right and bottom, from 1."""
    found = []
    for chart in sheet._charts:
        start, end = chart.anchor._from, chart.anchor.to
        # a chart that ends where a cell begins does not cover it
        right, bottom = end.col + (end.colOff > 0), end.row + (end.rowOff > 0)
        found.append((start.col + 1, start.row + 1, right, bottom))
    return found


def test_no_chart_covers_another_or_a_cell_that_holds_something(book):
    for sheet in book.formulas:
        areas = placed(sheet)
        for i, (a, b, c, d) in enumerate(areas):
            for e, f, g, h in areas[:i]:
                assert c < e or g < a or d < f or h < b, f"{sheet.title}: two charts"
            covered = [cell.coordinate for row in sheet.iter_rows(b, d, a, c) for cell in row if cell.value is not None]
            assert covered == [], sheet.title


SCREEN = 1230, 23
"""What of a sheet a screen of 1280x720 shows: pixels across, rows down."""


@pytest.mark.parametrize("name", ["graddesc", "prices", "textbook", "corrected", "model", "entropy", "network"])
def test_the_charts_are_seen_at_once(name, small_books):
    for sheet in opened(small_books[name]).formulas:
        width = widths_of(sheet)
        for left, _, right, bottom in placed(sheet):
            if sheet.title == "basic" and name != "corrected" and left == 5:
                continue  # where the course has it
            assert bottom <= SCREEN[1] + 1, sheet.title
            before = sum(width(get_column_letter(column)) for column in range(1, right + 1))
            assert before <= SCREEN[0], f"{sheet.title}: {before}"


def test_where_there_is_no_error_yet_the_chart_draws_none(small_books):
    """LibreOffice takes a chart that does not say what an empty cell is for one that draws it as 0."""
    for name in ("graddesc", "macros"):
        sheet = opened(small_books[name]).formulas["basic"]
        errors = next(chart for chart in sheet._charts if chart.anchor._from.row > 33)
        assert errors.display_blanks == "span"


# ---- paper --------------------------------------------------------------------------------------------------------

ONE_PAGE = 60


def test_every_sheet_is_set_up_for_paper(book):
    for sheet in book.formulas:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape"), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert int(sheet.page_setup.fitToWidth or 1) == 1, sheet.title
        assert sheet.oddFooter.left.text, sheet.title
        printed = range_boundaries(sheet.print_area.rpartition("!")[2]) if sheet.print_area else None
        rows = printed[3] if printed else sheet.max_row
        if rows > ONE_PAGE and not re.fullmatch("guide|Sheet1|units|.*_run", sheet.title):
            assert sheet.print_title_rows, sheet.title
        if sheet.title.endswith("_run"):
            assert printed and printed[1] == 1 and rows <= 100, sheet.title
