"""The native adapter against the real embedded center."""

import logging
import threading
import time
from dataclasses import replace

import pytest

from wallclient.api import models
from wallclient.api.center import Center
from wallclient.api.native import NativeCenter, read_lease, read_node
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.catalog import ALL_RIGHTS, Right, rights_of
from wallclient.domain.errors import BadAddress, BadPayload, CameraOffline, NotFound, ServerFailed, SignInNeeded
from wallclient.domain.event import CatalogMoved, ChannelStatus, EventsLost, LineState
from wallclient.domain.node import CameraKind, NodeKind
from wallclient.domain.stream import Codec, Credentials, Protocol, Source, StreamKind

LIMIT_S = 20.0


class OneSource:
    """Stands in for the media server."""

    def sources(self, number: int, kind: StreamKind) -> tuple[Source, ...]:
        """Return one address with credentials."""
        url = f"rtsp://127.0.0.1:8554/{number}/{kind}"
        return (Source(Protocol.RTSP, url, Codec.H265, 640, 360, 25.0, Credentials("viewer", "media-secret")),)


@pytest.fixture
def embedded():
    with EmbeddedCenter(1000, media=OneSource()) as embedded:
        yield embedded


@pytest.fixture
def center(embedded):
    center = NativeCenter(embedded.base_url)
    center.log_in(embedded.user, embedded.password)
    yield center
    center.close()


def wait_until(condition):
    until = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < until, "the condition did not come true"
        time.sleep(0.01)


class Heard:
    """Collects the events of a center in a thread."""

    def __init__(self, center):
        self.events = []
        self.error = None
        self._stream = center.events()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        try:
            for event in self._stream:
                if not isinstance(event, CatalogMoved):
                    self.events.append(event)
        except SignInNeeded as err:
            self.error = err

    def close(self):
        """Stop; return how long that took, in seconds."""
        started = time.perf_counter()
        self._stream.close()
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        return time.perf_counter() - started


def test_log_in_and_out(embedded):
    center = NativeCenter(embedded.base_url)
    assert isinstance(center, Center)
    with pytest.raises(SignInNeeded):
        center.children(None)
    with pytest.raises(SignInNeeded):
        center.log_in(embedded.user, "wrong")
    identity = center.log_in(embedded.user, embedded.password)
    assert identity.user == embedded.user
    assert center.capabilities.events
    assert center.health().version == "1.0"
    center.log_out()
    center.log_out()
    with pytest.raises(SignInNeeded):
        center.children(None)


def test_the_tree(center, embedded):
    (city,) = center.children(None).nodes
    assert (city.kind, city.channels_total) == (NodeKind.CITY, 1000)
    assert center.node(city.id) == city == embedded.city.node(city.id)
    page = center.children(city.id, limit=10)
    rest = center.children(city.id, page.next_cursor, limit=100)
    assert rest.next_cursor is None
    assert (*page.nodes, *rest.nodes) == tuple(embedded.city.children(city.id, 0, 100)[0])
    below = center.channels_below("s50010301", limit=5)
    assert below.channels[0] == center.channel("c1") == replace(embedded.city.channel("c1"), rights=ALL_RIGHTS)
    assert below.next_cursor is not None


def test_a_channel_tells_what_this_operator_may_do(embedded):
    center = NativeCenter(embedded.base_url)
    center.log_in("yuzhong", embedded.password)
    channel = center.channel("c1")
    assert rights_of(channel.rights) == {Right.VIEW}
    assert center.channels_below("s50010301", limit=5).channels[0] == channel
    center.close()


@pytest.mark.parametrize("node_id", ["nope", "", ".", "..", "a/b", "中", "a b", "%2e%2e", "x?limit=1"])
def test_ids_that_do_not_exist(center, node_id):
    with pytest.raises(NotFound):
        center.node(node_id)
    with pytest.raises(NotFound):
        center.channels_below(node_id)


def test_a_live_stream(center, embedded):
    lease = center.open_live("c1", StreamKind.SUB)
    (source,) = lease.sources
    assert (source.protocol, source.codec, source.width) == (Protocol.RTSP, Codec.H265, 640)
    assert source.credentials == Credentials("viewer", "media-secret")
    assert center.renew_live(lease.id).sources == lease.sources
    center.close_live(lease.id)
    center.close_live(lease.id)
    assert embedded.open_leases() == 0
    with pytest.raises(NotFound):
        center.renew_live(lease.id)
    with pytest.raises(NotFound):
        center.open_live("c9999", StreamKind.SUB)
    embedded.set_online("c2", False)
    with pytest.raises(CameraOffline):
        center.open_live("c2", StreamKind.MAIN)


def test_tokens_are_renewed_before_they_lapse(embedded):
    with EmbeddedCenter(16, access_s=1.0) as short:
        center = NativeCenter(short.base_url)
        center.log_in(short.user, short.password)
        first = center._tokens.access()
        wait_until(lambda: center.node("city") and center._tokens.access() != first)
        center.close()


