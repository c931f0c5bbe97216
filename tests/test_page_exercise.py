"""Exercises on a page: which formulas are blank, and in a real browser what is said of what a learner types."""

import re

import pages
import pytest

from xlsgd.library.page import table_named, training_sheet
from xlsgd.points.points import LESSON_POINTS
from xlsgd.sheets.lesson import trainings
from xlsgd.workbooks.network.known import network_trainings, points_of

OF_THE_LINE = ("basic", "momentum", "rmsprop", "adam", "adamw")
OF_NETWORK = ("batches", "logistic", "softmax_regression", "relu_network", "embedding", "one_cycle")


@pytest.fixture(scope="module")
def sheets():
    own = [training_sheet(trainings()[name], LESSON_POINTS) for name in OF_THE_LINE]
    of_network = [training_sheet(network_trainings()[name], points_of(name)) for name in OF_NETWORK]
    return [*own, *of_network, table_named("softmax"), table_named("entropy")]


@pytest.fixture(scope="module")
def path(sheets, tmp_path_factory):
    return pages.written(tmp_path_factory.mktemp("page"), *sheets)


@pytest.fixture
def page(chromium, path):
    pages.resized(chromium, 1280, 720)
    yield pages.opened(chromium, path, "#basic")
    assert not pages.complaints(chromium)


# ---- levels -------------------------------------------------------------------------------------------------------

LEVELS = {
    "basic": {"gradient": ["de/db", "de/da"], "update": ["new b", "new a"]},
    "momentum": {"momentum": ["m b", "m a", "new b", "new a"], "gradient": ["de/db", "de/da"]},
    "rmsprop": {"RMSProp": ["v b", "v a", "new b", "new a"], "gradient": ["de/db", "de/da"]},
    "adam": {"Adam": ["m b", "m a", "v b", "v a", "new b", "new a"], "gradient": ["de/db", "de/da"]},
    "softmax": {"softmax": ["Image 1 exp", "Image 1 softmax", "Image 2 exp", "Image 2 softmax"]},
    "softmax_regression": {
        "softmax": ["exp_1 … exp_3", "p_1 … p_3"],
        "gradient": ["dL/db_1 … dL/db_3", "dL/dw_1_1 … dL/dw_3_2"],
        "update": ["new b_1 … new b_3", "new w_1_1 … new w_3_2"],
    },
    "entropy": {},
}


@pytest.mark.parametrize("name", LEVELS)
def test_a_levels_blanks_are_the_sheets_columns(sheets, name):
    (sheet,) = (sheet for sheet in sheets if sheet.name == name)
    found = {each["name"]: [blank["name"] for blank in each["blanks"]] for each in sheet.data["exercises"]}
    assert found == LEVELS[name]
    assert list(found) == list(LEVELS[name]), "the sheet's own level comes first"


def test_the_backward_pass_is_the_errors_passed_back(sheets):
    (sheet,) = (sheet for sheet in sheets if sheet.name == "relu_network")
    level, *_ = sheet.data["exercises"]
    columns = [sheet.data["columns"][i]["heading"] for blank in level["blanks"] for i in blank["columns"]]
    hidden = [f"dL/d{layer}_{i}" for layer in "ha" for i in range(1, 5)]
    assert level["name"] == "backward pass" and columns == ["dL/dpred", "dL/dz", *hidden]


def test_a_label_that_says_a_blanks_equation_is_blank_with_it(sheets):
    (sheet,) = (sheet for sheet in sheets if sheet.name == "basic")
    labels = [sheet.data["texts"][i]["text"] for each in sheet.data["exercises"][0]["blanks"] for i in each["texts"]]
    assert labels == ["de/db=2(ax+b-y)", "de/da=x*2(ax+b-y)"]


# ---- judging ------------------------------------------------------------------------------------------------------

EVERY_BLANK = r"""
const found = [];
for (const sheet of lesson.sheets) for (const level of sheet.exercise.levels) for (const blank of level.blanks) {
  const { exercise } = sheet;
  const begun = () => {
    exercise.begin(level);
    for (const other of level.blanks) if (other !== blank) exercise.show(other);
  };
  begun();
  const [column, row] = exercise.placeOf(blank);
  const own = `=${exercise.grid.spelledAt(column, row)}`;
  const { grid } = exercise;
  grid.refresh();
  const number = grid.valueAt(addressOf(column, row));
  const at = (c, r) => { const value = grid.valueAt(addressOf(c, r)); return value === "" ? null : value; };
  const signs = ["*", "+", "/", "-"].flatMap((sign) => ["+", "*"].map((other) => own.replace(sign, other)));
  const wrong = [`=${number}`, `${own}+1E-7`, ...signs,
    own.replace("^2", ""), own.replace("+$F$2)", ")"), own.replace("1-", "2-")].filter((text) => text !== own);
  const passed = wrong.filter((text) => exercise.take(blank, text).right && (begun() || true));
  const { right } = exercise.take(blank, own);
  const where = `${sheet.name}, ${exercise.addressOf(blank)}: ${own}`;
  found.push({ where, right, passed, number, own: valueOfFormula(readFormula(own), at), hints: exercise.hints(blank) });
  exercise.stop();
}
return found;"""


