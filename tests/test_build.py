"""Workbooks of a user's own points and knobs, recalculated by IronCalc."""

import math
import zipfile

import pytest

from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import Points
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.verifying.check import verify
from xlsgd.workbooks.build import RECIPES, build, filled_training

RATES = {"basic": 1e-6, "momentum": 1e-6}


def wavy(n):
    """Points near a line, of n rows, that no closed form makes simple."""
    xs = [50 + 49 * math.sin(i * 0.7) for i in range(n)]
    return Points(xs, [2 * x + 30 + math.cos(i) for i, x in enumerate(xs)])


@pytest.mark.parametrize("name", ["graddesc", "entropy"])
def test_every_formula_recalculates_to_the_files_value(workbooks, name):
    """To the bit, but for logarithms and the MATCH that IronCalc does otherwise, which is named."""
    report = verify(workbooks[name])
    (verdict,) = report.verdicts
    assert report.agrees
    assert not report.errors
    if name == "graddesc":
        assert (report.formulas, verdict.total.equal, report.volatile) == (1565 + 29, 1565 + 29, 29)
    else:
        assert report.formulas == 75 + 38, "the sheets', and what the guide's chart draws"
        (quirk,) = verdict.quirks
        assert quirk.startswith("MATCH")
        assert {d.address[-2] for d in verdict.quirks[quirk]} <= {"H", "I"}
        assert max(t.worst for (sheet, column), t in verdict.columns.items() if column not in "HI") < 1e-15


def test_what_match_and_offset_show_is_what_excel_shows(values):
    """IronCalc cannot say; that MATCH(1,{1,0}) is 1 and MATCH(1,{0,1}) is 2 in Excel is known from outside."""
    sheet = values["entropy"]["log_entropy"]
    assert [sheet[f"H{row}"].value for row in range(2, 7)] == [1, 1, 2, 2, 1]
    picked = [sheet[f"{'E' if sheet[f'B{row}'].value else 'F'}{row}"].value for row in range(2, 7)]
    assert [sheet[f"I{row}"].value for row in range(2, 7)] == picked
    assert [sheet[f"I{row}"].value for row in range(2, 7)] == [-sheet[f"G{row}"].value for row in range(2, 7)]


@pytest.mark.parametrize("n", [1, 2, 29, 5000])
def test_own_points_are_verified_to_the_bit_and_all_below_moves_along(engine, tmp_path, n):
    points = wavy(n)
    knobs = {
        name: with_knobs(training, **({"lr": RATES[name]} if name in RATES else {}))
        for name, training in LESSON.items()
    }
    path, recipe = tmp_path / "graddesc.xlsx", RECIPES["graddesc"]
    write_workbook(path, recipe.sheets(points, knobs, 0), recipe.title)
    report = verify(path)
    assert report.agrees
    assert report.verdicts[0].total.equal == report.formulas == 1565 + 29 + (n - 29) * (12 + 10 + 9 + 11 + 11)
    book, last = engine(path), 3 + n
    below = last + 1
    scopes = {index: name for name, index in book.sheets.items()}
    names = {(scopes[d["scope"]], d["name"]): d["formula"] for d in book.model.get_defined_name_list()}
    for name in LESSON:
        rows = [(book.get(f"A{row}", name), book.get(f"B{row}", name)) for row in range(4, below + 1)]
        assert rows[:n] == list(zip(*points, strict=True))
        assert not any(isinstance(cell, (int, float)) for cell in rows[n]), "no point, but what the row is"
        assert names[name, "lastconst"] == f"{name}!$C${last}"
        assert names[name, "lastslope"] == f"{name}!$D${last}"
    assert book.content(f"F{below}", "basic") == f"=SQRT(SUM(F4:F{last}))"
    assert book.content(f"L{below}", "basic") == f"=SQRT(SUMSQ(L4:L{last}))"
    assert book.content(f"C{below + 3}", "basic") == "Paste error here:"
    assert names["basic", "rmses"] == f"basic!$C${below + 5}:$C${below + 73}"
    with zipfile.ZipFile(path) as archive:
        assert f"<c:f>basic!$C${below + 5}:$C${below + 29}</c:f>".encode() in archive.read("xl/charts/chart1.xml")
    assert book.content("J3", "momentum") == f"=J{below}"
    assert names["momentum", "momtarget"] == f"momentum!$J${below}:$K${below}"
    assert book.content(f"G{below}", "adam_ann") == f"=SQRT(SUMSQ(G4:G{last}))/COUNT(G4:G{last})"
    assert book.content(f"N{below}", "adam_ann") == f"=SQRT(L{below})+SQRT(M{below})"
    assert names["adam_ann", "gradrat"] == f"adam_ann!$N${below + 1}"
    assert names["adam_ann", "prev_grad2"] == "adam_ann!$N$3"


def test_every_textbook_sheet_is_verified_to_the_bit(tmp_path):
    sheets = [filled_training(training, wavy(40)) for name, training in trainings().items() if name not in LESSON]
    write_workbook(tmp_path / "textbook.xlsx", sheets, "textbook")
    report = verify(tmp_path / "textbook.xlsx")
    assert report.agrees
    assert report.verdicts[0].total.equal == report.formulas


def test_a_knob_that_was_set_stands_in_its_cell(engine, tmp_path):
    changed = LESSON | {"adam": with_knobs(LESSON["adam"], lr=0.5, beta1=0.75, beta2=0.625)}
    book = engine(build("graddesc", tmp_path, trainings=changed, epochs=1))
    assert [book.content(a, "adam") for a in ("D2", "J1", "K1", "L1", "M1")] == [
        "0.5",
        "0.75",
        "=1-J1",
        "0.625",
        "=1-L1",
    ]
    assert book.get("D2", "adam_ann") == 1


def test_the_data_sheets_cached_numbers_hold_together(values):
    """Until they are recalculated; the x are in RANDBETWEEN's range and the y follow from them."""
    sheet = values["graddesc"]["data"]
    for row in range(5, 34):
        assert 1 <= sheet[f"B{row}"].value <= 100
        assert sheet[f"C{row}"].value == 30 + 2 * sheet[f"B{row}"].value


@pytest.mark.parametrize("lr", [1e30, 1e200])
def test_a_rate_at_which_training_diverges_is_no_error(lr, tmp_path):
    changed = {name: with_knobs(training, lr=lr) for name, training in LESSON.items()}
    report = verify(build("graddesc", tmp_path, trainings=changed, epochs=3))
    assert report.agrees, report.verdicts[0].differences
    assert report.errors["#NUM!"] > 1000
