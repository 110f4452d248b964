"""The demo as one process: embedded center and media server, driven by lines on standard input.

Standard output carries one JSON document per line: `{"progress": {"done", "total"}}` while clips are encoded, one
`{"ready": true, "base_url", "user", …}` or `{"failed"}`, then one reply `{"id", "ok": true, "result"}` or
`{"id", "error"}` per command. The process ends, and its media server with it, on SIGTERM, SIGINT or when standard
input closes.
"""

import argparse
import contextlib
import json
import os
import queue
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from wallclient.demo.cameras import has_audio
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.city import City
from wallclient.demo.media import MediaServer, StreamedCamera
from wallclient.demo.ptz_desk import PTZ_STREAMS
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.scenes import SCENES
from wallclient.domain.errors import WallError
from wallclient.domain.stream import Codec, StreamKind

if TYPE_CHECKING:
    from wallclient.demo.certificates import Certificates

PASSWORD_VARIABLE = "WALLCLIENT_DEMO_PASSWORD"
MEDIA_USER = "viewer"
_print_lock = threading.Lock()


class _Stop(BaseException):
    """Raised in the main thread by a signal or the end of standard input."""


def streamed_cameras(city: City) -> list[StreamedCamera]:
    """Return the cameras that really stream: most in H.264, every eighth in H.265, every eighth in full HD."""
    return [_streamed(number, channel.name) for number, channel in enumerate(city.streamed(), 1)]


def _streamed(number: int, name: str) -> StreamedCamera:
    codec = Codec.H265 if number % 8 == 0 else Codec.H264
    size = (1920, 1080) if number % 8 == 1 else (1280, 720)
    return StreamedCamera(number, name, codec, SCENES[(number - 1) % len(SCENES)], has_audio(number), size)


class Demo:
    """Center and media server together, and the commands tests and the demo give them."""

    def __init__(self, args: argparse.Namespace, password: str) -> None:
        media_password, token = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
        self.media: MediaServer | None = None
        self.footage: FootageStore | None = None
        if args.media:
            self.footage = FootageStore(streamed_cameras(City(args.cameras)), args.fps, args.cache_dir)
            self.media = MediaServer(
                streamed_cameras(City(args.cameras)),
                fps=args.fps,
                cache_dir=args.cache_dir,
                user=MEDIA_USER,
                password=media_password,
                http_token=token,
                moving=PTZ_STREAMS[: args.ptz_pictures],
            )
        self.center = EmbeddedCenter(
            args.cameras,
            args.port,
            self.media,
            password=password,
            access_s=args.access_s,
            lease_s=args.lease_s,
            flicker_s=args.flicker_s,
            rival_s=args.rival_s,
            certificates=_certificates(args.tls_dir),
            footage=self.footage,
        )
        self._operations: dict[str, Callable[..., object]] = {
            "set_online": self.center.set_online,
            "set_state": self.center.set_state,
            "burst": self.center.burst,
            "add_camera": self.center.add_camera,
            "rename": self.center.rename,
            "move_camera": self.center.move_camera,
            "remove_camera": self.center.remove_camera,
            "set_rights": self.center.set_rights,
            "misbehave": self._misbehave,
            "lose_changes": self.center.lose_changes,
            "expire_changes": self.center.expire_changes,
            "lapse_tokens": self.center.lapse_access_tokens,
            "revoke_sessions": self.center.revoke_sessions,
            "lose_events": self.center.lose_events,
            "swallow_answers": self.center.swallow_answers,
            "ptz_pose": self.center.ptz_pose,
            "ptz_log": self.center.ptz_log,
            "ptz_delay": self.center.ptz_delay,
            "ptz_swallow": self.center.ptz_swallow,
            "rival_takes": self.center.rival_takes,
            "demand_reason": self.center.demand_reason,
            "footage_fault": self.center.footage_fault,
            "special_footage": self.center.special_footage,
            "lapse_playbacks": self.center.lapse_playbacks,
            "open_playbacks": self.center.open_playbacks,
            "audit_records": self.center.audit_records,
            "reasons": self.center.reasons,
            "open_leases": self.center.open_leases,
            "listeners": self.center.listeners,
            "center_stop": self.center.stop,
            "center_start": self.center.start,
            "media_stop": self._kill_media,
            "media_start": lambda: self._media().restart(),
            "media_pid": lambda: self._media().pid,
            "media_fault": self._fault,
            "prepare": lambda streams: self.prepare([(number, StreamKind(kind)) for number, kind in streams]),
        }

    def prepare(self, wanted: Sequence[tuple[int, StreamKind]]) -> None:
        """Have the clips of these streams encoded, and tell the progress."""
        self._media().prepare(wanted, lambda done, total: say(progress={"done": done, "total": total}))

    def start(self) -> None:
        """Start both; the media server first, so that the first lease already works."""
        if self.media is not None:
            self.media.offer_footage(self.center.footage_file)
            self.media.start()
            self.center.follow_ptz(self.media.show_motion)
        self.center.start()

    def stop(self) -> None:
        """Stop both."""
        self.center.stop()
        if self.media is not None:
            self.media.stop()
        if self.footage is not None:
            self.footage.close()

    def obey(self, line: str) -> None:
        """Do one command and say its reply."""
        number: object = None
        try:
            command: dict[str, Any] = dict(json.loads(line))
            number, name = command.pop("id", None), command.pop("op", "")
            say(id=number, ok=True, result=self._operations[name](**command))
        except (ValueError, TypeError, KeyError, OSError, WallError) as err:
            say(id=number, error=f"{type(err).__name__}: {err}")

    def _media(self) -> MediaServer:
        if self.media is None:
            raise ValueError("started without a media server")
        return self.media

    def _kill_media(self) -> None:
        """Let the media server die; its viewers are dropped, its addresses stay. `media.stop()` would be for good."""
        media = self._media()
        while (pid := media.pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)

    def _misbehave(self, kinds: list[str], after_pages: int = 1, pause_s: float = 0.0) -> None:
        self.center.misbehave(*kinds, after_pages=after_pages, pause_s=pause_s)

    def _fault(self, number: int, kind: str, fault: str) -> None:
        self._media().fault(number, StreamKind(kind), fault)


