"""One libVLC player inside a host: from an `Open` message to pictures in a ring.

Every blocking libVLC call runs on this player's own thread, in order (`stop()` was seen to take 5 s on a silent
peer). libVLC's callbacks come on libVLC's threads; they touch the ring and the player's queue, and never call
libVLC.
"""

import ctypes
import logging
import mmap
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import vlc

from wallclient.domain.pane import PaneReason
from wallclient.player import messages, probe, ring
from wallclient.player.bridge import Bridge, url_with_credentials
from wallclient.player.fitting import fit
from wallclient.player.life_signs import Counters, LifeSigns
from wallclient.player.replay_keep import KeptMemory
from wallclient.player.vlc_tracks import VideoTrack, video_track

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 1.0
_LOOKS_PER_STATS = 2  # each wakes the window: 64 panes are a lot of news
_CACHING_MS = 250
_SMOOTHING = 0.2
_CHROMA = b"RV32"
_COMMON_SHAPES = ((9, 16), (3, 4), (9, 11), (4, 5), (16, 9), (2, 3))  # height to width

_UIntP = ctypes.POINTER(ctypes.c_uint)
# python-vlc declares the chroma as a C string, which ctypes hands over as an immutable copy; these take the addresses
_LockCb = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
_DisplayCb = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_FormatCb = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p, _UIntP, _UIntP, _UIntP, _UIntP)
_CleanupCb = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class _Finished:
    """libVLC or the bridge says the stream is over."""

    reason: PaneReason | None


