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


@pytest.mark.parametrize(
    ("number", "status", "says"),
    [(signal.SIGINT, 130, "Interrupted\n"), (signal.SIGTERM, 143, ""), (signal.SIGHUP, 129, "")],
)
def test_an_interrupt_and_a_request_to_end(existing, points, number, status, says):
    path, old = existing
    process = large_build(path, points)
    wait_for_rows(process, path)
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (status, says)
    assert path.read_bytes() == old
    assert not leftovers(path)


ASKED_TWICE = """
import os, shutil
import xlsgd.excel.writer as writer
def asked(number, plain):
    return lambda *given, **named: (os.kill(os.getpid(), number), plain(*given, **named))[1]
writer.render = asked(signal.SIGHUP, writer.render)
shutil.rmtree = asked(signal.SIGTERM, shutil.rmtree)
"""


def test_a_second_request_to_end_leaves_the_clearing_alone(existing):
    path, old = existing
    code = "import signal" + ASKED_TWICE + BUILD
    command = [sys.executable, "-c", code, "build", "graddesc", "--sheet", "basic", "--out", path.parent]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (129, "")
    assert path.read_bytes() == old
    assert not leftovers(path)


def test_a_closed_terminal_ends_nothing_that_nohup_started(tmp_path):
    ignored = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    raising = "import os; import xlsgd.run.trace as t; plain = t.trace_training"
    sending = "t.trace_training = lambda *given: (os.kill(os.getpid(), signal.SIGHUP), plain(*given))[1]"
    command = [sys.executable, "-c", "\n".join((ignored, raising, sending, BUILD)), "trace", "basic"]
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0


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


def made(parent, name, age, *files):
    folder = parent / name
    folder.mkdir()
    for file in files:
        (folder / file).write_text("")
    os.utime(folder, (time.time() - age,) * 2)
    return folder


HOUR = 3600


@pytest.mark.parametrize(
    ("age", "files", "stays"),
    [
        (0, ["lock"], False),  # its process held the lock, and is no more
        (HOUR, ["lock", "rows1"], False),
        (HOUR, [], False),
        (HOUR, ["lock-to-be"], False),
        (HOUR, ["rows1"], False),
        (-HOUR, [], False),  # by the clock of another machine
        (0, [], True),  # perhaps just being made
        (0, ["lock-to-be"], True),
    ],
)
def test_what_nobody_holds_goes_and_what_is_just_being_made_stays(tmp_path, age, files, stays):
    folder = made(tmp_path, ".xlsgd-abcd_123", age, *files)
    beside.remove_abandoned(tmp_path)
    assert folder.exists() == stays


def test_what_is_not_ours_stays(tmp_path, monkeypatch):
    names = (".xlsgd-foreign", ".xlsgd-abcd_1234", ".xlsgd-ABCD_123", "xlsgd-abcd_123", ".xlsgd-abcd_123.bak")
    foreign = [made(tmp_path, name, HOUR, "lock") for name in names]
    target = made(tmp_path, "target", HOUR, "lock")
    (tmp_path / ".xlsgd-linked_1").symlink_to(target)
    (tmp_path / ".xlsgd-afile_12").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    beside.remove_abandoned(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    of_another = made(tmp_path, ".xlsgd-another1", HOUR, "lock")
    monkeypatch.setattr(os, "getuid", lambda: of_another.stat().st_uid + 1)
    beside.remove_abandoned(tmp_path)
    assert of_another.exists()
    assert all(folder.exists() for folder in foreign)


def test_a_folder_that_cannot_be_read_is_left_alone(tmp_path):
    beside.remove_abandoned(tmp_path / "missing")
    (tmp_path / "file").write_text("")
    beside.remove_abandoned(tmp_path / "file")


def test_a_temporary_folder_is_held_while_it_is_used(tmp_path):
    with beside.temporary_folder(tmp_path) as folder:
        os.utime(folder, (time.time() - HOUR,) * 2)
        beside.remove_abandoned(tmp_path)
        with beside.temporary_folder(tmp_path) as other:
            assert folder.exists() and other.exists() and folder != other
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stopped_before", ["open", "_take", "rename"])
def test_who_is_stopped_for_long_while_making_a_folder_makes_another(tmp_path, monkeypatch, stopped_before):
    """At each point up to the lock's name, a cleaner may come for whom the folder is an hour old."""
    seen = []

    def clean():
        monkeypatch.undo()
        (folder,) = tmp_path.iterdir()
        os.utime(folder, (time.time() - HOUR,) * 2)
        beside.remove_abandoned(tmp_path)
        seen.append(folder.exists())

    def first_clean(plain):
        return lambda *given, **named: (clean(), plain(*given, **named))[1]

    owner, name = (beside, "_take") if stopped_before == "_take" else (beside.Path, stopped_before)
    monkeypatch.setattr(owner, name, first_clean(getattr(owner, name)))
    with beside.temporary_folder(tmp_path) as folder:
        beside.remove_abandoned(tmp_path)
        assert list(tmp_path.iterdir()) == [folder] and (folder / "lock").exists()
    assert seen == [stopped_before == "rename"]  # where the lock was held already
    assert not list(tmp_path.iterdir())


def test_who_finds_a_cleaner_at_work_makes_another_folder(tmp_path, monkeypatch):
    plain, held = beside._take, []

    def busy(lock):
        monkeypatch.setattr(beside, "_take", plain)
        held.append(open(lock.name, "ab"))  # noqa: SIM115 - as a cleaner holds it
        plain(held[0])
        return plain(lock)

    monkeypatch.setattr(beside, "_take", busy)
    with beside.temporary_folder(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]
    held[0].close()
    assert not list(tmp_path.iterdir())


def test_where_no_locks_are_known_a_folder_is_made_and_none_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("fcntl.flock", lambda *given: (_ for _ in ()).throw(OSError(38, "Function not implemented")))
    old = made(tmp_path, ".xlsgd-abcd_123", HOUR)
    with beside.temporary_folder(tmp_path) as folder:
        assert folder.exists()
    assert list(tmp_path.iterdir()) == [old]


VERIFY = """
import os, signal
import xlsgd.verifying.check as check
check.ask = lambda *given: os.kill(os.getpid(), signal.{signal})
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"])
def test_what_verify_leaves_goes_with_the_next_run_of_any_command(existing, tmp_path_factory, name):
    path, _ = existing
    temporary = tmp_path_factory.mktemp("temporary")
    environment = os.environ | {"TMPDIR": str(temporary)}
    command = [sys.executable, "-c", VERIFY.format(signal=name) + BUILD, "verify", path]
    subprocess.run(command, env=environment, stderr=subprocess.DEVNULL)
    assert len(list(temporary.iterdir())) == (name == "SIGKILL")
    made(temporary, ".xlsgd-abcd_123", HOUR)
    subprocess.run([sys.executable, "-c", BUILD, "press", "basic", "reset"], env=environment, stdout=subprocess.DEVNULL)
    assert not list(temporary.iterdir())


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
