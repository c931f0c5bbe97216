"""Where answers for a workbook's formulas come from: each source's module by its name on the command line.

A module is imported only when it is asked for.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module

ENGINES = {
    "ironcalc": "xlsgd.verifying.engines.ironcalc",
    "libreoffice": "xlsgd.verifying.engines.libreoffice",
    "formualizer": "xlsgd.verifying.engines.formualizer",
}
"""Spreadsheet engines, none of them ours (see `xlsgd.verifying.engines`)."""

ORACLES = {
    "torch": "xlsgd.verifying.oracle.answers",
}
"""What computes another way what must stand in a cell."""

OPTIONAL = ("formualizer",)
"""The engines that are no part of all of them where they are not installed."""


def all_engines() -> list[str]:
    """Return the names of the engines, of the optional ones those that are installed."""
    return [name for name in ENGINES if name not in OPTIONAL or import_module(ENGINES[name]).is_installed()]


@contextmanager
def one_process_each(engines: Iterable[str]) -> Iterator[None]:
    """Have each engine that is slow to start be started once for all that it recalculates in the block."""
    with ExitStack() as kept:
        for module in (import_module(ENGINES[name]) for name in engines if name in ENGINES):
            if hasattr(module, "one_process"):
                kept.enter_context(module.one_process())
        yield
