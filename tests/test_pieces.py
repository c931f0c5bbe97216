"""Runs in pieces on every processor: each once, in whatever order."""

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from xlsgd.sweeping import pieces


@pytest.mark.parametrize("processors", [1, 2, 5])
@pytest.mark.parametrize("runs", [1, 1999, 2000, 20_000, 20_001])
def test_every_run_is_done_once(runs, processors, monkeypatch):
    monkeypatch.setattr(pieces, "processors", lambda: processors)
    done = []
    pieces.in_pieces(lambda first, stop: done.append((first, stop)), runs)
    done.sort()
    assert [first for first, _ in done] == [0, *(stop for _, stop in done[:-1])] and done[-1][1] == runs
    assert len(done) == 1 or min(stop - first for first, stop in done) >= pieces.PIECE


def test_two_processors_work_at_once(monkeypatch):
    monkeypatch.setattr(pieces, "processors", lambda: 2)
    pieces._threads.cache_clear()
    both = threading.Barrier(2, timeout=20)
    pieces.in_pieces(lambda first, stop: both.wait(), 2 * pieces.PIECE)


@pytest.mark.parametrize("where", [0, pieces.PIECE])
def test_what_a_piece_raises_is_raised_and_the_others_end(where, monkeypatch):
    monkeypatch.setattr(pieces, "processors", lambda: 2)
    pieces._threads.cache_clear()

    def fail(first, stop):
        if first == where:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pieces.in_pieces(fail, 40 * pieces.PIECE)


def test_there_is_a_processor():
    assert pieces.processors() >= 1


def test_what_a_piece_needs_goes_when_all_are_done_though_another_thread_never_came_to_look(monkeypatch):
    """A call that was taken back waits in the other thread's queue until that one is free."""
    monkeypatch.setattr(pieces, "processors", lambda: 2)
    busy, free = threading.Event(), threading.Event()
    threads = ThreadPoolExecutor(1)
    monkeypatch.setattr(pieces, "_threads", lambda: threads)
    threads.submit(lambda: (busy.set(), free.wait(10)))
    busy.wait(10)
    done = []

    def do(first, stop):
        done.append(stop - first)

    gone = weakref.ref(do)
    pieces.in_pieces(do, 3 * pieces.PIECE)
    del do
    assert sum(done) == 3 * pieces.PIECE
    assert gone() is None
    free.set()
    threads.shutdown()
