"""Engines in a process of their own: their answers come back, and however that process ends it is one line here."""

import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from foreign_books import CASES, book

from xlsgd.errors import InputError
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, _forked, _spawned, ironcalc, libreoffice
from xlsgd.verifying.engines.apart import LONGEST, Apart
from xlsgd.verifying.engines.bounds import Allowance, Crashed, TookTooLong, TookTooMuch, bounds_for
from xlsgd.verifying.poison import poison

ROOT = Path(__file__).parents[1]
AMPLE = Allowance(60, 2**30)
WANTED = {"S": [(1, 1), (2, 1)]}
linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded and processes are forked on Linux alone")


def engine(recalculate):
    """An engine of our own."""
    module = ModuleType("fake")
    module.NAME, module.recalculate = "Fake", lambda path, wanted: recalculate()
    return module


def asked(recalculate, bounds=AMPLE):
    return Apart(engine(recalculate), bounds).recalculated(Path("a.xlsx"), WANTED)


def children():
    """Return the processes that this one began, ended or not, not yet waited for (where the system lists them)."""
    tasks = Path("/proc/self/task")
    listed = [task / "children" for task in tasks.iterdir()] if tasks.exists() else []
    return {pid for path in listed if path.exists() for pid in path.read_text().split()}


def deaf(seconds):
    """Wait in machine code that hands nothing over to Python, as an engine's may."""
    ctypes.PyDLL(None).sleep(seconds)


# ---- answers --------------------------------------------------------------------------------------------------------


def test_answers_of_every_kind_come_back_as_they_are():
    values = [1.5, -0.0, 5e-324, math.inf, 7, True, False, None, "", "ä\n", "#N/A", 2**60 + 1]
    told = asked(lambda: {"S": values, "T": []} | {"more": 1})
    assert list(told) == ["S"]
    assert [(type(value), repr(value)) for value in told["S"]] == [(type(value), repr(value)) for value in values]


def test_a_text_longer_than_any_cells_is_told_as_far_as_that_shows():
    (text,) = asked(lambda: {"S": ["x" * 2**24]})["S"]
    assert text == "x" * 2**15


def test_the_process_is_another_and_nothing_is_left_of_it():
    before = sorted(os.listdir("/proc/self/fd")) if sys.platform == "linux" else []
    ours = children()
    assert asked(lambda: {"S": [os.getpid()]})["S"] != [os.getpid()]
    assert children() == ours
    if before:
        assert sorted(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("process", [_forked, _spawned])
def test_the_answers_are_those_of_the_engine_in_this_process(process, entropy_example, tmp_path, monkeypatch):
    monkeypatch.setattr("xlsgd.verifying.engines.apart._process", process)
    copy = tmp_path / "copy.xlsx"
    wanted = poison(entropy_example, copy)
    assert Apart(ironcalc, AMPLE).recalculated(copy, wanted) == ironcalc.recalculate(copy, wanted)


def test_formulas_as_deep_as_their_length_allows_are_answered(tmp_path):
    """On the usual stack IronCalc ends by signal 11 here."""
    deep = "(" * 4000 + "A2" + ")" * 4000
    path = book(tmp_path / "a.xlsx", [f'<c r="A1"><f>{deep}</f><v>3</v></c>', '<c r="A2"><v>3</v></c>'])
    assert verify(path).agrees


# ---- failures -------------------------------------------------------------------------------------------------------


def test_what_is_printed_is_not_seen_and_a_panic_is_one_line(capfd):
    Apart(ironcalc, AMPLE).recalculated(CASES / "vert.xlsx", {"S": [(1, 2)]})
    with pytest.raises(EngineError, match="IronCalc cannot recalculate it: index out of bounds") as caught:
        Apart(ironcalc, AMPLE).recalculated(CASES / "emptystyles.xlsx", {"S": [(1, 2)]})
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_what_stands_in_the_streams_is_written_once(capfd):
    sys.stdout.write("before ")
    asked(lambda: print("nothing of this", flush=True) or {"S": [1.0, 2.0]})
    sys.stdout.write("after")
    sys.stdout.flush()
    assert capfd.readouterr().out == "before after"


def fails(error, printed=b""):
    def recalculate():
        os.write(2, printed)
        raise error

    return recalculate


@pytest.mark.parametrize(
    ("error", "printed", "said"),
    [
        (EngineError("names are not typed in"), b"", "names are not typed in"),
        (ValueError("x" * 1000 + "\nmore"), b"", f"Fake cannot recalculate it: {'x' * LONGEST}"),
        (BaseException(), b"first\nthe reason\n\n", "Fake cannot recalculate it: the reason"),
        (ValueError(), b"", "Fake cannot recalculate it: ValueError"),
        (SystemExit(3), b"", "Fake cannot recalculate it: 3"),
    ],
)
def test_an_error_is_told_by_its_first_line_or_by_what_was_printed_last(error, printed, said):
    with pytest.raises(EngineError) as caught:
        asked(fails(error, printed))
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("end", "how"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "signal 11, SIGSEGV"),
        (os.abort, "signal 6, SIGABRT"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "signal 9, SIGKILL"),
        (lambda: os._exit(3), "exit status 3"),
    ],
)
def test_a_crash_says_how_the_process_ended(end, how):
    with pytest.raises(Crashed) as caught:
        asked(end)
    assert str(caught.value) == f"Fake crashed ({how})"


def test_an_answer_that_breaks_off_is_a_crash(monkeypatch):
    def half(descriptor, data):
        os.write(descriptor, (len(data) + 1).to_bytes(8, "little") + data)

    monkeypatch.setattr(_forked, "write_all", half)
    with pytest.raises(Crashed):
        asked(lambda: {"S": [1.0, 2.0]})


