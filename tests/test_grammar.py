"""Formulas as parsed: IronCalc, an engine that nobody here wrote, says what precedence gives."""

import doctest
from functools import cache

import ironcalc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.reading import grammar
from xlsgd.reading.grammar import Area, areas, canonical, is_volatile, names
from xlsgd.symbols.references import relative

OPERATORS = ["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">="]


def parsed(formula: str) -> str:
    return canonical(relative(formula, 4, 3))


@cache
def engine():
    return ironcalc.create("formulas", "en", "UTC")


def value(formula: str):
    engine().set_user_input(0, 1, 1, f"={formula}")
    engine().evaluate()
    return engine().get_cell_value(0, 1, 1)


@st.composite
def written(draw, spaces, depth=4):
    """Draw a formula with the parentheses that it needs, and one that is the same with more of them and spaces."""
    if depth == 0 or draw(st.booleans()):
        leaf = draw(st.sampled_from(["1", "2.5", "0.010", "C4", "$B$7", "rmse", "'my sheet'!A1", '"a (b), ""c"""']))
        return leaf, _around(draw, leaf, spaces)
    kind = draw(st.sampled_from(["binary", "binary", "minus", "call"]))
    first, second = draw(written(spaces, depth=depth - 1)), draw(written(spaces, depth=depth - 1))
    gap = draw(spaces)
    if kind == "binary":
        operator = draw(st.sampled_from(OPERATORS))
        return tuple(f"({a}){s}{operator}{s}({b})" for a, b, s in zip(first, second, ("", gap), strict=True))
    if kind == "minus":
        return f"-({first[0]})", _around(draw, f"-{gap}({first[1]})", spaces)
    return f"SUM({first[0]},{second[0]})", _around(draw, f"sum({gap}{first[1]}{gap},{second[1]})", spaces)


def _around(draw, text, spaces):
    for _ in range(draw(st.integers(0, 2))):
        text = f"({draw(spaces)}{text}{draw(spaces)})"
    return text


@given(written(st.sampled_from(["", " ", "  ", "\n"])))
def test_redundant_parentheses_and_spaces_never_count(pair):
    assert parsed(pair[0]) == parsed(pair[1])
    assert not parsed(pair[0]).startswith("unparsed")


NUMERIC = ["+", "-", "*", "/", "^", "%", "<", "=", "<>", ">="]
term = st.tuples(st.sampled_from(["", "-", "--", "+"]), st.sampled_from("123"), st.sampled_from(NUMERIC))
flat = st.lists(term, min_size=2, max_size=6)


def spelled(pieces) -> str:
    """Return terms without any parenthesis; `%` is followed by an operator, as it must be."""
    return "".join(f"{sign}{digit}{'%*' if operator == '%' else operator}" for sign, digit, operator in pieces) + "2"


@settings(deadline=None)
@given(flat)
def test_the_parentheses_that_are_spelled_are_those_the_engine_means(pieces):
    """Bit equality: a fully parenthesised formula does the same operations in the same order."""
    text = spelled(pieces)
    assert value(parsed(text)) == value(text)


@given(flat)
def test_all_the_parentheses_that_a_parse_has_are_redundant(pieces):
    assert parsed(parsed(spelled(pieces))) == parsed(spelled(pieces))


@given(flat, st.data())
def test_another_operator_always_counts(pieces, data):
    place = data.draw(st.integers(0, len(pieces) - 1))
    operators = [operator if operator != "%" else "*" for _, _, operator in pieces]
    other = data.draw(st.sampled_from([operator for operator in OPERATORS if operator != operators[place]]))
    changed = [*operators[:place], other, *operators[place + 1 :]]
    first, second = (
        "".join(f"{sign}{digit}{operator}" for (sign, digit, _), operator in zip(pieces, chosen, strict=True)) + "2"
        for chosen in (operators, changed)
    )
    assert parsed(first) != parsed(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.010*C4", ".01*C4"),
        ("1E2", "100"),
        ("sum(c4:$d$7)", "SUM( C4:$D$7 )"),
        ("'basic'!A1", "Basic!A1"),
        ("-C4^2", "(-C4)^2"),
        ("2^3^2", "(2^3)^2"),
        ("(C4:D4)", "C4:D4"),
        ("SUM((C4),(D4))", "SUM(C4,D4)"),
        ("IF(C4,,1)", "if( C4 ,, 1.0 )"),
        ("{1,2;3,4}", "{ 1.0, 2; 3, 4 }"),
        ("SUM(A1:A3 (A2:A9))", "SUM(A1:A3  A2:A9)"),
        ("-LOG10(C4)", "- log10(C4)"),
        ("C4%*2", "(C4%)*2"),
        ("true", "TRUE"),
    ],
)
def test_spellings_of_one_formula(one, other):
    assert parsed(one) == parsed(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C4+(D4+E4)", "C4+D4+E4"),
        ("-(C4^2)", "-C4^2"),
        ("2^(3^2)", "2^3^2"),
        ("$C4", "C4"),
        ("C4", "C5"),
        ("SUM((C4,D4))", "SUM(C4,D4)"),
        ("SUM(C4:D4)", "SUM(C4,D4)"),
        ("SUM(A1:A3 A2)", "SUM(A1:A3,A2)"),
        ('"a"', '"A"'),
        ('"a b"', '"ab"'),
        ("basic!A1", "data!A1"),
        ("LOG(C4)", "LOG10(C4)"),
        ("LOG(C4)", "LN(C4)"),
        ("{1,2}", "{1;2}"),
        ("C4*(1-$J$1)", "C4*1-$J$1"),
        ("C4", "+C4"),
        ("IF(C4,,1)", "IF(C4,1)"),
        ("const", "slope"),
    ],
)
def test_formulas_that_are_not_one(one, other):
    assert parsed(one) != parsed(other)


DEEP = "(" * 5000 + "1" + ")" * 5000


@pytest.mark.parametrize("text", ["((((", "A1)", "()", "1 2", "A1 +", "SUM(A1", "{1", "?", DEEP])
def test_what_does_not_parse_still_equals_itself_alone(text):
    assert parsed(text) == parsed(f" {text.lower()} ")
    assert parsed(text) != parsed(text + "+1")


def test_references_with_their_sheets_and_corners():
    text = relative("SUM(A1:$B$3)+'my sheet'!D4+data!C:C+7:8+Z1", 4, 3)
    assert list(areas(text, 5, 3)) == [
        Area("", 2, 1, 3, 2),
        Area("MY SHEET", 5, 4, 5, 4),
        Area("DATA", 1, 3, 2**20, 3),
        Area("", 8, 1, 9, 2**14),
        Area("", 2, 26, 2, 26),
    ]


def test_names_are_what_is_neither_a_call_nor_a_reference():
    assert names(relative('avg_grad2/SQRT(basic!rmse)+C4+"rmse"', 4, 3)) == (("", "AVG_GRAD2"), ("BASIC", "RMSE"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RANDBETWEEN(1,100)", True),
        ("1+rand ()", True),
        ("NOW()", True),
        ("today()", True),
        ("rand", False),
        ('"RAND()"', False),
        ("RANDOM()", False),
        ("C4*2", False),
    ],
)
def test_volatile_functions(text, expected):
    assert is_volatile(relative(text, 4, 3)) is expected


def test_the_examples_in_the_docstrings_hold():
    results = doctest.testmod(grammar)
    assert results.attempted >= 2
    assert results.failed == 0
