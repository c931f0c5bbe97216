"""The images that the networks learn: checked before use, wherever they come from.

Three sources: deeplearning.net's `mnist.pkl.gz`, a folder of MNIST's four IDX files (or one that holds `MNIST/raw`),
and the digits that come with the package (`digits/CREDIT.md`). The result is the same: pixels, one byte each where they
are whole steps, and labels.
"""

import hashlib
import math
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from xlsgd.errors import InputError
from xlsgd.mnist.idx import MAX_BYTES, is_idx, read_bounded, read_idx
from xlsgd.mnist.pickled_arrays import PickleError
from xlsgd.mnist.pickles import read_arrays

CLASSES = 10
MAX_SIDE = 64
ENVIRONMENT = "XLSGD_MNIST"
BUNDLED = "the digits that come with xlsgd (UCI optical digits, 1,797 of 8x8)"
PICKLES = ("mnist.pkl.gz", "mnist.pkl")
IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""The files' names as published; some programs unpack them with a dot for the second hyphen."""

INNER_FOLDERS = ("", "raw", "MNIST/raw")
"""Where in a folder the files may lie: torchvision puts them into MNIST/raw."""


class Split(NamedTuple):
    """Images and what they show.

    `images` is (n, pixels), uint8 in steps of `Digits.scale` or float32 as they are; `labels` is (n,), from 0 on.
    """

    images: npt.NDArray[Any]
    labels: npt.NDArray[np.int64]


class Digits(NamedTuple):
    """A training and a validation set; a pixel times `scale` lies in [0, 1]; label i means the digit `shows[i]`."""

    name: str
    train: Split
    valid: Split
    scale: float
    shows: tuple[int, ...] = tuple(range(CLASSES))

    @property
    def pixels(self) -> int:
        """How many pixels an image has."""
        return int(self.train.images.shape[1])

    def digest(self) -> str:
        """SHA-256 over pixels and labels: the same for MNIST from its pickle and from its IDX files."""
        sha = hashlib.sha256(repr(self.scale).encode())
        for split in (self.train, self.valid):
            for array in split:
                sha.update(f"{array.dtype.str}{array.shape}".encode())
                sha.update(np.ascontiguousarray(array).data)
        return sha.hexdigest()


def load(path: str | os.PathLike[str] | None = None) -> Digits:
    """Load the images from `path`, else from where `$XLSGD_MNIST` points, else the bundled digits.

    Args:
        path: A pickle in deeplearning.net's form (.gz or not), or a folder of the four IDX files, of such a pickle, or
            of `MNIST/raw`, where torchvision puts them.

    Raises:
        InputError: The files are missing, damaged, hostile, or not what they should be.
    """
    place = place_of(path)
    if place is None:
        return bundled()
    return from_pickle(place) if place.is_file() else from_idx(place)


