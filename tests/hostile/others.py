"""Text files, pickles, IDX files and runs made to break their reader."""

import gzip
import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
import torch

HEAD = "x,y\n"

CSV = {
    "nothing": b"",
    "one byte": b"x",
    "a header alone": b"x,y\n",
    "a header of one line without end": b"x,y," + b"a," * 2_000_000,
    "a line without end": b"x,y\n1," + b"2" * 5_000_000,
    "a header of 100,000 columns": b"x,y," + b",".join(b"c%d" % n for n in range(100_000)) + b"\n1,2\n",
    "100,000 cells in a row": b"x,y\n1,2" + b"," * 100_000 + b"\n",
    "a quote without end": b'x,y\n"1,2\n' + b"3,4\n" * 100_000,
    "quotes alone": b'"' * 500_000,
    "quotes in quotes": b"x,y\n" + b'"1""2",3\n' * 1_000,
    "null bytes": b"x,y\n\0,\0\n",
    "zeros": bytes(1_000_000),
    "UTF-16": "x,y\n1,2\n".encode("utf-16"),
    "UTF-32": "x,y\n1,2\n".encode("utf-32"),
    "bytes that are no UTF-8": b"x,y\n\xff\xfe,1\n",
    "half a character": "x,y\n1,2é".encode()[:-1],
    "a mark at its beginning, twice": b"\xef\xbb\xbf\xef\xbb\xbfx,y\n1,2\n",
    "returns alone": b"x,y\r1,2\r3,4\r",
    "line ends of each kind": b"x,y\n1,2\r3,4\r\n5,6\n\n\n",
    "separators of lines that are none": "x,y\n1,2\u2028\u00853,4\n".encode(),
    "nan": b"x,y\nnan,1\n",
    "infinity": b"x,y\n1e999,1\n",
    "a number of 100,000 digits": b"x,y\n" + b"1" * 100_000 + b",1\n",
    "a number with an exponent of 100,000 digits": b"x,y\n1e" + b"1" * 100_000 + b",1\n",
    "digits of another script": "x,y\n٣,４\n".encode(),
    "underscores": b"x,y\n1_000,2\n",
    "hexadecimal": b"x,y\n0x10,2\n",
    "a formula": b"x,y\n=cmd|'/C calc'!A0,1\n",
    "a header that is a formula": b"=x,y\n1,2\n",
    "a header twice": b"x,x,y\n1,2,3\n",
    "a header of newlines": b'"x\n\n","y\r\n"\n1,2\n',
    "a header of control characters": b"\x1b[31mx,y\n1,2\n",
    "a header of a megabyte": b"x" * 900_000 + b",y\n1,2\n",
    "a column of minus zero": b"x,y\n-0,-0.0\n-0,1\n",
    "5e-324": b"x,y\n5e-324,1.7976931348623157e308\n",
    "a number with brackets of JSON": b"x,y\n[1],2\n1,{}\n",
    "true and null": b"x,y\ntrue,null\n",
    "groups of thousands without end": b"x;y\n1" + b" 000" * 20_000 + b";1\n",
    "a pickle": pickle.dumps([1, 2]),
    "a program": b"#!/bin/sh\nrm -rf /\n",
    "HTML": b"<html><body>x,y</body></html>\n1,2\n",
    "1,048,577 rows": b"x,y\n" + b"1,2\n" * 1_048_577,
}


def array_pickle(values, protocol=2):
    return pickle.dumps(values, protocol)


def images(n=12, side=4, labels=None):
    return np.zeros((n, side * side), "f4"), np.arange(n, dtype="i8") % 10 if labels is None else labels


PAIRS = (images(), images(), images())

