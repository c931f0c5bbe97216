"""One HTML file of everything: the sheets as data, their functions, the page's own script and style.

The file asks nobody for anything: its policy forbids every request, and every script but its own. What a user or a file
gives stands in it as JSON, which the page shows as text.
"""

import hashlib
import html
import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from xlsgd.atomic_files import replacing
from xlsgd.errors import InputError
from xlsgd.page.answer import spelled_answer
from xlsgd.page.trainings import PageSheet
from xlsgd.points.points import Points
from xlsgd.symbols.to_javascript import table_of_primitives, text_literal

NUMBERS = ("numbers", "columns", "training", "table")
JUDGING = ("formula", "evaluate", "judge")
"""What reads and judges formulas: for pages that have an exercise."""

PARTS = (
    "elements", "formats", "runner", "grid", "tracing", "typing", "charts", "surface", "network", "bars", "points",
    "link", "controls", "told", "blanks",
)  # fmt: skip
VIEWS = ("exercise_view", "training_view", "table_view", "race_view", "main")
SCRIPTS = (*NUMBERS, *PARTS, *JUDGING, "exercise", *VIEWS)
"""The page's own script, in the order in which its parts need each other."""

STYLES = ("style.css", "exercise.css")


def write_page(path: Path, sheets: Sequence[PageSheet], title: str, version: str) -> Path:
    """Write a page and return its path; a file that is there is replaced only when the new one is whole.

    Args:
        path: the file.
        sheets: its sheets, in their order.
        title: what it is called.
        version: of xlsgd.

    Raises:
        InputError: two sheets have one name, or the file cannot be written.
    """
    text = page_of(sheets, title, version)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def page_of(sheets: Sequence[PageSheet], title: str, version: str) -> str:
    """Return a page's HTML; the arguments are those of `write_page`."""
    names = [sheet.name for sheet in sheets]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"sheet {name!r}: is asked for twice; give each sheet once")
    script, style = _script(sheets), "".join(map(_read, STYLES))
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {"title": html.escape(title), "policy": policy, "version": html.escape(version)}
    return _read("page.html").format(**parts, style=style, data=_json(_data(sheets)), script=script)


def _hash(text: str) -> str:
    """Return how a policy names an inline script or style."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    return files("xlsgd.page").joinpath("script", name).read_text(encoding="utf-8")


def _script(sheets: Sequence[PageSheet]) -> str:
    left_out = () if any(sheet.data.get("exercises") for sheet in sheets) else JUDGING
    functions = ",\n".join(f"{text_literal(sheet.name)}: {sheet.script}" for sheet in sheets)
    parts = [
        '"use strict";',
        "const inf = Infinity, nan = NaN;",
        f"const PRIMITIVES = {table_of_primitives()};",
        *(_read(f"{name}.js") for name in SCRIPTS[:-1] if name not in left_out),
        f"const FUNCTIONS = {{\n{functions}\n}};",
        f"const ANSWER = {spelled_answer()};",
        _read(f"{SCRIPTS[-1]}.js"),
    ]
    return "\n".join(parts)


def _data(sheets: Iterable[PageSheet]) -> dict[str, Any]:
    """Return what the page knows as data; points that several sheets share stand once."""
    points: list[Points] = []
    described = []
    for sheet in sheets:
        data = {"name": sheet.name, **sheet.data}
        if sheet.points is not None:
            place = next((i for i, own in enumerate(points) if own == sheet.points), len(points))
            points += [sheet.points] if place == len(points) else []
            data["points"] = place
        described.append(data)
    columns = [{name: list(column) for name, column in each.columns.items()} for each in points]
    return {"points": columns, "sheets": described}


def _json(value: Any) -> str:
    """Return JSON that cannot end the element it stands in, nor begin another."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
