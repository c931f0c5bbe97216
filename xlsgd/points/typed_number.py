"""Numbers as people type them: with a point or a comma, and with separators between thousands."""

import re

APART = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'\N{RIGHT SINGLE QUOTATION MARK}"
"""What parts thousands in either notation."""

GROUPED = {
    decimal: re.compile(
        rf"([+-]?\d{{1,3}})((?:({group})\d{{3}})(?:\3\d{{3}})*)({re.escape(decimal)}\d*)?((?:[eE][+-]?\d+)?)"
    )
    for decimal, group in ((".", f"[,{APART}]"), (",", rf"[.{APART}]"))
}
"""A number in groups of three digits, by the decimal separator."""

THOUSAND_OR_FRACTION = re.compile(r"[+-]?\d{1,3},\d{3}")
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
SIGNED = re.compile(rf"[+-][\d.,][\d.,{APART}]*(?:[eE][+-]?\d+)?")
"""What begins with a sign, as a formula may, and is meant as a number."""


def typed_number(text: str, decimal: str | None) -> float:
    """Return the number that a text says.

    Args:
        text: such as `1234.5`, `1,234.5`, `1 234.5`, or with a decimal comma `1.234,5`.
        decimal: the decimal separator, `.` or `,`; if None a point, but where a comma may be meant, which `1,500` and
            `1,5` leave open.

    Raises:
        ValueError: it says none, or leaves open which; the message says what it is, and what to do.
    """
    text = text.strip()
    if decimal is None and THOUSAND_OR_FRACTION.fullmatch(text):
        raise ValueError(f"{text!r}, which is a thousand or a fraction; give `decimal` . or `decimal` ,")
    if found := GROUPED[decimal or "."].fullmatch(text):
        whole, groups, group, fraction, exponent = found.groups()
        text = f"{whole}{groups.replace(group, '')}{(fraction or '').replace(',', '.')}{exponent}"
    elif decimal == ",":
        if "." in text:
            raise ValueError(f"{text!r}, not a number with a decimal comma")
        text = text.replace(",", ".")
    try:
        if "_" in text:
            raise ValueError
        return float(text)
    except ValueError:
        comma = DECIMAL_COMMA.fullmatch(text)
        hint = "; for a decimal comma give `decimal` ," if comma else ""
        raise ValueError(f"{text!r}, not a number{hint}") from None
