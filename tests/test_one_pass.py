"""Passes over the data: their sums, and what is shown where training diverges, in engine, file and IronCalc alike."""

import math
import re
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.one_pass import OnePass, RunningColumn
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.symbols.checked import DIV0, NUM, ExcelError, plain
from xlsgd.verifying.check import verify
from xlsgd.workbooks.build import build, filled_training

finite = st.floats(allow_nan=False, allow_infinity=False)
wild = st.one_of(
    st.integers(-100, 100).map(float),
    st.sampled_from([0.0, -0.0, 1.0, 1e-300, 1e300, -1e155, 1e154, 1e77, 5e-324]),
    st.floats(-1e3, 1e3),
)
knobs = st.one_of(st.floats(-1e3, 1e3), st.integers(-2, 2).map(float), st.just(1e-300))
"""None so great that a product with it overflows within a formula: there IronCalc goes on with an infinity."""


@given(st.lists(finite, max_size=30))
def test_a_running_column_sums_as_a_list_does(values):
    column, total, squares = RunningColumn(), 0.0, 0.0
    for value in values:
        column.append(value)
        total += value
        squares += value * value
    for found, expected in [(column.total(), total), (column.sum_of_squares(), squares)]:
        assert plain(found) == (expected if math.isfinite(expected) else NUM)
    assert column.count() == len(values)


def test_a_running_columns_sum_shows_its_first_error():
    column = RunningColumn()
    for value in (1.0, DIV0, NUM, 2.0):
        column.append(value)
    assert plain(column.total()) == plain(column.sum_of_squares()) == DIV0
    assert column.count() == 4


def written_values(path):
    """Every value in the file, as it is written, with its cell's type."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for cell in re.findall(r"<c [^>]*>.*?</c>", archive.read(name).decode()):
                    kind = re.search(r' t="(\w+)"', cell)
                    yield kind.group(1) if kind else "n", re.search(r"<v>(.*?)</v>", cell).group(1)


def check_file(path, allowed=("#NUM!", "#DIV/0!")):
    """No infinity or NaN, errors typed as errors, and IronCalc agrees but for the overflow of a power."""
    for kind, value in written_values(path):
        if kind == "n":
            assert math.isfinite(float(value)), value
        elif kind == "e":
            assert value in allowed
    report = verify(path)
    (verdict,) = report.verdicts
    assert not verdict.differences
    for found in verdict.quirks.values():
        assert {(d.cached, d.answer) for d in found} == {("#NUM!", "#DIV/0!")}
    assert verdict.total.equal + sum(map(len, verdict.quirks.values())) == report.formulas
    return report


@pytest.mark.parametrize("lr", [0.0, -1.0, 0.01, 1.0, 1e3, 1e100, 1e300])
def test_a_rate_at_which_training_diverges_shows_errors_where_the_engine_has_them(tmp_path, lr):
    """To the bit where there are numbers, on every sheet."""
    sheets = [filled_training(with_knobs(training, lr=lr)) for training in trainings().values()]
    write_workbook(tmp_path / "a.xlsx", sheets, "diverging")
    report = check_file(tmp_path / "a.xlsx")
    assert bool(report.errors) == (abs(lr) >= 1e3)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(trainings())), st.lists(st.tuples(wild, wild), min_size=1, max_size=6), st.data())
def test_wild_points_and_knobs(tmp_path, name, rows, data):
    """Anything finite may be asked of a sheet; the file is whole, and IronCalc shows what it shows."""
    training = trainings()[name]
    turned = {knob: data.draw(knobs, label=knob) for knob in training.knobs._fields}
    filled = filled_training(with_knobs(training, **turned), Points(*zip(*rows, strict=True)))
    write_workbook(tmp_path / "a.xlsx", [filled], "wild")
    check_file(tmp_path / "a.xlsx")


def test_a_division_by_zero_is_shown_as_one(tmp_path):
    """Where the line already fits, every average becomes zero: 1/K3 of adam_ann, and adam's own step."""
    points = Points([0.0] * 3, [1.0] * 3)
    report = check_file(build("graddesc", tmp_path, points, epochs=1), allowed=("#NUM!", "#DIV/0!", "#N/A"))
    assert report.errors["#DIV/0!"] > 0
    assert LiveSheet(LESSON["adam_ann"], points).footer()["1/m a"] == DIV0


@pytest.mark.parametrize("name", trainings())
def test_the_rows_before_an_error_are_untouched_and_all_after_it_are_errors(name):
    """Points that go wrong at the twentieth row: the nineteen before are as if it were not there, to the bit."""
    wrong = Points(LESSON_POINTS.x, (*LESSON_POINTS.y[:19], 1e308, *LESSON_POINTS.y[20:]))
    training = trainings()[name]
    start = LiveSheet(training)
    live = LiveSheet(training, wrong)
    for target in (*(target for _, target in training.targets.values()), *training.seeds):
        live.inputs[target] = list(start.inputs[target])
    rows, undisturbed = list(live.rows()), list(start.rows())
    assert rows[:19] == undisturbed[:19]
    assert all(type(value) in (float, int) for row in rows[:19] for value in row.values())
    assert any(isinstance(value, ExcelError) for value in rows[20].values())


def test_a_reset_that_diverges_leaves_errors_in_the_seeds_and_the_sheet_can_be_pressed_on():
    live = LiveSheet(with_knobs(LESSON["momentum"], lr=1e300))
    assert set(live.seeds().values()) <= {NUM, DIV0}
    live.run()
    assert isinstance(live.state()["b"], ExcelError)
    live.put("lr", 0.0001)
    live.put("const", 1.0)
    live.put("slope", 1.0)
    live.put("momtarget", 0.0)
    assert all(isinstance(value, float) for value in live.footer().values())


def test_numpy_points_are_points_too(tmp_path):
    """To the byte as a list's: a NumPy float must not spell itself into the file."""
    lists = build("graddesc", tmp_path / "a", Points([1.5, 2.5], [3.0, 4.0]), epochs=1)
    arrays = build("graddesc", tmp_path / "b", Points(np.array([1.5, 2.5]), np.array([3.0, 4.0])), epochs=1)
    assert arrays.read_bytes() == lists.read_bytes()


def test_where_floats_do_rows_and_folds_are_compiled(monkeypatch):
    """Operation by operation a million rows would take fifty times as long."""
    monkeypatch.setattr(OnePass, "interpreted", lambda *_: iter(()))
    sheet = LiveSheet(trainings()["adam"])
    rows = list(sheet.rows())
    assert len(rows) == LESSON_POINTS.n and rows[0]["new a"] != 0.0
    last = sheet.recalculated().last
    assert (last["lastslope"], last["lastconst"]) == ([rows[-1]["a"]], [rows[-1]["b"]])


def test_operation_by_operation_floats_stay_floats_where_they_do(monkeypatch):
    """Checked numbers are for the rows from the first error on."""
    sheet = LiveSheet(trainings()["adam"])
    points = zip(*LESSON_POINTS, strict=True)
    fields = [sheet.states()[name] for name in sheet.training.states]
    monkeypatch.setattr("xlsgd.run.one_pass.Checked", None)
    assert len(list(sheet.one_pass.interpreted(points, fields, sheet.knobs()))) == LESSON_POINTS.n
