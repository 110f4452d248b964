"""Playback streams of a WVP: a device sends a stretch at its own pace, and is told to pause, go elsewhere or hurry.

Such a stream is watched as a live one is. It tells nobody which moment a picture is of, so footage in step and exports
are made of downloads instead (`wallclient.api.wvp.downloads`).

Always by /api/playback: up to 2026-08 the common calls of channels pause where they should resume or seek, and answer
success even where they failed.
"""

import itertools
from dataclasses import dataclass

from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.line import WvpLine, code_segment
from wallclient.api.wvp.records import local_text
from wallclient.api.wvp.streams import sources
from wallclient.api.wvp.ways import Way, Ways
from wallclient.domain.errors import NotFound, Refused, ServerFailed
from wallclient.domain.stream import Source

START_S = 30.0
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class DeviceStream:
    """A playback stream of ours, from `start_ms` on; its addresses stay the same whatever it is told."""

    stream: str
    way: Way
    start_ms: int
    end_ms: int
    sources: tuple[Source, ...]


class WvpPlayback:
    """Opens and directs playback streams. Thread safe; its methods block and raise CenterError."""

    def __init__(self, line: WvpLine, ways: Ways, media_host: str = "") -> None:
        self._line, self._ways, self._media_host = line, ways, media_host

    def open(self, channel_id: str, start_ms: int, end_ms: int) -> DeviceStream:
        """Let a device send footage. Raises NotFound, CameraOffline, NotAble for channels of no GB device.

        WVP shares the stream of one window among all who ask for that very window, so each of ours ends at another
        second: nobody's player is moved by our seeking, nor ended by our closing.
        """
        if end_ms <= start_ms:
            raise Refused("a range that ends before it begins", 400, "range")
        way = self._ways.to(channel_id)
        end_ms = (end_ms // 1000 + 1 + next(_numbers) % 60) * 1000
        query = {"startTime": local_text(start_ms), "endTime": local_text(end_ms)}
        content = self._line.get(f"/api/playback/start/{way.path}", docs.StreamContent, query, limit_s=START_S)
        if not content.stream:
            raise ServerFailed("a playback without a name")
        return DeviceStream(content.stream, way, start_ms, end_ms, sources(content, self._media_host))

    def pause(self, playing: DeviceStream) -> None:
        """Let it stand. The connection stays, without data: a player may take it for lost."""
        self._tell("pause", playing)

    def resume(self, playing: DeviceStream) -> None:
        """Let it go on."""
        self._tell("resume", playing)

    def seek(self, playing: DeviceStream, moment_ms: int) -> None:
        """Go on at a moment, in whole seconds from the start of the stream. Raises Refused outside of it."""
        if not playing.start_ms <= moment_ms < playing.end_ms:
            raise Refused("a moment outside of the footage", 400, "range")
        self._tell("seek", playing, str((moment_ms - playing.start_ms) // 1000))

    def set_speed(self, playing: DeviceStream, speed: float) -> None:
        """Take one of `SPEEDS`. Raises Refused for others."""
        if speed not in SPEEDS:
            raise Refused(f"speed {speed}", 400, "speed")
        self._tell("speed", playing, f"{speed:g}")

    def close(self, playing: DeviceStream) -> None:
        """End it; one that has ended is no error."""
        try:
            path = f"/api/playback/stop/{playing.way.path}/{code_segment(playing.stream)}"
            self._line.get(path, type(None), once=True)
        except NotFound:
            return

    def _tell(self, verb: str, playing: DeviceStream, *more: str) -> None:
        path = "/".join((f"/api/playback/{verb}", code_segment(playing.stream), *more))
        self._line.get(path, type(None), once=True)
