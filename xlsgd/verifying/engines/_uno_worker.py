"""Drives one LibreOffice for `xlsgd.verifying.engines.libreoffice`; runs under whichever Python can `import uno`.

It takes `SOFFICE FOLDER WORKBOOK [macros]` as its arguments, starts LibreOffice with its profile and its temporary
files in FOLDER, loads WORKBOOK (whose macros can run only if the last argument is given), and then answers requests:
one line of JSON in on standard input, one line of JSON out on standard output. When its standard input ends, for
whatever reason, it ends LibreOffice and removes FOLDER. So nothing is left behind even where the process that started
it was killed.

Needs Python 3.9 and the standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}

ERRORS = {
    502: "#NUM!",  # invalid argument: SQRT(-1), LOG(0); Excel has other texts for some functions outside its use here
    503: "#NUM!",  # overflow: 1E200*1E200, 1E200^2, EXP(710); also POWER(0,-1), where Excel has #DIV/0!
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
"""Excel's text for LibreOffice's error codes; another code is told as `Err:` and its number."""

KIND = "=IF(ISLOGICAL({0});-1;IF(ISBLANK({0});-2;ERRORTYPE({0})))"
LOGICAL, BLANK = -1, -2


def pipe_name(folder: Path) -> str:
    """Return the name of the pipe that belongs to a session's folder: as unique as that."""
    return folder.name.replace("-", "")


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


def remove(folder: Path) -> None:
    """Remove a session's folder, and the sockets that LibreOffice leaves outside it when it is ended by a signal.

    A socket is named after the pipe or after the MD5 sum of the profile's address, each byte without leading zeros.
    """
    digest = hashlib.md5(profile(folder).encode("utf-16-le"), usedforsecurity=False).digest()
    for name in pipe_name(folder), "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest):
        for socket in Path("/tmp").glob(f"OSL_PIPE_*_{name}"):
            socket.unlink(missing_ok=True)
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)  # files of a process just killed may still be held


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


def load(desktop: Any, path: Path, macros: bool) -> Any:
    """Return the document in `path`, hidden, with no link followed; its macros can run only where `macros` says so."""
    from com.sun.star.beans import PropertyValue
    from com.sun.star.document import MacroExecMode

    never = 0
    mode = MacroExecMode.ALWAYS_EXECUTE_NO_WARN if macros else MacroExecMode.NEVER_EXECUTE
    options = {"Hidden": True, "FilterName": FILTERS[path.suffix], "MacroExecutionMode": mode, "UpdateDocMode": never}
    arguments = tuple(PropertyValue(Name=name, Value=value) for name, value in options.items())
    document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, arguments)
    if document is None:
        raise RuntimeError("LibreOffice cannot read it as a workbook")
    return document


def assign(document: Any, sheet: str, row: int, column: int, value: Any) -> None:
    """Write a constant into a cell."""
    cell = sheet_of(document, sheet).getCellByPosition(column - 1, row - 1)
    if value is None:
        cell.setFormula("")
    elif isinstance(value, bool):
        cell.NumberFormat = 0  # under any other, such as a text's, it would be a plain number
        cell.setFormula("=TRUE()" if value else "=FALSE()")
    elif isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def sheet_of(document: Any, name: str) -> Any:
    """Return a sheet by its name."""
    if not document.Sheets.hasByName(name):
        raise RuntimeError(f"there is no sheet named {name}")
    return document.Sheets.getByName(name)


def read(document: Any, stretches: list[tuple[str, int, int, int]]) -> list[list[Any]]:
    """Return the values of stretches of cells: each a sheet, a column, its first and its last row."""
    scratch = "xlsgd" + os.urandom(8).hex()

    def kinds() -> Any:  # only where it is needed: in a large workbook a new sheet takes a third of a second
        if not document.Sheets.hasByName(scratch):
            document.Sheets.insertNewByName(scratch, document.Sheets.Count)
        return document.Sheets.getByName(scratch)

    try:
        return [read_stretch(sheet_of(document, name), kinds, *stretch) for name, *stretch in stretches]
    finally:
        if document.Sheets.hasByName(scratch):
            document.Sheets.removeByName(scratch)


def read_stretch(sheet: Any, kinds: Callable[[], Any], column: int, first: int, last: int) -> list[Any]:
    """Return the values of the rows `first` to `last` of a column.

    `getDataArray` gives nothing for an error, 0 or 1 for a truth value, and an empty text for an empty cell, so where
    one of these turns up, formulas on the scratch sheet that `kinds` gives tell which it is: a thousand times faster
    than asking cell by cell.
    """
    block = sheet.getCellRangeByPosition(column - 1, first - 1, column - 1, last - 1)
    values = [value for (value,) in block.getDataArray()]
    unclear = [i for i, value in enumerate(values) if value in (None, "", 0.0, 1.0)]
    if unclear:
        low, high = unclear[0], unclear[-1]
        told = kinds_of(block.getCellByPosition(0, low), kinds(), high - low + 1)
        values[low : high + 1] = map(value_of, values[low : high + 1], told)
    return values


def kinds_of(cell: Any, kinds: Any, count: int) -> list[int]:
    """Return for `cell` and those below it an error's code, `LOGICAL`, `BLANK` or 0."""
    from com.sun.star.sheet.FillDirection import TO_BOTTOM

    before, _, row = cell.AbsoluteName.rpartition("$")
    block = kinds.getCellRangeByPosition(0, 0, 0, count - 1)
    block.getCellByPosition(0, 0).setFormula(KIND.format(before + row))
    if count > 1:
        block.fillAuto(TO_BOTTOM, 1)
    told = [int(kind or 0) for (kind,) in block.getDataArray()]
    block.clearContents(1023)
    return told


def value_of(value: Any, kind: int) -> Any:
    """Return a cell's value, given what `getDataArray` and `kinds_of` said."""
    if kind > 0:
        return ERRORS.get(kind, f"Err:{kind}")
    if kind == LOGICAL:
        return bool(value)
    return None if kind == BLANK else value


def run(document: Any, name: str) -> None:
    """Run a macro of the workbook, `Module.Sub`."""
    script = f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
    document.getScriptProvider().getScript(script).invoke((), (), ())


def answer(document: Any, request: dict[str, Any]) -> Any:
    """Do what a request asks and return its answer."""
    if "run" in request:
        return run(document, request["run"])
    if "assign" in request:
        return assign(document, *request["assign"])
    if "read" in request:
        return read(document, request["read"])
    return document.calculateAll()


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
            reply(document, json.loads(requests.get()))
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
