"""What a sweep leaves behind: read back with the csv module, pandas, openpyxl and pillow, which did not write it."""

import csv
import math
import sys
from typing import NamedTuple

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from sample_models import SAMPLES

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import RULES, Rule, Weight
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.sheets.trainings import training_of
from xlsgd.sweeping import files as sweep_files
from xlsgd.sweeping import heatmap as sweep_map
from xlsgd.sweeping.files import write_sweep
from xlsgd.sweeping.goal import goal_of
from xlsgd.sweeping.grid import Axis, grid
from xlsgd.sweeping.results import Results, best, describe, map_of

pytest.importorskip("matplotlib")
SHEETS = trainings()
GOAL = goal_of(SHEETS["adam"], LESSON_POINTS)


def invoke(*arguments):
    return CliRunner().invoke(cli, ["sweep", *map(str, arguments)])


@pytest.fixture(scope="module")
def momentum(tmp_path_factory):
    folder = tmp_path_factory.mktemp("momentum")
    axes = grid(SHEETS["momentum"], {"lr": "1e-5:1e-2:12", "beta": "0:0.99:7"})
    results, files = write_sweep(SHEETS["momentum"], axes, 30, folder)
    return results, dict(zip(("csv", "png", "xlsx"), files, strict=True))


def test_the_csv_has_a_line_for_each_combination_at_full_precision(momentum):
    results, files = momentum
    with files["csv"].open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["lr", "beta", "final_loss", "diverged", "epochs_to_1_percent"]
    assert len(lines) == 12 * 7
    lr, beta = (axis.values for axis in results.axes)
    assert [(float(line["lr"]), float(line["beta"])) for line in lines] == [(i, j) for i in lr for j in beta]
    losses = [float(line["final_loss"] or "nan") for line in lines]
    np.testing.assert_array_equal(losses, results.loss)
    assert [line["diverged"] == "1" for line in lines] == np.isnan(results.loss).tolist()
    assert {"0", "1"} == {line["diverged"] for line in lines}  # the grid reaches into both


def test_the_picture_is_a_picture(momentum):
    from PIL import Image

    with Image.open(momentum[1]["png"]) as image:
        assert image.format == "PNG"
        assert image.size == (round(12.5 * 150), round(5.6 * 150))
        assert len(image.convert("RGB").getcolors(1 << 24)) > 20


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "ranges", [{"lr": "0.1:1:5", "weight_decay": "1e-5:1:10"}, {"lr": "0.1:1:2", "beta": "0:0.9:3"}]
)
def test_a_setting_outside_of_the_map_leaves_the_map_its_room(ranges, tmp_path):
    """A mark that is drawn nowhere once took all of it, which matplotlib said in a warning."""
    write_sweep(SHEETS["adamw"], grid(SHEETS["adamw"], ranges), 3, tmp_path)


def test_a_curve_says_where_the_sheet_s_setting_is_not(tmp_path):
    from matplotlib.figure import Figure

    for rates, outside in (("1:1e3:4", True), ("1e-5:1:4", False)):
        results, _ = write_sweep(SHEETS["momentum"], grid(SHEETS["momentum"], {"lr": rates}), 2, tmp_path)
        figure = Figure()
        sweep_map._draw_curves(figure, map_of(results, 9, 9), results)
        (legend,) = figure.legends
        labels = [text.get_text() for text in legend.get_texts()]
        assert labels == ["a run", "diverged", "the sheet's setting: lr 0.0001" + " (outside)" * outside]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("arrived", "said"), [(math.nan, True), (3.0, False)])
def test_the_curves_of_one_knob_rise_and_say_where_no_run_arrived(tmp_path, arrived, said):
    from matplotlib.figure import Figure

    results, _ = write_sweep(SHEETS["basic"], grid(SHEETS["basic"], {"lr": "1e-5:1e-4:3"}), 4, tmp_path)
    figure, map_ = Figure(), map_of(results, 9, 9)
    sweep_map._draw_curves(figure, map_._replace(epochs=np.array([[math.nan, math.nan, arrived]])), results)
    left, right = figure.axes
    assert not figure.legends[0].get_frame_on()
    assert right.get_ylim() == (0, 4 * 1.05) and left.get_ylim()[0] < results.loss.min() < left.get_ylim()[1]
    assert [text.get_text() for text in right.texts] == [f"no run came {results.goal.short}"] * said


