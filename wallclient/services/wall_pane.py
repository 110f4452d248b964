"""What a wall, its painter and its menus use of a pane, live or recorded."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.picture import Picture
from wallclient.domain.stream import StreamKind


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What is known of the stream in a pane; None where nothing is."""

    protocol: str | None = None
    codec: str | None = None
    width: int | None = None  # of the source, px
    height: int | None = None
    fps: float | None = None
    kbps: float | None = None
    latency_ms: float | None = None  # from arrival at this machine to the screen
    lost_pictures: int = 0


class WallPane(QObject):
    """One pane of a wall: a channel, a state, and the newest picture. Lives on the UI thread."""

    changed = Signal()  # state, reason, channel or audible
    info_changed = Signal()  # about once a second while pictures move

    is_live = True  # False: what is shown was recorded

    def __init__(self) -> None:
        super().__init__()
        self.channel: Channel | None = None
        self.state = PaneState.IDLE
        self.reason: PaneReason | None = None
        self.stopped_at_utc: datetime | None = None
        self.stream_kind: StreamKind | None = None
        self.forced_kind: StreamKind | None = None
        self.info = StreamInfo()
        self.audible = False
        self.via = ""  # the center that shows the camera in place of its own

    def show(self, channel: Channel) -> None:
        """Show `channel`."""
        raise NotImplementedError

    def close(self) -> None:
        """Show nothing."""
        raise NotImplementedError

    def retry(self) -> None:
        """Try again now instead of when the wait is over."""

    def set_size(self, width_px: int, height_px: int) -> None:
        """Tell how many device pixels the picture covers; 0, 0 while the pane is not on screen."""
        raise NotImplementedError

    def set_audible(self, audible: bool) -> None:
        """Let the pane be heard, where it has sound."""

    def force_kind(self, kind: StreamKind | None) -> None:
        """Show main or sub whatever the size; None: by size."""

    def set_online(self, online: bool) -> None:
        """Take the center's word that the camera came back or went away."""

    def sequence(self) -> int:
        """Return the number of the newest picture, 0 where there is none; cheap."""
        raise NotImplementedError

    def picture(self) -> Picture | None:
        """Claim the newest picture; valid until the next call."""
        raise NotImplementedError

    @property
    def aspect(self) -> float | None:
        """Width to height of the picture as it is to be seen; None: as its pixels are."""
        return None

    @property
    def next_try_s(self) -> float | None:
        """Seconds until the next try; None while none is waited for."""
        return None

    def tick(self, now: float) -> None:
        """Look after itself; called a few times a second with the monotonic clock."""
