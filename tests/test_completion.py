"""What a shell completes: commands, and sheets where a command takes them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xlsgd.commands.cli import COMMANDS
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.table_books import tables
from xlsgd.workbooks.network.known import network_tables, network_trainings

TRAINED = [*trainings(), *network_trainings(), *network_tables()]
README = (Path(__file__).parent.parent / "README.md").read_text()


def completed(*words):
    """What bash is offered after these words, the last of which is not yet whole."""
    asked = {
        "COMP_WORDS": " ".join(("xlsgd", *words)),
        "COMP_CWORD": str(len(words)),
        "_XLSGD_COMPLETE": "bash_complete",
    }
    command = [sys.executable, "-m", "xlsgd"]
    result = subprocess.run(command, env=os.environ | asked, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    return [line.partition(",")[2] for line in result.stdout.splitlines() if line]


def test_commands():
    assert completed("") == list(COMMANDS)
    assert completed("p") == ["press", "page", "plot"]


@pytest.mark.parametrize("command", ["press", "sweep", "plot"])
def test_training_sheets(command):
    assert completed(command, "") == TRAINED
    assert completed(command, "adam") == ["adam", "adam_ann", "adam_textbook", "adamw"]


def test_sheets_of_every_kind():
    assert completed("trace", "") == [*TRAINED, *tables()]
    assert completed("page", "") == ["graddesc", "entropy", "network", *TRAINED, "softmax", "log_entropy"]
    assert completed("trace", "softm") == ["softmax_regression", "softmax"]


def test_a_sheet_that_is_there_already_is_not_offered_again():
    assert "adam" not in completed("plot", "adam", "basic", "ada")


def test_a_wrong_command_completes_nothing():
    assert completed("bild", "--da") == []


def test_bash_takes_the_line_that_readme_gives(tmp_path):
    (line,) = [line.strip() for line in README.splitlines() if "bash_source" in line]
    script = tmp_path / "xlsgd"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m xlsgd "$@"\n')
    script.chmod(0o755)
    typed = f"{line}\nCOMP_WORDS=(xlsgd trace adamw); COMP_CWORD=2; _xlsgd_completion xlsgd; echo ${{COMPREPLY[@]}}"
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(["bash", "-c", typed], env=os.environ | {"PATH": path}, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("adamw\n", "")
