"""The process of one LibreOffice, and the folder that it lives in: started, ended, and nothing left behind.

It needs Python 3.9 and the standard library only, as `_uno_worker.py` does, which imports it from beside itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def pipe_name(folder: Path) -> str:
    """Return the name of the pipe that belongs to a session's folder: as unique as that."""
    return folder.name.replace("-", "").strip(".")


def profile(folder: Path) -> str:
    """Return the address of the profile in a session's folder."""
    return (folder / "profile").as_uri()


def start(soffice: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start LibreOffice with its own profile and temporary files in `folder`."""
    os.environ["TMPDIR"] = os.environ["TMP"] = os.environ["TEMP"] = str(folder)
    command = [soffice, f"-env:UserInstallation={profile(folder)}", f"--accept=pipe,name={pipe_name(folder)};urp;"]
    command += ["--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]
    with open(folder / "messages", "wb") as messages:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages, **own_process_group()
        )


def own_process_group() -> dict[str, Any]:
    """Return the arguments that keep a Ctrl-C at the terminal from a child process."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end(pid: int, folder: Path) -> None:
    """End the LibreOffice that was started as `pid`, at once where it does not end by itself, and remove its folder."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
            for _ in range(100):  # its launcher collects it, which init may not do where this runs in a container
                time.sleep(0.02)
                os.kill(pid, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    remove(folder)


def sockets(folder: Path) -> list[Path]:
    """Return the sockets of a session, which LibreOffice makes outside its folder and leaves if a signal ends it.

    A socket is named after the pipe or after the MD5 sum of the profile's address, each byte without leading zeros. It
    lies in /tmp, or where that cannot be written in /var/tmp.
    """
    digest = hashlib.md5(profile(folder).encode("utf-16-le"), usedforsecurity=False).digest()
    names = pipe_name(folder), "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)
    places = Path("/tmp"), Path("/var/tmp")
    return [socket for place in places for name in names for socket in place.glob(f"OSL_PIPE_*_{name}")]


def remove(folder: Path) -> None:
    """Remove a session's folder, and the sockets that LibreOffice left."""
    for socket in sockets(folder):
        socket.unlink(missing_ok=True)
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)  # files of a process just killed may still be held
