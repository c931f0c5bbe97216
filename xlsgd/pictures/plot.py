"""A picture of training: the loss surface with each optimizer's path on it, and the loss by epoch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xlsgd.atomic_files import replacing
from xlsgd.pictures.picture import COLOURS, STYLE, form_of, matplotlib, rendered
from xlsgd.pictures.surface import Mesh, Surface, surface_of
from xlsgd.pictures.trajectory import Trajectory, trajectory
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.sheets.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "osD^vP*X"
MOST_MARKERS = 25

WINDOW = 1.5
"""How far from the answer the surface is shown at most, in distances of the start from it."""

FALL = 1000.0
"""The loss's fall from the highest contour to the lowest."""

FINE = 300
"""How many values of each parameter the surface is computed at."""

HIGHEST_OVER_START = 100.0
"""A loss above so many times the start's leaves the frame: the run is diverging, and the others want the room."""


def write_plot(
    path: Path,
    trainings: Sequence[Training],
    epochs: int,
    points: Points = LESSON_POINTS,
    progress: Callable[[int], None] = lambda rows: None,
    parameters: Sequence[str] = (),
    begun: Callable[[str], None] = lambda sheet: None,
) -> dict[str, int]:
    """Train sheets and draw them into a PNG or SVG file; one that is there is replaced when the new one is whole.

    Args:
        path: the file, whose ending tells the form.
        trainings: the sheets, of one model.
        epochs: how many steps each takes.
        points: the data.
        progress: is told of every epoch how many rows it had.
        parameters: the one or two parameters over which the loss is drawn; the first two by default.
        begun: is told of every sheet before it trains.

    Returns:
        For each sheet whose path leaves what is shown of the surface or of the losses: in which epoch it first does.

    Raises:
        InputError: the name ends in neither, the file cannot be written, matplotlib is missing, there is no such
            parameter, or the points have no best line.
    """
    form = form_of(path)
    matplotlib()
    surface_of(trainings[0], points, parameters, trainings[0].model.start)  # what cannot be is said before the work
    with replacing(path) as beside:
        ways = []
        for training in trainings:
            begun(training.name)
            ways.append(trajectory(training, epochs, points, progress))
        surface = surface_of(trainings[0], points, parameters, _end(ways))
        beside.write_bytes(draw(ways, surface, form, f"Training: {epochs:,} epochs of {points.n:,} points"))
    return out_of_frame(ways, surface)


def out_of_frame(ways: Sequence[Trajectory], surface: Surface) -> dict[str, int]:
    """Return the first epoch in which each way is outside of what is shown, for the sheets whose way ever is."""
    limits = _all_limits(ways, surface)
    top = HIGHEST_OVER_START * _loss_at_start(surface)
    found: dict[str, int] = {}
    for way in ways:
        values = [way.parameters[name] for name in surface.parameters]
        for epoch, (loss, *here) in enumerate(zip(way.loss, *values, strict=True)):
            inside = all(low <= value <= high for (low, high), value in zip(limits, here, strict=True))
            if not inside or loss > top:
                found[way.sheet] = epoch
                break
        else:
            found |= {way.sheet: len(way.loss)} if way.diverged else {}
    return found


def _loss_at_start(surface: Surface) -> float:
    return float(np.asarray(surface.loss(*(np.array(value) for value in surface.start))))


def _end(ways: Sequence[Trajectory]) -> dict[str, float]:
    """Return the parameters at the end of the way that has the least loss there."""
    best = min((way for way in ways if way.loss), key=lambda way: way.loss[-1], default=ways[0])
    return {name: values[-1] if values else 0.0 for name, values in best.parameters.items()}


def draw(ways: Sequence[Trajectory], surface: Surface, form: str, title: str = "") -> bytes:
    """Return the picture of trajectories as a `png` or `svg` file.

    Args:
        ways: the trajectories.
        surface: the loss on which they lie.
        form: `png` or `svg`.
        title: what stands above it.

    Raises:
        InputError: matplotlib is missing.
    """
    mpl = matplotlib()
    with mpl.rc_context(STYLE):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12.5, 6), layout="constrained")
        left, right = figure.subplots(1, 2)
        figure.suptitle(title, fontweight="bold")
        gone = out_of_frame(ways, surface)
        (_draw_surface if len(surface.parameters) == 2 else _draw_curve)(left, ways, surface)
        for index, way in enumerate(ways):
            look = _look(index, len(way.loss))
            left.plot(*_path(way, surface), label=_label(way, gone), **look)
            right.plot(way.loss, **look)
        _mark(left, surface)
        _finish_losses(right, ways, _loss_at_start(surface), surface.words)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
        return rendered(figure, form)


