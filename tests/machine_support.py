"""Sweeps done in both ways: as machine code, where that can be had, and by NumPy."""

import math

import pytest

from xlsgd.run.machine import binding
from xlsgd.sweeping import run

WAYS = ("machine code", "NumPy")

needs_machine_code = pytest.mark.skipif(binding() is None, reason="no llvmlite, or no machine code on this processor")


def take(way, monkeypatch):
    """Have every sweep, however small, done in one way."""
    if way == "machine code" and binding() is None:
        pytest.skip("no llvmlite, or no machine code on this processor")
    monkeypatch.setattr(run, "MACHINE_CODE_PAYS", 0 if way == "machine code" else math.inf)


@pytest.fixture(scope="module", params=WAYS, autouse=True)
def way(request):
    """Runs a module's tests in both ways, where it imports this."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        take(request.param, monkeypatch)
        yield request.param
