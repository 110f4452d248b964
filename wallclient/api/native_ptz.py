"""The part `ptz` of Center API v1: steering on connections of its own, holding, presets and cruises."""

import threading
import uuid
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from wallclient.api import ptz_models as documents
from wallclient.api.models import HealthDocument
from wallclient.api.tokens import Tokens
from wallclient.api.wire import Wire, read_holder
from wallclient.domain.errors import BadPayload, NotFound, SignInNeeded
from wallclient.domain.ptz import (
    Area,
    Cruise,
    CruisePoint,
    Position,
    Preset,
    PresetsChanged,
    PtzAbility,
    PtzChanged,
    PtzStatus,
    Steering,
    TakeOver,
    Velocity,
)

KEPT_WARM = 3  # a move, its stop, and one that was given up
KEPT = 6
WARM_UP_LIMIT_S = 2.0
_Reply = TypeVar("_Reply")


class Lanes:
    """Wires for steering, each used for one call at a time, so that a stop never waits for what was sent before it."""

    def __init__(self, new_wire: Callable[[], Wire]) -> None:
        self._new_wire = new_wire
        self._lock = threading.Lock()
        self._free: list[Wire] = []
        self._busy: set[Wire] = set()
        self._is_closed = False

    def call(self, call: Callable[[Wire], _Reply]) -> _Reply:
        """Call on a wire that nobody uses now: the one that answered last, or a new one."""
        wire = self._take(0)
        try:
            result = call(wire)
        except BaseException:
            self._give(wire, is_good=False)
            raise
        self._give(wire, is_good=True)
        return result

    def each_warm(self, call: Callable[[Wire], object]) -> None:
        """Call on as many different wires as are kept warm, those longest unused first; busy ones count."""
        with self._lock:
            cold = max(0, KEPT_WARM - len(self._busy))
        for _ in range(cold):
            wire = self._take(KEPT_WARM)
            try:
                call(wire)
            except BaseException:
                self._give(wire, is_good=False)
                raise
            self._give(wire, is_good=True)

    def close(self) -> None:
        """Break off what is under way and refuse what comes later."""
        with self._lock:
            self._is_closed = True
            wires = [*self._free, *self._busy]
        for wire in wires:
            wire.close()

    def _take(self, at_least: int) -> Wire:
        """Take the best free wire; with `at_least` the worst, once there are so many of them altogether."""
        with self._lock:
            enough = len(self._free) + len(self._busy) >= at_least
            wire = self._free.pop(0 if at_least else -1) if self._free and enough else None
        if wire is None:
            wire = self._new_wire()
        with self._lock:
            self._busy.add(wire)
            is_closed = self._is_closed
        if is_closed:
            wire.close()  # its call fails as any call after the end does
        return wire

    def _give(self, wire: Wire, *, is_good: bool) -> None:
        with self._lock:
            self._busy.discard(wire)
            keep = len(self._free) < KEPT and not self._is_closed
            if keep:
                self._free.insert(len(self._free) if is_good else 0, wire)
        if not keep:
            wire.close()


