"""What a workbook cannot hold of a training sheet, known before a number of it is computed."""

from collections.abc import Mapping

from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import LEAVES, NoFormula, symbol
from xlsgd.symbols.references import MAX_ROW
from xlsgd.symbols.to_excel import LONGEST_FORMULA, TOO_LONG, least_length

IN_A_ROW, FIXED = len(f"A{MAX_ROW}"), len("$A$1")
"""How many characters a reference takes at least, where the row may be any, and where it is the header's."""


def check_formulas(trainings: Mapping[str, Training]) -> None:
    """Raise NoFormula if a column's formula is longer than a spreadsheet takes, or the next parameters have none."""
    for training in trainings.values():
        check_next(training)
    check_lengths(trainings)


def check_next(training: Training) -> None:
    """Raise NoFormula if a next parameter is no column of its own, to which the next row could refer."""
    traced = record(training.key)
    for parameter, after in list(traced.after.items())[: len(traced.last)]:
        if after.op in LEAVES and after is not symbol(parameter) and after not in traced.point.values():
            told = f"the next {parameter} is {after.args[0]} as it is; let the rule compute it"
            raise NoFormula(f"sheet {training.name}: {told}")


def check_lengths(trainings: Mapping[str, Training]) -> None:
    """Raise NoFormula if a column's formula is longer than a spreadsheet takes.

    An expression that uses its parts many times may have a formula that no memory holds, and takes long to compute.
    """
    for name, training in trainings.items():
        traced = record(training.key)
        known = dict.fromkeys((*traced.values.values(), *traced.point.values(), *map(symbol, traced.after)), IN_A_ROW)
        known |= dict.fromkeys(traced.knobs, FIXED)
        for column, value in traced.values.items():
            if (length := 1 + least_length(value, known)) > LONGEST_FORMULA:
                most = f"{length:,}" if length < 10**9 else "a billion"
                raise NoFormula(
                    f"sheet {name}: the formula of column {column!r} takes over {most} characters{TOO_LONG}"
                )
