"""The part `ptz` of the contract: steering, holding, presets and cruises of the embedded center's cameras."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wallclient.api import ptz_models as models
from wallclient.demo.bodies import json_reply, media_type, no_such, read_body, read_bytes
from wallclient.demo.city_view import CityView
from wallclient.demo.operators import Operator
from wallclient.demo.problems import CameraTaken, Refusal, RightMissing
from wallclient.demo.ptz_camera import PtzCamera
from wallclient.demo.ptz_desk import PtzDesk, claimant
from wallclient.demo.ptz_holding import Claimant, Held, OutOfReach, Unable
from wallclient.demo.sessions import Session
from wallclient.domain.catalog import Right
from wallclient.domain.node import Channel
from wallclient.domain.ptz import Area, Cruise, CruisePoint, Preset, Steering, Velocity

_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_ID = re.compile(r"[A-Za-z0-9._~-]{1,128}")
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_LARGEST_PRESET = 255
_JPEG_STARTS = b"\xff\xd8\xff"
Operation = Callable[[Request, Session], Awaitable[Response]]


@dataclass(slots=True)
class SteeringFaults:
    """How the center treats steering wrongly on purpose."""

    delay_s: float = 0.0  # answers so late what it obeyed on arrival
    swallow_every: int = 0  # reads every so-manyth request, and neither obeys nor answers it; 0 none
    hangs_up: bool = False  # what is swallowed loses its connection; else it is kept until the client goes
    requests: int = field(default=0)


class PtzState(Protocol):
    """What these operations need to know of the center."""

    ptz: PtzDesk
    steering_faults: SteeringFaults
    operators: dict[str, Operator]

    def view(self, user: str) -> CityView:
        """Return the city as an operator sees it."""
        ...


class _NoAnswer(Response):
    """A reply that never comes: the connection hangs until the client goes, or is cut at once."""

    def __init__(self, hangs_up: bool) -> None:
        super().__init__()
        self._hangs_up = hangs_up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say nothing."""
        transport = getattr(getattr(receive, "__self__", None), "transport", None)  # uvicorn's; no other way to it
        try:
            while not self._hangs_up and (await receive())["type"] != "http.disconnect":
                pass
        finally:  # also when the center stops: the server would answer 500
            if transport is not None:
                transport.abort()


