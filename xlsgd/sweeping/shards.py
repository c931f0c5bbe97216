"""A sweep in parts, for as many machines: each writes a part, and one joins them.

A part holds what a stretch of the combinations came to, and what sweep it is of, so that no part of another sweep is
joined with it by mistake. It is a NumPy archive, read without running anything of it.
"""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.training import Training
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.grid import Axis
from xlsgd.sweeping.run import Slice, combinations, sweep

PART = re.compile(r"([0-9]+)-of-([0-9]+)")
MOST = 1_000_000
"""How many parts a sweep has at most."""


class Shard(NamedTuple):
    """One part of so many, counted from 1."""

    number: int
    parts: int

    def within(self, total: int) -> tuple[int, int]:
        """Return the first of the combinations that are its own, and the first that is not, counted from 0."""
        return total * (self.number - 1) // self.parts, total * self.number // self.parts


def shard_of(text: str) -> Shard:
    """Return the part that a text such as `3/8` names.

    Raises:
        InputError: it names none.
    """
    number, _, parts = text.partition("/")
    given = [int(word) if word.isascii() and word.isdigit() and len(word) <= 7 else 0 for word in (number, parts)]
    if not 1 <= given[0] <= given[1] <= MOST:
        raise InputError(f"`shard` {text}: write I/N, the part and how many there are, such as 1/8 to 8/8")
    return Shard(*given)


def part_file(training: Training, shard: Shard) -> str:
    """Return the name of a part's file."""
    return f"sweep-{training.name}.{shard.number}-of-{shard.parts}.npz"


def write_shard(
    training: Training,
    axes: Sequence[Axis],
    epochs: int,
    folder: Path,
    shard: Shard,
    points: Points = LESSON_POINTS,
    device: str = "cpu",
    progress: Callable[[int], None] = lambda runs: None,
) -> tuple[list[Slice], Path]:
    """Run the part `shard` of a sweep, and write what it came to into a folder.

    The other arguments are those of `xlsgd.sweeping.files.write_sweep`.

    Returns:
        What its combinations came to, and the file.

    Raises:
        InputError: there are fewer combinations than parts, the folder cannot be written, or as of `sweep`.
    """
    total = combinations(axes)
    if shard.parts > total:
        raise InputError(f"`shard` {shard.number}/{shard.parts}: more parts than combinations, which are {total:,}")
    path = folder / part_file(training, shard)
    slices = list(sweep(training, axes, epochs, points, device, progress=progress, within=shard.within(total)))
    loss, reached = (np.concatenate(parts) for parts in zip(*((s.loss, s.epochs) for s in slices), strict=True))
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, loss=loss, epochs=reached, sweep=np.frombuffer(_key(training, axes, epochs, points), np.uint8))
    return slices, path


def read_shards(
    training: Training, axes: Sequence[Axis], epochs: int, folder: Path, points: Points = LESSON_POINTS
) -> Iterator[Slice]:
    """Yield what all parts of a sweep in a folder came to, in the order of the combinations.

    Raises:
        InputError: a part is missing, damaged, or of another sweep.
    """
    total, counts = combinations(axes), [len(axis.values) for axis in axes]
    for shard in _shards(training, folder):
        path, (start, stop) = folder / part_file(training, shard), shard.within(total)
        loss, reached = _read(path, _key(training, axes, epochs, points), stop - start)
        places = np.unravel_index(np.arange(start, stop), counts)
        knobs = {axis.knob: axis.values[place] for axis, place in zip(axes, places, strict=True)}
        yield Slice(knobs, loss, reached)


def _shards(training: Training, folder: Path) -> list[Shard]:
    """Return the parts in a folder, all of them."""
    head, tail = f"sweep-{training.name}.", ".npz"
    names = (path.name for path in folder.glob("*.npz"))
    between = (name[len(head) : -len(tail)] for name in names if name.startswith(head) and len(name) > len(head + tail))
    found = sorted(Shard(*map(int, match.groups())) for match in map(PART.fullmatch, between) if match)
    if not found:
        raise InputError(f"{folder}: holds no part of a sweep of {training.name}; write them by `shard` first")
    if len(parts := {shard.parts for shard in found}) > 1:
        told = " and ".join(f"{count:,}" for count in sorted(parts))
        raise InputError(f"{folder}: holds parts of sweeps in {told} parts; remove those of the others")
    missing = sorted({*range(1, parts.pop() + 1)} - {shard.number for shard in found})
    if missing:
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise InputError(f"{folder / part_file(training, found[0]._replace(number=missing[0]))}: is missing{more}")
    return found


def _read(path: Path, key: bytes, count: int) -> tuple[Array, Array]:
    try:
        with np.load(path, allow_pickle=False) as part:
            loss, reached, own = part["loss"], part["epochs"], part["sweep"]
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: is no part of a sweep, or damaged: write it again by `shard`") from error
    if own.tobytes() != key:
        raise InputError(f"{path}: is of another sweep: its knobs, ranges, epochs or points are not those given here")
    if (loss.dtype, loss.shape, reached.dtype, reached.shape) != (np.float64, (count,), np.int32, (count,)):
        raise InputError(f"{path}: is damaged: write it again by `shard`")
    return loss, reached


def _key(training: Training, axes: Sequence[Axis], epochs: int, points: Points) -> bytes:
    """Return what tells a sweep from any other."""
    rule = f"{training.rule.update.__module__}.{training.rule.update.__qualname__}"
    said = repr((training.name, training.model.name, rule, tuple(training.knobs), epochs, [axis.knob for axis in axes]))
    numbers = (np.asarray(column, float).tobytes() for column in (*(axis.values for axis in axes), *points))
    return hashlib.sha256(b"|".join((said.encode(), *numbers))).digest()
