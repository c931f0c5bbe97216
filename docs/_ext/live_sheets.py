"""The directive `sheet`: a sheet's picture, and its page (`xlsgd page`), which trains where it is shown."""

from pathlib import Path, PurePosixPath
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from xlsgd.commands.page import page
from xlsgd.sheets.lesson import LESSON
from xlsgd.sheets.table_books import tables
from xlsgd.workbooks.network.book import LESSONS
from xlsgd.workbooks.network.lesson import paragraphs

FOLDER = "live"
PAGES = {name: [name] for name in (*LESSON, *tables(), *LESSONS)} | {"race": ["graddesc"]}
"""The sheets of each page, by its name."""

FRAME = """
<iframe class="live" src="{address}" title="The sheet {name}, live" loading="lazy"></iframe>
<p class="live-link"><a href="{address}">The sheet on a page of its own</a>
(<code>xlsgd page {sheets} --out {name}.html</code>)</p>
"""


class Live(SphinxDirective):
    """A sheet that trains; the text of a sheet of the workbook `network` stands above it."""

    required_arguments = 1
    option_spec: ClassVar = {"picture": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return the text, the picture and the frame."""
        (name,) = self.arguments
        text = paragraphs(LESSONS[name].text.strip()) if name in LESSONS else ()
        up = "../" * (len(PurePosixPath(self.env.docname).parts) - 1)
        address = f"{up}{FOLDER}/{name}.html#{name}"
        frame = FRAME.format(address=address, name=name, sheets=" ".join(PAGES[name]))
        return [
            *(nodes.paragraph(each, each) for each in text),
            *(_picture(name, each, up) for each in self.options.get("picture", "").split()),
            nodes.raw("", frame, format="html"),
        ]


def _picture(name: str, picture: str, up: str) -> nodes.Node:
    """Return a picture that opens in its own size."""
    told = f"The sheet {name}, as LibreOffice prints it"
    image = nodes.image(uri=f"{up}../workbooks/pictures/{picture}.png", alt=told)
    return nodes.reference("", "", image, refuri=f"{up}_images/{picture}.png")


def _write_pages(app: Sphinx, failed: Exception | None) -> None:
    """Write each page, and warn of a sheet that the documentation says nothing of."""
    if failed:
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    for name, sheets in PAGES.items():
        if f"sheets/{name}" not in app.env.found_docs:
            logging.getLogger(__name__).warning("the sheet %s has no page: write docs/sheets/%s.md", name, name)
        page.main([*sheets, "--out", str(folder / f"{name}.html")], standalone_mode=False)


def setup(app: Sphinx) -> dict[str, bool]:
    """Enter this in Sphinx."""
    app.add_directive("sheet", Live)
    app.connect("build-finished", _write_pages, priority=100)
    return {"parallel_read_safe": True}
