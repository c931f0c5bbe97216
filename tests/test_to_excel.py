"""Cells and the formulas they spell, against IronCalc, which reads Excel's precedence for itself."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xlsgd import functions
from xlsgd.excel.writer import write_workbook
from xlsgd.rules import RULES
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.placer import training_sheet
from xlsgd.symbols.cells import RowOf, area, at, here
from xlsgd.symbols.checked import Checked, ExcelError, plain
from xlsgd.symbols.expression import NoFormula, as_expression, defined_name, placed, symbol, text
from xlsgd.symbols.to_excel import spell
from xlsgd.workbooks.build import filled_training

PLACES = ["B1", "C1", "D1", "E1"]

# ---- random expressions -------------------------------------------------------------------------------------------

numbers = st.one_of(
    st.integers(-20, 20).map(float),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.floats(min_value=1e-300, max_value=1e-5),
    st.floats(min_value=-1e300, max_value=-1e5),
    st.sampled_from([0.01, 1e-7, 5e-324, 1e22, -0.5, 1 / 3, 1.7976931348623157e308]),
)
leaves = st.one_of(st.integers(0, len(PLACES) - 1).map(lambda i: ("place", i)), numbers.map(lambda x: ("number", x)))
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}
UNARY = {
    "neg": lambda a: -a,
    "abs": abs,
    "sqrt": functions.sqrt,
}
"""Operations whose last bit is the same everywhere; EXP and the logarithms are each library's own."""
OPERATIONS = BINARY | UNARY | {"exp": functions.exp, "ln": functions.log, "log": functions.log10}


def larger(inner):
    return st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner),
        st.tuples(st.just("^"), inner, st.integers(-3, 4).map(lambda n: ("number", float(n)))),
        st.tuples(st.sampled_from(list(UNARY)), inner),
        st.tuples(st.just("if"), inner, inner, inner, inner),
    )


expressions = st.recursive(leaves, larger, max_leaves=12)


def evaluate(expression, places, number):
    """Evaluate on any kind of value: a rule's own operators are what runs here."""
    kind, *parts = expression
    if kind == "place":
        return places[parts[0]]
    if kind == "number":
        return number(parts[0])
    values = [evaluate(part, places, number) for part in parts]
    if kind == "if":
        return functions.if_equal(*values)
    return OPERATIONS[kind](*values)


def parts(expression):
    """The expression and all its parts."""
    yield expression
    for part in expression[1:]:
        if isinstance(part, tuple):
            yield from parts(part)


def has_error_inside(expression, places):
    """Whether any part of the expression, not only the whole of it, is an error value."""
    return any(isinstance(plain(evaluate(part, places, Checked)), ExcelError) for part in parts(expression))


def delicate_comparison_inside(expression, places):
    """Whether an IF compares two numbers that differ by less than a spreadsheet looks at, or the very greatest."""
    conditions = [part[1:3] for part in parts(expression) if part[0] == "if"]
    pairs = [[plain(evaluate(side, places, Checked)) for side in condition] for condition in conditions]
    return any(abs(a) > 1e300 or (a != b and math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6)) for a, b in pairs)


@settings(max_examples=600)
@given(expressions, st.lists(numbers, min_size=len(PLACES), max_size=len(PLACES)))
def test_an_expression_is_one_number_to_the_bit_as_floats_and_as_a_formula(engine, expression, inputs):
    """To the bit, with two exceptions.

    Where a part of the expression is an error the next test takes over, for there IronCalc is not Excel. And a
    spreadsheet's = looks at fifteen digits, Python's at all; IronCalc's also holds 1E-300 for 0, and the greatest
    float unequal to itself.
    """
    places = [Checked(x) for x in inputs]
    assume(not has_error_inside(expression, places) and not delicate_comparison_inside(expression, places))
    ours = plain(evaluate(expression, places, Checked))
    theirs = recalculated(engine, expression, inputs)
    assert theirs == ours


def recalculated(engine, expression, inputs):
    cells = list(map(at, PLACES))
    formula = spell(as_expression(evaluate(expression, cells, as_expression)))
    sheet = engine()
    for place, x in zip(PLACES, inputs, strict=True):
        sheet.put(place, x)
    sheet.type("A1", f"={formula}")
    return sheet.evaluate().get("A1")


one_operation = st.one_of(
    st.tuples(st.sampled_from("+-*/"), leaves, leaves),
    st.tuples(st.just("^"), leaves, st.integers(-4, 4).map(lambda n: ("number", float(n)))),
    st.tuples(st.sampled_from([*UNARY, "exp", "ln", "log"]), leaves),
)


