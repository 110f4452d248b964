"""The stages adapters are tried on: for each kind of center a server or double, clients of it, and its ways to fail."""

import contextlib
import os
import socket
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from asking import until
from meddler import Meddler

from wallclient.api.center import Center
from wallclient.api.native import NativeCenter
from wallclient.api.wvp.center import WvpCenter
from wallclient.api.zoneminder.center import ZoneMinderCenter
from wallclient.camera_list.center import ListCenter
from wallclient.camera_list.importer import keep_list, read_list
from wallclient.demo.process import DemoProcess
from wallclient.domain.camera_list import CameraSite
from wallclient.domain.stream import Protocol, Source, StreamKind
from wallclient.storage.camera_sites import site_file

TESTS = Path(__file__).resolve().parents[1]
STREAMED = 4  # cameras of the embedded center whose streams the doubles hand out
USER_VARIABLE, PASSWORD_VARIABLE = "WALLCLIENT_CENTER_USER", "WALLCLIENT_CENTER_PASSWORD"
for _folder in ("wvp", "camera_list", "zoneminder", "onvif"):
    sys.path.append(str(TESTS / _folder))  # the doubles live with the tests of their adapter


class Unavailable(Exception):  # noqa: N818 - reads as what it is
    """The stand can't be put up here; says why."""


class Pictures:
    """The embedded center, whose cameras' streams every other stand hands out too. Starts when first asked."""

    def __init__(self) -> None:
        self._demo: DemoProcess | None = None
        self._center: NativeCenter | None = None

    @property
    def demo(self) -> DemoProcess:
        if self._demo is None:
            self._demo = DemoProcess(64, 15, prepare=STREAMED, lease_s=900.0)
            self._demo.start()
        return self._demo

    def sources(self, number: int) -> tuple[Source, ...]:
        """Return the addresses of a camera's sub stream."""
        if self._center is None:
            self._center = NativeCenter(self.demo.base_url)
            self._center.log_in(self.demo.user, self.demo.password)
        return self._center.open_live(f"c{number}", StreamKind.SUB).sources

    def url(self, number: int, protocol: Protocol) -> str:
        """Return one address; user and password of RTSP are in it, as many servers hand them out."""
        source = next(source for source in self.sources(number) if source.protocol is protocol)
        if source.credentials is None:
            return source.url
        return source.url.replace("://", f"://{source.credentials.user}:{source.credentials.password}@")

    def password(self) -> str:
        """Return the password of the streams."""
        return next(s.credentials.password for s in self.sources(1) if s.credentials)

    def close(self) -> None:
        if self._center is not None:
            self._center.close()
        if self._demo is not None:
            self._demo.stop()


class Stand(ABC):
    """One kind of center. What a kind has not stays None, and the cases that need it are skipped in so many words."""

    kind = ""
    address: str | None = None  # of a server that speaks HTTP: others can be put before it
    user, password = "", ""
    asks_password = True
    camera = ""  # a channel that streams, and can be steered where the center steers at all
    fixed: str | None = None  # a channel that can't be steered
    shows_pictures = True  # the streams handed out can be decoded here
    secrets: tuple[str, ...] = ()  # what nobody may ever read in a log, a text of an error or a repr
    expire_token: Callable[[], object] | None = None  # the server forgets the session's token, not the session
    move_path: str | None = None  # part of the address a move is sent to
    took: Callable[[], list[str]] | None = None  # what reached `camera` so far, in order: "move", "stop", other
    ring: Callable[[], object] | None = None  # an alarm happens
    error_inside: bytes | None = None  # a reply that says 200 and means failure
    footage_ms: tuple[int, int] | None = None  # a range of `camera` with footage in it

    @abstractmethod
    def client(self, address: str | None = None) -> Center:
        """Return an adapter nobody has signed in with, at another address if given. Raises BadAddress."""

    def close(self) -> None:  # noqa: B027 - most stands have nothing to take down
        """Take the stage down."""

    def sign_in(self, address: str | None = None) -> Center:
        """Return an adapter that is signed in."""
        center = self.client(address)
        center.log_in(self.user, self.password)
        return center

    @contextlib.contextmanager
    def signed_in(self, address: str | None = None) -> Iterator[Center]:
        """Sign in for a block."""
        center = self.sign_in(address)
        try:
            yield center
        finally:
            center.log_out()
            center.close()

    @contextlib.contextmanager
    def meddled(self) -> Iterator[tuple[Meddler, Center]]:
        """Sign in through a relay that may answer in the server's place."""
        assert self.address is not None
        with Meddler(self.address) as meddler, self.signed_in(meddler.url) as center:
            yield meddler, center


