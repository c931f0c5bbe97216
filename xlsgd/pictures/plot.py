"""A picture of training: the loss surface with each optimizer's path on it, and the loss by epoch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError
from xlsgd.pictures.picture import COLOURS, STYLE, matplotlib, rendered
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.run.least_squares import Answer, best_line
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.training import Training
from xlsgd.symbols.checked import ExcelError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMS = ("png", "svg")
LOSS = "loss (root of the sum of squared errors)"
MARKERS = "osD^vP*X"
MOST_MARKERS = 25

WINDOW = 1.5
"""How far from the answer the surface is shown at most, in distances of the start from it."""

FALL = 1000.0
"""The loss's fall from the highest contour to the lowest."""


HIGHEST_OVER_START = 100.0
"""A loss above so many times the start's leaves the frame: the run is diverging, and the others want the room."""


class Trajectory(NamedTuple):
    """A sheet's way through training, epoch by epoch from the reset on, as far as its numbers last.

    Args:
        name: the sheet and its rate.
        b: the intercept before the first epoch and after each.
        a: the slope.
        loss: the root of the sum of squared errors of the pass that starts there.
        diverged: whether an error value ended it before the last epoch.
    """

    name: str
    b: list[float]
    a: list[float]
    loss: list[float]
    diverged: bool


def trajectory(
    training: Training, epochs: int, points: Points = LESSON_POINTS, progress: Callable[[int], None] = lambda rows: None
) -> Trajectory:
    """Train a sheet and keep where it went.

    Args:
        training: the sheet.
        epochs: how many steps to take.
        points: the data.
        progress: is told of every epoch how many rows it had.
    """
    sheet = LiveSheet(training, points)
    way = Trajectory(f"{training.name}, lr {training.knobs.lr:g}", [], [], [], False)
    for epoch in range(epochs + 1):
        if epoch:
            sheet.step()
        state = sheet.state()
        here = state["b"], state["a"], state["loss"]
        if any(isinstance(value, ExcelError) for value in here):
            return way._replace(name=f"{way.name} (diverged in epoch {epoch})", diverged=True)
        for values, value in zip((way.b, way.a, way.loss), here, strict=True):
            values.append(value)
        progress(points.n)
    return way


def surface(points: Points, answer: Answer, b: NDArray[np.float64], a: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the loss of the lines `b + a*x` with weights fixed: the root of the sum of squared errors.

    Around the least-squares line the sum is a parabola exactly, so a million points cost no more than two.
    """
    x, y = np.array(points.x, float), np.array(points.y, float)
    least = ((y - answer.b - answer.a * x) ** 2).sum()
    db, da = b - answer.b, a - answer.a
    return np.asarray(np.sqrt(least + len(x) * db**2 + 2 * x.sum() * db * da + (x**2).sum() * da**2))


def write_plot(
    path: Path,
    trainings: Sequence[Training],
    epochs: int,
    points: Points = LESSON_POINTS,
    progress: Callable[[int], None] = lambda rows: None,
) -> None:
    """Train sheets and draw them into a PNG or SVG file; one that is there is replaced when the new one is whole.

    Args:
        path: the file, whose ending tells the form.
        trainings: the sheets.
        epochs: how many steps each takes.
        points: the data.
        progress: is told of every epoch how many rows it had.

    Raises:
        InputError: the name ends in neither, the file cannot be written, matplotlib is missing, or the points have no
            best line.
    """
    form = path.suffix.lower().lstrip(".")
    if form not in FORMS:
        raise InputError(f"{path}: give a name that ends in .png or .svg")
    matplotlib()
    best_line(points)
    with replacing(path) as beside:
        ways = [trajectory(training, epochs, points, progress) for training in trainings]
        beside.write_bytes(draw(ways, points, form))


def draw(trajectories: Sequence[Trajectory], points: Points, form: str) -> bytes:
    """Return the picture of trajectories as a `png` or `svg` file.

    Raises:
        InputError: matplotlib is missing, or the points have no best line.
    """
    answer = best_line(points)
    mpl = matplotlib()
    with mpl.rc_context(STYLE):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12.5, 6), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_surface(left, trajectories, points, answer)
        for index, way in enumerate(trajectories):
            look = _look(index, len(way.b))
            left.plot(way.b, way.a, label=way.name, **look)
            right.plot(way.loss, **look)
        left.plot(1, 1, "o", color="black", ms=8, mfc="white", mew=2, label="the start", zorder=4)
        left.plot(*answer, "*", color="black", ms=16, mfc="#F0E442", label=_name(answer), zorder=4)
        _finish_losses(right, trajectories, float(surface(points, answer, np.array(1.0), np.array(1.0))))
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
        return rendered(figure, form)


def _name(answer: Answer) -> str:
    return f"the answer: b = {answer.b:.4g}, a = {answer.a:.4g}"


def _look(index: int, count: int) -> dict[str, Any]:
    """Return how a path is drawn: colour, marker and dashes tell it from the others."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[index % len(MARKERS)],
        "markevery": max(1, count // MOST_MARKERS),
        "ls": ("-", "--", ":")[index // len(COLOURS) % 3],
        "ms": 4,
        "lw": 1.3,
    }


def _draw_surface(panel: "Axes", trajectories: Sequence[Trajectory], points: Points, answer: Answer) -> None:
    from matplotlib.colors import LinearSegmentedColormap, LogNorm

    b_limits = _limits([b for way in trajectories for b in way.b], answer.b)
    a_limits = _limits([a for way in trajectories for a in way.a], answer.a)
    b, a = np.meshgrid(np.linspace(*b_limits, 300), np.linspace(*a_limits, 300))
    loss = surface(points, answer, b, a)
    top = float(loss.max())
    levels = np.geomspace(max(top / FALL, float(loss.min())), top, 13)
    pale = LinearSegmentedColormap.from_list("pale", ["#FFFFFF", "#C4C4C4"])
    panel.contourf(b, a, loss, levels, cmap=pale, norm=LogNorm(levels[0], top), extend="min")
    lines = panel.contour(b, a, loss, levels, colors="#8A8A8A", linewidths=0.6)
    panel.clabel(lines, levels[1:-1], fmt="%.3g", fontsize=8, colors="#404040")
    panel.set(xlim=b_limits, ylim=a_limits, xlabel="b (intercept)", ylabel="a (slope)")
    panel.set_title("Where the weights go, epoch by epoch; contours: the loss")


def _limits(values: Sequence[float], answer: float) -> tuple[float, float]:
    """Return what an axis shows: start, answer, and what lies near them of the paths."""
    farthest = WINDOW * (abs(1 - answer) or 1)
    near = [1.0, answer, *(value for value in values if abs(value - answer) <= farthest)]
    margin = 0.08 * (max(near) - min(near)) or 0.5
    return min(near) - margin, max(near) + margin


def _finish_losses(panel: "Axes", trajectories: Sequence[Trajectory], start: float) -> None:
    from matplotlib.ticker import MaxNLocator

    losses = [loss for way in trajectories for loss in way.loss if 0 < loss <= HIGHEST_OVER_START * start]
    if losses:
        panel.set(yscale="log", ylim=(min(losses) / 2, max(losses) * 2))
    panel.set(xlabel="epoch", ylabel=LOSS)
    panel.set_title("The loss of each epoch, while it trains")
    panel.grid(color="#DDDDDD", lw=0.6)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
