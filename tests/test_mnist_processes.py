"""Two processes over gloo: the run of one, shared; killed and resumed to the same bits."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from mnist_support import environment, start
from test_mnist_checkpoint import OPTIONS, final, kill_while_it_runs

from xlsgd.errors import InputError
from xlsgd.mnist import data
from xlsgd.mnist.recipe import Recipe, checked
from xlsgd.mnist.train import train

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def run(folder, *arguments, launcher=TORCHRUN):
    process = start(folder, *arguments, launcher=launcher)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.fixture(autouse=True)
def no_mnist(monkeypatch):
    monkeypatch.delenv("XLSGD_MNIST", raising=False)


def test_two_processes_killed_and_resumed_end_at_the_same_bits(tmp_path):
    kill_while_it_runs(start(tmp_path, *OPTIONS, "--out", "killed", launcher=TORCHRUN), tmp_path / "killed")
    assert not (tmp_path / "killed" / "weights.safetensors").exists()
    status, out, err = run(tmp_path, *OPTIONS, "--out", "whole")
    assert status == 0, err
    assert out.count("valid loss") == out.count("Wrote") == 1  # rank 0 alone speaks
    assert run(tmp_path, *OPTIONS, "--out", "killed", "--resume")[0] == 0
    assert final(tmp_path / "killed") == final(tmp_path / "whole")


RECIPE = Recipe(optimizer="adamw", schedule="one-cycle", lr=1e-2, wd=0.01, l2=1e-4, epochs=2, dtype="float64")
SCRIPT = f"""
import torch
from xlsgd.mnist import data
from xlsgd.mnist.device import processes
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.train import train
torch.set_num_threads(1)
with processes(torch.device("cpu")) as team:
    run = train({RECIPE!r}, data.bundled(), team=team)
    torch.save((run.weights, torch.from_numpy(run.losses)), f"rank-{{team.rank}}.pt")
"""


def test_two_processes_share_the_run_of_one(tmp_path):
    (tmp_path / "share.py").write_text(SCRIPT)
    command = [sys.executable, *TORCHRUN, "share.py"]
    subprocess.run(command, cwd=tmp_path, env=environment(), check=True, timeout=120, capture_output=True)
    alone = train(RECIPE, data.bundled())
    for rank in (0, 1):
        weights, losses = torch.load(tmp_path / f"rank-{rank}.pt", weights_only=True)
        # Float64: the halves of a batch are summed apart, which is rounding, grown over 46 steps.
        torch.testing.assert_close(weights, alone.weights, rtol=0, atol=1e-11)
        np.testing.assert_allclose(losses, alone.losses, rtol=0, atol=1e-11)


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(InputError, match="multiple of the 2 processes"):
        checked(Recipe(batch_size=63), train_images=100, processes=2)
