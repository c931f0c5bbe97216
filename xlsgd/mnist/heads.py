"""What stands behind the last layer: what it says of an image, and what is lost; inside the model an image is a column.

Ten digits are told apart by a softmax and its cross-entropy, threes from sevens by lesson 4's sigmoid and its loss.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

Matrix = npt.NDArray[Any]
"""NumPy's array of a model's numbers, in one of the types of float."""


class Head(NamedTuple):
    """What the numbers of the last layer mean.

    Args:
        log_probabilities: The logarithm of each class's probability, (classes, n), of the last layer's numbers.
        loss_and_slope: The mean loss, a number, and its gradient by the last layer's numbers, of these and of what the
            images show, one-hot, (classes, n); it may write into either tensor that it makes, and into no other.
        of_arrays: The same of NumPy's arrays; it may write into the first.
        lost: The sum of the images' losses, of `log_probabilities` and of what the images show.
        loss: What is lost, in words, with its unit.
    """

    log_probabilities: Callable[[Tensor], Tensor]
    loss_and_slope: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    of_arrays: Callable[[Matrix, Matrix], tuple[Any, Matrix]]
    lost: Callable[[Tensor, Tensor], Tensor]
    loss: str


def _softmax(z: Tensor) -> Tensor:
    return z.log_softmax(0)


def _cross_entropy(log_p: Tensor, target: Tensor) -> Tensor:
    return -(log_p * target).sum()


def _cross_entropy_and_slope(z: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    log_p = z.log_softmax(0)
    loss = torch.dot(log_p.view(-1), target.view(-1)).div_(-target.shape[1])
    return loss, log_p.exp_().sub_(target).div_(target.shape[1])


def _cross_entropy_of_arrays(z: Matrix, target: Matrix) -> tuple[Any, Matrix]:
    z -= np.maximum.reduce(z, 0)
    p = np.exp(z)
    total = np.add.reduce(p, 0)
    loss = (np.log(total).sum() - np.vdot(z, target)) / len(total)
    p /= total
    p -= target
    p /= len(total)
    return loss, p


def _sigmoid(z: Tensor) -> Tensor:
    return logsigmoid(torch.cat([-z, z]))


def _sigmoid_loss(log_p: Tensor, target: Tensor) -> Tensor:
    return ((1 - log_p.exp()) * target).sum()


def _sigmoid_loss_and_slope(z: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    side = target[:1] - target[1:]  # -1 where the image shows the second class
    missed = torch.sigmoid(side * z)
    return missed.mean(), side * missed * (1 - missed) / target.shape[1]


def _sigmoid_loss_of_arrays(z: Matrix, target: Matrix) -> tuple[Any, Matrix]:
    side = target[:1] - target[1:]
    missed = 1 / (1 + np.exp(-side * z))
    return missed.mean(), side * missed * (1 - missed) / target.shape[1]


DIGITS = Head(_softmax, _cross_entropy_and_slope, _cross_entropy_of_arrays, _cross_entropy, "cross-entropy, nats")
"""A softmax over the digits, and the mean cross-entropy."""

TWO_CLASSES = Head(
    _sigmoid, _sigmoid_loss_and_slope, _sigmoid_loss_of_arrays, _sigmoid_loss, "probability missed, 0 to 1"
)
"""Lesson 4's: the sigmoid p of one number is the second class's probability; 1 - p is lost where the image shows that
class, p where it shows the first."""

HEADS = {"digits": DIGITS, "threes-sevens": TWO_CLASSES}
"""By a recipe's task."""
