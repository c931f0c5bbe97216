"""Files of a run: written beside and renamed, so that a file is whole or is not there."""

import os
from collections.abc import Callable
from pathlib import Path

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError

RUNS = Path("runs")
CHECKPOINT = "checkpoint.pt"
MARKS = ("metrics.json", CHECKPOINT, "lr-find.csv", "lessons.json")
"""What tells that a folder holds a run."""


MAX_BYTES = 2**30
"""How large a file of a run may be; a network of the lesson's takes 160 kB."""


def whole_file(path: Path) -> bytes:
    """Return what a file of a run holds.

    Raises:
        OSError: There is none, or it cannot be read.
        InputError: It is no file, which might be read without end, or larger than any run's.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: not a file; give the folder of a run")
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{path}: over {MAX_BYTES:,} bytes, more than a run leaves; give another folder")
    return path.read_bytes()


def write_beside(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` fill a file beside `path`, and put it in `path`'s place once it is whole and on the disk.

    Raises:
        InputError: The folder cannot be written to, or the disk is full.
    """
    with replacing(path) as beside:
        write(beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())


def run_folder(given: str | None, name: str, resume: bool | None = None) -> Path:
    """Return the folder of a run, made if need be: the one given, or the first free one under `runs/`.

    Args:
        given: What follows ``out``.
        name: What a new folder is called, before its number.
        resume: Whether the run in the folder is to go on; None where there is no such option.

    Raises:
        InputError: The folder holds a run already and `resume` is not asked for; or it cannot be made.
    """
    check_run_folder(given, resume)
    folder = Path(given) if given is not None else _free_folder(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); give another `out`") from error
    return folder


def check_run_folder(given: str | None, resume: bool | None = None) -> None:
    """Check that a run may take place in a folder, as far as that can be told before it is made; see `run_folder`.

    Raises:
        InputError: The folder holds a run already and `resume` is not asked for, or `resume` is, and there is none.
    """
    if given is None:
        if resume:
            raise InputError("`resume`: say with `out` which run is to go on")
        return
    folder = Path(given)
    if not resume and any((folder / mark).exists() for mark in MARKS):
        go_on = ", or go on with it by `resume`" if resume is not None and (folder / CHECKPOINT).exists() else ""
        raise InputError(f"{folder}: holds a run already; give another `out`{go_on}")


def _free_folder(name: str) -> Path:
    number = 1
    while (RUNS / f"{name}-{number}").exists():
        number += 1
    return RUNS / f"{name}-{number}"
