"""Drives one LibreOffice for `xlsgd.verifying.engines.libreoffice`; runs under whichever Python can `import uno`.

It takes `SOFFICE FOLDER WORKBOOK [macros]` as its arguments, starts LibreOffice with its profile and its temporary
files in FOLDER, loads WORKBOOK (whose macros can run only if the last argument is given), and then answers requests:
one line of JSON in on standard input, one line of JSON out on standard output. When its standard input ends, for
whatever reason, it ends LibreOffice and removes FOLDER. So nothing is left behind even where the process that started
it was killed.

Needs Python 3.9, the standard library and its neighbours here: it imports them by their bare names.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from _uno_document import answer, load
from _uno_process import end, pipe_name, start


def connect(process: subprocess.Popen[bytes], folder: Path) -> Any:
    """Return LibreOffice's desktop, as soon as it answers."""
    import uno

    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    while process.poll() is None:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe_name(folder)};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except Exception:  # not yet there: pyuno raises different things from one version to the next
            time.sleep(0.05)
    said = " ".join((folder / "messages").read_text(errors="replace").split())[-300:]
    raise RuntimeError(f"LibreOffice ended with exit status {process.returncode} as it started: {said}")


def say(**message: Any) -> None:
    """Write one line to the process that started this one."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def work(
    requests: queue.SimpleQueue[str], process: subprocess.Popen[bytes], folder: Path, workbook: Path, macros: bool
) -> None:
    """Load the workbook, then answer requests."""
    try:
        desktop = connect(process, folder)
        say(answer="started")
        document = load(desktop, workbook, macros)
        say(answer="loaded")
        while True:
            request = json.loads(requests.get())
            if "open" in request:
                document.close(True)
                document = load(desktop, Path(request["open"]), macros)
                say(answer="loaded")
            else:
                reply(document, request)
    except Exception as error:
        say(error=in_one_line(error))


def reply(document: Any, request: dict[str, Any]) -> None:
    """Answer a request, or say why not."""
    try:
        say(answer=answer(document, request))
    except Exception as error:
        say(error=in_one_line(error))


def in_one_line(error: Exception) -> str:
    """Return what an exception says; LibreOffice's own say much, and some nothing."""
    return " ".join(str(error).split())[:500] or type(error).__name__


def main(soffice: str, folder: Path, workbook: Path, macros: bool) -> None:
    """Have a thread do the work, so that this one hears at once when the standard input ends."""
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    process = start(soffice, folder)
    threading.Thread(target=process.wait, daemon=True).start()
    try:
        say(pid=process.pid)
        threading.Thread(target=work, args=(requests, process, folder, workbook, macros), daemon=True).start()
        for line in sys.stdin:
            requests.put(line)
    finally:
        end(process.pid, folder)
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:] == ["macros"])
