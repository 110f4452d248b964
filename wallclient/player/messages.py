"""What the application and a host say to each other: one JSON object per line, each way.

Every message about a picture carries the *opening number* it belongs to, so that late news of an earlier
opening is dropped. The descriptor of an opening's ring travels beside its `Open` line (SCM_RIGHTS), in the same
order.
"""

import msgspec

from wallclient.domain.pane import PaneReason


class Open(msgspec.Struct, tag="open"):
    """Play `url` into the ring sent along. Sizes in device pixels; the picture is never scaled above its source."""

    opening: int
    protocol: str
    url: str
    width: int
    height: int
    bridge: bool  # fetch RTSP with the bridge instead of libVLC
    user: str = ""
    password: str = ""
    source_width: int = 0  # what the center says of the source; 0: nothing
    source_height: int = 0
    audio: bool = False
    fast: bool = False  # a small pane: skip the loop filter of pictures nobody refers to

    def __repr__(self) -> str:
        return f"Open({self.opening})"  # the URL may carry a token


class Close(msgspec.Struct, tag="close"):
    """End an opening. Nothing is answered."""

    opening: int


class Snap(msgspec.Struct, tag="snap"):
    """Write the picture shown now, in the source's own size, as PNG to `path`."""

    opening: int
    request: int
    path: str


class Replay(msgspec.Struct, tag="replay"):
    """Write the last minute of the opening, as far as it is kept, to the descriptor sent along."""

    opening: int
    request: int


class KeepLimit(msgspec.Struct, tag="keep_limit"):
    """Keep no more than so much of what all openings of the host sent lately."""

    limit_bytes: int


class Quit(msgspec.Struct, tag="quit"):
    """End the host."""


class Ready(msgspec.Struct, tag="ready"):
    """The host can take openings."""

    pid: int


class Beat(msgspec.Struct, tag="beat"):
    """Sent each second, whatever happens; a host that does not is dead."""

    rss_bytes: int


class FirstPicture(msgspec.Struct, tag="first"):
    """The opening's first picture is in the ring."""

    opening: int


class Stats(msgspec.Struct, tag="stats"):
    """Every two seconds per opening: what libVLC (or the bridge) knows of the stream."""

    opening: int
    codec: str | None
    width: int
    height: int
    fps: float
    received_bytes: int
    pictures: int
    lost_pictures: int
    sar_num: int = 1
    sar_den: int = 1
    latency_ms: float | None = None  # from arrival at this machine to the ring; None where it can't be told


class Ended(msgspec.Struct, tag="ended"):
    """The opening is over: the stream ended or never came."""

    opening: int
    reason: PaneReason


class Snapped(msgspec.Struct, tag="snapped"):
    """Answer to `Snap`."""

    opening: int
    request: int
    done: bool


class Replayed(msgspec.Struct, tag="replayed"):
    """Answer to `Replay`: the moments of the first and behind the last picture, by this machine's clock; 0: nothing."""

    opening: int
    request: int
    start_ms: int
    end_ms: int


ToHost = Open | Close | Snap | Replay | KeepLimit | Quit
FromHost = Ready | Beat | FirstPicture | Stats | Ended | Snapped | Replayed

_encoder = msgspec.json.Encoder()
decode_to_host = msgspec.json.Decoder(ToHost).decode
decode_from_host = msgspec.json.Decoder(FromHost).decode


def encode(message: ToHost | FromHost) -> bytes:
    """Return the message as one line."""
    return line(message)


def line(message: msgspec.Struct) -> bytes:
    """Return a message, also of another kind of host, as one line."""
    return _encoder.encode(message) + b"\n"
