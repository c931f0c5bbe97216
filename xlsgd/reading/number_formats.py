"""Number formats as read, so that two spellings of one format are equal (ECMA-376, part 1, section 18.8.31)."""

import re
from functools import lru_cache

TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)
    | \\(?P<escaped>.)
    | (?P<bracket>\[[^\]]*\]?)
    | (?P<spaced>[_*].)
    | (?P<code>[A-Za-z0-9\#?.,%;@])
    | (?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)
CURRENCY = re.compile(r"\[\$([^-\]]*)(?:-[0-9A-Fa-f]+)?\]")
GENERAL = "General"
DIGITS = "0#?"


@lru_cache(maxsize=1024)
def canonical_format(code: str) -> str:
    r"""Spell a number format in one way: what is shown as it is escaped, what is a code in small letters.

    A currency's sign with the language that it is of (`[$€-407]`) is that sign, as shown.

    >>> canonical_format('"$"#,##0') == canonical_format("\\$#,##0") == canonical_format("$#,##0")
    True
    >>> canonical_format("[RED]0.00") == canonical_format("[Red]0.00")
    True
    """
    if code.casefold() == GENERAL.casefold():
        return GENERAL
    sections: list[list[re.Match[str]]] = [[]]
    for token in TOKEN.finditer(code):
        sections[-1].append(token)
        if token["code"] == ";":
            sections.append([])
    return "".join(_spelled(token, section) for section in sections for token in section)


def _spelled(token: re.Match[str], section: list[re.Match[str]]) -> str:
    kind, text = str(token.lastgroup), token[str(token.lastgroup)]
    if text == "," and kind == "code" and not any((other["code"] or " ") in DIGITS for other in section):
        return _shown(text)  # only among digits it parts thousands
    if kind == "quoted":
        return _shown(text.strip('"'))
    if kind in ("escaped", "plain"):
        return _shown(text)
    if kind == "bracket":
        sign = CURRENCY.fullmatch(text)
        return _shown(sign[1]) if sign and sign[1] else text.casefold()
    return text if kind == "spaced" else text.casefold()


def _shown(text: str) -> str:
    return "".join(f"\\{letter}" for letter in text)
