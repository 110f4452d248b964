"""A review host: `python -m wallclient.player.review_host FD`. Shows footage with FFmpeg; loads no Qt.

The main thread is the control loop, as in `player.host`: it reads commands and sends a heartbeat each second; each
track has a thread of its own. When the socket closes, the application is gone and so is the host.
"""

import contextlib
import logging
import os
import select
import signal
import socket
import sys
import threading
import time

import av.logging
import psutil

from wallclient.player import memory
from wallclient.player import review_messages as messages
from wallclient.player.messages import Beat, Quit, Ready
from wallclient.player.review_player import ReviewPlayer
from wallclient.player.review_screen import Screen

_BEAT_S = 1.0
_MAX_FDS = 16
_NICE = 5  # the window must go on answering the operator
_SWITCH_S = 0.002  # between threads: a track must get its turn well within a picture's time

av.logging.set_level(av.logging.PANIC)  # FFmpeg prints addresses with their passwords


class ReviewHost:
    """Owns the tracks; lives on the main thread."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._players: dict[int, ReviewPlayer] = {}
        self._fds: list[int] = []
        self._unread = b""
        self._send_lock = threading.Lock()
        self._process = psutil.Process()

    def serve(self) -> None:
        """Run until told to quit or until the application is gone."""
        self.send(Ready(os.getpid()))
        next_beat = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= next_beat:
                next_beat = now + _BEAT_S
                self.send(Beat(self._process.memory_info().rss))
            readable, _, _ = select.select([self._control], [], [], max(0.0, next_beat - now))
            if readable and not self._read():
                return

    def send(self, message: messages.FromReviewHost) -> None:
        """Send a message; from any thread. A dead application ends the process."""
        try:
            with self._send_lock:
                self._control.sendall(messages.encode(message))
        except OSError:
            os._exit(0)

    def _read(self) -> bool:
        """Take what has arrived; return False when it is time to end."""
        data, fds, _, _ = socket.recv_fds(self._control, 1 << 18, _MAX_FDS)
        self._fds += fds
        if not data:
            return False
        *lines, self._unread = (self._unread + data).split(b"\n")
        return all(self._obey(messages.decode_to_host(line)) for line in lines)

    def _obey(self, message: messages.ToReviewHost) -> bool:
        match message:
            case messages.OpenTrack():
                screen = Screen(memory.attach(self._fds.pop(0)), (message.width, message.height))
                self._players[message.track] = ReviewPlayer(message.track, screen, self.send)
            case messages.Resize():
                block = memory.attach(self._fds.pop(0))
                if player := self._players.get(message.track):
                    player.resize(block, (message.width, message.height))
            case messages.Reel():
                self._take_reel(message)
            case messages.Follow() | messages.Step():
                if player := self._players.get(message.track):
                    player.tell(message)
            case messages.CloseTrack():
                if player := self._players.pop(message.track, None):
                    player.close()
            case Quit():
                return False
        return True

    def _take_reel(self, message: messages.Reel) -> None:
        player = self._players.get(message.track)
        for number in message.fds:
            fd = self._fds.pop(0)
            if player:
                player.take_memory(number, fd)
            else:
                os.close(fd)
        if player:
            player.tell(message)


def main() -> None:
    """Run a host on the socket whose descriptor is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the application decides
    logging.basicConfig(format="review host %(process)d %(levelname)s %(message)s", stream=sys.stderr)
    sys.setswitchinterval(_SWITCH_S)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    host = ReviewHost(socket.socket(fileno=int(sys.argv[1])))
    with contextlib.suppress(ConnectionError):
        host.serve()
    os._exit(0)  # threads may wait for a silent network


if __name__ == "__main__":
    main()
