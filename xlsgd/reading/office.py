"""Finds LibreOffice's program, which reads what is read here in no other way.

Linux is where this was run. The paths for macOS and Windows are from LibreOffice's documentation, and untested.
"""

import os
import shutil
from pathlib import Path


def find_soffice() -> str | None:
    """Return the path of LibreOffice's program."""
    windows = Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "LibreOffice/program/soffice.exe"
    places = "soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice", str(windows)
    return next(filter(None, map(shutil.which, places)), None)


def foreign_environment() -> dict[str, str]:
    """Return the environment without the settings for this Python, which would mislead another one."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
