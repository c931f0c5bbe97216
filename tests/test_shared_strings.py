"""Shared texts: the fast way reads what the parser reads, and too many are refused."""

import time
import zipfile

import pytest
from foreign_books import MAIN, package, parts_of, sheet_xml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.points.read import read_points
from xlsgd.reading import shared_strings
from xlsgd.reading.package import open_package
from xlsgd.reading.shared_strings import SharedStrings
from xlsgd.verifying.comparing.compare import compare

PART = "xl/sharedStrings.xml"
ONE_CELL = '<c r="A1" t="s"><v>0</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
PARTS = parts_of(sheet_xml([ONE_CELL]), strings=("text",))


def written(path, xml):
    return package(path, PARTS | {PART: xml})


def sst(items, declaration=""):
    return f'{declaration}<sst xmlns="{MAIN}">{items}</sst>'


def read(path, plain=True):
    """The texts by the way that is taken, or by the parser alone."""
    with open_package(path) as archive:
        strings = SharedStrings(archive, PART)
        return [*strings] if plain else strings._all_texts()


PLAIN = {
    "ascii": "<si><t>a</t></si><si><t> b </t></si>",
    "spaces kept": '<si><t xml:space="preserve"> a </t></si><si><t>b</t></si>',
    "empty": "<si><t></t></si><si><t/></si><si><t>c</t></si>",
    "entities": "<si><t>a&amp;b &lt;c&gt; &#65;&#x42;</t></si><si><t>&quot;&apos;</t></si>",
    "escapes": "<si><t>two_x000A_lines</t></si><si><t>_x0041_</t></si>",
    "letters": "<si><t>Größe \N{GREEK SMALL LETTER ALPHA} \N{GRINNING FACE}</t></si>",
    "line ends": "<si><t>a\r\nb\rc\nd</t></si>",
    "one": "<si><t>a</t></si>",
}
OTHERS = {
    "runs": "<si><r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r></si><si><t>c</t></si>",
    "hints": '<si><t>a</t><rPh sb="0" eb="1"><t>hint</t></rPh></si>',
    "a comment": "<si><t>a<!-- no -->b</t></si><!-- <si><t>no</t></si> --><si><t>c</t></si>",
    "character data": "<si><t><![CDATA[<a>]]></t></si>",
    "spaces between": "<si>\n<t>a</t>\n</si>\n<si><t>b</t></si>",
    "other attributes": '<si><t xml:space="default">a</t></si>',
    "none": "",
}


@pytest.mark.parametrize("items", [*PLAIN.values(), *OTHERS.values()], ids=[*PLAIN, *OTHERS])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'])
def test_the_fast_way_reads_what_the_parser_reads(tmp_path, items, declaration):
    path = written(tmp_path / "a.xlsx", sst(items, declaration))
    assert read(path) == read(path, plain=False)


@pytest.mark.parametrize("name", PLAIN)
def test_what_programs_write_is_read_the_fast_way(tmp_path, name):
    with open_package(written(tmp_path / "a.xlsx", sst(PLAIN[name]))) as archive:
        strings = SharedStrings(archive, PART)
        assert strings._plain_texts() == strings._all_texts() != []


@pytest.mark.parametrize("size", [1, 63, 2**16, 2**20, 2**20 + 1])
def test_texts_over_the_edges_of_what_is_read_at_once(tmp_path, monkeypatch, size):
    monkeypatch.setattr(shared_strings, "PIECE", size)
    texts = [f"text {n} " + "x" * (n % 97) for n in range(20_000)]
    path = written(tmp_path / "a.xlsx", sst("".join(f"<si><t>{text}</t></si>" for text in texts)))
    assert read(path) == texts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.lists(st.sampled_from([*PLAIN.values(), *OTHERS.values(), "<si>", "<t>", "</si>", "&", "\x01", "]]>", "\0"])))
@example(["<si><t>a\x01</t></si>"])
@example(["<si><t>a]]></t></si>"])
@example(["<si><t>&nbsp;</t></si>"])
def test_damage_is_seen_either_way(tmp_path, items):
    path = written(tmp_path / "a.xlsx", sst("".join(items)))
    found = []
    for plain in (True, False):
        try:
            found.append(read(path, plain))
        except InputError:
            found.append(None)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<?xml version="1.0"  encoding="iso-8859-1"?>', "latin-1"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
    ],
)
def test_another_encoding(tmp_path, declaration, encoding):
    path = written(tmp_path / "a.xlsx", sst("<si><t>Größe</t></si>", declaration).encode(encoding))
    assert read(path) == ["Größe"]


def test_texts_of_another_namespace_are_none(tmp_path):
    assert read(written(tmp_path / "a.xlsx", '<sst xmlns="urn:else"><si><t>a</t></si></sst>')) == []


@pytest.mark.parametrize("kind", ["MOST_PLAIN", "MOST_WITH_RUNS"])
def test_too_many_are_refused(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(shared_strings, kind, 100)
    item = "<si><t>a</t></si>" if kind == "MOST_PLAIN" else "<si><r><t>a</t></r></si>"
    assert len(read(written(tmp_path / "a.xlsx", sst(item * 100)))) == 100
    with pytest.raises(InputError, match=r"over 100 texts"):
        read(written(tmp_path / "b.xlsx", sst(item * 101)))


@pytest.fixture(scope="module", params=["plain", "with runs"])
def many(tmp_path_factory, request):
    """Three million texts, of which a cell uses the first."""
    item = b"<si><t>%d</t></si>" if request.param == "plain" else b"<si><r><t>%d</t></r></si>"
    path = package(tmp_path_factory.mktemp("many") / "a.xlsx", PARTS)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in (PARTS | {PART: sst(b"".join(item % n for n in range(3_000_000)).decode())}).items():
            archive.writestr(name, text)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("command", [read_points, lambda path: compare(path, path)], ids=["build", "compare"])
def test_three_million_texts_take_ten_seconds_at_most(many, command):
    """Three million texts take 10 s of a quiet processor's time at most, or are refused in it."""
    start = time.process_time()
    try:
        command(many)
    except InputError as error:
        assert "over 1,048,576 texts" in str(error)
    assert time.process_time() - start < 10
