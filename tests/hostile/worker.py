"""Runs commands, each in a process of its own with bounds on its time and memory, forked from one that has imported all.

Reads a job a line, `[[argument, ...], ...]`, and answers with each one's exit status (of a signal the negative number),
seconds, and what it wrote to standard error. The command `read` is `verify` without an engine.
"""

import contextlib
import io
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

SECONDS, BYTES = 30, 4 * 2**30
"""How long a command may keep a processor, so that what else runs there makes no difference, and its memory."""

WAITING = 300
"""How many seconds pass at most, were it to wait for something."""

TRACEBACK = 70


def warm_up():
    """Import what the commands import when they are asked for."""
    import ironcalc  # noqa: F401
    import openpyxl  # noqa: F401
    import torch

    from xlsgd.commands import build, compare, export, runs, train, verify  # noqa: F401
    from xlsgd.mnist import finished, torch_engine  # noqa: F401
    from xlsgd.verifying import check  # noqa: F401
    from xlsgd.verifying.comparing import compare as comparing  # noqa: F401
    from xlsgd.workbooks import build as building  # noqa: F401

    torch.set_num_threads(1)


def run(arguments, errors):
    """Run a command here and end with its exit status."""
    for number, stream in ((0, os.open(os.devnull, os.O_RDONLY)), (1, os.open(os.devnull, os.O_WRONLY)), (2, errors)):
        os.dup2(stream, number)
    sys.stdin, sys.stdout, sys.stderr = (open(n, "w" if n else "r", closefd=False) for n in range(3))  # noqa: SIM115
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    status = TRACEBACK
    try:
        if arguments[0] == "read":
            from xlsgd.commands.verify import verify_and_exit

            status = called(lambda: verify_and_exit([*map(Path, arguments[1:])], engines=()))
        else:
            from xlsgd.commands.cli import main

            sys.argv = ["xlsgd", *arguments]
            status = called(main)
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(status)


def called(function):
    """Return the exit status with which a command ends."""
    from xlsgd.commands.cli import in_one_line

    try:
        with in_one_line():
            function()
    except SystemExit as end:
        return int(end.code or 0) if not isinstance(end.code, str) else TRACEBACK
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "show"):
            error.show()
            return error.exit_code
        raise
    return 0


def answer(arguments):
    """Run a command in a process of its own; return its exit status, seconds and standard error."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        child = os.fork()
        if not child:
            signal.alarm(WAITING)
            run(arguments, errors.fileno())
        _, ended = os.waitpid(child, 0)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
        return [os.waitstatus_to_exitcode(ended), round(time.monotonic() - start, 2), said[:20_000]]


def main():
    warm_up()
    replies, sys.stdout = sys.stdout, io.StringIO()
    for line in sys.stdin:
        replies.write(json.dumps([answer(arguments) for arguments in json.loads(line)]) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
