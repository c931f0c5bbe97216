"""Names of a package's parts, which the zip inside may spell another way than what refers to them."""

import posixpath
import zipfile
from xml.etree import ElementTree


def relationships_part(part: str) -> str:
    """Return where a part's relationships stand, or the package's for no part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def target_of(relationship: ElementTree.Element, part: str) -> str:
    """Return the part that a relationship of `part` leads to."""
    target = relationship.get("Target", "").replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def settled(archive: zipfile.ZipFile, name: str) -> str:
    """Let the part of a name be found by it, though the package may spell it in another case (ECMA-376, 2, 6.2.2)."""
    if name not in archive.NameToInfo:
        for part in archive.filelist:
            if part.filename.casefold() == name.casefold():
                rename(archive, part, name)
                break
    return name


def rename(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Let a part of the zip be found by another name."""
    archive.NameToInfo.pop(part.filename, None)
    part.filename = name
    archive.NameToInfo[name] = part
