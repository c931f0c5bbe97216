"""Expressions spelled as JavaScript, run in a real browser: every primitive is what it is in Python."""

import re

import pages
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_primitives import NO_VALUE, OPERANDS

from xlsgd.page.tables import page_of_table
from xlsgd.sheets.entropy import ENTROPY
from xlsgd.symbols.checked import DIV0, NOT_AVAILABLE, NUM, Checked, plain
from xlsgd.symbols.expression import NoFormula, symbol
from xlsgd.symbols.operations import Operation
from xlsgd.symbols.primitives import PRIMITIVES, TABLE, apply
from xlsgd.symbols.to_javascript import (
    NEVER_FAIL,
    SPELLABLE,
    Lines,
    check_spellable,
    on_cells,
    on_floats,
    table_of_primitives,
    text_literal,
)

EXACT = {
    "add", "subtract", "multiply", "divide", "negative", "absolute", "sign", "sqrt", "floor", "relu", "maximum",
    "minimum", "stop_gradient", "if_equal", "if_above", "if_at_most", "round",
}  # fmt: skip
"""What IEEE 754 or the operation itself leaves no choice for; the others are a library's, and may part by a unit."""

COLUMNS = {
    "total": ([1.5, -2.25, 1e-3],),
    "sum_of_squares": ([1.5, -2.25, 1e-3],),
    "sum_of_products": ([1.0, 2.0, 4.0], 2.5, [3.0, 1.0, 2.0], 2.0),
    "products": ([1.0, 2.0], [0.5, 0.25]),
    "total_unless": ([3.0, 7.0, 3.0], 3.0, [0.5, 0.25, 0.125]),
    "count": ([1.0, 2.0],),
    "count_equal": ([1.0, 2.0, 1.0], 1.0),
    "greatest": ([1.0, 3.0, 2.0],),
    "least": ([1.0, 3.0, 0.5],),
    "match": (1.0, [0.0, 1.0]),
    "match_exactly": (2.0, [1.0, 2.0, 2.0]),
    "index": ([5.0, 6.0], 2.0),
    "pick": ([5.0, 6.0, 7.0], 2.0),
}


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    path = pages.written(tmp_path_factory.mktemp("page"), page_of_table(ENTROPY["softmax"]))
    return pages.opened(chromium, path)


def spelled(value):
    """A number as JavaScript reads it to the bit; an error as the page's own."""
    if isinstance(value, list):
        return f"[{', '.join(map(spelled, value))}]"
    return f"ERRORS[{text_literal(value)}]" if isinstance(value, str) else f"({value!r})"


def method(name):
    return on_cells(Operation("t", name, ())).removeprefix("const t = ").partition("(")[0]


def test_every_primitive_has_its_javascript_but_what_is_chance():
    assert set(PRIMITIVES) - SPELLABLE == {"random_between"}
    assert set(COLUMNS) == {primitive.name for primitive in TABLE if primitive.column}
    assert NEVER_FAIL < SPELLABLE


def test_all_primitives_on_floats_in_the_browser(page):
    names = [name for name in OPERANDS if name in SPELLABLE]
    letters = {name: [f"x{i}" for i, _ in enumerate(OPERANDS[name])] for name in names}
    parts = [
        f"(() => {{ const [{', '.join(letters[name])}] = {spelled(list(OPERANDS[name]))}; "
        f"{on_floats(Operation('found', name, tuple(letters[name])))} return found; }})()"
        for name in names
    ]
    found = page.execute_script(f"return [{', '.join(parts)}];")
    for name, value in zip(names, found, strict=True):
        expected = apply(name, *OPERANDS[name])
        assert value == (expected if name in EXACT else pytest.approx(expected, rel=4e-16, abs=0)), name


def test_all_columns_in_the_browser(page):
    parts = [f"{method(name)}({', '.join(map(spelled, operands))})" for name, operands in COLUMNS.items()]
    found = page.execute_script(f"return [{', '.join(parts)}];")
    assert found == [apply(name, *operands) for name, operands in COLUMNS.items()]


wild = st.one_of(
    st.integers(-100, 100).map(float),
    st.sampled_from([0.0, 1e-300, 1e300, -1e155, 1e154, 710.0, -710.0, NUM, DIV0, NOT_AVAILABLE]),
    st.floats(-1e3, 1e3),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_errors_are_handed_on_as_in_the_engine(page, data):
    """A hundred operations on numbers and errors at a time: an error is the same error, a number the same number."""
    names = [name for name in OPERANDS if name in SPELLABLE and name != "round"]
    calls = [
        (name, [data.draw(wild) for _ in OPERANDS[name]])
        for name in data.draw(st.lists(st.sampled_from(names), min_size=60, max_size=60))
    ]
    parts = [f"{method(name)}({', '.join(map(spelled, operands))})" for name, operands in calls]
    found = page.execute_script(f"{pages.PLAIN} return [{', '.join(parts)}].map(plain);")
    for (name, operands), value in zip(calls, found, strict=True):
        expected = plain(apply(name, *map(Checked, operands)))
        if isinstance(expected, str) or name in EXACT:
            assert value == expected, (name, operands)
        else:  # sines and cosines of large numbers, and powers, by another library
            assert value == pytest.approx(expected, rel=1e-14, abs=1e-14), (name, operands)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 9)), min_size=50, max_size=50))
def test_rounding_is_pythons_to_the_bit(page, given):
    ties = [(0.5, 0), (1.5, 0), (2.5, 0), (-2.5, 0), (0.125, 2), (0.375, 2), (2.675, 2), (1e22, 2), (-0.0, 3)]
    found = page.execute_script("return arguments[0].map(([x, digits]) => roundTo(x, digits));", given + ties)
    assert found == [round(x, digits) for x, digits in given + ties]


def test_what_has_no_number_of_its_own(page):
    assert page.execute_script("return cells.not_available().text") == "#N/A"
    assert set(NO_VALUE) == {"not_available", "random_between"}


def test_statements_stand_behind_what_they_need():
    x, y = symbol("x"), symbol("y")
    lines = Lines({x: "i[0]", y: "i[1]"})
    first = lines.names([(x + y) * 2])
    second = lines.names([(x + y) ** 2, y])
    assert first + second == ["t1", "t2", "i[1]"]
    assert lines.statements == [
        "const t0 = cells.add(i[0], i[1]);",
        "const t1 = cells.multiply(t0, 2.0);",
        "const t2 = cells.power(t0, 2.0);",
    ]


def test_a_negative_number_to_a_power_is_in_parentheses(page):
    """-1 ** t would not be JavaScript at all."""
    t = symbol("t")
    lines = Lines({t: "3"})
    (name,) = lines.names([(-1) ** t])
    assert page.execute_script(f"{' '.join(lines.statements)} return {name};") == -1


def test_what_cannot_be_spelled_names_itself():
    with pytest.raises(NoFormula, match="random_between cannot be spelled in JavaScript"):
        check_spellable([apply("random_between", symbol("x"), 3) + 1])


def test_the_table_is_spelled_whole():
    names = re.findall(r"^  (\w+):", table_of_primitives(), re.MULTILINE)
    assert set(names) == {name for name in SPELLABLE if not PRIMITIVES[name].column}


def test_a_text_cannot_end_the_script():
    assert "<" not in text_literal("</script><img onerror='x'>")
