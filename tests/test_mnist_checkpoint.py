"""Checkpoints: a run that was stopped goes on to the same bits; what is damaged or of another run is refused."""

import contextlib
import dataclasses
import json
import math
import os
import pickle
import random
import signal
import time
import zipfile

import numpy as np
import pytest
import torch
from mnist_support import few_digits, start

from xlsgd.errors import InputError
from xlsgd.mnist.checkpoint import Checkpoints
from xlsgd.mnist.recipe import TORCH_OPTIMIZERS, Recipe
from xlsgd.mnist.train import Watcher, train

DIGITS = few_digits()
RECIPES = [
    Recipe(optimizer="adamw", schedule="one-cycle", batch_size=16, epochs=3, lr=1e-2),
    Recipe(optimizer="momentum", batch_size=16, epochs=3, freeze=1, l2=1e-3),
    Recipe(optimizer="torch:adam", batch_size=16, epochs=3, lr_first=1e-4),
]


class Stop(Exception):
    """Stops a run, as a signal would."""


class Stopper(Watcher):
    def __init__(self, step):
        self.step = step

    def steps(self, done, engine, before):
        if done >= self.step:
            raise Stop


def checkpoints(folder, recipe, every=3, digits=DIGITS):
    return Checkpoints(folder, recipe, digits.digest(), processes=1, every=every, rank=0)


def refusal(folder, recipe=RECIPES[0]):
    before = (folder / "checkpoint.pt").read_bytes()
    with pytest.raises(InputError) as caught:
        train(recipe, DIGITS, checkpoints=checkpoints(folder, recipe))
    assert "\n" not in str(caught.value)
    assert (folder / "checkpoint.pt").read_bytes() == before
    assert not list(folder.glob(".*"))
    return str(caught.value)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: r.optimizer)
@pytest.mark.parametrize("step", [1, 3, 8, 10, 22])
def test_a_run_stopped_and_resumed_ends_at_the_same_bits(tmp_path, recipe, step):
    whole = train(recipe, DIGITS)
    with pytest.raises(Stop):
        train(recipe, DIGITS, checkpoints=checkpoints(tmp_path, recipe), watcher=Stopper(step))
    resumed = train(recipe, DIGITS, checkpoints=checkpoints(tmp_path, recipe))
    assert torch.equal(resumed.weights, whole.weights)
    np.testing.assert_array_equal(resumed.losses, whole.losses)
    assert [epoch[:4] for epoch in resumed.epochs] == [epoch[:4] for epoch in whole.epochs]


@pytest.mark.parametrize("schedule", ["constant", "one-cycle"])
@pytest.mark.parametrize("name", TORCH_OPTIMIZERS)
def test_every_optimizer_of_torch_goes_on_to_the_same_bits(tmp_path, name, schedule):
    recipe = Recipe(optimizer=f"torch:{name}", batch_size=16, epochs=2, lr=1e-2, schedule=schedule)
    whole = train(recipe, DIGITS)
    with pytest.raises(Stop):
        train(recipe, DIGITS, checkpoints=checkpoints(tmp_path, recipe), watcher=Stopper(9))
    resumed = train(recipe, DIGITS, checkpoints=checkpoints(tmp_path, recipe))
    assert torch.equal(resumed.weights, whole.weights)
    np.testing.assert_array_equal(resumed.losses, whole.losses)


def test_a_finished_run_resumed_is_left_as_it_is(tmp_path):
    first = train(RECIPES[0], DIGITS, checkpoints=checkpoints(tmp_path, RECIPES[0]))
    again = train(RECIPES[0], DIGITS, checkpoints=checkpoints(tmp_path, RECIPES[0]))
    assert torch.equal(first.weights, again.weights)
    assert first.epochs == again.epochs


@pytest.mark.parametrize("optimizer", ["adam", "momentum", "torch:adam", "torch:nadam"])
@pytest.mark.parametrize("step", [None, 3, 8, 20])
def test_a_run_of_3_epochs_goes_on_to_5_and_ends_at_the_bits_of_a_run_of_5(tmp_path, optimizer, step):
    shorter, longer = (Recipe(optimizer=optimizer, batch_size=16, epochs=epochs, lr=1e-2) for epochs in (3, 5))
    whole = train(longer, DIGITS)
    with contextlib.suppress(Stop):  # at a step, or where the 3 epochs are done
        train(shorter, DIGITS, checkpoints=checkpoints(tmp_path, shorter), watcher=Stopper(step or math.inf))
    resumed = train(longer, DIGITS, checkpoints=checkpoints(tmp_path, longer))
    assert torch.equal(resumed.weights, whole.weights)
    np.testing.assert_array_equal(resumed.losses, whole.losses)
    assert [epoch[:4] for epoch in resumed.epochs] == [epoch[:4] for epoch in whole.epochs]


