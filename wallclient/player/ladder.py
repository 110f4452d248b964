"""The source ladder: which of the addresses a center offers this machine plays, best first."""

import ctypes.util
import functools
import os
import pathlib
from collections.abc import Iterable

from wallclient.domain.stream import Codec, Protocol, Source

_RUNGS = {
    Protocol.RTSP: 0,
    Protocol.HTTP_TS: 1,
    Protocol.FMP4: 2,
    Protocol.HTTP_FLV: 3,
    Protocol.HLS: 4,
    Protocol.MJPEG: 5,
}
_PLAIN_FLV = {None, Codec.H264}  # FLV has no standard way to carry H.265


def rungs(sources: Iterable[Source]) -> list[Source]:
    """Return the playable `sources` in the order they are to be tried."""
    playable = [s for s in sources if not (s.protocol is Protocol.HTTP_FLV and s.codec not in _PLAIN_FLV)]
    return sorted(playable, key=lambda s: _RUNGS[s.protocol])


def needs_bridge(source: Source) -> bool:
    """Tell whether libVLC can't open `source` itself: RTSP without live555 (Debian, Ubuntu)."""
    return source.protocol is Protocol.RTSP and not has_live555()


@functools.cache
def has_live555() -> bool:
    """Tell whether libVLC's RTSP plug-in is installed."""
    return any(any(directory.glob("access/liblive555_plugin.*")) for directory in plugin_directories())


def plugin_directories() -> list[pathlib.Path]:
    """Return the directories libVLC's plug-ins may be in on this machine, existing ones only."""
    candidates = [os.environ.get("VLC_PLUGIN_PATH", "")]
    candidates += [str(p) for p in pathlib.Path("/usr/lib").glob("*/vlc/plugins")]
    candidates += ["/usr/lib/vlc/plugins", "/usr/lib64/vlc/plugins", "/usr/local/lib/vlc/plugins"]
    candidates += ["/Applications/VLC.app/Contents/MacOS/plugins"]
    if os.name == "nt" and (library := ctypes.util.find_library("libvlc")):
        candidates.append(str(pathlib.Path(library).parent / "plugins"))
    return [path for path in map(pathlib.Path, filter(None, candidates)) if path.is_dir()]
