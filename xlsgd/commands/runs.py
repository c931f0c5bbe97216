"""From the options of `xlsgd train` and `xlsgd lr-find` to a run and its folder."""

import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch

from xlsgd.commands.options import as_options
from xlsgd.commands.progress import waiting
from xlsgd.commands.terminal import complain, is_quiet, say
from xlsgd.errors import InputError
from xlsgd.mnist import data
from xlsgd.mnist.data import Digits
from xlsgd.mnist.device import Processes, choose_device, processes
from xlsgd.mnist.divergence import diverged
from xlsgd.mnist.files import CHECKPOINT, run_folder
from xlsgd.mnist.history import write_json
from xlsgd.mnist.lr_find import find, readings
from xlsgd.mnist.recipe import LESSONS, NOTES, THREES_SEVENS, TORCH_PREFIX, Recipe, checked, lesson_runs, usual_rate
from xlsgd.mnist.runs import Workplace, side_by_side, train_in, write_finding
from xlsgd.mnist.threes_sevens import load_threes_sevens, told

RECIPE_OPTIONS = ("model", "hidden", "optimizer", "lr", "wd", "l2", "schedule", "epochs", "batch_size", "freeze")
ALL = "all"
SMALL_BATCH = 16
"""Images in a step of threes and sevens among the digits that come along: as many steps an epoch as may be."""

EXIT_DIVERGED = 1
"""As where a cell differs: everything was done and written, and what came of it is not well.

Rank 0 alone ends so, after it has written: torchrun ends all others as soon as one does."""


def recipe_from(options: Mapping[str, Any], usual_epochs: int = 1) -> Recipe:
    """Return the recipe that a command's options ask for, with the usual values where they are silent.

    Raises:
        InputError: The model has no use for an option.
    """
    given = _given(options)
    cycle = given.get("schedule") == "one-cycle"
    optimizer = given.setdefault("optimizer", "adamw" if cycle else "adam")
    given.setdefault("epochs", usual_epochs)
    given.setdefault("wd", 0.01 if cycle or optimizer.removeprefix(TORCH_PREFIX) == "adamw" else 0.0)
    rates = given.pop("lr", None) or ((None, 1e-2) if cycle else (None, usual_rate(optimizer)))
    if given.get("model") == "logistic":
        _refuse_second_layer(given.get("hidden"), *rates)
    return Recipe(**given, lr_first=rates[0], lr=rates[1], seed=options["seed"])


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in RECIPE_OPTIONS if options.get(name) is not None}


def lesson_recipe(name: str, options: Mapping[str, Any], digits: Digits) -> Recipe:
    """Return the recipe of a lesson's run on some digits.

    Raises:
        InputError: An option beside `--lesson` asks for another run, or there are fewer images than a step takes.
    """
    for option in _given(options):
        spelled = option.replace("_", "-")
        raise InputError(f"--{spelled}: --lesson {options['lesson']} sets it; leave out one of the two")
    recipe = dataclasses.replace(LESSONS[name], seed=options["seed"])
    if recipe.task != THREES_SEVENS:
        return dataclasses.replace(recipe, epochs=usual_epochs(digits))
    if digits.name == data.BUNDLED:
        return dataclasses.replace(recipe, batch_size=SMALL_BATCH)
    if len(digits.train.labels) < recipe.batch_size:
        few, step = len(digits.train.labels), recipe.batch_size
        raise InputError(f"{digits.name}: {few} threes and sevens to train on are too few: a step takes {step}")
    return recipe


def digits_of(task: str, path: str | None) -> Digits:
    """Load the images of a recipe's task."""
    return load_threes_sevens(path) if task == THREES_SEVENS else data.load(path)


def _refuse_second_layer(hidden: int | None, lr_first: float | None, lr: float) -> None:
    if hidden is not None:
        raise InputError(f"--hidden {hidden}: --model logistic has no hidden layer; leave out one of the two")
    if lr_first is not None:
        raise InputError(f"--lr {lr_first:g}:{lr:g}: --model logistic has one layer; give one rate")


def usual_epochs(digits: Digits) -> int:
    """Return 1; for the few digits that come along, as many epochs as make the steps of one of MNIST's."""
    return 34 if digits.name == data.BUNDLED else 1


