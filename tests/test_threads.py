"""Work in threads: in order, told of one at a time, and over at once when nobody waits for it any more."""

import threading
import time

import numpy as np
import pytest

from xlsgd.sheets.lesson import trainings
from xlsgd.sweeping import run
from xlsgd.sweeping.grid import grid
from xlsgd.sweeping.threads import cores, in_threads


def ignore(number):
    pass


def test_there_is_a_core():
    assert cores() >= 1


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_what_is_found_comes_in_order_whichever_is_ready_first(threads):
    def compute(number, progress):
        time.sleep(0.02 if number % 2 else 0)
        progress(number)
        return number**2

    told = []
    assert list(in_threads(compute, range(20), threads, told.append)) == [number**2 for number in range(20)]
    assert sorted(told) == [*range(20)]


def test_no_more_are_begun_than_there_are_threads_and_one_is_taken():
    begun = []

    def compute(number, progress):
        begun.append(number)
        return number

    found = in_threads(compute, iter(range(1000)), 3, ignore)
    assert next(found) == 0
    assert len(begun) <= 4
    found.close()


def test_progress_is_told_by_one_thread_at_a_time():
    at_once, most = [0], [0]

    def progress(number):
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        time.sleep(0.001)
        at_once[0] -= 1

    list(in_threads(lambda number, told: [told(1) for _ in range(5)], range(8), 4, progress))
    assert most == [1]


def test_an_error_ends_all():
    reached = []

    def compute(number, progress):
        if number == 1:
            raise ValueError("one")
        for _ in range(10_000):
            time.sleep(0.001)
            progress(1)
        reached.append(number)

    began = time.monotonic()
    with pytest.raises(ValueError, match="one"):
        list(in_threads(compute, [1, 2, 3], 2, ignore))
    assert time.monotonic() - began < 5 and not reached
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor")]


@pytest.mark.parametrize("name", ["momentum", "adam_ann"])
def test_a_sweep_on_several_cores_is_that_on_one_to_the_bit(monkeypatch, name):
    axes = grid(trainings()[name], {"lr": "1e-5:1:40", "beta": "0:0.99:9"})
    monkeypatch.setattr(run, "FEW", 50)
    found = {}
    for threads in (1, 3):
        monkeypatch.setattr(run, "cores", lambda threads=threads: threads)
        slices = list(run.sweep(trainings()[name], axes, 10))
        assert len(slices) == threads
        found[threads] = [np.concatenate([getattr(s, field) for s in slices]) for field in ("loss", "epochs")]
    np.testing.assert_array_equal(found[1][0], found[3][0])
    np.testing.assert_array_equal(found[1][1], found[3][1])
