"""The rules by which one camera is steered and always stopped: which command goes out when, and when a stop is sure.

Pure: no Qt, no threads, no clock of its own. `now` is in seconds of a clock that never goes back.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from wallclient.domain.errors import (
    CameraHeld,
    CameraOffline,
    NotAble,
    NotFound,
    NotPermitted,
    SignInNeeded,
    WallError,
)
from wallclient.domain.ptz import DEAD_MAN_S, STILL, PtzStatus, Steering, Velocity

CHANGE_S = 0.1  # a change of speed goes out at most this often
RENEWAL_S = 0.3  # three fit into the dead-man time: two in a row may be lost
MOVES_UNDER_WAY = 3
MOVE_LIMIT_S = DEAD_MAN_S  # after that the camera has stopped anyway
STOPS_UNDER_WAY = 5
STOP_REPEATS_S = (0.15, 0.2)  # after the first stop and the second; then
STOP_REPEAT_S = 0.25
STOP_LIMIT_S, LATE_STOP_LIMIT_S = 1.0, 4.0  # a center that takes longer than the first gets the second
HURRY_S = 3.0  # after so long without a confirmation the camera stands by its dead-man: ask on, but calmly
CALM_REPEAT_S = 1.0
RED_AFTER_S = 0.4  # a stop that is not confirmed by then is shown
UNANSWERED_S = 1.0
_OVERDUE_S = 0.5  # a call that outlasts its limit by so much is not waited for
_FINAL = (NotPermitted, NotFound, NotAble)  # the center takes no command of ours, late ones neither
_PATIENT = (SignInNeeded, CameraOffline)  # asking faster does not help


class HandState(StrEnum):
    """What one hand at one camera is doing."""

    IDLE = "idle"
    MOVING = "moving"
    UNANSWERED = "unanswered"  # moving, but the center says nothing
    STOPPING = "stopping"
    UNCONFIRMED = "unconfirmed"  # stopping, and it takes long: the camera may still turn


@dataclass(frozen=True, slots=True)
class Command:
    """A steering to send now, and how long to wait for its answer."""

    steering: Steering
    limit_s: float


class Hand:
    """One client's hand at one camera. Ask `due` until it gives None, again at `next_due`, and after each other call.

    The numbers rise with every command; a center that has seen a stop obeys no move sent before it.
    """

    def __init__(self) -> None:
        self._id = uuid.uuid4().hex
        self._number = 0
        self._wanted = STILL
        self._moves_under_way: dict[int, float] = {}  # number -> when it is given up
        self._stops_under_way: dict[int, float] = {}
        self._unsure: dict[int, float] = {}  # moves without an answer -> when they can't arrive any more
        self._sent = STILL  # velocity of the latest move
        self._move_at = float("-inf")
        self._moving_since = float("-inf")
        self._press_number = 0  # the latest number when the operator pressed
        self._answered_at = float("-inf")
        self._stop_number = 0  # first of the stops that are owed; 0: none is
        self._stop_since = self._stop_at = float("-inf")
        self._stops = 0  # sent since
        self._patient = False
        self._final_at: float | None = None
        self._is_latched = False  # refused: nothing moves until the operator lets go
        self._told_of_refusal = True
        self.refusal: WallError | None = None  # of the latest press, for whoever reads it: set it back to None

    # --- what the operator does ---

    def move(self, velocity: Velocity, now: float) -> None:
        """Want another speed; a still one is a stop."""
        if velocity.is_still:
            self.stop(now)
            return
        if self._is_latched:
            return
        if self._wanted.is_still:
            self._moving_since, self._press_number = now, self._number
            self._told_of_refusal, self.refusal = False, None
        self._wanted = velocity
        self._stop_number = 0
        self._final_at = None

    def stop(self, now: float, *, always: bool = False) -> None:
        """Let go. With `always` a stop is sent even where nothing was moved, for instance to end a recall."""
        self._is_latched = False
        if always:
            self._told_of_refusal, self.refusal = False, None
        self._halt(now, always)

    def drop(self, now: float) -> None:
        """Stop, and take no more moves until the operator has let go: somebody else has the camera."""
        self._is_latched = self._is_latched or not self._wanted.is_still
        self._halt(now, False)

    def hurry(self) -> None:
        """Send an owed stop again at once: the way to the center is open again."""
        if self._stop_number:
            self._stop_at = float("-inf")
            self._patient = False

    def _halt(self, now: float, always: bool) -> None:
        was_moving = not self._wanted.is_still
        self._wanted = STILL
        if self._stop_number or not (was_moving or always):
            return
        self._number += 1
        self._stop_number = self._number
        self._stop_since, self._stop_at, self._stops = now, float("-inf"), 0
        self._patient, self._final_at = False, None

    # --- what goes out ---

    def due(self, now: float) -> Command | None:
        """Return the command to send now, if there is one; it counts as sent."""
        self._give_up(now)
        if self.next_due(now) > now:
            return None
        if self._stop_number:
            return self._stop_command(now)
        if self._wanted.is_still:
            return None
        self._number += 1
        self._move_at, self._sent = now, self._wanted
        self._moves_under_way[self._number] = self._unsure[self._number] = now + MOVE_LIMIT_S + _OVERDUE_S
        return Command(Steering(self._id, self._number, self._wanted), MOVE_LIMIT_S)

    def _stop_command(self, now: float) -> Command | None:
        if self._final_at is not None and now >= self._final_at:
            self._stop_number = 0
            return None
        if self._stop_due(now) > now:
            return None
        number = self._stop_number if not self._stops else self._number + 1
        self._number = max(self._number, number)
        self._stop_at = now
        limit_s = STOP_LIMIT_S if self._stops < STOPS_UNDER_WAY else LATE_STOP_LIMIT_S
        self._stops += 1
        self._stops_under_way[number] = now + limit_s + _OVERDUE_S
        return Command(Steering(self._id, number), limit_s)

    def next_due(self, now: float) -> float:
        """Return when to ask `due` again at the latest, or to look at the state; infinity if only an answer helps."""
        if self._stop_number:
            moments = [self._stop_due(now)]
            if now < self._stop_since + RED_AFTER_S:
                moments.append(self._stop_since + RED_AFTER_S)
            if self._final_at is not None:
                moments.append(self._final_at)
            return min(moments)
        if self._wanted.is_still:
            return float("inf")
        return self._move_due(now)

    def _stop_due(self, now: float) -> float:
        if not self._stops:
            return now
        under_way = [until for number, until in self._stops_under_way.items() if number >= self._stop_number]
        if len(under_way) >= STOPS_UNDER_WAY:
            return min(under_way)
        if self._patient or now - self._stop_since > HURRY_S:
            return self._stop_at + CALM_REPEAT_S
        return self._stop_at + (STOP_REPEATS_S[self._stops - 1] if self._stops <= 2 else STOP_REPEAT_S)

    def _move_due(self, now: float) -> float:
        if self._number == self._press_number:  # the first of a press does not wait
            return now
        under_way = [until for number, until in self._moves_under_way.items() if number > self._press_number]
        if len(under_way) >= MOVES_UNDER_WAY:
            return min(under_way)
        return self._move_at + (CHANGE_S if self._wanted != self._sent else RENEWAL_S)

    def _give_up(self, now: float) -> None:
        for under_way in (self._moves_under_way, self._stops_under_way, self._unsure):
            for number in [number for number, until in under_way.items() if until <= now]:
                del under_way[number]

    # --- what comes back ---

    def answered(self, number: int, result: PtzStatus | WallError, now: float) -> None:
        """Take the answer to a command of ours, or what became of it instead."""
        self._moves_under_way.pop(number, None)
        self._stops_under_way.pop(number, None)
        is_refusal = isinstance(result, (CameraHeld, *_FINAL, *_PATIENT))
        if is_refusal or isinstance(result, PtzStatus):
            self._answered_at = now
            self._unsure.pop(number, None)
        if isinstance(result, PtzStatus):
            self._stop_answered(number, result)
        elif self._stop_number and number >= self._stop_number:
            self._stop_failed(result, now)
        elif is_refusal:
            self._move_refused(result, now)

    def _stop_answered(self, number: int, status: PtzStatus) -> None:
        if not self._stop_number or number < self._stop_number:
            return  # of a move
        self._final_at = None
        if not moves_by_us(status):
            self._stop_number = 0

    def _stop_failed(self, err: WallError, now: float) -> None:
        self._give_up(now)
        if isinstance(err, CameraHeld):
            # Whoever takes a camera stops what moved it; a move that is still on its way might be obeyed after him.
            self._final_at = max([now, *(until + DEAD_MAN_S for until in self._unsure.values())])
        elif isinstance(err, _FINAL):
            # A move that is still on its way is refused as well; one that was obeyed ends by its dead-man.
            if self._final_at is None:
                self._final_at = max(now, self._move_at + MOVE_LIMIT_S + DEAD_MAN_S)
            self._patient = True
            self._tell(err)
        elif isinstance(err, _PATIENT):
            self._patient = True
            self._tell(err)

    def _move_refused(self, err: WallError, now: float) -> None:
        self._tell(err)
        if not self._wanted.is_still:
            self.drop(now)

    def _tell(self, err: WallError) -> None:
        if not self._told_of_refusal:
            self._told_of_refusal = True
            self.refusal = err

    # --- state ---

    @property
    def wanted(self) -> Velocity:
        """The speed the operator wants."""
        return self._wanted

    @property
    def is_stop_owed(self) -> bool:
        """Tell whether a stop has not been confirmed yet."""
        return self._stop_number > 0

    def state(self, now: float) -> HandState:
        """Tell what this hand is doing."""
        if self._stop_number:
            return HandState.UNCONFIRMED if now >= self._stop_since + RED_AFTER_S else HandState.STOPPING
        if self._wanted.is_still:
            return HandState.IDLE
        silent_s = now - max(self._moving_since, self._answered_at)
        return HandState.UNANSWERED if silent_s > UNANSWERED_S else HandState.MOVING


def moves_by_us(status: PtzStatus) -> bool:
    """Tell whether a camera may move by a command of ours: it moves, and nobody else has it."""
    return status.is_moving and (status.holder is None or status.holder.is_me)
