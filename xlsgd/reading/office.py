"""Finds and runs LibreOffice's program, which reads what is read here in no other way.

Linux is where this was run. The paths for macOS and Windows are from LibreOffice's documentation, and untested.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

TO_END = 2.0
"""How many seconds LibreOffice has to end by itself once it is asked to."""


def find_soffice() -> str | None:
    """Return the path of LibreOffice's program."""
    windows = Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "LibreOffice/program/soffice.exe"
    places = "soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice", str(windows)
    return next(filter(None, map(shutil.which, places)), None)


def foreign_environment() -> dict[str, str]:
    """Return the environment without the settings for this Python, which would mislead another one."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}


def run_office(soffice: str, arguments: list[str], folder: Path, limit: float) -> None:
    """Run LibreOffice with its profile and its temporary files in a folder, until it ends.

    However this ends, no process and no socket of it is left.

    Raises:
        OSError: it cannot be started.
        subprocess.SubprocessError: it fails, or takes more than so many seconds.
    """
    profile = (folder / "profile").as_uri()
    command = [soffice, f"-env:UserInstallation={profile}", "--headless", "--norestore", *arguments]
    environment, silent = foreign_environment() | {"TMPDIR": str(folder)}, subprocess.DEVNULL
    office = subprocess.Popen(
        command, stdin=silent, stdout=silent, stderr=silent, env=environment, start_new_session=True
    )
    try:
        if office.wait(limit):
            raise subprocess.CalledProcessError(office.returncode, command)
    finally:
        _end(office)
        _remove_sockets(profile)


def _end(office: "subprocess.Popen[bytes]") -> None:
    """End LibreOffice and what it started, which has its process group."""
    if not hasattr(os, "killpg"):
        office.kill()
        return
    end = time.monotonic() + TO_END
    with suppress(ProcessLookupError):
        os.killpg(office.pid, signal.SIGTERM)
        while time.monotonic() < end:
            office.poll()
            os.killpg(office.pid, 0)
            time.sleep(0.02)
        os.killpg(office.pid, signal.SIGKILL)
    office.wait()


def _remove_sockets(profile: str) -> None:
    """Remove the socket that LibreOffice leaves if a signal ends it.

    It is named after the MD5 sum of the profile's address, each byte without leading zeros.
    """
    digest = hashlib.md5(profile.encode("utf-16-le"), usedforsecurity=False).digest()
    name = "".join(f"{byte:x}" for byte in digest)
    for folder in Path("/tmp"), Path("/var/tmp"):
        for socket in folder.glob(f"OSL_PIPE_*_SingleOfficeIPC_{name}"):
            socket.unlink(missing_ok=True)
