"""Which module may know which: the layers of the design, read from the imports themselves."""

import ast
import re
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


FROM_BELOW = (
    ("errors", "atomic_files"),
    ("symbols",),
    ("functions", "losses"),
    ("rules", "models", "schedules"),
    ("reading",),
    ("points",),
    ("sheets",),
    ("run",),
    ("excel",),
    ("workbooks",),
    ("page",),
    ("pictures",),
    ("sweeping",),
    ("verifying",),
    ("mnist",),
    ("library",),
    ("testing", "__init__"),
    ("commands", "__main__"),
)
"""The rooms, each of which may know those before it and none behind it."""

RANK = {room: rank for rank, rooms in enumerate(FROM_BELOW) for room in rooms}

FILES_AND_ENGINES = {"openpyxl", "xlsxwriter", "ironcalc", "torch", "matplotlib", "numpy"}

MUST_NOT_KNOW = {
    "symbols": {"openpyxl", "xlsxwriter", "ironcalc"},
    "functions": {"numpy", "torch"},
    "losses": {"numpy", "torch"},
    "rules": {"numpy", "torch"},
    "models": {"numpy", "torch"},
    "schedules": {"numpy", "torch"},
    "errors": {"xlsgd.atomic_files", *FILES_AND_ENGINES},
    "atomic_files": FILES_AND_ENGINES,
    "testing": {"pytest", "xlsgd.sheets", "xlsgd.run", *FILES_AND_ENGINES},
    "reading": {"torch", "numpy", "xlsxwriter"},
    "points": {"xlsgd.symbols.primitives", "torch", "xlsxwriter"},
    "sheets": {"xlsgd.symbols.to_excel", "xlsgd.points", "xlsgd.reading", "torch", "numpy", "openpyxl", "xlsxwriter"},
    "run": {"torch", "xlsxwriter", "xlsgd.symbols.to_excel"},
    "excel": {"xlsgd.rules", "xlsgd.models", "xlsgd.run", "xlsgd.points", "torch", "numpy", "ironcalc"},
    "workbooks": {"torch", "ironcalc", "openpyxl", "xlsgd.reading"},
    "page": {
        "xlsgd.rules",
        "xlsgd.functions",
        "xlsgd.losses",
        "xlsgd.schedules",
        "xlsgd.excel",
        "xlsgd.workbooks",
        "xlsgd.reading",
        "ironcalc",
        *FILES_AND_ENGINES,
    },
    "pictures": {
        "openpyxl",
        "xlsxwriter",
        "ironcalc",
        "torch",
        "xlsgd.excel",
        "xlsgd.workbooks",
        "xlsgd.symbols.to_excel",
    },
    "sweeping": {"openpyxl", "ironcalc"},
    "verifying": {"xlsgd.rules", "xlsgd.models", "xlsgd.sheets", "xlsgd.run", "xlsgd.excel.writer", "xlsgd.workbooks"},
    "mnist": {"xlsgd.sheets", "xlsgd.run", "xlsgd.excel", "xlsgd.workbooks", "openpyxl", "ironcalc"},
    "library": {
        "xlsgd.mnist.train",
        "xlsgd.excel",
        "xlsgd.symbols",
        "xlsgd.reading",
        *FILES_AND_ENGINES,
    },
}
"""What a room's modules must not import themselves, beside the rooms behind it."""

LEARNING = {"xlsgd.rules", "xlsgd.models", "xlsgd.functions", "xlsgd.losses"}
EXCEL = {"xlsgd.excel.writer", "xlsgd.excel.rows_xml", "openpyxl", "xlsxwriter", "ironcalc", "xlsgd.verifying"}

MUST_NOT_REACH = {
    "xlsgd.rules": {"xlsgd.sheets", "xlsgd.points", "xlsgd.reading", "openpyxl", "xlsxwriter"},
    "xlsgd.symbols.primitives": LEARNING | {"xlsgd.sheets", "xlsgd.points"},
    "xlsgd.mnist.finished": {"torch", "matplotlib"},
    "xlsgd.library.export": {"torch", "matplotlib"},
    "xlsgd.library.trace": {"torch", "xlsgd.mnist"},
    "xlsgd.library.write": {"torch", "xlsgd.mnist"},
    "xlsgd.workbooks.opened_run": {"torch", "xlsgd.mnist"},
    "xlsgd.verifying.oracle.expected": LEARNING | {"xlsgd.sheets", "xlsgd.run", "xlsgd.symbols.primitives"},
    "xlsgd.verifying.oracle.answers": LEARNING | {"xlsgd.sheets", "xlsgd.run", "xlsgd.symbols.primitives"},
    "xlsgd.verifying.check": LEARNING | {"xlsgd.sheets", "xlsgd.run", "xlsgd.workbooks"},
    "xlsgd.verifying.comparing.compare": LEARNING | {"xlsgd.sheets", "xlsgd.run", "torch"},
    "xlsgd.run.trace": EXCEL - {"openpyxl"} | {"xlsgd.symbols.to_excel", "torch"},
    "xlsgd.run.press": EXCEL - {"openpyxl"} | {"xlsgd.symbols.to_excel", "torch"},
    "xlsgd.excel.macros": EXCEL | {"pyopenvba"},
}
"""What a module must not import even through others."""


