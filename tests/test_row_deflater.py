"""Deflated rows, unpacked by programs that others wrote: zlib, unzip, ISA-L; the codes against the standard's own."""

import io
import shutil
import subprocess
import zipfile
import zlib
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isal import isal_zlib

from xlsgd.excel import writer
from xlsgd.excel.deflate.huffman import DISTANCE_EXTRA, DISTANCES, LENGTH_EXTRA, MATCH_LENGTHS, Bits, code, packed
from xlsgd.excel.row_deflater import RowDeflater
from xlsgd.excel.rows_xml import render
from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import Points
from xlsgd.sheets.chunks import CHUNK
from xlsgd.sheets.description import Column, Rows
from xlsgd.sheets.lesson import trainings
from xlsgd.symbols.cells import here
from xlsgd.symbols.checked import NUM
from xlsgd.workbooks.build import filled_training

finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.one_of(
    finite, st.integers(-(2**53), 2**53), st.sampled_from([0.0, -0.0, 5e-324, -2.2250738585072014e-308])
)


class Plain(io.StringIO):
    """Takes rows as their text."""

    def write_rows(self, text, rows):
        self.write(text.decode())


def rows_of(values, first=4, columns=None):
    n = len(values[0])
    columns = columns or [Column("AB"[i] if i < 2 else f"A{chr(65 + i)}", here(1) if i else None) for i in range(n)]
    return Rows(first, len(values), tuple(columns), values=values)


def both(values, first=4, columns=None):
    """The rows' text, and the same deflated: as a stream that has no end yet, and the deflater."""
    rows = rows_of(values, first, columns)
    styles = list(range(len(rows.columns)))
    plain, file = Plain(), io.BytesIO()
    render(rows, styles, plain, lambda n: None, share=True)
    out = RowDeflater(file)
    render(rows, styles, out, lambda n: None, share=True)
    piece = out.finish(last=True)
    text = plain.getvalue().encode()
    assert (piece.crc, piece.size) == (zlib.crc32(text), len(text))
    return text, file.getvalue(), out


def unpacked(data):
    return [zlib.decompress(data, wbits=-15), isal_zlib.decompress(data, wbits=-15)]


def test_the_tables_are_those_of_the_standard():
    """RFC 1951, section 3.2.5: the first, one between, and the last of each."""
    assert [*zip(MATCH_LENGTHS, LENGTH_EXTRA, strict=True)][::14] == [(3, 0), (27, 2), (258, 0)]
    assert (MATCH_LENGTHS[27], LENGTH_EXTRA[27]) == (227, 5)
    assert [*zip(DISTANCES, DISTANCE_EXTRA, strict=True)][:6] == [(1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1)]
    assert [*zip(DISTANCES, DISTANCE_EXTRA, strict=True)][-2:] == [(16385, 13), (24577, 13)]


def test_a_code_is_the_canonical_one_of_the_standard():
    """RFC 1951, section 3.2.2: lengths 3, 3, 3, 3, 3, 2, 4, 4 give F=00, A=010, ... E=110, G=1110, H=1111."""
    found = code([10, 10, 10, 10, 9, 20, 4, 4])
    assert found.n.tolist() == [3, 3, 3, 3, 3, 2, 4, 4]
    spelled = [f"{bits:0{n}b}"[::-1] for bits, n in zip(found.bits.tolist(), found.n.tolist(), strict=True)]
    assert spelled == ["010", "011", "100", "101", "110", "00", "1110", "1111"]


@given(st.lists(st.integers(0, 2**30), min_size=2, max_size=286).filter(lambda counts: sum(map(bool, counts)) > 1))
def test_every_code_is_complete_and_no_longer_than_deflate_allows(counts):
    lengths = [n for n in code(counts).n.tolist() if n]
    assert sum(2.0**-n for n in lengths) == 1 and max(lengths) <= 15
    assert [n > 0 for n in code(counts).n.tolist()] == [count > 0 for count in counts]


