"""A disk that fills, an interrupt, a kill in the middle of a large build: the old file is whole, nothing else stays."""

import os
import signal
import subprocess
import sys
import time

import pytest

from xlsgd import atomic_files as beside
from xlsgd.errors import InputError
from xlsgd.sheets.lesson import LESSON
from xlsgd.workbooks.build import build

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits as POSIX has them")
ROWS = 100_000
BUILD = """
import signal
from xlsgd.commands.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may start these tests with interrupts ignored
main()
"""
SMALL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))"


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "points.csv"
    path.write_text("x,y\n" + "".join(f"{i % 97 + 1},{2 * (i % 97 + 1) + 30}\n" for i in range(ROWS)))
    return path


@pytest.fixture
def existing(tmp_path):
    path = small_build(tmp_path / "out")
    return path, path.read_bytes()


def small_build(folder):
    return build("graddesc", folder, trainings={"basic": LESSON["basic"]}, epochs=1)


def large_build(path, points, before="", **environment):
    command = [sys.executable, "-c", before + BUILD, "build", "graddesc", "--data", points, "--out", path.parent]
    environment = os.environ | environment
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def wait_for_rows(process, path):
    """Wait until the build has put rows on the disk, so that it is in the middle."""
    limit = time.monotonic() + 60
    while not any(file.stat().st_size > 100_000 for file in path.parent.glob(".xlsgd-*/rows*")):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < limit
        time.sleep(0.01)


def leftovers(path):
    return [entry for entry in path.parent.iterdir() if entry != path]


def test_a_disk_that_fills(existing, points):
    """A limit on how large a file may grow fails a write in the middle, as a full disk does."""
    path, old = existing
    process = large_build(path, points, SMALL_DISK)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"{path}: cannot be written: File too large" in error
    assert "Traceback" not in error
    assert path.read_bytes() == old
    assert not leftovers(path)


def test_a_disk_that_fills_with_the_points(existing, points, tmp_path_factory):
    """They lie in a temporary file, which is elsewhere."""
    path, old = existing
    folder = tmp_path_factory.mktemp("temporary")
    process = large_build(path, points, SMALL_DISK.replace("1_000_000", "100_000"), TMPDIR=str(folder))
    _, error = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"{folder}: cannot be written: File too large" in error
    assert "set TMPDIR to another folder" in error
    assert error.count("\n") == 1
    assert path.read_bytes() == old
    assert not leftovers(path)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_and_a_request_to_end(existing, points, number):
    path, old = existing
    process = large_build(path, points)
    wait_for_rows(process, path)
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode not in (0, -signal.SIGKILL)
    assert "Traceback" not in error
    assert path.read_bytes() == old
    assert not leftovers(path)


def test_a_kill_leaves_a_folder_that_the_next_build_removes(existing, points, tmp_path_factory):
    path, old = existing
    temporary = tmp_path_factory.mktemp("temporary")
    process = large_build(path, points, TMPDIR=str(temporary))
    wait_for_rows(process, path)
    (folder,) = leftovers(path)
    small_build(path.parent)
    assert folder.exists()  # its process is alive
    process.kill()
    process.communicate(timeout=60)
    assert not list(temporary.iterdir())
    assert path.read_bytes() == old
    small_build(path.parent)
    assert not leftovers(path)
    assert path.read_bytes() == old


def test_a_folder_of_others_stays(tmp_path):
    foreign = tmp_path / ".xlsgd-foreign"
    foreign.mkdir()
    beside.remove_abandoned(tmp_path)
    assert foreign.exists()


def test_a_folder_being_made_has_no_lock_that_somebody_else_could_take(tmp_path, monkeypatch):
    take = beside._take

    def look_first(lock):
        monkeypatch.undo()
        beside.remove_abandoned(tmp_path)
        return take(lock)

    monkeypatch.setattr(beside, "_take", look_first)
    with beside.replacing(tmp_path / "a") as new:
        beside.remove_abandoned(tmp_path)
        new.write_text("whole")
    assert (tmp_path / "a").read_text() == "whole"


WRITE_OFTEN = """
import sys
from pathlib import Path
from xlsgd.atomic_files import replacing
for count in range(300):
    with replacing(Path(sys.argv[1])) as new:
        new.write_text(str(count))
"""


def test_processes_that_write_the_same_file_again_and_again_leave_each_other_alone(tmp_path):
    command = [sys.executable, "-c", WRITE_OFTEN, str(tmp_path / "a")]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    assert (tmp_path / "a").read_text() == "299"
    assert not leftovers(tmp_path / "a")


def test_what_fails_inside_keeps_the_old_file(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(InputError, match="a: cannot be written: no room"), beside.replacing(path) as new:
        new.write_text("half")
        raise OSError("no room")
    with pytest.raises(KeyboardInterrupt), beside.replacing(path) as new:
        new.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert not leftovers(path)
    with beside.replacing(path) as new:
        new.write_text("new")
    assert path.read_text() == "new"
    assert not leftovers(path)
