"""What a person sees on a terminal: every number whole, however narrow it is."""

import csv
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from xlsgd import trace
from xlsgd.commands.terminal import show_table
from xlsgd.run.press import LiveSheet, press
from xlsgd.sheets.entropy import ENTROPY
from xlsgd.sheets.lesson import LESSON


def on_terminal(*arguments, columns=80):
    """Run a command on a terminal of that many columns; its exit status and what it shows, without colours."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [sys.executable, "-m", "xlsgd", *arguments]
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment | {"TERM": "xterm"})
    os.close(its)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 2**16)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return process.wait(), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


@pytest.mark.parametrize(("sheet", "columns"), [("basic", 80), ("adam", 80), ("adam_ann", 60), ("momentum", 200)])
def test_press_shows_every_number_whole(sheet, columns):
    status, shown = on_terminal("press", sheet, "reset", "step", "run", columns=columns)
    assert status == 0
    live = LiveSheet(LESSON[sheet])
    for action in ("reset", "step", "run"):
        for name, value in press(live, action).items():
            assert re.search(rf"(?<!\S){re.escape(name)}(?!\S)", shown), name
            spelled = f"{value:.6g}" if isinstance(value, float) else value if isinstance(value, str) else ""
            assert re.search(rf"(?<!\S){re.escape(spelled)}(?!\S)", shown), f"{name} {spelled}"
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= columns


def test_of_a_list_the_table_shows_the_last_five_values_and_csv_all():
    pressed = [sys.executable, "-m", "xlsgd", "press", "basic", "step", "run", "run"]
    table, whole = (
        subprocess.run([*pressed, "--format", form], capture_output=True, text=True, check=True).stdout
        for form in ("table", "csv")
    )
    lists = [row["rmses"].split() for row in csv.DictReader(whole.splitlines())]
    assert [len(values) for values in lists] == [1, 6, 11]
    for line, values in zip(table.splitlines()[1:], lists, strict=True):
        shown = " ".join(["..."] * (len(values) > 5) + [f"{float(value):.6g}" for value in values[-5:]])
        assert line.endswith(f" {shown}")
    assert max(map(len, table.splitlines())) < 160


def test_trace_shows_every_column_whole_at_80_columns():
    status, shown = on_terminal("trace", "basic")
    assert status == 0
    assert "…" not in shown
    for name in ("intercept", "est de/db", "erra1", "est de/da", "new b", "1848.14", "-1202.04", "1836.98"):
        assert name in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("sheet", [*LESSON, *ENTROPY])
def test_only_what_names_a_row_of_a_trace_is_repeated_from_table_to_table(sheet, columns):
    status, shown = on_terminal("trace", sheet, columns=columns)
    assert status == 0
    keys = ["row"] if sheet in ENTROPY else ["epoch", "row"]
    tables = [[name.strip() for name in line.split("┃")[1:-1]] for line in shown.splitlines() if "┃" in line]
    assert all(table[: len(keys)] == keys for table in tables)
    assert [name for table in tables for name in table[len(keys) :]] == list(trace(sheet).columns)
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= columns


def test_an_error_on_a_terminal_is_one_line_and_2():
    status, shown = on_terminal("press", "adm", "reset", columns=200)
    assert status == 2
    assert shown.splitlines()[0].startswith("Error: no training sheet 'adm': did you mean 'adam'?")


def test_a_table_of_one_column_is_shown_too(tmp_path):
    """Where every run of a sweep diverges there are no settings to show, only that."""
    pytest.importorskip("matplotlib")
    status, shown = on_terminal("sweep", "basic", "--lr", "10", "--epochs", "3", "--out", str(tmp_path))
    assert status == 0
    assert "every run diverged" in shown


def test_compare_fits_a_narrow_terminal(entropy_example):
    status, shown = on_terminal("compare", str(entropy_example), str(entropy_example), columns=40)
    assert status == 0
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 40


def test_no_number_is_shown_as_minus_nothing(capsys):
    show_table(["a"], [[-0.0], [0.0], [-1e-9]])
    assert capsys.readouterr().out.split() == ["a", "0", "0", "-1e-09"]
