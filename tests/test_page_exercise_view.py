"""The exercise on a page as a learner meets it, in a real browser: blank cells, typing, hints, answers, links."""

import csv
import io

import pages
import pytest
from exercise_page import address, button, cell, clue, find, lit, outcome, press, said, shown, typed
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from xlsgd.library.page import table_named, training_sheet
from xlsgd.points.points import LESSON_POINTS
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.workbooks.network.known import network_trainings, points_of

ON = "#basic&basic;exercise=gradient"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    own = [training_sheet(LESSON[name], LESSON_POINTS) for name in ("basic", "adam")]
    network = training_sheet(network_trainings()["relu_network"], points_of("relu_network"))
    return pages.written(tmp_path_factory.mktemp("page"), *own, table_named("softmax"), table_named("entropy"), network)


@pytest.fixture
def opened(chromium, path):
    pages.resized(chromium, 1280, 720)
    yield lambda hash="#basic": pages.opened(chromium, path, hash)
    assert not pages.complaints(chromium)


# ---- blank --------------------------------------------------------------------------------------------------------


def test_the_switch_is_a_button_that_keys_press_and_the_link_keeps_it(opened):
    page = opened()
    switch = button(page, "Exercise")
    assert switch.get_attribute("aria-pressed") == "false" and not find(page, ".blanks").is_displayed()
    switch.send_keys(Keys.SPACE)
    assert switch.get_attribute("aria-pressed") == "true" and find(page, ".blanks").is_displayed()
    assert address(page) == ON and shown(page, "K4") == "=?"
    switch.send_keys(Keys.SPACE)
    assert switch.get_attribute("aria-pressed") == "false" and address(page) == "#basic"


def test_a_sheet_without_exercises_has_no_switch(opened):
    assert not find(opened("#entropy"), ".exercise").is_displayed()


def test_a_blank_column_shows_neither_numbers_nor_formula_nor_what_it_reads(opened):
    page = opened(ON)
    assert [shown(page, each) for each in ("K4", "L4", "K5", "L32")] == ["=?", "=?", "?", "?"]
    assert [shown(page, each) for each in ("I1", "I2", "F4")] == ["?", "?", "1,849.00"]
    for blank in ("K4", "K5"):
        page.execute_script("arguments[0].focus()", cell(page, blank))
        assert find(page, ".formula code").text == "=?" and "E" not in find(page, ".formula .words").text
        assert not {"E4", "B4", "E5", "B5"} & lit(page), "what it reads stays dark; what reads it is another formula"
    page.execute_script("arguments[0].focus()", cell(page, "E4"))
    assert "K4" not in lit(page)


def test_the_sheet_goes_on_computing(opened):
    page, live = opened(ON), LiveSheet(LESSON["basic"])
    button(page, "Epoch", ".buttons").click()
    live.step()
    assert shown(page, "K4") == "=?"
    assert page.execute_script("return lesson.sheets[0].loss") == pytest.approx(live.recalculated().loss, rel=1e-12)
    assert address(page) == "#basic&basic;epochs=1;exercise=gradient"


def test_downloads_drawings_and_bars_keep_the_numbers_back_too(opened):
    page = opened(ON)
    read = lambda text: list(csv.DictReader(io.StringIO(text)))  # noqa: E731
    rows = read(page.execute_script("return csvOf(lesson.sheets[0])"))
    assert {row["de/db"] for row in rows} == {""} and all(row["y_pred"] for row in rows)
    typed(page, "K4", "=2*(E4-B4)")
    assert float(read(page.execute_script("return csvOf(lesson.sheets[0])"))[0]["de/db"]) == -86
    page = opened("#softmax&softmax;exercise=softmax")
    assert {each.text for each in page.find_elements(By.CSS_SELECTOR, ".result .amount")} == {"?"}
    cells = read(page.execute_script("return csvOf(lesson.sheets[2])"))
    assert {row["value"] for row in cells if row["name"].endswith(("exp", "softmax"))} == {""}
    page = opened("#relu_network&relu_network;exercise=backward+pass")
    told = page.execute_script("return document.querySelector('.network title').textContent")
    assert "h_1 0" in told and "error ?" in told and "error 0" not in told


# ---- typing -------------------------------------------------------------------------------------------------------


def test_formulas_are_typed_and_judged_until_all_are_right(opened):
    page = opened(ON)
    assert typed(page, "K4", "=2*(B4-E4)").startswith("✗ Wrong: on the sheet's numbers it comes to 86, too high by 172")
    assert typed(page, "L4", "=K4*A4") == "✗ K4 (de/db) is blank, too: find its formula first, or read other cells."
    assert typed(page, "K4", "=2*(E4-B4") == "✗ The formula ends too soon: the bracket at place 4 is not closed."
    assert shown(page, "K4") == "=?" and outcome(page) == ""
    typed(page, "L4", "=A4")
    assert typed(page, "K4", "=2*(C4+D4*A4-B4)") == "✓ Right."
    assert [shown(page, each) for each in ("K4", "L4", "I1", "I2")] == ["−86.00", "=?", "de/db=2(ax+b-y)", "?"]
    assert find(page, '[data-blank="K4"]').get_attribute("readonly") == "true"
    assert typed(page, "L4", "=K4*A4") == "✓ Right."
    assert outcome(page) == "All right: every formula of this level is found."
    assert find(page, ".outcome").get_attribute("aria-live") == "polite"


