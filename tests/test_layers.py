"""Which module may know which: the layers of the design, read from the imports themselves."""

import ast
from functools import cache
from pathlib import Path

import pytest

import xlsgd

ROOT = Path(xlsgd.__file__).parent
MODULES = {
    ".".join(("xlsgd", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
}


@cache
def imports(module):
    """The modules that a module imports, wherever in its text, but for type checking alone."""
    found = set()
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    skipped = {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and isinstance(branch.test, ast.Name) and branch.test.id == "TYPE_CHECKING"
        for child in branch.body
        for node in ast.walk(child)
    }
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: a relative import"
            found |= {
                f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in MODULES else node.module
                for alias in node.names
            }
    return found


def reached(module):
    """All modules of ours that a module imports, or that those import, and what they import from elsewhere."""
    seen, waiting = set(), [module]
    while waiting:
        for name in imports(waiting.pop()) - seen:
            seen.add(name)
            if name in MODULES:
                waiting.append(name)
    return seen


SHEETS = {"xlsgd.sheet", "xlsgd.formula", "xlsgd.layout", "xlsgd.streaming", "xlsgd.writer", "xlsgd.workbook"}
EXCEL = SHEETS | {"openpyxl", "xlsxwriter", "ironcalc", "xlsgd.engines", "xlsgd.verify", "xlsgd.poison"}
RULES = {"xlsgd.rules", "xlsgd.row", "xlsgd.lesson", "xlsgd.entropy", "xlsgd.gradients", "xlsgd.fold", "xlsgd.live"}

MUST_NOT_KNOW = {
    "data": RULES | SHEETS,
    "columns": EXCEL | RULES | {"xlsgd.data", "numpy"},
    "plain_csv": EXCEL | RULES | {"xlsgd.data", "numpy"},
    "rules": EXCEL | {"torch", "xlsgd.data", "xlsgd.lesson", "xlsgd.row"},
    "functions": EXCEL | RULES | {"torch"},
    "checked": EXCEL | RULES | {"torch", "numpy"},
    "gradients": EXCEL | {"torch"},
    "buttons": EXCEL | RULES,
    "row": EXCEL | {"torch", "xlsgd.data"},
    "lesson": EXCEL | {"torch", "xlsgd.data"},
    "entropy": EXCEL | {"torch", "xlsgd.data"},
    # openpyxl through data, which reads a user's .xlsx; formula's symbols through compiled, which runs a row on them
    "fold": EXCEL - {"openpyxl", "xlsgd.formula"} | {"torch"},
    "live": EXCEL - {"openpyxl", "xlsgd.formula"} | {"torch"},
    "compiled": EXCEL - {"openpyxl", "xlsgd.formula"} | {"torch"},
    "deflate": RULES | SHEETS,
    "beside": RULES | SHEETS,
    "formula": RULES | {"xlsgd.layout", "xlsgd.sheet", "xlsgd.data", "torch"},
    "sheet": RULES | {"xlsgd.formula", "xlsgd.data", "torch"},
    "streaming": RULES | {"xlsgd.formula", "torch"},
    "writer": RULES | {"xlsgd.formula", "torch"},
    "reading.package": RULES | SHEETS,
    "reading.charts": RULES | SHEETS | {"xlsgd.compare", "xlsgd.comparison"},
    "reading.volatile": RULES | SHEETS | {"xlsgd.compare", "xlsgd.comparison"},
    "reading.points": RULES | SHEETS | {"xlsgd.data"},
    "poison": RULES | {"xlsgd.formula", "xlsgd.layout", "xlsgd.writer"},
    "quirks": RULES | {"xlsgd.formula", "xlsgd.layout", "xlsgd.writer"},
    "verify": RULES | {"xlsgd.formula", "xlsgd.layout", "xlsgd.writer", "torch"},
    "engines": RULES | {"xlsgd.formula", "xlsgd.layout", "xlsgd.writer", "torch"},
    "engines.ironcalc": RULES | {"xlsgd.formula", "xlsgd.layout", "xlsgd.writer", "torch"},
    "engines.libreoffice": RULES | {"xlsgd.formula", "xlsgd.layout", "xlsgd.writer", "torch"},
    "compare": RULES | {"xlsgd.formula", "xlsgd.layout", "xlsgd.writer", "torch"},
    "oracle.expected": {
        "xlsgd.rules",
        "xlsgd.lesson",
        "xlsgd.row",
        "xlsgd.entropy",
        "xlsgd.functions",
        "xlsgd.gradients",
        "xlsgd.fold",
        "xlsgd.live",
    },
    "oracle.paths": {
        "xlsgd.rules",
        "xlsgd.lesson",
        "xlsgd.row",
        "xlsgd.entropy",
        "xlsgd.functions",
        "xlsgd.gradients",
        "xlsgd.fold",
    },
    "oracle.answers": {
        "xlsgd.rules",
        "xlsgd.lesson",
        "xlsgd.row",
        "xlsgd.entropy",
        "xlsgd.functions",
        "xlsgd.gradients",
        "xlsgd.fold",
    },
}


def test_the_imports_are_read():
    assert "xlsgd.rules" in imports("xlsgd.lesson")
    assert "xlsgd.layout.training" in imports("xlsgd.workbook")
    assert "xlsgd.terminal" in imports("xlsgd.commands.press"), "imports inside of functions count"
    assert "numpy" in reached("xlsgd.lesson"), "through functions"


@pytest.mark.parametrize("module", MUST_NOT_KNOW)
def test_a_module_does_not_know_what_it_must_not(module):
    forbidden = MUST_NOT_KNOW[module]
    found = {
        name for name in reached(f"xlsgd.{module}") if any(name == f or name.startswith(f"{f}.") for f in forbidden)
    }
    assert not found


def test_trace_knows_addresses_of_sheets_only_as_row_numbers():
    """Its frames are indexed by the sheet's row; it must know no formula, file or engine."""
    assert not {
        name for name in reached("xlsgd.trace") if name.startswith(("xlsgd.writer", "xlsgd.workbook", "xlsxwriter"))
    }


def test_trace_does_not_know_the_layout():
    assert not {name for name in reached("xlsgd.trace") if name.startswith("xlsgd.layout")}


def test_nothing_imports_the_commands():
    for module in MODULES:
        if not module.startswith(("xlsgd.commands", "xlsgd.cli", "xlsgd.__main__")):
            assert not {name for name in imports(module) if name.startswith(("xlsgd.commands", "xlsgd.cli"))}, module


def test_no_module_of_ours_imports_in_a_circle():
    for module in MODULES:
        assert module not in reached(module), module
