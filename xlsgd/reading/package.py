"""Opening a workbook's zip package, with every bound checked before a reader sees it.

An .xlsx or .xlsm file is a zip of XML parts (ECMA-376, part 2). What reaches a reader through `open_package` has no
document type, so no entity can be expanded or fetched, and its sizes are those of a real workbook.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from xlsgd.errors import InputError
from xlsgd.reading.part_names import relationships_part, rename, settled, target_of
from xlsgd.reading.trees import tree_of
from xlsgd.reading.zip_bounds import MAX_DIRECTORY_BYTES, check_sizes, directory_bytes

MAX_PARTS = 10_000
MAX_TREE_BYTES = 64 * 2**20  # a part held as a tree takes about ten times its size
LONGEST_SHEET_NAME = 255  # Excel's own limit is 31 characters
PROLOG_BYTES = 2**20
CHUNK_BYTES = 2**16
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
"""Where the workbook is unless the package's relationships say otherwise."""

BROKEN_HEADER = (NotImplementedError, RuntimeError, ValueError, OverflowError, OSError, struct.error)
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError)


@contextmanager
def open_package(path: str | Path) -> Iterator[zipfile.ZipFile]:
    """Open the workbook at `path` for reading, after checking that it is one and that it is safe to read.

    What is found damaged later, while the `with` block reads (a wrong checksum, XML that does not parse), also
    becomes an `InputError` that names the file.

    Raises:
        InputError: no such file, not a workbook, encrypted, damaged, too large, or hostile.
    """
    path = Path(path)
    _check_file(path)
    try:
        with _open_zip(path) as archive:
            _check_names(archive)
            check_sizes(archive)
            for part in archive.infolist():
                _check_prolog(archive, part.filename)
            _check_required(archive)
            yield archive
    except DAMAGE as error:
        raise InputError(f"{path}: the workbook is damaged ({_one_line(error)}): get a whole copy of it") from error


def workbook_part(archive: zipfile.ZipFile) -> str:
    """Return the part that is the workbook."""
    related = relationships(archive, "").values()
    return next((part for kind, part in related if kind == "officeDocument"), WORKBOOK)


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each worksheet by the sheet's name, in the workbook's order; chart sheets are left out.

    Raises:
        InputError: the workbook names a sheet that the package does not hold, or one twice, or holds no sheet.
    """
    workbook = workbook_part(archive)
    related = relationships(archive, workbook)
    parts: dict[str, str] = {}
    seen: set[str] = set()
    for sheet in parse_part(archive, workbook).iterfind("{*}sheets/{*}sheet"):
        name = sheet.get("name", "")
        kind, part = next((related.get(i, ("", "")) for key, i in sheet.items() if key.endswith("}id")), ("", ""))
        if part not in archive.namelist():
            raise InputError(f"{archive.filename}: sheet {name!r} has no part in the file: save it again in Excel")
        if len(name) > LONGEST_SHEET_NAME:
            raise InputError(f"{archive.filename}: a sheet's name has {len(name)} characters: save it again in Excel")
        if name.casefold() in seen or part in parts.values():
            raise InputError(f"{archive.filename}: sheet {name!r} is there twice: refused")
        seen.add(name.casefold())
        if kind == "worksheet":
            parts[name] = part
    if not parts:
        raise InputError(f"{archive.filename}: the workbook has no worksheet: give a workbook that has one")
    return parts


def hidden_sheets(archive: zipfile.ZipFile) -> set[str]:
    """Return the names of the sheets that a program does not show.

    Raises:
        InputError: the workbook's part is missing or damaged.
    """
    sheets = parse_part(archive, workbook_part(archive)).iterfind("{*}sheets/{*}sheet")
    return {sheet.get("name", "") for sheet in sheets if sheet.get("state", "visible") != "visible"}


def relationships(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return what `part` refers to: by relationship id, its kind (`worksheet`, `chart`...) and its part name.

    Targets outside the package are left out; a part without relationships has none. No `part` stands for the package.
    """
    rels = settled(archive, relationships_part(part))
    if rels not in archive.namelist():
        return {}
    inside = [rel for rel in parse_part(archive, rels) if rel.get("TargetMode") != "External"]
    if len(inside) > MAX_PARTS:
        raise InputError(f"{archive.filename}: {rels!r} leads to {len(inside)} parts: at most {MAX_PARTS} are read")
    return {
        rel.get("Id", ""): (rel.get("Type", "").rpartition("/")[2], settled(archive, target_of(rel, part)))
        for rel in inside
    }