def test_every_sheets_own_formula_is_right_and_a_small_change_of_it_or_its_number_is_not(page):
    found = page.execute_script(EVERY_BLANK)
    assert len(found) > 70
    for blank in found:
        assert blank["right"], blank["where"]
        assert blank["passed"] == [], blank["where"]
        assert blank["own"] == pytest.approx(blank["number"], rel=1e-12, abs=0), blank["where"]
        words, reads = blank["hints"]
        assert words.startswith("In words: ") and re.fullmatch(r"it reads [A-Z0-9, :]+", reads), blank["where"]


JUDGED = r"""
const [name, level, address, text] = arguments;
const { exercise } = lesson.sheets.find((each) => each.name === name);
exercise.begin(exercise.levelNamed(level));
for (const blank of exercise.blanks) if (exercise.addressOf(blank) !== address) exercise.show(blank);
const { right, says } = exercise.take(exercise.askedBy(address), text);
exercise.stop();
return [right, says];"""

OTHER_SPELLINGS = [
    ("basic", "gradient", "K4", ["=-2*(B4-E4)", "2*(e4-b4)", "=2*E4-2*B4", "=2*(C4+D4*A4-B4)"]),
    ("basic", "gradient", "K4", ["=IF(E4>B4,1,-1)*2*ABS(E4-B4)"]),
    ("basic", "gradient", "L4", ["=A4*K4", "=2*(E4-B4)*A4", "=2*(C4+D4*A4-B4)*A4"]),
    ("adam", "Adam", "J4", ["=J3+$K$1*(F4-J3)", "=$J$1*J3+(1-$J$1)*F4", "=J3*J$1+K$1*2*(E4-B4)"]),
    ("adam", "Adam", "H4", ["=C4-$D$2*J4/L4^0.5", "=C4-$D$2*(J3*$J$1+$K$1*F4)/POWER(L4,50%)"]),
    ("softmax", "softmax", "D3", ["=C3/SUM(C$3:C$7)", "=EXP(B3)/C$8", "=EXP(B3)/(C$3+EXP(B$4)+C$5+C$6+C$7)"]),
    ("relu_network", "backward pass", "AG5", ["=AD5-C5", "=AF5*(AD5-AD5^2)"]),
    ("relu_network", "backward pass", "AL5", ["=AH5*(U5>0)", "=IF(Y5>0,AH5,0)", "=IF(U5>0,AG5*P5,0)"]),
    ("relu_network", "backward pass", "AF5", ["=(AD5-C5)/(AD5*(1-AD5))", "=IF(C5=1,-1/AD5,1/(1-AD5))"]),
    ("softmax_regression", "softmax", "T5", ["=P5/(P5+Q5+R5)", "=EXP(M5)/(EXP(M5)+EXP(N5)+EXP(O5))"]),
    ("batches", "Adam", "R5", ["=IF(O5=1,R4+(1-$D$2)*(M5-R4),R4)"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "level", "address", "formulas"), OTHER_SPELLINGS)
def test_another_right_spelling_passes(page, name, level, address, formulas):
    found = {text: page.execute_script(JUDGED, name, level, address, text) for text in formulas}
    assert {text: told for text, told in found.items() if not (told[0] and told[1].startswith("Right."))} == {}


def test_columns_that_are_filled_with_the_first_are_told(page):
    told = "Right. The other 3 columns are filled likewise."
    assert page.execute_script(JUDGED, "relu_network", "backward pass", "AH5", "=P5*AG5") == [True, told]


BY_CHANCE = "Wrong: on the sheet's numbers it agrees by chance; on other numbers it does not."
PASTED = "Wrong: the number is right, but a formula must follow the cells as they change."

WRONG = {
    ("basic", "gradient", "K4", "=2*(B4-E4)"): "Wrong: on the sheet's numbers it comes to 86, too high by 172.",
    ("basic", "gradient", "K4", "=-86"): PASTED,
    ("basic", "gradient", "K4", "=-SQRT(4*F4)"): BY_CHANCE,
    ("basic", "gradient", "K4", "=1/0"): "Wrong: it comes to #DIV/0!.",
    ("basic", "gradient", "K4", "=A4>1"): "Wrong: it comes to TRUE.",
    ("basic", "gradient", "K4", "=K4"): "K4 is the cell itself: a formula cannot read its own cell.",
    ("basic", "gradient", "K4", "=K5+0"): "K5 is blank with K4: read other cells.",
    ("basic", "gradient", "K4", "=(C4-N4)/F1"): "N4 follows from K4 itself: read other cells.",
    ("basic", "gradient", "K4", "=SUM(A1:Z9999)"): "It reads more than 1500 cells; cells of its own row are enough.",
    ("basic", "gradient", "K4", f"=1{'+1' * 500}"): "The formula is longer than 1000 characters.",
    ("basic", "gradient", "K4", "=2*(C1+D4*A4-B4)"): (
        "Not yet: it is right in row 4, but filled down to row 5 it would read C2, D5, A5, B5: "
        "put $ before a row that stays, such as $D$2."
    ),
    ("adam", "Adam", "J4", "=0.9*J3+0.1*F4"): BY_CHANCE,
    ("relu_network", "backward pass", "AL5", "=AH5"): BY_CHANCE,
}  # fmt: skip


@pytest.mark.parametrize("asked", WRONG, ids=lambda asked: asked[-1][:20])
def test_what_is_wrong_is_said_in_a_line(page, asked):
    assert page.execute_script(JUDGED, *asked) == [False, WRONG[asked]]
