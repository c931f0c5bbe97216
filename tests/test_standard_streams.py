"""What each of standard input, output and error closed, full or a pipe that ended gives, for each command.

Asked for by POSIX's customs: 1 says that a cell differs and nothing else; what could not be written is 2, a pipe that
nobody reads 141; a stream that whoever started the command closed is not wanted, and a message that nobody can read
changes no status.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from xlsgd.commands.cli import COMMANDS
from xlsgd.workbooks.build import build

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="streams as Linux has them")
SERVER = Path(__file__).with_name("stream_server.py")
NO_SPACE = "Error: No space left on device\n"


class Server:
    """Runs commands in forks of one process, which has imported what they import."""

    def __init__(self, *imported):
        command = [sys.executable, SERVER, *imported]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(self, arguments, folder, stdin="empty", stdout="taken", stderr="taken"):
        """Return the exit status, and what was taken of standard output and error."""
        request = {"arguments": arguments, "folder": str(folder), "states": [stdin, stdout, stderr]}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        taken = [folder / f"stream{number}" for number in (1, 2)]
        return status, *(path.read_text() if path.exists() else "" for path in taken)

    def end(self):
        self.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def server():
    found = Server()
    yield found
    found.end()


@pytest.fixture(scope="module")
def trainer():
    pytest.importorskip("torch")
    found = Server("torch", "safetensors.torch", "xlsgd.commands.runs")
    yield found
    found.end()


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A workbook, the same with a wrong value, and points without an end to their line."""
    folder = tmp_path_factory.mktemp("books")
    right = build("entropy", folder)
    with zipfile.ZipFile(right) as old, zipfile.ZipFile(folder / "wrong.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<f>SUM(C3:C7)</f><v>", b"<f>SUM(C3:C7)</f><v>1"))
    right.rename(folder / "right.xlsx")
    return folder


QUICK = {
    "build": "build graddesc --sheet basic --epochs 1 --out {own}",
    "verify": "verify {books}/right.xlsx",
    "verify --json": "verify --json {books}/right.xlsx",
    "compare": "compare {books}/right.xlsx {books}/right.xlsx",
    "trace": "trace softmax",
    "press": "press basic reset",
    "--help": "--help",
    "trace --help": "trace --help",
    "--version": "--version",
}
DRAWING = {
    "sweep": "sweep basic --lr 1e-4 --epochs 1 --out {own}",
    "page": "page basic --out {own}/a.html",
    "plot": "plot basic --epochs 1 --out {own}/a.png",
}
TRAINING = {
    "train": "train --model logistic --epochs 1 --out {own}/run",
    "lr-find": "lr-find --model logistic --out {own}/run",
    "export": "export {run} --digits 1 --no-verify --out {own}/a.xlsx",
}
WELL = QUICK | DRAWING | TRAINING
DIFFERS = "verify {books}/wrong.xlsx"
REFUSED = {
    "sheet": "trace nosuch",
    "file": "verify {books}/missing.xlsx",
    "option": "build --fast",
    "command": "bild",
    "points": "build --data {books}/right.xlsx",
    "input": "trace basic --data -",
    "none": "",
}

STATES = [
    ({}, None),
    ({"stdout": "closed"}, None),
    ({"stdout": "full"}, 2),
    ({"stdout": "ended"}, 141),
    ({"stderr": "closed"}, None),
    ({"stderr": "full"}, None),
    ({"stderr": "ended"}, None),
    ({"stdin": "closed"}, None),
    ({"stdin": "ended"}, None),
    ({"stdin": "closed", "stdout": "closed", "stderr": "closed"}, None),
    ({"stdout": "full", "stderr": "full"}, 2),
    ({"stdout": "full", "stderr": "closed"}, 2),
    ({"stdout": "ended", "stderr": "ended"}, 141),
]
"""The streams that are not as they should be, and the exit status of a command that writes if that is another."""

FEW = [STATES[index] for index in (2, 3, 5, 9)]
"""What is tried of most commands each time; the rest of the table is `pytest -m slow`."""

WHOLE = {"verify", "press", "sheet"}


