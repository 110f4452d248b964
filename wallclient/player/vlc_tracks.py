"""Reads the video track of a libVLC media: codec, pictures a second, pixel shape.

python-vlc 3.0.21203 lays out `MediaTrack` with three pointers where libvlc_media_track_t has a union of them,
and its `tracks_get` never frees what it got (https://github.com/oaubert/python-vlc, generated/3.0/vlc.py).
"""

import ctypes
from dataclasses import dataclass

import vlc

_NAMES = {
    "h264": "h264",
    "avc1": "h264",
    "hevc": "h265",
    "hev1": "h265",
    "hvc1": "h265",
    "mjpg": "mjpeg",
    "mpgv": "mpeg2",
}


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """What libVLC knows of a video track; `fps` is 0 where the stream does not tell."""

    codec: str
    width: int  # px, as shown; 0 before the first picture
    height: int
    fps: float
    sar_num: int
    sar_den: int


def video_track(media: vlc.Media) -> VideoTrack | None:
    """Return the first video track known so far."""
    array = ctypes.POINTER(
        vlc.MediaTrack
    )()  # declared one level short: libVLC stores the address of an array of pointers
    count = vlc.libvlc_media_tracks_get(media, ctypes.byref(array))
    if not count:
        return None
    tracks = ctypes.cast(array, ctypes.POINTER(ctypes.POINTER(vlc.MediaTrack)))
    try:
        found = (tracks[i].contents for i in range(count))
        return next((_read(track) for track in found if track.type == vlc.TrackType.video and track.audio), None)
    finally:
        vlc.libvlc_media_tracks_release(tracks, count)


def _read(track: vlc.MediaTrack) -> VideoTrack:
    video = ctypes.cast(track.audio, ctypes.POINTER(vlc.VideoTrack)).contents  # `audio` is where the union stands
    fourcc = track.codec.to_bytes(4, "little").decode("ascii", "replace").lower()
    fps = video.frame_rate_num / video.frame_rate_den if video.frame_rate_den else 0.0
    return VideoTrack(
        _NAMES.get(fourcc, fourcc.strip()), video.width, video.height, fps, video.sar_num or 1, video.sar_den or 1
    )
