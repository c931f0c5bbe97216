"""A worksheet's charts, as ECMA-376 (part 1, sections 20.5 and 21.2) writes them."""

import re
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple
from xml.etree import ElementTree

from xlsgd.errors import InputError
from xlsgd.reading.grammar import canonical
from xlsgd.reading.package import parse_part, relationships
from xlsgd.symbols.references import address, relative

MAX_CHARTS = 300
MAX_SERIES = 1_000  # in a chart; Excel's own limit is 255
PLACE = re.compile("[0-9]{1,7}")


class ReadChart(NamedTuple):
    """A chart: the cell of its upper left corner, its plot types, title, and each series' references."""

    anchor: str
    types: tuple[str, ...]
    title: str
    series: tuple[str, ...]


def read_charts(archive: zipfile.ZipFile, sheet_part: str) -> list[ReadChart]:
    """Return the charts drawn on a worksheet, in the order they were placed.

    Raises:
        InputError: a part is missing or damaged, or there are too many charts.
    """
    drawings = [part for kind, part in relationships(archive, sheet_part).values() if kind == "drawing"]
    found = chain.from_iterable(_drawn(archive, drawing) for drawing in drawings)
    charts = list(islice(found, MAX_CHARTS + 1))
    if len(charts) > MAX_CHARTS:
        raise InputError(f"{archive.filename}: {sheet_part!r} holds over {MAX_CHARTS} charts: too many to compare")
    return charts


def _drawn(archive: zipfile.ZipFile, drawing: str) -> Iterator[ReadChart]:
    related, known = relationships(archive, drawing), dict[str, ReadChart]()
    for anchor in parse_part(archive, drawing).iter():
        if not anchor.tag.endswith("Anchor"):
            continue
        row, column = anchor.findtext("{*}from/{*}row", ""), anchor.findtext("{*}from/{*}col", "")
        corner = address(int(row) + 1, int(column) + 1) if PLACE.fullmatch(row) and PLACE.fullmatch(column) else ""
        for frame in anchor.iterfind(".//{*}graphicData/{*}chart"):
            references = (related.get(value, ("", "")) for key, value in frame.items() if key.endswith("}id"))
            for kind, part in references:
                if kind == "chart":
                    known[part] = known.get(part) or _chart(archive, part)
                    yield known[part]._replace(anchor=corner)
                elif kind:
                    yield ReadChart(corner, (kind,), "", ())


def _chart(archive: zipfile.ZipFile, part: str) -> ReadChart:
    """Read a chart (section 21.2), wherever it stands."""
    root = parse_part(archive, part)
    plots = [plot for plot in root.iterfind(".//{*}plotArea/*") if plot.tag.endswith("Chart")]
    series = [item for plot in plots for item in plot.iterfind("{*}ser")]
    if len(series) > MAX_SERIES:
        raise InputError(f"{archive.filename}: {part!r} holds over {MAX_SERIES:,} series: too many to compare")
    return ReadChart("", tuple(map(_type, plots)), _title(root.find("{*}chart/{*}title")), tuple(map(_series, series)))


def _type(plot: ElementTree.Element) -> str:
    direction = plot.find("{*}barDir")
    suffix = "" if direction is None else f" ({direction.get('val', 'col')})"
    return plot.tag.rpartition("}")[2].removesuffix("Chart") + suffix


def _title(title: ElementTree.Element | None) -> str:
    if title is None:
        return ""
    if reference := title.findtext("{*}tx/{*}strRef/{*}f"):
        return f"={_shown(reference)}"
    return "".join(piece.text or "" for piece in title.iterfind("{*}tx/{*}rich//{*}t"))


def _series(series: ElementTree.Element) -> str:
    """Return a series as its parts' references; literal data counts as none, a literal name is quoted."""
    parts = []
    for label, tag in (("name", "tx"), ("x", "cat"), ("x", "xVal"), ("y", "val"), ("y", "yVal")):
        if reference := series.findtext(f"{{*}}{tag}//{{*}}f"):
            parts.append(f"{label}={_shown(reference)}")
        elif literal := series.findtext(f"{{*}}{tag}/{{*}}v"):
            parts.append(f'{label}="{literal}"')
    return " ".join(parts)


def _shown(reference: str) -> str:
    """Return a chart's reference in one spelling: without needless quotes and parentheses, in capitals."""
    return canonical(relative(reference, 1, 1))
