"""Where a user's points come from: a file, standard input or a pipe, and how it is to be read."""

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from xlsgd.atomic_files import temporary_folder
from xlsgd.errors import InputError
from xlsgd.reading.office import find_soffice, run_office
from xlsgd.reading.package import OLE_SIGNATURE

WORKBOOKS = (".xlsx", ".xlsm")
OPEN_DOCUMENT = ".ods"
STANDARD_INPUT = Path("-")

MOST = 2**30
"""How many bytes of standard input or of a pipe are taken; they are copied into a temporary file."""

ZIP, CONTENT_TYPE = b"PK\x03\x04", b"mimetypeapplication/vnd.oasis.opendocument"
"""How a workbook begins, and what an OpenDocument file's first entry is."""

PATIENCE = 15.0
"""How many seconds a pipe may stay silent before anybody writes into it."""

CONVERSION = 120.0
"""How many seconds LibreOffice has to convert a file."""


class Source(NamedTuple):
    """A file with points.

    Args:
        path: the file that is read, perhaps a copy.
        name: what messages call it.
        worksheet: which of a workbook's worksheets is read; its first if None.
        decimal: the decimal separator, `.` or `,`; a point, if nothing else can be meant, if None.
    """

    path: Path
    name: str
    worksheet: str | None = None
    decimal: str | None = None

    def __str__(self) -> str:
        return self.name if self.worksheet is None else f"{self.name}, worksheet {self.worksheet}"

    @property
    def is_workbook(self) -> bool:
        """Whether it is a workbook rather than text."""
        return self.path.suffix.lower() in WORKBOOKS


@contextmanager
def opened(path: Path, worksheet: str | None, decimal: str | None) -> Iterator[Source]:
    """Give the file to read, copied or converted into a temporary folder where it cannot be read in place.

    Args:
        path: the file, or `-` for standard input.
        worksheet: as of `Source`.
        decimal: as of `Source`.

    Raises:
        InputError: it cannot be read, or is an .ods file and LibreOffice is missing or cannot convert it; or a
            worksheet is asked for of a file that has none, or another decimal separator than there are.
    """
    if decimal not in (None, ".", ","):
        raise InputError(f"`decimal` {decimal}: give . or ,")
    name = name_of(path)
    with temporary_folder() as folder:
        if path.is_block_device() or path.is_char_device() or path.is_socket():
            raise InputError(f"{name}: is a device; give a file")
        if path == STANDARD_INPUT or path.is_fifo():
            path = _copied(path, name, folder)
        if path.suffix.lower() == OPEN_DOCUMENT:
            path = _converted(path, name, folder)
        source = Source(path, name, worksheet, decimal)
        if worksheet is not None and not source.is_workbook:
            raise InputError(f"`worksheet` {worksheet}: {name} is no workbook; leave it out")
        _check_ending(source)
        yield source


def name_of(path: Path) -> str:
    """Return what messages call a file."""
    return "standard input" if path == STANDARD_INPUT else str(path)


def _check_ending(source: Source) -> None:
    """Refuse a workbook that is called text, and text that is called a workbook."""
    start = _start(source.path)
    if start.startswith(ZIP) and not source.is_workbook:
        raise InputError(f"{source.name}: looks like a workbook; call it .xlsx, or .ods if it is one")
    if start and source.is_workbook and not start.startswith((ZIP[:2], OLE_SIGNATURE)):
        raise InputError(
            f"{source.name}: not a workbook; give an .xlsx, .xlsm or .ods file, or call it .csv if it is text"
        )


def _start(path: Path) -> bytes:
    """Return how a file begins; nothing of one that cannot be read, which whoever reads on tells."""
    try:
        with path.open("rb") as file:
            return file.read(100)
    except OSError:
        return b""


def _copied(path: Path, name: str, folder: Path) -> Path:
    copy = folder / "points"
    try:
        with copy.open("wb") as file:
            if path == STANDARD_INPUT:
                _copy(sys.stdin.buffer, file, name)
            else:
                with _opened_pipe(path) as pipe:
                    _copy(pipe, file, name)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror or error}") from error
    return copy.rename(copy.with_suffix(_suffix(copy)))


def _opened_pipe(path: Path) -> IO[bytes]:
    """Return a pipe for reading, into which somebody has begun to write."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    begun, _, _ = select.select([descriptor], [], [], PATIENCE)
    if not begun:
        os.close(descriptor)
        raise InputError(f"{path}: is a pipe, into which nobody has written for {PATIENCE:g} s; give a file")
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "rb")


def _copy(given: IO[bytes], file: IO[bytes], name: str) -> None:
    while block := given.read(2**20):
        file.write(block)
        if file.tell() > MOST:
            raise InputError(f"{name}: more than {MOST // 2**20:,} MiB; write the points into a file and give that")


def _suffix(copy: Path) -> str:
    start = _start(copy)
    if not start.startswith(ZIP):
        return ".csv"
    return OPEN_DOCUMENT if CONTENT_TYPE in start else WORKBOOKS[0]


def _converted(path: Path, name: str, folder: Path) -> Path:
    """Return an .xlsx file with the values of an .ods file, by LibreOffice, in a folder that also holds its profile."""
    if not path.is_file():
        raise InputError(f"{name}: no such file")
    soffice = find_soffice()
    if soffice is None:
        raise InputError(f"{name}: LibreOffice reads .ods files, and is not installed; save it as .xlsx or .csv")
    copy, out = folder / "points.ods", folder / "converted"
    shutil.copyfile(path, copy)
    try:
        run_office(soffice, ["--convert-to", "xlsx", "--outdir", str(out), str(copy)], folder, CONVERSION)
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(f"{name}: LibreOffice cannot convert it; save it as .xlsx or .csv") from error
    converted = out / "points.xlsx"
    if not converted.is_file() or not os.path.getsize(converted):
        raise InputError(f"{name}: LibreOffice cannot read it as a workbook; save it as .xlsx or .csv")
    return converted
