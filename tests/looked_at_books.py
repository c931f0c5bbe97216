"""Small workbooks of every kind, for the tests of how sheets look."""

import numpy as np

import xlsgd
from xlsgd.mnist.history_xlsx import write_xlsx
from xlsgd.mnist.train import Epoch, Run
from xlsgd.points.points import LESSON_POINTS, Points
from xlsgd.rules import RULES
from xlsgd.run.standardized import standardized
from xlsgd.sheets.lesson import LESSON, trainings
from xlsgd.sheets.opened_equations import OpenedRule
from xlsgd.sweeping.goal import goal_of
from xlsgd.sweeping.grid import grid
from xlsgd.sweeping.results import Results
from xlsgd.sweeping.workbook import write_sweep_workbook
from xlsgd.workbooks.build import build
from xlsgd.workbooks.corrected import workbook as corrected
from xlsgd.workbooks.macro_workbook import build_macros
from xlsgd.workbooks.network.book import LESSONS, build_lessons
from xlsgd.workbooks.opened_numbers import OpenedRun
from xlsgd.workbooks.opened_run import build_opened

PRICES = Points([1180.0, 2570.0, 770.0, 1960.0, 1680.0], [221900.0, 538000.0, 180000.0, 604000.0, 510000.0])
"""Numbers at which the lesson's rates diverge."""


def opened(folder):
    random = np.random.default_rng(1)
    layers = tuple((random.normal(0, 0.3, (n, m)), random.normal(0, 0.1, n)) for n, m in ((3, 16), (10, 3)))
    rule = OpenedRule("adam", RULES["adam"], {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}, (1e-3, 1e-3))
    return build_opened(folder / "opened.xlsx", OpenedRun(layers, random.random((6, 16)), np.arange(6), rule))


def model(folder):
    from sample_models import SAMPLES

    network, points = SAMPLES["network"]
    return xlsgd.build(network, folder / "model.xlsx", points, rules=["sgd", "adam"], epochs=2)


def swept(folder):
    training = trainings()["adam"]
    axes = tuple(grid(training, {"lr": "1e-2:10:9", "beta": "0:0.9:5"}))
    loss = np.geomspace(1e-9, 2.9e39, 45)
    loss[-4:] = np.nan
    goal = goal_of(training, LESSON_POINTS)
    write_sweep_workbook(folder / "sweep.xlsx", Results(training, axes, 9, 29, loss, np.arange(45) % 9, goal))
    return folder / "sweep.xlsx"


def history(folder):
    epochs = [Epoch(i, 0.5 / i, 0.6 / i, 0.9, 1.23456789) for i in (1, 2)]
    steps = np.linspace(2.3, 0.1, 80)
    run = Run(epochs, steps, steps * 1e-3, steps / 3, np.zeros(3), None)
    write_xlsx(folder / "history.xlsx", run)
    return folder / "history.xlsx"


def build_all(folder):
    """Build them and return their paths by name."""
    kinds = {name: folder / name for name in ("prices", "standardized", "textbook", "history")}
    for each in kinds.values():
        each.mkdir()
    return {
        "graddesc": build("graddesc", folder, epochs=3),
        "prices": build("graddesc", kinds["prices"], PRICES, epochs=2),
        "standardized": build("graddesc", kinds["standardized"], standardized(PRICES), epochs=2),
        "textbook": build("graddesc", kinds["textbook"], trainings={"adamw": trainings()["adamw"]}, epochs=2),
        "entropy": build("entropy", folder),
        "network": build_lessons(folder, LESSONS, {}, epochs=2),
        "corrected": corrected.build("graddesc", folder),
        "corrected entropy": corrected.build("entropy", folder),
        "macros": build_macros(folder, LESSON_POINTS, LESSON),
        "model": model(folder),
        "opened": opened(folder),
        "sweep": swept(folder),
        "history": history(kinds["history"]),
    }
