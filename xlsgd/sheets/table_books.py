"""The workbooks of tables, each found by its name.

To add one, write a module that describes its sheets and calls them `BOOK`, a `TableBook`, and enter it in `BOOKS`: it
can then be built, traced and verified.
"""

from importlib import import_module

from xlsgd.sheets.table import Table, TableBook

BOOKS = {
    "entropy": "xlsgd.sheets.entropy",
}
"""Each workbook's module by its name on the command line."""


def table_book(name: str) -> TableBook:
    """Return a workbook of `BOOKS`."""
    return import_module(BOOKS[name]).BOOK  # type: ignore[no-any-return]


def tables() -> dict[str, Table]:
    """Return every table by its sheet's name."""
    return {name: table for book in BOOKS for name, table in table_book(book).tables.items()}
