"""Every benchmark in one run: `python -m benchmarks [--rows N] [--rounds N] [--write] [--with WORK] [--against REV]`.

Each work runs in a process of its own (`benchmarks/works.py`). Rounds interleave, so that a busy machine disturbs all
alike; the best of the rounds counts. `--write` puts the tables into docs/BENCHMARKS.md and the picture beside it.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.against import seconds_of_both, with_compiled

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PICTURE = "benchmarks-growth.png"
LOOK = 0.05
CELLS = 13
PEER_ROWS, VERIFIED_ROWS, EPOCHS = 50_000, 100_000, 1000
EVERY = 97
NOTES = """\
What bounds them, by profile:

- Writing: 45 % packs the rows into Deflate blocks, 28 % makes their XML, 14 % computes them by machine code. wolfxl is
  the fastest peer that writes formulas; jetxl writes values beside them, in two and a half times its time, and
  rustpy-xlsxwriter writes them as texts. By ISA-L, which packs a row into 193 bytes, a build takes a quarter less.
- The file: 147 bytes a row of adam. zopfli, which tries every parse, takes 4 ms a row for 141: 84 are the digits (in
  each of ten values about 53 bits are random), 57 are 29 matches, of which one at a row's distance costs 15 bits. Less
  takes cells without addresses, which IronCalc does not read.
- Memory: the interpreter and its libraries, as points and rows go through in pieces.
- Verifying: IronCalc takes three fifths for the poisoned copy; then unpacking and splitting rows.
- Comparing: the search for what changes by itself, then unpacking.
- Tracing: half of the time makes the machine code.
- A step of the trainer: its dense products, and with Adam the rule as well.

Peers are timed on fewer rows and pay the same for each."""
WRITES = {"openpyxl": "formulas", "wolfxl": "formulas", "engine": "neither"}
"""What the writers write that do not write each formula with its value."""
GROWTH = (1_000, 10_000, 100_000, 1_000_000)
MB = 1e6
PACKAGES = (
    "XlsxWriter",
    "openpyxl",
    "wolfxl",
    "isal",
    "msgspec",
    "ironcalc",
    "formualizer",
    "numpy",
    "pandas",
    "torch",
    "click",
    "llvmlite",
)


def work(name, *arguments):
    command = [sys.executable, "-m", "benchmarks.works", name, *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        together = 0
        while process.poll() is None:
            together = max(together, held_together(process.pid))
            time.sleep(LOOK)
        found = json.loads(process.stdout.read())
    return found | {"peak": max(found["peak"], together)}


def held_together(pid):
    """Return the bytes that a process and those that it began hold, what they share once; 0 if it began none."""
    try:
        began = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        rolled = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in (pid, *began) if began]
    except (OSError, ValueError):
        return 0
    return sum(1024 * int(line.split()[1]) for text in rolled for line in text.splitlines() if line.startswith("Pss:"))


def best(rounds, works):
    """Run each work so many times, in turn, and return each one's quickest run."""
    runs = {name: [] for name in works}
    for _ in range(rounds):
        for name, call in works.items():
            runs[name].append(work(*call))
            print(f"  {name}: {runs[name][-1]['seconds']:.3f} s", file=sys.stderr)
    return {name: min(found, key=lambda run: run["seconds"]) for name, found in runs.items()}


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def bar(what, value, bound, at_least=False, unit=""):
    met = value >= bound if at_least else value <= bound
    sign = "at least" if at_least else "at most"
    return [what, f"{value:.3g}{unit}", f"{sign} {bound:g}{unit}", "met" if met else "**not met**"]


