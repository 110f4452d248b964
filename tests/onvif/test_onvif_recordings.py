"""Recordings of cameras (Profile G): what there is and what is missing, and pictures of the very moment asked for."""

import struct
from datetime import UTC, date, datetime, timedelta

import av
import numpy
import pytest
from onvif_double import OnvifDouble, Recording, Stream
from replay_server import STEP_MS, ReplayServer
from site_stand import camera_of, ids_of

from wallclient.api.onvif.replay import _packet_ms
from wallclient.api.recordings import RecordingCenter
from wallclient.domain.errors import BadAddress, CameraOffline, NotAble, NotFound, Refused
from wallclient.domain.recording import FootageProtocol
from wallclient.player.review_messages import STREAMED, File
from wallclient.player.review_rtsp import RtspFootage

DAY = round(datetime(2026, 3, 5, tzinfo=UTC).timestamp() * 1000)
HOUR = 3_600_000


@pytest.fixture
def recorded(camera):
    camera.recordings = [
        Recording(
            "R1", [(DAY + HOUR, DAY + 2 * HOUR), (DAY + 3 * HOUR, DAY + 5 * HOUR), (DAY + 20 * HOUR, DAY + 30 * HOUR)]
        )
    ]
    return camera


def test_segments_are_what_lies_between_the_gaps(center, channel, recorded):
    assert isinstance(center, RecordingCenter)
    told = center.segments([channel], DAY, DAY + 4 * HOUR)[channel]
    assert [(one.start_ms - DAY, one.end_ms - DAY) for one in told] == [(HOUR, 2 * HOUR), (3 * HOUR, 5 * HOUR)]
    assert center.segments([channel], DAY + 2 * HOUR, DAY + 3 * HOUR)[channel] == ()
    late = center.segments([channel], DAY + 21 * HOUR, DAY + 26 * HOUR)[channel]
    assert [(one.start_ms - DAY, one.end_ms - DAY) for one in late] == [(20 * HOUR, 24 * HOUR), (24 * HOUR, 30 * HOUR)]
    days = center.recorded_days([channel], 2026, 3, "Asia/Shanghai")[channel]
    assert days == {date(2026, 3, 5), date(2026, 3, 6)}
    assert center.recorded_days([channel], 2026, 12, "Asia/Shanghai")[channel] == set()
    assert recorded.operations().count("EndSearch") >= 2, "searches are given back"


def test_a_camera_that_can_not_tell_of_gaps_tells_its_whole(center, channel, recorded):
    recorded.tells_gaps = False
    told = center.segments([channel], DAY, DAY + 25 * HOUR)[channel]
    assert [(one.start_ms - DAY, one.end_ms - DAY) for one in told] == [(HOUR, 24 * HOUR), (24 * HOUR, 30 * HOUR)]


def test_moments_are_ours_where_the_clock_of_the_camera_differs(center, channel, recorded):
    recorded.clock_ahead = timedelta(hours=2, minutes=15)
    told = center.segments([channel], DAY - 2 * HOUR, DAY + 2 * HOUR)[channel]
    assert [round((one.start_ms - DAY) / HOUR, 2) for one in told] == [-1.25, 0.75]


def test_two_pictures_of_one_device_have_their_own_recordings(stand, recorded):
    recorded.streams.append(Stream("second", source="VS2"))
    recorded.recordings.append(Recording("R2", [(DAY, DAY + HOUR)], source="VS2"))
    stand.add(camera_of(recorded, "一", source="VS1"), camera_of(recorded, "二", source="VS2"))
    center = stand.center()
    center.log_in("", "")
    ids = ids_of(center)
    told = center.segments(list(ids.values()), DAY, DAY + 24 * HOUR)
    assert [len(told[ids[name]]) for name in ("一", "二")] == [3, 1]
    center.close()


def test_a_camera_without_recordings_or_away_says_so_and_holds_up_no_other(stand, center, channel, recorded):
    with OnvifDouble() as other:
        other.services -= {"search", "replay"}
        stand.add(camera_of(other, "无录像"))
        ids = ids_of(center)
        with pytest.raises(NotAble):
            center.segments([ids["无录像"]], DAY, DAY + HOUR)
        assert set(center.segments(list(ids.values()), DAY, DAY + 2 * HOUR)) == {channel}
    center.log_out()  # what was told is believed for some seconds
    center.log_in("", "")
    with recorded.misbehaving("503"), pytest.raises(CameraOffline):
        center.segments([channel], DAY, DAY + HOUR)


