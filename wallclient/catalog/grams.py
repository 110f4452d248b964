"""What the search index holds of a camera: single characters and pairs, of the name, its initials and its syllables.

FTS5's own trigrams can't find one or two Chinese characters, so the index is fed ready-made tokens. Kinds of tokens are
told apart by a first letter; should a name hold such a letter itself, the search only gets candidates too many, and
every candidate is looked at before it is shown.
"""

import re
import unicodedata
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

    Everything about one character depends on the two beside it, and on one more for the pair it begins. There are few
    such neighbourhoods of four characters in one station, so what follows from each is kept for a while.
    """

    def __init__(self, readings: Readings) -> None:
        self._readings = readings
        self._kept: dict[str, tuple[str, str]] = {}
        self._heads: dict[str, str] = {}

    def name(self, text: str) -> Indexed:
        """Return what is stored of a name."""
        form = search_form(text)
        if not form:
            return Indexed("", b"")
        padded = f" {form}  "
        kept = self._kept
        tokens, ranks = [self._start(form)], []
        for i in range(len(form)):
            window = padded[i : i + 4]
            pair = kept.get(window)
            if pair is None:
                pair = self._keep(window)
            tokens.append(pair[0])
            ranks.append(pair[1])
        key = _DIGITS.sub(_counted, "".join(ranks))
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
        """Return the tokens of the second character of four, and of the pair it makes with the third."""
        before, here, after, beyond = (c.strip() for c in window)
        mine = self._readings.all_of(before, here, after)
        found = {here, *(INITIALS + s[0] for s in mine), *(SYLLABLES + s for s in mine)}
        if after:
            found.add(here + after)
            for mine_, next_ in ((a, b) for a in mine for b in self._readings.all_of(here, after, beyond)):
                found |= {INITIALS + mine_[0] + next_[0], SYLLABLES + mine_ + next_}
        return found

    def _start(self, form: str) -> str:
        first = self._readings.all_of("", form[0], form[1:2])
        found = {START + form[0], START + form[:2], *(START + INITIALS + s[0] for s in first)}
        return " ".join(found | {START + SYLLABLES + s for s in first})

    def _rank(self, window: str) -> str:
        """Return the character that stands for the second of four when names are sorted."""
        before, here, after, _ = (c.strip() for c in window)
        rank = self._readings.ranks.get((self._readings.of(before, here, after), here))
        return rank or (here if here < "\u4e00" else "\ue000")


def _counted(match: re.Match[str]) -> str:
    """Return a number with its length in front, so that 9 comes before 10."""
    digits = match[0].lstrip("0") or "0"
    return chr(0x30 + min(len(digits), 9)) + digits
