"""The commands as a user meets them: help, exit statuses, clean pipes, and nothing heavy before it is needed."""

import csv
import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from xlsgd import trace
from xlsgd.commands.cli import COMMANDS, cli
from xlsgd.run.press import LiveSheet, press
from xlsgd.sheets.entropy import ENTROPY
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.workbooks.corrected.entropy import CORRECTED_ENTROPY
from xlsgd.workbooks.corrected.training import CORRECTED

HEAVY = {"numpy", "pandas", "torch", "rich", "openpyxl", "xlsxwriter", "ironcalc", "matplotlib"}
ANSI = "\x1b["


def run(*arguments, **options):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], **options)


def shell(command, **options):
    """Run a command line in bash, `xlsgd` being this Python's."""
    xlsgd = f'xlsgd() {{ {sys.executable} -m xlsgd "$@"; }}; '
    return subprocess.run(["bash", "-o", "pipefail", "-c", xlsgd + command], capture_output=True, text=True, **options)


def commands():
    return cli.list_commands(None)


# ---- help ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_an_example(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert re.search(rf"^ +xlsgd {name}\b", result.output, re.MULTILINE), "no example"
    assert result.output == run(name, "-h").output
    command = cli.get_command(None, name)
    for parameter in command.params:
        if parameter.param_type_name == "option" and parameter.name not in ("help", "form"):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"


def test_the_group_lists_every_command_with_its_summary():
    output = run("--help").output
    for name in commands():
        assert re.search(rf"^  {name} +\w+", output, re.MULTILINE)


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_group_shows_each_commands_whole_line(arguments):
    result = run(*arguments)
    shown = " ".join(result.output.split())
    assert "..." not in shown.partition("Commands:")[2]
    for name in commands():
        first = cli.get_command(None, name).help.partition("\n\n")[0]
        assert f" {name} {' '.join(first.split()).partition('. ')[0]}" in shown


@pytest.mark.parametrize("arguments", ["--help", "--version", *(f"{name} --help" for name in commands())])
def test_nothing_heavy_is_imported_for_help(arguments):
    code = f"import sys; from xlsgd.commands.cli import cli; cli({arguments.split()}, standalone_mode=False);"
    code += "print([name for name in sys.modules if '.' not in name], file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(re.findall(r"'(\w+)'", result.stderr.splitlines()[-1]))


def test_the_list_of_commands_imports_none_of_them():
    code = "import sys; from xlsgd.commands.cli import cli; cli(['--help'], standalone_mode=False);"
    code += "print([name for name in sys.modules if name.startswith('xlsgd')], file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {where.partition(":")[0] for where in COMMANDS.values()} & set(
        re.findall(r"'([\w.]+)'", result.stderr.splitlines()[-1])
    )


@pytest.mark.parametrize("arguments", ["press basic reset", "trace basic --format csv"])
def test_torch_is_imported_by_no_command_of_the_main_job(arguments):
    code = f"import sys; from xlsgd.commands.cli import cli; cli({arguments.split()}, standalone_mode=False);"
    code += "print('torch' in sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr.splitlines()[-1] == "False"


def test_building_the_lesson_imports_no_reader_of_other_workbooks(tmp_path):
    arguments = ["build", "graddesc", "--epochs", "1", "--out", str(tmp_path)]
    code = f"import sys; from xlsgd.commands.cli import cli; cli({arguments}, standalone_mode=False);"
    code += "print(sorted({'openpyxl', 'numpy', 'xlsgd.workbooks.network.book'} & set(sys.modules)), file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr.splitlines()[-1] == "[]"


# ---- build and verify ---------------------------------------------------------------------------------------------


def test_build_writes_all_workbooks_and_verifies_them(tmp_path):
    result = run("build", "--out", tmp_path / "out", "--epochs", 2)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "entropy_example.xlsx",
        "graddesc.xlsx",
        "network.xlsx",
    ]
    assert result.output.count("equal to the bit") == 3


def test_build_of_ones_own_points_and_knobs(tmp_path):
    (tmp_path / "points.csv").write_text("x,y\n1,2\n3,4\n")
    arguments = ("--data", tmp_path / "points.csv", "--set", "adam.lr=0.5", "--out", tmp_path, "--epochs", 1)
    assert run("build", "graddesc", *arguments).exit_code == 0
    assert run("verify", tmp_path / "graddesc.xlsx").exit_code == 0
    assert not (tmp_path / "entropy_example.xlsx").exists()


