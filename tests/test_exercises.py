"""Exercises, solved and failed in IronCalc by somebody who types into their empty cells."""

import re

import openpyxl
import pytest
from click.testing import CliRunner

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, libreoffice
from xlsgd.workbooks.exercise_levels import LEVELS
from xlsgd.workbooks.exercises import build_exercise, spread
from xlsgd.workbooks.judgements import ANSWERS, TO_DO

NAMES = {name: level.sheet().name for name, level in LEVELS.items()}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exercises")
    return {name: build_exercise(name, folder) for name in LEVELS}


@pytest.fixture(scope="module")
def books(files):
    return {name: openpyxl.load_workbook(path) for name, path in files.items()}


def right_formulas(book, name):
    """The formulas that are left out, by address, as the hidden sheet has them."""
    sheet, answers = book[NAMES[name]], book[ANSWERS]
    return {
        cell.coordinate: answers[cell.coordinate].value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is None and str(answers[cell.coordinate].value).startswith("=")
    }


def cell_below(sheet, text):
    found = next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)
    return f"{found.column_letter}{found.row + 1}"


def judgement_of(sheet, cell):
    """The cell beside that judges one."""
    row = sheet[cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    return next(beside.coordinate for beside in row if f'=IF({cell}=""' in str(beside.value))


def width_of(sheet, letter):
    """The width of a column, which the file tells of several at once."""
    number = openpyxl.utils.column_index_from_string(letter)
    return next(each.width for each in sheet.column_dimensions.values() if each.min <= number <= each.max)


def first_of(left_out):
    """The first cell that refers to no other that is left out, and its formula."""
    used = {cell: set(re.findall(r"[A-Z]+[0-9]+", formula)) for cell, formula in left_out.items()}
    return next((cell, formula) for cell, formula in left_out.items() if used[cell].isdisjoint(left_out))


def hints_of(sheet, level):
    """The hints of the headings whose columns are left out, by heading cell."""
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.comment and level.hint(str(cell.value)))
    return {cell: cell.comment.text for cell in cells}


@pytest.mark.parametrize("name", LEVELS)
def test_two_engines_confirm_every_value_of_the_unsolved_sheet(files, name):
    try:
        libreoffice.installed()
        engines = ["ironcalc", "libreoffice"]
    except EngineError:
        engines = ["ironcalc"]
    report = verify(files[name], engines)
    assert report.agrees, [verdict.differences[:3] for verdict in report.verdicts]


def test_torch_is_not_asked_of_an_exercise(files):
    report = verify(files["momentum"], ["ironcalc"], ["torch"])
    assert report.agrees and any("an exercise" in verdict.note for verdict in report.verdicts)


def test_torch_is_asked_of_a_model_that_is_called_answers(tmp_path):
    model = xlsgd.Model("answers", ("x",), {"w": 0.5}, lambda p, x: p.w * x, xlsgd.squared_error)
    path = xlsgd.build(model, tmp_path / "own.xlsx", {"x": [1.0, 2.0], "y": [2.0, 4.0]}, epochs=2)
    report = xlsgd.verify(path, oracles="torch", models=model)
    (torch,) = (verdict for verdict in report.verdicts if verdict.is_oracle)
    assert report.agrees and torch.total.answered > 0


@pytest.mark.parametrize("name", LEVELS)
def test_the_answers_are_out_of_sight_and_not_on_the_sheet(books, name):
    book = books[name]
    assert book.sheetnames == ["guide", NAMES[name], ANSWERS]
    assert [book[sheet].sheet_state for sheet in book.sheetnames] == ["visible", "visible", "hidden"]
    left_out = right_formulas(book, name)
    spelled = {str(cell.value) for row in book[NAMES[name]].iter_rows() for cell in row}
    assert len(left_out) >= 10 and not spelled & set(left_out.values())
    assert not list(book.defined_names) and not book[NAMES[name]].defined_names


@pytest.mark.parametrize("name", LEVELS)
def test_who_types_every_right_formula_has_the_sheet_as_it_is(books, files, engine, name):
    """To the bit: the formulas are the sheet's own."""
    book, typed = books[name], engine(files[name])
    sheet, left_out = book[NAMES[name]], right_formulas(books[name], name)
    for cell, formula in left_out.items():
        typed.type(cell, formula, NAMES[name])
    typed.evaluate()
    right, of = (typed.get(cell_below(sheet, text), NAMES[name]) for text in ("right", "of"))
    assert right == of == len(left_out)
    whole = spread(LEVELS[name].sheet())
    for place in whole.places:
        if not place.text and isinstance(place.value, float):
            assert typed.get(place.address, NAMES[name]) == place.value, place.address


@pytest.mark.parametrize("name", LEVELS)
def test_a_wrong_formula_is_off_by_what_it_is_off(books, files, engine, name):
    book, typed = books[name], engine(files[name])
    cell, formula = first_of(right_formulas(book, name))
    beside = judgement_of(book[NAMES[name]], cell)
    assert typed.evaluate().get(beside, NAMES[name]) == TO_DO
    typed.type(cell, f"{formula}+0.5", NAMES[name])
    assert typed.evaluate().get(beside, NAMES[name]) == pytest.approx(0.5, rel=1e-9)
    typed.type(cell, f"=({formula[1:]})*(1+1E-12)", NAMES[name])  # another spelling may round otherwise
    assert typed.evaluate().get(beside, NAMES[name]) == 0
    typed.type(cell, "=1/0", NAMES[name])
    assert typed.evaluate().get(beside, NAMES[name]) == "#DIV/0!"


