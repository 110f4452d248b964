"""A joystick that is none steers a camera at a fake center: what it loses, it has stopped."""

import asyncio
import gc

import pytest
import qasync

from tests.services.ptz_fakes import FakeCenters, FakePtzCenter, until
from wallclient.devices.joystick_source import Moved, Plugged, Unavailable, Unplugged
from wallclient.domain.errors import CameraHeld
from wallclient.domain.joystick import AxisUse, ButtonAction, Drive, JoystickDevice, JoystickProfile, JoystickReading
from wallclient.services import joystick
from wallclient.services.joystick import Joysticks
from wallclient.services.steering import Helm
from wallclient.storage.ptz import joysticks_file

CAMERA, OTHER_CAMERA = "k/c3", "k/c7"
STICK = JoystickDevice(1, 0x046D, 0xC215, "Extreme 3D", 3, 12)
SECOND = JoystickDevice(2, 0x1234, 0x0001, "Pult", 3, 4)
MIDDLE = JoystickReading((0.0, 0.0, 0.0))
RIGHT = JoystickReading((1.0, 0.0, 0.0))


class HandSource:
    """A source driven by hand."""

    def __init__(self):
        self.tell = None
        self.is_closed = False

    def start(self, tell):
        self.tell = tell

    def close(self):
        self.is_closed = True


@pytest.fixture
def run(qapp):
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 60))
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def desk(qapp, tmp_path):
    """Return a helm with a joystick plugged in and a camera to steer."""

    class Desk:
        def __init__(self):
            self.center = FakePtzCenter()
            self.centers = FakeCenters(self.center)
            self.helm = Helm(self.centers)
            self.source = HandSource()
            self.joysticks = Joysticks(self.helm, lambda: self.source, joysticks_file(tmp_path))
            self.buttons = []
            self.joysticks.pressed.connect(self.buttons.append)
            self.joysticks.start()
            self.source.tell(Plugged(STICK))
            self.say(MIDDLE)
            self.joysticks.set_target(CAMERA)

        def say(self, reading, device=STICK):
            self.source.tell(Moved(device.instance, reading))

        def still(self, channel="c3"):
            velocity = self.center.velocity.get(channel)
            return velocity is not None and velocity.is_still

        async def moving(self):
            await until(lambda: self.center.velocity.get("c3") is not None and not self.still())

        async def close(self):
            await self.joysticks.close()
            await self.helm.close()
            self.centers.close()

    return Desk()


def test_a_stick_steers_and_its_middle_stops(run, desk):
    async def shift():
        desk.say(RIGHT)
        await desk.moving()
        assert desk.center.velocity["c3"].pan == 1.0
        desk.say(MIDDLE)
        await until(desk.still)
        desk.say(JoystickReading((0.0, 0.0, 0.0), frozenset({2})))
        await until(lambda: desk.buttons)
        assert [(use.action, use.number) for use in desk.buttons] == [(ButtonAction.PRESET, 3)]
        await desk.close()
        assert desk.source.is_closed

    run(shift())


def test_a_stick_that_is_unplugged_stops_at_once_and_must_be_let_go_of(run, desk):
    async def shift():
        desk.joysticks._silence.setInterval(600_000)  # it is not this that stops
        desk.say(RIGHT)
        await desk.moving()
        desk.source.tell(Unplugged(STICK.instance))
        await until(desk.still)
        assert desk.joysticks.devices == []
        sent = len(desk.center.obeyed)
        desk.source.tell(Plugged(STICK))
        desk.say(JoystickReading((1.0, 0.0, 0.0), frozenset({1})))
        await until(lambda: desk.joysticks.devices)
        await asyncio.sleep(0.05)
        assert len(desk.center.obeyed) == sent, "a stick that was plugged in pushed over moved the camera"
        assert desk.buttons == []
        desk.say(MIDDLE)
        desk.say(RIGHT)
        await desk.moving()
        await desk.close()
        assert desk.still()

    run(shift())


def test_another_camera_stops_the_former_and_is_not_moved_by_a_held_stick(run, desk):
    async def shift():
        desk.say(RIGHT)
        await desk.moving()
        desk.joysticks.set_target(OTHER_CAMERA)
        await until(desk.still)
        desk.say(RIGHT)
        desk.say(JoystickReading((0.9, -1.0, 0.0)))  # tilt was in its middle: it may
        await until(lambda: "c7" in desk.center.velocity)
        assert desk.center.velocity["c7"].pan == 0.0
        assert desk.center.velocity["c7"].tilt == 1.0
        desk.say(MIDDLE)
        desk.say(RIGHT)
        await until(lambda: desk.center.velocity["c7"].pan == 1.0)
        desk.joysticks.set_target(None)
        await until(lambda: desk.still("c7"))
        await desk.close()

    run(shift())


def test_a_silent_source_stops(run, desk, monkeypatch):
    async def shift():
        desk.joysticks._silence.setInterval(150)
        desk.say(RIGHT)
        await desk.moving()
        for _ in range(10):  # told again, though it stands still
            desk.say(RIGHT)
            await asyncio.sleep(0.03)
        assert not desk.still()
        await until(desk.still)
        await desk.close()

    assert joystick.SILENCE_MS == 1000
    run(shift())


def test_of_two_sticks_the_one_that_began_goes_on(run, desk):
    async def shift():
        desk.source.tell(Plugged(SECOND))
        desk.say(MIDDLE, SECOND)
        desk.say(RIGHT)
        await desk.moving()
        desk.say(JoystickReading((0.0, 1.0, 0.0)), SECOND)
        desk.say(MIDDLE, SECOND)
        await asyncio.sleep(0.05)
        assert desk.center.velocity["c3"].pan == 1.0
        desk.say(MIDDLE)
        await until(desk.still)
        await desk.close()

    run(shift())


def test_a_refused_camera_is_tried_again_only_after_the_middle(run, desk):
    async def shift():
        refused = []
        desk.helm.refused.connect(lambda *told: refused.append(told))
        desk.center.refusal = CameraHeld("")
        desk.say(RIGHT)
        await until(lambda: refused)
        desk.center.refusal = None
        desk.say(JoystickReading((0.8, 0.0, 0.0)))
        await asyncio.sleep(0.15)
        assert all(command.velocity.is_still for command in desk.center.obeyed)
        desk.say(MIDDLE)
        desk.say(RIGHT)
        await desk.moving()
        assert len(refused) == 1
        await desk.close()

    run(shift())


def test_profiles_are_kept_by_the_kind_of_joystick(run, desk, tmp_path):
    async def shift():
        profile = JoystickProfile((AxisUse(0, Drive.ZOOM, is_inverted=True, curve=1.0),))
        desk.joysticks.set_profile(STICK, profile)
        desk.say(MIDDLE)
        desk.say(RIGHT)
        await desk.moving()
        assert desk.center.velocity["c3"].zoom == -1.0
        again = Joysticks(desk.helm, HandSource, joysticks_file(tmp_path))
        assert again.profile(STICK) == profile
        assert again.profile(SECOND) != profile
        again.set_profile(STICK, None)
        assert Joysticks(desk.helm, HandSource, joysticks_file(tmp_path)).profile(STICK) != profile
        desk.source.tell(Unavailable("no SDL"))
        await desk.close()

    run(shift())
