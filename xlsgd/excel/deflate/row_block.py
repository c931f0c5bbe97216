"""A Deflate block of rows of one template: what a row has in common with the one before is known, not looked for.

A row's text is that of the row before but for the last digits of its number and for its values. So each cell is two
matches with the row before, between them the digits of the row's number that changed, and its value: digits, which no
earlier text helps to spell, or a match where a column repeats what another one held a row before, as the states of an
optimizer do. A compressor that searches for matches takes ones among the digits, too, that cost more than they save.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xlsgd.excel.deflate.codes import NO_FINAL_BLOCK, Codes
from xlsgd.excel.deflate.huffman import LONGEST_MATCH, WINDOW, Bits, Words, packed

Integers = npt.NDArray[np.int64]

WIDEST = 24
"""How many characters a number takes at most, such as -2.2250738585072014e-308."""

WORD = 8
MASKS = np.array([[256 ** min(max(n - at, 0), WORD) - 1 for n in range(WIDEST + 1)] for at in (0, 8, 16)], np.uint64)
"""What leaves a number so wide its first, second or third eight characters."""

SAME_START = 3
"""How many characters a value may have in common with the one above for the match before it to hold them, too."""

SHORTEST_MATCH = 3
POWERS = 10 ** np.arange(1, 8)
NONE, THREE, FOUR, SIX, EIGHT = map(np.uint64, (0, 3, 4, 6, 8))
LOW_BITS, LOW_NIBBLES, EVERY_SECOND_BYTE = (np.uint64(int(byte, 16)) for byte in ("01" * 8, "0f" * 8, "00ff" * 4))
MOST_BITS = 64
"""How many bits a word holds."""

STORED_NOTHING = b"\0\0\xff\xff"
"""A stored block of no bytes but for the bits that begin it: what follows starts with a byte."""


class Shape:
    """How long that is which a template's rows have in common.

    Args:
        start: what stands before a row's own number.
        first: and between that and its first cell's row number.
        cells: what stands between each cell's row number and its value, and behind the value, before the next number.

    Attributes:
        after: what stands before each cell's row number, and last, after the last value, before the next row's number.
        before: what stands between each cell's row number and its value.
        start: what stands before a row's own number.
        total: all of it.
    """

    def __init__(self, start: str, first: str, cells: Sequence[tuple[str, str]]) -> None:
        self.start = len(start.encode())
        self.before = np.array([len(before.encode()) for before, _ in cells])
        self.after = np.array([len(text.encode()) for text in (first, *(after for _, after in cells))])
        self.after[-1] += self.start
        self.total = int(self.before.sum() + self.after.sum())


class RowBlock:
    """Rows of one template, the first of which is written already: an axis of rows, and one of columns."""

    def __init__(self, shape: Shape, number: int, columns: Sequence[bytes]) -> None:
        self.shape = shape
        self.text = b",".join(columns) + b"," + bytes(WIDEST)
        ends = np.flatnonzero(np.frombuffer(self.text, np.uint8) == ord(","))
        starts = np.concatenate(([0], ends[:-1] + 1))
        self.starts = np.ascontiguousarray(starts.reshape(len(columns), -1).T)
        self.widths = np.ascontiguousarray((ends - starts).reshape(len(columns), -1).T)
        self._from: Words = np.ndarray(len(self.text) - WORD + 1, "<u8", self.text, strides=(1,))
        numbers = number + np.arange(len(self.starts))
        zeros = (numbers[1:, None] % POWERS == 0).sum(axis=1)
        self.digits = 1 + (numbers[:, None] >= POWERS).sum(axis=1)
        self.changed = zeros + 1
        self.changed_to = numbers[1:] // 10**zeros % 10
        first = self._eight(self.starts, self.widths)
        self.copies = self._copies(first)
        self._measure_lengths(first)
        self._measure_distances()

    def _eight(self, starts: Integers, widths: Integers, nth: int = 0) -> Words:
        """Return eight characters of each value, the first lowest, and 0 beyond its end."""
        eight: Words = self._from[WORD * nth :][starts]
        eight &= MASKS[nth].take(widths)
        return eight

    def _copies(self, first: Words) -> dict[int, int]:
        """Return each column that repeats what another one held a row before, and that one."""
        alike = (first[1:9, :, None] == first[: len(first[1:9]), None, :]).all(axis=0)
        return {int(own): int(other) for own, other in np.argwhere(alike) if self._repeats(own, other)}

    def _repeats(self, own: int, other: int) -> bool:
        here, there = (self.starts[1:, own], self.widths[1:, own]), (self.starts[:-1, other], self.widths[:-1, other])
        return here[1].min() >= SHORTEST_MATCH and all(
            np.array_equal(self._eight(*here, nth), self._eight(*there, nth)) for nth in range(WIDEST // WORD)
        )

    def _measure_lengths(self, first: Words) -> None:
        """Find how long all matches are."""
        shape, apart = self.shape, first[1:] ^ first[:-1]
        kept = self.digits[1:] - self.changed
        same = [(apart & MASKS[0][n] == 0).view(np.int8) for n in range(1, SAME_START + 1)]
        self.same = np.minimum(sum(same), self.widths[1:])
        self.same[:, list(self.copies)] = 0
        self.before = shape.before + self.same
        self.after = shape.after + kept[:, None]
        self.after[:-1, -1] = shape.after[-1] + kept[1:]
        self.after[-1, -1] = shape.after[-1] - shape.start
        self.head = np.array([shape.start + kept[0]])
        self.lengths = [self.after, self.before, self.head, *(self.widths[1:, column] for column in self.copies)]

    def _measure_distances(self) -> None:
        """Find how far before each match what it repeats stands."""
        shape, columns = self.shape, len(self.shape.before)
        passed = np.zeros((len(self.widths), columns + 1), np.int64)
        self.widths.cumsum(axis=1, out=passed[:, 1:])
        row_above = shape.total + passed[:-1, -1]
        span = row_above[:, None] - passed[:-1] + passed[1:]
        above, own, cell = self.digits[:-1, None], self.digits[1:, None], np.arange(columns + 1)
        after = span + above * (columns - cell) + own * (cell + 1)
        before = (after - above + own)[:, :-1]
        head = row_above[:1] + above[0] * (columns + 1)
        copied = []
        for column, other in self.copies.items():
            between = slice(min(column, other) + 1, max(column, other) + 1)
            apart = int(shape.before[between].sum() + shape.after[between].sum()) * (1 if other > column else -1)
            values = row_above - apart - passed[:-1, other] + passed[1:, column]
            copied.append(values + self.digits[:-1] * (columns - 1 - other) + self.digits[1:] * (column + 2))
        self.distances = [after, before, head, *copied]

    def deflated(self, codes: Codes | None) -> tuple[bytes, Codes] | None:
        """Return the rows but for the first as a block in whole bytes, and its codes, or nothing if they do not fit."""
        if not min(int(each.min()) for each in self.lengths) >= SHORTEST_MATCH:
            return None
        if max(int(each.max()) for each in self.lengths) > LONGEST_MATCH:
            return None
        if max(int(each.max()) for each in self.distances) >= WINDOW:
            return None
        if codes is None or not codes.have(self.lengths, self.distances):
            own = [column for column in range(len(self.shape.before)) if column not in self.copies]
            text = b"".join(self.text[self.starts[1, c] : self.starts[-1, c]] for c in own)
            codes = Codes(text, self.lengths, self.distances)
        words = self._words(codes)
        return None if words is None else (packed(words) + STORED_NOTHING, codes)

    def _words(self, codes: Codes) -> Bits | None:
        changed = self._changed(codes)
        after, before, head, *copied = map(codes.match, self.lengths, self.distances)
        each_row = Bits(changed.bits[:, None], changed.n[:, None])
        texts = Bits(after.bits[:, :-1], after.n[:, :-1]).then(each_row).then(before)
        following = Bits(np.append(changed.bits[1:], NONE), np.append(changed.n[1:], NONE))
        ends = Bits(after.bits[:, -1], after.n[:, -1]).then(following)
        first, rest = self._values(codes)
        for column, match in zip(self.copies, copied, strict=True):
            first.bits[:, column], first.n[:, column] = match
        start = head.then(Bits(changed.bits[:1], changed.n[:1]))
        if max(int(each.n.max()) for each in (texts, first, rest, ends, start)) > MOST_BITS:
            return None
        rows = []
        for own, end in zip(zip(texts, first, rest, strict=True), ends, strict=True):
            out = np.empty((len(end), 3 * len(self.shape.before) + 1), np.uint64)
            for place, each in enumerate(own):
                out[:, place:-1:3] = each
            out[:, -1] = end
            rows.append(out.ravel())
        last = Bits(np.array([NONE]), np.array([NO_FINAL_BLOCK], np.uint64))
        pieces = (codes.header, start, Bits(*rows), codes.end, last)
        return Bits(*(np.concatenate(each) for each in zip(*pieces, strict=True)))

    def _changed(self, codes: Codes) -> Bits:
        """Return what the changed digits of each row's number are spelled by: one, and a 0 for each that follows."""
        changed = codes.character.of(self.changed_to)
        for n in range(1, int(self.changed.max())):
            changed = changed.then(codes.character.of(np.zeros_like(self.changed)).where(self.changed > n))
        return changed

    def _values(self, codes: Codes) -> tuple[Bits, Bits]:
        """Return what the first eight characters of each value are spelled by, and what the others are."""
        starts, widths = self.starts[1:] + self.same, self.widths[1:] - self.same
        widths[:, list(self.copies)] = 0
        first, second, third = (self._spelled(codes, starts, widths, nth) for nth in range(3))
        return first, second.then(third)

    def _spelled(self, codes: Codes, starts: Integers, widths: Integers, nth: int) -> Bits:
        """Return what eight characters of each value are spelled by, found by the low four bits of each."""
        mask = MASKS[nth].take(widths)
        words: Words = self._from[WORD * nth :][starts]
        letters = words >> SIX
        letters &= LOW_BITS  # an e has the low bits of a 5
        words &= LOW_NIBBLES
        words ^= letters
        letters <<= THREE
        words ^= letters
        words |= ~mask
        words &= LOW_NIBBLES
        words |= words >> FOUR
        words &= EVERY_SECOND_BYTE
        words |= words >> EIGHT
        fours = words.view(np.uint16).astype(np.int64)
        low = codes.four.of(fours[:, ::4])
        return low.then(codes.four.of(fours[:, 2::4])) if nth < 2 or widths.max() > 20 else low
