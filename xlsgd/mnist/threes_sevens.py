"""Lesson 4's images: MNIST's threes and sevens, trained on among the 60,000 and validated among the 10,000.

Source: fast.ai's 2020 course and book, chapter 4 (`mnist_loss`, a pixel divided by 255).
"""

import os
from typing import NamedTuple

import numpy as np

from xlsgd.errors import InputError
from xlsgd.mnist.data import BUNDLED, Digits, Split, load, place_of, whole_idx

SHOWS = (7, 3)
"""What the labels 0 and 1 stand for: lesson 4 asks whether a digit is a three."""

SCALE = 1 / 255


class SplitSizes(NamedTuple):
    """How many images there are, and how many of them are threes, to train on and to validate."""

    train: int
    train_threes: int
    valid: int
    valid_threes: int


LESSON_SIZES = SplitSizes(12_396, 6_131, 2_038, 1_010)


def load_threes_sevens(path: str | os.PathLike[str] | None = None) -> Digits:
    """Load the threes and sevens from where `data.load` finds the images.

    The four IDX files give the lesson's; mnist.pkl.gz, which sets 10,000 of the 60,000 aside, and the digits that come
    along are divided as they are for ten digits.

    Raises:
        InputError: As `data.load` does; or one of the two digits is missing from a set.
    """
    place = place_of(path)
    digits = whole_idx(place) if place and place.is_dir() else load(path)
    scale = SCALE if digits.scale == 1 / 256 else digits.scale
    return Digits(digits.name, _picked(digits, "train"), _picked(digits, "valid"), scale, SHOWS)


def _picked(digits: Digits, part: str) -> Split:
    images, labels = getattr(digits, part)
    wanted = np.isin(labels, SHOWS)
    for digit in SHOWS:
        if not (labels == digit).any():
            what = "to train on" if part == "train" else "to validate on"
            raise InputError(f"{digits.name}: no {digit} among the images {what}; threes and sevens are both needed")
    return Split(images[wanted], (labels[wanted] == SHOWS[1]).astype(np.int64))


def sizes_of(digits: Digits) -> SplitSizes:
    """Return how many threes and sevens there are."""
    train, valid = digits.train.labels, digits.valid.labels
    return SplitSizes(len(train), int(train.sum()), len(valid), int(valid.sum()))


def told(digits: Digits) -> str:
    """Say how many threes and sevens there are, and so where they are not divided as the lesson's."""
    sizes = sizes_of(digits)
    line = (
        f"Threes and sevens: {sizes.train:,} to train on ({sizes.train_threes:,} threes), "
        f"{sizes.valid:,} to validate on ({sizes.valid_threes:,} threes)"
    )
    if sizes == LESSON_SIZES or digits.name == BUNDLED:
        return f"{line}."
    return (
        f"{line}; not lesson 4's {LESSON_SIZES.train:,} and {LESSON_SIZES.valid:,}: mnist.pkl.gz divides MNIST "
        "otherwise than the four IDX files."
    )
