"""What the tests of the trainer share: real MNIST where there is one, few digits, and the commands as processes."""

import functools
import gzip
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from xlsgd.commands.cli import cli
from xlsgd.mnist.data import ENVIRONMENT, Digits, Split, load

torch.set_num_threads(1)

ROOT = Path(__file__).parents[1]
MAIN = """
import os, pathlib
pathlib.Path(f"{os.getpid()}.pid").touch()
from xlsgd.commands.cli import main
main()
"""


def real_mnist(test):
    """Mark a test that needs real MNIST; it is skipped, with the reason, where there is none."""
    reason = f"needs real MNIST: set {ENVIRONMENT}"
    return pytest.mark.mnist(pytest.mark.skipif(not os.environ.get(ENVIRONMENT), reason=reason)(test))


@functools.cache
def real_digits():
    """Return real MNIST, loaded once."""
    return load()


def few_digits(train=130, valid=40, side=4, seed=0):
    """Return random images of which the label can be learnt."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, train + valid)
    images = random.integers(0, 60, (train + valid, side * side)).astype(np.uint8)
    images[np.arange(train + valid), labels] = 250
    split = [Split(images[part], labels[part]) for part in (slice(0, train), slice(train, None))]
    return Digits("few", *split, 1 / 256)


def invoke(command, *arguments):
    """Run a command as the command line does; return the exit status and the output."""
    result = CliRunner().invoke(cli, [command.name, *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def refused(command, *arguments):
    """Return the one line with which a command refuses its input."""
    status, output = invoke(command, *arguments)
    assert status == 2
    assert "\n" not in output.strip()
    return output


def environment():
    """Return the environment of a process that runs a command: this checkout, one thread."""
    return os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}


def script(folder):
    """Write a script that runs the commands as `python -m xlsgd` does."""
    path = Path(folder) / "main.py"
    path.write_text(MAIN)
    return path


def start(folder, *arguments, launcher=()):
    """Start a command in a process of its own."""
    command = [sys.executable, *launcher, str(script(folder)), *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment(), stdout=pipe, stderr=pipe, text=True)


def write_idx(path, array):
    """Write an IDX file of unsigned bytes."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    data = header + array.astype(np.uint8).tobytes()
    Path(path).write_bytes(gzip.compress(data) if str(path).endswith(".gz") else data)