def test_a_lapsed_token_is_renewed_once_by_many_threads(center, embedded, monkeypatch):
    renewals = []
    renew = embedded._state.sessions.renew
    monkeypatch.setattr(embedded._state.sessions, "renew", lambda token: renewals.append(1) or renew(token))
    embedded.lapse_access_tokens()
    errors = []

    def ask():
        try:
            center.channel("c1")
        except Exception as err:
            errors.append(err)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    assert not errors
    assert len(renewals) == 1


def test_a_revoked_session_asks_for_a_log_in(center, embedded):
    embedded.revoke_sessions()
    for _ in range(2):
        with pytest.raises(SignInNeeded):
            center.channel("c1")


def test_events_survive_a_restart_of_the_center(center, embedded):
    heard = Heard(center)
    wait_until(lambda: heard.events == [LineState(True)])
    embedded.set_online("c5", False)
    wait_until(lambda: len(heard.events) == 2)
    status = heard.events[1]
    assert isinstance(status, ChannelStatus)
    assert (status.channel_id, status.online, status.ancestors[-1][:2]) == ("c5", False, ("city", 1000))
    embedded.stop()
    embedded.set_online("c6", False)  # while nobody listens: replayed
    wait_until(lambda: LineState(False) in heard.events)
    embedded.start()
    wait_until(lambda: len(heard.events) == 5)
    assert heard.events[2:4] == [LineState(False), LineState(True)]
    assert heard.events[4].channel_id == "c6"
    assert heard.close() < 2.0


def test_lost_events_are_told(center, embedded):
    heard = Heard(center)
    wait_until(lambda: heard.events == [LineState(True)])
    embedded.stop()
    embedded.set_online("c6", False)
    embedded.lose_events()
    embedded.start()
    wait_until(lambda: EventsLost() in heard.events)
    heard.close()


def test_a_revoked_session_ends_the_events(center, embedded):
    heard = Heard(center)
    wait_until(lambda: heard.events)
    embedded.revoke_sessions()
    wait_until(lambda: heard.error is not None)
    heard.close()


def test_closing_does_not_log_in_or_out(center, embedded):
    center.close()
    with pytest.raises(ServerFailed):
        center.channel("c1")


def test_no_secret_is_shown(center, embedded, caplog):
    caplog.set_level(logging.DEBUG)
    lease = center.open_live("c1", StreamKind.SUB)
    token = center._tokens.access()
    secret = embedded._state.sessions.by_access_token(token)
    login = models.LogIn("op", "pass-word")
    shown = f"{center!r} {center._tokens!r} {lease!r} {login!r} {secret!r} {embedded._state!r} {caplog.text}"
    with pytest.raises(SignInNeeded) as refused:
        center.log_in("op", "pass-word")
    shown += repr(refused.value)
    for text in (token, embedded.password, "media-secret", "pass-word", secret.refresh_token):
        assert text not in shown


# --- what an adapter makes of what it is given ---


def lease(**changes):
    source = models.SourceDocument("rtsp", "rtsp://127.0.0.1/1")
    values = {"id": "l", "channel_id": "c1", "kind": "sub", "expires_in_s": 30.0, "sources": [source], **changes}
    return models.LeaseDocument(**values)


def test_bad_sources_are_left_out():
    good = models.SourceDocument("http-ts", "http://u:p@127.0.0.1/1", codec="av1")
    bad = [
        models.SourceDocument("rtsp", "file:///etc/passwd"),
        models.SourceDocument("rtsp", "rtsp://127.0.0.1/ :sout=#x"),
        models.SourceDocument("webrtc", "http://127.0.0.1/whep"),
    ]
    (source,) = read_lease(lease(sources=[*bad, good])).sources
    assert source == Source(Protocol.HTTP_TS, "http://127.0.0.1/1", None, credentials=Credentials("u", "p"))


@pytest.mark.parametrize("changes", [{"kind": "third"}, {"expires_in_s": 0}, {"expires_in_s": float("nan")}])
def test_bad_leases_are_refused(changes):
    with pytest.raises(BadPayload):
        read_lease(lease(**changes))


def test_values_of_a_newer_center_are_lived_with():
    node = models.NodeDocument("n", None, "constellation", "北斗", "", 3, 2)
    assert read_node(node).kind is NodeKind.GROUP
    channel = models.ChannelDocument("c", "x", "", True, camera_kind="drone", place="moon")
    read = read_node(models.NodeDocument("c", "n", "channel", "x", "", 1, 1, channel)).channel
    assert read is not None
    assert (read.camera_kind, read.place) == (CameraKind.BOX, None)


@pytest.mark.parametrize("url", ["rtsp://127.0.0.1", "127.0.0.1", "http://", "file:///x", "http://a b/"])
def test_a_center_needs_an_http_address(url):
    with pytest.raises(BadAddress):
        NativeCenter(url)
