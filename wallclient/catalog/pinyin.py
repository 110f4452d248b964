"""How names are read aloud: a syllable for every character, in the company it keeps, and the order that follows.

The dictionaries of pypinyin are used directly. Loading them takes 0.2 s and 50 MB, so that is left until the first
name has to be read.
"""

import functools
import unicodedata

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
_MOST_KNOWN = 20_000
_CHINESE = range(0x4E00, 0xA000)


class Readings:
    """The dictionaries, and what was read lately. Use from one thread."""

    def __init__(self) -> None:
        from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

        self._phrases: dict[str, list[list[str]]] = PHRASES_DICT
        self._characters: dict[int, str] = PINYIN_DICT
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, before: str, character: str, after: str) -> str:
        """Return the syllable of a character between two others (or nothing), without tone.

        What has no reading, such as a letter or a digit, stands for itself.
        """
        tones = self._characters.get(ord(character))
        if tones is None:
            return character
        choices = list(dict.fromkeys(map(toneless, tones.split(","))))
        if len(choices) == 1:
            return choices[0]
        found = self._in_phrase(before, character, after)
        return found or OTHER_READINGS.get(character, choices)[0]

    def all_of(self, before: str, character: str, after: str) -> tuple[str, ...]:
        """Return all syllables a character may be typed by, the right one first."""
        right = self.of(before, character, after)
        return (right, *(other for other in OTHER_READINGS.get(character, ()) if other != right))

    def words(self, text: str) -> list[tuple[str, ...]]:
        """Return the syllables each character of a text may be typed by."""
        padded = f" {text} "
        known = self._known
        if len(known) > _MOST_KNOWN:
            known.clear()
        found = []
        for i in range(len(text)):
            near = padded[i : i + 3]
            ways = known.get(near)
            if ways is None:
                ways = known[near] = self.all_of(near[0].strip(), near[1], near[2].strip())
            found.append(ways)
        return found

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
            if found is not None and len(found) == len(phrase):
                return toneless(found[place][0])
        return None


@functools.cache
def _pairs() -> tuple[tuple[str, str], ...]:
    from pypinyin.constants import PINYIN_DICT

    codes = ((chr(code), tones) for code, tones in PINYIN_DICT.items() if code in _CHINESE)
    return tuple(sorted({(toneless(tone), character) for character, tones in codes for tone in tones.split(",")[:3]}))


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
