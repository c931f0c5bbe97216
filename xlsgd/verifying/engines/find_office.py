"""Finds LibreOffice, and a Python that can talk to it.

Linux is where this was run. The paths for macOS and Windows are from LibreOffice's documentation, and untested.
"""

import functools
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from xlsgd.reading.office import find_soffice, foreign_environment
from xlsgd.verifying.engines import EngineError

INSTALL = "install it (Debian: apt-get install libreoffice-calc python3-uno; macOS: brew install --cask libreoffice)"


def installed() -> tuple[str, str]:
    """Return the paths of a Python that can import `uno`, and of LibreOffice's program.

    Raises:
        EngineError: one of them is not found.
    """
    soffice = find_soffice()
    if soffice is None:
        raise EngineError(f"LibreOffice is not installed: {INSTALL}")
    python = find_python(soffice)
    if python is None:
        raise EngineError(f"LibreOffice is here ({soffice}), its Python bridge `uno` is not: {INSTALL}")
    return python, soffice


def is_installed() -> bool:
    """Return whether LibreOffice and a Python that can talk to it are there."""
    try:
        return bool(installed())
    except EngineError:
        return False


@functools.cache
def find_python(soffice: str) -> str | None:
    """Return the path of a Python that can import `uno`: this one, the system's, or LibreOffice's own."""
    if importlib.util.find_spec("uno"):
        return sys.executable
    beside = Path(soffice).resolve().parent
    places = "/usr/bin/python3", beside / "python", beside / "python.exe", beside.parent / "Resources/python"
    return next((str(place) for place in places if place_has_uno(str(place))), None)


def place_has_uno(python: str) -> bool:
    """Tell whether the Python at this path can import `uno`."""
    if shutil.which(python) is None:
        return False
    command = [python, "-c", "import uno"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, env=foreign_environment())
    return done.returncode == 0
