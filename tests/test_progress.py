"""What a person sees of long work, and that with `--quiet` nothing is seen but errors."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import click
import openpyxl
import pytest
from click.testing import CliRunner
from test_terminal import on_terminal

from xlsgd.commands import progress, terminal
from xlsgd.commands.cli import cli
from xlsgd.verifying.check import verify

QUIET = {
    "build": ["build", "entropy", "--out", "{new}"],
    "build of many": ["build", "graddesc", "--set", "basic.lr=1", "--out", "{new}", "--no-verify", "--epochs", "1"],
    "verify": ["verify", "{entropy}"],
    "compare": ["compare", "{entropy}", "{entropy}"],
    "page": ["page", "adam", "--out", "{new}/page.html"],
    "sweep": ["sweep", "basic", "--lr", "1e-5:1:5", "--epochs", "3", "--out", "{new}"],
    "sweep of a table": ["sweep", "lr_find", "--knob", "b_at_start=-50:50:3", "--out", "{new}"],
    "plot": ["plot", "basic", "--set", "lr=1", "--epochs", "5", "--out", "{new}/a.png"],
    "train": ["train", "--epochs", "1", "--out", "{new}"],
    "train, several": ["train", "--lesson", "threes-sevens", "--out", "{new}"],
    "lr-find": ["lr-find", "--out", "{new}"],
}
PRINTS = {"build", "verify", "compare", "page", "sweep", "plot", "train", "lr-find", "export"}


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_every_command_that_prints_what_was_not_asked_for_can_be_quiet():
    quiet = {
        name
        for name in cli.list_commands(None)
        if any("--quiet" in parameter.opts for parameter in cli.get_command(None, name).params)
    }
    assert quiet == PRINTS


@pytest.mark.parametrize("name", QUIET)
def test_a_quiet_command_writes_its_files_and_says_nothing(name, entropy_example, tmp_path, monkeypatch):
    monkeypatch.delenv("XLSGD_MNIST", raising=False)
    places = {"new": tmp_path / "new", "entropy": entropy_example}
    result = run(*(argument.format(**places) for argument in QUIET[name]), "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert name in ("verify", "compare") or list((tmp_path / "new").iterdir())


def test_a_quiet_export_says_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("XLSGD_MNIST", raising=False)
    run("train", "--epochs", "1", "--out", tmp_path / "run", "-q")
    result = run("export", tmp_path / "run", "--digits", "2", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_a_quiet_command_is_quiet_in_its_threads_too(clock, capsys):
    """A sweep tells of its progress from the threads that compute it, in which click knows no command."""
    quiet = click.Context(cli, obj=None)
    quiet.meta[terminal.QUIET] = True
    with quiet, progress.progress_bar("Sweeping adam", 1000) as advance, ThreadPoolExecutor() as threads:
        clock[0] = 60
        threads.submit(advance, 10).result()
    assert capsys.readouterr() == ("", "")


def test_errors_and_what_was_asked_for_remain(entropy_example, tmp_path):
    result = run("verify", tmp_path / "none.xlsx", entropy_example, "--quiet")
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"Error: .*none\.xlsx.*\n", result.stderr)
    assert run("verify", entropy_example, "--quiet", "--json").stdout.startswith("[")
    assert run("compare", entropy_example, entropy_example, "--quiet", "--json").stdout.startswith("{")
    result = run("train", "--optimizer", "sgd", "--lr", "1e30", "--epochs", "1", "--out", tmp_path / "run", "--quiet")
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()][-1] == "Error"


def test_what_differs_is_told_by_the_exit_status(graddesc, entropy_example):
    result = run("compare", graddesc, entropy_example, "-q")
    assert (result.exit_code, result.output) == (1, "")


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_without_a_terminal_there_is_a_line_every_few_seconds_at_most(clock, capsys):
    with progress.progress_bar("Training", 1000) as advance:
        advance.at("adam")
        for second in range(12):
            clock[0] = second
            advance(10)
            advance(10)
    assert capsys.readouterr().err.splitlines() == ["Training adam: 110 of 1,000", "Training adam: 210 of 1,000"]


def test_more_than_was_expected_is_counted_without_an_end(clock, capsys):
    with progress.progress_bar("Writing graddesc", 100) as advance:
        clock[0] = 6
        advance(150)
    assert capsys.readouterr().err == "Writing graddesc: 150\n"


def test_short_work_says_nothing(capsys):
    with progress.progress_bar("Training", 1000) as advance:
        advance(1000)
    with progress.waiting("Verifying a.xlsx") as tell:
        tell("IronCalc recalculates")
    assert capsys.readouterr() == ("", "")


def test_while_an_engine_is_waited_for_a_line_says_which_and_how_long(monkeypatch, capsys):
    monkeypatch.setattr(progress, "BETWEEN_LINES", 0.2)
    with progress.waiting("Verifying a.xlsx") as tell:
        tell("IronCalc recalculates 3 formulas on adam")
        time.sleep(0.5)
    lines = capsys.readouterr().err.splitlines()
    assert 1 <= len(lines) <= 2
    assert lines[0] == "Verifying a.xlsx: IronCalc recalculates 3 formulas on adam, 0 s"


def test_verify_tells_the_engine_and_the_sheets(entropy_example):
    told = []
    verify(entropy_example, ["ironcalc"], ["torch"], progress=told.append)
    assert told == [
        "IronCalc recalculates 113 formulas on guide, softmax, 2 more sheets",
        *(f"Torch is asked of {sheet}" for sheet in ("guide", "softmax", "entropy", "log_entropy")),
    ]


def test_on_a_terminal_of_80_columns_verify_says_what_it_waits_for(entropy_example):
    status, shown = on_terminal("verify", "--oracle", "torch", str(entropy_example))
    assert status == 0
    assert "Verifying" in shown and "IronCalc recalculates 113 formulas" in " ".join(shown.split())


def test_on_a_terminal_plot_says_which_sheet_trains(tmp_path):
    status, shown = on_terminal("plot", "basic", "adam", "--epochs", "2000", "--out", str(tmp_path / "a.png"))
    assert status == 0
    assert "Training adam" in shown and "116058" in shown


@pytest.mark.parametrize("more", [[], ["--corrected"]])
def test_build_says_which_sheet_it_writes(tmp_path, monkeypatch, more):
    told = []

    class Told(progress.SaidProgress):
        def at(self, part):
            told.append(part)

    monkeypatch.setattr(progress, "SaidProgress", Told)
    done = CliRunner().invoke(cli, ["build", "graddesc", "--no-verify", "--out", str(tmp_path), *more])
    assert done.exit_code == 0, done.output
    (path,) = tmp_path.iterdir()
    assert told == openpyxl.load_workbook(path, read_only=True).sheetnames
