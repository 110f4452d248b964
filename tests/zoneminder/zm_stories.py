"""What holds of a ZoneMinder, real or not: the same tests hold the double to the real one.

Each takes a `place`; tests/zoneminder/conftest.py and tests/integration/zoneminder/conftest.py put one up each.
"""

import itertools
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from wallclient.api.center import Center
from wallclient.api.forced_alarms import ForcedAlarmCenter
from wallclient.api.pictures import PictureCenter
from wallclient.api.ptz import PtzCenter
from wallclient.api.recordings import RecordingCenter
from wallclient.api.zoneminder.center import ZoneMinderCenter
from wallclient.domain.catalog import StatusChange
from wallclient.domain.errors import CameraOffline, NotAble, NotFound, NotPermitted, SignInNeeded
from wallclient.domain.event import Alarm, AlarmKind, LineState
from wallclient.domain.node import CameraKind
from wallclient.domain.ptz import PtzAbility, Steering, Velocity
from wallclient.domain.recording import FootageProtocol
from wallclient.domain.stream import Protocol, StreamKind

LIMIT_S = 60.0
REACH_MS = 600_000


@dataclass
class Place:
    """One ZoneMinder, and what tests do to it besides asking."""

    base_url: str
    user: str
    password: str
    viewer: str
    viewer_password: str
    heard: Callable[[], list[str]]  # what reached cameras: "move", "step", "zoom", "stop", "recall 7", "store 7"
    revoke: Callable[[], None]  # no token handed out so far holds any more

    def client(self, user: str = "", password: str = "") -> ZoneMinderCenter:
        """Return a center, signed in as administrator or as somebody else."""
        center = ZoneMinderCenter(self.base_url)
        center.log_in(user or self.user, password or self.password)
        return center


