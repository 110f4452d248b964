"""The part `ptz` of the native adapter at the real embedded center, and at centers that answer nonsense."""

import http.server
import json
import threading
import time
import uuid

import pytest

from wallclient.api.native import NativeCenter
from wallclient.api.native_ptz import KEPT_WARM, Lanes
from wallclient.api.ptz import PtzCenter
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.errors import (
    BadPayload,
    CameraHeld,
    CameraOffline,
    CenterError,
    NotAble,
    NotFound,
    NotPermitted,
    ServerFailed,
    SignInNeeded,
)
from wallclient.domain.ptz import (
    Area,
    CruisePoint,
    PresetsChanged,
    PtzAbility,
    PtzChanged,
    Steering,
    Tier,
    Velocity,
)

LIMIT_S = 20.0
CAMERA, FIXED = "c3", "c1"
CAMERA_NUMBER = 3
RIGHT = Velocity(pan=1.0)
HAND, OTHER_HAND = "hand-0001", "hand-0002"
JPEG = b"\xff\xd8\xff\xe0" + bytes(2000)


class NoMedia:
    """Stands in for the media server."""

    def sources(self, _number, _kind):
        return ()


@pytest.fixture(scope="module")
def embedded():
    with EmbeddedCenter(64, media=NoMedia()) as embedded:
        yield embedded


@pytest.fixture
def client(embedded):
    """Return a function that signs somebody in; everybody lets go of all cameras at the end."""
    embedded.revoke_sessions()
    embedded.ptz_delay(0)
    embedded.ptz_swallow(0)
    made = []

    def sign_in(user=None):
        center = NativeCenter(embedded.base_url)
        made.append(center)
        center.log_in(user or embedded.user, embedded.password)
        return center

    globals().update(HAND=uuid.uuid4().hex, OTHER_HAND=uuid.uuid4().hex)  # a center remembers the numbers of a hand
    yield sign_in
    for center in made:
        center.log_out()
        center.close()


def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, "the condition did not come true"
        time.sleep(0.005)


def test_the_adapter_has_the_seam(client):
    center = client()
    assert isinstance(center, PtzCenter)
    assert center.capabilities.ptz


def test_steering_by_numbers(embedded, client):
    center = client()
    status = center.steer(CAMERA, Steering(HAND, 5, RIGHT), 5.0)
    assert status.is_moving
    assert status.holder is not None
    assert status.holder.is_me
    assert status.position is not None
    assert PtzAbility.PAN_TILT in status.abilities
    assert not center.steer(CAMERA, Steering(HAND, 6), 5.0).is_moving
    assert not center.steer(CAMERA, Steering(HAND, 4, RIGHT), 5.0).is_moving, "a late move was obeyed"
    assert center.ptz(CAMERA).holder is not None
    assert center.ptz(FIXED).abilities == frozenset()
    with pytest.raises(NotAble):
        center.steer(FIXED, Steering(HAND, 1, RIGHT), 5.0)
    with pytest.raises(NotFound):
        center.steer("c999999", Steering(HAND, 1, RIGHT), 5.0)


def test_who_may_not_and_who_holds(embedded, client):
    with pytest.raises(NotPermitted) as refused:
        client("yuzhong").steer(CAMERA, Steering(HAND, 1, RIGHT), 5.0)
    assert refused.value.right == "ptz"
    chief, district = client("operator"), client("ptz1")
    district.steer(CAMERA, Steering(HAND, 1, RIGHT), 5.0)
    with pytest.raises(CameraHeld) as held:
        chief.steer(CAMERA, Steering(OTHER_HAND, 1, RIGHT), 5.0)
    assert held.value.can_take_over
    assert held.value.holder is not None
    assert (held.value.holder.tier, held.value.holder.is_me) == (Tier.DISTRICT, False)
    status = chief.reserve(CAMERA, 30, "警情")
    assert status.holder is not None
    assert (status.holder.is_me, status.holder.is_reserved) == (True, True)
    with pytest.raises(CameraHeld) as held:
        district.steer(CAMERA, Steering(HAND, 2, RIGHT), 5.0)
    assert not held.value.can_take_over
    assert not district.steer(CAMERA, Steering(HAND, 3), 5.0).is_moving, "a stop is never refused"
    assert chief.release(CAMERA).holder is None
    embedded.set_online(CAMERA, False)
    try:
        with pytest.raises(CameraOffline):
            chief.steer(CAMERA, Steering(OTHER_HAND, 2, RIGHT), 5.0)
    finally:
        embedded.set_online(CAMERA, True)


