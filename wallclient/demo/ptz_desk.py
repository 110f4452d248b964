"""All PTZ cameras of the embedded center: made when first asked for, kept going by a clock, told of to everybody.

Used on the server's loop only.
"""

import asyncio
import contextlib
import itertools
import math
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from wallclient.api import ptz_models as models
from wallclient.demo.city import City
from wallclient.demo.city_view import CityView
from wallclient.demo.events import EventBus, ForSession
from wallclient.demo.operators import RIVALS, Operator
from wallclient.demo.ptz_camera import Outline, PtzCamera
from wallclient.demo.ptz_holding import Claimant, Held, OutOfReach
from wallclient.demo.ptz_motion import Motion
from wallclient.demo.stations import STREAMED
from wallclient.domain.node import CameraKind
from wallclient.domain.ptz import PtzAbility, Steering, Tier, Velocity

ABILITIES = tuple(ability.value for ability in PtzAbility)  # of every PTZ camera here
PTZ_STREAMS = tuple(range(3, STREAMED + 1, 4))  # numbers of the streamed cameras that are PTZ cameras
_RIVAL_SESSION = "rival-"
_RIVAL_REASON = "处置突发警情"
_RIVAL_STEP_S = 0.25
_RIVAL_STAYS_S = (4.0, 10.0)
MotionListener = Callable[[int, Motion], None]


def claimant(operator: Operator, session: str) -> Claimant:
    """Return an operator at a workstation, as cameras know him."""
    return Claimant(session, operator.user, operator.name, operator.post, operator.tier, operator.priority)


