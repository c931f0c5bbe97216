"""Draws the pictures of the workbooks page: each sheet as LibreOffice shows it, and the README's, with a formula.

    python workbooks/pictures.py

needs LibreOffice (soffice), poppler (pdftotext, pdftoppm) and Pillow. The sheets are printed from the files as they
are; of a sheet of many pages the first is taken.
"""

import subprocess
import tempfile
from pathlib import Path

import openpyxl
from PIL import Image, ImageChops, ImageDraw, ImageFont

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
DPI = 130


def main() -> None:
    """Draw all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    for workbook in sorted(HERE.glob("*.xlsx")) + sorted(HERE.glob("*.xlsm")):
        with tempfile.TemporaryDirectory() as folder:
            pages = print_pages(workbook, Path(folder))
            names = openpyxl.load_workbook(workbook, read_only=True).sheetnames
            for name, page in zip(names, first_pages(pages, workbook, names), strict=True):
                if workbook.stem == "network" and name.endswith("_run"):
                    continue
                cropped(page).save(PICTURES / f"{workbook.stem}-{name}.png", optimize=True)
    with_formula("adam", "H4")


def print_pages(workbook: Path, folder: Path) -> Path:
    """Return the workbook printed into a PDF by LibreOffice."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / f"{workbook.stem}.pdf"


def first_pages(pdf: Path, workbook: Path, names: list[str]) -> list[Image.Image]:
    """Return the first page of each sheet: that with its title in the workbook of lessons, where sheets are wide."""
    titles = dict.fromkeys(names, "")
    if workbook.stem == "network":
        book = openpyxl.load_workbook(workbook, read_only=True)
        titles |= {name: book[name]["A1"].value for name in names}
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    pages = text.split("\f")
    numbers, page = [], 0
    for name in names:
        if titles[name]:
            page = next(i for i, words in enumerate(pages) if titles[name] in words and i >= page)
        elif name.endswith("_run"):
            title = f"All epochs of {name.removesuffix('_run')}:"
            page = next(i for i, words in enumerate(pages) if title in words)
        numbers.append(page)
        page += 1
    return [draw_page(pdf, number + 1) for number in numbers]


def draw_page(pdf: Path, number: int) -> Image.Image:
    """Return a page as a picture."""
    stem = pdf.with_name(f"page{number}")
    place = ["-r", str(DPI), "-f", str(number), "-l", str(number), "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *place, str(pdf), str(stem)], check=True)
    return Image.open(stem.with_suffix(".png")).convert("RGB")


def cropped(page: Image.Image, margin: int = 12) -> Image.Image:
    """Return a page without its blank margins, in few colours."""
    blank = Image.new("RGB", page.size, "white")
    box = ImageChops.difference(page, blank).getbbox() or (0, 0, *page.size)
    left, top, right, bottom = box
    around = (max(left - margin, 0), max(top - margin, 0), right + margin, bottom + margin)
    return page.crop(around).quantize(64, Image.Quantize.MAXCOVERAGE)


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
    framed.quantize(64, Image.Quantize.MAXCOVERAGE).save(PICTURES / "readme.png", optimize=True)


if __name__ == "__main__":
    main()
