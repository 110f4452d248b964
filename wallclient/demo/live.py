"""Cameras that live.

A clip looped in step with the clock, its band composed for every picture, handed to whoever watches.

One pacing thread serves all cameras. Picture k is due at k / fps after the epoch, plus the camera's phase, so that
many cameras do not burst at once. A camera nobody watches costs nothing. Standard library only.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from wallclient.demo import clip_file
from wallclient.demo.clip_file import Clip
from wallclient.demo.glyphs import Lettering
from wallclient.demo.h264_band import BandShop, H264Band, Headers, headers_of
from wallclient.demo.h265_band import H265Band, Pieces

PHASES = 8
_CATCH_UP_S = 0.002  # spacing of the pictures a newcomer is sent at once: close, so that he is not behind for ever
_LATE_S = 0.5  # further behind (the process was stopped, the machine slept) pictures are left out


def phase_of(number: int) -> int:
    """Return in which part of a picture's interval, of PHASES, a camera's pictures are due."""
    return (number * 5) % PHASES


class Fault(StrEnum):
    """What a camera can be made to do wrong."""

    NORMAL = "normal"
    FREEZE = "freeze"  # sends nothing, stays connected
    GARBAGE = "garbage"  # valid transport, undecodable pictures
    RESIZE = "resize"  # goes on in the other stream's size
    KICK = "kick"  # drops whoever watches, once


@dataclass(frozen=True, slots=True)
class Coded:
    """One picture ready to be sent: NAL units without start codes, parameter sets first on a key picture."""

    index: int  # k, since the epoch
    nals: Sequence[bytes]
    is_key: bool
    time_s: float  # when it is due; strictly rising for each viewer


class Viewer(Protocol):
    """Somebody who watches. Called by the pacing thread only."""

    def begin(self, pictures: list[Coded], parameter_sets: Sequence[bytes]) -> bool:
        """Take the group of pictures in progress, and tell whether the viewer is still there."""

    def send(self, picture: Coded) -> bool:
        """Take one picture, and tell whether the viewer is still there."""

    def close(self) -> None:
        """Part with the viewer."""


class Band(Protocol):
    """Composes what stands above the scene."""

    def nals(self, index: int, counter: int, unix_s: int, before: int | None = None) -> list[bytes]:
        """Return the band's slices for picture `index` of the clip, shown as frame `counter` at second `unix_s`."""


class Source(Protocol):
    """What a stream plays."""

    @property
    def parameter_sets(self) -> Sequence[bytes]:
        """The latest parameter sets."""

    def key_of(self, index: int) -> int:
        """Return the key picture that picture `index` builds on."""

    def nals(self, index: int) -> Sequence[bytes]:
        """Return picture `index` since the epoch, with parameter sets if it is a key picture."""

    def between(self, first: int, last: int) -> Sequence[int]:
        """Return the indexes of all pictures there are from `first` to `last`."""


class Library:
    """Clips and type read so far, shared by all cameras. Thread-safe."""

    def __init__(self, lettering: Mapping[int, Lettering], pieces: Mapping[int, Pieces]) -> None:
        self._shops = {scale: BandShop(letters) for scale, letters in lettering.items()}
        self._pieces = pieces
        self._clips: dict[str, tuple[Clip, Headers]] = {}
        self._lock = threading.Lock()

    def clip_and_band(self, number: int, path: str) -> tuple[Clip, Band]:
        """Return a clip and what composes its band for camera `number`. Raises OSError, ValueError, KeyError."""
        with self._lock:
            if path not in self._clips:
                clip = clip_file.load(Path(path))
                self._clips[path] = clip, headers_of(clip) if clip.codec == "h264" else []
            clip, headers = self._clips[path]
        if clip.codec == "h264":
            return clip, H264Band(number, self._shops[clip.scale], headers)
        return clip, H265Band(number, self._pieces[clip.scale], clip)


