"""The picture of training: what is drawn."""

import sys
import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner
from sample_models import SAMPLES

from xlsgd.commands.cli import cli
from xlsgd.errors import InputError
from xlsgd.functions import log
from xlsgd.losses import squared_error
from xlsgd.models import LINE, Model
from xlsgd.pictures.plot import draw, out_of_frame, write_plot
from xlsgd.pictures.surface import surface_of
from xlsgd.pictures.trajectory import trajectory
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.sheets.trainings import training_of

pytest.importorskip("matplotlib")
SHEETS = trainings()


def invoke(*arguments):
    return CliRunner().invoke(cli, ["plot", *map(str, arguments)])


def line(points=LESSON_POINTS):
    return surface_of(SHEETS["adam"], points, (), LINE.start)


def svg_texts(data):
    return {text for element in ET.fromstring(data).iter() if (text := (element.text or "").strip())}


def test_axes_legend_and_answer_are_named():
    ways = [trajectory(SHEETS[name], 5) for name in ("basic", "adam")]
    texts = svg_texts(draw(ways, line(), "svg"))
    wanted = {"b (intercept, in units of y)", "a (slope, in units of y per unit of x)", "epoch", "the start"}
    wanted |= {"loss (root of the sum of squared errors, in units of y)", "The loss of each epoch, while it trains"}
    assert wanted | {"basic, lr 0.0001", "adam, lr 1", "the answer: b = 30, a = 2"} <= texts


def test_any_picture_is_drawn_the_same_twice():
    ways = [trajectory(training, 2) for training in SHEETS.values()]
    for form in ("png", "svg"):
        assert draw(ways, line(), form) == draw(ways, line(), form)


@pytest.mark.parametrize(
    "points",
    [
        Points((0.0, 1.0), (1.0, 2.0)),  # the answer is the start
        Points((1.0, 2.0), (1e8, 3e8)),
        Points((1.0, 2.0, 3.0), (0.0, 1e-9, 0.0)),
    ],
)
def test_odd_points_are_drawn(points):
    assert draw([trajectory(SHEETS["sgd"], 3, points)], line(points), "png")


def test_a_run_that_diverges_at_once_is_drawn():
    way = trajectory(with_knobs(SHEETS["sgd"], lr=1e200), 3)
    assert way.diverged
    assert draw([way], line(), "png")


def of_rules(model, rate=0.05):
    return [training_of(model, rule, name=rule, knobs={"lr": rate}) for rule in ("sgd", "adam")]


@pytest.mark.parametrize("name", SAMPLES)
def test_any_models_training_is_drawn_over_two_of_its_parameters(tmp_path, name):
    model, points = SAMPLES[name]
    write_plot(tmp_path / "ways.svg", of_rules(model), 4, points)
    texts = svg_texts((tmp_path / "ways.svg").read_bytes())
    texts = {text.partition(" (leaves in epoch")[0] for text in texts}
    assert {*list(model.start)[:2], "epoch", "mean loss", "the start", "sgd, lr 0.05", "adam, lr 0.05"} <= texts


def test_the_parameters_may_be_chosen(tmp_path):
    model, points = SAMPLES["network"]
    write_plot(tmp_path / "ways.svg", of_rules(model), 4, points, parameters=["w2_3", "b2"])
    assert {"w2_3", "b2"} <= svg_texts((tmp_path / "ways.svg").read_bytes())


def test_a_model_of_one_parameter_has_a_curve(tmp_path):
    model = Model("through the origin", "x", {"w": 1}, lambda p, x: p.w * x, squared_error)
    write_plot(tmp_path / "ways.svg", of_rules(model, 1e-5), 4)
    assert {"w", "mean loss", "the loss", "Where the weight goes, epoch by epoch"} <= svg_texts(
        (tmp_path / "ways.svg").read_bytes()
    )


def test_losses_below_0_and_losses_that_are_no_numbers_are_drawn(tmp_path):
    model = Model("odd", "x", {"w": 2, "b": 1}, lambda p, x: p.w * x + p.b, lambda pred, y: log(pred) - 5)
    points = Points(x=[1.0, 2.0, 3.0], y=[1.0, 2.0, 3.0])
    write_plot(tmp_path / "ways.png", of_rules(model, 0.01), 4, points)
    assert (tmp_path / "ways.png").stat().st_size > 10_000