def test_fewer_epochs_are_taken_as_long_as_no_more_are_begun(tmp_path):
    recipe = Recipe(batch_size=16, epochs=3)
    stopped_in(tmp_path, recipe)  # in the second epoch
    two = dataclasses.replace(recipe, epochs=2)
    assert torch.equal(train(two, DIGITS, checkpoints=checkpoints(tmp_path, two)).weights, train(two, DIGITS).weights)
    one = dataclasses.replace(recipe, epochs=1)
    assert "2 epoch(s) are begun, more than `epochs` 1; give 2 or more" in refusal(tmp_path, one)


def test_where_the_rates_depend_on_the_number_of_epochs_another_number_is_refused(tmp_path):
    train(RECIPES[0], DIGITS, checkpoints=checkpoints(tmp_path, RECIPES[0]))
    said = refusal(tmp_path, dataclasses.replace(RECIPES[0], epochs=5))
    assert "each step's rate depends on their number by `schedule` one-cycle; give so many" in said


@pytest.fixture
def stopped(tmp_path):
    with pytest.raises(Stop):
        train(RECIPES[0], DIGITS, checkpoints=checkpoints(tmp_path, RECIPES[0]), watcher=Stopper(9))
    return tmp_path


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.99])
def test_a_checkpoint_cut_short_is_refused(stopped, part):
    path = stopped / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    assert "damaged" in refusal(stopped)


@pytest.mark.parametrize(
    ("field", "value"), [("hidden", 20), ("lr", 0.1), ("optimizer", "sgd"), ("seed", 5), ("l2", 0.1)]
)
def test_a_checkpoint_of_another_run_is_refused_by_what_differs(stopped, field, value):
    assert f"{field}: " in refusal(stopped, dataclasses.replace(RECIPES[0], **{field: value}))


def test_a_checkpoint_on_other_data_is_refused(stopped):
    other = few_digits(seed=1)
    with pytest.raises(InputError, match="of a run on other images; give the same `data`, or another `out`"):
        train(RECIPES[0], other, checkpoints=checkpoints(stopped, RECIPES[0], digits=other))


def model_size():
    return 16 * 50 + 50 + 50 * 10 + 10


def changes():
    def state(name, value):
        return lambda held: held["engine"].__setitem__(name, value)

    return {
        "shape": state("m", torch.zeros(3)),
        "type": state("w", torch.zeros(model_size(), dtype=torch.float64)),
        "not a tensor": state("v", [1.0]),
        "missing": lambda held: held["engine"].pop("v"),
        "too far": lambda held: held.update(epoch=7),
        "step": lambda held: held.update(step=-1),
        "losses": lambda held: held.update(losses=torch.zeros(2)),
        "epochs": lambda held: held.update(epochs=[[1, 2.0]]),
        "no random state": lambda held: held.pop("random"),
        "random state": lambda held: held.update(random=torch.zeros(3)),
        "format": lambda held: held.update(format=99),
        "counter": state("t", "many"),
        "sparse": state("m", torch.zeros(model_size()).to_sparse()),
        "without numbers": state("m", torch.empty(model_size(), device="meta")),
        "more losses than fit in memory": lambda held: held.update(losses=torch.zeros(1).expand(2**50)),
        "epochs of another number": lambda held: held["epochs"][0].__setitem__(0, 10**400),
        "an option of many digits": lambda held: held["made_of"].update(seed=10**5000),
    }


@pytest.mark.parametrize("name", changes())
def test_a_checkpoint_that_does_not_fit_is_refused(stopped, name):
    held = torch.load(stopped / "checkpoint.pt", weights_only=True)
    changes()[name](held)
    torch.save(held, stopped / "checkpoint.pt")
    assert "checkpoint.pt" in refusal(stopped)