class Loop:
    """One camera's endless stream made of one clip."""

    def __init__(self, number: int, path: str, library: Library) -> None:
        self.clip, self._band = library.clip_and_band(number, path)
        self.parameter_sets = self.clip.parameter_sets
        self._last: tuple[int, Sequence[bytes]] = (-1, ())

    def key_of(self, index: int) -> int:
        """Return the key picture that picture `index` builds on."""
        return index - index % self.clip.fps

    def between(self, first: int, last: int) -> Sequence[int]:
        """Return the indexes of all pictures from `first` to `last`."""
        return range(first, last + 1)

    def nals(self, index: int) -> Sequence[bytes]:
        """Return picture `index` since the epoch, with parameter sets if it is a key picture."""
        if self._last[0] != index:
            clip = self.clip
            position = index % len(clip.pictures)
            picture = clip.pictures[position]
            nals = (*self._band.nals(position, index, index // clip.fps), *picture.nals)
            self._last = index, (*clip.parameter_sets, *nals) if picture.is_key else nals
        return self._last[1]


_GARBAGE = bytes((37 * i * i + 11 * i) % 251 + 4 for i in range(900))


def garbage_of(nals: Sequence[bytes], codec: str) -> list[bytes]:
    """Return NAL units of the same kinds whose slices name a picture parameter set that does not exist.

    And then make no sense.
    """
    made = []
    for nal in nals:
        kind = nal[0] & 31 if codec == "h264" else nal[0] >> 1 & 63
        is_slice = kind in (1, 5) if codec == "h264" else kind < 32
        if is_slice and codec == "h264":
            made.append(nal[:1] + b"\x88\x80\x64\xc0" + _GARBAGE)  # first_mb 0, slice_type 7, parameter set 200
        elif is_slice:
            made.append(nal[:2] + b"\x81\xf0" + _GARBAGE)
        else:
            made.append(nal)
    return made


class LiveStream:
    """One stream (main or sub) of a camera, and its viewers. `tick` runs on the pacing thread, the rest anywhere."""

    def __init__(
        self, number: int, kind: str, codec: str, has_audio: bool, want: Callable[["LiveStream"], None]
    ) -> None:
        self.number, self.kind, self.codec, self.has_audio = number, kind, codec, has_audio
        self.phase = phase_of(number)
        self._want = want  # asks for the clip; answered by `offer`, perhaps much later
        self._lock = threading.Lock()
        self._joining: list[Viewer] = []
        self._viewers: list[Viewer] = []
        self._loop: Source | None = None
        self._other: Source | None = None
        self._fault = Fault.NORMAL
        self._sent = -1
        self._leaving: list[Viewer] = []

    def __repr__(self) -> str:
        return f"<camera {self.number} {self.kind}>"

    @property
    def viewers(self) -> int:
        """Return how many watch."""
        return len(self._viewers) + len(self._joining)

    def withdraw_unless_watched(self) -> bool:
        """Take back what the stream plays if nobody watches it; tell whether that is so now."""
        with self._lock:
            if self._viewers or self._joining:
                return False
            self._loop = None
            return True

    def offer(self, loop: Source, *, resized: bool = False) -> None:
        """Give the stream what it plays, or with `resized` what it plays during that fault."""
        if resized:
            self._other = loop
        else:
            self._loop = loop

    @property
    def ready(self) -> bool:
        """Tell whether there is something to play."""
        return self._loop is not None

    def join(self, viewer: Viewer) -> None:
        """Let somebody watch, from the next picture on, beginning with the group of pictures in progress."""
        with self._lock:
            self._joining.append(viewer)
            wanting = self._loop is None
        if wanting:
            self._want(self)

    def leave(self, viewer: Viewer) -> None:
        """Let somebody go who has gone."""
        with self._lock:
            self._joining = [one for one in self._joining if one is not viewer]
            self._viewers = [one for one in self._viewers if one is not viewer]

    def set_fault(self, fault: Fault) -> None:
        """Make the camera do something wrong, or behave again."""
        if fault is not Fault.KICK:
            self._fault = fault
            return
        with self._lock:  # those here now, not those who come back at once
            self._leaving += [*self._viewers, *self._joining]
            self._viewers, self._joining = [], []

    def _playing(self) -> Source | None:
        return self._other if self._fault is Fault.RESIZE and self._other else self._loop

    def _coded(self, loop: Source, index: int, time_s: float) -> Coded:
        nals = loop.nals(index)
        if self._fault is Fault.GARBAGE:
            nals = garbage_of(nals, self.codec)
        return Coded(index, nals, index == loop.key_of(index), time_s)

    def _group(self, loop: Source, first: int, index: int, due_s: float) -> list[Coded]:
        """Return the pictures `first` … `index` in quick succession, the last on time."""
        return [self._coded(loop, i, due_s - (index - i) * _CATCH_UP_S) for i in loop.between(first, index)]

    def tick(self, index: int, due_s: float) -> None:
        """Send picture `index` to everybody, and newcomers what they need to begin with."""
        if not (self._viewers or self._joining or self._leaving):
            return
        loop = self._playing()
        with self._lock:
            leaving, self._leaving = self._leaving, []
            viewers, joining = list(self._viewers), []
            if loop is not None and self._fault is not Fault.FREEZE:
                joining, self._joining = self._joining, []
                self._viewers = [*viewers, *joining]
        for viewer in leaving:
            viewer.close()
        if loop is None or self._fault is Fault.FREEZE:
            return
        gone = self._send(loop, viewers, index, due_s)
        if joining:
            group = self._group(loop, loop.key_of(index), index, due_s)
            gone += [viewer for viewer in joining if not viewer.begin(group, loop.parameter_sets)]
        for viewer in gone:
            self.leave(viewer)
            viewer.close()

    def _send(self, loop: Source, viewers: list[Viewer], index: int, due_s: float) -> list[Viewer]:
        """Send what is new since the last picture, and return who has gone."""
        if not viewers:
            self._sent = index
            return []
        if self._sent == index - 1:
            pictures = [self._coded(loop, index, due_s)]
        else:  # after a gap, or a change of size, pick up from the key picture where what was missed does not matter
            first = max(loop.key_of(index), self._sent + 1)
            pictures = self._group(loop, first, index, due_s)
        self._sent = index
        return [viewer for viewer in viewers if not all(viewer.send(picture) for picture in pictures)]


class Pacer(threading.Thread):
    """The thread that makes time pass for all cameras."""

    def __init__(self, streams: Sequence[LiveStream], fps: int, now: Callable[[], float] = time.time) -> None:
        super().__init__(name="pacer", daemon=True)
        self._fps = fps
        self._now = now
        self._slots = [[stream for stream in streams if stream.phase == phase] for phase in range(PHASES)]
        self._stopping = threading.Event()
        self.worst_late_s = 0.0

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self.join()

    def run(self) -> None:
        """Wake up for each phase of each picture."""
        rate = self._fps * PHASES
        step = int(self._now() * rate) + 1
        while not self._stopping.is_set():
            due_s = step / rate
            wait_s = due_s - self._now()
            if wait_s > 0:
                time.sleep(min(wait_s, 0.2))
                if wait_s > 0.2:
                    if wait_s > 2.0:  # the clock was set back
                        step = int(self._now() * rate) + 1
                    continue
            elif wait_s < -_LATE_S:
                step = int(self._now() * rate) + 1
                continue
            self.worst_late_s = max(self.worst_late_s, -wait_s)
            index, phase = divmod(step, PHASES)
            for stream in self._slots[phase]:
                stream.tick(index, due_s)
            step += 1
