"""What a camera's notifications mean: which are alarms, of what kind, of which of its pictures, begun or ended.

Sources: ONVIF Core 9 (events), Imaging 7, Analytics annex A, Device IO; the topics cameras really send.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wallclient.domain.event import Alarm, AlarmKind
from wallclient.domain.onvif import OnvifCamera

_KINDS = (  # part of a topic without its prefixes: kind; first match. What is not here, is no alarm
    ("VideoSource/MotionAlarm", AlarmKind.MOTION),
    ("RuleEngine/CellMotionDetector", AlarmKind.MOTION),
    ("RuleEngine/MotionRegionDetector", AlarmKind.MOTION),
    ("RuleEngine/LineDetector", AlarmKind.LINE),
    ("RuleEngine/LineCounter", AlarmKind.LINE),
    ("RuleEngine/FieldDetector", AlarmKind.LINE),
    ("RuleEngine/TamperDetector", AlarmKind.TAMPER),
    ("RuleEngine", AlarmKind.OTHER),
    ("VideoSource/SignalLoss", AlarmKind.VIDEO_LOSS),
    ("VideoSource/VideoLost", AlarmKind.VIDEO_LOSS),
    ("VideoSource/GlobalSceneChange", AlarmKind.TAMPER),
    ("VideoSource/ImageTooBlurry", AlarmKind.TAMPER),
    ("VideoSource/ImageTooDark", AlarmKind.TAMPER),
    ("VideoSource/ImageTooBright", AlarmKind.TAMPER),
    ("Device/Trigger/DigitalInput", AlarmKind.INPUT),
    ("Device/HardwareFailure", AlarmKind.DEVICE),
    ("AudioAnalytics", AlarmKind.OTHER),
)
_BEGUN, _OVER = ("true", "1", "active"), ("false", "0", "inactive")
_SOURCES = ("VideoSourceToken", "VideoSourceConfigurationToken", "VideoSource", "Source")
_LONGEST_TEXT = 80
_MOST_ACTIVE = 500


@dataclass
class AlarmBook:
    """The alarms of one device that are on now. `cameras` are its pictures in a site."""

    cameras: tuple[OnvifCamera, ...]
    _on: dict[str, Alarm] = field(default_factory=dict)
    _count: int = 0

    def read(self, messages: Iterable[Mapping[str, Any]]) -> list[Alarm]:
        """Return what messages as `onveef` reads them mean. A first state is no alarm, but may end one."""
        return [alarm for message in messages if (alarm := self._read(message)) is not None]

    def _read(self, message: Mapping[str, Any]) -> Alarm | None:
        topic = _plain(str(message.get("topic") or ""))
        kind = next((kind for part, kind in _KINDS if topic.startswith(part)), None)
        if kind is None or not self.cameras:
            return None
        source = _items(message.get("source"))
        place = f"{topic}:{sorted(source.items())!r}"
        state = None if message.get("property_operation") == "Deleted" else _state(_items(message.get("data")))
        if message.get("property_operation") == "Initialized":
            return self._end(place) if state is False else None
        if state is False or message.get("property_operation") == "Deleted":
            return self._end(place)
        if state and place in self._on:
            return None
        return self._begin(place, self._camera(source), kind, topic, is_on=bool(state))

    def _begin(self, place: str, camera: OnvifCamera, kind: AlarmKind, topic: str, *, is_on: bool) -> Alarm:
        """Return an alarm; one with no end anybody will tell of is told once, as over."""
        self._count += 1
        now_ms = int(time.time() * 1000)  # the camera's own clock may be off by hours
        alarm = Alarm(f"{camera.id}:{now_ms}:{self._count}", camera.id, kind, now_ms, is_on, topic[:_LONGEST_TEXT])
        if is_on and len(self._on) < _MOST_ACTIVE:
            self._on[place] = alarm
        return alarm

    def _end(self, place: str) -> Alarm | None:
        alarm = self._on.pop(place, None)
        if alarm is None:
            return None
        return Alarm(alarm.id, alarm.channel_id, alarm.kind, alarm.at_ms, active=False, text=alarm.text)

    def _camera(self, source: Mapping[str, str]) -> OnvifCamera:
        """Return which picture a message is about: a device's only one, or that of its video source, else the first."""
        named = {source[name] for name in _SOURCES if name in source}
        return next((camera for camera in self.cameras if camera.source in named), self.cameras[0])


def _plain(topic: str) -> str:
    """Return a topic without its namespaces' prefixes, which are any camera's own choice."""
    return "/".join(part.rpartition(":")[2] for part in topic.strip().split("/"))


def _items(raw: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in raw.items()} if isinstance(raw, Mapping) else {}


def _state(data: Mapping[str, str]) -> bool | None:
    """Return what a state became; None for what only happens."""
    for value in data.values():
        if value.strip().lower() in _BEGUN:
            return True
        if value.strip().lower() in _OVER:
            return False
    return None
