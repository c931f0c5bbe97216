"""Which charts of two sheets belong together, and what differs between them."""

from hypothesis import given
from hypothesis import strategies as st

from xlsgd.reading.charts import ReadChart
from xlsgd.verifying.comparing.charts import differences, paired

LOSS = ReadChart("E4", ("line",), "Loss", ("y=(S!R1C1)",))
PATH = ReadChart("E20", ("scatter",), "Path", ("x=(S!R1C1) y=(S!R1C2)", "y=(S!R1C3)"))


def told(one, other):
    return [(found.address, found.kind, found.original, found.copy) for found in differences("S", one, other)]


def test_each_with_the_one_that_is_most_like_it_whatever_the_order():
    moved = PATH._replace(anchor="A1")
    assert paired([LOSS, PATH], [moved, LOSS]) == [(LOSS, LOSS), (PATH, moved)]


def test_a_chart_like_none_stays_alone():
    other = ReadChart("Z9", ("bar (col)",), "", ("y=(S!R9C9)",))
    assert paired([LOSS, other], [PATH, LOSS]) == [(LOSS, LOSS), (other, None), (None, PATH)]
    assert paired([], [LOSS]) == [(None, LOSS)] and paired([LOSS], []) == [(LOSS, None)]


def test_two_without_a_title_do_not_share_it():
    one, other = (ReadChart(anchor, (kind,), "", ()) for anchor, kind in (("A1", "line"), ("B2", "scatter")))
    assert paired([one], [other]) == [(one, None), (None, other)]


CHARTS = st.builds(
    ReadChart, st.sampled_from(["A1", "B2"]), st.sampled_from([("line",), ("scatter",)]), st.sampled_from(["", "a"]),
    st.lists(st.sampled_from(["y=1", "y=2"]), max_size=2, unique=True).map(tuple),
)  # fmt: skip


@given(st.lists(CHARTS, max_size=5), st.lists(CHARTS, max_size=5))
def test_every_chart_is_in_one_pair(first, second):
    pairs = paired(first, second)
    assert [one for one, _ in pairs if one] == first
    assert sorted(other for _, other in pairs if other) == sorted(second)


@given(st.lists(CHARTS, max_size=5))
def test_a_sheet_is_like_itself(charts):
    assert all(told(*pair) == [] for pair in paired(charts, charts))


def test_what_differs_is_told_one_by_one():
    other = PATH._replace(anchor="F20", types=("line",), title="Way", series=("y=(S!R1C3)", "y=(S!R1C9)"))
    assert told(PATH, other) == [
        ("E20", "chart type", "scatter", "line"),
        ("E20", "chart title", "Path", "Way"),
        ("E20", "chart anchor", "E20", "F20"),
        ("E20", "chart series", "x=(S!R1C1) y=(S!R1C2)", "y=(S!R1C9)"),
    ]


def test_a_title_that_one_lacks_and_a_series_more():
    assert told(LOSS, LOSS._replace(title="", series=(*LOSS.series, "y=2"))) == [
        ("E4", "chart title", "Loss", None), ("E4", "chart series", None, "y=2"),
    ]  # fmt: skip


def test_a_series_that_one_has_twice_is_missing_once():
    twice = LOSS._replace(series=LOSS.series * 2)
    assert told(twice, LOSS) == [("E4", "chart series", LOSS.series[0], None)]
    assert told(LOSS, twice) == [("E4", "chart series", None, LOSS.series[0])]


def test_a_missing_chart_is_told_by_what_it_shows():
    shown = "scatter chart 'Path' of x=(S!R1C1) y=(S!R1C2); y=(S!R1C3)"
    assert told(PATH, None) == [("E20", "chart", shown, None)] and told(None, PATH) == [("E20", "chart", None, shown)]
    assert told(ReadChart("A1", ("line",), "", ()), None)[0][2] == "line chart '' of nothing"
