"""Starts the demo as its own process and talks to it, for `make demo`, the benchmarks and the tests."""

import contextlib
import json
import os
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from wallclient.domain.errors import WallError
from wallclient.domain.stream import StreamKind

PASSWORD_VARIABLE = "WALLCLIENT_DEMO_PASSWORD"
START_LIMIT_S = 900.0  # a first start encodes clips, on a slow machine for minutes
COMMAND_LIMIT_S = 60.0
STOP_LIMIT_S = 15.0
Progress = Callable[[int, int], None]


class DemoFailed(WallError):  # noqa: N818 - reads as what happened
    """The demo did not start, ended by itself or refused a command; `args[0]` says what it said."""


class DemoProcess:
    """The demo in a process of its own, which ends when this one does. Blocking; use from one thread at a time."""

    def __init__(
        self,
        cameras: int,
        fps: float = 25,
        *,
        port: int = 0,
        prepare: int = 16,
        cache_dir: Path | None = None,
        lease_s: float = 60.0,
        flicker_s: float = 0.0,
        rival_s: float = 0.0,
        ptz_pictures: int = 4,
        access_s: float = 300.0,
        tls_dir: Path | None = None,
        media: bool = True,
        progress: Progress | None = None,
    ) -> None:
        """Take what `python -m wallclient.demo --help` explains; `prepare` sub streams are ready when it starts.

        With `tls_dir` it serves https with certificates in that folder; `ca_file` vouches for them.
        `progress(done, total)` counts the clips encoded before that, unless `start` is given another.
        """
        options: dict[str, object] = {
            "cameras": cameras,
            "fps": round(fps),
            "port": port,
            "prepare": prepare,
            "lease-s": lease_s,
            "flicker-s": flicker_s,
            "rival-s": rival_s,
            "ptz-pictures": ptz_pictures,
            "access-s": access_s,
        }
        if tls_dir is not None:
            options["tls-dir"] = tls_dir
        self.ca_file = tls_dir / "ca.pem" if tls_dir else None
        if cache_dir is not None:
            options["cache-dir"] = cache_dir
        self._command = [sys.executable, "-m", "wallclient.demo"]
        self._command += [f"--{name}={value}" for name, value in options.items()]
        self._command += [] if media else ["--no-media"]
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._commands = 0
        self._progress = progress
        self._ready: dict[str, Any] = {}
        self._password = secrets.token_urlsafe(12)

    def __repr__(self) -> str:
        return f"DemoProcess({self._ready.get('base_url')!r})"

    def __enter__(self) -> "DemoProcess":
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    # --- life ---

    @property
    def base_url(self) -> str:
        """Address of the center."""
        return str(self._ready["base_url"])

    @property
    def user(self) -> str:
        """Name to log in with."""
        return str(self._ready["user"])

    @property
    def password(self) -> str:
        """Password to log in with."""
        return self._password

    @property
    def pid(self) -> int:
        """Process id of the demo."""
        return self._running().pid

    @property
    def media_pid(self) -> int:
        """Process id of the media server, asked anew because a restart changes it."""
        return int(self.command("media_pid"))

    def start(self, progress: Progress | None = None, limit_s: float = START_LIMIT_S) -> None:
        """Start and wait until it serves; `progress(done, total)` counts clips. Raises DemoFailed."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, PASSWORD_VARIABLE: self._password},
            start_new_session=True,  # Ctrl-C reaches the application only, which takes all down in order
        )
        self._lines = queue.SimpleQueue()  # what an earlier process said last is not to be taken for this one's word
        arguments = (self._process, self._lines)
        threading.Thread(target=self._read, args=arguments, name="demo-lines", daemon=True).start()
        try:
            self._ready = self._next_document(lambda document: "ready" in document, progress or self._progress, limit_s)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process: ask by closing its standard input, then terminate, then kill."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin
        for ask in (process.stdin.close, process.terminate, process.kill):
            with contextlib.suppress(OSError):  # a broken pipe: it has gone already
                ask()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_LIMIT_S)
                break

    # --- commands ---

    def command(self, operation: str, *, progress: Progress | None = None, **fields: object) -> Any:
        """Have the demo do something and return the result. Raises DemoFailed."""
        process = self._running()
        self._commands += 1
        number = self._commands
        assert process.stdin
        try:
            process.stdin.write(json.dumps({"id": number, "op": operation, **fields}) + "\n")
            process.stdin.flush()
        except OSError as err:
            raise DemoFailed(f"the demo is gone: {err}") from err
        limit_s = START_LIMIT_S if operation == "prepare" else COMMAND_LIMIT_S
        reply = self._next_document(lambda document: document.get("id") == number, progress, limit_s)
        if "error" in reply:
            raise DemoFailed(f"{operation}: {reply['error']}")
        return reply.get("result")

    def set_online(self, channel_id: str, online: bool) -> None:
        """Switch a camera on or off."""
        self.command("set_online", channel_id=channel_id, online=online)

    def set_state(self, channel_id: str, state: str) -> None:
        """Set a camera's state: online, offline or video_lost."""
        self.command("set_state", channel_id=channel_id, state=str(state))

    def burst(self, count: int, seed: int = 0) -> list[str]:
        """Change the state of `count` cameras at once; return their ids."""
        return list(self.command("burst", count=count, seed=seed))

    def add_camera(self, parent_id: str, name: str) -> str:
        """Add a camera below a node and return its id."""
        return str(self.command("add_camera", parent_id=parent_id, name=name))

    def rename(self, node_id: str, name: str) -> None:
        """Give a camera or any other node another name."""
        self.command("rename", node_id=node_id, name=name)

    def move_camera(self, channel_id: str, parent_id: str) -> None:
        """Put a camera below another node."""
        self.command("move_camera", channel_id=channel_id, parent_id=parent_id)

    def remove_camera(self, channel_id: str) -> None:
        """Take a camera away."""
        self.command("remove_camera", channel_id=channel_id)

    def set_rights(
        self, user: str, rights: Sequence[str] | None = None, districts: Sequence[str] | None = None
    ) -> None:
        """Give an operator other rights or districts; None leaves them as they are."""
        self.command("set_rights", user=user, rights=rights, districts=districts)

    def misbehave(self, *kinds: str, after_pages: int = 1, pause_s: float = 0.0) -> None:
        """Answer snapshot and changes wrongly (`wallclient.demo.mischief.Mischief`), or rightly without `kinds`."""
        self.command("misbehave", kinds=[str(kind) for kind in kinds], after_pages=after_pages, pause_s=pause_s)

    def lose_changes(self, count: int) -> None:
        """Tear a gap into the change feed."""
        self.command("lose_changes", count=count)

    def expire_changes(self) -> None:
        """Begin the change feed anew."""
        self.command("expire_changes")

    def lapse_tokens(self) -> None:
        """Let all access tokens lapse."""
        self.command("lapse_tokens")

    def revoke_sessions(self) -> None:
        """End all sessions."""
        self.command("revoke_sessions")

    def lose_events(self) -> None:
        """Forget the events that could be replayed."""
        self.command("lose_events")

    def swallow_answers(self, count: int) -> None:
        """Let the next answers to what is handed in for patrols get lost, after it has been stored."""
        self.command("swallow_answers", count=count)

    def ptz_pose(self, number: int, unix_s: float | None = None) -> dict[str, float]:
        """Return where camera `number` looks now, or looked at a time: unix_s, pan, tilt, zoom, speed."""
        return dict(self.command("ptz_pose", number=number, unix_s=unix_s))

    def ptz_log(self, number: int, after: int = 0) -> list[dict[str, Any]]:
        """Return what happened to camera `number` from entry `after` on; see `wallclient.demo.hooks.Hooks.ptz_log`."""
        return list(self.command("ptz_log", number=number, after=after))

    def ptz_delay(self, seconds: float) -> None:
        """Answer steering so late, though it is obeyed on arrival."""
        self.command("ptz_delay", seconds=seconds)

    def ptz_swallow(self, every: int, *, hangs_up: bool = False) -> None:
        """Neither obey nor answer every so-manyth steering request; 0 ends that. Its connection hangs, or is cut."""
        self.command("ptz_swallow", every=every, hangs_up=hangs_up)

    def rival_takes(self, number: int, seconds: float, tier: str = "city") -> bool:
        """Let a simulated operator take camera `number` and move it for a while; tell whether he could."""
        return bool(self.command("rival_takes", number=number, seconds=seconds, tier=str(tier)))

    def special_footage(self) -> dict[str, int]:
        """Return which camera (1 … 64) has footage of a special kind; see `wallclient.demo.recording_calendar`."""
        return {str(kind): int(number) for kind, number in self.command("special_footage").items()}

    def demand_reason(self, demanded: bool = True) -> None:
        """Hand out footage only to those who say why, or to everybody again."""
        self.command("demand_reason", demanded=demanded)

    def footage_fault(self, fault: str, number: int = 0, bytes_per_s: int = 0) -> None:
        """Let the footage of a camera, or of all (0), go wrong: missing, broken, half, slow; "normal" ends it."""
        self.command("footage_fault", fault=str(fault), number=number, bytes_per_s=bytes_per_s)

    def lapse_playbacks(self) -> None:
        """Let every session of footage lapse now."""
        self.command("lapse_playbacks")

    def open_playbacks(self) -> int:
        """Count the open sessions of footage."""
        return int(self.command("open_playbacks"))

    def audit_records(self) -> list[dict[str, Any]]:
        """Return what was handed in of what was done with recordings."""
        return list(self.command("audit_records"))

    def reasons(self) -> list[list[str]]:
        """Return user, channel and reason of each session of footage that was opened."""
        return [list(entry) for entry in self.command("reasons")]

    def open_leases(self) -> int:
        """Count the open live streams."""
        return int(self.command("open_leases"))

    def listeners(self) -> int:
        """Count the open event streams."""
        return int(self.command("listeners"))

    def center_stop(self) -> None:
        """Stop the HTTP side only; the pictures go on."""
        self.command("center_stop")

    def center_start(self) -> None:
        """Start the HTTP side again, on the same port with the same sessions."""
        self.command("center_start")

    def media_fault(self, number: int, kind: StreamKind, fault: str) -> None:
        """Let stream `number` (1..64) do something wrong: see `wallclient.demo.live.Fault`; "normal" ends it."""
        self.command("media_fault", number=number, kind=str(kind), fault=str(fault))

    def media_stop(self) -> None:
        """Stop the media server."""
        self.command("media_stop")

    def media_start(self) -> None:
        """Start the media server again, on the same ports."""
        self.command("media_start")

    def prepare(self, streams: Sequence[tuple[int, StreamKind]], progress: Progress | None = None) -> None:
        """Have the clips of these streams encoded now rather than when first watched."""
        self.command("prepare", progress=progress, streams=[[number, str(kind)] for number, kind in streams])

    # --- inside ---

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise DemoFailed("the demo is not running")
        return self._process

    def _read(self, process: subprocess.Popen[str], lines: "queue.SimpleQueue[str | None]") -> None:
        """Body of the thread that reads the demo's lines, to the end."""
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                lines.put(line)
        lines.put(None)

    def _next_document(
        self, is_it: Callable[[dict[str, Any]], bool], progress: Progress | None, limit_s: float
    ) -> dict[str, Any]:
        """Return the next document that is the one, passing on progress. Raises DemoFailed."""
        until = time.monotonic() + limit_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise DemoFailed(f"the demo said nothing for {limit_s:g} s") from None
            if line is None:
                self._lines.put(None)  # for whoever asks next
                raise DemoFailed(f"the demo ended with status {self._running().wait()}")
            document: dict[str, Any] = json.loads(line)
            if progress is not None and "progress" in document:
                progress(int(document["progress"]["done"]), int(document["progress"]["total"]))
            if "failed" in document:
                raise DemoFailed(str(document["failed"]))
            if is_it(document):
                return document
