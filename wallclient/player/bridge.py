"""The RTSP bridge: pulls a stream with FFmpeg (PyAV) and remuxes it, undecoded, to MPEG-TS on a pipe for libVLC.

Needed wherever libVLC has no live555 (Debian, Ubuntu). One thread per stream; no libVLC call in here.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av
import av.error
import av.logging

from wallclient.domain.pane import PaneReason
from wallclient.player.bridge_audio import AudioLeg
from wallclient.player.replay_keep import KeptPictures
from wallclient.player.retime import Retimer

OPEN_TIMEOUT_S = 6.0
READ_TIMEOUT_S = 30.0  # a frozen server may come back; the application judges silence by pictures, much earlier
_SMALL_PROBE_BYTES = 32  # the SDP says all we need, and every picture FFmpeg looks at first is time lost
_LARGE_PROBE_BYTES = 500_000
_KEY_PICTURE_S = 12.0  # some encoders refresh bit by bit and never send a key picture
_TS_VIDEO = {"h264", "hevc", "mpeg2video", "mpeg4"}

av.logging.set_level(av.logging.PANIC)  # FFmpeg prints addresses with their passwords


def url_with_credentials(url: str, user: str, password: str) -> str:
    """Return `url` with user and password in it, as FFmpeg wants them. For FFmpeg's eyes only."""
    if not user:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"))


def reason_of(err: BaseException) -> PaneReason:
    """Return the plain reason behind an error of FFmpeg or of the network."""
    table: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], PaneReason], ...] = (
        (av.error.HTTPUnauthorizedError, PaneReason.WRONG_PASSWORD),
        (av.error.HTTPForbiddenError, PaneReason.NOT_PERMITTED),
        (av.error.HTTPNotFoundError, PaneReason.NOT_FOUND),
        ((av.error.HTTPClientError, av.error.HTTPError), PaneReason.STREAM_ENDED),
        (ConnectionRefusedError, PaneReason.CONNECTION_REFUSED),
        ((TimeoutError, av.error.ExitError), PaneReason.TIMED_OUT),
        ((av.error.EOFError, ConnectionResetError, BrokenPipeError), PaneReason.STREAM_ENDED),
        ((av.error.InvalidDataError, av.error.DecoderNotFoundError), PaneReason.UNDECODABLE),
        (OSError, PaneReason.UNREACHABLE),
    )
    return next((reason for kinds, reason in table if isinstance(err, kinds)), PaneReason.STREAM_ENDED)


