"""Arrays that compute as Python's floats do, to the bit.

NumPy squares by `x*x`, a float by the C library's `pow(x, 2)`, and in about one of a thousand squares their last bits
differ; exponentials and logarithms more often. In a chaotic run such a bit grows until nothing is left of the number.
"""

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

NEAR = 2**64 // 80
"""How near a half of the last place is near, in a word's units: an 80th, as glibc's `pow` errs by at most 0.511.

That is its authors' bound for results of moderate size. Of 1e8 random squares from 1e-280 to 1e307 none erred by 0.51.
Of another C library the tests ask whether it does as well.
"""
TO_THE_HALF = np.uint64(2**63 + NEAR)
"""Brings a half to the middle of 0 to `2 * NEAR`, by wrapping around."""
WITHIN = np.uint64(2 * NEAR)
MANTISSA_BITS, EXPONENT_BITS, LAST_BIT = np.uint64(52), np.uint64(11), np.uint64(1)
LEAST = 1e-290
"""Below it squares come near the subnormal numbers, of which fewer bits are kept."""


class Floats(np.ndarray[Any, Any]):
    """An array of float64, of one dimension, whose functions are those of Python's floats, to the bit.

    Where a float has no result, there is NaN, as there is where an operand of a choice is not finite.
    """

    def __pow__(self, exponent: Any) -> Any:  # type: ignore[override]  # without a modulus
        """Return the power of each element as the C library's `pow` gives it."""
        if isinstance(exponent, int) and exponent == 2:
            return Squares(self.size)(self.view(np.ndarray)).view(Floats)
        return np.float_power(self, exponent)

    def __rpow__(self, base: Any) -> Any:  # type: ignore[override]  # without a modulus
        return np.float_power(base, self)

    @staticmethod
    def applied(primitive: Any, operands: Sequence[Any]) -> Any:
        """Return a primitive applied to arrays and numbers: as NumPy does it, or element by element as floats."""
        if primitive.column or primitive.name == "power":
            return primitive.number(*operands)
        if primitive.numpy:
            return getattr(np, primitive.numpy)(*operands)
        if primitive.compared:
            return _finite(primitive.array(np, *operands), *operands[: primitive.compared])
        return _by_element(primitive.number, *operands)


def _by_element(function: Callable[..., float], *operands: Any) -> Floats:
    def value(*numbers: float) -> float:
        try:
            return function(*numbers)
        except (ArithmeticError, ValueError):
            return math.nan

    arrays = np.broadcast_arrays(*operands)
    return np.fromiter(map(value, *(array.tolist() for array in arrays)), np.float64, arrays[0].size).view(Floats)


def _finite(chosen: Any, *compared: Any) -> Floats:
    finite = reduce(np.logical_and, map(np.isfinite, compared))
    return np.where(finite, chosen, math.nan).view(Floats)


class Powers:
    """Powers of an array, quick where few of its values differ, as a knob's in a grid of several.

    Args:
        bases: float64, of one dimension.
    """

    def __init__(self, bases: Array) -> None:
        self._values, self._places = np.unique(bases, return_inverse=True)

    def __call__(self, exponent: float, out: Array) -> Array:
        """Write each base to the power of one exponent into `out`, and return that."""
        # The places are in bounds; NumPy would go by a copy to be sure of it.
        return np.take(np.float_power(self._values, exponent), self._places, out=out, mode="clip")


class Squares:
    """Squares as `pow(x, 2)` of the C library gives them, elementwise, in a fifth of its time.

    `pow` errs by little more than half of the last place, so it can differ from `x*x`, which is rounded correctly, only
    where the exact square lies nearly halfway between two floats. The bits that the rounding drops tell where: those
    elements alone are left to `pow`.

    Args:
        size: how many elements the arrays have, all of one dimension and in float64.
    """

    def __init__(self, size: int) -> None:
        self._words = np.empty(size, np.uint64)
        self._near = np.empty(size, bool)
        self._small = np.empty(size, bool)

    def __call__(self, x: Array, out: Array | None = None) -> Array:
        """Return the squares of `x`, in `out` if that is given, which must be another array."""
        squares: Array = np.multiply(x, x, out)
        self._mark_halves(x.view(np.uint64), squares.view(np.uint64))
        if not np.fmin.reduce(squares) >= LEAST:
            self._near |= np.less(squares, LEAST, self._small)
        places = self._near.nonzero()[0]
        squares[places] = np.float_power(abs(x.take(places)), 2)  # of one sign: pow takes half the time
        return squares

    def _mark_halves(self, x: Array, squares: Array) -> None:
        """Mark where the exact square is near a half of the last place, from the numbers' bits.

        A square drops 53 of its mantissa's 106 bits if it reaches the next power of two, else 52, and then its
        exponent is odd. Of the product of two words the lower 64 bits are kept, to which the exponents add nothing
        below the 53rd.
        """
        words = self._words
        np.right_shift(squares, MANTISSA_BITS, words)
        np.bitwise_and(words, LAST_BIT, words)
        np.left_shift(x, words, words)
        np.multiply(x, words, words)
        np.left_shift(words, EXPONENT_BITS, words)
        np.add(words, TO_THE_HALF, words)
        np.less(words, WITHIN, self._near)
