"""Arrays whose powers are those of Python's floats, to the bit.

NumPy squares by `x*x`, a float by the C library's `pow(x, 2)`, and in about one of a thousand squares their last bits
differ. In a chaotic run such a bit grows until nothing is left of the number, so it matters.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

MANTISSA = np.uint64(2**52 - 1)
LEADING_BIT = np.uint64(2**52)
NEAR = 2**64 // 64
"""How near a half of the last place is near, in a word's units: a 64th, where glibc's `pow` errs by 0.507 in all."""
TO_THE_HALF = np.uint64(2**63 + NEAR)
"""Brings a half to the middle of 0 to `2 * NEAR`, by wrapping around."""
LEAST = 1e-290
"""Below it squares come near the subnormal numbers, of which fewer bits are kept."""


class Floats(np.ndarray[Any, Any]):
    """An array of float64 whose powers are those of Python's floats, to the bit."""

    def __pow__(self, exponent: Any) -> Any:  # type: ignore[override]  # without a modulus
        """Return the power of each element as the C library's `pow` gives it."""
        if isinstance(exponent, int) and exponent == 2:
            return square(self.view(np.ndarray)).view(Floats)
        return np.float_power(self, exponent)


def square(x: Array) -> Array:
    """Return `pow(x, 2)` of the C library, elementwise, in less than half its time.

    `pow` errs by little more than half of the last place, so it can differ from `x*x`, which is rounded correctly, only
    where the exact square lies nearly halfway between two floats. The bits that the rounding drops tell where: those
    elements alone are left to `pow`.

    Args:
        x: float64, of one dimension.
    """
    squares = x * x
    mantissa = x.view(np.uint64) & MANTISSA
    mantissa |= LEADING_BIT
    mantissa *= mantissa  # the low 64 of 106 bits, of which 52 or 53 are dropped
    near = squares < LEAST
    for dropped in (53, 52):
        near |= (mantissa << np.uint64(64 - dropped)) + TO_THE_HALF < np.uint64(2 * NEAR)
    places = np.flatnonzero(near)
    squares[places] = np.float_power(abs(x[places]), 2)  # of one sign: pow takes half the time
    return squares
