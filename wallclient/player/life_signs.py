"""Tells a source that sends the same picture again and again from one that sends nothing, or nothing decodable."""

from dataclasses import dataclass

_LONGEST_S, _SHORTEST_S = 10.0, 0.9  # of the time the usual rate is taken from; libVLC counts in lumps
_STILL_S = 3.2  # of the time the present rate is taken from
_LEAST, _MOST = 0.8, 1.3  # of the usual rate
_COMES_OUT = 0.4  # pictures for each one given to the decoder: 1, or 1/2 where a packet is a field


@dataclass(frozen=True, slots=True)
class Counters:
    """One player's counters at the moment `at_s`."""

    at_s: float
    published: int  # pictures that differed from the one before
    decoded: int  # libVLC's `decoded_video`
    given: int | None = None  # pictures given to libVLC, where we know
    fps: float = 0.0  # what the stream says of itself; 0: nothing


class LifeSigns:
    """Watches one player's counters.

    libVLC counts in `decoded_video` both what its decoder was given and the pictures that came out. What the bridge
    gave is known, so there the difference tells. Elsewhere only a rate like the usual one, that of the time when
    pictures changed, is a sign of life: with data that make no picture it falls to half or leaps, with no data to
    nothing. In doubt a source is taken for dead, since a frozen picture must not look live.
    """

    def __init__(self) -> None:
        self._moving: list[Counters] = []  # while pictures changed
        self._still: list[Counters] = []  # since they do not

    def seen(self, now: Counters) -> bool:
        """Take the counters, about once a second; tell whether the source lives though its picture did not change."""
        if not now.published:
            return False
        if not self._moving or now.published != self._moving[-1].published:
            self._moving = [before for before in self._moving if now.at_s - before.at_s <= _LONGEST_S]
            self._moving.append(now)
            self._still = [now]
            return False
        before = self._still[-1]
        self._still = [each for each in self._still if now.at_s - each.at_s <= _STILL_S] or [before]
        self._still.append(now)
        since = self._still[0]
        if now.at_s - since.at_s < _SHORTEST_S or now.decoded == before.decoded:
            return False
        if now.given is not None and now.given == before.given:
            return False  # nothing came any more: libVLC tells late what it decoded before
        if now.given is not None and since.given is not None:
            given = now.given - since.given
            return given > 0 and now.decoded - since.decoded - given >= _COMES_OUT * given
        usual = self._usual() or 2 * now.fps
        return usual > 0 and _LEAST * usual <= _rate(since, now) <= _MOST * usual

    def _usual(self) -> float | None:
        """Return how much was decoded a second while pictures changed; None where that was too short to tell."""
        first, last = self._moving[0], self._moving[-1]
        return _rate(first, last) if last.at_s - first.at_s >= _SHORTEST_S else None


def _rate(first: Counters, last: Counters) -> float:
    return (last.decoded - first.decoded) / (last.at_s - first.at_s)
