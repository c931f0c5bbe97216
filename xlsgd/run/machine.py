"""Machine code for this machine from LLVM's language, by llvmlite, an extra; who has it not computes as ever."""

import ctypes
import math
import platform
import random
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from xlsgd.symbols.llvm_helpers import PREFIX
from xlsgd.symbols.to_llvm import CALLED

SAMPLES = 500
"""Of how many numbers a C function must give what Python's floats give, to be taken for the one that they call."""


TRIAL = """\
define void @trial(ptr %x) {
  %old = load double, ptr %x
  %new = fadd double %old, %old
  store double %new, ptr %x
  ret void
}
"""
"""Doubles a number, to see whether machine code can be had."""


class MachineCode:
    """A text's functions as machine code, which stays as long as this or one of them does.

    Args:
        llvm: llvmlite's binding.
        text: the functions in LLVM's language.
        effort: how much is made of them, from 0 to 3.
    """

    def __init__(self, llvm: Any, text: str, effort: int) -> None:
        module = llvm.parse_assembly(text)
        module.verify()
        self._engine = llvm.create_mcjit_compiler(module, _target_machine(llvm, effort))
        self._engine.finalize_object()

    def function(self, name: str, *kinds: Any) -> Callable[..., None]:
        """Return a function that gives nothing, with arguments of these kinds of `ctypes`; it lets go of the lock."""
        function: Any = ctypes.CFUNCTYPE(None, *kinds)(self._engine.get_function_address(name))
        function.code = self  # which must not go before it
        return function  # type: ignore[no-any-return]


@cache
def binding() -> Any:
    """Return llvmlite's binding, or None where there is none, or the processor lacks what the text needs."""
    try:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        fused = dict(llvm.get_host_cpu_features()).get("fma", platform.machine().lower() in ("arm64", "aarch64"))
        if not fused or not all(_add_function(llvm, name) for name in CALLED):
            return None
        number = ctypes.c_double(21.0)
        MachineCode(llvm, TRIAL, 0).function("trial", ctypes.c_void_p)(ctypes.addressof(number))
        return llvm if number.value == 42 else None
    except (ImportError, AttributeError, OSError, RuntimeError):  # a Python that is linked otherwise has no exp
        return None


def machine_code(text: str, quickly: bool = False) -> MachineCode | None:
    """Return a text as machine code, or nothing where it cannot be had.

    Args:
        text: functions in LLVM's language.
        quickly: whether it shall be made quickly rather than run quickly; it computes the same.
    """
    llvm = binding()
    try:
        return llvm and MachineCode(llvm, text, 0 if quickly else 2)
    except RuntimeError:
        return None


def _target_machine(llvm: Any, effort: int) -> Any:
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=effort, jit=True)


def _add_function(llvm: Any, name: str) -> bool:
    """Tell LLVM where a C function is; return whether it is the one that Python's floats call."""
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    function = getattr(library, name)
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * CALLED[name]
    llvm.add_symbol(PREFIX + name, ctypes.cast(function, ctypes.c_void_p).value)
    ours: Callable[..., float] = pow if name == "pow" else getattr(math, name)
    draw = random.Random(0)
    samples = [[draw.uniform(0.01, 0.99) for _ in range(CALLED[name])] for _ in range(SAMPLES)]
    if name == "pow":  # squares, and results below the least normal number, at which a C library may have Python fail
        samples += [[first, 2.0] for first, _ in samples] + [[first, -1060 / math.log2(first)] for first, _ in samples]
    try:
        return all(ours(*sample) == function(*sample) for sample in samples)
    except ArithmeticError:
        return False
