"""Draws the pictures of the workbooks page: each sheet as LibreOffice shows it, and the README's two.

    python workbooks/pictures.py

needs LibreOffice (soffice), poppler (pdftotext, pdftoppm) and Pillow. The sheets are printed from the files as they
are; of a sheet of many pages the first is taken. The README's are a sheet with a formula, and a network's sheet above
a digit of a run on real MNIST, trained and exported anew where $XLSGD_MNIST says where that is, and kept elsewhere.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from PIL import Image, ImageChops, ImageDraw, ImageFont

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
NETWORK = PICTURES / "readme-network.png"
DPI, MARGIN, FOOTER = 130, 12, 32
"""The pictures' resolution, and in pixels what stays free around a page, and how high its footer is with that."""

COLOURS = 256
"""Of a picture: with 64 the grey pixels of a digit are tinted, with all of them the files are three times as large."""

FIRST_PAGES = (
    'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1-3"},"ExportNotes":{"type":"boolean","value":"false"}}'
)
"""How LibreOffice prints the guide and the digit's page of an exported run, and leaves out its thousands of others."""

LAST_OF_DIGIT, ROWS_OF_DIGIT = 29, 39
"""Of a digit's page of 50 hidden units: the row of the last of these, and that of the rule's last number."""


def main() -> None:
    """Draw all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        if old != NETWORK:
            old.unlink()
    for workbook in sorted(HERE.glob("*.xlsx")) + sorted(HERE.glob("*.xlsm")):
        with tempfile.TemporaryDirectory() as folder:
            pages = print_pages(workbook, Path(folder))
            names = openpyxl.load_workbook(workbook, read_only=True).sheetnames
            for name, page in zip(names, first_pages(pages, names), strict=True):
                if workbook.stem == "network" and name.endswith("_run"):
                    continue
                cropped(page).save(PICTURES / f"{workbook.stem}-{name}.png", optimize=True)
    with_formula("adam", "H4")
    if os.environ.get("XLSGD_MNIST"):
        network_and_digit()


def print_pages(workbook: Path, folder: Path, form: str = "pdf") -> Path:
    """Return the workbook printed into a PDF by LibreOffice."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(folder), str(workbook)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / f"{workbook.stem}.pdf"


def first_pages(pdf: Path, names: list[str]) -> list[Image.Image]:
    """Return the first page of each sheet, which its footer names."""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    pages = text.split("\f")
    numbers = [next(i for i, words in enumerate(pages) if re.search(rf"sheet {name}\s+page", words)) for name in names]
    return [draw_page(pdf, number + 1) for number in numbers]


def draw_page(pdf: Path, number: int) -> Image.Image:
    """Return a page as a picture."""
    stem = pdf.with_name(f"page{number}")
    place = ["-r", str(DPI), "-f", str(number), "-l", str(number), "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *place, str(pdf), str(stem)], check=True)
    return Image.open(stem.with_suffix(".png")).convert("RGB")


def cropped(page: Image.Image) -> Image.Image:
    """Return a page without its blank margins, in so many colours that none is seen to change."""
    return trimmed(page).quantize(COLOURS, Image.Quantize.MAXCOVERAGE)


def trimmed(page: Image.Image) -> Image.Image:
    """Return a page without its blank margins."""
    blank = Image.new("RGB", page.size, "white")
    box = ImageChops.difference(page, blank).getbbox() or (0, 0, *page.size)
    left, top, right, bottom = box
    around = (max(left - MARGIN, 0), max(top - MARGIN, 0), right + MARGIN, bottom + MARGIN)
    return page.crop(around)


def with_formula(sheet: str, cell: str) -> None:
    """Draw a sheet with a formula bar above it, the formula read from the file."""
    formula = openpyxl.load_workbook(HERE / "graddesc.xlsx")[sheet][cell].value
    picture = Image.open(PICTURES / f"graddesc-{sheet}.png").convert("RGB")
    font = ImageFont.load_default(size=15)
    framed = Image.new("RGB", (picture.width, picture.height + 36), "white")
    framed.paste(picture, (0, 36))
    drawn = ImageDraw.Draw(framed)
    drawn.rectangle((12, 6, 92, 30), outline="#999999")
    drawn.rectangle((100, 6, 520, 30), outline="#999999")
    drawn.text((22, 9), f"{sheet}!{cell}", fill="black", font=font)
    drawn.text((110, 9), formula, fill="#0072B2", font=font)
    framed.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(PICTURES / "readme.png", optimize=True)


def network_and_digit() -> None:
    """Draw the network's sheet above its rows, and below it the first page of a run of 784-50-10, opened."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for arguments in (["train", "--lesson", "nn-adam-kept", "--out"], ["export", "--no-verify"]):
            subprocess.run([sys.executable, "-m", "xlsgd", *arguments, str(folder / "run")], check=True)
        pages = print_pages(folder / "run" / "network.xlsx", folder, FIRST_PAGES)
        digit = trimmed(first_pages(pages, ["digit"])[0])
    cells = openpyxl.load_workbook(HERE / "network.xlsx", read_only=True)["relu_network"]
    column = [row[0] for row in cells.iter_rows(max_col=1, values_only=True)]
    sheet = Image.open(PICTURES / "network-relu_network.png").convert("RGB")
    sheet = above(sheet, column.index("start") - 1, len(column))
    digit = above(digit, LAST_OF_DIGIT, ROWS_OF_DIGIT)
    sheet = sheet.resize((digit.width, sheet.height * digit.width // sheet.width), Image.Resampling.LANCZOS)
    both = Image.new("RGB", (digit.width, sheet.height + digit.height), "white")
    both.paste(sheet, (0, 0))
    both.paste(digit, (0, sheet.height))
    both.save(NETWORK, optimize=True)  # in all its colours: fewer tint the digit


def above(page: Image.Image, row: int, rows: int) -> Image.Image:
    """Return the upper part of a page of so many rows, with the row of letters on top, through a row."""
    page = trimmed(page.crop((0, 0, page.width, page.height - FOOTER)))
    return page.crop((0, 0, page.width, MARGIN + (page.height - 2 * MARGIN) * (row + 1) // (rows + 1)))


if __name__ == "__main__":
    main()
