"""The options that bound an engine."""

import pytest
from click.testing import CliRunner

from xlsgd.commands.bounds import parse_size
from xlsgd.commands.cli import cli


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1048576", 2**20),
        ("500M", 500 * 2**20),
        ("4g", 2**32),
        ("1.5 GiB", 3 * 2**29),
        ("2048kB", 2**21),
        ("1T", 2**40),
    ],
)
def test_a_size_is_read_with_its_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("command", [["verify", "a.xlsx"], ["build", "entropy"]])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--memory", "much"], "--memory much: give a number of bytes, such as 500M or 4G"),
        (["--memory", "0"], "--memory 0: give a number of bytes, such as 500M or 4G"),
        (["--memory", "4"], "--memory 4: is 4 bytes, with which no engine starts; give a unit, such as 4G"),
        (["--memory", "64kB"], "--memory 64kB: is 65,536 bytes, with which no engine starts; give a unit, such as 4G"),
        (["--memory", "1.2.3G"], "--memory 1.2.3G: give a number of bytes, such as 500M or 4G"),
        (["--timeout", "0"], "--timeout 0: give a number of seconds above 0"),
        (["--timeout", "-3"], "--timeout -3: give a number of seconds above 0"),
        (["--timeout", "nan"], "--timeout: give a finite number"),
        (["--timeout", "soon"], "--timeout: 'soon' is not a number"),
    ],
)
def test_what_is_no_bound_is_one_line(command, options, said):
    done = CliRunner().invoke(cli, [*command, *options])
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"Error: {said}\n")


def test_a_build_is_verified_within_its_bounds(tmp_path):
    done = CliRunner().invoke(cli, ["build", "entropy", "--out", str(tmp_path), "--timeout", "1e-9"])
    assert done.exit_code == 2 and "IronCalc took more than 1e-09 s and was ended" in done.stderr
    assert (tmp_path / "entropy_example.xlsx").exists()
