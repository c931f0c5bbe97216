"""Workbooks of any model: each rule's sheet, all epochs and the race, confirmed by engines that nobody here wrote."""

import openpyxl
import pytest
from sample_models import RULES, SAMPLES

import xlsgd
from xlsgd.errors import InputError
from xlsgd.excel.writer import write_workbook
from xlsgd.functions import dot, named, tanh
from xlsgd.losses import cross_entropy, squared_error
from xlsgd.models import LINE, Model
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.least_squares import best_line
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.forward_columns import ForwardColumns
from xlsgd.sheets.guide import points_sheet
from xlsgd.sheets.trainings import training_of
from xlsgd.verifying.check import verify
from xlsgd.workbooks.build import filled_training
from xlsgd.workbooks.filled_history import epochs_of, most_epochs
from xlsgd.workbooks.models import build_model, model_epochs, placed_trainings
from xlsgd.workbooks.network.values import numbers_of


def of_every_rule(model, rate=0.01):
    return [training_of(model, rule, name=rule, knobs={"lr": rate}) for rule in RULES]


def book(path, model, points, epoch=0):
    return build_model(path, of_every_rule(model), points, epochs=20, epoch=epoch)


def cells(path, sheet):
    read = openpyxl.load_workbook(path, data_only=True)[sheet]
    return {cell.coordinate: cell.value for row in read.iter_rows() for cell in row if cell.value is not None}


AT = [(epoch, max(epoch, 1)) for epoch in (0, 1, 5, 20)]
"""The epoch that is shown, and how many there are: what stands in a line of the epochs does not hang on later ones."""

OF_TWENTY = [pytest.param(epoch, 20, marks=pytest.mark.slow) for epoch in (0, 1, 5)]


@pytest.mark.parametrize(("epoch", "epochs"), [*AT, *OF_TWENTY])
@pytest.mark.parametrize("name", SAMPLES)
def test_two_engines_and_torch_confirm_every_formula(tmp_path, name, epoch, epochs):
    model, points = SAMPLES[name]
    path = xlsgd.build(model, tmp_path / "book.xlsx", points, rules=RULES, epochs=epochs, epoch=epoch, lr=0.05)
    report = xlsgd.verify(path, ["ironcalc", "libreoffice"], "torch", model)
    assert report.agrees and report.formulas > epochs * points.n * len(model.start)
    assert len(report.verdicts) == 3 and all(verdict.total.answered == report.formulas for verdict in report.verdicts)


@pytest.mark.parametrize("name", ["network", "wave"])
def test_an_epoch_typed_into_a2_shows_what_the_engine_has_then(engine, tmp_path, name):
    model, points = SAMPLES[name]
    typed = engine(book(tmp_path / "book.xlsx", model, points))
    sheets = [
        epochs_of(training, points, 20).where for training in placed_trainings(of_every_rule(model), with_charts=True)
    ]
    for epoch in (1, 5, 20):
        for where in sheets:
            typed.put("A2", epoch, where.training.name)
        typed.evaluate()
        for where in sheets:
            filled = numbers_of(filled_training(where.training, points, where, epoch))
            wanted = {at: value for at, value in filled.items() if isinstance(value, float)}
            assert len(wanted) > points.n * len(model.start)
            shown = {at: typed.get(at, where.training.name) for at in wanted}
            assert wanted == pytest.approx(shown, rel=1e-12, abs=0)


def test_training_finds_what_the_points_were_made_of():
    model, points = SAMPLES["wave"]
    live = LiveSheet(training_of(model, "sgd", knobs={"lr": 0.05}), points)
    for _ in range(300):
        live.step()
    assert live.parameters() == pytest.approx({"a": 2, "b": 1.5, "c": 0.3}, rel=1e-4), "of y = 2 sin(1.5 x + 0.3)"


def test_a_point_changed_on_the_data_sheet_changes_every_sheet(engine, tmp_path):
    model, points = SAMPLES["parabola"]
    typed = engine(book(tmp_path / "book.xlsx", model, points))
    typed.put("C5", points.y[0] + 1, "data")
    typed.evaluate()
    moved = Points(x=points.x, y=[points.y[0] + 1, *points.y[1:]])
    wanted = cells(book(tmp_path / "moved.xlsx", model, moved), "adam_run")
    assert {at: typed.get(at, "adam_run") for at, value in wanted.items() if isinstance(value, float)} == {
        at: value for at, value in wanted.items() if isinstance(value, float)
    }