def test_events_reach_both_sides(embedded, client):
    chief, district = client("operator"), client("ptz1")
    heard = []
    events = district.events()
    thread = threading.Thread(target=lambda: heard.extend(iter_events(events, heard)))
    thread.start()
    try:
        until(lambda: embedded.listeners() == 1)
        district.reserve(CAMERA, 60)
        chief.reserve(CAMERA, 60, "警情")
        chief.save_preset(CAMERA, 77, "东门")
        until(lambda: PresetsChanged(CAMERA) in heard)
        lost = next(e for e in heard if isinstance(e, PtzChanged) and e.taken_over)
        assert (lost.channel_id, lost.taken_over.reason) == (CAMERA, "警情")
        assert lost.status.holder is not None
        assert not lost.status.holder.is_me
    finally:
        events.close()
        thread.join(LIMIT_S)
        chief.delete_preset(CAMERA, 77)


def iter_events(events, heard):
    for event in events:
        heard.append(event)
    return ()


def test_presets_with_pictures(client):
    center = client()
    before = {preset.number for preset in center.presets(CAMERA)}
    saved = center.save_preset(CAMERA, 200, "东门 / 夜")
    assert (saved.number, saved.name, saved.picture_id) == (200, "东门 / 夜", "")
    pictured = center.save_preset_picture(CAMERA, 200, JPEG)
    assert center.preset_picture(CAMERA, pictured.picture_id) == JPEG
    assert center.save_preset(CAMERA, 200, "西门", keep_position=True).picture_id == pictured.picture_id
    center.recall_preset(CAMERA, 200, 0.5)
    with pytest.raises(NotFound):
        center.recall_preset(CAMERA, 201)
    with pytest.raises(NotFound):
        center.preset_picture(CAMERA, "unknown")
    with pytest.raises(CenterError):
        center.save_preset_picture(CAMERA, 200, b"no picture")
    center.delete_preset(CAMERA, 200)
    assert {preset.number for preset in center.presets(CAMERA)} == before


def test_cruises_aim_and_switches(client):
    center = client()
    for number in (201, 202):
        center.save_preset(CAMERA, number, f"点{number}")
    cruise = center.save_cruise(CAMERA, "", "夜巡", (CruisePoint(201, 2.0, 0.5), CruisePoint(202, 3.0, 1.0)))
    assert cruise in center.cruises(CAMERA)
    changed = center.save_cruise(CAMERA, cruise.id, "晨巡", cruise.points[:1])
    assert (changed.id, changed.name, len(changed.points)) == (cruise.id, "晨巡", 1)
    assert center.run_cruise(CAMERA, cruise.id).cruise_id == cruise.id
    assert center.run_cruise(CAMERA, None).cruise_id is None
    center.delete_cruise(CAMERA, cruise.id)
    assert cruise.id not in {kept.id for kept in center.cruises(CAMERA)}
    center.aim(CAMERA, Area(0.75, 0.5))
    center.aim(CAMERA, Area(0.25, 0.25, 0.5, 0.5))
    center.switch(CAMERA, PtzAbility.WIPER, True)
    for number in (201, 202):
        center.delete_preset(CAMERA, number)


def test_a_slow_answer_holds_up_nobody(embedded, client):
    center = client()
    center.warm_up()
    embedded.ptz_delay(1.0)
    thread = threading.Thread(target=lambda: center.steer(CAMERA, Steering(HAND, 1, RIGHT), 5.0))
    thread.start()
    until(lambda: embedded.ptz_pose(CAMERA_NUMBER)["speed"] > 0)
    before = len(embedded.ptz_log(CAMERA_NUMBER))
    sent = time.monotonic()
    stopper = threading.Thread(target=lambda: center.steer(CAMERA, Steering(HAND, 2), 5.0))
    stopper.start()
    until(lambda: any(e["kind"] == "stop" for e in embedded.ptz_log(CAMERA_NUMBER, before)))
    stop = next(e for e in embedded.ptz_log(CAMERA_NUMBER, before) if e["kind"] == "stop")
    assert stop["at_s"] - sent < 0.5, "the stop waited for the move"
    assert thread.is_alive()
    for waiting in (thread, stopper):
        waiting.join(LIMIT_S)


def test_a_command_gives_up_in_its_time(embedded, client):
    center = client()
    embedded.ptz_swallow(1)
    began = time.monotonic()
    with pytest.raises(ServerFailed):
        center.steer(CAMERA, Steering(HAND, 1, RIGHT), 0.2)
    assert time.monotonic() - began < 2.0
    embedded.ptz_swallow(0)
    assert not center.steer(CAMERA, Steering(HAND, 2), 5.0).is_moving


