"""The sheets of quirks: the course's numbers against the course's workbooks, the corrected ones against the sheets."""

import re
from pathlib import Path

import openpyxl
import pytest
from corrected_books import Recalculated

from xlsgd.commands.settings import set_knobs
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.guide import guide_sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.workbooks import build as workbook
from xlsgd.workbooks.corrected.entropy_quirks import QUIRKS as ENTROPY_QUIRKS
from xlsgd.workbooks.corrected.entropy_quirks import constants as entropy_constants
from xlsgd.workbooks.corrected.graddesc_quirks import QUIRKS as GRADDESC_QUIRKS
from xlsgd.workbooks.corrected.graddesc_quirks import constants as graddesc_constants
from xlsgd.workbooks.corrected.workbook import build

CELL = re.compile(r"\w+![A-Z]+[0-9]+")
CLOSE = 1e-12
"""Between a formula here and the course's own: the same operations, of which IronCalc rounds logarithms otherwise."""


class Pair:
    """A course's workbook and the corrected one, with the row of each quirk and the cell of each constant."""

    def __init__(self, name: str, folder: Path, points: Points = LESSON_POINTS) -> None:
        self.course_path = workbook.build(name, folder, points)
        self.course = openpyxl.load_workbook(self.course_path, data_only=True)
        path = build(name, folder, points)
        self.book = Recalculated(path)
        sheet = openpyxl.load_workbook(path)["quirks"]
        texts = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        end = next(i for i, row in enumerate(texts) if row[0] is None)
        self.quirks = {row[0]: (number, row) for number, row in enumerate(texts[:end], start=2)}
        self.constants = {row[0]: (f"quirks!E{end + 4 + i}", row) for i, row in enumerate(texts[end + 2 :])}

    def in_the_course(self, address: str):
        sheet, cell = address.split("!")
        return self.course[sheet][cell].value

    def shown(self, start: str):
        """Return the course's and the corrected number of the quirk whose name starts like that, and where it is."""
        (number, row), *more = (found for name, found in self.quirks.items() if name.startswith(start))
        assert not more
        return self.book[f"quirks!E{number}"], self.book[f"quirks!F{number}"], row


@pytest.fixture(scope="module")
def graddesc(tmp_path_factory):
    return Pair("graddesc", tmp_path_factory.mktemp("graddesc"))


@pytest.fixture(scope="module")
def entropy(tmp_path_factory):
    return Pair("entropy", tmp_path_factory.mktemp("entropy"))


@pytest.fixture(scope="module", params=["the lesson's points", "other points"])
def any_graddesc(request, tmp_path_factory):
    points = LESSON_POINTS if request.param.startswith("the") else Points((3.0, 1.0, 2.5, 4.0), (5.0, 4.5, 1.0, 9.0))
    return Pair("graddesc", tmp_path_factory.mktemp("points"), points)


def test_every_quirk_of_the_course_has_a_row(graddesc, entropy):
    assert {int(name.partition(". ")[0]) for name in graddesc.quirks} == {*range(1, 10)}
    assert {int(name.partition(". ")[0]) for name in entropy.quirks} == {*range(10, 17)}
    assert len(graddesc.quirks) == len(GRADDESC_QUIRKS)
    assert len(entropy.quirks) == len(ENTROPY_QUIRKS)


@pytest.mark.parametrize("name", [quirk.name for quirk in GRADDESC_QUIRKS])
def test_the_courses_number_is_what_the_courses_workbook_holds_there(name, any_graddesc):
    course, _, row = any_graddesc.shown(name)
    if CELL.fullmatch(row[1]):
        assert course == pytest.approx(any_graddesc.in_the_course(row[1]), rel=CLOSE)
    else:
        assert course == "none"
        headings = [cell.value for cell in any_graddesc.course["adam"][3]]
        assert "err^2" not in headings


@pytest.mark.parametrize("quirk", GRADDESC_QUIRKS, ids=lambda quirk: quirk.name)
def test_the_corrected_number_is_what_the_corrected_sheet_holds(quirk, any_graddesc):
    _, corrected, row = any_graddesc.shown(quirk.name)
    assert row[6].split("!")[0] == quirk.mended[0]
    assert corrected == any_graddesc.book[row[6]]


@pytest.mark.parametrize("constant", graddesc_constants(LESSON_POINTS), ids=lambda constant: constant.what)
def test_each_constant_is_what_the_courses_workbook_holds_there(constant, graddesc):
    address, row = graddesc.constants[constant.what]
    assert graddesc.book[address] == constant.value
    if CELL.fullmatch(row[3]):
        assert graddesc.in_the_course(row[3]) == constant.value
    else:
        assert f"+{constant.value}" in openpyxl.load_workbook(graddesc.course_path)["basic"]["G4"].value


