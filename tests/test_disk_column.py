"""A column in a temporary file: whatever is done to it gives what a list gives, and nothing is left behind."""

import errno
import gc
import io
import os
import tempfile
import threading
import tracemalloc
from array import array
from itertools import chain, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.points import disk_column as columns
from xlsgd.points.disk_column import DiskColumn

BLOCK = 4
finite = st.floats(allow_nan=False, allow_infinity=False)
parts = st.lists(st.lists(finite, max_size=3 * BLOCK), max_size=5)
places = st.integers(-20, 20)


@pytest.fixture(autouse=True, scope="module")
def small_blocks():
    """So small that a few values fill several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BLOCK", BLOCK)
        yield


@pytest.fixture(params=["with pread", "without"])
def system(request, monkeypatch):
    """Windows has no `pread`."""
    if request.param == "without":
        monkeypatch.delattr(os, "pread", raising=False)


def column_of(parts):
    column = DiskColumn()
    for part in parts:
        column.extend(part)
    return column, list(chain.from_iterable(parts))


@given(parts)
def test_what_was_put_in_comes_out(parts):
    column, values = column_of(parts)
    assert array("d", column).tobytes() == array("d", values).tobytes()  # to the bit, zeros' signs too
    assert len(column) == len(values)
    assert list(reversed(column)) == values[::-1]
    assert (column._file is not None) == (len(values) >= BLOCK)
    assert len(column._end) < BLOCK


@given(parts, places, st.slices(20))
def test_indices_and_slices(parts, place, cut):
    column, values = column_of(parts)
    assert column[cut].tolist() == values[cut]
    if -len(values) <= place < len(values):
        assert column[place] == values[place]
    else:
        with pytest.raises(IndexError):
            column[place]


@given(parts, parts)
def test_columns_are_equal_where_their_values_are(ones, others):
    (one, values), (other, other_values) = column_of(ones), column_of(others)
    assert (one == other) == (values == other_values)
    assert one == DiskColumn(values)
    assert one != values
    with pytest.raises(TypeError):
        hash(one)


def test_several_readers_at_once(system):
    values = [float(i) for i in range(5 * BLOCK + 3)]
    column = DiskColumn(values)
    assert list(zip(column, column, strict=True)) == list(zip(values, values, strict=True))
    assert [(x, y) for x in column for y in column] == list(product(values, values))
    first, second = iter(column), iter(column)
    read = [next(first) for _ in range(2 * BLOCK + 1)]
    assert list(second) == values
    assert [*read, *first] == values
    assert column[7] == 7
    assert list(pairwise(column)) == list(pairwise(values))


def test_threads_that_read_at_once(system):
    column = DiskColumn(range(500 * BLOCK))
    threads, found = 4, []

    def read():
        found.extend(list(column) == list(range(500 * BLOCK)) for _ in range(10))

    started = [threading.Thread(target=read) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert found == [True] * (10 * threads)


def test_it_can_grow_after_it_was_read(system):
    column = DiskColumn(range(2 * BLOCK + 1))
    assert column[0] == 0
    column.extend(range(2 * BLOCK + 1, 4 * BLOCK))
    assert list(column) == list(range(4 * BLOCK))


def test_numpy_takes_it():
    values = np.random.default_rng(0).normal(size=5 * BLOCK + 1)
    assert (np.array(DiskColumn(values), float) == values).all()


def test_it_shows_its_first_values():
    assert repr(DiskColumn([1.5, 2])) == "DiskColumn([1.5, 2.0])"
    assert repr(DiskColumn(range(100))) == "DiskColumn([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, ...])"


# ---- the file -----------------------------------------------------------------------------------------------------


def test_the_file_goes_with_the_column_and_its_readers(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    column = DiskColumn(range(3 * BLOCK))
    assert os.name != "posix" or not list(tmp_path.iterdir())  # no name that a kill could leave
    file, reader = column._file, iter(column)
    del column
    gc.collect()
    assert list(reader) == list(range(3 * BLOCK))
    del reader
    gc.collect()
    assert file.closed
    assert not list(tmp_path.iterdir())


class Disk(io.FileIO):
    """A file on a disk that takes a few bytes at once, and only so many in all."""

    room = 10**6

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = super().write(data[: min(3, self.room)])
        self.room -= written
        return written


def test_a_disk_that_takes_a_part_of_a_block(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda buffering: Disk(tmp_path / "a", "w+b"))
    assert list(DiskColumn(range(5 * BLOCK))) == list(range(5 * BLOCK))


def test_a_disk_that_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda buffering: Disk(tmp_path / "a", "w+b"))
    monkeypatch.setattr(tempfile, "tempdir", "/the/folder")
    monkeypatch.setattr(Disk, "room", 100)
    with pytest.raises(InputError, match=r"^/the/folder: cannot be written: No space left on device; .* TMPDIR .*"):
        DiskColumn(range(5 * BLOCK))


def test_no_folder_for_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert list(DiskColumn(range(BLOCK - 1))) == list(range(BLOCK - 1))  # so few need none
    with pytest.raises(InputError, match="missing: cannot be written: No such file"):
        DiskColumn(range(BLOCK))


def test_memory_does_not_grow_with_the_rows(monkeypatch):
    """200,000 floats are 1.6 MB; a block at the true size is 128 KB, of which reading takes three copies at most."""
    monkeypatch.setattr(columns, "BLOCK", 2**14)
    tracemalloc.start()
    try:
        column = DiskColumn()
        for start in range(0, 200_000, 1000):
            column.extend(range(start, start + 1000))
        assert sum(column) == sum(range(200_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 600_000
