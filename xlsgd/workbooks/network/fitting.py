"""Trainings of `network.xlsx` on other points: what follows from how many there are is made to fit."""

from dataclasses import replace

from xlsgd.sheets.training import Training, with_knobs
from xlsgd.workbooks.network.lesson import Lesson, TaughtTraining


def fitted(training: Training, lesson: TaughtTraining, n: int, epochs: int) -> Training:
    """Return a lesson's training, or another run beside it, for `n` points and as many epochs as a sheet steps through.

    A batch of all the lesson's points is one of all of these, and none is larger; a cycle over all the lesson's epochs
    is one over all of these. Both are knobs, and can be set to something else then.
    """
    knobs, fits = training.knobs._asdict(), {}
    if "batch" in knobs:
        fits["batch"] = float(n if knobs["batch"] == lesson.points.n else min(knobs["batch"], n))
    if knobs.get("T") == (lesson.epochs + 1) * lesson.points.n:
        fits["T"] = float((epochs + 1) * n)
    return with_knobs(training, **fits)


def fitted_lesson(lesson: Lesson, n: int, epochs: int) -> Lesson:
    """Return a lesson with all its runs fitted; the rest as of `fitted`."""
    others = tuple(fitted(other, lesson, n, epochs) for other in lesson.others)
    return replace(lesson, training=fitted(lesson.training, lesson, n, epochs), others=others)
