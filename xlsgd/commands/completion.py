"""What a shell completes where a command takes sheets; they are imported when a shell asks."""

from collections.abc import Iterable

import click

GROUPS = ("graddesc", "entropy", "network")
"""The names that stand for all sheets of a workbook."""


def training_sheets(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Return the training sheets, and those of network.xlsx, that begin as what was typed and are not there yet."""
    return _beginning(_trained(), ctx, param, begun)


def all_sheets(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Return likewise the sheets that `xlsgd trace` takes."""
    return _beginning(_known(), ctx, param, begun)


def sheets_and_workbooks(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """Return likewise the sheets, and the workbooks whose sheets are all meant."""
    return _beginning(dict.fromkeys([*GROUPS, *_known()]), ctx, param, begun)


def _trained() -> list[str]:
    from xlsgd.sheets.lesson import trainings
    from xlsgd.workbooks.network.known import network_tables, network_trainings

    return [*trainings(), *network_trainings(), *network_tables()]


def _known() -> list[str]:
    from xlsgd.sheets.table_books import tables

    return [*_trained(), *tables()]


def _beginning(names: Iterable[str], ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    typed = ctx.params.get(param.name or "") or ()
    return [name for name in names if name.startswith(begun) and name not in typed]
