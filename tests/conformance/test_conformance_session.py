"""Log-in, log-out, what a center claims, and that no secret of it is ever told."""

import dataclasses
import logging
from collections.abc import Callable, Iterable

import pytest
from asking import is_refused, needs

from wallclient.api.center import Capabilities, Center, Health, Identity
from wallclient.api.patrol import PatrolCenter
from wallclient.api.pictures import PictureCenter
from wallclient.api.ptz import PtzCenter
from wallclient.api.recordings import RecordingCenter
from wallclient.domain.errors import BadAddress, CenterError, ServerFailed, SignInNeeded
from wallclient.domain.ptz import STILL, Area, PtzAbility, Steering
from wallclient.domain.stream import StreamKind

SECONDARY = {  # what a center may claim -> the protocol it implements then
    "ptz": PtzCenter,
    "recordings": RecordingCenter,
    "pictures": PictureCenter,
    "patrol": PatrolCenter,
}


def test_it_is_a_center_and_knows_who_signed_in(stand):
    center = stand.client()
    assert isinstance(center, Center)
    health = center.health()
    assert isinstance(health, Health)
    assert health.name
    identity = center.log_in(stand.user, stand.password)
    assert isinstance(identity, Identity)
    assert identity.user == stand.user
    assert isinstance(center.capabilities, Capabilities)
    assert center.base_url
    center.log_out()
    center.close()


def test_nothing_works_before_the_log_in(stand):
    center = stand.client()
    asked: Iterable[Callable[[], object]] = (
        lambda: center.children(None),
        lambda: center.node(stand.camera),
        lambda: center.channel(stand.camera),
        lambda: center.open_live(stand.camera, StreamKind.SUB),
    )
    for ask in asked:
        with pytest.raises(SignInNeeded):
            ask()
    center.log_out()  # of nobody: no error
    center.close()


def test_a_wrong_password_is_told_and_leaves_nobody_signed_in(stand):
    needs(stand.asks_password, "this kind has no password")
    center = stand.client()
    for user, password in ((stand.user, "wrong-密码"), ("nobody", stand.password)):
        with pytest.raises(SignInNeeded):
            center.log_in(user, password)
        assert center.refresh_token is None
        with pytest.raises(SignInNeeded):
            center.children(None)
    center.log_in(stand.user, stand.password)  # and is no obstacle to the right one
    assert center.children(None).nodes
    center.log_out()
    center.close()


def test_a_session_goes_on_in_another_run_and_ends_with_the_log_out(stand):
    first = stand.sign_in()
    token = first.refresh_token
    if token is None:
        assert not stand.asks_password
    else:
        second = stand.client()
        assert second.resume(token).user == stand.user
        assert second.children(None).nodes
        second.log_out()
        second.close()
    first.log_out()
    assert first.refresh_token is None
    with pytest.raises(SignInNeeded):
        first.children(None)
    first.close()


def test_a_token_that_is_none_is_no_session(stand):
    needs(stand.asks_password, "this kind has no password")
    center = stand.client()
    for nonsense in ("", "nonsense", "x" * 5000, '["a","b"]', "密码"):
        with pytest.raises(SignInNeeded):
            center.resume(nonsense)
    center.close()


def test_a_token_that_lapsed_meanwhile_is_renewed_unseen(stand, center):
    needs(stand.expire_token, "nothing here lapses")
    assert center.children(None).nodes
    stand.expire_token()
    assert center.children(None).nodes
    stand.expire_token()
    assert center.open_live(stand.camera, StreamKind.SUB).sources


def test_only_addresses_of_the_web_are_opened(stand):
    needs(stand.address, "nothing of this kind has an address")
    for address in (
        "file:///etc/passwd",
        "ftp://host/",
        "http://",
        "http://a b/",
        "http://h/ :sout=x",
        "http://h:99999/",
    ):
        with pytest.raises(BadAddress):
            stand.client(address)


# --- what is claimed is there; what is not claimed says NotAble, and never anything else ---


def test_what_is_claimed_is_implemented(stand, center):
    claimed = center.capabilities
    for name, protocol in SECONDARY.items():
        if getattr(claimed, name):
            assert isinstance(center, protocol), f"{name} is claimed"
    if claimed.events:
        events = center.events()
        assert hasattr(events, "__iter__")
        events.close()
    if claimed.catalog:
        assert sum(len(page.nodes) for page in center.snapshot())
    assert not (claimed.alarms and not claimed.events), "alarms come as events"
    assert not (claimed.patrol_plans and not claimed.patrol)


def test_what_is_not_claimed_says_so(stand, center):
    for name, ask in _unclaimed(center, stand.camera):
        assert is_refused(ask), f"{name} is not claimed, and yet there"


def _unclaimed(center: Center, camera: str) -> Iterable[tuple[str, Callable[[], object]]]:
    claimed = center.capabilities
    if not claimed.events:
        yield "events", center.events
    if not claimed.catalog:
        yield "snapshot", lambda: list(center.snapshot())
        yield "changes", lambda: center.changes(0)
    if not claimed.ptz and isinstance(center, PtzCenter):
        yield "steer", lambda: center.steer(camera, Steering("hand-0001", 1, STILL), 5.0)
        yield "presets", lambda: center.presets(camera)
        yield "cruises", lambda: center.cruises(camera)
        yield "aim", lambda: center.aim(camera, Area(0.5, 0.5))
        yield "switch", lambda: center.switch(camera, PtzAbility.WIPER, True)
    if not claimed.recordings and isinstance(center, RecordingCenter):
        yield "segments", lambda: center.segments([camera], 0, 1000)
        yield "days", lambda: center.recorded_days([camera], 2026, 11, "Asia/Shanghai")
        yield "playback", lambda: center.open_playback(camera, 0, 1000)
        yield "export", lambda: center.open_export(camera, 0, 1000)
    if not claimed.pictures and isinstance(center, PictureCenter):
        yield "picture", lambda: center.picture(camera)


# --- secrets ---


def test_no_secret_is_ever_told(stand, caplog):
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    center = stand.client()
    for password in ("wrong-密码", stand.password):
        try:
            told.append(repr(center.log_in(stand.user, password)))
        except CenterError as err:
            told += [repr(err), str(err)]
    token = center.refresh_token
    nodes = center.children(None).nodes
    lease = center.open_live(stand.camera, StreamKind.SUB)
    told += [
        repr(center),
        repr(nodes),
        repr(lease),
        repr(lease.sources),
        repr(dataclasses.astuple(center.capabilities)),
    ]
    for bad in (lambda: center.node("nobody"), lambda: center.open_live("nobody", StreamKind.MAIN)):
        with pytest.raises(CenterError) as caught:
            bad()
        told += [repr(caught.value), str(caught.value), repr(caught.value.__cause__)]
    center.log_out()
    center.close()
    text = "\n".join([*told, caplog.text])
    assert text
    for number, secret in enumerate((*stand.secrets, token)):
        assert not secret or secret not in text, f"secret {number} was told"
    for source in lease.sources:
        assert "@" not in source.url.split("?")[0], "the user is in the address"


def test_a_center_that_is_away_is_not_a_wrong_password(stand):
    needs(stand.address, "nothing of this kind is asked over HTTP")
    from stands import nobody_listens

    center = stand.client(nobody_listens())
    for ask in (center.health, lambda: center.log_in(stand.user, stand.password)):
        with pytest.raises(ServerFailed):
            ask()
    center.close()
