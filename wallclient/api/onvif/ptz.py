"""Steering, presets and cruises of a site's cameras: `wallclient.api.ptz.PtzCenter` over each camera's own services."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from wallclient.api.onvif import presets
from wallclient.api.onvif.device import CALL_S, Device
from wallclient.api.onvif.presets import Numbers
from wallclient.api.onvif.ptz_facts import PtzFacts, kept_facts
from wallclient.api.onvif.site import Site
from wallclient.api.onvif.steering import Helm
from wallclient.domain.errors import CenterError, NotAble, NotFound
from wallclient.domain.onvif import OnvifCamera
from wallclient.domain.ptz import Area, Cruise, CruisePoint, Preset, PtzAbility, PtzStatus, Steering

WARM_S = 120.0  # a camera that was asked about so long ago is not kept warm any more
HALT_S = 0.9
_TOUR_S = 5.0
_Result = TypeVar("_Result")
_Asked = Callable[[Device, PtzFacts], Awaitable[_Result]]


class OnvifPtz:
    """Implements `wallclient.api.ptz.PtzCenter`; see there. Nobody holds a camera: whoever commands last has it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._helm = Helm()
        self._numbers: dict[str, Numbers] = {}

    def warm_up(self) -> None:
        """Keep the connections open to cameras that were asked about lately; one that is away is no trouble."""
        lately = time.monotonic() - WARM_S
        warm = [device for device in self._site.devices() if device.asked_at > lately]
        if warm:
            self._site.errands.run(_warm(warm), CALL_S)

    def ptz(self, channel_id: str) -> PtzStatus:
        """Return what a camera can do, and the tour it runs."""

        async def ask(device: Device, facts: PtzFacts) -> PtzStatus:
            running = None
            with contextlib.suppress(CenterError):  # a camera that can't tell may be steered all the same
                running = await device.keep(
                    f"tour {facts.profile}", _TOUR_S, lambda: presets.running_tour(device, facts)
                )
            return self._status(channel_id, facts, running)

        return self._ask(channel_id, ask)

    # --- steering ---

    def steer(self, channel_id: str, steering: Steering, timeout_s: float) -> PtzStatus:
        """Send a move or a stop; one that comes after a later one of its hand does nothing. Raises NotAble."""

        async def ask(device: Device, facts: PtzFacts) -> PtzStatus:
            if not facts.can(steering.velocity):
                raise NotAble("nothing of this camera moves that way")
            wanted = steering.velocity
            if not facts.moves and (wanted.pan or wanted.tilt or wanted.zoom) and not (wanted.focus or wanted.iris):
                raise NotAble("only the lens of this camera moves")
            await self._helm.steer(channel_id, device, facts, steering, timeout_s)
            return self._status(channel_id, facts)

        return self._ask(channel_id, ask, timeout_s + 0.2)

    def aim(self, channel_id: str, area: Area) -> None:
        """Bring a point to the center of the picture, where the camera counts moves in pictures."""

        async def ask(device: Device, facts: PtzFacts) -> None:
            if facts.view_range is None or area.width or area.height:
                raise NotAble("aim")
            x, y = facts.view_range
            await device.ask(
                lambda one: one.ptz_relative_move(
                    profile_token=facts.profile, pan=(2 * area.x - 1) * x, tilt=(1 - 2 * area.y) * y, zoom=None
                )
            )

        self._ask(channel_id, ask)

    def switch(self, channel_id: str, ability: PtzAbility, on: bool, number: int = 0) -> None:
        """Switch the wiper or the light. Raises NotAble where the camera has no command for it."""

        async def ask(device: Device, facts: PtzFacts) -> None:
            command = facts.command(ability, on=on)
            if command is None:
                raise NotAble(ability.value)
            await device.ask(
                lambda one: one.ptz_send_auxiliary_command(profile_token=facts.profile, auxiliary_data=command)
            )

        self._ask(channel_id, ask)

    def halt(self) -> None:
        """Stop what still moves by our command, as far as cameras can be reached; never raises a CenterError."""
        with contextlib.suppress(CenterError):
            self._site.errands.run(self._helm.halt(), HALT_S)

    # --- holding: there is nobody to ask ---

    def reserve(self, channel_id: str, term_s: float, take_over_reason: str = "") -> PtzStatus:
        """Raise NotAble: a camera knows no operators."""
        raise NotAble("reserve")

    def release(self, channel_id: str) -> PtzStatus:
        """Return the status; nothing is held here."""
        return self.ptz(channel_id)

    # --- presets ---

    def presets(self, channel_id: str) -> tuple[Preset, ...]:
        """Return a camera's presets by number."""
        numbers = self._numbers_of(channel_id)
        return self._ask(channel_id, lambda device, facts: presets.read_presets(device, facts, numbers))

    def recall_preset(self, channel_id: str, number: int, speed: float = 1.0) -> None:
        """Let the camera go to a preset."""
        numbers = self._numbers_of(channel_id)
        self._ask(channel_id, lambda device, facts: presets.recall(device, facts, numbers, number, speed))

    def save_preset(self, channel_id: str, number: int, name: str, *, keep_position: bool = False) -> Preset:
        """Make a preset of the present position. Raises NotAble for a name alone: ONVIF has no call for that."""
        if keep_position:
            raise NotAble("a preset can't be renamed where it is")
        numbers = self._numbers_of(channel_id)
        return self._ask(channel_id, lambda device, facts: presets.save(device, facts, numbers, number, name))

    def delete_preset(self, channel_id: str, number: int) -> None:
        """Forget a preset."""
        numbers = self._numbers_of(channel_id)
        self._ask(channel_id, lambda device, facts: presets.delete(device, facts, numbers, number))

    def preset_picture(self, channel_id: str, picture_id: str) -> bytes:
        """Raise NotFound: cameras keep no pictures of presets."""
        raise NotFound("picture")

    def save_preset_picture(self, channel_id: str, number: int, jpeg: bytes) -> Preset:
        """Raise NotAble: cameras keep no pictures of presets."""
        raise NotAble("picture")

    # --- cruises: the camera's preset tours; without them the client runs its own ---

    def cruises(self, channel_id: str) -> tuple[Cruise, ...]:
        """Return a camera's tours. Raises NotAble where it has none."""
        numbers = self._numbers_of(channel_id)
        return self._ask(channel_id, lambda device, facts: presets.read_tours(device, facts, numbers))

    def save_cruise(self, channel_id: str, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Change a tour; make a new one where `cruise_id` is empty."""
        numbers = self._numbers_of(channel_id)
        return self._ask(
            channel_id, lambda device, facts: presets.save_tour(device, facts, numbers, cruise_id, name, points)
        )

    def delete_cruise(self, channel_id: str, cruise_id: str) -> None:
        """Forget a tour."""
        self._ask(channel_id, lambda device, facts: presets.delete_tour(device, facts, cruise_id))

    def run_cruise(self, channel_id: str, cruise_id: str | None) -> PtzStatus:
        """Start a tour; None stops the one that runs."""

        async def ask(device: Device, facts: PtzFacts) -> PtzStatus:
            which = cruise_id or await presets.running_tour(device, facts)
            if which is not None:
                await presets.operate_tour(device, facts, which, start=cruise_id is not None)
            device.kept.pop(f"tour {facts.profile}", None)
            return self._status(channel_id, facts, cruise_id)

        return self._ask(channel_id, ask)

    # --- inside ---

    def _ask(self, channel_id: str, work: _Asked[_Result], limit_s: float = 2 * CALL_S) -> _Result:
        camera = self._site.camera(channel_id)
        device = self._site.device(camera)
        device.asked_at = time.monotonic()
        return self._site.errands.run(_with_facts(device, camera, work), limit_s)

    def _status(self, channel_id: str, facts: PtzFacts, running: str | None = None) -> PtzStatus:
        return PtzStatus(facts.abilities, self._helm.is_moving(channel_id), cruise_id=running)

    def _numbers_of(self, channel_id: str) -> Numbers:
        if channel_id not in self._numbers:
            self._numbers[channel_id] = Numbers(self._site.store, channel_id)
        return self._numbers[channel_id]


async def _with_facts(device: Device, camera: OnvifCamera, work: _Asked[_Result]) -> _Result:
    return await work(device, await kept_facts(device, camera.source))


async def _warm(devices: Sequence[Device]) -> None:
    await asyncio.gather(*(device.is_there() for device in devices))
