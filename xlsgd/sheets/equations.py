"""Every column of a training sheet as an equation in words: the headings stand for what other columns hold."""

from collections.abc import Mapping

from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, defined_name, placed, symbol


def equations(training: Training) -> dict[str, Expression]:
    """Return each column's equation by its heading; what the row above holds is followed by `above`."""
    traced = record(training.key)
    places = {knob: in_words(name) for name, knob in zip(training.knobs._fields, traced.knobs, strict=True)}
    referred = traced.referred(traced.values)
    for name, value in (traced.point | traced.values).items():
        if value in referred:
            places.setdefault(value, in_words(name))
    for name in training.states:
        places.setdefault(symbol(name), in_words(f"{name} above"))
    headings = {value: name for name, value in traced.values.items()}
    continued = {symbol(name): in_words(f"{headings[traced.after[name]]} above") for name in training.parameters}
    return {
        name: continued[value] if value in continued else _equation(name, value, places)
        for name, value in traced.values.items()
    }


def _equation(name: str, value: Expression, places: Mapping[Expression, Expression]) -> Expression:
    """Return a column's formula, which refers to another column where both hold the same."""
    return placed(value, places) if places.get(value) in (None, in_words(name)) else places[value]


def in_words(heading: str) -> Expression:
    """Return a heading as it stands in an equation, in brackets where it is no single word."""
    return defined_name(heading if heading.isidentifier() else f"[{heading}]")
