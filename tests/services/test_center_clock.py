"""A center's clock against this machine's, as told by its health."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from wallclient.api.center import Health
from wallclient.api.native import NativeCenter
from wallclient.demo.center import EmbeddedCenter
from wallclient.services.session import _offset_ms

NOW = 1_795_000_000.0


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
def test_the_offset_is_taken_from_the_middle_of_the_call(zone):
    told = datetime.fromtimestamp(NOW + 95, zone)
    assert _offset_ms(Health("n", "1", told), NOW - 1, NOW + 1) == 95_000
    assert _offset_ms(Health("n", "1", told), NOW - 9, NOW + 1) == 0, "too slow to be believed"
    assert _offset_ms(Health("n", "1", None), NOW, NOW) == 0


def test_the_embedded_centers_clock_is_this_machines():
    with EmbeddedCenter(16) as center:
        client = NativeCenter(center.base_url)
        told = client.health().time_utc
        client.close()
    assert told is not None
    assert abs((datetime.now(UTC) - told).total_seconds()) < 5
