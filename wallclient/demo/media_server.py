"""The embedded center's media server: RTSP and HTTP streams of the demo cameras, in a process of its own.

Started by `wallclient.demo.media` under the system's Python, which has GStreamer. The first line of standard input is
the configuration (that is how secrets get here), then each line is a command; replies and news are lines of JSON on
standard output. The process ends when standard input closes, so it never outlives the one who started it.
"""

import json
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from wallclient.demo import glyphs, h265_band, sound
from wallclient.demo.http_out import HttpOut
from wallclient.demo.live import Fault, Library, LiveStream, Loop, Pacer
from wallclient.demo.ptz_intake import Intake, Key
from wallclient.demo.recording_rtsp import FootageShelf
from wallclient.demo.rtsp_out import RtspOut

_OTHER = {"main": "sub", "sub": "main"}


class MediaProcess:
    """All cameras with their servers, and the conversation with the parent."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._output = threading.Lock()
        self._library = Library(glyphs.load(Path(config["lettering"])), h265_band.load(Path(config["h265_type"])))
        self._clips: dict[tuple[int, str], str] = {}
        self._wanted: set[tuple[int, str]] = set()
        self._streams = {
            (camera["number"], kind): LiveStream(
                camera["number"], kind, camera["codec"], camera["has_audio"], self._want
            )
            for camera in config["cameras"]
            for kind in ("main", "sub")
        }
        rendered = {key: self._streams[key] for key in self._streams if key[0] in config["rendered"]}
        feed = socket.socket(fileno=config["feed_fd"])
        self._intake = Intake(feed, rendered, config["fps"], self._tell_watched)
        self._rendered = rendered
        noise = sound.load(Path(config["sound"]))
        streams = list(self._streams.values())
        self._shelf = FootageShelf(lambda address: self._say(event="footage", address=address))
        self._rtsp = RtspOut(config["rtsp_port"], config["user"], config["password"], streams, noise)
        self._rtsp.add_footage(self._shelf)
        self._http = HttpOut(config["http_port"], config["http_token"], self._find, noise)
        paced = [stream for key, stream in self._streams.items() if key not in rendered]
        self._pacer = Pacer(paced, config["fps"])

    def start(self) -> None:
        """Serve, and tell the parent where."""
        rtsp_port = self._rtsp.start()
        threading.Thread(target=self._http.serve_forever, name="http", daemon=True).start()
        self._pacer.start()
        self._intake.start()
        self._say(event="ready", rtsp_port=rtsp_port, http_port=self._http.server_address[1])

    def _find(self, number: int, kind: str) -> LiveStream | None:
        return self._streams.get((number, kind))

    def _say(self, **news: Any) -> None:
        with self._output:
            print(json.dumps(news), flush=True)

    def _want(self, stream: LiveStream) -> None:
        """Somebody watches a stream that has nothing to show yet."""
        if (stream.number, stream.kind) in self._rendered:
            self._intake.tell_watched()
            return
        self._play((stream.number, stream.kind))

    def _tell_watched(self, keys: list[Key]) -> None:
        self._say(event="watched", streams=keys)

    def _play(self, key: tuple[int, str]) -> None:
        """Give a stream its clip, or ask the parent to have it made."""
        path = self._clips.get(key)
        if path is None:
            if key not in self._wanted:
                self._wanted.add(key)
                self._say(event="wanted", number=key[0], kind=key[1])
            return
        stream = self._streams[key]
        if not stream.ready:
            stream.offer(Loop(key[0], path, self._library))

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out one command of the parent and return the reply.

        Raises KeyError and ValueError for what makes no sense.
        """
        key = (int(command.get("number", 0)), str(command.get("kind", "")))
        match command["command"]:
            case "clip":
                self._clips[key] = command["path"]
                self._wanted.discard(key)
                if self._streams[key].viewers and key not in self._rendered:
                    self._play(key)
            case "footage":
                self._shelf.put(command["address"], command["path"], command["codec"])
            case "fault":
                self._fault(key, Fault(command["fault"]))
            case "viewers":
                return {"viewers": sum(stream.viewers for stream in self._streams.values())}
            case "lateness":
                return {"worst_late_s": self._pacer.worst_late_s}
            case other:
                raise ValueError(f"unknown command {other}")
        return {}

    def _fault(self, key: tuple[int, str], fault: Fault) -> None:
        stream = self._streams[key]
        if fault is Fault.RESIZE:
            path = self._clips[key[0], _OTHER[key[1]]]  # the parent has it made first
            stream.offer(Loop(key[0], path, self._library), resized=True)
        stream.set_fault(fault)
        if fault is Fault.KICK:
            self._rtsp.drop(stream)

    def converse(self) -> None:
        """Answer the parent until it closes the line."""
        for line in sys.stdin:
            command = json.loads(line)
            try:
                reply = {"reply": command.get("id"), "error": "", **self.obey(command)}
            except (KeyError, ValueError, OSError) as err:
                reply = {"reply": command.get("id"), "error": repr(err)}
            self._say(**reply)


def main() -> None:
    """Serve until standard input closes."""
    line = sys.stdin.readline()
    if not line:
        return  # the parent changed its mind
    config = json.loads(line)
    try:
        server = MediaProcess(config)
        server.start()
    except OSError as err:
        print(json.dumps({"event": "failed", "error": str(err)}), flush=True)
        return
    server.converse()


if __name__ == "__main__":
    main()
