"""Puts decoded pictures into a track's ring: scaled to the pane, BGRX, never above the source."""

import ctypes
import mmap

from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from wallclient.player.fitting import fit
from wallclient.player.ring import RingWriter


class Screen:
    """The writing end of one ring. Used by one thread."""

    def __init__(self, block: mmap.mmap, box: tuple[int, int]) -> None:
        self.box = box
        self._writer = RingWriter(block)
        self._painter = VideoReformatter()

    @property
    def pictures(self) -> int:
        """Number of pictures shown so far."""
        return self._writer.sequence

    def show(self, frame: VideoFrame, moment_us: int) -> None:
        """Make a picture the newest."""
        width, height = fit((frame.width, frame.height), self.box)
        image = self._painter.reformat(
            frame, width, height, "bgr0", interpolation=Interpolation.FAST_BILINEAR, threads=1
        )
        plane = image.planes[0]
        size = plane.line_size * height
        if size > self._writer.slot_bytes:
            return  # no picture of this ring's box is that large
        slot, address = self._writer.begin()
        ctypes.memmove(address, plane.buffer_ptr, size)
        self._writer.publish(slot, width, height, plane.line_size, moment_us)
