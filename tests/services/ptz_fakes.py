"""A PTZ center that can be slow, lose commands and refuse, with the seam of `services.centers.Centers` above it."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from PySide6.QtCore import QObject, Signal

from wallclient.domain.errors import NotFound, ServerFailed, WallError
from wallclient.domain.global_id import split_id
from wallclient.domain.ptz import (
    Cruise,
    CruisePoint,
    Preset,
    PtzAbility,
    PtzStatus,
    Steering,
    Velocity,
)
from wallclient.services.center_access import AccessState

LIMIT_S = 20.0
ABILITIES = frozenset(PtzAbility)


@dataclass(frozen=True)
class Obeyed:
    """A command as it came in."""

    at: float
    channel_id: str
    number: int
    velocity: Velocity


@dataclass
class FakePtzCenter:
    """Implements `wallclient.api.ptz.PtzCenter`; obeys on arrival, answers after `delay_s`."""

    delay_s: float = 0.0
    lose_every: int = 0  # every n-th steering is neither obeyed nor answered
    refusal: WallError | None = None  # of every steering
    call_refusal: WallError | None = None  # of everything else
    status: PtzStatus = PtzStatus(ABILITIES)  # noqa: RUF009 - frozen
    obeyed: list[Obeyed] = field(default_factory=list)
    calls: list[tuple] = field(default_factory=list)
    warmed: int = 0
    kept_presets: dict[int, Preset] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    kept_cruises: dict[str, Cruise] = field(default_factory=dict)

    def __post_init__(self):
        self._lock = threading.Lock()
        self._steerings = 0
        self._seen: dict[str, int] = {}
        self.velocity: dict[str, Velocity] = {}

    def warm_up(self) -> None:
        self.warmed += 1

    def steer(self, channel_id: str, steering: Steering, timeout_s: float) -> PtzStatus:
        with self._lock:
            self._steerings += 1
            is_lost = self.lose_every > 0 and self._steerings % self.lose_every == 0
            if not is_lost and self.refusal is None and steering.number > self._seen.get(steering.hand, 0):
                self._seen[steering.hand] = steering.number
                self.velocity[channel_id] = steering.velocity
                self.obeyed.append(Obeyed(time.monotonic(), channel_id, steering.number, steering.velocity))
            is_moving = not self.velocity.get(channel_id, Velocity()).is_still
        if is_lost or self.delay_s > timeout_s:
            time.sleep(timeout_s)
            raise ServerFailed("no answer")
        time.sleep(self.delay_s)
        if self.refusal is not None:
            raise self.refusal
        return replace(self.status, is_moving=is_moving)

    def __getattr__(self, name):
        if name in ("aim", "switch", "reserve", "release", "ptz", "run_cruise"):

            def call(*args):
                self.calls.append((name, *args))
                if self.call_refusal is not None:
                    raise self.call_refusal
                return self.status

            return call
        raise AttributeError(name)

    def presets(self, channel_id):
        self._check("presets", channel_id)
        return tuple(self.kept_presets[number] for number in sorted(self.kept_presets))

    def recall_preset(self, channel_id, number, speed=1.0):
        self._check("recall_preset", channel_id, number, speed)
        if number not in self.kept_presets:
            raise NotFound("preset")

    def save_preset(self, channel_id, number, name, *, keep_position=False):
        self._check("save_preset", channel_id, number, name, keep_position)
        former = self.kept_presets.get(number)
        picture = former.picture_id if former and keep_position else ""
        self.kept_presets[number] = Preset(number, name, picture)
        return self.kept_presets[number]

    def delete_preset(self, channel_id, number):
        self._check("delete_preset", channel_id, number)
        self.kept_presets.pop(number, None)

    def preset_picture(self, channel_id, picture_id):
        self._check("preset_picture", channel_id, picture_id)
        try:
            return self.pictures[picture_id]
        except KeyError:
            raise NotFound("picture") from None

    def save_preset_picture(self, channel_id, number, jpeg):
        self._check("save_preset_picture", channel_id, number)
        picture_id = f"p{len(self.pictures) + 1}"
        self.pictures[picture_id] = jpeg
        self.kept_presets[number] = replace(self.kept_presets[number], picture_id=picture_id)
        return self.kept_presets[number]

    def cruises(self, channel_id):
        self._check("cruises", channel_id)
        return tuple(self.kept_cruises.values())

    def save_cruise(self, channel_id, cruise_id, name, points):
        self._check("save_cruise", channel_id, cruise_id, name)
        cruise = Cruise(cruise_id or f"k{len(self.kept_cruises) + 1}", name, tuple(points))
        self.kept_cruises[cruise.id] = cruise
        return cruise

    def delete_cruise(self, channel_id, cruise_id):
        self._check("delete_cruise", channel_id, cruise_id)
        self.kept_cruises.pop(cruise_id, None)

    def _check(self, *call):
        self.calls.append(call)
        if self.call_refusal is not None:
            raise self.call_refusal

    def called(self, name):
        """Return the arguments of all calls of this name."""
        return [call[1:] for call in self.calls if call[0] == name]


class FakeCenters(QObject):
    """The part of `Centers` that PTZ uses, over one fake center with the key "k"."""

    ptz_changed = Signal(object)
    presets_changed = Signal(object)
    changed = Signal(str)
    events_lost = Signal()

    def __init__(self, center):
        super().__init__()
        self.center = center
        self.trouble: WallError | None = None
        self.farewell = None
        self.accesses = [SimpleNamespace(key="k", state=AccessState.CONNECTED)]
        self._pool = ThreadPoolExecutor(2)

    def ptz_center(self, channel_id):
        if self.trouble is not None:
            raise self.trouble
        return self.center, split_id(channel_id)[1]

    async def ask_ptz(self, channel_id, work):
        center, local_id = self.ptz_center(channel_id)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, center, local_id)

    def set_state(self, state):
        """Let the center go or come back."""
        self.accesses[0].state = state
        self.changed.emit("k")

    def close(self):
        self._pool.shutdown()


async def until(condition, limit_s=LIMIT_S):
    """Wait for a condition."""
    limit = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < limit, "the condition did not come true"
        await asyncio.sleep(0.005)


POINTS = (CruisePoint(1, 1.0, 0.5), CruisePoint(2, 2.0, 1.0))
