"""The workbooks under `workbooks/` are what the code of today builds, to the byte."""

from pathlib import Path

import pytest

from xlsgd.corrected import workbook as corrected
from xlsgd.workbook import RECIPES, build

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
