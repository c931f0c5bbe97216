"""The line that training looks for, as JavaScript."""

from xlsgd.sheets.answer import least_squares
from xlsgd.symbols.expression import symbol
from xlsgd.symbols.to_javascript import Lines


def spelled_answer() -> str:
    """Return a function of the columns x and y that gives intercept and slope of the line of least squares."""
    x, y = symbol("x"), symbol("y")
    line, lines = least_squares(x, y), Lines({x: "x", y: "y"})
    names = lines.names([line.b, line.a])
    body = "\n  ".join([*lines.statements, f"return [{', '.join(names)}];"])
    return f"(x, y) => {{\n  {body}\n}}"
