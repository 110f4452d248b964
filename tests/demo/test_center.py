"""The embedded center over HTTP: sessions, leases and events as the contract describes them."""

import json
import time

import pytest
import requests

from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.stream import Codec, Credentials, Protocol, Source, StreamKind

LIMIT_S = 20.0


class OneSource:
    """Stands in for the media server."""

    def sources(self, number: int, kind: StreamKind) -> tuple[Source, ...]:
        """Return one address that tells the stream it is for."""
        url = f"rtsp://127.0.0.1:8554/{number}/{kind}"
        return (Source(Protocol.RTSP, url, Codec.H264, 640, 360, 25.0, Credentials("viewer", "secret")),)


@pytest.fixture
def center():
    with EmbeddedCenter(500, media=OneSource()) as center:
        yield center


def wait_until(condition):
    until = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < until, "the condition did not come true"
        time.sleep(0.01)


def log_in(center, **changes):
    body = {"user": center.user, "password": center.password, **changes}
    return requests.post(f"{center.api_url}/session", json=body, timeout=10)


def headers(center):
    return {"Authorization": f"Bearer {log_in(center).json()['access_token']}"}


def slug(reply):
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["status"] == reply.status_code
    return reply.json()["type"].rpartition(":")[2]


# --- sessions ---


def test_wrong_user_or_password(center):
    for changes in ({"password": "wrong"}, {"user": "somebody"}, {"password": "密码"}):
        reply = log_in(center, **changes)
        assert (reply.status_code, slug(reply)) == (401, "wrong-password")
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_access_token_lapses_and_is_renewed(center):
    session = log_in(center).json()
    old = {"Authorization": f"Bearer {session['access_token']}"}
    assert requests.get(f"{center.api_url}/nodes", headers=old, timeout=10).status_code == 200
    center.lapse_access_tokens()
    assert slug(requests.get(f"{center.api_url}/nodes", headers=old, timeout=10)) == "token-lapsed"
    body = {"refresh_token": session["refresh_token"]}
    for _ in range(2):  # a renewal whose reply was lost is repeated
        renewed = requests.post(f"{center.api_url}/session/renewal", json=body, timeout=10).json()
        fresh = {"Authorization": f"Bearer {renewed['access_token']}"}
        assert requests.get(f"{center.api_url}/nodes", headers=fresh, timeout=10).status_code == 200
    assert requests.get(f"{center.api_url}/nodes", headers=old, timeout=10).status_code == 401


def test_a_token_lapses_by_itself():
    with EmbeddedCenter(16, access_s=0.2) as center:
        mine = headers(center)
        wait_until(lambda: requests.get(f"{center.api_url}/nodes", headers=mine, timeout=10).status_code == 401)


def test_log_out_ends_session_and_leases(center):
    session = log_in(center).json()
    mine = {"Authorization": f"Bearer {session['access_token']}"}
    requests.post(f"{center.api_url}/channels/c1/live", json={"kind": "sub"}, headers=mine, timeout=10)
    assert center.open_leases() == 1
    assert requests.delete(f"{center.api_url}/session", headers=mine, timeout=10).status_code == 204
    assert center.open_leases() == 0
    renewal = {"refresh_token": session["refresh_token"]}
    reply = requests.post(f"{center.api_url}/session/renewal", json=renewal, timeout=10)
    assert (reply.status_code, slug(reply)) == (401, "session-ended")


# --- bad input ---


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"user":1,"password":2}', "application/json", 400),
        (b'{"user":"\xff","password":"x"}', "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"user":"a","password":"b"}', "text/plain", 415),
        (b" " * 70_000, "application/json", 413),
    ],
)
def test_bad_bodies_get_a_problem(center, body, content_type, status):
    url = f"{center.api_url}/session"
    reply = requests.post(url, data=body, headers={"Content-Type": content_type}, timeout=10)
    assert reply.status_code == status
    slug(reply)
    assert "Traceback" not in reply.text


def test_unknown_paths_and_methods(center):
    assert slug(requests.get(f"{center.base_url}/", timeout=10)) == "not-found"
    reply = requests.put(f"{center.api_url}/nodes", timeout=10)
    assert (reply.status_code, slug(reply)) == (405, "method-not-allowed")
    assert "GET" in reply.headers["Allow"]


