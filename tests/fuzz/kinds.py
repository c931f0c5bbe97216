"""What is fuzzed: for each kind of file how one is drawn, and what reads it: an answer or an `InputError` of one line."""

import io
import pickle
import struct
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from foreign_books import STYLES, package, parts_of, sheet_xml

from xlsgd.errors import InputError
from xlsgd.mnist import data
from xlsgd.mnist.checkpoint import FORMAT, Checkpoints
from xlsgd.mnist.finished import _tensors
from xlsgd.mnist.recipe import Recipe
from xlsgd.points.read import read_points
from xlsgd.reading.cells import Formula
from xlsgd.reading.grammar import areas, canonical, is_volatile, names
from xlsgd.symbols.references import absolute, relative
from xlsgd.verifying.check import verify
from xlsgd.verifying.comparing.compare import compare
from xlsgd.verifying.engines import SEVERAL_SHEETS
from xlsgd.verifying.engines.libreoffice_quirks import NUMBER, QUOTIENT
from xlsgd.verifying.engines.shared_quirks import MATCH
from xlsgd.verifying.quirks import placed_references, without_names

Drawn = st.SearchStrategy[bytes]


class Kind(NamedTuple):
    """A kind of file.

    `suffix` is its name's end, `drawn` what draws one, `read` what reads one at a path, `examples` how many are drawn
    in a few seconds.
    """

    suffix: str
    drawn: Drawn
    read: Callable[[Path], Any]
    examples: int


@st.composite
def mutated(draw: Any, bases: list[bytes], tokens: list[bytes]) -> bytes:
    """Draw a file with some of its bytes others: left out, put in, repeated, exchanged for what means something."""
    text = draw(st.sampled_from(bases))
    token = st.sampled_from(tokens) | st.binary(max_size=4)
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, len(text)))
        last = min(len(text), first + draw(st.sampled_from([0, 0, 1, 2, 4, 8, 40, 400])))
        times = draw(st.sampled_from([1, 1, 1, 2, 50]))
        text = text[:first] + draw(st.just(text[first:last]) | token) * times + text[last:]
    return text


HEADER = '<c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>y</v></c><c r="D1" t="inlineStr"><is><t>note</t></is></c>'
SHEET = sheet_xml(
    [
        HEADER,
        '<c r="A2"><v>14</v></c><c r="B2"><f>A2*2+30</f><v>58</v></c><c r="C2"><f>RAND()</f><v>0.5</v></c>',
        '<c r="A3" s="0"><f t="shared" ref="A3:A4" si="0">n+1</f><v>2</v></c><c r="B3" t="b"><v>1</v></c>',
        '<c r="A4"><f t="shared" si="0"/><v>2</v></c><c r="B4"><f t="array" ref="B4:C4">{1,2}</f><v>1</v></c><c r="C4"><v>2</v></c>',
        '<c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="d"><v>2020-01-01</v></c>',
    ]
)
PARTS = parts_of(
    SHEET,
    strings=("x", "y &amp; z"),
    settings='<definedNames><definedName name="n">S!$A$2</definedName></definedNames>',
)
XML = [
    *(token.encode() for token in ("<c", "<c ", "</c>", "<row>", "</row>", "<f>", "</f>", "<v>", "<v/>", "<!--", "-->")),
    *(b"<![CDATA[", b"]]>", b"<?x?>", b"&amp;", b"&#0;", b"&x;", b' r="A1"', b' r="XFD1048576"', b' t="s"', b' t="shared"', b' si="0"'),
    *(b' ref="A1:B9"', b' t="array"', b' t="dataTable"', b' s=""', b" xmlns=''", b"1e999", b"-0", b"nan", b"'", b'"', b"(", b"RAND()"),
    *(b"<extLst>", b"</extLst>", b"<rPh>", b"<is>", b"<!DOCTYPE a>", b"\0", b"\xff\xfe", b"_x000A_", b"n+", b"A1:A1"),
]  # fmt: skip


