"""Footage over RTSP: from any place, at several speeds, never backwards, and only with a good ticket."""

import hashlib
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import av
import pytest
from av.container import InputContainer

from wallclient.demo import strip
from wallclient.demo.media import MediaServer, StreamedCamera, default_cache_dir
from wallclient.demo.recording_calendar import DAY_S, FootageFile, files_between
from wallclient.demo.recording_http import address
from wallclient.demo.recording_store import FootageStore
from wallclient.domain.stream import Codec

FPS, NOW, LIMIT_S = 25, 1_800_000_000.0, 20.0
PLAIN, H265 = 2, 8
CAMERAS = [
    StreamedCamera(PLAIN, "录像2号", Codec.H264, "bridge-dusk-2"),
    StreamedCamera(H265, "录像8号", Codec.H265, "bridge-dusk-2"),
]
PASSWORD = "pass-4711-word"


def a_file(number: int) -> FootageFile:
    """Return a whole file in the middle of a segment, or its beginning: H.265 takes long to be made."""
    files = files_between(number, NOW - DAY_S, NOW, NOW)
    file = next(file for file in files if file.end_s - file.start_s == 120)
    return replace_end(file, 30)


def replace_end(file: FootageFile, length_s: int) -> FootageFile:
    return file._replace(end_s=file.start_s + length_s)


FILES = {address(file, "mp4", "good"): file for file in (a_file(PLAIN), a_file(H265))}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaServer]:
    store = FootageStore(CAMERAS, FPS, default_cache_dir(), shelf=tmp_path_factory.mktemp("footage"))

    def find(path: str):
        file = FILES.get(path)
        return None if file is None else (store.path(file), str(file.codec))

    with MediaServer(CAMERAS, fps=FPS, password=PASSWORD, http_token="token-0815") as media:
        media.offer_footage(find)
        media.start()
        yield media
    store.close()


def url_of(server: MediaServer, path: str, *, signed: bool = True) -> str:
    url, credentials = server.footage_address(path)
    return url.replace("://", f"://{credentials.user}:{credentials.password}@") if signed else url


def path_of(number: int) -> str:
    return next(path for path, file in FILES.items() if file.number == number)


@pytest.mark.parametrize("number", [PLAIN, H265])
@pytest.mark.parametrize("seek_s", [0.0, 7.0])
def test_a_place_in_the_footage_shows_its_moment(server: MediaServer, number: int, seek_s: float) -> None:
    path = path_of(number)
    options = {"rtsp_transport": "tcp"}
    with av.open(url_of(server, path), options=options, timeout=(LIMIT_S, LIMIT_S)) as container:
        assert isinstance(container, InputContainer)
        container.streams.video[0].thread_type = "NONE"
        if seek_s:
            container.seek(int(seek_s * 1_000_000))
        found = []
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            reading = strip.read(bytes(plane), frame.width, frame.height, plane.line_size, 1)
            assert reading is not None
            assert reading.camera == number
            found.append(reading.counter)
            if len(found) == 30:
                break
    first = round((FILES[path].start_s + seek_s) * FPS)
    assert found == [(first + i) % strip.COUNTER_MODULO for i in range(30)]


@pytest.mark.parametrize("path", ["", "/footage/2/1-2.mp4?ticket=bad", "/etc/passwd"])
def test_an_address_without_a_good_ticket_opens_nothing(server: MediaServer, path: str) -> None:
    with pytest.raises(av.FFmpegError):
        av.open(url_of(server, path), options={"rtsp_transport": "tcp"}, timeout=(LIMIT_S, LIMIT_S))


def test_footage_needs_the_password_of_the_media_server(server: MediaServer) -> None:
    with pytest.raises(av.HTTPUnauthorizedError):
        av.open(
            url_of(server, path_of(PLAIN), signed=False), options={"rtsp_transport": "tcp"}, timeout=(LIMIT_S, LIMIT_S)
        )


