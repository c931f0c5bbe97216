"""XML held whole: the standard library's tree, within bounds."""

from xml.etree import ElementTree
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.reading.trees import DEEPEST, LONGEST_NAME, tree_of, without_element

DOCUMENTS = [
    "<a/>",
    '<a x="1" y="&lt;2">text<b>inner</b>tail<!-- no --><c/>more</a>',
    '<a xmlns="urn:one" xmlns:p="urn:two" p:q="3" q="4"><p:b xml:space="preserve"> </p:b><b xmlns=""/></a>',
    "<a><![CDATA[<b>]]>&amp;<?pi no?></a>",
]


def same(one, other):
    return (one.tag, one.attrib, one.text, one.tail, len(one)) == (
        other.tag, other.attrib, other.text, other.tail, len(other),
    ) and all(map(same, one, other))  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", DOCUMENTS)
def test_the_tree_is_the_standard_librarys(text, encoding):
    data = text.encode(encoding)
    assert same(tree_of(data), ElementTree.fromstring(data))


@pytest.mark.parametrize("text", ["", "<a>", "<a></b>", "<a/><b/>", "<a b=1/>", "<p:a/>", "<a>&b;</a>"])
def test_damage_is_damage(text):
    with pytest.raises(expat.ExpatError):
        tree_of(text.encode())


def test_depth_and_namespaces_are_bounded():
    def nested(depth):
        return b"<a>" * depth + b"</a>" * depth

    assert tree_of(nested(DEEPEST)) is not None
    with pytest.raises(ValueError, match="deep"):
        tree_of(nested(DEEPEST + 1))
    assert tree_of(b'<a xmlns="%b"/>' % (b"n" * LONGEST_NAME)) is not None
    with pytest.raises(ValueError, match="namespace"):
        tree_of(b'<a><b xmlns:p="%b"/></a>' % (b"n" * (LONGEST_NAME + 1)))


@pytest.mark.parametrize(
    ("data", "left"),
    [
        (b"<a><x/></a>", b"<a></a>"),
        (b"<a>1<x>2<y/>3</x>4<x b='>'>5</x>6</a>", b"<a>146</a>"),
        (b"<a><x><x/></x></a>", b"<a></a>"),
        (b'<p:a xmlns:p="urn:p"><p:x /></p:a>', b'<p:a xmlns:p="urn:p"></p:a>'),
        (b"<xa><x/></xa>", b"<xa></xa>"),
        (b"<a><!-- <x> --><x>1</x\n></a>", b"<a><!-- <x> --></a>"),
        (b"<a><![CDATA[<x></x>]]></a>", b"<a><![CDATA[<x></x>]]></a>"),
        (b"<a><xy/></a>", b"<a><xy/></a>"),
    ],
)
def test_an_element_is_left_out_and_nothing_else(data, left):
    assert without_element(data, "x") == left


@given(st.lists(st.sampled_from([b"<x>", b"</x>", b"<x/>", b"<xx>", b"</xx>", b"t", b"<!--x-->", b"<y a='<'/>"])))
def test_what_is_left_has_no_such_element(pieces):
    data = b"<a>%b</a>" % b"".join(pieces)
    try:
        before = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return
    after = ElementTree.fromstring(without_element(data, "x"))
    assert not [*after.iter("x")]
    assert [item.tag for item in after] == [item.tag for item in before if item.tag != "x"]
