"""Runs commands with their standard streams handed over in any state, each in a fork of a process that has imported
what commands import: a table of such states is too long for a Python that starts for each.

What `Popen` and Python's own start do is done here: descriptors are opened or closed, and `sys` has a stream on each
that is open, None on a closed one. `test_standard_streams` runs some of the table through a shell as well.
"""

import contextlib
import gc
import json
import os
import sys
from importlib import import_module
from pathlib import Path

IMPORTED = (
    "matplotlib.backends.backend_agg",
    "pandas",
    "xlsgd",
    "xlsgd.commands.cli",
    "xlsgd.library.page",
    "xlsgd.pictures.plot",
    "xlsgd.sweeping.files",
    "xlsgd.verifying.check",
    "xlsgd.verifying.comparing.compare",
    "xlsgd.verifying.engines.ironcalc",
    "xlsgd.workbooks.build",
    "xlsgd.workbooks.network.book",
    "xlsgd.workbooks.network.known",
)
WRITING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def hand_over(number, state, folder):
    """Put the standard stream of that number in a state: taken (into a file), empty, closed, full, or ended."""
    os.close(number)
    if state == "closed":
        return None
    if state == "ended":  # a pipe with nobody at its other end
        ends = os.pipe()
        os.dup2(ends[number != 0], number)
        for end in {*ends} - {number}:
            os.close(end)
    else:
        path = {"taken": folder / f"stream{number}", "empty": os.devnull, "full": "/dev/full"}[state]
        file = os.open(path, WRITING if number else os.O_RDONLY)
        os.dup2(file, number)
        if file != number:
            os.close(file)
    if number:
        return open(number, "w", errors="backslashreplace" if number == 2 else "strict", closefd=False)
    return open(number, closefd=False)


def as_python_ends():
    """Run the command line; return the status that Python would end with."""
    status = 0
    try:
        import_module("xlsgd.commands.cli").main()
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        status = 1
    try:
        for stream in (sys.stdout, sys.__stderr__):
            if stream is not None:
                stream.flush()
    except OSError:
        status = 120
    return status


def run(arguments, folder, stdin, stdout, stderr):
    os.chdir(folder)
    for number, (name, state) in enumerate({"stdin": stdin, "stdout": stdout, "stderr": stderr}.items()):
        stream = hand_over(number, state, folder)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.argv = ["xlsgd", *arguments]
    return as_python_ends()


def serve():
    for line in sys.stdin:
        request = json.loads(line)
        folder = Path(request["folder"])
        child = os.fork()
        if not child:
            status = 99
            with contextlib.suppress(BaseException):
                status = run(request["arguments"], folder, *request["states"])
            os._exit(status)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    for name in (*IMPORTED, *sys.argv[1:]):
        import_module(name)
    gc.freeze()
    serve()