def test_pages_join_to_the_whole(center):
    mine = headers(center)
    found, cursor = [], None
    while True:
        query = {"limit": 37, "cursor": cursor}
        page = requests.get(f"{center.api_url}/nodes/city/channels", params=query, headers=mine, timeout=10).json()
        found += [channel["id"] for channel in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 500
    assert found[:3] == ["c1", "c2", "c3"]


def test_small_answers_do_not_wait_for_an_acknowledgement(center):
    with requests.Session() as http:
        http.headers.update(headers(center))
        started = time.perf_counter()
        for _ in range(20):
            assert http.get(f"{center.api_url}/nodes", timeout=10).status_code == 200
    assert time.perf_counter() - started < 20 * 0.035  # a delayed acknowledgement costs 40 ms each time


# --- leases ---


def test_any_online_camera_can_be_opened(center):
    mine = headers(center)
    online = next(n for n in range(65, 500) if center.city.channel(f"c{n}").online)
    url = f"{center.api_url}/channels/c{online}/live"
    lease = requests.post(url, json={"kind": "main"}, headers=mine, timeout=10).json()
    number = (online - 1) % 64 + 1
    assert lease["channel_id"] == f"c{online}"
    assert lease["sources"][0]["url"].endswith(f"/{number}/main")
    assert lease["sources"][0]["credentials"] == {"user": "viewer", "password": "secret"}
    assert f"c{number}" in lease["note"]


def test_an_offline_camera_is_refused(center):
    mine = headers(center)
    center.set_online("c3", False)
    reply = requests.post(f"{center.api_url}/channels/c3/live", json={"kind": "sub"}, headers=mine, timeout=10)
    assert (reply.status_code, slug(reply)) == (409, "camera-offline")


def test_without_media_nothing_opens():
    with EmbeddedCenter(16) as center:
        url = f"{center.api_url}/channels/c3/live"
        reply = requests.post(url, json={"kind": "sub"}, headers=headers(center), timeout=10)
        assert (reply.status_code, slug(reply)) == (503, "no-media-server")


def test_a_lease_lapses_unless_renewed():
    with EmbeddedCenter(16, media=OneSource(), lease_s=0.5) as center:
        mine = headers(center)
        url = f"{center.api_url}/channels/c1/live"
        kept, left = (requests.post(url, json={"kind": "sub"}, headers=mine, timeout=10).json()["id"] for _ in range(2))
        renewals = 0

        def only_one_left():
            nonlocal renewals
            reply = requests.post(f"{center.api_url}/live/{kept}/renewal", headers=mine, timeout=10)
            renewals += reply.status_code == 200
            return center.open_leases() == 1

        wait_until(only_one_left)
        assert renewals > 0
        gone = requests.post(f"{center.api_url}/live/{left}/renewal", headers=mine, timeout=10)
        assert (gone.status_code, slug(gone)) == (404, "no-such-lease")


def test_a_lease_belongs_to_its_session(center):
    mine, others = headers(center), headers(center)
    url = f"{center.api_url}/channels/c1/live"
    lease_id = requests.post(url, json={"kind": "sub"}, headers=mine, timeout=10).json()["id"]
    assert requests.delete(f"{center.api_url}/live/{lease_id}", headers=others, timeout=10).status_code == 404
    assert center.open_leases() == 1


# --- events ---


class Listener:
    """Reads the event stream of a center, frame by frame."""

    def __init__(self, center, mine, last_id=None):
        more = {"Last-Event-ID": last_id} if last_id else {}
        url = f"{center.api_url}/events"
        self.reply = requests.get(url, headers={**mine, **more}, stream=True, timeout=LIMIT_S)
        assert self.reply.headers["Content-Type"].startswith("text/event-stream")
        self._lines = self.reply.iter_lines(chunk_size=1)

    def next(self, *, moved=False):
        """Return id, name and data of the next event, those of the catalog's place only if asked for."""
        while True:
            event = self._next()
            if moved or event[1] != "catalog-moved":
                return event

    def _next(self):
        fields = {}
        for line in self._lines:
            if not line and fields:
                return fields["id"], fields["event"], json.loads(fields["data"])
            if line and not line.startswith(b":"):
                key, _, value = line.decode().partition(": ")
                fields[key] = value
        raise EOFError

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reply.close()


def test_a_status_change_is_told_with_fresh_counts(center):
    with Listener(center, headers(center)) as listener:
        assert listener.next()[1:] == ("opened", {})
        center.set_online("c1", False)
        center.set_online("c1", False)  # nothing new, nothing told
        center.set_online("c1", True)
        _, name, data = listener.next()
        assert (name, data["channel_id"], data["online"]) == ("channel-status", "c1", False)
        root = data["ancestors"][-1]
        assert root["node_id"] == "city"
        assert root["channels_total"] == 500
        assert listener.next()[2]["ancestors"][-1]["channels_online"] == root["channels_online"] + 1


def test_what_was_missed_is_replayed(center):
    mine = headers(center)
    with Listener(center, mine) as listener:
        listener.next()
        center.set_online("c1", False)
        last_id = listener.next()[0]
    for number in (2, 3, 4):
        center.set_online(f"c{number}", False)
    with Listener(center, mine, last_id) as listener:
        assert listener.next()[1] == "opened"
        assert [listener.next()[2]["channel_id"] for _ in range(3)] == ["c2", "c3", "c4"]


@pytest.mark.parametrize("last_id", ["0000-1", "garbage", "-", "x" * 200, "0-99999999999999999999"])
def test_an_unknown_event_id_means_lost_events(center, last_id):
    with Listener(center, headers(center), last_id) as listener:
        assert listener.next()[1] == "events-lost"


def test_a_full_buffer_means_lost_events(center):
    mine = headers(center)
    with Listener(center, mine) as listener:
        last_id = listener.next()[0]
    center.set_online("c1", False)
    center.lose_events()
    with Listener(center, mine, last_id) as listener:
        fresh_id, name, _ = listener.next()
        assert name == "events-lost"
    with Listener(center, mine, fresh_id) as listener:
        assert listener.next()[1] == "opened"


def test_revoking_sessions_ends_their_streams(center):
    with Listener(center, headers(center)) as listener:
        listener.next()
        center.revoke_sessions()
        with pytest.raises(EOFError):
            listener.next()
    wait_until(lambda: center.listeners() == 0)


def test_stop_ends_streams_and_start_keeps_port_and_sessions(center):
    mine = headers(center)
    url = center.base_url
    with Listener(center, mine) as listener:
        listener.next()
        center.stop()
        with pytest.raises((EOFError, requests.RequestException)):
            listener.next()
    center.start()
    assert center.base_url == url
    assert requests.get(f"{center.api_url}/nodes", headers=mine, timeout=10).status_code == 200


def test_flicker_switches_only_cameras_that_do_not_stream():
    with EmbeddedCenter(100, flicker_s=0.001) as center, Listener(center, headers(center)) as listener:
        listener.next()
        seen = [listener.next()[2]["channel_id"] for _ in range(20)]
        assert all(int(channel_id[1:]) > 64 for channel_id in seen)
