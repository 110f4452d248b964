"""One track inside a review host: shows the picture of the moment that the shared clock says, exactly, both ways.

The track's own thread decides in rounds: what is to be seen now, show it if it is decoded, else decode a little
towards it; when there is nothing to do, decode a little ahead. Fetching is done by other threads, so a round never
waits for a network. A track that can't keep up passes pictures over; it does not lag.
"""

import logging
import mmap
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import av.error
from av.video.frame import VideoFrame

from wallclient.domain.pane import PaneReason
from wallclient.domain.review import ClockMap, Sight
from wallclient.player import review_messages as messages
from wallclient.player.review_decode import GopDecoder, Shelf, Shot
from wallclient.player.review_fetch import Fetcher
from wallclient.player.review_file import Gop
from wallclient.player.review_reel import Reel, Span
from wallclient.player.review_screen import Screen
from wallclient.player.review_search import neighbour, wishes_ahead

_log = logging.getLogger(__name__)
_SHELF_BYTES = 12 << 20
_AHEAD = 3  # pictures decoded before they are due
_AROUND = 12  # pictures kept before the one that stands, for stepping back
_SHOW_EVERY_NS = 12_000_000  # no wall paints more often
_LATE_NS = 120_000_000
_STRAIN_LIMIT, _KEYS_ONLY_FROM = 4, 4.0
_LOADING_AFTER_NS = 250_000_000
_LOOK_EVERY_S = 0.25
_STATS_EVERY_NS = 1_000_000_000

Command = messages.Reel | messages.Follow | messages.Step | None


@dataclass(frozen=True, slots=True)
class _Range:
    """Indices of pictures in a group, inclusive: if any from `needed` on lacks, all from `first` on are decoded."""

    first: int
    needed: int
    last: int


