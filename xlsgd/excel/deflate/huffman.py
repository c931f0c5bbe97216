"""Huffman codes as Deflate packs them (RFC 1951), in tables that NumPy looks symbols up in.

Bits stand in 64-bit words, the first bit lowest, beside how many they are.
"""

import heapq
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

MATCH_LENGTHS = (
    *range(3, 11), 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
)  # fmt: skip
"""The least length of each length symbol, from 257 on (section 3.2.5)."""

LENGTH_EXTRA = (*(0,) * 8, *(1,) * 4, *(2,) * 4, *(3,) * 4, *(4,) * 4, *(5,) * 4, 0)
DISTANCES = (1, 2, *(step + (2 << bits) + 1 for bits in range(14) for step in (0, 1 << bits)))
DISTANCE_EXTRA = (0, 0, *(bits for bits in range(14) for _ in range(2)))
"""How many bits follow each symbol, and the least distance of each distance symbol."""

FIRST_LENGTH = 257
END_OF_BLOCK = 256
LONGEST_MATCH = 258
WINDOW = 2**15
RAREST = 1024
"""A symbol counts as at least one in so many, which keeps every code within the 15 bits that Deflate allows."""


class Bits(NamedTuple):
    """Words of bits, and how many bits each has."""

    bits: Words
    n: Words

    def then(self, after: "Bits") -> "Bits":
        """Return words that hold these bits and then the others; more than 64 get lost."""
        bits = after.bits << self.n
        bits |= self.bits
        return Bits(bits, self.n + after.n)

    def of(self, symbols: npt.NDArray[Any]) -> "Bits":
        """Look symbols up."""
        return Bits(self.bits.take(symbols), self.n.take(symbols))

    def where(self, wanted: npt.NDArray[np.bool_]) -> "Bits":
        """Return the words that are wanted, and no bits in place of the others."""
        return Bits(self.bits * wanted, self.n * wanted)


def code(counts: Sequence[int]) -> Bits:
    """Return the canonical Huffman code of symbols that occur so often; one that never occurs has no bits."""
    least = sum(counts) // RAREST + 1
    heap = [(max(count, least), symbol, [symbol]) for symbol, count in enumerate(counts) if count]
    heapq.heapify(heap)
    lengths = [0] * len(counts)
    while len(heap) > 1:
        one, other = heapq.heappop(heap), heapq.heappop(heap)
        for symbol in one[2] + other[2]:
            lengths[symbol] += 1
        heapq.heappush(heap, (one[0] + other[0], one[1], one[2] + other[2]))
    if heap and not any(lengths):
        lengths[heap[0][1]] = 1
    bits, following = [0] * len(counts), 0
    for length in range(1, max(lengths) + 1):
        following <<= 1
        for symbol, own in enumerate(lengths):
            if own == length:
                bits[symbol] = int(f"{following:0{length}b}"[::-1], 2)
                following += 1
    return Bits(np.array(bits, np.uint64), np.array(lengths, np.uint64))


def with_extra(symbols: Bits, least: tuple[int, ...], extra: Sequence[int], end: int) -> Bits:
    """Return what each number below an end is spelled by: the symbol of its range, then its place in the range.

    One whose symbol never occurs has no bits.
    """
    symbol, places = ranges(least, end)
    coded = symbols.of(symbol)
    return coded.then(Bits(places, np.array(extra, np.uint64)[symbol])).where(coded.n > 0)


@cache
def ranges(least: tuple[int, ...], end: int) -> tuple[npt.NDArray[np.int64], Words]:
    """Return which range each number below an end is in, and its place there."""
    numbers = np.arange(end)
    symbols = np.maximum(np.searchsorted(np.array(least), numbers, side="right") - 1, 0)
    return symbols, (numbers - np.array(least)[symbols]).clip(0).astype(np.uint64)


def fours(characters: Bits) -> Bits:
    """Return what four characters in a row are spelled by, where the first is the lowest of four digits in base 16."""
    twos = _all_of_two(characters)
    return _all_of_two(twos)


def _all_of_two(one: Bits) -> Bits:
    both = Bits(one.bits[None, :], one.n[None, :]).then(Bits(one.bits[:, None], one.n[:, None]))
    return Bits(both.bits.ravel(), both.n.ravel())


def header(literals: Bits, distances: Bits) -> Bits:
    """Return the beginning of a block that is not the last and whose codes are these (section 3.2.7).

    The lengths of the codes are written in four bits each, which costs less than a tenth of a byte a row.
    """
    lengths = [*literals.n.tolist(), *distances.n.tolist()]
    fields = [(4, 3), (len(literals.n) - 257, 5), (len(distances.n) - 1, 5), (15, 4)]
    fields += [(0, 3)] * 3 + [(4, 3)] * 16
    fields += [(int(f"{length:04b}"[::-1], 2), 4) for length in lengths]
    bits, n = np.array(fields, np.uint64).T
    return Bits(bits, n)


def packed(words: Bits) -> bytes:
    """Return the words' bits one after another, in whole bytes."""
    ends = np.cumsum(words.n)
    starts = ends - words.n
    word, shift = starts >> np.uint64(6), starts & np.uint64(63)
    first = np.flatnonzero(np.diff(word, prepend=np.uint64(2**63)))
    last = np.append(first[1:], len(word)) - 1
    out = np.zeros(len(first) + 1, np.uint64)
    out[:-1] = np.bitwise_or.reduceat(words.bits << shift, first)
    out[1:] |= (words.bits[last] >> np.uint64(1)) >> (np.uint64(63) - shift[last])
    return out.tobytes()[: (int(ends[-1]) + 7) // 8]
