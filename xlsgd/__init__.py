"""xlsgd: see how neural networks learn, one spreadsheet row at a time."""

__version__ = "0.1.0"
