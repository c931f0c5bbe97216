"""The workbooks under `workbooks/` are what the code of today builds, to the byte."""

import os
from pathlib import Path

import pytest

from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, libreoffice
from xlsgd.workbooks.build import RECIPES, build
from xlsgd.workbooks.corrected import workbook as corrected

FOLDER = Path(__file__).parent.parent / "workbooks"


@pytest.mark.parametrize("name", RECIPES)
def test_the_lessons_workbooks(name, tmp_path):
    path = build(name, tmp_path)
    assert path.read_bytes() == (FOLDER / path.name).read_bytes(), "run: xlsgd build"


@pytest.mark.parametrize("name", corrected.RECIPES)
def test_the_corrected_workbooks(name, tmp_path):
    path = corrected.build(name, tmp_path)
    assert path.read_bytes() == (FOLDER / path.name).read_bytes(), "run: xlsgd build --corrected"


def test_each_sheet_has_its_picture_on_the_page():
    page = (FOLDER / "README.md").read_text()
    for line in page.splitlines():
        if "](pictures/" in line:
            assert (FOLDER / line.split("](")[1].split(")")[0]).exists(), line


@pytest.fixture(scope="module")
def office():
    """LibreOffice: skipped where it is missing, except in CI, where that is a failure."""
    try:
        libreoffice.installed()
    except EngineError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.xlsx")), ids=lambda path: path.stem)
def test_three_independent_answers_agree_with_every_cell(path, office):
    report = verify(path, engines=("ironcalc", "libreoffice"), oracles=("torch",))
    assert report.agrees, [verdict.differences for verdict in report.verdicts]
    assert [verdict.source.split()[0] for verdict in report.verdicts] == ["IronCalc", "LibreOffice", "Torch"]
    assert all(verdict.total.answered == report.formulas > 0 for verdict in report.verdicts)


def test_there_are_five_of_them():
    assert len(list(FOLDER.glob("*.xlsx"))) == 5
