"""`xlsgd build` of the lesson's workbooks, verified, against the same command of an earlier commit, in turn."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


@contextmanager
def checkout(revision, folder):
    """Give a folder with the files of a commit, for as long as it is needed."""
    git = ["git", "-C", ROOT, "worktree"]
    subprocess.run([*git, "add", "--detach", "--force", folder, revision], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", folder], check=True)


def with_compiled(source, folder):
    """Return an environment in which a package runs that was compiled before, as it is where it was installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(source), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def processor_seconds(source, out):
    """Return the processor's seconds, start of the interpreter included."""
    # From another folder and with -P, so that it is the package in `source` that runs.
    command = [sys.executable, "-P", "-m", "xlsgd", "build", "graddesc", "entropy", "--out", out]
    before = os.times()
    subprocess.run(command, cwd=out.parent, check=True, capture_output=True, env=with_compiled(source, out.parent))
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def seconds_of_both(revision, folder, rounds):
    """Return the least of this checkout's times and the least of the commit's; rounds interleave."""
    with checkout(revision, folder / "earlier") as earlier:
        times = [(processor_seconds(ROOT, folder / "now"), processor_seconds(earlier, folder / "then"))
                 for _ in range(rounds)]  # fmt: skip
    return tuple(map(min, zip(*times, strict=True)))
