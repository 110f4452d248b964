"""What the search index holds of a camera: characters and pairs of the name and its syllables, up to three initials.

FTS5's own trigrams can't find one or two Chinese characters, so the index is fed ready-made tokens. Kinds of tokens are
told apart by a first letter; should a name hold such a letter itself, the search only gets candidates too many, and
every candidate is looked at before it is shown.
"""

import re
import unicodedata
from itertools import product
from typing import NamedTuple
from zlib import crc32

from wallclient.catalog.pinyin import Readings

INITIALS, SYLLABLES, START, PATH, CODE = "α", "β", "‹", "π", "κ"
LONGEST = 64  # characters of a name or code that can be found
_NOISE = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"[0-9]+")
_MOST_KEPT = 20_000  # neighbourhoods; those of one station are few, and stations come one after the other


def search_form(text: str) -> str:
    """Return a text as it is searched: no blanks or punctuation, lower case, full-width letters made narrow."""
    if not text.isascii() and not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", text.lower())[:LONGEST]


def path_token(form: str) -> str:
    """Return the token of an inner node's name (search form), carried by every camera below it."""
    return f"{PATH}{crc32(form.encode('utf-8', 'replace')):x}"


def code_tokens(form: str) -> list[str]:
    """Return the tokens of a code or a part of one: its trigrams."""
    return [CODE + form[i : i + 3] for i in range(len(form) - 2)]


class Indexed(NamedTuple):
    """What the mirror stores so that a name is found and sorted."""

    tokens: str  # separated by blanks
    sort: bytes  # by pinyin, then by character; numbers by value


class NameIndex:
    """Turns names into tokens and sort keys, at 250,000 names a second and more. Use from one thread.

    Everything about one character depends on the two beside it, and on two more for the three it begins. There are few
    such neighbourhoods of five characters in one station, so what follows from each is kept for a while.
    """

    def __init__(self, readings: Readings) -> None:
        self._readings = readings
        self._ranks = readings.ranks
        self._kept: dict[str, tuple[str, str]] = {}
        self._starts: dict[str, str] = {}  # by the first two characters
        self._heads: dict[str, str] = {}  # by the first digits of codes

    def name(self, text: str) -> Indexed:
        """Return what is stored of a name."""
        form = search_form(text)
        if not form:
            return Indexed("", b"")
        padded = f" {form}   "
        kept = self._kept
        tokens = [self._starts.get(form[:2]) or self._start(form[:2])]
        ranks = []
        for i in range(len(form)):
            window = padded[i : i + 5]
            pair = kept.get(window)
            if pair is None:
                pair = self._keep(window)
            tokens.append(pair[0])
            ranks.append(pair[1])
        key = "".join(ranks)
        if not key.isalpha():
            key = _DIGITS.sub(_counted, key)
        return Indexed(" ".join(tokens), key.encode("utf-16-be"))

    def code(self, text: str) -> str:
        """Return the tokens of a code. Codes of one station begin alike."""
        form = search_form(text)
        head = self._heads.get(form[:14])
        if head is None:
            if len(self._heads) >= _MOST_KEPT:
                self._heads.clear()
            head = self._heads[form[:14]] = " ".join(code_tokens(form[:14]))
        return f"{head} {' '.join(code_tokens(form[12:]))}" if len(form) > 14 else head

    def _keep(self, window: str) -> tuple[str, str]:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        pair = self._kept[window] = (" ".join(self._pair(window)), self._rank(window))
        return pair

    def _pair(self, window: str) -> set[str]:
        """Return the tokens of the second character of five, and of the two and three it begins."""
        here, after, beyond = window[1], window[2].strip(), window[3].strip()
        mine = self._readings.near(window[:3])
        found = {here, *(INITIALS + s[0] for s in mine), *(SYLLABLES + s for s in mine)}
        if after:
            found.add(here + after)
            next_ = self._readings.near(window[1:4])
            last = self._readings.near(window[2:5]) if beyond else ()
            for first, second in product(mine, next_):
                found |= {INITIALS + first[0] + second[0], SYLLABLES + first + second}
                found |= {INITIALS + first[0] + second[0] + third[0] for third in last}
        return found

    def _start(self, two: str) -> str:
        """Return the tokens of a name's first characters."""
        if len(self._starts) >= _MOST_KEPT:
            self._starts.clear()
        syllables = self._readings.near(f" {two} "[:3])
        found = {START + two[0], START + two}
        found |= {START + INITIALS + s[0] for s in syllables} | {START + SYLLABLES + s for s in syllables}
        tokens = self._starts[two] = " ".join(found)
        return tokens

    def _rank(self, window: str) -> str:
        """Return the character that stands for the second of five when names are sorted."""
        here = window[1]
        rank = self._ranks.get((self._readings.near(window[:3])[0], here))
        return rank or (here if here < "\u4e00" else "\ue000")


def _counted(match: re.Match[str]) -> str:
    """Return a number with its length in front, so that 9 comes before 10."""
    digits = match[0].lstrip("0") or "0"
    return chr(0x30 + min(len(digits), 9)) + digits
