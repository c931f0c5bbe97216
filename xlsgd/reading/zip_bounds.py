"""How much a zip may hold, checked by what it says of itself before anything of it is unpacked."""

import os
import struct
import zipfile
from pathlib import Path

from xlsgd.errors import InputError

MAX_TOTAL_BYTES = 16 * 2**30  # five sheets of 1,000,000 rows are about 6 GB of XML
MAX_WHOLE_BYTES = 256 * 2**20  # all parts together but the sheets
MAX_DIRECTORY_BYTES = 8 * 2**20
BOMB_BYTES = 10 * 2**20
BOMB_RATIO = 500  # deflate reaches at most 1032; sheets stay under about 30
WORKSHEETS = "xl/worksheets/"

END, END_64 = b"PK\x05\x06", b"PK\x06\x06"
END_BYTES, LOCATOR_BYTES, END_64_BYTES = 22, 20, 56
LONGEST_COMMENT = 2**16


def check_sizes(archive: zipfile.ZipFile) -> None:
    """Refuse what would unpack to more than a workbook can need; a size that lies fails later by its checksum.

    Raises:
        InputError: the parts are too large, alone or together, overlap, or are encrypted or packed in an odd way.
    """
    parts = archive.infolist()
    _check_packing(archive)
    _check_total("it", archive, parts, MAX_TOTAL_BYTES)
    if sum(part.compress_size for part in parts) > os.path.getsize(str(archive.filename)):
        raise InputError(f"{archive.filename}: its parts overlap: refused as a zip bomb")
    dense = [part for part in parts if part.file_size > BOMB_RATIO * part.compress_size]
    if dense and sum(part.file_size for part in dense) > BOMB_BYTES:
        many = f"part {dense[0].filename!r}" if len(dense) == 1 else f"{len(dense)} parts"
        raise InputError(
            f"{archive.filename}: {many} of over {BOMB_RATIO} times the packed size: refused as a zip bomb"
        )
    others = [part for part in parts if not part.filename.startswith(WORKSHEETS)]
    _check_total("what is no worksheet", archive, others, MAX_WHOLE_BYTES)


def _check_packing(archive: zipfile.ZipFile) -> None:
    for part in archive.infolist():
        where = f"{archive.filename}: part {part.filename!r}"
        if part.flag_bits & 0x1:
            raise InputError(f"{where} is encrypted: save the workbook without a password")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{where} is compressed by a method that workbooks do not use: save it again in Excel")


def _check_total(what: str, archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], most: int) -> None:
    if (total := sum(part.file_size for part in parts)) > most:
        raise InputError(f"{archive.filename}: {what} unpacks to {total} bytes: at most {most} are read")


def directory_bytes(path: Path) -> int:
    """Return the size of the directory of the zip at `path`, 0 where there is none (APPNOTE.TXT, 4.3.14 and 4.3.16).

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LONGEST_COMMENT - END_BYTES - LOCATOR_BYTES - END_64_BYTES))
        tail = file.read()
    has_no_comment = tail[-END_BYTES:].startswith(END) and tail.endswith(b"\0\0")
    at = len(tail) - END_BYTES if has_no_comment else tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES:
        return 0
    told = int(struct.unpack_from("<L", tail, at + 12)[0])
    at -= LOCATOR_BYTES + END_64_BYTES
    if at >= 0 and tail.startswith(END_64, at):
        told = int(struct.unpack_from("<Q", tail, at + 40)[0])
    return told
