"""What each quirk of the course's `graddesc` makes of the numbers, as the quirks' sheet shows it."""

from xlsgd.functions import Value, if_above, sqrt, total
from xlsgd.workbooks.corrected.quirks import COURSE, CellsByKey


def last_update_lost(c: CellsByKey) -> Value:
    """Return what the course's next epoch starts from: the last row's b before its update."""
    return c["basic", ("b", "last")]


def root_of_sum(c: CellsByKey) -> Value:
    """Return what the course calls rmse: the root of the sum of the squared errors."""
    return sqrt(total(c["basic", ("err^2", "all")]))


def one_sided(c: CellsByKey) -> Value:
    """Return the first row's gradient for a as the course estimates it, by a step ahead."""
    h, x, y = c[COURSE, "h"], c["basic", ("x", "first")], c["basic", ("y", "first")]
    b, a, err2 = c["basic", ("b", "first")], c["basic", ("a", "first")], c["basic", ("err^2", "first")]
    return (((a + h) * x + b - y) ** 2 - err2) / h


def averaged_momentum(c: CellsByKey) -> Value:
    """Return the first row's moving average of b's gradients, with weights beta and 1 - beta."""
    beta = c[COURSE, "momentum beta"]
    return c[COURSE, "momentum m b"] * beta + (1 - beta) * c["momentum", ("de/db", "first")]


def warm_average(c: CellsByKey) -> Value:
    """Return the first row's moving average of b's gradients on `adam`, which has already seen the data."""
    beta1 = c[COURSE, "adam beta1"]
    return c[COURSE, "adam m b"] * beta1 + (1 - beta1) * c["adam", ("de/db", "first")]


def rmsprop_step(c: CellsByKey) -> Value:
    """Return the first row's new b on the course's `rmsprop`, with the mean square of the row before."""
    step = c["rmsprop", ("de/db", "first")] * c[COURSE, "rmsprop lr"] / sqrt(c[COURSE, "rmsprop v b"])
    return c["rmsprop", ("b", "first")] - step


def adam_step(c: CellsByKey) -> Value:
    """Return the first row's new b on the course's `adam`, without epsilon and bias correction."""
    beta2, gradient = c[COURSE, "adam beta2"], c["adam", ("de/db", "first")]
    mean_square = c[COURSE, "adam v b"] * beta2 + (1 - beta2) * gradient**2
    return c["adam", ("b", "first")] - warm_average(c) * c[COURSE, "adam lr"] / sqrt(mean_square)


def rate_without_schedule(c: CellsByKey) -> Value:
    """Return the rate of the course's `adam_ann` after the button's test: a quarter if the gradients doubled."""
    size = sqrt(c[COURSE, "annealed v b"]) + sqrt(c[COURSE, "annealed v a"])
    lr = c[COURSE, "annealed lr"]
    return if_above(size / c[COURSE, "annealed best"], 2, lr / 4, lr)


def fixed_y(c: CellsByKey) -> Value:
    """Return the first row's y on the course's training sheets, whatever stands on `data`."""
    return c[COURSE, "y"]
