"""Long passes in segments: where rounding decides the path, each segment is still checked from the file's numbers."""

import random

import pytest
import torch

from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import Points
from xlsgd.sheets.lesson import LESSON
from xlsgd.verifying.check import verify
from xlsgd.verifying.oracle import expected as oracle
from xlsgd.verifying.oracle import paths as oracle_paths
from xlsgd.verifying.oracle import segments as oracle_segments
from xlsgd.verifying.oracle.answers import _Book
from xlsgd.verifying.oracle.sheet import float64
from xlsgd.workbooks.build import filled_training

ROWS = 2500


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """`adam` at its rate of 1 on noisy points, where a rounding error grows from row to row."""
    source = random.Random(1)
    x = tuple(float(source.randint(1, 100)) for _ in range(ROWS))
    points = Points(x, tuple(2 * each + 30 + source.gauss(0, 1) for each in x))
    path = tmp_path_factory.mktemp("noisy") / "adam.xlsx"
    write_workbook(path, [filled_training(LESSON["adam"], points)], "adam")
    return path


def test_a_path_that_rounding_decides_is_checked_piece_by_piece(noisy):
    values = _Book(noisy)["adam"]
    x, y = (float64([values[f"{column}{4 + i}"] for i in range(ROWS)]) for column in "AB")
    weights, means, squares = ([float64(values[f"{c}{r}"]) for c, r in pairs] for pairs in (
        (("C", 1), ("C", 2)), (("J", ROWS + 4), ("K", ROWS + 4)), (("L", ROWS + 4), ("M", ROWS + 4))
    ))  # fmt: skip
    whole = oracle_paths.adam(x, y, weights, 1.0, (0.9, 0.9), means, squares).after[:, 0]
    file = float64([values[f"H{4 + i}"] for i in range(ROWS)])
    # walked in one go, two right computations part; in segments every row of the file is right
    assert (whole[:50] - file[:50]).abs().max() < 1e-10
    assert (whole - file).abs().max() > 1e-3
    report = verify(noisy, (), ("torch",))
    assert report.agrees and report.verdicts[0].total.answered == report.formulas


def test_a_wrong_number_between_segments_is_named(noisy, tmp_path, engine):
    book = engine(noisy)
    row = 4 + 20 * oracle_segments.SEGMENT - 1  # a segment's last
    book.put(f"L{row}", book.get(f"L{row}", "adam") * (1 + 1e-9), "adam")
    book.evaluate().model.save_to_xlsx(str(tmp_path / "a.xlsx"))
    values = _Book(tmp_path / "a.xlsx")
    answer = oracle.expected("adam", values)[f"L{row}"]
    assert values["adam"][f"L{row}"] == pytest.approx(answer * (1 + 1e-9), rel=1e-11)


def test_segments_are_cut_and_joined_in_order():
    rows = torch.arange(24, dtype=torch.float64).reshape(12, 2)
    for length in (1, 3, 5, 12):
        cut = oracle_segments.cut_up(rows, length)
        both = torch.stack((cut, cut), 1)  # intercept and slope
        assert torch.equal(oracle_segments.joined(both, 12), rows.reshape(12, 1, 1, 2).expand(12, 2, 1, 2))