def test_parameters_that_cannot_be_drawn_are_one_line_before_any_work(tmp_path):
    model, points = SAMPLES["parabola"]
    for chosen, says in ((["d"], "no parameter 'd'"), (["a", "a"], "one or two"), (["a", "b", "c"], "one or two")):
        with pytest.raises(InputError, match=says):
            write_plot(tmp_path / "ways.png", of_rules(model), 10**9, points, parameters=chosen)
    assert not list(tmp_path.iterdir())


def test_the_command_writes_what_is_asked(tmp_path):
    out = tmp_path / "new" / "paths.svg"
    result = invoke("basic", "adam", "--epochs", 3, "--set", "adam.lr=0.5", "--out", out)
    assert result.exit_code == 0, result.output
    assert "adam, lr 0.5" in svg_texts(out.read_bytes())
    assert [file.name for file in out.parent.iterdir()] == ["paths.svg"]


def test_what_leaves_the_frame_is_said_and_when(tmp_path):
    """At a hundred times its rate `basic` runs away at once, at ten times `momentum` swings out and comes back."""
    out = tmp_path / "paths.svg"
    arguments = ("basic", "momentum", "adam", "--epochs", 5, "--out", out)
    result = invoke(*arguments, "--set", "basic.lr=0.01")
    assert result.stdout.splitlines()[1:] == ["1 of 3 sheets leaves the frame: basic (epoch 0)"]
    texts = svg_texts(out.read_bytes())
    assert "Training: 5 epochs of 29 points" in texts
    assert {"momentum, lr 0.0001", "adam, lr 1"} <= texts
    assert {text for text in texts if text.startswith("basic, lr 0.01 (")}
    assert invoke(*arguments).stdout == f"wrote {out}\n"


def test_a_way_is_out_of_the_frame_from_the_epoch_in_which_its_weights_or_its_loss_are():
    surface = line()
    inside = trajectory(SHEETS["adam"], 3)
    far = inside._replace(sheet="far", parameters={"b": [1, 1e9, 2, 2], "a": [1, 1, 1, 1]})
    high = inside._replace(sheet="high", loss=[1.0, 1.0, 1e9, 1.0])
    short = inside._replace(sheet="short", diverged=True)
    assert out_of_frame([inside, far, high, short], surface) == {"far": 1, "high": 2, "short": 4}


def test_the_corrected_sheets_are_drawn(tmp_path):
    out = tmp_path / "paths.svg"
    assert invoke("adam", "adam_ann", "--epochs", 3, "--corrected", "--set", "lr=0.3", "--out", out).exit_code == 0
    assert {"adam, lr 0.3", "adam_ann, lr 0.3"} <= svg_texts(out.read_bytes())
    invoke("adam", "--epochs", 3, "--corrected", "--out", out)
    assert "adam, lr 0.2" in svg_texts(out.read_bytes())  # the corrected sheet's own rate; the course's is 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("adm",), "no training sheet 'adm': did you mean 'adam'?"),
        (("adam", "--out", "x.pdf"), "x.pdf: give a name that ends in .png or .svg"),
        (("adam", "--set", "beta=0.5"), "no knob 'beta'"),
        (("adam", "--epochs", "0"), "--epochs"),
        ((), "SHEET"),
        (("adam", "--out", "/dev/null/x.png"), "/dev/null: is a file; give a folder"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, says):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_points_without_a_best_line_are_one_line(tmp_path):
    points = Points((1.0, 1.0), (1.0, 2.0))
    with pytest.raises(InputError, match="x are all the same"):
        write_plot(tmp_path / "x.png", [SHEETS["sgd"]], 1, points)


def test_without_matplotlib_one_line_names_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = invoke("basic", "--out", tmp_path / "x.png")
    assert result.exit_code == 2
    assert 'drawing pictures needs matplotlib: pip install ".[plot]"' in result.output


def test_a_users_own_pictures_are_shown_as_before(tmp_path):
    """In a notebook the backend is the one that shows pictures there; a picture that xlsgd writes needs none."""
    import matplotlib

    before = matplotlib.get_backend()
    matplotlib.use("svg")
    try:
        write_plot(tmp_path / "a.png", [SHEETS["adam"]], 2, LESSON_POINTS)
        assert matplotlib.get_backend() == "svg"
    finally:
        matplotlib.use(before)