def test_the_mended_cells_are_the_right_ones(graddesc):
    book = graddesc.book
    assert graddesc.shown("1.")[2][6] == "basic!I33"
    assert [graddesc.shown(f"{n}.")[2][6] for n in (2, 3, 4, 5)] == ["basic!F34", "basic!T5", "momentum!K5", "adam!K5"]
    # 1e-9 for the gradient: central differences round. The published gradient of the first row is -1204.
    assert graddesc.shown("3.")[1] == pytest.approx(-1204, rel=1e-9)
    assert graddesc.shown("3.")[0] == pytest.approx(-1202.04, rel=1e-9)
    assert graddesc.shown("4.")[1] == -86
    assert graddesc.shown("2.")[0] == pytest.approx(book["basic!F34"] * 29**0.5, rel=1e-12)


def test_the_course_numbers_are_live(tmp_path):
    # Another rate typed into the corrected workbook gives the numbers of a course's workbook built with that rate.
    trainings = set_knobs(LESSON, ["basic.lr=0.0002"])
    course = openpyxl.load_workbook(workbook.build("graddesc", tmp_path, trainings=trainings), data_only=True)["basic"]
    book = Recalculated(build("graddesc", tmp_path)).put({"basic!C2": 0.0002})
    assert book["quirks!E2"] == pytest.approx(course["C32"].value, rel=CLOSE)
    assert book["quirks!E3"] == pytest.approx(course["F33"].value, rel=CLOSE)


def test_the_points_move_the_corrected_number_and_leave_the_courses(graddesc):
    address = "data!C5"
    book = graddesc.book.put({address: 59.0})
    try:
        course, corrected, _ = graddesc.shown("8.")
        assert (course, corrected, book["basic!B5"]) == (58, 59, 59)
    finally:
        graddesc.book.model.set_user_input(*graddesc.book._place(address), "=$C$1+B5*$C$2")
        graddesc.book.model.evaluate()


@pytest.mark.parametrize("start", ["10.", "14.", "15.", "16."])
def test_the_courses_number_of_an_entropy_quirk_is_the_courses(start, entropy):
    course, _, row = entropy.shown(start)
    assert course == pytest.approx(entropy.in_the_course(row[1]), rel=CLOSE)


def test_with_the_courses_own_inputs_to_try_the_numbers_are_the_courses(entropy):
    address_p, address_shift = (entropy.constants[c.what][0] for c in entropy_constants()[:2])
    book = entropy.book.put({address_p: 0.5, address_shift: 0.0})
    assert entropy.shown("11.")[0] == pytest.approx(entropy.in_the_course("entropy!D2"), rel=CLOSE)
    assert entropy.shown("11.")[1] == pytest.approx(book["entropy!D2"], rel=CLOSE)
    assert entropy.shown("12.")[0] == pytest.approx(entropy.in_the_course("softmax!D3"), rel=CLOSE)
    book.put({address_p: 1.0, address_shift: 1000.0})


def test_sure_predictions_and_large_outputs_fail_in_the_course_and_not_here(entropy):
    for start in ("11.", "12."):
        course, corrected, row = entropy.shown(start)
        assert course == "#NUM!"
        # 1e-12 relative: an output of 1000 has 13 digits left behind its point.
        assert corrected == pytest.approx(entropy.book[row[6]], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("start", ["10.", "13.", "14.", "15."])
def test_the_corrected_number_of_an_entropy_quirk_is_the_sheets(start, entropy):
    _, corrected, row = entropy.shown(start)
    assert corrected == entropy.book[row[6]]


def test_what_is_gone_is_said_to_be(entropy):
    assert entropy.shown("13.")[0] == "none"
    assert entropy.shown("16.")[1:][0] == "none"
    assert entropy.book["entropy!C10"] in ("", None)


def numbered(quirks):
    return [int(quirk.name.partition(". ")[0]) for quirk in quirks]


def test_a_number_means_one_quirk_wherever_it_stands():
    """Only 6 has two lines, of rmsprop and of adam: `Sheet1` tells of both under it."""
    assert numbered(GRADDESC_QUIRKS) == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9]
    assert numbered(ENTROPY_QUIRKS) == [*range(10, 17)]
    told = " ".join(place.text for place in guide_sheet(stepping=True).places)
    assert [int(number) for number in re.findall(r"(?<!\S)([1-9]): ", told)] == [*range(1, 10)]
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    said = {int(number): words for words, number in re.findall(r"([^.;\n]+) \(quirk (\d+)\)", readme)}
    assert said.keys() == {14}
    assert "`MATCH` without its third argument" in said[14]
    assert "14. MATCH without a third argument" in [quirk.name for quirk in ENTROPY_QUIRKS]


def test_what_can_be_tried_is_named_by_the_number_of_its_quirk():
    by_number = {int(quirk.name.partition(". ")[0]): quirk for quirk in ENTROPY_QUIRKS}
    for constant in entropy_constants()[:2]:
        assert "to try" in by_number[int(constant.what.rpartition(" ")[2])].effect
