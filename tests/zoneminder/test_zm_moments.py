"""Local times of a server without a zone: in China, in Europe, and in the hours that are told twice or never."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from wallclient.api.zoneminder.moments import is_told_twice, local_range, local_text, parsed, placed, to_ms, zone_of
from wallclient.domain.errors import BadPayload

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
SET_BACK = 1_761_440_400_000  # 2025-10-26 01:00 UTC: 03:00 becomes 02:00 in Berlin
MINUTE = 60_000


def local(text: str) -> datetime:
    return parsed(f"2025-10-26 {text}")


def test_there_and_back():
    for zone in (BERLIN, SHANGHAI):
        for ms in range(1_750_000_000_000, 1_780_000_000_000, 86_399_000):
            there = parsed(local_text(ms, zone))
            assert ms in (to_ms(there, zone), to_ms(there, zone, second=True))
    assert to_ms(parsed("2026-11-23 01:42:04"), SHANGHAI) == 1_795_369_324_000


def test_an_hour_is_told_twice_where_the_clock_is_set_back():
    assert [is_told_twice(local(t), BERLIN) for t in ("01:59:59", "02:00:00", "02:59:59", "03:00:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not is_told_twice(local("02:30:00"), SHANGHAI)


def test_a_zone_nobody_knows_is_a_bad_answer():
    for name in ("Mars/Olympus", "", "../../etc/passwd"):
        with pytest.raises(BadPayload):
            zone_of(name)


@pytest.mark.parametrize("minutes", range(-200, 200, 7))
def test_a_range_holds_every_moment_as_the_server_writes_it(minutes):
    start = SET_BACK + minutes * MINUTE
    for length in (1, 20, 61, 130):
        end = start + length * MINUTE
        low, high = local_range(start, end, BERLIN)
        texts = [local_text(ms, BERLIN) for ms in range(start, end + 1, MINUTE)]
        assert low <= min(texts)
        assert max(texts) <= high


def rows(first_ms: int, count: int, each_s: int, zone: ZoneInfo):
    """Return events as the server lists them, one after the other, and their true moments."""
    true = [(first_ms + i * each_s * 1000, first_ms + (i + 1) * each_s * 1000) for i in range(count)]
    return true, [
        (i, parsed(local_text(start, zone)), parsed(local_text(end, zone)), float(each_s), i)
        for i, (start, end) in enumerate(true)
    ]


def test_a_night_in_which_the_clock_is_set_back_has_no_overlap_and_no_gap():
    true, told = rows(SET_BACK - 70 * MINUTE, 15, 600, BERLIN)
    found = [(start, end) for start, end, _ in placed(list(reversed(told)), BERLIN)]
    assert found == true
    assert all(one[1] == two[0] for one, two in pairwise(found))


def test_a_single_event_is_placed_by_its_length_as_far_as_that_can_tell():
    true, told = rows(SET_BACK + 50 * MINUTE, 1, 1800, BERLIN)  # 02:50 the second time, until 03:20
    assert [(start, end) for start, end, _ in placed(told, BERLIN)] == true
    true, told = rows(SET_BACK - 10 * MINUTE, 1, 1800, BERLIN)  # 02:50 the first time, until 02:20
    assert [(start, end) for start, end, _ in placed(told, BERLIN)] == true


def test_an_event_that_goes_on_has_no_end_and_one_that_lies_has_a_sensible_one():
    start = local("12:00:00")
    assert [end for _, end, _ in placed([(1, start, None, None, 0)], BERLIN)] == [None]
    ((begun, end, _),) = placed([(1, start, start - timedelta(hours=1), 7.8, 0)], BERLIN)
    assert end == begun + 7800
