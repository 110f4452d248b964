"""Footage composed while it is read: an MP4 file that lies nowhere, any part of which can be had at once.

Every picture takes a fixed place, because its band, whose length depends on the time it tells, is filled up. So all
files with the same scene, pictures and sound have the same index; it is written once (`Template`, by PyAV), and a file
is that index, a camera and a moment. Reading composes just the pictures asked for.
"""

import io
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Protocol

import av
from av.container import OutputContainer
from av.stream import Stream

from wallclient.demo.clip_file import Clip
from wallclient.demo.live import Band
from wallclient.demo.recording_calendar import clock_ahead_s
from wallclient.demo.sound import AAC_HZ, AAC_SAMPLES, Sound

TICKS = 90_000  # a second
_ADTS_BYTES = 7
_BAND_ROOM = {"h264": (96, 800), "h265": (900, 1600)}  # beyond the first key picture's: other pictures, key pictures
_FILLER = {"h264": b"\x0c", "h265": b"\x4c\x01"}  # NAL unit types 12 and 38: filler data
_FILLER_LEAST = 8
_DUMMY = {"h264": b"\x41\x9a", "h265": b"\x02\x01"}
_DEMUXER = {"h264": "h264", "h265": "hevc"}
_START = b"\0\0\0\1"
_CHUNK_BYTES = 64 * 1024
_TICK = Fraction(1, TICKS)


class Shown(NamedTuple):
    """One picture of a file: which of the clip's, when (TICKS since the file's start), and the one it builds on."""

    position: int
    tick: int
    before: int | None  # tick


class Sample(NamedTuple):
    """Where a picture, or a frame of sound, lies in the file."""

    offset: int
    size: int
    picture: int  # index, or
    sound: int  # index; -1 for neither


