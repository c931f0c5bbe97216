"""Several sources side by side: the table, a difference with every answer, and reports that are safe to hand on."""

import json
import math
import re
import sys
import zipfile
from types import ModuleType

import openpyxl
import pytest
from click.testing import CliRunner

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.verifying import check as verify
from xlsgd.verifying import report_table, report_view
from xlsgd.verifying.engines import NO_ANSWER, EngineError
from xlsgd.verifying.rounded import Rounded

PLANTED = "adam!H10"
TORCH_ALONE = (), ("torch",)


def planted(source, target, value="123.25"):
    """Copy the workbook with a wrong value in one cell that others refer to."""
    index = openpyxl.load_workbook(source, read_only=True).sheetnames.index("adam") + 1
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == f"xl/worksheets/sheet{index}.xml":
                pattern = rb'(<c r="H10"[^>]*><f>[^<]*</f><v>)[^<]*'
                data, count = re.subn(pattern, rb"\g<1>" + value.encode(), data)
                assert count == 1
            new.writestr(name, data)
    return target


@pytest.fixture(scope="module")
def report(graddesc, engines, tmp_path_factory):
    return verify.verify(planted(graddesc, tmp_path_factory.mktemp("planted") / "a.xlsx"), engines, ("torch",))


def test_every_source_names_the_planted_cell(report):
    found = [verdict.source.split()[0] for verdict in report.verdicts]
    assert found == ["IronCalc", "LibreOffice", *(["Formualizer"] if len(found) > 3 else []), "Torch"]
    assert [[d.address for d in verdict.differences] for verdict in report.verdicts] == len(found) * [[PLANTED]]
    assert not report.agrees


def test_a_difference_comes_with_every_answer(report, engines):
    sources = (*engines, "torch")
    for name, verdict in zip(sources, report.verdicts, strict=True):
        (difference,) = verdict.differences
        assert set(difference.others) == {*sources} - {name}
        line = report_view.describe(difference)
        assert line.startswith(f"{PLANTED}  =C10-J10*$D$2/SQRT(L10)  file 123.25, this ")
        for other, value in difference.others.items():
            assert f", {other} {value!r}" in line
        # as many implementations of one row, each with its own rounding
        values = [*difference.others.values(), difference.answer]
        assert values == pytest.approx(len(sources) * [difference.answer], rel=1e-12)


def test_the_table_has_every_sheet_column_and_source(report, graddesc):
    rows = report_table.column_rows(report)
    assert all(len(row) == len(report_table.HEADINGS) for row in rows)
    book = openpyxl.load_workbook(graddesc)
    columns = {
        (sheet.title, cell.column_letter)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=") and "RAND" not in cell.value
    }
    sources = {verdict.source for verdict in report.verdicts}
    assert {row[:3] for row in rows} == {(*place, source) for place in columns for source in sources}
    assert len(rows) == len(sources) * len(columns)
    tallies = {row[:3]: row[3:] for row in rows}
    for source in sources:
        formulas, answered, equal, ulp, relative, where, magnified, again = tallies["adam", "H", source]
        assert (formulas, answered, where, magnified, again) == (29, 29, PLANTED, 0, 0)
        assert equal < 29 and ulp > 1e9 and 0.5 < relative < 2
    assert sum(row[3] for row in rows) == len(sources) * report.formulas


def test_the_text_sums_up_each_source(report):
    text = report_view.as_text(report)
    assert text.count(f"DIFFERS {PLANTED}") == len(report.verdicts)
    for verdict in report.verdicts:
        assert f"  {verdict.source}: {report.formulas:,} checked, {verdict.total.equal:,} equal to the bit" in text


# Sources of our own making: what is in a report of theirs is only text.

HOSTILE = '<script>alert(1)</script>&"'
TEXTS = [HOSTILE, "=1+1", "http://example.com/", "internal:adam!A1", "+1", "@SUM(A1)"]


