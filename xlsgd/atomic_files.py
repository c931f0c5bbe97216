"""Files written beside the one that they replace, and renamed when they are whole."""

import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from xlsgd.errors import InputError

PREFIX = ".xlsgd-"
OURS = re.compile(re.escape(PREFIX) + "[a-z0-9_]{8}")
"""What a temporary folder of ours is called, of which `tempfile` makes up the end."""

LOCK = "lock"
"""The file in a temporary folder that its process holds a lock on: it gets this name once the lock is held."""

LOCK_TO_BE = "lock-to-be"

BEING_MADE = 60.0
"""For so many seconds a folder without a lock may be one that is just being made."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write; the file there replaces `path` if the `with` block ends well, else all of it goes.

    The path lies in a folder of its own beside `path`, where other files may be put too; see `temporary_folder`.

    Args:
        path: the file to replace; its folder is made if need be.

    Raises:
        InputError: the folder cannot be written, or the disk is full.
    """
    try:
        make_folder(path.parent)
        with temporary_folder(path.parent) as folder:
            yield folder / path.name
            os.replace(folder / path.name, path)
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


@contextmanager
def temporary_folder(beside: Path | None = None) -> Iterator[Path]:
    """Yield a folder that goes when the `with` block ends.

    A process that is killed leaves its folder behind; the next that makes one there removes it.

    Args:
        beside: the folder that it lies in; the system's for temporary files if None.

    Raises:
        OSError: it cannot be made.
    """
    parent = Path(tempfile.gettempdir()) if beside is None else beside
    remove_abandoned(parent)
    while True:
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True) as name:
            try:
                lock = _locked(Path(name))
            except (FileNotFoundError, BlockingIOError):  # stopped for so long that it looked abandoned
                continue
            with lock:
                yield Path(name)
            return


def remove_abandoned(folder: Path) -> list[Path]:
    """Remove what killed processes of this user left in a folder: temporary folders whose lock nobody holds.

    A folder without a lock is one whose process was killed as it made it, if it is older than `BEING_MADE`. Returns the
    folders removed.
    """
    try:
        found = [folder / name for name in os.listdir(folder) if OURS.fullmatch(name)]
    except OSError:
        return []
    return [each for each in found if _remove_if_abandoned(each)]


def _remove_if_abandoned(folder: Path) -> bool:
    with suppress(OSError):  # another's to remove, or just being made or removed
        status = os.lstat(folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != getattr(os, "getuid", lambda: status.st_uid)():
            return False
        made = (folder / LOCK).exists()
        if not made and abs(time.time() - status.st_mtime) < BEING_MADE:
            return False
        with (folder / (LOCK if made else LOCK_TO_BE)).open("rb+" if made else "ab+") as lock:
            if _take(lock) and made == (folder / LOCK).exists():
                shutil.rmtree(folder, ignore_errors=True)
                return True
    return False


def _locked(folder: Path) -> IO[bytes]:
    """Take the folder's lock, which the system lets go of when this process ends, however it ends.

    Raises:
        FileNotFoundError: somebody has removed the folder.
        BlockingIOError: somebody is about to.
    """
    lock = (folder / LOCK_TO_BE).open("ab")
    try:
        if _take(lock):
            (folder / LOCK_TO_BE).rename(folder / LOCK)
        return lock
    except BaseException:
        lock.close()
        raise


def _take(lock: IO[bytes]) -> bool:
    """Take a file's lock, and return whether it is held now, which it is not where the system knows no such locks.

    Raises:
        BlockingIOError: another process holds it.
    """
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return False
    return True
