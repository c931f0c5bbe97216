"""Runs an engine in a process of its own, with bounds on time and memory: it may crash, and this process goes on.

On Linux that process is a fork of this one, which costs some milliseconds and has the workbook's cells without being
sent them; it does nothing but ask the engine. Elsewhere it is a new Python. Either ends when this one does, in whatever
way: the system sees to it on Linux, elsewhere a second process that waits for this one's end.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

import msgspec

from xlsgd.reading.cells import CellValue
from xlsgd.verifying.engines import EngineError, Wanted
from xlsgd.verifying.engines.bounds import Allowance, Crashed, TookTooLong, TookTooMuch

if sys.platform == "linux":
    from xlsgd.verifying.engines import _forked as _process
else:
    from xlsgd.verifying.engines import _spawned as _process

LONGEST = 300
END = 2**16
"""How many bytes of what an engine printed are looked at."""

OUT_OF_MEMORY = "memory allocation of "
"""How what Rust says begins where it gets no memory."""


class Apart:
    """An engine in a process of its own, within bounds that hold for all its recalculations of a workbook together.

    Args:
        module: the engine (see `xlsgd.verifying.engines`).
        bounds: what it may take.
    """

    def __init__(self, module: Any, bounds: Allowance) -> None:
        self.module = module
        self.bounds = bounds
        self.left = bounds.seconds

    def recalculated(self, path: Path, wanted: Wanted) -> dict[str, list[CellValue]]:
        """Return the wanted cells' values, by sheet, in the order asked for.

        Raises:
            EngineError: the engine cannot load the file or evaluate it.
            EngineStopped: it crashed, or took more than it may.
        """
        try:
            if hasattr(self.module, "recalculate_within"):
                return self._bounded(path, wanted)
            return self._asked(path, wanted)
        except TimeoutError:
            raise TookTooLong(self.module.NAME, self.bounds) from None

    def _bounded(self, path: Path, wanted: Wanted) -> dict[str, list[CellValue]]:
        given, spent = self.module.recalculate_within(path, wanted, self.bounds._replace(seconds=self.left))
        self.left -= spent
        return dict(given)

    def _asked(self, path: Path, wanted: Wanted) -> dict[str, list[CellValue]]:
        name = self.module.NAME
        with tempfile.TemporaryFile() as output:
            began = time.monotonic()
            data, status = _process.ask(self.module, path, wanted, self.bounds.memory, self.left, output)
            self.left -= time.monotonic() - began
            said = msgspec.msgpack.decode(data) if data else {}
            if "answers" in said:
                return dict(said["answers"])
            printed = _lines_at_end(output)
        if "refusal" in said:
            raise EngineError(said["refusal"])
        if "memory" in said or (not said and any(line.startswith(OUT_OF_MEMORY) for line in printed)):
            raise TookTooMuch(name, self.bounds)
        if "error" in said:
            reason = said["error"] or (printed[-1] if printed else said["kind"])
            raise EngineError(f"{name} cannot recalculate it: {reason.splitlines()[0][:LONGEST]}")
        raise Crashed(name, status)


def _lines_at_end(output: IO[bytes]) -> list[str]:
    """Return the last lines with something in them of what an engine printed."""
    output.seek(max(output.seek(0, 2) - END, 0))
    lines = output.read().decode(errors="replace").split("\n")
    return [line.strip() for line in lines if line.strip()]
