"""A run in its folder: training, and all that it leaves there."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import torch

from xlsgd.mnist.checkpoint import Checkpoints
from xlsgd.mnist.data import Digits
from xlsgd.mnist.device import Processes
from xlsgd.mnist.divergence import advice
from xlsgd.mnist.history import STEP_COLUMNS, made_of, step_rows, write_csv, write_metrics, write_weights
from xlsgd.mnist.history_xlsx import write_xlsx
from xlsgd.mnist.lr_find import Finding
from xlsgd.mnist.pictures import draw_finding, save_picture, write_pictures
from xlsgd.mnist.progress import Bar, held, kept, shown
from xlsgd.mnist.recipe import NOTES, PUBLISHED, Published, Recipe
from xlsgd.mnist.schedule import constant, one_cycle
from xlsgd.mnist.train import Epoch, Run, train

UNPUBLISHED = Published("-", "-")


class Workplace(NamedTuple):
    """Where a run takes place, and how many steps lie between checkpoints."""

    device: torch.device
    team: Processes
    threads: int
    every: int | None


def train_in(
    folder: Path,
    recipe: Recipe,
    digits: Digits,
    place: Workplace,
    lesson: str | None,
    spelled: Callable[[str], str] = str,
    quiet: bool = False,
    waiting: Callable[[str], AbstractContextManager[Any]] = nullcontext,
) -> list[Epoch]:
    """Train in a folder, leave everything there that a run leaves, and return the epochs.

    Args:
        folder: the run's folder.
        recipe: how it is trained.
        digits: what it is trained on.
        place: where.
        lesson: which of the lesson's runs it is, if it is one.
        spelled: spells what to try after a divergence for whoever watches.
        quiet: whether only a divergence is told of.
        waiting: shows what goes on while the files are written, which takes seconds.

    Raises:
        InputError: The checkpoint cannot be used, or a file cannot be written.
        KeyboardInterrupt: It was interrupted; on rank 0 the message says what is kept.
    """
    checkpoints = Checkpoints(folder, recipe, digits.digest(), place.team.size, place.every, place.team.rank)
    if place.team.rank:
        return train(recipe, digits, place.device, place.team, checkpoints=checkpoints).epochs
    steps = len(digits.train.labels) // recipe.batch_size * recipe.epochs
    rates = (one_cycle if recipe.schedule == "one-cycle" else constant)(steps).factor * recipe.lr
    with _telling_what_is_kept(folder, checkpoints):
        with Bar(steps, rates, str(folder), spelled(advice(recipe, lesson)), quiet) as bar:
            run = train(recipe, digits, place.device, place.team, checkpoints=checkpoints, watcher=bar)
        if not (bar.begun or quiet):
            print(spelled(held(str(folder), run.epochs, recipe, lesson)))
        with waiting(f"Writing {folder}"):
            _write(folder, run, made_of(recipe, digits, place.device, place.threads, place.team.size))
    return run.epochs


@contextmanager
def _telling_what_is_kept(folder: Path, checkpoints: Checkpoints) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(kept(str(folder), *checkpoints.kept)) from error


def _write(folder: Path, run: Run, parts: dict[str, Any]) -> None:
    write_csv(folder / "history.csv", STEP_COLUMNS, step_rows(run))
    write_weights(folder / "weights.safetensors", run)
    write_xlsx(folder / "history.xlsx", run)
    write_pictures(folder, run)
    write_metrics(folder / "metrics.json", run, parts)


def write_finding(folder: Path, finding: Finding) -> None:
    """Write `lr-find.csv` and `lr-find.png`."""
    columns = (finding.rates.tolist(), finding.losses.tolist(), finding.smoothed.tolist())
    write_csv(folder / "lr-find.csv", ("rate", "loss", "smoothed_loss"), list(zip(*columns, strict=True)))
    save_picture(folder / "lr-find.png", lambda figure: draw_finding(figure, finding))


def side_by_side(rows: list[dict[str, Any]]) -> str:
    """Return a table of the lessons' runs beside what was published of them on MNIST."""
    wide = max(len("one-cycle    "), *(len(row["lesson"]) for row in rows))
    lines = [f"{'run':<{wide}} {'valid loss':>10} {'accuracy':>8}   {'published':<16} {'accuracy':<8}   what it is"]
    for row in rows:
        name, published = row["lesson"], PUBLISHED.get(row["lesson"], UNPUBLISHED)
        lines.append(
            f"{name:<{wide}} {shown(row['valid_loss']):>10} {row['accuracy']:>8.4f}   "
            f"{published.valid_loss:<16} {published.accuracy:<8}   {NOTES[name]}"
        )
    return "\n".join(lines)