class HostPlayer:
    """Plays one opening until closed. `send` takes messages for the application, from any thread."""

    def __init__(
        self,
        instance: vlc.Instance,
        request: messages.Open,
        block: mmap.mmap,
        send: Callable[[messages.FromHost], None],
        memory: KeptMemory,
    ) -> None:
        self._kept = memory.new_stream() if request.bridge else None
        self._instance = instance
        self._request = request
        self._send = send
        self._writer = ring.RingWriter(block)
        self._inbox: queue.SimpleQueue[_Finished | messages.Snap | None] = queue.SimpleQueue()
        self._bridge: Bridge | None = None
        self._player: vlc.MediaPlayer | None = None
        self._media: vlc.Media | None = None
        self._size = (0, 0, 0)  # width, height, stride of what libVLC draws now
        self._padded = (0, 0)  # size libVLC's decoder works with now
        self._track: VideoTrack | None = None
        self._latency: float | None = None
        self._life_signs = LifeSigns()
        self._track_of = (0, 0)  # the padded size when the track was read
        self._callbacks = self._make_callbacks()  # libVLC may call them as long as the player lives
        self._thread = threading.Thread(target=self._run, name=f"player-{request.opening}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask the player to end; returns at once."""
        self._inbox.put(None)

    def snap(self, request: messages.Snap) -> None:
        """Ask for a picture in the source's own size; answered with `Snapped`."""
        self._inbox.put(request)

    def replay(self, request: messages.Replay, fd: int) -> None:
        """Write what is kept of the stream to `fd` and close it, on a thread of its own; answered with `Replayed`."""
        threading.Thread(target=self._write_replay, args=(request, fd), name="replay", daemon=True).start()

    @property
    def running(self) -> bool:
        """Tell whether the player's thread is still alive."""
        return self._thread.is_alive()

    def join(self, timeout_s: float) -> None:
        """Wait for the player's thread to end, at most `timeout_s`."""
        self._thread.join(timeout_s)

    # -- the player's own thread -------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._start()
            self._serve()
        except Exception:  # the edge of the thread: a player that fails must not take its 15 neighbours along
            _log.exception("opening %d failed", self._request.opening)
            self._send(messages.Ended(self._request.opening, PaneReason.PLAYER_CRASHED))
        finally:
            self._tear_down()

    def _start(self) -> None:
        request = self._request
        if request.bridge:
            url = url_with_credentials(request.url, request.user, request.password)
            self._bridge = Bridge(
                url,
                audio=request.audio,
                on_end=lambda reason: self._inbox.put(_Finished(reason)),
                kept=self._kept,
            )
            self._media = self._instance.media_new_fd(self._bridge.read_fd)
            options = [":demux=ts", f":file-caching={_CACHING_MS}"]
        else:
            url = url_with_credentials(request.url, request.user, request.password)
            self._media = self._instance.media_new_location(url)
            options = [f":network-caching={_CACHING_MS}", ":rtsp-tcp"]
        options += [":clock-jitter=0", ":avcodec-threads=1"]
        options += [] if request.audio else [":no-audio"]
        options += [":avcodec-skiploopfilter=4"] if request.fast else []
        for option in options:
            self._media.add_option(option)
        self._player = self._instance.media_player_new()
        lock, display, setup, cleanup = self._callbacks
        unlock = vlc.VideoUnlockCb()  # NULL: the picture is published when it is due, not when it is drawn
        vlc.libvlc_video_set_callbacks(
            self._player, ctypes.cast(lock, vlc.VideoLockCb), unlock, ctypes.cast(display, vlc.VideoDisplayCb), None
        )
        vlc.libvlc_video_set_format_callbacks(
            self._player, ctypes.cast(setup, vlc.VideoFormatCb), ctypes.cast(cleanup, vlc.VideoCleanupCb)
        )
        events = self._player.event_manager()
        events.event_attach(vlc.EventType.MediaPlayerEndReached, self._on_vlc_end)
        events.event_attach(vlc.EventType.MediaPlayerEncounteredError, self._on_vlc_end)
        self._player.set_media(self._media)
        if self._bridge:
            self._bridge.start()
        self._player.play()

    def _serve(self) -> None:
        next_look, looks = time.monotonic() + _LOOK_EVERY_S, 0
        while True:
            try:
                item = self._inbox.get(timeout=max(0.0, next_look - time.monotonic()))
            except queue.Empty:
                next_look += _LOOK_EVERY_S
                stats = self._look()
                if looks % _LOOKS_PER_STATS == 0:
                    self._send(stats)
                looks += 1
                continue
            if item is None:
                return
            if isinstance(item, messages.Snap):
                self._take_snapshot(item)
            else:
                self._send(messages.Ended(self._request.opening, self._explain(item)))
                self._wait_for_close()
                return

    def _wait_for_close(self) -> None:
        while self._inbox.get() is not None:
            pass

    def _explain(self, finished: _Finished) -> PaneReason:
        """Return the reason an operator can use; libVLC itself gives none."""
        if finished.reason is not None:
            return finished.reason
        if self._bridge:  # libVLC saw the end of the pipe; the bridge knows why
            try:
                item = self._inbox.get(timeout=2.0)
            except queue.Empty:
                return PaneReason.UNDECODABLE
            if isinstance(item, _Finished) and item.reason is not None:
                return item.reason
            if item is None:
                self._inbox.put(None)
            return PaneReason.STREAM_ENDED
        if self._writer.sequence:
            return PaneReason.STREAM_ENDED
        return probe.http_reason(self._request.url, self._request.user, self._request.password)

    def _look(self) -> messages.Stats:
        """Read libVLC's counters, note a sign of life, and return what there is to tell."""
        raw = vlc.MediaStats()
        known = bool(self._media and self._media.get_stats(raw))
        if self._media and not self._knows_track():
            self._track, self._track_of = video_track(self._media), self._padded
        track = self._track or VideoTrack("", 0, 0, 0.0, 1, 1)
        given = self._bridge.passed_on if self._bridge else None
        counters = Counters(time.monotonic(), self._writer.sequence, raw.decoded_video, given, track.fps)
        if known and self._life_signs.seen(counters):
            self._writer.still_alive()
        codec = track.codec or (self._bridge.codec if self._bridge else None)
        received = self._bridge.received_bytes if self._bridge else (raw.read_bytes if known else 0)
        return messages.Stats(
            self._request.opening, codec, track.width, track.height, track.fps, received, self._writer.sequence,
            raw.lost_pictures if known else 0, track.sar_num, track.sar_den, self._latency_ms(),
        )  # fmt: skip

    def _knows_track(self) -> bool:
        """Tell whether the track is that of the pictures drawn now: libVLC may tell of a new size a little late."""
        track = self._track
        return track is not None and self._track_of == self._padded and fits((track.width, track.height), self._padded)

    def _latency_ms(self) -> float | None:
        """Return how far libVLC's clock is behind the newest picture the bridge passed on, smoothed.

        libVLC moves its clock about four times a second only, so single values are off by up to 250 ms.
        """
        if self._bridge is None or self._player is None or not self._writer.sequence:
            return None
        behind_ms = self._bridge.passed_on_s * 1000 - self._player.get_time()
        former = self._latency if self._latency is not None else behind_ms
        self._latency = former + (behind_ms - former) * _SMOOTHING
        return max(0.0, self._latency)

    def _take_snapshot(self, snap: messages.Snap) -> None:
        assert self._player is not None
        done = self._player.video_take_snapshot(0, snap.path, 0, 0) == 0
        self._send(messages.Snapped(snap.opening, snap.request, done))

    def _write_replay(self, request: messages.Replay, fd: int) -> None:
        written = None
        try:
            written = self._kept.write(fd) if self._kept is not None else None
        except OSError:
            _log.exception("no replay")
        finally:
            os.close(fd)
        start_ms, end_ms = (written.start_ms, written.end_ms) if written is not None else (0, 0)
        self._send(messages.Replayed(request.opening, request.request, start_ms, end_ms))

    def _tear_down(self) -> None:
        if self._kept is not None:
            self._kept.close()
        if self._bridge:
            self._bridge.abandon()
        if self._player:
            self._player.stop()
            self._player.release()
        if self._media:
            self._media.release()
        if self._bridge:
            self._bridge.close()

    # -- libVLC's threads: no libVLC call from here ------------------------------------------------

    def _on_vlc_end(self, _event: object) -> None:
        self._inbox.put(_Finished(None))

    def _make_callbacks(self) -> tuple[Any, Any, Any, Any]:
        begin, publish, is_repeat = self._writer.begin, self._writer.publish, self._writer.is_repeat
        slot = 0
        started = False

        def lock(_opaque: object, planes: Any) -> None:
            nonlocal slot
            slot, planes[0] = begin()

        def display(_opaque: object, _picture: object) -> None:
            nonlocal started
            if is_repeat(slot, *self._size):
                return
            publish(slot, *self._size)
            if not started:
                started = True
                self._send(messages.FirstPicture(self._request.opening))

        def setup(_opaque: object, chroma: Any, width: Any, height: Any, pitches: Any, lines: Any) -> int:
            return self._set_up(chroma, width, height, pitches, lines)

        def cleanup(_opaque: object) -> None:
            """Nothing to free: the slots are the ring's."""

        return _LockCb(lock), _DisplayCb(display), _FormatCb(setup), _CleanupCb(cleanup)

    def _set_up(self, chroma: Any, width: Any, height: Any, pitches: Any, lines: Any) -> int:
        """Tell libVLC the size and layout to draw in; called anew when the source changes its resolution."""
        self._padded = width[0], height[0]
        size = fit(self._visible_size(), (self._request.width, self._request.height))
        stride = ring.stride_bytes(size[0])
        if stride * ring.padded_lines(size[1]) > self._writer.slot_bytes:
            return 0  # refuses the vout; the pane will say that no picture can be made
        ctypes.memmove(chroma, _CHROMA, 4)
        width[0], height[0] = size
        pitches[0], lines[0] = stride, ring.padded_lines(size[1])
        self._size = (*size, stride)
        return 1

    def _visible_size(self) -> tuple[int, int]:
        """Return the size of the picture within libVLC's padded one; libVLC scales just that part, but does not
        tell it here.
        """
        hints = [(self._request.source_width, self._request.source_height)]
        if self._bridge:
            hints.insert(0, self._bridge.size)
        return visible_size(self._padded, hints)


def visible_size(padded: tuple[int, int], hints: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the first of `hints` that fits into `padded`, else the size of a common shape that fits, else `padded`.

    libVLC's avcodec decoder aligns a picture's lines to 32 and adds 2 (H.264). A wrong guess costs only a
    scaling when painted: the true shape is told with the statistics.
    """

    shapes = ((padded[0], round(padded[0] * num / den)) for num, den in _COMMON_SHAPES)
    hinted = next((size for size in hints if fits(size, padded)), None)
    return hinted or max((size for size in shapes if fits(size, padded)), key=lambda size: size[1], default=padded)


def fits(size: tuple[int, int], padded: tuple[int, int]) -> bool:
    """Tell whether a picture of `size` may be what libVLC pads to `padded`."""
    return size[1] > 0 and 0 <= padded[0] - size[0] < 64 and 0 <= padded[1] - size[1] <= 34
