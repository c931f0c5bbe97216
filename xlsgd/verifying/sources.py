"""Where answers for a workbook's formulas come from: each source's module by its name on the command line.

A module is imported only when it is asked for.
"""

ENGINES = {
    "ironcalc": "xlsgd.verifying.engines.ironcalc",
    "libreoffice": "xlsgd.verifying.engines.libreoffice",
}
"""Spreadsheet engines, none of them ours (see `xlsgd.verifying.engines`)."""

ORACLES = {
    "torch": "xlsgd.verifying.oracle.answers",
}
"""What computes another way what must stand in a cell."""
