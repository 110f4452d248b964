"""The sound of a bridged stream: passed on where MPEG-TS can carry it, else made into AAC (cameras send G.711)."""

from typing import TYPE_CHECKING, Any, cast

import av
import av.audio.resampler
import av.error

if TYPE_CHECKING:
    from av.container import OutputContainer

_TS_AUDIO = {"aac", "mp3", "mp2", "ac3"}
_LOWEST_AAC_HZ = 8000


class AudioLeg:
    """Takes packets of one audio stream and writes them to the container of the video. Lives on the bridge's thread."""

    def __init__(self, source: av.AudioStream, target: "OutputContainer") -> None:
        self._target = target
        self._last_dts: int | None = None
        self._time_base = float(source.time_base or 1 / 8000)
        self._resampler: av.audio.resampler.AudioResampler | None = None
        if source.codec_context.name in _TS_AUDIO:
            self._out: av.AudioStream = target.add_stream_from_template(source)
        else:
            rate = max(source.codec_context.sample_rate or _LOWEST_AAC_HZ, _LOWEST_AAC_HZ)
            self._out = target.add_stream("aac", rate=rate, layout="mono")
            self._resampler = av.audio.resampler.AudioResampler(format="fltp", layout="mono", rate=rate)

    def feed(self, packet: "av.Packet[Any]", shift_s: float) -> None:
        """Pass a packet on, moved in time like the picture; sound that can't be decoded is left out."""
        if packet.dts is None or (self._last_dts is not None and packet.dts <= self._last_dts):
            return
        self._last_dts = packet.dts
        if self._resampler is None:
            packet.dts += round(shift_s / self._time_base)
            packet.pts = packet.dts
            packet.stream = self._out
            self._target.mux(packet)
            return
        try:
            for frame in cast("list[av.AudioFrame]", packet.decode()):
                if frame.pts is not None:
                    frame.pts += round(shift_s / self._time_base)
                for even in self._resampler.resample(frame):
                    self._target.mux(self._out.encode(even))
        except av.error.InvalidDataError:
            return
