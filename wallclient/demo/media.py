"""The demo cameras as one object.

Has clips made, runs the media server's process, and names the addresses to watch at.
"""

import contextlib
import itertools
import json
import os
import queue
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from wallclient.demo import sound, typeset
from wallclient.demo.clips import ClipFailed, ClipMaker, ClipWanted
from wallclient.demo.ptz_feed import feed_pair
from wallclient.demo.ptz_motion import Motion
from wallclient.demo.ptz_pictures import PtzPictures, view_of
from wallclient.domain.errors import WallError
from wallclient.domain.stream import Codec, Credentials, Protocol, Source, StreamKind

_SYSTEM_PYTHON = "/usr/bin/python3"  # the one Debian's python3-gi is made for
_SUB_SIZE = (640, 360)
RTSP_FOOTAGE = "/footage"  # the one mount of all footage; which file is in the query
FootageFinder = Callable[[str], tuple[Path, str] | None]  # path on disk and codec, by address
_START_S, _REPLY_S, _STOP_S = 30.0, 30.0, 3.0
_ROOT = Path(__file__).resolve().parents[2]
# Isolated, so that no variable or file of the virtual environment reaches the system's Python; our package comes last
# in its path.
_BOOT = "import sys; sys.path.append(sys.argv[1]); from wallclient.demo.media_server import main; main()"


class MediaServerFailed(WallError):  # noqa: N818 - reads as what happened
    """The media server did not start, died, or refused a command; `args[0]` says why."""


@dataclass(frozen=True, slots=True)
class StreamedCamera:
    """A camera that really streams.

    `number` 0 … 1023 is in its strip, `name` in its text, `scene` one of `scenes.SCENES`.
    """

    number: int
    name: str
    codec: Codec
    scene: str
    has_audio: bool = False
    main_size: tuple[int, int] = (1280, 720)

    def size(self, kind: StreamKind) -> tuple[int, int]:
        """Return width and height of a stream, in pixels."""
        return self.main_size if kind is StreamKind.MAIN else _SUB_SIZE


def default_cache_dir() -> Path:
    """Return where clips are kept: `WALLCLIENT_DEMO_CACHE`, or the user's cache directory."""
    return Path(os.environ.get("WALLCLIENT_DEMO_CACHE") or platformdirs.user_cache_path("wallclient") / "demo")