@given(st.lists(st.integers(0, 64).flatmap(lambda n: st.tuples(st.integers(0, 2**n - 1), st.just(n))), min_size=1))
def test_bits_stand_one_behind_another(words):
    bits, n = np.array(words, np.uint64).T
    together = "".join(f"{value:0{width}b}"[::-1] for value, width in words if width)
    whole = together.ljust((len(together) + 7) // 8 * 8, "0")
    assert packed(Bits(bits, n)) == bytes(int(whole[i : i + 8][::-1], 2) for i in range(0, len(whole), 8))


@settings(max_examples=60, deadline=None)  # the first that runs makes the tables
@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.tuples(*[numbers] * n), min_size=1, max_size=40)))
def test_any_numbers_come_back(values):
    text, data, _ = both(values)
    assert unpacked(data) == [text, text]


@pytest.mark.parametrize("first", [4, 8, 95, 990, 9_990, 99_980, 999_990])
def test_row_numbers_that_gain_a_digit(first):
    text, data, out = both([(i * 0.1, -i / 7) for i in range(30)], first)
    assert unpacked(data) == [text, text]
    assert out._codes is not None, "no block was made"


@pytest.mark.parametrize("apart", [(0, 2), (2, 0), (1, 1)])
def test_a_column_that_repeats_another_a_row_later(apart):
    """To the right of it, to the left, and itself: a constant."""
    own, other = apart
    values = [[i / 3, i / 7 + 1e-9, i * 1e20] for i in range(1, 60)]
    for above, below in pairwise(values):
        below[own] = above[other]
    text, data, _ = both([tuple(row) for row in values])
    assert unpacked(data) == [text, text]
    assert len(data) < len(both([(i / 3, i / 7 + 1e-9, i / 9) for i in range(1, 60)])[1])


def test_errors_between_rows_and_rows_that_share_nothing():
    values = [(i / 3, NUM if i % 1500 == 7 else i / 7) for i in range(4 * CHUNK)]
    text, data, _ = both(values)
    assert unpacked(data) == [text, text]
    columns = [Column("A"), Column("B", here(1, up=1)), Column("C", here(1, sheet="x" * 300))]
    text, data, _ = both([(i / 3, i / 7, 1.5) for i in range(2000)], columns=columns)
    assert unpacked(data) == [text, text]


def test_texts_between_rows():
    file = io.BytesIO()
    out = RowDeflater(file)
    rows = rows_of([(i / 3, i / 7) for i in range(50)])
    plain = Plain()
    for part in (rows, "between", rows, rows._replace(first=54)):
        for each in (plain, out):
            each.write(part) if isinstance(part, str) else render(part, [0, 0], each, lambda n: None, share=True)
    out.finish(last=True)
    assert unpacked(file.getvalue()) == [plain.getvalue().encode()] * 2


def test_rows_of_an_optimizer_take_less_than_zlib_finds(tmp_path, monkeypatch):
    """By a seventh at least; by a sixth when it was measured, on ten times as many rows."""
    draw = Random(1)
    x = [float(draw.randrange(1, 100)) for _ in range(6000)]
    points = Points(x, [2 * each + 30 + draw.gauss(0, 1) for each in x])
    monkeypatch.setattr(writer, "MANY_ROWS", 1)
    write_workbook(tmp_path / "a.xlsx", [filled_training(trainings()["adam"], points)], "")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        text = archive.read(info)
        assert archive.testzip() is None
    assert info.compress_size < len(zlib.compress(text)) * 6 / 7
    write_workbook(tmp_path / "b.xlsx", [filled_training(trainings()["adam"], points)], "")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.skipif(shutil.which("unzip") is None, reason="no unzip")
@pytest.mark.parametrize("name", ["adam", "momentum", "basic"])
def test_unzip_unpacks_it(tmp_path, monkeypatch, name):
    monkeypatch.setattr(writer, "MANY_ROWS", 1)
    write_workbook(tmp_path / "a.xlsx", [filled_training(trainings()[name])], "")
    subprocess.run(["unzip", "-tq", tmp_path / "a.xlsx"], check=True, capture_output=True)
    told = subprocess.run(
        ["unzip", "-p", tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml"], check=True, capture_output=True
    ).stdout
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert told == archive.read("xl/worksheets/sheet1.xml")
