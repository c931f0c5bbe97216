"""Runs commands, those of a file in a process of their own with bounds on time and memory, forked from one that has imported all.

Reads a job a line, `[[argument, ...], ...]`, and answers with each one's exit status (of a signal the negative number),
seconds, and what it wrote to standard error.
"""

import contextlib
import gc
import io
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback

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
    """Run a command here and return its exit status; what it says goes into a file."""
    for number, stream in ((0, os.open(os.devnull, os.O_RDONLY)), (1, os.open(os.devnull, os.O_WRONLY)), (2, errors)):
        os.dup2(stream, number)
    sys.stdin, sys.stdout, sys.stderr = (open(n, "w" if n else "r", closefd=False) for n in range(3))  # noqa: SIM115
    status = TRACEBACK
    try:
        from xlsgd.commands.cli import main

        sys.argv = ["xlsgd", *arguments]
        status = called(main)
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    return status


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


def bound():
    """Bound what this process may take."""
    signal.alarm(WAITING)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(arguments):
    """Run a command; return its exit status, seconds and standard error."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        status = run(arguments, errors.fileno())
        errors.seek(0)
        return [status, round(time.monotonic() - start, 2), errors.read().decode(errors="replace")[:20_000]]


def forked(commands):
    """Run commands one after another in one process of their own; return what `answer` says of each.

    Where they end it or take too long, the last one is told by the signal.
    """
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if not child:
            bound()
            for arguments in commands:
                os.write(told.fileno(), json.dumps(answer(arguments)).encode() + b"\n")
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        told.seek(0)
        answers = [json.loads(line) for line in told]
    return answers if not ended else [*answers, [os.waitstatus_to_exitcode(ended), SECONDS, ""]]


def answered(commands):
    """Return what comes of each command; in a process for each if together they take too long or one ends it."""
    together = forked(commands)
    if len(commands) > 1 and together[-1][0] < 0:
        return [forked([arguments])[0] for arguments in commands]
    return together


def main():
    warm_up()
    gc.freeze()
    replies, sys.stdout = sys.stdout, io.StringIO()
    for line in sys.stdin:
        replies.write(json.dumps(answered(json.loads(line))) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
