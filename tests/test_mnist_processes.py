"""Two processes over gloo: they share the run of one; killed and resumed they end at the same bits."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from mnist_support import environment, script

from xlsgd.errors import InputError
from xlsgd.mnist import data
from xlsgd.mnist.device import Processes
from xlsgd.mnist.recipe import Recipe, checked
from xlsgd.mnist.train import train

TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
RECIPE = Recipe(optimizer="adamw", schedule="one-cycle", lr=1e-2, wd=0.01, l2=1e-4, epochs=2, dtype="float64")

# The run with checkpoints, slowed down so that it can be killed midway; then the same undisturbed.
SCRIPT = f"""
import os, pathlib, sys, time, torch
from xlsgd.mnist import data
from xlsgd.mnist.checkpoint import Checkpoints
from xlsgd.mnist.device import processes
from xlsgd.mnist.recipe import Recipe
from xlsgd.mnist.train import Watcher, train

class Slow(Watcher):
    def steps(self, done, engine, before):
        time.sleep(float(sys.argv[1]))

torch.set_num_threads(1)
recipe, digits, here = {RECIPE!r}, data.bundled(), pathlib.Path(".")
(here / f"{{os.getpid()}}.pid").touch()
with processes(torch.device("cpu")) as team:
    kept = Checkpoints(here, recipe, digits.digest(), team.size, every=5, rank=team.rank)
    resumed = train(recipe, digits, team=team, checkpoints=kept, watcher=Slow())
    whole = train(recipe, digits, team=team)
    torch.save((resumed.weights, whole.weights, torch.from_numpy(whole.losses)), f"rank-{{team.rank}}.pt")
"""


def kill_at_the_first_checkpoint(process, folder):
    until = time.monotonic() + 60
    while not (folder / "checkpoint.pt").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert process.poll() is None
    for file in folder.glob("*.pid"):
        os.kill(int(file.stem), signal.SIGKILL)
    process.kill()
    process.communicate()


@pytest.mark.slow
def test_two_processes_share_the_run_of_one_and_resume_to_the_same_bits(tmp_path):
    (tmp_path / "share.py").write_text(SCRIPT)
    options = {"cwd": tmp_path, "env": environment(), "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    kill_at_the_first_checkpoint(subprocess.Popen([*TORCHRUN, "share.py", "0.5"], **options), tmp_path)
    assert not list(tmp_path.glob("rank-*.pt"))
    assert 0 < torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] < 23
    subprocess.run([*TORCHRUN, "share.py", "0"], **options, check=True, timeout=120)
    alone = train(RECIPE, data.bundled())
    for rank in (0, 1):
        resumed, whole, losses = torch.load(tmp_path / f"rank-{rank}.pt", weights_only=True)
        assert torch.equal(resumed, whole)
        # Float64: the halves of a batch are summed apart, which is rounding, grown over 46 steps.
        torch.testing.assert_close(whole, alone.weights, rtol=0, atol=1e-11)
        np.testing.assert_allclose(losses, alone.losses, rtol=0, atol=1e-11)


@pytest.mark.slow
def test_rank_0_alone_speaks_and_writes(tmp_path, monkeypatch):
    monkeypatch.delenv(data.ENVIRONMENT, raising=False)
    command = [*TORCHRUN, str(script(tmp_path)), "train", "--epochs", "2", "--out", "run"]
    result = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("valid loss") == result.stdout.count("Wrote run") == 1
    assert (tmp_path / "run" / "metrics.json").exists()


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(InputError, match="multiple of the 2 processes"):
        checked(Recipe(batch_size=63), train_images=100, processes=2)


def test_one_process_agrees_with_itself():
    assert Processes().agree(lambda: 7) == 7
    values = torch.ones(3)
    assert Processes().mean(values) is values
