"""`xlsgd verify` as a process: what engines print, files that cannot be read, what others can read, and Ctrl-C."""

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from foreign_books import CASES, book

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, formualizer, ironcalc, libreoffice
from xlsgd.verifying.report_view import as_json, as_text
from xlsgd.verifying.sources import ENGINES

ROW = '<c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>{}</v></c>'


def process(*arguments, **options):
    command = [sys.executable, "-m", "xlsgd", "verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


def run(*arguments):
    return CliRunner().invoke(cli, ["verify", *map(str, arguments)])


def test_json_is_json_whatever_an_engine_prints():
    """Of a superscript IronCalc says something to the standard output, of missing styles to the standard error."""
    done = process("--json", CASES / "vert.xlsx", CASES / "emptystyles.xlsx")
    assert done.returncode == 0 and done.stderr == ""
    assert [read["agrees"] for read in json.loads(done.stdout, parse_constant=pytest.fail)] == [True, True]


def test_with_the_standard_output_closed():
    command = f"{sys.executable} -m xlsgd verify {CASES / 'vert.xlsx'} >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_next_file_is_verified_though_one_cannot_be_read(tmp_path):
    (tmp_path / "bad.xlsx").write_bytes(b"PK no workbook")
    right, wrong = (book(tmp_path / f"{value}.xlsx", [ROW.format(value)]) for value in (4, 5))
    done = run(tmp_path / "bad.xlsx", right, tmp_path / "none.xlsx", wrong)
    assert done.exit_code == 2
    assert done.stdout.count("IronCalc") == 2 and "DIFFERS S!B1" in done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 2 and "bad.xlsx" in lines[0] and "none.xlsx: no such file" in lines[1]
    assert all(line.startswith("Error: ") for line in lines)


def test_a_file_that_cannot_be_read_in_json_and_reports(tmp_path):
    right = book(tmp_path / "a.xlsx", [ROW.format(4)])
    done = run(tmp_path / "none.xlsx", right, "--json", "--report", tmp_path / "r.html")
    assert done.exit_code == 2
    good, bad = json.loads(done.stdout)
    assert good["agrees"] and set(bad) == {"file", "error"} and "no such file" in bad["error"]
    assert "a.xlsx" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.fixture
def deaf(monkeypatch):
    """IronCalc, when it can read nothing."""

    def fail(path, wanted):
        raise EngineError("IronCalc cannot recalculate it: a reason")

    monkeypatch.setattr(ironcalc, "recalculate", fail)


def test_the_other_engine_is_named_and_its_answer_counts(tmp_path, engines, deaf):
    right, wrong = (book(tmp_path / f"{value}.xlsx", [ROW.format(value)]) for value in (4, 5))
    with pytest.raises(InputError, match=r"4\.xlsx: IronCalc cannot .*: a reason; ask .*libreoffice.* here$"):
        verify(right)
    report = verify(right, ("ironcalc", "libreoffice"))
    assert report.agrees and [each.source.split()[0] for each in report.verdicts] == ["LibreOffice"]
    assert "ironcalc gave no answers: IronCalc cannot recalculate it: a reason" in as_text(report)
    assert as_json(report)["failed"] == {"ironcalc": "IronCalc cannot recalculate it: a reason"}
    done = run("--engine", "all", right, wrong)
    assert done.exit_code == 1 and "DIFFERS S!B1" in done.stdout


def test_where_no_engine_can_read_it(tmp_path, deaf, monkeypatch):
    def missing(path, wanted, bounds):
        raise EngineError("LibreOffice is not installed: get it")

    monkeypatch.setattr(libreoffice, "recalculate_within", missing)
    monkeypatch.setattr(formualizer, "is_installed", lambda: False)
    with pytest.raises(InputError, match=r"a reason; LibreOffice is not installed: get it$"):
        verify(book(tmp_path / "a.xlsx", [ROW.format(4)]), [name for name in ENGINES if name != "formualizer"])


# ---- Ctrl-C ---------------------------------------------------------------------------------------------------------

ROWS = 300_000
PATIENCE = 60
"""Seconds until an engine has been started, on a machine that others use as well."""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A workbook that takes every engine some seconds."""
    path = tmp_path_factory.mktemp("large") / "large.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_number(0, 0, 1)
        for row in range(1, ROWS):
            sheet.write_formula(row, 0, f"=A{row}+1", None, row + 1)
            sheet.write_formula(row, 1, f"=SQRT(A{row})", None, math.sqrt(row))
    return path


def descendants(pid):
    """The processes that a process has begun, and those that they have."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found += [int(folder.name), *descendants(int(folder.name))]
    return found


def interrupted(engine, path):
    """Press Ctrl-C as soon as an engine is at work; the exit status, what is said, the seconds, and what is left."""
    command = [sys.executable, "-m", "xlsgd", "verify", "--engine", engine, path]
    begun = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    until, there = time.monotonic() + PATIENCE, []
    while not there and time.monotonic() < until:
        time.sleep(0.05)
        there = descendants(begun.pid)
    assert there, "no engine was started"
    time.sleep(0.5)
    assert begun.poll() is None, "it ended by itself"
    there = descendants(begun.pid)
    began = time.monotonic()
    os.killpg(begun.pid, signal.SIGINT)  # as a terminal does, to all that it runs
    _, said = begun.communicate(timeout=60)
    seconds = time.monotonic() - began
    return begun.returncode, said, seconds, [pid for pid in there if is_alive(pid)]


def is_alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("engine", ENGINES)
def test_ctrl_c_ends_within_a_second_whatever_engine_runs(engine, large, request):
    """The better of two tries, since others may use the machine; whatever was begun has ended as well."""
    if engine == "libreoffice":
        request.getfixturevalue("needs_libreoffice")
    if engine == "formualizer" and not formualizer.is_installed():
        pytest.skip("Formualizer is not installed")
    tries = [interrupted(engine, large) for _ in range(2)]
    assert [(status, said, left) for status, said, _, left in tries] == 2 * [(130, "Interrupted\n", [])]
    assert min(seconds for *_, seconds, _ in tries) < 1
