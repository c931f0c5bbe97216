"""A sheet as the oracle sees it: the cells it reads, its answers, and how far rounding may carry each of them.

Torch takes other operations in another order than a formula, so where the numbers nearly cancel, two right answers
differ by far more than elsewhere. How far is measured, cell by cell, as in stochastic arithmetic (Vignes 1993): every
number read is also wobbled by some units in its last place, several times and independently, and goes through the same
computation along the last dimension of every tensor. What the wobbling does to an answer, times `MULTIPLE`, is its
slack. Where nothing cancels, that is around 1e-14 of the answer, and the answer is exact as far as anybody may say.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import count, islice, product
from string import ascii_uppercase

import torch
from torch import Tensor

from xlsgd.errors import InputError
from xlsgd.verifying.rounded import Rounded

WOBBLED = 4
"""How many times everything is computed with wobbled numbers, beside once with the sheet's."""

WOBBLE = 1e-15
"""By how much of itself a number is wobbled at the most, some units in its last place; at the least it is half."""

MULTIPLE = 4.0
"""The slack of an answer in terms of the greatest change that wobbling makes.

Measured on 6 million cells of seven workbooks: no right answer was off by more than 1.8 of the change.
"""

NEGLIGIBLE = 5e-13
"""The slack, relative to the answer, up to which an answer is given without: half of what is let pass anyway."""

SEED = 5
"""The wobbling is the same every time."""

Values = Mapping[str, float | str]
"""A sheet's numbers and texts by address; NaN stands for an error."""

CellAnswers = dict[str, Tensor | float | str]
"""Answers by address, before their slack is told; a tensor has the dimension `1 + WOBBLED` last."""


def float64(values: float | list[float] | list[list[float]]) -> Tensor:
    """Return `values` as a float64 tensor of their shape."""
    return torch.tensor(values, dtype=torch.float64)


class OracleSheet:
    """A sheet's cells by address, and the answers for its formula cells.

    What is read as a tensor has the dimension `1 + WOBBLED` last: first the number itself, then wobbled ones.

    Args:
        name: the sheet's name.
        book: the numbers and texts of each sheet by address.
    """

    def __init__(self, name: str, book: Mapping[str, Values]) -> None:
        self.name, self.book, self.values = name, book, book[name]
        self.answers: dict[str, float | str] = {}
        self._generator = torch.Generator().manual_seed(SEED)

    def other(self, name: str) -> "OracleSheet":
        """Return another sheet of the workbook."""
        return OracleSheet(name, self.book)

    def number(self, address: str) -> float:
        """Return a cell's number as it is.

        Raises:
            InputError: it holds none.
        """
        value = self.values.get(address)
        if not isinstance(value, float):
            raise InputError(f"sheet {self.name}: cell {address} holds no number; enter one")
        return value

    def numbers(self, column: str, first: int, count: int | None = None) -> list[float]:
        """Return `count` numbers from a column's row `first` down, or as many as there are, which is one at least."""
        rows = range(first, first + (count or max(1, self.count(column, first))))
        return [self.number(f"{column}{row}") for row in rows]

    def count(self, column: str, first: int) -> int:
        """Return how many numbers stand in a column from row `first` down to the first cell without one."""
        row = first
        while isinstance(self.values.get(f"{column}{row}"), float):
            row += 1
        return row - first

    def headings(self, row: int) -> dict[str, str]:
        """Return the columns of the texts in a row."""
        cells = {letter: self.values.get(f"{letter}{row}") for letter in ascii_uppercase}
        return {text: letter for letter, text in cells.items() if isinstance(text, str)}

    def labels(self, column: str = "A") -> dict[str, int]:
        """Return the rows of the texts in a column; of equal ones, the last."""
        cells = ((address.removeprefix(column), text) for address, text in self.values.items())
        return {text: int(row) for row, text in cells if row.isdigit() and isinstance(text, str)}

    def __getitem__(self, address: str) -> Tensor:
        """Return a cell's number as a tensor of shape (1 + WOBBLED,); raises InputError where it holds none."""
        return self.wobbled(float64(self.number(address)))

    def down(self, column: str, first: int, count: int | None = None) -> Tensor:
        """Return `numbers` as a tensor of shape (rows, 1 + WOBBLED)."""
        return self.wobbled(float64(self.numbers(column, first, count)))

    def wobbled(self, exact: Tensor) -> Tensor:
        """Return a tensor with a dimension more."""
        return self.rounded(exact.unsqueeze(-1).expand(*exact.shape, 1 + WOBBLED))

    def rounded(self, value: Tensor) -> Tensor:
        """Return an intermediate result, wobbled once more: a cell's own rounding, which what follows may magnify."""
        noise = torch.rand(value.shape, generator=self._generator, dtype=torch.float64) - 0.5
        noise = WOBBLE * (noise + noise.sign() / 2)
        noise[..., 0] = 0
        return value * (1 + noise)

    def answer(self, cells: Mapping[str, Tensor | float | str]) -> None:
        """Enter answers by address; what is not finite is an error in a spreadsheet, and NaN here."""
        for address, value in cells.items():
            if isinstance(value, Tensor):
                self.answers[address] = answers(value.reshape(1, -1))[0]
            else:
                self.answers[address] = value if isinstance(value, str) else number(value)

    def answer_down(self, first: int, columns: Mapping[str, Tensor]) -> None:
        """Enter answers for columns by their letters, from row `first` down."""
        for column, tensor in columns.items():
            self.answers.update({f"{column}{first + i}": value for i, value in enumerate(answers(tensor))})


def across(sheet: OracleSheet, row: int, first: int = 1) -> dict[str, str]:
    """Return the columns of the headings in a row, from a column on to the first that has none."""
    found: dict[str, str] = {}
    for letter in islice(column_names(), first - 1, None):
        text = sheet.values.get(f"{letter}{row}")
        if not isinstance(text, str):
            return found
        found[text] = letter
    return found


def column_names() -> Iterator[str]:
    """Yield the columns' names in their order: A to Z, AA to ZZ, and so on."""
    return ("".join(letters) for length in count(1) for letters in product(ascii_uppercase, repeat=length))


def answers(tensor: Tensor) -> list[float]:
    """Return the answers of a tensor of shape (rows, 1 + WOBBLED), with their slacks where these matter."""
    values = tensor[:, 0]
    slacks = MULTIPLE * (tensor[:, 1:] - tensor[:, :1]).abs().amax(1)
    matter = (slacks > NEGLIGIBLE * values.abs()) & slacks.isfinite()
    return [
        Rounded(value, slack) if matters else number(value)
        for value, slack, matters in zip(values.tolist(), slacks.tolist(), matter.tolist(), strict=True)
    ]


def number(value: float) -> float:
    """Return `value`, or NaN where it is infinite."""
    return value if math.isfinite(value) else math.nan
