"""The page's line charts in a real browser: whatever the numbers, a line to see and ticks that can be told."""

import math

import pages
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xlsgd.page.trainings import page_of_training
from xlsgd.points.points import LESSON_POINTS
from xlsgd.sheets.lesson import LESSON

DRAWN = """
const chart = new LineChart("numbers", { log: arguments[1] });
chart.draw([{ name: "it", values: arguments[0] }]);
const numbers = (text) => text.match(/-?[\\d.]+|NaN|Infinity/g).map(Number);
return {
  labels: [...chart.svg.querySelectorAll(".rule + .tick")].map((each) => each.textContent.replaceAll("\\u2212", "-")),
  rules: [...chart.svg.querySelectorAll(".rule")].map((each) => Number(each.getAttribute("y1"))),
  line: chart.svg.querySelector(".line") ? numbers(chart.svg.querySelector(".line").getAttribute("d")) : [],
};"""

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    path = pages.written(tmp_path_factory.mktemp("charts"), page_of_training(LESSON["adam"], LESSON_POINTS))
    yield pages.opened(chromium, path)
    assert not pages.complaints(chromium), "among them coordinates that are no numbers"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(NUMBERS, min_size=1, max_size=5), log=st.booleans())
@example(values=[1e17], log=False)  # a step of the ticks is lost on it
@example(values=[1e308, -1e308], log=False)  # their span is no number
@example(values=[-1.7e308], log=True)
@example(values=[1e-300, 1e300], log=True)
@example(values=[5e-324], log=True)
@example(values=[0.0, 0.0], log=True)
def test_numbers_of_any_size_are_drawn_with_ticks_that_can_be_told(page, values, log):
    drawn = page.execute_script(DRAWN, values, log)
    assert len(drawn["line"]) == 2 * len(values)
    assert all(math.isfinite(each) and -1 <= each <= 381 for each in drawn["line"] + drawn["rules"])
    assert len(drawn["rules"]) == len(drawn["labels"]) == len(set(drawn["labels"])) <= 9
    labels = [float(each) for each in drawn["labels"]]
    assert labels == sorted(labels)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([2624.520791], [2500, 2600, 2700]),
        ([2624.2, 2626.1], [2624.5, 2625, 2625.5, 2626]),
        ([0, 1], [0, 0.5, 1]),
        ([-3, 12], [0, 5, 10]),
        ([123400, 123600], [123400, 123450, 123500, 123550, 123600]),
    ],
)
def test_ticks_are_round_numbers_that_stand_where_they_say(page, values, labels):
    drawn = page.execute_script(DRAWN, values, False)
    assert [float(each) for each in drawn["labels"]] == labels
    steps = {round(high - low, 6) for high, low in zip(drawn["rules"], drawn["rules"][1:], strict=False)}
    assert len(steps) == 1, "equal steps of the numbers are equal on the screen"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234.56, "1235"),
        (-0.000123456, "−0.0001235"),
        (1234567, "1235000"),
        (1.872e19, "1.872E+19"),
        (-2.5e-9, "−2.5E−9"),
        (1e300, "1E+300"),
    ],
)
def test_a_number_in_running_text_is_short(page, value, text):
    assert page.execute_script("return brief(arguments[0])", value) == text
