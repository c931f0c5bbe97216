"""Torch as a source for verification: it stays strict where it can, and it does not come from the rules."""

import re
import zipfile

import openpyxl
import pytest
import xlsxwriter

from xlsgd import rules
from xlsgd.errors import InputError
from xlsgd.functions import sqrt
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import Rule
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import NO_ANSWER
from xlsgd.verifying.judging import TOLERANCE
from xlsgd.verifying.oracle import answers as torch_answers
from xlsgd.verifying.poison import poison
from xlsgd.verifying.rounded import Rounded
from xlsgd.workbooks.build import build

SHEETS = tuple(LESSON)


@pytest.fixture(scope="module")
def typed(stepping, engine, tmp_path_factory):
    """`graddesc` with epoch 100 typed into every training sheet, recalculated and saved by IronCalc."""
    book, path = engine(stepping), tmp_path_factory.mktemp("typed") / "typed.xlsx"
    for sheet in SHEETS:
        book.put("A2", 100, sheet)
    book.evaluate().model.save_to_xlsx(str(path))
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """`graddesc` with two epochs, for what needs many workbooks."""
    return build("graddesc", tmp_path_factory.mktemp("small"), epochs=2)


def edited(source, target, sheet, pattern, replacement):
    """Copy a workbook with one text of a sheet's XML replaced."""
    index = openpyxl.load_workbook(source, read_only=True).sheetnames.index(sheet) + 1
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == f"xl/worksheets/sheet{index}.xml":
                data, count = re.subn(pattern.encode(), replacement, data)
                assert count == 1
            new.writestr(name, data)
    return target


def scaled(source, target, address, factor):
    """Copy a workbook with one cell's cached value, or constant, multiplied."""
    sheet, _, cell = address.partition("!")

    def multiplied(match):
        return match[1] + repr(float(match[2]) * factor).encode()

    return edited(source, target, sheet, rf'(<c r="{cell}"[^>]*>(?:<f>[^<]*</f>)?<v>)([^<]+)', multiplied)


def by_source(report):
    """Return each source's differing cells."""
    return {verdict.source.split()[0]: [d.address for d in verdict.differences] for verdict in report.verdicts}


# Every cell has an answer, strict where nothing cancels.


def test_every_formula_cell_has_an_answer_that_agrees(typed):
    report = verify(typed, (), ("torch",))
    (torch,) = report.verdicts
    assert torch.differences == [] and torch.quirks == {}
    assert torch.total.answered == torch.total.formulas == report.formulas > 190_000
    # at epoch 100 adam_ann's error is around 1e-16: a strict tolerance would call right answers wrong
    assert torch.total.worst > TOLERANCE and torch.total.magnified > 0


def test_well_conditioned_cells_have_no_slack(small, tmp_path):
    sheets = poison(small, tmp_path / "copy.xlsx")
    answers = torch_answers.answers(small, sheets)
    # just after a reset weights, predictions and most gradients have all their digits; differences of close numbers not
    for sheet, columns in {"basic": "CDEKLMN", "momentum": "CDEHI", "rmsprop": "CDEHI", "adam": "CDEHI"}.items():
        for (row, column), answer in zip(sheets[sheet], answers[sheet], strict=True):
            if "ABCDEFGHIJKLMN"[column - 1] in columns and row > 3 and isinstance(answer, Rounded):
                assert answer.slack <= 1e-11 * abs(answer)
    rounded = sum(isinstance(answer, Rounded) for sheet in SHEETS for answer in answers[sheet])
    assert 0 < rounded < 0.05 * sum(map(len, answers.values()))
    assert not any(answer is NO_ANSWER for given in answers.values() for answer in given)


@pytest.mark.parametrize(
    "address",
    [
        *("basic!M20", "basic!F33", "momentum!J9", "rmsprop!K30", "adam!H10", "adam!E31", "adam_ann!N33", "adam!C1"),
        *("data!C20", "basic_run!F5", "adam_run!H100", "adam_ann_run!J6", "momentum_run!G40", "race!B3", "race!D9"),
    ],
)
def test_an_error_of_1e_9_is_caught(small, tmp_path, address):
    path = scaled(small, tmp_path / "planted.xlsx", address, 1 + 1e-9)
    assert address in by_source(verify(path, (), ("torch",)))["Torch"]


# A wrong rule is in the formulas and in the values: only Torch, which never saw the rule, can tell.


def swapped(s, g, k):
    m = s.m * (1 - k.beta) + k.beta * g
    return rules.Momentum(s.w - m * k.lr, m)


def own_row(s, g, k):
    v = s.v * k.beta + (1 - k.beta) * g**2
    return rules.MeanSquare(s.w - g * k.lr / sqrt(v), v)


def uphill(s, g, k):
    return rules.Weight(s.w + g * k.lr)


def not_squared(s, g, k):
    m = s.m * k.beta1 + (1 - k.beta1) * g
    v = s.v * k.beta2 + (1 - k.beta2) * (g * g + g)
    return rules.Moments(s.w - m * k.lr / sqrt(v), m, v)


