"""Torch's answers for the sheets of any model: right ones pass, and each kind of wrong one is found."""

import openpyxl
import pytest
from sample_models import RULES, SAMPLES

from xlsgd.losses import squared_error
from xlsgd.models import LINE, Model
from xlsgd.points.points import LESSON_POINTS
from xlsgd.rules import RULES as ALL_RULES
from xlsgd.rules import Rule
from xlsgd.sheets.forward_columns import ForwardColumns
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.references import column_letters
from xlsgd.verifying import report_files, report_view
from xlsgd.verifying.check import verify
from xlsgd.verifying.oracle.expected import expected
from xlsgd.workbooks.build import build
from xlsgd.workbooks.models import build_model


def judged(path, *models):
    report = verify(path, (), ["torch"], [ForwardColumns(model) for model in models])
    return report.verdicts[0]


def unanswered(verdict):
    return [key for key, tally in verdict.columns.items() if tally.answered < tally.formulas]


def of_rules(model, rules=(*RULES, "adamw"), rate=0.05, **more):
    return [training_of(model, rule, name=rule, knobs={"lr": rate}, **more) for rule in rules]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("epoch", [0, 1, 5, 20])
def test_torch_confirms_every_formula(tmp_path, name, epoch):
    model, points = SAMPLES[name]
    path = build_model(tmp_path / "book.xlsx", of_rules(model), points, epochs=20, epoch=epoch)
    verdict = judged(path, model)
    assert not verdict.differences and not unanswered(verdict)


@pytest.mark.parametrize("batch", [1, 5, 12])
def test_torch_confirms_batches(tmp_path, batch):
    model, points = SAMPLES["logistic"]
    path = build_model(tmp_path / "book.xlsx", of_rules(model, batch=batch), points, epochs=4, epoch=3)
    verdict = judged(path, model)
    assert not verdict.differences and not unanswered(verdict)


def start_of(path, sheet):
    """The row that is called start, above the first point's."""
    return next(cell.row for cell in openpyxl.load_workbook(path)[sheet]["A"] if cell.value == "start")


def headings(path, sheet):
    """The headings of a training sheet by column: they stand above the row that is called start."""
    row = openpyxl.load_workbook(path)[sheet][start_of(path, sheet) - 1]
    return {cell.column_letter: cell.value for cell in row if cell.value is not None}


def test_a_schedules_rate_is_taken_as_it_stands(tmp_path):
    model, points = SAMPLES["parabola"]
    path = build_model(tmp_path / "book.xlsx", of_rules(model, schedule="cosine"), points, epochs=4, epoch=3)
    verdict = judged(path, model)
    assert not verdict.differences
    missing = {(sheet, headings(path, sheet.removesuffix("_run"))[column]) for sheet, column in unanswered(verdict)}
    assert {heading for _, heading in missing} == {"lr"}


def test_finite_differences_are_nobodys(tmp_path):
    model, points = SAMPLES["parabola"]
    path = build_model(tmp_path / "book.xlsx", of_rules(model, ["sgd"], differences=["b"]), points, epochs=2)
    verdict = judged(path, model)
    assert not verdict.differences
    told = {headings(path, "sgd")[column] for sheet, column in unanswered(verdict) if sheet == "sgd"}
    assert told == {"loss at b+h", "loss at b-h", "forward dL/db", "central dL/db", "forward off b", "central off b"}


def test_the_line_and_its_race(tmp_path):
    path = build_model(tmp_path / "book.xlsx", of_rules(LINE, rate=1e-4), LESSON_POINTS, epochs=10, epoch=7)
    verdict = judged(path, LINE)
    assert not verdict.differences and not unanswered(verdict)


def test_a_model_that_nobody_named_has_no_answers(tmp_path):
    model, points = SAMPLES["parabola"]
    path = build_model(tmp_path / "book.xlsx", of_rules(model, ["sgd"]), points, epochs=2)
    verdict = judged(path, SAMPLES["wave"][0])
    assert sum(tally.answered for tally in verdict.columns.values()) == 0


def test_of_a_users_own_rule_the_steps_have_no_answers(tmp_path):
    model, points = SAMPLES["parabola"]
    rule = Rule(lambda s, g, k: type(s)(s.w - k.lr * g / 2), ALL_RULES["sgd"].state, ALL_RULES["sgd"].knobs)
    training = training_of(model, rule, name="halved", knobs={"lr": 0.05})
    path = build_model(tmp_path / "book.xlsx", [training], points, epochs=2)
    verdict = judged(path, model)
    told = {headings(path, "halved")[column] for sheet, column in unanswered(verdict) if sheet == "halved"}
    assert told == {"new c", "new b", "new a"} and not verdict.differences


