"""IDX files, the form in which MNIST was published: a header of big-endian sizes, then unsigned bytes."""

import gzip
import struct
import zlib
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from xlsgd.errors import InputError

MAX_BYTES = 384 * 2**20
"""The most that a file may unpack to: MNIST's own take 47 MB as IDX and 222 MB as a pickle."""

LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def read_bounded(path: Path, limit: int) -> bytes:
    """Read a file, unpacked where it is gzip's, and at most `limit` bytes of it.

    Raises:
        InputError: The file cannot be read, is damaged, or holds more than `limit` bytes.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[assignment]
            data = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read ({error}); fetch the file again") from error
    if len(data) > limit:
        raise InputError(f"{path}: unpacks to more than {limit:,} bytes; this is not MNIST")
    if data.startswith(LFS_POINTER):
        raise InputError(f"{path}: a Git LFS pointer in place of the file; fetch the file itself: git lfs pull")
    return data


def is_idx(data: bytes) -> bool:
    """Tell whether bytes begin as an IDX file of images or of labels does."""
    return data[:4] in (b"\0\0\x08\3", b"\0\0\x08\1")


def read_idx(path: Path, dimensions: int) -> npt.NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, .gz or not.

    Args:
        path: The file.
        dimensions: How many dimensions it must have: 3 for images, 1 for labels.

    Returns:
        A read-only array of the file's shape.

    Raises:
        InputError: The header is not IDX's, or the length is not what the header says.
    """
    data = read_bounded(path, MAX_BYTES)
    header = 4 + 4 * dimensions
    if data[:4] != bytes([0, 0, 8, dimensions]) or len(data) < header:
        raise InputError(f"{path}: not an IDX file of {dimensions} dimensions of unsigned bytes")
    shape = struct.unpack(f">{dimensions}I", data[4:header])
    count = 1
    for size in shape:
        count *= size
    if count == 0 or len(data) - header != count:
        raise InputError(f"{path}: its header says {count:,} bytes, it holds {len(data) - header:,}; fetch it again")
    return np.frombuffer(data, dtype=np.uint8, offset=header).reshape(shape)