def test_the_guide_says_every_columns_equation_in_the_columns_names(tmp_path):
    model, points = SAMPLES["network"]
    guide = cells(book(tmp_path / "book.xlsx", model, points), "guide")
    told = {guide[at]: guide.get(f"B{at[1:]}") for at in guide if at.startswith("A")}
    assert told["network"] is None and told["h_1"] == "TANH(v1)" and told["v1"] == "w1_1_1*x1+w1_1_2*x2+b1_1"
    assert told["dL/dh_1"] == "[dL/dpred]*w2_1" and told["dL/dv1"] == "[dL/dh_1]*(1-h_1^2)"
    assert (
        told["w1_1_1"] == "[new w1_1_1 above]" and told["m w1_1_1"] == "beta1*[m w1_1_1 above]+(1-beta1)*[dL/dw1_1_1]"
    )
    assert "w1_1_2, w1_2_1" in told["and so for the others"]


@pytest.mark.parametrize(("room", "words"), [(10**6, "the first line of sgd_run"), (1, "the row start")])
def test_the_guide_says_where_the_starting_values_stand(tmp_path, monkeypatch, room, words):
    """There numbers stand that can be changed, whatever room the charts take."""
    monkeypatch.setattr("xlsgd.workbooks.models.FEW_CELLS", room)
    model, points = SAMPLES["network"]
    trainings = [training_of(model, "sgd", name="sgd")]
    read = openpyxl.load_workbook(build_model(tmp_path / "book.xlsx", trainings, points))
    assert any(f"the starting values in {words};" in str(cell.value) for cell in read["guide"]["B"])
    sheet, line = (read["sgd"], "start") if room == 1 else (read["sgd_run"], 0)
    row = next(cell.row for cell in sheet["A"] if cell.value == line)
    starts = [cell.value for cell in sheet[row][2:] if cell.data_type == "n" and cell.value is not None]
    given = LiveSheet(trainings[0]).parameters().values()
    assert starts[: len(given)] == [*given]


def test_the_race_tells_when_half_the_loss_is_reached(tmp_path):
    model, points = SAMPLES["parabola"]
    race = cells(book(tmp_path / "book.xlsx", model, points), "race")
    assert [race[f"A{row}"] for row in range(7, 11)] == list(RULES)
    for row, training in enumerate(of_every_rule(model), start=7):
        live, losses = LiveSheet(training, points), []
        for _ in range(21):
            losses.append(live.state()["loss"])
            live.step()
        half = next((epoch for epoch, loss in enumerate(losses) if loss <= losses[0] / 2), "not yet")
        assert (race[f"B{row}"], race[f"C{row}"], race[f"D{row}"]) == (half, losses[0], losses[-1])


def test_the_line_is_raced_to_its_answer(tmp_path):
    race = cells(book(tmp_path / "book.xlsx", LINE, LESSON_POINTS), "race")
    assert (race["B3"], race["B4"]) == (30, 2) == best_line(LESSON_POINTS)


def test_many_points_or_columns_have_fewer_epochs_or_none():
    line, wide = of_every_rule(LINE), of_every_rule(SAMPLES["network"][0])
    assert (model_epochs(line, 29), model_epochs(line, 1000), model_epochs(line, 20_000)) == (100, 10, 0)
    assert model_epochs(wide, 29) < model_epochs(line, 29)


def test_a_workbook_without_epochs_holds_constants(tmp_path):
    model, points = SAMPLES["logistic"]
    path = build_model(tmp_path / "book.xlsx", of_every_rule(model), points, epochs=None)
    many = Points(**{name: [*column] * 1000 for name, column in points.columns.items()})
    path = build_model(tmp_path / "many.xlsx", [training_of(model, "sgd")], many)
    assert openpyxl.load_workbook(path, read_only=True).sheetnames == ["guide", "data", "logistic"]
    assert verify(path).agrees


REFERENCE = Model(
    "reference", ("x1", "x2"), {"b": 0, "w": [0, 0]}, lambda p, x1, x2: [0, p.b + dot(p.w, [x1, x2])], cross_entropy
)
OF_AN_INPUT = Model("input", ("x1", "x2"), {"w": 0.5}, lambda p, x1, x2: [x1, p.w * x2], cross_entropy)
CONSTANT = Model("constant", ("x1", "x2"), {"c": 0.5}, lambda p, x1, x2: p.c, squared_error)
LINEAR = Model("linear", ("x1", "x2"), {"c": 1, "a": 0.5}, lambda p, x1, x2: p.c + p.a * x1, lambda pred, y: pred - y)