class NativeStand(Stand):
    """The embedded center."""

    kind = "native"
    camera, fixed = "c3", "c2"
    move_path = "/ptz"
    error_inside = b'{"type":"urn:center-api:problem:x","title":"t","status":500}'

    def __init__(self, pictures: Pictures) -> None:
        self._demo = pictures.demo
        self.address, self.user, self.password = self._demo.base_url, self._demo.user, self._demo.password
        self.secrets = (self.password, pictures.password())
        self.expire_token = self._demo.lapse_tokens

    def client(self, address: str | None = None) -> Center:
        return NativeCenter(address or self._demo.base_url)

    def arrivals(self) -> list[float]:
        """Return when moves arrived (monotonic)."""
        return [entry["at_s"] for entry in self._demo.ptz_log(3) if entry["kind"] == "move"]

    def took(self) -> list[str]:
        kinds = [entry["kind"] for entry in self._demo.ptz_log(3)]
        words = {"move": "move", "stop": "stop", "dead_man": "stop", "idle_stop": "stop"}
        return [words[kind] for kind in kinds if kind in words]


class WvpStand(Stand):
    """The double of a WVP, with the embedded center's streams."""

    kind = "wvp"
    camera, fixed = "c11", "c19"
    move_path = "/front-end/ptz"
    error_inside = b'{"code":100,"msg":"\xe5\xa4\xb1\xe8\xb4\xa5","data":null}'

    def __init__(self, pictures: Pictures) -> None:
        from wvp_double import CHINA, Wvp, md5

        self._wvp = Wvp()
        self._wvp.__enter__()
        addresses = {Protocol.RTSP: "rtsp", Protocol.HTTP_TS: "ts", Protocol.HTTP_FLV: "flv"}
        given: dict[str, object] = {name: pictures.url(1, protocol) for protocol, name in addresses.items()}
        self._wvp.stream_overrides = {**given, "fmp4": None, "hls": None, "mediaInfo": {"videoCodec": "H264"}}
        self.address, self.user, self.password = self._wvp.base_url, self._wvp.user, self._wvp.password
        self.secrets = (self.password, md5(self.password), pictures.password())
        self.expire_token = self._wvp.tokens.clear
        start, end = (datetime(2026, 11, 20, hour, tzinfo=CHINA) for hour in (8, 9))  # as the double has it
        self.footage_ms = round(start.timestamp() * 1000), round(end.timestamp() * 1000)
        self.ring = lambda: self._wvp.ring(11)

    def client(self, address: str | None = None) -> Center:
        return WvpCenter(address or self._wvp.base_url)

    def took(self) -> list[str]:
        return [
            "stop" if query.get("command") == "stop" else "move" for _, verb, query in self._wvp.moves if verb == "ptz"
        ]

    def close(self) -> None:
        self._wvp.__exit__()


class ListStand(Stand):
    """A list of cameras, imported from a file as people have them."""

    kind = "list"
    asks_password = False

    def __init__(self, pictures: Pictures) -> None:
        from list_files import Keyring, row, write_csv

        self._folder = tempfile.TemporaryDirectory(prefix="conformance-")
        folder = Path(self._folder.name)
        self._keyring, self._file = Keyring(), site_file(folder, "k")
        rtsp = next(source for source in pictures.sources(1) if source.protocol is Protocol.RTSP)
        assert rtsp.credentials is not None
        who = {"user": rtsp.credentials.user, "password": rtsp.credentials.password}
        rows = [
            row(path="渝中区/解放碑", name=f"枪机{n}", code=f"5001030100132000000{n}", main=rtsp.url, sub="", **who)
            for n in range(1, 6)
        ]
        rows.append(row(path="", name="大门", code="", main=rtsp.url, sub=rtsp.url, **who))
        kept = keep_list(read_list(write_csv(folder, *rows)), "名单", self._file, self._keyring, CameraSite())
        self.camera = kept.cameras[0].id
        self.secrets = (rtsp.credentials.password,)
        self.folder, self.accounts = str(folder), dict(self._keyring)

    def client(self, address: str | None = None) -> Center:
        return ListCenter("k", self._file, self._keyring.read)

    def close(self) -> None:
        self._folder.cleanup()