def test_a_session_that_ended_is_told(embedded, client):
    center = client()
    embedded.lapse_access_tokens()
    assert center.steer(CAMERA, Steering(HAND, 1, RIGHT), 5.0).is_moving, "a lapsed token was not renewed"
    embedded.revoke_sessions()
    with pytest.raises(SignInNeeded):
        center.steer(CAMERA, Steering(HAND, 2), 5.0)


# --- connections ---


class Silly(http.server.BaseHTTPRequestHandler):
    """Answers what it is told to, and counts connections."""

    protocol_version = "HTTP/1.1"
    reply = (200, b"{}")
    connections = 0

    def setup(self):
        super().setup()
        type(self).connections += 1

    def _answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.reply
        if self.path.endswith("/session"):
            status, body = 200, SESSION
        elif self.path.endswith("/health"):
            status, body = 200, b'{"status": "ok", "name": "x", "api_version": "1", "time_utc": ""}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the library's names

    def log_message(self, *_args):
        """Say nothing."""


SESSION = json.dumps(
    {
        "access_token": "a",
        "refresh_token": "r",
        "expires_in_s": 600,
        "refresh_expires_in_s": 6000,
        "operator": {"user": "u", "name": "n", "tier": "galaxy"},
        "capabilities": ["ptz"],
    }
).encode()


@pytest.fixture
def silly():
    handler = type("Handler", (Silly,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    center = NativeCenter(f"http://127.0.0.1:{server.server_port}")
    assert center.log_in("u", "p").tier is Tier.CITY, "a tier of the future counts as the highest"
    yield center, handler
    center.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_press_finds_a_connection_that_is_open(silly):
    center, handler = silly
    center.warm_up()
    center.warm_up()
    opened = handler.connections
    assert opened == 1 + KEPT_WARM
    handler.reply = (200, b'{"is_moving": true}')
    for number in range(1, 20):
        assert center.steer(CAMERA, Steering(HAND, number, RIGHT), 5.0).is_moving
    assert handler.connections == opened


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>", BadPayload),
        (200, b"[]", BadPayload),
        (200, b'{"is_moving": "no"}', BadPayload),
        (200, b'{"holder": {"name": 5}}', BadPayload),
        (204, b"", BadPayload),
        (302, b"", BadPayload),
        (409, b"{}", BadPayload),
        (409, b'{"type": "urn:center-api:problem:camera-held"}', CameraHeld),
        (409, b'{"type": "urn:center-api:problem:camera-held", "holder": 5}', CameraHeld),
        (409, b'{"type": "urn:center-api:problem:not-able"}', NotAble),
        (500, b"", ServerFailed),
        (503, b"<html>", ServerFailed),
    ],
)
def test_nonsense_confirms_nothing(silly, status, body, error):
    center, handler = silly
    handler.reply = (status, body)
    with pytest.raises(error):
        center.steer(CAMERA, Steering(HAND, 1), 5.0)


def test_abilities_and_tiers_of_the_future_do_not_hurt(silly):
    center, handler = silly
    holder = {"name": "n", "tier": "galaxy", "seconds_left": -5}
    handler.reply = (200, json.dumps({"abilities": ["pan_tilt", "teleport"], "holder": holder}).encode())
    status = center.ptz(CAMERA)
    assert status.abilities == {PtzAbility.PAN_TILT}
    assert status.holder is not None
    assert (status.holder.tier, status.holder.seconds_left) == (Tier.CITY, 0.0)


def test_closing_breaks_off_a_command_under_way(embedded, client):
    center = client()
    embedded.ptz_swallow(1)
    failed = threading.Event()

    def steer():
        with pytest.raises(CenterError):
            center.steer(CAMERA, Steering(HAND, 1, RIGHT), 60.0)
        failed.set()

    thread = threading.Thread(target=steer)
    before = len(embedded.ptz_log(CAMERA_NUMBER))
    thread.start()
    until(lambda: len(embedded.ptz_log(CAMERA_NUMBER)) > before)
    center.close()
    assert failed.wait(5.0)
    thread.join()
    embedded.ptz_swallow(0)


class FakeWire:
    """A wire that is only closed."""

    def __init__(self):
        self.is_closed = False

    def close(self):
        """End."""
        self.is_closed = True


def test_lanes_are_never_shared_and_none_is_left_open():
    made = []

    def new():
        made.append(FakeWire())
        return made[-1]

    lanes = Lanes(new)
    barrier = threading.Barrier(10)
    used = []

    def call(wire):
        used.append(wire)
        barrier.wait(LIMIT_S)

    threads = [threading.Thread(target=lanes.call, args=(call,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(wire) for wire in used}) == 10
    assert sum(not wire.is_closed for wire in made) == 6, "more are kept than are needed"
    lanes.close()
    assert all(wire.is_closed for wire in made)
    lanes.call(lambda wire: used.append(wire))
    assert used[-1].is_closed