@pytest.fixture
def source(monkeypatch):
    """Return what enters a source with given answers for the planted workbook's first formula cells."""

    def enter(answers, name="mine", error=None):
        module = ModuleType(f"source_{name}")
        module.NAME, module.QUIRKS, module.version = f"Mine {HOSTILE}", (), lambda: "1"

        def give(path, sheets, models=(), begun=lambda sheet: None):
            if error:
                raise error
            given = {sheet: list(cells.values) for sheet, cells in sheets.items()}
            given["basic"][: len(answers)] = answers
            return given

        module.answers, module.note = give, lambda path, models: ""
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(verify.ORACLES, name, module.__name__)
        return name

    return enter


def test_json_is_json_whatever_a_source_says(graddesc, source):
    answers = [*TEXTS, None, True, math.nan, Rounded(3.0, 1e-3), NO_ANSWER]
    report = verify.verify(graddesc, (), (source(answers), source([2.0], "other")))
    text = json.dumps(report_view.as_json(report), allow_nan=False)
    read = json.loads(text, parse_constant=pytest.fail)
    differences = read["verdicts"][0]["differences"]
    assert [d["answer"] for d in differences[: len(TEXTS)]] == TEXTS
    assert differences[0]["others"] == {"other": 2.0}
    assert read["verdicts"][0]["worst"] is None  # text and number are infinitely far apart
    assert read["verdicts"][0]["answered"] == read["formulas"] - 1


def test_an_answer_within_its_slack_is_counted_apart(graddesc, source):
    first = verify.verify(graddesc, *TORCH_ALONE)
    assert first.agrees
    report = verify.verify(graddesc, (), (source([Rounded(1 + 1e-6, 1e-5), Rounded(1 + 1e-6, 1e-7)]),))
    (verdict,) = report.verdicts
    # basic!C4 and basic!D4 hold 1
    assert [d.address for d in verdict.differences] == ["basic!D4"]
    assert (verdict.total.magnified, verdict.total.equal) == (1, report.formulas - 2)
    assert "1 differ by more than 1e-12, but by no more than rounding does there" in report_view.as_text(report)


def test_a_source_that_is_not_installed_is_one_line(graddesc, source):
    with pytest.raises(InputError, match=r"graddesc\.xlsx: get it first$"):
        verify.verify(graddesc, (), (source([], error=EngineError("get it first")),))


# The command.


def run(*arguments):
    return CliRunner().invoke(cli, ["verify", *map(str, arguments)])


def test_the_command_asks_torch_and_writes_the_report(graddesc, entropy_example, tmp_path):
    wrong = planted(graddesc, tmp_path / "wrong.xlsx")
    proof = tmp_path / "proof.html"
    done = run("--oracle", "torch", "--report", proof, wrong, entropy_example)
    assert done.exit_code == 1
    assert f"DIFFERS {PLANTED}" in done.stdout and "Torch 2." in done.stdout
    assert {"wrong.xlsx", "entropy_example.xlsx"} <= set(re.findall(r"[\w]+\.xlsx", proof.read_text(encoding="utf-8")))
    done = run("--oracle", "torch", "--json", graddesc)
    assert done.exit_code == 0
    (read,) = json.loads(done.stdout, parse_constant=pytest.fail)
    assert [verdict["source"].split()[0] for verdict in read["verdicts"]] == ["IronCalc", "Torch"]
    assert read["agrees"] and read["verdicts"][1]["answered"] == read["formulas"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("proof.txt", "give a file that ends in .html or .xlsx"),
        ("/dev/null/proof.html", "/dev/null: is a file; give a folder"),
    ],
)
def test_a_report_that_cannot_be_written_is_one_line(graddesc, tmp_path, name, says):
    done = run("--report", tmp_path / name, graddesc)
    assert done.exit_code == 2 and says in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(("sources", "message"), [({"engines": ["excel"]}, "excel"), ({"oracles": ["jax"]}, "jax")])
def test_a_source_that_there_is_not_is_one_clear_line(entropy_example, sources, message):
    with pytest.raises(InputError, match=rf"no (engine|oracle) {message!r}: .*(ironcalc|torch)") as told:
        verify.verify(entropy_example, **sources)
    assert "\n" not in str(told.value)
