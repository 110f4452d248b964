"""Footage of cameras over RTSP for players that know no ONVIF: a door on this machine that translates.

ONVIF's replay counts time by the camera's clock (`Range: clock=…`) and wants `Require: onvif-replay`; FFmpeg counts
from the start (`Range: npt=…`). The door sits between, changes these words, logs in, and passes packets on as they are.
It says from which moment on pictures come by the time in the first packet itself (header extension 0xABAC): what is
shown for a moment is of that moment, whatever the camera answers. Source: ONVIF Streaming 6; RFC 2326; RFC 7616.
"""

import asyncio
import contextlib
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from wallclient.domain.errors import NotAble
from wallclient.domain.stream import Credentials

CONNECT_S = 4.0
FIRST_PACKET_S = 5.0
_LARGEST_HEAD, _LARGEST_BODY = 64 * 1024, 256 * 1024
_PIECE = 256 * 1024
_NTP_1970 = 2_208_988_800  # seconds from 1900 to 1970
_ONVIF_EXTENSION = 0xABAC
_NPT = re.compile(r"npt=\s*([\d.]+)?\s*-", re.IGNORECASE)
_CLOCK = re.compile(r"clock=\s*(\d{8}T\d{6}(?:\.\d+)?)Z", re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')
_DROPPED = ("content-base", "content-location", "location", "www-authenticate", "authorization", "require")


@dataclass(frozen=True, slots=True)
class Replay:
    """One recording behind the door. `zero_ms` is the camera's time, since 1970, that counts as the start."""

    uri: str = field(repr=False)
    credentials: Credentials | None
    zero_ms: int


@dataclass
class _Head:
    """First line and headers of a message, names as they came, and its body."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def get(self, name: str) -> str:
        """Return a header; empty where there is none."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")

    def without(self, *names: str) -> list[tuple[str, str]]:
        """Return the headers but these."""
        return [(name, value) for name, value in self.headers if name.lower() not in names]

    def encode(self) -> bytes:
        """Return the message as it travels."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.line}\r\n{head}\r\n".encode() + self.body


class ReplayDoor:
    """Listens on the loopback for as long as the loop runs. Addresses hold a secret: nobody else here gets in."""

    def __init__(self) -> None:
        self._replays: dict[str, Replay] = {}
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()

    async def address(self, replay: Replay) -> str:
        """Return an address that plays this footage until `forget`. Raises NotAble for any other way than RTSP."""
        parts = urlsplit(replay.uri)
        if parts.scheme != "rtsp" or not parts.hostname:
            raise NotAble("the camera's recordings are offered in no way this program plays")
        async with self._opening:
            if self._server is None:
                self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LARGEST_HEAD)
        ticket = secrets.token_hex(16)
        self._replays[ticket] = replay
        return f"rtsp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/{ticket}"

    def forget(self, address: str) -> None:
        """Let nobody in there any more; who is in may stay."""
        self._replays.pop(address.rpartition("/")[2], None)

    async def close(self) -> None:
        """Close the door."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await _read_head(reader)
            ticket = urlsplit(first.line.split(" ")[1]).path.strip("/").partition("/")[0]
            replay = self._replays.get(ticket)
            if replay is None:
                writer.write(_Head("RTSP/1.0 404 Not Found", [("CSeq", first.get("CSeq"))]).encode())
            else:
                await _Passage(replay, ticket, reader, writer).run(first)
        except (OSError, ValueError, IndexError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # either end is gone, or talks something else: the player notices
        finally:
            writer.close()


class _Passage:
    """One connection of a player, and the one to the camera behind it."""

    def __init__(self, replay: Replay, ticket: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._replay = replay
        self._ticket = ticket
        self._player_in, self._player = reader, writer
        self._base = replay.uri
        self._asked: dict[str, _Head] = {}  # by CSeq: what was sent and not answered yet
        self._tried: set[str] = set()  # by CSeq: what was sent with a log-in
        self._challenge: dict[str, str] = {}
        self._logins = 0  # with the nonce of the challenge
        self._held: _Head | None = None  # the answer to PLAY, until the first packet tells its time

    async def run(self, first: _Head) -> None:
        """Pass messages and packets both ways until either end is gone."""
        parts = urlsplit(self._replay.uri)
        async with asyncio.timeout(CONNECT_S):
            self._camera_in, self._camera = await asyncio.open_connection(
                parts.hostname, parts.port or 554, limit=_LARGEST_HEAD
            )
        try:
            self._ask(first)
            ways = [asyncio.create_task(self._from_player()), asyncio.create_task(self._from_camera())]
            done, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.wait(ways)
            for task in done:
                task.exception()
        finally:
            self._camera.close()

    # --- to the camera ---

    async def _from_player(self) -> None:
        while True:
            sign = await self._player_in.readexactly(1)
            if sign == b"$":  # reports of the receiver
                head = await self._player_in.readexactly(3)
                frame = await self._player_in.readexactly(int.from_bytes(head[1:], "big"))
                self._camera.write(sign + head + frame)
            else:
                self._ask(await _read_head(self._player_in, sign))
            await self._camera.drain()

    def _ask(self, request: _Head) -> None:
        method, url, version = request.line.split(" ", 2)
        headers = request.without(*_DROPPED)
        if method in ("SETUP", "PLAY"):
            headers.append(("Require", "onvif-replay"))
        if method == "PLAY" and (npt := _NPT.search(request.get("Range"))) is not None:
            at_ms = self._replay.zero_ms + round(float(npt[1] or 0) * 1000)
            headers = [pair for pair in headers if pair[0].lower() != "range"]
            headers.append(("Range", f"clock={_clock(at_ms)}-"))
        ready = _Head(f"{method} {self._to_camera(url)} {version}", headers, request.body)
        self._asked[ready.get("CSeq")] = ready
        self._send(ready)

    def _send(self, request: _Head) -> None:
        if self._challenge:
            self._tried.add(request.get("CSeq"))
            self._logins += 1
            method, uri = request.line.split(" ")[:2]
            login = _digest(self._challenge, self._replay.credentials, method, uri, self._logins)
            request = _Head(request.line, [*request.headers, ("Authorization", login)], request.body)
        self._camera.write(request.encode())

    def _to_camera(self, url: str) -> str:
        """Return an address of ours as one of the camera's; one of its own as it is."""
        _, found, rest = url.partition(self._ticket)
        return self._base.rstrip("/") + rest if found and rest else self._replay.uri if found else url

    # --- to the player ---

    async def _from_camera(self) -> None:
        """Pass packets on in large pieces: a wall of them comes through here."""
        data = b""
        while True:
            async with asyncio.timeout(FIRST_PACKET_S if self._held is not None else None):
                piece = await self._camera_in.read(_PIECE)
            if not piece:
                return
            data += piece
            while data:
                length = self._frames(data) if data[:1] == b"$" else 0
                if length:
                    self._player.write(data[:length])
                    data = data[length:]
                elif data[:1] == b"$" or (end := data.find(b"\r\n\r\n")) < 0:
                    break  # not whole yet
                else:
                    answer = _parse_head(data[: end + 4])
                    whole = end + 4 + _length(answer)
                    if len(data) < whole:
                        break
                    answer.body, data = data[end + 4 : whole], data[whole:]
                    self._answered(answer)
            if len(data) > _LARGEST_BODY + _LARGEST_HEAD:
                raise ValueError("no message")
            await self._player.drain()

    def _frames(self, data: bytes) -> int:
        """Return how much of the data is whole packets; the first after PLAY sets the time."""
        at = 0
        while len(data) - at >= 4 and data[at] == 0x24:
            size = 4 + int.from_bytes(data[at + 2 : at + 4], "big")
            if len(data) - at < size:
                break
            if self._held is not None and data[at + 1] % 2 == 0:
                self._release(_packet_ms(data[at + 4 : at + size]))
            at += size
        return at

    def _answered(self, answer: _Head) -> None:
        status = answer.line.split(" ")[1]
        number = answer.get("CSeq")
        asked = self._asked.get(number)
        if status == "401" and asked is not None and number not in self._tried and self._may_log_in(answer):
            self._send(asked)
            return
        self._asked.pop(number, None)
        method = asked.line.partition(" ")[0] if asked is not None else ""
        if method == "DESCRIBE" and status == "200":
            self._base = answer.get("Content-Base") or answer.get("Content-Location") or self._base
        if status.startswith("3"):
            answer.line = "RTSP/1.0 502 Bad Gateway"  # a player would go there past this door
        answer.headers = answer.without(*_DROPPED)
        if method == "PLAY" and status == "200":
            self._release(None)
            self._held = answer
        else:
            self._player.write(answer.encode())

    def _release(self, first_ms: int | None) -> None:
        """Answer PLAY: the pictures' time is that of the first packet, else what the camera says it plays."""
        answer, self._held = self._held, None
        if answer is None:
            return
        told = _CLOCK.search(answer.get("Range"))
        if first_ms is None and told is not None:
            first_ms = _clock_ms(told[1])
        answer.headers = answer.without("range")
        if first_ms is not None:
            answer.headers.append(("Range", f"npt={max(0, first_ms - self._replay.zero_ms) / 1000:.3f}-"))
        else:  # nobody says what it plays: a player would count on from the last place, and show the wrong moment
            answer.line = "RTSP/1.0 457 Invalid Range"
        self._player.write(answer.encode())

    def _may_log_in(self, answer: _Head) -> bool:
        """Take a challenge; only digests are answered, for Basic would show the password to the whole network."""
        challenge = next((v for n, v in answer.headers if n.lower() == "www-authenticate" and "Digest" in v), "")
        told = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(challenge)}
        if self._replay.credentials is None or told.get("algorithm", "MD5").upper() != "MD5" or "nonce" not in told:
            return False
        self._challenge, self._logins = told, 0
        return True


async def _read_head(reader: asyncio.StreamReader, begun: bytes = b"") -> _Head:
    head = _parse_head(begun + await reader.readuntil(b"\r\n\r\n"))
    head.body = await reader.readexactly(_length(head))
    return head


def _parse_head(raw: bytes) -> _Head:
    line, *rest = raw.decode("utf-8", "replace").strip("\r\n").split("\r\n")
    headers = [(name.strip(), value.strip()) for name, colon, value in (one.partition(":") for one in rest) if colon]
    if len(line.split(" ")) < 2:
        raise ValueError("no RTSP")
    return _Head(line, headers)


def _length(head: _Head) -> int:
    length = int(head.get("Content-Length") or 0)
    if not 0 <= length <= _LARGEST_BODY:
        raise ValueError("an impossible length")
    return length


def _digest(challenge: dict[str, str], credentials: Credentials | None, method: str, uri: str, count: int) -> str:
    """Return the answer to a challenge (RFC 7616, MD5)."""
    assert credentials is not None
    realm, nonce = challenge.get("realm", ""), challenge["nonce"]
    first = _md5(f"{credentials.user}:{realm}:{credentials.password}")
    second = _md5(f"{method}:{uri}")
    more = ""
    if "auth" in re.split(r"[\s,]+", challenge.get("qop", "")):
        once = secrets.token_hex(8)
        response = _md5(f"{first}:{nonce}:{count:08x}:{once}:auth:{second}")
        more = f', qop=auth, nc={count:08x}, cnonce="{once}"'
    else:
        response = _md5(f"{first}:{nonce}:{second}")
    if "opaque" in challenge:
        more += f', opaque="{challenge["opaque"]}"'
    user = credentials.user.replace('"', "")
    return f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}"{more}'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _packet_ms(packet: bytes) -> int | None:
    """Return the time an RTP packet carries, in ms since 1970. Source: ONVIF Streaming 6.2, RFC 3550 5.3.1."""
    if len(packet) < 12 or not packet[0] & 0x10:
        return None
    at = 12 + 4 * (packet[0] & 0x0F)
    if len(packet) < at + 12 or int.from_bytes(packet[at : at + 2], "big") != _ONVIF_EXTENSION:
        return None
    seconds = int.from_bytes(packet[at + 4 : at + 8], "big")
    fraction = int.from_bytes(packet[at + 8 : at + 12], "big")
    return (seconds - _NTP_1970) * 1000 + round(fraction * 1000 / 2**32)


def _clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y%m%dT%H%M%S.") + f"{at_ms % 1000:03d}Z"


def _clock_ms(text: str) -> int | None:
    with contextlib.suppress(ValueError):
        form = "%Y%m%dT%H%M%S.%f" if "." in text else "%Y%m%dT%H%M%S"
        return round(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp() * 1000)
    return None
