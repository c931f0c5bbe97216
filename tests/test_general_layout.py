"""Where the cells of a sheet stand that the course does not have."""

import pytest
from sample_models import SAMPLES

from xlsgd.run.press import LiveSheet
from xlsgd.sheets.description import Place
from xlsgd.sheets.general_layout import button_cells, general_layout, layout_of
from xlsgd.sheets.layout import Layout
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.placer import training_sheet
from xlsgd.sheets.trainings import training_of
from xlsgd.symbols.cells import addresses

MODEL = SAMPLES["parabola"][0]
ADAM = training_of(MODEL, "adam")


def sheet_of(training, layout, n=3):
    return training_sheet(training, layout, n, LiveSheet(training).values() if training is not ADAM else VALUES)


VALUES = LiveSheet(ADAM, SAMPLES["parabola"][1]).values()


def test_the_courses_sheets_have_a_layout_of_their_own_and_all_others_the_general_one():
    assert layout_of(LESSON["adam"]) is LESSON["adam"].layout
    assert layout_of(ADAM).cells == general_layout(ADAM).cells


def test_knobs_in_row_2_headings_in_row_3_starts_in_row_4_points_from_row_5():
    cells = {place.address: place.text or place.key for place in sheet_of(ADAM, general_layout(ADAM)).places}
    assert {key: cells[key] for key in ("B1", "B2", "C1", "C2", "D1", "D2", "F1", "F2", "A3", "B3", "C3", "A4")} == {
        "B1": "parabola", "B2": "adam", "C1": "lr", "C2": "lr", "D1": "beta1", "D2": "beta1", "F1": "eps", "F2": "eps",
        "A3": "x", "B3": "y", "C3": "c", "A4": "start",
    }  # fmt: skip
    layout = general_layout(ADAM)
    assert (layout.first_row, layout.headings, layout.freeze, layout.epoch) == (5, 3, "C5", "A2")


def test_a_starting_value_stands_below_the_heading_of_the_column_that_it_is_continued_in():
    """The first row's parameter is the cell above in the column of the new ones."""
    sheet = sheet_of(ADAM, general_layout(ADAM))
    headings = {place.text: place.address.removesuffix("3") for place in sheet.places if place.style == "heading"}
    for name in ("c", "b", "a"):
        assert sheet.place(name).address == f"{headings[f'new {name}']}4"
    assert sheet.place("m c").address == f"{headings['m c']}4"


def test_rows_left_free_move_everything_below_them_down():
    plain, moved = general_layout(ADAM), general_layout(ADAM, top=2, gap=3)
    assert (moved.first_row, moved.headings, moved.freeze, moved.epoch) == (10, 8, "", "A4")
    assert moved.cells["lr"] == "C4" and plain.cells["lr"] == "C2"
    letters, row = plain.cells["c"].rstrip("0123456789"), int(moved.cells["c"][-1])
    assert moved.cells["c"] == f"{letters}9" and row == moved.first_row - 1


def test_a_sheet_that_does_not_name_its_rule_has_its_knobs_where_they_were():
    named, plain = general_layout(ADAM), general_layout(ADAM, names_rule=False)
    assert named.cells == plain.cells and [each.address for each in plain.head[:2]] == ["C1", "D1"]


def test_formats_by_heading_and_for_the_others():
    layout = general_layout(ADAM, formats={"new c": "0.00"}, format="0.0000")
    assert {place.key: place.format for place in layout.start if place.key} == {
        "c": "0.00", "b": "0.0000", "a": "0.0000"
    }  # fmt: skip


def test_a_footer_is_labelled_below_the_rows():
    below = [(each.letter, each.down, each.text or each.key) for each in general_layout(ADAM, footer="mean").below]
    assert below[0] == ("A", 1, "mean") and below[1][1:] == (1, "mean loss") and len(below) == 2
    assert len(general_layout(ADAM).below) == 1


def test_names_are_those_of_knobs_that_are_no_cells_and_of_what_goes_on_to_the_next_epoch():
    sheet = sheet_of(ADAM, general_layout(ADAM))
    names = {name: addresses(cells) for name, cells in sheet.names.items()}
    assert {name: names[name] for name in ("lr", "beta1", "beta2", "eps")} == {
        "lr": "C2", "beta1": "D2", "beta2": "E2", "eps": "F2"
    }  # fmt: skip
    for name, row in (("start", 4), ("last", 7)):
        first, last = names[name].split(":")
        assert first.endswith(str(row)) and last.endswith(str(row))
    batched = training_of(MODEL, schedule="cosine")
    sheet = training_sheet(batched, general_layout(batched), 3, LiveSheet(batched, SAMPLES["parabola"][1]).values())
    assert "T" in sheet.names


@pytest.mark.parametrize("name", ["adamw", "sgd", "adam_textbook"])
def test_a_buttons_cells_are_those_of_the_sheets_places(name):
    training = trainings()[name]
    cells, sheet = (
        button_cells(training, 3),
        training_sheet(training, layout_of(training), 3, LiveSheet(training).values()),
    )
    for start, _ in training.starts.values():
        assert cells[start] == sheet.place(start).address
    for knob in training.knobs._fields:
        assert cells[knob] == sheet.place(knob).address
    assert cells["start"] == addresses(sheet.names["start"]) and cells["last"] == addresses(sheet.names["last"])
    for field, (source, target) in training.targets.items():
        first, *_, last = [training.states_of(field)[0], *training.states_of(field)]
        assert cells[target] == f"{sheet.place(first).address}:{sheet.place(last).address}"
        assert cells[source] == cells[target].replace("4", "7")


def test_a_layouts_cells_are_its_keys_of_head_and_start():
    layout = Layout((Place("A1", "label"), Place("C1", key="lr")), 5, 3, "", {}, start=(Place("D4", key="m b"),))
    assert layout.cells == {"lr": "C1", "m b": "D4"}
