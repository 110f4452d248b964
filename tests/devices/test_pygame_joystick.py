"""The process that reads joysticks, with the real SDL and a joystick SDL makes up; and readers that fail."""

import queue
import sys
import textwrap

import pytest

from wallclient.devices import pygame_joystick
from wallclient.devices.joystick_reader import usb_ids
from wallclient.devices.joystick_source import Moved, Plugged, Unavailable, Unplugged
from wallclient.devices.pygame_joystick import PygameJoysticks

LIMIT_S = 30.0

# SDL can make up a joystick (SDL_joystick.h, SDL_JoystickAttachVirtual); this reader moves one.
VIRTUAL = """
import ctypes, glob, os, sys, time
from wallclient.devices import joystick_reader
os.environ.update(joystick_reader._ENVIRONMENT)
import pygame
(library,) = glob.glob(os.path.join(os.path.dirname(pygame.__file__), "..", "pygame_ce.libs", "libSDL2-2*"))
sdl = ctypes.CDLL(library)
sdl.SDL_JoystickOpen.restype = ctypes.c_void_p
pygame.display.init()
pygame.joystick.init()
index = sdl.SDL_JoystickAttachVirtual(1, 3, 8, 0)
stick = ctypes.c_void_p(sdl.SDL_JoystickOpen(index))
reader = joystick_reader.Reader(pygame)
joystick_reader._print(["ready"])
def read_for(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        reader.step(time.monotonic())
        time.sleep(0.005)
read_for(0.5)
sdl.SDL_JoystickSetVirtualAxis(stick, 0, ctypes.c_int16(32767))
sdl.SDL_JoystickSetVirtualButton(stick, 2, ctypes.c_uint8(1))
read_for(0.5)
sdl.SDL_JoystickSetVirtualAxis(stick, 0, ctypes.c_int16(0))
sdl.SDL_JoystickSetVirtualButton(stick, 2, ctypes.c_uint8(0))
read_for(0.3)
sdl.SDL_JoystickDetachVirtual(index)
read_for(60)
"""


class Ear:
    """Hears what a source tells."""

    def __init__(self, source):
        self._events = queue.SimpleQueue()
        self.heard = []
        source.start(self._events.put)

    def wait_for(self, is_it):
        while True:
            event = self._events.get(timeout=LIMIT_S)
            self.heard.append(event)
            if is_it(event):
                return event


@pytest.fixture
def source_of():
    made = []

    def make(script=None):
        command = (sys.executable, "-c", textwrap.dedent(script)) if script else pygame_joystick._COMMAND
        made.append(PygameJoysticks(command))
        return made[-1]

    yield make
    for source in made:
        source.close()
        assert source._process is None or source._process.poll() is not None, "a process was left behind"


def test_a_joystick_is_read_by_the_real_library(source_of):
    ear = Ear(source_of(VIRTUAL))
    plugged = ear.wait_for(lambda e: isinstance(e, Plugged))
    assert (plugged.device.axes, plugged.device.buttons) == (3, 8)
    instance = plugged.device.instance
    middle = ear.wait_for(lambda e: isinstance(e, Moved))
    assert (middle.instance, middle.reading.axes, middle.reading.buttons) == (instance, (0.0, 0.0, 0.0), frozenset())
    ear.wait_for(lambda e: isinstance(e, Moved) and e.reading.axes[0] > 0.99 and e.reading.buttons == {2})
    ear.wait_for(lambda e: isinstance(e, Moved) and e.reading.axes[0] == 0.0 and not e.reading.buttons)
    assert len([e for e in ear.heard if isinstance(e, Moved)]) >= 4, "a stick that stands still is told again"
    assert ear.wait_for(lambda e: isinstance(e, Unplugged)).instance == instance


def test_a_machine_without_joysticks_is_no_trouble(source_of):
    source = source_of()
    ear = Ear(source)
    with pytest.raises(queue.Empty):
        ear._events.get(timeout=1.5)
    assert source._process.poll() is None
    assert source._was_ready
    source.close()
    assert source._process.poll() is not None


PLUGGED = '["plugged", 7, 1133, 49685, "stick", 3, 8]'


@pytest.mark.parametrize(
    "end",
    [
        "import os; os.abort()",
        'print(\'["moved", 7, "garbage"]\', flush=True); import time; time.sleep(60)',
        "print('{', flush=True); import time; time.sleep(60)",
        "import time; time.sleep(60)",
        "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)",
    ],
    ids=["crash", "garbage", "no JSON", "silence", "hang"],
)
def test_a_reader_that_fails_lets_go_of_its_joysticks(source_of, end, capfd):
    ear = Ear(source_of(f"print('[\"ready\"]'); print('{PLUGGED}', flush=True); {end}"))
    ear.wait_for(lambda e: isinstance(e, Plugged))
    assert ear.wait_for(lambda e: isinstance(e, Unplugged)).instance == 7
    capfd.readouterr()


def test_a_reader_that_never_works_is_given_up(source_of, monkeypatch):
    monkeypatch.setattr(pygame_joystick, "retry_delay_s", lambda _attempt: 0.01)
    ear = Ear(source_of('print(\'["failed", "no SDL"]\', flush=True)'))
    assert ear.wait_for(lambda e: isinstance(e, Unavailable)).reason == "no SDL"


def test_usb_ids_come_from_the_guid():
    assert usb_ids("030000006d04000015c2000011010000") == (0x046D, 0xC215)
    assert usb_ids("ff0000005669727475616c2044657669") == (0, 0)
    assert usb_ids("no guid") == (0, 0)
