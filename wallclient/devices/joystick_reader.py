"""The process that reads joysticks with SDL (pygame-ce): one JSON array a line on its output, until its input ends.

A process of its own, for a driver that hangs or crashes SDL must not touch the wall. Messages: ["ready"],
["plugged", instance, vendor, product, name, axes, buttons], ["unplugged", instance],
["moved", instance, [axes], [held buttons]], ["failed", reason].
"""

import json
import os
import struct
import sys
import threading
import time
from typing import Any

PERIOD_S = 0.01
IDLE_PERIOD_S = 0.25  # without a joystick
BEAT_S = 0.2  # a joystick that stands still is told again: silence means that it, or this process, is gone
SMALLEST_CHANGE = 0.004
_ENVIRONMENT = {
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    "SDL_VIDEODRIVER": "dummy",  # events need a video system; this one opens no window and no display
    "SDL_AUDIODRIVER": "dummy",
    "SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS": "1",  # SDL never has the focus here
    "SDL_NO_SIGNAL_HANDLERS": "1",
}


class Reader:
    """Reads all joysticks of this machine. `pygame` is the module, initialised."""

    def __init__(self, pygame: Any, tell: Any = None) -> None:
        self._pygame = pygame
        self._tell = tell or _print
        self._sticks: dict[int, Any] = {}
        self._told: dict[int, tuple[float, list[float], list[int]]] = {}

    @property
    def is_idle(self) -> bool:
        """Tell whether there is no joystick."""
        return not self._sticks

    def step(self, now: float) -> None:
        """Take what has happened and tell it. Without pumping events every axis would read 0."""
        pygame = self._pygame
        for event in pygame.event.get():
            if event.type == pygame.JOYDEVICEADDED:
                self._add(event.device_index)
            elif event.type == pygame.JOYDEVICEREMOVED:
                self._remove(event.instance_id)
        for instance in list(self._sticks):
            try:
                self._read(instance, now)
            except pygame.error:
                self._remove(instance)

    def _add(self, index: int) -> None:
        stick = self._pygame.joystick.Joystick(index)
        stick.init()
        instance = stick.get_instance_id()
        if instance in self._sticks:
            return
        self._sticks[instance] = stick
        vendor, product = usb_ids(stick.get_guid())
        self._tell(
            ["plugged", instance, vendor, product, stick.get_name(), stick.get_numaxes(), stick.get_numbuttons()]
        )

    def _remove(self, instance: int) -> None:
        self._told.pop(instance, None)
        if self._sticks.pop(instance, None) is not None:
            self._tell(["unplugged", instance])

    def _read(self, instance: int, now: float) -> None:
        stick = self._sticks[instance]
        axes = [round(stick.get_axis(number), 4) for number in range(stick.get_numaxes())]
        buttons = [number for number in range(stick.get_numbuttons()) if stick.get_button(number)]
        at, told_axes, told_buttons = self._told.get(instance, (float("-inf"), [], []))
        is_changed = buttons != told_buttons or len(axes) != len(told_axes)
        is_changed = is_changed or any(abs(a - b) > SMALLEST_CHANGE for a, b in zip(axes, told_axes, strict=True))
        if is_changed or now - at >= BEAT_S:
            self._told[instance] = (now, axes, buttons)
            self._tell(["moved", instance, axes, buttons])


def usb_ids(guid: str) -> tuple[int, int]:
    """Return USB vendor and product of a joystick, 0 where it tells none.

    Source: SDL_joystick.h, SDL_JoystickGUID: little-endian words bus, CRC, vendor, 0, product, 0, version, driver.
    """
    try:
        words = struct.unpack("<8H", bytes.fromhex(guid))
    except (ValueError, struct.error):
        return 0, 0
    return (words[2], words[4]) if words[3] == 0 and words[5] == 0 else (0, 0)


def main() -> int:
    """Read until the input ends."""
    os.environ.update(_ENVIRONMENT)
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    try:
        import pygame

        pygame.display.init()
        pygame.joystick.init()
    except Exception as err:  # no SDL, no pygame: this machine has no joysticks, and the wall goes on
        _print(["failed", f"{type(err).__name__}: {err}"])
        return 1
    _print(["ready"])
    reader = Reader(pygame)
    while not ended.is_set():
        reader.step(time.monotonic())
        ended.wait(IDLE_PERIOD_S if reader.is_idle else PERIOD_S)
    return 0


def _wait_for_end(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    ended.set()


def _print(message: list[Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    sys.exit(main())
