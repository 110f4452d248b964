"""One PTZ camera as its center knows it: hands, dead-man, hold, ways to presets, cruises, and a log of all of it.

Pure: every method is told the time, seconds of one monotonic clock, which never goes back.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wallclient.demo.ptz_holding import Claimant, Holding, Unable, check_reach
from wallclient.demo.ptz_memory import LANDMARKS, Memory
from wallclient.demo.ptz_motion import Motion, aimed, gliding, standing, steered
from wallclient.domain.ptz import Area, Cruise, CruisePoint, Position, PtzAbility, Steering, Velocity

SHORTEST_DEAD_MAN_S, LONGEST_DEAD_MAN_S = 0.2, 5.0
_MOST_HANDS = 256
_KEPT_MOTIONS, _KEPT_LOG = 2000, 20_000
_SWITCHES = {PtzAbility.WIPER: 1, PtzAbility.LIGHT: 1, PtzAbility.AUXILIARY: 9}  # how many numbers each has, from 0


Outline = tuple[Claimant | None, bool, bool, str | None]


@dataclass(slots=True)
class _Tour:
    """The cruise that runs: at which of its points, and when it leaves there."""

    cruise_id: str
    index: int
    leave_s: float


class PtzCamera:
    """State of one camera. What changed is found by comparing `outline` before and after."""

    def __init__(self, now: float) -> None:
        self.memory = Memory()
        self.holding = Holding()
        self.switches: dict[tuple[str, int], bool] = {}
        self.log: deque[dict[str, Any]] = deque(maxlen=_KEPT_LOG)
        self._motions = deque([(now, standing(LANDMARKS[0][1], now))], maxlen=_KEPT_MOTIONS)
        self._hands: dict[tuple[str, str], int] = {}
        self.mover: Claimant | None = None  # whose steering command is alive
        self._tour: _Tour | None = None
        self._rests_s = math.inf  # when the drives come to a stand, once they move

    # --- what it is like ---

    @property
    def motion(self) -> Motion:
        """What the drives do from the latest change on."""
        return self._motions[-1][1]

    @property
    def is_moving(self) -> bool:
        """Tell whether a steering command is alive, as of the latest `advance`."""
        return self.mover is not None

    @property
    def cruise_id(self) -> str | None:
        """The cruise that runs."""
        return self._tour.cruise_id if self._tour else None

    def outline(self, now: float) -> Outline:
        """Return what others are told of when it changes: holder, whether reserved, whether moving, cruise."""
        return self.holding.holder(now), self.holding.is_reserved(now), self.is_moving, self.cruise_id

    def motion_at(self, time_s: float) -> Motion:
        """Return the motion that was going on at a time, as far back as is kept."""
        return next((motion for start_s, motion in reversed(self._motions) if start_s <= time_s), self._motions[0][1])

    def due_s(self) -> float:
        """Return when something happens by itself next; infinite if nothing does."""
        return min((time_s for time_s, _ in self._events()), default=math.inf)

    def advance(self, now: float) -> None:
        """Let happen what was due."""
        while True:
            due = min(((time_s, name) for time_s, name in self._events() if time_s <= now), default=None)
            if due is None:
                return
            time_s, name = due
            if name == "dead_man":
                self.note("dead_man", time_s)
                self._halt(time_s)
            elif name == "leave":
                self._next_point(time_s)
            elif name == "still":
                self._rests_s = math.inf
                self.note("still", time_s)
            else:
                self.holding.lapse(time_s)

    def _events(self) -> Iterator[tuple[float, str]]:
        if self.mover is not None:
            yield self.motion.brake_s, "dead_man"
        if self._tour is not None:
            yield self._tour.leave_s, "leave"
        if self._rests_s < math.inf:
            yield self._rests_s, "still"
        for time_s in self.holding.terms():
            yield time_s, "lapse"

    # --- commands ---

    def steer(self, now: float, who: Claimant, steering: Steering, *, is_online: bool = True) -> None:
        """Obey a command of a hand. Raises Held and OutOfReach for moves, nothing for stops."""
        self.advance(now)
        if not self._is_news(who, steering):
            self.note("stale", now, steering, who)
            return
        if steering.velocity.is_still:
            self._stop(now, who, steering)
            return
        try:
            check_reach(is_online)
            self.holding.touch(who, now)
        except Exception:
            self.note("refused", now, steering, who)
            raise
        self.note("move", now, steering, who)
        self._tour = None
        was_moving, self.mover = self.is_moving, who
        term_s = min(max(steering.dead_man_s, SHORTEST_DEAD_MAN_S), LONGEST_DEAD_MAN_S)
        self._go(steered(self.motion, now, _shares(steering.velocity), now + term_s), now)
        if not was_moving:
            self.note("started", now)

    def _stop(self, now: float, who: Claimant, steering: Steering) -> None:
        holder = self.holding.holder(now)
        is_mine = self.mover is not None and who.user == self.mover.user
        if not is_mine and (holder is None or holder.session != who.session):
            self.note("idle_stop", now, steering, who)
            return
        self.note("stop", now, steering, who)
        if holder is not None and holder.session == who.session:
            self.holding.touch(who, now)
        if self._tour is None:  # a cruise is stopped as such: a stop of the hand may be one sent again, and late
            self._halt(now)

    def aim(self, now: float, who: Claimant, area: Area, *, is_online: bool = True) -> None:
        """Turn to a part of the picture. Raises Held, OutOfReach and Unable."""
        self._take(now, who, "aim", is_online)
        here = self.motion.position(now)
        self._glide(now, aimed(here, area.x, area.y, area.width, area.height), 1.0)

    def recall(self, now: float, who: Claimant, number: int, speed: float, *, is_online: bool = True) -> None:
        """Go to a preset. Raises KeyError, Held and OutOfReach."""
        position = self.memory.position(number)
        self._take(now, who, "recall", is_online)
        self._glide(now, position, speed)

    def switch(self, now: float, who: Claimant, ability: str, on: bool, number: int, *, is_online: bool = True) -> None:
        """Switch wiper, light or an auxiliary. Raises Held, OutOfReach and Unable."""
        if number >= next((count for known, count in _SWITCHES.items() if known == ability), 0):
            raise Unable("The camera has no such switch.")
        self.advance(now)
        check_reach(is_online)
        self.holding.touch(who, now)
        self.note("switch", now, who=who)
        self.switches[ability, number] = on

    def reserve(self, now: float, who: Claimant, term_s: float, reason: str) -> Claimant | None:
        """Hold the camera; return who lost it. Raises Held."""
        self.advance(now)
        loser = self.holding.reserve(who, now, term_s, reason)
        if loser is not None:
            self._tour = None
            self._halt(now)
            self.note("taken_over", now, who=who)
        return loser

    def release(self, now: float, session: str) -> None:
        """Give the camera free where this session holds it, and stop what it moves."""
        self.advance(now)
        if self.mover is not None and self.mover.session == session:
            self._halt(now)
        self.holding.release(session)

    def run_cruise(self, now: float, who: Claimant, cruise_id: str | None, *, is_online: bool = True) -> None:
        """Start a cruise, or stop the one that runs. Raises KeyError, Held and OutOfReach."""
        cruise = self.memory.cruise(cruise_id) if cruise_id is not None else None
        if cruise is not None and not cruise.points:
            raise Unable("The cruise has no points.")
        self.advance(now)
        check_reach(is_online or cruise is None)
        self.holding.touch(who, now)
        self.note("cruise", now, who=who)
        if cruise is None:
            self.end_cruise(now)
        elif self.cruise_id != cruise.id:
            self._halt(now)
            self._tour = _Tour(cruise.id, -1, now)
            self.advance(now)

    def end_cruise(self, now: float) -> None:
        """Stop the cruise that runs, if one does."""
        if self._tour is not None:
            self._tour = None
            self._halt(now)

    def save_cruise(self, now: float, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Change a cruise; one that runs and has no points left ends. Raises KeyError and Unable."""
        self.advance(now)
        saved = self.memory.save_cruise(cruise_id, name, points)
        if cruise_id == self.cruise_id and not saved.points:
            self.end_cruise(now)
        return saved

    def delete_preset(self, now: float, number: int) -> bool:
        """Forget a preset, also in cruises; tell whether there was one. A cruise that has no points left ends."""
        self.advance(now)
        existed = self.memory.delete(number)
        if self.cruise_id is not None and not self.memory.cruise(self.cruise_id).points:
            self.end_cruise(now)
        return existed

    def delete_cruise(self, now: float, cruise_id: str) -> bool:
        """Forget a cruise and stop it; tell whether there was one."""
        self.advance(now)
        if cruise_id == self.cruise_id:
            self.end_cruise(now)
        return self.memory.delete_cruise(cruise_id)

    def lose(self, now: float) -> None:
        """Stop everything: the camera can't be reached any more."""
        self.advance(now)
        self._tour = None
        self._halt(now)

    # --- inside ---

    def _is_news(self, who: Claimant, steering: Steering) -> bool:
        key = (who.user, steering.hand)
        seen = self._hands.pop(key, -1)
        self._hands[key] = max(seen, steering.number)  # last in order: the longest unused go first
        while len(self._hands) > _MOST_HANDS:
            self._hands.pop(next(iter(self._hands)))
        return steering.number > seen

    def _take(self, now: float, who: Claimant, kind: str, is_online: bool) -> None:
        """Let a command that is no steering take the camera, and end what moved it. Raises Held, OutOfReach."""
        self.advance(now)
        check_reach(is_online)
        self.holding.touch(who, now)
        self.note(kind, now, who=who)
        self._tour = None
        self._end_steering(now)

    def _glide(self, now: float, target: Position, speed: float) -> None:
        self._go(gliding(self.motion, now, target, speed), now)

    def _next_point(self, now: float) -> None:
        assert self._tour is not None
        points = self.memory.cruise(self._tour.cruise_id).points
        if not points:
            self._tour = None
            return
        self._tour.index = (self._tour.index + 1) % len(points)
        point = points[self._tour.index]
        self._glide(now, self.memory.position(point.preset), point.speed)
        self._tour.leave_s = self.motion.rest_s() + point.dwell_s

    def _halt(self, now: float) -> None:
        """Let the drives brake."""
        self._end_steering(now)
        self._go(self.motion.braking(now), now)

    def _end_steering(self, now: float) -> None:
        if self.mover is not None:
            self.mover = None
            self.note("stopped", now)

    def _go(self, motion: Motion, now: float) -> None:
        self._motions.append((now, motion))
        self._rests_s = motion.rest_s()

    def note(self, kind: str, now: float, steering: Steering | None = None, who: Claimant | None = None) -> None:
        """Put something that happened into the log, with where the camera looked then."""
        at = self.motion.position(now)
        entry: dict[str, Any] = {"kind": kind, "at_s": now, "pan": at.pan_deg, "tilt": at.tilt_deg, "zoom": at.zoom}
        if steering is not None:
            entry |= {"hand": steering.hand, "number": steering.number, "velocity": list(_shares(steering.velocity))}
        if who is not None:
            entry["user"] = who.user
        self.log.append(entry)


def _shares(velocity: Velocity) -> tuple[float, ...]:
    return velocity.pan, velocity.tilt, velocity.zoom, velocity.focus, velocity.iris