def writing(folder, rows, rounds):
    large, middle = folder / "large.csv", folder / "middle.csv"
    work("write_csv", rows, large)
    work("write_csv", VERIFIED_ROWS, middle)
    found = best(rounds, {
        "xlsgd": ("build", large, folder / "large.xlsx"),
        "floor, by repr": ("floor", rows, folder / "floor", "repr"),
            "floor, by msgspec": ("floor", rows, folder / "floor", "msgspec"),
        "engine": ("engine", large),
        "openpyxl": ("openpyxl", PEER_ROWS, folder / "openpyxl.xlsx"),
        "wolfxl": ("wolfxl", PEER_ROWS, folder / "wolfxl.xlsx"),
        "XlsxWriter": ("xlsxwriter", PEER_ROWS, folder / "xlsxwriter.xlsx"),
        "xlsgd, fewer rows": ("build", middle, folder / "middle.xlsx"),
    })  # fmt: skip
    counts = {
        "xlsgd": rows,
        "floor, by repr": rows,
        "floor, by msgspec": rows,
        "openpyxl": PEER_ROWS,
        "wolfxl": PEER_ROWS,
        "XlsxWriter": PEER_ROWS,
    }
    counts["xlsgd, fewer rows"] = VERIFIED_ROWS
    speed = {name: n / found[name]["seconds"] for name, n in counts.items()}
    peak = {name: found[name]["peak"] / MB for name in counts}
    lines = [
        [name, f"{n:,}", f"{speed[name]:,.0f}", f"{CELLS * speed[name]:,.0f}", f"{speed['xlsgd'] / speed[name]:.2f}",
         f"{peak[name]:.0f} MB"]
        for name, n in counts.items()
    ]  # fmt: skip
    ours = found["xlsgd"]
    bars = [
        bar("cells a second against openpyxl's write-only", speed["xlsgd"] / speed["openpyxl"], 14, at_least=True),
        bar("... the fastest peer, wolfxl", speed["xlsgd"] / speed["wolfxl"], 1.5, at_least=True),
        bar("cells a second against XlsxWriter's", speed["xlsgd"] / speed["XlsxWriter"], 20, at_least=True),
        bar("cells a second against the floor, by repr", speed["xlsgd"] / speed["floor, by repr"], 0.5, at_least=True),
        bar("... by msgspec, as xlsgd spells", speed["xlsgd"] / speed["floor, by msgspec"], 0.5, at_least=True),
        bar("peak memory", peak["xlsgd"], 200, unit=" MB"),
        bar("peak memory against 100,000 rows", peak["xlsgd"] / peak["xlsgd, fewer rows"], 4 / 3),
        bar("the engine's share of the build", found["engine"]["seconds"] / ours["seconds"], 0.5),
    ]
    for line in lines:
        line.insert(1, WRITES.get(line[0], "both"))
    head = [
        "writer",
        "formulas or values",
        "rows",
        "rows/s",
        "cells/s",
        "xlsgd is so many times as fast",
        "peak memory",
    ]
    text = table(head, lines)
    parts = f"xlsgd: {ours['seconds']:.1f} s, of which reading the CSV file {ours['reading']:.1f} s and the engine "
    with zipfile.ZipFile(folder / "large.xlsx") as archive:
        xml = max(part.file_size for part in archive.infolist()) / rows
    size = f"the file is {ours['bytes'] / MB:.0f} MB, its XML {xml:.0f} bytes a row."
    return f"{text}\n\n{parts}{found['engine']['seconds']:.1f} s; {size}", bars


def verifying(folder, rounds):
    path, full = folder / "middle.xlsx", folder / "full.xlsx"
    work("build", folder / "middle.csv", full, "full")
    found = best(2 * rounds, {
        "IronCalc, each formula in full": ("ironcalc", full),
        "IronCalc": ("ironcalc", path),
        "Formualizer": ("formualizer", path),
        "verify": ("verify", path),
        "verify by Formualizer": ("verify", path, "formualizer"),
    })  # fmt: skip
    ratio = found["verify"]["seconds"] / found["IronCalc, each formula in full"]["seconds"]
    lines = [[name, f"{run['seconds']:.2f} s", f"{run['peak'] / MB:.0f} MB"] for name, run in found.items()]
    bars = [
        bar("verify of 100,000 rows against IronCalc's load and evaluation of formulas in full", ratio, 0.6),
        bar("its peak memory", found["verify"]["peak"] / MB, 300, unit=" MB"),
        bar("its file", path.stat().st_size / MB, 14, unit=" MB"),
    ]
    text = table([f"{found['verify']['formulas']:,} formulas", "time", "peak memory"], lines)
    return text, bars


