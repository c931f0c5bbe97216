"""The buttons: saved states of the course, and the same presses played on the written workbook in IronCalc.

What a button does is said here a second time, in terms of the workbook's own names; IronCalc recalculates between the
pastes. So a state agrees only if the formulas, the names, the order of the pastes and the engine all do.
"""

import json
import math

import pytest

from xlsgd.errors import InputError
from xlsgd.points.points import Points
from xlsgd.run.press import LiveSheet, press
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.workbooks.build import filled_training

# ---- saved states -------------------------------------------------------------------------------------------------


def test_basic_after_a_reset_and_five_steps():
    live = LiveSheet(LESSON["basic"])
    state = [press(live, action) for action in ["reset", *["step"] * 5]][-1]
    assert (state["b"], state["a"]) == (1.2754625002528799, 2.569996469807525)
    assert state["rmses"] == [
        104.74921026693299, 104.55969980561993, 104.37053295106034, 104.18170833255277, 103.99322533093216,
    ]  # fmt: skip
    assert state["loss"] == state["rmses"][-1]


def test_run_is_five_steps():
    by_steps, by_run = LiveSheet(LESSON["basic"]), LiveSheet(LESSON["basic"])
    for _ in range(5):
        by_steps.step()
    by_run.run()
    assert by_run.state() == by_steps.state()


def test_momentums_seeds_after_a_reset():
    state = press(LiveSheet(LESSON["momentum"]), "reset")
    assert (state["m_b"], state["m_a"]) == (-18.33392669020789, 98.24583039212854)


def test_a_rate_that_is_an_error_is_one_in_what_follows_from_it():
    """Annealing may divide a rate by what overflowed."""
    live = LiveSheet(LESSON["adam_ann"], Points([1.0, 1e200, 2.0, 0.0], [0.0, 1.0, -1e308, 0.0]))
    live.step()
    assert live.values()["lr"] == live.values()["1-lr"] == "#NUM!"


# ---- the buttons, said again --------------------------------------------------------------------------------------


class Workbook:
    """A training sheet of the written workbook in IronCalc, with its names."""

    def __init__(self, engine, path, names, sheet):
        self.book = engine(path).evaluate()
        self.sheet = sheet
        self.names = {key: self._cells(named.attr_text) for key, named in names.items()}
        self.errors = 0

    def _cells(self, text):
        ends = text.partition("!")[2].replace("$", "").split(":")
        (left, row), (right, last) = (ends[0][0], int(ends[0][1:])), (ends[-1][0], int(ends[-1][1:]))
        return [f"{chr(c)}{r}" for r in range(row, last + 1) for c in range(ord(left), ord(right) + 1)]

    def read(self, name):
        return [self.book.get(address, self.sheet) for address in self.names[name]]

    def write(self, name, values):
        for address, value in zip(self.names[name], values, strict=True):
            self.book.put(address, value, self.sheet)

    def put(self, name, value):
        self.write(name, [value] * len(self.names[name]))
        self.book.evaluate()

    def paste(self, *pairs):
        read = [self.read(source) for source, _ in pairs]
        for values, (_, target) in zip(read, pairs, strict=True):
            self.write(target, values)
        self.book.evaluate()

    def step(self):
        both = [("ms_last", "gradtarget"), ("momlast", "momtarget")]
        self.paste(("lastslope", "slope"), ("lastconst", "const"), *(pair for pair in both if pair[0] in self.names))
        if self.sheet == "basic":
            self.book.put(self.names["rmses"][self.errors], *self.read("rmse"), self.sheet)
            self.errors += 1
            self.book.evaluate()
        if self.sheet == "adam_ann":
            if self.read("gradrat")[0] > 2:
                self.put("lr", self.read("lr")[0] / 4)
            if self.read("avg_grad2")[0] < self.read("prev_grad2")[0]:
                self.paste(("avg_grad2", "prev_grad2"))

    def run(self):
        for _ in range(5):
            self.step()

    def reset(self):
        self.put("slope", 1)
        self.put("const", 1)
        if self.sheet == "basic":
            for address in self.names["rmses"]:
                self.book.type(address, "", self.sheet)
            self.errors = 0
        if self.sheet == "momentum":
            self.put("momtarget", 0)
            self.put("lr", 0.0001)
            self.paste(("momlast", "momtarget"))
        if self.sheet == "rmsprop":
            self.put("gradtarget", 10000)
            self.paste(("ms_last", "gradtarget"))
            self.paste(("ms_last", "gradtarget"))
        if self.sheet in ("adam", "adam_ann"):
            self.put("gradtarget", 10000)
            self.put("momtarget", 0)
            self.put("lr", 1)
            for _ in range(2):
                if self.sheet == "adam":
                    self.paste(("ms_last", "gradtarget"))
                    self.paste(("momlast", "momtarget"))
                else:
                    self.paste(("ms_last", "gradtarget"), ("momlast", "momtarget"))
        if self.sheet == "adam_ann":
            self.paste(("avg_grad2", "prev_grad2"))

    def type_rate(self, value):
        self.book.put("F1" if self.sheet == "basic" else "D2", value, self.sheet)
        self.book.evaluate()


