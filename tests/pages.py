"""Pages in a real browser, which computes them: opened, asked for their numbers, clicked, typed into, dragged."""

import base64
from contextlib import contextmanager

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from xlsgd.page.html import page_of
from xlsgd.symbols.checked import ExcelError

SWITCHES = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1280,720")

PLAIN = "const plain = (v) => (isError(v) ? v.text : v);\n"
"""Errors as their texts, so that they come through JSON."""

NUMBERS = f"""{PLAIN}
const [name, typed, epochs] = arguments;
const sheet = lesson.sheets.find((each) => each.name === name);
sheet.restart();
for (const [input, value] of typed) driven(sheet.put(input, value));
const found = [];
for (const epoch of epochs) {{
  while (sheet.epoch < epoch) driven(sheet.step());
  found.push({{ rows: sheet.rows(0, sheet.n).map((row) => row.map(plain)), cells: sheet.cells.map(plain),
    inputs: sheet.inputs.map(plain), loss: plain(sheet.loss),
    lists: Object.fromEntries(Object.entries(sheet.lists).map(([list, values]) => [list, values.map(plain)])) }});
}}
return found;
"""


@contextmanager
def browser(binary, driver):
    """A browser that records what its console says."""
    options = Options()
    options.binary_location = binary
    for switch in SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


def opened(chromium, path, hash=""):
    """Open a page and wait until it stands."""
    chromium.get("about:blank")  # else another hash alone would not load it again
    chromium.get_log("browser")
    chromium.get(f"{path.as_uri()}{hash}")
    ready = "return document.documentElement.dataset.ready === 'true'"
    WebDriverWait(chromium, 20, poll_frequency=0.02).until(lambda found: found.execute_script(ready))
    return chromium


def written(folder, *sheets, title="A page"):
    """Write a page of sheets and return its path."""
    path = folder / "page.html"
    path.write_text(page_of(sheets, title, "0"), encoding="utf-8")
    return path


def as_value(found):
    """What the engine has for a value of a page: errors are texts of their own kind, whole numbers floats."""
    return ExcelError(found) if isinstance(found, str) else float(found)


def complaints(chromium):
    """What the browser complains of since the page was opened, refused requests among it."""
    return [entry["message"] for entry in chromium.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def resized(chromium, width, height, dark=False, mobile=False):
    """Give the page's window a size, and the user a preference."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})


def pictured(chromium, path):
    """Write a picture of the whole page."""
    shot = chromium.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
    path.write_bytes(base64.b64decode(shot["data"]))
