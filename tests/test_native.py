"""Engines that run inside this process: what they print is not seen, and however they fail it is one line."""

import os
import subprocess
import sys

import pytest
from foreign_books import CASES

from xlsgd.verifying.engines import EngineError, ironcalc
from xlsgd.verifying.engines.native import LONGEST, at_work


def test_what_is_printed_is_not_seen_and_a_panic_is_one_line(capfd):
    ironcalc.recalculate(CASES / "vert.xlsx", {"S": [(1, 2)]})
    with pytest.raises(EngineError, match="IronCalc cannot recalculate it: index out of bounds") as caught:
        ironcalc.recalculate(CASES / "emptystyles.xlsx", {"S": [(1, 2)]})
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_an_error_without_a_word_has_what_was_printed_last(capfd):
    with pytest.raises(EngineError, match=r"^Mine cannot recalculate it: the reason$"), at_work("Mine"):
        os.write(2, b"first\nthe reason\n\n")
        raise BaseException
    os.write(1, b"seen again")
    assert capfd.readouterr() == ("seen again", "")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_an_interrupt_is_none_of_the_engines_errors(stop):
    with pytest.raises(stop), at_work("Mine"):
        raise stop


def test_what_stands_in_the_streams_is_seen_before_and_after(capfd):
    sys.stdout.write("before ")
    with at_work("Mine"):
        os.write(1, b"nothing of this")
        sys.stdout.flush()
    sys.stdout.write("after")
    sys.stdout.flush()
    assert capfd.readouterr().out == "before after"


def test_an_error_is_told_by_its_first_line_cut_where_it_is_long():
    with pytest.raises(EngineError) as caught, at_work("Mine"):
        raise ValueError("x" * 1000 + "\nmore")
    assert str(caught.value) == f"Mine cannot recalculate it: {'x' * LONGEST}"
    with pytest.raises(EngineError, match=r"Mine cannot recalculate it: ValueError$"), at_work("Mine"):
        raise ValueError


def test_descriptors_that_were_closed_stay_closed():
    code = (
        "import os\nfrom xlsgd.verifying.engines.native import at_work\nos.close(1)\n"
        "with at_work('Mine'):\n    os.write(1, b'x')\n"
        "try:\n    os.write(1, b'x')\nexcept OSError:\n    raise SystemExit(7)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 7
