"""Planted mistakes are found and named; what others wrote can be verified too."""

import json
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter

from xlsgd.errors import InputError
from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying import judging as module
from xlsgd.verifying.check import verify
from xlsgd.verifying.engines import EngineError, ironcalc
from xlsgd.verifying.report_view import as_json, as_text

MATCH_CELLS = {f"log_entropy!{column}{row}" for column in "HI" for row in (2, 3, 4, 5, 6)}


def changed(source, target, sheet, pattern, replacement):
    """A copy in which one text of a sheet's XML is another."""
    names = zipfile.ZipFile(source)
    index = openpyxl.load_workbook(source, read_only=True).sheetnames.index(sheet) + 1
    part = f"xl/worksheets/sheet{index}.xml"
    with zipfile.ZipFile(target, "w") as new:
        for name in names.namelist():
            data = names.read(name)
            if name == part:
                data, count = re.subn(pattern.encode(), replacement.encode(), data)
                assert count == 1, (sheet, pattern, count)
            new.writestr(name, data)
    return target


def verdict_of(report):
    (verdict,) = report.verdicts
    return verdict


def cell(address):
    return rf'(<c r="{address}"[^>]*>(?:<f>[^<]*</f>)?)'


@pytest.mark.parametrize(
    ("sheet", "address", "planted"),
    [
        ("basic", "E4", "15.00000001"),
        ("basic", "F33", "104.7"),
        ("momentum", "J32", "0"),
        ("adam", "M17", "-1"),
        ("adam_ann", "N34", "1.00000001"),
        ("data", "C20", "7"),
    ],
)
def test_a_wrong_cached_value_is_found_and_it_alone(graddesc, tmp_path, sheet, address, planted):
    path = changed(graddesc, tmp_path / "a.xlsx", sheet, cell(address) + "<v>[^<]*</v>", rf"\1<v>{planted}</v>")
    report = verify(path)
    assert not report.agrees
    assert [d.address for d in verdict_of(report).differences] == [f"{sheet}!{address}"]
    (difference,) = verdict_of(report).differences
    assert difference.cached == float(planted)
    assert difference.formula == openpyxl.load_workbook(graddesc)[sheet][address].value
    assert f"DIFFERS {sheet}!{address}" in as_text(report)
    assert verdict_of(report).total.equal == report.formulas - 1


def test_every_single_cached_value_is_looked_at(graddesc, tmp_path):
    """All formulas of all sheets made wrong at once: all are found, but for the pinned volatile ones."""
    with zipfile.ZipFile(graddesc) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(<f>(?!RAND)[^<]*</f><v>)[^<]*", rb"\g<1>12345.678", data)
            new.writestr(name, data)
    report = verify(tmp_path / "a.xlsx")
    assert len(verdict_of(report).differences) == report.formulas == 1565 + 29
    assert "and 1,574 more that differ" in as_text(report)


@pytest.mark.parametrize(
    ("old", "new"),
    [(r"D4\*A4", "D4*A5"), (r"C4\+D4", "C4-D4"), (r"C4\+D4\*A4", "D4*A4")],
)
def test_a_wrong_formula_is_found_with_all_that_depends_on_it(graddesc, tmp_path, old, new):
    pattern = rf'(<c r="E4"[^>]*><f>[^<]*?){old}([^<]*</f>)'
    path = changed(graddesc, tmp_path / "a.xlsx", "adam", pattern, rf"\g<1>{new}\2")
    assert "adam!E4" in [d.address for d in verdict_of(verify(path)).differences]
    path = changed(graddesc, tmp_path / "b.xlsx", "basic", pattern, rf"\g<1>{new}\2")
    found = {d.address for d in verdict_of(verify(path)).differences}
    assert {"basic!E4", "basic!F4", "basic!K4", "basic!F33", "basic!N32"} <= found
    assert {address.partition("!")[0] for address in found} == {"basic"}


def test_a_formula_replaced_by_another_of_the_same_value_in_the_file_is_not_a_difference(graddesc, tmp_path):
    """It is `compare` that looks at formulas; `verify` looks at what they give."""
    pattern = r'(<c r="E4"[^>]*><f>)[^<]*(</f>)'
    assert verify(changed(graddesc, tmp_path / "a.xlsx", "basic", pattern, r"\g<1>5*3\2")).agrees


