"""Each change that CONTRIBUTING shows as a diff, made in a copy of the package and used there as its text says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import torch

import xlsgd

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
OPTIMIZER, MODEL, SHEET, TRAINING, ENGINE = re.findall(r"```diff\n(.*?)```", TEXT, re.DOTALL)


def files(diff):
    """The files that a diff touches: those that are there, each with its added lines, and new ones."""
    old, new = {}, []
    for part in re.split(r"^(?=--- )", diff, flags=re.MULTILINE)[1:]:
        source, target, *lines = part.splitlines()
        assert not [line for line in lines if line.startswith("-")], "nothing is taken away"
        if source == "--- /dev/null":
            new.append(target.removeprefix("+++ b/"))
        else:
            old[target.removeprefix("+++ b/")] = sum(line.startswith("+") for line in lines)
    return old, new


class Copy:
    """A copy of the package with a change made in it."""

    def __init__(self, folder, diff):
        self.folder = folder
        shutil.copytree(Path(xlsgd.__file__).parent, folder / "xlsgd", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "change.diff").write_text(diff, encoding="utf-8")
        subprocess.run(["git", "apply", "--whitespace=nowarn", "change.diff"], cwd=folder, check=True)

    def python(self, *arguments):
        """Run Python in the copy and return what it prints."""
        environment = os.environ | {"PYTHONPATH": str(self.folder), "GIT_CEILING_DIRECTORIES": str(self.folder)}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def xlsgd(self, *arguments):
        return self.python("-m", "xlsgd", *arguments)


@pytest.fixture
def changed(tmp_path):
    def change(diff):
        copy = Copy(tmp_path, diff)
        assert Path(copy.python("-c", "import xlsgd; print(xlsgd.__file__)").strip()).is_relative_to(tmp_path)
        return copy

    return change


@pytest.mark.parametrize(
    ("diff", "old", "new"),
    [
        (OPTIMIZER, {"xlsgd/rules.py": 22}, 0),
        (MODEL, {"xlsgd/models.py": 8}, 0),
        (SHEET, {"xlsgd/sheets/table_books.py": 1}, 1),
        (TRAINING, {"xlsgd/sheets/lesson.py": 1}, 0),
        (ENGINE, {"xlsgd/verifying/sources.py": 1}, 1),
    ],
    ids=["optimizer", "model", "sheet", "training", "engine"],
)
def test_a_change_touches_no_more_than_is_promised(diff, old, new):
    """An optimizer and a model one file, a sheet at most two new ones and a line, an engine one and a line."""
    touched, added = files(diff)
    assert touched == old and len(added) == new


def column(told, name):
    """A column of a trace as JSON."""
    return [row[name] for row in json.loads(told)]


def test_an_optimizer_has_a_trace_a_sheet_buttons_and_a_place_in_the_trainer(changed):
    copy = changed(OPTIMIZER)
    told = copy.xlsgd("trace", "adagrad", "--set", "lr=0.5", "--format", "json")
    b = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    a = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    optimizer, expected = torch.optim.Adagrad([b, a], lr=0.5, eps=1e-10), []
    for x, y in zip(column(told, "x"), column(told, "y"), strict=True):
        optimizer.zero_grad()
        ((y - (b + a * x)) ** 2).backward()
        optimizer.step()
        expected.append(b.item())
    assert column(told, "new b") == pytest.approx(expected, rel=1e-12, abs=0)
    told_of_book = copy.xlsgd("build", "graddesc", "--sheet", "adagrad", "--epochs", "5", "--out", "book")
    assert "all answers agree" in told_of_book and "IronCalc" in told_of_book
    assert openpyxl.load_workbook(copy.folder / "book" / "graddesc.xlsx").sheetnames[:2] == ["guide", "adagrad"]
    pressed = json.loads(copy.xlsgd("press", "adagrad", "run", "--format", "json"))
    assert pressed[0]["epoch"] == 5 and abs(pressed[0]["a"]) < 1e6
    copy.xlsgd("train", "--optimizer", "adagrad", "--epochs", "1", "--out", "run")
    assert (copy.folder / "run" / "weights.safetensors").exists()


def test_a_model_is_built_and_verified(changed):
    copy = changed(MODEL)
    copy.python(
        "-c",
        "import xlsgd; from xlsgd.models import PARABOLA; from xlsgd.testing import assert_verified\n"
        "points = {'x': [-1, 0, 1, 2], 'y': [6, 1, 2, 9]}\n"
        "path = xlsgd.build(PARABOLA, 'parabola.xlsx', points, rules=['sgd', 'adam'], epochs=20, epoch=5, lr=0.05)\n"
        "report = assert_verified(path, ['ironcalc'], ['torch'], PARABOLA)\n"
        "assert report.formulas > 1000, report.formulas",
    )


def test_a_sheet_is_built_verified_and_traced(changed):
    copy = changed(SHEET)
    assert "activations.xlsx: 45 formulas, all answers agree" in copy.xlsgd("build", "activations", "--out", "book")
    sheet = openpyxl.load_workbook(copy.folder / "book" / "activations.xlsx")["activations"]
    assert sheet["B2"].value.startswith("=1/(1+EXP(") and sheet["E2"].value.startswith("=1-")
    told = copy.xlsgd("trace", "activations", "--format", "json")
    x = torch.tensor(column(told, "x"), dtype=torch.float64, requires_grad=True)
    for name, function in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu)):
        assert column(told, name) == pytest.approx(function(x).tolist(), rel=1e-15)
    (slope,) = torch.autograd.grad(torch.tanh(x).sum(), x)
    assert column(told, "dtanh") == pytest.approx(slope.tolist(), rel=1e-12), "1 - tanh^2 loses digits far from 0"


def test_a_training_sheet_is_built_and_verified(changed):
    copy = changed(TRAINING)
    assert "all answers agree" in copy.xlsgd("build", "--sheet", "adam_of_8", "--epochs", "5", "--out", "book")
    told = copy.xlsgd("trace", "adam_of_8", "--format", "json")
    assert [i + 1 for i, done in enumerate(column(told, "ends batch")) if done] == [8, 16, 24, 29]


def test_an_engine_recalculates(changed, entropy_example):
    copy = changed(ENGINE)
    told = copy.xlsgd("verify", str(entropy_example), "--engine", "typed")
    assert "IronCalc, typed into" in told and "113 checked" in told
    assert "typed" in copy.xlsgd("verify", "--help")
    told = json.loads(copy.xlsgd("verify", str(entropy_example), "--engine", "all", "--json"))
    assert len(told[0]["verdicts"]) >= 2