class Footage(Protocol):
    """A file of footage, wherever it comes from."""

    @property
    def size(self) -> int:
        """Return how many bytes it has."""

    def chunks(self, first: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes [first, stop) in pieces of moderate size. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Template:
    """What files with the same scene and the same pictures share."""

    clip: Clip
    pictures: tuple[Shown, ...]
    head: bytes  # everything before the first sample
    samples: tuple[Sample, ...]
    offsets: tuple[int, ...]  # of the samples
    sound: Sound | None

    @property
    def size(self) -> int:
        """Return the size of a file, in bytes."""
        last = self.samples[-1]
        return last.offset + last.size


def shown_pictures(clip: Clip, start_s: int, counts: Sequence[int]) -> tuple[Shown, ...]:
    """Return the pictures of a file that begins at `start_s`, with `counts` pictures in its seconds, evenly spread."""
    found: list[Shown] = []
    for second, count in enumerate(counts):
        first = (start_s + second) * clip.fps % len(clip.pictures)
        before = None
        for i in range(count):
            tick = second * TICKS + i * TICKS // count
            found.append(Shown(first + i, tick, before))
            before = tick
    return tuple(found)


def make_template(clip: Clip, band: Band, pictures: tuple[Shown, ...], sound: Sound | None, delay_s: float) -> Template:
    """Write a file of the right shape and read where everything is in it. `delay_s` is how late the sound comes.

    Raises ValueError for a file without pictures.
    """
    if not pictures:
        raise ValueError("a file without pictures")
    room = _Room(clip, band)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.mp4"
        _write(path, clip, room, pictures, sound, delay_s)
        samples = _read(path)
        with path.open("rb") as file:
            head = file.read(samples[0].offset)
    return Template(clip, pictures, head, samples, tuple(sample.offset for sample in samples), sound)


class _Room:
    """How many bytes a picture of a clip takes, with the longest band it may have."""

    def __init__(self, clip: Clip, band: Band) -> None:
        first = sum(len(nal) + 4 for nal in band.nals(0, 0, 1_800_000_000))
        other, key = _BAND_ROOM[clip.codec]
        self._band = {True: first + key, False: other}

    def of(self, clip: Clip, position: int) -> int:
        """Return the size of a picture's sample."""
        picture = clip.pictures[position]
        scene = sum(len(nal) + 4 for nal in picture.nals)
        return scene + self._band[picture.is_key] + _FILLER_LEAST


def _write(
    path: Path, clip: Clip, room: _Room, pictures: tuple[Shown, ...], sound: Sound | None, delay_s: float
) -> None:
    """Write a file whose pictures are as long as the true ones; nobody could decode it."""
    raw = b"".join(_START + nal for nal in (*clip.parameter_sets, *clip.pictures[0].nals))
    with (
        av.open(io.BytesIO(raw), format=_DEMUXER[clip.codec]) as scene,
        av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as out,  # index in front
    ):
        video = out.add_stream_from_template(scene.streams.video[0], opaque=True)
        video.time_base = _TICK
        packets = [
            (picture.tick / TICKS, _picture_packet(clip, room, pictures, index, video))
            for index, picture in enumerate(pictures)
        ]
        if sound is not None:
            packets += _sound_packets(out, sound, (pictures[-1].tick + TICKS // clip.fps) / TICKS, delay_s)
        for _, packet in sorted(packets, key=itemgetter(0)):
            out.mux(packet)


def _picture_packet(
    clip: Clip, room: _Room, pictures: tuple[Shown, ...], index: int, stream: av.VideoStream
) -> "av.Packet[Stream]":
    picture = pictures[index]
    following = pictures[index + 1].tick if index + 1 < len(pictures) else picture.tick + TICKS // clip.fps
    packet = av.Packet(_START + _DUMMY[clip.codec].ljust(room.of(clip, picture.position) - len(_START), b"\xff"))
    packet.stream, packet.time_base = stream, _TICK
    packet.pts = packet.dts = picture.tick
    packet.duration = following - picture.tick
    packet.is_keyframe = clip.pictures[picture.position].is_key
    return packet


def _sound_packets(
    out: OutputContainer, sound: Sound, length_s: float, delay_s: float
) -> "list[tuple[float, av.Packet[Stream]]]":
    with av.open(io.BytesIO(b"".join(sound.aac[:4])), format="aac") as template:
        audio = out.add_stream_from_template(template.streams.audio[0], opaque=True)
    audio.time_base = Fraction(1, AAC_HZ)
    packets = []
    for index in range(int(length_s * AAC_HZ / AAC_SAMPLES)):
        packet = av.Packet(sound.aac_frame(index))
        packet.stream, packet.time_base = audio, Fraction(1, AAC_HZ)
        packet.pts = packet.dts = index * AAC_SAMPLES + round(delay_s * AAC_HZ)
        packet.duration = AAC_SAMPLES
        packets.append((index * AAC_SAMPLES / AAC_HZ + delay_s, packet))
    return packets


def _read(path: Path) -> tuple[Sample, ...]:
    """Return where everything is in a file, in the order of its bytes."""
    counts = {"video": 0, "audio": 0}
    samples = []
    with av.open(str(path)) as file:
        for packet in file.demux():
            if packet.size and packet.pos is not None:
                kind = packet.stream.type
                index = counts[kind]
                counts[kind] += 1
                picture, sound = (index, -1) if kind == "video" else (-1, index)
                samples.append(Sample(packet.pos, packet.size, picture, sound))
    return tuple(sorted(samples))


class ComposedFile:
    """A file of one camera that begins at `start_s`, composed as it is read, by any thread."""

    def __init__(self, template: Template, band: Band, number: int, start_s: int) -> None:
        self._template = template
        self._band = band
        self._number = number
        self._start_s = start_s

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return self._template.size

    def nals(self, index: int) -> tuple[bytes, ...]:
        """Return a picture of the file, without parameter sets."""
        template, fps = self._template, self._template.clip.fps
        shown = template.pictures[index]
        unix_s = self._start_s + shown.tick // TICKS
        counter = self._start_s * fps + shown.tick * fps // TICKS
        before = None if shown.before is None else self._start_s * fps + shown.before * fps // TICKS
        text_s = unix_s + clock_ahead_s(self._number, unix_s)
        return (*self._band.nals(shown.position, counter, text_s, before), *template.clip.pictures[shown.position].nals)

    def chunks(self, first: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes [first, stop), whole samples as far as they lie within."""
        template = self._template
        head = len(template.head)
        if first < head:
            yield template.head[first : min(stop, head)]
        index = max(0, bisect_right(template.offsets, first) - 1)
        while index < len(template.samples) and template.offsets[index] < stop:
            parts, start, length = [], template.offsets[index], 0
            while index < len(template.samples) and start + length < stop and length < _CHUNK_BYTES:
                parts.append(self._sample(template.samples[index]))
                length += template.samples[index].size
                index += 1
            yield b"".join(parts)[max(0, first - start) : stop - start]

    def _sample(self, sample: Sample) -> bytes:
        if sample.picture < 0:
            assert self._template.sound
            return self._template.sound.aac_frame(sample.sound)[_ADTS_BYTES:]
        data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in self.nals(sample.picture))
        left = sample.size - len(data)
        if left < _FILLER_LEAST:
            raise ValueError(f"a band that is {_FILLER_LEAST - left} bytes longer than there is room for")
        filler = _FILLER[self._template.clip.codec].ljust(left - 5, b"\xff") + b"\x80"
        return data + len(filler).to_bytes(4, "big") + filler


class DiskFile:
    """A file that lies on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def chunks(self, first: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes [first, stop). Raises OSError."""
        with self._path.open("rb") as file:
            file.seek(first)
            while first < stop and (data := file.read(min(_CHUNK_BYTES, stop - first))):
                first += len(data)
                yield data


class BrokenOffFile:
    """The beginning of a file, as a recorder leaves it whose power fails."""

    def __init__(self, file: Footage, share: float) -> None:
        self._file = file
        self.size = int(file.size * share)

    def chunks(self, first: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes [first, stop)."""
        return self._file.chunks(first, min(stop, self.size))
