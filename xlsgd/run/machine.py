"""MachineCode code for this machine from LLVM's language, by llvmlite, an extra; who has it not computes as ever."""

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


class MachineCode:
    """A text's functions as machine code, which stays as long as this does.

    Args:
        llvm: llvmlite's binding.
        text: the functions in LLVM's language.
    """

    def __init__(self, llvm: Any, text: str) -> None:
        module = llvm.parse_assembly(text)
        module.verify()
        self._engine = llvm.create_mcjit_compiler(module, _target_machine(llvm))
        self._engine.finalize_object()

    def function(self, name: str, *kinds: Any) -> Callable[..., None]:
        """Return a function that gives nothing, with arguments of these kinds of `ctypes`; it lets go of the lock."""
        return ctypes.CFUNCTYPE(None, *kinds)(self._engine.get_function_address(name))


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
        return llvm if _target_machine(llvm) else None
    except (ImportError, OSError, RuntimeError):
        return None


def machine_code(text: str) -> MachineCode | None:
    """Return a text as machine code, or nothing where it cannot be had."""
    llvm = binding()
    try:
        return llvm and MachineCode(llvm, text)
    except RuntimeError:
        return None


def _target_machine(llvm: Any) -> Any:
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_triple(llvm.get_process_triple())
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=2, jit=True)


def _add_function(llvm: Any, name: str) -> bool:
    """Tell LLVM where a C function is; return whether it is the one that Python's floats call."""
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    function = getattr(library, name)
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * CALLED[name]
    llvm.add_symbol(PREFIX + name, ctypes.cast(function, ctypes.c_void_p).value)
    ours: Callable[..., float] = pow if name == "pow" else getattr(math, name)
    draw = random.Random(0)
    samples = [[draw.uniform(0.01, 0.99) for _ in range(CALLED[name])] for _ in range(SAMPLES)]
    samples += [[first, 2.0] for first, _ in samples] if name == "pow" else []
    return all(ours(*sample) == function(*sample) for sample in samples)
