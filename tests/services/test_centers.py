"""Several centers at once, over the real adapter and real embedded centers; the keyring is one in memory."""

import asyncio
import gc
import threading
import time
from dataclasses import replace

import pytest
import qasync

from tests.storage.keyring_session import needs_secret_service, run_with_keyring
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.center_config import CenterConfig, new_key, typed_address
from wallclient.domain.errors import BadAddress, KeyringLocked, NotFound, ServerFailed, SignInNeeded
from wallclient.domain.global_id import global_id, key_of, root_id, split_id
from wallclient.domain.node import NodeKind
from wallclient.domain.notice import NoticeKind
from wallclient.domain.secret import KeeperState, SecretKind
from wallclient.domain.stream import Codec, Protocol, Source, StreamKind
from wallclient.services.center_access import AccessState
from wallclient.services.center_probe import Probe, ProbeResult, probe
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.mirrors import mirror_folder
from wallclient.storage.settings import settings_file

LIMIT_S = 30.0
TOKEN, PASSWORD = SecretKind.REFRESH_TOKEN, SecretKind.PASSWORD


class OneSource:
    """Stands in for the media server."""

    def sources(self, number, _kind):
        return (Source(Protocol.RTSP, f"rtsp://127.0.0.1:8554/{number}", Codec.H264, 640, 360, 25.0),)


class MemoryStore:
    """A keyring in memory, which can be locked and can hang."""

    def __init__(self):
        self.secrets: dict[tuple[SecretKind, str, str], str] = {}
        self.trouble: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def _check(self):
        self.gate.wait(LIMIT_S)
        if self.trouble:
            raise self.trouble

    def state(self):
        return KeeperState.SAFE

    def read(self, kind, center_key, user):
        self._check()
        return self.secrets.get((kind, center_key, user))

    def write(self, kind, center_key, user, secret):
        self._check()
        self.secrets[kind, center_key, user] = secret

    def forget(self, kind, center_key, user):
        self._check()
        self.secrets.pop((kind, center_key, user), None)


@pytest.fixture
def north():
    with EmbeddedCenter(1000, media=OneSource()) as center:
        yield center


@pytest.fixture
def south():
    with EmbeddedCenter(64, media=OneSource()) as center:
        yield center


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, LIMIT_S * 2))
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def new_centers(tmp_path, store):
    """The program's centers, as at a start; what is saved outlasts them."""

    def new(patience_s: float = LIMIT_S) -> Centers:
        centers = Centers(Preferences(settings_file(tmp_path)), SecretKeeper(store, patience_s), tmp_path / "data")
        centers.told = []
        centers.asked = []
        centers.noticed.connect(lambda notice: centers.told.append(notice.kind))
        centers.sign_in_needed.connect(centers.asked.append)
        return centers

    return new


def nobody_listens(center):
    """Wait until a center has noticed that the line of events was closed."""
    limit = time.monotonic() + 20
    while center.listeners():
        assert time.monotonic() < limit
        time.sleep(0.01)
    return True


async def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, "the condition did not come true"
        await asyncio.sleep(0.01)


def both(centers, north, south):
    centers.add(CenterConfig("n", north.base_url, "北"))
    centers.add(CenterConfig("s", south.base_url))


def test_global_ids_split_at_the_first_stroke_only():
    assert split_id(global_id("k", "a/b//c")) == ("k", "a/b//c")
    assert split_id(root_id("k")) == ("k", "")
    assert key_of("c1") == ""
    assert len({new_key() for _ in range(100)}) == 100
    assert not any("/" in new_key() for _ in range(100))


