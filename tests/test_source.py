"""Where a user's points come from: a file, standard input, a pipe, an OpenDocument file."""

import io
import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest
from test_engine_libreoffice import SEEN, nothing_left, remains, wait_for  # noqa: F401 - a fixture

from xlsgd.errors import InputError
from xlsgd.points import source
from xlsgd.points.read import read_points
from xlsgd.points.source import Source, opened
from xlsgd.reading.office import find_soffice


def refusal(function, *args):
    with pytest.raises(InputError) as caught:
        function(*args)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def workbook_of_two(path, state):
    """Write a workbook whose first sheet, in some state, and whose second one hold points."""
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("May")
    first.title, first.sheet_state = "April", state
    for sheet, x in ((first, 1), (second, 2)):
        for row in (["Measured outside"], [], ["x", "y"], [x, 5]):
            sheet.append(row)
    book.active = 1
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "is_workbook"),
    [("a.xlsx", True), ("a.XLSM", True), ("a.csv", False), ("a.ods", False), ("xlsx", False), ("a.xlsx.csv", False)],
)
def test_a_workbook_is_known_by_its_ending(name, is_workbook):
    assert Source(Path(name), name).is_workbook is is_workbook
    assert str(Source(Path(name), "the points")) == "the points"


def test_a_file_is_read_where_it_is(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n")
    with opened(path, None, ",") as given:
        assert given == Source(path, str(path), None, ",")


def test_what_standard_input_holds_is_known_by_its_beginning(tmp_path, monkeypatch):
    book = workbook_of_two(tmp_path / "a.xlsx", "visible").read_bytes()
    for content, suffix in ((b"x,y\n1,2\n", ".csv"), (book, ".xlsx"), (b"", ".csv")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        with opened(Path("-"), None, None) as given:
            assert (given.path.suffix, given.name) == (suffix, "standard input")
            assert given.path.read_bytes() == content
        assert not given.path.parent.exists()


def test_a_worksheet_of_a_text_file_and_a_decimal_of_another_kind(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n")
    assert f"`worksheet` May: {path} is no workbook" in refusal(lambda: read_points(path, worksheet="May"))
    assert "`decimal` ;: give . or ," in refusal(lambda: read_points(path, decimal=";"))


CONTENT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
 {tables}</office:spreadsheet></office:body></office:document-content>"""
MANIFEST = """<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
 manifest:version="1.2">
 <manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>
 <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


def open_document(path, **sheets):
    """Write an OpenDocument spreadsheet as the standard has it (OASIS, version 1.2): sheets of a header and numbers."""
    kind, tables = "application/vnd.oasis.opendocument.spreadsheet", ""
    for name, (header, *rows) in sheets.items():
        texts = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{x}</text:p></table:table-cell>' for x in header
        )
        number = '<table:table-cell office:value-type="float" office:value="{}"/>'
        cells = ("".join(map(number.format, row)) for row in rows)
        lines = "".join(f"<table:table-row>{line}</table:table-row>" for line in (texts, *cells))
        tables += f'<table:table table:name="{name}">{lines}</table:table>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", CONTENT.format(tables=tables))
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(kind=kind))


def test_an_open_document_by_libreoffice(tmp_path):
    if find_soffice() is None:
        pytest.skip("LibreOffice is not installed")
    open_document(tmp_path / "a.ods", April=[["x", "y"], [1, 5]], May=[["x", "y"], [2, 5]])
    before = set(tmp_path.iterdir())
    assert list(read_points(tmp_path / "a.ods", worksheet="May").x) == [2]
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_conversion_that_is_stopped_leaves_nothing(nothing_left, needs_libreoffice, tmp_path, stop):  # noqa: F811
    """No process of LibreOffice's, no file and no socket; the fixture looks."""
    open_document(tmp_path / "a.ods", April=[["x", "y"], [1, 5]])
    command = [sys.executable, "-c", INTERRUPTED, "trace", "basic", "--data", tmp_path / "a.ods"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(nothing_left)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: remains(nothing_left) and any(path.name.startswith("OSL_PIPE_") for path in SEEN))
    process.send_signal(stop)
    assert process.wait(30) == 128 + stop


INTERRUPTED = """
import signal
from xlsgd.commands.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may start these tests with interrupts ignored
main()
"""


def test_an_open_document_through_a_pipe_is_known_as_one(tmp_path, monkeypatch):
    open_document(tmp_path / "a.ods", April=[["x", "y"], [1, 5]])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((tmp_path / "a.ods").read_bytes())))
    monkeypatch.setattr(source, "find_soffice", lambda: None)
    assert "standard input: LibreOffice reads .ods files" in refusal(read_points, "-")


def test_an_open_document_without_libreoffice_and_one_that_is_none(tmp_path, monkeypatch):
    path = tmp_path / "a.ods"
    assert "no such file" in refusal(read_points, path)
    path.write_bytes(b"")
    monkeypatch.setattr(source, "find_soffice", lambda: None)
    assert "LibreOffice reads .ods files, and is not installed; save it as .xlsx" in refusal(read_points, path)
    monkeypatch.setattr(source, "find_soffice", lambda: "/nowhere/soffice")
    assert "LibreOffice cannot convert it" in refusal(read_points, path)


def test_standard_input(tmp_path, monkeypatch):
    book = workbook_of_two(tmp_path / "a.xlsx", "visible").read_bytes()
    for content, x in ((b"x,y\n1,2\n", 1), (book, 1)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert list(read_points("-").x) == [x]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x,y\n1,z\n")))
    assert refusal(read_points, "-").startswith("standard input: row 2: column y holds 'z', not a number")
    monkeypatch.setattr(source, "MOST", 2**20)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x,y\n" + b"1,2\n" * 2**19)))
    assert "standard input: more than 1 MiB; write the points into a file" in refusal(read_points, "-")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe(tmp_path):
    pipe = tmp_path / "points"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("x,y\n1,2\n",))
    writer.start()
    assert list(read_points(pipe).x) == [1]
    writer.join()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe_that_nobody_writes_into_and_a_device(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "points")
    monkeypatch.setattr(source, "PATIENCE", 0.2)
    assert "is a pipe, into which nobody has written for 0.2 s" in refusal(read_points, tmp_path / "points")
    assert "/dev/zero: is a device; give a file" in refusal(read_points, "/dev/zero")
