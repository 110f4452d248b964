"""Retiming, the source ladder, sizes and reasons: the player's small decisions."""

import itertools

import av.error
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.domain.pane import PaneReason
from wallclient.domain.stream import Codec, Protocol, Source
from wallclient.player import bridge, ladder
from wallclient.player.fitting import fit
from wallclient.player.host_player import HostPlayer, visible_size
from wallclient.player.retime import Retimer
from wallclient.player.vlc_tracks import VideoTrack


def outs(stamps, arrivals):
    retimer = Retimer()
    return [stamp + retimer.retime(stamp, arrival) for stamp, arrival in zip(stamps, arrivals, strict=True)]


def test_the_age_of_a_burst_is_taken_out():
    # 20 pictures of 40 ms at once, then real time
    stamps = [i * 0.04 for i in range(60)]
    arrivals = [0.0] * 20 + [0.04 * i for i in range(1, 41)]
    out = outs(stamps, arrivals)
    assert out[19] < 0.1, "a burst of 0.8 s takes no 0.8 s to play"
    assert out[59] - arrivals[59] < 0.1, "and the pane does not lag behind for ever"
    assert all(b > a for a, b in itertools.pairwise(out))


def test_a_regular_stream_keeps_its_stamps():
    stamps = [5.0 + i * 0.04 for i in range(100)]
    arrivals = [77.0 + i * 0.04 for i in range(100)]
    assert outs(stamps, arrivals) == pytest.approx(stamps)


def test_a_network_that_stalls_and_catches_up_keeps_its_stamps():
    stamps = [i * 0.04 for i in range(100)]
    arrivals = [min(i, 40) * 0.04 if i < 60 else i * 0.04 for i in range(100)]
    arrivals[40:60] = [60 * 0.04] * 20  # 0.8 s late, all at once
    assert outs(stamps, arrivals) == pytest.approx(stamps)


@given(st.lists(st.tuples(st.floats(0.002, 2.0), st.floats(0.0, 2.0)), min_size=1, max_size=50))
def test_order_is_kept_whatever_arrives_when(steps):
    stamps = list(itertools.accumulate(step for step, _ in steps))
    arrivals = list(itertools.accumulate(gap for _, gap in steps))
    out = outs(stamps, arrivals)
    assert all(b > a for a, b in itertools.pairwise(out))
    assert all(o <= s + 1e-9 for o, s in zip(out, stamps, strict=True))


def source(protocol, codec=Codec.H264):
    return Source(protocol, f"{protocol}://x", codec)


def test_the_ladder_begins_with_rtsp_and_leaves_out_what_cannot_play():
    offered = [source(p, Codec.H265) for p in (Protocol.HLS, Protocol.HTTP_FLV, Protocol.RTSP, Protocol.HTTP_TS)]
    assert [s.protocol for s in ladder.rungs(offered)] == [Protocol.RTSP, Protocol.HTTP_TS, Protocol.HLS]
    assert ladder.rungs([source(Protocol.HTTP_FLV)]) != []
    assert ladder.rungs([]) == []


def test_the_bridge_is_taken_just_where_libvlc_has_no_rtsp(monkeypatch):
    monkeypatch.setattr(ladder, "has_live555", lambda: False)
    assert ladder.needs_bridge(source(Protocol.RTSP))
    assert not ladder.needs_bridge(source(Protocol.HTTP_TS))
    monkeypatch.setattr(ladder, "has_live555", lambda: True)
    assert not ladder.needs_bridge(source(Protocol.RTSP))


@pytest.mark.parametrize(
    ("padded", "hints", "visible"),
    [
        ((640, 386), [(640, 360)], (640, 360)),
        ((640, 386), [], (640, 360)),
        ((1920, 1090), [], (1920, 1080)),
        ((1920, 1090), [(1280, 720)], (1920, 1080)),  # the center was wrong
        ((720, 578), [], (720, 576)),  # 5:4
        ((352, 290), [], (352, 288)),  # CIF
        ((1000, 300), [], (1000, 300)),  # no common shape
    ],
)
def test_the_visible_part_of_a_padded_picture(padded, hints, visible):
    assert visible_size(padded, hints) == visible


def test_a_picture_is_never_scaled_above_its_source():
    assert fit((640, 360), (1920, 1080)) == (640, 360)
    assert fit((1280, 720), (320, 320)) == (320, 180)
    assert fit((4000, 100), (50, 50)) == (50, 2)


@given(*[st.integers(1, 8000)] * 4)
def test_a_fitted_size_is_even_and_inside_the_box(width, height, box_width, box_height):
    w, h = fit((width, height), (box_width, box_height))
    assert w % 2 == h % 2 == 0
    assert 2 <= w <= max(2, box_width)
    assert 2 <= h <= max(2, box_height)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (av.error.HTTPUnauthorizedError(401, "x"), PaneReason.WRONG_PASSWORD),
        (av.error.HTTPNotFoundError(404, "x"), PaneReason.NOT_FOUND),
        (av.error.HTTPForbiddenError(403, "x"), PaneReason.NOT_PERMITTED),
        (av.error.ConnectionRefusedError(111, "x"), PaneReason.CONNECTION_REFUSED),
        (av.error.TimeoutError(110, "x"), PaneReason.TIMED_OUT),
        (av.error.ExitError(1, "x"), PaneReason.TIMED_OUT),
        (av.error.EOFError(1, "x"), PaneReason.STREAM_ENDED),
        (av.error.InvalidDataError(1, "x"), PaneReason.UNDECODABLE),
        (OSError(113, "no route"), PaneReason.UNREACHABLE),
    ],
)
def test_every_error_has_its_plain_reason(error, reason):
    assert bridge.reason_of(error) is reason


def test_credentials_are_put_into_the_address_for_ffmpeg_only():
    assert bridge.url_with_credentials("rtsp://h:554/a?b=1", "u ser", "p@ss/:wörd") == (
        "rtsp://u%20ser:p%40ss%2F%3Aw%C3%B6rd@h:554/a?b=1"
    )
    assert bridge.url_with_credentials("rtsp://h/a", "", "") == "rtsp://h/a"


@pytest.mark.parametrize(("width", "height", "known"), [(640, 360, True), (1280, 720, False), (0, 0, False)])
def test_a_track_read_before_libvlc_had_the_new_size_is_read_again(width, height, known):
    player = HostPlayer.__new__(HostPlayer)
    player._padded = player._track_of = (640, 384)  # the pictures are small already
    player._track = VideoTrack("h265", width, height, 15.0, 1, 1)
    assert player._knows_track() is known