def test_reset_in_a_workbook_just_built_changes_nothing(engine, graddesc, formulas):
    """To the bit: the workbooks are written in the state just after a reset."""
    for name in LESSON:
        workbook = Workbook(engine, graddesc, formulas["graddesc"][name].defined_names, name)
        before = numbers_in(workbook, LiveSheet(LESSON[name]))
        workbook.step()
        assert numbers_in(workbook, LiveSheet(LESSON[name])) != before
        workbook.reset()
        if name in ("basic", "rmsprop"):  # the others' rate is reset too, and was not moved
            workbook.type_rate(LESSON[name].knobs.lr)
        assert numbers_in(workbook, LiveSheet(LESSON[name])) == before


def numbers_in(workbook, live):
    """IronCalc's numbers wherever the engine has one, in the order of `numbers_of`."""
    return [workbook.book.get(address, workbook.sheet) for address in numbers_of(live)]


def numbers_of(live):
    """Every number of the sheet as the engine has it, by address: weights, knobs, seeds, footer, all rows, the list."""
    sheet, values = filled_training(live.training), live.values()
    cells = {place.address: values[place.key] for place in sheet.places if place.key}
    for number, row in enumerate(live.rows(), start=sheet.rows.first):
        cells |= {f"{c.letter}{number}": v for c, v in zip(sheet.rows.columns[2:], row.values(), strict=True)}
    return cells | {f"C{38 + i}": error for i, error in enumerate(live.lists.get("rmses", []))}


PRESSES = [
    *["step"] * 3, "run", "run", "rate", "run", "reset", "step", "reset", "run", "rate", "step", "reset", "reset",
    "run",
]  # fmt: skip


@pytest.mark.parametrize("name", LESSON)
def test_every_press_on_the_workbook_gives_the_engines_state_to_the_bit(engine, graddesc, formulas, name):
    workbook = Workbook(engine, graddesc, formulas["graddesc"][name].defined_names, name)
    live = LiveSheet(LESSON[name])
    rates = []
    for action in PRESSES:
        if action == "rate":
            press(live, "lr=0.003")
            workbook.type_rate(0.003)
        else:
            press(live, action)
            getattr(workbook, action)()
        expected = numbers_of(live)
        found = dict(zip(expected, numbers_in(workbook, live), strict=True))
        assert found == expected, f"after {action}"
        rates.append(live.inputs["lr"][0])
    if name == "basic":
        assert workbook.book.get(f"C{38 + workbook.errors}", name) in ("", None)
    if name == "adam_ann":
        assert 0.0625 in rates, "the annealing has not been tried"


def test_the_annealing_cuts_the_rate_when_the_gradient_doubles_against_its_best():
    live, rate = LiveSheet(LESSON["adam_ann"]), 1.0
    cuts = 0
    for _ in range(60):
        best = live.inputs["prev_grad2"][0]
        live.step()
        state = live.state()
        if state["avg_grad2"] / best > 2:
            rate, cuts = rate / 4, cuts + 1
        assert state["lr"] == rate
        assert state["prev_grad2"] == min(best, state["avg_grad2"])
    assert cuts > 5
    assert state["loss"] < 1e-3