class ZoneMinderStand(Stand):
    """The double of a ZoneMinder, whose monitors are the embedded center's cameras."""

    kind = "zoneminder"
    camera, fixed = "m1", "m3"
    move_path = "/zm/index.php"

    def __init__(self, pictures: Pictures) -> None:
        from zm_double import Event, ZoneMinder

        self._zm = ZoneMinder()
        self._zm.monitors[1].path = pictures.url(1, Protocol.RTSP)
        self._zm.video = bytes(range(256)) * 64
        now = time.time()
        self._zm.events = {n: Event(n, 1, now - 900 + 100 * n, now - 810 + 100 * n) for n in range(1, 7)}
        self._zm.__enter__()
        self.address, self.user, self.password = self._zm.base_url, self._zm.user, self._zm.password
        self.secrets = (self.password, pictures.password())
        self.footage_ms = round((now - 900) * 1000), round((now - 200) * 1000)
        self.ring = lambda: self._zm.events.update({99: Event(99, 1, time.time(), None, "Motion", "Motion: All", 5)})

    def client(self, address: str | None = None) -> Center:
        return ZoneMinderCenter(address or self._zm.base_url)

    def took(self) -> list[str]:
        names = [name for monitor, name, _ in self._zm.heard if monitor == 1]
        return ["stop" if name.endswith("Stop") else "move" for name in names if name.startswith("move")]

    def close(self) -> None:
        self._zm.__exit__()


class RealZoneMinderStand(Stand):
    """A real ZoneMinder out of Debian's packages, with drawn cameras; half a minute until it stands."""

    kind = "zoneminder-real"
    camera, fixed = "m1", "m3"

    def __init__(self, pictures: Pictures) -> None:
        sys.path.append(str(TESTS.parent))
        from tests.integration.zoneminder.server import NoZoneMinder
        from tests.integration.zoneminder.stand import CAMERA_PASSWORD
        from tests.integration.zoneminder.stand import Stand as ZoneMinderStage

        self._stage = ZoneMinderStage()
        try:
            self._stage.__enter__()
        except NoZoneMinder as err:
            raise Unavailable(f"no ZoneMinder here, `make test-zoneminder` installs one: {err}") from None
        server = self._stage.server
        self.address, self.user, self.password = server.base_url, server.user, server.password
        self.secrets = (self.password, CAMERA_PASSWORD)
        until(lambda: server.sql("SELECT Id FROM Events WHERE MonitorId=1 AND EndDateTime IS NOT NULL"), "no event")
        now_ms = round(time.time() * 1000)
        self.footage_ms = now_ms - 600_000, now_ms

    def client(self, address: str | None = None) -> Center:
        return ZoneMinderCenter(address or self.address or "")

    def ring(self) -> None:
        with self.signed_in() as center:
            assert isinstance(center, ZoneMinderCenter)
            center.force_alarm(self.camera, True)

    def took(self) -> list[str]:
        moves = [path for path in self._stage.steered.heard if "continuouspantiltmove=" in path]
        return ["stop" if path.endswith("continuouspantiltmove=0,0") else "move" for path in moves]

    def close(self) -> None:
        self._stage.__exit__()