@pytest.mark.parametrize("model", [REFERENCE, OF_AN_INPUT, CONSTANT, LINEAR], ids=lambda model: model.name)
def test_a_column_that_holds_a_number_an_input_or_a_parameter(tmp_path, model):
    """A prediction may be that, or a derivative; other formulas still have the number itself, and the input's cell."""
    points = SAMPLES["logistic"][1]
    path = book(tmp_path / "book.xlsx", model, points, 5)
    report = verify(path, ["ironcalc"], ["torch"], [ForwardColumns(model)])
    assert report.agrees and not report.errors
    assert all(tally.answered == tally.formulas for verdict in report.verdicts for tally in verdict.columns.values())


def test_the_equation_of_a_column_that_holds_a_number(tmp_path):
    guide = cells(book(tmp_path / "book.xlsx", REFERENCE, SAMPLES["logistic"][1]), "guide")
    told = {guide[at]: guide.get(f"B{at[1:]}") for at in guide if at.startswith("A")}
    assert (told["pred_1"], told["pred_2"]) == ("0", "b+w_1*x1+w_2*x2")


def tall(count):
    """A model whose prediction is one formula of so many terms."""
    parameters = {"w": [0.1] * count}
    return Model("tall", "x", parameters, lambda p, x: sum(tanh(w * x) * w for w in p.w), squared_error)


@pytest.mark.parametrize(
    ("trainings", "more", "message"),
    {
        "one name twice": ([training_of(LINE, "sgd"), training_of(LINE, "adam")], {}, "'line': the workbook has one"),
        "in other letters": (
            [training_of(LINE, "sgd", name="a"), training_of(LINE, "sgd", name="A")],
            {},
            "sheet 'A': the workbook has one of that name already",
        ),
        "the points' name": ([training_of(LINE, "sgd", name="Data")], {}, "'Data': the workbook has one"),
        "the name of another's epochs": (
            [training_of(LINE, "sgd", name="a"), training_of(LINE, "sgd", name="a_run")],
            {},
            "sheet 'a_run': the workbook has one",
        ),
        "an epoch beyond": ([training_of(LINE, "sgd")], {"epochs": 3, "epoch": 4}, "the workbook has epochs 0 to 3"),
        "an epoch before": ([training_of(LINE, "sgd")], {"epochs": 3, "epoch": -1}, "the workbook has epochs 0 to 3"),
        "too many epochs": ([training_of(LINE, "sgd")], {"epochs": 10**6}, f"room for 1 to {most_epochs(29):,}"),
        "no such column": ([training_of(SAMPLES["logistic"][0], "sgd")], {}, "no column 'x1'; there are x, y"),
        "too long a formula": ([training_of(tall(900), "sgd")], {"epochs": 1}, "a spreadsheet 8,192 at most; give its"),
    }.values(),
)
def test_what_cannot_be_a_workbook_is_one_clear_line(tmp_path, trainings, more, message):
    with pytest.raises(InputError) as told:
        build_model(tmp_path / "book.xlsx", trainings, LESSON_POINTS, **more)
    assert message in str(told.value) and "\n" not in str(told.value)
    assert not list(tmp_path.iterdir())


def test_named_parts_make_a_long_formula_short(tmp_path):
    def parts(p, x):
        return dot(named("h", [tanh(w * x) for w in p.w]), p.w)

    model = Model("tall", "x", {"w": [0.1] * 300}, parts, squared_error)
    path = build_model(tmp_path / "book.xlsx", [training_of(model, "sgd")], Points(x=[1, 2], y=[0, 1]), epochs=1)
    assert verify(path).agrees


def test_the_points_sheet_takes_any_columns(tmp_path):
    write_workbook(tmp_path / "points.xlsx", [points_sheet({"u": [1.5, 2], "v": [3, 4], "w": [5, 6]})], "")
    assert cells(tmp_path / "points.xlsx", "data") == {
        "B1": "The points: change them here, and every sheet follows.",
        "B4": "u",
        "C4": "v",
        "D4": "w",
        "B5": 1.5,
        "C5": 3,
        "D5": 5,
        "B6": 2,
        "C6": 4,
        "D6": 6,
    }
