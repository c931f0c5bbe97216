"""Every example in the commands' help runs as it stands there, in a folder that holds the files it names."""

import glob
import re
import shlex
import shutil

import openpyxl
import pytest
from click.testing import CliRunner

from xlsgd.commands.cli import cli

NOT_HERE = {
    "mnist.pkl.gz": "needs the real MNIST",
    "--lesson all": "trains for long; test_mnist_commands runs it",
    "export ": "opens the run of another example; test_export runs it",
    "--resume": "goes on from the run of another example",
}
NEEDS = {"sweep": ["matplotlib"], "plot": ["matplotlib"], "train": ["torch", "safetensors"], "--macros": ["pyopenvba"]}
NEEDS |= {"lr-find": NEEDS["train"], "--oracle torch": ["torch"], "--engine all": ["torch"]}
WRITES = {
    "build": ["graddesc.xlsx", "entropy_example.xlsx", "network.xlsx"],
    "build --corrected": ["graddesc_corrected.xlsx", "entropy_corrected.xlsx"],
    "build graddesc --macros": ["graddesc.xlsm"],
    "build --sheet adam --data million.csv --no-verify": ["graddesc.xlsx"],
}


def examples():
    """The examples without what the shell makes of their output, and without the words that some have behind them."""
    for name in ("", *cli.list_commands(None)):
        text = CliRunner().invoke(cli, [*name.split(), "--help"]).output
        for line in re.findall(r"^ +xlsgd ([a-z].*)", text, re.MULTILINE):
            example = re.split(r"\s{2,}|\s[|>#]", line)[0]
            if name == example.split()[0] or (not name and example.split()[0] in cli.list_commands(None)):
                yield example


EXAMPLES = list(dict.fromkeys(examples()))


@pytest.fixture(scope="module")
def files(tmp_path_factory, graddesc, entropy_example):
    folder = tmp_path_factory.mktemp("examples")
    rows = "".join(f"{n},{3 * n + n % 7}\n" for n in range(50))  # a million would only take longer
    for name in ("points.csv", "million.csv"):
        (folder / name).write_text(f"x,y\n{rows}")
    moons = "".join(f"{n % 5 / 4},{n % 3 / 2},{n % 2}\n" for n in range(10))
    (folder / "moons.csv").write_text(f"x1,x2,y\n{moons}")
    book = openpyxl.Workbook()
    for row in ["Houses sold"], ["Area", "Price"], [1180, 221900], [2570, 538000], [770, 180000]:
        book.active.append(row)
    book.active.title = "May"
    book.save(folder / "houses.xlsx")
    (folder / "workbooks").mkdir()
    for name in ("workbooks/graddesc.xlsx", "graddesc.xlsm", "mine.xlsx", "yours.xlsx"):
        shutil.copy(graddesc, folder / name)
    shutil.copy(entropy_example, folder / "workbooks")
    return folder


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_ends_well(example, files, tmp_path, monkeypatch):
    for what, why in NOT_HERE.items():
        if what in example:
            pytest.skip(why)
    for what, modules in NEEDS.items():
        if what in example:
            for module in modules:
                pytest.importorskip(module)
    if "--engine all" in example and not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    if example in WRITES:
        shutil.rmtree(tmp_path / "workbooks")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XLSGD_MNIST", raising=False)
    words = [found for word in shlex.split(example) for found in (sorted(glob.glob(word)) if "*" in word else [word])]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    if example in WRITES:
        assert sorted(path.name for path in (tmp_path / "workbooks").iterdir()) == sorted(WRITES[example])


def test_the_examples_are_found():
    assert len(EXAMPLES) > 20
    assert set(WRITES) <= set(EXAMPLES)
    for name in cli.list_commands(None):
        assert any(example.split()[0] == name for example in EXAMPLES), name
