"""Files written beside the one that they replace, and renamed when they are whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from xlsgd.errors import InputError

PREFIX = ".xlsgd-"
LOCK = "lock"
"""The file in a folder being written that its process holds a lock on: it gets this name once the lock is held."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write; the file there replaces `path` if the `with` block ends well, else all of it goes.

    The path lies in a folder of its own beside `path`, where other files may be put too. A process that is killed
    leaves its folder behind; the next one to write beside it removes it.

    Args:
        path: the file to replace; its folder is made if need be.

    Raises:
        InputError: the folder cannot be written, or the disk is full.
    """
    try:
        make_folder(path.parent)
        remove_abandoned(path.parent)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=path.parent) as folder, _locked(Path(folder)):
            yield Path(folder) / path.name
            os.replace(Path(folder) / path.name, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def make_folder(folder: Path) -> None:
    """Make a folder if it is not there.

    Raises:
        InputError: the folder, or one that it shall lie in, is a file.
        OSError: it cannot be made for another reason.
    """
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)


def check_folder(folder: Path) -> None:
    """Check that a folder is there, or can be made as far as names go.

    Raises:
        InputError: the folder, or one that it shall lie in, is a file.
    """
    found = next(part for part in (folder, *folder.parents) if os.path.lexists(part))
    if not found.is_dir():
        raise InputError(f"{found}: is a file; give a folder")


def remove_abandoned(folder: Path) -> None:
    """Remove what processes left in a folder that were killed while they wrote: folders whose lock nobody holds."""
    for found in folder.glob(f"{PREFIX}*"):
        try:
            with (found / LOCK).open("rb+") as lock:
                if _take(lock):
                    shutil.rmtree(found, ignore_errors=True)
        except OSError:  # not of our making, another's to remove, or just being made or removed
            continue


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go of when this process ends, however it ends."""
    made = folder / "lock-to-be"
    with made.open("wb") as lock:
        if _take(lock):
            made.rename(folder / LOCK)
        yield


def _take(lock: IO[bytes]) -> bool:
    """Take a file's lock, and return whether it was free; where the system knows no such locks it never is."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
