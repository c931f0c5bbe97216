"""A process for one recalculation as a new Python, where a fork of this one will not do."""

import contextlib
import json
import os
import subprocess
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import msgspec

from xlsgd.verifying.engines import Wanted
from xlsgd.verifying.engines._child import bound_memory, told, write_all

WORKER = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from {0} import work; work()"
GUARD = "import os, sys; sys.stdin.read(); os.kill(int(sys.argv[1]), 9 if os.name == 'posix' else 15)"
"""What waits until the process that started it ends, and then ends the other: an engine may be deaf to all else."""


def ask(
    module: Any,
    path: Path,
    wanted: Wanted,
    memory: int,
    seconds: float,
    printed: IO[bytes],
) -> tuple[bytes, int]:
    """Return what a process told of its answers, nothing where it ended before that, and its exit status.

    Arguments and errors are those of `_forked.ask`.
    """
    cells = {name: [array("l", column).tobytes() for column in _columns(each)] for name, each in wanted.items()}
    request = msgspec.msgpack.encode((module.__name__, str(path), memory, cells))
    command = [sys.executable, "-I", "-c", WORKER.format(__name__), json.dumps(sys.path)]
    with _guarded(command, printed) as process:
        try:
            data, _ = process.communicate(request, seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
    is_whole = len(data) >= 8 and len(data) - 8 == int.from_bytes(data[:8], "little")
    return (data[8:] if is_whole else b""), process.returncode


def _columns(cells: Sequence[tuple[int, int]]) -> tuple[Iterator[int], Iterator[int]]:
    return (row for row, _ in cells), (column for _, column in cells)


@contextmanager
def _guarded(command: Sequence[str], printed: IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a process that ends with this one, and at the latest with the block."""
    group: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x200}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=printed, **group) as process:
        guard = [sys.executable, "-I", "-S", "-c", GUARD, str(process.pid)]
        try:
            with subprocess.Popen(guard, stdin=subprocess.PIPE, **group) as watching:
                try:
                    yield process
                finally:
                    watching.kill()
        finally:
            process.kill()


def work() -> None:
    """Answer one request, in the new Python."""
    answers = os.dup(1)
    os.dup2(2, 1)
    name, path, memory, cells = msgspec.msgpack.decode(sys.stdin.buffer.read())
    wanted = {sheet: [*zip(*map(_numbers, both), strict=True)] for sheet, both in cells.items()}
    bound_memory(memory)
    with contextlib.suppress(BrokenPipeError):
        write_all(answers, told(import_module(name), Path(path), wanted))
    os._exit(0)


def _numbers(data: bytes) -> "array[int]":
    numbers = array("l")
    numbers.frombytes(data)
    return numbers
