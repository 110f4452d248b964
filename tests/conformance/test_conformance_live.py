"""Live streams: leases that are kept and given back, addresses nobody has to fear, and a real picture out of them."""

import dataclasses
from urllib.parse import urlsplit

import pytest
from asking import LIMIT_S, needs

from wallclient.domain.address import STREAM_SCHEMES
from wallclient.domain.errors import CenterError, NotFound
from wallclient.domain.stream import Codec, Lease, StreamKind
from wallclient.player import ladder
from wallclient.player.host_pool import HostPool


@pytest.fixture(scope="module")
def pool(qapp):
    pool = HostPool()
    yield pool
    pool.shut_down()


@pytest.mark.parametrize("kind", list(StreamKind))
def test_a_lease_says_where_and_for_how_long(stand, center, kind):
    lease = center.open_live(stand.camera, kind)
    assert isinstance(lease, Lease)
    assert (lease.channel_id, lease.kind) == (stand.camera, kind)
    assert lease.id
    assert lease.expires_in_s > 0
    assert lease.sources
    for source in lease.sources:
        parts = urlsplit(source.url)
        assert parts.scheme in STREAM_SCHEMES
        assert parts.hostname
        assert parts.username is None
        assert parts.fragment == ""
        assert not any(c.isspace() for c in source.url)
        assert all(side is None or side > 0 for side in (source.width, source.height, source.fps))
        assert source.url not in repr(lease)
    center.close_live(lease.id)


def test_a_lease_is_kept_and_given_back(stand, center):
    lease = center.open_live(stand.camera, StreamKind.SUB)
    again = center.renew_live(lease.id)
    assert (again.id, again.channel_id) == (lease.id, lease.channel_id)
    assert again.expires_in_s > 0
    assert again.sources
    center.close_live(lease.id)
    center.close_live(lease.id)  # twice is no error
    with pytest.raises(NotFound):
        center.renew_live(lease.id)
    with pytest.raises(NotFound):
        center.renew_live("no lease of yours")
    center.close_live("no lease of yours")


def test_what_one_gives_back_another_keeps(stand, center):
    with stand.signed_in() as other:
        mine, theirs = (one.open_live(stand.camera, StreamKind.SUB) for one in (center, other))
        center.close_live(mine.id)
        assert other.renew_live(theirs.id).sources


def test_leases_of_one_channel_are_apart(stand, center):
    first, second = (center.open_live(stand.camera, StreamKind.SUB) for _ in range(2))
    assert first.id != second.id
    center.close_live(first.id)
    assert center.renew_live(second.id).id == second.id


def test_nobody_streams_not(center):
    with pytest.raises(NotFound):
        center.open_live("nobody", StreamKind.SUB)
    with pytest.raises(CenterError):
        center.open_live("", StreamKind.SUB)


def test_a_picture_is_decoded_whatever_the_center_says_of_it(stand, center, pool, qtbot):
    needs(stand.shows_pictures, "no stream of this stand can be decoded here")
    lease = center.open_live(stand.camera, StreamKind.SUB)
    best = ladder.rungs(lease.sources)[0]
    lie = dataclasses.replace(best, codec=Codec.H265, width=64, height=4096)
    openings = [pool.open(source, 320, 180) for source in (best, lie)]
    for opening in openings:
        qtbot.waitUntil(lambda o=opening: o.has_picture or o.reason is not None, timeout=int(LIMIT_S * 1000))
        assert opening.reason is None
        picture = opening.ring.claim()
        assert picture is not None
        seen = bytes(picture.pixels[:: max(1, len(picture.pixels) // 4001)])
        assert len(set(seen)) > 12, "a picture of one colour is none"
        pool.close(opening)
    center.close_live(lease.id)