def test_two_centers_live_side_by_side(north, south, new_centers, run):
    async def shift():
        centers = new_centers()
        both(centers, north, south)
        heard = []
        centers.status_changed.connect(heard.append)
        await centers.log_in("n", north.user, north.password)
        await centers.log_in("s", south.user, south.password)
        await until(lambda: all(access.root.channels_total for access in centers.accesses))
        roots = (await centers.children(None)).nodes
        assert [(n.id, n.kind, n.name, n.channels_total) for n in roots] == [
            ("n/", NodeKind.CENTER, "北", 1000),
            ("s/", NodeKind.CENTER, centers.access("s").session.name, 64),
        ]
        (city,) = (await centers.children("s/")).nodes
        assert (city.id, city.parent_id) == (f"s/{split_id(city.id)[1]}", "s/")
        district = (await centers.children(city.id)).nodes[0]
        assert district.parent_id == city.id
        first = await centers.channel("n/c1")
        assert first.id == "n/c1"
        assert {key_of(c.id) for c in await centers.channels_below(city.id, 99)} == {"s"}
        assert len(await centers.channels_below("s/", 99)) == 64
        lease = await centers.open_live("s/c2", StreamKind.SUB)
        assert (key_of(lease.id), lease.channel_id) == ("s", "s/c2")
        assert (north.open_leases(), south.open_leases()) == (0, 1)
        assert await centers.renew_live(lease.id) == 60.0
        await centers.close_live(lease.id)
        assert south.open_leases() == 0
        await until(lambda: north.listeners() == south.listeners() == 1)
        south.set_online("c3", False)
        await until(lambda: heard)
        assert heard[0].channel_id == "s/c3"
        assert heard[0].ancestors[-1] == ("s/", 64, centers.access("s").root.channels_online)
        assert {key_of(node) for node, _, _ in heard[0].ancestors} == {"s"}
        for gone in ("x/c1", "c1", ""):
            with pytest.raises(NotFound):
                await centers.channel(gone)
        await centers.close()

    run(shift())
    assert nobody_listens(north)
    assert nobody_listens(south)


def test_a_center_that_is_away_leaves_the_other_alone(north, south, new_centers, run):
    async def outage():
        centers = new_centers()
        both(centers, north, south)
        await centers.log_in("n", north.user, north.password)
        assert centers.is_waited_for("s/c1")
        assert not centers.is_waited_for("n/c1")
        with pytest.raises(SignInNeeded):
            await centers.channel("s/c1")
        south.stop()
        with pytest.raises(ServerFailed):
            await centers.log_in("s", south.user, south.password)
        assert (await centers.channel("n/c1")).id == "n/c1"
        assert [access.state for access in centers.accesses] == [AccessState.CONNECTED, AccessState.SIGNED_OUT]
        assert centers.signed_in
        assert centers.reachable
        await centers.close()

    run(outage())


def test_a_revoked_session_asks_once_and_for_its_center_only(north, south, new_centers, run):
    async def revoked():
        centers = new_centers()
        both(centers, north, south)
        for key, center in (("n", north), ("s", south)):
            await centers.log_in(key, center.user, center.password, stay=True)
        south.revoke_sessions()
        results = await asyncio.gather(*(centers.channel("s/c1") for _ in range(4)), return_exceptions=True)
        assert {type(result) for result in results} == {SignInNeeded}
        await until(lambda: centers.asked)
        await until(lambda: (TOKEN, "s", south.user) not in centers._keeper._store.secrets)
        assert centers.asked == ["s"]
        assert await centers.channel("n/c1")
        await centers.close()

    run(revoked())


# Staying signed in


def test_a_kept_session_goes_on_at_the_next_start(north, new_centers, store, run):
    async def two_shifts():
        centers = new_centers()
        centers.add(CenterConfig("n", north.base_url))
        await centers.log_in("n", north.user, north.password, stay=True)
        lease = await centers.open_live("n/c1", StreamKind.SUB)
        closing = asyncio.create_task(centers.close_live(lease.id))  # as a pane does that closes
        asking = [asyncio.create_task(centers.channel("n/c1")) for _ in range(40)]  # some are answered too late
        await centers.close()
        await asyncio.gather(closing, *asking, return_exceptions=True)
        assert north.open_leases() == 0, "given back, although the session goes on"
        assert set(store.secrets) == {(TOKEN, "n", north.user)}
        assert north.password not in store.secrets.values()
        again = new_centers()
        assert again.resume_all()
        assert again.accesses[0].state is AccessState.SIGNING_IN
        await until(lambda: again.signed_in)
        assert again.operator.user == north.user
        assert again.asked == again.told == []
        await again.log_out("n")
        assert store.secrets == {}
        assert not again.configs[0].stay_signed_in
        await again.close()
        assert not new_centers().resume_all()

    run(two_shifts())


def test_without_staying_nothing_is_kept_and_the_session_ends(north, new_centers, store, run):
    async def shift():
        centers = new_centers()
        centers.add(CenterConfig("n", north.base_url))
        store.trouble = AssertionError("the keyring was asked")
        await centers.log_in("n", north.user, north.password)
        token = centers.access("n").session.refresh_token
        await centers.close()
        again = new_centers()
        assert not again.resume_all()
        with pytest.raises(SignInNeeded):
            await again.access("n").session.resume(token)
        assert again.configs[0].users == (north.user,)
        await again.close()

    run(shift())