@pytest.mark.parametrize(
    ("sheet", "address", "constant", "first"),
    [
        ("basic", "A4", "15", "E4"),
        ("momentum", "J1", "0.8", "K1"),
        ("adam", "J33", "0.5", "J3"),
        ("rmsprop", "D2", "0.03", "H4"),
    ],
)
def test_a_wrong_constant_is_found_by_what_depends_on_it(graddesc, tmp_path, sheet, address, constant, first):
    path = changed(graddesc, tmp_path / "a.xlsx", sheet, cell(address) + "<v>[^<]*</v>", rf"\1<v>{constant}</v>")
    report = verify(path)
    assert f"{sheet}!{first}" in [d.address for d in verdict_of(report).differences]
    assert {d.sheet for d in verdict_of(report).differences} == {sheet}


def test_a_value_where_the_engine_has_an_error_and_the_other_way_round(graddesc, tmp_path):
    path = changed(graddesc, tmp_path / "a.xlsx", "basic", cell("E4") + "<v>15.0</v>", r"\1<v>15.0</v>")
    assert verify(path).agrees
    path = changed(
        graddesc, tmp_path / "b.xlsx", "basic", r'<c r="E4"([^>]*>)(<f>[^<]*</f>)<v>[^<]*</v>',
        r'<c r="E4" t="e"\1\2<v>#NUM!</v>',
    )  # fmt: skip
    report = verify(path)
    assert report.errors == {"#NUM!": 1}
    (difference,) = verdict_of(report).differences
    assert (difference.cached, difference.answer) == (ExcelError("#NUM!"), 15.0)


@pytest.mark.parametrize(("planted", "same"), [("15.000000000000002", True), ("15.00000000000002", False)])
def test_the_tolerance_is_a_relative_1e_12(graddesc, tmp_path, planted, same, monkeypatch):
    """And the report counts how many were equal to the bit, and where the greatest difference is."""
    monkeypatch.setattr(module, "TOLERANCE", 1e-15)
    path = changed(graddesc, tmp_path / "a.xlsx", "basic", cell("E4") + "<v>[^<]*</v>", rf"\1<v>{planted}</v>")
    report = verify(path)
    assert report.agrees == same
    assert verdict_of(report).total.equal == report.formulas - 1
    if same:
        assert verdict_of(report).total.worst_at == "basic!E4"
        assert verdict_of(report).total.worst == pytest.approx(1.2e-16, rel=0.1)


def test_a_planted_not_a_number_does_not_pass(graddesc, tmp_path):
    """NaN is unequal to everything and greater than nothing: such a value must be refused, not counted as near."""
    for planted in ("nan", "inf", "1e999"):
        path = changed(graddesc, tmp_path / "a.xlsx", "basic", cell("E4") + "<v>[^<]*</v>", rf"\1<v>{planted}</v>")
        with pytest.raises(InputError, match=planted):
            verify(path)


# ---- what others wrote --------------------------------------------------------------------------------------------


