"""Deflated pieces of a zip's part, made one after another and put together later.

What stands before a sheet's rows (the widths of its columns) is known only after them. So the rows are deflated as they
come, into a stream that ends where a byte ends, and go into the zip as they are, between what surrounds them.
"""

import shutil
import zlib
from collections.abc import Mapping, Sequence
from os import SEEK_END
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from isal import isal_zlib

COPIED = 2**20


class Piece(NamedTuple):
    """A deflated piece of a part.

    Args:
        file: where it is.
        crc: the checksum of what was deflated.
        size: how many bytes that was.
    """

    file: IO[bytes]
    crc: int
    size: int


class Deflater:
    """Deflates texts into a file.

    Args:
        file: the file, written from where it stands.
        fast: whether to deflate by ISA-L, fifteen times as fast, a tenth larger, and not the same to the byte on every
            machine, or by zlib.
    """

    def __init__(self, file: IO[bytes], fast: bool = False) -> None:
        self._file = file
        self._crc = self._size = 0
        self._begun = False
        make: Any = isal_zlib.compressobj if fast else zlib.compressobj
        self._deflate = make(wbits=-zlib.MAX_WBITS)

    def write(self, text: str) -> None:
        """Deflate a text, as UTF-8."""
        self.write_bytes(text.encode())

    def write_rows(self, text: bytes, rows: object) -> None:
        """Deflate rows of a sheet as any other text."""
        self.write_bytes(text)

    def write_bytes(self, data: bytes) -> None:
        """Deflate some bytes."""
        self._count(data)
        self._file.write(self._deflate.compress(data))
        self._begun = True

    def add(self, data: bytes, block: bytes) -> None:
        """Take some bytes as a block that is deflated already, which begins and ends where a byte does."""
        self._count(data)
        if self._begun:
            self._file.write(self._deflate.flush(zlib.Z_FULL_FLUSH))
            self._begun = False
        self._file.write(block)

    def _count(self, data: bytes) -> None:
        self._crc = isal_zlib.crc32(data, self._crc)
        self._size += len(data)

    def finish(self, last: bool = False) -> Piece:
        """End the piece where a byte ends; after the last piece of a part nothing can follow."""
        self._file.write(self._deflate.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH))
        return Piece(self._file, self._crc, self._size)


def put_in(skeleton: Path, pieces: Mapping[str, Piece], path: Path) -> None:
    """Copy a zip, with deflated pieces in the places of their marks.

    Args:
        skeleton: the zip to copy; each of its parts is held in memory, and few hold a mark.
        pieces: what stands in the place of each mark, a text of ASCII letters that occurs once.
        path: the new zip.
    """
    marks = {mark.encode(): piece for mark, piece in pieces.items()}
    with ZipFile(skeleton) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            mark = next((mark for mark in marks if mark in data), None)
            if mark is None:
                new.writestr(info, data)
                continue
            before, _, after = data.partition(mark)
            with TemporaryFile(dir=path.parent) as start, TemporaryFile(dir=path.parent) as end:
                write_part(new, info, [_deflated(before, start), marks[mark], _deflated(after, end, last=True)])


def _deflated(data: bytes, file: IO[bytes], last: bool = False) -> Piece:
    deflater = Deflater(file)
    deflater.write_bytes(data)
    return deflater.finish(last)


def write_part(archive: ZipFile, name: ZipInfo, pieces: Sequence[Piece]) -> None:
    """Write a part of pieces that are deflated already into a zip that is being made, which `zipfile` cannot."""
    part = ZipInfo(name.filename, name.date_time)
    part.CRC = part.file_size = part.compress_size = 0
    part.compress_type, part.external_attr, part.create_system = ZIP_DEFLATED, name.external_attr, name.create_system
    for piece in pieces:
        part.CRC = isal_zlib.crc32_combine(part.CRC, piece.crc, piece.size)
        part.file_size += piece.size
        part.compress_size += piece.file.seek(0, SEEK_END)
    assert archive.fp is not None
    part.header_offset = archive.fp.seek(archive.start_dir)
    archive.fp.write(part.FileHeader())
    for piece in pieces:
        piece.file.seek(0)
        shutil.copyfileobj(piece.file, archive.fp, COPIED)
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(part)
    archive.NameToInfo[part.filename] = part