def comparing(folder, rounds):
    path, same, apart = folder / "middle.xlsx", folder / "same.xlsx", folder / "apart.xlsx"
    work("copy", path, same, 0)
    work("copy", path, apart, EVERY)
    found = best(rounds, {
        "compare with itself": ("compare", path, path),
        "compare with a copy whose bytes all stand elsewhere": ("compare", path, same),
        f"compare with one in which every {EVERY}th number has another last digit": ("compare", path, apart),
    })  # fmt: skip
    peers = best(1, {
        "openpyxl reads both": ("openpyxl_reads", path, same, "memory"),
        "openpyxl reads both, read-only": ("openpyxl_reads", path, same, "read-only"),
    })  # fmt: skip
    against = peers["openpyxl reads both"]["seconds"]
    lines = [
        [name, f"{run['seconds']:.2f} s", f"{run['seconds'] / against:.3f}", f"{run['peak'] / MB:.0f} MB",
         f"{run['differences']:,}" if "differences" in run else ""]
        for name, run in (found | peers).items()
    ]  # fmt: skip
    cells = next(iter(found.values()))["cells"]
    bars = [bar(f"{name}, against reading both with openpyxl", run["seconds"] / against, 0.25)
            for name, run in found.items()]  # fmt: skip
    head = [f"{cells:,} cells", "time", "against openpyxl", "peak memory", "differences above 1e-12"]
    return table(head, lines), bars


def tracing(rounds):
    found = best(rounds, {
        "xlsgd trace, every row in a DataFrame": ("trace", EPOCHS),
        "... without llvmlite": ("trace", EPOCHS, 0),
        "xlsgd, step by step": ("steps", EPOCHS),
        "plain Python loop": ("plain_loop", EPOCHS),
        "torch.optim loop": ("torch_loop", EPOCHS),
    })  # fmt: skip
    ours, plain = (found[name] for name in ("xlsgd trace, every row in a DataFrame", "plain Python loop"))
    for run in found.values():
        assert all(abs(a - b) < 1e-9 * abs(b) for a, b in zip(run["answer"], ours["answer"], strict=True))
    rows = [[name, f"{1e3 * run['seconds']:.1f} ms", f"{run['seconds'] / ours['seconds']:.2f}"]
            for name, run in found.items()]  # fmt: skip
    ratio = ours["seconds"] / plain["seconds"]
    bars = [bar(f"`trace` of {EPOCHS:,} epochs of Adam against a plain Python loop", ratio, 0.6)]
    return table([f"{EPOCHS:,} epochs of Adam on 29 points", "time", "times xlsgd's"], rows), bars


