"""What the pictures share: the colours, and matplotlib, imported only where a picture is drawn."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsgd.errors import InputError, needs
from xlsgd.sheets.description import COLOURS as COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "axes.titlesize": 11,
    "svg.hashsalt": "xlsgd",
    "svg.fonttype": "none",
}


FORMS = ("png", "svg")


def form_of(path: Path) -> str:
    """Return the form of a picture that its file's name tells.

    Raises:
        InputError: the name ends in none.
    """
    form = path.suffix.lower().lstrip(".")
    if form not in FORMS:
        raise InputError(f"{path}: give a name that ends in .png or .svg")
    return form


def matplotlib() -> Any:
    """Return matplotlib; pictures are drawn into files by `Figure` alone, so a user's own backend stays.

    Raises:
        InputError: it is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise InputError(needs("drawing pictures", "matplotlib", "plot")) from None
    return matplotlib


def rendered(figure: "Figure", form: str) -> bytes:
    """Return a figure as the bytes of a `png` or `svg` file, the same whenever it is drawn."""
    file = io.BytesIO()
    metadata = {"Date": None} if form == "svg" else {"Software": None}
    figure.savefig(file, format=form, dpi=150, metadata=metadata)
    return file.getvalue()
