"""What bar and titles say of playback, out of clock and panes."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from wallclient.domain.errors import WallError
from wallclient.domain.global_id import key_of
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.ui.footage_mark import FootageMark
from wallclient.ui.playback_bar import BarState
from wallclient.ui.playback_text import clock_text, date_text, length_text, offset_text, signed_seconds, speed_text
from wallclient.ui.timeline_coverage import Coverage

if TYPE_CHECKING:
    from wallclient.services.centers import Centers
    from wallclient.services.review import SharedClock
    from wallclient.services.review_pane import ReviewPane

_NOTABLE_MS = 2000


def bar_state(
    clock: "SharedClock",
    pane: "ReviewPane | None",
    channel: Channel | None,
    any_recorded: bool,
    chosen: tuple[int, int] | None,
    zone: ZoneInfo,
    exact: bool,
    ahead_ms: int,
) -> BarState:
    """Return what the bar shows; `pane` is the selected one if it shows footage, `channel` its camera in any case.

    `ahead_ms`: the clock of its center against this machine's.
    """
    moment = clock.moment_us
    note = _clock_note(ahead_ms)
    if clock.holding and any_recorded:
        note = QCoreApplication.translate("playback_state", "Loading…")
    return BarState(
        time=clock_text(moment, zone, exact=exact),
        date=f"{date_text(moment, zone)}  {offset_text(moment, zone)}",
        playing=clock.playing,
        speed=clock.speed,
        has_camera=channel is not None,
        recorded=pane is not None,
        any_recorded=any_recorded,
        own_clock=pane is not None and pane.on_own_clock,
        offset=signed_seconds(pane.offset_ms) if pane is not None and pane.offset_ms else "",
        chosen=length_text(chosen[1] - chosen[0]) if chosen is not None else "",
        note=note,
        can_replay=channel is not None and pane is None,
    )


def clock_ahead_ms(centers: "Centers", channel: Channel | None) -> int:
    """Return how far the clock of a camera's center is ahead of this machine's."""
    try:
        return centers.access(key_of(channel.id)).session.clock_offset_ms if channel is not None else 0
    except WallError:
        return 0


def _clock_note(ahead_ms: int) -> str:
    """Say how far the center's clock is ahead of this machine's, where somebody could mistake one for the other."""
    if abs(ahead_ms) < _NOTABLE_MS:
        return ""
    text = QCoreApplication.translate("playback_state", "Center's clock {offset}")
    return text.format(offset=signed_seconds(round(ahead_ms, -2)))


def pane_mark(pane: "ReviewPane", picture_us: int, known: Coverage, zone: ZoneInfo, exact: bool) -> FootageMark | None:
    """Return what the title of a pane says: the moment of the picture on screen, or the one asked for without any.

    `known`: what the timeline knows of the camera's footage.
    """
    if pane.channel is None:
        return None
    clock = pane.clock
    showing = pane.state is PaneState.PLAYING and picture_us
    moment = picture_us if showing else clock.moment_us + pane.offset_ms * 1000
    time = clock_text(moment, zone, exact=exact)
    words = []
    if not clock.playing:
        words.append(QCoreApplication.translate("playback_state", "paused"))
    elif clock.speed != 1.0:
        words.append(speed_text(clock.speed))
    if showing and pane.keys_only:
        words.append(QCoreApplication.translate("playback_state", "key pictures only"))
    own = _own_text(pane)
    return FootageMark(f"{date_text(moment, zone)} {time}", " ".join(words), _gap_text(pane, known, zone), own, time)


def _own_text(pane: "ReviewPane") -> str:
    """Return how a pane differs from the others: a replay says how much there is, for full walls keep little."""
    if pane.in_memory is not None:
        start_ms, end_ms = pane.in_memory
        length = length_text((end_ms - start_ms) * 1000)
        return QCoreApplication.translate("playback_state", "{length} in memory").format(length=length)
    return QCoreApplication.translate("playback_state", "own clock") if pane.on_own_clock else ""


def _gap_text(pane: "ReviewPane", known: Coverage, zone: ZoneInfo) -> str:
    if pane.state is not PaneState.GAP:
        return ""
    if pane.reason is PaneReason.FOOTAGE_CUT_SHORT:
        return QCoreApplication.translate("playback_state", "The recording is cut short here")
    clock = pane.clock.moment_us
    backwards = pane.clock.playing and pane.clock.speed < 0
    moment = pane.next_footage_ms * 1000 if pane.next_footage_ms is not None else None
    if moment is None:  # it lies beyond what the pane has asked for
        moment = known.last_end(clock) if backwards else known.next_start(clock)
    if moment is None:
        return QCoreApplication.translate("playback_state", "No footage")
    time = clock_text(moment, zone)
    if date_text(moment, zone) != date_text(clock, zone):
        time = f"{date_text(moment, zone)} {time}"
    if moment < clock:
        return QCoreApplication.translate("playback_state", "No footage back to {time}").format(time=time)
    return QCoreApplication.translate("playback_state", "No footage until {time}").format(time=time)
