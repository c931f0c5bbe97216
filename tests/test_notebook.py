"""The notebook runs from top to bottom, and installs nothing where xlsgd is there.

It is kept without outputs: pictures, times and whole pages, which differ by version and machine. The run shows that
they come.
"""

import importlib.util
import os
from pathlib import Path

import pages
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

nbformat = pytest.importorskip("nbformat")

ROOT = Path(__file__).parent.parent
NOTEBOOK = nbformat.read(ROOT / "notebooks" / "lesson5.ipynb", as_version=4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
SECONDS = 60
"""Of a processor, in which all of it is to run."""


def test_it_is_a_valid_notebook_without_outputs():
    nbformat.validate(NOTEBOOK)
    assert all(not cell.outputs and cell.execution_count is None for cell in CODE)


def installed(folder, monkeypatch):
    """What the first cell installs in a folder."""
    transformer = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager()
    asked = []

    class Shell:
        def run_line_magic(self, name, line):
            asked.append(f"{name} {line.format(**scope)}")

    scope = {"get_ipython": Shell}
    monkeypatch.chdir(folder)
    exec(transformer.transform_cell(CODE[0].source), scope)
    return asked


def test_nothing_is_installed_where_xlsgd_is_there(tmp_path, monkeypatch):
    assert installed(tmp_path, monkeypatch) == []


def test_xlsgd_is_installed_where_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert installed(tmp_path, monkeypatch) == ['pip install -q "xlsgd[plot,train]"']
    assert installed(ROOT / "notebooks", monkeypatch) == [f'pip install -q "{ROOT}[plot,train]"']


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What each cell of code shows, by its kind, with the seconds that all took."""
    nbclient = pytest.importorskip("nbclient")
    begun = os.times().children_user
    folder = tmp_path_factory.mktemp("notebook")
    run = nbclient.NotebookClient(NOTEBOOK.copy(), timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
    assert os.times().children_user - begun < SECONDS
    assert (folder / "lesson5-files" / "digit.xlsx").exists()
    return [cell.outputs for cell in run.cells if cell.cell_type == "code"]


@pytest.mark.slow
def test_it_runs_from_top_to_bottom_and_says_nothing_but_what_it_shows(outputs):
    shown = [output for each in outputs for output in each]
    told = [output.text for output in shown if output.output_type == "stream" and output.name == "stderr"]
    assert all(text.startswith(("No --data and no $XLSGD_MNIST", "Training on the images of ")) for text in told)
    kinds = [kind for output in shown for kind in output.get("data", {})]
    assert kinds.count("image/png") >= 7
    printed = "".join(output.text for output in shown if output.output_type == "stream")
    assert printed.count("all agree") == 2 and "accuracy" in printed


@pytest.mark.slow
def test_its_pages_train_where_they_are_shown(outputs, tmp_path, chromium):
    framed = [output.data["text/html"] for each in outputs for output in each if "srcdoc" in str(output.get("data"))]
    assert len(framed) == 2
    for number, text in enumerate(framed):
        page = tmp_path / f"{number}.html"
        page.write_text(text, encoding="utf-8")
        chromium.get(page.as_uri())
        chromium.switch_to.frame(chromium.find_element(By.CSS_SELECTOR, "iframe"))
        ready = "return document.documentElement.dataset.ready === 'true'"
        WebDriverWait(chromium, 20, poll_frequency=0.02).until(lambda found: found.execute_script(ready))  # noqa: B023
        (button,) = [each for each in chromium.find_elements(By.CSS_SELECTOR, "button") if "Epoch" in each.text]
        button.click()
        assert chromium.execute_script("return lesson.sheets[0].epoch") == 1
        chromium.switch_to.default_content()
        assert not pages.complaints(chromium)