class PtzApi:
    """The operations, one method each. Runs on the server's loop."""

    def __init__(self, state: PtzState) -> None:
        self._state = state

    def table(self) -> Mapping[str, Mapping[str, Operation]]:
        """Return the operations by path and method."""
        here = "/channels/{channel_id}"
        return {
            f"{here}/ptz": {"GET": self.status},
            f"{here}/ptz/steering": {"POST": self.steer},
            f"{here}/ptz/aim": {"POST": self.aim},
            f"{here}/ptz/switches": {"POST": self.switch},
            f"{here}/ptz/reservation": {"PUT": self.reserve, "DELETE": self.release},
            f"{here}/ptz/cruise": {"PUT": self.run_cruise},
            f"{here}/presets": {"GET": self.presets},
            f"{here}/presets/{{number}}": {"PUT": self.save_preset, "DELETE": self.delete_preset},
            f"{here}/presets/{{number}}/recall": {"POST": self.recall_preset},
            f"{here}/presets/{{number}}/picture": {"PUT": self.save_picture},
            f"{here}/preset-pictures/{{picture_id}}": {"GET": self.picture},
            f"{here}/cruises": {"GET": self.cruises, "POST": self.make_cruise},
            f"{here}/cruises/{{cruise_id}}": {"PUT": self.save_cruise, "DELETE": self.delete_cruise},
        }

    # --- state and moves ---

    async def status(self, request: Request, session: Session) -> Response:
        """Answer what a camera can do and who holds it."""
        channel = self._channel(request, session, Right.VIEW)
        self._state.ptz.camera(channel.id, channel.camera_kind)
        return self._status(channel, session)

    async def steer(self, request: Request, session: Session) -> Response:
        """Move a camera, or stop it."""
        faults = self._state.steering_faults
        body = await read_body(request, models.SteeringDocument)
        channel = self._channel(request, session, Right.VIEW)
        faults.requests += 1
        if faults.swallow_every and faults.requests % faults.swallow_every == 0:
            self._state.ptz.note(channel.id, "swallowed")
            return _NoAnswer(faults.hangs_up)
        velocity = body.velocity
        wanted = Velocity(velocity.pan, velocity.tilt, velocity.zoom, velocity.focus, velocity.iris)
        steering = Steering(body.hand, body.number, wanted, body.dead_man_s)
        with self._moving(channel, session, may_move=not wanted.is_still) as (camera, who, now):
            camera.steer(now, who, steering, is_online=channel.online)
        reply = self._status(channel, session)
        if faults.delay_s:
            await asyncio.sleep(faults.delay_s)
        return reply

    async def aim(self, request: Request, session: Session) -> Response:
        """Bring a point to the center, or a rectangle."""
        body = await read_body(request, models.AreaDocument)
        channel = self._channel(request, session, Right.VIEW)
        area = Area(body.x, body.y, body.width, body.height)
        with self._moving(channel, session) as (camera, who, now):
            camera.aim(now, who, area, is_online=channel.online)
        return self._status(channel, session)

    async def switch(self, request: Request, session: Session) -> Response:
        """Switch the wiper, the light or an auxiliary."""
        body = await read_body(request, models.SwitchDocument)
        channel = self._channel(request, session, Right.VIEW)
        with self._moving(channel, session) as (camera, who, now):
            camera.switch(now, who, body.switch, body.on, body.number, is_online=channel.online)
        return self._status(channel, session)

    async def reserve(self, request: Request, session: Session) -> Response:
        """Hold a camera for a term."""
        body = await read_body(request, models.ReserveDocument)
        channel = self._channel(request, session, Right.VIEW)
        with self._moving(channel, session) as (_camera, who, _now):
            self._state.ptz.reserve(channel.id, who, body.term_s, body.take_over_reason)
        return self._status(channel, session)

    async def release(self, request: Request, session: Session) -> Response:
        """Give a camera free."""
        channel = self._channel(request, session, Right.VIEW)
        if self._state.ptz.camera(channel.id, channel.camera_kind) is not None:
            with self._state.ptz.changing(channel.id) as (camera, now):
                camera.release(now, session.id)
        return self._status(channel, session)

    async def run_cruise(self, request: Request, session: Session) -> Response:
        """Start or stop a cruise."""
        body = await read_body(request, models.RunCruiseDocument)
        channel = self._channel(request, session, Right.VIEW)
        with self._moving(channel, session) as (camera, who, now):
            camera.run_cruise(now, who, body.cruise_id, is_online=channel.online)
        return self._status(channel, session)

    # --- presets ---

    async def presets(self, request: Request, session: Session) -> Response:
        """List the presets."""
        channel = self._channel(request, session, Right.VIEW)
        camera = self._state.ptz.camera(channel.id, channel.camera_kind)
        return json_reply(models.PresetsDocument([_preset(p) for p in camera.memory.presets] if camera else []))

    async def save_preset(self, request: Request, session: Session) -> Response:
        """Make a preset of the present position, or rename one."""
        number = _preset_number(request)
        body = await read_body(request, models.SavePresetDocument)
        channel = self._channel(request, session, Right.PTZ)
        with self._changing(channel) as (camera, now):
            if body.keep_position:
                saved = camera.memory.rename(number, body.name)
            else:
                saved = camera.memory.save(number, body.name, camera.motion.position(now))
        return json_reply(_preset(saved))

    async def delete_preset(self, request: Request, session: Session) -> Response:
        """Forget a preset."""
        number = _preset_number(request)
        channel = self._channel(request, session, Right.PTZ)
        with self._changing(channel) as (camera, now):
            camera.delete_preset(now, number)
        return Response(status_code=204)

    async def recall_preset(self, request: Request, session: Session) -> Response:
        """Go to a preset."""
        number = _preset_number(request)
        body = await read_body(request, models.RecallDocument)
        channel = self._channel(request, session, Right.VIEW)
        with self._moving(channel, session) as (camera, who, now):
            camera.recall(now, who, number, body.speed, is_online=channel.online)
        return self._status(channel, session)

    async def save_picture(self, request: Request, session: Session) -> Response:
        """Give a preset its thumbnail."""
        number = _preset_number(request)
        jpeg = await read_bytes(request, models.LARGEST_PICTURE_BYTES)
        if media_type(request) != "image/jpeg" or not jpeg.startswith(_JPEG_STARTS):
            raise Refusal(415, "not-jpeg", "The body has to be a JPEG.")
        channel = self._channel(request, session, Right.PTZ)
        with self._changing(channel) as (camera, _now):
            saved = camera.memory.save_picture(number, jpeg)
        return json_reply(_preset(saved))

    async def picture(self, request: Request, session: Session) -> Response:
        """Answer a thumbnail."""
        channel = self._channel(request, session, Right.VIEW)
        camera = self._state.ptz.camera(channel.id, channel.camera_kind)
        if camera is None:
            raise no_such("picture")
        try:
            jpeg = camera.memory.picture(request.path_params["picture_id"])
        except KeyError:
            raise no_such("picture") from None
        return Response(jpeg, 200, {"Cache-Control": "private, max-age=86400"}, "image/jpeg")

    # --- cruises ---

    async def cruises(self, request: Request, session: Session) -> Response:
        """List the cruises."""
        channel = self._channel(request, session, Right.VIEW)
        camera = self._state.ptz.camera(channel.id, channel.camera_kind)
        return json_reply(models.CruisesDocument([_cruise(c) for c in camera.memory.cruises] if camera else []))

    async def make_cruise(self, request: Request, session: Session) -> Response:
        """Make a cruise, once for each key."""
        key = request.headers.get("idempotency-key", "")
        if "idempotency-key" in request.headers and not _KEY.fullmatch(key):
            raise Refusal(400, "bad-key", "This is not an idempotency key.")
        body = await read_body(request, models.SaveCruiseDocument)
        channel = self._channel(request, session, Right.PTZ)
        with self._changing(channel) as (camera, _now):
            made = camera.memory.make_cruise(body.name, _points(body), key)
        return json_reply(_cruise(made), 201)

    async def save_cruise(self, request: Request, session: Session) -> Response:
        """Change a cruise."""
        cruise_id = _cruise_id(request)
        body = await read_body(request, models.SaveCruiseDocument)
        channel = self._channel(request, session, Right.PTZ)
        with self._changing(channel) as (camera, now):
            saved = camera.save_cruise(now, cruise_id, body.name, _points(body))
        return json_reply(_cruise(saved))

    async def delete_cruise(self, request: Request, session: Session) -> Response:
        """Forget a cruise."""
        cruise_id = _cruise_id(request)
        channel = self._channel(request, session, Right.PTZ)
        with self._changing(channel) as (camera, now):
            camera.delete_cruise(now, cruise_id)
        return Response(status_code=204)

    # --- inside ---

    def _channel(self, request: Request, session: Session, right: Right) -> Channel:
        """Return the channel of a request if the operator may do what `right` says there. Raises Refusal."""
        try:
            view = self._state.view(session.user)
            channel = view.channel(request.path_params["channel_id"])
        except KeyError:
            raise no_such("channel") from None
        if not view.rights(channel.id) & right.bit:
            raise RightMissing(right)
        return channel

    def _status(self, channel: Channel, session: Session) -> Response:
        headers = {"Cache-Control": "no-store"}
        return json_reply(self._state.ptz.status(channel.id, session.id), 200, headers)

    @contextlib.contextmanager
    def _moving(
        self, channel: Channel, session: Session, *, may_move: bool = True
    ) -> Iterator[tuple[PtzCamera, Claimant, float]]:
        """Give the camera to somebody who may move it, and turn its answers into refusals.

        Without `may_move` (a stop) also to one who lost the right while it was moving.
        """
        operator = self._state.operators[session.user]
        has_right = operator.rights_at(channel.place) & Right.PTZ.bit
        if not has_right and may_move:
            raise RightMissing(Right.PTZ)
        if not has_right and not self._state.ptz.is_moved_by(channel.id, session.user):
            raise RightMissing(Right.PTZ)
        with self._answers(channel, session), self._able(channel) as (camera, now):
            yield camera, claimant(operator, session.id), now

    @contextlib.contextmanager
    def _changing(self, channel: Channel) -> Iterator[tuple[PtzCamera, float]]:
        """Give the camera to change what it remembers, and tell everybody."""
        with self._answers(channel, None), self._able(channel) as (camera, now):
            before = camera.memory.presets, camera.memory.cruises
            yield camera, now
        if before != (camera.memory.presets, camera.memory.cruises):
            self._state.ptz.tell_presets(channel.id)

    @contextlib.contextmanager
    def _able(self, channel: Channel) -> Iterator[tuple[PtzCamera, float]]:
        if self._state.ptz.camera(channel.id, channel.camera_kind) is None:
            raise Unable("The channel is no PTZ camera.")
        with self._state.ptz.changing(channel.id) as (camera, now):
            yield camera, now

    @contextlib.contextmanager
    def _answers(self, channel: Channel, session: Session | None) -> Iterator[None]:
        try:
            yield
        except Held as held:
            holder = self._state.ptz.status(channel.id, session.id if session else "").holder
            raise CameraTaken(holder, held.can_take_over) from None
        except OutOfReach:
            raise Refusal(409, "camera-offline", "The camera can't be reached.") from None
        except Unable as err:
            raise Refusal(409, "not-able", str(err)) from None
        except KeyError as err:
            raise no_such("cruise" if isinstance(err.args[0], str) else "preset") from None


def _preset_number(request: Request) -> int:
    text = request.path_params["number"]
    if not _NUMBER.fullmatch(text) or int(text) > _LARGEST_PRESET:
        raise Refusal(400, "bad-number", f"A preset has a number from 1 to {_LARGEST_PRESET}.")
    return int(text)


def _cruise_id(request: Request) -> str:
    text = str(request.path_params["cruise_id"])
    if not _ID.fullmatch(text):
        raise no_such("cruise")
    return text


def _points(body: models.SaveCruiseDocument) -> list[CruisePoint]:
    return [CruisePoint(point.preset, point.dwell_s, point.speed) for point in body.points]


def _preset(preset: Preset) -> models.PresetDocument:
    return models.PresetDocument(preset.number, preset.name, preset.picture_id)


def _cruise(cruise: Cruise) -> models.CruiseDocument:
    points = [models.CruisePointDocument(point.preset, point.dwell_s, point.speed) for point in cruise.points]
    return models.CruiseDocument(cruise.id, cruise.name, points)
