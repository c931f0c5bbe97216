"""Rows in chunks, by machine code and without, against the rows one by one: to the bit, tolerance none."""

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from machine_support import needs_machine_code
from test_compiled import SHEETS, numbers, points

from xlsgd.functions import if_above, log
from xlsgd.points.disk_column import DiskColumn
from xlsgd.points.points import Points
from xlsgd.rules import Rate, Rule
from xlsgd.run import machine_chunks, one_pass, rows_in_chunks
from xlsgd.run.one_pass import OnePass
from xlsgd.run.press import LiveSheet
from xlsgd.run.rows_in_chunks import RowsInChunks
from xlsgd.sheets.chunks import CHUNK, InChunks, chunks_of
from xlsgd.sheets.lesson import textbook
from xlsgd.sheets.training import with_knobs
from xlsgd.symbols.checked import DIV0, NUM, ExcelError

N = 2 * CHUNK + 300
X = [float(1 + i * 7919 % 97) for i in range(N)]
MANY = Points(X, [2 * v + 30 + (i % 11) / 7 for i, v in enumerate(X)])


def told(chunks):
    """Each row as it is spelled, which tells -0.0 from 0.0, 1 from 1.0 and an error from a number."""
    return [list(map(repr, row)) for chunk in chunks for row in zip(*chunk.columns, strict=True)]


def in_both_ways(training, points, states, knobs):
    rows = RowsInChunks(training, OnePass(training), points, states, knobs)
    with patch.object(rows_in_chunks, "MACHINE_CODE_PAYS", 0):
        chunks = list(rows.chunks())
    assert told(chunks) == [list(map(repr, row)) for row in rows]
    return chunks


def assert_bounds(chunks):
    for chunk in chunks:
        for column, bounds in zip(chunk.columns, chunk.bounds, strict=True):
            found = [value for value in column if not isinstance(value, ExcelError)]
            known = [value for value in bounds if not isinstance(value, ExcelError)]
            assert (min(known, default=0), max(known, default=0)) == (min(found, default=0), max(found, default=0))
            assert {*bounds} - {*known} == {*column} - {*found}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of a complex number, before it is dropped
@pytest.mark.parametrize("name", SHEETS)
@settings(max_examples=20, deadline=None)
@given(data=st.data(), points=points)
def test_any_rows_are_the_same(name, data, points):
    training = SHEETS[name]
    states = {state: data.draw(numbers) for state in training.states}
    assert_bounds(
        in_both_ways(training, points, states, training.knobs._make(data.draw(numbers) for _ in training.knobs))
    )


@pytest.mark.parametrize("name", SHEETS)
def test_many_rows_come_a_thousand_at_a_time(name):
    training = with_knobs(SHEETS[name], lr=1e-5)
    sheet = LiveSheet(training, MANY)
    chunks = in_both_ways(training, MANY, sheet.states(), sheet.knobs())
    assert [len(chunk.columns[0]) for chunk in chunks] == [CHUNK, CHUNK, 300]
    assert_bounds(chunks)


@needs_machine_code
@pytest.mark.parametrize("kind", [list, tuple, DiskColumn])
def test_machine_code_does_all_rows_of_columns_of_any_kind(kind):
    sheet = LiveSheet(SHEETS["adam"], Points(kind(MANY.x), kind(MANY.y)))
    states, knobs = tuple(sheet.states().values()), sheet.knobs()
    done = list(machine_chunks.machine_chunks(sheet.training, sheet.points, states, knobs))
    assert told(chunk for chunk, _ in done) == [list(map(repr, row)) for row in sheet.tuples()]


def test_python_goes_on_from_the_first_chunk_with_an_error():
    """At this rate the weights grow until a square is too large, in the second chunk."""
    sheet = LiveSheet(with_knobs(SHEETS["basic"], lr=6e-4), MANY)
    chunks = in_both_ways(sheet.training, MANY, sheet.states(), sheet.knobs())
    assert [NUM in {*chunk.columns[-1]} for chunk in chunks] == [False, True, True]


def by_inverse(s, g, k):
    return type(s)(s.w - g / (1 / k.lr))


def by_logarithm(s, g, k):
    return type(s)(s.w - 1e-6 * if_above(log(k.lr), g, 0.0, 1.0) * g)


@pytest.mark.parametrize(("update", "lr", "error"), [(by_inverse, 0.0, DIV0), (by_logarithm, -1.0, NUM)])
def test_an_error_in_what_follows_from_the_knobs_alone_is_every_row_s(update, lr, error):
    """A spreadsheet shows it although a division by an infinity, or a branch that is not taken, would hide it."""
    training = with_knobs(textbook("hidden", Rule(update, SHEETS["sgd"].rule.state, Rate)), lr=lr)
    sheet = LiveSheet(training, MANY)
    with patch.object(one_pass, "MACHINE_CODE_PAYS", 0):
        assert sheet.state()["loss"] == str(error)
    chunks = in_both_ways(training, MANY, sheet.states(), sheet.knobs())
    assert all(set(chunk.columns[-1]) == {error} for chunk in chunks)


@needs_machine_code
@pytest.mark.parametrize("at", [0, CHUNK + 7])
def test_a_whole_number_among_the_points_is_python_s_from_its_chunk_on(at):
    x = list(MANY.x)
    x[at] = int(x[at])
    sheet = LiveSheet(SHEETS["basic"], Points(x, MANY.y))
    states, knobs = tuple(sheet.states().values()), sheet.knobs()
    done = list(machine_chunks.machine_chunks(sheet.training, sheet.points, states, knobs))
    assert len(done) == at // CHUNK
    in_both_ways(sheet.training, sheet.points, sheet.states(), sheet.knobs())


def test_any_tuples_come_in_chunks():
    rows = [(float(i), NUM if i == 1500 else -i) for i in range(N)]
    assert not isinstance(rows, InChunks)
    chunks = list(chunks_of(iter(rows)))
    assert [len(chunk.columns[0]) for chunk in chunks] == [CHUNK, CHUNK, 300]
    assert told(chunks) == [list(map(repr, row)) for row in rows]
    assert_bounds(chunks)