def _label(way: Trajectory, gone: dict[str, int]) -> str:
    """Return what a way is called: that it diverged stands in its name."""
    return way.name if way.diverged or way.sheet not in gone else f"{way.name} (leaves in epoch {gone[way.sheet]})"


def _path(way: Trajectory, surface: Surface) -> list[list[float]]:
    """Return the values of a way along both axes."""
    values = [way.parameters[name] for name in surface.parameters]
    return values if len(values) == 2 else [*values, way.loss]


def _mark(panel: "Axes", surface: Surface) -> None:
    """Mark the start, and the answer if it is known."""
    if len(surface.parameters) == 1:
        panel.axvline(surface.start[0], color="black", ls=":", label="the start")
        return
    panel.plot(*surface.start, "o", color="black", ms=8, mfc="white", mew=2, label="the start", zorder=4)
    if surface.answer:
        named = ", ".join(f"{name} = {best:.4g}" for name, best in zip(surface.parameters, surface.answer, strict=True))
        panel.plot(*surface.answer, "*", color="black", ms=16, mfc="#F0E442", label=f"the answer: {named}", zorder=4)


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


def _draw_surface(panel: "Axes", ways: Sequence[Trajectory], surface: Surface) -> None:
    from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize

    limits = _all_limits(ways, surface)
    grid = np.meshgrid(*(np.linspace(*limit, FINE) for limit in limits))
    loss = np.ma.masked_invalid(surface.loss(*grid))
    levels = _levels(loss)
    norm = (LogNorm if levels[0] > 0 else Normalize)(levels[0], levels[-1])
    pale = LinearSegmentedColormap.from_list("pale", ["#FFFFFF", "#C4C4C4"])
    panel.contourf(*grid, loss, levels, cmap=pale, norm=norm, extend="min")
    lines = panel.contour(*grid, loss, levels, colors="#8A8A8A", linewidths=0.6)
    panel.clabel(lines, levels[1:-1], fmt="%.3g", fontsize=8, colors="#404040")
    panel.set(xlim=limits[0], ylim=limits[1], xlabel=surface.labels[0], ylabel=surface.labels[1])
    others = "" if surface.alone else ", the others as they end"
    panel.set_title(f"Where the weights go, epoch by epoch; contours: the loss{others}")


def _levels(loss: Mesh) -> Mesh:
    """Return the contours: at equal ratios where every loss is positive, else at equal distances."""
    least, top = float(loss.min()), float(loss.max())
    if least < 0 or top == least:
        return np.linspace(least, top if top > least else least + 1, 13)
    return np.geomspace(max(top / FALL, least), top, 13)


def _draw_curve(panel: "Axes", ways: Sequence[Trajectory], surface: Surface) -> None:
    (limits,) = _all_limits(ways, surface)
    values = np.linspace(*limits, FINE)
    loss = surface.loss(values)
    panel.plot(values, loss, color="#8A8A8A", label="the loss")
    panel.set(xlim=limits, xlabel=surface.labels[0], ylabel=surface.words)
    panel.set_title("Where the weight goes, epoch by epoch")


def _all_limits(ways: Sequence[Trajectory], surface: Surface) -> list[tuple[float, float]]:
    centres = surface.answer or tuple(_end(ways)[name] for name in surface.parameters)
    return [
        _limits([value for way in ways for value in way.parameters[name]], start, centre)
        for name, start, centre in zip(surface.parameters, surface.start, centres, strict=True)
    ]


def _limits(values: Sequence[float], start: float, answer: float) -> tuple[float, float]:
    """Return what an axis shows: start, answer, and what lies near them of the paths."""
    farthest = WINDOW * (abs(start - answer) or 1)
    near = [start, answer, *(value for value in values if abs(value - answer) <= farthest)]
    margin = 0.08 * (max(near) - min(near)) or 0.5
    return min(near) - margin, max(near) + margin


def _finish_losses(panel: "Axes", ways: Sequence[Trajectory], start: float, words: str) -> None:
    from matplotlib.ticker import MaxNLocator

    all_losses = [loss for way in ways for loss in way.loss]
    losses = [loss for loss in all_losses if 0 < loss <= HIGHEST_OVER_START * start]
    if losses and min(all_losses) >= 0:
        panel.set(yscale="log", ylim=(min(losses) / 2, max(losses) * 2))
    panel.set(xlabel="epoch", ylabel=words)
    panel.set_title("The loss of each epoch, while it trains")
    panel.grid(color="#DDDDDD", lw=0.6)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