def test_a_build_that_cannot_be_used_leaves_what_was_there(tmp_path):
    (tmp_path / "graddesc.xlsx").write_text("mine")
    (tmp_path / "points.csv").write_text("x,y\n1,two\n")
    result = run("build", "--out", tmp_path, "--data", tmp_path / "points.csv")
    assert result.exit_code == 2
    assert (tmp_path / "graddesc.xlsx").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graddesc.xlsx", "points.csv"]


@pytest.fixture
def wrong(entropy_example, tmp_path):
    """A workbook in which one cached value is wrong."""
    with zipfile.ZipFile(entropy_example) as old, zipfile.ZipFile(tmp_path / "wrong.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"(<f>SUM\(C3:C7\)</f><v>)", rb"\g<1>1", old.read(name)))
    return tmp_path / "wrong.xlsx"


def test_verify_ends_with_0_1_or_2(graddesc, entropy_example, wrong, tmp_path):
    assert run("verify", graddesc, entropy_example).exit_code == 0
    result = run("verify", entropy_example, wrong)
    assert result.exit_code == 1
    assert "DIFFERS softmax!C8  =SUM(C3:C7)" in result.output
    assert run("verify", wrong, tmp_path / "none.xlsx").exit_code == 2


def test_verify_as_json(entropy_example, wrong):
    result = run("verify", entropy_example, wrong, "--json")
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)
    assert (first["agrees"], second["agrees"]) == (True, False)


def test_a_bomb_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"<w>" + b" " * 30_000_000 + b"</w>")
    result = run("verify", tmp_path / "bomb.xlsx")
    assert result.exit_code == 2
    assert "bomb" in result.stderr


# ---- trace and press ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corrected(tmp_path_factory):
    """The corrected workbooks' cells, by the name of the workbook."""
    folder = tmp_path_factory.mktemp("corrected")
    assert run("build", "--corrected", "--no-verify", "--out", folder).exit_code == 0
    files = {name: folder / f"{name}_corrected.xlsx" for name in ("graddesc", "entropy")}
    return {name: openpyxl.load_workbook(file, data_only=True) for name, file in files.items()}


@pytest.mark.parametrize("sheet", [*CORRECTED, *CORRECTED_ENTROPY])
def test_trace_corrected_is_the_corrected_workbooks_rows(sheet, corrected):
    """Each column's numbers stand one below the other in the workbook, from the row that the trace says."""
    frame = read_csv(run("trace", sheet, "--corrected", "--format", "csv").output)
    cells = corrected["entropy" if sheet in CORRECTED_ENTROPY else "graddesc"][sheet]
    first, last = int(frame["row"].iloc[0]), int(frame["row"].iloc[-1])
    columns = [[cell.value for cell in column] for column in cells.iter_cols(min_row=first, max_row=last)]
    for name in frame.columns.drop(["row", *(["epoch"] if "epoch" in frame else [])]):
        held = frame[name].dropna().tolist()
        assert any(column[: len(held)] == held for column in columns), name


def test_what_has_no_corrected_sheet_is_refused():
    for arguments in (["trace", "sgd"], ["plot", "relu_network"], ["plot", "softmax"]):
        result = run(*arguments, "--corrected")
        assert result.exit_code == 2
        assert f"sheet '{arguments[1]}': there are basic, momentum, rmsprop, adam, adam_ann" in result.stderr


def read_csv(text):
    """A frame from CSV by Python's own float, so that each digit counts."""
    names, *rows = csv.reader(io.StringIO(text))
    return pd.DataFrame([[float(field) for field in row] for row in rows], columns=names)


def test_trace_as_csv_and_json_holds_every_digit_of_every_row():
    for sheet in ("basic", "adam"):
        frame = trace(sheet, epochs=2)
        written = read_csv(run("trace", sheet, "--epochs", 2, "--format", "csv").stdout)
        pd.testing.assert_frame_equal(written, frame.reset_index().astype(float), check_exact=True)
        records = json.loads(run("trace", sheet, "--epochs", 2, "--format", "json").stdout)
        assert [list(record.values()) for record in records] == [
            list(row) for row in frame.reset_index().itertuples(index=False)
        ]


