"""Which workbook a caller of the library asks for, and where it goes."""

import zipfile

import pytest
from sample_models import SAMPLES

from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.trainings import training_of
from xlsgd.workbooks import chosen
from xlsgd.workbooks.chosen import write_chosen

MODEL, POINTS = SAMPLES["parabola"]
TRAININGS = {"parabola": training_of(MODEL)}


@pytest.fixture
def asked(monkeypatch):
    """What writes each kind of workbook, noted instead of done."""
    calls = []

    def note(kind):
        return lambda *args: calls.append((kind, *args)) or kind

    for kind in ("build_model", "build_model_macros", "write_macros", "write_recipe"):
        monkeypatch.setattr(chosen, kind, note(kind))
    return calls


def write(what, path, epochs=None, epoch=0):
    trainings = TRAININGS if what is MODEL else LESSON
    return write_chosen(what, path, LESSON_POINTS, trainings, epochs, epoch, print)


@pytest.mark.parametrize(
    ("what", "name", "kind"),
    [
        (MODEL, "a.xlsx", "build_model"),
        (MODEL, "a.XLSM", "build_model_macros"),
        ("graddesc", "a.xlsm", "write_macros"),
        ("graddesc", "a.XLSX", "write_recipe"),
        ("entropy", "a.xlsx", "write_recipe"),
        ("adam", "a.xlsx", "write_recipe"),
    ],
)
def test_the_ending_says_whether_there_are_buttons(asked, tmp_path, what, name, kind):
    assert write(what, tmp_path / name) == kind
    ((_, *given),) = asked
    assert tmp_path / name in given


@pytest.mark.parametrize(
    ("what", "usual"),
    [
        (MODEL, "parabola.xlsx"),
        ("graddesc", "graddesc.xlsx"),
        ("entropy", "entropy_example.xlsx"),
        ("adam", "adam.xlsx"),
    ],
)
def test_in_a_folder_a_file_has_its_usual_name(asked, tmp_path, monkeypatch, what, usual):
    monkeypatch.chdir(tmp_path)
    for given, path in ((tmp_path, tmp_path / usual), (tmp_path / "new", tmp_path / "new" / usual)):
        asked.clear()
        write(what, given)
        assert path in asked[0]
    asked.clear()
    write(what, None)
    assert [str(each) for each in asked[0] if str(each).endswith(".xlsx")] == [usual]


def test_a_folder_whose_name_has_a_dot_is_a_folder(asked, tmp_path):
    (tmp_path / "v1.0").mkdir()
    write("adam", tmp_path / "v1.0")
    assert tmp_path / "v1.0" / "adam.xlsx" in asked[0]


def test_a_sheet_of_the_lesson_is_written_as_its_workbook_is(asked, tmp_path):
    write("adam", tmp_path / "a.xlsx", epochs=7)
    (_, recipe, path, points, trainings, epochs, _) = asked[0]
    assert (recipe.file, path, points, trainings, epochs) == (
        "graddesc.xlsx", tmp_path / "a.xlsx", LESSON_POINTS, LESSON, 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("what", "name", "more", "says"),
    [
        ("adam", "a.xls", {}, "a.xls: give a file that ends in .xlsx, or in .xlsm for a workbook with buttons"),
        ("entropy", "a.xlsm", {}, "entropy: has no buttons; give a file that ends in .xlsx"),
        ("network", "a.xlsm", {}, "network: has no buttons; give a file that ends in .xlsx"),
        ("adam", "a.xlsx", {"epoch": 1}, "adam: `epoch` is for a model of your own"),
        ("graddesc", "a.xlsm", {"epochs": 5}, "a workbook with buttons steps by them; leave out `epochs` and `epoch`"),
        (MODEL, "a.xlsm", {"epochs": 5}, "a workbook with buttons steps by them; leave out `epochs` and `epoch`"),
        (MODEL, "a.xlsm", {"epoch": 5}, "a workbook with buttons steps by them; leave out `epochs` and `epoch`"),
    ],
)
def test_what_cannot_be_written_is_one_line(asked, tmp_path, what, name, more, says):
    with pytest.raises(InputError) as caught:
        write(what, tmp_path / name, **more)
    assert says in str(caught.value) and asked == []


def test_a_file_is_what_its_ending_says(tmp_path):
    """Not noted but written: a workbook with buttons holds macros, the other holds none."""
    for name, has_macros in (("a.xlsm", True), ("a.xlsx", False)):
        path = write_chosen(MODEL, str(tmp_path / name), POINTS, TRAININGS, None, 0, lambda rows: None)
        with zipfile.ZipFile(path) as archive:
            assert ("xl/vbaProject.bin" in archive.namelist()) is has_macros