def test_what_can_not_be_played_is_refused(center, channel, recorded):
    for bad, kind in (
        ("file:///etc/passwd", BadAddress),
        ("http://10.0.0.1/x", NotAble),
        ("rtsp://h/a :sout=x", BadAddress),
    ):
        recorded.replay_uri = bad
        with pytest.raises(kind):
            center.open_playback(channel, DAY + HOUR, DAY + 2 * HOUR)
    with pytest.raises(NotFound):
        center.open_playback(channel, DAY + 2 * HOUR, DAY + 3 * HOUR)
    with pytest.raises(NotAble):
        center.open_export(channel, DAY, DAY + HOUR)
    with pytest.raises(Refused):
        center.open_playback(channel, DAY, DAY + 25 * HOUR)


@pytest.fixture
def replay(camera):
    """The double with 20 s of footage that can be replayed, by a clock that is half an hour ahead."""
    camera.clock_ahead = timedelta(minutes=30)
    with ReplayServer(DAY, camera.user, camera.password) as server:
        camera.recordings = [Recording("R1", [(DAY, DAY + 200 * STEP_MS)])]
        camera.replay_uri = server.uri.replace("127.0.0.1", "192.168.1.64")
        yield server


def _open(center, channel):
    playback = center.open_playback(channel, DAY - HOUR, DAY + HOUR)
    (source,) = playback.sources
    assert source.protocol is FootageProtocol.RTSP
    assert source.credentials is None, "the door logs in itself"
    assert playback.clock_offset_ms == pytest.approx(30 * 60_000, abs=2000)
    file = File("k", source.start_ms * 1000, source.end_ms * 1000, STREAMED, source.url)
    return playback, RtspFootage(file)


def _number(footage: RtspFootage, picture) -> int:
    """Return which picture it is, by its brightness."""
    decoder = av.CodecContext.create("h264", "r")
    (frame,) = [*decoder.decode(picture.packet), *decoder.decode(None)]
    return round(float(numpy.mean(frame.to_ndarray()[:48]))) - 16


def test_pictures_are_of_the_moment_asked_for_by_the_door(center, channel, replay):
    playback, footage = _open(center, channel)
    try:
        for asked in (125, 37, 180, 0):
            start_us = footage.file.start_us
            key = footage.seek(start_us + asked * STEP_MS * 1000 + 50_000)
            assert key is not None
            assert key.is_key
            number = _number(footage, key)
            assert number == asked // 10 * 10
            assert footage.moment_us(key) - start_us == pytest.approx(number * STEP_MS * 1000, abs=2000)
    finally:
        footage.close()
    plays = [head for head in replay.asked if head.startswith("PLAY")]
    assert all("Require: onvif-replay" in head and "clock=20260305T0000" in head for head in plays)
    assert not any("Authorization: Basic" in head or "127.0.0.1" not in head for head in replay.asked)
    center.close_playback(playback.id)
    with pytest.raises(av.error.FFmpegError):
        RtspFootage(footage.file)  # the address has lapsed with the session


def test_a_camera_that_plays_something_else_than_it_says_is_found_out(center, channel, replay):
    replay.lies = True
    _, footage = _open(center, channel)
    try:
        key = footage.seek(footage.file.start_us + 12_550_000)
        assert key is not None
        assert footage.moment_us(key) == pytest.approx(footage.file.start_us, abs=2000), "it says it plays 12.5 s"
        assert _number(footage, key) == 0
    finally:
        footage.close()


def test_pictures_nobody_vouches_for_are_not_shown(center, channel, replay):
    replay.is_terse = True
    with pytest.raises(av.error.FFmpegError):
        _open(center, channel)


@pytest.mark.parametrize(
    ("packet", "value"),
    [
        (struct.pack(">BBHIIHHIII", 0x90, 96, 1, 0, 7, 0xABAC, 3, 2_208_988_800 + 5, 2**31, 0), 5500),
        (struct.pack(">BBHIIIHHIII", 0x91, 96, 1, 0, 7, 9, 0xABAC, 3, 2_208_988_801, 0, 0), 1000),
        (struct.pack(">BBHIIHHIII", 0x90, 96, 1, 0, 7, 0xBEDE, 3, 9, 9, 9), None),
        (struct.pack(">BBHII", 0x80, 96, 1, 0, 7), None),
        (struct.pack(">BBHIIHH", 0x90, 96, 1, 0, 7, 0xABAC, 3), None),
        (b"", None),
    ],
)
def test_the_time_in_a_packet(packet, value):
    assert _packet_ms(packet) == value
