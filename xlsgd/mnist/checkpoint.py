"""Checkpoints: whatever a run needs to go on as if nothing had happened."""

import dataclasses
import io
import warnings
import zipfile
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch

from xlsgd.errors import InputError
from xlsgd.mnist.files import CHECKPOINT, write_beside
from xlsgd.mnist.recipe import CONSTANT, MOST_EPOCHS, Recipe

FORMAT = 1
MAX_BYTES = 2**31
"""The most that a checkpoint may unpack to; the lesson's network with Adam takes half a megabyte."""

PLAIN = (str, int, float, type(None))
"""What a run is made of."""


class RunPosition(NamedTuple):
    """Where a run stands: epochs done, steps and seconds of the one begun, a row an epoch, a loss a step."""

    epoch: int
    step: int
    seconds: float
    epochs: list[Any]
    losses: list[float]


class Stateful(Protocol):
    """An engine, as far as a checkpoint knows it."""

    def saved(self) -> dict[str, Any]:
        """Return the state: weights, and what the optimizer remembers."""

    def load(self, saved: dict[str, Any], steps: int) -> None:
        """Take up such a state after so many steps; raises ValueError where it is of another model or optimizer."""


class Checkpoints:
    """The checkpoint of one run.

    Attributes:
        path: The file.
        every: Steps between two of them; None: at the end of each epoch.
        kept: Epochs that are done, and steps of the one begun, by the file as it is now.
    """

    def __init__(self, folder: Path, recipe: Recipe, digest: str, processes: int, every: int | None, rank: int) -> None:
        """Name the run by all that decides its numbers; only rank 0 writes."""
        self.path, self.every, self.rank, self.kept = folder / CHECKPOINT, every, rank, (0, 0)
        self.made_of = dataclasses.asdict(recipe) | {"data": digest, "processes": processes}

    def due(self, step: int) -> bool:
        """Tell whether a checkpoint is to be written after so many steps of the run."""
        return self.every is not None and step % self.every == 0

    def save(self, engine: Stateful, at: RunPosition) -> None:
        """Write the checkpoint in place of the last one.

        Raises:
            InputError: The folder cannot be written to, or the disk is full.
        """
        if self.rank:
            return
        held = {
            "format": FORMAT,
            "made_of": self.made_of,
            "engine": engine.saved(),
            "epoch": at.epoch,
            "step": at.step,
            "seconds": at.seconds,
            "epochs": [list(row) for row in at.epochs],
            "losses": torch.tensor(at.losses, dtype=torch.float64),
            "random": torch.get_rng_state(),
        }
        whole = io.BytesIO()  # torch.save into a file raises RuntimeError where the disk is full
        torch.save(held, whole)
        write_beside(self.path, lambda beside: beside.write_bytes(whole.getbuffer()))
        self.kept = at.epoch, at.step

    def load(self, engine: Stateful, steps: int, epochs: int) -> RunPosition | None:
        """Put the engine where the checkpoint stands, in a run of `epochs` times `steps`; None where there is no file.

        Raises:
            InputError: The file is damaged, hostile, or the checkpoint of another run; that of one with another number
                of epochs is taken where its rate does not depend on the number, and so many are not done yet.
        """
        if not self.path.exists():
            return None
        held = self._read()
        self._check_same_run(held)
        self._check_epochs(held)
        try:
            epoch, step = int(held["epoch"]), int(held["step"])
            inside = 0 <= epoch <= epochs and 0 <= step < steps
            if not inside or held["losses"].shape != (epoch * steps + step,):
                raise ValueError("it stands where this run never does")
            at = RunPosition(
                epoch,
                step,
                float(held["seconds"]),
                [(int(n), *map(float, numbers)) for n, *numbers in held["epochs"]],
                [float(loss) for loss in held["losses"].tolist()],
            )
            if [row[0] for row in at.epochs] != list(range(1, at.epoch + 1)) or any(len(row) != 5 for row in at.epochs):
                raise ValueError("its epochs are not whole")
            engine.load(held["engine"], epoch * steps + step)
            torch.set_rng_state(held["random"])
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError, OverflowError) as error:
            raise InputError(
                f"{self.path}: not a checkpoint of this run ({_line(error)}); give another `out`"
            ) from error
        self.kept = at.epoch, at.step
        return at

    def _read(self) -> dict[str, Any]:
        try:
            self._check_zip()
            with warnings.catch_warnings():  # of a pickle that torch.save would not write; it is read or refused
                warnings.simplefilter("ignore")
                held = torch.load(self.path, map_location="cpu", weights_only=True)
        except InputError:
            raise
        except Exception as error:  # what zipfile and torch.load raise on damaged bytes is no closed list
            raise InputError(
                f"{self.path}: damaged, cut short or hostile, and not read; delete it or give another `out`"
            ) from error
        if not isinstance(held, dict) or _differs(held.get("format"), FORMAT) or type(held.get("made_of")) is not dict:
            raise InputError(f"{self.path}: not a checkpoint of xlsgd; give another `out`")
        return held

    def _check_zip(self) -> None:
        """Check the size and the check sums, which torch.load does not look at; a pipe would be waited for."""
        if not self.path.is_file():
            raise InputError(f"{self.path}: not a file; give another `out`")
        with zipfile.ZipFile(self.path) as file:
            if sum(entry.file_size for entry in file.infolist()) > MAX_BYTES:
                raise InputError(f"{self.path}: unpacks to more than a checkpoint can hold; give another `out`")
            if file.testzip() is not None:
                raise zipfile.BadZipFile("a check sum is wrong")

    def _check_same_run(self, held: dict[str, Any]) -> None:
        for name, here in self.made_of.items():
            there = held["made_of"].get(name)
            if name == "epochs" and type(there) is int and 1 <= there <= MOST_EPOCHS:
                continue
            if name == "data" and _differs(there, here):
                raise InputError(f"{self.path}: of a run on other images; give the same `data`, or another `out`")
            if _differs(there, here):
                shown = f"{there!a}"[:70] if isinstance(there, PLAIN) else "something else"
                raise InputError(
                    f"{self.path}: of another run ({name}: {shown} there, {here!a} here); "
                    "give the same options, or another `out`"
                )

    def _check_epochs(self, held: dict[str, Any]) -> None:
        """Check that the run may go on to another number of epochs, if another is asked for."""
        there, here = held["made_of"]["epochs"], self.made_of["epochs"]
        if there == here:
            return
        if self.made_of["schedule"] != CONSTANT:
            rates = f"each step's rate depends on their number by `schedule` {self.made_of['schedule']}"
            raise InputError(f"{self.path}: of a run of {there} epoch(s), and {rates}; give so many, or another `out`")
        epoch, step = held.get("epoch"), held.get("step")
        if type(epoch) is not int or type(step) is not int or not 0 <= epoch <= there:
            raise InputError(f"{self.path}: not a checkpoint of this run (it stands nowhere); give another `out`")
        begun = epoch + (step > 0)
        if begun > here:
            more = f"more than `epochs` {here}"
            raise InputError(f"{self.path}: {begun} epoch(s) are begun, {more}; give {begun} or more, or another `out`")


def _differs(there: Any, here: Any) -> bool:
    """Tell whether a value read is another; only plain ones are compared, since tensors compare to tensors."""
    return not isinstance(there, PLAIN) or there != here


def _line(error: Exception) -> str:
    """Return the first line of what an error says, as text that a terminal shows and does not obey."""
    return f"{(str(error).splitlines() or [type(error).__name__])[0][:100]!a}"