class MediaServer:
    """Owns the media server's process.

    `start`, `stop`, `restart` and `prepare` belong to one thread, the rest to any.
    """

    def __init__(
        self,
        cameras: Sequence[StreamedCamera],
        *,
        fps: int = 25,
        cache_dir: Path | None = None,
        user: str = "viewer",
        password: str,
        http_token: str,
        moving: Iterable[int] = (),
    ) -> None:
        """Take the cameras; those `moving` are PTZ cameras, whose pictures are rendered while somebody watches."""
        self._moving = frozenset(moving)
        for camera in cameras:
            if camera.number in self._moving and (camera.codec, camera.main_size) != (Codec.H264, (1280, 720)):
                raise ValueError(f"camera {camera.number}: moving pictures are H.264 and 1280x720")
            if camera.codec is Codec.H265 and camera.main_size[0] > 1280:
                raise ValueError(f"camera {camera.number}: H.265 goes up to 1280x720 here")
        self.cameras = {camera.number: camera for camera in cameras}
        self.fps = fps
        self._cache_dir = cache_dir or default_cache_dir()
        self._credentials = Credentials(user, password)
        self._http_token = http_token
        self._clips = ClipMaker(self._cache_dir)
        views = {number: view_of(number, self.cameras[number].name) for number in self._moving}
        self._pictures = PtzPictures(views, fps) if views else None
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._write_lock = threading.Lock()
        self._replies: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._ids = itertools.count(1)
        self._feed: socket.socket | None = None
        self._footage: FootageFinder | None = None
        self.rtsp_port = 0
        self.http_port = 0

    def __enter__(self) -> "MediaServer":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Return the media server's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def wanted(self, number: int, kind: StreamKind) -> ClipWanted:
        """Return the clip a stream is made of. Raises KeyError."""
        camera = self.cameras[number]
        width, height = camera.size(kind)
        return ClipWanted(camera.scene, str(camera.codec), width, height, self.fps)

    def prepare(
        self, wanted: Iterable[tuple[int, StreamKind]], progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Make the clips of these streams if they aren't there, two at a time; moving ones need none.

        `progress(done, total)` comes from any thread.

        Not needed: what was not prepared is made when first watched. Raises KeyError, ClipFailed.
        """
        still = [(number, kind) for number, kind in wanted if number not in self._moving]
        self._clips.prepare([self.wanted(number, kind) for number, kind in still], progress)

    def start(self, rtsp_port: int = 0, http_port: int = 0) -> None:
        """Start the process on these ports of 127.0.0.1, or on free ones. Raises MediaServerFailed, ClipFailed."""
        if self._process is not None:
            raise MediaServerFailed("the media server runs already")
        (lettering, h265_type), noise = self._type(), sound.prepare(self._cache_dir)
        ours, theirs = feed_pair()
        try:
            self._process = subprocess.Popen(
                [_SYSTEM_PYTHON, "-I", "-c", _BOOT, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                pass_fds=(theirs.fileno(),),
            )
        except OSError as err:
            ours.close()
            raise MediaServerFailed(f"{_SYSTEM_PYTHON}: {err}") from err
        finally:
            theirs_fd = theirs.fileno()
            theirs.close()
        self._feed, former = ours, self._feed  # kept open for whoever renders: the media server reads it to the end
        if self._pictures is not None:
            self._pictures.connect(ours)
        if former is not None:
            former.close()
        self._send(
            {
                "cameras": [
                    {"number": camera.number, "codec": str(camera.codec), "has_audio": camera.has_audio}
                    for camera in self.cameras.values()
                ],
                "fps": self.fps,
                "lettering": str(lettering),
                "h265_type": str(h265_type),
                "sound": str(noise),
                "user": self._credentials.user,
                "password": self._credentials.password,
                "http_token": self._http_token,
                "rtsp_port": rtsp_port,
                "http_port": http_port,
                "rendered": sorted(self._moving),
                "feed_fd": theirs_fd,
            }
        )
        ready: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._reader = threading.Thread(
            target=self._read, args=(self._process, ready), name="media server", daemon=True
        )
        self._reader.start()
        self._await_ready(ready)

    def _await_ready(self, ready: "queue.SimpleQueue[dict[str, Any]]") -> None:
        try:
            news = ready.get(timeout=_START_S)
        except queue.Empty:
            news = {"event": "failed", "error": "it said nothing"}
        if news["event"] != "ready":
            self._end_process()
            raise MediaServerFailed(f"the media server did not start: {news['error']}")
        self.rtsp_port, self.http_port = news["rtsp_port"], news["http_port"]
        for number in self.cameras:
            for kind in StreamKind:
                path = self.wanted(number, kind).path(self._cache_dir)
                if path.exists():
                    self._send({"command": "clip", "number": number, "kind": str(kind), "path": str(path)})

    def stop(self) -> None:
        """End the process and everything that makes pictures. Harmless when nothing runs."""
        self._end_process()
        if self._pictures is not None:
            self._pictures.close()
        if self._feed is not None:
            self._feed.close()
            self._feed = None
        self._clips.close()

    def restart(self) -> None:
        """End the process and start it again on the same ports; viewers are dropped. Raises MediaServerFailed."""
        ports = self.rtsp_port, self.http_port
        self._end_process()
        self.start(*ports)

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin
        assert process.stdout
        process.kill()  # it owns nothing but sockets, and may be stopped by a signal
        process.wait(_STOP_S)
        if self._reader:
            self._reader.join(_STOP_S)
        with contextlib.suppress(OSError):  # a command was under way
            process.stdin.close()
        process.stdout.close()

    def sources(self, number: int, kind: StreamKind) -> tuple[Source, ...]:
        """Return the addresses of a stream, best first: RTSP, HTTP-TS, and HTTP-FLV for H.264. Raises KeyError."""
        camera = self.cameras[number]
        width, height = camera.size(kind)
        path, query = f"/ch/{number}/{kind}", f"?token={self._http_token}"
        addresses = [
            (Protocol.RTSP, f"rtsp://127.0.0.1:{self.rtsp_port}{path}", self._credentials),
            (Protocol.HTTP_TS, f"http://127.0.0.1:{self.http_port}{path}.ts{query}", None),
        ]
        if camera.codec is Codec.H264:
            addresses.append((Protocol.HTTP_FLV, f"http://127.0.0.1:{self.http_port}{path}.flv{query}", None))
        return tuple(
            Source(protocol, url, camera.codec, width, height, float(self.fps), credentials)
            for protocol, url, credentials in addresses
        )

    def footage_address(self, path: str) -> tuple[str, Credentials]:
        """Return where the footage of an address of the center (path and query) is played over RTSP."""
        return f"rtsp://127.0.0.1:{self.rtsp_port}{RTSP_FOOTAGE}?{path}", self._credentials

    def offer_footage(self, find: "FootageFinder") -> None:
        """Let `find` tell where footage that is asked for lies; it may take its time."""
        self._footage = find

    def fault(self, number: int, kind: StreamKind, fault: str) -> None:
        """Make a stream `freeze`, send `garbage`, `resize`, `kick` its viewers, or be `normal`.

        Raises MediaServerFailed, ClipFailed.
        """
        if fault == "resize":
            other = StreamKind.SUB if kind is StreamKind.MAIN else StreamKind.MAIN
            self._clips.prepare([self.wanted(number, other)])
            path = self.wanted(number, other).path(self._cache_dir)
            self.ask({"command": "clip", "number": number, "kind": str(other), "path": str(path)})
        self.ask({"command": "fault", "number": number, "kind": str(kind), "fault": fault})

    def show_motion(self, number: int, motion: Motion) -> None:
        """Let the picture of a moving camera follow; from any thread, never blocks."""
        if self._pictures is not None and number in self._moving:
            self._pictures.show(number, motion)

    @property
    def rendered(self) -> list[tuple[int, StreamKind]]:
        """Return the moving streams that are rendered now, because somebody watches them."""
        return [(number, StreamKind(kind)) for number, kind in self._pictures.watched] if self._pictures else []

    @property
    def renderer_pid(self) -> int | None:
        """Return the renderer's process id while it runs."""
        return self._pictures.pid if self._pictures else None

    def viewers(self) -> int:
        """Return how many streams are being watched. Raises MediaServerFailed."""
        return int(self.ask({"command": "viewers"})["viewers"])

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send the process a command and return its reply. Raises MediaServerFailed."""
        number = next(self._ids)
        answers = self._replies[number] = queue.SimpleQueue()
        try:
            self._send({**command, "id": number})
            reply = answers.get(timeout=_REPLY_S)
        except queue.Empty:
            raise MediaServerFailed("the media server does not answer") from None
        finally:
            del self._replies[number]
        if reply["error"]:
            raise MediaServerFailed(str(reply["error"]))
        return reply

    def _send(self, message: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise MediaServerFailed("the media server does not run")
        try:
            with self._write_lock:
                process.stdin.write(json.dumps(message) + "\n")
                process.stdin.flush()
        except OSError as err:
            raise MediaServerFailed("the media server is gone") from err

    def _read(self, process: subprocess.Popen[str], ready: "queue.SimpleQueue[dict[str, Any]]") -> None:
        """Take in what the process says, on a thread of its own, until it is gone."""
        assert process.stdout
        for line in process.stdout:
            news = json.loads(line)
            match news.get("event"):
                case "ready" | "failed":
                    ready.put(news)
                case "watched" if self._pictures is not None:
                    self._pictures.watch([(number, kind) for number, kind in news["streams"]])
                case "footage":
                    threading.Thread(target=self._on_footage, args=(news["address"],), daemon=True).start()
                case "wanted":
                    self._on_wanted(news["number"], StreamKind(news["kind"]))
                case _:
                    if answers := self._replies.get(news.get("reply")):
                        answers.put(news)
        ready.put({"event": "failed", "error": "it ended"})
        if self._pictures is not None:
            self._pictures.watch([])
        for answers in list(self._replies.values()):
            answers.put({"error": "the media server is gone"})

    def _on_footage(self, address: str) -> None:
        """Tell the process where footage lies, or that there is none at that address."""
        found = self._footage(address) if self._footage else None
        path, codec = found or ("", "")
        with contextlib.suppress(MediaServerFailed):  # stopped in the meantime
            self._send({"command": "footage", "address": address, "path": str(path), "codec": codec})

    def _on_wanted(self, number: int, kind: StreamKind) -> None:
        def done(path: Path | None, _error: str) -> None:
            if path is None:
                return  # the viewer sees no picture come, as with any camera out of order
            with contextlib.suppress(MediaServerFailed):  # stopped in the meantime
                self._send({"command": "clip", "number": number, "kind": str(kind), "path": str(path)})

        with contextlib.suppress(ClipFailed):  # stopping
            self._clips.request(self.wanted(number, kind), done)

    def _type(self) -> tuple[Path, Path]:
        """Have the cameras' names and the digits drawn. Raises ClipFailed."""
        names = {camera.number: camera.name for camera in self.cameras.values()}
        scales = {camera.main_size[0] // 640 for camera in self.cameras.values()}
        h265 = [camera.number for camera in self.cameras.values() if camera.codec is Codec.H265]
        return typeset.prepare(names, scales, h265, self._cache_dir)
