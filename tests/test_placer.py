"""Where a training sheet's cells stand and what their formulas refer to, read off the spelled sheet."""

import pytest
from sample_models import SAMPLES

from xlsgd.run.press import LiveSheet
from xlsgd.sheets.general_layout import general_layout, layout_of
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.placer import formula_of, knob_places, place_row, states_beside, training_sheet
from xlsgd.sheets.record import record
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import RowOf, addresses, at, here
from xlsgd.symbols.expression import symbol
from xlsgd.symbols.to_excel import spell


def placed(training, n=3, layout=None):
    live = LiveSheet(training)
    return training_sheet(training, layout or layout_of(training), n, live.values())


def in_row(expression, row, point=0):
    """A formula as it is spelled in some row, of the point that stands in a row of another sheet."""
    starts = {RowOf.HERE: row, RowOf.POINT: point}
    return spell(expression, lambda r: str(r.row + starts.get(r.row_of, 0)))


def columns_of(sheet, row):
    formulas = {column.letter: column.formula for column in sheet.rows.columns}
    point = sheet.rows.points + row - sheet.rows.first
    return {letter: None if formula is None else in_row(formula, row, point) for letter, formula in formulas.items()}


def test_adams_row_is_the_courses():
    """README's table, which is the course's file."""
    found = columns_of(placed(LESSON["adam"]), 4)
    assert {letter: found[letter] for letter in "FGHIJKLM"} == {
        "F": "2*(D4*A4+C4-B4)", "G": "F4*A4", "H": "C4-J4*$D$2/SQRT(L4)", "I": "D4-K4*$D$2/SQRT(M4)",
        "J": "J3*$J$1+$K$1*F4", "K": "K3*$J$1+$K$1*G4", "L": "L3*$L$1+$M$1*F4^2", "M": "M3*$L$1+$M$1*G4^2",
    }  # fmt: skip
    assert found["A"] is found["B"] is None


def test_the_first_row_starts_from_the_header_and_the_others_from_the_row_above():
    sheet = placed(LESSON["adam"])
    b = next(column for column in sheet.rows.columns if column.letter == "C")
    assert in_row(b.formula, 5) == "H4" and in_row(b.first, 4) == "C1"
    sheet = placed(trainings()["adamw"])
    starting = [column for column in sheet.rows.columns if column.first is not None]
    assert starting == [], "the starting values stand in the row above the first, so every row is alike"


@pytest.mark.parametrize("name", trainings())
def test_every_value_of_the_row_has_a_column_and_every_key_a_number(name):
    training = trainings()[name]
    sheet = placed(training)
    assert len(sheet.rows.columns) == len(training.point) + len(record(training.key).values)
    assert len({place.address for place in sheet.places}) == len(sheet.places), "no two in a cell"
    assert all(place.text or place.value != "" for place in sheet.places)


def test_one_less_a_knob_is_a_formula_of_the_knobs_cell():
    sheet = placed(LESSON["adam"])
    assert spell(sheet.place("1-beta1").formula) == "1-J1" and sheet.place("1-beta1").value == 1 - 0.9
    assert sheet.place("beta1").formula is None


def test_the_courses_states_are_looked_up_from_below_the_rows():
    sheet = placed(LESSON["momentum"], n=3)
    above, below = (place for place in sheet.places if place.key == "m b")
    assert (above.address, spell(above.formula), below.address, below.formula) == ("J3", "J7", "J7", None)
    assert above.value == below.value != 0


def test_a_batchs_rows_are_counted_by_a_formula():
    training = training_of(SAMPLES["parabola"][0], batch=2)
    sheet = placed(training, n=3)
    counted = [name for name, start in training.local.items() if start is None]
    assert [spell(sheet.place(name).formula) for name in counted] == [f"COUNT(A{sheet.rows.first}:A{sheet.rows.last})"]


def test_what_stands_below_refers_to_the_whole_columns():
    sheet = placed(LESSON["basic"], n=3)
    assert spell(sheet.place("rmse").formula) == "SQRT(SUM(F4:F6))" and sheet.place("rmse").address == "F7"
    ann = placed(LESSON["adam_ann"], n=3)
    assert spell(ann.place("gradrat").formula) == "avg_grad2/prev_grad2"
    assert addresses(ann.names["prev_grad2"]) == "N3" and addresses(ann.names["avg_grad2"]) == "N7"


def test_points_may_be_looked_up_from_another_sheet():
    """One column further right, and from another row where they stand in one."""
    training = trainings()["adamw"]
    layout = general_layout(training, points_on="data")
    assert columns_of(placed(training, layout=layout), 7)["A"] == "data!B7"
    other = columns_of(placed(training, layout=layout._replace(points_row=4)), 7)
    assert (other["A"], other["B"]) == ("data!B6", "data!C6")


def test_knobs_are_seen_from_another_sheet_and_one_less_where_it_has_a_cell():
    training = LESSON["adam"]
    knobs = record(training.key).knobs
    places = knob_places(training, layout_of(training), knobs, "adam")
    assert spell(places[knobs.beta1]) == "adam!$J$1" and spell(places[1 - knobs.beta1]) == "adam!$K$1"
    assert 1 - knobs.lr not in places
    general = trainings()["adam_textbook"]
    knobs = record(general.key).knobs
    assert 1 - knobs.beta1 not in knob_places(general, layout_of(general), knobs)


def test_a_formula_refers_to_another_cell_with_its_value_but_not_to_itself():
    value, other = symbol("p") + symbol("q"), symbol("p")
    places = {value: here(3), other: here(1)}
    assert formula_of(value, here(3), places) is here(1) + symbol("q")
    assert formula_of(value, here(4), places) is here(3)
    assert formula_of(symbol("q"), here(4), places) is symbol("q")


def test_states_beside_the_parameters():
    assert states_beside(LESSON["adam"]) == ["m b", "m a", "v b", "v a"] and states_beside(LESSON["basic"]) == []


def test_symbols_of_states_stand_in_the_row_above():
    row = place_row(LESSON["adam"], layout_of(LESSON["adam"]))
    assert row.letters["m b"] == "J" and row.places[symbol("m b")] is here(10, up=1)
    assert row.places[row.row.values["m b"]] is here(10) and row.places[row.row.knobs.lr] is at("D2", fixed=True)