PICKLES = {
    "the lesson's form": pickle.dumps(PAIRS, 2),
    "protocol 0": pickle.dumps(PAIRS, 0),
    "protocol 5": pickle.dumps(PAIRS, 5),
    "nothing": b"",
    "a stop": b".",
    "text": b"hello",
    "a system call": b"cos\nsystem\n(S'touch run'\ntR.",
    "a name of a megabyte": b"c" + b"a" * 2**20 + b"\nb\n.",
    "a list of itself": b"(lp0\ng0\na.",
    "tuples in tuples": b"(" * 5_000 + b"t" * 5_000 + b".",
    "tuples that double": b"N" + b"\x85q\x00h\x00h\x00\x86" * 1_000 + b".",
    "a number of 100,000 digits": b"I" + b"9" * 100_000 + b"\n.",
    "a long of 100,000 digits": b"L" + b"9" * 100_000 + b"L\n.",
    "a long of 2 GB": b"\x8b\xff\xff\xff\x7f",
    "bytes of 2 GB": b"B\xff\xff\xff\x7f",
    "bytes of 2^63": b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f",
    "a text of 4 GB": b"X\xff\xff\xff\xff",
    "a frame of 2^63": b"\x80\x04\x95" + b"\xff" * 7 + b"\x7fN.",
    "a memo of 4 GB": b"Nr\xff\xff\xff\xff.",
    "protocol 255": b"\x80\xffN.",
    "a persistent id": b"Pabc\n.",
    "opcodes without end": b"N0" * 1_000_000,
    "arrays of objects": pickle.dumps(np.array([print], dtype=object)),
    "labels that are negative": pickle.dumps((images(labels=np.full(12, -1)),) * 3, 2),
    "pixels that are no number": pickle.dumps(((np.full((12, 16), np.nan, "f4"), images()[1]),) * 3, 2),
    "no images": pickle.dumps(((np.zeros((0, 16), "f4"), np.zeros(0, "i8")),) * 3, 2),
    "one pixel": pickle.dumps((images(side=1),) * 3, 2),
    "images of other sizes": pickle.dumps((images(), images(side=5), images()), 2),
    "gzip of gzip": gzip.compress(gzip.compress(pickle.dumps(PAIRS, 2))),
    "gzip cut short": gzip.compress(pickle.dumps(PAIRS, 2))[:-9],
    "gzip of nothing": gzip.compress(b""),
    "gzip of a gigabyte": gzip.compress(bytes(2**20), 1) * 1_024,
    "gzip's first bytes": b"\x1f\x8b",
    "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
}


def idx(shape, data=None, kind=8, dimensions=None):
    head = bytes([0, 0, kind, len(shape) if dimensions is None else dimensions])
    head += b"".join(struct.pack(">I", size) for size in shape)
    return head + (bytes(int(np.prod(shape, dtype=object))) if data is None else data)


GOOD_IDX = (idx((12, 4, 4)), idx((12,)), idx((12, 4, 4)), idx((12,)))
IDX = {
    "good": GOOD_IDX,
    "nothing": (b"",) * 4,
    "heads alone": tuple(data[:4] for data in GOOD_IDX),
    "sizes of 4 GB": (idx((2**32 - 1,) * 3, b""), *GOOD_IDX[1:]),
    "a size of 0": (idx((0, 4, 4)), *GOOD_IDX[1:]),
    "pixels of 0": (idx((12, 0, 0)), *GOOD_IDX[1:]),
    "255 dimensions": (idx((1,) * 255, b"1"), *GOOD_IDX[1:]),
    "no dimensions": (idx((), b""), *GOOD_IDX[1:]),
    "floats": (idx((12, 4, 4), bytes(768), kind=13), *GOOD_IDX[1:]),
    "a byte less": (GOOD_IDX[0][:-1], *GOOD_IDX[1:]),
    "a byte more": (GOOD_IDX[0] + b"x", *GOOD_IDX[1:]),
    "images that are labels": (GOOD_IDX[1], *GOOD_IDX[1:]),
    "labels of 255": (GOOD_IDX[0], idx((12,), b"\xff" * 12), *GOOD_IDX[2:]),
    "more labels": (GOOD_IDX[0], idx((13,)), *GOOD_IDX[2:]),
    "two images": (idx((2, 4, 4)), idx((2,)), idx((2, 4, 4)), idx((2,))),
    "long images": (idx((12, 1, 16)), GOOD_IDX[1], idx((12, 1, 16)), GOOD_IDX[3]),
    "large images": (idx((2, 100, 100)), idx((2,)), idx((2, 100, 100)), idx((2,))),
    "gzip of zeros": (gzip.compress(bytes(10**7)), *GOOD_IDX[1:]),
}
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def written_idx(folder, files):
    folder.mkdir()
    for name, data in zip(NAMES, files, strict=True):
        (folder / name).write_bytes(data)
    return folder


# Runs: what `export` and `train --resume` read.


