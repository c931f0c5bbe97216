"""A sweep's picture: final loss and epochs to the goal over the knobs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from xlsgd.pictures.picture import COLOURS, STYLE, matplotlib, rendered
from xlsgd.sheets.training import ROOT_OF_SUMMED_LOSSES
from xlsgd.sweeping.floats import Array
from xlsgd.sweeping.goal import loss_in_words
from xlsgd.sweeping.grid import GEOMETRIC, Axis
from xlsgd.sweeping.results import Map, Results, course_setting, describe, describe_others, map_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CELLS = 500
"""The most values of a knob that are drawn: the picture has no pixels for more."""

NAMES = {"lr": "learning rate"}
NEVER = "#BDBDBD"
SHARE_AT_THE_ENDS = 2.0
"""So many percent of the losses share the first colour, and the last, so that a few leave colours to the rest."""

HIGHEST_OVER_MEDIAN = 20.0
"""Losses above so many times the median share the last colour or leave the curve's frame: such a run is diverging."""


def draw(results: Results) -> bytes:
    """Return the picture as a PNG file: heat maps, or curves where one knob was swept.

    Raises:
        InputError: matplotlib is not installed.
    """
    mpl = matplotlib()
    with mpl.rc_context(STYLE):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(12.5, 5.6), layout="constrained")
        map_ = map_of(results, MOST_CELLS, MOST_CELLS)
        (_draw_curves if map_.y is None else _draw_maps)(figure, map_, results)
        figure.suptitle(describe(results) + describe_others(map_), fontweight="bold")
        return rendered(figure, "png")


def _draw_maps(figure: "Figure", map_: Map, results: Results) -> None:
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Patch

    assert map_.y is not None
    left, right = figure.subplots(1, 2)
    low, high = _loss_bounds(map_.loss)
    _draw_map(
        left, map_, np.clip(map_.loss, low / 2, None), LogNorm(low, high), _loss_label(results), _loss_title(results)
    )
    _draw_map(right, map_, map_.epochs, LogNorm(1, max(results.steps, 2)), "epochs", results.goal.title)
    never = np.where(np.isnan(map_.epochs) & ~np.isnan(map_.loss), 1.0, np.nan)
    right.pcolormesh(_edges(map_.x), _edges(map_.y), never, cmap=_one_colour(NEVER), zorder=1)
    keys: list[Any] = [Patch(facecolor="white", edgecolor="#555555", hatch="////", label="diverged")]
    keys += [Patch(color=NEVER, label=f"never {results.goal.short}"), *_mark_course(left, map_, results)]
    _mark_course(right, map_, results)
    figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)


def _loss_title(results: Results) -> str:
    return f"Final loss ({loss_in_words(results.training)})"


def _loss_label(results: Results) -> str:
    """Return what an axis of the loss is called, with its unit where it has one."""
    return "final loss" + (" (in units of y)" if results.training.loss_name == ROOT_OF_SUMMED_LOSSES else "")


def _draw_map(panel: "Axes", map_: Map, values: Array, norm: Any, label: str, title: str) -> None:
    assert map_.y is not None and panel.figure is not None
    panel.patch.set(facecolor="white", edgecolor="#555555", hatch="////")
    mesh = panel.pcolormesh(_edges(map_.x), _edges(map_.y), values, norm=norm, cmap="viridis", zorder=1)
    panel.figure.colorbar(mesh, ax=panel, label=label, extend=_beyond(values, norm))
    _scale(panel, "x", map_.x)
    _scale(panel, "y", map_.y)
    panel.set_title(title)


def _draw_curves(figure: "Figure", map_: Map, results: Results) -> None:
    left, right = figure.subplots(1, 2)
    _draw_curve(left, map_, map_.loss[0], _loss_title(results), results)
    _draw_curve(right, map_, map_.epochs[0], results.goal.title, results)
    low, high = _loss_bounds(map_.loss)
    left.set(yscale="log", ylim=(low / 2, high * 2), ylabel=_loss_label(results))
    right.set(ylim=(0, results.steps * 1.05), ylabel="epochs")
    if np.isnan(map_.epochs).all():
        right.text(0.5, 0.5, f"no run came {results.goal.short}", ha="center", transform=right.transAxes)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)


def _draw_curve(panel: "Axes", map_: Map, values: Array, title: str, results: Results) -> None:
    panel.plot(map_.x.values, values, color=COLOURS[0], marker=".", label="a run")
    bad = map_.x.values[np.isnan(map_.loss[0])]
    foot = panel.get_xaxis_transform()
    panel.plot(bad, np.full(len(bad), 0.02), "x", color=COLOURS[1], label="diverged", transform=foot)
    _scale(panel, "x", map_.x)
    edges, setting = _edges(map_.x), course_setting(results.training, map_.x.knob)
    panel.set(xlim=(edges[0], edges[-1]), title=title)  # first, or a lone mark would be all that the axis is made for
    inside = _covers(map_.x, setting)
    label = _course(map_, results) + ("" if inside else " (outside)")
    panel.axvline(setting if inside else edges[0], color="black", ls="--", label=label, visible=inside)


def _mark_course(panel: "Axes", map_: Map, results: Results) -> list[Any]:
    """Mark the course's setting; return the mark for the legend."""
    from matplotlib.lines import Line2D

    assert map_.y is not None
    x, y = (course_setting(results.training, axis.knob) for axis in (map_.x, map_.y))
    inside = _covers(map_.x, x) and _covers(map_.y, y)
    look: dict[str, Any] = {"marker": "o", "ms": 10, "mfc": "white", "mec": "black", "mew": 2.5, "ls": "none"}
    label = _course(map_, results) + ("" if inside else " (outside)")
    if inside:
        limits = panel.get_xlim(), panel.get_ylim()
        panel.plot([x], [y], zorder=3, clip_on=False, **look)
        panel.set(xlim=limits[0], ylim=limits[1])
    return [Line2D([], [], label=label, **look)]


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
    half = np.diff(values) / 2 if len(values) > 1 else np.array([0.5])
    edges = np.concatenate([[values[0] - half[0]], values[:-1] + half[: len(values) - 1], [values[-1] + half[-1]]])
    return np.exp(edges) if _is_log(axis) else edges


def _loss_bounds(loss: Array) -> tuple[float, float]:
    """Return the least and the greatest loss that get a colour of their own."""
    positive = loss[loss > 0]
    if not positive.size:
        return 0.1, 1.0
    low, middle, high = np.percentile(positive, [SHARE_AT_THE_ENDS, 50, 100 - SHARE_AT_THE_ENDS])
    high = min(high, HIGHEST_OVER_MEDIAN * middle)
    return (float(low), float(high)) if high > low else (float(low) / 2, float(low) * 2)


def _beyond(values: Array, norm: Any) -> str:
    """Return at which ends of a colour bar values lie beyond it, as matplotlib names it."""
    below, above = np.nanmin(values, initial=norm.vmin) < norm.vmin, np.nanmax(values, initial=norm.vmax) > norm.vmax
    return {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}[below, above]


def _one_colour(colour: str) -> Any:
    from matplotlib.colors import ListedColormap

    return ListedColormap([colour])
