"""Sheets of the workbook `network` on other points: what follows from their number fits, and is checked when set."""

import openpyxl
import pytest
from click.testing import CliRunner

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.workbooks.network.book import LESSONS
from xlsgd.workbooks.network.fitting import fitted


def line(n):
    return {"x": [float(i) for i in range(n)], "y": [2.0 * i + i % 3 for i in range(n)]}


def values_of(path, sheet):
    read = openpyxl.load_workbook(path, data_only=True)[sheet]
    return [[cell.value for cell in row] for row in read.iter_rows()]


@pytest.mark.parametrize("n", [3, 12, 40])
def test_all_rows_are_all_of_ones_own_points_and_no_batch_is_larger(tmp_path, n):
    path = xlsgd.build("batches", tmp_path / "a.xlsx", line(n), epochs=2)
    assert xlsgd.verify(path, oracles="torch").agrees
    rows = values_of(path, "batches")
    (top,) = [row for row in rows if row[:2] == ["run", "model"]]
    sizes = {row[0]: row[top.index("batch")] for row in rows if str(row[0]).startswith("batches")}
    assert sizes == {"batches": min(5, n), "batches_one": 1, "batches_all": n}


def test_a_cycle_is_over_when_the_sheet_is_on_ones_own_points_and_epochs_too(tmp_path):
    path = xlsgd.build("one_cycle", tmp_path / "a.xlsx", line(7), epochs=4)
    assert xlsgd.verify(path, oracles="torch").agrees
    rows = values_of(path, "one_cycle_run")
    (top,) = [row for row in rows if row[:2] == ["x", "y"]]
    (*_, last) = [row for row in rows if isinstance(row[top.index("part")], float)]
    assert last[top.index("t")] == 5 * 7
    assert last[top.index("lr")] < 0.01 * LESSONS["one_cycle"].training.knobs.lr, "it has come to rest"


def test_knobs_that_are_not_the_lessons_own_stay():
    lesson = LESSONS["batches"]
    changed = lesson.training._replace(knobs=lesson.training.knobs._replace(batch=2.0))
    assert fitted(changed, lesson, 40, 3).knobs.batch == 2
    assert fitted(LESSONS["logistic"].training, LESSONS["logistic"], 3, 3) == LESSONS["logistic"].training


@pytest.mark.parametrize("sheet", ["batches", "batches_all", "threes_sevens"])
@pytest.mark.parametrize("batch", [0, 30000, 2.5, -1])
def test_a_batch_that_cannot_be_is_one_line_and_2_and_no_file_is_touched(tmp_path, sheet, batch):
    said = (
        f"Error: {sheet}: batch={batch}: give a whole number of rows, 1 to {LESSONS[sheet.split('_all')[0]].points.n}"
    )
    for command in (
        ["trace", sheet, "--set", f"batch={batch}"],
        ["press", sheet, f"batch={batch}", "step"],
        ["plot", sheet, "--set", f"batch={batch}", "--out", str(tmp_path / "old.png")],
        ["sweep", sheet, "--lr", "0.1", "--knob", f"batch={batch}", "--out", str(tmp_path)],
    ):
        (tmp_path / "old.png").write_text("old")
        (tmp_path / f"sweep-{sheet}.csv").write_text("old")
        done = CliRunner().invoke(cli, command)
        assert (done.exit_code, done.output.strip()) == (2, said)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
            "old.png": "old",
            f"sweep-{sheet}.csv": "old",
        }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--sheet threes_sevens --epochs 100000", "--epochs 100000: threes_sevens has room for 1 to 16,382"),
        ("--sheet accuracy --sheet lr_find --epochs 5", "accuracy, lr_find: no training by epochs; leave out --epochs"),
        ("--data points.csv", "--data and --epochs are for a sheet of it: choose one by --sheet"),
    ],
)
def test_what_a_build_cannot_do_is_one_line_and_2_and_the_old_file_is_left(tmp_path, arguments, says):
    (tmp_path / "network.xlsx").write_text("mine")
    done = CliRunner().invoke(cli, ["build", "network", *arguments.split(), "--out", str(tmp_path)])
    assert done.exit_code == 2 and says in done.output and done.output.count("\n") == 1
    assert (tmp_path / "network.xlsx").read_text() == "mine"


def test_more_digits_than_a_sheet_has_columns_are_refused(tmp_path):
    digits = {f"x{j}": [0.0, 1.0] * 9000 for j in range(1, 65)} | {"y": [0.0, 1.0] * 9000}
    with pytest.raises(xlsgd.InputError, match="threes_sevens: 18,000 points: a sheet has room for 16,381"):
        xlsgd.build("threes_sevens", tmp_path / "a.xlsx", digits)
    assert not list(tmp_path.iterdir())


def test_a_search_whose_tenth_lies_below_its_first_rate_agrees_too(tmp_path, engines):
    path = xlsgd.build("lr_find", tmp_path / "a.xlsx", {"x": [2.0], "y": [3.0]})
    report = xlsgd.verify(path, engines, "torch")
    assert report.agrees, [verdict.differences[:3] for verdict in report.verdicts]


def test_one_sheet_of_the_workbook_by_the_library(tmp_path):
    path = xlsgd.build("relu_network", tmp_path / "net.xlsx", epochs=2)
    assert openpyxl.load_workbook(path, read_only=True).sheetnames == ["guide", "relu_network", "relu_network_run"]
    for call, says in (
        (lambda: xlsgd.build("batches", path, lr=0), "batches: `lr` has a cell in the sheet"),
        (lambda: xlsgd.build("batches", path, batch=5), "batches: `batch` has a cell in the sheet"),
        (lambda: xlsgd.build("batches", tmp_path / "a.xlsm"), "batches: has no buttons"),
        (lambda: xlsgd.build("accuracy", path, epochs=3), "accuracy: no training by epochs; leave out `epochs`"),
    ):
        with pytest.raises(xlsgd.InputError, match=says):
            call()
    assert [each.name for each in tmp_path.iterdir()] == ["net.xlsx"]
