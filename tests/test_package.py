"""What is refused before it is read: every file here is made by hand to be wrong in one way."""

import os
import struct
import zipfile
from pathlib import Path
from random import Random

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsgd.errors import InputError
from xlsgd.reading import package, zip_bounds
from xlsgd.reading.package import chunks, open_package, parse_part, relationships, sheet_parts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
    '<sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE_REL}">'
    f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
}


def write(path: Path, **changed) -> Path:
    """Write a package: PARTS, with those in `parts` in their place and those in `without` left out."""
    parts = PARTS | changed.get("parts", {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            if name not in changed.get("without", ()):
                archive.writestr(name, data)
    return path


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "real.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("zeta").write("A1", 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=zeta!$A$1:$A$2"})
        book.add_chartsheet("drawn").set_chart(chart)
        book.add_worksheet("alpha & co").write("A1", "x" * 100)
    return path


def refusal(path) -> str:
    with pytest.raises(InputError) as caught, open_package(path) as archive:
        for part in sheet_parts(archive).values():
            for _ in chunks(archive, part):
                pass
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_the_sheets_of_a_real_workbook_in_its_order_without_its_chart_sheet(workbook):
    with open_package(workbook) as archive:
        assert sheet_parts(archive) == {"zeta": "xl/worksheets/sheet1.xml", "alpha & co": "xl/worksheets/sheet2.xml"}


def test_targets_from_the_root_of_the_package_and_outside_it(tmp_path):
    rels = (
        f'<Relationships xmlns="{PACKAGE_REL}">'
        f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{REL}/externalLink" Target="http://example.org/" TargetMode="External"/>'
        "</Relationships>"
    )
    with open_package(write(tmp_path / "a.xlsx", parts={"xl/_rels/workbook.xml.rels": rels})) as archive:
        assert relationships(archive, "xl/workbook.xml") == {"rId1": ("worksheet", "xl/worksheets/sheet1.xml")}
        assert relationships(archive, "xl/worksheets/sheet1.xml") == {}


def test_a_macro_is_left_alone(tmp_path):
    with open_package(write(tmp_path / "a.xlsm", parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"})) as archive:
        assert list(sheet_parts(archive)) == ["one"]


def test_no_such_file(tmp_path):
    assert "no such file" in refusal(tmp_path / "missing.xlsx")


def test_a_directory(tmp_path):
    assert "not a file" in refusal(tmp_path)


def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert "not a file" in refusal(tmp_path / "pipe.xlsx")


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"PK"])
def test_a_text_file(tmp_path, content):
    path = tmp_path / "text.xlsx"
    path.write_bytes(content)
    assert "not a workbook" in refusal(path) or "damaged" in refusal(path)


def test_an_encrypted_workbook(tmp_path):
    path = tmp_path / "secret.xlsx"
    path.write_bytes(package.OLE_SIGNATURE + bytes(512))
    assert "encrypted" in refusal(path)


