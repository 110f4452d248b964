"""A camera's replay over RTSP as ONVIF wants it: digest log-in, `Require: onvif-replay`, `Range: clock=`.

The first packet of each picture has its time. Pictures tell which they are: picture `n` is of the brightness `16 + n`.
"""

import contextlib
import hashlib
import re
import socket
import struct
import threading
from datetime import UTC, datetime
from fractions import Fraction

import av
import numpy

FPS, PICTURES, GROUP = 10, 200, 10
STEP_MS = 1000 // FPS
_NTP_1970 = 2_208_988_800
_CLOCK = re.compile(r"clock=(\d{8}T\d{6}\.\d+)Z-")


def _encode() -> list[list[bytes]]:
    """Return the NAL units of each picture."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    params = f"keyint={GROUP}:min-keyint={GROUP}:scenecut=0:repeat-headers=1:bframes=0:annexb=1"
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "10", "x264-params": params}
    packets = []
    for number in range(PICTURES):
        planes = numpy.full((72, 64), 128, numpy.uint8)  # brightness, then both colours
        planes[:48] = 16 + number
        frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return [[nal for nal in re.split(rb"\x00\x00\x00?\x01", bytes(packet)) if nal] for packet in packets]


class ReplayServer:
    """One recording that begins at `start_ms`. `lies`: it plays from its beginning whatever it is asked."""

    def __init__(self, start_ms: int, user: str, password: str) -> None:
        self.start_ms, self.user, self.password = start_ms, user, password
        self.lies = self.is_terse = False  # terse: no times in packets, and none in the answer
        self.asked: list[str] = []  # messages as they came
        self._nals = _encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"rtsp://127.0.0.1:{self._listener.getsockname()[1]}/replay?token=R1"
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = [threading.Thread(target=self._accept)]

    def __enter__(self) -> "ReplayServer":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(20)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        player: _Player | None = None
        try:
            with client, client.makefile("rb") as file:
                while True:
                    head = _message(file)
                    if head is None:
                        return
                    self.asked.append(head)
                    if player is not None:
                        player.stop()
                        player = None
                    player = self._answer(client, head)
        except OSError:
            pass
        finally:
            if player is not None:
                player.stop()

    def _answer(self, client: socket.socket, head: str) -> "_Player | None":
        method, url, _ = head.split("\r\n")[0].split(" ")
        number = (re.search(r"CSeq: *(\d+)", head) or [0, "0"])[1]
        reply = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n"
        if method == "OPTIONS":
            client.sendall(f"{reply}Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN\r\n\r\n".encode())
        elif not self._is_known(head, method, url):
            challenge = (
                'WWW-Authenticate: Basic realm="r"\r\nWWW-Authenticate: Digest realm="r", nonce="n7", qop="auth"'
            )
            client.sendall(f"RTSP/1.0 401 Unauthorized\r\nCSeq: {number}\r\n{challenge}\r\n\r\n".encode())
        elif method == "DESCRIBE":
            base = self.uri.replace("/replay", "/base/replay")
            sdp = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=r\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
            sdp += "a=fmtp:96 packetization-mode=1\r\na=control:trackID=1\r\n"
            kind = f"Content-Base: {base}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(sdp)}"
            client.sendall(f"{reply}{kind}\r\n\r\n{sdp}".encode())
        elif method == "SETUP":
            transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 12345678"
            client.sendall(f"{reply}{transport}\r\n\r\n".encode())
        elif method == "PLAY" and "Require: onvif-replay" in head:
            return self._play(client, head, reply)
        elif method == "PLAY":
            client.sendall(f"RTSP/1.0 457 Invalid Range\r\nCSeq: {number}\r\n\r\n".encode())
        else:
            client.sendall(f"{reply}Session: 12345678\r\n\r\n".encode())
        return None

    def _play(self, client: socket.socket, head: str, reply: str) -> "_Player":
        found = _CLOCK.search(head)
        assert found, "a camera's replay counts by the clock"
        moment = datetime.strptime(found[1], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
        asked = (round(moment.timestamp() * 1000) - self.start_ms) // STEP_MS
        first = 0 if self.lies else min(max(asked, 0), PICTURES - 1) // GROUP * GROUP
        told = "" if self.is_terse else f"Range: {found[0]}\r\n"  # it repeats what it was asked
        client.sendall(f"{reply}Session: 12345678\r\n{told}\r\n".encode())
        return _Player(client, self._nals, first, None if self.is_terse else self.start_ms)

    def _is_known(self, head: str, method: str, url: str) -> bool:
        told = dict(
            re.findall(r'(\w+)="?([^",\r]*)"?', (re.search(r"Authorization: Digest (.*)\r", head) or [0, ""])[1])
        )
        first = _md5(f"{self.user}:r:{self.password}")
        second = _md5(f"{method}:{url}")
        wanted = _md5(f"{first}:n7:{told.get('nc')}:{told.get('cnonce')}:auth:{second}")
        return told.get("response") == wanted and told.get("uri") == url


class _Player(threading.Thread):
    """Sends pictures, one group a moment, until it is stopped."""

    def __init__(self, client: socket.socket, nals: list[list[bytes]], first: int, start_ms: int | None) -> None:
        super().__init__(daemon=True)
        self._client, self._nals, self._first, self._start_ms = client, nals, first, start_ms
        self._stopped = threading.Event()
        self.start()

    def stop(self) -> None:
        self._stopped.set()
        self.join(20)

    def run(self) -> None:
        number = 0
        try:
            for picture in range(self._first, PICTURES):
                for index, nal in enumerate(self._nals[picture]):
                    is_last = index == len(self._nals[picture]) - 1
                    number += 1
                    packet = self._packet(number, picture, is_last, index == 0) + nal
                    self._client.sendall(b"$\x00" + struct.pack(">H", len(packet)) + packet)
                if self._stopped.wait(0.01):
                    return
        except OSError:
            pass

    def _packet(self, number: int, picture: int, is_last: bool, is_first: bool) -> bytes:
        has_time = is_first and self._start_ms is not None
        time = (1_000_000 + (picture - self._first) * 90_000 // FPS) & 0xFFFFFFFF
        head = struct.pack(">BBHII", 0x90 if has_time else 0x80, 96 | (0x80 if is_last else 0), number, time, 7)
        if not has_time or self._start_ms is None:
            return head
        at_ms = self._start_ms + picture * STEP_MS
        fraction = (at_ms % 1000) * 2**32 // 1000
        return head + struct.pack(">HHIII", 0xABAC, 3, at_ms // 1000 + _NTP_1970, fraction, 0)


def _message(file) -> str | None:
    """Return the next request; reports of the receiver are passed over."""
    while True:
        sign = file.read(1)
        if not sign:
            return None
        if sign == b"$":
            _, length = struct.unpack(">BH", file.read(3))
            file.read(length)
            continue
        head = sign
        while not head.endswith(b"\r\n\r\n"):
            line = file.readline()
            if not line:
                return None
            head += line
        return head.decode()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
