"""`xlsgd export`: a trained run as a workbook, which engines and Torch confirm cell by cell."""

import contextlib
import functools
import json
import os
import re
import shutil
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import torch
from mnist_support import invoke, real_mnist, refused
from safetensors.numpy import load_file, save_file
from torch import nn

import xlsgd
from xlsgd.commands.export import export
from xlsgd.commands.train import train
from xlsgd.errors import InputError
from xlsgd.mnist import data
from xlsgd.mnist.finished import read_run
from xlsgd.rules import RULES, Rate, Rule, Weight
from xlsgd.sheets.opened_equations import OpenedRule
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines.libreoffice import Session
from xlsgd.workbooks.opened_numbers import OpenedRun, first_shown, run_forward
from xlsgd.workbooks.opened_run import build_opened

RUNS = {
    "adam": ["--hidden", 20],
    "logistic": ["--model", "logistic", "--optimizer", "sgd", "--lr", "0.02", "--l2", "1e-3"],
    "sgd": ["--hidden", 7, "--optimizer", "sgd", "--lr", "0.1", "--wd", "0.01"],
    "momentum": ["--hidden", 40, "--optimizer", "momentum", "--lr", "0.01", "--l2", "1e-4"],
    "rmsprop": ["--hidden", 5, "--optimizer", "torch:rmsprop"],
    "one-cycle": ["--hidden", 20, "--schedule", "one-cycle", "--lr", "1e-3:1e-2"],
    "frozen": ["--hidden", 20, "--optimizer", "torch:adamw", "--freeze", 1],
}
"""Runs on the digits that come along: every rule, decays of each kind, rates by layer, a frozen layer."""

N = 30


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return what gives a run's folder by its name in `RUNS`, trained once and exported."""
    folder = tmp_path_factory.mktemp("runs")

    @functools.cache
    def made(name):
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(data.ENVIRONMENT, raising=False)
            assert invoke(train, *RUNS[name], "--epochs", 3, "--out", folder / name)[0] == 0
            assert invoke(export, folder / name, "--digits", N, "--no-verify")[0] == 0
        return folder / name

    return made


def test_the_library_writes_what_the_command_writes(runs, tmp_path):
    assert xlsgd.export(runs("adam"), tmp_path / "a.xlsx", digits=N) == tmp_path / "a.xlsx"
    assert (tmp_path / "a.xlsx").read_bytes() == (runs("adam") / "network.xlsx").read_bytes()
    assert xlsgd.export(str(runs("adam")), str(tmp_path), 3) == tmp_path / "network.xlsx"
    assert xlsgd.verify(tmp_path / "network.xlsx", oracles="torch").agrees
    told = []
    own = shutil.copytree(runs("sgd"), tmp_path / "run")
    assert xlsgd.export(own, progress=told.append) == own / "network.xlsx"
    assert sum(told) > 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"digits": 298}, "`digits` 298: the run has 297 test digits; give that many at most"),
        ({"digits": 0}, "`digits` 0: give a whole number, 1 or more"),
        ({"digits": 2.5}, "`digits` 2.5: give a whole number, 1 or more"),
        ({"path": "a.xlsm"}, "a.xlsm: give a file that ends in .xlsx"),
        ({"run": "nosuch"}, "nosuch: no such folder; give the folder of a run"),
        ({"data": "nosuch"}, "nosuch: no such file or folder"),
    ],
)
def test_the_library_speaks_of_arguments(runs, tmp_path, monkeypatch, given, says):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(xlsgd.InputError) as caught:
        xlsgd.export(**({"run": runs("adam"), "path": tmp_path / "a.xlsx", "digits": 3} | given))
    message = str(caught.value)
    assert says in message and "\n" not in message and "--" not in message
    assert not list(tmp_path.iterdir())


def test_moved_images_are_an_argument_too(runs, tmp_path):
    folder = shutil.copytree(runs("adam"), tmp_path / "run")
    edit(folder, lambda metrics: metrics["data"].update(name="gone.pkl"))
    with pytest.raises(xlsgd.InputError, match=r"gone\.pkl: the images of .* say with `data` where they are"):
        xlsgd.export(folder)


