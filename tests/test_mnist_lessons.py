"""The lesson's runs on real MNIST: where the published ones and independent ones lie."""

import dataclasses

import pytest
from mnist_support import real_digits, real_mnist

from xlsgd.mnist.recipe import LESSONS
from xlsgd.mnist.train import train

REFERENCE = {
    "logistic-sgd": (0.4875, 0.0015, 0.8857, 0.0018),
    "nn-manual-l2": (0.4371, 0.0061, 0.8915, 0.0026),
    "nn-sgd-wd": (0.4371, 0.0061, 0.8915, 0.0026),
    "nn-adam-2e-2": (0.99, 0.25, 0.938, 0.008),
    "nn-adam-1e-3": (0.2888, 0.0033, 0.9182, 0.0013),
    "nn-adam-kept": (0.2411, 0.0026, 0.9328, 0.0015),
    "one-cycle": (0.1325, 0.0028, 0.9624, 0.0012),
}
"""Valid loss and accuracy, mean and standard deviation over seeds, of runs with PyTorch's own modules."""


@real_mnist
@pytest.mark.parametrize("name", REFERENCE)
def test_a_lessons_run_lies_where_the_lessons_does(name):
    loss, loss_sd, accuracy, accuracy_sd = REFERENCE[name]
    ends = [train(dataclasses.replace(LESSONS[name], seed=seed), real_digits()).epochs[-1] for seed in range(3)]
    # Three standard deviations, of the mean over three seeds.
    assert sum(end.valid_loss for end in ends) / 3 == pytest.approx(loss, abs=3 * loss_sd)
    assert sum(end.accuracy for end in ends) / 3 == pytest.approx(accuracy, abs=3 * accuracy_sd)