def test_a_tensor_that_asks_for_a_gradient_is_taken_as_its_numbers(stopped):
    whole, path = train(RECIPES[0], DIGITS), stopped / "checkpoint.pt"
    held = torch.load(path, weights_only=True)
    held["engine"] = {name: v.requires_grad_() if name in "wmv" else v for name, v in held["engine"].items()}
    torch.save(held, path)
    assert torch.equal(train(RECIPES[0], DIGITS, checkpoints=checkpoints(stopped, RECIPES[0])).weights, whole.weights)


ADAM, NADAM, ADAGRAD = (
    Recipe(optimizer=f"torch:{n}", batch_size=16, epochs=3, lr=1e-2) for n in ("adam", "nadam", "adagrad")
)
M = (50, 16)
"""The shape of the first weight."""

TORCH_STATES = {
    "a list": (ADAM, lambda of: of.update(state=[])),
    "a text": (ADAM, lambda of: of.update(state="exp_avg")),
    "none": (ADAGRAD, lambda of: of.update(state={})),
    "no dict in it": (ADAM, lambda of: of["state"].update({0: [1.0]})),
    "of too few": (ADAM, lambda of: of["state"].pop(3)),
    "of too many": (ADAM, lambda of: of["state"].update({4: of["state"][3]})),
    "of others": (ADAM, lambda of: of.update(state={str(n): state for n, state in of["state"].items()})),
    "empty": (ADAM, lambda of: of["state"][0].clear()),
    "of another optimizer": (ADAM, lambda of: of["state"][0].update(momentum_buffer=torch.zeros(M))),
    "step: a text": (ADAM, lambda of: of["state"][0].update(step="3")),
    "step: a number": (ADAM, lambda of: of["state"][0].update(step=9)),
    "step: a row": (ADAM, lambda of: of["state"][0].update(step=torch.ones(2))),
    "step: -1": (ADAM, lambda of: of["state"][0].update(step=torch.tensor(-1.0))),
    "step: nan": (ADAM, lambda of: of["state"][0].update(step=torch.tensor(math.nan))),
    "step: inf": (ADAM, lambda of: of["state"][0].update(step=torch.tensor(math.inf))),
    "step: a complex": (ADAM, lambda of: of["state"][0].update(step=torch.tensor(1j))),
    "product: 1 at the next": (NADAM, lambda of: of["state"][0].update(mu_product=torch.tensor(1 / 0.9))),
    "mean: a list": (ADAM, lambda of: of["state"][0].update(exp_avg=[[0.0]])),
    "mean: of another shape": (ADAM, lambda of: of["state"][0].update(exp_avg=torch.zeros(16, 50))),
    "mean: of another type": (ADAM, lambda of: of["state"][0].update(exp_avg=torch.zeros(M, dtype=torch.int64))),
    "mean: complex": (ADAM, lambda of: of["state"][0].update(exp_avg=torch.zeros(M, dtype=torch.complex64))),
    "mean: sparse": (ADAM, lambda of: of["state"][0].update(exp_avg=torch.zeros(M).to_sparse())),
    "mean: without numbers": (ADAM, lambda of: of["state"][0].update(exp_avg=torch.empty(M, device="meta"))),
}


def stopped_in(folder, recipe):
    """Stop a run at step 9 of 24; return what its checkpoint holds."""
    with pytest.raises(Stop):
        train(recipe, DIGITS, checkpoints=checkpoints(folder, recipe), watcher=Stopper(9))
    return torch.load(folder / "checkpoint.pt", weights_only=True)


@pytest.mark.parametrize("name", TORCH_STATES)
def test_a_state_that_torchs_optimizer_could_not_go_on_from_is_refused(tmp_path, name):
    recipe, change = TORCH_STATES[name]
    held = stopped_in(tmp_path, recipe)
    change(held["engine"]["optimizer"])
    torch.save(held, tmp_path / "checkpoint.pt")
    assert "checkpoint.pt: not a checkpoint of this run" in refusal(tmp_path, recipe)


EMPTY_STATES = {
    "of Torch's Adam": (ADAM, lambda engine: engine["optimizer"].update(state={})),
    "of each of its tensors": (ADAM, lambda engine: [state.clear() for state in engine["optimizer"]["state"].values()]),
    "of Torch's AdaGrad": (ADAGRAD, lambda engine: engine["optimizer"].update(state={})),
    "without Torch's state": (ADAM, lambda engine: engine["optimizer"].clear()),
    "of a rule": (RECIPES[0], lambda engine: [engine.pop(name) for name in "mvt"]),
}