def train_by_options(options: Mapping[str, Any]) -> None:
    """Do what `xlsgd train` is asked: one run, or several of the lessons'.

    Raises:
        InputError: The options, the data, the checkpoint or the folder cannot be used.
    """
    lesson = options["lesson"]
    names = lesson_runs(lesson) if lesson else []
    loaded = {task: digits_of(task, options["data"]) for task in dict.fromkeys(map(_task, names or [""]))}
    torch.set_num_threads(options["threads"])
    device = choose_device(options["device"])
    with processes(device) as team:
        tell = say if team.rank == 0 else _silent
        if lesson and lesson not in LESSONS:
            train_lessons(names, options, loaded, device, team, tell)
            return
        (digits,) = loaded.values()
        recipe = lesson_recipe(lesson, options, digits) if lesson else recipe_from(options, usual_epochs(digits))
        checked(recipe, len(digits.train.labels), team.size)
        folder = team.agree(lambda: run_folder(options["out"], lesson or "train", options["resume"]))
        if not (folder / CHECKPOINT).exists():  # which may yet be refused, and was begun with the same digits
            tell_of(loaded, tell)
            if options["resume"]:
                tell(f"{folder}: no checkpoint yet; beginning with the first step", err=True)
        place = Workplace(device, team, options["threads"], options["checkpoint_every"])
        with telling_how_to_go_on(folder):
            epochs = train_in(folder, recipe, digits, place, lesson, as_options, is_quiet(), waiting)
        tell(f"Wrote {folder}")
        if any(map(diverged, epochs)) and team.rank == 0:
            complain(f"{folder}: the run diverged")
            sys.exit(EXIT_DIVERGED)


@contextmanager
def telling_how_to_go_on(folder: Path) -> Iterator[None]:
    """Have an interrupted run say how it goes on, after what is kept of it."""
    try:
        yield
    except KeyboardInterrupt as error:
        if error.args:
            options = f"the same options with --out {folder} --resume"
            raise KeyboardInterrupt(f"{error}; {options} go on") from error
        raise


def _task(lesson: str) -> str:
    return LESSONS[lesson].task if lesson else Recipe.task


def train_lessons(
    names: Sequence[str],
    options: Mapping[str, Any],
    loaded: Mapping[str, Digits],
    device: torch.device,
    team: Processes,
    tell: Callable[..., None],
) -> None:
    """Run some of the lessons' runs, each in a folder of its own, and print them side by side with what was published.

    Args:
        names: The runs.
        options: The command's options.
        loaded: The images of each task.
        device: Where they take place.
        team: The processes that share each batch.
        tell: Prints what rank 0 says.
    """
    recipes = {name: lesson_recipe(name, options, loaded[_task(name)]) for name in names}
    called = "lessons" if options["lesson"] == ALL else options["lesson"]
    resume = options["resume"] or None
    folder = team.agree(lambda: run_folder(options["out"], called, resume))
    tell_of(loaded, tell)
    place = Workplace(device, team, options["threads"], options["checkpoint_every"])
    epochs = {}
    for name, recipe in recipes.items():
        tell(f"{name}: {NOTES[name]}")
        own = folder / name
        team.agree(partial(run_folder, str(own), name, resume))
        with telling_how_to_go_on(folder):
            epochs[name] = train_in(own, recipe, loaded[recipe.task], place, name, as_options, is_quiet(), waiting)
    rows = [{"lesson": name, **of_run[-1]._asdict()} for name, of_run in epochs.items()]
    for line in ("", *side_by_side(rows).splitlines()):
        tell(line)
    if team.rank == 0:
        write_json(folder / "lessons.json", rows)
        tell(f"Wrote {folder}")
    bad = [name for name, of_run in epochs.items() if any(map(diverged, of_run))]
    if bad and team.rank == 0:
        complain(f"{folder}: {len(bad)} of {len(epochs)} runs diverged: {', '.join(bad)}")
        sys.exit(EXIT_DIVERGED)


def find_by_options(options: Mapping[str, Any]) -> None:
    """Do what `xlsgd lr-find` is asked.

    Raises:
        InputError: The options, the data or the folder cannot be used.
    """
    digits = data.load(options["data"])
    torch.set_num_threads(options["threads"])
    device = choose_device(options["device"])
    recipe = checked(recipe_from(options), len(digits.train.labels))
    folder = run_folder(options["out"], "lr-find")
    tell_of_images(digits, say)
    finding = find(recipe, digits, device)
    write_finding(folder, finding)
    tried = f"{finding.rates[0]:.0e} to {finding.rates[-1]:.2g} in {len(finding.rates)} batches"
    if finding.suggestion is None:
        say(f"Tried rates from {tried}: the loss never fell, so no rate is suggested.")
    else:
        say(f"Tried rates from {tried}:")
        for what, rate in readings(finding).items():
            say(f"  {what}: {rate:.2g}")
        say(f"The safer is --lr {finding.suggestion:.2g}")
    say(f"Wrote {folder}")


def tell_of(loaded: Mapping[str, Digits], tell: Callable[..., None]) -> None:
    """Say which images a run is on, and how many threes and sevens there are."""
    tell_of_images(next(iter(loaded.values())), tell)
    if THREES_SEVENS in loaded:
        tell(told(loaded[THREES_SEVENS]), err=True)


def tell_of_images(digits: Digits, tell: Callable[..., None]) -> None:
    """Say which images a run is on, and so where they are not MNIST's."""
    if digits.name == data.BUNDLED:
        tell(f"No --data and no ${data.ENVIRONMENT}: training on {digits.name}.", err=True)
    else:
        tell(f"Training on the images of {digits.name}.", err=True)


def _silent(*_: Any, **__: Any) -> None:
    """Say nothing: rank 0 speaks for all."""
