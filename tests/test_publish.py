"""What is published: the wheel and the sdist, what stands in them and of them, and that the wheel works by itself."""

import email
import glob
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import xlsgd

pytest.importorskip("build")
ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
TOP = {"CHANGELOG.md", "CITATION.cff", "LICENSE", "MANIFEST.in", "NOTICE", "README.md", "constraints.txt"}
"""What an sdist holds beside the package; tests, workbooks and documentation are for a checkout."""

MADE = (
    ".git",
    "*.egg-info",
    "build",
    "dist",
    "site",
    "runs",
    "sweeps",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    ".venv",
)
"""What a checkout may hold that is not of it."""


def python(*arguments):
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """The sdist, and the wheel that is built from it, both from a copy, which nothing built before lies in."""
    folder = tmp_path_factory.mktemp("publish")
    left_out = shutil.ignore_patterns(".git", "*.egg-info", "build", "site", "__pycache__", ".*_cache", ".hypothesis")
    copy = shutil.copytree(ROOT, folder / "copy", ignore=left_out)
    python("-m", "build", "--no-isolation", "--outdir", folder / "dist", copy)
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(dist):
    (path,) = dist.glob("*.whl")
    return path


def files_of_the_package(*, tracked=ROOT / "xlsgd"):
    return {
        path.relative_to(ROOT).as_posix() for path in tracked.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    own = {name for name in names if ".dist-info/" not in name}
    assert own == files_of_the_package()
    assert {"xlsgd/py.typed", "xlsgd/page/script/page.html", "xlsgd/page/script/main.js"} <= own
    told = {name.partition(".dist-info/")[2] for name in names - own}
    assert {"METADATA", "RECORD", "entry_points.txt", "licenses/LICENSE", "licenses/NOTICE"} <= told


def test_the_sdist_holds_the_package_and_what_builds_it(dist):
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    made = {"PKG-INFO", "setup.cfg"} | {name for name in names if name.startswith("xlsgd.egg-info/")}
    assert names - made == files_of_the_package() | TOP | {"pyproject.toml"}


def test_what_is_said_of_it_is_whole(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        told = email.message_from_bytes(archive.read(name))
        (name,) = [each for each in archive.namelist() if each.endswith("/entry_points.txt")]
        assert archive.read(name).decode().split() == ["[console_scripts]", "xlsgd", "=", "xlsgd.commands.cli:main"]
    assert told["Name"] == "xlsgd" and told["Version"] == xlsgd.__version__
    assert told["License-Expression"] == "Apache-2.0" and told["Requires-Python"] == ">=3.11"
    assert told["Description-Content-Type"] == "text/markdown"
    assert told.get_payload(decode=True).decode() == (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(told.get_all("Provides-Extra")) == set(PROJECT["optional-dependencies"])


def test_the_index_would_take_it(dist):
    pytest.importorskip("twine")
    python("-m", "twine", "check", "--strict", *dist.iterdir())


def test_the_version_stands_in_one_place():
    assert "version" not in PROJECT and PROJECT["dynamic"] == ["version"]
    assert "version" not in [line.partition(":")[0] for line in (ROOT / "CITATION.cff").read_text().splitlines()]
    (written,) = re.findall(r'^__version__ = "(.+)"$', (ROOT / "xlsgd" / "__init__.py").read_text(), re.M)
    assert written == xlsgd.__version__


def test_the_citation_and_the_workflow_are_what_their_schemas_ask_for():
    pytest.importorskip("check_jsonschema")
    schemas = {"citation-file-format": "CITATION.cff", "github-workflows": ".github/workflows/ci.yml"}
    for schema, file in schemas.items():
        python("-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", ROOT / file)


def test_the_workflow_runs_what_is_run_here_on_every_python():
    yaml = pytest.importorskip("ruamel.yaml").YAML(typ="safe")
    (job,) = yaml.load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    assert job["strategy"]["matrix"]["python"] == PYTHONS


def test_the_pythons_are_those_that_it_asks_for():
    assert PYTHONS == ["3.11", "3.12", "3.13"]
    assert f">={PYTHONS[0]}" == PROJECT["requires-python"]


def interpreter(version):
    """A Python of a version: this one, or one on the path or of pyenv, if there is one."""
    places = [
        sys.executable,
        shutil.which(f"python{version}"),
        *glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin/python")),
    ]
    asking = "import sys; print('%d.%d' % sys.version_info[:2])"
    for place in filter(None, places):
        told = subprocess.run([place, "-c", asking], capture_output=True, text=True, check=False)
        if told.stdout.strip() == version:
            return place
    pytest.skip(f"there is no Python {version} here")


@pytest.mark.slow
@pytest.mark.parametrize("version", PYTHONS)
def test_the_wheel_works_by_itself(version, wheel, tmp_path):
    """As `pipx run` and `uvx` have it: an environment of its own, with what the wheel asks for and nothing else."""
    subprocess.run([interpreter(version), "-m", "venv", tmp_path / "venv"], check=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(command, *arguments):
        line = [tmp_path / "venv" / "bin" / command, *arguments]
        done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    run("pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel)
    assert run("xlsgd", "--version").strip() == f"xlsgd, version {xlsgd.__version__}"
    told = run("xlsgd", "build", "--out", "x")
    assert told.count("all answers agree") == 3
    for name in ("graddesc", "entropy_example", "network"):
        built, kept = tmp_path / "x" / f"{name}.xlsx", ROOT / "workbooks" / f"{name}.xlsx"
        assert built.read_bytes() == kept.read_bytes(), "the same to the byte on every Python"
    run("xlsgd", "page")
    assert (tmp_path / "lesson.html").stat().st_size > 100_000
    run("xlsgd", "trace", "adam", "--format", "csv")
    run("python", "-W", "error", "-c", "import xlsgd; print(*(getattr(xlsgd, name) for name in xlsgd.__all__))")
