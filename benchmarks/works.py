"""The works that are timed, each in a process of its own: `python -m benchmarks.works NAME ARGUMENT...` prints JSON.

A work returns the seconds of what counts, without imports and without making its input: the processor's, those of
processes that it began among them, since others may use the machine too. The process adds its peak memory, imports and
all.
"""

import json
import math
import random
import re
import resource
import sys
import zipfile
from array import array
from itertools import count, islice
from pathlib import Path

CHUNK = 1000
LONG = re.compile(rb"(-?[0-9]+[.][0-9]{6,})([0-9])(?=</v>)")
"""A number with all its digits, the last one apart."""


PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def processor():
    """Return the seconds that the processor spent on this process and on those that it began and that have ended."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, PROCESSES))


def points(n):
    """Rows like the lesson's, y = 2x + 30 with noise, so that the numbers have all their digits."""
    from xlsgd.points.points import Points

    draw = random.Random(1)
    x = array("d", (float(draw.randrange(1, 100)) for _ in range(n)))
    return Points(x, array("d", (2 * v + 30 + draw.gauss(0, 1) for v in x)))


def write_csv(n, path):
    with Path(path).open("w", encoding="utf-8") as file:
        file.write("x,y\n")
        for x, y in zip(*points(n), strict=True):
            file.write(f"{x!r},{y!r}\n")
    return {}


def adam():
    from xlsgd.sheets.lesson import LESSON

    return LESSON["adam"]


def build(csv, path, formulas="shared"):
    """What `xlsgd build graddesc --data CSV --sheet adam --no-verify` does; above 20,000 rows it has no epochs.

    Or the same with each cell's formula in full, for an engine to read as it would be without shared ones.
    """
    from xlsgd.excel import row_templates, writer
    from xlsgd.excel.writer import write_workbook
    from xlsgd.points.read import read_points
    from xlsgd.workbooks.build import filled_training

    if formulas == "full":
        row_templates._can_be_shared = lambda column: False
        writer.keep_readable = lambda *given: None  # IronCalc takes thrice as long for conditional formats
    start = processor()
    data = read_points(Path(csv))
    read = processor()
    write_workbook(Path(path), [filled_training(adam(), data)], "")
    end = processor()
    return {"seconds": end - start, "reading": read - start, "bytes": Path(path).stat().st_size}


def engine(csv):
    """The engine's part of that build: the reset, the footer, and every row, none of which is written."""
    from xlsgd.points.read import read_points
    from xlsgd.run.press import LiveSheet

    data = read_points(Path(csv))
    start = processor()
    live = LiveSheet(adam(), data)
    live.values()
    for _ in live.tuples():
        pass
    return {"seconds": processor() - start}


def templates():
    """The adam sheet's columns: each one's letter, and its formula with tokens for the row and the one before."""
    from xlsgd.excel.row_templates import TOKENS
    from xlsgd.symbols.cells import RowOf
    from xlsgd.symbols.to_excel import number_of_row, spell
    from xlsgd.workbooks.build import filled_training

    def row(reference):
        return number_of_row(reference) if reference.row_of is RowOf.SHEET else TOKENS[reference.row_of, reference.row]

    columns = filled_training(adam()).rows.columns
    return [(column.letter, spell(column.formula, row) if column.formula is not None else "") for column in columns]


def floor(n, path, spelling):
    """The same rows through a bare template and the same compressor; computing them does not count.

    Numbers are spelled by Python's own `repr`, or by the same `msgspec` that xlsgd uses.
    """
    import msgspec
    from isal import isal_zlib

    from xlsgd.excel.row_templates import PREVIOUS, ROW
    from xlsgd.run.press import LiveSheet

    cells = []
    for letter, formula in templates():
        spelled = f"<f>{formula}</f>" if formula else ""
        cells.append(f'<c r="{letter}{ROW}">{spelled}<v>%s</v></c>')
    template = f'<row r="{ROW}">{"".join(cells)}</row>'
    rows, number, seconds = LiveSheet(adam(), points(n)).tuples(), 4, 0.0
    with Path(path).open("wb") as file:
        deflate = isal_zlib.compressobj(wbits=-15)
        while chunk := list(islice(rows, CHUNK)):
            start = processor()
            texts = []
            if spelling == "msgspec":
                columns = (msgspec.json.encode(c).decode()[1:-1].split(",") for c in zip(*chunk, strict=True))
                chunk = zip(*columns, strict=True)
            for row in chunk:
                texts.append(template.replace(ROW, str(number)).replace(PREVIOUS, str(number - 1)) % row)
                number += 1
            file.write(deflate.compress("".join(texts).encode()))
            seconds += processor() - start
        file.write(deflate.flush())
    return {"seconds": seconds}