# ---- bounds ---------------------------------------------------------------------------------------------------------


@linux
def test_memory_is_bounded():
    def take():
        taken = bytearray(2**28)  # less than the bound
        taken = bytes(2**34)  # more than there may be at all
        return {"S": [len(taken)]}

    with pytest.raises(TookTooMuch) as caught:
        asked(take, Allowance(60, 2**29))
    assert str(caught.value) == "Fake took more than 0.5 GB of memory and was ended (`memory` gives it more)"
    assert asked(lambda: {"S": [len(bytes(2**28))]}, Allowance(60, 2**29)) == {"S": [2**28]}


@linux
def test_what_rust_prints_where_it_gets_no_memory_is_told_as_that():
    def end():
        os.write(2, b"memory allocation of 17 bytes failed\nstack backtrace:\n")
        os.abort()

    with pytest.raises(TookTooMuch):
        asked(end)


@pytest.mark.parametrize("wait", [time.sleep, deaf])
def test_time_is_bounded(wait):
    began, ours = time.monotonic(), children()
    with pytest.raises(TookTooLong) as caught:
        asked(lambda: wait(600), Allowance(0.5, 2**30))
    assert str(caught.value) == "Fake took more than 0.5 s and was ended (`timeout` gives it more)"
    assert time.monotonic() - began < 60
    assert children() == ours


def test_the_bound_on_time_is_for_all_recalculations_of_a_file_together():
    apart = Apart(engine(lambda: time.sleep(0.2) or {"S": [1.0, 1.0]}), Allowance(30, 2**30))
    apart.recalculated(Path("a.xlsx"), WANTED)
    assert apart.left <= 29.8
    apart.left = 0.1
    with pytest.raises(TookTooLong, match="more than 30 s"):
        apart.recalculated(Path("a.xlsx"), WANTED)


def test_bounds_grow_with_the_workbook_and_are_what_is_given():
    small, large = bounds_for(10, 2**13), bounds_for(1_100_000, 25 * 2**20)
    assert small.seconds == 20 and large.seconds > 1000
    assert 2**31 <= small.memory < 2**31 + 2**20 and large.memory > 5 * 10**9
    assert bounds_for(10, 2**13, 3.5, 7) == (3.5, 7)


def test_a_bound_that_is_none_is_one_line(entropy_example):
    for bounds in ({"timeout": 0}, {"timeout": math.nan}, {"memory": -1}):
        (name,) = bounds
        with pytest.raises(InputError) as caught:
            verify(entropy_example, **bounds)
        assert str(caught.value).startswith(f"`{name}` ") and str(caught.value).endswith("give a number above 0")


# ---- it ends with ours ----------------------------------------------------------------------------------------------

PROGRAM = """
import ctypes, os, sys
from pathlib import Path
from xlsgd.verifying.engines import apart, {process} as process
from xlsgd.verifying.engines.bounds import Allowance
import engine_that_waits
apart._process = process
apart.Apart(engine_that_waits, Allowance(600, 2**30)).recalculated(Path(sys.argv[1]), {{"S": [(1, 1)]}})
"""
WAITS = """
import ctypes, os
NAME = "Waits"
def recalculate(path, wanted):
    path.write_text(f"{os.getpid()}")
    ctypes.PyDLL(None).sleep(600)
"""


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def waited(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@linux
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("process", ["_forked", "_spawned"])
def test_the_process_ends_with_ours_however_that_ends(process, stop, tmp_path):
    (tmp_path / "engine_that_waits.py").write_text(WAITS)
    told = tmp_path / "pid"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    command = [sys.executable, "-c", PROGRAM.format(process=process), str(told)]
    ours = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    waited(lambda: told.exists() and told.read_text())
    pid = int(told.read_text())
    assert is_there(pid)
    ours.send_signal(stop)
    began = time.monotonic()
    assert ours.wait(60) == -stop
    waited(lambda: not is_there(pid))
    assert time.monotonic() - began < 20  # a second where nothing else runs


# ---- LibreOffice, which has a process of its own anyway -------------------------------------------------------------


@pytest.fixture
def array_over_a_sheet(tmp_path, needs_libreoffice):
    """LibreOffice fills 70 million cells for minutes, in gigabytes."""
    array = '<c r="A2"><f t="array" ref="A2:ZZ100000">AAA1*2</f><v>2</v></c>'
    return book(tmp_path / "a.xlsx", ['<c r="AAA1"><v>1</v></c>', array])


def test_libreoffice_keeps_to_the_bound_on_time(array_over_a_sheet):
    began = time.monotonic()
    with pytest.raises(InputError, match=r"LibreOffice took more than 1 s and was ended .* array formula for A2:ZZ100"):
        verify(array_over_a_sheet, ["libreoffice"], timeout=1)
    assert time.monotonic() - began < 120  # two seconds beside its start


@linux
def test_libreoffice_keeps_to_the_bound_on_memory_and_the_next_file_is_answered(array_over_a_sheet, tmp_path):
    with libreoffice.one_process():
        with pytest.raises(InputError, match=r"LibreOffice took more than 0\.586 GB of memory and was ended"):
            verify(array_over_a_sheet, ["libreoffice"], timeout=600, memory=600 * 2**20)
        for value in (2, 3):
            path = book(tmp_path / f"{value}.xlsx", [f'<c r="A1"><f>1+{value}</f><v>{1 + value}</v></c>'])
            assert verify(path, ["libreoffice"]).agrees
