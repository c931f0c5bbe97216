"""Slices of a sweep on every core: NumPy lets go of the interpreter while it computes, so threads are enough.

Each slice is computed by one thread, as it is on one core, so that the numbers are the same to the bit.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from threading import Event, Lock
from typing import TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")
Advance = Callable[[int], None]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Told:
    """Tells of progress from one thread at a time, and ends threads that nobody waits for any more."""

    def __init__(self, progress: Advance) -> None:
        self._progress, self._lock, self.ended = progress, Lock(), Event()

    def __call__(self, number: int) -> None:
        if self.ended.is_set():
            raise InterruptedError
        with self._lock:
            self._progress(number)


def in_threads(
    compute: Callable[[Given, Advance], Found], given: Iterable[Given], threads: int, progress: Advance
) -> Iterator[Found]:
    """Yield what is computed of each that is given, in order, by so many threads at once.

    Args:
        compute: computes one, and tells now and then of its progress, at which it is ended if nobody waits for it.
        given: what to compute it of.
        threads: how many at once.
        progress: is told, by one thread at a time.
    """
    told, rest = _Told(progress), iter(given)
    if threads == 1:
        yield from (compute(each, told) for each in rest)
        return
    with ThreadPoolExecutor(threads) as pool:
        try:
            waiting: deque[Future[Found]] = deque(pool.submit(compute, each, told) for each in islice(rest, threads))
            while waiting:
                done = waiting.popleft().result()
                waiting.extend(pool.submit(compute, each, told) for each in islice(rest, 1))
                yield done
        finally:
            told.ended.set()
            pool.shutdown(cancel_futures=True)
