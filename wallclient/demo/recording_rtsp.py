"""Footage over RTSP: files on disk, with `Range: npt=` and `Scale`, each viewer at his own place.

One mount for all; the query is the address of the file at the center, ticket included, and the parent tells where the
file lies. Runs in the media server's process, under the system's Python.
"""

import threading
from collections.abc import Callable
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtsp, GstRtspServer  # noqa: E402 - versions first

MOUNT = "/footage"
_ANSWER_LIMIT_S = 20.0
_PAYLOADERS = {"h264": "h264parse ! rtph264pay", "h265": "h265parse ! rtph265pay"}


class FootageShelf:
    """Where footage lies, asked of the parent. Thread-safe."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        self._ask = ask
        self._answered = threading.Condition()
        self._answers: dict[str, tuple[str, str]] = {}
        self._waiting: dict[str, int] = {}

    def put(self, address: str, path: str, codec: str) -> None:
        """Take the parent's answer; an empty path is none."""
        with self._answered:
            if address in self._waiting:
                self._answers[address] = (path, codec)
                self._answered.notify_all()

    def find(self, address: str) -> tuple[str, str] | None:
        """Return path and codec of the file at an address, or None. Waits while it is made.

        Asked anew each time, for a ticket may have lapsed.
        """
        with self._answered:
            self._waiting[address] = self._waiting.get(address, 0) + 1
        self._ask(address)
        with self._answered:
            self._answered.wait_for(lambda: address in self._answers, _ANSWER_LIMIT_S)
            found = self._answers.get(address)
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]
                self._answers.pop(address, None)
        return found if found and found[0] else None


class FootageFactory(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    """Makes a pipeline of its own for each viewer."""

    def __init__(self, shelf: FootageShelf) -> None:
        super().__init__()
        self._shelf = shelf
        self.set_shared(False)

    def do_create_element(self, url: Any) -> Any:
        """Return the pipeline for an address, or None (the viewer is told 503). Called by GStreamer."""
        found = self._shelf.find(url.query or "")
        if found is None:
            return None
        path, codec = found
        parser, payloader = _PAYLOADERS[codec].split(" ! ")
        launch = f"( filesrc name=file ! qtdemux ! {parser} config-interval=-1 ! {payloader} name=pay0 pt=96 )"
        element = Gst.parse_launch(launch)
        element.get_by_name("file").set_property("location", path)  # not in the text: no quoting to get wrong
        return element


def refuse_backwards(_client: Any, context: Any) -> Any:
    """Refuse a negative Scale: GStreamer 1.22 floods the viewer instead of playing backwards."""
    result, text = context.request.get_header(GstRtsp.RTSPHeaderField.SCALE, 0)
    refused = result == GstRtsp.RTSPResult.OK and not _is_forward(text)
    return GstRtsp.RTSPStatusCode.NOT_ACCEPTABLE if refused else GstRtsp.RTSPStatusCode.OK


def _is_forward(text: str) -> bool:
    try:
        return 0 < float(text) <= 32
    except ValueError:
        return False
