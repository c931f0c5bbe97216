"""Every link of the built site to the site itself leads to a file that is there, and to a place in it that is there."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.util import logging

LIVE = "live"
"""Pages whose addresses hold their state behind the #, no place in them."""


class Page(HTMLParser):
    """What a page of HTML links to, and the places in it that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what an element links to, and its name."""
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.add(value)
            elif name == "id" and value:
                self.places.add(value)


def broken(site: Path) -> Iterator[tuple[str, str]]:
    """Yield each link that leads nowhere, with the page it stands on."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        for link in sorted(page.links):
            if not _leads_somewhere(path, link, pages):
                yield path.relative_to(site).as_posix(), link


def _leads_somewhere(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not parts.fragment or target.parent.name == LIVE:
        return target.exists()
    return target in pages and unquote(parts.fragment) in pages[target].places


def _warn(app: Sphinx, failed: Exception | None) -> None:
    if failed is None:
        for page, link in broken(Path(app.outdir).resolve()):
            logging.getLogger(__name__).warning("%s: the link %s leads nowhere", page, link)


def setup(app: Sphinx) -> dict[str, bool]:
    """Enter this in Sphinx."""
    app.connect("build-finished", _warn, priority=900)
    return {"parallel_read_safe": True}