def formulas(n):
    """Each row's formulas, None for x and y, spelled before the clock starts where a peer is timed."""

    from xlsgd.excel.row_templates import PREVIOUS, ROW

    found = templates()
    for number in range(4, n + 4):
        yield [
            f"={formula.replace(ROW, str(number)).replace(PREVIOUS, str(number - 1))}" if formula else None
            for _, formula in found
        ]


def openpyxl(n, path):
    """Its write-only mode, which has no place for a formula's value."""
    import openpyxl as peer

    rows = [[x, y, *spelled[2:]] for x, y, spelled in zip(*points(n), formulas(n), strict=True)]
    start = processor()
    book = peer.Workbook(write_only=True)
    sheet = book.create_sheet("adam")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return {"seconds": processor() - start}


def wolfxl(n, path):
    """Its quickest way, whole rows of formulas at once; it has no place for a formula's value either."""
    import wolfxl as peer

    rows = [[x, y, *spelled[2:]] for x, y, spelled in zip(*points(n), formulas(n), strict=True)]
    start = processor()
    book = peer.Workbook()
    book.active.write_rows(rows)
    book.save(path)
    return {"seconds": processor() - start}


def xlsxwriter(n, path):
    """As it is, each formula with its value."""
    import xlsxwriter as peer

    from xlsgd.run.press import LiveSheet

    rows = list(zip(formulas(n), LiveSheet(adam(), points(n)).tuples(), strict=True))
    start = processor()
    with peer.Workbook(path) as book:
        sheet = book.add_worksheet("adam")
        for number, (spelled, values) in enumerate(rows, start=3):
            sheet.write_number(number, 0, values[0])
            sheet.write_number(number, 1, values[1])
            for column in range(2, len(values)):
                sheet.write_formula(number, column, spelled[column], None, values[column])
    return {"seconds": processor() - start}


def ironcalc(path):
    """IronCalc's own load and evaluation."""
    import ironcalc as peer

    start = processor()
    model = peer.load_from_xlsx(path, "en", "UTC")
    model.evaluate()
    return {"seconds": processor() - start}


def formualizer(path):
    """Formualizer's own load and evaluation."""
    import formualizer as peer

    start = processor()
    book = peer.load_workbook(path)
    loaded = processor()
    book.evaluate_all()
    return {"seconds": processor() - start, "loading": loaded - start}


def verify(path, engine="ironcalc"):
    from importlib import import_module

    from xlsgd.verifying.check import verify as verify_workbook

    assert import_module(engine)
    start = processor()
    report = verify_workbook(Path(path), (engine,))
    seconds = processor() - start
    assert report.agrees
    return {"seconds": seconds, "formulas": report.formulas}


def copy(path, to, every):
    """A workbook that holds the same cells, none of them where it stood in the file.

    Args:
        path: the workbook.
        to: the copy.
        every: of so many numbers with all their digits one has another last digit; none for 0.
    """
    seen = count()

    def other_digit(number):
        return number[1] + (b"2" if number[2] == b"1" else b"1") if next(seen) % every == 0 else number[0]

    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            data = re.sub(rb"<dimension [^>]*>", b"", old.read(name))
            is_sheet = every and name.startswith("xl/worksheets/")
            new.writestr(
                name, re.sub(rb"(-?[0-9]+[.][0-9]{6,})([0-9])(?=</v>)", other_digit, data) if is_sheet else data
            )
    return {}


