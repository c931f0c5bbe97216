"""The macros of graddesc.xlsm, run by two programs that nobody here wrote, against what the engine does when pressed.

LibreOffice runs them as a user would see it: skipped where it is missing, except in CI, where that is a failure.
pyOpenVBA's interpreter runs them in Python, with formulas of its own.
"""

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lesson_cells import RATE, expected
from test_layers import EXCEL, reached

from xlsgd.excel.macros import SheetButtons, macro_name, module_source, number
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.training import with_knobs
from xlsgd.symbols.checked import ExcelError
from xlsgd.verifying.engines import EngineError, libreoffice
from xlsgd.verifying.engines.libreoffice import Session
from xlsgd.workbooks.macro_workbook import build_macros

if not os.environ.get("CI"):
    pytest.importorskip("pyopenvba", reason="the extra `macros` is not installed")

TOLERANCES = {
    "LibreOffice": 1e-12,  # its sums are compensated; measured: 1.8e-16
    # it squares by multiplying, an ulp from the power now and then, which Adam magnifies; measured: 3e-9 in 16 epochs
    "pyOpenVBA": 1e-6,
}


def same(wanted, found, tolerance):
    if isinstance(wanted, ExcelError):  # the macros tell that there is an error, not which
        return not isinstance(found, (int, float, type(None)))
    if wanted is None or found is None:
        return wanted is found
    if not isinstance(found, (int, float)):
        return False
    return abs(wanted - found) <= tolerance * max(abs(wanted), abs(found))


class LibreOffice:
    name = "LibreOffice"

    def __init__(self, path):
        self.session = Session(path, macros=True)

    def __enter__(self):
        self.session.__enter__()
        return self

    def __exit__(self, *error):
        self.session.__exit__(*error)

    def run(self, macro):
        self.session.run_macro(f"Buttons.{macro}")

    def put(self, sheet, address, value):
        self.session.set(sheet, int(address[1:]), ord(address[0]) - 64, value)

    def read(self, sheet, addresses):
        return self.session.read({sheet: [(int(a[1:]), ord(a[0]) - 64) for a in addresses]})[sheet]


class PyOpenVBA:
    name = "pyOpenVBA"

    def __init__(self, path):
        from pyopenvba.apps.excel import ExcelApplication

        self.app = ExcelApplication.open(str(path))
        self.run = self.app.run

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def put(self, sheet, address, value):
        self.app.sheet(sheet).set_value(address, value)

    def read(self, sheet, addresses):
        return [self.app.sheet(sheet).value(address) for address in addresses]


class Both:
    """The engine's sheet and the workbook's, pressed and typed into together and compared after each."""

    def __init__(self, office, training, points=LESSON_POINTS):
        self.office, self.live = office, LiveSheet(training, points)
        self.name = training.name

    def press(self, *buttons, compare=True):
        for button in buttons:
            getattr(self.live, button)()
            self.office.run(macro_name(self.name, button))
            if compare:
                self.compare(button)

    def put_rate(self, value):
        self.live.put("lr", value)
        self.office.put(self.name, RATE[self.name], value)

    def put_points(self, points):
        for row, (x, y) in enumerate(zip(*points, strict=True), start=4):
            self.office.put(self.name, f"A{row}", float(x))
            self.office.put(self.name, f"B{row}", float(y))
        self.live.points = points
        self.live.put("const", self.live.inputs["const"][0])  # so that the engine computes the rows again

    def compare(self, after):
        cells = expected(self.live)
        found = dict(zip(cells, self.office.read(self.name, list(cells)), strict=True))
        tolerance = TOLERANCES[self.office.name]
        wrong = {a: (cells[a], found[a]) for a in cells if not same(cells[a], found[a], tolerance)}
        assert not wrong, f"{self.office.name}, {self.name} after {after}: {wrong}"


def open_office(kind, path):
    if kind is LibreOffice:
        try:
            libreoffice.installed()
        except EngineError as missing:
            pytest.fail(f"CI must have it: {missing}") if os.environ.get("CI") else pytest.skip(str(missing))
    return kind(path)


@pytest.fixture(scope="module")
def macro_workbook(tmp_path_factory):
    return build_macros(tmp_path_factory.mktemp("macros"))


@pytest.fixture(scope="module", params=[LibreOffice, PyOpenVBA], ids=["LibreOffice", "pyOpenVBA"])
def office(request, macro_workbook):
    with open_office(request.param, macro_workbook) as opened:
        yield opened


@pytest.mark.parametrize("name", LESSON)
def test_every_macro_does_what_press_does(office, name):
    """Every number of the sheet after each press, also at another rate, after a divergence, and with other points."""
    both = Both(office, LESSON[name])
    both.press("reset", "step", "run", "step", "run", "reset")
    both.put_rate(LESSON[name].knobs.lr / 2)
    both.press("step", "run")
    xs, ys = list(LESSON_POINTS.x), list(LESSON_POINTS.y)
    xs[6], ys[20] = 50, 7
    both.put_points(Points(xs, ys))
    both.press("step", "reset", "run")
    both.put_points(LESSON_POINTS)
    both.put_rate(LESSON[name].knobs.lr)
    both.press("reset", "step")


def test_numbers_that_run_out_show_as_errors_and_reset_brings_them_back(office):
    """LibreOffice hands macros an error as 0, so this is where a plain copy of values would go on from 0 unseen."""
    both = Both(office, LESSON["basic"])
    both.press("reset")
    both.put_rate(1.0)
    both.press("run")
    assert isinstance(both.live.inputs["const"][0], ExcelError)
    both.put_rate(0.0001)
    both.press("reset", "step")


