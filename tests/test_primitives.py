"""The table of primitives: each row on every kind of value, and as a formula in an engine that is not ours."""

import math

import numpy as np
import pytest
import torch

from xlsgd.errors import InputError
from xlsgd.run.compiled import GLOBALS, spelled
from xlsgd.sweeping.floats import Floats
from xlsgd.symbols.cells import area, at
from xlsgd.symbols.checked import Checked, plain
from xlsgd.symbols.expression import NoFormula, as_expression
from xlsgd.symbols.operations import Operation
from xlsgd.symbols.primitives import PRIMITIVES, TABLE, apply
from xlsgd.symbols.to_excel import spell

IN_A_ROW = [primitive.name for primitive in TABLE if not primitive.column]
NO_VALUE = {"not_available": (), "random_between": (1, 100)}
OPERANDS = {
    "negative": (1.7,), "absolute": (-1.7,), "sign": (-0.3,), "sqrt": (1.7,), "exp": (1.7,), "log": (1.7,),
    "log10": (1.7,), "sin": (1.7,), "cos": (1.7,), "tanh": (0.7,), "atanh": (0.7,), "sigmoid": (-0.7,), "relu": (1.7,),
    "cos_pi": (0.3,), "floor": (-1.7,), "stop_gradient": (1.7,), "round": (1.23456, 2),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum"), (1.7, -0.3)), "power": (1.7, 2.5),
    **dict.fromkeys(("if_equal", "if_above", "if_at_most"), (1.7, -0.3, 2.5, 3.5)),
}  # fmt: skip
"""What each is tried on; every row of the table must be here."""
SMOOTH = ("exp", "log", "log10", "sin", "cos", "tanh", "atanh", "sigmoid", "cos_pi")


def test_every_row_is_tried():
    assert set(IN_A_ROW) == set(OPERANDS) | set(NO_VALUE)
    assert len(PRIMITIVES) == len(TABLE), "no name twice"


@pytest.mark.parametrize("name", OPERANDS)
def test_a_row_is_one_number_on_every_kind_of_value(name):
    """Libraries' exponentials, logarithms and sines may part in the last bit: a relative 4e-16; the rest exactly."""
    operands = OPERANDS[name]
    number = apply(name, *operands)
    slack = 4e-16 if name in SMOOTH or name == "power" else 0
    assert type(number) in (float, int)
    assert plain(apply(name, *map(Checked, operands))) == number
    arrays = [np.array([x, x]) for x in operands]
    if name == "round":
        arrays[1] = 2
    assert apply(name, *arrays).tolist() == pytest.approx([number] * 2, rel=slack, abs=0)
    assert apply(name, *arrays[:1], *operands[1:]).tolist() == pytest.approx([number] * 2, rel=slack, abs=0)
    tensors = [torch.tensor(x, dtype=torch.float64) for x in operands]
    assert apply(name, *tensors[:1], *operands[1:]).item() == pytest.approx(number, rel=slack, abs=0)
    assert apply(name, *tensors).item() == pytest.approx(number, rel=slack, abs=0)


@pytest.mark.parametrize("name", OPERANDS)
def test_an_array_that_computes_as_floats_does_to_the_bit(name):
    operands = OPERANDS[name]
    values = np.linspace(0.01, 0.99 if name == "atanh" else 3, 200)
    found = apply(name, values.view(Floats), *operands[1:])
    assert isinstance(found, Floats)
    assert found.tolist() == [apply(name, x, *operands[1:]) for x in values.tolist()]


@pytest.mark.parametrize("name", OPERANDS)
def test_generated_python_is_the_same_number_to_the_bit(name):
    operands = OPERANDS[name]
    names = "pqrs"[: len(operands)]
    scope = dict(zip(names, operands, strict=True))
    exec(spelled(Operation("found", name, tuple(names))), dict(GLOBALS), scope)
    assert scope["found"] == apply(name, *operands)


@pytest.mark.parametrize("name", OPERANDS)
def test_the_formula_gives_the_number(name, engine):
    """In IronCalc, whose library's exponentials and sines part in the last bit: a relative 4e-16; the rest exactly."""
    operands = OPERANDS[name]
    places = [f"B{i + 1}" for i in range(len(operands))]
    sheet = engine()
    for place, x in zip(places, operands, strict=True):
        sheet.put(place, x)
    sheet.type("A1", "=" + spell(apply(name, *map(at, places))))
    sheet.type("A2", "=" + spell(apply(name, at("B1"), *operands[1:])))
    sheet.evaluate()
    slack = 4e-16 if name in SMOOTH else 0
    assert sheet.get("A1") == sheet.get("A2") == pytest.approx(apply(name, *operands), rel=slack, abs=0)


def test_sums_over_cells_are_what_an_engine_makes_of_them(engine):
    sheet = engine()
    marks, values = [3.0, 7.0, 3.0, 1.0], [0.5, 0.25, 0.125, 4.0]
    for row, (mark, value) in enumerate(zip(marks, values, strict=True), start=1):
        sheet.put(f"A{row}", mark)
        sheet.put(f"B{row}", value)
    cells = area("A1:A4"), area("B1:B4")
    sheet.type("C1", "=" + spell(apply("products", *cells)))
    sheet.type("C2", "=" + spell(apply("total_unless", cells[0], at("A1"), cells[1])))
    sheet.evaluate()
    assert sheet.get("C1") == apply("products", marks, values) == 1.5 + 1.75 + 0.375 + 4.0
    assert sheet.get("C2") == apply("total_unless", marks, 3.0, values) == 4.25


def test_what_has_no_number_of_its_own():
    assert plain(apply("not_available")) == "#N/A"
    assert spell(apply("if_equal", at("A1"), 0, as_expression(1), at("B1"))) == "IF(A1=0,1,B1)"


def test_of_equal_numbers_the_first_is_the_greater_and_the_smaller():
    for name in ("maximum", "minimum"):
        assert math.copysign(1, apply(name, 0.0, -0.0)) == 1
        assert math.copysign(1, apply(name, -0.0, 0.0)) == -1


def test_what_no_formula_can_say_is_an_input_that_cannot_be_used():
    assert issubclass(NoFormula, InputError)


@pytest.mark.parametrize("name", ["if_equal", "if_above", "if_at_most"])
@pytest.mark.parametrize(("x", "y"), [(1.5, 0.5), (0.5, 1.5), (0.5, 0.5), (math.nan, 0.5), (0.5, math.inf)])
def test_a_choice_between_tensors_may_compare_plain_numbers(name, x, y):
    """A model's own constants, for example."""
    then, otherwise = (torch.tensor(value, dtype=torch.float64) for value in (2.5, 3.5))
    expected = apply(name, torch.tensor(x, dtype=torch.float64), y, then, otherwise)
    assert float(apply(name, x, y, then, otherwise)) == pytest.approx(expected.item(), abs=0, nan_ok=True)


@pytest.mark.parametrize("name", ["if_equal", "if_above", "if_at_most"])
def test_a_choice_between_plain_numbers_has_all_their_digits_on_tensors(name):
    """Torch takes two numbers for float32, in which 0.1 and 0.3 are others."""
    for x in (1.0, 2.0, 3.0):
        found = apply(name, torch.tensor([x], dtype=torch.float64), 2.0, 0.1, 0.3)
        assert found.dtype == torch.float64 and found.item() == apply(name, x, 2.0, 0.1, 0.3)
