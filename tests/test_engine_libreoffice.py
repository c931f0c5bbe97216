"""LibreOffice, as it is installed: skipped where it is missing, except in CI, where that is a failure."""

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from xlsgd.commands.cli import cli
from xlsgd.verifying.engines import EngineError, _uno_process, find_office, libreoffice
from xlsgd.verifying.engines.libreoffice import Limits, Session, recalculate, set_and_read
from xlsgd.verifying.engines.office_session import WORKER

STALE = 12345.0

# What Excel shows for each; the LibreOffice codes behind them are 502, 503, 519, 524, 525, 532 and 32767.
ERRORS = {
    "=SQRT(-1)": "#NUM!",
    "=LOG(0)": "#NUM!",
    "=LN(0)": "#NUM!",
    "=1E200*1E200": "#NUM!",
    "=1E200^2": "#NUM!",
    "=EXP(710)": "#NUM!",
    "=1/0": "#DIV/0!",
    "=0/0": "#DIV/0!",
    '="a"+1': "#VALUE!",
    "=#REF!+1": "#REF!",
    "=NOSUCH(1)": "#NAME?",
    "=NA()": "#N/A",
    "=MATCH(9,Z1:Z3,0)": "#N/A",
}
VALUES = {
    "=1+1": 2.0,
    "=0.1+0.2": 0.1 + 0.2,
    "=TRUE()": True,
    "=1=2": False,
    '="one"': "one",
    '=""': "",
    "=3-2": 1.0,
    "=3-3": 0.0,
    "=B1+1": 8.0,
    "=MATCH(1,C1:D1)": 1.0,
}
FORMULAS = ERRORS | VALUES
CONSTANTS = [7.0, "text", True, None, 0.1]


pytestmark = pytest.mark.usefixtures("needs_libreoffice", "none_kept")


@pytest.fixture
def none_kept(monkeypatch):
    """Each session has a LibreOffice of its own here, as outside of a block of `one_process`."""
    monkeypatch.setattr(libreoffice, "_kept", [])