def room_of(module):
    """The room of one of our modules: a folder, or a module beside them."""
    return module.split(".")[1] if "." in module else "__init__"


def among(names, forbidden):
    return sorted(name for name in names if any(f"{name}.".startswith(f"{each}.") for each in forbidden))


def test_the_imports_are_read():
    assert "xlsgd.rules" in imports("xlsgd.sheets.lesson")
    assert "xlsgd.sheets.placer" in imports("xlsgd.workbooks.build")
    assert "xlsgd.commands.terminal" in imports("xlsgd.commands.press"), "imports inside of functions count"
    assert "numpy" in reached("xlsgd.commands.sweep"), "through other modules"
    assert among({"torch", "torch.nn", "torchvision"}, {"torch"}) == ["torch", "torch.nn"]


def test_every_module_has_its_room():
    assert {room_of(module) for module in MODULES} == set(RANK)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_import_runs_back_up(module):
    above = {
        name
        for name in imports(module)
        if name.startswith("xlsgd.") and name in MODULES and RANK[room_of(name)] > RANK[room_of(module)]
    }
    assert not above


PACKING = {module for module in MODULES if module.startswith("xlsgd.excel.deflate")}
"""What packs bits, by NumPy, and knows of no sheet and no number."""


def test_what_packs_bits_knows_nothing_of_ours():
    assert len(PACKING) == 4
    assert not {name for module in PACKING for name in among(imports(module), {"xlsgd"})} - PACKING


@pytest.mark.parametrize("room", MUST_NOT_KNOW)
def test_a_room_does_not_know_what_it_must_not(room):
    own = [module for module in MODULES if room_of(module) == room and module not in PACKING]
    known = {module: among(imports(module), MUST_NOT_KNOW[room]) for module in own}
    assert own and not {module: names for module, names in known.items() if names}


@pytest.mark.parametrize("module", MUST_NOT_REACH)
def test_a_module_does_not_reach_what_it_must_not(module):
    assert not among(reached(module), MUST_NOT_REACH[module])


ROOMS = sorted(room for room in RANK if room not in ("commands", "__main__"))
"""The rooms that do not know how they are called."""

OPTION = re.compile(r"(?<![\w!-])--[a-z]")

OF_OTHER_PROGRAMS = {
    "xlsgd.errors": "how pip gets Torch for a CPU",
    "xlsgd.points.source": "soffice's switches",
    "xlsgd.reading.office": "soffice's switches",
    "xlsgd.verifying.engines._uno_process": "soffice's switches",
    "xlsgd.verifying.engines.libreoffice": "soffice's switches",
    "xlsgd.verifying.engines.find_office": "how brew installs LibreOffice",
}
"""Where options stand that are not the command line's of xlsgd."""


@cache
def texts(module):
    """The strings of a module that are no docstrings, with their lines."""
    nodes = list(ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))))
    told = {id(each.value) for each in nodes if isinstance(each, ast.Expr)}
    strings = [each for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return [(each.lineno, each.value) for each in strings if id(each) not in told]


def test_options_are_found():
    assert any(OPTION.search(text) for _, text in texts("xlsgd.commands.build"))
    assert OPTION.search("give another --out") and not OPTION.search("<!--rows-->")


@pytest.mark.parametrize("room", ROOMS)
def test_only_the_commands_know_click(room):
    own = [module for module in MODULES if room_of(module) == room]
    assert own and not {module for module in own if among(imports(module), {"click"})}


@pytest.mark.parametrize("room", ROOMS)
def test_only_the_commands_name_their_options(room):
    own = [module for module in MODULES if room_of(module) == room and module not in OF_OTHER_PROGRAMS]
    assert not [f"{module}:{line} {text}" for module in own for line, text in texts(module) if OPTION.search(text)]


@pytest.mark.parametrize("module", OF_OTHER_PROGRAMS)
def test_other_programs_options_stand_where_they_are_said_to(module):
    assert any(OPTION.search(text) for _, text in texts(module))


def test_every_room_is_told_what_it_must_not_know():
    assert set(RANK) - set(MUST_NOT_KNOW) == {"__init__", "commands", "__main__"}


def test_no_module_of_ours_imports_in_a_circle():
    for module in MODULES:
        assert module not in reached(module), module