def test_a_formula_that_waits_for_another_one_is_judged_again(opened):
    page = opened(ON)
    assert "find its formula first" in typed(page, "L4", "=K4*A4")
    assert typed(page, "K4", "=2*(E4-B4)") == said(page, "L4") == "✓ Right." and outcome(page).startswith("All right")


def test_a_formula_is_typed_into_its_cell(opened):
    page = opened(ON)
    page.execute_script("arguments[0].focus()", cell(page, "K4"))
    ActionChains(page).send_keys("=2*(B4-E4)", Keys.ENTER).perform()
    assert page.switch_to.active_element.get_attribute("data-at") == "K4"
    assert find(page, ".formula code").text == "=2*(B4-E4)" and "too high by 172" in find(page, ".formula .words").text
    ActionChains(page).send_keys(Keys.ENTER, Keys.BACKSPACE * 20, "=2*(E4-B4)", Keys.ENTER).perform()
    assert said(page, "K4") == "✓ Right." and shown(page, "K5") == "−209.27"
    assert find(page, ".formula code").text == "=2*(E4-B4)" and lit(page) >= {"E4", "B4"}


def test_hints_come_on_request_the_words_first(opened):
    page = opened(ON)
    assert clue(page, "K4") == ""
    for told in ("In words: de/db = 2*(y_pred-y)", "In words: de/db = 2*(y_pred-y); it reads E4, B4"):
        press(page, "K4", "Hint")
        assert clue(page, "K4") == told and clue(page, "L4") == "" and shown(page, "K4") == "=?"


def test_an_answer_that_was_shown_is_called_so(opened):
    page = opened(ON)
    press(page, "K4", "Answer")
    assert find(page, '[data-blank="K4"]').get_attribute("value") == "=2*(E4-B4)" and shown(page, "K4") == "−86.00"
    assert said(page, "K4") == "The answer was shown."
    assert page.switch_to.active_element.get_attribute("data-blank") == "K4", "the focus is not lost with the button"
    typed(page, "L4", "=K4*A4")
    assert outcome(page) == "All formulas are in. 1 of 2 answers was shown."


def test_a_level_is_chosen_and_started_over(opened):
    page = opened("#adam&adam;exercise=Adam")
    assert typed(page, "J4", "=J3*$J$1+$K$1*F4") == "✓ Right."
    button(page, "Start over").click()
    assert said(page, "J4") == "" and shown(page, "J4") == "=?" and address(page) == "#adam&adam;exercise=Adam"
    find(page, ".exercise select").send_keys("gradient")
    assert shown(page, "F4") == "=?" and shown(page, "J4") != "=?"
    assert len(page.find_elements(By.CSS_SELECTOR, "[data-blank]")) == 2


def test_what_is_typed_stays_text(opened):
    page = opened(ON)
    hostile = "=<img src=x onerror=\"document.title='owned'\">"
    assert typed(page, "K4", hostile) == '✗ “"” at place 21 has no meaning in a formula.'
    page.execute_script("arguments[0].focus()", cell(page, "K4"))
    assert find(page, ".formula code").text == hostile
    assert not page.find_elements(By.CSS_SELECTOR, "img") and "owned" not in page.title


# ---- links and screens --------------------------------------------------------------------------------------------


def test_a_link_brings_back_what_was_found_and_what_was_shown(opened):
    page = opened(ON)
    typed(page, "K4", "=2*(C4+D4*A4-B4)")
    press(page, "L4", "Answer")
    link = address(page)
    opened(link)
    assert find(page, '[data-blank="K4"]').get_attribute("value") == "=2*(C4+D4*A4-B4)"
    assert (said(page, "K4"), said(page, "L4")) == ("✓ Right.", "The answer was shown.")
    assert outcome(page) == "All formulas are in. 1 of 2 answers was shown." and address(page) == link


@pytest.mark.parametrize("part", ["exercise=magic", "exercise=gradient;K4=%3D1", "K4=%3F", "exercise=gradient;A4=%3D1"])
def test_a_link_that_says_what_is_not_so_is_told(opened, part):
    page = opened(f"#basic&basic;{part}")
    assert "The link says what this page does not know" in find(page, ".toast").text
    assert outcome(page) == ""


def test_other_points_leave_the_exercise_as_it_is(opened):
    page = opened(ON)
    assert typed(page, "K4", "=2*(E4-B4)") == "✓ Right."
    page.execute_script("lesson.front.takePoints([[1, 2, 3], [2, 4, 7]])")
    assert [shown(page, each) for each in ("K4", "L4", "L6")] == ["0.00", "=?", "?"]
    assert typed(page, "L4", "=K4*A4") == "✓ Right."


@pytest.mark.parametrize("front", ["basic;exercise=gradient", "softmax;exercise=softmax"])
def test_on_a_phone_everything_fits_and_has_a_name(opened, front):
    page = opened(f"#{front}")
    pages.resized(page, 390, 844, mobile=True)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 390
    tree = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    asked = [node for node in tree if node.get("role", {}).get("value") in ("button", "textbox", "combobox")]
    names = [node.get("name", {}).get("value", "") for node in asked if not node.get("ignored")]
    assert all(names) and any(name.startswith("Hint: ") for name in names) and "Level" in names
