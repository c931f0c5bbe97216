"""Names of a package's parts, as ECMA-376 (part 2) has them."""

import zipfile
from xml.etree import ElementTree

import pytest

from xlsgd.reading.part_names import relationships_part, rename, settled, target_of


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ("", "_rels/.rels"),
        ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
        ("xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"),
    ],
)
def test_where_a_parts_relationships_stand(part, where):
    assert relationships_part(part) == where


@pytest.mark.parametrize(
    ("target", "part", "found"),
    [
        ("worksheets/sheet1.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
        ("/xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
        ("../drawings/drawing1.xml", "xl/worksheets/sheet1.xml", "xl/drawings/drawing1.xml"),
        ("..\\drawings\\drawing1.xml", "xl/worksheets/sheet1.xml", "xl/drawings/drawing1.xml"),
        ("xl/workbook.xml", "", "xl/workbook.xml"),
        ("./a.xml", "xl/b.xml", "xl/a.xml"),
        ("../../../../etc/passwd", "xl/workbook.xml", "etc/passwd"),
    ],
)
def test_where_a_relationship_leads_and_never_out_of_the_package(target, part, found):
    assert target_of(ElementTree.Element("Relationship", Target=target), part) == found


def archive_of(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return zipfile.ZipFile(path)


def test_a_part_is_found_in_whatever_case_it_is_spelled(tmp_path):
    with archive_of(tmp_path / "a.zip", "XL/Workbook.xml", "xl/styles.xml") as archive:
        assert settled(archive, "xl/workbook.xml") == "xl/workbook.xml"
        assert archive.read("xl/workbook.xml") == b"XL/Workbook.xml"
        assert "XL/Workbook.xml" not in archive.namelist()
        assert settled(archive, "xl/none.xml") == "xl/none.xml" and "xl/none.xml" not in archive.namelist()
        assert archive.read(settled(archive, "xl/styles.xml")) == b"xl/styles.xml"


def test_a_renamed_part_is_no_longer_found_by_its_old_name(tmp_path):
    with archive_of(tmp_path / "a.zip", "a.xml") as archive:
        rename(archive, archive.getinfo("a.xml"), "b.xml")
        assert archive.namelist() == ["b.xml"] and archive.read("b.xml") == b"a.xml"
        with pytest.raises(KeyError):
            archive.read("a.xml")
