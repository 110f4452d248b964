"""How names are read aloud: a syllable for every character, in the company it keeps, and the order that follows.

The dictionaries are pypinyin's. They are read from its data files piece by piece and only as far as place names need
them: its own import takes 100 ms at a time in which no other thread of the program runs, and 50 MB.
"""

import functools
import importlib.util
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

# Characters whose other reading an operator may well type, wherever the character stands.
OTHER_READINGS = {
    "重": ("chong", "zhong"),
    "长": ("chang", "zhang"),
    "厦": ("xia", "sha"),
    "行": ("hang", "xing"),
    "朝": ("chao", "zhao"),
    "乐": ("le", "yue"),
    "曾": ("zeng", "ceng"),
    "单": ("dan", "shan"),
    "都": ("du", "dou"),
    "堡": ("bao", "pu"),
    "石": ("shi",),  # never "dan" in a place
    "车": ("che",),
}
_FIRST_RANK, _RANKS_END = 0x4E00, 0xD800
_LONGEST_PHRASE = 3
_ENTRY = re.compile(r'"([^"]+)":\s*("[^"]*"|\[(?:[^\[\]]|\[[^\[\]]*\])*\])')
_FIRST_TONE = re.compile(r'\[\s*"([^"]+)"')
_MOST_KNOWN = 20_000
_CHINESE = range(0x4E00, 0xA000)


class Readings:
    """The dictionaries, and what was read lately. Use from one thread."""

    def __init__(self) -> None:
        self._phrases = _phrases()
        self._characters = _characters()
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, before: str, character: str, after: str) -> str:
        """Return the syllable of a character between two others (or nothing), without tone.

        What has no reading, such as a letter or a digit, stands for itself.
        """
        choices = self._characters.get(character)
        if choices is None:
            return character
        if len(choices) == 1:
            return choices[0]
        found = self._in_phrase(before, character, after)
        return found or OTHER_READINGS.get(character, choices)[0]

    def all_of(self, before: str, character: str, after: str) -> tuple[str, ...]:
        """Return all syllables a character may be typed by, the right one first."""
        right = self.of(before, character, after)
        return (right, *(other for other in OTHER_READINGS.get(character, ()) if other != right))

    def near(self, three: str) -> tuple[str, ...]:
        """Return all syllables the character in the middle of three may be typed by; a blank stands for nothing."""
        ways = self._known.get(three)
        if ways is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            ways = self._known[three] = self.all_of(three[0].strip(), three[1], three[2].strip())
        return ways

    def words(self, text: str) -> list[tuple[str, ...]]:
        """Return the syllables each character of a text may be typed by."""
        padded = f" {text} "
        return [self.near(padded[i : i + 3]) for i in range(len(text))]

    @property
    def syllables(self) -> frozenset[str]:
        """All syllables of common Chinese."""
        return _syllables()

    @property
    def ranks(self) -> dict[tuple[str, str], str]:
        """A character for every (syllable, character), ascending as they are read aloud."""
        return _ranks()

    def _in_phrase(self, before: str, character: str, after: str) -> str | None:
        for phrase, place in (
            (before + character + after, len(before)),
            (before + character, len(before)),
            (character + after, 0),
        ):
            found = self._phrases.get(phrase) if len(phrase) > 1 else None
            if found is not None:
                return found.split()[place]
        return None


def _entries(name: str) -> Iterator[tuple[str, str]]:
    """Yield keys and values (as JSON) of one of pypinyin's dictionaries."""
    found = importlib.util.find_spec("pypinyin")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin")
    text = (Path(found.submodule_search_locations[0]) / name).read_text("utf-8")
    return ((match[1], match[2]) for match in _ENTRY.finditer(text))


@functools.cache
def _characters() -> dict[str, tuple[str, ...]]:
    """Return the syllables of every character, the usual one first."""
    kept: dict[tuple[str, ...], tuple[str, ...]] = {}  # there are few different ones
    found = {}
    for code, tones in _entries("pinyin_dict.json"):
        choices = tuple(dict.fromkeys(map(toneless, tones.strip('"').split(","))))
        found[chr(int(code))] = kept.setdefault(choices, choices)
    return found


@functools.cache
def _phrases() -> dict[str, str]:
    """Return the syllables of short phrases in which a character is not read as it would be alone."""
    characters = _characters()
    found = {}
    for phrase, value in _entries("phrases_dict.json"):
        if len(phrase) > _LONGEST_PHRASE:
            continue
        syllables = [toneless(tone) for tone in _FIRST_TONE.findall(value)]
        if len(syllables) == len(phrase) and any(len(characters.get(c, ())) > 1 for c in phrase):
            found[phrase] = " ".join(syllables)
    return found


@functools.cache
def _pairs() -> tuple[tuple[str, str], ...]:
    known = ((c, choices) for c, choices in _characters().items() if ord(c) in _CHINESE)
    return tuple(sorted({(syllable, character) for character, choices in known for syllable in choices[:3]}))


@functools.cache
def _syllables() -> frozenset[str]:
    return frozenset(syllable for syllable, _ in _pairs() if syllable.isascii())


@functools.cache
def _ranks() -> dict[tuple[str, str], str]:
    room = _RANKS_END - _FIRST_RANK
    return {pair: chr(_FIRST_RANK + rank) for rank, pair in enumerate(_pairs()[:room])}


@functools.lru_cache(maxsize=4096)
def toneless(syllable: str) -> str:
    """Return a syllable without its tone: `chóng` → `chong`, `lǜ` → `lv`."""
    plain = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return plain if plain.isascii() else "".join(c for c in plain if c.isascii()) or syllable
