"""Makes docs/page.webp: the lesson's page in Chromium, stepping and running, as the README shows it.

    python docs/page_in_motion.py

It needs Chromium with its driver, and what the extra `dev` brings.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pages  # noqa: E402

from xlsgd.library.page import page_of_sheets, table_named, training_sheet  # noqa: E402
from xlsgd.points.points import LESSON_POINTS  # noqa: E402
from xlsgd.sheets.lesson import LESSON  # noqa: E402

SIZE = 1280, 880
SHOWN = 960, 660
STEPS = 4
EPOCHS = (1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 30)


UNTIL = """
const view = lesson.front;
view.cursor = null;
while (view.sheet.epoch < arguments[0]) driven(view.sheet.step());
view.draw();
"""


def frames(chromium, path):
    """Yield pictures, each with the milliseconds that it stands."""
    pages.resized(chromium, *SIZE)
    pages.opened(chromium, path, "#adam_ann")
    chromium.execute_script("document.querySelector('td[data-at=\"H6\"]').focus()")
    yield taken(chromium), 1500
    for _ in range(STEPS):
        chromium.execute_script("lesson.front.stepRow()")
        yield taken(chromium), 700
    for epoch in EPOCHS:
        chromium.execute_script(UNTIL, epoch)
        yield taken(chromium), 350
    yield taken(chromium), 2500


def taken(chromium):
    """A picture of what the window shows."""
    shot = Image.open(io.BytesIO(chromium.get_screenshot_as_png())).convert("RGB")
    return shot.resize(SHOWN, Image.Resampling.LANCZOS)


def main():
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        sheets = [training_sheet(training, LESSON_POINTS) for training in LESSON.values()]
        sheets += [table_named(name) for name in ("softmax", "entropy", "log_entropy")]
        path = page_of_sheets(sheets, Path(folder) / "lesson.html", "Gradient descent, one row at a time")
        with pages.browser(shutil.which("chromium"), shutil.which("chromedriver")) as chromium:
            pictures, times = zip(*frames(chromium, path), strict=True)
    first, *others = pictures
    first.save(
        ROOT / "docs" / "page.webp",
        save_all=True,
        append_images=others,
        duration=list(times),
        loop=0,
        quality=70,
        method=6,
    )


if __name__ == "__main__":
    main()
