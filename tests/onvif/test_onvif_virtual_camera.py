"""A whole virtual camera (ipycam): its picture goes through the program's own hosts, and steering moves it."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import virtual_camera
from site_stand import SiteStand

from wallclient.api.onvif import discovery
from wallclient.domain.errors import NotAble
from wallclient.domain.onvif import NewOnvifCamera, OnvifAddress
from wallclient.domain.ptz import STILL, PtzAbility, Steering, Velocity
from wallclient.domain.stream import StreamKind
from wallclient.player.host_pool import HostPool

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ipycam") is None, reason="ipycam is not installed"),
    pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg, with which ipycam encodes, is not installed"),
]
LIMIT_MS = 40_000
BRIGHTER = 12.0  # of 255: the picture is dark on its left and bright on its right


@pytest.fixture(scope="module")
def port():
    """The port of a running camera."""
    command = [sys.executable, str(Path(virtual_camera.__file__))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        if not line.startswith("port="):
            process.wait(20)
            pytest.skip("ipycam does not start here (OpenCV lacks a library of the system)")
        yield int(line.partition("=")[2])
        process.stdin.close()
        process.wait(30)


@pytest.fixture
def virtual(port, tmp_path):
    stand = SiteStand(tmp_path)
    address = OnvifAddress("127.0.0.1", port)
    info = discovery.look_at(address, virtual_camera.USER, virtual_camera.PASSWORD)
    assert [source.can_move for source in info.sources] == [True]
    site = stand.add(NewOnvifCamera((), "虚拟", address, virtual_camera.USER, virtual_camera.PASSWORD, can_move=True))
    center = stand.center()
    center.log_in("", "")
    yield center, site.cameras[0].id
    center.log_out()
    center.close()
    stand.close()


def _brightness(opening) -> float:
    """Return the mean of the newest picture's blue, 0 to 255; of the last again where there is no newer."""
    picture = opening.picture()
    if picture is None:
        return -1.0
    rows = (
        bytes(picture.pixels[y * picture.stride_bytes :][: picture.width * 4 : 4]) for y in range(0, picture.height, 8)
    )
    values = [value for row in rows for value in row]
    return sum(values) / len(values)


def test_its_picture_is_decoded_by_a_host_and_steering_moves_it(qtbot, virtual):
    center, channel = virtual
    (source,) = center.open_live(channel, StreamKind.MAIN).sources
    pool = HostPool()
    opening = pool.open(source, 160, 120)
    seen: list[float] = []

    def latest() -> float:
        value = _brightness(opening)
        if value >= 0:
            seen.append(value)
        return seen[-1] if seen else -1.0

    try:
        qtbot.waitUntil(lambda: latest() > 0, timeout=LIMIT_MS)
        middle = latest()
        assert middle == pytest.approx(127, abs=12), "half dark, half bright"
        assert PtzAbility.PAN_TILT in center.ptz(channel).abilities
        number = 0

        def steer(velocity: Velocity) -> None:
            nonlocal number
            number += 1
            center.steer(channel, Steering("hand-virtual", number, velocity, 1.0), 5.0)

        def moved() -> bool:
            steer(Velocity(pan=1.0, zoom=1.0))  # renewed as a hand does; what is zoomed in can be panned
            return latest() > middle + BRIGHTER

        qtbot.waitUntil(moved, timeout=LIMIT_MS)
        steer(STILL)
        assert not center.ptz(channel).is_moving
        saved = center.save_preset(channel, 5, "亮处")
        assert saved in center.presets(channel)
        with pytest.raises(NotAble):
            center.picture(channel)  # it takes Basic log-ins only, and those would show the password
    finally:
        pool.close(opening)
        pool.shut_down()
