"""Playback streams of a WVP: ours alone, and directed by the calls that work."""

import pytest

from wallclient.api.wvp.playback import WvpPlayback
from wallclient.domain.errors import NotAble, NotFound, Refused
from wallclient.domain.stream import Protocol

EIGHT = 1_763_596_800_000  # 2025-11-20 08:00:00 in China


@pytest.fixture
def playback(center):
    return WvpPlayback(center._line, center._ways, "media.example")


def test_a_stream_is_opened_at_its_moment_and_directed(wvp, playback):
    playing = playback.open("c11", EIGHT, EIGHT + 600_000)
    (name,) = wvp.playbacks
    assert name.startswith("34020000001180000001_34020000001320000011_20251120080000_202511200810")
    assert playing.sources[0].protocol is Protocol.RTSP
    assert "//media.example:" in playing.sources[0].url
    state = wvp.playbacks[name]
    playback.pause(playing)
    assert state["paused"]
    playback.seek(playing, EIGHT + 61_900)
    assert state["seek"] == 61
    assert state["paused"]
    playback.resume(playing)
    assert not state["paused"]  # what the common call would not have done
    playback.set_speed(playing, 0.25)
    assert state["speed"] == 0.25
    playback.close(playing)
    playback.close(playing)
    assert wvp.playbacks == {}
    assert wvp.count("/api/common/channel/playback") == 0


def test_the_common_calls_of_the_double_have_the_bug(wvp, center, playback):
    name = playback.open("c11", EIGHT, EIGHT + 600_000).stream
    for verb, more in (("resume", {}), ("seek", {"seekTime": 5})):
        query = {"channelId": 11, "stream": name, **more}
        center._line.get(f"/api/common/channel/playback/{verb}", type(None), query)
        assert wvp.playbacks[name]["paused"]
    wvp.common_seek_pauses = False
    center._line.get("/api/common/channel/playback/resume", type(None), {"channelId": 11, "stream": name})
    assert not wvp.playbacks[name]["paused"]


def test_nobody_shares_a_stream_with_us(wvp, playback):
    first, second = (playback.open("c11", EIGHT, EIGHT + 600_000) for _ in range(2))
    assert first.stream != second.stream
    playback.close(first)
    assert list(wvp.playbacks) == [second.stream]


def test_what_can_not_be_done_is_refused_before_it_is_asked_for(wvp, playback):
    playing = playback.open("c11", EIGHT, EIGHT + 60_000)
    asked = len(wvp.asked)
    for call in (
        lambda: playback.set_speed(playing, 3.0),
        lambda: playback.seek(playing, EIGHT - 1),
        lambda: playback.open("c11", EIGHT, EIGHT),
    ):
        with pytest.raises(Refused):
            call()
    assert len(wvp.asked) == asked
    with pytest.raises(NotAble):
        playback.open("c19", EIGHT, EIGHT + 60_000)


@pytest.mark.parametrize("verb", ["pause", "resume", "seek", "speed"])
def test_a_stream_that_has_ended_is_said_to_be_gone(wvp, playback, verb):
    playing = playback.open("c11", EIGHT, EIGHT + 60_000)
    wvp.playbacks.clear()
    calls = {
        "pause": lambda: playback.pause(playing),
        "resume": lambda: playback.resume(playing),
        "seek": lambda: playback.seek(playing, EIGHT),
        "speed": lambda: playback.set_speed(playing, 2.0),
    }
    with pytest.raises(NotFound):
        calls[verb]()
