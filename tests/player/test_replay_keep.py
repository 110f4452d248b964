"""The last minute of live pictures in memory: whole groups, within the bound, written as footage."""

import os
from fractions import Fraction
from types import SimpleNamespace

import av
import footage
from footage import T0_MS, steady

from wallclient.player import memory, replay_keep
from wallclient.player.replay_budget import total_bytes
from wallclient.player.replay_keep import KeptMemory
from wallclient.player.review_file import FootageReader
from wallclient.player.review_messages import File


def feed(stream, path, until=None):
    """Feed what a file holds, as a bridge does."""
    with av.open(str(path)) as source:
        video = source.streams.video[0]
        for number, packet in enumerate(source.demux(video)):
            if packet.size and (until is None or number < until):
                stream.feed(packet, video)


def packet(dts, size, is_key):
    made = av.Packet(b"\0" * size)
    made.pts = made.dts = dts
    made.is_keyframe = is_key
    return made


VIDEO = SimpleNamespace(
    time_base=Fraction(1, 1000), codec_context=SimpleNamespace(name="h264", width=64, height=48, extradata=None)
)


def test_what_is_written_can_be_reviewed_picture_by_picture(tmp_path):
    path = footage.write(tmp_path / "live.ts", steady(3), options=footage.OPEN_H264, gop=26)
    kept = KeptMemory(1 << 24)
    stream = kept.new_stream()
    feed(stream, path)
    fd = memory.create(0)
    written = stream.write(fd)
    assert 2900 <= written.end_ms - written.start_ms <= 3100
    reader = FootageReader(File("c", T0_MS * 1000, (T0_MS + 3000) * 1000, "mpegts", memory=1), fd)
    found = []
    at = T0_MS * 1000
    while True:
        group = reader.read(at)[-1]
        found += group.pictures
        if group.last:
            break
        at = group.end_us
    assert [us // 1000 for us in found] == steady(3)
    reader.close()
    os.close(fd)


def test_the_bound_takes_the_oldest_group_of_all_streams_first(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(replay_keep.time, "monotonic", lambda: now[0])
    kept = KeptMemory(10_000)
    slow, fast = kept.new_stream(), kept.new_stream()
    for second in range(20):
        now[0] += 1.0
        slow.feed(packet(second * 1000, 400, True), VIDEO)
        fast.feed(packet(second * 1000, 1600, True), VIDEO)
    assert kept.bytes <= 10_000
    assert len(kept.take(slow)) == len(kept.take(fast)) == 5
    kept.set_limit(3_000)
    assert kept.bytes <= 3_000
    fast.close()
    assert kept.bytes == sum(len(picture.data) for picture in kept.take(slow))


def test_a_group_is_kept_whole_and_nothing_before_the_first_key_picture(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(replay_keep.time, "monotonic", lambda: now[0])
    kept = KeptMemory(1 << 20)
    stream = kept.new_stream()
    for number in range(1000):
        now[0] += 0.1
        stream.feed(packet(number * 100, 10, number % 20 == 5), VIDEO)
    pictures = kept.take(stream)
    assert pictures[0].is_key
    assert 60.0 <= pictures[-1].arrived_s - pictures[0].arrived_s < 62.1
    assert kept.bytes == 10 * len(pictures)


def test_nothing_kept_is_said():
    kept = KeptMemory(1 << 20)
    stream = kept.new_stream()
    fd = memory.create(0)
    assert stream.write(fd) is None
    stream.feed(packet(0, 10, False), VIDEO)
    assert stream.write(fd) is None
    os.close(fd)


def test_a_full_wall_keeps_less():
    assert total_bytes(1) >= total_bytes(64) > 0
    assert total_bytes(64) <= 48 << 20
