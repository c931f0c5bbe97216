"""What needs a package that is not installed says so in one form, with a command that gets it."""

import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import xlsgd.verifying.oracle
from xlsgd.commands.cli import cli
from xlsgd.errors import TORCH_FOR_A_CPU

ROOT = Path(__file__).parents[1]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
INSTALL = r'pip install "\.\[(?P<extra>\w+)\]" in the checkout of xlsgd(?P<first>.*)'
FORM = rf"(?P<what>.+) needs (?P<packages>[\w, ]+): {INSTALL}"

COMMANDS = [
    ("matplotlib", "plot basic --out {out}/a.png", "drawing pictures", "plot", ""),
    ("matplotlib", "sweep basic --out {out}", "drawing pictures", "plot", ""),
    ("pyopenvba", "build graddesc --macros --out {out}", "writing graddesc.xlsm", "macros", ""),
    ("torch", "sweep basic --epochs 1 --device cuda --out {out}", "--device cuda", "train", ", or use --device cpu"),
    ("torch", "verify {book} --oracle torch", "{book}: --oracle torch", "oracle", ""),
    ("torch", "train --out {out}/run", "xlsgd train", "train", ""),
    ("safetensors", "lr-find --out {out}/run", "xlsgd lr-find", "train", ""),
    ("threadpoolctl", "train --out {out}/run", "xlsgd train", "train", ""),
]


def without(monkeypatch, package):
    """Make a package look as if it were not installed, and the oracle as if it had not been imported."""
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *of: None if name == package else there(name, *of))
    monkeypatch.delitem(sys.modules, "xlsgd.verifying.oracle.expected", raising=False)
    monkeypatch.delattr(xlsgd.verifying.oracle, "expected", raising=False)
    monkeypatch.setitem(sys.modules, package, None)


@pytest.mark.parametrize(("package", "command", "what", "extra", "instead"), COMMANDS)
def test_one_form_says_what_needs_what_and_how_to_get_it(
    package, command, what, extra, instead, monkeypatch, tmp_path, entropy_example
):
    without(monkeypatch, package)
    places = {"out": tmp_path, "book": entropy_example}
    result = CliRunner().invoke(cli, command.format(**places).split())
    assert result.exit_code == 2
    said = re.fullmatch(FORM, result.output.strip().removeprefix("Error: ").removesuffix(instead))
    assert said, result.output
    assert said["what"] == what.format(**places)
    assert said["extra"] == extra
    assert said["packages"].lower() == package
    assert said["first"] == (f" (without a GPU first {TORCH_FOR_A_CPU})" if package == "torch" else "")
    assert any(requirement.lower().startswith(package) for requirement in EXTRAS[extra])
    assert not list(tmp_path.iterdir())


def test_torch_for_a_cpu_is_readmes_but_for_the_version():
    assert TORCH_FOR_A_CPU in re.sub(r"torch==\S+", "torch", (ROOT / "README.md").read_text())


def test_the_form_is_written_once():
    saying = [path.name for path in (ROOT / "xlsgd").rglob("*.py") if "pip install" in path.read_text()]
    assert saying == ["errors.py"]
