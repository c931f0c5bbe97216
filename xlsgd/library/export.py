"""`xlsgd.export`."""

from collections.abc import Callable
from importlib.util import find_spec
from os import PathLike
from pathlib import Path

from xlsgd.errors import InputError, needs
from xlsgd.mnist.finished import FinishedRun, read_run
from xlsgd.mnist.recipe import TEXTBOOK_RULES, TORCH_PREFIX, Recipe, knobs_of
from xlsgd.rules import RULES
from xlsgd.sheets.opened_equations import OpenedRule
from xlsgd.workbooks.opened_numbers import OpenedRun
from xlsgd.workbooks.opened_run import build_opened

FILE, ENDING = "network.xlsx", ".xlsx"


def export(
    run: str | PathLike[str],
    path: str | PathLike[str] | None = None,
    digits: int = 100,
    *,
    data: str | PathLike[str] | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Path:
    """Write a trained network as a workbook with live formulas, each with its value beside it, and return its path.

    A cell chooses one of the digits. By formulas follow its picture, the hidden activations, logits, softmax and
    cross-entropy, the errors passed back, the gradient of every weight, and every weight after one step of the run's
    own rule. Further sheets hold what each hidden unit looks for, and all digits with label, prediction, probability
    and loss. It is for networks of at most one hidden layer, as `xlsgd train` makes them.

    Args:
        run: the folder of a run that `xlsgd train` made.
        path: the file, which ends in .xlsx, or a folder, in which it is `network.xlsx`; the run's own folder if None.
        digits: how many of the digits that the run validated on are taken along, the first ones.
        data: where the run's images are, if they were moved.
        progress: is told of every some rows written.

    Raises:
        InputError: the folder holds no run of ten digits, its weights are damaged, not finite or too many for a
            workbook, its rule has no formula, its images are missing or others, or there are fewer digits; or the file
            cannot be written. One that is there is left whole.
    """
    if find_spec("safetensors") is None:
        raise InputError(needs("opening a run", "safetensors", "train"))
    if not isinstance(digits, int) or isinstance(digits, bool) or digits < 1:
        raise InputError(f"`digits` {digits}: give a whole number, 1 or more")
    file = _file(Path(run), path)
    return build_opened(file, _opened(read_run(Path(run), data), digits), progress)


def _file(run: Path, path: str | PathLike[str] | None) -> Path:
    if path is None:
        return run / FILE
    given = Path(path)
    if given.is_dir() or not given.suffix:
        return given / FILE
    if given.suffix.lower() != ENDING:
        raise InputError(f"{given}: give a file that ends in {ENDING}")
    return given


def _opened(finished: FinishedRun, n: int) -> OpenedRun:
    """Return a run as the workbook takes it, with its first digits."""
    images, labels = finished.digits.valid
    if n > len(labels):
        raise InputError(f"`digits` {n:,}: the run has {len(labels):,} test digits; give that many at most")
    scaled = images[:n] * float(finished.digits.scale)
    return OpenedRun(finished.layers, scaled, labels[:n], _rule(finished.recipe))


def _rule(recipe: Recipe) -> OpenedRule:
    """Return a recipe's rule as the workbook takes it; a layer that was frozen has a rate of 0."""
    name = recipe.optimizer.removeprefix(TORCH_PREFIX)
    if name not in RULES:
        known = ", ".join(TEXTBOOK_RULES)
        raise InputError(f"the run's optimizer {recipe.optimizer} has no formula here: give a run by one of {known}")
    knobs = knobs_of(RULES[name], recipe)._asdict()
    del knobs["lr"]
    rates = [0.0 if layer < recipe.freeze else rate for layer, rate in enumerate(recipe.rates())]
    decay = 0.0 if "weight_decay" in knobs else recipe.wd
    return OpenedRule(name, RULES[name], knobs, tuple(rates), recipe.l2, decay)
