"""What is promised where the system fails one: docs/faults.md names a test for each promise.

Here stand those that are about no module of their own: rights, temporary folders, locales, two commands at once, power.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from xlsgd.mnist import files
from xlsgd.workbooks.build import build

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
KINDS = (
    "full disk", "no rights", "no temporary folder", "closed output", "odd locale", "two users of one folder", "killed",
    "power",
)  # fmt: skip


# ---- the table ----------------------------------------------------------------------------------------------------


def rows():
    """The rows of the tables: fault, promise, tests."""
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("| fault")]


def named_in(path):
    return {
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    }


def test_every_kind_of_fault_has_a_row_and_every_row_a_test():
    assert {kind for kind in KINDS if not any(fault.startswith(kind) for fault, *_ in rows())} == set()
    assert all(re.findall(r"`test_\w+\.py::test_\w+`", shown) for *_, shown in rows())


@pytest.mark.parametrize(("file", "test"), sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT))))
def test_each_test_that_the_table_names_is_there(file, test):
    assert test in named_in(ROOT / "tests" / file)


def test_readme_leads_there():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/faults.md)" in readme and "(docs/security.md)" in readme


# ---- rights -------------------------------------------------------------------------------------------------------

WITHOUT_RIGHTS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner", "--"]
"""What makes rights count for the administrator too."""


def xlsgd(*arguments, before=(), folder=None, **environment):
    """Run a command; its exit status, output and errors."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    command = [*before, sys.executable, "-m", "xlsgd", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def as_anybody():
    if os.name != "posix":
        pytest.skip("rights as POSIX has them")
    if os.getuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("an administrator without setpriv may write everywhere")
    return WITHOUT_RIGHTS


@pytest.fixture
def closed(tmp_path):
    """A folder that may be read and not written, in which a workbook stands."""
    folder = tmp_path / "closed"
    build("entropy", folder)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize(
    "arguments",
    [
        "build entropy --out {closed}",
        "build entropy --out {closed}/new",
        "verify {closed}/entropy_example.xlsx --report {closed}/a.html",
        pytest.param("plot basic --epochs 1 --out {closed}/a.png", marks=pytest.mark.slow),
        pytest.param("sweep basic --lr 1e-4 --epochs 1 --out {closed}", marks=pytest.mark.slow),
        pytest.param("train --out {closed}/run", marks=pytest.mark.slow),
        pytest.param("lr-find --out {closed}/run", marks=pytest.mark.slow),
    ],
)
def test_a_folder_that_may_not_be_written_is_one_line(closed, as_anybody, arguments):
    before = {path: path.read_bytes() for path in closed.iterdir()}
    status, _, err = xlsgd(*arguments.format(closed=closed).split(), before=as_anybody)
    assert status == 2
    assert err.startswith("Error: ") and "ermission denied" in err.splitlines()[-1], err
    assert str(closed) in err and err.count("\n") == 1
    assert {path: path.read_bytes() for path in closed.iterdir()} == before


@pytest.mark.parametrize("arguments", ["verify {file}", "compare {file} {file}", "trace basic --data {file}"])
def test_a_file_that_may_not_be_read_is_one_line(tmp_path, as_anybody, arguments):
    file = build("entropy", tmp_path)
    file.chmod(0)
    status, out, err = xlsgd(*arguments.format(file=file).split(), before=as_anybody)
    assert (status, out) == (2, "")
    assert re.fullmatch(r"Error: .*entropy_example\.xlsx.*([Pp]ermission denied|is not readable).*\n", err)


def test_of_several_files_those_that_may_be_read_are_verified(closed, tmp_path, as_anybody):
    file = build("entropy", tmp_path / "other")
    file.chmod(0)
    status, out, err = xlsgd("verify", file, closed / "entropy_example.xlsx", before=as_anybody)
    assert (status, err) == (2, f"Error: {file}: cannot be read (Permission denied)\n")
    assert "all answers agree" in out


# ---- temporary folders --------------------------------------------------------------------------------------------

NOWHERE = """
import sys, tempfile
tempfile._candidate_tempdir_list = lambda: ["/no/such/folder"]
from xlsgd.commands.cli import main
main()
"""


