"""Where all epochs of a training sheet stand, unrolled."""

import pytest
from sample_models import SAMPLES

from xlsgd.sheets.general_layout import layout_of
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.trainings import training_of
from xlsgd.sheets.unrolled import LEFT_OUT, anneals, unrolled
from xlsgd.symbols.to_excel import spell

ADAM = unrolled(LESSON["adam"], layout_of(LESSON["adam"]), n=29, passes=15, warm=4)


def test_epochs_are_the_passes_after_the_resets_own():
    assert ADAM.epochs == 10 and ADAM.name == "adam_run" and ADAM.host == "adam"
    assert ADAM._replace(layout=ADAM.layout._replace(host="race")).host == "race"


def test_rows_begin_below_the_lines_and_two_lines_of_text():
    """Lines from row 4 on, one a pass; a free row, a title, the headings."""
    assert ADAM.first == 4 + 15 + 3


def test_the_last_row_of_a_pass_and_its_losses():
    assert [spell(ADAM.last(index, "b")) for index in (0, 1, 14)] == ["C50", "C79", f"C{ADAM.first + 15 * 29 - 1}"]
    assert spell(ADAM.losses(0)) == f"{ADAM.letters['err^2']}22:{ADAM.letters['err^2']}50"
    assert spell(ADAM.losses(1)).split(":")[0].endswith("51")


def test_a_line_is_seen_from_epoch_0_on():
    assert spell(ADAM.line("loss")) == "adam_run!${0}$8:${0}$18".format(ADAM.lines["loss"])
    assert spell(ADAM.line("loss", fixed=False)) == "adam_run!{0}8:{0}18".format(ADAM.lines["loss"])


@pytest.mark.parametrize("name", LESSON)
def test_the_columns_of_a_line_and_of_a_row(name):
    training = LESSON[name]
    where = unrolled(training, layout_of(training), 29, 15, 4)
    assert list(where.lines) == [
        "pass", "epoch", "const", "slope", "lr", *training.carried, *training.seeds,
        "loss", "near", "answer b", "answer a",
    ]  # fmt: skip
    assert list(where.letters)[:2] == ["x", "y"] and "err^2" in where.letters
    assert not set(where.letters) & set(LEFT_OUT)
    letters = list(where.letters.values())
    assert len(set(letters)) == len(letters)


def test_where_no_answer_is_known_half_the_loss_is_the_goal():
    training = training_of(SAMPLES["parabola"][0], "adam")
    where = unrolled(training, layout_of(training), 12, 5, 0, answered=False)
    assert where.goal == "half the loss" == list(where.lines)[-1] and where.epochs == 4
    assert list(where.lines)[2:6] == ["c", "b", "a", "lr"] and ADAM.goal == "near"


def test_only_the_annealing_sheet_anneals():
    assert [name for name, training in LESSON.items() if anneals(training)] == ["adam_ann"]