def test_an_encrypted_part(workbook):
    data = bytearray(workbook.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    workbook.write_bytes(data)
    assert "encrypted" in refusal(workbook)


def test_a_compression_that_workbooks_do_not_use(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_LZMA) as archive:
        for name, data in PARTS.items():
            archive.writestr(name, data)
    assert "method" in refusal(tmp_path / "a.xlsx")


def test_a_truncated_workbook(workbook):
    data = workbook.read_bytes()
    for length in range(8, len(data), len(data) // 40):
        workbook.write_bytes(data[:length])
        assert "damaged" in refusal(workbook)


def test_a_wrong_checksum(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in PARTS.items():
            archive.writestr(name, data)
    path.write_bytes(path.read_bytes().replace(b"<sheetData/>", b"<sheetDatA/>"))
    assert "CRC" in refusal(path)


def test_a_fault_in_one_of_two_open_workbooks_names_that_one(tmp_path, workbook):
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_STORED) as archive:
        for name, data in PARTS.items():
            archive.writestr(name, data)
    bad.write_bytes(bad.read_bytes().replace(b"<sheetData/>", b"<sheetDatA/>"))
    with pytest.raises(InputError, match=r"bad\.xlsx"), open_package(bad) as first, open_package(workbook):
        list(chunks(first, "xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize("part", [package.CONTENT_TYPES, package.WORKBOOK])
def test_a_zip_that_is_no_workbook(tmp_path, part):
    assert part in refusal(write(tmp_path / "a.xlsx", without=[part]))


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside.xml", "xl/../../outside.xml", "xl\\..\\..\\outside.xml"])
def test_a_part_name_that_leaves_the_package(tmp_path, name):
    assert "outside" in refusal(write(tmp_path / "a.xlsx", parts={name: "<a/>"}))


def test_two_parts_of_one_name(tmp_path):
    path = write(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", PARTS["xl/workbook.xml"])
    assert "one name" in refusal(path)


def test_too_many_parts(tmp_path):
    parts = {f"xl/media/{number}": "" for number in range(package.MAX_PARTS)}
    assert "parts" in refusal(write(tmp_path / "a.xlsx", parts=parts))


def test_a_zip_bomb(tmp_path):
    bomb = b"<worksheet>" + b" " * (zip_bounds.BOMB_BYTES + 1) + b"</worksheet>"
    path = write(tmp_path / "a.xlsx", parts={"xl/worksheets/sheet1.xml": bomb})
    assert path.stat().st_size < 100_000
    assert "bomb" in refusal(path)


def resized(path: Path, part: str, size: int) -> Path:
    """Write another size for `part` in the zip's directory, where its readers look."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(part.encode()) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<II", data, entry + 20, min(size, 2**32 - 2), min(size, 2**32 - 2))
    path.write_bytes(data)
    return path


def test_a_workbook_that_unpacks_to_too_much(tmp_path):
    names = [f"xl/worksheets/sheet{number}.xml" for number in range(2, 7)]
    path = write(tmp_path / "a.xlsx", parts=dict.fromkeys(names, "<worksheet/>"))
    for name in names:
        resized(path, name, 2**32)
    assert "unpacks to" in refusal(path)


def test_what_is_no_worksheet_is_bounded_together(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_bounds, "MAX_WHOLE_BYTES", 5_000)
    media = {f"xl/media/{number}.bin": Random(1_000).randbytes(1_000) for number in range(5)}
    path = write(tmp_path / "a.xlsx", parts=media)
    assert "what is no worksheet unpacks to" in refusal(path)
    sheet = PARTS["xl/worksheets/sheet1.xml"].replace("<sheetData/>", f"<!--{media}--><sheetData/>")
    write(path, parts={"xl/worksheets/sheet1.xml": sheet})
    with open_package(path) as archive:
        assert sheet_parts(archive)


def test_a_part_that_is_held_as_a_tree_is_bounded_further(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "MAX_TREE_BYTES", 400)
    book = PARTS["xl/workbook.xml"] + "<!-- more -->" * 20
    path = write(tmp_path / "a.xlsx", parts={"xl/workbook.xml": book})
    assert f"'xl/workbook.xml' holds {len(book)} bytes: at most 400" in refusal(path)


def test_many_parts_each_below_the_bomb_are_one(tmp_path):
    zeros = bytes(zip_bounds.BOMB_BYTES // 4)
    path = write(tmp_path / "a.xlsx", parts={f"xl/media/{number}.bin": zeros for number in range(6)})
    assert "6 parts of over 500 times the packed size: refused as a zip bomb" in refusal(path)


def test_parts_that_overlap_are_a_bomb(tmp_path):
    """Fifield's: many entries of the directory lead to one packed kernel."""
    path = write(tmp_path / "a.xlsx", parts={"xl/media/1.bin": Random(5_000).randbytes(5_000)})
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    (count, size, at) = struct.unpack_from("<HLL", data, end + 10)
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/media/1.bin"))
    own = data[entry : entry + 46 + len("xl/media/1.bin")]
    more = b"".join(own.replace(b"1.bin", b"%d.bin" % number) for number in range(2, 10))
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count + 8, count + 8, size + len(more), at, 0)
    path.write_bytes(data[:end] + more + last)
    assert "its parts overlap: refused as a zip bomb" in refusal(path)


@pytest.mark.parametrize("is_64", [False, True])
def test_a_directory_without_end_is_not_read(tmp_path, is_64):
    path, size = write(tmp_path / "a.xlsx"), 2**24
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    tail = bytearray(data[end:])
    struct.pack_into("<L", tail, 12, 0xFFFFFFFF if is_64 else size)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 4, 4, size, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    path.write_bytes(data[:end] + (record + locator) * is_64 + tail)
    assert f"its directory has {size} bytes" in refusal(path)


@pytest.mark.parametrize("name", ["one", "ONE", "two"])
def test_a_sheet_that_is_there_twice(tmp_path, name):
    """By its name, or by the part it is in: one of the two would not be looked at, and perhaps be the wrong one."""
    second = f'<sheet name="{name}" sheetId="2" r:id="rId1"/></sheets>'
    book = PARTS["xl/workbook.xml"].replace("</sheets>", second)
    assert f"sheet {name!r} is there twice: refused" in refusal(
        write(tmp_path / "a.xlsx", parts={"xl/workbook.xml": book})
    )


def test_a_sheets_name_without_end(tmp_path):
    book = PARTS["xl/workbook.xml"].replace('name="one"', f'name="{"n" * 256}"')
    assert "a sheet's name has 256 characters" in refusal(write(tmp_path / "a.xlsx", parts={"xl/workbook.xml": book}))


def test_a_size_that_lies_is_not_believed(tmp_path):
    path = write(tmp_path / "a.xlsx", parts={"xl/worksheets/sheet1.xml": "<worksheet>" + " " * 5000 + "</worksheet>"})
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", data, entry + 24, 100)
    path.write_bytes(data)
    assert "damaged" in refusal(path)


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
FETCH = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


@pytest.mark.parametrize("text", [LAUGHS, FETCH, f"<!--{'-x' * 9000}-->{LAUGHS}"], ids=["laughs", "fetch", "late"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sheet.bin", "[Content_Types].xml"])
def test_a_document_type_in_any_part_and_encoding(tmp_path, text, encoding, part):
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")[:6]}"?>{text}'.encode(encoding)
    assert refusal(write(tmp_path / "a.xlsx", parts={part: declared}))


def test_a_prolog_without_end(tmp_path):
    comment = "".join(f"<!--{number}-->" for number in range(200_000))
    assert "no element" in refusal(write(tmp_path / "a.xlsx", parts={"xl/worksheets/sheet1.xml": comment + "<a/>"}))


@pytest.mark.parametrize("text", ["", "not XML", "<a>&undeclared;</a>", '<?xml version="1.0" encoding="ebcdic"?><a/>'])
def test_a_part_that_does_not_parse(tmp_path, text):
    assert "damaged" in refusal(write(tmp_path / "a.xlsx", parts={"xl/workbook.xml": text}))


def test_a_sheet_that_the_package_does_not_hold(tmp_path):
    assert "'one'" in refusal(write(tmp_path / "a.xlsx", without=["xl/worksheets/sheet1.xml"]))
    assert "'one'" in refusal(write(tmp_path / "b.xlsx", without=["xl/_rels/workbook.xml.rels"]))


def test_a_workbook_without_a_sheet(tmp_path):
    assert "no worksheet" in refusal(write(tmp_path / "a.xlsx", parts={"xl/workbook.xml": f'<w xmlns="{MAIN}"/>'}))


def test_a_part_asked_for_by_a_wrong_name(tmp_path):
    with open_package(write(tmp_path / "a.xlsx")) as archive, pytest.raises(InputError, match="no part"):
        parse_part(archive, "xl/none.xml")


def test_a_directory_that_places_a_part_before_the_file(workbook):
    data = bytearray(workbook.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    offset = struct.unpack_from("<I", data, end + 16)[0]
    struct.pack_into("<I", data, end + 16, offset + 1000)
    workbook.write_bytes(data)
    assert "damaged" in refusal(workbook)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_workbook_with_bytes_changed_is_read_or_refused(workbook, data):
    content = bytearray(workbook.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = workbook.with_name("changed.xlsx")
    path.write_bytes(content)
    try:
        with open_package(path) as archive:
            for part in sheet_parts(archive).values():
                parse_part(archive, part)
    except InputError as error:
        assert str(path) in str(error)
