"""What the demo cameras have recorded: segments and days, and pictures that show the moment asked for."""

import contextlib
import io
import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import pytest
from av.container import InputContainer

from wallclient.demo import strip
from wallclient.demo.media import StreamedCamera, default_cache_dir
from wallclient.demo.recording_calendar import (
    B_PICTURES,
    BROKEN_OFF,
    BROKEN_OFF_SHARE,
    CODEC_CHANGE,
    DAY_S,
    LATE_SOUND,
    LATE_SOUND_S,
    RETAINED_DAYS,
    VARIABLE_RATE,
    WRONG_CLOCK,
    FootageFile,
    clock_ahead_s,
    file_at,
    file_s,
    files_between,
    pictures_in,
    stretches,
)
from wallclient.demo.recording_days import midnights, recorded_days
from wallclient.demo.recording_making import TS_LEAD_S
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.strip import StripReading
from wallclient.domain.recording import RecordingKind
from wallclient.domain.stream import Codec

FPS = 25
KEPT = 1_700_000
NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC
PLAIN, SOUNDING, H265 = 2, 5, 8
TESTED = (PLAIN, SOUNDING, H265, B_PICTURES, VARIABLE_RATE, WRONG_CLOCK, CODEC_CHANGE, BROKEN_OFF, LATE_SOUND)
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


# --- when ---


@pytest.mark.parametrize("number", range(1, 33))
def test_the_day_up_to_now_is_recorded_with_gaps_and_alarms(number: int) -> None:
    found = stretches(number, NOW - DAY_S, NOW, NOW)
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(found))
    recorded_s = sum(min(s.end_s, NOW) - max(s.start_s, NOW - DAY_S) for s in found)
    assert DAY_S * 0.85 < recorded_s < DAY_S
    assert {RecordingKind.TIME, RecordingKind.ALARM} <= {stretch.kind for stretch in found}


def test_what_is_being_recorded_grows_and_nothing_else_changes() -> None:
    now = next(s.start_s + 600.5 for s in stretches(PLAIN, NOW - DAY_S, NOW, NOW) if s.end_s - s.start_s > 3600)
    before, after = (stretches(PLAIN, now - DAY_S, now + 60, now + later) for later in (0, 60))
    assert before[:-1] == after[:-1]
    assert (before[-1].end_s, after[-1].end_s) == (int(now) - 5, int(now) + 55)
    assert before[-1]._replace(end_s=0) == after[-1]._replace(end_s=0)


def test_nothing_is_told_of_the_future_and_of_what_is_no_longer_kept() -> None:
    found = stretches(PLAIN, 0, NOW * 2, NOW)
    assert found[-1].end_s <= NOW - 5
    assert found[0].start_s >= NOW - (RETAINED_DAYS + 1) * DAY_S
    assert stretches(PLAIN, NOW - 4, NOW + DAY_S, NOW) == []


def test_files_fill_their_segments_and_are_cut_at_full_marks() -> None:
    for number in (PLAIN, B_PICTURES):
        segments = stretches(number, NOW - DAY_S, NOW, NOW)
        files = list(files_between(number, NOW - DAY_S, NOW, NOW))
        for file in files:
            assert 0 < file.end_s - file.start_s <= file_s(number)
            assert file_at(number, file.start_s, file.end_s, NOW) == file
        joints = {a.end_s for a, b in itertools.pairwise(files) if a.end_s == b.start_s}
        borders = {segment.start_s for segment in segments}
        assert all(joint % file_s(number) == 0 for joint in joints - borders)
        inside = [file for file in files if file.start_s >= segments[1].start_s]
        assert sum(f.end_s - f.start_s for f in inside) == sum(s.end_s - s.start_s for s in segments[1:])


