"""What whoever calls the library names: a model, a training sheet of the lesson, or one of the workbook `network`."""

from collections.abc import Mapping
from typing import Any

from xlsgd.errors import InputError
from xlsgd.models import Model
from xlsgd.points.given import as_points, points_for
from xlsgd.points.points import Points
from xlsgd.sheets.chosen import Rules, chosen_training, chosen_trainings, with_set_knobs
from xlsgd.sheets.table import Table, with_table_knobs
from xlsgd.sheets.training import Training
from xlsgd.workbooks.network.known import network_tables, network_trainings, points_of, table_of, training_of_sheet


def trainings_and_points(
    what: Model | str, points: Any, rules: Rules, knobs: Mapping[str, float], **options: Any
) -> tuple[dict[str, Training], Points]:
    """Return training sheets by name and their points; the arguments are those of `xlsgd.build`.

    Raises:
        InputError: something of this cannot be.
    """
    if isinstance(what, str) and what in network_trainings():
        training, given = _of_network(what, points, rules, knobs, options)
        return {what: training}, given
    trainings = chosen_trainings(what, rules, knobs, **options)
    model = next(iter(trainings.values())).model
    return trainings, points_for(points, model.inputs, model.targets)


def training_and_points(
    what: Model | str, points: Any, rule: Any, knobs: Mapping[str, float], **options: Any
) -> tuple[Training, Points]:
    """Return one training sheet and its points; the rest as of `trainings_and_points`."""
    if isinstance(what, str) and what in network_trainings():
        return _of_network(what, points, rule, knobs, options)
    training = chosen_training(what, rule, knobs, **options)
    return training, points_for(points, training.model.inputs, training.model.targets)


def table_given(what: Model | str, points: Any, knobs: Mapping[str, float] = {}, **options: Any) -> Table | None:
    """Return a table of the workbook `network`, with a user's points and knobs, or None if `what` is none.

    Raises:
        InputError: the points do not fit, it has no such knob, or an option is for trainings.
    """
    if not isinstance(what, str) or what not in network_tables():
        return None
    used = [option for option, value in options.items() if value]
    if used:
        raise InputError(f"{what}: `{used[0]}` is for a training sheet")
    columns = network_tables()[what].columns
    given = None if points is None else points_of(what, as_points(points, columns, ()))
    return with_table_knobs(table_of(what, given), knobs)


def _of_network(
    name: str, points: Any, rules: Any, knobs: Mapping[str, float], options: Mapping[str, Any]
) -> tuple[Training, Points]:
    if options.get("batch") is not None:
        knobs = {**knobs, "batch": options["batch"]}
    used = [option for option, value in (*options.items(), ("rule", rules)) if value and option != "batch"]
    if used:
        raise InputError(f"{name}: `{used[0]}` is for a model of your own")
    model = network_trainings()[name].model
    given = points_of(name, None if points is None else as_points(points, model.inputs, model.targets))
    return with_set_knobs({name: training_of_sheet(name, given)}, knobs)[name], given