@settings(max_examples=600)
@given(one_operation, st.lists(numbers, min_size=len(PLACES), max_size=len(PLACES)))
def test_one_operation_gives_the_same_number_or_error(engine, expression, inputs):
    """Errors too; IronCalc alone says #DIV/0! of a power that overflows. EXP, LN and LOG to a relative 1e-15.

    Only single operations: within one formula IronCalc lets an infinity live on, so that 1/(1E308*10) is 0 there and
    #NUM! in Excel, which checks every operation.
    """
    places = [Checked(x) for x in inputs]
    ours = plain(evaluate(expression, places, Checked))
    theirs = recalculated(engine, expression, inputs)
    if isinstance(ours, float) and expression[0] in ("exp", "ln", "log"):
        assert theirs == pytest.approx(ours, rel=1e-15, abs=0)
    else:
        assert theirs == ours or (expression[0] == "^" and (ours, theirs) == ("#NUM!", "#DIV/0!"))


@pytest.mark.parametrize(
    ("formula", "ours", "theirs"),
    [("1/(1E308*10)", "#NUM!", 0.0), ("1E200^2", "#NUM!", "#DIV/0!"), ("(-8)^(1/3)", "#NUM!", -2.0)],
)
def test_where_ironcalc_is_known_to_differ(engine, formula, ours, theirs):
    """Pinned, so that a new IronCalc that mends one is noticed; `quirks` names the second of them."""
    known = {
        "1/(1E308*10)": 1 / (Checked(1e308) * 10),
        "1E200^2": Checked(1e200) ** 2,
        "(-8)^(1/3)": Checked(-8.0) ** (1 / 3),
    }
    assert plain(known[formula]) == ours
    sheet = engine()
    sheet.type("A1", f"={formula}")
    found = sheet.evaluate().get("A1")
    assert found == (pytest.approx(theirs, rel=1e-12) if isinstance(theirs, float) else theirs)


@pytest.mark.parametrize(
    ("ours", "number"),
    [
        (lambda x: functions.log(x), math.log(7.25)),
        (lambda x: functions.log10(x), math.log10(7.25)),
        (lambda x: functions.exp(x), math.exp(7.25)),
        (lambda x: functions.if_equal(x, 7.25, x + 1, x - 1), 8.25),
        (lambda x: functions.if_equal(x, 7, x + 1, x - 1), 6.25),
    ],
)
def test_each_function_as_python_computes_it(engine, ours, number):
    """A relative 1e-15: the logarithms of two libraries may part in the last bit."""
    sheet = engine()
    sheet.put("B1", 7.25)
    sheet.type("A1", "=" + spell(ours(at("B1"))))
    assert sheet.evaluate().get("A1") == pytest.approx(number, rel=1e-15)
    assert ours(7.25) == number


def test_ranges(engine):
    cells = [at(f"B{row}") for row in range(1, 5)]
    sheet = engine()
    for place, x in zip(["B1", "B2", "B3", "B4"], [0.1, 0.2, 0.3, 1e9], strict=True):
        sheet.put(place, x)
    for place, function in [("A1", functions.total), ("A2", functions.sum_of_squares), ("A3", functions.count)]:
        sheet.type(place, f"={spell(function(cells))}")
    sheet.type("A4", "=" + spell(functions.pick(cells, at("B9"))))
    sheet.evaluate()
    data = [0.1, 0.2, 0.3, 1e9]
    assert [sheet.get(a) for a in ("A1", "A2", "A3")] == [
        functions.total(data), functions.sum_of_squares(data), functions.count(data),
    ]  # fmt: skip
    assert sheet.get("A4") == 0.1


# ---- spelling -----------------------------------------------------------------------------------------------------

p, q, r = map(defined_name, "pqr")


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        (-(p**2), "-(p^2)"),
        ((-p) ** 2, "-p^2"),
        (as_expression(-2.0) ** 2, "-2^2"),
        ((p**q) ** r, "p^q^r"),
        (p ** (q**r), "p^(q^r)"),
        (p - (q - r), "p-(q-r)"),
        (p - q - r, "p-q-r"),
        (p / (q * r), "p/(q*r)"),
        (p / q * r, "p/q*r"),
        (p * -q, "p*-q"),
        (2 - p, "2-p"),
        (1e-7 * p, "1E-07*p"),
        (abs(p - 1), "ABS(p-1)"),
        (-functions.if_equal(p, 1, q, r), "-IF(p=1,q,r)"),
        (functions.if_equal(p, q + 1, 0, 1), "IF(p=q+1,0,1)"),
        (functions.if_equal(p, 1, functions.stop_gradient(q + 1), r), "IF(p=1,q+1,r)"),
    ],
)
def test_parentheses_only_where_excel_needs_them(cell, formula):
    assert spell(cell) == formula