def place_of(path: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the pickle, or the folder of IDX files, that `load` takes the images from; None for the bundled digits.

    Raises:
        InputError: There is no such file or folder.
    """
    given = path if path is not None else os.environ.get(ENVIRONMENT)
    if not given:
        return None
    place = Path(given)
    if not place.exists() or not (place.is_file() or place.is_dir()):
        raise InputError(f"{place}: no such file or folder; give mnist.pkl.gz or a folder of the four IDX files")
    for folder in (place / inner for inner in INNER_FOLDERS):
        if any(_idx_path(folder, name).is_file() for name in IDX_FILES):
            return folder
    return next((place / name for name in PICKLES if (place / name).is_file()), place)


def bundled() -> Digits:
    """Load the digits that come with the package: the first 1,500 to train on, 297 to validate."""
    folder = Path(__file__).parent / "digits"
    images = read_idx(folder / "images-idx3-ubyte.gz", 3)
    labels = read_idx(folder / "labels-idx1-ubyte.gz", 1)
    return _divided(BUNDLED, _checked_split(folder, "digits", images.reshape(len(images), -1), labels), 1_500, 1 / 16)


def from_pickle(path: Path) -> Digits:
    """Load `mnist.pkl.gz`: ((images, labels) to train on, to validate, to test), float32 from 0 to 1 and int64.

    Raises:
        InputError: The pickle holds anything else; nothing of it is run.
    """
    data = read_bounded(path, MAX_BYTES)
    if is_idx(data):
        raise InputError(f"{path}: one of MNIST's four IDX files; give the folder of all four")
    try:
        parts = read_arrays(data, MAX_BYTES)
    except PickleError as error:
        raise InputError(f"{path}: {error}; only a pickle of NumPy arrays, as mnist.pkl.gz, is read") from error
    if not isinstance(parts, tuple) or len(parts) != 3 or not all(isinstance(p, tuple) and len(p) == 2 for p in parts):
        raise InputError(f"{path}: not three pairs of images and labels, as mnist.pkl.gz holds them")
    names = ("training", "validation", "test")
    train, valid, _ = (_checked_split(path, name, *part) for name, part in zip(names, parts, strict=True))
    if train.images.shape[1] != valid.images.shape[1]:
        raise InputError(f"{path}: the images to train on and those to validate on differ in size")
    return _in_bytes(Digits(str(path), train, valid, 1.0))


def from_idx(folder: Path) -> Digits:
    """Load the four IDX files; the last sixth of the training images (10,000 of 60,000) validates, a byte is 1/256.

    Raises:
        InputError: A file is missing, or is not what it should be.
    """
    whole = whole_idx(folder)
    count = len(whole.train.labels)
    return _divided(str(folder), whole.train, count - count // 6, 1 / 256)


def whole_idx(folder: Path) -> Digits:
    """Load the four IDX files: all training images (60,000), and the test set (10,000) to validate; a byte is 1/256.

    Raises:
        InputError: A file is missing, or is not what it should be.
    """
    paths = [_idx_path(folder, name) for name in IDX_FILES]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise InputError(f"{folder}: {', '.join(missing)} (or .gz) missing; the four IDX files of MNIST are needed")
    arrays = [read_idx(path, 3 if "images" in path.name else 1) for path in paths]
    train = _checked_split(folder, "training", arrays[0].reshape(len(arrays[0]), -1), arrays[1])
    test = _checked_split(folder, "test", arrays[2].reshape(len(arrays[2]), -1), arrays[3])
    if train.images.shape[1] != test.images.shape[1]:
        raise InputError(f"{folder}: the images to train on and those to test on differ in size")
    return Digits(str(folder), train, test, 1 / 256)


def _idx_path(folder: Path, name: str) -> Path:
    """Return the path of an IDX file under whichever of its names it has, packed or not."""
    names = (name, name.replace("-idx", ".idx"))
    paths = (folder / f"{each}{suffix}" for each in names for suffix in (".gz", ""))
    return next((path for path in paths if path.is_file()), folder / name)


def _divided(name: str, whole: Split, count: int, scale: float) -> Digits:
    if not 0 < count < len(whole.labels):
        raise InputError(f"{name}: {len(whole.labels)} images are too few to train and to validate on")
    train = Split(whole.images[:count], whole.labels[:count])
    return Digits(name, train, Split(whole.images[count:], whole.labels[count:]), scale)


def _checked_split(path: Path, name: str, images: Any, labels: Any) -> Split:
    if not isinstance(images, np.ndarray) or not isinstance(labels, np.ndarray):
        raise InputError(f"{path}: the {name} set is not a pair of arrays")
    if images.ndim != 2 or images.dtype not in (np.float32, np.uint8):
        raise InputError(f"{path}: the {name} images are not rows of float32 pixels")
    if labels.ndim != 1 or labels.dtype not in (np.int64, np.uint8):
        raise InputError(f"{path}: the {name} labels are not a row of int64")
    if len(images) != len(labels):
        raise InputError(f"{path}: {len(images):,} {name} images but {len(labels):,} labels")
    if math.isqrt(images.shape[1]) ** 2 != images.shape[1] or images.shape[1] > MAX_SIDE**2:
        raise InputError(f"{path}: {images.shape[1]} pixels are no square image of at most {MAX_SIDE} by {MAX_SIDE}")
    _check_range(path, f"{name} label", labels, 0, CLASSES - 1)
    if images.dtype == np.float32:
        _check_range(path, f"{name} pixel", images, 0, 1)
    return Split(images, labels.astype(np.int64))


def _check_range(path: Path, what: str, values: npt.NDArray[Any], low: float, high: float) -> None:
    outside = ~((values >= low) & (values <= high))  # a NaN compares false, and so is outside
    if outside.any():
        first = np.unravel_index(int(outside.argmax()), values.shape)
        raise InputError(
            f"{path}: the {what} of image {int(first[0])} is {values[first]}; it must lie from {low} to {high}"
        )


def _in_bytes(digits: Digits) -> Digits:
    """Hold pixels in bytes where each is a whole number of 256ths: a quarter of the memory, and the same numbers."""
    splits = []
    for split in (digits.train, digits.valid):
        steps = split.images * np.float32(256)
        if steps.max() >= 256 or (steps != np.floor(steps)).any():
            return digits
        splits.append(Split(steps.astype(np.uint8), split.labels))
    return Digits(digits.name, splits[0], splits[1], 1 / 256)
