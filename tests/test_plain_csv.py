"""The fast way to read a CSV file: it gives what the `csv` module and `float` give to the bit, or leaves it to them."""

import csv
import math
import tracemalloc
from array import array
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.points import plain_csv
from xlsgd.points import read as data
from xlsgd.points.plain_csv import plain_columns
from xlsgd.points.read import read_points

finite = st.floats(allow_nan=False, allow_infinity=False)
plain = st.one_of(
    finite.map(repr),
    st.integers(-(10**25), 10**25).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
)
"""Numbers as JSON has them: as Python spells them, beyond 64 bits, of more digits than a float has."""


def columns_of(path, text, width=2, chosen=(0, 1), most=1000):
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found = plain_columns(path, width, chosen, most)
    return found and [list(column) for column in found]


def outcome(path):
    """What reading a file comes to: each column's bytes, or the message."""
    try:
        return [array("d", column).tobytes() for column in read_points(path)]
    except InputError as error:
        return str(error)


# ---- what it reads ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,2\n3,4.5\n",
        "x,y\n1,2\n3,4.5",
        "x,y\r\n1,2\r\n3,4.5\r\n",
        "x,y\r\n1,2\n3,4.5",
        "x,y\r\n1,2\r\n3,4.5\r",
        "x,y\n1,2\n3,4.5\n\n\n",
        "x,y\r\n1,2\r\n3,4.5\r\r\n\r\n",
        "x;y\n1;2\n3;4.5\n",
        "x\ty\n1\t2\n3\t4.5\n",
        "\ufeffx,y\n1,2\n3,4.5\n",
        '"x", y\n1e0,20E-1\n3.0,0.45e+1\n',
    ],
)
def test_plain_files(tmp_path, text):
    assert columns_of(tmp_path / "a.csv", text) == [[1, 3], [2, 4.5]]


def test_columns_among_others(tmp_path):
    text = "größe,y,n,x\n0,2,-7,1\n0,4.5,-7,3\n"
    assert columns_of(tmp_path / "a.csv", text, width=4, chosen=(3, 1)) == [[1, 3], [2, 4.5]]
    assert [list(column) for column in read_points(tmp_path / "a.csv")] == [[1, 3], [2, 4.5]]


@pytest.mark.parametrize("block", [1, 2, 3, 5, 100])
def test_lines_across_blocks(tmp_path, monkeypatch, block):
    """A block is read to the end of its last line; one that is longer than two blocks is not plain."""
    rows = [(i / 7, -i) for i in range(1, 50)]
    monkeypatch.setattr(plain_csv, "BLOCK", 16 * block)
    text = "x,y\n" + "".join(f"{x!r},{y}\n" for x, y in rows)
    assert columns_of(tmp_path / "a.csv", text) == [list(column) for column in zip(*rows, strict=True)]
    whole = f"1,0.{'0' * (32 * block - 4)}"  # cut behind this a row of three would be two rows
    assert columns_of(tmp_path / "a.csv", f"x,y\n{whole}2,3\n") is None


def test_a_number_as_long_as_the_csv_module_takes_and_longer(tmp_path):
    """A field of 131,072 letters; only the slow way can say so, so it must be the one that sees it."""
    path = tmp_path / "a.csv"
    for zeros, says in ((70_000, None), (csv.field_size_limit(), "field larger than field limit")):
        path.write_text("x,y\n0." + "0" * zeros + "1,2\n3,4\n")
        found = outcome(path)
        assert says in found if says else found == [array("d", column).tobytes() for column in ((0, 3), (2, 4))]
    path.write_text(f"x,y\n0.{'1' * csv.field_size_limit()},2\n3,4\n")  # of which any beginning is a number, too
    assert "field larger than field limit" in outcome(path)


# ---- what it leaves to others -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n",
        "x,y",
        "",
        "x,y\n1,2\n3\n",
        "x,y\n1,2\n3,4,5\n",
        "x,y\n1,2,\n",
        "x,y\n1\n2,3,4\n",
        "x,y\n1,2\n\n3,4\n",
        "x,y\n\n\n",
        "x,y\n1,2\n,\n",
        "x,y\n1,2\n3,\n",
        'x,y\n1,"2"\n',
        "x,y\n1, 2\n",
        "x,y\n+1,2\n",
        "x,y\n.5,2\n",
        "x,y\n1.,2\n",
        "x,y\n01,2\n",
        "x,y\n-,2\n",
        "x,y\n1-2,2\n",
        "x,y\n-0,2\n",
        "x,y\n1,-0",
        "x,y\n1e999,2\n",
        "x,y\n1,-1e999\n",
        "x,y\nnan,2\n",
        "x,y\n1,Infinity\n",
        "x,y\n1,null\n",
        "x,y\n1,true\n",
        "x,y\n1],[2\n",
        "x,y\n1;2\n",
        "x;y\n1,2\n",
        "x;y\n1,5;2\n",
        "x,y\r1,2\r3,4\r",
        "x,y\r1,2\n3,4\n",
        "x,y\n1,2\r3,4\n",
        "x,y\n1,2\r\r\n3,4\n",
        "x,y\n1,2\0\n",
        "x,y\n1,٣\n",
        b"x,y\n1,2\xff\n",
    ],
)
def test_what_is_not_plain(tmp_path, text):
    assert columns_of(tmp_path / "a.csv", text) is None


