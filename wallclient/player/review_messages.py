"""What the application and a review host say to each other, in the manner of `player.messages`.

Every message about a picture carries the *track number*. Descriptors travel beside their line, in the same order: a
track's ring beside `OpenTrack` and `Resize`, and one for each new file in memory beside `Reel`.
"""

import msgspec

from wallclient.domain.pane import PaneReason
from wallclient.domain.review import Sight
from wallclient.player.messages import Beat, Quit, Ready, line

STREAMED = "rtsp"  # `File.form` of what comes over RTSP


class OpenTrack(msgspec.Struct, tag="open_track"):
    """Show footage in the ring sent along; sizes in device pixels."""

    track: int
    width: int
    height: int


class CloseTrack(msgspec.Struct, tag="close_track"):
    """End a track. Nothing is answered."""

    track: int


class Resize(msgspec.Struct, tag="resize"):
    """Go on in the ring sent along."""

    track: int
    width: int
    height: int


class File(msgspec.Struct, frozen=True, eq=False):
    """One file of footage. Its first picture is `start_us`. The same file may come again at another address."""

    of: str  # which camera and stream
    start_us: int
    end_us: int
    form: str  # FFmpeg's name of the container: "mp4", "mpegts", "matroska"; or `STREAMED`
    url: str = ""
    user: str = ""
    password: str = ""
    ca_file: str = ""  # PEM of a private authority; empty: those of the system
    memory: int = 0  # a number of its own for a file in memory, whose descriptor comes along the first time

    @property
    def identity(self) -> tuple[str, int, int, str, int]:
        """What makes it the same file."""
        return self.of, self.start_us, self.end_us, self.form, self.memory

    def __eq__(self, other: object) -> bool:
        return isinstance(other, File) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __repr__(self) -> str:
        return f"File({self.start_us}, {self.end_us}, {self.form})"  # the URL may carry a ticket


class Reel(msgspec.Struct, tag="reel"):
    """All the footage of a track there is for now, in order of time."""

    track: int
    serial: int  # rises with each reel of the track
    files: tuple[File, ...]
    fds: tuple[int, ...] = ()  # `File.memory` of the descriptors sent along


class Follow(msgspec.Struct, tag="follow"):
    """Show what this clock says (`domain.review.ClockMap`), plus `offset_us`."""

    track: int
    epoch: int
    anchor_ns: int
    moment_us: int
    rate: float
    offset_us: int = 0


class Step(msgspec.Struct, tag="step"):
    """Tell the moment of the next picture (`direction` 1) or the one before (−1), seen from the clock's `from_us`."""

    track: int
    request: int
    from_us: int
    direction: int


class Stepped(msgspec.Struct, tag="stepped"):
    """Answer to `Step`, by the clock (the track's offset is taken off); None: there is no footage that way."""

    track: int
    request: int
    moment_us: int | None


class Seen(msgspec.Struct, tag="seen"):
    """What a track shows, whenever that changes, and once for each epoch of its clock as soon as it is settled."""

    track: int
    epoch: int
    serial: int  # of the reel this was seen on
    sight: Sight
    reason: PaneReason | None = None  # with FAILED; with GAP where footage was promised and is not in its file
    next_us: int | None = None  # with GAP: where footage goes on in the clock's direction, by the clock


class TrackStats(msgspec.Struct, tag="track_stats"):
    """About every second while pictures move: what is known of the footage."""

    track: int
    codec: str
    width: int
    height: int
    sar_num: int
    sar_den: int
    fps: float  # of the footage, by the pictures at hand
    received_bytes: int
    pictures: int  # shown
    skipped: int  # passed over because they came too late
    keys_only: bool


ToReviewHost = OpenTrack | CloseTrack | Resize | Reel | Follow | Step | Quit
FromReviewHost = Ready | Beat | Stepped | Seen | TrackStats

decode_to_host = msgspec.json.Decoder(ToReviewHost).decode
decode_from_host = msgspec.json.Decoder(FromReviewHost).decode


def encode(message: ToReviewHost | FromReviewHost) -> bytes:
    """Return the message as one line."""
    return line(message)