@pytest.fixture(scope="module")
def workbook(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("books") / "a book, ünïcode.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("It's one")
        for i, formula in enumerate(FORMULAS):
            sheet.write_formula(i, 0, formula, None, STALE)
        for i, constant in enumerate(CONSTANTS):
            sheet.write(i, 1, constant)
        sheet.write_row(0, 2, [1, 0])
        other = book.add_worksheet("two")
        other.write_number("A1", 3)
        other.write_formula("B1", "=A1^2", None, STALE)
        other.write_formula("C1", "='It''s one'!B1*B1", None, STALE)
    return path


@pytest.fixture(scope="module")
def session(workbook):
    with Session(workbook) as opened:
        opened.recalculate()
        yield opened


def column(sheet: str, number: int, rows: int) -> dict[str, list[tuple[int, int]]]:
    return {sheet: [(row, number) for row in range(1, rows + 1)]}


def test_stale_values_are_recalculated_and_errors_have_excels_text(session):
    answers = session.read(column("It's one", 1, len(FORMULAS)))["It's one"]
    assert dict(zip(FORMULAS, answers, strict=True)) == FORMULAS
    assert [type(answer) for answer in answers] == [type(value) for value in FORMULAS.values()]


def test_constants_and_empty_cells(session):
    assert session.read(column("It's one", 2, 6))["It's one"] == [*CONSTANTS, None]


def test_order_duplicates_and_far_corners(session):
    cells = [(1048576, 16384), (1, 2), (2, 2), (1, 2), (500, 1)]
    assert session.read({"It's one": cells, "two": [(1, 1)]}) == {
        "It's one": [None, 7.0, "text", 7.0, None],
        "two": [3],
    }
    assert session.read({}) == {}
    assert session.read({"two": []}) == {"two": []}


def test_set_recalculates_dependents_on_every_sheet(workbook):
    wanted = {"two": [(1, 2), (1, 3)]}
    steps = [({}, wanted), ({("two", 1, 1): 5.0}, wanted), ({("It's one", 1, 2): 0.5, ("two", 1, 1): -2}, wanted)]
    assert [answer["two"] for answer in set_and_read(workbook, steps)] == [[9, 63], [25, 175], [4, 2]]


@pytest.mark.parametrize("value", [0.1, 1e308, 5e-324, "", "=1+1", "'x", True, False, None])
def test_what_is_set_is_what_is_read(session, value):
    session.set("two", 9, 9, value)
    (answer,) = session.read({"two": [(9, 9)]})["two"]
    expected = None if value == "" else value
    assert answer == expected and type(answer) is type(expected)


def test_the_workbook_is_untouched(workbook, session):
    assert [path.name for path in workbook.parent.iterdir()] == [workbook.name]


def test_agrees_with_python_arithmetic(session):
    session.set("two", 1, 1, math.pi)
    session.recalculate()
    # one multiplication: to the bit
    assert session.read({"two": [(1, 2)]})["two"] == [math.pi * math.pi]


@pytest.mark.slow
def test_100_000_rows(tmp_path):
    path, rows = tmp_path / "long.xlsx", 100_000
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("long")
        for row in range(rows):
            sheet.write_number(row, 0, row)
            sheet.write_formula(row, 1, f"=B{row}+A{row + 1}" if row else "=A1", None, STALE)
    answers = recalculate(path, column("long", 2, rows))["long"]
    # sums of whole numbers below 2^53 are exact, and each row is the one before plus its number
    assert answers == [row * (row + 1) / 2 for row in range(rows)]


def test_a_macro_workbooks_suffix_in_capitals(workbook, tmp_path):
    shutil.copyfile(workbook, tmp_path / "WITH.XLSM")
    assert recalculate(tmp_path / "WITH.XLSM", {"two": [(1, 3)]}) == {"two": [63.0]}


def test_bad_input_is_one_clear_line(workbook, tmp_path):
    (tmp_path / "garbage.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "notes.txt").write_text("1,2")
    for path, message in [
        (tmp_path / "garbage.xlsx", "garbage.xlsx: loading failed: "),
        (tmp_path / "missing.xlsx", "no such .xlsx or .xlsm file"),
        (tmp_path / "notes.txt", "no such .xlsx or .xlsm file"),
    ]:
        with pytest.raises(EngineError, match=message) as caught:
            recalculate(path, {})
        assert "\n" not in str(caught.value)


def test_a_session_goes_on_after_a_bad_request(session):
    with pytest.raises(EngineError, match="reading failed: there is no sheet named three"):
        session.read({"three": [(1, 1)]})
    with pytest.raises(EngineError, match="setting a cell failed: there is no sheet named three"):
        session.set("three", 1, 1, 1.0)
    with pytest.raises(EngineError, match="reading failed: "):
        session.read({"two": [(0, 1)]})
    assert session.read({"It's one": [(1, 2)]}) == {"It's one": [7.0]}


def test_not_installed_says_how_to_install(monkeypatch, workbook):
    said = r"not installed: install it .*apt-get install libreoffice-calc python3-uno"
    with monkeypatch.context() as changed, pytest.raises(EngineError, match=said):
        changed.setattr(shutil, "which", lambda name: None)
        recalculate(workbook, {})
    monkeypatch.setattr(find_office, "find_python", lambda soffice: None)
    with pytest.raises(EngineError, match="`uno` is not: install it"):
        recalculate(workbook, {})


# What is left behind, after success and after each way to fail.


@pytest.fixture
def nothing_left(tmp_path, monkeypatch):
    """Give sessions a folder for temporary files, and check that it and the process table are empty afterwards.

    Of the sockets in /tmp only those count that processes of these sessions held, or that are named after one: what
    else runs on the machine has its own.
    """
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    SEEN.clear()
    yield folder
    deadline = time.monotonic() + 20
    while (left := remains(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    assert not [path for path in SEEN if path.exists()]


SEEN = set()
"""The folders and the sockets of the sessions of a test that `remains` came across."""


def remains(folder: Path) -> list[str]:
    """Return what is in the folder, and each live process whose command line names it."""
    processes = subprocess.run(["ps", "-ww", "-eo", "pid=,stat=,args="], capture_output=True, text=True, check=True)
    lines = [line.split(None, 2) for line in processes.stdout.splitlines()]
    alive = [each for each in lines if f"{folder}/.xlsgd-" in each[-1] and not each[1].startswith("Z")]
    for session in folder.iterdir():
        SEEN.update(_uno_process.sockets(session))
    SEEN.update(path for pid, *_ in alive for path in sockets_of(pid))
    return [args for *_, args in alive] + [str(path) for path in folder.iterdir()]


def sockets_of(pid: str) -> list[Path]:
    """Return the sockets with a name that a process holds, as the system knows them."""
    held = set()
    with contextlib.suppress(OSError):  # the process has ended
        for descriptor in Path("/proc", pid, "fd").iterdir():
            with contextlib.suppress(OSError):
                held.add(os.readlink(descriptor))
    lines = [line.split(None, 7) for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return [Path(name) for *_, inode, name in (each for each in lines if len(each) == 8) if f"socket:[{inode}]" in held]


def test_nothing_is_left_after_success(nothing_left, workbook):
    with Session(workbook) as opened:
        assert any("soffice" in line for line in remains(nothing_left))
        opened.recalculate()
        found = {path for path in SEEN if path.name.startswith("OSL_PIPE_")}
        assert len(found) == 2 and found == set(_uno_process.sockets(opened.folder))
    assert remains(nothing_left) == []


def test_nothing_is_left_after_an_exception(nothing_left, workbook):
    with pytest.raises(ZeroDivisionError), Session(workbook):
        assert remains(nothing_left)
        raise ZeroDivisionError
    assert remains(nothing_left) == []


def test_nothing_is_left_after_a_slow_start(nothing_left, workbook):
    with pytest.raises(EngineError, match=r"more than 0.2 s starting"):
        recalculate(workbook, {}, Limits(start=0.2))
    assert remains(nothing_left) == []


def test_nothing_is_left_after_a_hang(nothing_left, workbook):
    with pytest.raises(EngineError, match=r"more than 0.5 s recalculating"), Session(workbook) as opened:
        opened.limits = Limits(recalculate=0.5)
        assert remains(nothing_left)
        os.killpg(opened.office, signal.SIGSTOP)
        try:
            opened.recalculate()
        finally:
            assert remains(nothing_left) == []
            with pytest.raises(EngineError, match="has ended"):
                opened.recalculate()
    assert remains(nothing_left) == []


def test_nothing_is_left_after_libreoffice_or_the_helper_dies(nothing_left, workbook):
    for victim in "office", "helper":
        with pytest.raises(EngineError, match="failed"), Session(workbook) as opened:
            assert remains(nothing_left)
            os.killpg(opened.office if victim == "office" else opened.worker.pid, signal.SIGKILL)
            opened.recalculate()
        assert remains(nothing_left) == []


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("stage", ["starting", "waiting"])
def test_nothing_is_left_after_a_signal(nothing_left, workbook, stop, stage):
    process = in_another_process(workbook)
    if stage == "waiting":
        assert process.stdout.readline()
        assert remains(nothing_left)
        assert len([path for path in SEEN if path.name.startswith("OSL_PIPE_")]) == 2
    else:
        wait_for(lambda: any("soffice" in line for line in remains(nothing_left)))
    process.send_signal(stop)
    assert process.wait(30) == -stop
    process.stdout.close()


def test_what_is_killed_all_at_once_goes_with_the_next_run_of_any_command(nothing_left, workbook):
    """Nobody is left to clear up, and LibreOffice's sockets lie outside the folder."""
    with in_another_process(workbook) as process:
        office, helper = map(int, process.stdout.readline().split())
        assert remains(nothing_left)
        for stop in signal.SIGSTOP, signal.SIGKILL:
            for pid in process.pid, helper, office:
                (os.kill if pid == process.pid else os.killpg)(pid, stop)
    (folder,) = nothing_left.iterdir()
    assert [path.exists() for path in _uno_process.sockets(folder)] == [True, True]
    assert CliRunner().invoke(cli, ["press", "basic", "reset"]).exit_code == 0


def in_another_process(workbook: Path) -> subprocess.Popen:
    """Open a session in a process of its own, which then writes the office's and the helper's numbers, and waits."""
    code = (
        "import sys, time, pathlib; from xlsgd.verifying.engines.libreoffice import Session\n"
        "with Session(pathlib.Path(sys.argv[1])) as opened:\n"
        "    print(opened.office, opened.worker.pid, flush=True)\n"
        "    time.sleep(60)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, workbook]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def wait_for(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_helper_needs_only_the_standard_library():
    # it must compile, and import, under another Python that has none of our dependencies
    done = subprocess.run([libreoffice.installed()[0], "-E", "-s", WORKER], capture_output=True, text=True, check=False)
    assert "IndexError" in done.stderr


def offices(folder: Path) -> list[str]:
    """Return the command lines of the LibreOffices that live in a folder."""
    return [line for line in remains(folder) if "soffice.bin" in line]


def test_one_process_recalculates_one_workbook_after_another_and_nothing_is_left(nothing_left, workbook, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "other.xlsx") as book:
        book.add_worksheet("other").write_formula("A1", "=6*7", None, STALE)
    (tmp_path / "garbage.xlsx").write_bytes(b"not a workbook")
    with libreoffice.one_process():
        assert not offices(nothing_left), "it starts with the first workbook"
        expected = recalculate(workbook, {"two": [(1, 3)]})
        (first,) = offices(nothing_left)
        with libreoffice.one_process():
            assert recalculate(tmp_path / "other.xlsx", {"other": [(1, 1)]}) == {"other": [42.0]}
        assert recalculate(workbook, {"two": [(1, 3)]}) == expected
        assert offices(nothing_left) == [first]
        with pytest.raises(EngineError, match=r"garbage\.xlsx: loading failed"):
            recalculate(tmp_path / "garbage.xlsx", {})
        assert not offices(nothing_left), "whatever it was, the next workbook has a new one"
        assert recalculate(workbook, {"two": [(1, 3)]}) == expected
        with pytest.raises(EngineError, match=r"gone\.xlsx: no such"):
            recalculate(tmp_path / "gone.xlsx", {})
    assert remains(nothing_left) == []


def test_an_exception_in_the_block_ends_the_process(nothing_left, workbook):
    with pytest.raises(ZeroDivisionError), libreoffice.one_process():
        recalculate(workbook, {"two": [(1, 3)]})
        raise ZeroDivisionError
    assert remains(nothing_left) == []
