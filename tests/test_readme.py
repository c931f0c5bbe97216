"""What README says holds: its code runs, its formulas are the file's, its commands exist, its test command is CI's."""

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from xlsgd import rules
from xlsgd.commands.cli import COMMANDS
from xlsgd.mnist.recipe import PUBLISHED
from xlsgd.verifying.engines import EngineError
from xlsgd.verifying.engines.find_office import installed

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_rule_shown_is_the_rule_without_its_docstring():
    shown = ast.parse(PYTHON[0]).body[0]
    written = ast.parse(inspect.getsource(rules.course_adam)).body[0]
    written.body = written.body[1:]
    assert ast.dump(shown) == ast.dump(written)


def test_the_formulas_shown_are_the_sheets(workbooks):
    sheet = openpyxl.load_workbook(workbooks["graddesc"])["adam"]
    shown = re.findall(r"([A-Z]4) `(=[^`]+)`", README)
    assert len(shown) == 8
    assert {cell: sheet[cell].value for cell, _ in shown} == dict(shown)


def block(text):
    """README's block of Python that holds a text."""
    (found,) = [each for each in PYTHON if text in each]
    return found


def test_the_model_shown_is_fifteen_lines_and_the_tests_shown_hold_of_its_workbook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    script = block("xlsgd.Model(")
    assert len([line for line in script.splitlines() if line.strip()]) <= 15
    exec(script, {"__name__": "example"})  # README's own code, which asserts that the file agrees
    try:
        installed()
    except EngineError as missing:
        pytest.skip(str(missing))
    shown = {"__name__": "tests"}
    exec(block("assert_mirrors"), shown)
    tests = [value for name, value in shown.items() if name.startswith("test_")]
    assert len(tests) == 2
    for each in tests:
        each()


def test_the_optimizer_shown_is_added_and_verified(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rules, "RULES", rules.RULES)
    before = dict(rules.RULES)
    try:
        # README's own code, which asserts that the file agrees
        exec(block("adagrad(") + block('xlsgd.build("adagrad"'), {"__name__": "example"})
        assert (tmp_path / "adagrad.xlsx").exists()
    finally:
        rules.RULES.clear()
        rules.RULES.update(before)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_table(command):
    assert f"| `xlsgd {command}" in README


def test_the_test_command_is_the_one_that_ci_runs():
    (command,) = re.findall(r"^pip install -c constraints.txt .* && pytest$", README, re.MULTILINE)
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert any(line.replace(" -q", "") == f"{command} || exit 1" for line in lines)


def test_the_files_that_readme_points_to_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_torch_for_the_cpu_is_installed_in_the_version_that_is_tested():
    (pinned,) = re.findall(r"^torch==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    lines = README.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("pip install torch==")]
    assert re.fullmatch(rf"pip install torch=={pinned} --index-url https://\S+/cpu +# .+", lines[place])
    assert lines[place + 1] == 'pip install ".[train]"'


def test_a_run_is_trained_before_it_is_opened():
    opened = re.search(r"^xlsgd export (\S+)", README, re.MULTILINE)
    assert re.search(rf"^xlsgd train .*--out {opened[1]} ", README[: opened.start()], re.MULTILINE)


def test_as_many_lessons_are_said_to_be_published_as_are():
    assert len(PUBLISHED) == 3
    assert "beside what was published of three" in README


def test_the_parts_of_a_sweep_shown_are_run_and_joined(tmp_path):
    """As a script, for workers import it."""
    (tmp_path / "parts.py").write_text(block("shard="))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "parts.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "[2000 rows x 5 columns]" in done.stdout
    assert sorted(path.suffix for path in (tmp_path / "parts").glob("sweep-adam.[cpx][sln]*")) == [
        ".csv",
        ".png",
        ".xlsx",
    ]