class ReviewPlayer:
    """Shows one track until closed. `send` takes messages for the application, from any thread."""

    def __init__(self, number: int, screen: Screen, send: Callable[[messages.FromReviewHost], None]) -> None:
        self._number = number
        self._send = send
        self._inbox: queue.SimpleQueue[Command | Screen | str] = queue.SimpleQueue()
        self._fetcher = Fetcher(lambda: self._inbox.put("news"))
        self._decoder = GopDecoder()
        self._shelf = Shelf(screen.box, _SHELF_BYTES)
        self._screen = screen
        self._reel = Reel()
        self._serial = 0
        self._map: ClockMap | None = None
        self._offset_us = 0
        self._steps: list[messages.Step] = []
        self._came: set[int] = set()  # what the decoder gave since it began with its group
        self._passing: tuple[int, VideoFrame] | None = None  # came out on the way to the one wanted
        self._shown: Shot | None = None
        self._shown_ns = 0
        self._unsettled_ns = 0  # since when something else should have been seen; 0: all is well
        self._said: messages.Seen | None = None
        self._strain = 0
        self._keys_only = False
        self._skipped = 0
        self._stats_ns = 0
        self._stats_pictures = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"track-{number}", daemon=True)
        self._thread.start()

    # -- from the control loop ---------------------------------------------------------------------

    def tell(self, command: messages.Reel | messages.Follow | messages.Step) -> None:
        """Hand over a command."""
        self._inbox.put(command)

    def take_memory(self, number: int, fd: int) -> None:
        """Take over the descriptor of a file in memory."""
        self._fetcher.take_memory(number, fd)

    def resize(self, block: mmap.mmap, box: tuple[int, int]) -> None:
        """Go on in another ring."""
        self._inbox.put(Screen(block, box))

    def close(self) -> None:
        """Ask the track to end; returns at once."""
        self._inbox.put(None)

    def join(self, timeout_s: float) -> None:
        """Wait for the track's thread to end, at most `timeout_s`."""
        self._thread.join(timeout_s)

    # -- the track's own thread --------------------------------------------------------------------

    def _run(self) -> None:
        try:
            wait_s: float | None = None
            while self._take(wait_s):
                wait_s = self._round()
        except Exception:  # the edge of the thread: a track that fails must not take its neighbours along
            _log.exception("track %d failed", self._number)
            epoch = self._map.epoch if self._map else 0
            self._send(messages.Seen(self._number, epoch, self._serial, Sight.FAILED, PaneReason.PLAYER_CRASHED))
        finally:
            self._fetcher.close()

    def _take(self, wait_s: float | None) -> bool:
        """Wait for commands at most so long, and obey all there are; False when it is time to end."""
        try:
            item = self._inbox.get(timeout=wait_s) if wait_s != 0 else self._inbox.get_nowait()
            while True:
                if item is None:
                    return False
                self._obey(item)
                item = self._inbox.get_nowait()
        except queue.Empty:
            return True

    def _obey(self, item: "messages.Reel | messages.Follow | messages.Step | Screen | str") -> None:
        match item:
            case messages.Reel():
                self._reel, self._serial = Reel(item.files), item.serial
                self._fetcher.forget(self._reel.files)
                self._keys_only = self._keys_only or self._outruns_stream()
                self._say_again()
            case messages.Follow():
                self._follow(item)
            case messages.Step():
                self._steps.append(item)
            case Screen():
                self._screen, self._shelf = item, Shelf(item.box, _SHELF_BYTES)
                self._decoder.stop()
                self._shown = None

    def _follow(self, item: messages.Follow) -> None:
        former = self._map
        self._map = ClockMap(item.epoch, item.anchor_ns, item.moment_us, item.rate)
        self._offset_us = item.offset_us
        self._strain = 0
        if former is None or former.rate != item.rate:
            self._keys_only = self._outruns_stream()
            self._stats_ns, self._stats_pictures = 0, -1  # told at once, also if nothing moves
        self._unsettled_ns = 0
        self._say_again()

    def _outruns_stream(self) -> bool:
        """Tell whether the clock is faster than a server sends."""
        return self._reel.is_streamed and self._map is not None and abs(self._map.rate) > 1

    def _say_again(self) -> None:
        """Let what is seen be told once more, also if it is the same."""
        self._said = None

    # -- a round -----------------------------------------------------------------------------------

    def _round(self) -> float | None:
        """Do what is due, or a little work; return how long to wait for the next round, 0: not at all."""
        clock = self._map
        if clock is None:
            return None
        now = time.monotonic_ns()
        moment = clock.at(now) + self._offset_us
        self._wish(moment)
        self._answer_steps()
        span = self._reel.span(moment)
        gop = self._fetcher.find(span.file, moment) if span.file else None
        self._tell_stats(now, gop)
        if span.file is None or (gop is not None and not gop.has_picture(moment)):
            return self._in_gap(span, gop, moment, now)
        if gop is None:
            return self._without_group(span, now)
        wanted = self._wanted(gop, moment)
        if wanted is None:
            self._say(Sight.FAILED, PaneReason.UNDECODABLE)
            return _LOOK_EVERY_S
        if _shot(gop, wanted) != self._shown and not self._show_or_decode(gop, wanted, now):
            return 0.0
        if _shot(gop, wanted) != self._shown:
            if self._decoder.starved:  # it is being sent
                return _LOOK_EVERY_S
            return max(0.0, (self._shown_ns + _SHOW_EVERY_NS - now) / 1e9)
        self._settled()
        if self._decode_ahead(gop, wanted, span):
            return 0.0
        return self._until_next(gop, wanted, span, now)

    def _direction(self) -> int:
        rate = self._map.rate if self._map else 0.0
        return (rate > 0) - (rate < 0)

    def _wanted(self, gop: Gop, moment_us: int) -> int | None:
        """Return the picture to be seen, or the nearest before it that can be decoded."""
        if self._keys_only:
            return gop.pictures[0]
        index = gop.index_at(moment_us)
        if gop.pictures[index] not in gop.missing:
            return gop.pictures[index]
        before = (us for us in reversed(gop.pictures[:index]) if us not in gop.missing)
        return next(before, None) or next((us for us in gop.pictures[index:] if us not in gop.missing), None)

    def _wish(self, moment_us: int) -> None:
        clock = self._map
        assert clock is not None
        wishes = wishes_ahead(self._reel, self._fetcher.find_whole, moment_us, clock.rate)
        for step in self._steps:
            _, wish = neighbour(self._reel, self._fetcher.find, step.from_us + self._offset_us, step.direction)
            if wish is not None:
                wishes.insert(0, wish)
        self._fetcher.want(wishes, moment_us, clock.rate)
        self._fetcher.keep_near(moment_us)

    def _answer_steps(self) -> None:
        for step in list(self._steps):
            found, wish = neighbour(self._reel, self._fetcher.find, step.from_us + self._offset_us, step.direction)
            if wish is None:
                self._steps.remove(step)
                moment = None if found is None else found - self._offset_us
                self._send(messages.Stepped(self._number, step.request, moment))

    # -- nothing to show ---------------------------------------------------------------------------

    def _in_gap(self, span: Span, gop: Gop | None, moment_us: int, now: int) -> float | None:
        """Say that nothing was recorded, and wait for the clock to come to where something was."""
        reason = PaneReason.STREAM_ENDED if span.file is not None else None  # the file promised more
        if self._direction() >= 0:
            inside = gop.after(moment_us) if gop is not None else None
            at = inside if inside is not None else self._reel.next_start_us(moment_us)
        elif gop is not None:
            at = gop.pictures[gop.index_at(moment_us)]
        else:
            end = self._reel.previous_end_us(moment_us)
            at = None if end is None else end - 1
        self._shown = None
        self._unsettled_ns = 0
        self._say(Sight.GAP, reason, None if at is None else at - self._offset_us)
        due = self._due(at) if at is not None else None
        return _LOOK_EVERY_S if due is None else max(0.001, min(_LOOK_EVERY_S, (due - now) / 1e9))

    def _without_group(self, span: Span, now: int) -> float:
        assert span.file is not None
        reason = self._fetcher.reason(span.file)
        if reason is not None:
            self._shown = None
            self._say(Sight.FAILED, reason)
        else:
            self._not_there(now)
        return _LOOK_EVERY_S

    def _not_there(self, now: int) -> None:
        """Note that what should be seen is not; told when it takes long enough for an operator to notice."""
        if not self._unsettled_ns:
            self._unsettled_ns = now
        elif now - self._unsettled_ns > _LOADING_AFTER_NS and now - self._shown_ns > _LOADING_AFTER_NS:
            self._say(Sight.LOADING)

    def _say(self, sight: Sight, reason: PaneReason | None = None, next_us: int | None = None) -> None:
        clock = self._map
        assert clock is not None
        seen = messages.Seen(self._number, clock.epoch, self._serial, sight, reason, next_us)
        if seen != self._said:
            self._said = seen
            self._send(seen)

    def _settled(self) -> None:
        self._unsettled_ns = 0
        self._say(Sight.SHOWING)

    # -- showing -----------------------------------------------------------------------------------

    def _show_or_decode(self, gop: Gop, wanted: int, now: int) -> bool:
        """Show the picture if it is decoded, else go a step towards it; tell whether there is time to rest."""
        frame = self._shelf.get(_shot(gop, wanted))
        if frame is None:
            self._not_there(now)
            self._show_passing(gop, wanted, now)
            return not self._decode(gop, self._kept(gop, wanted), wanted)
        due = self._due(wanted)
        if self._direction() > 0 and now - self._shown_ns < _SHOW_EVERY_NS and self._said is not None:
            return True
        if due is not None and self._direction() > 0:
            self._judge(now - due)
        self._count_skipped(gop, wanted)
        self._show(gop, wanted, frame, now)
        return True

    def _show(self, gop: Gop, moment_us: int, frame: VideoFrame, now: int) -> None:
        self._screen.show(frame, moment_us)
        self._shown, self._shown_ns = _shot(gop, moment_us), now
        self._passing = None

    def _show_passing(self, gop: Gop, wanted: int, now: int) -> None:
        """Show a picture on the way to the one wanted, when the eye has waited long enough: late, not standing."""
        if self._passing is None or self._direction() <= 0 or now - self._shown_ns < _LATE_NS:
            return
        moment, frame = self._passing
        if self._decoder.gop is gop and moment < wanted and (self._shown is None or moment > self._shown[1]):
            self._judge(_LATE_NS + 1)
            self._show(gop, moment, frame, now)

    def _judge(self, late_ns: int) -> None:
        """Note how late a picture is; at high speeds, too many late ones lead to key pictures only."""
        clock = self._map
        assert clock is not None
        self._strain = self._strain + 1 if late_ns > _LATE_NS else max(0, self._strain - 1)
        if self._strain >= _STRAIN_LIMIT and abs(clock.rate) >= _KEYS_ONLY_FROM and not self._keys_only:
            self._keys_only = True
            self._stats_ns = 0  # told at once

    def _count_skipped(self, gop: Gop, wanted: int) -> None:
        if self._shown is None or self._keys_only or self._direction() == 0:
            return
        low, high = sorted((gop.index_at(self._shown[1]), gop.index_at(wanted)))
        if gop.start_us <= self._shown[1] < gop.end_us:
            self._skipped += max(0, high - low - 1)

    def _due(self, moment_us: int) -> int | None:
        clock = self._map
        assert clock is not None
        return clock.when(moment_us - self._offset_us)

    def _until_next(self, gop: Gop, wanted: int, span: Span, now: int) -> float | None:
        direction = self._direction()
        if direction == 0:
            return _LOOK_EVERY_S
        if direction > 0:
            following = gop.end_us if self._keys_only else self._after(gop, wanted)
            if span.end_us is not None:
                following = min(following, span.end_us)
            due = self._due(following)
        else:
            due = self._due((gop.start_us if self._keys_only else wanted) - 1)
        soonest = self._shown_ns + _SHOW_EVERY_NS
        wait_ns = max(due if due is not None else now, soonest) - now
        return max(0.0, min(_LOOK_EVERY_S, wait_ns / 1e9))

    @staticmethod
    def _after(gop: Gop, wanted: int) -> int:
        index = gop.index_at(wanted) + 1
        return gop.pictures[index] if index < len(gop.pictures) else gop.end_us

    # -- decoding ----------------------------------------------------------------------------------

    def _kept(self, gop: Gop, wanted: int) -> _Range:
        """Return which of the group's pictures are to be at hand around the one wanted."""
        index, most = gop.index_at(wanted), len(gop.pictures) - 1
        if self._keys_only:
            return _Range(0, 0, 0)
        if self._direction() > 0:
            return _Range(index, index, min(most, index + _AHEAD))
        half = self._shelf.room() // 2
        if self._direction() < 0:
            return _Range(max(0, index - half + 1), max(0, index - half // 2), index)
        return _Range(max(0, index - min(_AROUND, half)), max(0, index - 2), min(most, index + _AHEAD))

    def _beside(self, beside: Gop) -> _Range:
        """Return which pictures of a neighbouring group are to be at hand: those seen first."""
        most = len(beside.pictures) - 1
        if self._keys_only:
            return _Range(0, 0, 0)
        if self._direction() > 0:
            return _Range(0, 0, min(most, _AHEAD - 1))
        room = self._shelf.room()
        few = room // 2 - 1 if self._direction() < 0 else min(4, room // 4)
        return _Range(max(0, most - few), max(0, most - few), most)

    def _lacks(self, gop: Gop, range_: _Range) -> int | None:
        """Return the first picture of a range that is not at hand and may still be decoded."""
        pictures = gop.pictures
        of, shelf = gop.file.start_us, self._shelf
        if all((of, us) in shelf or us in gop.missing for us in pictures[range_.needed : range_.last + 1]):
            return None
        kept = pictures[range_.first : range_.last + 1]
        return next(us for us in kept if (of, us) not in shelf and us not in gop.missing)

    def _decode(self, gop: Gop, range_: _Range, around_us: int) -> bool:
        """Go one step towards the pictures of a range; False when they are at hand, or have still to be sent."""
        lacking = self._lacks(gop, range_)
        if lacking is None:
            return False
        decoder = self._decoder
        ready = decoder.gop is gop and not decoder.finished and decoder.keys_only == self._keys_only
        if not ready or (decoder.position_us is not None and decoder.position_us >= lacking):
            self._begin(gop)
        if not decoder.finished:
            self._take_decoded(gop, gop.pictures[range_.first], gop.pictures[range_.last], around_us)
        return not decoder.starved

    def _begin(self, gop: Gop) -> None:
        decoder = self._decoder
        if decoder.gop is not gop and not decoder.finished and self._direction() and self._unsettled_ns:
            self._judge(_LATE_NS + 1)  # a group was left before its picture was there
        self._passing = None
        self._came.clear()
        try:
            decoder.begin(gop, keys_only=self._keys_only)
        except (av.error.FFmpegError, ValueError):
            decoder.stop()
            gop.missing.update(gop.pictures)

    def _take_decoded(self, gop: Gop, first_us: int, last_us: int, around_us: int) -> None:
        for moment, frame in self._decoder.step():
            self._came.add(moment)
            if moment >= first_us and (moment <= last_us or self._direction() >= 0):
                self._shelf.put(_shot(gop, moment), frame, around_us, self._direction())
            else:
                self._passing = moment, frame
        if self._decoder.finished:
            looked_at = gop.pictures[:1] if self._decoder.keys_only else gop.pictures
            gop.missing.update(us for us in looked_at if us not in self._came)

    def _decode_ahead(self, gop: Gop, wanted: int, span: Span) -> bool:
        """Decode a little of what will be wanted next; False when enough is at hand."""
        if self._decode(gop, self._kept(gop, wanted), wanted):
            return True
        direction, index = self._direction(), gop.index_at(wanted)
        if direction > 0:
            near = self._keys_only or index + _AHEAD >= len(gop.pictures)
            at = span.end_us if gop.last else gop.end_us
        else:
            near = self._keys_only or index < self._shelf.room() // 3
            at = gop.start_us - 1
        return near and at is not None and self._decode_beside(at, wanted)

    def _decode_beside(self, moment_us: int, around_us: int) -> bool:
        file = self._reel.span(moment_us).file
        beside = self._fetcher.find(file, moment_us) if file is not None else None
        if beside is None or moment_us >= beside.end_us:
            return False
        return self._decode(beside, self._beside(beside), around_us)

    # -- figures -----------------------------------------------------------------------------------

    def _tell_stats(self, now: int, gop: Gop | None) -> None:
        if gop is None or now - self._stats_ns < _STATS_EVERY_NS or self._screen.pictures == self._stats_pictures:
            return
        self._stats_ns, self._stats_pictures = now, self._screen.pictures
        coding, pictures = gop.coding, gop.pictures
        span_us = pictures[-1] - pictures[0]
        self._send(
            messages.TrackStats(
                self._number, coding.codec, coding.width, coding.height, coding.sar.numerator, coding.sar.denominator,
                (len(pictures) - 1) * 1e6 / span_us if span_us else 0.0, self._fetcher.received_bytes,
                self._screen.pictures, self._skipped, self._keys_only,
            )
        )  # fmt: skip


def _shot(gop: Gop, moment_us: int) -> Shot:
    return gop.file.start_us, moment_us