def as_package(changed: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    package(whole, PARTS | changed)
    return whole.getvalue()


def in_part(name: str, text: str) -> Drawn:
    return mutated([text.encode()], XML).map(lambda found: as_package({name: found}))


def read_workbook(path: Path) -> None:
    verify(path, ())
    for reading in (lambda: compare(path, path), lambda: read_points(path)):
        try:
            reading()
        except InputError as error:
            assert_one_line(error)


def read_csv(path: Path) -> None:
    read_points(path)


def read_checkpoint(path: Path) -> None:
    class Anything:
        def saved(self) -> dict[str, Any]:
            return {}

        def load(self, saved: dict[str, Any]) -> None:
            """Take whatever there is."""

    checkpoints = Checkpoints(path.parent, Recipe(), "digest", 1, None, 0)
    checkpoints.path = path
    before = torch.get_rng_state()
    try:
        checkpoints.load(Anything(), 3, 2)
    finally:
        torch.set_rng_state(before)


def read_formula(path: Path) -> None:
    """Everything that is asked of a formula's text; two spellings of one parse are one."""
    text = path.read_bytes().decode(errors="replace")
    rows = relative(text, 4, 3)
    [*areas(rows, 4, 3)]
    names(rows), is_volatile(rows), absolute(rows, 4, 3), Formula(text, 4, 3).spelled(9, 9)
    assert canonical(rows) == canonical(rows + " ")
    placed_references(without_names(text, "S", {("", "N"): "S!$A$2"}), "S")
    for pattern in (SEVERAL_SHEETS, MATCH, NUMBER):
        pattern.search(text)
    if over := QUOTIENT.fullmatch(text):
        float(over[1])


def good_zip() -> bytes:
    return as_package({})


def checkpoint() -> bytes:
    import dataclasses

    whole = io.BytesIO()
    made_of = dataclasses.asdict(Recipe()) | {"data": "digest", "processes": 1}
    row = [1, 0.5, 0.5, 0.5, 0.5]
    held = {"format": FORMAT, "made_of": made_of, "engine": {"w": torch.ones(2, 2)}, "epoch": 1, "step": 1}
    held |= {
        "seconds": 1.0,
        "epochs": [row],
        "losses": torch.ones(4, dtype=torch.float64),
        "random": torch.get_rng_state(),
    }
    torch.save(held, whole)
    return whole.getvalue()


def restored(change: Drawn, good: bytes) -> Drawn:
    """Draw a checkpoint whose pickle is another, in a zip that is whole."""

    def packed(text: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                new.writestr(name, text if name.endswith("data.pkl") else old.read(name))
        return out.getvalue()

    return change.map(packed)


GOOD_CHECKPOINT = checkpoint()
with zipfile.ZipFile(io.BytesIO(GOOD_CHECKPOINT)) as _zip:
    CHECKPOINT_PICKLE = _zip.read(next(name for name in _zip.namelist() if name.endswith("data.pkl")))

IMAGES = (np.zeros((4, 4), "f4"), np.arange(4))
OPCODES = [
    *(bytes([n]) for n in b"(.0NKJMXUBCctbR}]aeuqhrjpgiIFLVSP\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8e\x93\x94\x95")
]
OPCODES += [b"cos\nsystem\n", b"\xff\xff\xff\x7f", b"q\x00h\x00", b"numpy", b"_rebuild_tensor_v2", b"torch"]
HEAD = struct.pack("<Q", 62) + b'{"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}      }'
SAFETENSORS = [struct.pack("<Q", len(HEAD) - 8) + HEAD[8:] + bytes(4)]
FORMULA = [
    b"=SUM($A$1:B2,'my sheet'!C3)*2^-1%",
    b'IF(n>1,"a ""b""",{1,2;3,4})',
    b"(A1+B2)/100.50",
    b"MATCH(A1,B1:B9)",
    b"S:T!A1",
]
FORMULA_TOKENS = [
    *(bytes([n]) for n in b"'\"()[]{}!:,;#@%$.^&=<>+-*/ \\_0aAR"),
    b"R1C1",
    b"R[-1]",
    b"A1",
    b"$A$1",
    b"1e9",
    b"#REF!",
]
FORMULA_TOKENS += ["é".encode(), b"999999999", b"RAND(", b"n"]
CSV = [b"x,y\n1,2\n3,4\n", b"x;y\n1,5;2\n", b'a note\n\n"x","y"\n"1,000",2\n', "x\ty\n1\u00a0000\t2\n".encode()]
CSV_TOKENS = [
    *(bytes([n]) for n in b",;\t\n\r\"' .-+=@e0\0"),
    b"\xef\xbb\xbf",
    b"\xff",
    b"1e999",
    b"nan",
    b"_",
    b"x",
    b"\r\n",
    "٣".encode(),
]

KINDS = {
    "sheet": Kind(".xlsx", in_part("xl/worksheets/sheet1.xml", SHEET), read_workbook, 300),
    "workbook": Kind(".xlsx", in_part("xl/workbook.xml", PARTS["xl/workbook.xml"]), read_workbook, 200),
    "strings": Kind(".xlsx", in_part("xl/sharedStrings.xml", PARTS["xl/sharedStrings.xml"]), read_workbook, 200),
    "styles": Kind(".xlsx", in_part("xl/styles.xml", STYLES), read_workbook, 100),
    "package": Kind(".xlsx", mutated([good_zip()], [b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"\xff" * 4, bytes(4)]), read_workbook, 300),
    "csv": Kind(".csv", mutated(CSV, CSV_TOKENS), read_csv, 500),
    "pickle": Kind(".pkl", mutated([pickle.dumps((IMAGES,) * 3, n) for n in (0, 2, 5)], OPCODES), data.from_pickle, 800),
    "idx": Kind(".idx", mutated([bytes((0, 0, 8, 3, *(0, 0, 0, 2) * 3)) + bytes(8)], [b"\xff\xff\xff\xff", b"\x1f\x8b", bytes(4)]), lambda path: data.read_idx(path, 3), 800),
    "weights": Kind(".safetensors", mutated(SAFETENSORS, [b"{", b"}", b'"', b"F64", b"-1", b"BF16", b"99999999999", b"\xff"]), _tensors, 500),
    "checkpoint": Kind(".pt", mutated([GOOD_CHECKPOINT], [b"PK\x01\x02", b"\xff" * 4, bytes(4)]), read_checkpoint, 200),
    "state": Kind(".pt", restored(mutated([CHECKPOINT_PICKLE], OPCODES), GOOD_CHECKPOINT), read_checkpoint, 400),
    "formula": Kind(".txt", mutated(FORMULA, FORMULA_TOKENS), read_formula, 1_000),
}  # fmt: skip
"""Every kind by its name."""


def assert_one_line(error: InputError) -> None:
    message = str(error)
    assert message and "\n" not in message and "\r" not in message, repr(message)


def answered_or_refused(kind: Kind, path: Path) -> None:
    """Read a file; whatever it is made of, it is answered, or refused in one line."""
    try:
        kind.read(path)
    except InputError as error:
        assert_one_line(error)


def tried(kind: Kind, content: bytes) -> None:
    """Read a file of some content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"drawn{kind.suffix}"
        path.write_bytes(content)
        answered_or_refused(kind, path)