WRONG = {
    "beta and 1-beta swapped": ("momentum", swapped, "momentum!J4"),
    "the off-by-one undone": ("rmsprop", own_row, "rmsprop!H4"),
    "a sign": ("basic", uphill, "basic!M4"),
    "a mean square of something else": ("adam", not_squared, "adam!L4"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_rule_is_caught_by_torch_alone(tmp_path, mistake):
    sheet, rule, first = WRONG[mistake]
    right = LESSON[sheet]
    wrong = right._replace(rule=Rule(rule, right.rule.state, right.rule.knobs))
    report = verify(build("graddesc", tmp_path, LESSON_POINTS, LESSON | {sheet: wrong}, 2), ("ironcalc",), ("torch",))
    found = by_source(report)
    assert found["IronCalc"] == []  # the formulas say what the file says
    assert first in found["Torch"]
    assert {address.partition("!")[0] for address in found["Torch"]} == {sheet, f"{sheet}_run"}
    (difference,) = [d for d in report.verdicts[1].differences if d.address == first]
    assert difference.others == {"ironcalc": difference.cached}


def test_carrying_the_updated_weights_is_caught_by_torch_alone(tmp_path):
    wrong = LESSON["adam"]._replace(last={"b": "new b", "a": "new a"})
    path = build("graddesc", tmp_path, LESSON_POINTS, LESSON | {"adam": wrong}, 2)
    found = by_source(verify(path, ("ironcalc",), ("torch",)))
    assert found["IronCalc"] == []
    # the lines of epochs 1 and 2, below four passes of warm-up and epoch 0
    assert found["Torch"] == ["adam_run!C9", "adam_run!D9", "adam_run!C10", "adam_run!D10"]


def test_a_wrong_formula_is_caught_by_ironcalc_alone(small, tmp_path):
    path = edited(small, tmp_path / "a.xlsx", "adam", r"<f>C10\+D10\*A10</f>", b"<f>C10-D10*A10</f>")
    found = by_source(verify(path, ("ironcalc",), ("torch",)))
    # nothing refers to the prediction, and its value in the file is still the right one
    assert found == {"IronCalc": ["adam!E10"], "Torch": []}


def test_a_wrong_constant_is_caught_by_both(small, tmp_path):
    path = scaled(small, tmp_path / "a.xlsx", "adam!A10", 1.5)
    found = by_source(verify(path, ("ironcalc",), ("torch",)))
    assert {"adam!E10", "adam!G10", "adam_run!A20"} <= set(found["IronCalc"]) & set(found["Torch"])


# Errors, and what is not a lesson's workbook.


def test_an_error_in_the_file_counts_as_torchs(entropy_example, engine, tmp_path):
    book = engine(entropy_example)
    book.put("C2", 0, "entropy")
    book.evaluate().model.save_to_xlsx(str(tmp_path / "a.xlsx"))
    report = verify(tmp_path / "a.xlsx", (), ("torch",))
    assert sum(report.errors.values()) == 2
    # IronCalc saved what it takes MATCH for, and Torch knows better; the errors are none of its business
    assert {d.sheet for d in report.verdicts[0].differences} == {"log_entropy"}


def test_a_number_where_an_error_must_be_is_named(entropy_example, tmp_path):
    path = edited(entropy_example, tmp_path / "a.xlsx", "entropy", r'(<c r="C2"[^>]*><v>)[^<]*', rb"\g<1>0")
    (verdict,) = verify(path, (), ("torch",)).verdicts
    assert {d.address: d.answer for d in verdict.differences} == {"entropy!D2": "an error", "entropy!E2": "an error"}


def test_a_missing_number_is_one_clear_line(small, tmp_path):
    path = edited(small, tmp_path / "a.xlsx", "adam", r'<c r="J1"[^>]*><v>[^<]*</v></c>', b"")
    with pytest.raises(InputError, match=r"^sheet adam: cell J1 holds no number; enter one$"):
        verify(path, (), ("torch",))


def test_a_workbook_of_somebody_else_has_no_answers(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("race")
        sheet.write_column("A1", [1, None, 2])
        sheet.write_formula("B1", "=A1+1", None, 2)
    (verdict,) = verify(tmp_path / "a.xlsx", (), ("torch",)).verdicts
    assert (verdict.total.formulas, verdict.total.answered) == (1, 0)


def test_a_workbook_of_chosen_sheets_is_answered_as_far_as_it_is_the_lessons(tmp_path):
    points = Points([1.0, 2.0, 4.0], [3.0, 5.5, 9.0])
    known = trainings()
    chosen = {name: known[name] for name in ("adamw", "adam")}
    report = verify(build("graddesc", tmp_path, points, chosen, epochs=2), oracles=("torch",))
    assert report.agrees
    asked = {sheet: tally.answered for (sheet, _), tally in report.verdicts[1].columns.items()}
    assert asked["adam_run"] > 0 and asked["adamw"] == 0
