"""Training sheets with the knobs that `--set` gives."""

from collections.abc import Iterable, Mapping

from xlsgd.errors import InputError, choose, parse_number
from xlsgd.sheets.lesson import trainings as all_trainings
from xlsgd.sheets.training import Training, with_knobs


def set_knobs(trainings: Mapping[str, Training], settings: Iterable[str]) -> dict[str, Training]:
    """Return the training sheets with the knobs that a user set.

    Args:
        trainings: the sheets by name.
        settings: such as `lr=0.01`, for every sheet that has the knob, or `adam.lr=0.5` for one.

    Raises:
        InputError: a setting is not of that form, or names a sheet or knob that is not among these.
    """
    changed = dict(trainings)
    for setting in settings:
        name, value = setting_of(setting)
        sheet, dot, knob = name.rpartition(".")
        sheets = [_sheet(setting, sheet, changed)] if dot else list(changed)
        known = dict.fromkeys(field for each in sheets for field in changed[each].knobs._fields)
        choose("knob", knob, known, f"--set {setting}: ")
        for each in sheets:
            if knob in changed[each].knobs._fields:
                changed[each] = with_knobs(changed[each], **{knob: value})
    return changed


def setting_of(setting: str) -> tuple[str, float]:
    """Return the name and the value of a setting.

    Raises:
        InputError: it is not of the form NAME=VALUE, or the value is no finite number.
    """
    name, assigned, text = setting.partition("=")
    if not assigned:
        raise InputError(f"--set {setting}: write NAME=VALUE, such as --set lr=0.01")
    return name, parse_number(f"--set {setting}", text)


def _sheet(setting: str, sheet: str, chosen: Mapping[str, Training]) -> str:
    """Return the sheet that a setting is for, if it is one of those chosen."""
    if choose("training sheet", sheet, {**chosen, **all_trainings()}, f"--set {setting}: ") in chosen:
        return sheet
    raise InputError(f"--set {setting}: is for the sheet {sheet}, not for {', '.join(chosen)}; leave it out")
