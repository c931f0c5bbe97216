"""Writes the hostile workbooks and text files into a folder: `python -m tests.hostile FOLDER`, in a checkout."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from others import CSV

from workbooks import workbooks


def main() -> None:
    """Write each under its name."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, write) in enumerate(workbooks().items()):
        write(folder / f"{number:03} {re.sub('[^A-Za-z0-9 ,.^-]', '_', name)}.xlsx")
    for name, content in CSV.items():
        (folder / f"{name}.csv").write_bytes(content)


if __name__ == "__main__":
    main()