def parse_part(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """Return the root element of a part that is small enough to be held whole.

    Raises:
        InputError: the part is missing or damaged.
    """
    if part in archive.namelist() and (size := archive.getinfo(part).file_size) > MAX_TREE_BYTES:
        raise InputError(f"{archive.filename}: {part!r} holds {size} bytes: at most {MAX_TREE_BYTES} are read")
    data = b"".join(chunks(archive, part))  # in one piece: fed in chunks, one endless tag takes quadratic time
    try:
        return tree_of(data)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise damaged(archive, part, error) from error


def chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the bytes of a part, a bounded chunk at a time.

    Raises:
        InputError: the part is missing or damaged; the message names this file even where several are open.
    """
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except KeyError as error:
        raise InputError(f"{archive.filename}: no part {part!r} in the file: save it again in Excel") from error
    except (*DAMAGE, *BROKEN_HEADER) as error:
        raise damaged(archive, part, error) from error


def damaged(archive: zipfile.ZipFile, part: str, error: Exception) -> InputError:
    """Return the error that says that a part of the workbook cannot be read."""
    return InputError(f"{archive.filename}: {part!r} is damaged ({_one_line(error)}): get a whole copy of the file")


def _check_file(path: Path) -> None:
    """Refuse what cannot be a zip, before any of it is parsed."""
    if not path.exists():
        raise InputError(f"{path}: no such file: check the path")
    if not path.is_file():
        raise InputError(f"{path}: not a file: give the path of an .xlsx or .xlsm workbook")
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if start == OLE_SIGNATURE:
        raise InputError(f"{path}: encrypted, or in the old .xls format: save it as .xlsx without a password")
    if not start.startswith(b"PK"):
        raise InputError(f"{path}: not a workbook (not a zip file): give an .xlsx or .xlsm file")
    if (size := directory_bytes(path)) > MAX_DIRECTORY_BYTES:
        raise InputError(f"{path}: its directory has {size} bytes: at most {MAX_DIRECTORY_BYTES} are read")
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path}: the workbook is damaged (its end is missing): get a whole copy of it")


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (*DAMAGE, *BROKEN_HEADER) as error:
        raise InputError(f"{path}: the workbook is damaged ({_one_line(error)}): get a whole copy of it") from error


def _check_names(archive: zipfile.ZipFile) -> None:
    """Refuse a package with too many parts, names that are no part's, or without the parts every workbook has."""
    names = archive.namelist()
    if len(names) > MAX_PARTS:
        raise InputError(f"{archive.filename}: {len(names)} parts: at most {MAX_PARTS} are read")
    for name in names:
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise InputError(f"{archive.filename}: part name {name!r} points outside the file: refused")
    for part in [part for part in archive.filelist if "\\" in part.filename]:
        rename(archive, part, part.filename.replace("\\", "/"))
    if len({part.filename.casefold() for part in archive.filelist}) != len(names):
        raise InputError(f"{archive.filename}: two parts of one name: refused")


def _check_required(archive: zipfile.ZipFile) -> None:
    for required in (settled(archive, CONTENT_TYPES), workbook_part(archive)):
        if settled(archive, required) not in archive.namelist():
            raise InputError(f"{archive.filename}: not an .xlsx or .xlsm workbook (no {required!r} inside)")


class _Root(Exception):
    """The prolog is over: the root element starts here."""


def _check_prolog(archive: zipfile.ZipFile, part: str) -> None:
    """Refuse a document type, read in the encoding that the parser itself finds; a part that is no XML passes."""

    def refuse(*_: object) -> None:
        raise InputError(f"{archive.filename}: {part!r} declares a document type (entities): refused")

    def stop(*_: object) -> None:
        raise _Root

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    is_xml = part.endswith((".xml", ".rels"))
    try:
        for number, chunk in enumerate(chunks(archive, part)):
            parser.Parse(chunk)
            if number * CHUNK_BYTES > PROLOG_BYTES:
                raise InputError(f"{archive.filename}: {part!r} has no element in its first bytes: refused")
        parser.Parse(b"", True)
    except _Root:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        if is_xml:
            raise damaged(archive, part, error) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
