"""Files drawn at random, from a seed that stays, and every file that was ever found to break a reader."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from kinds import KINDS, answered_or_refused, tried

FOUND = sorted(path for path in Path(__file__).with_name("found").iterdir() if path.suffix != ".md")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_what_is_drawn_is_answered_or_refused(name):
    kind = KINDS[name]

    @settings(
        max_examples=kind.examples, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck]
    )
    @given(kind.drawn)
    def drawn(content):
        tried(kind, content)

    drawn()


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_of_each_kind_some_are_answered(name, tmp_path):
    """Else nothing but refusals would be tried."""
    kind, answered = KINDS[name], []

    @settings(max_examples=30, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck])
    @given(kind.drawn)
    def drawn(content):
        path = tmp_path / f"drawn{kind.suffix}"
        path.write_bytes(content)
        try:
            kind.read(path)
            answered.append(content)
        except Exception:
            return

    drawn()
    assert answered or name in ("package", "checkpoint", "pickle", "state", "weights", "idx")


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found(path):
    """A file's name begins with its kind."""
    answered_or_refused(KINDS[path.name.partition("-")[0]], path)
