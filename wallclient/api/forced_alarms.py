"""Alarms by hand; a center that has them says so in `Capabilities.forced_alarms`."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class ForcedAlarmCenter(Protocol):
    """Raises a camera's alarm at an operator's wish: it records, and everybody is told, as if it had seen something."""

    def force_alarm(self, channel_id: str, on: bool) -> None:
        """Raise the alarm, or take back one that was raised so. Raises CameraOffline, NotPermitted, NotFound."""
        ...
