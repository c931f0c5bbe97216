"""A workbook open in LibreOffice, over UNO.

`uno` can be imported only by the system's Python or by the one that LibreOffice brings, so a worker (`_uno_worker.py`)
runs under that one. Each session has a LibreOffice of its own, with its own profile, in a temporary folder that also
holds a copy of the workbook (so no lock file appears beside the workbook). Every wait is bounded. When the session
ends, or this process dies, the worker's standard input ends, and it ends LibreOffice and removes the folder.
"""

import contextlib
import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from xlsgd.atomic_files import temporary_folder
from xlsgd.reading.cells import CellValue
from xlsgd.reading.office import foreign_environment
from xlsgd.verifying.engines import EngineError, _uno_document, _uno_process
from xlsgd.verifying.engines.find_office import installed
from xlsgd.verifying.engines.stretches import stretches

WORKER = Path(_uno_process.__file__).with_name("_uno_worker.py")
"""The program that drives a LibreOffice."""

Wanted = Mapping[str, Sequence[tuple[int, int]]]
"""The cells to read: (row, column) pairs, counted from 1, by sheet."""


class Limits(NamedTuple):
    """The longest waits, in seconds."""

    start: float = 60.0
    load: float = 300.0
    recalculate: float = 300.0
    read: float = 300.0
    end: float = 20.0


class Session:
    """A workbook open in LibreOffice: set cells, recalculate, read, as often as wanted.

    A context manager; LibreOffice is started and the workbook loaded where the block is entered.

    Args:
        path: an .xlsx or .xlsm file; it is copied, and never written to.
        limits: how long to wait for what.
        macros: whether the workbook's macros can run; they do whatever they please, so only for one that you trust.

    Raises:
        EngineError: LibreOffice or its Python bridge is not installed, cannot read the workbook, takes longer than the
            limits allow, or fails.
    """

    def __init__(self, path: Path, limits: Limits | None = None, macros: bool = False) -> None:
        self.path = Path(path)
        self.limits = limits or Limits()
        self.macros = macros

    def __enter__(self) -> Self:
        python, soffice = installed()
        _check(self.path)
        self._kept = contextlib.ExitStack()
        self.folder = self._kept.enter_context(temporary_folder()).resolve()
        self.office: int | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        try:
            self._start(python, soffice, _copied(self.path, self.folder))
        except BaseException:
            self.close()
            raise
        return self

    def _start(self, python: str, soffice: str, copy: Path) -> None:
        command = [python, str(WORKER), soffice, str(self.folder), str(copy)]
        command += ["macros"] if self.macros else []
        group = _uno_process.own_process_group()
        with open(self.folder / "complaints", "wb") as complaints:
            self.worker = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=foreign_environment(),
                **group,
            )
        self.lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.office = self._hear("starting", self.limits.start)["pid"]
        self._hear("starting", self.limits.start)
        self._hear("loading", self.limits.load)

    def _listen(self) -> None:
        assert self.worker and self.worker.stdout
        with self.worker.stdout as lines:
            for line in lines:
                self.lines.put(line)
        self.lines.put(b"")

    def _hear(self, doing: str, limit: float) -> dict[str, Any]:
        try:
            line = self.lines.get(timeout=limit)
        except queue.Empty:
            self.close()
            raise EngineError(f"{self.path}: LibreOffice took more than {limit:g} s {doing}; it was ended") from None
        said: dict[str, Any] = json.loads(line) if line else {"error": self._complaint()}
        if "error" in said:
            raise EngineError(f"{self.path}: {doing} failed: {said['error']}")
        return said

    def _complaint(self) -> str:
        complaints = (self.folder / "complaints").read_text(errors="replace").split("\n")
        return f"LibreOffice's helper ended by itself {' '.join(complaints[-2:])}".strip()

    def _ask(self, request: dict[str, Any], doing: str, limit: float) -> Any:
        assert self.worker and self.worker.stdin
        try:
            self.worker.stdin.write(json.dumps(request).encode() + b"\n")
            self.worker.stdin.flush()
        except (OSError, ValueError) as error:  # a pipe that nobody reads, or one that `close` has closed
            raise EngineError(f"{self.path}: {doing} failed: LibreOffice's helper has ended ({error})") from error
        return self._hear(doing, limit)["answer"]

    def take(self, path: Path) -> None:
        """Take another workbook in place of the one that is open, in the same LibreOffice."""
        self.path = path
        copy = _copied(path, self.folder)
        self._ask({"open": str(copy)}, "loading", self.limits.load)

    def set(self, sheet: str, row: int, column: int, value: CellValue) -> None:
        """Write a constant into a cell; cells that depend on it count only after `recalculate`."""
        self._ask({"assign": (sheet, row, column, value)}, "setting a cell", self.limits.recalculate)

    def recalculate(self) -> None:
        """Recalculate every formula, whatever LibreOffice holds about which are up to date."""
        self._ask({"calculate": True}, "recalculating", self.limits.recalculate)

    def run_macro(self, name: str) -> None:
        """Run a macro of the workbook, such as `Module1.Main`.

        Raises:
            EngineError: the session was opened without `macros`, there is no such macro, or it fails.
        """
        if not self.macros:
            raise EngineError(f"{self.path}: {name} was not run: open the session with macros=True")
        self._ask({"run": name}, f"running {name}", self.limits.recalculate)

    def read(self, wanted: Wanted) -> dict[str, list[CellValue]]:
        """Return the values of the wanted cells, by sheet, in the order asked for."""
        places = [(sheet, *stretch) for sheet, cells in wanted.items() for stretch in stretches(cells)]
        answers = self._ask({"read": places}, "reading", self.limits.read)
        values: dict[tuple[str, int], dict[int, CellValue]] = {}
        for (sheet, column, first, last), answer in zip(places, answers, strict=True):
            values.setdefault((sheet, column), {}).update(zip(range(first, last + 1), answer, strict=True))
        return {sheet: [values[sheet, column][row] for row, column in cells] for sheet, cells in wanted.items()}

    def close(self) -> None:
        """End LibreOffice and remove its folder."""
        if self.worker is not None and not self._ended():
            self.worker.kill()
            self.worker.wait()
            if self.office is not None:
                _uno_process.end(self.office, self.folder)
        _uno_process.remove(self.folder)
        self._kept.close()

    def _ended(self) -> bool:
        assert self.worker and self.worker.stdin
        with contextlib.suppress(OSError):
            self.worker.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.worker.wait(self.limits.end) == 0
        return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _check(path: Path) -> None:
    if path.suffix.lower() not in _uno_document.FILTERS or not path.is_file():
        raise EngineError(f"{path}: no such .xlsx or .xlsm file")


def _copied(path: Path, folder: Path) -> Path:
    """Return a copy of a workbook in a session's folder, in which the one before it may still be open."""
    _check(path)
    copy = folder / f"workbook{len(list(folder.glob('workbook*')))}{path.suffix.lower()}"
    shutil.copyfile(path, copy)
    return copy
