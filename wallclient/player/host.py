"""A host process: `python -m wallclient.player.host FD`. Plays up to 16 openings with one libVLC instance; loads no Qt.

The main thread is the control loop: it reads commands from the socket FD and sends a heartbeat each second; it
never calls libVLC. When the socket closes, the application is gone and so is the host.
"""

import contextlib
import ctypes
import logging
import mmap
import os
import select
import signal
import socket
import sys
import threading
import time

import psutil
import vlc

from wallclient.domain.pane import PaneReason
from wallclient.player import memory, messages
from wallclient.player.host_player import HostPlayer
from wallclient.player.replay_keep import KeptMemory

_log = logging.getLogger(__name__)
_BEAT_S = 1.0
_MAX_FDS = 16
_PR_SET_TIMERSLACK = 29  # linux/prctl.h; threads started later take it over
_TIMER_SLACK_NS = 2_000_000
_NICE = 5  # on a full machine pictures may drop; the window must go on answering the operator
# Without a text renderer no host loads fonts: 2 to 3 MB in each, for words nobody sees.
# Late pictures are shown: libVLC calls 20 ms late, and a busy machine would then drop far more than it must.
INSTANCE_OPTIONS = (
    "--no-xlib", "--quiet", "--no-osd", "--no-spu", "--no-video-title-show", "--no-snapshot-preview",
    "--swscale-mode=0", "--no-lua", "--no-media-library", "--no-sub-autodetect-file", "--no-auto-preparse",
    "--no-metadata-network-access", "--text-renderer=none", "--network-caching=250", "--no-drop-late-frames",
    "--http-reconnect",
)  # fmt: skip


def instance_options() -> list[str]:
    """Return libVLC's options. WALLCLIENT_AUDIO_FILE sends the sound to a file, for machines without a sound card."""
    sound = os.environ.get("WALLCLIENT_AUDIO_FILE")
    return [*INSTANCE_OPTIONS, "--aout=afile", f"--audiofile-file={sound}"] if sound else list(INSTANCE_OPTIONS)


class Host:
    """Owns the libVLC instance and the players; lives on the main thread."""

    def __init__(self, control: socket.socket, instance: vlc.Instance) -> None:
        self._control = control
        self._instance = instance
        self._players: dict[int, HostPlayer] = {}
        self._ending: list[HostPlayer] = []
        self._fds: list[int] = []
        self._unread = b""
        self._send_lock = threading.Lock()
        self._memory = KeptMemory()
        self._process = psutil.Process()

    def serve(self) -> None:
        """Run until told to quit or until the application is gone."""
        self.send(messages.Ready(os.getpid()))
        next_beat = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= next_beat:
                next_beat = now + _BEAT_S
                self.send(messages.Beat(self._process.memory_info().rss))
                self._ending = [player for player in self._ending if player.running]
            readable, _, _ = select.select([self._control], [], [], max(0.0, next_beat - now))
            if readable and not self._read():
                return

    def send(self, message: messages.FromHost) -> None:
        """Send a message; from any thread. A dead application ends the process."""
        try:
            with self._send_lock:
                self._control.sendall(messages.encode(message))
        except OSError:
            os._exit(0)

    def _read(self) -> bool:
        """Take what has arrived; return False when it is time to end."""
        data, fds, _, _ = socket.recv_fds(self._control, 65536, _MAX_FDS)
        self._fds += fds
        if not data:
            return False
        *lines, self._unread = (self._unread + data).split(b"\n")
        return all(self._obey(messages.decode_to_host(line)) for line in lines)

    def _obey(self, message: messages.ToHost) -> bool:
        match message:
            case messages.Open():
                self._open(message)
            case messages.Close():
                if player := self._players.pop(message.opening, None):
                    player.close()
                    self._ending.append(player)
            case messages.Snap():
                if player := self._players.get(message.opening):
                    player.snap(message)
                else:
                    self.send(messages.Snapped(message.opening, message.request, False))
            case messages.Replay():
                self._replay(message, self._fds.pop(0))
            case messages.KeepLimit():
                self._memory.set_limit(message.limit_bytes)
            case messages.Quit():
                return False
        return True

    def _replay(self, message: messages.Replay, fd: int) -> None:
        if player := self._players.get(message.opening):
            player.replay(message, fd)
        else:
            os.close(fd)
            self.send(messages.Replayed(message.opening, message.request, 0, 0))

    def _open(self, request: messages.Open) -> None:
        block: mmap.mmap = memory.attach(self._fds.pop(0))
        try:
            self._players[request.opening] = HostPlayer(self._instance, request, block, self.send, self._memory)
        except RuntimeError:  # no more threads
            _log.exception("opening %d", request.opening)
            self.send(messages.Ended(request.opening, PaneReason.PLAYER_CRASHED))

    def end(self) -> None:
        """Stop all players, all at once, and do not wait long: the kernel frees what is left."""
        players = [*self._players.values(), *self._ending]
        for player in players:
            player.close()
        deadline = time.monotonic() + 1.0
        for player in players:
            player.join(max(0.0, deadline - time.monotonic()))


def _give_way() -> None:
    """Have the kernel schedule this process for throughput: it has a hundred threads that wake up all the time.

    Batch scheduling and a millisecond or two of slack for timers let wake-ups come together: about 5 % less CPU for 32
    panes, and nobody sees a picture 2 ms late.
    """
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        os.nice(_NICE)
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, _TIMER_SLACK_NS, 0, 0, 0)


def main() -> None:
    """Run a host on the socket whose descriptor is the only argument."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C in the terminal reaches the whole group; the application decides
    logging.basicConfig(format="host %(process)d %(levelname)s %(message)s", stream=sys.stderr)
    control = socket.socket(fileno=int(sys.argv[1]))
    host = Host(control, vlc.Instance(instance_options()))
    with contextlib.suppress(ConnectionError):
        host.serve()
    host.end()
    os._exit(0)  # libVLC's own exit handlers may wait for a silent network


if __name__ == "__main__":
    main()
