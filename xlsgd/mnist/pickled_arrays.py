"""What a pickled NumPy array is made of, as inert values: names, types, and arrays checked before NumPy sees them."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

ITEM_SIZES = {"f4": 4, "i8": 8}
"""The types that the lesson's file is made of: pixels and labels."""

RECONSTRUCT = {("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct")}
FROM_BUFFER = {("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer")}
NDARRAY = ("numpy", "ndarray")
DTYPE = ("numpy", "dtype")
ENCODE = ("_codecs", "encode")
ADMITTED = {NDARRAY, DTYPE, ENCODE} | RECONSTRUCT | FROM_BUFFER
"""All that a file may ask for."""


class PickleError(Exception):
    """The file holds more, less or something else than NumPy arrays."""


class GlobalName(NamedTuple):
    """A name that the file asks for; nothing is imported."""

    module: str
    attribute: str


class Dtype:
    """The type of an array's numbers, such as `f4`; little-endian."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code


class ReadArray:
    """An array as the file describes it, before the checks."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: npt.NDArray[Any] | None = None


def empty_array(kind: Any, shape: Any, code: Any) -> ReadArray:
    """Return an array to be filled by BUILD (NumPy's `_reconstruct`)."""
    if kind != GlobalName(*NDARRAY) or shape != (0,) or code not in ("b", b"b"):
        raise PickleError("makes an array in a way that NumPy does not")
    return ReadArray()


def array_from_buffer(raw: Any, dtype: Any, shape: Any, order: Any) -> ReadArray:
    """Return an array made at once (NumPy's `_frombuffer`, protocol 5)."""
    if order != "C":
        raise PickleError("holds an array that is not in C order")
    array = ReadArray()
    array.values = _checked_values(shape, dtype, raw)
    return array


def dtype_of(code: Any, align: Any = False, copy: Any = True) -> Dtype:
    """Return a type of numbers (`numpy.dtype`)."""
    text = code.decode("ascii") if type(code) is bytes else code
    if type(text) is not str or text not in ITEM_SIZES or align not in (False, 0) or copy not in (True, 1):
        raise PickleError("holds an array that is neither of float32 nor of int64")
    return Dtype(text)


def check_dtype_state(version: Any, order: Any, *rest: Any) -> None:
    """Check the state that follows a type: little-endian, without fields."""
    if version != 3 or order not in ("<", b"<") or rest != (None, None, None, -1, -1, 0):
        raise PickleError("holds an array of a structured, big-endian or unknown type")


def values(version: Any, shape: Any, dtype: Any, fortran: Any, raw: Any) -> npt.NDArray[Any]:
    """Return the numbers of an array from its state."""
    if version != 1 or fortran not in (False, 0):
        raise PickleError("holds an array that is not in C order")
    return _checked_values(shape, dtype, raw)


def _checked_values(shape: Any, dtype: Any, raw: Any) -> npt.NDArray[Any]:
    if type(dtype) is not Dtype or type(raw) not in (bytes, bytearray) or type(shape) is not tuple:
        raise PickleError("holds an array of objects")
    if not 1 <= len(shape) <= 2 or any(type(n) is not int or not 0 < n < 2**31 for n in shape):
        raise PickleError("holds an array without rows, or of more than two dimensions")
    count = shape[0] * (shape[1] if len(shape) == 2 else 1)
    if len(raw) != count * ITEM_SIZES[dtype.code]:
        raise PickleError(f"holds an array whose {len(raw):,} bytes are not what its shape needs")
    return np.frombuffer(raw, dtype="<" + dtype.code).reshape(shape)
