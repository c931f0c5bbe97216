"""A part as a stream of events: bounded, and damage told in one line."""

import doctest
import zipfile

import pytest

from xlsgd.errors import InputError
from xlsgd.reading import streams
from xlsgd.reading.streams import MAX_PIECES, NAMESPACES, Target, parse, unescaped


class Noting(Target):
    """Notes the elements by their short names, and the texts of `t`."""

    def __init__(self, *tags):
        super().__init__(*tags)
        self.seen, self.texts = [], []

    def start(self, name, attributes):
        self.seen.append(self.tags.get(name))
        self.pieces = self.text = []

    def end(self, name):
        self.texts.append("".join(self.text))
        self.pieces = None


@pytest.fixture
def part(tmp_path):
    def made(text):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("part.xml", text)
        return zipfile.ZipFile(tmp_path / "a.zip")

    return made


def test_the_docstrings_examples_hold():
    results = doctest.testmod(streams)
    assert results.attempted and not results.failed


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_elements_are_known_in_either_namespace_and_others_are_none(part, namespace):
    target = Noting("t", "si")
    with part(f'<si xmlns="{namespace}"><t>one</t><t xmlns="other">two</t></si>') as archive:
        list(parse(archive, "part.xml", target))
    assert target.seen == ["si", "t", None] and target.texts[:2] == ["one", "two"]


def test_a_part_is_handed_out_chunk_by_chunk(part):
    target, rows = Noting("t"), 20_000
    with part(f'<si xmlns="{NAMESPACES[0]}">{"<t>x</t>" * rows}</si>') as archive:
        seen = [len(target.seen) for _ in parse(archive, "part.xml", target)]
    assert len(seen) > 2 and 0 < seen[0] < rows and seen[-1] == rows + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<si><t>", "no element found"),
        ("<si></t>", "mismatched tag"),
        ("no xml", "syntax error"),
        (f"<t>{'x&#10;' * 70_000 * MAX_PIECES}</t>", "a text longer than any cell's"),
        (f"<t {'a' * 2**23}", "a tag without end"),
    ],
    ids=["cut", "mismatched", "text", "endless text", "endless tag"],
)
def test_damage_is_one_line_with_the_parts_name(part, text, says):
    with part(text) as archive, pytest.raises(InputError) as caught:
        list(parse(archive, "part.xml", Noting("t")))
    assert says in str(caught.value) and "part.xml" in str(caught.value) and "\n" not in str(caught.value)


def test_what_the_target_finds_wrong_is_told(part):
    class Refusing(Noting):
        def end(self, name):
            raise ValueError("row 7 out of order")

    with part("<si/>") as archive, pytest.raises(InputError, match=r"part\.xml.*row 7 out of order"):
        list(parse(archive, "part.xml", Refusing("t")))


@pytest.mark.parametrize(
    ("escaped", "text"),
    [("a_x000D_b", "a\rb"), ("_x005F_x000D_", "_x000D_"), ("_x00e4_", "ä"), ("_x12_", "_x12_"), ("plain_", "plain_")],
)
def test_escapes_by_ecma_376(escaped, text):
    assert unescaped(escaped) == text
