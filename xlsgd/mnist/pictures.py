"""A run's pictures: its losses, its schedule, what it confuses, and the digits that it gets most wrong."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from matplotlib.figure import Figure

from xlsgd.mnist.files import write_beside
from xlsgd.mnist.lr_find import Finding, readings
from xlsgd.mnist.schedule import Curve, smoothed
from xlsgd.mnist.train import Run, log_probabilities

WORST = 16


def write_pictures(folder: Path, run: Run) -> None:
    """Write `losses.png`, `schedule.png`, `confusion.png` and `worst.png`."""
    with torch.no_grad():
        log_p = log_probabilities(run.weights, run.feed).t().float().cpu().numpy()
    truth = run.feed.valid[1].argmax(0).cpu().numpy()
    images = run.feed.valid[0].cpu().numpy()
    save_picture(folder / "losses.png", lambda figure: draw_losses(figure, run.losses, run.feed.head.loss))
    save_picture(folder / "schedule.png", lambda figure: draw_schedule(figure, run.rates, run.momenta))
    shows = run.feed.shows
    table = confusion(truth, log_p.argmax(1), len(shows))
    save_picture(folder / "confusion.png", lambda figure: draw_confusion(figure, table, shows))
    save_picture(
        folder / "worst.png", lambda figure: draw_worst(figure, images, truth, log_p, shows, run.feed.head.loss)
    )


def save_picture(path: Path, draw: Callable[[Figure], None]) -> None:
    """Have `draw` fill a figure, and write it as PNG."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    draw(figure)
    write_beside(path, lambda beside: figure.savefig(beside, format="png", dpi=100))


def draw_losses(figure: Figure, losses: Curve, of: str) -> None:
    """Draw the loss of each step, and its bias-corrected exponential average (beta 0.98).

    Args:
        figure: where.
        losses: the losses.
        of: what they are, with their unit.
    """
    axes = figure.add_subplot()
    steps = np.arange(1, len(losses) + 1)
    axes.plot(steps, losses, linewidth=0.5, alpha=0.4, label="loss")
    axes.plot(steps, smoothed(losses), label="smoothed")
    axes.set(title="Loss of each batch, while it trains", xlabel="step (a batch each)", ylabel=f"loss ({of})")
    axes.legend()


def draw_schedule(figure: Figure, rates: Curve, momenta: Curve | None) -> None:
    """Draw the rate by step, and the momentum where the schedule sets it."""
    rows = 1 if momenta is None else 2
    for row, (name, series) in enumerate((("learning rate", rates), ("momentum", momenta))[:rows], start=1):
        axes = figure.add_subplot(rows, 1, row)
        axes.plot(np.arange(1, len(rates) + 1), series)  # type: ignore[arg-type]
        axes.set(xlabel="step (a batch each)", ylabel=name)
    figure.suptitle("Schedule: what each step is taken with")


def confusion(truth: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], classes: int) -> npt.NDArray[np.int64]:
    """Count how often an image of each class (rows) is taken for each class (columns)."""
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (truth, predicted), 1)
    return table


def draw_confusion(figure: Figure, table: npt.NDArray[np.int64], shows: Sequence[int] = range(10)) -> None:
    """Draw the confusion matrix of classes that stand for these digits, darker by its share of the row."""
    axes = figure.add_subplot()
    shares = table / np.maximum(table.sum(1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(table.shape):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(table[row, column]), ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(range(len(shows)), shows)  # type: ignore[arg-type]
    axes.set_yticks(range(len(shows)), shows)  # type: ignore[arg-type]
    axes.set(title="What is taken for what", xlabel="predicted digit", ylabel="digit (validation images)")


def draw_worst(
    figure: Figure,
    images: npt.NDArray[np.uint8] | npt.NDArray[np.float32],
    truth: npt.NDArray[np.int64],
    log_p: npt.NDArray[np.float32],
    shows: Sequence[int],
    of: str,
) -> None:
    """Draw the validation images with the greatest loss: what they are, what they were taken for, and the loss."""
    losses = -log_p[np.arange(len(truth)), truth]
    side = math.isqrt(images.shape[1])
    for place, n in enumerate(np.argsort(-losses)[:WORST], start=1):
        axes = figure.add_subplot(2, WORST // 2, place)
        axes.imshow(images[n].reshape(side, side), cmap="gray_r")
        axes.set_title(f"{shows[truth[n]]} as {shows[log_p[n].argmax()]}\n{losses[n]:.2f}", fontsize=9)
        axes.set_axis_off()
    figure.suptitle(f"Most wrong: the digit as what it was taken for, and its loss ({of})")


def draw_finding(figure: Figure, finding: Finding) -> None:
    """Draw the loss by the rate, raw and smoothed, and the rates read off it."""
    axes = figure.add_subplot()
    axes.plot(finding.rates, finding.losses, linewidth=0.5, alpha=0.4, label="loss")
    axes.plot(finding.rates, finding.smoothed, label="smoothed")
    for (what, rate), style in zip(readings(finding).items(), ("--", ":"), strict=False):
        safer = ", the safer" if rate == finding.suggestion else ""
        axes.axvline(rate, linestyle=style, color="black", label=f"{what}: {rate:.2g}{safer}")
    axes.set_xscale("log")
    finite = finding.smoothed[np.isfinite(finding.smoothed)]
    axes.set_ylim(0, 1.1 * float(finite.max()) if len(finite) else 1)
    axes.set(title="Loss of a batch, the learning rate raised from step to step")
    axes.set(xlabel="learning rate (logarithmic)", ylabel="loss (cross-entropy, nats)")
    axes.legend()
