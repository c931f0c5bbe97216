"""Functions that a rule or a row may call, on whatever it is run on.

Each takes a Python float, a NumPy array, a Torch tensor or a symbolic cell and gives back the same kind, so that
an equation is written once. Torch tensors and cells bring the function as a method of their own.
"""

import math
from typing import Any

import numpy as np

Value = Any
"""A float, a NumPy array, a Torch tensor, a checked number or a cell."""


def sqrt(x: Value) -> Value:
    """Return the square root of `x`, elementwise (Excel's `SQRT`).

    Raises:
        ValueError: `x` is a negative float; arrays and tensors give NaN there.
    """
    if isinstance(x, (float, int)):
        return math.sqrt(x)
    return x.sqrt() if hasattr(x, "sqrt") else np.sqrt(x)


def exp(x: Value) -> Value:
    """Return e to the power `x`, elementwise (Excel's `EXP`).

    Raises:
        OverflowError: `x` is a float above about 709.78; arrays and tensors give infinity there.
    """
    if isinstance(x, (float, int)):
        return math.exp(x)
    return x.exp() if hasattr(x, "exp") else np.exp(x)


def log(x: Value) -> Value:
    """Return the natural logarithm of `x`, elementwise (Excel's `LN`).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    if isinstance(x, (float, int)):
        return math.log(x)
    return x.log() if hasattr(x, "log") else np.log(x)


def log10(x: Value) -> Value:
    """Return the logarithm of `x` to base 10, elementwise (Excel's `LOG` with one argument).

    Raises:
        ValueError: `x` is a float that is not positive; arrays and tensors give NaN or infinity there.
    """
    if isinstance(x, (float, int)):
        return math.log10(x)
    return x.log10() if hasattr(x, "log10") else np.log10(x)