class Bridge:
    """One RTSP stream on its way into a pipe. `read_fd` is for libVLC, which never closes it: `close` does."""

    def __init__(
        self, url: str, *, audio: bool, on_end: Callable[[PaneReason], None], kept: KeptPictures | None = None
    ) -> None:
        """`kept` takes the pictures that pass, for an instant replay."""
        self._url = url
        self._kept = kept
        self._audio = audio
        self._on_end = on_end
        self._closing = threading.Event()
        self.read_fd, self._write_fd = os.pipe()
        _widen(self._write_fd)
        self.codec: str | None = None
        self.size = (0, 0)  # px; what the stream says of itself
        self.received_bytes = 0
        self.passed_on = 0  # pictures given to libVLC
        self.passed_on_s = 0.0  # length of what libVLC was given, by its time stamps
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)

    def start(self) -> None:
        """Begin to connect, on the bridge's own thread."""
        self._thread.start()

    def abandon(self) -> None:
        """Ask the thread to end; what it says from now on is not reported."""
        self._closing.set()

    def close(self) -> None:
        """Close libVLC's end of the pipe, once libVLC has let go of it; a thread stuck on the full pipe wakes up."""
        self._closing.set()
        os.close(self.read_fd)

    def _run(self) -> None:
        try:
            reason = self._pump_any()
        except (av.error.FFmpegError, OSError, ValueError) as err:
            reason = reason_of(err)
        finally:
            os.close(self._write_fd)  # libVLC sees the end of the stream
        if not self._closing.is_set():
            self._on_end(reason)

    def _pump_any(self) -> PaneReason:
        """Pump over TCP; over UDP where the server refuses TCP (461, which FFmpeg reports as another 4xx)."""
        try:
            return self._pump_over("tcp")
        except (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError, av.error.HTTPNotFoundError):
            raise
        except av.error.HTTPClientError:
            return self._pump_over("udp")

    def _pump_over(self, transport: str) -> PaneReason:
        with self._open(transport, _SMALL_PROBE_BYTES) as source:
            video = next(iter(source.streams.video), None)
            if video is None or video.codec_context.width:
                return self._pump(source)
        with self._open(
            transport, _LARGE_PROBE_BYTES
        ) as source:  # the SDP did not tell the size, which the muxer insists on
            return self._pump(source)

    def _open(self, transport: str, probe_bytes: int) -> av.container.InputContainer:
        options = {
            "rtsp_transport": transport,
            "timeout": str(int(READ_TIMEOUT_S * 1e6)),
            "analyzeduration": "0",
            "probesize": str(probe_bytes),
            "fpsprobesize": "0",
            "allowed_media_types": "video+audio" if self._audio else "video",
        }
        return av.open(self._url, options=options, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S))

    def _pump(self, source: av.container.InputContainer) -> PaneReason:
        video = next(iter(source.streams.video), None)
        if video is None or video.codec_context.name not in _TS_VIDEO:
            return PaneReason.UNDECODABLE
        self.codec = video.codec_context.name
        self.size = (video.codec_context.width, video.codec_context.height)
        with av.open(f"pipe:{self._write_fd}", "w", format="mpegts", options={"flush_packets": "1"}) as target:
            out = target.add_stream_from_template(video)
            sound = next(iter(source.streams.audio), None) if self._audio else None
            leg = AudioLeg(sound, target) if sound else None
            self._pass_on(source, target, video, out, leg)
        return PaneReason.STREAM_ENDED

    def _pass_on(
        self,
        source: av.container.InputContainer,
        target: av.container.OutputContainer,
        video: av.VideoStream,
        out: av.VideoStream,
        leg: AudioLeg | None,
    ) -> None:
        """Move packets until the stream ends or the bridge is closed."""
        retimer, time_base = Retimer(), float(video.time_base or 1 / 90_000)
        last_dts: int | None = None
        started, give_up_key = False, time.monotonic() + _KEY_PICTURE_S
        shift_s = 0.0
        first_s: float | None = None
        for packet in source.demux():
            if self._closing.is_set():
                return
            self.received_bytes += packet.size
            if packet.stream_index != video.index:
                if leg and started:
                    leg.feed(packet, shift_s)
                continue
            started = started or packet.is_keyframe or time.monotonic() > give_up_key
            if not started:
                continue  # nothing but grey can be made of it yet
            if packet.dts is None or (last_dts is not None and packet.dts <= last_dts):
                continue  # the muxer refuses such packets for good
            last_dts = packet.dts
            shift_s = retimer.retime(packet.dts * time_base, time.monotonic())
            _shift(packet, shift_s / time_base)
            if self._kept is not None:
                self._kept.feed(packet, video)
            now_s = packet.dts * time_base  # before the muxer puts its own time base in
            packet.stream = out
            target.mux(packet)
            self.passed_on += 1
            first_s = now_s if first_s is None else first_s
            self.passed_on_s = now_s - first_s


def _shift(packet: "av.Packet[Any]", ticks: float) -> None:
    """Move a packet in time, both stamps alike."""
    if ticks and packet.dts is not None:
        packet.dts += round(ticks)
        if packet.pts is not None:
            packet.pts += round(ticks)


def _widen(fd: int) -> None:
    """Give the pipe room for a whole key picture, so that the network is read while libVLC is busy (Linux)."""
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import fcntl

        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, 1 << 20)
