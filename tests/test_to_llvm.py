"""Operations as machine code against Python's floats: to the bit, tolerance none."""

import ctypes
import math
import random
import struct
from itertools import product

import pytest

from xlsgd.run.machine import binding, machine_code
from xlsgd.symbols.expression import NoFormula
from xlsgd.symbols.llvm_helpers import bits
from xlsgd.symbols.operations import Operation
from xlsgd.symbols.primitives import PRIMITIVES
from xlsgd.symbols.to_llvm import SPELLABLE, Body

pytestmark = pytest.mark.skipif(binding() is None, reason="no llvmlite, or no machine code on this processor")

INF, NAN = math.inf, math.nan
EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -7.25, 1e-3, 709.9, -745.5, 1e-200, -1e-200, 1e200, -1e308, 5e-324,
    1e-310, 1.5e-154, -1.2e-162, INF, -INF, NAN,
]  # fmt: skip
ARITY = {"add": 2, "subtract": 2, "multiply": 2, "divide": 2, "power": 2, "maximum": 2, "minimum": 2,
         "if_equal": 4, "if_above": 4, "if_at_most": 4}  # fmt: skip
LANES = 8


def compiled(op, exponent, lanes):
    """Return a function of a list of as many operands as lanes, that gives the results and what may fail."""
    body = Body(lanes, "begin")
    arity = ARITY.get(op, 1) if exponent is None else 1
    for i in range(arity):
        at = body.add(f"getelementptr double, ptr %in, i64 {i * lanes}")
        body.values[f"p{i}"] = body.add(f"load {body.type}, ptr {at}, align 8")
    body.values["2.0"] = body.number(2.0)
    operands = tuple(f"p{i}" for i in range(arity)) + (() if exponent is None else (exponent,))
    body.do(Operation("t0", op, operands))
    body.lines.append(f"  store {body.type} {body.values['t0']}, ptr %out, align 8")
    for i, failing in enumerate(body.may_fail, start=1):
        at = body.add(f"getelementptr double, ptr %out, i64 {i}")
        body.lines.append(f"  store double {failing}, ptr {at}, align 8")
    lines = "\n".join(body.lines)
    machine = machine_code(
        f"define void @f(ptr %in, ptr %out) {{\nbegin:\n{lines}\n  ret void\n}}\n" + "\n".join(body.helpers.values())
    )
    assert machine
    function = machine.function("f", ctypes.c_void_p, ctypes.c_void_p)

    def call(numbers):
        given = (ctypes.c_double * len(numbers))(*numbers)
        out = (ctypes.c_double * (lanes + len(body.may_fail)))()
        function(given, out)
        assert machine
        return list(out)

    return call


def on_floats(op, *operands):
    try:
        return PRIMITIVES[op].number(*operands)
    except (ArithmeticError, ValueError):
        return None


def spelled(value):
    return "nan" if value != value else struct.pack("<d", value)


CASES = [(op, None) for op in sorted(SPELLABLE)] + [("power", "2.0")]


@pytest.mark.parametrize(("op", "exponent"), CASES)
def test_one_number_is_that_of_floats_or_says_that_it_may_fail(op, exponent):
    call = compiled(op, exponent, 1)
    operands = (EDGES, [2.0]) if exponent else [EDGES, EDGES, [1.5], [-2.5]][: ARITY.get(op, 1)]
    for numbers in product(*operands):
        result, *failing = call(numbers)
        wanted = on_floats(op, *numbers)
        if wanted is None or isinstance(wanted, complex):
            assert not all(map(math.isfinite, failing)), numbers
        else:
            assert spelled(result) == spelled(wanted), numbers
            assert all(map(math.isfinite, failing)) or not math.isfinite(result) or abs(result) < 1e-300, numbers


@pytest.mark.parametrize(("op", "exponent"), CASES)
def test_a_vector_is_that_of_floats_and_nan_where_floats_fail(op, exponent):
    call = compiled(op, exponent, LANES)
    arity = ARITY.get(op, 1)
    cases = list(product(*((EDGES, [2.0]) if exponent else [EDGES, EDGES, [1.5], [-2.5]][:arity])))
    cases += cases[: -len(cases) % LANES]
    for start in range(0, len(cases), LANES):
        vector = cases[start : start + LANES]
        results = call([value for operand in zip(*vector, strict=True) for value in operand])
        for numbers, result in zip(vector, results, strict=True):
            compared = numbers[: PRIMITIVES[op].compared]
            wanted = on_floats(op, *numbers) if all(map(math.isfinite, compared)) else NAN
            if op in ("divide", "power") and wanted is None:  # arrays go on as IEEE 754 says
                assert not math.isfinite(result), numbers
            else:
                wanted = NAN if wanted is None or isinstance(wanted, complex) else wanted
                assert spelled(result) == spelled(wanted), numbers


@pytest.mark.parametrize("lanes", [1, LANES, 32])
def test_squares_are_those_of_pow(lanes):
    """Among 20,000 random squares some differ from the product in the last bit."""
    call, draw = compiled("power", "2.0", lanes), random.Random(1)
    numbers = [draw.uniform(-1, 1) * 10 ** draw.uniform(-150, 150) for _ in range(20_000 // 32 * 32)]
    squares = []
    for start in range(0, len(numbers), lanes):
        squares += call(numbers[start : start + lanes])[:lanes]
    assert squares == [x**2 for x in numbers] != [x * x for x in numbers]


def test_a_number_is_spelled_exactly():
    assert [bits(x) for x in (1.0, -0.0)] == ["0x3FF0000000000000", "0x8000000000000000"]


@pytest.mark.parametrize("op", ["round", "not_available", "total"])
def test_what_has_no_machine_code_says_so(op):
    body = Body(1, "begin")
    body.values["p0"] = "%p0"
    with pytest.raises(NoFormula, match=op):
        body.do(Operation("t0", op, ("p0",)))