def test_a_workbook_by_openpyxl_has_no_values_and_the_report_says_so(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"], book.active["A3"] = 2, "=A1*3", '="a"&"b"'
    book.save(tmp_path / "a.xlsx")
    report = verify(tmp_path / "a.xlsx")
    assert (report.formulas, report.without_value, verdict_of(report).differences) == (0, 2, [])
    text = as_text(report)
    assert "nothing to verify" in text and "2 formulas have no value in the file" in text and "None" not in text
    assert as_json(report)["without_value"] == 2


def test_a_workbook_without_a_formula(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["x", 1, True])
    report = verify(tmp_path / "a.xlsx")
    assert report.agrees
    assert (report.formulas, verdict_of(report).total.equal, verdict_of(report).total.worst) == (0, 0, 0.0)


def test_strings_truth_values_and_errors(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("it's <here> & there")
        right = [
            ('="a"&"<b>"', "a<b>"),
            ("=1=1", True),
            ("=1=2", False),
            ("=1/0", "#DIV/0!"),
            ("=SQRT(-1)", "#NUM!"),
        ]
        wrong = [
            ('="a"', "b"),
            ("=1=1", False),
            ("=1/0", "#NUM!"),
            ("=1+1", "2"),
            ('="2"', 2),
            ("=1=1", 1),
            ("=1+0", True),
        ]
        for row, (formula, value) in enumerate([*right, *wrong]):
            sheet.write_formula(row, 0, formula, None, value)
    report = verify(tmp_path / "a.xlsx")
    assert [d.row for d in verdict_of(report).differences] == list(range(len(right) + 1, len(right) + len(wrong) + 1))
    assert report.errors == {"#DIV/0!": 1, "#NUM!": 2}


def test_a_report_as_json(graddesc, tmp_path):
    path = changed(graddesc, tmp_path / "a.xlsx", "basic", cell("E4") + "<v>[^<]*</v>", r"\1<v>1</v>")
    report = json.loads(json.dumps(as_json(verify(path)), allow_nan=False))
    assert report["agrees"] is False
    assert (report["formulas"], report["volatile"]) == (1594, 29)
    (verdict,) = report["verdicts"]
    assert verdict["source"].startswith("IronCalc ")
    (difference,) = verdict["differences"]
    assert {"basic!E4", "=C4+D4*A4", 1.0, 15.0} <= {v for v in difference.values() if not isinstance(v, dict)}


def test_the_match_cells_are_named_and_not_hidden(entropy_example):
    report = verify(entropy_example)
    ((name, found),) = verdict_of(report).quirks.items()
    assert "MATCH" in name
    assert {d.address for d in found} <= MATCH_CELLS
    text = as_text(report)
    assert f"{len(found)} known to differ (MATCH" in text
    assert all(d.address in text for d in found)
    assert verdict_of(report).total.equal < report.formulas


def test_a_wrong_value_beside_the_quirks_is_still_found(entropy_example, tmp_path):
    path = changed(entropy_example, tmp_path / "a.xlsx", "log_entropy", cell("E2") + "<v>[^<]*</v>", r"\1<v>-0.25</v>")
    assert [d.address for d in verdict_of(verify(path)).differences] == ["log_entropy!E2"]


def test_a_wrong_value_in_a_match_cell_is_found(entropy_example, tmp_path):
    path = changed(entropy_example, tmp_path / "a.xlsx", "log_entropy", cell("H2") + "<v>[^<]*</v>", r"\1<v>77</v>")
    assert [d.address for d in verdict_of(verify(path)).differences] == ["log_entropy!H2"]


def test_a_wrong_value_in_what_depends_on_match_is_found(entropy_example, tmp_path):
    path = changed(entropy_example, tmp_path / "a.xlsx", "log_entropy", cell("I2") + "<v>[^<]*</v>", r"\1<v>77</v>")
    assert [d.address for d in verdict_of(verify(path)).differences] == ["log_entropy!I2"]


# ---- what cannot be verified --------------------------------------------------------------------------------------


def test_what_the_engine_cannot_load_is_input_that_cannot_be_used(graddesc, monkeypatch):
    def fail(path, wanted):
        raise EngineError("IronCalc cannot recalculate it: a reason")

    monkeypatch.setattr(ironcalc, "recalculate", fail)
    with pytest.raises(InputError, match=r"graddesc\.xlsx: IronCalc cannot recalculate it: a reason"):
        verify(graddesc)


def test_a_panic_of_the_engine_is_an_error_of_one_line(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(EngineError) as caught:
        ironcalc.recalculate(tmp_path / "a.xlsx", {"Sheet1": [(1, 1)]})
    assert "\n" not in str(caught.value)


def test_a_sheet_that_only_the_engine_does_not_know(graddesc):
    with pytest.raises(EngineError):
        ironcalc.recalculate(graddesc, {"none": [(1, 1)]})


def test_nothing_is_left_in_the_temporary_folder(graddesc, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    verify(graddesc)
    with pytest.raises(InputError):
        verify(tmp_path / "none.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_not_changed(graddesc):
    before = graddesc.read_bytes(), graddesc.stat().st_mtime_ns
    verify(graddesc)
    assert (graddesc.read_bytes(), graddesc.stat().st_mtime_ns) == before