def until(condition: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    limit = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def now_ms() -> int:
    return round(time.time() * 1000)


def steer(center, channel, number, velocity=None, dead_man_s=60.0, hand="hand-0001"):
    return center.steer(channel, Steering(hand, number, velocity or Velocity(), dead_man_s), 5.0)


@pytest.fixture
def center(place: Place) -> Iterator[ZoneMinderCenter]:
    center = place.client()
    yield center
    center.log_out()
    center.close()


def test_it_is_what_it_says(place, center):
    for kind in (Center, PtzCenter, RecordingCenter, PictureCenter, ForcedAlarmCenter):
        assert isinstance(center, kind)
    assert center.health().name == "ZoneMinder"
    assert center.health().version == "1.36.33"
    assert abs((center.health().time_utc - datetime.now(UTC)).total_seconds()) < 5
    can = center.capabilities
    assert can.recordings
    assert can.alarms
    assert can.forced_alarms
    assert not can.cruises


def test_a_wrong_password_or_user_is_refused(place):
    center = ZoneMinderCenter(place.base_url)
    for user, password in ((place.user, "wrong"), ("nobody", place.password)):
        with pytest.raises(SignInNeeded) as refused:
            center.log_in(user, password)
        assert password not in str(refused.value)
        assert center.refresh_token is None
    with pytest.raises(SignInNeeded):
        center.children(None)
    center.close()


def test_the_page_is_found_without_its_path_and_a_session_goes_on(place, center):
    other = ZoneMinderCenter(place.base_url.removesuffix("/zm"))
    assert other.resume(center.refresh_token).user == place.user
    assert other.channel("m1").name == "北门球机"
    other.close()
    with pytest.raises(SignInNeeded):
        ZoneMinderCenter(place.base_url).resume("no secret of ours")


def test_groups_are_the_tree(center):
    roots = center.children(None).nodes
    assert [(node.id, node.name) for node in roots] == [("g1", "城区"), ("unfiled", "未分组")]
    assert (roots[0].channels_total, roots[1].channels_total) == (3, 2)
    below = center.children("g1").nodes
    assert {node.id: node.name for node in below} == {"g2": "北门", "g3": "南门"}
    (leaf,) = center.children("g2").nodes
    assert (leaf.id, leaf.parent_id, leaf.channel.camera_kind) == ("m1", "g2", CameraKind.PTZ)
    assert {one.id for one in center.channels_below("g1").channels} == {"m1", "m2", "m4"}
    assert [one.id for one in center.channels_below("unfiled").channels] == ["m3", "m5"]
    assert center.node("g3").channels_total == 2
    assert not center.channel("m4").online
    for missing in ("m99", "g99", "x", "m", "m1/2", ""):
        with pytest.raises(NotFound):
            center.node(missing)


def test_the_catalog_is_the_same_tree(center):
    (page,) = center.snapshot()
    rows = {row.id: row.parent_id for row in page.nodes}
    assert rows == {"g1": None, "g2": "g1", "g3": "g1", "unfiled": None, "m1": "g2", "m2": "g3", "m4": "g3",
                    "m3": "unfiled", "m5": "unfiled"}  # fmt: skip
    batch = center.changes(page.sequence)
    assert all(isinstance(change, StatusChange) for change in batch.changes)


def test_somebody_with_few_rights_sees_little_and_is_told_why(place):
    center = place.client(place.viewer, place.viewer_password)
    assert [node.id for node in center.children(None).nodes] == ["m2"]
    with pytest.raises(NotFound):
        center.channel("m1")
    with pytest.raises(NotPermitted) as refused:
        steer(center, "m2", 1, Velocity(pan=1.0))
    assert refused.value.right == "ptz"
    assert [preset.number for preset in center.presets("m2")] == list(range(1, 13))  # labels are not shown to him
    assert center.segments(["m1", "m2"], now_ms() - REACH_MS, now_ms()).keys() == {"m2"}
    center.close()


def test_live_addresses_are_those_of_the_camera_and_of_zoneminder(center):
    lease = center.open_live("m1", StreamKind.SUB)
    camera, jpegs = lease.sources
    assert (camera.protocol, jpegs.protocol) == (Protocol.RTSP, Protocol.MJPEG)
    assert camera.credentials.user == "viewer"
    assert "@" not in camera.url
    assert camera.credentials.password not in repr(lease)
    assert "token" not in repr(lease)
    assert (jpegs.width, jpegs.height) == (640, 360)
    assert center.renew_live(lease.id).sources[0] == camera
    center.close_live(lease.id)
    with pytest.raises(NotFound):
        center.renew_live(lease.id)


def test_only_addresses_of_streams_are_offered(center):
    assert [one.protocol for one in center.open_live("m3", StreamKind.MAIN).sources] == [Protocol.MJPEG]
    assert [one.protocol for one in center.open_live("m4", StreamKind.MAIN).sources] == [Protocol.RTSP]
    with pytest.raises(CameraOffline):  # file:///etc/passwd
        center.open_live("m5", StreamKind.MAIN)


def test_a_picture_or_none(center):
    assert center.picture("m1").startswith(b"\xff\xd8")
    with pytest.raises(CameraOffline):
        center.picture("m4")
    with pytest.raises(NotFound):
        center.picture("m99")


def test_events_are_footage(place, center):
    until(lambda: len(center.segments(["m1"], now_ms() - REACH_MS, now_ms())["m1"]) >= 3)
    end = now_ms()
    segments = center.segments(["m1", "m99"], end - REACH_MS, end)["m1"]
    assert all(one.end_ms <= two.start_ms for one, two in itertools.pairwise(segments))
    assert end - segments[-1].end_ms < 3000  # the event that goes on
    days = center.recorded_days(["m1"], datetime.now(UTC).year, datetime.now(UTC).month, "UTC")
    assert datetime.fromtimestamp(segments[-1].start_ms / 1000, UTC).date() in days["m1"]
    chosen = segments[-3]
    middle = (chosen.start_ms + chosen.end_ms) // 2
    playback = center.open_playback("m1", middle - 1000, middle + 1000)
    source = next(one for one in playback.sources if one.start_ms <= middle < one.end_ms)
    assert (source.protocol, source.start_ms) == (FootageProtocol.MP4, chosen.start_ms)
    request = urllib.request.Request(source.url, headers={"Range": "bytes=100-199"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        assert reply.status == 206
        assert len(reply.read()) == 100
    assert "token" not in repr(playback)
    assert center.renew_playback(playback.id).sources[0].start_ms == playback.sources[0].start_ms
    center.close_playback(playback.id)
    with pytest.raises(NotFound):
        center.renew_playback(playback.id)
    with pytest.raises(NotFound):
        center.open_playback("m1", 1000, 2000)
    with pytest.raises(NotFound):
        center.open_export("m99", end - 1000, end)


def test_a_press_moves_and_a_release_stops(place, center):
    assert PtzAbility.PAN_TILT in center.ptz("m1").abilities
    assert center.ptz("m3").abilities == frozenset()
    with pytest.raises(NotAble):  # ZoneMinder would hang
        steer(center, "m3", 1, Velocity(pan=1.0))
    place.heard()
    assert steer(center, "m1", 1, Velocity(pan=0.5, tilt=-0.2)).is_moving
    assert not steer(center, "m1", 2).is_moving
    heard: list[str] = []
    until(lambda: heard.extend(place.heard()) or heard.count("stop") >= 3)  # said again twice, for certainty
    assert heard[0] == "move"
    assert set(heard[1:]) == {"stop"}


def test_a_camera_nobody_renews_is_stopped(place, center):
    center.ptz("m1")
    place.heard()
    steer(center, "m1", 1, Velocity(zoom=1.0), dead_man_s=0.3)
    heard: list[str] = []
    until(lambda: heard.extend(place.heard()) or "stop" in heard)
    until(lambda: not center.ptz("m1").is_moving)
    assert heard[0] == "zoom"


def test_a_camera_that_goes_in_steps_takes_no_more_of_them_than_it_can(place, center):
    place.heard()
    for number in range(1, 5):
        assert steer(center, "m2", number, Velocity(pan=1.0)).is_moving
    assert not steer(center, "m2", 5).is_moving
    heard: list[str] = []
    until(lambda: heard.extend(place.heard()) or heard)
    assert heard == ["step"]


def test_presets_have_labels(place, center):
    assert center.save_preset("m1", 7, "北门 (东)").name == "北门 (东)"
    assert (7, "北门 (东)") in [(one.number, one.name) for one in center.presets("m1")]
    center.recall_preset("m1", 7)
    heard: list[str] = []
    until(lambda: heard.extend(place.heard()) or "recall 7" in heard)
    assert "store 7" in heard
    with pytest.raises(NotAble):
        center.save_preset("m1", 7, "other", keep_position=True)
    center.delete_preset("m1", 7)
    assert 7 not in [one.number for one in center.presets("m1")]
    with pytest.raises(NotFound):
        center.recall_preset("m1", 13)


def test_a_forced_alarm_is_told_until_it_is_taken_back(place, center):
    events = center.events()
    told = iter(events)
    assert next(told) == LineState(True)
    center.force_alarm("m2", True)
    alarm = next(event for event in told if isinstance(event, Alarm) and event.active and event.channel_id == "m2")
    assert alarm.kind is AlarmKind.MANUAL
    assert abs(alarm.at_ms - now_ms()) < 30_000
    center.force_alarm("m2", False)
    over = next(event for event in told if isinstance(event, Alarm) and event.id == alarm.id)
    assert not over.active
    events.close()
    assert list(told) == []
    with pytest.raises(CameraOffline):
        center.force_alarm("m4", True)


def test_a_token_that_was_revoked_in_the_middle_swallows_nothing(place, center):
    steer(center, "m1", 1, Velocity(pan=1.0))
    place.revoke()
    place.heard()
    assert not steer(center, "m1", 2).is_moving  # refused in the words of a missing right, by this call
    heard: list[str] = []
    until(lambda: heard.extend(place.heard()) or "stop" in heard)
    place.revoke()
    assert center.channel("m1").id == "m1"
    place.revoke()
    assert center.picture("m1")
    place.revoke()
    center.presets("m1")