def mirrored(p, pred, x, y):
    return {"c": 2 * (pred - y), "b": 2 * (pred - y) * x, "a": 2 * (pred - y) * x}


def halved(p, pred, x, y):
    return {"c": pred - y, "b": (pred - y) * x, "a": (pred - y) * x**2}


@pytest.mark.parametrize(("wrong", "columns"), [(mirrored, {"dL/da"}), (halved, {"dL/dc", "dL/db", "dL/da"})])
def test_a_wrong_gradient_is_found_though_every_engine_agrees(tmp_path, wrong, columns):
    right, points = SAMPLES["parabola"]
    model = Model("parabola", "x", {"c": 0, "b": 0, "a": 0}, right.predict, squared_error, gradient=wrong)
    path = build_model(tmp_path / "book.xlsx", of_rules(model, ["sgd"]), points, epochs=2)
    assert verify(path).agrees
    at = headings(path, "sgd")
    found = {at[column_letters(d.column)] for d in judged(path, model).differences if d.sheet == "sgd"}
    assert columns <= found <= columns | {f"new {name[-1]}" for name in columns}


def test_a_wrong_rule_of_a_known_name_is_found(tmp_path):
    model, points = SAMPLES["parabola"]

    def adam(s, g, k):
        return ALL_RULES["adam"].update(s, g * 1.000001, k)

    training = training_of(model, Rule(adam, ALL_RULES["adam"].state, ALL_RULES["adam"].knobs), knobs={"lr": 0.1})
    path = build_model(tmp_path / "book.xlsx", [training], points, epochs=2)
    assert verify(path).agrees and judged(path, model).differences


def numbers(path):
    """Every sheet's numbers and texts by address."""
    read = openpyxl.load_workbook(path, data_only=True)
    cells = {sheet.title: [c for row in sheet.iter_rows() for c in row if c.value is not None] for sheet in read}
    return {
        title: {c.coordinate: float(c.value) if isinstance(c.value, (int, float)) else c.value for c in found}
        for title, found in cells.items()
    }


@pytest.mark.parametrize("name", ["network", "logistic"])
def test_one_cell_wrong_in_its_tenth_digit_is_found_in_every_column(tmp_path, name):
    model, points = SAMPLES[name]
    path = build_model(tmp_path / "book.xlsx", of_rules(model, ["adam"]), points, epochs=3)
    right, fifth = numbers(path), start_of(path, "adam") + 5
    for letter, heading in headings(path, "adam").items():
        address = f"{letter}{fifth}"
        wrong = right["adam"][address] * (1 + 1e-9)
        changed = {**right, "adam": {**right["adam"], address: wrong}}
        answer = expected("adam", changed, [ForwardColumns(model)])[address]
        assert abs(answer - wrong) > getattr(answer, "slack", 0) or wrong == 0, heading
        assert abs(answer - right["adam"][address]) <= 1e-12 * abs(answer) + getattr(answer, "slack", 0), heading


def test_the_report_says_whose_forward_pass_it_is(tmp_path, graddesc):
    model, points = SAMPLES["parabola"]
    path = build_model(tmp_path / "book.xlsx", of_rules(model, ["sgd"]), points, epochs=2)
    models = [ForwardColumns(each) for each in (LINE, model)]
    says = "of parabola the forward pass is the model's own, run on tensors; gradients and updates are Torch's"
    report = verify(path, (), ["torch"], models)
    report_files.write_report(tmp_path / "a.html", [report])
    report_files.write_report(tmp_path / "a.xlsx", [report])
    told = [cell.value for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["differences"] for cell in row]
    assert report_view.as_json(report)["verdicts"][0]["note"] == says and says in told
    assert says in report_view.as_text(report) and says.replace("'", "&#x27;") in (tmp_path / "a.html").read_text()
    assert verify(graddesc, (), ["torch"], models).verdicts[0].note == ""


@pytest.mark.parametrize("rules", [("sgd",), ("adam", "sgd"), ("rmsprop", "momentum")])
def test_of_a_model_that_is_not_given_there_are_no_answers_and_how_to_get_some(tmp_path, rules):
    model, points = SAMPLES["parabola"]
    path = build_model(tmp_path / "book.xlsx", of_rules(model, rules), points, epochs=2)
    verdict = judged(path)
    assert not verdict.differences and verdict.total.answered == 0
    assert "of parabola there are no answers without the model: from Python, xlsgd.verify(..., models" in verdict.note
    assert "no answers" not in judged(path, model).note


def test_the_textbooks_sheets_are_no_sheets_of_a_model(tmp_path):
    path = build("graddesc", tmp_path, LESSON_POINTS, {"adamw": trainings()["adamw"]}, epochs=2)
    assert not judged(path, LINE).differences and "no answers" not in judged(path).note