def compare(original, copy):
    from xlsgd.verifying.comparing.compare import compare as compare_workbooks

    start = processor()
    result = compare_workbooks(original, copy)
    seconds = processor() - start
    cells = sum(sheet.compared for sheet in result.sheets.values())
    return {"seconds": seconds, "cells": cells, "differences": result.difference_count}


def openpyxl_reads(original, copy, mode):
    """Both files read by openpyxl, formulas as text: into memory, or every row of its `read-only` mode once."""
    import openpyxl as peer

    start = processor()
    for path in (original, copy):
        book = peer.load_workbook(path, read_only=mode == "read-only")
        if mode == "read-only":
            for row in book.active.iter_rows():
                assert row
    return {"seconds": processor() - start}


def trace(epochs, machine_code=1):
    """`xlsgd trace`: epochs of `adam_textbook` on the lesson's points, every row in a DataFrame.

    Libraries are loaded before the clock starts; what is compiled is compiled while it runs.
    """
    import pandas as pd

    from xlsgd.points.points import LESSON_POINTS
    from xlsgd.run import epochs_at_once, trace
    from xlsgd.run.machine import binding
    from xlsgd.sheets.lesson import trainings

    training = trainings()["adam_textbook"]
    assert pd and epochs_at_once and (binding() or not machine_code)
    if not machine_code:
        trace.MACHINE_CODE_PAYS = math.inf
    start = processor()
    frame = trace.trace_training(training, epochs, LESSON_POINTS)
    seconds = processor() - start
    return {"seconds": seconds, "answer": frame[["new b", "new a"]].iloc[-1].tolist()}


def steps(epochs):
    """The same epochs step by step, as `press` takes them, and the sheet's state after them."""
    from xlsgd.run.press import LiveSheet
    from xlsgd.sheets.lesson import trainings

    training = trainings()["adam_textbook"]
    start = processor()
    sheet = LiveSheet(training)
    for _ in range(epochs):
        sheet.step()
    state = sheet.state()
    return {"seconds": processor() - start, "answer": [state["b"], state["a"]]}


def plain_loop(epochs):
    """Adam as one writes it for a single run in plain Python."""
    from xlsgd.points.points import LESSON_POINTS

    lr, beta1, beta2, eps = 1e-3, 0.9, 0.999, 1e-8
    start = processor()
    w, m, v, t = [1.0, 1.0], [0.0, 0.0], [0.0, 0.0], 0
    for _ in range(epochs):
        for x, y in zip(*LESSON_POINTS, strict=True):
            t += 1
            error = 2 * (w[1] * x + w[0] - y)
            for i, g in enumerate((error, error * x)):
                m[i] = beta1 * m[i] + (1 - beta1) * g
                v[i] = beta2 * v[i] + (1 - beta2) * g**2
                w[i] -= lr * (m[i] / (1 - beta1**t)) / (math.sqrt(v[i] / (1 - beta2**t)) + eps)
    return {"seconds": processor() - start, "answer": w}


def torch_loop(epochs):
    """`torch.optim.Adam` over two parameters, a step a point, as a tutorial writes it."""
    import torch

    from xlsgd.points.points import LESSON_POINTS

    torch.set_num_threads(1)
    w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=1e-3)
    pairs = [(torch.tensor(float(x)), torch.tensor(float(y))) for x, y in zip(*LESSON_POINTS, strict=True)]
    start = processor()
    for _ in range(epochs):
        for x, y in pairs:
            optimizer.zero_grad()
            ((w[0] + w[1] * x - y) ** 2).backward()
            optimizer.step()
    return {"seconds": processor() - start, "answer": w.tolist()}


WORKS = [
    write_csv, build, engine, floor, openpyxl, wolfxl, xlsxwriter, ironcalc, formualizer, verify, copy, compare,
    openpyxl_reads, trace, steps, plain_loop, torch_loop,
]  # fmt: skip


def main():
    name, *arguments = sys.argv[1:]
    (work,) = (work for work in WORKS if work.__name__ == name)
    found = work(*(int(text) if text.isdigit() else text for text in arguments))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(found | {"peak": peak}))


if __name__ == "__main__":
    main()