@pytest.mark.parametrize("name", LESSON)
def test_the_last_rows_update_is_lost_and_its_averages_are_kept(name):
    """The course's first quirk: the next epoch starts from the last row's weights as they went in."""
    live = LiveSheet(LESSON[name])
    last = list(live.rows())[-1]
    live.step()
    b, a = ("intercept", "slope") if name == "basic" else ("b", "a")
    assert (live.inputs["const"], live.inputs["slope"]) == ([last[b]], [last[a]])
    for field in LESSON[name].targets:
        assert (live.seeds()[f"{field} b"], live.seeds()[f"{field} a"]) == (last[f"{field} b"], last[f"{field} a"])


def test_a_textbook_sheet_goes_on_from_the_updated_weights():
    for name, training in trainings().items():
        if name not in LESSON:
            live = LiveSheet(training)
            last = list(live.rows())[-1]
            live.step()
            assert (live.inputs["const"], live.inputs["slope"]) == ([last["new b"]], [last["new a"]])


# ---- typed values, records ----------------------------------------------------------------------------------------


def test_a_reset_returns_to_the_knobs_that_were_set():
    live = LiveSheet(with_knobs(LESSON["adam"], lr=0.25))
    press(live, "lr=3")
    assert press(live, "reset")["lr"] == 0.25


@pytest.mark.parametrize(("name", "kept"), [("basic", 3), ("rmsprop", 3), ("momentum", 0.0001), ("adam", 1)])
def test_which_resets_keep_the_rate(name, kept):
    live = LiveSheet(LESSON[name])
    press(live, "lr=3")
    assert press(live, "reset")["lr"] == kept


@pytest.mark.parametrize("name", trainings())
def test_a_record_has_the_promised_keys_first_and_is_json(name):
    live = LiveSheet(trainings()[name])
    records = [press(live, action) for action in ("reset", "step", "lr=0.5", "run")]
    assert [list(record)[:6] for record in records] == [["action", "epoch", "b", "a", "lr", "loss"]] * 4
    assert [record["epoch"] for record in records] == [0, 1, 1, 6]
    assert [record["action"] for record in records] == ["reset", "step", "lr=0.5", "run"]
    assert json.loads(json.dumps(records, allow_nan=False)) == records


def test_the_loss_is_the_root_of_the_summed_squares_of_every_sheet():
    """To 1e-14: the same sum, but by another formula where the sheet has no column for it."""
    for training in trainings().values():
        live = LiveSheet(training)
        live.step()
        errors = [(y - (next(iter(row.values())) + list(row.values())[1] * x)) ** 2
                  for x, y, row in zip(*live.points, live.rows(), strict=True)]  # fmt: skip
        assert live.state()["loss"] == pytest.approx(math.sqrt(sum(errors)), rel=1e-14)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("restart", "no action 'restart': did you mean 'reset'"),
        ("rset", "no action 'rset': did you mean 'reset'. there are reset, step, run, NAME=VALUE"),
        ("lrr=1", "adam: no knob 'lrr': did you mean 'lr'. there are const, slope, lr, beta1"),
        ("", "no action"),
        ("lr", "no action 'lr'"),
        ("rl=1", "no knob 'rl'"),
        ("=1", "no knob ''"),
        ("lr=fast", "'fast' is not a number"),
        ("lr=", "not a number"),
        ("lr=nan", "finite"),
        ("lr=1e999", "finite"),
        ("slope=-inf", "finite"),
    ],
)
def test_an_action_that_cannot_be_pressed(action, says):
    live = LiveSheet(LESSON["adam"])
    before = live.state()
    with pytest.raises(InputError, match=says):
        press(live, action)
    assert live.state() == before


def test_one_point_is_enough():
    for training in trainings().values():
        live = LiveSheet(training, Points([2.0], [3.0]))
        live.run()
        assert len(list(live.rows())) == 1


@pytest.mark.parametrize(
    "actions", [["t_target=0.5", "beta1=-0.5", "step"], ["t_target=-1", "step"], ["beta2=-3", "run"]]
)
def test_knobs_that_make_no_sense_give_errors_as_a_spreadsheet_does(actions):
    live = LiveSheet(trainings()["adam_textbook"])
    state = [press(live, action) for action in actions][-1]
    assert state["b"] in ("#NUM!", "#DIV/0!")
