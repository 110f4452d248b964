"""Which part of a name a search has found, also where it was typed as pinyin: for showing, not for finding."""

import threading

from wallclient.catalog.pinyin import Readings

Span = tuple[int, int]  # first character, and the one behind the last


class SearchMarks:
    """Knows how names are read. Loading that takes 0.2 s, at the first name typed in letters; from any thread."""

    def __init__(self) -> None:
        self._readings: Readings | None = None
        self._lock = threading.Lock()

    def spans(self, name: str, text: str) -> tuple[Span, ...]:
        """Return the parts of `name` that the words of `text` are in, in order; none where the code or path matched."""
        found = [span for word in text.lower().split() if (span := self._span(name, word)) is not None]
        return tuple(sorted(set(found)))

    def _span(self, name: str, word: str) -> Span | None:
        at = name.lower().find(word)
        if at >= 0:
            return at, at + len(word)
        if not (word.isascii() and word.isalnum()):
            return None
        with self._lock:
            self._readings = self._readings or Readings()
            syllables = self._readings.words(name)
        for first in range(len(name)):
            if (end := _read(syllables, first, word)) is not None:
                return first, end
        return None


def _read(syllables: list[tuple[str, ...]], at: int, word: str) -> int | None:
    """Return where `word` ends if the characters from `at` on are read so, in full or by their first letters."""
    if not word:
        return at
    if at >= len(syllables):
        return None
    for syllable in syllables[at]:
        spoken = syllable.lower()
        if spoken.startswith(word):
            return at + 1
        for part in (spoken, spoken[:1]):
            if part and word.startswith(part) and (end := _read(syllables, at + 1, word[len(part) :])) is not None:
                return end
    return None
