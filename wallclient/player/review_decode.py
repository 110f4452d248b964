"""Decodes a group of pictures step by step, and keeps decoded pictures for stepping back and running backwards."""

import contextlib

import av
import av.error
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from wallclient.player.fitting import fit
from wallclient.player.review_file import Coding, Gop, Packet

_LEAST = 8  # pictures kept, however large
_WORTH_SHRINKING = 1.25  # of the pane's pixels; below that a decoded picture is kept as it is
_PLAIN = {"yuv420p", "yuvj420p"}  # anything else costs more to keep or to convert
_PLANE_BYTES = 1.5  # a pixel, in these formats


class GopDecoder:
    """One decoder, working its way through one group at a time. Used by one thread."""

    def __init__(self) -> None:
        self.gop: Gop | None = None
        self.position_us: int | None = None  # the latest picture that came out; None: none yet
        self.finished = True
        self.starved = False  # the group is still being sent, and all there is of it was fed
        self.keys_only = False
        self._codec: VideoCodecContext | None = None
        self._coding: Coding | None = None
        self._fed = 0  # packets

    def begin(self, gop: Gop, *, keys_only: bool = False) -> None:
        """Begin with a group; its key picture only, if so asked. Raises FFmpegError where there is no decoder."""
        if self._codec is None or gop.coding != self._coding:
            self._codec, self._coding = _decoder(gop.coding), gop.coding
        else:
            self._codec.flush_buffers()
        self.gop, self.position_us, self.finished, self.keys_only = gop, None, False, keys_only
        self._fed, self.starved = 0, False

    def stop(self) -> None:
        """Leave the group."""
        self.gop, self.finished = None, True

    def step(self) -> list[tuple[int, VideoFrame]]:
        """Feed one packet and return the group's pictures that came out, with their moments, in order."""
        gop, codec = self.gop, self._codec
        assert gop is not None
        assert codec is not None
        growing = gop.growing and not self.keys_only  # looked at first: it may end meanwhile
        packet = self._next_packet(gop)
        self.starved = packet is None and growing
        if self.starved:
            return []
        self._fed += 1
        self.finished = packet is None
        frames: list[VideoFrame] = []
        with contextlib.suppress(av.error.FFmpegError):  # a broken picture is missing, the next may be whole
            frames = codec.decode(packet)
        out = []
        for frame in frames:
            if frame.pts is None:
                continue
            moment = gop.moment_us(frame.pts)
            if gop.key_us <= moment < gop.end_us:  # others are leftovers at the seams of open groups
                out.append((moment, frame))
                self.position_us = moment
        return out

    def _next_packet(self, gop: Gop) -> Packet | None:
        if self.keys_only:
            return None if self._fed else gop.packets[0]
        if self._fed < len(gop.packets):
            return gop.packets[self._fed]
        behind = self._fed - len(gop.packets)
        return gop.tail[behind] if behind < len(gop.tail) else None


Shot = tuple[int, int]  # start of the file and moment: files overlap where a recorder's clock was set back


class Shelf:
    """Decoded pictures at hand, no larger than needed for the pane, within a number of bytes."""

    def __init__(self, box: tuple[int, int], most_bytes: int) -> None:
        self._box = box
        self._most_bytes = most_bytes
        self._frames: dict[Shot, VideoFrame] = {}
        self._bytes = 0
        self._shrinker = VideoReformatter()
        self._picture_bytes = 0

    def __contains__(self, shot: Shot) -> bool:
        return shot in self._frames

    def get(self, shot: Shot) -> VideoFrame | None:
        """Return a picture, if it is at hand."""
        return self._frames.get(shot)

    def room(self) -> int:
        """Return how many pictures of the present size there is room for, at least eight."""
        return max(_LEAST, self._most_bytes // self._picture_bytes) if self._picture_bytes else 16

    def put(self, shot: Shot, frame: VideoFrame, around_us: int, direction: int) -> None:
        """Keep a picture; the ones farthest from `around_us` make room, those behind the direction first."""
        kept = self._shrunk(frame)
        size = int(kept.width * kept.height * _PLANE_BYTES)
        self._picture_bytes = size
        if shot not in self._frames:
            self._bytes += size
        self._frames[shot] = kept
        while self._bytes > self._most_bytes and len(self._frames) > _LEAST:
            self._drop(max(self._frames, key=lambda shot: _distance(shot[1], around_us, direction)))

    def clear(self) -> None:
        """Drop everything."""
        self._frames.clear()
        self._bytes = 0

    def _drop(self, shot: Shot) -> None:
        frame = self._frames.pop(shot)
        self._bytes -= int(frame.width * frame.height * _PLANE_BYTES)

    def _shrunk(self, frame: VideoFrame) -> VideoFrame:
        width, height = fit((frame.width, frame.height), self._box)
        if frame.width * frame.height <= width * height * _WORTH_SHRINKING and frame.format.name in _PLAIN:
            return frame
        return self._shrinker.reformat(frame, width, height, "yuv420p", interpolation=Interpolation.BILINEAR, threads=1)


def _distance(at_us: int, around_us: int, direction: int) -> tuple[bool, int]:
    """Return how dispensable a picture is: what lies behind goes first, or what is to come would be decoded again."""
    ahead = (at_us - around_us) * (direction or 1)
    return ahead < 0 and direction != 0, abs(ahead)


def _decoder(coding: Coding) -> VideoCodecContext:
    codec = av.CodecContext.create(coding.codec, "r")
    if not isinstance(codec, VideoCodecContext):
        raise av.error.DecoderNotFoundError(1, "no video decoder")
    codec.extradata = coding.extradata
    codec.thread_count = 1  # sixteen panes share the machine; more threads a pane would only delay its pictures
    return codec
