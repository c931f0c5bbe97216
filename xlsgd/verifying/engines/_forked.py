"""A process for one recalculation as a fork of this one."""

import contextlib
import ctypes
import faulthandler
import os
import select
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import IO, Any

from xlsgd.verifying.engines import Wanted
from xlsgd.verifying.engines._child import bound_memory, told, write_all

PR_SET_PDEATHSIG = 1
M_ARENA_MAX = -8
LOOK = 0.5
"""Seconds after which to look whether the process is still there: what else was forked may hold its pipe open."""

PIECE = 2**20
HIGHEST = 2**16


def ask(
    module: Any,
    path: Path,
    wanted: Wanted,
    memory: int,
    seconds: float,
    printed: IO[bytes],
) -> tuple[bytes, int]:
    """Return what a process told of its answers, nothing where it ended before that, and its exit status.

    Args:
        module: the engine.
        path: the workbook.
        wanted: the cells.
        memory: how many bytes the process may take.
        seconds: how long it may take.
        printed: where what it prints goes.

    Raises:
        TimeoutError: there was no answer in so many seconds; the process was ended.
    """
    reader, writer = os.pipe()
    parent, pid = os.getpid(), -1
    try:
        pid = _fork()
        if not pid:
            _work(module, path, wanted, memory, parent, writer, printed.fileno())
        os.close(writer)
        writer = -1
        data = _heard(reader, pid, time.monotonic() + seconds)
    finally:
        status = _ended(pid) if pid > 0 else 0
        for descriptor in (reader, writer):
            if descriptor >= 0:
                os.close(descriptor)
    return (bytes(data[8:]) if _is_whole(data) else b""), status


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # that there may be threads: `_work` has none of their locks
        return os.fork()


def _work(
    module: Any,
    path: Path,
    wanted: Wanted,
    memory: int,
    parent: int,
    writer: int,
    printed: int,
) -> None:
    """Answer, and end: in the fork.

    Other threads may have held locks as it came to be, which nobody gives back here: so the standard streams are new
    ones, and whatever else was open is closed, which would also keep other processes waiting.
    """
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal it comes to both, and the other one ends this
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        system = ctypes.CDLL(None)
        system.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        _share_heap(system)
        if os.getppid() == parent:
            _keep_only(writer, printed)
            bound_memory(memory)
            write_all(writer, told(module, path, wanted))
    finally:
        os._exit(0)


def _share_heap(system: ctypes.CDLL) -> None:
    """Let the thread that asks the engine use the heap that is there: one of its own is slower by a twentieth."""
    with contextlib.suppress(AttributeError):  # a C library that knows no such thing
        system.mallopt(M_ARENA_MAX, 1)


def _keep_only(writer: int, printed: int) -> None:
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    os.closerange(3, writer)
    os.closerange(writer + 1, HIGHEST)
    sys.stdout = sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def _heard(reader: int, pid: int, until: float) -> bytearray:
    """Return what comes through a pipe until all has come, or the process has ended."""
    data = bytearray()
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    while not _is_whole(data):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if poll.poll(1000 * min(left, LOOK)):
            piece = os.read(reader, PIECE)
            if not piece:
                break
            data += piece
        elif os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
    return data


def _is_whole(data: bytearray) -> bool:
    return len(data) >= 8 and len(data) - 8 >= int.from_bytes(data[:8], "little")


def _ended(pid: int) -> int:
    """End a process, if it has not ended, and return its exit status, negative for a signal."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:  # whoever started this has the system collect them
        return 0
