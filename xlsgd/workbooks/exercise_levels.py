"""What there is to be practised: which formulas of which sheet are left out, the task, and a hint for each."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from xlsgd.sheets.description import Sheet
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.table import table_sheet
from xlsgd.sheets.table_books import table_book
from xlsgd.workbooks.build import filled_training
from xlsgd.workbooks.network.fill import with_layout
from xlsgd.workbooks.network.lesson import Lesson
from xlsgd.workbooks.network.relu_network import RELU_NETWORK

IMAGE = re.compile(r"^Image \d ")


class Level(NamedTuple):
    """An exercise.

    Args:
        name: what it is called.
        title: the idea in a line.
        task: what to do.
        sheet: gives the sheet with all of its formulas.
        hints: for each heading whose column is left out, or its part before a `_` or behind the image's number, what
            to think of.
    """

    name: str
    title: str
    task: str
    sheet: Callable[[], Sheet]
    hints: Mapping[str, str]

    def hint(self, heading: str) -> str:
        """Return the hint for a heading's column, nothing if that is not left out."""
        names = (heading, heading.partition("_")[0], IMAGE.sub("", heading))
        return next((self.hints[name] for name in names if name in self.hints), "")


def _training(name: str) -> Callable[[], Sheet]:
    return lambda: filled_training(LESSON[name])


def _network(lesson: Lesson) -> Callable[[], Sheet]:
    return lambda: filled_training(with_layout(lesson), lesson.points)


NEW = {
    "new b": "The weight of this row, less the rate (D2) times what this sheet steps along for b.",
    "new a": "As new b, with the columns of a.",
}

LEVELS = {
    level.name: level
    for level in (
        Level(
            "gradient",
            "The gradient of the squared error",
            "err^2 is (y_pred - y)^2, and y_pred is intercept + slope*x. Fill in de/db and de/da: how the error "
            "moves when "
            "the intercept or the slope does. The estimates beside them are near, but not the same.",
            _training("basic"),
            {
                "de/db": "The chain rule: the derivative of the square is twice what is squared, times its own "
                "derivative "
                "by the intercept, which is 1.",
                "de/da": "What is squared grows by x when the slope grows by 1: de/db times x.",
            },
        ),
        Level(
            "momentum",
            "Momentum: a moving average of the gradients",
            "Fill in the averages m b and m a, which keep the share beta (J1) of the row above and take 1-beta (K1) of "
            "the new gradient; then step along them.",
            _training("momentum"),
            {
                "m b": "beta times the average in the row above, plus 1-beta times this row's de/db. Fix the knobs' "
                "cells "
                "with $.",
                "m a": "As m b, with de/da.",
                **NEW,
            },
        ),
        Level(
            "rmsprop",
            "RMSProp: the gradient over the root of its mean square",
            "Fill in the mean squares v b and v a, and the steps: each gradient is divided by the root of the mean "
            "square "
            "of the row above, as the course's sheet does.",
            _training("rmsprop"),
            {
                "v b": "beta times the mean square above, plus 1-beta times the square of de/db.",
                "v a": "As v b, with de/da.",
                "new b": "The weight less rate times gradient over the root of v b in the row above.",
                "new a": "As new b, with the columns of a.",
            },
        ),
        Level(
            "adam",
            "Adam: momentum over the root of the mean square",
            "Fill in both averages and the steps. The course's Adam has no epsilon and no bias correction.",
            _training("adam"),
            {
                "m b": "The average of the gradients: beta1 of the row above, 1-beta1 of this row's de/db.",
                "m a": "As m b, with de/da.",
                "v b": "The average of their squares: beta2 of the row above, 1-beta2 of the square of de/db.",
                "v a": "As v b, with de/da.",
                "new b": "The weight less rate times m b over the root of v b, both of this row.",
                "new a": "As new b, with the columns of a.",
            },
        ),
        Level(
            "softmax",
            "Softmax: from outputs to probabilities",
            "Fill in the exponentials of both images' outputs, and the share that each has of their sum, which stands "
            "below.",
            lambda: table_sheet(table_book("entropy").tables["softmax"]),
            {
                "exp": "The exponential of the output beside it: EXP.",
                "softmax": "This row's exponential over the sum of all, which stands below the exponentials.",
            },
        ),
        Level(
            "backward",
            "The backward pass: errors passed back through the network",
            "Fill in how the loss moves with the prediction, with z, and with each hidden unit behind and before its "
            "ReLU. "
            "The gradients of the weights to the right follow from these.",
            _network(RELU_NETWORK),
            {
                "dL/dpred": "The loss is the binary cross-entropy of pred and y: differentiate -(y*ln(pred) + "
                "(1-y)*ln(1-pred)) by pred.",
                "dL/dz": "pred is the sigmoid of z: its derivative is pred*(1-pred). Or know the result: pred - y.",
                "dL/dh": "z has w2 times h in it: the error of z times that weight.",
                "dL/da": "The ReLU hands the error of h on where a is above 0, and nothing elsewhere: IF.",
            },
        ),
    )
}
"""The exercises by name, easiest first."""