def test_only_files_that_exist_can_be_had() -> None:
    file = next(f for f in files_between(PLAIN, NOW - 3600, NOW, NOW) if f.end_s - f.start_s == 120)
    assert file_at(PLAIN, file.start_s, file.start_s + 1, NOW) is not None  # while it was growing
    assert file_at(PLAIN, file.start_s, file.end_s + 1, NOW) is None
    assert file_at(PLAIN, file.start_s + 1, file.end_s, NOW) is None
    assert file_at(PLAIN, file.start_s, file.start_s, NOW) is None
    gap = next(
        (a.end_s, b.start_s)
        for a, b in itertools.pairwise(stretches(PLAIN, NOW - DAY_S, NOW, NOW))
        if a.end_s < b.start_s
    )
    assert file_at(PLAIN, gap[0], gap[1], NOW) is None


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK, ZoneInfo("Asia/Kathmandu")])
@pytest.mark.parametrize("number", [PLAIN, 36, 39])
def test_a_day_is_told_if_anything_was_recorded_between_its_midnights(number: int, zone: ZoneInfo) -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp()  # clocks in New York were changed on 1 November
    told = {day for month in (10, 11) for day in _told(number, month, zone, now)}
    expected: set[date] = set()
    for stretch in stretches(number, now - 40 * DAY_S, now, now):
        expected |= {
            datetime.fromtimestamp(unix_s, zone).date() for unix_s in range(stretch.start_s, stretch.end_s, 60)
        }
        expected.add(datetime.fromtimestamp(stretch.end_s - 1, zone).date())
    assert told == expected


def _told(number: int, month: int, zone: ZoneInfo, now: float) -> list[date]:
    return [date(2026, month, day) for day in recorded_days(number, midnights(2026, month, zone), now)]


def test_days_are_as_long_as_their_zone_has_them() -> None:
    begins = midnights(2026, 11, NEW_YORK)
    hours = [round((b - a) / 3600) for a, b in itertools.pairwise(begins)]
    assert len(hours) == 30
    assert (hours[0], set(hours[1:])) == (25, {24})
    first = datetime.fromtimestamp(midnights(2026, 11, SHANGHAI)[0], UTC)
    assert first == datetime(2026, 10, 31, 16, tzinfo=UTC)


def test_some_days_have_no_footage_and_some_cameras_record_nothing_by_schedule() -> None:
    found = [recorded_days(number, midnights(2026, 11, SHANGHAI), NOW - 40 * DAY_S) for number in (36, PLAIN)]
    assert len(found[0]) < len(found[1])
    assert RecordingKind.TIME not in {stretch.kind for stretch in stretches(39, NOW - 9 * DAY_S, NOW, NOW)}


# --- what ---


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FootageStore]:
    cameras = [
        StreamedCamera(
            number, f"录像测试{number}", Codec.H265 if number == H265 else Codec.H264, "bridge-dusk-2", number % 4 == 1
        )
        for number in TESTED
    ]
    made = FootageStore(cameras, FPS, default_cache_dir(), shelf=tmp_path_factory.mktemp("footage"))
    yield made
    made.close()


def read(store: FootageStore, file: FootageFile, form: str = "mp4") -> bytes:
    footage = store.open(file, form)
    data = b"".join(footage.chunks(0, footage.size))
    assert len(data) == footage.size
    return data


def a_file(number: int, length_s: int, nth: int = 0) -> FootageFile:
    """Return the beginning of a file in the middle of a segment."""
    files = [
        f for f in files_between(number, NOW - DAY_S, NOW, NOW) if f.start_s % 120 == 0 and f.end_s - f.start_s > 19
    ]
    file = file_at(number, files[nth].start_s, files[nth].start_s + length_s, NOW)
    assert file is not None
    return file


def shown(data: bytes, lead_s: float = 0.0) -> Iterator[tuple[float, StripReading]]:
    """Yield when each picture of a file is shown, in seconds from its start, and what its strip says."""
    with av.open(io.BytesIO(data)) as container:
        assert isinstance(container, InputContainer)
        container.streams.video[0].thread_type = "NONE"
        for frame in container.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            reading = strip.read(bytes(frame.planes[0]), frame.width, frame.height, frame.planes[0].line_size, 1)
            assert reading is not None
            yield float(frame.pts * frame.time_base) - lead_s, reading


