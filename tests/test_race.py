"""The race: every optimizer's line, against what a reader would count off the losses."""

import pytest
from openpyxl.utils import column_index_from_string
from sample_models import SAMPLES

from xlsgd.points.points import LESSON_POINTS
from xlsgd.run.least_squares import least_squares
from xlsgd.sheets.description import SCIENTIFIC
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.race import LEAST_SQUARES, TABLE, race_sheet
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.checked import NUM
from xlsgd.symbols.to_excel import spell
from xlsgd.workbooks.filled_history import epochs_of

EPOCHS = 4
WHERE = [epochs_of(LESSON[name], LESSON_POINTS, EPOCHS).where for name in ("basic", "adam")]
LINES = {
    "basic": {"near": [0, 0, 0, 0, 0], "loss": [9.0, 8.0, 7.0, 6.0, 5.0]},
    "adam": {"near": [0, 0, 1, 0, 1], "loss": [9.0, 4.0, 1.0, 0.5, NUM]},
}


def race(answer=None):
    answer = least_squares(LESSON_POINTS)._asdict() if answer is None else answer
    return {place.address: place for place in race_sheet(WHERE, LINES, answer).places}


def test_a_line_for_each_optimizer_in_order():
    cells = race()
    assert [cells[f"A{row}"].text for row in (TABLE, TABLE + 1)] == ["basic", "adam"]
    assert [cells[f"{c}7"].value for c in "BCD"] == ["not yet", 9.0, 5.0]
    assert [cells[f"{c}8"].value for c in "BCD"] == [2, 9.0, "#NUM!"], "the first epoch that is near, not the last"
    assert type(cells["B8"].value) is int and cells["C8"].format == cells["D8"].format == SCIENTIFIC


def test_formulas_count_from_epoch_0_on():
    cells, near = race(), WHERE[1].lines["near"]
    first = 4 + WHERE[1].warm
    area, rows = f"adam_run!{near}{first}:{near}{first + EPOCHS}", (first, first + EPOCHS)
    assert spell(cells["B8"].formula) == f'IF(COUNTIF({area},1)=0,"not yet",MATCH(1,{area},0)-1)'
    losses = "adam_run!{0}{1}:{0}{2}".format(WHERE[1].lines["loss"], *rows)
    assert spell(cells["C8"].formula) == f"INDEX({losses},1)"
    assert spell(cells["D8"].formula) == f"INDEX({losses},{EPOCHS + 1})"


def test_the_answer_is_made_of_the_first_sheets_points():
    cells = race()
    assert (cells["B3"].value, cells["B4"].value) == (30.0, 2.0)
    assert spell(cells[LEAST_SQUARES["mean_x"]].formula).count("basic!$A$4:$A$32") == 4
    assert "F3" in spell(cells[LEAST_SQUARES["slope"]].formula), "what stands in a cell is not spelled out again"


def test_where_no_answer_is_known_half_the_loss_is_what_is_counted():
    model, points = SAMPLES["parabola"]
    where = [epochs_of(training_of(model, rule, name=rule), points, 3).where for rule in ("sgd", "adam")]
    lines = {name: {"half the loss": [0, 1, 1, 1], "loss": [4.0, 2.0, 1.0, 1.0]} for name in ("sgd", "adam")}
    sheet = race_sheet(where, lines, {})
    cells = {place.address: place for place in sheet.places}
    assert cells["B6"].text == "epochs to half" and cells["B7"].value == 1 and "B3" not in cells
    assert [chart.title for chart in sheet.charts] == ["Loss by epoch"]
    assert len(race_sheet(WHERE, LINES, least_squares(LESSON_POINTS)._asdict()).charts) == 2


def test_a_long_name_has_room():
    model, points = SAMPLES["parabola"]
    training = training_of(model, name="a_rather_long_name_of_it")
    where = epochs_of(training, points, 2).where
    lines = {training.name: {"half the loss": [0, 0, 0], "loss": [1.0, 1.0, 1.0]}}
    assert race_sheet([where], lines, {}).widths["A"] == len(training.name) + 2


@pytest.mark.parametrize("title", ["Loss by epoch", "Path of the weights, epoch by epoch"])
def test_charts_show_every_optimizer(title):
    charts = {chart.title: chart for chart in race_sheet(WHERE, LINES, least_squares(LESSON_POINTS)._asdict()).charts}
    names = [series.name for series in charts[title].series]
    assert names[:2] == ["basic", "adam"] and (len(names) == 2) == title.startswith("Loss")


def test_charts_stand_beside_the_table():
    """Where they are seen at once; below it they would not be."""
    sheet = race_sheet(WHERE, LINES, least_squares(LESSON_POINTS)._asdict())
    last = max(column_index_from_string(place.address.rstrip("0123456789")) for place in sheet.places)
    assert [column_index_from_string(chart.top_left.rstrip("0123456789")) > last for chart in sheet.charts] == [
        True
    ] * 2