@pytest.mark.parametrize("name", LEVELS)
def test_each_column_is_right_by_itself_whatever_is_missing_elsewhere(books, files, engine, name):
    book = books[name]
    columns = {}
    for cell, formula in right_formulas(book, name).items():
        columns.setdefault(cell.rstrip("0123456789"), {})[cell] = formula
    right = []
    for formulas in columns.values():
        typed = engine(files[name])
        for cell, formula in formulas.items():
            typed.type(cell, formula, NAMES[name])
        typed.evaluate()
        said = [typed.get(judgement_of(book[NAMES[name]], cell), NAMES[name]) for cell in formulas]
        assert said.count(0) == typed.get(cell_below(book[NAMES[name]], "right"), NAMES[name])
        assert all(each == 0 or each == "#DIV/0!" for each in said)  # where it divides by what is still missing
        right.append(set(said) == {0})
    assert right.count(True) >= 2


def test_of_the_gradient_the_estimates_stay_and_no_text_tells_the_answer(books):
    sheet = books["gradient"]["basic"]
    assert sheet["H4"].value == "=(G4-F4)/0.01" and sheet["J4"].value == "=(I4-F4)/0.01"
    assert {cell.rstrip("0123456789") for cell in right_formulas(books["gradient"], "gradient")} == {"K", "L"}
    assert (sheet["H2"].value, sheet["I1"].value, sheet["I2"].value) == ("e=(ax+b-y)^2", "de/db=?", "de/da=?")


@pytest.mark.parametrize("name", LEVELS)
def test_a_judgement_stands_in_the_row_of_what_it_judges_below_that_one_s_heading(books, name):
    sheet = books[name][NAMES[name]]
    columns = {cell.rstrip("0123456789"): cell for cell in right_formulas(books[name], name)}
    for letter, cell in columns.items():
        beside = sheet[judgement_of(sheet, cell)].column_letter
        (row,) = {each.row for each in sheet[letter] if each.comment and LEVELS[name].hint(str(each.value))}
        assert str(sheet[f"{letter}{row}"].value) in str(sheet[f"{beside}{row}"].value)
        assert width_of(sheet, beside) > 17, "off by -1234.567891"


@pytest.mark.parametrize("name", LEVELS)
def test_what_is_typed_turns_green_or_red_by_its_judgement(books, name):
    sheet = books[name][NAMES[name]]
    coloured = {str(each.sqref): [rule.formula[0] for rule in each.rules] for each in sheet.conditional_formatting}
    for cell in right_formulas(books[name], name):
        area = next(each for each in coloured if cell in openpyxl.worksheet.cell_range.CellRange(each))
        first = judgement_of(sheet, area.partition(":")[0])
        assert coloured[area] == [f"{first}=0", f"ISNUMBER({first})"]
        assert any(first in openpyxl.worksheet.cell_range.CellRange(each) for each in coloured)


@pytest.mark.parametrize("name", LEVELS)
def test_the_answers_have_no_print_area_which_would_be_printed_though_hidden(books, name):
    assert not books[name][ANSWERS].print_area


def test_a_number_that_was_copied_is_right_until_a_point_changes(books, files, engine):
    sheet, typed = books["gradient"]["basic"], engine(files["gradient"])
    cell, formula = first_of(right_formulas(books["gradient"], "gradient"))
    beside = judgement_of(sheet, cell)
    typed.type(cell, formula, "basic")
    number = typed.evaluate().get(cell, "basic")
    typed.type(cell, repr(number), "basic")
    assert typed.evaluate().get(beside, "basic") == 0
    typed.put("B4", 59, "basic")
    assert typed.evaluate().get(beside, "basic") == pytest.approx(2, rel=1e-9)  # y is 1 more, and so de/db is 2 less
    typed.type(cell, formula, "basic")
    assert typed.evaluate().get(beside, "basic") == 0


@pytest.mark.parametrize("name", LEVELS)
def test_each_column_that_is_left_out_has_a_hint_and_no_other_tells_its_equation(books, name):
    sheet, level = books[name][NAMES[name]], LEVELS[name]
    columns = {cell.rstrip("0123456789") for cell in right_formulas(books[name], name)}
    hints = hints_of(sheet, level)
    assert columns <= {cell.column_letter for cell in hints}
    assert not [hint for hint in hints.values() if " = " in hint]


def test_the_command_writes_what_is_asked_for(tmp_path):
    done = CliRunner().invoke(cli, ["build", "--exercise", "softmax", "--exercise", "gradient", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exercise-gradient.xlsx", "exercise-softmax.xlsx"]
    assert "all answers agree" in done.output
    done = CliRunner().invoke(cli, ["build", "--exercise", "all", "--no-verify", "--out", str(tmp_path)])
    assert done.exit_code == 0 and len(list(tmp_path.iterdir())) == len(LEVELS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--exercise", "momentun"], "momentum"),
        (["--exercise", "adam", "graddesc"], "--exercise goes with --out, --no-verify and -q alone"),
        (["--exercise", "adam", "--set", "lr=1"], "--exercise goes with --out, --no-verify and -q alone"),
    ],
)
def test_what_cannot_be_is_one_line_and_2(tmp_path, arguments, says):
    done = CliRunner().invoke(cli, ["build", *arguments, "--out", str(tmp_path)])
    assert done.exit_code == 2 and says in done.output and len(done.output.splitlines()) == 1
    assert not list(tmp_path.iterdir())
