"""The documentation says what holds: its code runs, and it leaves out no command, public name or sheet.

`tests/test_site.py` builds it. Its pages from CONTRIBUTING and README have their tests with those.
"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_examples import EXAMPLES

import xlsgd
from xlsgd import testing
from xlsgd.commands.cli import COMMANDS, cli
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.table_books import tables
from xlsgd.workbooks.network.book import LESSONS

DOCS = Path(__file__).parent.parent / "docs"
TEXTS = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
BLOCKS = {page: re.findall(r"^```(python|shell)\n(.*?)^```", text, re.DOTALL | re.M) for page, text in TEXTS.items()}
RUN_ELSEWHERE = ("pip install .", *(f"xlsgd {example}" for example in EXAMPLES))
"""Lines of the shell that tests/test_examples.py runs, and what is no command of xlsgd's."""


def run(line):
    """Run a line of the shell."""
    name, *words = line.split()
    assert name == "xlsgd", line
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, f"{line}\n{result.output}"


@pytest.mark.parametrize("page", [page for page, blocks in BLOCKS.items() if blocks])
def test_the_code_of_a_page_runs_from_its_top(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "example"}
    for language, text in BLOCKS[page]:
        if language == "python":
            exec(text, namespace)
        else:
            for line in text.splitlines():
                if line not in RUN_ELSEWHERE:
                    run(line)


def test_the_pages_with_code_are_found():
    assert sum(map(len, BLOCKS.values())) > 25


@pytest.mark.parametrize("page", TEXTS)
def test_what_a_page_takes_from_elsewhere_is_there(page):
    taken = re.findall(r"^```{include} (\S+)\n(.*?)^```", TEXTS[page], re.DOTALL | re.M)
    for file, options in taken:
        text = (DOCS / page).parent.joinpath(file).read_text(encoding="utf-8")
        for _, edge in re.findall(r'^:(start-after|end-before): "(.*)"$', options, re.M):
            assert text.count(edge) == 1, f"{file}: {edge}"


@pytest.mark.parametrize("page", TEXTS)
def test_no_code_escapes_its_test(page):
    fences = re.findall(r"^```(\S*)\n(?:.*?\n)?```$", TEXTS[page], re.DOTALL | re.M)
    assert not {*fences} & {"sh", "bash", "console", "py", "pycon", "ipython"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there_with_its_own_help(command):
    assert f"\n## xlsgd {command}\n\n```{{help}} {command}\n```" in TEXTS["commands.md"]


@pytest.mark.parametrize("name", xlsgd.__all__)
def test_every_public_name_is_in_the_reference(name):
    assert re.search(rf"^\.\. auto\w+:: xlsgd\.{name}$", TEXTS["library.md"], re.M)


def test_every_assertion_is_in_the_reference():
    own = [name for name, value in vars(testing).items() if getattr(value, "__module__", "") == testing.__name__]
    public = [name for name in own if not name.startswith("_")]
    assert f":members: {', '.join(public)}\n" in TEXTS["library.md"]


@pytest.mark.parametrize("sheet", [*LESSON, *tables(), *LESSONS])
def test_every_sheet_is_explained_with_its_picture_and_its_page(sheet):
    text = TEXTS[f"sheets/{sheet}.md"]
    (picture,) = re.findall(rf"^```{{sheet}} {sheet}\n:picture: (\S+)\n```", text, re.M)
    assert (DOCS.parent / "workbooks" / "pictures" / f"{picture}.png").exists()
    assert f"\n{sheet}\n" in TEXTS["sheets/index.md"]


@pytest.mark.parametrize("page", TEXTS)
def test_no_directive_is_left_as_text(page):
    assert not re.search(r"^(:::|\.\. \w+::)", re.sub(r"```.*?```", "", TEXTS[page], flags=re.DOTALL), re.M)