def test_trace_of_every_sheet_in_every_format():
    for sheet in [*trainings(), *ENTROPY]:
        for form in ("table", "csv", "json"):
            result = run("trace", sheet, "--format", form)
            assert result.exit_code == 0
            assert result.stderr == ""
            assert ANSI not in result.stdout


def test_traces_columns_are_named_as_in_the_sheet(formulas):
    for sheet in LESSON:
        headings = {
            cell.value
            for cell in formulas["graddesc"][sheet][3]
            if isinstance(cell.value, str) and cell.value[0] != "="
        }
        header = run("trace", sheet, "--format", "csv").stdout.splitlines()[0].split(",")
        assert headings - set(header) <= {"x", "y"}, sheet


def test_a_trace_that_diverges_shows_the_errors():
    records = json.loads(run("trace", "sgd", "--set", "lr=1e5", "--epochs", 3, "--format", "json").stdout)
    assert "#NUM!" in records[-1].values()
    rows = list(
        csv.reader(io.StringIO(run("trace", "sgd", "--set", "lr=1e5", "--epochs", 3, "--format", "csv").stdout))
    )
    assert "#NUM!" in rows[-1]
    assert "inf" not in str(rows) and "nan" not in str(rows).replace("name", "")


def test_press_prints_a_record_for_each_action_at_full_precision():
    actions = ["reset", "run", "lr=0.1", "run"]
    live = LiveSheet(LESSON["adam"])
    expected = [press(live, action) for action in actions]
    assert json.loads(run("press", "adam", *actions, "--format", "json").stdout) == expected
    rows = list(csv.DictReader(io.StringIO(run("press", "adam", *actions, "--format", "csv").stdout)))
    assert [[row["action"], float(row["b"]), float(row["a"]), float(row["loss"])] for row in rows] == [
        [record["action"], record["b"], record["a"], record["loss"]] for record in expected
    ]
    assert len(run("press", "adam", *actions).stdout.splitlines()) == 1 + len(actions)


@pytest.mark.parametrize("sheet", ["adam", "adam_ann", "adamw"])
def test_press_set_turns_a_knob_from_the_beginning_and_a_reset_keeps_it(sheet):
    result = run("press", sheet, "run", "reset", "run", "--set", "lr=0.25", "--format", "json")
    live = LiveSheet(with_knobs(trainings()[sheet], lr=0.25))
    expected = [press(live, action) for action in ("run", "reset", "run")]
    assert json.loads(result.stdout) == json.loads(json.dumps(expected))


def test_press_set_is_for_tables_and_the_networks_sheets_too():
    (record,) = json.loads(run("press", "accuracy", "times=3", "--set", "b=0.9", "--format", "json").stdout)
    assert (record["b"], record["times"]) == (0.9, 3)
    assert "lr" in run("press", "relu_network", "step", "--set", "lr=0.5").stdout
    refused = run("press", "adam", "run", "--set", "momentum.lr=1")
    assert refused.exit_code == 2 and "is for the sheet momentum, not for adam" in refused.stderr


def test_press_gives_the_courses_saved_state():
    (*_, last) = json.loads(run("press", "basic", "reset", *["step"] * 5, "--format", "json").stdout)
    assert (last["b"], last["a"]) == (1.2754625002528799, 2.569996469807525)
    assert last["rmses"] == [
        104.74921026693299, 104.55969980561993, 104.37053295106034, 104.18170833255277, 103.99322533093216,
    ]  # fmt: skip


def test_a_csv_of_presses_has_a_list_in_one_field():
    rows = list(csv.DictReader(io.StringIO(run("press", "basic", "reset", "run", "--format", "csv").stdout)))
    assert [len(row["rmses"].split()) for row in rows] == [0, 5]


