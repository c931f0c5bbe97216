"""Machine code where it can be had, and nothing where it cannot."""

import ctypes
import math
import sys

import pytest
from machine_support import needs_machine_code

from xlsgd.points.points import LESSON_POINTS
from xlsgd.run import machine
from xlsgd.sheets.lesson import LESSON
from xlsgd.sweeping.grid import grid
from xlsgd.sweeping.machine_program import machine_program
from xlsgd.sweeping.run import sweep


@pytest.fixture
def fresh(monkeypatch):
    """Look anew for llvmlite, now and after the test."""
    for known in (machine.binding, machine_program):
        known.cache_clear()
    yield monkeypatch
    for known in (machine.binding, machine_program):
        known.cache_clear()


@needs_machine_code
def test_a_function_is_compiled():
    x = ctypes.c_double(21.0)
    code = machine.machine_code(machine.TRIAL)
    code.function("trial", ctypes.c_void_p)(ctypes.addressof(x))
    assert x.value == 42


@needs_machine_code
def test_a_text_that_is_wrong_gives_nothing():
    assert machine.machine_code("define void @f() { ret i64 0 }") is None


def test_without_llvmlite_there_is_none(fresh):
    fresh.setitem(sys.modules, "llvmlite", None)
    fresh.setitem(sys.modules, "llvmlite.binding", None)
    assert machine.binding() is None and machine.machine_code(machine.TRIAL) is None


@needs_machine_code
def test_a_library_whose_function_is_not_that_of_floats_is_not_used(fresh):
    fresh.setattr(math, "exp", lambda x: 2.718281828459045**x)
    assert machine.binding() is None


@needs_machine_code
def test_where_memory_cannot_be_executed_there_is_none(fresh):
    def refuse(*given):
        raise RuntimeError("no executable memory")

    fresh.setattr(machine, "MachineCode", refuse)
    assert machine.binding() is None


@needs_machine_code
def test_a_processor_that_cannot_fuse_has_none(fresh):
    import llvmlite.binding as llvm

    fresh.setattr(llvm, "get_host_cpu_features", lambda: {"fma": False})
    assert machine.binding() is None


def test_a_large_sweep_without_llvmlite_is_the_same(fresh):
    axes = grid(LESSON["momentum"], {"lr": "1e-5:1e-2:20"})
    with_it = [part.loss.tolist() for part in sweep(LESSON["momentum"], axes, 3, LESSON_POINTS)]
    fresh.setitem(sys.modules, "llvmlite", None)
    fresh.setattr("xlsgd.sweeping.run.MACHINE_CODE_PAYS", 0)
    machine.binding.cache_clear()
    machine_program.cache_clear()
    assert [part.loss.tolist() for part in sweep(LESSON["momentum"], axes, 3, LESSON_POINTS)] == with_it
