"""What an operator typed, turned into what the index is asked and into a test for every candidate."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wallclient.catalog.grams import INITIALS, START, SYLLABLES, code_tokens, search_form
from wallclient.catalog.pinyin import Readings
from wallclient.domain.gbcode import LENGTH

MOST_TERMS = 6
_MOST_LOOKED_AT, _MOST_SPLITS = 64, 5  # ways to cut letters into syllables
_MOST_SPELLINGS = 16
_NEVER_FIRST = frozenset("iuv")
_MOST_TRIGRAMS = 6
_LONG_INITIALS = ("zh", "ch", "sh")
_SHORTEST_CODE = 3  # anywhere in a code; shorter ones are in every code and tell nobody apart
_PROVINCE = 2  # digits a code begins with that are worth a search of their own


def split_terms(text: str) -> list[str]:
    """Return the terms of a query in search form."""
    forms = (search_form(word) for word in text[:400].split())
    return list(dict.fromkeys(form for form in forms if form))[:MOST_TERMS]


class Words:
    """A name and a code as terms are tested against them. How the name is read is found out when letters ask for it."""

    __slots__ = ("_code", "_readings", "_spellings", "_ways", "form")

    def __init__(self, name: str, code: str, readings: Readings) -> None:
        self.form = search_form(name)
        self._code = code
        self._readings = readings
        self._ways: list[tuple[str, ...]] | None = None
        self._spellings: tuple[tuple[str, str], ...] | None = None

    @property
    def code(self) -> str:
        """The code in search form."""
        return search_form(self._code)

    @property
    def ways(self) -> list[tuple[str, ...]]:
        """The syllables each character may be typed by."""
        if self._ways is None:
            self._ways = self._readings.words(self.form)
        return self._ways

    @property
    def spellings(self) -> tuple[tuple[str, str], ...]:
        """Initials and syllables in every way the name may be typed; empty where there are too many ways."""
        if self._spellings is None:
            ways = self.ways
            count = math.prod(map(len, ways))
            chosen = itertools.product(*ways) if count <= _MOST_SPELLINGS else ()
            self._spellings = tuple([("".join([s[0] for s in one]), "".join(one)) for one in chosen])
        return self._spellings


@dataclass(frozen=True, slots=True)
class Split:
    """Letters as syllables: whole ones, then the beginning of one more (or nothing)."""

    whole: tuple[str, ...]
    begun: str


class Term:
    """One term. Its expressions are for FTS5 and may let through more than `place` does, never less."""

    def __init__(self, form: str, readings: Readings) -> None:
        self.form = form
        self._letters = form.isascii() and any(c.isalpha() for c in form)  # digits among them stand for themselves
        self._digits = form.isascii() and form.isdigit()
        self._may_be_in_code = len(form) >= _SHORTEST_CODE and any(c.isdigit() for c in form)
        # no syllable begins with these; where they are letters of a name, that is found as it is written
        self._initials = self._letters and (len(form) == 1 or not _NEVER_FIRST.intersection(form))
        self._syllables = readings.syllables
        # a single letter is an initial and nothing more
        splits = itertools.islice(self._split(form), _MOST_LOOKED_AT) if self._letters and len(form) > 1 else ()
        self._splits = sorted(splits, key=lambda split: len(split.whole))[:_MOST_SPLITS]
        # Some characters by their initials, others in full (`jfbei`): only where it can't be read in full, or `chong`
        # would find every 长虹 (c, hong).
        mixed = itertools.islice(self._mixed_units(form), _MOST_LOOKED_AT) if self._letters and not self._splits else ()
        self._mixed = sorted((units for units in mixed if any(len(u) > 1 for u in units)), key=len)[:_MOST_SPLITS]

    @property
    def is_whole_code(self) -> bool:
        """Tell whether the term can only be a code of 20 digits."""
        return self._digits and len(self.form) == LENGTH

    @property
    def is_code(self) -> bool:
        """Tell whether the term may be a code or a part of one."""
        return self._digits and len(self.form) >= _SHORTEST_CODE

    @property
    def begins_codes(self) -> bool:
        """Tell whether the term may be the beginning of codes, though too short to be looked for within them."""
        return self._digits and len(self.form) == _PROVINCE

    def expression(self) -> str:
        """Return what the index is asked for names and codes that hold the term."""
        return self._either("")

    def start_expression(self) -> str:
        """Return what the index is asked for names that begin with the term."""
        return self._either(START)

    def place(self, words: Words) -> int | None:
        """Return where a node's own text holds the term: 0 at its beginning, 1 elsewhere; None: nowhere."""
        at = words.form.find(self.form)
        if at >= 0:
            return min(at, 1)
        if self._may_be_in_code and self.form in (code := words.code):
            return int(not code.startswith(self.form))
        if not self._letters:
            return None
        place = self._place_of_letters(words)
        return self._place_of_mixed(words) if place is None and self._mixed else place

    @property
    def _mixed_initials(self) -> set[str]:
        return {"".join([unit[0] for unit in units]) for units in self._mixed}

    def _place_of_letters(self, words: Words) -> int | None:
        """Return where the letters spell characters of a name, by initials or by syllables."""
        form, inside = self.form, False
        doubtful = not words.spellings
        for initials, syllables in words.spellings:
            if initials.startswith(form) or syllables.startswith(form):
                return 0
            inside = inside or form in initials
            doubtful = doubtful or form in syllables  # does a syllable begin there?
        if inside or not doubtful:
            return 1 if inside else None
        first = next((i for i in range(len(words.ways)) if self._spelled(words.ways, i)), None)
        return None if first is None else min(first, 1)

    def _place_of_mixed(self, words: Words) -> int | None:
        """Return where the letters spell characters of a name, some by their initials and some in full."""
        if words.spellings and not any(i in initials for initials, _ in words.spellings for i in self._mixed_initials):
            return None
        first = next((i for i in range(len(words.ways)) if self._spelled_mixed(words.ways, i)), None)
        return None if first is None else min(first, 1)

    # --- inside ---

    def _spelled(self, ways: Sequence[Sequence[str]], start: int) -> bool:
        """Tell whether the letters spell the characters from `start` on, by initials or syllables, not mixed."""
        form = self.form
        if len(ways) - start >= len(form) and all(
            any(way[:1] == letter for way in ways[start + i]) for i, letter in enumerate(form)
        ):
            return True
        rests = {form}
        for way in ways[start:]:
            if any(syllable.startswith(rest) for rest in rests for syllable in way):
                return True
            rests = {rest[len(s) :] for rest in rests for s in way if rest.startswith(s)}
            if not rests:
                return False
        return False

    def _spelled_mixed(self, ways: Sequence[Sequence[str]], start: int) -> bool:
        rests = {self.form}
        for way in ways[start:]:
            if any(syllable.startswith(rest) for rest in rests for syllable in way):
                return True
            parts = [part for s in way for part in (s, s[0], s[:2] if s.startswith(_LONG_INITIALS) else s)]
            rests = {rest[len(part) :] for rest in rests for part in parts if rest.startswith(part)}
            if not rests:
                return False
        return False

    def _mixed_units(self, rest: str, before: tuple[str, ...] = ()) -> Iterable[tuple[str, ...]]:
        """Yield the ways to cut letters into syllables and initials; a syllable begun at the end is one, too."""
        if not rest:
            yield before
            return
        for length in range(min(6, len(rest)), 1, -1):
            if rest[:length] in self._syllables:
                yield from self._mixed_units(rest[length:], (*before, rest[:length]))
        if rest.startswith(_LONG_INITIALS):
            yield from self._mixed_units(rest[2:], (*before, rest[:2]))
        if rest[0] not in _NEVER_FIRST:
            yield from self._mixed_units(rest[1:], (*before, rest[0]))
        if len(rest) > 1 and rest not in self._syllables and any(s.startswith(rest) for s in self._syllables):
            yield (*before, rest)

    def _split(self, rest: str, before: tuple[str, ...] = ()) -> Iterable[Split]:
        if not rest:
            yield Split(before, "")
            return
        if rest[0].isdigit():
            yield from self._split(rest[1:], (*before, rest[0]))
            return
        for length in range(min(6, len(rest)), 0, -1):
            if rest[:length] in self._syllables:
                yield from self._split(rest[length:], (*before, rest[:length]))
        if any(s.startswith(rest) and s != rest for s in self._syllables):
            yield Split(before, rest)

    def _either(self, mark: str) -> str:
        ways = [_pairs(self.form, mark)]
        if self._initials:
            ways.append(_initials(self.form, mark))
        if self._letters:
            ways += [self._syllable_tokens(split, mark) for split in self._splits]
            ways += [self._mixed_tokens(units, mark) for units in self._mixed]
        if self.is_code and not mark:
            # a few trigrams from the end, where codes differ, are enough to choose candidates by
            ways.append([[t] for t in dict.fromkeys(code_tokens(self.form)[-_MOST_TRIGRAMS:])])
        return " OR ".join(dict.fromkeys(_all(way) for way in ways if way))

    def _syllable_tokens(self, split: Split, mark: str) -> list[list[str]]:
        """Return groups of tokens; one of each group must be there."""
        whole, begun = split.whole, split.begun
        if not whole:
            ends = sorted(s for s in self._syllables if s.startswith(begun))
            return [[f"{mark}{SYLLABLES}{end}" for end in ends]]
        groups = [[SYLLABLES + a + b] for a, b in pairwise(whole)]
        if begun:  # its first letter has to do: every token asked for takes its time
            groups.append([INITIALS + whole[-1][0] + begun[0]])
        if mark or len(whole) == 1:
            groups.append([f"{mark}{SYLLABLES}{whole[0]}"])
        return groups

    def _mixed_tokens(self, units: tuple[str, ...], mark: str) -> list[list[str]]:
        """Return the tokens of all initials and of the whole syllables."""
        whole = [[SYLLABLES + unit] for unit in units if len(unit) > 1 and unit in self._syllables]
        return [*_initials("".join([unit[0] for unit in units]), mark), *whole]


def _pairs(form: str, mark: str) -> list[list[str]]:
    """Return the tokens of a text by single characters and pairs; with a mark, of one that begins with it."""
    inside = [[form[i : i + 2]] for i in range(len(form) - 1)] or [[form]]
    return [[mark + form[:2]], *inside[1:]] if mark else inside


def _initials(form: str, mark: str) -> list[list[str]]:
    """Return the tokens of initials by threes; fewer letters are one token."""
    inside = [[INITIALS + form[i : i + 3]] for i in range(len(form) - 2)] or [[INITIALS + form]]
    if not mark:
        return inside
    return [[mark + INITIALS + form[0]], *(inside if len(form) > 1 else [])]


def _all(groups: Iterable[Sequence[str]]) -> str:
    parts = [" OR ".join(f'"{token}"' for token in group) for group in groups]
    return "(" + " AND ".join(f"({part})" if " OR " in part else part for part in parts) + ")"
