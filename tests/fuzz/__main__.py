"""Fuzzes for as long as is asked: `python -m tests.fuzz --long`, in a checkout.

What breaks a reader is made as small as it can be and kept in `tests/fuzz/found`, where it is a test from then on.
"""

import argparse
import hashlib
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from hypothesis import HealthCheck, given, seed, settings
from kinds import KINDS, tried


def fuzz(name: str, number: int, examples: int) -> bool:
    """Try some files of a kind from a seed; keep the smallest that breaks its reader, and say whether there is one."""
    kind, last = KINDS[name], b""

    @seed(number)
    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=[*HealthCheck])
    @given(kind.drawn)
    def drawn(content: bytes) -> None:
        nonlocal last
        last = content
        tried(kind, content)

    try:
        drawn()
    except Exception as error:
        path = HERE / "found" / f"{name}-{hashlib.sha256(last).hexdigest()[:12]}{kind.suffix}"
        path.write_bytes(last)
        print(f"{name}, seed {number}: {type(error).__name__}: {str(error)[:200]}; kept as {path}", flush=True)
        return True
    return False


def main() -> None:
    """Go round the kinds, each time from another seed, until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--long", action="store_true", help="eight hours rather than a minute")
    parser.add_argument("--minutes", type=float, help="so many minutes")
    parser.add_argument("--kind", choices=KINDS, action="append", help="this kind alone; repeatable")
    given_options = parser.parse_args()
    minutes = given_options.minutes or (480 if given_options.long else 1)
    end, number, found = time.monotonic() + 60 * minutes, 0, 0
    while time.monotonic() < end:
        for name in given_options.kind or KINDS:
            found += fuzz(name, number, max(20, KINDS[name].examples // 4))
        number += 1
        print(f"{number} rounds, {found} found", flush=True)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