def counter_at(unix_s: float) -> int:
    return int(unix_s * FPS + 1e-3) % strip.COUNTER_MODULO


CASES = [(number, "mp4") for number in TESTED if number != BROKEN_OFF] + [(PLAIN, "ts"), (SOUNDING, "ts"), (H265, "ts")]


@pytest.mark.parametrize(("number", "form"), CASES)
def test_each_picture_shows_the_moment_it_stands_for(store: FootageStore, number: int, form: str) -> None:
    file = a_file(number, 12)
    with av.logging.Capture() as complaints:
        found = list(shown(read(store, file, form), TS_LEAD_S if form == "ts" else 0.0))
    assert not [text for level, _, text in complaints if level <= av.logging.WARNING]
    assert found[0][0] == 0.0
    assert len(found) == sum(pictures_in(number, unix_s, FPS) for unix_s in range(file.start_s, file.end_s))
    for time_s, reading in found:
        assert reading == StripReading(number, counter_at(file.start_s + time_s))
    assert all(b > a for (a, _), (b, _) in itertools.pairwise(found))


def test_pictures_come_at_different_rates_where_that_was_ordered(store: FootageStore) -> None:
    times = [time_s for time_s, _ in shown(read(store, a_file(VARIABLE_RATE, 10)))]
    assert {round(b - a, 2) for a, b in itertools.pairwise(times)} >= {0.04, 0.2, 0.1}


def test_b_pictures_are_stored_in_another_order_than_they_are_shown(store: FootageStore) -> None:
    with av.open(io.BytesIO(read(store, a_file(B_PICTURES, 12)))) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert [p.pts for p in packets] != sorted(p.pts or 0 for p in packets)
    assert sum(packet.is_keyframe for packet in packets) == 12


def test_a_clock_that_jumps_is_told_and_leaves_a_hole_of_a_second(store: FootageStore) -> None:
    files = files_between(WRONG_CLOCK, NOW - DAY_S, NOW, NOW)
    jumps = (f for f in files if clock_ahead_s(f.number, f.start_s) != clock_ahead_s(f.number, f.end_s))
    file = next(file for file in jumps if file.start_s % 120 == 0)
    jump_s = next(
        s for s in range(file.start_s, file.end_s) if clock_ahead_s(WRONG_CLOCK, s - 1) != clock_ahead_s(WRONG_CLOCK, s)
    )
    part = file_at(WRONG_CLOCK, file.start_s, jump_s + 4, NOW)
    assert part is not None
    found = list(shown(read(store, part)))
    steps = [(b - a, a) for (a, _), (b, _) in itertools.pairwise(found)]
    assert [round(step, 2) for step, _ in steps if step > 0.1] == [1.04]
    assert max(steps)[1] + file.start_s == pytest.approx(jump_s - 0.04)
    assert all(reading.counter == counter_at(file.start_s + time_s) for time_s, reading in found)
    assert {clock_ahead_s(WRONG_CLOCK, jump_s - 1), clock_ahead_s(WRONG_CLOCK, jump_s)} == {7, -3}


def test_the_codec_changes_between_two_segments_without_a_gap(store: FootageStore) -> None:
    files = list(files_between(CODEC_CHANGE, NOW - DAY_S, NOW, NOW))
    pairs = [(a, b) for a, b in itertools.pairwise(files) if a.codec is not b.codec and a.end_s == b.start_s]
    before, after = pairs[0]
    end = [reading.counter for _, reading in shown(read(store, before))][-1]
    start, codec = next(iter(shown(read(store, after))))[1].counter, _codec(read(store, after))
    assert start == (end + 1) % strip.COUNTER_MODULO
    assert {_codec(read(store, before)), codec} == {"h264", "hevc"}