def test_too_many_rows(tmp_path):
    text = "x,y\n" + "1,2\n" * 10
    assert columns_of(tmp_path / "a.csv", text, most=10) == [[1] * 10, [2] * 10]
    assert columns_of(tmp_path / "a.csv", text, most=9) == [[1] * 10, [2] * 10], "more than are wanted"


# ---- both ways are one --------------------------------------------------------------------------------------------


@settings(max_examples=1000)
@given(plain)
@example("18446744073709551615")
@example("18446744073709551617")
@example("-9223372036854775809")
@example("9007199254740993")
@example("2.4703282292062327208e-324")
@example("2.4703282292062327207e-324")
@example("1.7976931348623158e308")
@example("0." + "0" * 400 + "1")
@example("1" * 900 + "e-900")
@example("-0.0")
@example("-0e5")
def test_a_number_is_pythons_to_the_bit(text):
    (read, _) = plain_csv._values(f"{text},1\n".encode(), b",", 2) or (None, None)
    if read is None:
        assert text.endswith("-0") or math.isinf(float(text))
    else:
        assert array("d", [read]).tobytes() == array("d", [float(text)]).tobytes()


@settings(max_examples=300)
@given(st.floats(0, 1e308, exclude_max=True), st.sampled_from(["", "1", "0000000000000001"]), st.booleans())
def test_the_middle_between_two_floats_is_pythons_to_the_bit(low, more, below):
    """Where a decimal lies halfway, or a hair beside it, every digit of some hundreds counts."""
    middle = (Fraction(low) + Fraction(math.nextafter(low, math.inf))) / 2
    places = middle.denominator.bit_length()  # a dyadic fraction has as many decimals as bits
    digits = str(middle.numerator * 10**places // middle.denominator - below).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}{more}" if places else digits
    (read, _) = plain_csv._values(f"{text},1\n".encode(), b",", 2)
    assert array("d", [read]).tobytes() == array("d", [float(text)]).tobytes()


odd = st.sampled_from(
    ["", " ", " 1", "2 ", "+1", "-0", ".5", "1.", "007", "1e999", "-1e999", "nan", "-inf", "1_0", "=1+1", "-A1", "four",
     '"3"', '"3', '1"', '"1,5"', "1;5", "1,2", "[1]", "1],[2", "null", "1e", "1-2", "0x10", "٣", "\0", "1\r2", "é"]
)  # fmt: skip
good = st.one_of(finite.map(repr), st.integers(-(10**20), 10**20).map(str), st.integers(0, 9).map(str))
good_headers = st.sampled_from(["x,y", "y,x", "x,n,y", "x;y", "y\tx", '"x","y"', " x ,y", "\ufeffx,y", "ü,y,x"])
ends = st.sampled_from(["\n", "\r\n"])


def rarely(odd, usual):
    return st.integers(0, 15).flatmap(lambda number: odd if number == 0 else usual)


@st.composite
def files(draw):
    """CSV files, half of them plain, in the others here and there something else."""
    kinds = good_headers, good, ends, st.just(0)
    if draw(st.booleans()):
        others = st.sampled_from(["x", "x,x", "x,y,=z", '"x\n",y', ""]), st.one_of(odd, plain), st.sampled_from(
            ["\n\n", "\r", "\r\r\n", ",\n"]
        ), st.sampled_from([-1, 1])  # fmt: skip
        kinds = tuple(map(rarely, others, kinds))
    headers, cells, line_ends, more = kinds
    header = draw(headers)
    delimiter = plain_csv.delimiter_of(header)
    lines = [header + draw(line_ends)]
    for _ in range(draw(st.integers(0, 12))):
        width = header.count(delimiter) + 1 + draw(more)
        lines.append(delimiter.join(draw(st.lists(cells, min_size=width, max_size=width))) + draw(line_ends))
    return draw(st.sampled_from([str, str.rstrip]))("".join(lines)) + draw(st.sampled_from(["", "", "\n", "\r\n\n"]))


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files(), st.sampled_from([1, 50, 100]), st.sampled_from([1000, 1000, 3]), st.sampled_from(["utf-8", "latin-1"]))
def test_both_ways_give_the_same_points_or_the_same_message(tmp_path, text, block, most, encoding):
    path = tmp_path / "points.csv"
    path.write_bytes(text.encode(encoding, "replace"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "MAX_ROWS", most)
        patch.setattr(plain_csv, "BLOCK", block)
        found = outcome(path)
        patch.setattr(data, "_plain_columns", lambda *given: None)
        assert found == outcome(path)


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """As 100,000 pairs of floats the points are 1.6 MB, as objects of Python 6; a block of text holds 64 KB of them."""
    path = tmp_path / "points.csv"
    path.write_text("x,y\n" + "".join(f"{i % 97},{i / 7!r}\n" for i in range(100_000)))
    read_points(path)  # what is imported does not count
    tracemalloc.start()
    try:
        points = read_points(path)
        for x, y in zip(*points, strict=True):
            assert y * 7 - x > -1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert points.n == 100_000
    assert peak < 1_500_000
