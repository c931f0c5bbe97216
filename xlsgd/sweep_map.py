"""A sweep's picture: final loss and epochs to 1 % of the answer over the knobs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from xlsgd.grid import GEOMETRIC, Axis
from xlsgd.picture import COLOURS, STYLE, matplotlib, rendered
from xlsgd.sweep_results import Array, Map, Results, course_setting, map_of, thin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CELLS = 800
"""The most values of a knob that are drawn: the picture has no pixels for more."""

NAMES = {"lr": "learning rate"}
LOSS_TITLE = "Final loss (root of the sum of squared errors)"
EPOCHS_TITLE = "Epochs until both weights are within 1 % of the answer"
NEVER = "#BDBDBD"
HIGHEST_OVER_MEDIAN = 100.0
"""Losses above so many times the median share the last colour, so that a few huge ones leave colours to the rest."""


def draw(results: Results) -> bytes:
    """Return the picture as a PNG file: heat maps, or curves where one knob was swept.

    Raises:
        InputError: matplotlib is not installed.
    """
    mpl = matplotlib()
    with mpl.rc_context(STYLE):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12.5, 5.6), layout="constrained")
        map_ = thin(map_of(results), MOST_CELLS, MOST_CELLS)
        (_draw_curves if map_.y is None else _draw_maps)(figure, map_, results)
        figure.suptitle(_title(results, map_), fontweight="bold")
        return rendered(figure, "png")


def _title(results: Results, map_: Map) -> str:
    runs = f"{len(results.loss):,} runs of {results.steps:,} epochs on {results.points:,} points"
    over = f"; the best of every {' and '.join(map_.others)} is shown" if map_.others else ""
    return f"{results.training.name}: {runs}{over}"


def _draw_maps(figure: "Figure", map_: Map, results: Results) -> None:
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Patch

    assert map_.y is not None
    left, right = figure.subplots(1, 2)
    low, high = _loss_bounds(map_.loss)
    _draw_map(left, map_, np.clip(map_.loss, low, None), LogNorm(low, high), "final loss", LOSS_TITLE)
    _draw_map(right, map_, map_.epochs, LogNorm(1, max(results.steps, 2)), "epochs", EPOCHS_TITLE)
    never = np.where(np.isnan(map_.epochs) & ~np.isnan(map_.loss), 1.0, np.nan)
    right.pcolormesh(_edges(map_.x), _edges(map_.y), never, cmap=_one_colour(NEVER), zorder=1)
    keys: list[Any] = [Patch(facecolor="white", edgecolor="#555555", hatch="////", label="diverged")]
    keys += [Patch(color=NEVER, label="never within 1 %"), *_mark_course(left, map_, results)]
    _mark_course(right, map_, results)
    figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)


def _draw_map(panel: "Axes", map_: Map, values: Array, norm: Any, label: str, title: str) -> None:
    assert map_.y is not None and panel.figure is not None
    panel.patch.set(facecolor="white", edgecolor="#555555", hatch="////")
    mesh = panel.pcolormesh(_edges(map_.x), _edges(map_.y), values, norm=norm, cmap="viridis", zorder=1)
    over = "max" if np.nanmax(values, initial=norm.vmin) > norm.vmax else "neither"
    panel.figure.colorbar(mesh, ax=panel, label=label, extend=over)
    _scale(panel, "x", map_.x)
    _scale(panel, "y", map_.y)
    panel.set_title(title)


def _draw_curves(figure: "Figure", map_: Map, results: Results) -> None:
    panels = figure.subplots(1, 2)
    for panel, values, title in zip(panels, (map_.loss[0], map_.epochs[0]), (LOSS_TITLE, EPOCHS_TITLE), strict=True):
        panel.plot(map_.x.values, values, color=COLOURS[0], marker=".", label="a run")
        bad = map_.x.values[np.isnan(map_.loss[0])]
        panel.plot(bad, np.full(len(bad), 0.02), "x", color=COLOURS[1], label="diverged", **_at_the_foot(panel))
        panel.axvline(
            course_setting(results.training, map_.x.knob), color="black", ls="--", label=_course(map_, results)
        )
        _scale(panel, "x", map_.x)
        panel.set_title(title)
    panels[0].set(yscale="log", ylabel="final loss")
    panels[1].set(ylim=(0, None), ylabel="epochs")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)


def _at_the_foot(panel: "Axes") -> dict[str, Any]:
    return {"transform": panel.get_xaxis_transform(), "clip_on": False}


def _mark_course(panel: "Axes", map_: Map, results: Results) -> list[Any]:
    """Mark the course's setting; return the mark for the legend."""
    assert map_.y is not None
    x, y = (course_setting(results.training, axis.knob) for axis in (map_.x, map_.y))
    inside = _covers(map_.x, x) and _covers(map_.y, y)
    look = {"marker": "o", "ms": 10, "mfc": "white", "mec": "black", "mew": 2.5, "ls": "none", "clip_on": False}
    where = ([x], [y]) if inside else ([], [])
    label = _course(map_, results) + ("" if inside else " (outside)")
    limits = panel.get_xlim(), panel.get_ylim()
    marks = panel.plot(*where, label=label, zorder=3, **look)  # type: ignore[arg-type]  # the stubs want each by name
    panel.set(xlim=limits[0], ylim=limits[1])
    return list(marks)


def _course(map_: Map, results: Results) -> str:
    shown = [map_.x.knob, *([map_.y.knob] if map_.y else [])]
    return "the sheet's setting: " + ", ".join(f"{knob} {course_setting(results.training, knob):g}" for knob in shown)


def _covers(axis: Axis, value: float) -> bool:
    edges = _edges(axis)
    return bool(edges[0] <= value <= edges[-1])


def _scale(panel: "Axes", which: str, axis: Axis) -> None:
    scale = "log" if _is_log(axis) else "linear"
    panel.set(**{f"{which}scale": scale, f"{which}label": NAMES.get(axis.knob, axis.knob)})


def _is_log(axis: Axis) -> bool:
    return axis.knob in GEOMETRIC and bool(axis.values[0] > 0)


def _edges(axis: Axis) -> Array:
    """Return the borders of the cells around an axis's values: halfway, on the axis's scale."""
    values = np.log(axis.values) if _is_log(axis) else axis.values
    middles = (values[1:] + values[:-1]) / 2
    edges = np.concatenate([[2 * values[0] - middles[0]], middles, [2 * values[-1] - middles[-1]]])
    return np.exp(edges) if _is_log(axis) else edges


def _loss_bounds(loss: Array) -> tuple[float, float]:
    """Return the least and the greatest loss that get a colour of their own."""
    positive = loss[loss > 0]
    if not positive.size:
        return 0.1, 1.0
    low = float(positive.min())
    high = float(min(positive.max(), HIGHEST_OVER_MEDIAN * np.median(positive)))
    return (low, high) if high > low else (low / 2, low * 2)


def _one_colour(colour: str) -> Any:
    from matplotlib.colors import ListedColormap

    return ListedColormap([colour])