def _codec(data: bytes) -> str:
    with av.open(io.BytesIO(data)) as container:
        return container.streams.video[0].codec_context.name


def test_a_file_that_breaks_off_is_good_up_to_there(store: FootageStore) -> None:
    file = next(
        f for f in files_between(BROKEN_OFF, NOW - DAY_S, NOW, NOW) if f.breaks_off and 10 < f.end_s - f.start_s < 100
    )
    found: list[tuple[float, StripReading]] = []
    with contextlib.suppress(av.InvalidDataError):  # the last picture may be cut
        for one in shown(read(store, file)):
            found.append(one)
    length_s = file.end_s - file.start_s
    assert length_s * 0.3 < found[-1][0] < length_s * 0.9
    assert all(reading.counter == counter_at(file.start_s + time_s) for time_s, reading in found)
    whole = file._replace(breaks_off=False)
    assert store.open(file, "mp4").size == int(store.open(whole, "mp4").size * BROKEN_OFF_SHARE)


@pytest.mark.parametrize(("number", "delay_s"), [(SOUNDING, 0.0), (LATE_SOUND, LATE_SOUND_S)])
@pytest.mark.parametrize(("form", "lead_s"), [("mp4", 0.0), ("ts", TS_LEAD_S)])
def test_sound_comes_with_the_picture_or_as_late_as_ordered(
    store: FootageStore, number: int, delay_s: float, form: str, lead_s: float
) -> None:
    with av.open(io.BytesIO(read(store, a_file(number, 12), form))) as container:
        frames = list(container.decode(audio=0))
    assert frames[0].time == pytest.approx(delay_s + lead_s, abs=0.01)
    assert sum(frame.samples for frame in frames) / frames[0].sample_rate == pytest.approx(
        12 - delay_s * (form == "ts"), abs=0.2
    )


def test_any_bytes_of_a_file_are_those_of_the_whole(store: FootageStore) -> None:
    for number in (PLAIN, SOUNDING, H265):
        footage = store.open(a_file(number, 12), "mp4")
        data = b"".join(footage.chunks(0, footage.size))
        for first in (*range(0, footage.size, footage.size // 37), footage.size - 1):
            for length in (1, 5000, 200_000):
                stop = min(first + length, footage.size)
                assert b"".join(footage.chunks(first, stop)) == data[first:stop]


@pytest.mark.parametrize("number", [PLAIN, H265, VARIABLE_RATE])
def test_every_moment_has_room_in_its_file(store: FootageStore, number: int) -> None:
    # The counter's bits change most around multiples of powers of two; a day has every picture of the counter.
    for file in list(files_between(number, NOW - DAY_S, NOW, NOW))[:: 90 if number == H265 else 25]:
        if file.codec is Codec.H265 or file.end_s - file.start_s == 120:
            footage = store.open(file, "mp4")
            assert sum(len(chunk) for chunk in footage.chunks(0, footage.size)) == footage.size


def test_a_file_on_disk_is_the_one_that_is_composed_and_is_made_once(store: FootageStore) -> None:
    file = a_file(PLAIN, 13)
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: store.path(file), range(4)))
    assert len(set(paths)) == 1
    made = paths[0].stat().st_ino
    assert paths[0].read_bytes() == read(store, file)
    assert store.path(file).stat().st_ino == made


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cameras = [StreamedCamera(PLAIN, "录像", Codec.H264, "bridge-dusk-2")]
    small = FootageStore(cameras, FPS, default_cache_dir(), kept_bytes=KEPT, shelf=tmp_path)
    try:
        first, second = (small.path(a_file(PLAIN, 12, nth)) for nth in (0, 1))
        size = first.stat().st_size
        assert 2 * size < KEPT < 3 * size - 1000
        os.utime(first, (1, 1))
        third = small.path(a_file(PLAIN, 12, 2))
        assert third.exists()
        assert not first.exists()
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= KEPT
        assert second.exists()
    finally:
        small.close()
