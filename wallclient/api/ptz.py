"""What the program needs of a center's PTZ; a center that has it says so in `Capabilities.ptz`.

Methods block, come from several threads at once, and raise the errors of `wallclient.domain.errors` as those of
`wallclient.api.center` do; besides CameraHeld, NotAble, CameraOffline and NotPermitted (right "ptz").
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from wallclient.domain.ptz import Area, Cruise, CruisePoint, Preset, PtzAbility, PtzStatus, Steering


@runtime_checkable
class PtzCenter(Protocol):
    """Steering, holding, presets and cruises of one center's cameras."""

    def warm_up(self) -> None:
        """Open the connections for steering, or keep them open, so that no press waits for one to be made.

        Called again every few seconds while cameras that can be steered are shown. Raises ServerFailed.
        """
        ...

    def ptz(self, channel_id: str) -> PtzStatus:
        """Return what a camera can do and who holds it."""
        ...

    def steer(self, channel_id: str, steering: Steering, timeout_s: float) -> PtzStatus:
        """Send a move, or a stop if its velocity is still, and return the state it led to.

        A stop is confirmed when the answer says that the camera does not move. Gives up after `timeout_s`
        (ServerFailed): who steers would rather send again than wait.
        """
        ...

    def aim(self, channel_id: str, area: Area) -> None:
        """Bring a point to the center of the picture, or let a rectangle fill it."""
        ...

    def switch(self, channel_id: str, ability: PtzAbility, on: bool, number: int = 0) -> None:
        """Switch the wiper, the light or auxiliary `number`; start or stop a stored cruise or a scan, by number."""
        ...

    def reserve(self, channel_id: str, term_s: float, take_over_reason: str = "") -> PtzStatus:
        """Hold a camera, again before the term ends to keep it; with a reason also from one of lower priority."""
        ...

    def release(self, channel_id: str) -> PtzStatus:
        """Give a camera free. No error where it is not held."""
        ...

    def presets(self, channel_id: str) -> tuple[Preset, ...]:
        """Return a camera's presets by number."""
        ...

    def recall_preset(self, channel_id: str, number: int, speed: float = 1.0) -> None:
        """Let the camera go to a preset."""
        ...

    def save_preset(self, channel_id: str, number: int, name: str, *, keep_position: bool = False) -> Preset:
        """Make a preset of the present position, or with `keep_position` only rename one."""
        ...

    def delete_preset(self, channel_id: str, number: int) -> None:
        """Forget a preset."""
        ...

    def preset_picture(self, channel_id: str, picture_id: str) -> bytes:
        """Return a preset's thumbnail, JPEG."""
        ...

    def save_preset_picture(self, channel_id: str, number: int, jpeg: bytes) -> Preset:
        """Give a preset its thumbnail: JPEG, at most 128 KiB."""
        ...

    def cruises(self, channel_id: str) -> tuple[Cruise, ...]:
        """Return a camera's cruises."""
        ...

    def save_cruise(self, channel_id: str, cruise_id: str, name: str, points: Sequence[CruisePoint]) -> Cruise:
        """Change a cruise; make a new one where `cruise_id` is empty."""
        ...

    def delete_cruise(self, channel_id: str, cruise_id: str) -> None:
        """Forget a cruise."""
        ...

    def run_cruise(self, channel_id: str, cruise_id: str | None) -> PtzStatus:
        """Start a cruise; None stops the one that runs."""
        ...
