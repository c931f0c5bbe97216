"""Shared by the tests: the workbooks, built once, and IronCalc, which none of our code has a part in."""

import os
import re
import shutil
import signal

import ironcalc
import openpyxl
import pages
import pytest
from hypothesis import settings
from looked_at_books import build_all

from xlsgd.excel.writer import write_workbook
from xlsgd.points.points import LESSON_POINTS
from xlsgd.sheets.lesson import LESSON
from xlsgd.verifying.engines import EngineError, libreoffice
from xlsgd.verifying.sources import all_engines
from xlsgd.workbooks.build import RECIPES, build

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests in the background ignores it
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # by nohup: what the tests start would ignore it, too
    signal.signal(signal.SIGHUP, lambda *_: None)

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


class Engine:
    """A workbook in IronCalc: type into its cells, recalculate, read."""

    def __init__(self, path=None):
        self.model = ironcalc.load_from_xlsx(str(path), "en", "UTC") if path else ironcalc.create("new", "en", "UTC")
        self.sheets = {sheet["name"]: i for i, sheet in enumerate(self.model.get_worksheets_properties())}

    def _at(self, sheet, address):
        letters, row = re.fullmatch(r"([A-Z]+)([0-9]+)", address).groups()
        return self.sheets[sheet], int(row), ironcalc.column_number_from_name(letters)

    def type(self, address, text, sheet="Sheet1"):
        """Type as a user would: what starts with = is a formula."""
        self.model.set_user_input(*self._at(sheet, address), text)

    def put(self, address, value, sheet="Sheet1"):
        """Put a number, with all its digits, or an error."""
        if isinstance(value, str):
            self.model.set_user_input(*self._at(sheet, address), f"={value}")
        else:
            self.model.update_cell_with_number(*self._at(sheet, address), float(value))

    def get(self, address, sheet="Sheet1"):
        return self.model.get_cell_value(*self._at(sheet, address))

    def content(self, address, sheet="Sheet1"):
        """What a user sees in the formula bar."""
        return self.model.get_cell_content(*self._at(sheet, address))

    def evaluate(self):
        self.model.evaluate()
        return self


@pytest.fixture(scope="session")
def engine():
    return Engine


OF_THE_LESSON = ("graddesc", "entropy")
"""The workbooks whose sheets mirror the course's."""


@pytest.fixture(scope="session")
def workbooks(tmp_path_factory):
    """Both workbooks with constants wherever the course's have constants: no sheet steps by a cell."""
    folder = tmp_path_factory.mktemp("workbooks")
    for recipe in (RECIPES[name] for name in OF_THE_LESSON):
        write_workbook(folder / recipe.file, recipe.sheets(LESSON_POINTS, LESSON, 0), recipe.title)
    return {name: folder / RECIPES[name].file for name in OF_THE_LESSON}


@pytest.fixture(scope="session")
def stepping(tmp_path_factory):
    """`graddesc` as it is built by default, stepping by a cell."""
    return build("graddesc", tmp_path_factory.mktemp("stepping"))


@pytest.fixture(scope="session")
def small_books(tmp_path_factory):
    """A small workbook of every kind, by name."""
    return build_all(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def graddesc(workbooks):
    return workbooks["graddesc"]


@pytest.fixture(scope="session")
def entropy_example(workbooks):
    return workbooks["entropy"]


@pytest.fixture(scope="session")
def formulas(workbooks):
    return {name: openpyxl.load_workbook(path) for name, path in workbooks.items()}


@pytest.fixture(scope="session")
def values(workbooks):
    return {name: openpyxl.load_workbook(path, data_only=True) for name, path in workbooks.items()}


@pytest.fixture(scope="session")
def needs_libreoffice():
    """A test that asks for it is skipped where LibreOffice is missing, and fails there in CI."""
    try:
        libreoffice.installed()
    except EngineError as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have it: {missing}")
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def engines(needs_libreoffice):
    """The names of all engines, LibreOffice among them."""
    return tuple(all_engines())


@pytest.fixture(scope="session", autouse=True)
def one_libreoffice():
    """All recalculations of a worker share a LibreOffice: to start one takes longer than most workbooks."""
    with libreoffice.one_process():
        yield


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium, started once; a test that asks for it is skipped where it is missing, and fails so in CI."""
    found = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        told = f"{' and '.join(missing)} not installed (Debian: apt-get install chromium chromium-driver)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    with pages.browser(found["chromium"], found["chromedriver"]) as browser:
        yield browser
