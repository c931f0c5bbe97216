"""A sheet's charts in the file, as openpyxl reads them back."""

import openpyxl
import pytest

from xlsgd.excel.writer import write_workbook
from xlsgd.sheets.description import COLOURS, Chart, Place, Series, Sheet
from xlsgd.symbols.cells import area
from xlsgd.symbols.checked import NUM

PLACES = tuple(Place(f"A{row}", value=float(row)) for row in range(1, 6))
LINE = Series("loss", area("A1:A5", "s", fixed=True))
OVER = LINE._replace(over=area("B1:B5", "s", fixed=True))


def chart(*series, **options):
    return Chart("Loss by epoch", series or (LINE,), "D4", 6, 12, **options)


@pytest.fixture
def drawn(tmp_path):
    """Return what draws charts and reads the first back."""

    def made(*charts):
        path = tmp_path / "a.xlsx"
        write_workbook(path, [Sheet("s", PLACES, charts=charts)], "t")
        return openpyxl.load_workbook(path)["s"]._charts

    return made


def test_a_chart_stands_where_it_is_said_to_with_its_names(drawn):
    (found,) = drawn(chart(x="epoch", y="error"))
    assert (found.anchor._from.row, found.anchor._from.col) == (3, 3)
    titles = [found.title, found.x_axis.title, found.y_axis.title]
    assert [title.tx.rich.p[0].r[0].t for title in titles] == ["Loss by epoch", "epoch", "error"]
    assert found.series[0].val.numRef.f == "s!$A$1:$A$5" and found.tagname == "lineChart"


def test_one_line_needs_no_legend(drawn):
    one, two = drawn(chart(), chart(LINE, LINE._replace(name="other"))._replace(top_left="D20"))
    assert one.legend is None and two.legend.position == "b"


def test_over_numbers_and_over_their_logarithms(drawn):
    plain, log = drawn(
        chart(OVER, kind="scatter", x_most=50, x_least=10),
        chart(OVER, kind="scatter", log=True, x_log=True, y_span=(1.0, 9.0))._replace(top_left="D20"),
    )
    assert plain.tagname == "scatterChart" and plain.series[0].xVal.numRef.f == "s!$B$1:$B$5"
    assert (plain.x_axis.scaling.min, plain.x_axis.scaling.max, plain.y_axis.crossesAt) == (10, 50, 10)
    assert plain.y_axis.scaling.logBase is None
    assert log.x_axis.scaling.logBase == log.y_axis.scaling.logBase == 10
    assert (log.y_axis.scaling.min, log.y_axis.scaling.max) == (1, 9)


def test_a_small_chart_has_room_for_its_lines(drawn):
    """What programs leave to it by themselves is a sixth of a chart that is ten rows high, with a legend."""
    lines = OVER._replace(name="slope"), OVER._replace(name="intercept", second=True)
    small = chart(*lines, kind="scatter", x="epoch", y="b", y_second="a")._replace(columns_wide=4, rows_high=10)
    (found,) = drawn(small)
    area = found.layout.manualLayout
    assert area.layoutTarget == "inner"
    assert 0.1 < area.x < area.x + area.w < 1 and 0.1 < area.y < area.y + area.h < 0.9
    assert area.h > 0.4 and area.w > 0.3


@pytest.mark.parametrize(
    ("most", "wide", "step"),
    [(100, 4, 50), (100, 7, 20), (100, 16, 5), (20, 7, 5), (3, 16, 1), (1000, 4, 500), (1, 7, 0.2)],
)
def test_the_labels_below_have_room_side_by_side(drawn, most, wide, step):
    (found,) = drawn(chart(OVER, kind="scatter", x_most=most, x_least=0)._replace(columns_wide=wide))
    assert found.x_axis.majorUnit == pytest.approx(step, rel=1e-15)


@pytest.mark.parametrize(
    ("style", "marker", "has_line"), [("line", None, True), ("dots", "circle", False), ("point", "star", False)]
)
def test_how_a_series_looks(drawn, style, marker, has_line):
    (found,) = drawn(chart(OVER._replace(style=style), kind="scatter"))
    (series,) = found.series
    assert series.marker.symbol == marker
    assert bool(series.spPr.ln.noFill) is not has_line


def test_what_the_others_are_to_reach_is_dashed_and_each_has_its_colour(drawn):
    (found,) = drawn(chart(OVER, OVER._replace(name="b"), OVER._replace(name="answer", style="dashed"), kind="scatter"))
    lines = [series.spPr.ln for series in found.series]
    assert [line.solidFill.srgbClr for line in lines[:2]] == [colour.strip("#") for colour in COLOURS[:2]]
    assert [line.prstDash for line in lines] == ["solid", "solid", "dash"]


def test_there_are_more_series_than_colours(drawn):
    many = [OVER._replace(name=str(i)) for i in range(len(COLOURS) + 1)]
    (found,) = drawn(chart(*many, kind="scatter"))
    colours = [series.spPr.ln.solidFill.srgbClr for series in found.series]
    assert colours[0] == colours[-1] and len(set(colours)) == len(COLOURS)


def test_values_that_are_streamed_come_along_and_errors_as_gaps(drawn):
    (found,) = drawn(chart(LINE._replace(cached=(1.5, NUM, 2.5))))
    points = {point.idx: point.v for point in found.series[0].val.numRef.numCache.pt}
    assert points == {0: 1.5, 2: 2.5}