def test_a_temporary_folder_that_is_missing_is_replaced_by_the_systems(tmp_path):
    file = build("entropy", tmp_path)
    status, out, err = xlsgd("verify", file, TMPDIR=str(tmp_path / "missing"))
    assert (status, err) == (0, "") and "all answers agree" in out
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_where_there_is_none_at_all_that_is_one_line(tmp_path):
    file = build("entropy", tmp_path)
    command = [sys.executable, "-c", NOWHERE, "verify", file]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: No usable temporary directory found") and done.stderr.count("\n") == 1
    command[3:] = ["press", "basic", "reset"]  # which needs none
    assert subprocess.run(command, capture_output=True).returncode == 0


# ---- locales ------------------------------------------------------------------------------------------------------

LOCALES = {
    "C": {"LC_ALL": "C", "LANG": "C"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "German": {"LC_ALL": "de_DE", "LC_NUMERIC": "de_DE", "PYTHONUTF8": "0"},
    "none": {"LC_ALL": "no_SUCH.locale"},
    "Latin 1": {"PYTHONIOENCODING": "latin-1"},
}
"""Where such a locale is not installed, the system's is C, with its name in the environment all the same."""

NO_UTF_8 = ("ASCII", "German")
"""Where an argument beyond ASCII reaches Python as bytes, which still name a file, and no column any more."""


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    path = tmp_path_factory.mktemp("points") / "häuser.csv"
    path.write_text("größe,ığne,x,y\n1,2.5,1,2.5\n2,4,2,4\n3,6,3,6\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_changes_no_byte_of_a_workbook(points, tmp_path, locale):
    """A column and a file with letters beyond ASCII, of which the Turkish i is lowered elsewhere by other rules."""
    named = () if locale in NO_UTF_8 else ("--x", "GRÖßE", "--y", "ığne")
    arguments = ("build", "graddesc", "--sheet", "basic", "--epochs", 1, "--data", points, *named)
    status, out, err = xlsgd(*arguments, "--out", tmp_path / locale, **LOCALES[locale])
    assert (status, err) == (0, ""), err
    assert "all answers agree" in out
    found = (tmp_path / locale / "graddesc.xlsx").read_bytes()
    usual = tmp_path / "usual"
    assert xlsgd(*arguments, "--out", usual, "--no-verify", LC_ALL="C.UTF-8")[0] == 0
    assert found == (usual / "graddesc.xlsx").read_bytes()


@pytest.mark.parametrize("locale", ["ASCII", "Latin 1"])
def test_what_a_locale_cannot_say_is_spelled(tmp_path, locale):
    status, out, err = xlsgd("plot", "basic", "--epochs", 1, "--out", tmp_path / "ıłe.png", **LOCALES[locale])
    assert (status, err) == (0, "")
    assert out.startswith("wrote ") and out.isascii() and (tmp_path / "ıłe.png").exists()
    status, out, err = xlsgd("verify", tmp_path / "ıłe.xlsx", **LOCALES[locale])
    assert (status, out) == (2, "") and err.count("\n") == 1 and err.isascii()


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["Turkish", "German"])
def test_libreoffice_computes_the_same_in_any_locale(needs_libreoffice, tmp_path, locale):
    status, out, err = xlsgd("verify", "--engine", "libreoffice", build("entropy", tmp_path), **LOCALES[locale])
    assert (status, err) == (0, ""), out


# ---- two at once --------------------------------------------------------------------------------------------------


def test_builds_into_one_folder_at_once_leave_a_whole_workbook(tmp_path):
    """Each verifies what stands there, its own or another's, and all write the same."""
    command = [sys.executable, "-m", "xlsgd", "build", "entropy", "--out", tmp_path / "out"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    builds = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    said = [each.communicate() for each in builds]
    assert [each.returncode for each in builds] == [0] * 3, said
    assert all("all answers agree" in out and err == "" for out, err in said)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["entropy_example.xlsx"]
    alone = build("entropy", tmp_path / "alone")
    assert (tmp_path / "out" / "entropy_example.xlsx").read_bytes() == alone.read_bytes()


# ---- power --------------------------------------------------------------------------------------------------------


def test_a_run_s_file_is_on_the_disk_before_it_takes_the_old_one_s_place(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: done.append(("synced", os.fstat(descriptor).st_ino)))
    replace = os.replace
    monkeypatch.setattr(
        os, "replace", lambda old, new: (done.append(("replaced", os.stat(old).st_ino)), replace(old, new))
    )
    files.write_beside(tmp_path / "numbers", lambda beside: beside.write_text("whole"))
    inode = (tmp_path / "numbers").stat().st_ino
    assert done == [("synced", inode), ("replaced", inode)]