def test_each_heading_of_the_workbook_has_its_room(tmp_path):
    """13 digits take the longest heading."""
    axes = grid(SHEETS["adam"], {"lr": "1e-3:10:3", "beta": "0:0.9:7", "beta2": "0.9:0.999:2"})
    _, files = write_sweep(SHEETS["adam"], axes, 2, tmp_path)
    for sheet in [openpyxl.load_workbook(files[-1])["best"]]:
        headings = [cell for cell in sheet[3] if cell.value]
        assert [cell.value for cell in headings] == ["lr", "beta1", "beta2", "loss", "epochs to 1 %"]
        groups = sheet.column_dimensions.values()
        wide = {column for group in groups for column in range(group.min, group.max + 1) if group.width >= 13}
        assert {cell.column for cell in headings} <= wide


def test_one_is_not_many():
    one = Results(SHEETS["basic"], (), 1, 1, np.zeros(1), np.zeros(1), GOAL)
    assert describe(one) == "basic: 1 run of 1 epoch on 1 point"
    many = Results(SHEETS["basic"], (), 100, 29, np.zeros(2000), np.zeros(2000), GOAL)
    assert describe(many) == "basic: 2,000 runs of 100 epochs on 29 points"


def test_the_workbook_has_the_best_first_and_maps_of_small_cells(momentum):
    results, files = momentum
    book = openpyxl.load_workbook(files["xlsx"])
    assert book.sheetnames == ["best", "final loss", "epochs to 1 %"]
    sheet = book["best"]
    assert [cell.value for cell in sheet[3]][:4] == ["lr", "beta", "loss", "epochs to 1 %"]
    first = [cell.value for cell in sheet[4]][:3]
    place = int(np.nanargmin(results.loss))
    assert first == pytest.approx([*knobs_at(results, place), results.loss[place]], rel=1e-15)  # 16 digits are written
    sheet, top = book["final loss"], 4
    assert "lr to the right, beta downwards" in sheet["A1"].value
    shown = [[sheet.cell(top + j, 2 + i).value for j in range(7)] for i in range(12)]
    for value, loss in zip(np.ravel(np.array(shown, object)), results.loss, strict=True):
        assert value == "diverged" if math.isnan(loss) else value == pytest.approx(loss, rel=1e-15)
    (scale,) = [rule for rules in sheet.conditional_formatting for rule in rules.rules]
    assert scale.type == "colorScale"
    assert sheet.column_dimensions["B"].width == pytest.approx(2.5, abs=0.8)
    assert sheet.row_dimensions[top].height == 16.5  # points; 22 pixels, as wide as it is high
    framed = [cell for row in sheet.iter_rows(min_row=top) for cell in row if cell.border.left.style]
    assert len(framed) == 1
    assert sheet.cell(top - 1, framed[0].column).value == pytest.approx(1e-4, rel=0.5)  # the nearest of 12 rates
    assert sheet.cell(framed[0].row, 1).value == pytest.approx(0.9, abs=0.1)


def knobs_at(results, place):
    where = np.unravel_index(place, [len(axis.values) for axis in results.axes])
    return [axis.values[i] for axis, i in zip(results.axes, where, strict=True)]


def test_the_files_are_the_same_to_the_byte_every_time(momentum, tmp_path):
    results, files = momentum
    _, again = write_sweep(results.training, results.axes, 30, tmp_path)
    for file in again:
        assert file.read_bytes() == files[file.suffix[1:]].read_bytes()


