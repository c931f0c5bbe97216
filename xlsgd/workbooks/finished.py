"""What every workbook has, whatever its sheets: a way from each sheet back to the first, and hints."""

from collections.abc import Callable, Iterable, Iterator
from typing import ParamSpec

from xlsgd.sheets.description import Sheet
from xlsgd.sheets.legend import led_back
from xlsgd.workbooks.hints import hinted


def finished(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    """Yield a workbook's sheets, of which the first is its guide."""
    guide = ""
    for sheet in sheets:
        yield hinted(led_back(sheet, guide) if guide else sheet)
        guide = guide or sheet.name


P = ParamSpec("P")


def finishing(sheets: Callable[P, Iterable[Sheet]]) -> Callable[P, Iterator[Sheet]]:
    """Return what gives the same sheets finished."""

    def made(*args: P.args, **kwargs: P.kwargs) -> Iterator[Sheet]:
        return finished(sheets(*args, **kwargs))

    return made