def test_a_session_resumes_when_its_center_is_back(north, new_centers, run):
    async def late():
        centers = new_centers()
        centers.add(CenterConfig("n", north.base_url))
        await centers.log_in("n", north.user, north.password, stay=True)
        await centers.close()
        north.stop()
        again = new_centers()
        again.resume_all()
        access = again.access("n")
        tried = []
        access.session.state_changed.connect(lambda: tried.append(1))
        with pytest.raises(ServerFailed):  # not "sign in": there is nothing the operator could do
            await again.channel("n/c1")
        assert access.state is AccessState.SIGNING_IN
        north.start()
        await until(lambda: access.state is AccessState.CONNECTED)
        assert again.asked == []
        await again.close()

    run(late())


def test_a_session_revoked_meanwhile_falls_back_on_the_password_or_asks(north, new_centers, store, run):
    async def revoked():
        centers = new_centers()
        centers.add(CenterConfig("n", north.base_url))
        await centers.log_in("n", north.user, north.password, stay=True, keep_password=True)
        await centers.close()
        north.revoke_sessions()
        again = new_centers()
        again.resume_all()
        await until(lambda: again.signed_in)
        assert again.asked == []
        await again.close()
        north.revoke_sessions()
        store.secrets[PASSWORD, "n", north.user] = "changed since"
        third = new_centers()
        third.resume_all()
        await until(lambda: third.asked)
        assert third.asked == ["n"]
        assert store.secrets == {}, "what does not open the door any more is thrown away"
        await until(lambda: third.access("n").state is AccessState.SIGNED_OUT)
        await third.close()

    run(revoked())


def test_another_operator_takes_over_and_the_first_ones_secrets_go(north, new_centers, store, run):
    async def change_of_shift():
        centers = new_centers()
        centers.add(CenterConfig("n", north.base_url))
        await centers.log_in("n", "admin", north.password, stay=True, keep_password=True)
        with pytest.raises(SignInNeeded):
            await centers.log_in("n", "yuzhong", "guessed")
        assert (TOKEN, "n", "admin") in store.secrets
        await centers.log_in("n", "yuzhong", north.password, stay=True)
        assert set(store.secrets) == {(TOKEN, "n", "yuzhong")}
        config = centers.configs[0]
        assert (config.user, config.users) == ("yuzhong", ("yuzhong", "admin"))
        assert centers.operator.user == "yuzhong"
        await centers.close()

    run(change_of_shift())


def test_a_locked_keyring_is_a_notice_and_no_obstacle(north, new_centers, store, run):
    async def locked():
        centers = new_centers()
        centers.add(CenterConfig("n", north.base_url))
        store.trouble = KeyringLocked("locked")
        await centers.log_in("n", north.user, north.password, stay=True)
        assert centers.signed_in
        assert centers.told == [NoticeKind.NOT_KEPT]
        assert not centers.configs[0].stay_signed_in
        store.trouble = None
        await centers.log_in("n", north.user, north.password, stay=True)
        await centers.close()
        store.trouble = KeyringLocked("locked")
        again = new_centers()
        again.resume_all()
        await until(lambda: again.asked)
        assert again.told == [NoticeKind.NOT_RESUMED]
        assert again.configs[0].stay_signed_in, "next time it may be open"
        await again.close()

    run(locked())


def test_a_keyring_that_hangs_holds_nothing_up(north, new_centers, store, run):
    async def hanging():
        centers = new_centers(patience_s=0.2)
        centers.add(CenterConfig("n", north.base_url))
        store.gate.clear()
        await centers.log_in("n", north.user, north.password, stay=True)
        assert centers.signed_in
        assert centers.told == [NoticeKind.NOT_KEPT]
        began = time.monotonic()
        await centers.close()
        assert time.monotonic() - began < 5
        store.gate.set()

    run(hanging())


@needs_secret_service
def test_staying_signed_in_with_a_real_secret_service(north, tmp_path):
    code = f"""
import asyncio, json, pathlib, qasync
from PySide6.QtCore import QCoreApplication
from wallclient.domain.center_config import CenterConfig
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.credentials import Credentials
from wallclient.storage.settings import settings_file
folder = pathlib.Path({str(tmp_path)!r})
def new():
    return Centers(Preferences(settings_file(folder / "config")), SecretKeeper(Credentials()), folder / "data")
async def main():
    centers = new()
    print(await centers.keeper_state())
    centers.add(CenterConfig("n", {north.base_url!r}))
    await centers.log_in("n", {north.user!r}, {north.password!r}, stay=True, keep_password=True)
    await centers.close()
    again = new()
    again.resume_all()
    while not again.signed_in:
        await asyncio.sleep(0.01)
    print(json.dumps((await again.channel("n/c1")).id))
    await again.close()
app = QCoreApplication([])
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
    runner.run(asyncio.wait_for(main(), 40))
"""
    assert run_with_keyring(code, tmp_path / "home") == "n/c1"
    written = (tmp_path / "config" / "settings.json").read_text()
    assert north.password not in written
    assert '"stay_signed_in": true' in written


