"""What a center calls its nodes, made harmless to show: names come from outside and may hold anything."""

import unicodedata

LONGEST_SHOWN = 120
_READ_AT_MOST = 8 * LONGEST_SHOWN  # a name of 2 MB is not looked through to the end
_LEFT_OUT = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, direction and zero-width marks, surrogates, private, unassigned
_BLANKS = {"Zs", "Zl", "Zp"}


def display_name(raw: str, longest: int = LONGEST_SHOWN) -> str:
    """Return the name in one line of printable characters: no controls, no direction marks, `longest` at most.

    A name that is harmless already comes back as it is, without blanks at its ends. May be empty.
    """
    if len(raw) <= longest and raw.isprintable():
        return raw.strip()
    shown = "".join(map(_printable, raw[:_READ_AT_MOST]))
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest and len(raw) <= _READ_AT_MOST else shown[: longest - 1] + "…"


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BLANKS or character in "\t\n\r\v\f":
        return " "
    return "" if category in _LEFT_OUT else character