class PtzDesk:
    """The cameras by channel id. `view` tells what a user may know of, `clock` is monotonic."""

    def __init__(
        self,
        city: City,
        events: EventBus,
        view: Callable[[str], CityView],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._city = city
        self._events = events
        self._view = view
        self._clock = clock
        self._cameras: dict[str, PtzCamera] = {}
        self._told: dict[str, tuple[Outline, Motion]] = {}  # what clients and pictures know
        self._changed = asyncio.Event()
        self._on_motion: MotionListener | None = None
        self._rivals: set[asyncio.Task[None]] = set()

    # --- cameras ---

    def camera(self, channel_id: str, kind: CameraKind) -> PtzCamera | None:
        """Return a channel's camera, made now if it is a PTZ camera nobody asked for yet; None if it is none."""
        if kind is not CameraKind.PTZ:
            return None
        if channel_id not in self._cameras:
            camera = self._cameras[channel_id] = PtzCamera(self._clock())
            self._told[channel_id] = camera.outline(self._clock()), camera.motion
        return self._cameras[channel_id]

    def status(self, channel_id: str, session: str) -> models.PtzStatusDocument:
        """Return the state of a channel as one session is told of it."""
        if channel_id not in self._cameras:
            return models.PtzStatusDocument()
        with self.changing(channel_id) as (camera, now):
            return _status(camera, now, session)

    @contextlib.contextmanager
    def changing(self, channel_id: str) -> Iterator[tuple[PtzCamera, float]]:
        """Give a camera and the time; what is done to it within is told to whom it concerns, also if it fails."""
        camera, now = self._cameras[channel_id], self._clock()
        camera.advance(now)
        try:
            yield camera, now
        finally:
            self._tell(channel_id, now, {})

    def reserve(self, channel_id: str, who: Claimant, term_s: float, reason: str) -> None:
        """Hold a camera, or take it; who loses it is told by whom and why. Raises Held."""
        camera, now = self._cameras[channel_id], self._clock()
        loser = camera.reserve(now, who, term_s, reason)
        taken = models.TakeOverDocument(who.name, who.post, reason)
        self._tell(channel_id, now, {loser.session: taken} if loser else {})

    def tell_presets(self, channel_id: str) -> None:
        """Tell everybody that presets or cruises of a camera have changed."""
        data = msgspec.json.encode(models.PresetsChangedDocument(channel_id))
        self._events.publish("presets-changed", lambda user: data if self._view(user).sees(channel_id) else None)

    def release_session(self, session: str) -> None:
        """Give free what a session holds, and stop what it moves."""
        for channel_id in list(self._cameras):
            with self.changing(channel_id) as (camera, now):
                camera.release(now, session)

    def release_all(self) -> None:
        """Give every camera free: all sessions have ended."""
        for camera in list(self._cameras.values()):
            holder = camera.holding.holder(self._clock())
            if holder is not None and not holder.session.startswith(_RIVAL_SESSION):
                self.release_session(holder.session)

    def is_moved_by(self, channel_id: str, user: str) -> bool:
        """Tell whether a user's steering moves a camera."""
        camera = self._cameras.get(channel_id)
        return camera is not None and camera.mover is not None and camera.mover.user == user

    def lose(self, channel_id: str) -> None:
        """Stop a camera that can't be reached any more."""
        if channel_id in self._cameras:
            with self.changing(channel_id) as (camera, now):
                camera.lose(now)

    # --- for pictures, tests and benchmarks ---

    def follow(self, listener: MotionListener | None) -> None:
        """Tell the pictures how streamed cameras move, now and at each change, by their number."""
        self._on_motion = listener
        for number in PTZ_STREAMS if listener else ():
            with contextlib.suppress(KeyError):  # a small city has fewer
                self._show(f"c{number}", self.by_number(number).motion)

    def by_number(self, number: int) -> PtzCamera:
        """Return a camera by its number. Raises KeyError where it is no PTZ camera."""
        channel_id = f"c{number}"
        camera = self.camera(channel_id, self._city.channel(channel_id).camera_kind)
        if camera is None:
            raise KeyError(channel_id)
        camera.advance(self._clock())
        return camera

    def pose(self, number: int, unix_s: float | None = None) -> dict[str, float]:
        """Return where a camera looks, or looked at a time: unix_s, pan, tilt, zoom, and the fastest drive's speed."""
        camera, offset_s = self.by_number(number), time.time() - self._clock()
        at_s = self._clock() if unix_s is None else unix_s - offset_s
        motion = camera.motion_at(at_s)
        position, drives = motion.position(at_s), motion.at(at_s)
        return {
            "unix_s": at_s + offset_s,
            "pan": position.pan_deg,
            "tilt": position.tilt_deg,
            "zoom": position.zoom,
            "speed": max(abs(drive.speed) for drive in drives),
        }

    def log(self, number: int, after: int = 0) -> list[dict[str, Any]]:
        """Return what happened to a camera from entry `after` on; each with unix_s beside the monotonic at_s."""
        camera, offset_s = self.by_number(number), time.time() - self._clock()
        entries = itertools.islice(camera.log, after, None)
        return [{**entry, "unix_s": entry["at_s"] + offset_s} for entry in entries]

    def note(self, channel_id: str, kind: str) -> None:
        """Note in a camera's log what was not told to the camera."""
        if channel_id in self._cameras:
            self._cameras[channel_id].note(kind, self._clock())

    # --- by itself ---

    async def run(self) -> None:
        """Let happen what is due: dead-man, ends of holds, cruises. Runs as long as the center serves."""
        while True:
            self._changed.clear()
            due_s = min((camera.due_s() for camera in self._cameras.values()), default=math.inf)
            wait_s = due_s - self._clock()
            if wait_s > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), None if wait_s == math.inf else wait_s)
            now = self._clock()
            for channel_id in [key for key, camera in self._cameras.items() if camera.due_s() <= now]:
                with self.changing(channel_id):
                    pass  # what was due has happened

    async def rival(self, mean_s: float) -> None:
        """Be a second operator who takes a streamed camera now and then, `mean_s` apart, and gives it back."""
        dice = random.Random()
        while True:
            await asyncio.sleep(dice.expovariate(1 / mean_s))
            held = [number for number in PTZ_STREAMS if self._is_held(number)]
            number = dice.choice(held or PTZ_STREAMS[:4])
            with contextlib.suppress(KeyError):  # a small city, or taken away
                self.rival_takes(number, dice.uniform(*_RIVAL_STAYS_S))

    def rival_takes(self, number: int, stays_s: float, tier: Tier = Tier.CITY) -> bool:
        """Let the simulated operator of a tier take a camera and move it for a while; tell whether he could."""
        who, channel_id = claimant(RIVALS[tier], f"{_RIVAL_SESSION}{tier.value}"), f"c{number}"
        self.by_number(number)
        try:
            self.reserve(channel_id, who, stays_s + 1.0, _RIVAL_REASON)
        except Held:
            return False
        task = asyncio.get_running_loop().create_task(self._drive(channel_id, who, stays_s))
        self._rivals.add(task)
        task.add_done_callback(self._rivals.discard)
        return True

    async def _drive(self, channel_id: str, who: Claimant, stays_s: float) -> None:
        dice, until_s, hand = random.Random(), self._clock() + stays_s, f"rival-{random.randrange(10**9):09d}"
        try:
            for number in itertools.count(1):
                if self._clock() >= until_s:
                    return
                velocity = Velocity(dice.uniform(-0.5, 0.5), dice.uniform(-0.2, 0.2), dice.uniform(-0.3, 0.3))
                with self.changing(channel_id) as (camera, now):
                    if camera.holding.holder(now) != who:
                        return  # somebody took it from him; given free again it is not his
                    camera.steer(now, who, Steering(hand, number, velocity))
                await asyncio.sleep(min(_RIVAL_STEP_S, max(0.01, until_s - self._clock())))
        except OutOfReach:
            return
        finally:
            with self.changing(channel_id) as (camera, now):
                camera.release(now, who.session)

    def _is_held(self, number: int) -> bool:
        camera = self._cameras.get(f"c{number}")
        return camera is not None and camera.holding.holder(self._clock()) is not None

    # --- inside ---

    def _tell(self, channel_id: str, now: float, losers: dict[str, models.TakeOverDocument]) -> None:
        """Tell pictures and clients what they do not know yet, `losers` also that they lost it."""
        camera = self._cameras[channel_id]
        outline, motion = self._told[channel_id]
        self._told[channel_id] = camera.outline(now), camera.motion
        if camera.motion is not motion:
            self._show(channel_id, camera.motion)
            self._changed.set()
        if camera.outline(now) != outline:
            self._publish(channel_id, camera, now, losers)
            self._changed.set()

    def _show(self, channel_id: str, motion: Motion) -> None:
        number = int(channel_id[1:])
        if self._on_motion is not None and number in PTZ_STREAMS:
            self._on_motion(number, motion)

    def _publish(
        self, channel_id: str, camera: PtzCamera, now: float, losers: dict[str, models.TakeOverDocument]
    ) -> None:
        """Tell everybody who sees the channel how it is now."""
        holder = camera.holding.holder(now)
        others = _status(camera, now, "")
        theirs = _status(camera, now, holder.session) if holder else others

        def tell(user: str, session: str) -> bytes | None:
            if not self._view(user).sees(channel_id):
                return None
            status = theirs if holder is not None and session == holder.session else others
            return msgspec.json.encode(models.PtzChangedDocument(channel_id, status, losers.get(session)))

        self._events.publish("ptz-changed", ForSession(tell))


def _status(camera: PtzCamera, now: float, session: str) -> models.PtzStatusDocument:
    position, holder = camera.motion.position(now), camera.holding.holder(now)
    shown = None
    if holder is not None:
        left_s = max(0.0, camera.holding.ends_s - now)
        reserved, mine = camera.holding.is_reserved(now), holder.session == session
        names = holder.name, holder.post, holder.tier.value, holder.priority
        shown = models.HolderDocument(*names, reserved, round(left_s, 3), mine)
    at = models.PositionDocument(round(position.pan_deg, 3), round(position.tilt_deg, 3), round(position.zoom, 4))
    return models.PtzStatusDocument(list(ABILITIES), camera.is_moving, at, shown, camera.cruise_id)
