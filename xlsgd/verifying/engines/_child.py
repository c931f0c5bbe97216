"""What a process does that is there for one recalculation: keep to its bounds, ask the engine, answer with bytes."""

import contextlib
import gc
import os
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec

from xlsgd.verifying.engines import EngineError, Wanted

STACK = 2**28
"""What formulas nested as deep as their length allows may take of a stack; only what is touched is ever held."""

LONGEST_TEXT = 2**15
"""One character more than a cell may hold: of a longer text this much is enough to tell that it is none of Excel's."""

ROOM, ROOM_A_CELL = 2**20, 2**6
"""Bytes of answers that are taken as they come."""


def bound_memory(limit: int) -> None:
    """Let this process take no more than so many bytes beyond what it holds; on Linux alone.

    What is bounded is memory that can be written to (`RLIMIT_DATA`): address space that is only reserved, as a heap for
    each thread, counts for nothing.
    """
    if sys.platform != "linux":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError, ValueError):
        held = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        wanted = held + STACK + limit
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def told(module: Any, path: Path, wanted: Wanted) -> bytes:
    """Return an engine's answers, or how it failed, as MessagePack; it is asked in a thread with a large stack."""
    gc.disable()  # what is made here is needed to the end, and what was here before is shared as long as it lies still
    said: list[bytes] = []
    thread = threading.Thread(target=lambda: said.append(_told(module, path, wanted)))
    before = threading.stack_size(STACK)
    try:
        thread.start()
    except (RuntimeError, MemoryError):  # this much is not to be had
        return _told(module, path, wanted)
    finally:
        threading.stack_size(before)
    thread.join()
    return said[0]


def _told(module: Any, path: Path, wanted: Wanted) -> bytes:
    try:
        given = module.recalculate(path, wanted)
        return _packed({name: [*given[name]] for name in wanted})
    except EngineError as error:
        return msgspec.msgpack.encode({"refusal": str(error)})
    except MemoryError:
        return msgspec.msgpack.encode({"memory": True})
    except BaseException as error:  # a panic in Rust arrives as one of its own
        return msgspec.msgpack.encode({"error": str(error).strip(), "kind": type(error).__name__})


def _packed(answers: dict[str, list[Any]]) -> bytes:
    """Return answers as bytes; only where there are many for their number are the texts among them looked at."""
    packed = msgspec.msgpack.encode({"answers": answers})
    if len(packed) <= ROOM + ROOM_A_CELL * sum(map(len, answers.values())):
        return packed
    shorter = {name: [*map(_shorter, values)] for name, values in answers.items()}
    return msgspec.msgpack.encode({"answers": shorter})


def _shorter(value: Any) -> Any:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def write_all(descriptor: int, data: bytes) -> None:
    """Write bytes into a pipe, their number first."""
    rest = memoryview(len(data).to_bytes(8, "little") + data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