@pytest.mark.parametrize("name", EMPTY_STATES)
def test_a_state_that_is_empty_is_called_that(tmp_path, name):
    recipe, change = EMPTY_STATES[name]
    held = stopped_in(tmp_path, recipe)
    change(held["engine"])
    torch.save(held, tmp_path / "checkpoint.pt")
    assert "the optimizer's state is empty, though it has taken steps" in refusal(tmp_path, recipe)


def test_what_keeps_no_state_has_none_that_could_be_missing(tmp_path):
    recipe = Recipe(optimizer="torch:sgd", batch_size=16, epochs=3, lr=1e-2)
    assert stopped_in(tmp_path, recipe)["engine"]["optimizer"]["state"] == {}
    resumed = train(recipe, DIGITS, checkpoints=checkpoints(tmp_path, recipe))
    assert torch.equal(resumed.weights, train(recipe, DIGITS).weights)


@pytest.mark.parametrize("odd", [["one"], 7, {0: None}, torch.zeros(model_size(), dtype=torch.float64)])
@pytest.mark.parametrize("key", ["weights", "optimizer"])
def test_an_engine_that_is_not_torchs_is_refused(tmp_path, key, odd):
    held = stopped_in(tmp_path, ADAM)
    held["engine"][key] = odd
    torch.save(held, tmp_path / "checkpoint.pt")
    assert "checkpoint.pt: not a checkpoint of this run" in refusal(tmp_path, ADAM)


def test_what_torchs_optimizer_is_told_of_rates_and_the_like_comes_from_the_options_alone(tmp_path):
    held = stopped_in(tmp_path, ADAM)
    for group in held["engine"]["optimizer"]["param_groups"]:
        group.update(lr="fast", eps=1.0, betas=7, maximize=True, fused=[], params=None)
    torch.save(held, tmp_path / "checkpoint.pt")
    resumed = train(ADAM, DIGITS, checkpoints=checkpoints(tmp_path, ADAM))
    assert torch.equal(resumed.weights, train(ADAM, DIGITS).weights)


def test_a_tensor_of_torchs_of_which_many_numbers_are_one_in_memory_is_written_out(tmp_path):
    held = stopped_in(tmp_path, ADAM)
    held["engine"]["optimizer"]["state"][0]["exp_avg"] = torch.zeros(1, 1).expand(M)
    torch.save(held, tmp_path / "checkpoint.pt")
    assert np.isfinite(train(ADAM, DIGITS, checkpoints=checkpoints(tmp_path, ADAM)).losses).all()


def mutated(good, chance):
    """Change a byte or a few, anywhere or in the zip's directory at the end; or leave out or put in a few."""
    data = bytearray(good)
    for _ in range(chance.choice([1, 1, 2, 8])):
        at = chance.choice([chance.randrange(len(data)), -chance.randrange(1, 3000)])
        kind = chance.random()
        if kind < 0.8:
            data[at] = chance.randrange(256)
        elif kind < 0.9:
            del data[at : at + chance.randrange(1, 40)]
        else:
            data[at:at] = chance.randbytes(4)
    return bytes(data)


def whole_or_refused(folder, whole=None):
    """Go on with a run: it ends (True), at the same bits as `whole`, or is refused in one line (False)."""
    try:
        run = train(RECIPES[0], DIGITS, checkpoints=checkpoints(folder, RECIPES[0], every=None))
    except InputError as error:
        assert str(error).isascii() and str(error).isprintable()
        return False
    if whole is None:
        return True
    assert torch.equal(run.weights, whole.weights)
    np.testing.assert_array_equal(run.losses, whole.losses)
    assert [epoch[:4] for epoch in run.epochs] == [epoch[:4] for epoch in whole.epochs]
    return True


def test_random_damage_is_refused_or_changes_nothing(stopped):
    path, whole, chance = stopped / "checkpoint.pt", train(RECIPES[0], DIGITS), random.Random(5)
    good, outcomes = path.read_bytes(), []
    for _ in range(400):
        path.write_bytes(mutated(good, chance))
        outcomes.append(whole_or_refused(stopped, whole))
    assert 0 < sum(outcomes) < 50  # padding and the times of the zip's entries decide nothing; all else does


