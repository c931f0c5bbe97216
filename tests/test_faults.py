"""A disk that fills, an interrupt, a kill in the middle of a large build: the old file is whole, nothing else stays."""

import os
import signal
import subprocess
import sys
import time

import pytest

from xlsgd import beside
from xlsgd.errors import InputError
from xlsgd.lesson import LESSON
from xlsgd.workbook import build

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits as POSIX has them")
ROWS = 100_000
BUILD = """
import signal
from xlsgd.cli import main
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


def large_build(path, points, before=""):
    command = [sys.executable, "-c", before + BUILD, "build", "graddesc", "--data", points, "--out", path.parent]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


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


def test_a_kill_leaves_a_folder_that_the_next_build_removes_once_it_is_abandoned(existing, points):
    path, old = existing
    process = large_build(path, points)
    wait_for_rows(process, path)
    (folder,) = leftovers(path)
    age(folder)
    small_build(path.parent)
    assert folder.exists()  # its process is alive
    process.kill()
    process.communicate(timeout=60)
    assert path.read_bytes() == old
    age(folder)
    small_build(path.parent)
    assert not leftovers(path)
    assert path.read_bytes() == old


def age(folder):
    long_ago = time.time() - 2 * beside.SETTLED
    os.utime(folder, (long_ago, long_ago))


def test_a_folder_just_made_or_of_others_stays(tmp_path):
    made, foreign = tmp_path / ".xlsgd-made", tmp_path / ".xlsgd-foreign"
    for folder in (made, foreign):
        folder.mkdir()
    (made / beside.LOCK).touch()
    age(foreign)
    beside.remove_abandoned(tmp_path)
    assert made.exists()
    assert foreign.exists()
    age(made)
    beside.remove_abandoned(tmp_path)
    assert not made.exists()


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
