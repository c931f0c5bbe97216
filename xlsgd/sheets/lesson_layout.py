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

NARROW = {"A": 6.0, "B": 6.0}
"""The widths of the points, so that the charts beside the rows are seen."""

ENTRIES = 69
"""How many epochs the list of errors has room for."""


def _note(address: str, text: str, format: str = GENERAL) -> Place:
    return Place(address, text, format=format, style="note over")


def _row_label(down: int, text: str) -> Below:
    return Below("A", down, text, style="note over")


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
    errors = Series("", area(f"C{top + 2}:C{top + 26}", training.name, fixed=True))
    return (Chart("Error by epoch", (errors,), f"E{top}", columns_wide=6, rows_high=16, x="epoch"),)


BASIC = Layout(
    head=(
        Place("B1", "intercept"),
        Place("C1", key="const"),
        Place("B2", "slope"),
        Place("C2", key="slope"),
        Place("E1", "learn", style="shown"),
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
        Below("J", 1, "gradient size", style="note right"),
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
    widths=NARROW | {"B": 7.6, "H": 11.5},
)

_FORMATS = {"de/db": TWO_PLACES, "de/da": TWO_PLACES, "new b": THOUSANDS, "new a": THOUSANDS}
_FOUR = dict.fromkeys(("b", "a", "pred"), FOUR_PLACES)
_WEIGHTS = (
    Place("B1", "b"),
    Place("C1", key="const", format=FOUR_PLACES),
    Place("B2", "a"),
    Place("C2", key="slope", format=FOUR_PLACES),
    Place("D1", "learn", format=FOUR_PLACES, style="shown"),
)
_BETA = (
    Place("D2", key="lr"),
    Place("J1", key="beta"),
    Place("K1", key="1-beta"),
    _note("L1", "J1 beta, K1 1-beta"),
)
_OWN_HEADINGS = ("x", "y")
"""Headings that the course's sheets leave out."""

_OF_HEADINGS = dict.fromkeys(("b", "a", "pred"), FOUR_PLACES) | dict.fromkeys(("de/db", "de/da"), TWO_PLACES)
"""The number formats that the course's headings carry, though they are texts."""
_RATE_BY_NAME = _names(lambda below: {"lr": "D2"})

MOMENTUM = Layout(
    head=(*_WEIGHTS, Place("I1", "beta"), *_BETA),
    first_row=FIRST_ROW,
    headings=3,
    freeze="D4",
    formats=_FORMATS | _FOUR,
    below=(_row_label(1, "start (J, K), root of summed err^2 (L)"), Below("L", 1, key="rmse")),
    names=_RATE_BY_NAME,
    noted=_OWN_HEADINGS,
    widths=NARROW,
    heading_formats=_OF_HEADINGS,
)

RMSPROP = MOMENTUM._replace(
    head=(*_WEIGHTS, *_BETA), below=(_row_label(1, "start (J, K)"),), names=_names(), seed_formats={"v b": TWO_PLACES}
)

ADAM = MOMENTUM._replace(
    head=(
        *_WEIGHTS,
        Place("I1", "beta"),
        Place("D2", key="lr"),
        Place("J1", key="beta1"),
        Place("K1", key="1-beta1"),
        Place("L1", key="beta2"),
        Place("M1", key="1-beta2"),
        _note("N1", "J1 beta1, K1 1-beta1, L1 beta2, M1 1-beta2"),
    ),
    below=(_row_label(1, "start (J to M)"),),
    seed_formats=dict.fromkeys(("v b", "v a"), TWO_PLACES),
)

ADAM_ANN = ADAM._replace(
    formats=_FORMATS | dict.fromkeys(("b", "a", "pred"), THOUSANDS),
    start=(Place("N3", key="prev_grad2"), _note("N2", "prev_grad2")),
    below=(
        _row_label(1, "gradient size (F, G), start (J:M), avg_grad2 (N)"),
        _row_label(2, "1/m a (K), 1/v b (L), gradrat (N)"),
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
