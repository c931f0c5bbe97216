"""Open a large adam sheet in LibreOffice and recalculate it: `python -m benchmarks.libreoffice [ROWS]`.

LibreOffice gets a copy of which every cached value is wrong, so what comes back was computed. Cells of rows drawn at
random, and of the first and last ones, are compared with the file's values.
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.works import adam, points
from xlsgd.excel.writer import write_workbook
from xlsgd.verifying.engines import libreoffice
from xlsgd.verifying.engines.libreoffice import Limits, Session
from xlsgd.verifying.judging import distance
from xlsgd.verifying.poison import poison
from xlsgd.workbooks.build import filled_training

SAMPLED = 200
LIMITS = Limits(load=3000.0, recalculate=3000.0, read=600.0)


def main(n=1_048_000):
    with tempfile.TemporaryDirectory(prefix="xlsgd-") as made:
        path, copy = Path(made) / "large.xlsx", Path(made) / "poisoned.xlsx"
        write_workbook(path, [filled_training(adam(), points(n))], "")
        cells = poison(path, copy)["adam"]
        drawn = random.Random(2).sample(range(4, n + 4), min(n, SAMPLED))
        rows = {*drawn, 4, 5, n + 2, n + 3}
        wanted = [i for i, row in enumerate(cells.rows) if row in rows]
        start = time.perf_counter()
        with Session(copy, LIMITS) as session:
            loaded = time.perf_counter()
            session.recalculate()
            done = time.perf_counter()
            answers = session.read({"adam": [cells[i] for i in wanted]})["adam"]
        apart = [distance(cells.values[i], answer)[1] for i, answer in zip(wanted, answers, strict=True)]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"LibreOffice {libreoffice.version()}: {n:,} rows, loaded in {loaded - start:.0f} s, recalculated in "
          f"{done - loaded:.0f} s, peak {peak:.1f} GB")  # fmt: skip
    equal = sum(d == 0 for d in apart)
    print(f"{len(apart):,} cells of {len(rows)} rows read back: {equal:,} equal to the bit, "
          f"the rest within {max(apart):.2g} of the file's values")  # fmt: skip
    return 0 if max(apart) <= 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
