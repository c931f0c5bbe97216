"""Where answers come from: modules by name, imported when they are asked for."""

import sys
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

import pytest

from xlsgd.verifying import sources
from xlsgd.verifying.sources import ENGINES, OPTIONAL, ORACLES, all_engines, one_process_each


@pytest.mark.parametrize("name", [*ENGINES, *ORACLES])
def test_each_is_a_module_as_its_package_says(name):
    module = import_module((ENGINES | ORACLES)[name])
    assert module.NAME and isinstance(module.QUIRKS, tuple)
    if name in ENGINES:
        assert callable(module.recalculate) and isinstance(module.DATA_TABLES, bool) and module.is_installed() in (0, 1)


def test_all_engines_are_those_that_are_no_option_and_the_installed_ones(monkeypatch):
    assert set(ENGINES) - set(OPTIONAL) <= set(all_engines()) <= set(ENGINES)
    monkeypatch.setattr(import_module(ENGINES["formualizer"]), "is_installed", lambda: False)
    assert all_engines() == ["ironcalc", "libreoffice"]


def test_an_engine_that_is_slow_to_start_is_started_once_for_a_block(monkeypatch):
    seen, slow, quick = [], ModuleType("slow"), ModuleType("quick")

    @contextmanager
    def one_process():
        seen.append("begun")
        yield
        seen.append("ended")

    slow.one_process = one_process
    monkeypatch.setattr(sources, "ENGINES", {"slow": "slow", "quick": "quick"})
    for module in (slow, quick):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    with one_process_each(["quick", "slow", "unknown"]):
        assert seen == ["begun"]
    assert seen == ["begun", "ended"]
    with one_process_each(["quick"]):
        pass
    assert len(seen) == 2
