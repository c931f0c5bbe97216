"""A way through training, against the sheet pressed alone."""

import numpy as np
import pytest
from sample_models import SAMPLES

from xlsgd.pictures.trajectory import trajectory
from xlsgd.run.press import LiveSheet
from xlsgd.sheets.lesson import trainings
from xlsgd.sheets.training import with_knobs
from xlsgd.sheets.trainings import training_of

SHEETS = trainings()


def test_a_trajectory_is_the_sheet_pressed():
    way = trajectory(SHEETS["adam"], 3)
    sheet = LiveSheet(SHEETS["adam"])
    for epoch in range(4):
        state = sheet.state()
        here = way.parameters["b"][epoch], way.parameters["a"][epoch], way.loss[epoch]
        assert here == (state["b"], state["a"], state["loss"])
        sheet.step()
    assert len(way.loss) == 4
    assert not way.diverged


@pytest.mark.parametrize("name", SAMPLES)
def test_any_models_trajectory_has_all_of_its_parameters(name):
    model, points = SAMPLES[name]
    way = trajectory(training_of(model, "sgd"), 2, points)
    assert list(way.parameters) == list(model.start) and {len(values) for values in way.parameters.values()} == {3}


def test_a_trajectory_ends_where_it_diverges():
    way = trajectory(with_knobs(SHEETS["basic"], lr=0.01), 50)
    assert way.diverged
    assert "diverged in epoch" in way.name
    assert np.isfinite([*way.parameters["b"], *way.parameters["a"], *way.loss]).all()
    assert len(way.loss) < 51