def _certificates(folder: Path | None) -> "Certificates | None":
    """Make certificates in a folder; what makes them is loaded only by those who want any."""
    if folder is None:
        return None
    from wallclient.demo.certificates import make_certificates

    return make_certificates(folder)


def say(**document: object) -> None:
    """Write one line; a parent that is gone is noticed at standard input."""
    with _print_lock, contextlib.suppress(OSError, ValueError):
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m wallclient.demo", description="Run the embedded demo center.")
    parser.add_argument("--cameras", type=int, default=1000, help="size of the city, 16 to 497000")
    parser.add_argument("--fps", type=int, default=25, help="pictures per second of every stream")
    parser.add_argument("--port", type=int, default=0, help="port of the center; 0 takes a free one")
    parser.add_argument("--prepare", type=int, default=16, help="sub streams to have ready before the start")
    parser.add_argument("--cache-dir", type=Path, default=None, help="where encoded clips are kept")
    parser.add_argument("--access-s", type=float, default=300.0, help="term of an access token")
    parser.add_argument("--lease-s", type=float, default=60.0, help="term of a live stream")
    parser.add_argument("--flicker-s", type=float, default=0.0, help="mean time between made-up status changes")
    parser.add_argument("--rival-s", type=float, default=0.0, help="mean time between takings of a PTZ camera")
    parser.add_argument("--ptz-pictures", type=int, default=4, help="PTZ cameras with moving pictures, up to 16")
    parser.add_argument("--tls-dir", type=Path, default=None, help="serve https; keep certificates in this folder")
    parser.add_argument("--no-media", dest="media", action="store_false", help="serve the tree only, no streams")
    return parser.parse_args(argv)


def _read_lines(lines: "queue.SimpleQueue[str]") -> None:
    """Body of the thread that reads standard input; its end stops the process even while clips are encoded."""
    with contextlib.suppress(ValueError):  # closed under us
        for line in sys.stdin:
            lines.put(line)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # once is enough; the rest must not disturb the taking down
    raise _Stop


def main(argv: Sequence[str] | None = None) -> int:
    """Run until told to stop. Returns the exit status."""
    args = _arguments(argv)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _on_signal)
    given = os.environ.pop(PASSWORD_VARIABLE, None)  # not for the children's environment
    try:
        demo = Demo(args, given or secrets.token_urlsafe(12))
    except ValueError as err:
        say(failed=str(err))
        return 2
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_lines, args=(lines,), daemon=True).start()
    try:
        _serve(demo, lines, prepared=min(args.prepare, args.cameras, 64), tell_password=given is None)
    except _Stop:
        return 0
    except (OSError, WallError) as err:
        say(failed=f"{type(err).__name__}: {err}")
        return 1
    finally:
        demo.stop()
    return 0


def _serve(demo: Demo, lines: "queue.SimpleQueue[str]", *, prepared: int, tell_password: bool) -> None:
    if demo.media is not None and prepared:
        demo.prepare([(number, StreamKind.SUB) for number in range(1, prepared + 1)])
    demo.start()
    secret = {"password": demo.center.password} if tell_password else {}
    media_pid = demo.media.pid if demo.media else None
    say(ready=True, base_url=demo.center.base_url, user=demo.center.user, media_pid=media_pid, **secret)
    while True:
        demo.obey(lines.get())
