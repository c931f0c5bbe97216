"""Many runs in pieces, on every processor."""

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from itertools import pairwise

PIECE = 2000
"""How many runs a processor does before it looks for more."""


def in_pieces(do: Callable[[int, int], object], runs: int) -> None:
    """Do all runs, from the first of a piece to the next piece's first, the pieces on whichever processor is free.

    Args:
        do: takes the first run and the first not to be done; it should let go of Python's lock.
        runs: how many there are.
    """
    count = max(1, runs // PIECE)
    bounds = pairwise(runs * i // count for i in range(count + 1))
    pieces = deque(partial(do, first, stop) for first, stop in bounds)  # which alone hold what is done

    def work() -> None:
        while True:
            try:
                do_piece = pieces.popleft()
            except IndexError:
                return
            do_piece()

    others: list[Future[None]] = []
    try:
        for _ in range(min(processors(), count) - 1):
            others.append(_threads().submit(work))
        work()
    finally:
        pieces.clear()
        for other in others:
            if not other.cancel():
                other.result()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, processors() - 1))
