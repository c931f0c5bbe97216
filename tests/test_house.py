"""The house's measures: how long functions and modules are, how much lies at the top, and that a name is one thing."""

import ast
import re
import statistics
from collections import defaultdict
from pathlib import Path

import pytest

import xlsgd

ROOT = Path(xlsgd.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

MEDIAN, LONGEST = 6, 250
FOLDERS, TOP_MODULES = 14, 10


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_of(function):
    """The lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def functions():
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for path in MODULES for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def test_half_of_all_functions_have_at_most_six_lines():
    assert statistics.median(map(lines_of, functions())) <= MEDIAN


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_little_lies_at_the_top():
    folders = [path for path in ROOT.iterdir() if path.is_dir() and list(path.glob("*.py"))]
    assert len(folders) <= FOLDERS and len(list(ROOT.glob("*.py"))) <= TOP_MODULES


def named_things():
    """Each class and each alias of a type, by its name, with the modules that make it."""
    found = defaultdict(list)
    for path in MODULES:
        for node in tree(path).body:
            name = ""
            if isinstance(node, ast.ClassDef):
                name = node.name
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                made = node.targets[0].id
                name = made if made[:1].isupper() and not made.isupper() else ""
            if name and not name.startswith("_"):
                found[name].append(str(path.relative_to(ROOT)))
    return found


def test_no_two_things_share_a_name():
    assert not {name: where for name, where in named_things().items() if len(where) > 1}


def test_no_class_has_the_name_of_one_of_the_standard_library_that_we_use():
    imported = {
        alias.asname or alias.name
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith("xlsgd")
        for alias in node.names
    }
    assert not imported & set(named_things())


TESTED_TOGETHER = {
    "commands/(divergence_note|runs|train|trainer)": "mnist_commands",
    "excel/(notes|paper|readable|widths)": "looks",
    "excel/deflate/.*": "row_deflater",
    "excel/row_templates": "rows_xml",
    "mnist/(device|torch_engine|feed)": "mnist_engine",
    "mnist/(finished|runs|files|saved|history_xlsx|train)": "mnist_commands",
    "mnist/(heads|recipe)": "mnist_model",
    "mnist/idx": "mnist_data",
    "mnist/pickled_arrays": "mnist_pickles",
    "page/(html|pressed|spelled|tables)": "page_numbers",
    "pictures/picture": "pictures",
    "points/read": "read_points",
    "reading/(values|zip_bounds)": "package",
    "run/machine_chunks": "rows_in_chunks",
    "sheets/chunks": "rows_in_chunks",
    "sheets/(layout|lesson|lesson_layout|buttons)": "lesson_sheets",
    "sheets/(entropy_guide|glossary|legend)": "looks",
    "sheets/table_books": "network",
    "(sheets|workbooks|verifying/oracle)/opened_.*": "export",
    "symbols/llvm_helpers": "to_llvm",
    "sheets/verdicts": "exercises",
    "workbooks/(exercise_levels|judgements)": "exercises",
    "sweeping/(files|heatmap)": "sweep_files",
    "sweeping/(passes|places)": "program",
    "sweeping/machine_program": "machine_passes",
    "sweeping/run": "sweep",
    "sweeping/tables": "sweep_tables",
    "verifying/report_table": "report_xlsx",
    "verifying/(asking|plain_package)": "verify_sources",
    "verifying/engines/_(child|forked|spawned)": "apart",
    "verifying/engines/(_uno_.*|office_session)": "engine_libreoffice",
    "verifying/engines/(formualizer|ironcalc)": "engines",
    "verifying/oracle/corrected_losses": "oracle_corrected",
    "verifying/oracle/(expected|hosts|paths|sheet)": "oracle",
    "verifying/oracle/model_.*": "oracle_models",
    "verifying/oracle/network_.*": "network",
    "workbooks/(finished|hints)": "looks",
    "workbooks/lengths": "bad_models",
    "workbooks/corrected/.*": "corrected_quirks",
    "workbooks/model_guide": "model_workbooks",
    "workbooks/network/.*": "network",
}
"""Parts of one thing, whose tests are those of the whole: the modules, and the file of tests."""


def files_of(module):
    """The names that a module's own file of tests may have: its own, or after the room that it is of."""
    name = module.name.lstrip("_")
    rooms = ("mnist", "oracle", "engine", "corrected", module.parent.name)
    return {name, f"{name}_command", *(f"{room}_{name}" for room in rooms)}


def test_every_module_has_its_tests():
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert set(TESTED_TOGETHER.values()) <= tests
    modules = [path.relative_to(ROOT).with_suffix("") for path in MODULES if not path.stem.startswith("__")]
    apart = [str(module) for module in modules if not files_of(module) & tests]
    areas = {pattern: [name for name in apart if re.fullmatch(pattern, name)] for pattern in TESTED_TOGETHER}
    assert sorted(apart) == sorted(name for names in areas.values() for name in names)
    assert all(areas.values())
