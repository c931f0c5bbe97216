"""Every hostile file is answered or refused in one line, within 30 s and 4 GB, and never ends in a traceback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from others import CHECKPOINTS, CSV, IDX, METRICS, PICKLES, WEIGHTS, pipes, written_idx

from workbooks import workbooks

WORKER = Path(__file__).with_name("worker.py")
ANSWERED, REFUSED = (0, 1), 2
LONGEST_LINE = 5_000
BUILD = ["build", "--sheet", "basic", "--epochs", 1, "--no-verify", "--data"]


@pytest.fixture(scope="session")
def asked(tmp_path_factory):
    """Return what runs commands in processes of their own and gives what came of each."""
    command = [sys.executable, str(WORKER)]
    folder = tmp_path_factory.mktemp("hostile")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder) as worker:

        def ask(*commands):
            worker.stdin.write(json.dumps([[*map(str, each)] for each in commands]) + "\n")
            worker.stdin.flush()
            return json.loads(worker.stdout.readline())

        yield ask
        worker.stdin.close()


def check(command, status, seconds, said):
    """Check that a command was answered, or refused in one line."""
    assert status in (*ANSWERED, REFUSED), f"{command}: {status} after {seconds} s\n{said[-3000:]}"
    assert "Traceback" not in said, f"{command}\n{said[-3000:]}"
    if status == REFUSED:
        lines = said.splitlines()
        assert len(lines) == 1 and lines[0].startswith("Error: "), f"{command}\n{said[-3000:]}"
        assert len(said) < LONGEST_LINE, f"{command}: a line of {len(said):,} characters: {said[:300]}"


BOOKS = workbooks()

LONG = {
    "10,001 parts",
    "9,000 parts",
    "60 parts of 9 MB of zeros",
    "a sheet of 100 MB of spaces",
    "100,000 relationships",
    "300 sheets of which each refers to the last",
    "300 sheets of which each refers to the next",
    "rows in rows",
    "an attribute of 10 MB",
    "a comment of 30 MB",
    "merged cells over everything",
    "50,000 merged cells in each other",
    "a formula of 10 MB",
    "2,000 formulas of 5,000 quotes",
    "500 formulas of colons",
    "500 formulas of letters beyond ASCII",
    "2,000 arrays over the same cells",
    "5,000 formulas that refer to the whole sheet",
    "a name of 500,000 terms",
    "50,000 names",
    "200,000 cell styles",
    "a chart of 100,000 series",
    "300 anchors of a chart of 900 series",
    "1,048,577 rows",
    "gzip of a gigabyte",
    "a pickle without end",
    "100,000 tensors",
    "100 MB of spaces",
    "pipe",
}
"""What takes seconds."""


def named(names):
    return [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in names]


@pytest.mark.parametrize("name", named(BOOKS))
def test_a_workbook(asked, tmp_path, name):
    path = tmp_path / "a.xlsx"
    BOOKS[name](path)
    commands = [["verify", path], ["compare", path, path]]
    if not name.startswith("the formula "):  # at which no reader of points looks
        commands.append([*BUILD, path, "--out", tmp_path / "out"])
    for command, came in zip(commands, asked(*commands), strict=True):
        check(command[0], *came)


@pytest.mark.parametrize("name", named(CSV))
def test_a_text_file(asked, tmp_path, name):
    path = tmp_path / "a.csv"
    path.write_bytes(CSV[name])
    check(name, *asked([*BUILD, path, "--out", tmp_path / "out"])[0])


TRAIN = ["train", "--epochs", 1, "--hidden", 3, "--batch-size", 4]


@pytest.mark.parametrize("name", named(PICKLES))
def test_a_pickle(asked, tmp_path, name):
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(PICKLES[name])
    check(name, *asked([*TRAIN, "--data", path, "--out", tmp_path / "run"])[0])


@pytest.mark.parametrize("name", IDX)
def test_idx_files(asked, tmp_path, name):
    folder = written_idx(tmp_path / "idx", IDX[name])
    check(name, *asked([*TRAIN, "--data", folder, "--out", tmp_path / "run"])[0])


@pytest.fixture(scope="session")
def run(asked, tmp_path_factory):
    """A run's folder, and the images that it was trained on."""
    folder = tmp_path_factory.mktemp("trained")
    data = folder / "mnist.pkl.gz"
    data.write_bytes(PICKLES["the lesson's form"])
    ((status, _, said),) = asked([*TRAIN, "--data", data, "--out", folder / "run"])
    assert status == 0, said
    return folder / "run", data


@pytest.fixture
def spoiled(run, tmp_path):
    """A copy of the run, to be spoiled, and the images."""
    folder = tmp_path / "run"
    shutil.copytree(run[0], folder)
    return folder, run[1]


def exported(asked, folder, data):
    return asked(["export", folder, "--digits", 3, "--no-verify", "--data", data])[0]


def resumed(asked, folder, data):
    return asked([*TRAIN, "--data", data, "--out", folder, "--resume"])[0]


@pytest.mark.parametrize("name", named(WEIGHTS))
def test_weights(asked, spoiled, name):
    (spoiled[0] / "weights.safetensors").write_bytes(WEIGHTS[name])
    check(name, *exported(asked, *spoiled))


@pytest.mark.parametrize("name", named(METRICS))
def test_metrics(asked, spoiled, name):
    (spoiled[0] / "metrics.json").write_bytes(METRICS[name])
    check(name, *exported(asked, *spoiled))


@pytest.mark.parametrize("name", named(CHECKPOINTS))
def test_a_checkpoint(asked, spoiled, name):
    path = spoiled[0] / "checkpoint.pt"
    path.write_bytes(CHECKPOINTS[name](path.read_bytes()))
    status, seconds, said = resumed(asked, *spoiled)
    check(name, status, seconds, said)
    assert status == REFUSED
    assert not Path("run").exists(), "nothing that a file says is run"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
@pytest.mark.parametrize("name", ["metrics.json", "weights.safetensors", "checkpoint.pt"])
def test_a_pipe_in_place_of_a_runs_file(asked, spoiled, name):
    pipes(spoiled[0], name)
    status, seconds, said = (resumed if name == "checkpoint.pt" else exported)(asked, *spoiled)
    check(name, status, seconds, said)
    assert status == REFUSED and "not a file" in said


@pytest.mark.slow
@pytest.mark.parametrize("place", named(["/dev/zero", "pipe", ".", "none"]))
def test_what_is_no_file(asked, tmp_path, monkeypatch, place):
    if place == "pipe":
        place = tmp_path / "pipe.xlsx"
        os.mkfifo(place)
    out = tmp_path / "out"
    commands = [
        ["verify", place],
        ["compare", place, place],
        [*BUILD, place, "--out", out],
        [*TRAIN, "--data", place, "--out", out],
        ["export", place],
        [*TRAIN, "--out", place, "--resume"] if place != "." else ["export", place],
    ]
    for command, came in zip(commands, asked(*commands), strict=True):
        if place != "none" or "--resume" not in command:
            check(command, *came)
            assert came[0] == REFUSED, command