# The list of centers


def test_centers_are_added_changed_and_removed_with_all_that_is_theirs(north, south, new_centers, store, run, tmp_path):
    async def edit():
        centers = new_centers()
        both(centers, north, south)
        log = []
        for name in ("added", "removed"):
            getattr(centers, name).connect(lambda key, name=name: log.append((name, key)))
        await centers.log_in("n", north.user, north.password, stay=True)
        config = centers.access("n").config
        await centers.change(replace(config, name="改名"))
        assert centers.access("n").title == "改名"
        assert centers.is_signed_in("n/c1"), "another name is no reason to ask for a password"
        await centers.change(replace(centers.access("n").config, url=south.base_url))
        assert not centers.is_signed_in("n/c1")
        assert store.secrets == {}, "no other server is shown this one's token"
        assert not centers.configs[0].stay_signed_in
        with pytest.raises(BadAddress):
            await centers.change(replace(config, url="ftp://x"))
        assert centers.access("n").config.url == south.base_url
        await centers.log_in("n", south.user, south.password, stay=True)
        mirrors = mirror_folder(tmp_path / "data", "n")
        mirrors.mkdir(parents=True)
        (mirrors / "x.db").touch()
        await centers.remove("n")
        assert (store.secrets, mirrors.exists(), log) == ({}, False, [("removed", "n")])
        assert [c.key for c in centers.configs] == ["s"]
        await centers.close()
        assert [c.key for c in new_centers().configs] == ["s"]

    run(edit())


def test_an_address_edited_by_hand_that_cannot_be_used_stops_nothing(north, new_centers, run):
    async def damaged():
        centers = new_centers()
        bad = CenterConfig("bad", "gopher://x")
        centers._preferences.change(centers=(bad, CenterConfig("n", north.base_url)))
        again = new_centers()
        assert again.unusable == [bad]
        await again.log_in("n", north.user, north.password)
        await again.change(replace(bad, url=north.base_url))
        assert again.unusable == []
        assert [access.key for access in again.accesses] == ["bad", "n"]
        await again.close()

    run(damaged())


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("center.example:8443", "https://center.example:8443"),
        ("10.0.0.1", "https://10.0.0.1"),
        (" http://10.0.0.1:80/ ", "http://10.0.0.1:80"),
        ("HTTPS://x", "https://x"),
        ("https://user:pw@x/", "https://x"),
    ],
)
def test_an_address_without_a_scheme_is_https(typed, url):
    assert typed_address(typed) == url


@pytest.mark.parametrize("typed", ["", "rtsp://x", "http://", "a b", "file:///etc/passwd"])
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(BadAddress):
        typed_address(typed)


def test_a_center_is_tried_out_in_plain_results(north, tmp_path, run):
    from wallclient.demo.certificates import make_certificates

    certificates = make_certificates(tmp_path)
    (tmp_path / "not.pem").write_text("nothing")

    async def tried(url: str, ca_file: object = "") -> Probe:
        return await probe(CenterConfig("k", url, ca_file=str(ca_file)))

    async def try_out():
        good = await tried(north.base_url)
        assert good.result is ProbeResult.GOOD
        assert good.name.startswith("重庆市")
        assert good.version
        assert (await tried("gopher://x")).result is ProbeResult.BAD_ADDRESS
        assert (await tried(north.base_url, tmp_path / "not.pem")).result is ProbeResult.BAD_CA_FILE
        assert (await tried(north.base_url, tmp_path / "none.pem")).result is ProbeResult.BAD_CA_FILE
        assert (await tried(f"{north.base_url}/elsewhere")).result is ProbeResult.NO_CENTER
        assert (await tried(north.base_url.replace("http://", "https://"))).result is ProbeResult.NO_ANSWER
        with EmbeddedCenter(64, certificates=certificates) as secure:
            assert (await tried(secure.base_url)).result is ProbeResult.NOT_TRUSTED
            assert (await tried(secure.base_url, certificates.ca_file)).result is ProbeResult.GOOD
            plain = secure.base_url.replace("https://", "http://")
            assert (await tried(plain)).result in (ProbeResult.NO_ANSWER, ProbeResult.NO_CENTER)

    run(try_out())