@pytest.mark.parametrize("name", RUNS)
def test_ironcalc_and_torch_confirm_every_formula(runs, name):
    report = verify(runs(name) / "network.xlsx", ("ironcalc",), ("torch",))
    assert report.agrees and not report.errors
    for verdict in report.verdicts:
        assert sum(tally.answered for tally in verdict.columns.values()) == report.formulas
        assert max(tally.worst for tally in verdict.columns.values()) <= 1e-12


@pytest.mark.parametrize("name", ["adam", "logistic"])
def test_libreoffice_confirms_every_formula(runs, name):
    report = verify(runs(name) / "network.xlsx", ("libreoffice",))
    assert report.agrees
    assert sum(tally.answered for tally in report.verdicts[0].columns.values()) == report.formulas


def test_the_command_recalculates_what_it_wrote(runs, tmp_path):
    status, output = invoke(export, runs("sgd"), "--digits", 5, "--out", tmp_path / "a.xlsx")
    assert status == 0
    assert output.startswith(f"wrote {tmp_path / 'a.xlsx'}\n")
    assert "all answers agree" in output and "IronCalc" in output


def test_help_has_an_example_and_a_word_on_every_option():
    status, output = invoke(export, "--help")
    assert status == 0
    assert "Examples:" in output
    assert all(option.help for option in export.params if option.name != "run")


def test_the_same_run_is_the_same_file_to_the_byte(runs, tmp_path):
    for name in "ab":
        invoke(export, runs("adam"), "--digits", N, "--no-verify", "--out", tmp_path / name / "network.xlsx")
    whole = (runs("adam") / "network.xlsx").read_bytes()
    assert (tmp_path / "a" / "network.xlsx").read_bytes() == (tmp_path / "b" / "network.xlsx").read_bytes() == whole