def test_the_list_of_errors_may_outgrow_its_name(office):
    """`rmses` has room for 69 entries; 75 are written, and a reset removes them all."""
    both = Both(office, LESSON["basic"])
    both.press("reset", *["run"] * 14, compare=False)
    both.press("run", "reset", "step")


@pytest.mark.parametrize(("kind", "n"), [(LibreOffice, 40), (PyOpenVBA, 1), (PyOpenVBA, 2)])
def test_own_points_and_knobs(tmp_path, kind, n):
    points = Points([10.0 + 3 * i % 50 for i in range(n)], [3.0 * i + 7 for i in range(n)])
    rate = 0.1234567890123456  # a literal of more digits than VBA reads
    trainings = LESSON | {name: with_knobs(LESSON[name], lr=rate) for name in ("adam", "adam_ann")}
    with open_office(kind, build_macros(tmp_path, points, trainings)) as opened:
        for training in trainings.values():
            Both(opened, training, points).press("reset", "step", "run", "reset")


# The text of the macros.

ADDRESSES = {
    name: {"const": "C1", "slope": "C2", "lastconst": "C32", "lastslope": "D32", "lr": RATE[name]} for name in LESSON
}
ADDRESSES["basic"] |= {"rmse": "F33", "rmses": "C38:C106"}
ADDRESSES["rmsprop"] |= {"ms_last": "J32:K32", "gradtarget": "J33:K33"}
for name in ("momentum", "adam", "adam_ann"):
    ADDRESSES[name] |= {"momlast": "J32:K32", "momtarget": "J33:K33"}
for name in ("adam", "adam_ann"):
    ADDRESSES[name] |= {"ms_last": "L32:M32", "gradtarget": "L33:M33"}
ADDRESSES["adam_ann"] |= {"avg_grad2": "N33", "prev_grad2": "N3", "gradrat": "N34"}

MOMENTUM = """\
' momentum, Reset: back to the start, with the averages warmed up.
Sub momentum_reset()
    Dim momlast As Variant
    With ThisWorkbook.Worksheets("momentum")
        .Range("C2").Value = 1  ' slope
        .Range("C1").Value = 1  ' const
        .Range("J33:K33").Value = 0  ' momtarget
        .Range("D2").Value = 0.0001  ' lr
        ' Values are pasted; all are read before any is written.
        .Calculate
        momlast = values_of(.Range("J32:K32"))
        .Range("J33:K33").Value = momlast  ' momtarget
        .Calculate
    End With
End Sub

' momentum, one step: go on by one epoch.
Sub momentum_step()
    Dim lastslope As Variant
    Dim lastconst As Variant
    Dim momlast As Variant
    With ThisWorkbook.Worksheets("momentum")
        ' Values are pasted; all are read before any is written.
        .Calculate
        lastslope = values_of(.Range("D32"))
        lastconst = values_of(.Range("C32"))
        momlast = values_of(.Range("J32:K32"))
        .Range("C2").Value = lastslope  ' slope
        .Range("C1").Value = lastconst  ' const
        .Range("J33:K33").Value = momlast  ' momtarget
        .Calculate
    End With
End Sub

' momentum, Run: 5 steps.
Sub momentum_run()
    Dim i As Long
    For i = 1 To 5
        momentum_step
    Next i
End Sub
"""


def test_the_macros_of_a_sheet_read_as_plain_vba():
    assert module_source([SheetButtons(LESSON["momentum"], ADDRESSES["momentum"])]).endswith("\n" + MOMENTUM)


@pytest.mark.parametrize("name", LESSON)
def test_the_macros_use_plain_addresses_of_their_own_sheet(name):
    """No name of the sheet, which LibreOffice would not find, and nothing of another sheet."""
    source = module_source([SheetButtons(LESSON[name], ADDRESSES[name])])
    assert set(re.findall(r'Worksheets\("(\w+)"\)', source)) == {name}
    assert re.findall(r"^Sub (\w+)\(\)", source, re.MULTILINE) == [f"{name}_{b}" for b in ("reset", "step", "run")]
    known = {address for area in ADDRESSES[name].values() for address in (area, *area.split(":"))}
    ranges = set(re.findall(r'\.Range\("([A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?)"\)', source))
    assert ranges and ranges <= known
    assert max(map(len, source.splitlines())) <= 120
    assert source.isascii()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_spelled_so_that_basic_reads_it_to_the_bit(value):
    """A literal of up to 15 digits, or a text that `Val` reads: exactly the number, whatever it is."""
    spelled = number(value)
    text = re.fullmatch(r'Val\("(.*)"\)', spelled)
    assert float(text[1] if text else spelled) == value
    assert text or sum(map(str.isdigit, spelled.split("e")[0])) <= 17


def test_the_spelling_knows_no_file_format():
    forbidden = EXCEL | {"pyopenvba", "torch"}
    assert not {
        name for name in reached("xlsgd.excel.macros") if any(f"{name}.".startswith(f"{f}.") for f in forbidden)
    }


def test_a_session_runs_macros_only_where_it_was_asked_to(macro_workbook):
    with open_office(LibreOffice, macro_workbook) as opened:
        with pytest.raises(EngineError, match=r"running Buttons\.nothing failed: .*could not be found"):
            opened.run("nothing")
        opened.run("basic_step")
        opened.session.macros = False
        with pytest.raises(EngineError, match=r"not run: open .* macros=True"):
            opened.run("basic_step")
