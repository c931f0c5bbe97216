"""Recalculates a workbook with LibreOffice, over UNO (see `office_session.py`).

LibreOffice hands back cached values unless it is told to `calculateAll()`. Where it differs from Excel by intent is in
`libreoffice_quirks.py`; beside that `SUM` and `SUMSQ` are compensated sums.
"""

import contextlib
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from xlsgd.reading.cells import CellValue
from xlsgd.verifying.engines.find_office import installed
from xlsgd.verifying.engines.find_office import is_installed as is_installed
from xlsgd.verifying.engines.libreoffice_quirks import QUIRKS as QUIRKS
from xlsgd.verifying.engines.office_session import Limits, Session, Wanted

NAME = "LibreOffice"
DATA_TABLES = True

_kept: list[Session | None] = []
"""Within `one_process` the session that is kept, none before the first workbook; without it nothing."""


@contextlib.contextmanager
def one_process() -> Iterator[None]:
    """Have `recalculate` take one LibreOffice for all workbooks of the block: to start one takes longer than most."""
    if _kept:  # a block within a block
        yield
        return
    _kept.append(None)
    try:
        yield
    finally:
        session = _kept.pop()
        if session:
            session.close()


def recalculate(path: Path, wanted: Wanted, limits: Limits | None = None) -> dict[str, list[CellValue]]:
    """Return the recalculated values of the wanted cells, by sheet, in the order asked for.

    Raises:
        EngineError: see `Session`.
    """
    if _kept and not limits:
        return _recalculated_by_the_kept(path, wanted)
    with Session(path, limits) as session:
        return session_step(session, {}, wanted)


def _recalculated_by_the_kept(path: Path, wanted: Wanted) -> dict[str, list[CellValue]]:
    session = _kept[0]
    try:
        if session:
            session.take(path)
        else:
            session = _kept[0] = Session(path).__enter__()
        return session_step(session, {}, wanted)
    except BaseException:  # whatever it was, the next workbook shall not suffer from it
        _kept[0] = None
        if session:
            session.close()
        raise


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
