"""Which small mistakes the tests notice: `python -m benchmarks.mutants [--count N] [--seed N] [--only PART]`.

A mutant is a copy of the package with one mutation (see `benchmarks.mutations`) in one of `TESTS`' modules. The tests
that matter for that module run on it until one fails. Of all mutants so many are drawn, from each module as nearly the
same number as there are; the draw hangs on the seed alone. Printed are the share that was noticed, by module, and each
mutant that lived; docs/mutants.md explains those. The exit status is 1 where fewer than `ENOUGH` were noticed.

Tests run in forks of a process that has imported what others wrote, so that a mutant costs what its tests cost.
"""

import argparse
import contextlib
import json
import math
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from importlib import import_module
from itertools import count, zip_longest
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutations import Mutation, mutations

ROOT = Path(__file__).parent.parent
ENOUGH = 0.95
PATIENCE = 3600.0
"""After so many seconds a mutant's tests are taken to wait for something that never comes."""

COPIED = ("xlsgd", "tests", "workbooks", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml")
IMPORTED = (
    "click.testing", "hypothesis", "ironcalc", "matplotlib.figure", "openpyxl", "pandas", "pytest", "torch",
)  # fmt: skip
SKIPPED = "typed_into"
"""Tests with this in their name recalculate in an engine for each number typed: they take as long as all others."""

SWEEP = ("program", "sweep")
TESTS = {
    "rules": ("rules", "lesson_sheets"),
    "models": ("models", "losses", "model_row", "bad_models"),
    "losses": ("losses", "models", "model_row", "lesson_sheets"),
    "schedules": ("schedules", "trainings", "mnist_schedule"),
    "symbols/derivative": ("derivative", "model_row"),
    "symbols/simplify": ("simplify", "derivative", "model_row"),
    "symbols/to_excel": ("to_excel", "cells", "rows_xml"),
    "sheets/row": ("row", "lesson_sheets", "one_pass", "press", "committed_workbooks"),
    "sheets/model_row": ("model_row", "trainings", "bad_models"),
    "sheets/stepping": ("stepping", "unrolled_sheet", "committed_workbooks"),
    "run/one_pass": ("one_pass", "press", "trace"),
    "run/least_squares": ("least_squares", "answer", "surface"),
    "sweeping/run": SWEEP,
    "sweeping/goal": ("goal", *SWEEP),
    "sweeping/lockstep": ("lockstep", *SWEEP),
    "sweeping/program": SWEEP,
    "sweeping/passes": SWEEP,
    "sweeping/places": SWEEP,
    "sweeping/heatmap": ("sweep_files",),
    "mnist/step": ("mnist_step", "mnist_engine", "mnist_model"),
}
"""The files of tests that matter for a module of the package, those first that notice most in the least time."""


class Mutant(NamedTuple):
    """A mutation of a module."""

    module: str
    mutation: Mutation


def drawn(count: int, seed: int, only: str = "") -> list[Mutant]:
    """Return so many mutants, from each module in turn one by lot until they are enough."""
    lot, waiting = random.Random(seed), []
    for module in (name for name in TESTS if only in name):
        found = mutations((ROOT / "xlsgd" / f"{module}.py").read_text(encoding="utf-8"))
        waiting.append([Mutant(module, each) for each in lot.sample(found, len(found))])
    return [mutant for turn in zip_longest(*waiting) for mutant in turn if mutant is not None][:count]


class Workshop:
    """A copy of the project in which one mutant at a time is tested."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.times = count(2_000_000_000)
        for name in COPIED:
            source = ROOT / name
            copied = shutil.copytree if source.is_dir() else shutil.copy
            copied(source, folder / name, **({"ignore": _caches} if source.is_dir() else {}))

    def noticed(self, mutant: Mutant, limit: float) -> bool:
        """Tell whether a test fails of a mutant, or takes more than so many seconds of processor time."""
        path = self.folder / "xlsgd" / f"{mutant.module}.py"
        plain = path.read_text(encoding="utf-8")
        try:
            self._write(path, mutant.mutation.source)
            return not self.passes(TESTS[mutant.module], limit)[0]
        finally:
            self._write(path, plain)

    def _write(self, path: Path, source: str) -> None:
        """Write a module at a time of its own, by which Python tells whether what it had compiled is of this source."""
        path.write_text(source, encoding="utf-8")
        os.utime(path, (next(self.times),) * 2)

    def passes(self, tests: tuple[str, ...], limit: float) -> tuple[bool, float]:
        """Tell whether tests pass within so many seconds of processor time, and how many they took."""
        child = os.fork()
        if not child:
            status = 1
            with contextlib.suppress(BaseException):
                status = self._test(tests, limit)
            os._exit(status)
        try:
            return _waited(child)
        finally:
            with contextlib.suppress(ProcessLookupError):  # what it started, or it itself after an interrupt
                os.killpg(child, signal.SIGKILL)

    def _test(self, tests: tuple[str, ...], limit: float) -> int:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit)))
        os.chdir(self.folder)
        said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for number in (1, 2):
            os.dup2(said, number)
        sys.path.insert(0, str(self.folder))
        os.environ["PYTHONPATH"] = str(self.folder)
        for name in [name for name in sys.modules if name.split(".")[0] in ("xlsgd", "benchmarks")]:
            del sys.modules[name]
        files = [f"tests/test_{name}.py" for name in tests]
        options = (
            "-x",
            "-q",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            "--tb=line",
            "--hypothesis-seed=0",
            "-k",
            f"not {SKIPPED}",
        )
        return int(import_module("pytest").main([*options, "-k", f"not {SKIPPED}", *files]))


def _caches(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("__pycache__", ".hypothesis")]


def _waited(child: int) -> tuple[bool, float]:
    """Wait for a child that tests; end one that waits for something itself."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            return status == 0, used.ru_utime + used.ru_stime
        time.sleep(0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False, PATIENCE


def work(mutants: list[Mutant], limits: dict[str, float], into: Path) -> None:
    """Test mutants one by one, and write a line of JSON for each."""
    with tempfile.TemporaryDirectory() as folder, into.open("w") as lines:
        workshop = Workshop(Path(folder))
        for mutant in mutants:
            lived = not workshop.noticed(mutant, limits[mutant.module])
            lines.write(json.dumps([mutant.module, mutant.mutation.line, mutant.mutation.change, lived]) + "\n")
            lines.flush()
            print(f"{'LIVED ' if lived else 'killed'} {_told(mutant)}", file=sys.stderr, flush=True)


def _told(mutant: Mutant) -> str:
    return f"xlsgd/{mutant.module}.py:{mutant.mutation.line}  {mutant.mutation.change}"


def limits_of(modules: list[str]) -> dict[str, float]:
    """Return how long each module's tests may take: five times as long as without a mutation, where they must pass."""
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        for name in dict.fromkeys(name for module in modules for name in TESTS[module]):
            passed, took[name] = workshop.passes((name,), PATIENCE)
            if not passed:
                sys.exit(f"test_{name}.py fails without a mutation\n{(workshop.folder / 'said').read_text()}")
            print(f"test_{name}.py: {took[name]:.1f} s", file=sys.stderr, flush=True)
    return {module: 30 + 5 * sum(took[name] for name in TESTS[module]) for module in modules}


def in_forks(mutants: list[Mutant], limits: dict[str, float], workers: int) -> list[list]:
    """Test mutants in several processes; return each one's module, line, change, and whether it lived."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(worker) for worker in range(workers)]
        children = []
        for worker, path in enumerate(paths):
            children.append(os.fork())
            if not children[-1]:
                work(mutants[worker::workers], limits, path)
                os._exit(0)
        for child in children:
            os.waitpid(child, 0)
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--only", default="", metavar="PART", help="only modules with this in their name")
    options.add_argument("--list", action="store_true", help="print the mutants, and test none")
    asked = options.parse_args()
    mutants = drawn(asked.count, asked.seed, asked.only)
    if asked.list:
        print("\n".join(map(_told, mutants)))
        return
    for name in IMPORTED:
        import_module(name)
    modules = [module for module in TESTS if any(mutant.module == module for mutant in mutants)]
    found = in_forks(mutants, limits_of(modules), asked.workers)
    tested, lived = Counter(module for module, *_ in found), Counter(each[0] for each in found if each[-1])
    print("\n| module | mutants | noticed |\n| --- | --- | --- |")
    for module in modules:
        print(f"| {module} | {tested[module]} | {tested[module] - lived[module]} |")
    print(f"| all | {len(found)} | {len(found) - lived.total()} |\n")
    for module, line, change, _ in sorted(each for each in found if each[-1]):
        print(f"- `xlsgd/{module}.py:{line}` `{change}`")
    sys.exit(lived.total() > (1 - ENOUGH) * len(found))


if __name__ == "__main__":
    main()
