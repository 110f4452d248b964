"""Footage that has to lie on disk: as MPEG-TS, with B-pictures, or for the media server, which reads files only.

Each is made of a composed file, at one go, and appears whole or not at all.
"""

import io
import os
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext

from wallclient.demo.mux import TsMuxer
from wallclient.demo.recording_mp4 import TICKS, ComposedFile, Footage, Template
from wallclient.demo.sound import AAC_HZ, AAC_SAMPLES

TS_LEAD_S = 1.0  # the time stamp of a file's first picture
_B_PICTURES = "bframes=3:b-adapt=0:scenecut=0:open-gop=0:rc-lookahead=5:keyint={fps}:min-keyint={fps}"


def copy_of(footage: Footage, path: Path) -> None:
    """Write footage to disk."""
    part = _part(path)
    with part.open("wb") as file:
        file.writelines(footage.chunks(0, footage.size))
    part.replace(path)


def write_ts(composed: ComposedFile, template: Template, sound_delay_s: float, path: Path) -> None:
    """Write a composed file as MPEG-TS."""
    muxer, part = TsMuxer(template.clip.codec, template.sound is not None), _part(path)
    with part.open("wb") as file:
        sounded = 0
        for index, picture in enumerate(template.pictures):
            time_s = picture.tick / TICKS
            is_key = template.clip.pictures[picture.position].is_key
            nals = (*template.clip.parameter_sets, *composed.nals(index)) if is_key else composed.nals(index)
            file.write(muxer.picture(nals, time_s + TS_LEAD_S, is_key))
            while template.sound and (at_s := sounded * AAC_SAMPLES / AAC_HZ + sound_delay_s) <= time_s:
                file.write(muxer.sound(template.sound.aac_frame(sounded), at_s + TS_LEAD_S))
                sounded += 1
    part.replace(path)


def write_with_b_pictures(composed: ComposedFile, fps: int, path: Path) -> None:
    """Encode the pictures of a composed file anew, as cameras with a high profile do; the index is in front."""
    part = _part(path)
    source = io.BytesIO(b"".join(composed.chunks(0, composed.size)))
    with (
        av.open(source) as pictures,
        av.open(str(part), "w", format="mp4", options={"movflags": "faststart"}) as out,
    ):
        assert isinstance(pictures, InputContainer)
        shape = pictures.streams.video[0]
        options = {"preset": "veryfast", "crf": "24", "x264-params": _B_PICTURES.format(fps=fps)}
        video = out.add_stream("libx264", rate=fps, options=options)
        encoder: VideoCodecContext = video.codec_context
        video.width, video.height, video.pix_fmt = shape.width, shape.height, "yuv420p"
        encoder.time_base, encoder.thread_count = Fraction(1, TICKS), 1
        for frame in pictures.decode(video=0):
            frame.pict_type = av.video.frame.PictureType.NONE  # the encoder decides
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    part.replace(path)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.part")
