"""The reader of pickles: NumPy's own are read as NumPy reads them, of hostile ones nothing runs."""

import os
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from xlsgd.mnist.pickled_arrays import PickleError
from xlsgd.mnist.pickles import MAX_OPCODES, read_arrays

MEGABYTE = 2**20
ARRAYS = npst.arrays(
    st.sampled_from([np.dtype("float32"), np.dtype("int64")]),
    st.one_of(st.tuples(st.integers(1, 9)), st.tuples(st.integers(1, 9), st.integers(1, 9))),
)


class Calls:
    """Pickles as a call, the classic attack."""

    def __init__(self, function, *arguments, state=None):
        self.made_of = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.made_of


@given(ARRAYS, st.integers(2, 5))
def test_numpys_own_pickles_are_read_as_numpy_reads_them(array, protocol):
    result = read_arrays(pickle.dumps((array, array), protocol), MEGABYTE)
    for item in result:
        np.testing.assert_array_equal(item, array)  # bit for bit: no arithmetic is done
        assert item.dtype == array.dtype


def test_a_pickle_of_python_2_is_read():
    # As NumPy under Python 2 wrote mnist.pkl.gz: byte strings, the old module name, 0 and 1 for False and True.
    raw = np.arange(3, dtype="<f4").tobytes()
    data = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87R(K\x01K\x03\x85"
        b"cnumpy\ndtype\nq\x03U\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        b"U" + bytes([len(raw)]) + raw + b"tb."
    )
    np.testing.assert_array_equal(read_arrays(data, MEGABYTE), [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(pickle.loads(data, encoding="latin1"), [0.0, 1.0, 2.0])


def hostile():
    touch = "import pathlib; pathlib.Path('run').touch()"
    array = np.zeros(3, dtype=np.float32)
    as_array = pickle.dumps(array, 2)
    build = b"}(X\x0d\x00\x00\x00__array_ufunc__K\x01ub"
    return {
        "os.system": pickle.dumps(Calls(os.system, "touch run")),
        "eval": pickle.dumps(Calls(eval, "open('run', 'w')")),
        "exec": pickle.dumps((array, Calls(exec, touch))),
        "builtins by getattr": pickle.dumps(Calls(getattr, Calls(__import__, "os"), "system")),
        "protocol 0": b"cos\nsystem\n(S'touch run'\ntR.",
        "INST": b"(S'touch run'\nios\nsystem\n.",
        "OBJ": b"(cos\nsystem\nS'touch run'\no.",
        "NEWOBJ": b"\x80\x02cos\n_wrap_close\n)\x81.",
        "STACK_GLOBAL": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x09touch run\x85R.",
        "dotted name": b"\x80\x04\x8c\x05numpy\x8c\x0dndarray.tofile\x93)R.",
        "names that are not text": b"\x80\x04K\x01K\x02\x93.",
        "EXT1": b"\x80\x02\x82\x01.",
        "persistent id": b"Pos.system\n.",
        "numpy's own callable": b"cnumpy\nfromfile\n(S'/etc/passwd'\ntR.",
        "calls an array": as_array[:-1] + b")R.",
        "calls ndarray": b"cnumpy\nndarray\n(K\x03\x85tR.",
        "object array": pickle.dumps(np.array([Calls(os.system, "touch run")], dtype=object)),
        "object dtype": pickle.dumps(np.dtype("O")),
        "structured": pickle.dumps(np.zeros(2, dtype=[("a", "f4")])),
        "big-endian": pickle.dumps(np.zeros(2, dtype=">f4")),
        "BUILD on a name": b"cnumpy\nndarray\n" + build + b".",
        "BUILD on an array twice": as_array[:-1] + b"(K\x01K\x03\x85NNNtb.",
        "BUILD with a dict": as_array[:-1] + b"}b.",
        "setstate": pickle.dumps(Calls(np.ndarray, (3,), state={"__setstate__": 1})),
        "state that is no tuple": as_array[:-1] + b"K\x01b.",
        "shape that is no bytes' length": as_array.replace(b"K\x03\x85", b"K\x04\x85", 1),
        "set": pickle.dumps({1, 2}),
        "dict": pickle.dumps({"train": array}),
        "a number": pickle.dumps(1),
        "nothing": b"",
        "text": b"hello",
        "a pop too many": b"\x80\x020.",
        "get before put": b"\x80\x02h\x05.",
        "tuple without mark": b"\x80\x02t.",
        "text in a size": b"I" + b"9" * 10_000 + b"\n.",
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_pickles_are_refused_and_nothing_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PickleError):
        read_arrays(hostile()[name], MEGABYTE)
    assert not list(tmp_path.iterdir())


def test_the_attacks_are_real(tmp_path, monkeypatch):
    # What proves the test above: Python's own unpickler runs them.
    monkeypatch.chdir(tmp_path)
    pickle.loads(hostile()["exec"])
    assert (tmp_path / "run").exists()


@pytest.mark.parametrize("constant", [None, True, 7, "text", b"bytes"])
def test_a_constant_is_refused_wherever_it_stands(constant):
    array = np.zeros(2, np.float32)
    for value in (constant, (constant,), (array, constant), ((array, constant),)):
        with pytest.raises(PickleError, match="something else than tuples of arrays"):
            read_arrays(pickle.dumps(value, 4), MEGABYTE)


def test_arrays_in_tuples_two_deep_and_three_long_are_read_and_no_more():
    array = np.zeros(2, np.float32)
    for value in (array, (), (array, array, array), ((array, array, array), (array,), ())):
        assert type(read_arrays(pickle.dumps(value, 4), MEGABYTE)) is type(value)
    for value in ((array,) * 4, (((array,),),)):
        with pytest.raises(PickleError, match="something else than tuples of arrays"):
            read_arrays(pickle.dumps(value, 4), MEGABYTE)


@given(st.data())
def test_a_pickle_cut_anywhere_is_refused(data):
    whole = pickle.dumps((np.zeros(5, dtype=np.float32), np.zeros(5, dtype=np.int64)), 2)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(PickleError):
        read_arrays(whole[:cut], MEGABYTE)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_one_way(data):
    try:
        read_arrays(data, MEGABYTE)
    except PickleError as error:
        assert "\n" not in str(error)


def test_tuples_in_tuples_that_double_are_refused_at_once():
    # A thousand levels of (x, x): shared in memory, but 2**1000 to look at or to print.
    bomb = b"\x80\x02N" + b"q\x00h\x00\x86" * 1000 + b"."
    with pytest.raises(PickleError):
        read_arrays(bomb, MEGABYTE)


def test_a_text_encoded_again_and_again_is_refused():
    text = b"X" + (100_000).to_bytes(4, "little") + b"a" * 100_000
    again = b"c_codecs\nencode\nh\x00X\x06\x00\x00\x00latin1\x86R"
    with pytest.raises(PickleError, match="more than"):
        read_arrays(b"\x80\x02" + text + b"q\x00" + again * 100 + b".", MEGABYTE)


def test_opcodes_without_end_are_refused():
    with pytest.raises(PickleError, match="opcodes"):
        read_arrays(b"\x80\x02" + b"N" * (MAX_OPCODES + 1) + b".", MEGABYTE)