class Conversation:
    """As much RTSP as it takes to ask for a Scale, which no library here can."""

    def __init__(self, server: MediaServer, path: str) -> None:
        self._url, self._credentials = server.footage_address(path)
        self._socket = socket.create_connection(("127.0.0.1", server.rtsp_port), LIMIT_S)
        self._sequence = 0
        self._raw = b""
        self.headers: dict[str, str] = {}

    def close(self) -> None:
        self._socket.close()

    def begin(self) -> None:
        """Get ready to play, over this connection."""
        assert self.ask("DESCRIBE", self._url) == 200
        base = self.headers["content-base"]
        assert self.ask("SETUP", f"{base}stream=0", Transport="RTP/AVP/TCP;unicast;interleaved=0-1") == 200
        self._session, self._url = self.headers["session"].partition(";")[0], base

    def play(self, scale: str, from_s: float) -> int:
        """Play at a speed from a place on; return the status."""
        return self.ask("PLAY", self._url, Session=self._session, Scale=scale, Range=f"npt={from_s}-")

    def pause(self) -> int:
        return self.ask("PAUSE", self._url, Session=self._session)

    def ask(self, method: str, url: str, **headers: str) -> int:
        """Do a request, signed if that is wanted, and return its status."""
        status = self._send(method, url, headers)
        if status != 401:
            return status
        realm, nonce = (
            re.search(f'{name}="([^"]*)"', self.headers["www-authenticate"])[1] for name in ("realm", "nonce")
        )  # type: ignore[index]
        user = self._credentials.user
        secret = _md5(f"{user}:{realm}:{self._credentials.password}")
        response = _md5(f"{secret}:{nonce}:{_md5(f'{method}:{url}')}")
        parts = {"username": user, "realm": realm, "nonce": nonce, "uri": url, "response": response}
        signature = "Digest " + ", ".join(f'{name}="{value}"' for name, value in parts.items())
        return self._send(method, url, {**headers, "Authorization": signature})

    def _send(self, method: str, url: str, headers: dict[str, str]) -> int:
        self._sequence += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}", *(f"{k}: {v}" for k, v in headers.items())]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while not self._skip_media() or b"\r\n\r\n" not in self._raw:
            self._raw += self._socket.recv(65536)
        head, _, rest = self._raw.partition(b"\r\n\r\n")
        first, *others = head.decode().split("\r\n")
        self.headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in others)}
        length = int(self.headers.get("content-length", 0))
        while len(rest) < length:
            rest += self._socket.recv(65536)
        self._raw = rest[length:]
        return int(first.split()[1])

    def _skip_media(self) -> bool:
        """Drop whole interleaved packets; tell whether a reply begins here."""
        while self._raw[:1] == b"$":
            size = 4 + int.from_bytes(self._raw[2:4], "big") if len(self._raw) >= 4 else 4
            if len(self._raw) < size:
                return False
            self._raw = self._raw[size:]
        return bool(self._raw)

    def pictures(self, seconds: float) -> int:
        """Count the pictures (RTP marker bits) that come in a time."""
        count, until = 0, time.monotonic() + seconds
        self._socket.settimeout(0.1)
        while time.monotonic() < until:
            try:
                self._raw += self._socket.recv(65536)
            except TimeoutError:
                continue
            while len(self._raw) >= 4 and len(self._raw) >= (size := 4 + int.from_bytes(self._raw[2:4], "big")):
                assert self._raw[:1] == b"$"
                count += self._raw[1] == 0 and self._raw[5] >> 7
                self._raw = self._raw[size:]
        self._socket.settimeout(LIMIT_S)
        return count


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # as RFC 2617 has it


def test_the_scale_is_answered_and_backwards_refused(server: MediaServer) -> None:
    with closing(Conversation(server, path_of(PLAIN))) as talk:
        talk.begin()
        for wrong in ("-1.0", "0", "nonsense"):
            assert talk.play(wrong, 5) == 406
        counts = {}
        for scale in ("4.0", "0.5"):
            assert talk.play(scale, 5) == 200
            assert "npt=5" in talk.headers["range"]
            counts[scale] = talk.pictures(1.5)
            assert talk.pause() == 200
        assert counts["4.0"] > 4 * counts["0.5"] > 0
