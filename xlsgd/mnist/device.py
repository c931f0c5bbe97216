"""Where a run takes place: the device, the threads, and the processes beside this one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor

from xlsgd.errors import InputError


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of that name; `auto` takes CUDA, then MPS, then the CPU.

    Raises:
        InputError: The device is not at hand.
    """
    at_hand = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, there in at_hand.items() if there)
    if not at_hand.get(name, False):
        raise InputError(f"`device` {name}: not at hand on this machine; try `device` auto")
    if name == "cuda" and "LOCAL_RANK" in os.environ:
        return torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    return torch.device(name)


T = TypeVar("T")


class Processes(NamedTuple):
    """The processes that train together, as `torchrun` starts them."""

    rank: int = 0
    size: int = 1

    def mean(self, values: Tensor) -> Tensor:
        """Average a tensor over the processes, in place."""
        if self.size > 1:
            dist.all_reduce(values)
            values.div_(self.size)
        return values

    def agree(self, make: Callable[[], T]) -> T:
        """Have rank 0 make something, and give it to all.

        Raises:
            InputError: Rank 0 could not; every process is told why.
        """
        if self.size == 1:
            return make()
        held: list[Any] = [None, None]
        if self.rank == 0:
            try:
                held[0] = make()
            except InputError as error:
                held[1] = str(error)
        dist.broadcast_object_list(held)
        if held[1]:
            raise InputError(held[1])
        return cast(T, held[0])


@contextmanager
def processes(device: torch.device) -> Iterator[Processes]:
    """Join the processes that `torchrun` started, over nccl on GPUs and gloo on CPUs; alone without it.

    Raises:
        InputError: `torchrun` started this process on a device without a way to talk to the others.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Processes()
        return
    if device.type == "mps":
        raise InputError("`device` mps: several processes need `device` cpu or cuda")
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Processes(dist.get_rank(), count)
    finally:
        dist.destroy_process_group()
