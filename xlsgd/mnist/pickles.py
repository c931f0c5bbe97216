"""A reader of pickled NumPy arrays that cannot run anything.

`pickle.load` runs whatever the file names. This machine has no way to: it walks the opcodes (`pickletools.genops` only
parses), knows the few that NumPy's arrays are made of, imports nothing and calls nothing from the file. A name in
the file becomes an inert `GlobalName`, an array an inert `ReadArray` that `np.frombuffer` turns into numbers after the
checks.
"""

import pickletools
from collections.abc import Callable
from typing import Any

from xlsgd.mnist.pickled_arrays import (
    ADMITTED,
    DTYPE,
    ENCODE,
    FROM_BUFFER,
    RECONSTRUCT,
    Dtype,
    GlobalName,
    PickleError,
    ReadArray,
    array_from_buffer,
    check_dtype_state,
    dtype_of,
    empty_array,
    values,
)

MAX_OPCODES = 10_000
"""The lesson's file has about two hundred."""

MARKS = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
TEXTS = {"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
LATIN_1_BYTES = {"STRING", "BINSTRING", "SHORT_BINSTRING"}
BYTES = {"BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"}
NUMBERS = {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1"}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}


class Machine:
    """The stack and the memo of one reading."""

    def __init__(self, max_bytes: int) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.bytes_left = max_bytes

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def pop(self) -> Any:
        """Take the value on top, never one from before the last mark."""
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise PickleError("takes more than it has put down")
        return self.stack.pop()

    def pop_tuple(self, length: int) -> tuple[Any, ...]:
        """Take `length` values, in the order in which they were put down."""
        return tuple(reversed([self.pop() for _ in range(length)]))

    def pop_to_mark(self) -> tuple[Any, ...]:
        """Take what lies above the last mark, and the mark."""
        if not self.marks:
            raise PickleError("ends a tuple that it has not begun")
        values = self.pop_tuple(len(self.stack) - self.marks[-1])
        self.marks.pop()
        return values

    def spend(self, count: int) -> None:
        """Bound what the file can make of itself: one text, encoded again and again, is a bomb."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise PickleError("unpacks to more than such a file can hold")


def read_arrays(data: bytes, max_bytes: int) -> Any:
    """Read a pickle of tuples of NumPy arrays, of float32 and int64.

    Args:
        data: The pickle, of any protocol from 0 to 5, unpacked.
        max_bytes: The most that the texts which the file encodes may take, all together.

    Returns:
        A `numpy.ndarray`, or a tuple of at most three arrays or tuples of at most three arrays: any of these, so look
        at the types before use.

    Raises:
        PickleError: The file is damaged, or holds anything else, be it a constant such as None.
    """
    machine = Machine(max_bytes)
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if opcode.name == "STOP":
                return _finished(machine.pop())
            if count >= MAX_OPCODES:
                raise PickleError(f"has more than {MAX_OPCODES:,} opcodes")
            _execute(machine, opcode.name, argument)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise PickleError("is damaged or cut short") from error
    raise PickleError("is damaged or cut short")


def _execute(machine: Machine, opcode: str, argument: Any) -> None:
    if opcode in CONSTANTS:
        machine.push(CONSTANTS[opcode])
    elif opcode in NUMBERS | TEXTS | BYTES:
        machine.push(argument)
    elif opcode in LATIN_1_BYTES:
        machine.push(argument.encode("latin-1"))
    elif opcode in MARKS:
        machine.push(machine.pop_tuple(MARKS[opcode]))
    elif opcode in OPCODES:
        OPCODES[opcode](machine, argument)
    elif opcode not in ("PROTO", "FRAME"):
        raise PickleError(f"uses the opcode {opcode}, which no array needs")


def _mark(machine: Machine, _: Any) -> None:
    machine.marks.append(len(machine.stack))


def _tuple(machine: Machine, _: Any) -> None:
    machine.push(machine.pop_to_mark())


def _put(machine: Machine, key: Any) -> None:
    machine.memo[key] = machine.stack[-1]


def _memoize(machine: Machine, _: Any) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


def _get(machine: Machine, key: Any) -> None:
    machine.push(machine.memo[key])


def _global(machine: Machine, argument: str) -> None:
    machine.push(_admitted(GlobalName(*argument.split(" ", 1))))


def _stack_global(machine: Machine, _: Any) -> None:
    machine.push(_admitted(GlobalName(*machine.pop_tuple(2))))


def _admitted(name: GlobalName) -> GlobalName:
    if name not in ADMITTED:
        raise PickleError(f"asks for {str(name.module)[:40]!a}.{str(name.attribute)[:40]!a}, which no array needs")
    return name


def _reduce(machine: Machine, _: Any) -> None:
    name, arguments = machine.pop_tuple(2)
    if type(name) is not GlobalName or type(arguments) is not tuple:
        raise PickleError("calls what is not a name")
    if name in RECONSTRUCT:
        machine.push(empty_array(*arguments))
    elif name in FROM_BUFFER:
        machine.push(array_from_buffer(*arguments))
    elif name == DTYPE:
        machine.push(dtype_of(*arguments))
    elif name == ENCODE:
        machine.push(_encoded(machine, *arguments))
    else:
        raise PickleError(f"calls {name.module}.{name.attribute}, which no array needs")


def _encoded(machine: Machine, text: Any, encoding: Any) -> bytes:
    if type(text) is not str or encoding != "latin1":
        raise PickleError("encodes what is not an array's bytes")
    machine.spend(len(text))
    return text.encode("latin-1")


def _build(machine: Machine, _: Any) -> None:
    state = machine.pop()
    target = machine.stack[-1]
    if type(target) is Dtype and type(state) is tuple:
        check_dtype_state(*state)
    elif type(target) is ReadArray and type(state) is tuple and target.values is None:
        target.values = values(*state)
    else:
        raise PickleError("sets the state of what is not an array")


def _finished(value: Any, deep: int = 2) -> Any:
    """Return tuples, at most two deep, with the arrays in them as NumPy's."""
    if type(value) is ReadArray and value.values is not None:
        return value.values
    if type(value) is not tuple or len(value) > 3 or not deep:
        raise PickleError("holds something else than tuples of arrays")
    return tuple(_finished(item, deep - 1) for item in value)


OPCODES: dict[str, Callable[[Machine, Any], None]] = {
    "MARK": _mark,
    "TUPLE": _tuple,
    "PUT": _put,
    "BINPUT": _put,
    "LONG_BINPUT": _put,
    "MEMOIZE": _memoize,
    "GET": _get,
    "BINGET": _get,
    "LONG_BINGET": _get,
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "BUILD": _build,
}
