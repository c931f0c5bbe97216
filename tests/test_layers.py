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


SHEETS = {
    "xlsgd.sheets.description",
    "xlsgd.symbols.expression",
    "xlsgd.sheets.layout",
    "xlsgd.excel.rows_xml",
    "xlsgd.excel.writer",
    "xlsgd.workbooks.build",
}
EXCEL = SHEETS | {
    "openpyxl",
    "xlsxwriter",
    "ironcalc",
    "xlsgd.verifying.engines",
    "xlsgd.verifying.check",
    "xlsgd.verifying.poison",
}
RULES = {
    "xlsgd.rules",
    "xlsgd.sheets.row",
    "xlsgd.sheets.lesson",
    "xlsgd.sheets.entropy",
    "xlsgd.gradients",
    "xlsgd.run.one_pass",
    "xlsgd.run.press",
}

MUST_NOT_KNOW = {
    "points.points": RULES | SHEETS,
    "points.disk_column": EXCEL | RULES | {"xlsgd.points.points", "numpy"},
    "points.plain_csv": EXCEL | RULES | {"xlsgd.points.points", "numpy"},
    "rules": EXCEL | {"torch", "xlsgd.points.points", "xlsgd.sheets.lesson", "xlsgd.sheets.row"},
    "functions": EXCEL | RULES | {"torch"},
    "symbols.checked": EXCEL | RULES | {"torch", "numpy"},
    "gradients": EXCEL | {"torch"},
    "sheets.buttons": EXCEL | RULES,
    "sheets.row": EXCEL | {"torch", "xlsgd.points.points"},
    "sheets.lesson": EXCEL | {"torch", "xlsgd.points.points"},
    "sheets.entropy": EXCEL | {"torch", "xlsgd.points.points"},
    # openpyxl through data, which reads a user's .xlsx; formula's symbols through compiled, which runs a row on them
    "run.one_pass": EXCEL - {"openpyxl", "xlsgd.symbols.expression"} | {"torch"},
    "run.press": EXCEL - {"openpyxl", "xlsgd.symbols.expression"} | {"torch"},
    "run.compiled": EXCEL - {"openpyxl", "xlsgd.symbols.expression"} | {"torch"},
    "excel.zip_pieces": RULES | SHEETS,
    "atomic_files": RULES | SHEETS,
    "symbols.expression": RULES | {"xlsgd.sheets.layout", "xlsgd.sheets.description", "xlsgd.points.points", "torch"},
    "sheets.description": RULES | {"xlsgd.symbols.expression", "xlsgd.points.points", "torch"},
    "excel.rows_xml": RULES | {"xlsgd.symbols.expression", "torch"},
    "excel.writer": RULES | {"xlsgd.symbols.expression", "torch"},
    "reading.package": RULES | SHEETS,
    "reading.charts": RULES | SHEETS | {"xlsgd.comparing.compare", "xlsgd.comparing.comparison"},
    "reading.volatile": RULES | SHEETS | {"xlsgd.comparing.compare", "xlsgd.comparing.comparison"},
    "points.workbook_rows": RULES | SHEETS | {"xlsgd.points.points"},
    "verifying.poison": RULES | {"xlsgd.symbols.expression", "xlsgd.sheets.layout", "xlsgd.excel.writer"},
    "verifying.quirks": RULES | {"xlsgd.symbols.expression", "xlsgd.sheets.layout", "xlsgd.excel.writer"},
    "verifying.check": RULES | {"xlsgd.symbols.expression", "xlsgd.sheets.layout", "xlsgd.excel.writer", "torch"},
    "verifying.engines": RULES | {"xlsgd.symbols.expression", "xlsgd.sheets.layout", "xlsgd.excel.writer", "torch"},
    "verifying.engines.ironcalc": RULES
    | {"xlsgd.symbols.expression", "xlsgd.sheets.layout", "xlsgd.excel.writer", "torch"},
    "verifying.engines.libreoffice": RULES
    | {"xlsgd.symbols.expression", "xlsgd.sheets.layout", "xlsgd.excel.writer", "torch"},
    "comparing.compare": RULES | {"xlsgd.symbols.expression", "xlsgd.sheets.layout", "xlsgd.excel.writer", "torch"},
    "verifying.oracle.expected": {
        "xlsgd.rules",
        "xlsgd.sheets.lesson",
        "xlsgd.sheets.row",
        "xlsgd.sheets.entropy",
        "xlsgd.functions",
        "xlsgd.gradients",
        "xlsgd.run.one_pass",
        "xlsgd.run.press",
    },
    "verifying.oracle.paths": {
        "xlsgd.rules",
        "xlsgd.sheets.lesson",
        "xlsgd.sheets.row",
        "xlsgd.sheets.entropy",
        "xlsgd.functions",
        "xlsgd.gradients",
        "xlsgd.run.one_pass",
    },
    "verifying.oracle.answers": {
        "xlsgd.rules",
        "xlsgd.sheets.lesson",
        "xlsgd.sheets.row",
        "xlsgd.sheets.entropy",
        "xlsgd.functions",
        "xlsgd.gradients",
        "xlsgd.run.one_pass",
    },
}


def test_the_imports_are_read():
    assert "xlsgd.rules" in imports("xlsgd.sheets.lesson")
    assert "xlsgd.sheets.layout.training" in imports("xlsgd.workbooks.build")
    assert "xlsgd.commands.terminal" in imports("xlsgd.commands.press"), "imports inside of functions count"
    assert "numpy" in reached("xlsgd.commands.sweep"), "through other modules"


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
        name
        for name in reached("xlsgd.run.trace")
        if name.startswith(("xlsgd.excel.writer", "xlsgd.workbooks.build", "xlsxwriter"))
    }


def test_trace_does_not_know_the_layout():
    assert not {name for name in reached("xlsgd.run.trace") if name.startswith("xlsgd.sheets.layout")}


def test_nothing_imports_the_commands():
    for module in MODULES:
        if not module.startswith(("xlsgd.commands", "xlsgd.commands.cli", "xlsgd.__main__")):
            assert not {
                name for name in imports(module) if name.startswith(("xlsgd.commands", "xlsgd.commands.cli"))
            }, module


def test_no_module_of_ours_imports_in_a_circle():
    for module in MODULES:
        assert module not in reached(module), module
