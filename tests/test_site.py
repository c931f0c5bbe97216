"""The documentation's site is built without a warning, no link leads nowhere, its sheets train where they stand."""

import os
import subprocess
import sys
from pathlib import Path

import pages
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

pytest.importorskip("sphinx")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

import site_links  # noqa: E402
from live_sheets import PAGES  # noqa: E402

SECONDS = 60
"""Of a processor, in which the site is to be built."""

LARGEST = 700_000
"""Bytes of a page that is embedded: lr_find has a hundred steps of thirty numbers, and is the largest."""


def built(docs, site):
    """Build a site as `.ci/run` does, by the same configuration."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", ROOT / "docs", docs, site]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    begun = os.times().children_user
    done = built(ROOT / "docs", folder)
    assert done.returncode == 0, done.stderr
    assert os.times().children_user - begun < SECONDS
    return folder


def test_no_link_leads_nowhere(site):
    assert not list(site_links.broken(site))


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_text('<a href="sub/b.html#here">1</a><a href="b.html">2</a><img src="c.png">')
    (tmp_path / "sub" / "b.html").write_text(
        '<p id="here"><a href="#here">1</a><a href="../a.html#no">2</a><a href="https://example.org/x">3</a>'
    )
    assert sorted(site_links.broken(tmp_path)) == [
        ("a.html", "b.html"),
        ("a.html", "c.png"),
        ("sub/b.html", "../a.html#no"),
    ]


def test_a_warning_ends_the_build(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Alone\n\n[nowhere](nowhere.md)\n")
    done = built(tmp_path / "docs", tmp_path / "site")
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr and "the sheet adam has no page: write docs/sheets/adam.md" in done.stderr


@pytest.mark.parametrize("name", PAGES)
def test_a_sheet_trains_where_it_stands(site, chromium, name):
    assert (site / "live" / f"{name}.html").stat().st_size <= LARGEST
    chromium.get("about:blank")
    chromium.get_log("browser")
    pages.resized(chromium, 1280, 720)
    chromium.get((site / "sheets" / f"{name}.html").as_uri())
    frame = chromium.find_element(By.CSS_SELECTOR, "iframe.live")
    chromium.execute_script("arguments[0].scrollIntoView()", frame)
    chromium.switch_to.frame(frame)
    ready = "return document.documentElement.dataset.ready === 'true'"
    WebDriverWait(chromium, 20, poll_frequency=0.02).until(lambda found: found.execute_script(ready))
    assert chromium.execute_script("return lesson.hash()").startswith(f"#{name}")
    chromium.switch_to.default_content()
    assert not pages.complaints(chromium)


@pytest.mark.parametrize(
    "page", ["index", "start", "library", "commands", "extend", "sheets/relu_network", "BENCHMARKS"]
)
def test_nothing_is_wider_than_a_phone(site, chromium, page):
    pages.resized(chromium, 390, 844)
    chromium.get((site / f"{page}.html").as_uri())
    assert chromium.execute_script("return document.documentElement.scrollWidth") == 390