def seconds_of(command, folder):
    environment = with_compiled(ROOT, folder)
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def starting(folder, rounds, earlier):
    """The command line itself, interpreter's start and imports included."""
    xlsgd = [sys.executable, "-m", "xlsgd"]
    commands = {
        "xlsgd build graddesc entropy": [*xlsgd, "build", "graddesc", "entropy", "--out", folder / "lesson"],
        "xlsgd build": [*xlsgd, "build", "--out", folder / "all"],
        "xlsgd --help": [*xlsgd, "--help"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
    }
    found = {name: min(seconds_of(c, folder) for _ in range(3 * rounds)) for name, c in commands.items()}
    lines = [[f"`{name}`", f"{seconds:.3f} s"] for name, seconds in found.items()]
    bars = [
        bar("`xlsgd build graddesc entropy`, verified", found["xlsgd build graddesc entropy"], 3, unit=" s"),
        bar("`xlsgd build`: all workbooks, verified", found["xlsgd build"], 6, unit=" s"),
        bar("`xlsgd --help` against importing click", found["xlsgd --help"] / found["python -c 'import click'"], 1.5),
    ]
    if earlier:
        now, then = seconds_of_both(earlier, folder, 3 * rounds)
        lines.append(
            [f"`xlsgd build graddesc entropy` at {earlier}", f"{then:.3f} s of the processor; now {now:.3f} s"]
        )
        bars.append(bar(f"`xlsgd build graddesc entropy` against that at {earlier}", now / then, 1))
    return table(["command", "time"], lines), bars


def growing(folder, rounds, write):
    times = {"build": [], "verify": []}
    for n in GROWTH:
        csv, path = folder / f"{n}.csv", folder / f"{n}.xlsx"
        work("write_csv", n, csv)
        built = best(rounds, {f"build {n}": ("build", csv, path)})
        checked = best(min(rounds, 2) if n == GROWTH[-1] else rounds, {f"verify {n}": ("verify", path)})
        for name, found in (("build", built), ("verify", checked)):
            times[name].append(next(iter(found.values()))["seconds"])
    lines = [[f"{n:,}", *(f"{1e6 * times[name][i] / n:.1f}" for name in times)] for i, n in enumerate(GROWTH)]
    per_row = {name: [seconds / n for seconds, n in zip(found, GROWTH, strict=True)] for name, found in times.items()}
    bars = [bar(f"{name}: time a row at 1,000,000 against 10,000", found[-1] / found[1], 1.3)
            for name, found in per_row.items()]  # fmt: skip
    if write:
        draw(per_row)
    return table(["rows", "build, µs a row", "verify, µs a row"], lines), bars


def draw(per_row):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    for (name, found), color in zip(per_row.items(), ("#0072B2", "#D55E00"), strict=True):
        axes.plot(GROWTH, [1e6 * seconds for seconds in found], "o-", color=color, label=name)
    axes.set(xscale="log", xlabel="rows of one adam sheet", ylabel="µs a row", ylim=(0, None))
    axes.grid(color="#E3E3E3")
    axes.legend()
    figure.savefig(DOCS / PICTURE, dpi=120, metadata={"Software": None})


def others(names):
    """What the benchmarks of other commands print, each with its own bars."""
    texts = []
    for name in names:
        done = subprocess.run([sys.executable, ROOT / "benchmarks" / f"{name}.py"], cwd=ROOT, capture_output=True,
                              text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
        texts.append(f"## {name.capitalize()}\n\n```\n{(done.stdout or done.stderr).strip()}\n```")
    return texts


def versions():
    found = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return f"Python {platform.python_version()}, {', '.join(found)}; {platform.machine()}, one process at a time."


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_048_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--with", dest="others", action="append", default=[], choices=["libreoffice", "sweep", "mnist"])
    parser.add_argument("--against", metavar="COMMIT", help="time `xlsgd build` of an earlier commit, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xlsgd-") as made:
        folder = Path(made)
        parts = {
            "Writing an adam sheet": writing(folder, options.rows, options.rounds),
            "Verifying": verifying(folder, options.rounds),
            "Comparing": comparing(folder, options.rounds),
            "Growth": growing(folder, options.rounds, options.write),
            "Traces": tracing(options.rounds),
            "The command line": starting(folder, options.rounds, options.against),
        }
    bars = table(["bar", "measured", "bound", ""], [line for _, lines in parts.values() for line in lines])
    sections = [f"## {title}\n\n{text}" for title, (text, _) in parts.items()]
    if options.write:
        sections[3] += f"\n\n![Time a row over the number of rows]({PICTURE})"
    best_of = f"Best of {options.rounds} rounds that interleave; the processor's seconds, but for the command line."
    made_by = " ".join(["python -m benchmarks", *sys.argv[1:]])
    head = f"Made by `{made_by}`.\n{versions()}\n{best_of}"
    text = "\n\n".join(["# Benchmarks", head, bars, NOTES, *sections, *others(options.others)]) + "\n"
    if options.write:
        (DOCS / "BENCHMARKS.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
