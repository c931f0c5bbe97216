"""Parts put together from deflated pieces: read back by zipfile, and the same cells however they were deflated."""

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.excel import writer
from xlsgd.excel.zip_pieces import Deflater, put_in
from xlsgd.points.points import Points
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.testing import assert_mirrors
from xlsgd.workbooks.build import build


def put_together(folder, parts, pieces, fast):
    with zipfile.ZipFile(folder / "skeleton", "w") as skeleton:
        for name, text in parts.items():
            skeleton.writestr(name, text)
    made = {}
    for index, (mark, texts) in enumerate(pieces.items()):
        deflater = Deflater((folder / f"piece{index}").open("w+b"), fast)
        for text in texts:
            deflater.write(text)
        made[mark] = deflater.finish()
    put_in(folder / "skeleton", made, folder / "whole")
    with zipfile.ZipFile(folder / "whole") as whole:
        assert whole.testzip() is None  # every checksum, over the parts as zipfile unpacks them
        return {info.filename: whole.read(info).decode() for info in whole.infolist()}


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<>"))


@pytest.mark.parametrize("fast", [False, True])
@given(before=texts, rows=st.lists(texts), after=texts, other=texts)
def test_pieces_stand_where_their_marks_stood(tmp_path_factory, fast, before, rows, after, other):
    parts = {"a": other, "b": f"{before}<!--rows-1-->{after}", "c": f"<!--rows-0-->{after}"}
    found = put_together(tmp_path_factory.mktemp("zip"), parts, {"<!--rows-0-->": ["x"], "<!--rows-1-->": rows}, fast)
    assert found == {"a": other, "b": before + "".join(rows) + after, "c": "x" + after}


def test_a_large_piece(tmp_path):
    lines = [f"{i * 7919 % 100_003}\n" for i in range(300_000)]
    found = put_together(tmp_path, {"a": "[<!--rows-0-->]"}, {"<!--rows-0-->": lines}, fast=True)
    assert found == {"a": f"[{''.join(lines)}]"}


@pytest.mark.slow
def test_many_rows_and_few_give_the_same_parts(tmp_path, monkeypatch):
    """Whether rows share their formulas depends on their number, and their compression: no cell, and no other part."""
    points = Points([float(i % 97) for i in range(3000)], [float(i % 89) for i in range(3000)])
    few = build("graddesc", tmp_path / "few", points, {"adam": LESSON["adam"]})
    monkeypatch.setattr(writer, "MANY_ROWS", 1)
    many = build("graddesc", tmp_path / "many", points, {"adam": LESSON["adam"]})
    assert few.read_bytes() != many.read_bytes()
    with zipfile.ZipFile(few) as one, zipfile.ZipFile(many) as other:
        assert one.namelist() == other.namelist()
        apart = [name for name in one.namelist() if one.read(name) != other.read(name)]
        assert apart and all(name.startswith("xl/worksheets/sheet") for name in apart)
    assert_mirrors(few, many, tolerance=0)
    assert_mirrors(many, few, tolerance=0)


@pytest.mark.parametrize("names", [["adam"], ["momentum", "basic"], ["adamw"]])
def test_chosen_training_sheets_only(tmp_path, engine, names):
    chosen = {name: (trainings() | LESSON)[name] for name in names}
    path = build("graddesc", tmp_path, trainings=chosen, epochs=2)
    book = engine(path).evaluate()
    assert [sheet["name"] for sheet in book.model.get_worksheets_properties()] == [
        "guide", *names, "race", *(f"{name}_run" for name in names)
    ]  # fmt: skip