class NativePtz:
    """Base of `wallclient.api.native.NativeCenter`. Implements `wallclient.api.ptz.PtzCenter`; see there."""

    def __init__(self, new_wire: Callable[[], Wire], tokens: Tokens) -> None:
        self._lanes = Lanes(new_wire)
        self._tokens = tokens

    @abstractmethod
    def _call(
        self,
        method: str,
        path: str,
        shape: type[_Reply],
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        jpeg: bytes | None = None,
    ) -> _Reply:
        """Do one operation with a good token."""

    @abstractmethod
    def _picture(self, path: str) -> bytes:
        """Return a picture."""

    # --- steering ---

    def warm_up(self) -> None:
        """Open the connections for steering or keep them open; renew the token before a command needs it."""
        self._tokens.access()
        self._lanes.each_warm(lambda wire: wire.call("GET", "/health", HealthDocument, limit_s=WARM_UP_LIMIT_S))

    def ptz(self, channel_id: str) -> PtzStatus:
        """Return what a camera can do and who holds it."""
        return self._status("GET", f"{_path(channel_id)}/ptz")

    def steer(self, channel_id: str, steering: Steering, timeout_s: float) -> PtzStatus:
        """Send a move or a stop, without waiting for anything else."""
        path = f"{_path(channel_id)}/ptz/steering"
        body = documents.SteeringDocument(
            steering.hand, steering.number, _velocity(steering.velocity), steering.dead_man_s
        )

        def send(token: str) -> PtzStatus:
            return read_status(
                self._lanes.call(
                    lambda wire: wire.call(
                        "POST", path, documents.PtzStatusDocument, token=token, body=body, limit_s=timeout_s
                    )
                )
            )

        token = self._tokens.at_hand()
        try:
            return send(token)
        except SignInNeeded:
            return send(self._tokens.refused(token))

    def aim(self, channel_id: str, area: Area) -> None:
        """Bring a point to the center of the picture, or let a rectangle fill it."""
        body = documents.AreaDocument(*map(_share, (area.x, area.y, area.width, area.height)))
        self._status("POST", f"{_path(channel_id)}/ptz/aim", body)

    def switch(self, channel_id: str, ability: PtzAbility, on: bool, number: int = 0) -> None:
        """Switch the wiper, the light or an auxiliary."""
        self._status("POST", f"{_path(channel_id)}/ptz/switches", documents.SwitchDocument(ability.value, on, number))

    # --- holding ---

    def reserve(self, channel_id: str, term_s: float, take_over_reason: str = "") -> PtzStatus:
        """Hold a camera for a term."""
        body = documents.ReserveDocument(term_s, take_over_reason[:256])
        return self._status("PUT", f"{_path(channel_id)}/ptz/reservation", body)

    def release(self, channel_id: str) -> PtzStatus:
        """Give a camera free."""
        return self._status("DELETE", f"{_path(channel_id)}/ptz/reservation")

    # --- presets ---

    def presets(self, channel_id: str) -> tuple[Preset, ...]:
        """Return a camera's presets by number."""
        page = self._call("GET", f"{_path(channel_id)}/presets", documents.PresetsDocument)
        return tuple(sorted(map(read_preset, page.items), key=lambda preset: preset.number))

    def recall_preset(self, channel_id: str, number: int, speed: float = 1.0) -> None:
        """Let the camera go to a preset."""
        self._status("POST", f"{_preset(channel_id, number)}/recall", documents.RecallDocument(_speed(speed)))

    def save_preset(self, channel_id: str, number: int, name: str, *, keep_position: bool = False) -> Preset:
        """Make a preset of the present position, or only rename one."""
        body = documents.SavePresetDocument(name, keep_position)
        return read_preset(self._call("PUT", _preset(channel_id, number), documents.PresetDocument, body=body))

    def delete_preset(self, channel_id: str, number: int) -> None:
        """Forget a preset."""
        self._call("DELETE", _preset(channel_id, number), type(None))

    def preset_picture(self, channel_id: str, picture_id: str) -> bytes:
        """Return a preset's thumbnail, JPEG."""
        picture = self._picture(f"{_path(channel_id)}/preset-pictures/{segment(picture_id)}")
        if len(picture) > documents.LARGEST_PICTURE_BYTES:
            raise BadPayload(f"a thumbnail of {len(picture)} bytes")
        return picture

    def save_preset_picture(self, channel_id: str, number: int, jpeg: bytes) -> Preset:
        """Give a preset its thumbnail."""
        path = f"{_preset(channel_id, number)}/picture"
        return read_preset(self._call("PUT", path, documents.PresetDocument, jpeg=jpeg))

    # --- cruises ---

    def cruises(self, channel_id: str) -> tuple[Cruise, ...]:
        """Return a camera's cruises."""
        page = self._call("GET", f"{_path(channel_id)}/cruises", documents.CruisesDocument)
        return tuple(map(read_cruise, page.items))

    def save_cruise(self, channel_id: str, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Change a cruise; make a new one where `cruise_id` is empty."""
        items = [documents.CruisePointDocument(p.preset, p.dwell_s, _speed(p.speed)) for p in points]
        body = documents.SaveCruiseDocument(name, items)
        path = f"{_path(channel_id)}/cruises"
        if cruise_id:
            return read_cruise(self._call("PUT", f"{path}/{segment(cruise_id)}", documents.CruiseDocument, body=body))
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return read_cruise(self._call("POST", path, documents.CruiseDocument, body=body, headers=headers))

    def delete_cruise(self, channel_id: str, cruise_id: str) -> None:
        """Forget a cruise."""
        self._call("DELETE", f"{_path(channel_id)}/cruises/{segment(cruise_id)}", type(None))

    def run_cruise(self, channel_id: str, cruise_id: str | None) -> PtzStatus:
        """Start a cruise; None stops the one that runs."""
        return self._status("PUT", f"{_path(channel_id)}/ptz/cruise", documents.RunCruiseDocument(cruise_id))

    def _status(self, method: str, path: str, body: object = None) -> PtzStatus:
        return read_status(self._call(method, path, documents.PtzStatusDocument, body=body))


def read_status(raw: documents.PtzStatusDocument) -> PtzStatus:
    """Read a camera's state; abilities this program does not know are left out. Source: contract, schema PtzStatus."""
    known = {ability.value for ability in PtzAbility}
    abilities = frozenset(PtzAbility(word) for word in raw.abilities if word in known)
    position = None
    if raw.position is not None:
        position = Position(raw.position.pan_deg, raw.position.tilt_deg, raw.position.zoom)
    return PtzStatus(abilities, raw.is_moving, position, read_holder(raw.holder), raw.cruise_id)


def read_ptz_changed(raw: documents.PtzChangedDocument) -> PtzChanged:
    """Read the event `ptz-changed`."""
    taken = None
    if raw.taken_over is not None:
        taken = TakeOver(raw.taken_over.by_name, raw.taken_over.by_post, raw.taken_over.reason)
    return PtzChanged(raw.channel_id, read_status(raw.status), taken)


def read_presets_changed(raw: documents.PresetsChangedDocument) -> PresetsChanged:
    """Read the event `presets-changed`."""
    return PresetsChanged(raw.channel_id)


def read_preset(raw: documents.PresetDocument) -> Preset:
    """Read a preset. Source: contract, schema Preset."""
    return Preset(raw.number, raw.name, raw.picture_id)


def read_cruise(raw: documents.CruiseDocument) -> Cruise:
    """Read a cruise. Source: contract, schema Cruise."""
    return Cruise(raw.id, raw.name, tuple(CruisePoint(p.preset, p.dwell_s, p.speed) for p in raw.points))


def segment(text: str) -> str:
    """Return an id as one segment of a path. Raises NotFound for ids that no path can carry."""
    if text in ("", ".", ".."):
        raise NotFound(f"id {text!r}")
    return quote(text, safe="")


def _path(channel_id: str) -> str:
    return f"/channels/{segment(channel_id)}"


def _preset(channel_id: str, number: int) -> str:
    return f"{_path(channel_id)}/presets/{number:d}"


def _velocity(velocity: Velocity) -> documents.VelocityDocument:
    speeds: list[Any] = [velocity.pan, velocity.tilt, velocity.zoom, velocity.focus, velocity.iris]
    return documents.VelocityDocument(*(max(-1.0, min(1.0, float(speed))) for speed in speeds))


def _share(value: float) -> float:
    return max(0.0, min(1.0, value))


def _speed(value: float) -> float:
    return max(0.01, min(1.0, value))
