"""Sweeps in parts: joined, they are the sweep that was never parted, to the byte."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import xlsgd
from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.sweeping.shards import MOST, Shard, shard_of

pytest.importorskip("matplotlib")
RANGES = {"lr": "1e-4:10:7", "beta": "0:0.99:5"}
FILES = ("sweep-adam.csv", "sweep-adam.png", "sweep-adam.xlsx")


def part(folder, number, parts):
    """What a worker runs, as Dask's or Ray's `map` calls it."""
    return xlsgd.sweep("adam", epochs=5, folder=folder, shard=f"{number}/{parts}", **RANGES)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return xlsgd.sweep("adam", epochs=5, folder=folder, **RANGES), folder


@given(st.integers(1, 1000), st.integers(1, 50))
def test_the_parts_are_all_combinations_once_and_alike_in_size(total, parts):
    within = [Shard(number, parts).within(total) for number in range(1, parts + 1)]
    assert [*range(total)] == [place for first, end in within for place in range(first, end)]
    sizes = [end - first for first, end in within]
    assert max(sizes) - min(sizes) <= 1


def test_two_workers_parts_are_the_whole_to_the_byte(whole, tmp_path):
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        frames = list(workers.map(partial(part, tmp_path, parts=3), (1, 2, 3)))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"sweep-adam.{n}-of-3.npz" for n in (1, 2, 3)]
    merged = xlsgd.sweep("adam", epochs=5, folder=tmp_path, merge=True, **RANGES)
    pd.testing.assert_frame_equal(merged, whole[0])
    pd.testing.assert_frame_equal(pd.concat(frames, ignore_index=True), whole[0])
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (whole[1] / name).read_bytes(), name


def test_the_commands_parts_are_the_whole_to_the_byte(whole, tmp_path):
    ranges = [word for knob, text in RANGES.items() for word in (f"--{knob}", text)]
    arguments = ["sweep", "adam", *ranges, "--epochs", "5", "--out", str(tmp_path)]
    for more in (["--shard", "1/2"], ["--shard", "2/2"], ["--merge"]):
        done = CliRunner().invoke(cli, [*arguments, *more])
        assert done.exit_code == 0, done.output
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (whole[1] / name).read_bytes(), name


@pytest.mark.parametrize("text", ["", "3", "0/2", "3/2", "a/b", "1/", "/2", "-1/2", "1.5/2", "²/2", f"1/{MOST + 1}"])
def test_what_names_no_part(text):
    with pytest.raises(InputError, match="write I/N"):
        shard_of(text)


def merged(folder, **other):
    return xlsgd.sweep("adam", folder=folder, merge=True, **{"epochs": 5, **RANGES, **other})


def test_a_part_that_is_missing_is_named_and_the_old_files_stay(tmp_path):
    (tmp_path / FILES[0]).write_text("mine")
    with pytest.raises(InputError, match="holds no part of a sweep of adam"):
        merged(tmp_path)
    for number in (1, 4):
        part(tmp_path, number, 4)
    with pytest.raises(InputError, match=r"sweep-adam.2-of-4.npz: is missing and 1 more"):
        merged(tmp_path)
    part(tmp_path, 1, 3)
    with pytest.raises(InputError, match="parts of sweeps in 3 and 4 parts"):
        merged(tmp_path)
    assert (tmp_path / FILES[0]).read_text() == "mine"


@pytest.mark.parametrize("other", [{"epochs": 6}, {"lr": "1e-4:11:7"}, {"points": {"x": [1, 2, 4], "y": [1, 2, 3]}}])
def test_a_part_of_another_sweep_is_not_joined(tmp_path, other):
    part(tmp_path, 1, 1)
    with pytest.raises(InputError, match="is of another sweep"):
        merged(tmp_path, **other)


@pytest.mark.parametrize("damage", ["cut", "text", "pickle", "empty"])
def test_a_damaged_part_is_one_line(tmp_path, damage):
    part(tmp_path, 1, 1)
    path = tmp_path / "sweep-adam.1-of-1.npz"
    if damage == "pickle":
        np.savez(path, loss=np.array([object()], dtype=object), epochs=np.zeros(1), sweep=np.zeros(32, np.uint8))
    else:
        path.write_bytes({"cut": path.read_bytes()[:-100], "text": b"no archive", "empty": b""}[damage])
    with pytest.raises(InputError, match="is no part of a sweep, or damaged"):
        merged(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["adam", "--shard", "3/2"], "write I/N"),
        (["adam", "--shard", "1/2", "--merge"], "one of them"),
        (["lr_find", "--knob", "b_at_start=1:2:2", "--shard", "1/2"], "for a sheet that trains"),
        (["adam", "--lr", "1", "--beta", "0.9", "--shard", "1/2"], "more parts than combinations, which are 1"),
        (["adam", "--merge"], "holds no part"),
    ],
)
def test_bad_input_is_one_line_and_status_2(tmp_path, arguments, says):
    done = CliRunner().invoke(cli, ["sweep", *arguments, "--out", str(tmp_path)])
    (line,) = done.output.splitlines()
    assert done.exit_code == 2 and line.startswith("Error: ") and says in line
    with pytest.raises(InputError):
        xlsgd.sweep("adam", shard="1/2")
