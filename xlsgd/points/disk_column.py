"""A column of floats whose memory does not grow with its rows: what is beyond a bound lies in a temporary file."""

import os
import reprlib
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import eq
from threading import Lock
from typing import IO, overload

from xlsgd.errors import InputError

BLOCK = 2**14
"""How many floats are read from the file at once, and less than so many are held at the end."""

SIZE = array("d").itemsize


class DiskColumn(Sequence[float]):
    """Floats in a row, added at the end and read any number of times, by several readers at once.

    The file has no name, or goes with the process where a file must have one; it is no mapped memory, whose pages
    count as the process's own once they are read.

    Args:
        values: the first of them.

    Raises:
        InputError: as by `extend`.
    """

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._end = array("d")
        self._filed = 0
        self._file: IO[bytes] | None = None
        self._reading = Lock()
        self.extend(values)

    def extend(self, values: Iterable[float]) -> None:
        """Add floats at the end; an iterable of many is held until it is added.

        Raises:
            InputError: there is no room for a temporary file.
        """
        self._end.extend(values)
        whole = len(self._end) // BLOCK * BLOCK
        if whole:
            try:
                self._put_away(self._end[:whole])
            except OSError as error:
                raise InputError(
                    f"{tempfile.tempdir or 'temporary file'}: cannot be written: {error.strerror or error}; so many "
                    f"points need a temporary file: free room there, or set TMPDIR to another folder"
                ) from error
            del self._end[:whole]

    def _put_away(self, values: "array[float]") -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the column
            weakref.finalize(self, self._file.close)
        self._file.seek(self._filed * SIZE)
        rest = memoryview(values).cast("B")
        while rest:  # a disk that is nearly full takes a part
            rest = rest[self._file.write(rest) :]
        self._filed += len(values)

    def __len__(self) -> int:
        return self._filed + len(self._end)

    def __iter__(self) -> Iterator[float]:
        return chain.from_iterable(map(self._block, range(0, len(self), BLOCK)))

    def _block(self, start: int) -> "array[float]":
        return self._values(start, start + BLOCK)

    def _values(self, start: int, stop: int) -> "array[float]":
        values = array("d", self._read(start, min(stop, self._filed)))
        return values + self._end[max(start - self._filed, 0) : max(stop - self._filed, 0)]

    def _read(self, start: int, stop: int) -> bytes:
        if self._file is None or start >= stop:
            return b""
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), (stop - start) * SIZE, start * SIZE)
        with self._reading:  # one place in the file for all readers
            self._file.seek(start * SIZE)
            return self._file.read((stop - start) * SIZE)

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> "array[float]": ...
    def __getitem__(self, index: int | slice) -> "float | array[float]":
        chosen = range(len(self))[index]
        if isinstance(chosen, int):
            return self._values(chosen, chosen + 1)[0]
        if not chosen:
            return array("d")
        first, last = sorted((chosen[0], chosen[-1]))
        return self._values(first, last + 1)[:: chosen.step]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DiskColumn):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __repr__(self) -> str:
        return f"DiskColumn({reprlib.repr(self[:7].tolist())})"
