"""Bookmarks through the adapter, against the embedded center: made, found, changed, refused, deleted."""

from dataclasses import replace

import pytest

from tests.services.test_centers import OneSource
from wallclient.api.bookmarks import BookmarkCenter
from wallclient.api.native import NativeCenter
from wallclient.api.native_bookmarks import read_bookmark
from wallclient.api.recording_models import BookmarkDocument
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.bookmark import Bookmark
from wallclient.domain.errors import BadPayload, NotFound, Stale

AT = 1_790_000_000_000


@pytest.fixture(scope="module")
def center():
    with EmbeddedCenter(64, media=OneSource()) as center:
        yield center


@pytest.fixture
def client(center):
    client = NativeCenter(center.base_url)
    client.log_in(center.user, center.password)
    yield client
    client.close()


@pytest.fixture
def channel_ids(client):
    root = client.children(None).nodes[0]
    return [channel.id for channel in client.channels_below(root.id, None, 3).channels]


def test_a_bookmark_is_made_found_changed_and_deleted(client, channel_ids):
    assert isinstance(client, BookmarkCenter)
    made = client.save_bookmark(
        Bookmark("bookmark-1", "逆行", AT, AT + 60_000, tuple(channel_ids[:2]), "由东向西", "车辆", is_shared=True)
    )
    assert (made.revision, made.title, made.by_name != "") == (1, "逆行", True)
    assert client.bookmarks(channel_ids, AT + 59_000, AT + 90_000) == (made,)
    assert client.bookmarks(channel_ids[2:], AT, AT + 90_000) == ()
    assert client.bookmarks(channel_ids, AT + 60_001, AT + 90_000) == ()
    changed = client.save_bookmark(replace(made, title="白色轿车逆行"))
    assert changed.revision == 2
    with pytest.raises(Stale):
        client.save_bookmark(replace(made, title="另一个"))
    with pytest.raises(Stale):
        client.delete_bookmark(made.key, 1)
    client.delete_bookmark(made.key, changed.revision)
    assert client.bookmarks(channel_ids, 0, AT * 2) == ()
    client.delete_bookmark(made.key, changed.revision)  # gone already


def test_bookmarks_come_in_as_many_pages_as_there_are(client, channel_ids, monkeypatch):
    monkeypatch.setattr("wallclient.api.native_bookmarks.LARGEST_PAGE", 2)
    made = [
        client.save_bookmark(Bookmark(f"bookmark-p{i}", f"第{i}个", AT + i, AT + i, (channel_ids[0],)))
        for i in range(5)
    ]
    assert client.bookmarks(channel_ids[:1], AT, AT + 10) == tuple(reversed(made))
    for mark in made:
        client.delete_bookmark(mark.key, mark.revision)


def test_nonsense_is_refused(client):
    with pytest.raises(NotFound):
        client.save_bookmark(Bookmark("..", "x", AT, AT, ("a",)))
    raw = {"revision": 1, "title": "x", "start_ms": 9, "end_ms": 8, "channel_ids": ["a"], "key": "12345678"}
    with pytest.raises(BadPayload):
        read_bookmark(BookmarkDocument(**raw, by=None, changed_utc=None))