def net_of(folder, dtype=torch.float64):
    """Return the network as PyTorch's own modules, with the run's weights."""
    tensors = load_file(folder / "weights.safetensors")
    layers = []
    for n in range(len(tensors) // 2):
        weight = torch.from_numpy(tensors[f"layers.{n}.weight"])
        layer = nn.Linear(*weight.shape[::-1], dtype=dtype)
        layer.weight.data, layer.bias.data = weight.to(dtype), torch.from_numpy(tensors[f"layers.{n}.bias"]).to(dtype)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def images(count, dtype=torch.float64):
    digits = data.bundled()
    return torch.tensor(digits.valid.images[:count], dtype=dtype) / 16, torch.tensor(digits.valid.labels[:count])


@pytest.mark.parametrize("name", ["adam", "logistic"])
def test_the_predictions_are_those_of_the_trainers_own_evaluation(runs, name, tmp_path):
    count = len(data.bundled().valid.labels)
    assert invoke(export, runs(name), "--digits", count, "--no-verify", "--out", tmp_path / "all.xlsx")[0] == 0
    table = openpyxl.load_workbook(tmp_path / "all.xlsx", data_only=True)["digits"]
    metrics = json.loads((runs(name) / "metrics.json").read_text())["epochs"][-1]
    assert table["B2"].value == metrics["accuracy"]
    assert table["D2"].value == pytest.approx(metrics["valid_loss"], rel=1e-6)  # which was summed in float32
    x, labels = images(count, torch.float32)
    with torch.no_grad():
        logits = net_of(runs(name), torch.float32)(x)
    rows = list(table.iter_rows(min_row=5, max_row=4 + count, values_only=True))
    assert [row[2] for row in rows] == logits.argmax(1).tolist()
    assert [row[1] for row in rows] == labels.tolist()
    assert [row[7] for row in rows] == (logits.argmax(1) == labels).int().tolist()
    assert [row[3] for row in rows] == pytest.approx(logits.softmax(1).amax(1).tolist(), rel=1e-5)


def test_another_digit_is_what_torch_makes_of_it(runs, engine):
    """Sums of terms that cancel have no relative precision: 1e-12 of the greatest beside them."""
    folder, net = runs("adam"), net_of(runs("adam"))
    sheet = engine(folder / "network.xlsx")
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for chosen in (1, 17, N):
        sheet.type("B4", str(chosen), "digit")
        sheet.evaluate()
        x, labels = images(N)
        before = {name: parameter.detach().clone() for name, parameter in net.named_parameters()}
        optimizer.state.clear()
        optimizer.zero_grad()
        hidden = net[0](x[chosen - 1])
        logits = net(x[chosen - 1])
        loss = nn.functional.cross_entropy(logits.unsqueeze(0), labels[chosen - 1 : chosen])
        loss.backward()
        optimizer.step()
        read = functools.partial(block, sheet)
        assert sheet.get("B5", "digit") == labels[chosen - 1]
        assert sheet.get("B6", "digit") == logits.argmax()
        assert sheet.get("B9", "digit") == pytest.approx(loss.item(), rel=1e-9)  # Torch's loses digits near 0
        near(read("digit", "B12", 10, 1), logits.unsqueeze(1))
        near(read("digit", "D12", 10, 1), logits.softmax(0).unsqueeze(1))
        near(read("digit", "H5", 8, 8), x[chosen - 1].reshape(8, 8))
        near(read("digit", "R5", 20, 2), torch.stack([hidden, hidden.relu()], 1))
        near(read("digit", "T5", 20, 1), net[0].bias.grad.unsqueeze(1))
        near(read("digit", "F12", 10, 1), net[2].bias.grad.unsqueeze(1))
        near(read("gradient_1", "C6", 64, 20), net[0].weight.grad.T)
        near(read("gradient_1", "C4", 1, 20), net[0].bias.grad.unsqueeze(0))
        near(read("gradient_2", "C6", 20, 10), net[2].weight.grad.T)
        near(read("gradient_2", "C4", 1, 10), net[2].bias.grad.unsqueeze(0))
        near(read("step_1", "C6", 64, 20), net[0].weight.T)
        near(read("step_2", "C4", 1, 10), net[2].bias.unsqueeze(0))
        near(read("units", "A5", 8, 8), before["0.weight"][0].reshape(8, 8))
        net.load_state_dict(before)


def block(sheet, name, corner, rows, columns):
    """Return cells of a sheet, row by row."""
    letter, row = re.fullmatch("([A-Z]+)([0-9]+)", corner).groups()
    first = openpyxl.utils.column_index_from_string(letter)
    names = [openpyxl.utils.get_column_letter(first + i) for i in range(columns)]
    return [[sheet.get(f"{each}{int(row) + i}", name) for each in names] for i in range(rows)]


def near(found, expected):
    found, expected = np.array(found, dtype=float), expected.detach().numpy()
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


def test_torch_finds_a_step_that_is_not_the_rules(runs, tmp_path):
    finished = read_run(runs("sgd"))
    uphill = Rule(lambda s, g, k: Weight(s.w + g * k.lr), Weight, Rate)
    x, labels = finished.digits.valid.images[:3] / 16, finished.digits.valid.labels[:3]
    run = OpenedRun(finished.layers, x, labels, OpenedRule("sgd", uphill, {}, (0.1, 0.1)))
    report = verify(build_opened(tmp_path / "up.xlsx", run), ("ironcalc",), ("torch",))
    by_engine, by_torch = report.verdicts
    assert not by_engine.differences
    assert {difference.sheet for difference in by_torch.differences} == {"step_1", "step_2"}


def test_a_torch_that_is_asked_about_no_digit_says_so(runs, tmp_path):
    beyond = tmp_path / "beyond.xlsx"
    with zipfile.ZipFile(runs("sgd") / "network.xlsx") as book, zipfile.ZipFile(beyond, "w") as copy:
        for name in book.namelist():
            xml, typed = book.read(name), 0
            if name == "xl/worksheets/sheet2.xml":
                xml, typed = re.subn(rb'(<c r="B4"[^>]*><v>)[0-9.]+', rb"\g<1>400", xml)
                assert typed == 1
            copy.writestr(name, xml)
    with pytest.raises(InputError, match="there is no digit 400"):
        verify(beyond, (), ("torch",))


OLD = {"ATANH", "EXP", "IF", "INDEX", "LN", "MATCH", "MAX", "SQRT", "SUM", "SUMIF", "SUMPRODUCT", "COUNT"}
"""Functions that Excel had long before 2010."""


@pytest.mark.parametrize("name", ["adam", "logistic"])
def test_the_formulas_are_of_functions_that_excel_2010_has(runs, name):
    used = set()
    with zipfile.ZipFile(runs(name) / "network.xlsx") as archive:
        for part in archive.namelist():
            formulas = re.findall(rb"<f>([^<]*)</f>", archive.read(part))
            used |= {call.decode() for formula in formulas for call in re.findall(rb"([A-Z_a-z.]+)\(", formula)}
    assert used <= OLD


def test_the_pictures_are_shaded_and_square(runs):
    book = openpyxl.load_workbook(runs("adam") / "network.xlsx")
    assert book.sheetnames[:6] == ["guide", "digit", "units", "digits", "outputs", "pixels"]
    page, units = book["digit"], book["units"]
    ranges = {str(shade.sqref): shade.rules[0].colorScale for shade in page.conditional_formatting}
    assert [color.rgb for color in ranges["H5:O12"].color] == ["FFFFFFFF", "FF000000"]
    assert len([shade for shade in units.conditional_formatting if shade.rules[0].colorScale]) == 20
    assert page["H5"].number_format == ";;;"
    assert page.sheet_view.zoomScale == 70
    heights = [units.row_dimensions[row].height for row in (4, 5)]
    assert heights[0] == 13.5 and units.sheet_format.defaultRowHeight < 13.5  # a caption's, and a pixel's
    with zipfile.ZipFile(runs("adam") / "network.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet2.xml")
    columns = re.findall(rb'<col min="(\d+)" max="(\d+)" width="([0-9.]+)"', xml)
    (narrow,) = [found for found in columns if found[0] == b"7"]
    assert int(narrow[1]) == 16 and round(7 * float(narrow[2])) == 20  # pixels, as a row is high
    assert page.data_validations.dataValidation[0].formula2 == str(N)


def calm_case(seed, hidden=6, n=12):
    random = np.random.default_rng(seed)
    layers = (
        (random.normal(size=(hidden, 16)), random.normal(size=hidden)),
        (random.normal(size=(10, hidden)), random.normal(size=10)),
    )
    images, labels = random.integers(0, 17, (n, 16)) / 16, random.integers(0, 10, n)
    return OpenedRun(layers, images, labels, OpenedRule("sgd", RULES["sgd"], {}, (0.1, 0.1)))


def test_the_digit_shown_first_is_the_one_that_the_network_loses_most_on():
    run = calm_case(0)
    losses = run_forward(run.layers, run.images, run.labels).loss
    assert first_shown(run, run_forward(run.layers, run.images, run.labels)) == losses.argmax()


def test_a_digit_of_which_a_sum_cancels_is_not_shown_first():
    run = calm_case(0)
    worst = int(run_forward(run.layers, run.images, run.labels).loss.argmax())
    (w1, b1), (w2, b2) = run.layers
    outputs = np.maximum(0, run.images[worst] @ w1.T + b1)
    other = (int(run.labels[worst]) + 1) % 10
    b2 = b2.copy()
    b2[other] = -(w2[other] @ outputs) + 1e-13  # a logit whose terms cancel all but wholly
    run = run._replace(layers=((w1, b1), (w2, b2)))
    forward = run_forward(run.layers, run.images, run.labels)
    order = np.argsort(-forward.loss)
    assert first_shown(run, forward) != worst
    assert first_shown(run, forward) in order[:3]


def corrupted(folder, change):
    """Return a copy of a run with other weights."""
    tensors = load_file(folder / "weights.safetensors")
    change(tensors)
    save_file(tensors, folder / "weights.safetensors")


def cut(folder):
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def edit(folder, change):
    path = folder / "metrics.json"
    metrics = json.loads(path.read_text())
    change(metrics["made_of"])
    path.write_text(json.dumps(metrics))


BAD = {
    "no folder": (lambda f: [path.unlink() for path in f.iterdir()], [], "metrics.json: cannot be read"),
    "no weights": (lambda f: (f / "weights.safetensors").unlink(), [], "weights.safetensors: cannot be read"),
    "cut short": (cut, [], "weights.safetensors: damaged or cut short"),
    "empty": (lambda f: (f / "weights.safetensors").write_bytes(b""), [], "damaged or cut short"),
    "NaN": (
        lambda f: corrupted(f, lambda t: t["layers.0.bias"].__setitem__(2, np.nan)),
        [],
        "layers.0.bias holds numbers that are not finite: the run diverged; train again with a lower --lr",
    ),
    "a layer more": (
        lambda f: corrupted(f, lambda t: t.update({"layers.2.weight": t["layers.1.weight"]})),
        [],
        "not the weights of the 64-20-10 network",
    ),
    "other sizes": (lambda f: edit(f, lambda m: m["options"].update(hidden=21)), [], "not the weights of the 64-21-10"),
    "half precision": (
        lambda f: corrupted(f, lambda t: t.update({k: v.astype(np.float16) for k, v in t.items()})),
        [],
        "its numbers are not float32 or float64",
    ),
    "no rule": (
        lambda f: edit(f, lambda m: m["options"].update(optimizer="torch:nadam")),
        [],
        "the run's optimizer torch:nadam has no formula here: give a run by one of sgd, momentum, rmsprop, adam",
    ),
    "another task": (lambda f: edit(f, lambda m: m["options"].update(task="threes-sevens")), [], "ten digits apart"),
    "another option": (lambda f: edit(f, lambda m: m["options"].update(lr="fast")), [], "the option 'lr' is none"),
    "not JSON": (lambda f: (f / "metrics.json").write_text("{"), [], "metrics.json: not what a run"),
    "a list": (lambda f: (f / "metrics.json").write_text("[]"), [], "metrics.json: not what a run"),
    "other images": (lambda f: edit(f, lambda m: m["data"].update(sha256="0")), [], "not the images that"),
    "moved images": (lambda f: edit(f, lambda m: m["data"].update(name="gone.pkl")), [], "gone.pkl: the images of "),
    "too many": (lambda f: None, ["--digits", 298], "--digits 298: the run has 297 test digits"),
    "none": (lambda f: None, ["--digits", 0], "--digits 0: give a whole number, 1 or more"),
    "wild": (
        lambda f: corrupted(f, lambda t: t["layers.1.bias"].__setitem__(2, 800.0)),
        [],
        "apart: e to that power is too much for a cell; train again with a lower --lr",
    ),
}


def test_a_run_that_has_not_ended_is_called_that(tmp_path):
    (tmp_path / "checkpoint.pt").touch()
    (tmp_path / "history.csv").touch()
    go_on = f"go on by xlsgd train with the same options, --out {tmp_path} and --resume"
    assert refused(export, tmp_path).strip() == f"Error: {tmp_path}: the run has not ended; {go_on}"


@pytest.mark.parametrize("name", ["mnist.pkl.gz", "nowhere", "nowhere.v2"])
def test_what_is_no_folder_is_called_that(name, tmp_path):
    (tmp_path / "mnist.pkl.gz").touch()
    message = f"{tmp_path / name}: no such folder; give the folder of a run"
    assert refused(export, tmp_path / name).strip() == f"Error: {message}"


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_opened_is_refused_in_a_line_and_the_old_file_is_left_whole(name, runs, tmp_path):
    change, options, message = BAD[name]
    folder = tmp_path / "run"
    folder.mkdir()
    for part in ("weights.safetensors", "metrics.json"):
        (folder / part).write_bytes((runs("adam") / part).read_bytes())
    change(folder)
    out = tmp_path / "old.xlsx"
    out.write_text("old")
    assert message in refused(export, folder, "--out", out, *options)
    assert out.read_text() == "old"


def test_too_many_weights_are_refused(runs, tmp_path):
    run = calm_case(0)
    wide = tuple((np.zeros((600, 1000)), np.zeros(600)) for _ in range(1))
    with pytest.raises(InputError, match="600,000 weights: a workbook shows at most 500,000"):
        build_opened(tmp_path / "a.xlsx", run._replace(layers=wide, images=np.zeros((2, 1000))))


def test_more_digits_than_a_sheet_has_columns_are_refused(tmp_path):
    run = calm_case(0)
    many = run._replace(images=np.zeros((16_384, 16)), labels=np.zeros(16_384, dtype=np.int64))
    with pytest.raises(InputError, match="16,384: a sheet has room for 16,383"):
        build_opened(tmp_path / "a.xlsx", many)


def test_images_that_were_moved_are_named_by_an_option(runs, tmp_path, monkeypatch):
    from test_mnist_data import write_folder

    write_folder(tmp_path, count=120, side=8)
    status, output = invoke(train, "--hidden", 4, "--data", tmp_path, "--out", tmp_path / "run")
    assert status == 0, output
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in [*tmp_path.glob("*-ubyte*")]:
        path.rename(moved / path.name)
    assert "the four IDX files of MNIST are needed" in refused(export, tmp_path / "run", "--digits", 5)
    assert invoke(export, tmp_path / "run", "--digits", 5, "--data", moved, "--no-verify")[0] == 0
    assert (tmp_path / "run" / "network.xlsx").exists()


@pytest.fixture(scope="module")
def real_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "run"
    assert invoke(train, "--lesson", "nn-adam-kept", "--out", folder)[0] == 0
    return folder


@pytest.mark.slow
@real_mnist
def test_mnists_network_is_small_quick_and_what_the_trainer_evaluated(real_run):
    began = time.process_time()
    assert invoke(export, real_run)[0] == 0
    # Of the processor, since other tests may run beside this one; it takes some 5 s.
    assert time.process_time() - began < 20
    path = real_run / "network.xlsx"
    assert path.stat().st_size < 8_000_000
    finished = read_run(real_run)
    x = torch.tensor(finished.digits.valid.images[:100]).float() * finished.digits.scale
    with torch.no_grad():
        expected = net_of(real_run, torch.float32)(x).argmax(1)
    table = openpyxl.load_workbook(path, data_only=True, read_only=True)["digits"]
    rows = list(table.iter_rows(min_row=5, max_row=104, max_col=3, values_only=True))
    assert [row[2] for row in rows] == expected.tolist()
    report = verify(path, ("ironcalc",), ("torch",))
    assert report.agrees
    assert sum(tally.answered for tally in report.verdicts[1].columns.values()) == report.formulas > 120_000


def worked():
    """Processor seconds of all processes below this one that still run: others may keep the machine busy."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            fields = path.read_text().rsplit(")", 1)[1].split()
            found[int(path.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    below = {os.getpid()}
    while more := {pid for pid, (parent, _) in found.items() if parent in below} - below:
        below |= more
    return sum(found[pid][1] for pid in below - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


@real_mnist
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_another_digit_is_recalculated_by_libreoffice_in_less_than_a_second(real_run):
    path = real_run / "network.xlsx"
    if not path.exists():
        invoke(export, real_run, "--no-verify")
    took, shown = [], []
    with Session(path) as session:
        for chosen in (5, 6, 7):
            began = worked()
            session.set("digit", 4, 2, chosen)
            session.recalculate()
            took.append(worked() - began)
            shown.append(session.read({"digit": [(5, 2)]})["digit"][0])
    assert 0 < max(took) < 1
    assert shown == read_run(real_run).digits.valid.labels[4:7].tolist()
