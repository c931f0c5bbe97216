"""Every regular expression that meets foreign text takes time in proportion to it, whatever the text.

Texts of a megabyte that repeat what a pattern begins to match and then fail it at the end: one that goes back over what
it has read takes hours for them, a linear one some milliseconds.
"""

import re
import signal
from importlib import import_module
from itertools import product
from pathlib import Path
from time import process_time_ns

import pytest

import xlsgd

SMALL, LARGE = 1_000, 1_000_000
BOUND = 4.0
"""Seconds of the processor for one text of a megabyte: a linear pattern takes under 0.2 of them on a quiet machine."""

WORST = 3
"""How many of the small texts, those that took longest, are tried as large ones."""

ROOT = Path(xlsgd.__file__).parent
ROOMS = ("reading", "points", "verifying", "mnist", "symbols")
NOT_FOREIGN = {("xlsgd.symbols.to_excel", "PLAIN_SHEET"), ("xlsgd.symbols.references", "WORD")}
"""What meets only names of ours."""

AT_A_PLACE = {
    "xlsgd.points.read.SIGNED",
    "xlsgd.points.typed_number.DECIMAL_COMMA",
    "xlsgd.points.typed_number.GROUPED",
    "xlsgd.points.typed_number.GROUPED-1",
    "xlsgd.points.typed_number.THOUSAND_OR_FRACTION",
    "xlsgd.reading.shared_strings.END",
    "xlsgd.reading.shared_strings.PLAIN",
    "xlsgd.reading.shared_strings.START",
    "xlsgd.reading.trees.NAME",
    "xlsgd.verifying.rewriting.NAME",
    "xlsgd.verifying.rewriting.START_TAG",
}
"""What is never searched for, but must match a whole text, or at one place."""

BEGUN = ("", "(", "'", '"', "[", "A", "1", "+1", "<c ", "=(1)/")
REPEATED = (
    *"'\"[]()!:.,;$\\_#<>/-&% \n\t0aAéR1",
    *("''", '""', "[]", "[[]]", "'a", "a'", "a:", "a:b!", "a!", "A1", "A1:", "$A$1", "R1", "R[1]", "C[-1]", "R1C1"),
    *("[1]", "1.", ".1", "1e", "1E+", "0,000", " 000", "1,000", "a.", "é1", "éA1", "(a", "a(", "MATCH(", "MATCH(A"),
    *(",A1:", "ERF(", "_x000A", "_x", "<c", "<c ", '<c r="', "<c a='", "</c>", "<!--", "-->", "<f ", "</row", "<row "),
    *("<sheetData", ' t="', " s=''", "<si><t>", "</t></si><si><t>", "<si><t/></si>", "#REF!", "#a", '"a"', "\\."),
    *("[h]", "_(", "*-", "=1", "-1", "+", "<pivotCaches "),
)
TEXTS = tuple(product(BEGUN, REPEATED))


def text_of(begun, repeated, size):
    return begun + repeated * (size // len(repeated))


def patterns():
    found = {}
    for path in sorted(
        path for room in ROOMS for path in (ROOT / room).rglob("*.py") if not path.stem.startswith("_uno")
    ):
        name = ".".join(("xlsgd", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for attribute, value in vars(import_module(name)).items():
            several = value.values() if isinstance(value, dict) else [value]
            for number, pattern in enumerate(each for each in several if isinstance(each, re.Pattern)):
                if (name, attribute) not in NOT_FOREIGN:
                    found.setdefault(pattern, f"{name}.{attribute}" + f"-{number}" * bool(number))
    return found


PATTERNS = patterns()


@pytest.fixture
def alarm():
    """Stop what takes too long: patterns look for signals as they go."""

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def apply(pattern, text):
    """Use a pattern in the ways in which patterns are used."""
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    pattern.fullmatch(given)
    pattern.match(given)
    if PATTERNS[pattern] not in AT_A_PLACE:
        pattern.sub(given[:0], given)


def nanoseconds(pattern, text):
    start = process_time_ns()
    apply(pattern, text)
    return process_time_ns() - start


def test_the_patterns_are_found():
    names = set(PATTERNS.values())
    assert {
        "xlsgd.reading.grammar.TOKEN",
        "xlsgd.verifying.quirks.REFERENCE",
        "xlsgd.points.typed_number.GROUPED",
    } <= names


@pytest.mark.parametrize("pattern", PATTERNS, ids=PATTERNS.get)
def test_a_pattern_is_linear(alarm, pattern):
    """Of a thousand letters the worst texts are plain to see: a quadratic pattern takes a hundred times as long."""
    took = {pieces: nanoseconds(pattern, text_of(*pieces, SMALL)) for pieces in TEXTS}
    for pieces in sorted(took, key=took.__getitem__)[-WORST:]:
        signal.setitimer(signal.ITIMER_VIRTUAL, BOUND)
        apply(pattern, text_of(*pieces, LARGE))
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
