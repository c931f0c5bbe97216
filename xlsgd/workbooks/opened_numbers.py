"""The numbers of a trained network's workbook: what it makes of digits, what goes back from one, and a step on."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from xlsgd.sheets.opened_equations import OpenedRule, error, loss, odds, probability, step
from xlsgd.sheets.opened_plan import OpenedPlan

Doubles = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

CALM = 2e-13
"""By how much of itself rounding may change a number of the page that the workbook shows at first."""

WOBBLE = 1e-15
"""What rounding does to a sum's terms, at most, where engines add in another order."""


class OpenedRun(NamedTuple):
    """A trained network, some digits, and the rule that it was trained by.

    Args:
        layers: each layer's weight, (outputs, inputs), and bias, (outputs,); one or two.
        images: pixels from 0 to 1, (n, pixels).
        labels: what they show, (n,).
        rule: the rule.
    """

    layers: tuple[tuple[Doubles, Doubles], ...]
    images: Doubles
    labels: Whole
    rule: OpenedRule

    def plan(self) -> OpenedPlan:
        """Return the sizes of the workbook."""
        sizes = (self.images.shape[1], *(len(bias) for _, bias in self.layers))
        return OpenedPlan(sizes, len(self.labels), round(self.images.shape[1] ** 0.5))


class Forward(NamedTuple):
    """What the network makes of some images, a row each.

    Args:
        incoming: what comes into each layer.
        sums: what each layer makes of that.
        most: the greatest of the last layer's sums, the logits.
        odds: the exponentials of the logits less that.
        of_label: the label's probability.
        of_others: that of all others together.
        loss: the cross-entropy.
    """

    incoming: list[Doubles]
    sums: list[Doubles]
    most: Doubles
    odds: Doubles
    of_label: Doubles
    of_others: Doubles
    loss: Doubles

    @property
    def taken_for(self) -> Whole:
        """The class that each image is taken for."""
        taken: Whole = np.argmax(self.odds, 1)
        return taken


class Back(NamedTuple):
    """Of one digit: the error of each unit of each layer, and the gradients of the weights."""

    errors: list[Doubles]
    slopes: list[Doubles]


def widest_spread(run: OpenedRun) -> float:
    """Return how far the logits of a digit lie apart at most."""
    comes_in = run.images
    for weight, bias in run.layers[:-1]:
        comes_in = np.maximum(0.0, comes_in @ weight.T + bias)
    weight, bias = run.layers[-1]
    return float(np.ptp(comes_in @ weight.T + bias, axis=1).max())


def run_forward(layers: Sequence[tuple[Doubles, Doubles]], images: Doubles, labels: Whole) -> Forward:
    """Return what a network makes of images."""
    incoming, sums = [images], list[Doubles]()
    for weight, bias in layers:
        if sums:
            incoming.append(np.maximum(0.0, sums[-1]))
        sums.append(incoming[-1] @ weight.T + bias)
    most = sums[-1].max(1)
    all_odds = odds(sums[-1], most[:, None])
    own = labels[:, None] == np.arange(all_odds.shape[1])
    total = all_odds.sum(1)
    of_label = probability(all_odds[own], total)
    of_others = probability(np.where(own, 0.0, all_odds).sum(1), total)
    with np.errstate(divide="ignore"):  # in the form of the loss that is not taken
        losses = loss(of_others, total, most, sums[-1][own])
    return Forward(incoming, sums, most, all_odds, of_label, of_others, losses)


def run_back(layers: Sequence[tuple[Doubles, Doubles]], forward: Forward, digit: int, label: int) -> Back:
    """Return what goes back from a digit's loss, the digit counted from 0."""
    shares = probability(forward.odds[digit], forward.odds[digit].sum())
    errors = [error(np.arange(len(shares)), label, forward.of_others[digit], shares)]
    for (weight, _), sums in zip(layers[:0:-1], forward.sums[-2::-1], strict=True):
        errors.insert(0, np.where(sums[digit] > 0, errors[0] @ weight, 0.0))
    return Back(errors, [np.outer(own, x[digit]) for own, x in zip(errors, forward.incoming, strict=True)])


def stepped(run: OpenedRun, back: Back) -> list[tuple[Doubles, Doubles]]:
    """Return each layer's weight and bias after one step."""
    made = []
    for layer, ((weight, bias), own, slopes) in enumerate(zip(run.layers, back.errors, back.slopes, strict=True), 1):
        cells: dict[str, Any] = dict(run.rule.cells(layer))
        made.append((step(run.rule, weight, slopes, cells), step(run.rule, bias, own, cells)))
    return made


def first_shown(run: OpenedRun, forward: Forward) -> int:
    """Return the digit that the workbook shows at first, from 0: the calm one of which the network loses most.

    Its errors and gradients are the greatest, and so the easiest to see. A digit is calm if rounding changes no number
    of its page by more than `CALM`: where a sum of many terms nearly cancels, engines that add in another order part.
    """
    order = np.argsort(-forward.loss, kind="stable")
    return int(next((digit for digit in order if _is_calm(run, int(digit))), order[0]))


def _is_calm(run: OpenedRun, digit: int) -> bool:
    random = np.random.default_rng(digit)
    image, label = run.images[[digit]], run.labels[[digit]]
    first, *later = run.layers
    wobbled = [first, *((w * (1 + WOBBLE * random.choice([-1, 1], w.shape)), b) for w, b in later)]
    shown = []
    for layers in (run.layers, wobbled):
        forward = run_forward(layers, image, label)
        back = run_back(layers, forward, 0, int(label[0]))
        steps = [array for layer in stepped(run, back) for array in layer]
        shown.append([forward.sums[-1], *back.errors, *steps])
    return all(np.allclose(one, other, rtol=CALM, atol=0) for one, other in zip(*shown, strict=True))