# ---- what cannot be used ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("build gradesc", "did you mean 'graddesc'"),
        ("build --out {text}", "text.txt: is a file; give a folder"),
        ("build --out {text}/a/b", "text.txt: is a file; give a folder"),
        ("plot adam --out {text}/a.png", "text.txt: is a file; give a folder"),
        ("sweep basic --lr 1e-4 --epochs 1 --out {text}", "text.txt: is a file; give a folder"),
        ("build entropy --set lr=3", "entropy has no points, knobs or epochs: leave out what is said of them"),
        ("build entropy --data {text}", "entropy has no points"),
        ("build entropy --epochs 3", "entropy has no points"),
        ("build entropy --corrected --set lr=3", "entropy has no points"),
        ("build --set lr", "NAME=VALUE"),
        ("build --set rate=1", "no knob 'rate'"),
        ("build --set betta=1", "did you mean 'beta"),
        ("build --set adam.bta1=1", "did you mean 'beta1'"),
        ("build --set adm.lr=1", "did you mean 'adam'"),
        ("build --set lr=quick", "'quick' is not a number"),
        ("build --set lr=inf", "finite"),
        ("build --data {none}", "none.csv"),
        ("build --data {text}", "text.txt"),
        ("build --epochs 0", "--epochs 0: give a whole number, 1 or more"),
        ("build --epochs many", "--epochs many: give a whole number, 1 or more"),
        ("trace basic --epochs 0", "--epochs 0: give a whole number, 1 or more"),
        ("plot basic --epochs 0", "--epochs 0: give a whole number, 1 or more"),
        ("sweep basic --epochs -1", "--epochs -1: give a whole number, 1 or more"),
        ("sweep basic --epochs 1e3", "--epochs 1e3: give a whole number, 1 or more"),
        ("verify {none}", "none.csv"),
        ("verify {text}", "not a workbook"),
        ("verify", "FILE"),
        ("verify {none} --report {text}", "text.txt: give a file that ends in .html or .xlsx"),
        ("verify {none} --report {text}/a.html", "text.txt: is a file; give a folder"),
        ("trace basik", "did you mean 'basic'"),
        ("trace ADAM", "did you mean 'adam'"),
        ("trace adam --set beta=0.5", "did you mean 'beta1'"),
        ("press adam LR=1", "did you mean 'lr'"),
        ("trace softmax --epochs 2", "softmax has no epochs"),
        ("trace basic --format yaml", "yaml"),
        ("trace basic --set beta=1", "no knob 'beta'"),
        (
            "trace adam --set momentum.lr=1",
            "momentum.lr=1: is for the sheet momentum, not for adam; leave it out",
        ),
        ("plot basic adam --set adamw.lr=1", "--set adamw.lr=1: is for the sheet adamw, not for basic, adam; leave it"),
        ("build --sheet adam --set basic.lr=1", "--set basic.lr=1: is for the sheet basic, not for adam"),
        ("build --set adamw.lr=1", "--set adamw.lr=1: is for the sheet adamw, not for basic, momentum"),
        ("press adamm reset", "did you mean 'adam'"),
        ("press adam", "ACTION"),
        ("press adam jump", "no action 'jump'"),
        ("press adam rset", "did you mean 'reset'"),
        ("press adam lrr=1", "did you mean 'lr'"),
        ("press adam lr=x", "not a number"),
        ("press softmax reset", "no training sheet 'softmax'"),
        ("pres adam reset", "no command 'pres': did you mean 'press'?"),
        ("bild", "no command 'bild': did you mean 'build'? there are build, verify, compare, "),
        ("zzz", "no command 'zzz': there are build, verify, compare, "),
        ("press adam reset --fast", "--fast"),
        ("--fast", "--fast"),
    ],
)
def test_input_that_cannot_be_used_ends_with_2_and_one_line(tmp_path, arguments, says):
    (tmp_path / "text.txt").write_text("no table")
    result = run(*arguments.format(text=tmp_path / "text.txt", none=tmp_path / "none.csv").split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert result.stderr.startswith("Error: ")


# ---- pipes --------------------------------------------------------------------------------------------------------


def test_piping_into_head_ends_without_a_word():
    result = shell("xlsgd trace adam --epochs 400 --format csv | head -2")
    assert result.stdout.startswith("epoch,row,x,y,")
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == ""


@pytest.mark.parametrize(
    "arguments", ["trace adam --epochs 40 --format csv", "press adam reset --format json", "press adam run", "--help"]
)
def test_a_pipe_that_is_closed_is_not_a_difference(arguments):
    """1 says that a cell differs; 141 is what a program ends with that the system stops at a closed pipe."""
    assert into_closed_pipe(*arguments.split()) == (141, "")
    assert shell("xlsgd trace adam --epochs 400 --format csv | head -1").returncode in (0, 141)


def test_compare_into_a_closed_pipe_is_not_a_difference(entropy_example):
    assert into_closed_pipe("compare", entropy_example, entropy_example) == (141, "")


def into_closed_pipe(*arguments):
    """Run a command whose output nobody reads any more; its exit status and what it says of that."""
    ours, its = os.pipe()
    os.close(ours)
    command = [sys.executable, "-m", "xlsgd", *map(str, arguments)]
    result = subprocess.run(command, stdout=its, stderr=subprocess.PIPE, text=True)
    os.close(its)
    return result.returncode, result.stderr


def test_a_pipe_gets_data_alone():
    result = shell(
        "xlsgd press adam reset run --format json", env=os.environ | {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    )
    assert result.returncode == 0
    assert ANSI not in result.stdout + result.stderr
    assert len(json.loads(result.stdout)) == 2
    assert result.stderr == ""
    table = shell("xlsgd press adam reset run")
    assert not re.search("[─│┏┃|]", table.stdout)


def test_an_error_in_a_pipe_goes_to_standard_error(tmp_path):
    result = shell("xlsgd trace nothing --format csv")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: no sheet 'nothing'")


@pytest.mark.parametrize("arguments", ["trace adam --format csv", "press basic reset --format csv", "--help", "-h"])
def test_a_full_disk_behind_standard_output_is_one_line(arguments):
    """Also where all fits into the buffer, so that the disk is found to be full only at the end."""
    result = shell(f"xlsgd {arguments} > /dev/full")
    assert result.returncode == 2
    assert result.stderr == "Error: No space left on device\n"


@pytest.mark.parametrize("where", ["xlsgd.run.trace.trace_training", "click.core.Group.parse_args"])
def test_an_interrupt_ends_with_130_and_one_line(where):
    module, _, name = where.rpartition(".")
    owner = "click.core.Group" if "Group" in where else module
    code = (
        "import os, signal, sys, click, xlsgd.run.trace\n"
        "from xlsgd.commands import cli\n"
        f"{owner}.{name} = lambda *given: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['xlsgd', 'trace', 'adam']\n"
        "cli.main()\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "Interrupted\n")


def test_without_a_command_the_help_is_shown():
    result = run()
    assert "Commands:" in result.output
    assert "Error" not in result.output


def test_a_full_temporary_folder_is_no_traceback(entropy_example, monkeypatch):
    def full(*given, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/xlsgd-1/poisoned.xlsx")

    monkeypatch.setattr("xlsgd.verifying.check.poison", full)
    result = run("verify", entropy_example)
    assert result.exit_code == 2
    assert result.stderr == "Error: /tmp/xlsgd-1/poisoned.xlsx: No space left on device\n"


@pytest.mark.parametrize("spelled", ["{}", "../{name}/{file}", "link.xlsx"])
def test_a_report_never_replaces_a_workbook_that_it_is_about(entropy_example, tmp_path, monkeypatch, spelled):
    folder = tmp_path / "books"
    folder.mkdir()
    book = Path(shutil.copy(entropy_example, folder / "a.xlsx"))
    (folder / "link.xlsx").symlink_to(book)
    monkeypatch.chdir(folder)
    report = spelled.format(book, name=folder.name, file=book.name)
    before = book.read_bytes()
    result = run("verify", entropy_example, book, "--report", report)
    assert (result.exit_code, book.read_bytes()) == (2, before)
    assert "is a workbook to verify, which the report would replace; give another file" in result.stderr


def test_two_reports_are_two_files(entropy_example, tmp_path):
    result = run("verify", entropy_example, "--report", tmp_path / "a.html", "--report", tmp_path / "b.xlsx")
    assert result.exit_code == 0
    assert (tmp_path / "a.html").exists()
    assert (tmp_path / "b.xlsx").exists()


@pytest.mark.parametrize(("points", "told"), [("3,4\n", True), ("3,4\n3,5\n", True), ("3,4\n4,5\n", False)])
def test_points_without_a_best_line_are_told(points, told, tmp_path):
    (tmp_path / "p.csv").write_text("x,y\n" + points)
    arguments = ("build", "graddesc", "--epochs", 1, "--no-verify", "--out", tmp_path)
    result = run(*arguments, "--data", tmp_path / "p.csv")
    says = "  the cells of the answer show errors: the points' x are all the same, so no line is the best; give points "
    assert result.exit_code == 0 and result.stderr == (f"{says}with different x\n" if told else "")


@pytest.mark.parametrize(
    ("n", "says"),
    [
        (101, "101 points: 99 epochs to step through by A2, for so many rows take long to recalculate; with --epochs"),
        (20_000, "20,000 points: no epochs to step through by A2"),
    ],
)
def test_fewer_epochs_for_many_points_are_told(tmp_path, n, says):
    (tmp_path / "p.csv").write_text("x,y\n" + "".join(f"{i % 97},{i}\n" for i in range(n)))
    arguments = ("build", "graddesc", "--sheet", "basic", "--no-verify", "--out", tmp_path / "out")
    result = run(*arguments, "--data", tmp_path / "p.csv")
    assert result.exit_code == 0
    assert says in result.stderr
    assert "points:" not in run(*arguments).stderr


def test_too_little_memory_is_no_traceback(monkeypatch):
    def hungry(*given, **named):
        raise MemoryError

    monkeypatch.setattr("xlsgd.run.trace.trace_training", hungry)
    result = run("trace", "adam")
    assert result.exit_code == 2
    assert result.stderr == "Error: not enough memory: ask for fewer rows, epochs or combinations at once\n"


def test_a_request_to_terminate_leaves_no_temporary_file(tmp_path):
    """A write that is in the middle of its rows, seen by the folder beside the target, is asked to stop."""
    code = (
        "import os, signal, sys\n"
        "from xlsgd.excel import writer\n"
        "from xlsgd.commands import cli\n"
        "plain = writer.render\n"
        "def render(*given, **options):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return plain(*given, **options)\n"
        "writer.render = render\n"
        f"sys.argv = ['xlsgd', 'build', 'graddesc', '--out', {str(tmp_path)!r}]\n"
        "cli.main()\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 143
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in result.stderr


def test_the_version():
    from xlsgd import __version__

    assert run("--version").output.strip() == f"xlsgd, version {__version__}"
    assert shell("xlsgd --version").stdout.strip().endswith(__version__)


# ---- names that a terminal would obey -----------------------------------------------------------------------------


STRANGE = "a\nb\r\x1b[31m\u202e\x85.xlsx"
SPELLED = "a\\nb\\r\\x1b[31m\\u202e\\x85.xlsx"


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", STRANGE),
        ("verify", STRANGE, "--json"),
        ("compare", STRANGE, STRANGE),
        ("build", "graddesc", "--data", STRANGE),
        ("build", "--out", f"text.txt/{STRANGE}"),
        ("build", STRANGE),
        ("trace", STRANGE),
        ("trace", "basic", "--set", f"lr={STRANGE}"),
        ("press", "basic", STRANGE),
        ("sweep", "basic", "--lr", STRANGE),
        ("plot", STRANGE),
        ("export", STRANGE),
        ("train", "--data", STRANGE),
        ("train", "--epochs", STRANGE),
        ("train", "--model", STRANGE),
        (STRANGE,),
        (f"--{STRANGE}",),
    ],
)
def test_an_error_about_a_strange_name_is_one_line(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("no table")
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.splitlines() == [result.stderr.rstrip("\n")]
    assert not set("\r\x1b\u202e\x85") & set(result.stderr)


def test_a_strange_name_is_spelled_where_all_goes_well(entropy_example, tmp_path):
    path = Path(shutil.copy(entropy_example, tmp_path / STRANGE))
    for arguments in (
        ("verify", path),
        ("compare", path, path),
        ("plot", "basic", "--epochs", 1, "--out", f"{path}.png"),
    ):
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        assert SPELLED in result.stdout
        assert not set("\r\x1b\u202e\x85") & set(result.stdout)


def test_a_name_that_is_no_text_is_no_fault(entropy_example, tmp_path):
    name = os.fsdecode(b"a\xff.xlsx")
    shutil.copy(entropy_example, tmp_path / name)
    reports = "--report", tmp_path / "a.html", "--report", tmp_path / "a.xlsx"
    command = [sys.executable, "-m", "xlsgd", "verify", tmp_path / name, *reports]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "a\\udcff.xlsx: 113 formulas" in done.stdout
    assert "a\\udcff.xlsx" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert run("verify", tmp_path / name, "--json").exit_code == 0


def test_a_name_with_brackets_is_no_markup(entropy_example, tmp_path):
    """As rich would take it on a terminal."""
    from xlsgd.commands import progress

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        with progress.waiting("Recalculating a[/b].xlsx"):
            pass