class OnvifStand(Stand):
    """A site with two cameras, one of which turns; doubles both, with the embedded center's streams."""

    kind = "onvif"
    asks_password = False
    move_path = "/onvif/ptz"

    def __init__(self, pictures: Pictures) -> None:
        from onvif_double import OnvifDouble, Stream
        from site_stand import SiteStand, camera_of

        rtsp = next(source for source in pictures.sources(1) if source.protocol is Protocol.RTSP)
        assert rtsp.credentials is not None
        self._doubles = [OnvifDouble(rtsp.credentials.user, rtsp.credentials.password) for _ in range(2)]
        self._doubles[1].has_ptz = False
        self._folder = tempfile.TemporaryDirectory(prefix="conformance-")
        self._site = SiteStand(Path(self._folder.name))
        for double, name in zip(self._doubles, ("球机", "枪机"), strict=True):
            double.streams = [Stream("main", 640, 360, uri=rtsp.url), Stream("sub", 320, 180, uri=rtsp.url)]
            double.__enter__()
            site = self._site.add(camera_of(double, name, ("渝北", "两路口")))
        self.camera, self.fixed = (camera.id for camera in site.cameras)
        self._before = 0
        self.folder = self._folder.name
        self.accounts = dict.fromkeys(site.accounts, rtsp.credentials.password)
        self.secrets = (rtsp.credentials.password,)

    def ring(self) -> None:
        until(lambda: "PullMessages" in self._doubles[0].operations()[self._before :], "nobody asks for events")
        self._doubles[0].happen("tns1:VideoSource/MotionAlarm", "Changed", {"State": "true"})

    def client(self, address: str | None = None) -> Center:
        self._before = len(self._doubles[0].operations())
        return self._site.center()

    def arrivals(self) -> list[float]:
        """Return when moves arrived (monotonic)."""
        return [at for operation, at in self._doubles[0].seen_at if operation == "ContinuousMove"]

    def took(self) -> list[str]:
        words = {"ContinuousMove": "move", "Stop": "stop"}
        return [words[operation] for operation, _ in self._doubles[0].calls if operation in words]

    def close(self) -> None:
        for double in self._doubles:
            double.__exit__()
        self._site.close()
        self._folder.cleanup()


class RealStand(Stand):
    """A server somewhere, `kind=URL`, with user and password from the environment. Nothing is done to it."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind, self.address = kind, url
        self.user, self.password = os.environ.get(USER_VARIABLE, ""), os.environ.get(PASSWORD_VARIABLE, "")
        if not self.password:
            raise Unavailable(f"{USER_VARIABLE} and {PASSWORD_VARIABLE} are not set")
        self.secrets = (self.password,)
        with self.signed_in() as center:
            self.camera = first_online(center)

    def client(self, address: str | None = None) -> Center:
        return REAL[self.kind](address or self.address or "")

    @contextlib.contextmanager
    def meddled(self) -> Iterator[tuple[Meddler, Center]]:
        if not (self.address or "").startswith("http://"):
            raise Unavailable("the server speaks TLS: nobody can stand in between")
        with super().meddled() as both:
            yield both


def first_online(center: Center) -> str:
    """Return the first camera of a center that is online. Raises Unavailable."""
    for node in center.children(None).nodes:
        if node.channel is not None and node.channel.online:
            return node.id
        if node.channel is None:
            for channel in center.channels_below(node.id).channels:
                if channel.online:
                    return channel.id
    raise Unavailable("the server has no camera that is online")


def nobody_listens() -> str:
    """Return the address of a port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


KINDS: dict[str, Callable[[Pictures], Stand]] = {
    "native": NativeStand,
    "wvp": WvpStand,
    "zoneminder": ZoneMinderStand,
    "onvif": OnvifStand,
    "list": ListStand,
}
ON_REQUEST: dict[str, Callable[[Pictures], Stand]] = {
    "zoneminder-real": RealZoneMinderStand
}  # named, not by themselves
REAL: dict[str, Callable[[str], Any]] = {"native": NativeCenter, "wvp": WvpCenter, "zoneminder": ZoneMinderCenter}


def put_up(name: str, pictures: Pictures) -> Stand:
    """Return the stand for a word of the command line: a kind, or `kind=URL`. Raises Unavailable."""
    kind, _, url = name.partition("=")
    if url:
        if kind not in REAL:
            raise Unavailable(f"no adapter {kind!r} takes an address; there are {', '.join(REAL)}")
        return RealStand(kind, url)
    stands = {**KINDS, **ON_REQUEST}
    if kind not in stands:
        raise Unavailable(f"no stand {kind!r}; there are {', '.join(stands)}")
    return stands[kind](pictures)
