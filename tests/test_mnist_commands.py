"""`xlsgd train` and `xlsgd lr-find` from options to folder."""

import contextlib
import csv
import dataclasses
import importlib.util
import json
import math
import os
import pickle
import re
import signal
import subprocess
import sys

import numpy as np
import openpyxl
import pytest
import torch
from mnist_support import environment, invoke, refused, script
from safetensors.numpy import load_file

from xlsgd.commands.lr_find import lr_find
from xlsgd.commands.train import train
from xlsgd.mnist import data, files, model
from xlsgd.mnist.checkpoint import Checkpoints
from xlsgd.mnist.device import Processes
from xlsgd.mnist.recipe import LESSONS
from xlsgd.mnist.train import Epoch

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def in_a_folder_without_mnist(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(data.ENVIRONMENT, raising=False)


def test_a_run_leaves_all_that_is_promised(tmp_path):
    status, output = invoke(train, "--schedule", "one-cycle", "--epochs", 3, "--out", "run", "--hidden", 20)
    assert status == 0
    assert "digits that come with xlsgd" in output
    assert output.count("\n") == 6  # where the digits are from, a header, three epochs, the folder
    run = tmp_path / "run"
    names = {path.name for path in run.iterdir()}
    pictures = {"losses.png", "schedule.png", "confusion.png", "worst.png"}
    tables = {"history.csv", "history.xlsx", "metrics.json"}
    assert names == pictures | tables | {"weights.safetensors", "checkpoint.pt"}
    assert all((run / name).read_bytes().startswith(PNG) for name in pictures)

    metrics = json.loads((run / "metrics.json").read_text())
    assert [epoch["epoch"] for epoch in metrics["epochs"]] == [1, 2, 3]
    for epoch in metrics["epochs"]:
        assert set(epoch) == {"epoch", "train_loss", "valid_loss", "accuracy", "seconds"}
        assert f"{epoch['valid_loss']:.4f}" in output
    made_of = metrics["made_of"]
    assert made_of["options"]["schedule"] == "one-cycle"
    assert made_of["options"]["optimizer"] == "adamw"  # as fastai's learner, with its weight decay
    assert made_of["options"]["wd"] == 0.01
    assert made_of["versions"]["torch"] == torch.__version__
    assert made_of["device"].startswith(("cpu", "cuda", "mps"))
    assert made_of["data"]["sha256"] == data.bundled().digest()

    rows = list(csv.DictReader((run / "history.csv").open()))
    assert len(rows) == 3 * 23
    assert float(rows[0]["rate"]) == pytest.approx(1e-2 / 25)
    assert float(rows[0]["momentum"]) == pytest.approx(0.95)
    assert float(rows[0]["smoothed_loss"]) == pytest.approx(float(rows[0]["loss"]))
    mean = np.mean([float(row["loss"]) for row in rows if row["epoch"] == "3"])
    assert mean == pytest.approx(metrics["epochs"][2]["train_loss"], rel=1e-12)

    book = openpyxl.load_workbook(run / "history.xlsx")
    assert book.sheetnames == ["epochs", "steps"]
    assert book["epochs"]["D4"].value == pytest.approx(metrics["epochs"][2]["accuracy"], rel=1e-15)
    assert book["steps"].max_row == 1 + 3 * 23
    assert [len(sheet._charts) for sheet in book] == [2, 3]
    for cell in (cell for sheet in book for cell in sheet[1] if cell.value):
        # A width is counted in the digits of the usual font; bold letters are up to a fifth wider.
        assert cell.parent.column_dimensions[cell.column_letter].width >= 1.2 * len(cell.value), cell.value
        assert cell.alignment.horizontal == "right"  # as the numbers below it
        assert "_" not in cell.value  # which legends show
    for sheet in book:
        assert sheet.print_area.endswith("$51")  # beyond the last chart, also where there are few rows
        for chart in sheet._charts:
            assert (chart.legend is None) == (len(chart.series) == 1)
            assert chart.y_axis.majorGridlines.spPr.ln.solidFill.srgbClr == "E3E3E3"  # as on the other sheets


def test_the_weights_give_the_accuracy_that_was_printed(tmp_path):
    invoke(train, "--epochs", 5, "--out", "run")
    tensors = load_file(tmp_path / "run" / "weights.safetensors")
    digits = data.bundled()
    x = digits.valid.images * np.float32(digits.scale)
    hidden = np.maximum(x @ tensors["layers.0.weight"].T + tensors["layers.0.bias"], 0)
    predicted = (hidden @ tensors["layers.1.weight"].T + tensors["layers.1.bias"]).argmax(1)
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    # By NumPy alone; two images more or less would be a difference of 0.007.
    assert (predicted == digits.valid.labels).mean() == pytest.approx(metrics["epochs"][-1]["accuracy"], abs=0.005)


@pytest.mark.slow
def test_all_lessons_stand_side_by_side_with_what_was_published(tmp_path, monkeypatch):
    monkeypatch.setattr("xlsgd.commands.runs.usual_epochs", lambda digits: 1)
    status, output = invoke(train, "--lesson", "all", "--out", "all")
    assert status == 0
    table = output.split("published")[1]
    for name in LESSONS:
        assert f"\n{name} " in table
        assert (tmp_path / "all" / name / "metrics.json").exists()
    assert "0.1358 or 0.1277" in table and "0.9608" in table
    assert "made anew at each step, as the lesson does" in table
    assert [row["lesson"] for row in json.loads((tmp_path / "all" / "lessons.json").read_text())] == list(LESSONS)


def test_lr_find_suggests_and_draws(tmp_path):
    status, output = invoke(lr_find, "--out", "found")
    assert status == 0
    rates = re.findall(r"^  (minimum over 10|steepest): (\S+)$", output, re.MULTILINE)
    assert [what for what, _ in rates] == ["minimum over 10", "steepest"]
    (safer,) = re.findall(r"^The safer is --lr (\S+)$", output, re.MULTILINE)
    assert float(safer) == min(float(rate) for _, rate in rates)
    rows = list(csv.DictReader((tmp_path / "found" / "lr-find.csv").open()))
    assert float(rows[0]["rate"]) == 1e-7
    assert (tmp_path / "found" / "lr-find.png").read_bytes().startswith(PNG)


def test_runs_without_out_get_folders_of_their_own(tmp_path):
    for _ in range(2):
        invoke(train, "--epochs", 1)
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["train-1", "train-2"]


DIVERGING = ("--optimizer", "sgd", "--lr", "1e30", "--epochs", "2", "--out", "run")


def first_not_finite(folder):
    """Return the loss and its place among all, and in its epoch, of the first that is no number."""
    rows = list(csv.DictReader((folder / "history.csv").open()))
    row = next(row for row in rows if row["loss"] in ("nan", "inf"))
    return row["loss"], int(row["epoch"]), int(row["step"]) - (int(row["epoch"]) - 1) * len(rows) // 2


def test_a_run_that_diverges_says_where_and_what_to_try_is_written_and_ends_with_1(tmp_path):
    status, output = invoke(train, *DIVERGING)
    assert status == 1
    loss, epoch, step = first_not_finite(tmp_path / "run")
    line = (
        f"run: the loss became {loss} at step {step} of epoch {epoch}; the rate 1e+30 is probably too high: "
        "try --lr 0.001, or look for one by xlsgd lr-find"
    )
    assert output.splitlines().count(line) == 1
    assert output.splitlines()[-1] == "Error: run: the run diverged"
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert metrics["epochs"][1]["train_loss"] is None  # JSON has no NaN
    again, output = invoke(train, *DIVERGING, "--resume")  # a finished run, which takes no further step
    assert again == 1
    assert output.splitlines()[-1] == "Error: run: the run diverged"


@pytest.mark.parametrize("which", [(), ("--lesson", "all")])
def test_a_process_beside_rank_0_ends_with_0_so_that_torchrun_does_not_end_rank_0_while_it_writes(which, monkeypatch):
    monkeypatch.setattr("xlsgd.commands.runs.processes", lambda device: contextlib.nullcontext(Processes(rank=1)))
    monkeypatch.setattr("xlsgd.commands.runs.train_in", lambda *_: [Epoch(1, math.nan, math.nan, 0.1, 1.0)])
    assert invoke(train, "--out", "run", *which) == (0, "")


def test_a_run_that_comes_back_has_diverged_all_the_same(tmp_path):
    status, output = invoke(train, "--optimizer", "torch:adadelta", "--lr", "1e20", "--epochs", "3", "--out", "run")
    epochs = json.loads((tmp_path / "run" / "metrics.json").read_text())["epochs"]
    assert epochs[0]["train_loss"] is None
    assert epochs[-1]["train_loss"] is not None
    assert (status, output.splitlines()[-1]) == (1, "Error: run: the run diverged")
    assert sum("the loss became" in line for line in output.splitlines()) == 1


@pytest.fixture
def three_lessons():
    """Of the lesson's runs only three; afterwards all of them again, in their order, which other tests read."""
    before = dict(LESSONS)
    for name in before.keys() - {"nn-manual-l2", "nn-sgd-wd", "one-cycle"}:
        del LESSONS[name]
    yield LESSONS
    LESSONS.clear()
    LESSONS.update(before)


def test_the_lessons_runs_go_on_when_one_diverges_and_the_last_line_names_it(three_lessons, tmp_path, monkeypatch):
    monkeypatch.setattr("xlsgd.commands.runs.usual_epochs", lambda digits: 1)
    for name, rate in (("nn-manual-l2", 1e30), ("one-cycle", 1e38)):
        three_lessons[name] = dataclasses.replace(three_lessons[name], lr=rate)
    status, output = invoke(train, "--lesson", "all", "--out", "all")
    assert status == 1
    assert "all/nn-manual-l2: the loss became " in output
    assert "the rate 1e+30 is probably too high: try --lr 0.001 without --lesson, or look" in output
    assert output.splitlines()[-1] == "Error: all: 2 of 3 runs diverged: nn-manual-l2, one-cycle"
    rows = json.loads((tmp_path / "all" / "lessons.json").read_text())
    assert [row["lesson"] for row in rows if row["train_loss"] is None] == ["nn-manual-l2", "one-cycle"]
    assert [row["lesson"] for row in rows] == ["nn-manual-l2", "nn-sgd-wd", "one-cycle"]


def test_resume_is_offered_only_where_it_is_an_option(tmp_path):
    invoke(train, "--epochs", 1, "--out", "trained")
    invoke(lr_find, "--out", "found")
    another = "holds a run already; give another --out"
    assert refused(train, "--out", "trained").strip().endswith(f"{another}, or go on with it by --resume")
    for folder in ("trained", "found"):
        assert refused(lr_find, "--out", folder).strip().endswith(another)
        assert refused(train, "--lesson", "all", "--out", folder).strip().endswith(another)
    assert refused(train, "--out", "found").strip().endswith(another)


def test_a_folder_that_holds_a_run_is_not_overwritten(tmp_path):
    invoke(train, "--epochs", 1, "--out", "run")
    before = {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    assert "holds a run already" in refused(train, "--epochs", 1, "--out", "run")
    assert "holds a run already" in refused(lr_find, "--out", "run")
    assert "seed: 0 there, 1 here" in refused(train, "--epochs", 1, "--seed", 1, "--out", "run", "--resume")
    assert before == {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}


BAD = {
    "rate": (["--lr", "fast"], "--lr fast: give a rate"),
    "rate of 0": (["--lr", "0"], "--lr 0: give a rate"),
    "rates": (["--lr", "1e-3:1e-2:1e-1"], "give a rate"),
    "NaN": (["--lr", "nan"], "--lr nan"),
    "decay": (["--wd", "-1"], "--wd: "),
    "penalty": (["--l2", "inf"], "--l2: "),
    "epochs": (["--epochs", "0"], "--epochs 0: give a whole number from 1 to 100,000"),
    "no steps": (["--checkpoint-every", "0"], "--checkpoint-every 0: give a whole number, 1 or more"),
    "seed": (["--seed", "x"], "--seed x: give a whole number from 0 to 4,294,967,295"),
    "frozen": (["--freeze", "2"], "one at least must learn"),
    "batch": (["--batch-size", "1501"], "1,500 training images"),
    "optimizer": (["--optimizer", "lion"], "--optimizer lion: not one of sgd"),
    "torch": (["--optimizer", "torch:lion"], "torch:lion: not one of"),
    "lesson": (["--lesson", "one-cycle", "--batch-size", "32"], "--batch-size: --lesson one-cycle sets it"),
    "resume": (["--resume"], "say with --out"),
    "hidden layer of none": (["--model", "logistic", "--hidden", "30"], "--hidden 30: --model logistic has no hidden"),
    "rates of one layer": (["--model", "logistic", "--lr", "1e-3:1e-2"], "--lr 0.001:0.01: --model logistic has one"),
    "data": (["--data", "nowhere.pkl.gz"], "nowhere.pkl.gz: no such file"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_options_are_refused_in_a_line_and_nothing_is_written(name, tmp_path):
    options, message = BAD[name]
    assert message in refused(train, *options)
    assert not list(tmp_path.iterdir())


def test_the_finder_refuses_as_the_trainer_does(tmp_path):
    for name in ("frozen", "batch", "optimizer", "data", "hidden layer of none"):
        options, message = BAD[name]
        assert message in refused(lr_find, *options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (train, BAD["optimizer"][0]),
        (train, BAD["data"][0]),
        (train, BAD["resume"][0]),
        (train, ["--lesson", "all", "--out", "run"]),
        (train, ["--out", "run"]),
        (lr_find, BAD["optimizer"][0]),
        (lr_find, ["--out", "run"]),
    ],
)
def test_what_takes_neither_torch_nor_images_is_refused_before_either(command, options, monkeypatch, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "checkpoint.pt").touch()
    monkeypatch.setitem(sys.modules, "xlsgd.commands.runs", None)  # importing it, and so Torch, would fail
    assert invoke(command, *options)[0] == 2


def test_a_run_that_goes_on_is_refused_in_one_line_too(tmp_path):
    # On the digits that come along, of which a run says so as it starts.
    assert "training on the digits" in invoke(train, "--epochs", 1, "--out", "run")[1]
    assert "wd: 0.0 there, 0.1 here" in refused(train, "--epochs", 1, "--wd", 0.1, "--out", "run", "--resume")


def test_a_finished_run_goes_on_where_its_rate_is_constant_and_says_what_it_holds_and_why_not(tmp_path):
    whole = invoke(train, "--epochs", 5, "--out", "whole")[1].splitlines()
    invoke(train, "--epochs", 3, "--out", "run")
    status, output = invoke(train, "--epochs", 3, "--out", "run", "--resume")
    last = json.loads((tmp_path / "run" / "metrics.json").read_text())["epochs"][-1]
    losses = f"train loss {last['train_loss']:.4f}, valid loss {last['valid_loss']:.4f}"
    holds = f"run: holds a finished run of 3 epochs: {losses}, accuracy {last['accuracy']:.4f}"
    assert (status, output.splitlines()) == (0, [f"{holds}; --epochs 4 or more goes on", "Wrote run"])
    output = invoke(train, "--epochs", 5, "--out", "run", "--resume")[1].splitlines()
    assert [line.split()[:4] for line in output[1:3]] == [line.split()[:4] for line in whole[-3:-1]]
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("run", "whole")]
    assert weights[0] == weights[1]
    said = refused(train, "--epochs", 4, "--out", "run", "--resume")
    assert "5 epoch(s) are begun, more than --epochs 4; give 5 or more, or another --out" in said


def test_a_finished_one_cycle_goes_no_further_and_says_so(tmp_path):
    invoke(train, "--schedule", "one-cycle", "--epochs", 1, "--out", "run")
    one_cycle = ("--schedule", "one-cycle", "--out", "run", "--resume")
    assert "; --schedule one-cycle is at its end, so it goes no further" in invoke(train, "--epochs", 1, *one_cycle)[1]
    said = refused(train, "--epochs", 2, *one_cycle)
    assert "of a run of 1 epoch(s), and each step's rate depends on their number by --schedule one-cycle" in said


def interrupted_after(monkeypatch, epoch, step=0):
    """Have runs be interrupted as soon as their checkpoint stands there."""
    save = Checkpoints.save

    def save_and_stop(self, engine, at):
        save(self, engine, at)
        if (at.epoch, at.step) == (epoch, step):
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoints, "save", save_and_stop)


@pytest.mark.parametrize(
    ("where", "options", "keeps"),
    [
        ((2, 0), [], "2 epochs"),
        ((1, 0), [], "1 epoch"),
        ((1, 5), ["--checkpoint-every", 28], "1 epoch and 5 steps"),
    ],
)
def test_an_interrupted_run_says_what_is_kept_and_how_to_go_on(where, options, keeps, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted_after(patch, *where)
        status, output = invoke(train, "--epochs", 3, *options)
    go_on = "the same options with --out runs/train-1 --resume go on"
    assert status == 130
    assert f"Interrupted: runs/train-1 keeps {keeps}; {go_on}" in output.splitlines()
    status, output = invoke(train, "--epochs", 3, *options, "--out", "runs/train-1", "--resume")
    assert (status, output.splitlines()[-1]) == (0, "Wrote runs/train-1")


def test_an_interrupt_before_the_first_checkpoint_keeps_nothing(monkeypatch):
    monkeypatch.setattr("xlsgd.mnist.train.make_engine", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert "Interrupted: run keeps 0 epochs; the same options" in invoke(train, "--out", "run")[1]


def test_several_runs_that_were_interrupted_go_on_where_they_stopped(three_lessons, tmp_path, monkeypatch):
    monkeypatch.setattr("xlsgd.commands.runs.usual_epochs", lambda digits: 2)
    invoke(train, "--lesson", "all", "--out", "whole")
    with monkeypatch.context() as patch:
        interrupted_after(patch, 1)
        status, output = invoke(train, "--lesson", "all", "--out", "all")
    assert status == 130
    go_on = "the same options with --out all --resume go on"
    assert f"Interrupted: all/nn-manual-l2 keeps 1 epoch; {go_on}" in output.splitlines()
    status, output = invoke(train, "--lesson", "all", "--out", "all", "--resume")
    assert (status, output.splitlines()[-1]) == (0, "Wrote all")
    for name in three_lessons:
        weights = [(tmp_path / folder / name / "weights.safetensors").read_bytes() for folder in ("whole", "all")]
        assert weights[0] == weights[1]
    output = invoke(train, "--lesson", "all", "--out", "all", "--resume")[1]
    assert output.count("holds a finished run of 2 epochs") == 3
    assert "--epochs" not in output  # which a lesson sets


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_refused(tmp_path):
    for command in (train, lr_find):
        assert "--device cuda: not at hand" in refused(command, "--device", "cuda", "--out", "run")
    assert not list(tmp_path.iterdir())


class Attack:
    def __reduce__(self):
        return os.system, ("touch attacked",)


def test_a_hostile_pickle_is_refused_and_nothing_runs(tmp_path):
    (tmp_path / "mnist.pkl").write_bytes(pickle.dumps(Attack()))
    assert "'system'" in refused(train, "--data", "mnist.pkl", "--out", "run")
    assert [path.name for path in tmp_path.iterdir()] == ["mnist.pkl"]


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be made" in refused(train, "--out", "file/run")


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else there(name))
    for command in (train, lr_find):
        assert 'torch: pip install ".[train]"' in refused(command)


def test_help_has_examples_and_a_word_on_every_option():
    for command in (train, lr_find):
        status, output = invoke(command, "--help")
        assert status == 0
        assert "Examples:" in output
        assert all(option.help for option in command.params)


def test_frozen_layers_and_rates_by_layer_reach_the_run(tmp_path):
    invoke(train, "--epochs", 1, "--freeze", 1, "--lr", "1e-4:1e-2", "--seed", 3, "--out", "run")
    tensors = load_file(tmp_path / "run" / "weights.safetensors")
    first = model.unpack(model.draw([64, 50, 10], 3), [64, 50, 10])[0][0]
    np.testing.assert_array_equal(tensors["layers.0.weight"], first.numpy())
    options = json.loads((tmp_path / "run" / "metrics.json").read_text())["made_of"]["options"]
    assert (options["lr_first"], options["lr"]) == (1e-4, 1e-2)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_there_is_a_bar_and_standard_output_stays_clean(tmp_path):
    ours, theirs = os.openpty()
    command = [sys.executable, script(tmp_path), "train", "--epochs", "6", "--batch-size", "8", "--out", "run"]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    seen = bytearray()
    while True:
        try:
            seen += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    out, _ = process.communicate()
    assert process.returncode == 0
    assert b"Writing run" in seen
    assert re.search(rb"loss \d+\.\d{4}  smoothed \d+\.\d{4}  rate 1\.00e-03", bytes(seen))
    assert len(out.splitlines()) == 8  # a header, an epoch a line, and the folder
    assert "\x1b" not in out


def test_what_is_done_after_the_last_epoch_is_shown(monkeypatch):
    shown = []
    monkeypatch.setattr("xlsgd.commands.runs.waiting", lambda label: contextlib.nullcontext(shown.append(label)))
    invoke(train, "--out", "run", "--epochs", 1)
    assert shown == ["Writing run"]


def test_the_images_are_named(tmp_path):
    from test_mnist_data import write_folder

    write_folder(tmp_path, count=300, side=4)
    for command in (train, lr_find):
        output = invoke(command, "--data", tmp_path, "--out", tmp_path / command.name)[1]
        assert f"Training on the images of {tmp_path}." in output.splitlines()


def test_a_file_is_whole_or_is_not_there(tmp_path):
    path = tmp_path / "numbers"
    path.write_text("before")

    def fail(beside):
        beside.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_beside(path, fail)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["numbers"]


KILLED = """
import os, pathlib, signal
from xlsgd.mnist.files import write_beside
write_beside(pathlib.Path("numbers"), lambda beside: (beside.write_text("half"), os.kill(os.getpid(), signal.SIGKILL)))
"""


def test_what_a_killed_run_left_goes_with_the_next_write(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment(), check=False)
    assert killed.returncode == -signal.SIGKILL
    files.write_beside(tmp_path / "numbers", lambda beside: beside.write_text("whole"))
    assert (tmp_path / "numbers").read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["numbers"]


LARGE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
exec(open(sys.argv.pop(1)).read())
"""


def test_a_disk_that_fills_is_one_line(tmp_path):
    command = [sys.executable, "-c", LARGE, str(script(tmp_path)), "train", "--out", "run"]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert "checkpoint.pt: cannot be written: File too large" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list((tmp_path / "run").iterdir())