def test_damage_inside_a_tensor_is_refused(stopped):
    path = stopped / "checkpoint.pt"
    weights = torch.load(path, weights_only=True)["engine"]["w"].numpy().tobytes()
    data = path.read_bytes()
    at = data.index(weights) + 1000
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    assert "damaged" in refusal(stopped)


ODD = ["7", "\x1b[31m\nline", 10**500, -1, math.inf, math.nan, None, [], [[1]], {}, torch.zeros(2), torch.zeros(2, 2)]


def places(held):
    """All that a checkpoint is made of, as (what holds it, its key)."""
    for key, value in list(held.items()):
        yield held, key
        if isinstance(value, dict):
            yield from places(value)


def test_odd_values_are_refused_or_run_to_the_end(stopped):
    path = stopped / "checkpoint.pt"
    held = torch.load(path, weights_only=True)
    accepted = set()
    for holder, key in list(places(held)):
        for odd in ODD:
            good, holder[key] = holder[key], odd
            torch.save(held, path)
            accepted |= {key} if whole_or_refused(stopped) else set()
            holder[key] = good
    assert accepted == {"seconds", "lr_first"}  # any time may have passed; lr_first is None as it is


def test_odd_numbers_of_epochs_are_refused(tmp_path):
    recipe = Recipe(batch_size=16, epochs=3)
    held = stopped_in(tmp_path, recipe)
    longer = dataclasses.replace(recipe, epochs=4)
    for place, odds in (("epochs", [0, -1, 1.5, True, "5", None, 10**500, [3]]), ("epoch", [-1, 4, 1.0, None, "1"])):
        for odd in odds:
            changed = {**held, place: odd} if place == "epoch" else {**held, "made_of": {**held["made_of"], place: odd}}
            torch.save(changed, tmp_path / "checkpoint.pt")
            assert "checkpoint.pt: " in refusal(tmp_path, longer)


class Attack:
    def __reduce__(self):
        return os.system, ("touch run",)


def test_a_hostile_checkpoint_is_refused_and_nothing_runs(stopped, monkeypatch):
    monkeypatch.chdir(stopped)
    torch.save(Attack(), stopped / "checkpoint.pt")
    assert "hostile" in refusal(stopped)
    (stopped / "checkpoint.pt").write_bytes(pickle.dumps(Attack()))
    assert "hostile" in refusal(stopped)
    assert not (stopped / "run").exists()


def test_a_checkpoint_that_is_a_bomb_is_refused(stopped, monkeypatch):
    monkeypatch.setattr("xlsgd.mnist.checkpoint.MAX_BYTES", 2**20)
    with zipfile.ZipFile(stopped / "checkpoint.pt", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", bytes(2**21))
    assert "more than a checkpoint can hold" in refusal(stopped)


OPTIONS = ("train", "--epochs", "10", "--schedule", "one-cycle", "--checkpoint-every", "31", "--batch-size", "16")


def final(folder):
    return (folder / "weights.safetensors").read_bytes()


def kill_while_it_runs(process, folder):
    """Kill a run as soon as it has written a checkpoint, at whatever moment that is, and its children with it."""
    until = time.monotonic() + 60
    while not (folder / "checkpoint.pt").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    assert process.poll() is None, "the run ended before it was killed"
    for file in folder.parent.glob("*.pid"):
        os.kill(int(file.stem), signal.SIGKILL)  # under torchrun, the workers; else the process itself
        file.unlink()
    process.kill()
    process.communicate()


@pytest.mark.slow
def test_a_run_killed_and_resumed_ends_at_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.delenv("XLSGD_MNIST", raising=False)
    kill_while_it_runs(start(tmp_path, *OPTIONS, "--out", "killed"), tmp_path / "killed")
    whole = start(tmp_path, *OPTIONS, "--out", "whole")
    assert whole.communicate() and whole.returncode == 0
    assert not (tmp_path / "killed" / "weights.safetensors").exists()
    resumed = start(tmp_path, *OPTIONS, "--out", "killed", "--resume")
    assert resumed.communicate() and resumed.returncode == 0
    assert final(tmp_path / "killed") == final(tmp_path / "whole")
    one, other = (json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("whole", "killed"))
    assert one["made_of"] == other["made_of"]
    for epoch in one["epochs"] + other["epochs"]:
        del epoch["seconds"]
    assert one["epochs"] == other["epochs"]
