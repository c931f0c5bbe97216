"""Where everything stands on the lesson's training sheets.

Source of the addresses: fast.ai's 2019 course, lesson 5, `graddesc.xlsm`.
"""

from collections.abc import Callable
from typing import Any

from xlsgd.sheets.description import FOUR_PLACES, GENERAL, THOUSANDS, TWO_PLACES, Chart, Place, Rows, Series
from xlsgd.sheets.layout import Below, Layout, Letters
from xlsgd.symbols.cells import area

FIRST_ROW = 4
"""The sheet row of the first data point on every one of the lesson's training sheets."""

ENTRIES = 69
"""How many epochs the list of errors has room for."""


def _note(address: str, text: str) -> Place:
    return Place(address, text, style="note")


def _names(more: Callable[[int], dict[str, str]] = lambda below: {}) -> Callable[[Any, Letters, Rows], dict[str, str]]:
    """Return what gives a sheet's names: of starts and seeds, of the last row's, and more from the row below."""

    def names(training: Any, letters: Letters, rows: Rows) -> dict[str, str]:
        last, below = rows.last, rows.last + 1
        found = {"const": "C1", "slope": "C2"}
        found |= {name: f"{letters[training.last[of]]}{last}" for of, (_, name) in training.starts.items()}
        for field, (source, target) in training.targets.items():
            left, *_, right = (letters[state] for state in training.states_of(field))
            found |= {source: f"{left}{last}:{right}{last}", target: f"{left}{below}:{right}{below}"}
        return found | more(below)

    return names


def _error_by_epoch(training: Any, letters: Letters, rows: Rows) -> tuple[Chart, ...]:
    top = rows.last + 4
    errors = Series("rmse", area(f"C{top + 2}:C{top + 26}", training.name, fixed=True))
    return (Chart("Error by epoch", (errors,), f"E{top}", columns_wide=6, rows_high=16, x="epoch"),)


BASIC = Layout(
    head=(
        Place("B1", "intercept"),
        Place("C1", key="const"),
        Place("B2", "slope"),
        Place("C2", key="slope"),
        Place("E1", "learn"),
        Place("F1", key="lr"),
        Place("H2", "e=(ax+b-y)^2"),
        Place("I1", "de/db=2(ax+b-y)"),
        Place("I2", "de/da=x*2(ax+b-y)"),
    ),
    first_row=FIRST_ROW,
    headings=3,
    freeze="A4",
    formats=dict.fromkeys(("intercept", "slope", "y_pred"), GENERAL),
    format=THOUSANDS,
    below=(
        Below("C", 4, "Paste error here:"),
        Below("C", 5, "rmse"),
        Below("E", 1, "rmse"),
        Below("F", 1, key="rmse", format=THOUSANDS),
        Below("K", 1, key="gradient size b", format=THOUSANDS),
        Below("L", 1, key="gradient size a", format=THOUSANDS),
    ),
    names=_names(
        lambda below: {
            "rmse": f"F{below}",
            "rmsestart": f"C{below + 3}",
            "rmses": f"C{below + 5}:C{below + 4 + ENTRIES}",
        }
    ),
    charts=_error_by_epoch,
    widths={"H": 13},
)

_FORMATS = {"de/db": TWO_PLACES, "de/da": TWO_PLACES, "new b": THOUSANDS, "new a": THOUSANDS}
_FOUR = dict.fromkeys(("b", "a", "pred"), FOUR_PLACES)
_WEIGHTS = (
    Place("B1", "b"),
    Place("C1", key="const", format=FOUR_PLACES),
    Place("B2", "a"),
    Place("C2", key="slope", format=FOUR_PLACES),
    Place("D1", "learn"),
)
_BETA = (
    Place("D2", key="lr"),
    Place("J1", key="beta"),
    _note("J2", "beta"),
    Place("K1", key="1-beta"),
    _note("K2", "1-beta"),
)
_RATE_BY_NAME = _names(lambda below: {"lr": "D2"})

MOMENTUM = Layout(
    head=(*_WEIGHTS, Place("I1", "beta"), *_BETA),
    first_row=FIRST_ROW,
    headings=3,
    freeze="D4",
    formats=_FORMATS | _FOUR,
    below=(Below("L", 1, key="rmse"),),
    names=_RATE_BY_NAME,
)

RMSPROP = MOMENTUM._replace(head=(*_WEIGHTS, *_BETA), below=(), names=_names())

ADAM = MOMENTUM._replace(
    head=(
        *_WEIGHTS,
        Place("I1", "beta"),
        Place("D2", key="lr"),
        Place("J1", key="beta1"),
        _note("J2", "beta1"),
        Place("K1", key="1-beta1"),
        _note("K2", "1-beta1"),
        Place("L1", key="beta2"),
        _note("L2", "beta2"),
        Place("M1", key="1-beta2"),
        _note("M2", "1-beta2"),
    ),
    below=(),
)

ADAM_ANN = ADAM._replace(
    formats=_FORMATS | dict.fromkeys(("b", "a", "pred"), THOUSANDS),
    start=(Place("N3", key="prev_grad2"), _note("N2", "prev_grad2")),
    below=(
        Below("F", 1, key="gradient size b", format=TWO_PLACES),
        Below("G", 1, key="gradient size a", format=TWO_PLACES),
        Below("N", 1, key="avg_grad2", format=THOUSANDS),
        Below("K", 2, key="1/m a"),
        Below("L", 2, key="1/v b"),
        Below("N", 2, key="gradrat"),
    ),
    names=_names(lambda below: {"lr": "D2", "avg_grad2": f"N{below}", "prev_grad2": "N3", "gradrat": f"N{below + 1}"}),
    by_name=("avg_grad2", "prev_grad2"),
)

LESSON_LAYOUTS = {"basic": BASIC, "momentum": MOMENTUM, "rmsprop": RMSPROP, "adam": ADAM, "adam_ann": ADAM_ANN}
"""The layout of each of the lesson's training sheets."""