def test_nothing_is_left_and_the_old_files_stay_when_it_fails(tmp_path, monkeypatch):
    for name in ("sweep-basic.csv", "sweep-basic.png", "sweep-basic.xlsx"):
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(sweep_files, "draw", lambda results: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_sweep(SHEETS["basic"], grid(SHEETS["basic"], {"lr": "1e-5:1e-4:3"}), 1, tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == dict.fromkeys(
        ("sweep-basic.csv", "sweep-basic.png", "sweep-basic.xlsx"), "old"
    )


@pytest.mark.parametrize(
    ("sheet", "ranges"),
    [
        ("basic", {"lr": "1e-5:1:9"}),
        ("basic", {"lr": "1:10:3"}),  # every run diverges
        ("adam", {"lr": "0.1"}),  # one combination
        ("adam", {"lr": "0.01:1:3", "beta1": "0:0.9:4", "beta2": "0:0.9:2"}),
        ("rmsprop_textbook", {"beta": "0:1:3", "eps": "1e-9:1:4"}),
    ],
)
def test_any_number_of_knobs_makes_files(sheet, ranges, tmp_path):
    axes = grid(SHEETS[sheet], ranges)
    results, files = write_sweep(SHEETS[sheet], axes, 40, tmp_path)
    assert len(results.loss) == math.prod(len(axis.values) for axis in axes)
    assert len(files[0].read_text().splitlines()) == 1 + len(results.loss)
    assert all(file.stat().st_size > 5000 for file in files[1:])


def results_of(loss, epochs, *counts):
    axes = [Axis(knob, np.arange(1.0, n + 1)) for knob, n in zip(("lr", "beta1", "beta2"), counts, strict=False)]
    return Results(SHEETS["adam"], tuple(axes), 9, 29, np.array(loss, float), np.array(epochs), GOAL)


def test_the_map_takes_the_best_of_what_it_cannot_show():
    # Two rates, two beta1, two beta2; by hand.
    results = results_of([5, 4, math.nan, 3, 1, 2, math.nan, math.nan], [0, 7, 0, 8, 9, 1, 0, 0], 2, 2, 2)
    map_ = map_of(results, 9, 9)
    np.testing.assert_array_equal(map_.loss, [[4, 1], [3, math.nan]])
    np.testing.assert_array_equal(map_.epochs, [[7, 9], [8, math.nan]])
    assert map_.others == ("beta2",)
    assert best(results, 2) == [
        {"lr": 2.0, "beta1": 1.0, "beta2": 1.0, "loss": 1.0, "epochs to 1 %": 9},
        {"lr": 2.0, "beta1": 1.0, "beta2": 2.0, "loss": 2.0, "epochs to 1 %": 1},
    ]
    assert len(best(results, 100)) == 5


def test_a_large_map_is_thinned_evenly_with_its_ends():
    map_ = map_of(results_of(np.arange(35), np.zeros(35, int), 7, 5), 3, 2)
    np.testing.assert_array_equal(map_.x.values, [1, 4, 7])
    np.testing.assert_array_equal(map_.loss, [[0, 15, 30], [4, 19, 34]])


def test_the_command_says_what_is_best_and_what_it_wrote(tmp_path):
    result = invoke("adam", "--lr", "0.01:1:5", "--beta", "0.5:0.9:3", "--epochs", 20, "--out", tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0].split()[:3] == ["lr", "beta1", "loss"]
    assert {file.name for file in (tmp_path / "new").iterdir()} == {f"sweep-adam.{e}" for e in ("csv", "png", "xlsx")}


def test_the_command_takes_a_person_s_points(tmp_path):
    (tmp_path / "points.csv").write_text("x,y\n1,3\n2,5\n3,7\n")
    result = invoke("basic", "--lr", "0.01:0.1:4", "--data", tmp_path / "points.csv", "--out", tmp_path)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("adm",), "no training sheet 'adm': did you mean 'adam'?"),
        (("basic", "--beta", "0:1:5"), "basic: no knob 'beta': there are lr"),
        (("adam", "--lr", "1:0:5"), "--lr 1:0:5: starts at 1 and stops at 0"),
        (("adam", "--lr", "1e-5:1:0"), "2 or more"),
        (("adam", "--lr=-1"), "must not be negative"),
        (("adam", "--weight-decay", "0.1"), "no knob 'weight_decay'"),
        (("adamw", "--weight-decay=-1:1:4"), "--weight-decay -1:1:4: weight_decay must not be negative"),
        (("adam", "--epochs", "0"), "--epochs"),
        (("adam", "--momentum", "0.9"), "No such option"),
        (("adam", "--knob", "lrr=0.1"), "adam: no knob 'lrr': did you mean 'lr'?"),
        (("adam", "--knob", "lr"), "--knob lr: write NAME=RANGE, such as --knob lr=1e-4:1:50"),
        (("adam", "--knob", "lr=1:0:4"), "Error: --knob lr=1:0:4: starts at 1 and stops at 0"),
        (("adam", "--knob", "beta=2"), "Error: --knob beta=2: beta1 is a share"),
        (("adam", "--knob", "beta=.5", "--beta1", "0"), "adam: --beta1 0 and --knob beta=.5 are one knob here"),
        (("adam", "--beta", "0:1:5", "--beta1", "0"), "adam: --beta 0:1:5 and --beta1 0 are one knob here"),
        (("adam", "--knob", "lr=0.1", "--lr", "0.2"), "--knob lr=0.1: lr has a range already"),
        (("adam", "--knob", "lr=0.1", "--knob", "lr=0.2"), "--knob lr=0.2: lr has a range already"),
        (("basic", "--lr", "1e-5:1e-4:2", "--out", "/dev/null/here"), "/dev/null: is a file; give a folder"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, says):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert len(result.output.strip().splitlines()) == 1


class Reach(NamedTuple):
    """Knobs of which one is called by no name that there is, and is no share."""

    lr: float = 1e-4
    reach: float = 3.0


def reaching(s, g, k):
    return Weight(s.w - g * k.lr * k.reach)


def test_a_knob_of_any_name_of_a_rule_that_is_new_is_swept(tmp_path, monkeypatch):
    """A step of `reach` times the rate: the losses are those of plain descent with such rates, to the last bits."""
    monkeypatch.setitem(RULES, "reaching", Rule(reaching, Weight, Reach))
    result = invoke("reaching", "--knob", "reach=-1:2:4", "--lr", "1e-4", "--epochs", 3, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    with (tmp_path / "sweep-reaching.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["lr"], line["reach"]) for line in lines] == [("0.0001", r) for r in ("-1.0", "0.0", "1.0", "2.0")]
    for line in lines[2:]:
        sheet = LiveSheet(with_knobs(SHEETS["sgd"], lr=1e-4 * float(line["reach"])))
        for _ in range(3):
            sheet.step()
        assert float(line["final_loss"]) == pytest.approx(sheet.state()["loss"], rel=1e-12)


def test_a_knob_with_an_option_may_be_named_as_well(tmp_path):
    result = invoke("adam", "--knob", "lr=0.1:0.2:2", "--knob", "beta=0.5", "--epochs", 1, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert result.output.split()[:3] == ["lr", "beta1", "loss"]


def test_points_without_a_best_line_are_one_line(tmp_path):
    axes = grid(SHEETS["basic"], {"lr": "1e-5:1e-4:2"})
    with pytest.raises(InputError, match="x are all the same"):
        write_sweep(SHEETS["basic"], axes, 1, tmp_path, Points((1.0, 1.0), (1.0, 2.0)))
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_one_line_names_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = invoke("basic", "--out", tmp_path)
    assert result.exit_code == 2
    assert 'drawing pictures needs matplotlib: pip install ".[plot]"' in result.output


def test_losses_beyond_the_colours_are_said_to_be():
    low, high = sweep_map._loss_bounds(np.array([[1.0, 2.0, 3.0, 1e90, math.nan, 0.0]]))
    assert 1 <= low < high <= 60  # 20 times the median of 3


@pytest.mark.parametrize(
    ("knob", "values", "edges"),
    [
        ("beta", [1.0, 2.0, 4.0], [0.5, 1.5, 3.0, 5.0]),
        ("beta", [0.5], [0.0, 1.0]),
        ("lr", [1.0, 100.0, 1e6], [0.1, 10.0, 1e4, 1e8]),
        ("lr", [1.0], [math.exp(-0.5), math.exp(0.5)]),
        ("lr", [0.0, 1.0], [-0.5, 0.5, 1.5]),  # no logarithm of 0
    ],
)
def test_a_cell_of_the_map_reaches_halfway_to_its_neighbours(knob, values, edges):
    """At both ends as far out as in, on the axis's scale."""
    np.testing.assert_allclose(sweep_map._edges(Axis(knob, np.array(values))), edges, rtol=1e-12)


@pytest.mark.parametrize(
    ("loss", "bounds"),
    [
        ([math.nan, math.nan], (0.1, 1.0)),  # no loss at all: any scale does, but it must be one
        ([0.0, 0.0], (0.1, 1.0)),
        ([3.0], (1.5, 6.0)),
        ([3.0, 3.0, math.nan, 0.0], (1.5, 6.0)),
        (list(range(1, 102)), (3.0, 99.0)),  # percentiles 2 and 98
        ([1.0, 1.0, 2.0, 1e6, 1e6], (1.0, 40.0)),  # 20 times the median
    ],
)
def test_the_least_and_the_greatest_loss_with_a_colour_of_its_own(loss, bounds):
    assert sweep_map._loss_bounds(np.array([loss])) == pytest.approx(bounds, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "beyond"), [(2.0, "neither"), (0.5, "min"), (5.0, "max"), (1.0, "neither"), (4.0, "neither")]
)
def test_a_colour_bar_says_at_which_end_there_is_more(value, beyond):
    from matplotlib.colors import LogNorm

    assert sweep_map._beyond(np.array([[2.0, value, math.nan]]), LogNorm(1.0, 4.0)) == beyond
    assert sweep_map._beyond(np.array([[0.5, 5.0]]), LogNorm(1.0, 4.0)) == "both"


def test_a_model_without_an_answer_is_counted_to_half_of_its_loss(tmp_path):
    model, points = SAMPLES["network"]
    training = training_of(model, "adam")
    _, files = write_sweep(training, grid(training, {"lr": "1e-4:0.1:5", "beta1": "0:0.9:3"}), 20, tmp_path, points)
    with files[0].open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["lr", "beta1", "final_loss", "diverged", "epochs_to_half_the_loss"]
    assert {line["epochs_to_half_the_loss"] for line in lines} > {""}, "some get there, some do not"
    assert openpyxl.load_workbook(files[2]).sheetnames == ["best", "final loss", "epochs to half the loss"]
    assert [file.name for file in files] == ["sweep-network.csv", "sweep-network.png", "sweep-network.xlsx"]


def test_the_colours_of_the_map_of_epochs_go_from_the_first_to_the_last(momentum):
    from matplotlib.figure import Figure

    figure = Figure()
    sweep_map._draw_maps(figure, map_of(momentum[0], 99, 99), momentum[0])
    right = figure.axes[1].collections[0].norm
    assert (right.vmin, right.vmax) == (1, 30)


def test_the_map_of_epochs_shows_apart_what_never_arrived_and_the_mark_stands_where_the_sheet_does(momentum):
    from matplotlib.figure import Figure

    results = momentum[0]
    figure, map_ = Figure(), map_of(results, 99, 99)
    sweep_map._draw_maps(figure, map_, results)
    left, right = figure.axes[:2]
    never = right.collections[1]
    is_never = np.isnan(map_.epochs) & ~np.isnan(map_.loss)
    assert 0 < is_never.sum() < is_never.size
    np.testing.assert_array_equal(~np.ma.getmaskarray(never.get_array()).reshape(is_never.shape), is_never)
    (mark,) = [line for line in left.lines if line.get_marker() == "o"]
    assert (*mark.get_xdata(), *mark.get_ydata()) == (1e-4, 0.9)
    assert not mark.get_clip_on(), "at the edge it is seen whole"
    edges = [sweep_map._edges(axis) for axis in (map_.x, map_.y)]
    for limits, ends in zip((left.get_xlim(), left.get_ylim()), edges, strict=True):
        np.testing.assert_allclose(limits, (ends[0], ends[-1]))