def test_a_placed_value_is_spelled_by_its_place_wherever_it_occurs():
    beta, m, g = symbol("beta"), symbol("m"), symbol("g")
    places = {1 - beta: at("K1", fixed=True), beta: at("J1", fixed=True), m: at("J3"), g: at("F4")}
    assert spell(placed(m * beta + (1 - beta) * g, places)) == "J3*$J$1+$K$1*F4"
    assert spell(placed(1 - beta, places)) == "1-$J$1"
    assert spell(placed((1 - beta) ** 2, places)) == "$K$1^2"
    assert spell(placed(beta, places)) == "$J$1"


def test_a_value_without_a_place_has_no_formula():
    with pytest.raises(NoFormula, match="lr stands in no cell"):
        spell(symbol("lr") * at("A1"))


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        (at("C4", "adam_run"), "adam_run!C4"),
        (at("C4", "it's mine", fixed=True), "'it''s mine'!$C$4"),
        (area("C4:C9", "SGD1"), "'SGD1'!C4:C9"),
        (area("C4:C9", "a run", fixed=True), "'a run'!$C$4:$C$9"),
        (text('say "no"'), '"say ""no"""'),
    ],
)
def test_a_sheets_name_is_quoted_where_it_must_be(cell, formula, engine):
    assert spell(cell) == formula


def test_a_reference_that_counts_from_its_own_row_needs_a_row():
    with pytest.raises(NoFormula, match="outside of the rows"):
        spell(here(3))
    assert (
        spell(here(3, up=1) + at("A1", fixed=True), lambda r: str(r.row if r.row_of is RowOf.SHEET else 9 + r.row))
        == "C8+$A$1"
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_literal_keeps_all_its_digits(x):
    assert float(spell(as_expression(x))) == x


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_literal(number):
    with pytest.raises(NoFormula, match=f"{number} cannot be written in a formula"):
        spell(p * number)


# ---- no knob is baked into a formula ------------------------------------------------------------------------------


def header_cells(sheet):
    """The constants above the rows, by key: the knobs and where the weights start."""
    return {p.key: p.address for p in sheet.places if p.key and p.formula is None and int(p.address[1:]) < 3}


def formula_cells(sheet):
    """Each formula's address with the engine's number, row by row."""
    cells = {p.address: p.value for p in sheet.places if p.formula is not None}
    for number, row in enumerate(sheet.rows.values, start=sheet.rows.first):
        pairs = zip(sheet.rows.columns, row, strict=True)
        cells |= {f"{column.letter}{number}": value for column, value in pairs if column.formula is not None}
    return cells


@pytest.fixture(scope="module")
def every_training_sheet(tmp_path_factory):
    path = tmp_path_factory.mktemp("knobs") / "all.xlsx"
    write_workbook(path, [filled_training(training) for training in trainings().values()], "all")
    return path


@pytest.mark.parametrize("name", list(trainings()))
def test_a_changed_header_cell_moves_what_depends_on_it_to_what_the_engine_says(every_training_sheet, engine, name):
    """To a relative 1e-12, and in which cells move: those of the engine's that move, and no others."""
    training = trainings()[name]
    for key, address in header_cells(filled_training(training)).items():
        book = engine(every_training_sheet)
        live = LiveSheet(training)
        changed = live.inputs[key][0] * 0.75
        book.put(address, changed, name)
        book.evaluate()
        before = formula_cells(as_it_stands(live))
        live.put(key, changed)
        moved = formula_cells(as_it_stands(live))
        assert any(before[a] != moved[a] for a in moved), f"{name}: nothing depends on {key}"
        for cell, value in moved.items():
            assert book.get(cell, name) == pytest.approx(value, rel=1e-12), f"{name}!{cell} after {key}={changed}"


def as_it_stands(live):
    """The sheet with its numbers as they stand now."""
    training, n = live.training, live.points.n
    return training_sheet(training, layout_of(training), n, live.values(), live.tuples())


def test_there_is_a_header_cell_for_every_knob():
    for name, training in trainings().items():
        assert set(training.knobs._fields) <= set(header_cells(filled_training(training))), name


def test_every_rule_has_a_sheet():
    assert {training.rule for training in trainings().values()} == set(RULES.values())
