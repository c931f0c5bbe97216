"""Workbooks to compare: one with a cell of every kind, written with changes, and parts rewritten afterwards."""

import zipfile
from pathlib import Path

import xlsxwriter

CELLS = {
    "A3": ("x", None, None),
    "A4": (14, None, None),
    "B4": (True, None, None),
    "C4": ("=C1+$D$4*A4", 2.5, "0.0000"),
    "C5": ("=C2+$D$4*A5", 3.5, "0.0000"),
    "D4": (0.1, None, "#,##0.00"),
    "E4": ('="a"&A3', "ax", None),
}
NAMES = {"basic!const": "=basic!$C$4", "total": "=SUM(basic!$C$4:$C$5)"}
CHART = {"type": "line", "title": "Error by epoch", "values": ["=basic!$C$4:$C$5"], "anchor": "G7"}


def write(path: Path, cells=CELLS, names=NAMES, charts=(CHART,), panes=(3, 0), sheets=("basic", "data")) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name in sheets:
            book.add_worksheet(name)
        sheet = book.get_worksheet_by_name("basic")
        for place, (content, value, code) in cells.items():
            style = book.add_format({"num_format": code}) if code else None
            if isinstance(content, str) and content.startswith("="):
                sheet.write_formula(place, content, style, value)
            elif isinstance(content, str):
                sheet.write_string(place, content, style)
            else:
                sheet.write(place, content, style)
        for name, target in names.items():
            book.define_name(name, target)
        for chart in charts:
            drawn = book.add_chart({"type": chart["type"]})
            for values in chart["values"]:
                drawn.add_series({"values": values})
            drawn.set_title({"name": chart["title"]})
            sheet.insert_chart(chart["anchor"], drawn)
        if panes:
            sheet.freeze_panes(*panes)
    return path


def rewrite(source: Path, target: Path, part: str, replaced: dict[str, str]) -> None:
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (parts | {part: text.encode()}).items():
            archive.writestr(name, data)
