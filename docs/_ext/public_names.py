"""Names that `import xlsgd` gives are documented where they are written."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

from xlsgd import HOMES


def _docstring_of_data(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Give a constant the text below it, which autodoc looks for in the package's own file alone."""
    _, _, attribute = name.rpartition(".")
    if what == "data" and attribute in HOMES:
        docs = ModuleAnalyzer.for_module(f"xlsgd.{HOMES[attribute]}").find_attr_docs()
        lines[:] = docs["", attribute]


def setup(app: Sphinx) -> dict[str, bool]:
    """Enter this in Sphinx."""
    app.connect("autodoc-process-docstring", _docstring_of_data)
    return {"parallel_read_safe": True}
