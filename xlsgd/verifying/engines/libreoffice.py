"""Recalculates a workbook with LibreOffice, over UNO.

LibreOffice hands back cached values unless it is told to `calculateAll()`, and `uno` can be imported only by the
system's Python or by the one that LibreOffice brings, so a worker (`_uno_worker.py`) runs under that one. Each session
has a LibreOffice of its own, with its own profile, in a temporary folder that also holds a copy of the workbook (so no
lock file appears beside the workbook). Every wait is bounded. When the session ends, or this process dies,
the worker's standard input ends, and it ends LibreOffice and removes the folder.

Where it differs from Excel by intent is in `libreoffice_quirks.py`; beside that `SUM` and `SUMSQ` are compensated sums.
"""

import math
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from xlsgd.reading.cells import CellValue
from xlsgd.verifying.engines import Wanted
from xlsgd.verifying.engines.bounds import Allowance, Crashed, TookTooMuch
from xlsgd.verifying.engines.find_office import installed
from xlsgd.verifying.engines.find_office import is_installed as is_installed
from xlsgd.verifying.engines.libreoffice_quirks import QUIRKS as QUIRKS
from xlsgd.verifying.engines.libreoffice_session import WORKER as WORKER
from xlsgd.verifying.engines.libreoffice_session import Limits, OfficeEnded, Session
from xlsgd.verifying.engines.libreoffice_session import stretches as stretches

NAME = "LibreOffice"
DATA_TABLES = True
NEARLY = 0.7
"""From which part of the memory that it may take on LibreOffice is taken to have ended for want of more."""


def recalculate(path: Path, wanted: Wanted, limits: Limits | None = None) -> dict[str, list[CellValue]]:
    """Return the recalculated values of the wanted cells, by sheet, in the order asked for.

    Raises:
        EngineError: see `Session`.
    """
    with Session(path, limits) as session:
        session.recalculate()
        return session.read(wanted)


def recalculate_within(path: Path, wanted: Wanted, bounds: Allowance) -> tuple[dict[str, list[CellValue]], float]:
    """Return what `recalculate` does, and how many seconds it took, which are bounded; its start counts for nothing.

    Raises:
        EngineError: see `Session`; an `EngineStopped` where it crashed or took too much memory.
        TimeoutError: it took more time.
    """
    limits = Limits(load=math.inf, recalculate=math.inf, read=math.inf, total=bounds.seconds, memory=bounds.memory)
    try:
        with Session(path, limits) as session:
            session.recalculate()
            return session.read(wanted), session.spent
    except OfficeEnded as ended:
        if ended.peak > NEARLY * bounds.memory:
            raise TookTooMuch(NAME, bounds) from ended
        raise Crashed(NAME, ended.status) from ended


SetAndRead = tuple[Mapping[tuple[str, int, int], CellValue], Wanted]
"""Constants to set, by (sheet, row, column), and then cells to read."""


def set_and_read(
    path: Path, steps: Iterable[SetAndRead], limits: Limits | None = None
) -> list[dict[str, list[CellValue]]]:
    """Load a workbook once; in each step set constants, recalculate, and read; return what was read in each.

    Raises:
        EngineError: see `Session`.
    """
    with Session(path, limits) as session:
        return [session_step(session, *step) for step in steps]


def session_step(
    session: Session, constants: Mapping[tuple[str, int, int], CellValue], wanted: Wanted
) -> dict[str, list[CellValue]]:
    """Set constants, recalculate, and read."""
    for (sheet, row, column), value in constants.items():
        session.set(sheet, row, column, value)
    session.recalculate()
    return session.read(wanted)


def version() -> str:
    """Return LibreOffice's version, such as `7.4.7.2`."""
    _, soffice = installed()
    told = subprocess.run([soffice, "--version"], capture_output=True, text=True, timeout=60, check=False)
    return told.stdout.split()[1] if len(told.stdout.split()) > 1 else "of unknown version"