def safetensors(header, data=b"", size=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + data


def tensor(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


WEIGHTS = {
    "nothing": b"",
    "zeros": bytes(100),
    "a header of 2^63": struct.pack("<Q", 2**63) + b"{}",
    "a header longer than the file": safetensors({}, size=1_000),
    "no tensors": safetensors({}),
    "a list": safetensors([]),
    "no JSON": safetensors(b"{{{{"),
    "JSON 100,000 deep": safetensors(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "JSON that is no UTF-8": safetensors(b'{"\xff": 1}'),
    "100,000 tensors": safetensors({f"t{n}": tensor(shape=(0,), offsets=(0, 0)) for n in range(100_000)}),
    "a type that there is not": safetensors({"layers.0.weight": tensor("F33")}, bytes(4)),
    "bfloat16": safetensors({"layers.0.weight": tensor("BF16", (2,))}, bytes(4)),
    "a shape of 2^64": safetensors({"layers.0.weight": tensor(shape=(2**63, 2**63))}, bytes(4)),
    "a shape below 0": safetensors({"layers.0.weight": tensor(shape=(-1,))}, bytes(4)),
    "offsets beyond the end": safetensors({"layers.0.weight": tensor(offsets=(0, 2**40))}, bytes(4)),
    "offsets from right to left": safetensors({"layers.0.weight": tensor(offsets=(4, 0))}, bytes(4)),
    "offsets that overlap": safetensors({"a": tensor(), "b": tensor()}, bytes(4)),
    "a hole": safetensors({"a": tensor(offsets=(4, 8))}, bytes(8)),
    "a name of a megabyte": safetensors({"n" * 2**20: tensor()}, bytes(4)),
    "a pickle": pickle.dumps({"layers.0.weight": 1}),
}

METRICS = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "lists 100,000 deep": b"[" * 100_000,
    "objects 100,000 deep": b'{"made_of":' * 100_000,
    "a number of 100,000 digits": b'{"made_of": ' + b"9" * 100_000 + b"}",
    "NaN": b'{"made_of": NaN}',
    "bytes that are no UTF-8": b'{"made_of": "\xff"}',
    "UTF-16": '{"made_of": {}}'.encode("utf-16"),
    "100 MB of spaces": b" " * 10**8 + b"{}",
    "options that are none": b'{"made_of": {"options": {"__class__": 1}, "data": {"name": "x"}}}',
    "options of other types": b'{"made_of": {"options": {"hidden": "50"}, "data": {"name": "x"}}}',
    "a layer of 10^9": b'{"made_of": {"options": {"hidden": 1000000000}, "data": {"name": "x"}}}',
    "a network of 10^300": b'{"made_of": {"options": {"hidden": 1' + b"0" * 300 + b'}, "data": {"name": "x"}}}',
    "images at a device": b'{"made_of": {"options": {}, "data": {"name": "/dev/zero"}}}',
    "images at a name of null bytes": b'{"made_of": {"options": {}, "data": {"name": "a\\u0000b"}}}',
}


def torch_bytes(value):
    whole = io.BytesIO()
    torch.save(value, whole)
    return whole.getvalue()


def repacked(data, change):
    """Return a checkpoint whose pickle is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name.endswith("data.pkl") else text)
    return out.getvalue()


CHECKPOINTS = {
    "nothing": lambda good: b"",
    "zeros": lambda good: bytes(1_000),
    "half": lambda good: good[: len(good) // 2],
    "a byte less": lambda good: good[:-1],
    "a pickle": lambda good: pickle.dumps({"format": 1}),
    "a system call": lambda good: repacked(good, lambda data: b"cos\nsystem\n(S'touch run'\ntR."),
    "a pickle of nothing": lambda good: repacked(good, lambda data: b""),
    "a pickle without end": lambda good: repacked(good, lambda data: b"\x80\x02" + b"(" * 1_000_000),
    "tuples that double": lambda good: repacked(
        good, lambda data: b"\x80\x02N" + b"q\x00h\x00h\x00\x86" * 5_000 + b"."
    ),
    "lists in lists": lambda good: repacked(good, lambda data: b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b"."),
    "a list": lambda good: torch_bytes([1, 2, 3]),
    "another format": lambda good: torch_bytes({"format": 2, "made_of": {}}),
    "a format that is a tensor": lambda good: torch_bytes({"format": torch.ones(2), "made_of": {}}),
    "of nothing": lambda good: torch_bytes({"format": 1, "made_of": {}}),
    "a tensor of 2^40 of one number": lambda good: torch_bytes({"format": torch.zeros(1).expand(2**40), "made_of": {}}),
    "a sparse tensor": lambda good: torch_bytes({"format": torch.eye(3).to_sparse(), "made_of": {}}),
    "numbers that are complex": lambda good: torch_bytes(
        {"format": 1j, "made_of": {"data": torch.zeros(2, dtype=torch.complex64)}}
    ),
    "keys that are none": lambda good: torch_bytes({None: None, 1: 2}),
    "of another torch": lambda good: repacked(good, lambda data: data.replace(b"torch._utils", b"torch.hub")),
    "a storage that is not there": lambda good: repacked(
        good, lambda data: data.replace(b"FloatStorage", b"ShortStorage")
    ),
}


def pipes(folder, name):
    """Put a pipe that nobody writes into in a file's place."""
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