def named(state):
    return "-".join(f"{name}_{how}" for name, how in state.items()) or "all_well"


def cases(commands):
    return [
        pytest.param(
            arguments,
            state,
            status,
            id=f"{name}-{named(state)}",
            marks=() if name in WHOLE or ((state, status) in FEW and name not in TRAINING) else pytest.mark.slow,
        )
        for name, arguments in commands.items()
        for state, status in STATES
    ]


def check(server, arguments, state, status, folder, usual, **places):
    own = folder / "own"
    own.mkdir()
    found, out, err = server.run(arguments.format(own=own, **places).split(), folder, **state)
    assert found == (usual if status is None else status), err
    assert "Traceback" not in out + err and "Exception" not in err
    if found == 2 and usual != 2 and state.get("stderr", "taken") == "taken":
        assert err.endswith(NO_SPACE)
    assert not list(own.glob(".*"))
    return out, err


def test_every_command_is_in_the_table():
    assert set(COMMANDS) <= set(WELL)


@pytest.mark.parametrize(("arguments", "state", "status"), cases(QUICK | DRAWING))
def test_a_command_that_does_well(server, books, tmp_path, arguments, state, status):
    check(server, arguments, state, status, tmp_path, 0, books=books)
    if "--out" in arguments:  # the work was done before it was told of
        assert any((tmp_path / "own").iterdir())


@pytest.mark.parametrize(("arguments", "state", "status"), cases({"text": DIFFERS, "json": DIFFERS + " --json"}))
def test_a_cell_that_differs(server, books, tmp_path, arguments, state, status):
    check(server, arguments, state, status, tmp_path, 1, books=books)


@pytest.mark.parametrize(("arguments", "state", "status"), cases(REFUSED))
def test_input_that_cannot_be_used(server, books, tmp_path, arguments, state, status):
    """It has nothing for standard output, which may be in any state."""
    _, err = check(server, arguments, state, None, tmp_path, 2, books=books)
    if arguments and state.get("stderr", "taken") == "taken":
        assert err.startswith("Error: ") and err.count("\n") == 1


@pytest.fixture(scope="module")
def trained(trainer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    assert trainer.run(TRAINING["train"].format(own=folder).split(), folder)[0] == 0
    return folder / "run"


@pytest.mark.parametrize(("arguments", "state", "status"), cases(TRAINING))
def test_training(trainer, trained, tmp_path, arguments, state, status):
    check(trainer, arguments, state, status, tmp_path, 0, run=trained)


FAULT = """
import sys
from xlsgd.commands import cli
import xlsgd.run.trace
class Panic(BaseException):
    "As an engine in Rust has it."
def fail(*given): raise {error}
xlsgd.run.trace.trace_training = fail
sys.argv = ["xlsgd", "trace", "basic"]
cli.main()
"""


@pytest.mark.parametrize("error", ["AttributeError('ours')", "Panic('ours')", "RecursionError('ours')"])
def test_a_fault_of_our_own_is_70(error):
    done = subprocess.run([sys.executable, "-c", FAULT.format(error=error)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (70, "")
    assert "ours\nThis is a fault of xlsgd: please report it with the lines above\n" in done.stderr


def test_a_file_that_ends_too_early_is_none():
    """Of which click makes an interrupt, and ends with 1."""
    done = subprocess.run([sys.executable, "-c", FAULT.format(error="EOFError('cut')")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "Error: a file ends too early: cut\n")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("verify {books}/right.xlsx 2>&-", 0),
        ("verify {books}/wrong.xlsx 2>&-", 1),
        ("build entropy --out {books} 2>&-", 0),
        ("trace nosuch 2>/dev/full", 2),
        ("trace nosuch >&- 2>&- <&-", 2),
        ("press basic reset 2>&- >/dev/full", 2),
    ],
)
def test_the_same_by_a_shell(books, command, status):
    """The server forks; this is a Python that starts with such streams."""
    line = f"{sys.executable} -m xlsgd {command.format(books=books)}"
    assert subprocess.run(["bash", "-c", line], stdout=subprocess.PIPE).returncode == status
