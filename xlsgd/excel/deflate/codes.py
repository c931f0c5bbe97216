"""The codes of a block of rows: of a number's characters, of the lengths of matches and of their distances."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xlsgd.excel.deflate.huffman import (
    DISTANCE_EXTRA,
    DISTANCES,
    END_OF_BLOCK,
    FIRST_LENGTH,
    LENGTH_EXTRA,
    LONGEST_MATCH,
    MATCH_LENGTHS,
    WINDOW,
    Bits,
    code,
    fours,
    header,
    ranges,
    with_extra,
)

ALPHABET = b"0123456789\0+e-.\0"
"""What a number is spelled with, each character at the four bits that stand for it; the last stand for none."""

NO_FINAL_BLOCK = 3
"""How many bits, all 0, begin a stored block that is not the last."""


class Codes:
    """The codes.

    Args:
        numbers: a text in which the characters are as frequent as in the block.
        lengths: how long its matches are.
        distances: and how far away.
    """

    def __init__(
        self, numbers: bytes, lengths: Sequence[npt.NDArray[np.int64]], distances: Sequence[npt.NDArray[np.int64]]
    ) -> None:
        literals = np.zeros(FIRST_LENGTH + len(MATCH_LENGTHS), np.int64)
        characters = np.frombuffer(ALPHABET.replace(b"\0", b""), np.uint8)
        literals[characters] = np.bincount(np.frombuffer(numbers, np.uint8), minlength=256)[characters] + 1
        literals[END_OF_BLOCK] = 1
        literals[FIRST_LENGTH:] = _counts(lengths, MATCH_LENGTHS, LONGEST_MATCH + 1)
        all_symbols, far = code(literals.tolist()), code(_counts(distances, DISTANCES, WINDOW).tolist())
        self.header = header(all_symbols, far)
        self.end = all_symbols.of(np.array([END_OF_BLOCK]))
        self.length = with_extra(
            Bits(all_symbols.bits[FIRST_LENGTH:], all_symbols.n[FIRST_LENGTH:]),
            MATCH_LENGTHS,
            LENGTH_EXTRA,
            LONGEST_MATCH + 1,
        )
        self.distance = with_extra(far, DISTANCES, DISTANCE_EXTRA, WINDOW)
        here = np.frombuffer(ALPHABET, np.uint8)
        self.character = all_symbols.of(here).where(here > 0)
        self.four = fours(self.character)

    def have(self, lengths: Sequence[npt.NDArray[np.int64]], distances: Sequence[npt.NDArray[np.int64]]) -> bool:
        """Say whether there is a code for each of these."""
        return all(self.length.n[each].all() for each in lengths) and all(
            self.distance.n[each].all() for each in distances
        )

    def match(self, lengths: npt.NDArray[np.int64], distances: npt.NDArray[np.int64]) -> Bits:
        """Return what matches are spelled by."""
        return self.length.of(lengths).then(self.distance.of(distances))


def _counts(numbers: Sequence[npt.NDArray[np.int64]], least: tuple[int, ...], end: int) -> npt.NDArray[np.int64]:
    symbols, _ = ranges(least, end)
    return np.bincount(symbols.take(np.concatenate([each.ravel() for each in numbers])), minlength=len(least))
