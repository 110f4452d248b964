"""States of a pane as a table, and the plain reasons a pane may give for having no moving picture."""

from enum import StrEnum


class PaneState(StrEnum):
    """What a pane shows. *Playing* means that decoded pictures advance."""

    IDLE = "idle"
    OPENING = "opening"
    PLAYING = "playing"
    STALLED = "stalled"  # pictures stopped; the last one stays, dimmed, and a reconnect is under way
    RECONNECTING = "reconnecting"  # the stream was lost or never came; the next try waits its turn
    FAILED = "failed"  # trying again can't help before the operator or the center changes something
    GAP = "gap"  # of recorded footage: nothing was recorded at the moment shown


class PaneEvent(StrEnum):
    """What can happen to a pane."""

    OPEN = "open"
    PICTURE = "picture"  # the first picture, or the next after a silence
    SILENT = "silent"  # no new picture for too long
    LOST = "lost"  # the stream ended, was refused or could not be reached
    REFUSED = "refused"  # for good: no such channel, not permitted
    CLOSE = "close"


class PaneReason(StrEnum):
    """Why there is no moving picture, in one word; `ui.text` says it in the operator's language."""

    NO_PICTURE = "no_picture"  # the stream is open and data may flow, but pictures stopped
    CONNECTION_REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"  # no route, name not found, time-out while connecting
    TIMED_OUT = "timed_out"  # connected, then silence
    WRONG_PASSWORD = "wrong_password"
    PASSWORD_MISSING = "password_missing"  # this machine's keyring has none for the camera
    CAMERA_REFUSES = "camera_refuses"  # the user or password this machine has for it
    KEYRING_FAILED = "keyring_failed"  # it has perhaps, but does not tell: locked, for one
    CLOCK_DIFFERS = "clock_differs"  # the camera refuses the log-in because its clock is wrong, or ours
    NOT_FOUND = "not_found"
    NOT_PERMITTED = "not_permitted"
    NO_VIEW_RIGHT = "no_view_right"  # not permitted, and the center says that it is for lack of this right
    UNDECODABLE = "undecodable"  # data flow, no picture can be made of them
    STREAM_ENDED = "stream_ended"
    CENTER_UNAVAILABLE = "center_unavailable"
    NO_PLAYABLE_SOURCE = "no_playable_source"  # the center offers nothing this machine can play
    PLAYER_CRASHED = "player_crashed"
    CAMERA_OFFLINE = "camera_offline"
    SIGNED_OUT = "signed_out"
    NO_FOOTAGE = "no_footage"  # nothing was recorded at that moment
    FOOTAGE_CUT_SHORT = "footage_cut_short"  # something was, but its file ends before or has a hole there
    FETCHING_FOOTAGE = "fetching_footage"  # something was, and its center has it fetched from the recorder first
    REASON_NEEDED = "reason_needed"  # the center hands out footage only to those who say why
    NOT_KEPT = "not_kept"  # the last minute of a live picture is not in memory


_FROM_ANY = {PaneEvent.OPEN: PaneState.OPENING, PaneEvent.CLOSE: PaneState.IDLE}
_NEXT = {
    (PaneState.OPENING, PaneEvent.PICTURE): PaneState.PLAYING,
    (PaneState.OPENING, PaneEvent.LOST): PaneState.RECONNECTING,
    (PaneState.OPENING, PaneEvent.SILENT): PaneState.RECONNECTING,
    (PaneState.OPENING, PaneEvent.REFUSED): PaneState.FAILED,
    (PaneState.PLAYING, PaneEvent.SILENT): PaneState.STALLED,
    (PaneState.PLAYING, PaneEvent.LOST): PaneState.RECONNECTING,
    (PaneState.PLAYING, PaneEvent.REFUSED): PaneState.FAILED,
    (PaneState.STALLED, PaneEvent.PICTURE): PaneState.PLAYING,
    (PaneState.STALLED, PaneEvent.LOST): PaneState.RECONNECTING,
    (PaneState.STALLED, PaneEvent.REFUSED): PaneState.FAILED,
    (PaneState.RECONNECTING, PaneEvent.PICTURE): PaneState.PLAYING,
    (PaneState.RECONNECTING, PaneEvent.REFUSED): PaneState.FAILED,
    (PaneState.FAILED, PaneEvent.PICTURE): PaneState.PLAYING,
}


def next_state(state: PaneState, event: PaneEvent) -> PaneState:
    """Return the state after `event`; an event that means nothing in `state` leaves it."""
    return _FROM_ANY.get(event) or _NEXT.get((state, event), state)
