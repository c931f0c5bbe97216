"""The file itself: the same to the byte, wide enough, and never half a one."""

import errno
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from xlsgd.errors import InputError
from xlsgd.excel import writer
from xlsgd.excel.widths import NUMBER, Widths
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import Points
from xlsgd.sheets.description import Place, Sheet
from xlsgd.symbols.cells import at
from xlsgd.symbols.checked import NUM
from xlsgd.symbols.expression import as_expression
from xlsgd.workbooks.build import RECIPES, build

SHEET = Sheet(
    "one", (Place("A1", "text"), Place("B1", value=1.5, format="0.00"), Place("C1", value=3.0, formula=at("B1") * 2))
)


# ---- the same to the byte -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return {name: build(name, tmp_path_factory.mktemp("built"), epochs=3) for name in RECIPES}


@pytest.mark.parametrize("name", RECIPES)
def test_two_builds_are_the_same_to_the_byte(built, name, tmp_path):
    assert build(name, tmp_path, epochs=3).read_bytes() == built[name].read_bytes()


def test_builds_under_other_hash_seeds_time_zones_and_umasks_are_the_same_to_the_byte(built, tmp_path):
    code = "import os, sys; from pathlib import Path; from xlsgd.workbooks.build import build; os.umask(0o077);"
    code += f"[build(name, Path(sys.argv[1]), epochs=3) for name in {[*RECIPES]}]"
    for seed, zone in (("1", "Asia/Tokyo"), ("4242", "America/New_York")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        subprocess.run([sys.executable, "-c", code, tmp_path / seed], env=environment, check=True)
        for name, recipe in RECIPES.items():
            assert (tmp_path / seed / recipe.file).read_bytes() == built[name].read_bytes(), (name, seed)


def test_the_file_holds_no_path_of_this_machine_and_no_present_date(built):
    for path in built.values():
        with zipfile.ZipFile(path) as archive:
            assert {info.date_time[0] for info in archive.infolist()} == {1980}
            for name in archive.namelist():
                assert str(path.parent).encode() not in archive.read(name)
            assert b"2019-01-01T00:00:00Z" in archive.read("docProps/core.xml")


# ---- never half a file --------------------------------------------------------------------------------------------


@pytest.fixture
def existing(tmp_path):
    path = tmp_path / "out" / "a.xlsx"
    write_workbook(path, [SHEET], "old")
    return path, path.read_bytes()


def nothing_else_beside(path):
    return [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(existing):
    path, old = existing
    write_workbook(path, [SHEET], "new")
    assert path.read_bytes() != old
    assert nothing_else_beside(path)


def full_disk(*args, **kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (writer, "render"),
        (xlsxwriter.Workbook, "close"),
        (zipfile.ZipFile, "write"),
        (os, "replace"),
    ],
)
def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path, monkeypatch, module, name):
    path = build("graddesc", tmp_path / "out", epochs=1)
    old = path.read_bytes()
    monkeypatch.setattr(module, name, full_disk)
    with pytest.raises(InputError, match=r"graddesc\.xlsx: cannot be written: .*No space left on device"):
        build("graddesc", tmp_path / "out", Points([1.0], [2.0]), epochs=1)
    monkeypatch.undo()
    assert path.read_bytes() == old
    assert nothing_else_beside(path)


def test_an_interrupted_or_failing_write_leaves_the_old_file(existing):
    path, old = existing

    def sheets(error):
        yield SHEET
        raise error

    for error in (KeyboardInterrupt(), SystemExit(143), RuntimeError("a bug")):
        with pytest.raises(type(error)):
            write_workbook(path, sheets(error), "new")
        assert path.read_bytes() == old
        assert nothing_else_beside(path)


def test_folders_that_cannot_be_written(tmp_path, monkeypatch):
    """Tests may run as root, whom no permission stops: a file in the folder's place, and a simulated refusal."""
    (tmp_path / "file").write_text("no folder")
    for path in ("file/a.xlsx", "file/deeper/a.xlsx"):
        with pytest.raises(InputError, match="file: is a file; give a folder"):
            write_workbook(tmp_path / path, [SHEET], "")
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(InputError, match=r"a\.xlsx: cannot be written: Is a directory"):
        write_workbook(tmp_path / "a.xlsx", [SHEET], "")

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputError, match="cannot be written: Permission denied"):
        write_workbook(tmp_path / "b.xlsx", [SHEET], "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="Permission denied"):
        write_workbook(tmp_path / "a.xlsx", [SHEET], "")
    tmp_path.chmod(0o700)


def test_a_missing_folder_is_made_and_the_file_may_be_read_by_all_that_the_umask_lets(tmp_path):
    old = os.umask(0o022)
    try:
        write_workbook(tmp_path / "a" / "b" / "c.xlsx", [SHEET], "")
    finally:
        os.umask(old)
    assert (tmp_path / "a" / "b" / "c.xlsx").stat().st_mode & 0o777 == 0o644


# ---- what a person sees -------------------------------------------------------------------------------------------


def test_widths_of_great_numbers_and_errors(tmp_path):
    sheet = Sheet(
        "one",
        (
            Place("A1", value=-1234567890123.0, format="#,##0.00"),
            Place("B1", value=NUM),
            Place("C1", value=NUM, formula=as_expression(1) / 0),
        ),
    )
    write_workbook(tmp_path / "a.xlsx", [sheet], "")
    written = openpyxl.load_workbook(tmp_path / "a.xlsx")["one"]
    assert written.column_dimensions["A"].width >= len("-1.23E+12")  # which is how it is shown
    assert written["B1"].value == "=#NUM!"
    assert openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["one"]["B1"].value == "#NUM!"


@pytest.mark.parametrize(("value", "number_format"), [(1234.5, "#,##0.00"), (1e-7, "0.0000"), (1e9, "")])
def test_a_computed_number_has_room_for_any_other(value, number_format):
    widths = Widths()
    widths.hold("A", value, number_format, is_typed=False)
    assert widths["A"] == NUMBER


def test_a_typed_number_has_as_much_room_as_it_needs():
    widths = Widths({"A": 5.0})
    widths.hold("A", 14, "", is_typed=True)
    assert widths["A"] == 5
    widths.hold("A", 0.123456789, "", is_typed=True)
    assert 8 < widths["A"] <= NUMBER


def test_a_text_that_starts_like_a_formula_stays_text(tmp_path):
    sheet = Sheet("one", tuple(Place(f"A{i}", f"{start}1+1") for i, start in enumerate("=+-@", start=1)))
    write_workbook(tmp_path / "a.xlsx", [sheet], "")
    written = openpyxl.load_workbook(tmp_path / "a.xlsx")["one"]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert [written[f"A{i}"].value for i in range(1, 5)] == ["=1+1", "+1+1", "-1+1", "@1+1"]
