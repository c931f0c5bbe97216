"""Runs that have all their epochs on a sheet, but no training sheet: another sheet holds their points and knobs.

That sheet, their host, lists them in a table: a line for each with its name, its model, its rule and its knobs. The
host of `batches_all_run` is `batches`.
"""

from xlsgd.verifying.oracle.sheet import OracleSheet, across

RUN = "_run"
FIRST_KNOB = 4
RESULTS = "loss at start"
"""The heading that follows the knobs."""


def host_of(sheet: OracleSheet) -> OracleSheet | None:
    """Return the host of a sheet of all epochs; nothing of any that has a training sheet."""
    base = sheet.name.removesuffix(RUN)
    if base == sheet.name or base in sheet.book:
        return None
    parts = base.split("_")
    names = ("_".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
    found = (sheet.other(name) for name in names if name in sheet.book)
    return next((host for host in found if base in host.labels()), None)


def columns(host: OracleSheet) -> dict[str, str]:
    """Return the columns of the table of runs."""
    return across(host, host.labels()["run"])


def model(host: OracleSheet, run: str) -> str:
    """Return what the table calls a run's model."""
    return str(host.values.get(f"B{host.labels()[run]}"))


def rule(host: OracleSheet, run: str) -> str:
    """Return what the table calls a run's rule."""
    return str(host.values.get(f"C{host.labels()[run]}"))


def knob_columns(host: OracleSheet) -> dict[str, str]:
    """Return the columns of the knobs of all runs."""
    names = list(columns(host).items())[FIRST_KNOB - 1 :]
    first = next(index for index, (name, _) in enumerate(names) if name == RESULTS)
    return dict(names[:first])


def knobs(host: OracleSheet, run: str) -> dict[str, float]:
    """Return a run's knobs."""
    row = host.labels()[run]
    cells = {name: host.values.get(f"{letter}{row}") for name, letter in knob_columns(host).items()}
    return {name: value for name, value in cells.items() if isinstance(value, float)}


def answer(training: OracleSheet) -> dict[str, float]:
    """Return the line's best parameters as the race has them, or the training sheet below headings of their own."""
    if "race" in training.book:
        race = training.other("race")
        return {"b": race.number("B3"), "a": race.number("B4")}
    return {name: training.number(below(training, f"answer {name}")) for name in ("b", "a")}


def below(sheet: OracleSheet, text: str) -> str:
    """Return the address of the cell below the one that holds a text."""
    address = next((address for address, value in sheet.values.items() if value == text), "A0")
    letters = address.rstrip("0123456789")
    return f"{letters}{int(address[len(letters) :]) + 1}"
