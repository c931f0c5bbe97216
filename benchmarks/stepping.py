"""How long LibreOffice takes to show another epoch: run `python benchmarks/stepping.py [EPOCHS]`.

For every training sheet of graddesc.xlsx it types epochs into A2 and reads all rows, which LibreOffice computes at the
latest when they are read; reading them a second time tells how much of that is the reading.
"""

import sys
import tempfile
import time
from pathlib import Path

from xlsgd.sheets.lesson import LESSON
from xlsgd.verifying.engines import libreoffice
from xlsgd.verifying.engines.libreoffice import Session
from xlsgd.workbooks.build import build

COLUMNS = {"basic": range(3, 15), "momentum": range(3, 13), "rmsprop": range(3, 12)}


def seconds(work, *arguments):
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def main(epochs=100):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        path = build("graddesc", Path(folder), epochs=epochs)
        print(f"{epochs} epochs: built in {time.perf_counter() - start:.1f} s, {path.stat().st_size / 1e6:.1f} MB")
        with Session(path) as session:
            session.recalculate()
            print(f"LibreOffice {libreoffice.version()}, milliseconds for an epoch typed into A2")
            for name in LESSON:
                wanted = {name: [(row, column) for column in COLUMNS.get(name, range(3, 14)) for row in range(5, 33)]}
                typed, read, again = [], [], []
                for epoch in sorted({1, 2, 6, epochs // 2, epochs}):
                    typed.append(seconds(session.set, name, 2, 1, float(epoch)))
                    read.append(seconds(session.read, wanted))
                    again.append(seconds(session.read, wanted))
                worst = max(map(sum, zip(typed, read, strict=True)))
                print(f"  {name:9} typed and read at most {1e3 * worst:6.1f}, of which reading {1e3 * min(again):6.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
